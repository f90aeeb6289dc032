#!/usr/bin/env python3
"""The Debian packages of the release before this one, used as an administrator uses them in a fresh Debian, then upgraded to today's, removed and
purged: nothing that is the user's is lost or changed on the way, and nothing stays at the end. Usage: upgrade.py BUILD_FOLDER
The older packages are built from the history, by their own scripts: only with `./dev test --full`, as root, with a network."""
import glob
import os
import re
import shutil
import subprocess
import sys

BUILD = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(ROOT, 'tests'), os.path.join(ROOT, 'tests', 'fix')]
import roots
import table
import tap

TAP = tap.Tap()
ok = TAP.ok
TREE = os.path.join(BUILD, 'upgrade')
CONFIG = 'SIDELIGHT_OPTIONS="--untrusted yes"\nSIDELIGHT_KEEP=5\n'
TEXTFILE = '/var/lib/prometheus/node-exporter/sidelight.prom'
UNITS = ('sidelight.timer', 'sidelight-send.timer', 'sidelight-serve.service')
# What the user wrote or has, by where it stands.
USERS = ('/etc/default/sidelight', '/etc/sidelight', '/var/lib/sidelight/history', '/var/lib/sidelight/data', '/srv')


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, **more)


def skip(why):
    print(f'1..0 # SKIP {why}')
    sys.exit(0)


