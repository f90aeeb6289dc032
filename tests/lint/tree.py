"""What the checks of this folder share: the files of the project, and test output in TAP."""
import os
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..'))


def files(*suffixes, under='.'):
    """The project's files below a folder, as paths from the root: what git tracks or would add, or all when there is no git."""
    git = ['git', '-c', 'safe.directory=*', 'ls-files', '-co', '--exclude-standard', '-z', '--', under]
    listed = subprocess.run(git, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    names = listed.stdout.decode().split('\0')[:-1] if listed.returncode == 0 else walk(under)
    return sorted(n for n in names if (not suffixes or n.endswith(suffixes)) and os.path.isfile(os.path.join(ROOT, n)))


def walk(under):
    for folder, subfolders, names in os.walk(os.path.join(ROOT, under)):
        subfolders[:] = [s for s in subfolders if os.path.relpath(os.path.join(folder, s), ROOT) not in ('build', '.git')]
        yield from (os.path.relpath(os.path.join(folder, n), ROOT) for n in names)


def text(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as f:
        return f.read()


def tap(cases):
    """Prints cases, pairs of a name and a list of faults, as TAP; ends the program."""
    failed = 0
    for number, (name, faults) in enumerate(cases, 1):
        print('not ok' if faults else 'ok', number, '-', name)
        for fault in faults:
            print('#', fault)
        failed += bool(faults)
    print(f'1..{number}')
    sys.exit(1 if failed else 0)
