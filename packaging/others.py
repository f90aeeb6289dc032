#!/usr/bin/env python3
"""Other distributions' own tools build the packages from the tarball of the sources, as their users would: makepkg and pacman (Arch), rpmbuild
and rpmlint (Fedora). Debian has no abuild: the APKBUILD's steps are run by a shell, with abuild's words for them. Usage: others.py ROOT [arch|rpm|alpine]…
Each builds the program once: only with `./dev test --full`."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(sys.argv[1])
HERE = os.path.join(ROOT, 'packaging')
sys.path.insert(0, os.path.join(ROOT, 'tests'))
import tap

TAP = tap.Tap()
ok = TAP.ok
VERSION = re.search(r"^ *version: '(.*)',", open(os.path.join(ROOT, 'meson.build'), encoding='utf-8').read(), re.M)[1]


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, **more)


def files_below(root, *leave):
    names = (os.path.relpath(os.path.join(place, n), root) for place, _, files in os.walk(root) for n in files)
    return sorted(n for n in names if not n.startswith(leave))


def same(path, other):
    if not os.path.isfile(path):
        return False
    with open(path, 'rb') as a, open(os.path.join(ROOT, other), 'rb') as b:
        return a.read() == b.read()


def documents(name, root, licence):
    """What a stranger reads first is the program's page, not a folder's of the same name."""
    doc, licences = (next(iter(glob.glob(os.path.join(root, name))), root) for name in ('usr/share/doc/sidelight*', licence))
    wanted = {os.path.basename(f) for f in glob.glob(os.path.join(ROOT, 'docs', '*.md'))} - {'README.md'}
    ok(f'{name}: README, documents, licence and pages are there',
       same(os.path.join(doc, 'README.md'), 'README.md') and wanted <= set(files_below(doc)) and same(licences, 'LICENSE') and
       glob.glob(os.path.join(root, 'usr/share/man/man1/sidelight-check.1*')), files_below(doc))


def works(name, root, library='usr/lib'):
    """The program, the library's interface and the schemas, run and read where they were put."""
    program = os.path.join(root, 'usr/bin/sidelight')
    told = run(program, '--version')
    checked = run(program, 'check', '--format', 'json', os.path.join(ROOT, 'tests/hosts/machines/x86_64/clx-fixed.guest.6.1.0-56.host'))
    ok(f'{name}: its program runs, and judges', VERSION in told.stdout and checked.returncode in (0, 2, 3) and '"findings"' in checked.stdout,
       told, checked.returncode, checked.stderr)
    there = [os.path.join(library, 'libsidelight.so.1'), 'usr/share/sidelight/schemas/report.schema.json', 'usr/share/sidelight/examples/report.json',
             'usr/share/bash-completion/completions/sidelight']
    ok(f'{name}: library, schemas and completion are where they are looked for', all(os.path.exists(os.path.join(root, f)) for f in there),
       files_below(root))


def tarball(folder):
    made = run(os.path.join(HERE, 'source.sh'), folder)
    ok('the tarball of the sources is made', made.returncode == 0, made.stderr)
    return made.stdout.strip()


def arch(folder, source):
    for tool in ('makepkg', 'pacman', 'bsdtar'):
        if not shutil.which(tool):
            TAP.skip('the package for Arch Linux', f'no {tool}')
            return
    shutil.copy(source, folder)
    shutil.copy(os.path.join(HERE, 'arch/PKGBUILD'), folder)
    user = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] if os.geteuid() == 0 else []
    for name in (folder, *glob.glob(folder + '/*')):
        if user:
            os.chown(name, 65534, 65534)
    # What it depends on is Debian's, of which pacman knows nothing.
    done = run(*user, 'makepkg', '--nodeps', '--noprogressbar', '--nocolor', cwd=folder,
               env={**os.environ, 'HOME': folder, 'CCACHE_DIR': os.path.join(folder, 'ccache')})
    made = glob.glob(folder + '/*.pkg.tar.*')
    ok('makepkg builds the package from the tarball', done.returncode == 0 and len(made) == 1, done.stdout, done.stderr)
    if len(made) != 1:
        return
    warnings = [line for line in (done.stdout + done.stderr).splitlines() if 'WARNING' in line and 'dependency checks' not in line]
    ok('and warns of nothing but the dependencies that it was told to leave', not warnings, warnings)
    if os.geteuid() == 0:
        pacman(folder, made[0])


