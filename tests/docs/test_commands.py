#!/usr/bin/env python3
"""Every command that a text tells people to run is one: `sidelight WORD` in data, documents and sources. Usage: test_commands.py SIDELIGHT ROOT"""
import os
import re
import subprocess
import sys

PROGRAM, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
# In running prose the program's name is a subject ("what sidelight knows": no command ends so), or part of a name.
PROSE = re.compile(r'.*s|and|evidence|in|inside|itself|read|report|see|sidelight|usr|wrote')
PLACES = ('data', 'docs', 'src', 'packaging', 'README.md', 'HACKING.md', 'ARCHITECTURE.md', 'SECURITY.md', 'CHANGELOG.md')
MENTION = re.compile(r'(`|run: "|\$ )?\bsidelight ([a-z][a-z-]+)(?=[\s`"\'.,;:)\\]|$)')


def files():
    for place in PLACES:
        path = os.path.join(ROOT, place)
        if os.path.isfile(path):
            yield path
        for folder, _, names in os.walk(path):
            yield from (os.path.join(folder, n) for n in sorted(names))


def faults(path, commands):
    with open(path, encoding='utf-8', errors='replace') as f:
        lines = f.read().splitlines()
    where = os.path.relpath(path, ROOT)
    return [f'{where}:{number}: sidelight {m[2]}' for number, line in enumerate(lines, 1) for m in MENTION.finditer(line)
            if m[2] not in commands and (m[1] or not PROSE.fullmatch(m[2]))]


def main():
    told = subprocess.run([PROGRAM, '--help'], capture_output=True, text=True, check=True).stdout
    commands = set(re.findall(r'^  ([a-z][a-z-]+)  +\S', told, re.M))
    wrong = [fault for path in files() for fault in faults(path, commands)]
    probe = [m[2] for m in MENTION.finditer('then `sidelight cost`, or sidelight run -- X; what sidelight knows')]
    print('1..3')
    print('ok 1 - the help lists commands' if {'check', 'advise', 'explain', 'collect'} <= commands else 'not ok 1 - no commands in the help')
    print('ok 2 - mentions are found' if probe == ['cost', 'run', 'knows'] else f'not ok 2 - found {probe}')
    print('not ok 3 - texts name commands that there are not' if wrong else 'ok 3 - each command that a text names exists')
    for line in wrong:
        print('#', line)
    return 1 if wrong or len(commands) < 4 or probe != ['cost', 'run', 'knows'] else 0


sys.exit(main())
