#!/usr/bin/env python3
"""Every command that a text tells people to run is one: `sidelight WORD` in data, documents and sources, and so are the options that it is given
there. Usage: test_commands.py SIDELIGHT ROOT"""
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


# A command line: between backticks, behind a prompt, or on an indented line by itself.
LINE = re.compile(r'`(?:[^`|]*\| *|sudo )?sidelight ([a-z][a-z-]*)\b([^`|;]*)[`|;]|^(?:\$ | {2,})(?:[^`|]*\| *|sudo )?sidelight ([a-z][a-z-]*)\b([^|;#&]*)')


def options(command, cache={}):
    """Those that the command's help has, with the global ones."""
    if command not in cache:
        told = subprocess.run([PROGRAM, command, '--help'], capture_output=True, text=True, check=False).stdout
        cache[command] = set(re.findall(r'(?m)^  (?:-\w, )?(--[a-z-]+)', told)) | {'--help', '--version'}
    return cache[command]


def texts(commands):
    """Documents and data, and the examples of each command's help, of which manual pages are made."""
    for path in files():
        if path.endswith(('.md', '.yaml', '.yml', '.py', '.sh')):
            with open(path, encoding='utf-8', errors='replace') as f:
                yield os.path.relpath(path, ROOT), f.read().splitlines()
    for command in sorted(commands):
        yield 'help of ' + command, subprocess.run([PROGRAM, command, '--help'], capture_output=True, text=True, check=False).stdout.splitlines()


def strangers(where, lines, commands):
    """Options that the command does not have."""
    bad, seen = [], 0
    for number, line in enumerate(lines, 1):
        for m in LINE.finditer(line):
            command, rest = (m[1], m[2]) if m[1] else (m[3], m[4])
            if command not in commands:
                continue
            for option in re.findall(r'(?<![\w-])--[a-z][a-z-]*', rest):
                seen += 1
                bad += [] if option in options(command) else [f'{where}:{number}: sidelight {command} {option}']
    return bad, seen


def main():
    told = subprocess.run([PROGRAM, '--help'], capture_output=True, text=True, check=True).stdout
    commands = set(re.findall(r'^  ([a-z][a-z-]+)  +\S', told, re.M))
    wrong = [fault for path in files() for fault in faults(path, commands)]
    probe = [m[2] for m in MENTION.finditer('then `sidelight cost`, or sidelight run -- X; what sidelight knows')]
    looked = [strangers(where, lines, commands) for where, lines in texts(commands)]
    unknown, seen = [x for bad, _ in looked for x in bad], sum(n for _, n in looked)
    wanted = strangers('', ['then `sidelight check --only mds --no-such x.host`', '$ sidelight list --facts', '    lscpu | sidelight check --never -'], commands)
    found = seen > 40 and wanted == ([':1: sidelight check --no-such', ':3: sidelight check --never'], 4)
    print('1..5')
    print('ok 1 - the help lists commands' if {'check', 'advise', 'explain', 'collect'} <= commands else 'not ok 1 - no commands in the help')
    print('ok 2 - mentions are found' if probe == ['cost', 'run', 'knows'] else f'not ok 2 - found {probe}')
    print('not ok 3 - texts name commands that there are not' if wrong else 'ok 3 - each command that a text names exists')
    print('not ok 4 - texts give commands options that they do not have' if unknown else 'ok 4 - each option that a text gives a command is its own')
    print('ok 5 - options are found' if found else f'not ok 5 - {seen} options were found; {wanted}')
    for line in wrong + unknown:
        print('#', line)
    return 1 if wrong or unknown or not found or len(commands) < 4 or probe != ['cost', 'run', 'knows'] else 0


sys.exit(main())