def pacman(folder, package):
    root = os.path.join(folder, 'root')
    os.makedirs(os.path.join(root, 'var/lib/pacman'))
    place = ('--root', root, '--config', '/dev/null', '--hookdir', os.path.join(folder, 'none'))
    more = (*place, '--noconfirm', '--noprogressbar')

    def left():
        return files_below(root, 'var/lib/pacman', 'var/cache', 'var/log')

    done = run('pacman', *more, '-U', '-dd', package)
    ok('pacman installs it', done.returncode == 0 and f'sidelight {VERSION}-1' in run('pacman', *place, '-Q').stdout, done)
    documents('Arch', root, 'usr/share/licenses/sidelight/LICENSE')
    works('Arch', root)
    checked = run('pacman', *place, '-Qkk', 'sidelight')
    ok('pacman finds nothing changed or missing', ' 0 altered files' in checked.stdout, checked)
    done = run('pacman', *more, '-R', '-dd', 'sidelight')
    ok('removed, it leaves nothing', done.returncode == 0 and not left(), done, left())


def rpm(folder, _source):
    for tool in ('rpmbuild', 'rpmlint'):
        if not shutil.which(tool):
            TAP.skip('the RPMs from the sources', f'no {tool}')
            return
    done = run(os.path.join(HERE, 'rpm.sh'), os.path.join(folder, 'rpm'))
    made = sorted(glob.glob(folder + '/*.rpm'))
    ok('rpmbuild builds three packages from the tarball, by the spec as it stands', done.returncode == 0 and len(made) == 3, done.stderr)
    if len(made) != 3:
        return
    done = run('rpmlint', '-r', os.path.join(HERE, 'rpm/sidelight.rpmlintrc'), os.path.join(HERE, 'rpm/sidelight.spec'), *made)
    ok('rpmlint finds neither errors nor warnings', done.returncode == 0 and '3 packages and 1 specfiles checked; 0 errors, 0 warnings' in done.stdout,
       done.stdout, done.stderr)
    root = os.path.join(folder, 'root')
    for package in made:
        os.makedirs(root, exist_ok=True)
        subprocess.run(f'rpm2cpio {package} | cpio --extract --make-directories --quiet', shell=True, cwd=root, check=True)
    documents('RPM', root, 'usr/share/licenses/sidelight*/LICENSE')
    works('RPM', root, os.path.relpath(run('rpm', '--eval', '%{_libdir}').stdout.strip(), '/'))


# What abuild gives a description: places, and a word that moves files from the package to the one that is split off.
ABUILD = r'''
set -eu
. "$1"
pkgdir=$2/$pkgname srcdir=$2/src builddir=$2/src/$pkgname-$pkgver
amove() {
        for pattern; do
                for file in "$pkgdir"/$pattern; do
                        to=$subpkgdir/$(dirname "${file#"$pkgdir"/}")
                        mkdir -p "$to"
                        mv "$file" "$to/"
                done
        done
}
mkdir -p "$srcdir" "$pkgdir"
tar -C "$srcdir" -xzf "$3"
cd "$builddir"
build
package
subpkgname=libsidelight subpkgdir=$2/libsidelight
mkdir -p "$subpkgdir"
_library
'''


def alpine(folder, source):
    done = run('sh', '-c', ABUILD, 'sh', os.path.join(HERE, 'alpine/APKBUILD'), folder, source)
    ok("the APKBUILD's steps build and split the package (a shell in abuild's place)", done.returncode == 0, done.stdout, done.stderr)
    if done.returncode == 0:
        root = os.path.join(folder, 'sidelight')
        ok('the library went into a package of its own, and no unit of systemd into any',
           files_below(os.path.join(folder, 'libsidelight')) == ['usr/lib/libsidelight.so.1', 'usr/lib/libsidelight.so.1.1.0'] and
           not any('systemd' in f for f in files_below(root)), files_below(os.path.join(folder, 'libsidelight')))
        documents('Alpine', root, 'usr/share/doc/sidelight/copyright')
        shutil.copytree(os.path.join(folder, 'libsidelight'), root, dirs_exist_ok=True, symlinks=True)
        works('Alpine', root)


if os.environ.get('SIDELIGHT_FULL') != '1':
    print('1..0 # SKIP three builds take minutes: ./dev test --full')
    sys.exit(0)
with tempfile.TemporaryDirectory() as place:
    os.chmod(place, 0o755)
    for part in ('source', 'arch', 'rpm', 'alpine'):
        os.mkdir(os.path.join(place, part))
    archive = tarball(os.path.join(place, 'source'))
    for part, build in (('arch', arch), ('rpm', rpm), ('alpine', alpine)):
        if len(sys.argv) < 3 or part in sys.argv[2:]:
            build(os.path.join(place, part), archive)
TAP.end()