def inside(command):
    """In the fresh Debian, with the kernel's files; what is mounted goes with the process."""
    return run('unshare', '--mount', 'sh', '-c', 'mount --rbind /proc "$0/proc" && mount --rbind /sys "$0/sys" && exec chroot "$0" sh -c "$1"', TREE, command,
               env={'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'DEBIAN_FRONTEND': 'noninteractive', 'LC_ALL': 'C.UTF-8'})


def there(path):
    return os.path.lexists(TREE + path)


def contents(*places):
    """path -> bytes of all files below."""
    seen = {}
    for place in places:
        paths = [TREE + place] if os.path.isfile(TREE + place) else \
            [os.path.join(folder, n) for folder, _, names in os.walk(TREE + place) for n in names]
        for path in paths:
            if not os.path.islink(path):
                with open(path, 'rb') as f:
                    seen[path[len(TREE):]] = f.read()
    return seen


def save(path, text):
    os.makedirs(os.path.dirname(TREE + path), exist_ok=True)
    with open(TREE + path, 'w', encoding='utf-8') as f:
        f.write(text)


def older_packages():
    """Those of the last commit that had another version."""
    changed = run('git', '-C', ROOT, 'log', '-1', '--format=%H', '-G', "^ *version: '", '--', 'meson.build').stdout.strip()
    commit = run('git', '-C', ROOT, 'rev-parse', '--verify', '--quiet', changed + '^').stdout.strip() if changed else ''
    if not commit:
        skip('the history does not reach back to the release before')
    folder = os.path.join(BUILD, 'older-' + commit[:8])
    if not glob.glob(folder + '/sidelight_*.deb'):
        shutil.rmtree(folder, ignore_errors=True)
        source = os.path.join(folder, 'source')
        os.makedirs(source)
        subprocess.run(f'git -C {ROOT} archive {commit} | tar -x -C {source}', shell=True, check=True)
        done = run(os.path.join(source, 'packaging/debian.sh'), os.path.join(folder, 'package'), cwd=source,
                   env={**os.environ, 'SOURCE_DATE_EPOCH': run('git', '-C', ROOT, 'log', '-1', '--format=%ct', commit).stdout.strip()})
        ok('the packages of the release before are built by their own scripts', done.returncode == 0, done.stdout[-500:], done.stderr[-3000:])
    return sorted(glob.glob(folder + '/*.deb')), folder


def today_packages():
    version = run('dpkg-parsechangelog', '-l', os.path.join(HERE, 'debian/changelog'), '-S', 'Version').stdout.strip()
    return version, sorted(f for f in glob.glob(f'{BUILD}/*_{version}_*.deb') if 'dbgsym' not in f)


def install(packages):
    for path in packages:
        shutil.copy(path, TREE + '/opt/')
    done = inside('cd /opt && apt-get install -y --no-install-recommends ' + ' '.join('./' + os.path.basename(p) for p in packages))
    for path in packages:
        os.remove(os.path.join(TREE, 'opt', os.path.basename(path)))
    return done


def shown(package):
    return set(inside(f'dpkg -L {package}').stdout.split())


def daily():
    """What the timer runs, as its unit runs it."""
    unit = contents('/usr/lib/systemd/system/sidelight.service')['/usr/lib/systemd/system/sidelight.service'].decode()
    return inside('set -a; . /etc/default/sidelight; set +a; STATE_DIRECTORY=/var/lib/sidelight ' + re.search('(?m)^ExecStart=(.*)', unit)[1])


def signed_data(folder):
    """A bundle that the older program takes, made and signed with its own tools; its key is the user's."""
    source, place = os.path.join(folder, 'source'), os.path.join(folder, 'data')
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(os.path.join(source, 'data'), os.path.join(place, 'data'))
    version = os.path.join(place, 'data/version.yaml')
    with open(version, encoding='utf-8') as f:
        text = f.read()
    newer = re.search(r'(?m)^version: *(\S+)', text)[1] + '.1'
    with open(version, 'w', encoding='utf-8') as f:
        f.write(re.sub('(?m)^version:.*', 'version: ' + newer, text))
    run('minisign', '-G', '-W', '-p', place + '/key.pub', '-s', place + '/key.key')
    made = run(os.path.join(source, 'tools/bundle'), '-d', place + '/data', '-o', place, '-e', '2099-01-01', '-s', place + '/key.key')
    bundle = made.stdout.strip()
    for path in (bundle, bundle + '.minisig', place + '/key.pub'):
        shutil.copy(path, TREE + '/opt/')
    return newer, os.path.basename(bundle)


def used(folder):
    """The older release at work; what it left."""
    save('/etc/default/sidelight', CONFIG)
    for name, text in (('token', 'secret\n'), ('send.env', 'SIDELIGHT_SERVER=https://fleet.example:8484\n'), ('serve.env', 'SIDELIGHT_SERVE_OPTIONS=\n')):
        save('/etc/sidelight/' + name, text)
    os.makedirs(TREE + os.path.dirname(TEXTFILE))
    done = inside('systemctl enable ' + ' '.join(UNITS))
    ok('older: its timers and its server are enabled', done.returncode == 0 and there('/etc/systemd/system/timers.target.wants/sidelight.timer'), done.stderr)
    os.makedirs(TREE + '/var/lib/sidelight/history')
    shutil.copy(os.path.join(ROOT, 'tests/cli/machines/iron.host'), TREE + '/var/lib/sidelight/history/2026-01-01T000000Z.host')
    done = daily()
    ok('older: its daily run keeps history and metrics', done.returncode == 0 and len(os.listdir(TREE + '/var/lib/sidelight/history')) == 2 and there(TEXTFILE), done)
    for name in ('iron', 'web-17'):
        shutil.copy(os.path.join(ROOT, f'tests/cli/machines/{name}.host'), TREE + '/opt/')
    done = inside('mkdir -p /var/lib/private/sidelight-fleet && ln -s private/sidelight-fleet /var/lib/sidelight-fleet && '
                  'sidelight fleet import --store /var/lib/sidelight-fleet/fleet.db /opt/iron.host /opt/web-17.host')
    ok('older: its fleet has two hosts', done.returncode == 0 and there('/var/lib/private/sidelight-fleet/fleet.db'), done)
    machine, cmdline, files, _ = table.ROOTS['debian-grub']
    roots.make(TREE + '/srv/image', machine, files, cmdline)
    before = roots.snapshot(TREE + '/srv/image')
    done = inside('sidelight fix --root /srv/image --apply --yes')
    ok('older: fix changed a mounted image', before != roots.snapshot(TREE + '/srv/image'), done)
    version, bundle = signed_data(folder)
    done = inside(f'sidelight data update --key /opt/key.pub /opt/{bundle}')
    ok('older: newer data was taken', done.returncode == 0 and version in inside('sidelight data show').stdout, done)
    return before


def upgraded(version, packages, older_files, before):
    users = contents(*USERS)
    wants = {u: inside('systemctl is-enabled ' + u).stdout for u in UNITS}
    done = install(packages)
    state = inside("dpkg-query -W -f '${db:Status-Abbrev}${Version} ' sidelight libsidelight1 libsidelight-dev").stdout
    ok('upgraded: all three are of today, and whole', done.returncode == 0 and state.split() == ['ii', version] * 3 and
       not inside('dpkg -V sidelight libsidelight1 libsidelight-dev').stdout, done.stdout[-1500:], done.stderr, state)
    now = shown('sidelight libsidelight1 libsidelight-dev')
    stale = sorted(p for p in older_files - now if there(p))
    ok('upgraded: no file of the older ones stays', len(older_files - now) > 3 and not stale, stale, len(older_files - now))
    ok('upgraded: nothing of the user is lost or changed', users and users == contents(*USERS), sorted(set(users) ^ set(contents(*USERS))))
    TAP.same('upgraded: what was enabled is', {u: inside('systemctl is-enabled ' + u).stdout for u in UNITS}, wants)
    done, kept = daily(), os.listdir(TREE + '/var/lib/sidelight/history')
    ok('upgraded: the daily run goes on, with the history and the settings', done.returncode == 0 and not done.stderr and len(kept) in (2, 3) and
       users.items() <= contents(*USERS).items() and f'version="{version.split("-")[0]}"' in contents(TEXTFILE)[TEXTFILE].decode(), done, kept)
    done = inside('for f in /var/lib/sidelight/history/*; do sidelight check --exit-zero --format json "$f" || exit 1; done')
    ok('upgraded: all that was kept is read and judged', done.returncode == 0 and done.stdout.count('"findings"') == len(kept) and
       not done.stderr, done.stderr)
    done = inside('sidelight fleet hosts --store /var/lib/sidelight-fleet/fleet.db')
    ok("upgraded: the fleet's hosts are there, and judged anew", done.returncode in (0, 2, 3) and re.search(r'\biron\b', done.stdout) and
       re.search(r'\bweb-17\b', done.stdout), done)
    done = inside('sidelight data show')
    ok('upgraded: data that is older than what is built in is not used', done.returncode == 0 and 'built in' in done.stdout, done)
    done = inside('sidelight fix --root /srv/image --rollback')
    ok('upgraded: what the older fix changed is taken back byte for byte', done.returncode == 0 and before == roots.snapshot(TREE + '/srv/image'), done)


def removed():
    users = contents('/etc/default/sidelight', '/etc/sidelight', '/var/lib/sidelight', '/var/lib/private/sidelight-fleet')
    done = inside('apt-get remove -y sidelight libsidelight1 libsidelight-dev')
    ok('removed: what the user has stays', done.returncode == 0 and not there('/usr/bin/sidelight') and
       users == contents('/etc/default/sidelight', '/etc/sidelight', '/var/lib/sidelight', '/var/lib/private/sidelight-fleet'), done)
    broken = inside('find /etc/systemd -xtype l').stdout
    ok('removed: no unit is enabled, and no metric goes stale', not there(TEXTFILE) and not there('/etc/systemd/system/timers.target.wants/sidelight.timer') and
       'sidelight' not in broken, broken)
    done = inside('apt-get purge -y sidelight') # the libraries have nothing to purge
    left = inside("find / -xdev \\( -path /proc -o -path /sys -o -path /srv -o -path /opt -o -path /var/log -o -path /var/cache \\) -prune -o "
                  "-name '*sidelight*' -print").stdout.split()
    known = inside("dpkg-query -W 'sidelight*' 'libsidelight*'").stdout
    ok('purged: nothing of it is left', done.returncode == 0 and not left and not known, done.stderr, left, known)


def main():
    if os.environ.get('SIDELIGHT_FULL') != '1':
        skip('an older release is built and a Debian filled: ./dev test --full')
    if os.geteuid() != 0:
        skip('not root')
    version, packages = today_packages()
    if len(packages) != 3:
        skip('no package was built')
    older, folder = older_packages()
    if run(os.path.join(HERE, 'fresh.sh'), BUILD, TREE).returncode or not there('/usr/bin/apt-get'):
        skip('no Debian to be had from here')
    shutil.copy(os.path.realpath('/etc/resolv.conf'), TREE + '/etc/resolv.conf')
    done = inside('apt-get -q update && apt-get install -y --no-install-recommends systemd libsqlite3-0')
    ok('a fresh Debian with systemd', done.returncode == 0, done.stderr)
    done = install(older)
    ok('older: it is installed', done.returncode == 0 and 'sidelight 0.1' in inside('sidelight --version').stdout, done.stdout[-1500:], done.stderr)
    files = shown('sidelight libsidelight1 libsidelight-dev')
    before = used(folder)
    upgraded(version, packages, files, before)
    removed()
    shutil.rmtree(TREE)
    TAP.end()


main()
