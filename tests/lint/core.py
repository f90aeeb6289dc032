#!/usr/bin/env python3
"""Checks that the core needs no operating system: what its objects leave undefined is in core-needs.txt. core.py LIBRARY..."""
import collections
import re
import subprocess
import sys

import tree


def table():
    lines = (line.split() for line in tree.text('tests/lint/core-needs.txt').splitlines() if not line.startswith('#'))
    return {name: users for name, *users in filter(None, lines)}


def symbols(libraries):
    """What each object of the libraries defines, and what it needs: two lists of (source, symbol)."""
    listed = subprocess.run(['nm', '-A', '--format=posix', *libraries], stdout=subprocess.PIPE, text=True, check=True).stdout
    defined, needed = set(), collections.defaultdict(set)
    for place, name, kind, *_ in (line.split() for line in listed.splitlines()):
        if kind == 'U':
            source = re.search(r'([\w.-]+)\.o\b', place).group(1).replace('_', '/', 1)
            needed[re.sub(r'^__(\w+)_chk$', r'\1', name)].add(source)
        else:
            defined.add(name)
    return {name: users for name, users in needed.items() if name not in defined}


def faults(needed, allowed):
    return [f'{user} uses {name}' for name, users in sorted(needed.items()) for user in sorted(users)
            if name not in allowed or (allowed[name] and user not in allowed[name])]


def main():
    allowed, needed = table(), symbols(sys.argv[1:])
    planted = faults({'open': {'base/x.c'}, 'exit': {'verdict/x.c'}, 'malloc': {'base/x.c'}}, allowed)
    tree.tap([('planted violations are found', [] if len(planted) == 2 else [f'only {planted}']),
              ('the core needs memory and text functions only', faults(needed, allowed)),
              ('the core was looked at', [] if 'malloc' in needed else [f'no malloc in {sys.argv[1]}?'])])


main()
