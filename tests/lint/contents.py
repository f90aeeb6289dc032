#!/usr/bin/env python3
"""Checks what lies in the tree: a README in each folder, a licence, no binaries, nothing that names a developer's machine."""
import os
import re

import tree

README_LINES = 10
HOMES = re.compile(r'(?:/home/\w|/root/|/tmp/\w+/|/work/|C:\\Users\\\w)')
LONGER = ('data/README.md',)  # the contract of the data files
DATA_FOLDERS = ('data/', '.ci')  # data/README.md tells of all of data/


def folders(paths):
    """Those of the first two levels; what lies deeper is told of by the README above it."""
    found = {'/'.join(p.split('/')[:-1][:2]) for p in paths} - {''}
    return sorted(f for f in found if not f.startswith(DATA_FOLDERS))


def readme_faults(folder):
    path = f'{folder}/README.md'
    if not os.path.exists(os.path.join(tree.ROOT, path)):
        return [f'{path} is missing']
    lines = tree.text(path).count('\n')
    return [f'{path} has {lines} lines; at most {README_LINES}'] if lines > README_LINES and path not in LONGER else []


def is_binary(path):
    with open(os.path.join(tree.ROOT, path), 'rb') as f:
        return b'\0' in f.read(8192)


def homes(path):
    lines = enumerate(tree.text(path).splitlines(), 1)
    return [f'{path}:{number}: {line.strip()[:100]}' for number, line in lines if HOMES.search(line)]


def main():
    paths = [p for p in tree.files() if not p.startswith('tests/fuzz/corpus/')]
    binaries = [p for p in paths if is_binary(p)]
    named = [f for p in paths if p not in binaries and p != 'tests/lint/contents.py' for f in homes(p)]
    tree.tap([('each folder has a short README', [f for folder in folders(paths) for f in readme_faults(folder)]),
              ('no binaries', binaries),
              ('no path of a developer\'s machine', named),
              ('the licence is there', [] if 'Apache License' in tree.text('LICENSE') else ['LICENSE'])])


main()
