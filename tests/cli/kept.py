#!/usr/bin/env python3
"""Options are never removed: each line of options.txt, "COMMAND --OPTION", is still taken. Usage: kept.py [--fix] SIDELIGHT

--fix adds those that are new; it takes none away."""
import os
import re
import subprocess
import sys

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'options.txt')


def told(program, *words):
    return subprocess.run([program, *words], stdout=subprocess.PIPE, text=True, check=True).stdout


def options(program):
    """(command, option) of everything that the help shows."""
    commands = re.findall(r'^  ([a-z][a-z-]+)  ', told(program, '--help'), re.M)
    return {(c, o) for c in commands for o in re.findall(r'^  (?:-\w, )?(--[a-z][a-z-]*)', told(program, c, '--help'), re.M)}


def main():
    program = sys.argv[-1]
    there = options(program)
    with open(LIST, encoding='utf-8') as f:
        promised = {tuple(line.split()) for line in f}
    if '--fix' in sys.argv:
        with open(LIST, 'w', encoding='utf-8') as f:
            f.writelines(f'{c} {o}\n' for c, o in sorted(promised | there))
    print('1..2')
    gone, new = sorted(promised - there), sorted(there - promised)
    print('not ok' if gone else 'ok', '1 - no option is gone', *(f'\n# {c} {o}' for c, o in gone))
    print('not ok' if new and '--fix' not in sys.argv else 'ok', '2 - new options are promised', *(f'\n# {c} {o}' for c, o in new))
    sys.exit(bool(gone or (new and '--fix' not in sys.argv)))


main()
