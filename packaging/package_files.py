#!/usr/bin/env python3
"""The descriptions of packages for other systems are sound, by their own tools where Debian has them. Usage: package_files.py ROOT TREE
TREE: what `meson install` put in place."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT, TREE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
HERE = os.path.join(ROOT, 'packaging')
sys.path.insert(0, os.path.join(ROOT, 'tests'))
import tap

TAP = tap.Tap()
ok = TAP.ok
skip = TAP.skip


def read(*path):
    with open(os.path.join(ROOT, *path), encoding='utf-8') as f:
        return f.read()


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


def versions():
    version = re.search(r"^ *version: '(.*)',", read('meson.build'), re.M)[1]
    told = {'rpm': re.search(r'^Version: *(\S+)', read('packaging/rpm/sidelight.spec'), re.M)[1],
            'rpm changelog': re.search(r'> - ([\d.]+)-1$', read('packaging/rpm/sidelight.spec'), re.M)[1],
            'arch': re.search(r'^pkgver=(\S+)', read('packaging/arch/PKGBUILD'), re.M)[1],
            'alpine': re.search(r'^pkgver=(\S+)', read('packaging/alpine/APKBUILD'), re.M)[1],
            'debian': re.match(r'sidelight \(([\d.]+)-\d+\)', read('packaging/debian/changelog'))[1]}
    ok('all descriptions have the version of meson.build', set(told.values()) == {version}, (version, told))
    return version


def debian():
    asked = set(re.findall(r'[\w.+-]+', re.sub(r'[(<].*?[)>]', '', re.search(r'(?ms)^Build-Depends:(.*?)^\S', read('packaging/debian/control'))[1])))
    listed = dict(line.split()[:2] for line in read('tools/packages').splitlines() if line and line[0] != '#')
    always = {'gcc', 'libc6-dev', 'ninja-build'}  # build-essential and meson bring these
    ok('the Debian source package asks for what ./dev installs to build', asked - {'debhelper-compat', 'libcmocka-dev'} ==
       {p for p, verb in listed.items() if verb == 'build'} - always, asked)


def rpmbuild(version, folder, change=lambda spec: spec):
    """The packages, of what is built already: the sources' place is taken by the documents, the build by the tree."""
    sources = os.path.join(folder, f'sidelight-{version}')
    for name in ('SOURCES', 'SPECS', f'sidelight-{version}'):
        os.makedirs(os.path.join(folder, name))
    for name in ('LICENSE', 'README.md', 'SECURITY.md', 'CHANGELOG.md', 'docs'):
        (shutil.copytree if name == 'docs' else shutil.copy)(os.path.join(ROOT, name), os.path.join(sources, name))
    subprocess.run(['tar', '-czf', f'{folder}/SOURCES/sidelight-{version}.tar.gz', '-C', folder, f'sidelight-{version}'], check=True)
    spec = read('packaging/rpm/sidelight.spec')
    spec = re.sub(r'(?ms)^%build\n.*?^%preun\n',
                  f'%build\n\n%install\nmkdir -p %{{buildroot}}\ncp -a {TREE}/usr %{{buildroot}}/\nrm -rf %{{buildroot}}%{{_docdir}}\n'
                  'mkdir -p %{buildroot}%{_libdir}\nmv %{buildroot}/usr/lib/*-linux-gnu/* %{buildroot}%{_libdir}/\nrmdir %{buildroot}/usr/lib/*-linux-gnu\n'
                  'strip --strip-unneeded %{buildroot}%{_bindir}/sidelight %{buildroot}%{_libdir}/libsidelight.so.*.*.*\n\n%preun\n', spec)
    spec = re.sub(r'(?m)^BuildRequires:.*\n', '', spec)
    with open(os.path.join(folder, 'SPECS', 'sidelight.spec'), 'w', encoding='utf-8') as f:
        f.write(change(spec))
    done = run('rpmbuild', '-bb', '--define', f'_topdir {folder}', '--define', 'debug_package %{nil}', '--define', '_libdir /usr/lib64', '--define', '_build_id_links none',
               os.path.join(folder, 'SPECS', 'sidelight.spec'))
    return done, [os.path.join(place, f) for place, _, names in os.walk(os.path.join(folder, 'RPMS')) for f in names]


def rpm(version, folder):
    if not shutil.which('rpmbuild') or not os.path.isdir(TREE):
        skip('the RPM', 'no rpmbuild, or no package was built')
        return
    done, made = rpmbuild(version, folder)
    ok('rpmbuild makes three packages of what is installed, and nothing is left over', done.returncode == 0 and len(made) == 3, done.stderr)
    listed = run('rpm', '-qpl', '--nosignature', *made).stdout
    ok('they hold the program, its pages, the library and the header',
       all(f in listed for f in ('/usr/bin/sidelight\n', 'man1/sidelight-check.1', 'libsidelight.so.1\n', '/usr/include/sidelight.h')), listed)
    parsed = run('rpmspec', '-q', '--qf', '%{name} %{license} %{summary}\n', os.path.join(HERE, 'rpm/sidelight.spec'))
    ok('the description is read as it stands', parsed.returncode == 0 and parsed.stdout.count('Apache-2.0') == 3, parsed)
    if os.geteuid() == 0:
        installed(made, older(folder), version, os.path.join(folder, 'root'))


