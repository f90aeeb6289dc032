#!/usr/bin/env python3
"""`sidelight data` takes what minisign signed and what is newer and sound, nothing else. Usage: test_data.py SIDELIGHT ROOT"""
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

import jsonschema

PROGRAM, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
sys.path.insert(0, os.path.join(ROOT, 'tests'))
sys.path.insert(0, os.path.join(ROOT, 'tests/report'))
import tap
import strict

TAP = tap.Tap()
ok = TAP.ok
NEWER, NEWEST = '2090-01-01', '2090-01-01.2'


def told(done, *what):
    """What --format json said, as docs/data.schema.json says; `what`: some of its values."""
    schema, wrong = strict.load(os.path.join(ROOT, 'docs/data.schema.json'))
    got = json.loads(done.stdout)
    wrong += [e.message for e in jsonschema.Draft202012Validator(strict.strict(schema)).iter_errors(got)]
    return done.returncode == 0 and not wrong and [got[k] for k in ('done', 'version', 'new')] == list(what) and got


def run(*args, **more):
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, **more)


def read(path):
    with open(path, 'rb') as f:
        return f.read()


class Place:
    """A folder with keys, data and a store."""
    def __init__(self, folder):
        self.folder = folder
        self.store = os.path.join(folder, 'var', 'lib', 'data')
        for name in ('one', 'two'):
            subprocess.run(['minisign', '-G', '-W', '-p', self.path(name + '.pub'), '-s', self.path(name + '.key')], check=True,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def bundle(self, version, key='one', expires='2099-01-01', change=None):
        data = self.path('data-' + version)
        if not os.path.isdir(data):
            shutil.copytree(os.path.join(ROOT, 'data'), data)
            text = read(os.path.join(data, 'version.yaml')).decode()
            with open(os.path.join(data, 'version.yaml'), 'w', encoding='utf-8') as f:
                f.write(re.sub('(?m)^version:.*', f'version: {version}', text))
            if change:
                change(data)
        done = subprocess.run([os.path.join(ROOT, 'tools/bundle'), '-d', data, '-o', self.folder, '-e', expires, '-s', self.path(key + '.key')],
                              capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def sign(self, path, comment, *more):
        subprocess.run(['minisign', '-S', *more, '-s', self.path('one.key'), '-m', path, '-t', comment], check=True, stdout=subprocess.DEVNULL)

    def update(self, bundle, key='one', **more):
        return run('data', 'update', '--key', self.path(key + '.pub'), '--store', self.store, bundle, **more)

    def used(self):
        return json.loads(run('data', 'show', '--format', 'json', '--store', self.store).stdout)

    def stored(self):
        path = os.path.join(self.store, 'bundle')
        return read(path) if os.path.exists(path) else None


def add_flaw(data):
    """The flaw that HACKING.md adds, from what it says."""
    with open(os.path.join(ROOT, 'HACKING.md'), encoding='utf-8') as f:
        text = f.read()
    for kind, name in (('yaml', 'data/vulns/teacup.yaml'), ('csv', 'data/microcode/teacup.csv')):
        block = text.split(f'```{kind} {name}\n')[1].split('```')[0]
        with open(os.path.join(data, name.split('/', 1)[1]), 'w', encoding='utf-8') as f:
            f.write(''.join(line[3:] if line.startswith('   ') else line for line in block.splitlines(True)))


def taken(p):
    built_in = p.used()
    ok('without anything installed, the data that is built in is used', built_in['from'] == 'built in' and built_in['installed'] is None, built_in)
    bundle = p.bundle(NEWER, change=add_flaw)
    done = run('data', 'verify', '--key', p.path('one.pub'), bundle)
    ok('verify tells of a good bundle what it brings, and changes nothing',
       done.returncode == 0 and NEWER in done.stdout and 'new: teacup' in done.stdout and p.stored() is None, done)
    done = run('data', 'verify', '--key', p.path('one.pub'), '--format', 'json', '--store', p.store, bundle)
    ok('in JSON, too', (told(done, 'verified', NEWER, ['teacup']) or {'why': done})['why'] is None, done)
    done = p.update(bundle)
    ok('update takes it', done.returncode == 0 and 'new: teacup' in done.stdout and read(bundle) in p.stored(), done)
    used = p.used()
    ok('and it is used', used['version'] == NEWER and used['flaws'] == built_in['flaws'] + 1 and used['built_in'] == built_in['version'], used)
    ok('everybody may read it', os.stat(os.path.join(p.store, 'bundle')).st_mode & 0o777 == 0o644)
    before = p.stored()
    done = p.update(bundle)
    ok('the same again changes nothing', done.returncode == 0 and 'already' in done.stdout and p.stored() == before, done)
    done = run('data', 'update', '--key', p.path('one.pub'), '--store', p.store, '--format', 'json', bundle)
    ok('told in JSON, too', (told(done, 'nothing', NEWER, ['teacup']) or {'why': None})['why'] == f'data {NEWER} is installed already', done)
    shutil.rmtree(p.store)
    done = run('data', 'update', '--key', p.path('one.pub'), '--store', p.store, '--format', 'json', bundle)
    ok('what is installed is told in JSON', told(done, 'installed', NEWER, ['teacup']) and p.stored() == before, done)
    done = run('data', 'verify', '--key', p.path('one.pub'), '--store', p.store)
    ok('what is installed can be verified', done.returncode == 0 and NEWER in done.stdout, done)
    done = run('list', '--data', bundle)
    ok('a bundle can be looked at without being installed', done.returncode == 0 and 'teacup' in done.stdout, done)


def recorded(p):
    """What was signed under a version is all that is ever signed under it."""
    record = p.path('record')
    with open(record, 'w', encoding='utf-8') as f:
        f.write('# none yet\n')

    def sign(data):
        return subprocess.run([os.path.join(ROOT, 'tools/bundle'), '-d', data, '-o', p.path('signed'), '-s', p.path('one.key'), '-r', record],
                              capture_output=True, text=True, check=False)

    os.mkdir(p.path('signed'))
    data = p.path('data-' + NEWER)
    first, lines, again = sign(data), read(record).decode().splitlines(), sign(data)
    made = {f: read(p.path('signed', f)) for f in os.listdir(p.path('signed'))}
    ok('what is signed is recorded once', first.returncode == again.returncode == 0 and len(lines) == 2 and lines[1].startswith(NEWER + ' ') and
       read(record).decode().splitlines() == lines, first, again, lines)
    other = shutil.copytree(data, p.path('data-other'))
    os.remove(os.path.join(other, 'vulns/teacup.yaml'))
    done = sign(other)
    ok('other contents under that version are not, and what was signed stays', done.returncode == 65 and 'newer version' in done.stderr and not done.stdout and
       {f: read(p.path('signed', f)) for f in os.listdir(p.path('signed'))} == made, done)


def refused(p):
    newest = p.bundle(NEWEST)
    good, signature = read(newest), read(newest + '.minisig')
    before = p.stored()

    def case(name, says, bundle=good, minisig=signature, **more):
        with open(newest, 'wb') as f:
            f.write(bundle)
        with open(newest + '.minisig', 'wb') as f:
            f.write(minisig)
        done = p.update(newest, **more)
        ok(f'refused: {name}', done.returncode == 65 and says in done.stderr and p.stored() == before and not done.stdout,
           f'{done} {len(p.stored() or b"")}')

    def signed(name, says, bundle, comment=f'sidelight-data version={NEWEST} expires=2099-01-01', *more):
        with open(newest, 'wb') as f:
            f.write(bundle)
        p.sign(newest, comment, *more)
        case(name, says, bundle, read(newest + '.minisig'))

    lines = signature.split(b'\n')
    case('a changed byte', 'not that of this file', good.replace(b'Meltdown', b'Meltdowm', 1))
    case('a byte less', 'not that of this file', good[:-1])
    case('a changed trusted comment', 'not that of this file', minisig=signature.replace(b'expires=2099', b'expires=2199'))
    case('another key', 'not one that is trusted here', key='two')
    case('a signature cut off', 'no signature of minisign', minisig=b'\n'.join(lines[:3]) + b'\n')
    case('an empty signature', 'no signature of minisign', minisig=b'')
    case('a signature with something behind it', 'no signature of minisign', minisig=signature + b'x\n')
    case('a signature with a bit too much', 'no signature of minisign', minisig=signature.replace(lines[1], lines[1] + b'AAAA'))
    signed("minisign's old kind of signature", 'not the kind of signature', good, f'sidelight-data version={NEWEST} expires=2099-01-01', '-l')
    signed('a signature for something else', 'signs something else', good, f'version={NEWEST} expires=2099-01-01')
    signed('one without a day to renew it by', "lacks 'version=' or 'expires='", good, f'sidelight-data version={NEWEST}')
    signed('one for another version', 'the bundle holds data', good, 'sidelight-data version=2091-01-01 expires=2099-01-01')
    signed('one that expired', 'expired on 2020-01-01', good, f'sidelight-data version={NEWEST} expires=2020-01-01')
    signed('a newer format', 'it takes a newer sidelight', good.replace(b'data 1\n', b'data 2\n', 1))
    signed('something else that was signed', 'no bundle of data', b'hello\n')
    signed('a bundle cut off', 'is damaged', good[:len(good) // 2])
    signed('a bundle without its end', 'is damaged', good[:-7])
    signed('something behind the end', 'is damaged', good + b'x')
    signed('a file that leads out', 'no name that the data folder could have', good.replace(b'-- file azure/', b'-- file ../re/', 1))
    signed('a file twice', 'not in order', good.replace(b'-- file azure/resource-types.yaml', b'-- file azure/guest-os.yaml', 1))
    signed('a length beyond the end', 'cut off', good.replace(b'azure/guest-os.yaml ', b'azure/guest-os.yaml 9', 1))
    signed('data that does not compile', 'vulns/meltdown.yaml:1: Unexpected key: ie', good.replace(b'id: meltdown', b'ie: meltdown', 1))
    signed('another version inside', 'version.yaml', good.replace(f'version: {NEWEST}\n'.encode(), b'version: 2089-01-01.2\n', 1))
    built_in = p.used()['built_in']
    done = p.update(p.bundle(built_in))
    ok('what is built in, as a bundle, is known to be the same', done.returncode == 0 and 'is built in already' in done.stdout, done)
    shutil.rmtree(p.path('data-' + built_in))
    forgotten = p.bundle(built_in, change=add_flaw)
    for what in ('update', 'verify'):
        done = run('data', what, '--key', p.path('one.pub'), '--store', p.store, forgotten)
        ok(f'{what}: new data under the version of what is built in is a mistake, and told', done.returncode == 65 and
           'it needs a newer version' in done.stderr and not done.stdout and p.stored() == before, done)
    old = p.bundle('2018-01-03')
    done = p.update(old)
    ok('refused: older than what is built in', done.returncode == 65 and 'older than what is built in' in done.stderr and p.stored() == before, done)


def no_way_back(p):
    newest = p.bundle(NEWEST)
    done = p.update(newest)
    ok('a newer one replaces it', done.returncode == 0 and p.used()['version'] == NEWEST, done)
    before = p.stored()
    done = p.update(p.path(f'sidelight-data-{NEWER}.bundle'))
    ok('there is no way back to an older one', done.returncode == 65 and 'older than what is installed' in done.stderr and p.stored() == before, done)
    done = run('data', 'verify', '--key', p.path('one.pub'), '--store', p.store, p.path(f'sidelight-data-{NEWER}.bundle'))
    ok('and verify says that it would not be taken', done.returncode == 0 and f'would not be taken: data {NEWEST} is installed' in done.stdout, done)
    done = run('data', 'verify', '--key', p.path('one.pub'), '--store', p.store, p.path('sidelight-data-2018-01-03.bundle'))
    ok('nor what is older than what is built in', done.returncode == 0 and 'would not be taken: data' in done.stdout and 'is built in' in done.stdout, done)
    done = run('data', 'update', newest)
    ok('without a key nothing is taken', done.returncode in (64, 65) and 'key' in done.stderr, done)


def fetched(p):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        """Serves the folder, without a word."""
        def __init__(self, *args):
            super().__init__(*args, directory=p.folder)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f'http://127.0.0.1:{server.server_port}/'
    bundle = p.bundle('2090-01-01.3')
    done = run('data', 'update', '--key', p.path('one.pub'), '--store', p.store, '--url', url + 'nosuch.bundle')
    if 'libcurl' in done.stderr:
        print('# no libcurl here')
        server.shutdown()
        return
    ok('what a server does not have is told', done.returncode == 66 and 'the server answers 404' in done.stderr, done)
    before = p.stored()
    done = run('data', 'update', '--key', p.path('two.pub'), '--store', p.store, '--url', url + os.path.basename(bundle))
    ok("a server's word is not enough: the signature counts", done.returncode == 65 and p.stored() == before, done)
    done = run('data', 'update', '--key', p.path('one.pub'), '--store', p.store, '--url', url + os.path.basename(bundle))
    ok('a bundle is fetched from where the user says', done.returncode == 0 and p.used()['version'] == '2090-01-01.3', done)
    done = run('data', 'update', '--key', p.path('one.pub'), '--store', p.store, '--url', url + os.path.basename(bundle), bundle)
    ok('a file and a URL are not taken together', done.returncode == 64, done)
    server.shutdown()


def damaged(p):
    path = os.path.join(p.store, 'bundle')
    whole = p.stored()
    with open(path, 'wb') as f:
        f.write(whole[:len(whole) // 2])
    done = run('data', 'show', '--store', p.store)
    ok('what was damaged in its place is not used, and that is told',
       done.returncode == 0 and 'is not used' in done.stderr and 'built in, ' in done.stdout, done)
    ok('and an update mends it', p.update(p.bundle(NEWEST)).returncode == 0 and p.stored()[-7:] == b'-- end\n')
    os.chmod(path, 0o666)
    done = run('data', 'show', '--store', p.store)
    ok('what others could have written is not used', 'others than root could have written it' in done.stderr and 'built in, ' in done.stdout, done)
    os.chmod(path, 0o644)


def everywhere(p):
    """In the place where it belongs, of which every command takes it: in a mount namespace, where there is one."""
    with open(p.path('tea.host'), 'w', encoding='ascii') as f:
        f.write('# sidelight evidence 1\n-- uname Linux 9.9.0 x86_64\n')
    script = f'''mount -t tmpfs none /var/lib && mkdir -p /var/lib/sidelight && cp -r {p.store} /var/lib/sidelight/data || exit 77
                "$1" explain teacup | head -1; "$1" check --only teacup --format csv {p.path('tea.host')} | grep -c teacup'''
    os.makedirs('/var/lib', exist_ok=True)
    p.bundle('2091-01-01', change=add_flaw)
    p.update(p.path('sidelight-data-2091-01-01.bundle'))
    done = subprocess.run(['unshare', '-rm', 'bash', '-c', script, 'bash', PROGRAM], capture_output=True, text=True, check=False)
    if done.returncode == 77 or 'unshare' in done.stderr:
        TAP.skip('all commands use what is installed', 'no mount namespace here')
        return
    ok('all commands use what is installed', 'Teacup' in done.stdout.splitlines()[0] and done.stdout.split()[-1] != '0', done)


def main():
    probe = run('data', 'verify', '--key', '/dev/null', PROGRAM)
    if 'without libsodium' in probe.stderr or not shutil.which('minisign'):
        print('1..0 # SKIP no libsodium in this build, or no minisign')
        return 0
    with tempfile.TemporaryDirectory() as folder:
        place = Place(folder)
        for part in (taken, recorded, refused, no_way_back, damaged, fetched, everywhere):
            part(place)
    TAP.end()


main()