def older(folder):
    """The packages of an older version, which has a file that the newer one lacks."""
    def change(spec):
        return spec.replace(read('packaging/rpm/sidelight.spec').split('Version:')[1].split('\n')[0], '        0.1.0').replace(
            '\n%preun\n', 'echo old >%{buildroot}%{_datadir}/sidelight/of-old\n\n%preun\n')
    return rpmbuild('0.1.0', os.path.join(folder, 'older'), change)[1]


def installed(made, before, version, root):
    """In a root with nothing in it, not even a shell for what runs at removal."""
    def in_root(*args):
        return run('rpm', '--root', root, '--nosignature', *args)

    def left():
        return sorted(f for place, _, names in os.walk(root) for f in (os.path.relpath(os.path.join(place, n), root) for n in names)
                      if 'rpm' not in f)

    os.mkdir(root)
    done = in_root('-i', '--nodeps', '--noscripts', *before)
    ok('rpm installs an older version', done.returncode == 0 and 'usr/share/sidelight/of-old' in left(), done)
    done = in_root('-U', '--nodeps', '--noscripts', *made)
    told = in_root('-q', '--qf', '%{version}', 'sidelight').stdout
    ok('the newer one takes its place, and leaves no file of the older',
       done.returncode == 0 and told == version and 'usr/share/sidelight/of-old' not in left() and not in_root('-V', '--nodeps', 'sidelight').stdout, done)
    done = run(os.path.join(root, 'usr/bin/sidelight'), '--version')
    ok('its program runs', done.returncode == 0 and version in done.stdout, done)
    done = in_root('-e', '--noscripts', 'libsidelight-devel', 'libsidelight', 'sidelight')
    ok('removed, it leaves nothing', done.returncode == 0 and not left(), (done, left()))
    scripts = in_root('-qp', '--scripts', *made).stdout
    done = subprocess.run(['sh', '-n'], input=re.sub(r'(?m)^\w+ scriptlet.*', '', scripts), capture_output=True, text=True, check=False)
    ok('what runs at removal is shell', 'systemctl' in scripts and done.returncode == 0, scripts + done.stderr)


def rpmlint(folder):
    if not shutil.which('rpmlint'):
        skip('rpmlint', 'not installed')
        return
    made = [os.path.join(place, f) for place, _, names in os.walk(os.path.join(folder, 'RPMS')) for f in names]
    done = run('rpmlint', '-r', os.path.join(HERE, 'rpm/sidelight.rpmlintrc'), os.path.join(HERE, 'rpm/sidelight.spec'), *made)
    ok('rpmlint finds neither errors nor warnings', done.returncode == 0 and
       f'{len(made)} packages and 1 specfiles checked; 0 errors, 0 warnings' in done.stdout, done.stdout + done.stderr)


def arch(folder):
    path = os.path.join(HERE, 'arch/PKGBUILD')
    done = run('shellcheck', '-s', 'bash', '-e', 'SC2034,SC2154,SC2148', path) if shutil.which('shellcheck') else None
    ok('shellcheck finds nothing in the PKGBUILD', done is None or done.returncode == 0, done and done.stdout)
    if not shutil.which('makepkg'):
        skip("makepkg's own checks", 'no makepkg')
        return
    os.mkdir(os.path.join(folder, 'bin'))
    with open(os.path.join(folder, 'bin', 'pacman'), 'w', encoding='ascii') as f:
        f.write('#!/bin/sh\n')
    os.chmod(os.path.join(folder, 'bin', 'pacman'), 0o755)
    shutil.copy(path, folder)
    os.chmod(folder, 0o777)
    os.chmod(os.path.dirname(folder), 0o755)
    user = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] if os.geteuid() == 0 else []
    done = run(*user, 'makepkg', '--printsrcinfo', cwd=folder, env={**os.environ, 'PATH': os.path.join(folder, 'bin') + ':' + os.environ['PATH']})
    ok('makepkg reads it', done.returncode == 0 and 'pkgname = sidelight' in done.stdout, done)


def alpine():
    path = os.path.join(HERE, 'alpine/APKBUILD')
    done = run('shellcheck', '-s', 'dash', '-e', 'SC2034,SC2154,SC2148', path) if shutil.which('shellcheck') else None
    ok('shellcheck finds nothing in the APKBUILD', done is None or done.returncode == 0, done and done.stdout)
    fields = dict(re.findall(r'(?m)^(\w+)="?(.*?)"?(?: #.*)?$', read('packaging/alpine/APKBUILD')))
    needed = ('pkgname', 'pkgver', 'pkgrel', 'pkgdesc', 'url', 'arch', 'license', 'makedepends', 'source')
    ok('it has every field that abuild asks for', all(fields.get(f) for f in needed) and run('sh', '-n', path).returncode == 0, fields)


with tempfile.TemporaryDirectory() as place:
    release = versions()
    debian()
    for part in ('rpm', 'arch'):
        os.mkdir(os.path.join(place, part))
    rpm(release, os.path.join(place, 'rpm'))
    rpmlint(os.path.join(place, 'rpm'))
    arch(os.path.join(place, 'arch'))
    alpine()
TAP.end()
