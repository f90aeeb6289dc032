#!/usr/bin/env python3
"""Runs the cases of cases.txt and compares what they print, and their exit codes, with golden/. Usage: run.py [--fix] SIDELIGHT"""
import difflib
import functools
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CLEAN = {'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8', 'TERM': 'xterm', 'COLUMNS': '100', 'SOURCE_DATE_EPOCH': '1795600000'}
DATA = r'(what sidelight knows is old \(|sidelight [0-9.]+, data of |"data":\{"version":"[^"]*","date":"|"data":\{"version":"(?=[0-9-]+","date":"DATE)|data_date="|"data":"|"version": "(?=[0-9-]+",\n    "date")|"version": "DATE",\n    "date": ")[0-9-]+'  # changes with the data, as does its hash


def cases():
    """(name, shell command) of each line 'name: command'."""
    with open(os.path.join(HERE, 'cases.txt'), encoding='utf-8') as f:
        for line in f:
            if line.strip() and not line.startswith('#'):
                name, command = line.rstrip('\n').split(': ', 1)
                yield name, command


@functools.cache
def data_hashes(program):
    """Of the data that is built in, and of the small one."""
    reports = [subprocess.run([program, 'check', '--format', 'json', *options, 'machines/iron.host'], cwd=HERE, stdout=subprocess.PIPE, check=False).stdout
               for options in ([], ['--data=data'])]
    return [json.loads(r)['data']['hash'] for r in reports]


def run(command, program):
    shell = 'sidelight() { "$SIDELIGHT" "$@"; }; set -o pipefail; ' + command
    with tempfile.TemporaryDirectory() as folder:
        env = {**CLEAN, 'SIDELIGHT': program, 'D': '--data=data', 'TMP': folder}
        done = subprocess.run(['bash', '-c', shell], cwd=HERE, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=60, check=False)
    out, err = (b.decode().replace(folder, 'TMP') for b in (done.stdout, done.stderr))
    out = re.sub(DATA, r'\1DATE', re.sub(DATA, r'\1DATE', out))
    for found in data_hashes(program):
        out = out.replace(found, 'DATAHASH')
    return f'$ {command}\n{out}--- standard error\n{err}--- exit code\n{done.returncode}\n'


def main():
    args = [a for a in sys.argv[1:] if a != '--fix']
    program = os.path.abspath(args[0])
    todo = list(cases())
    print(f'1..{len(todo)}')
    failed = False
    for number, (name, command) in enumerate(todo, 1):
        path = os.path.join(HERE, 'golden', name)
        got = run(command, program)
        if '--fix' in sys.argv:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8', newline='') as f:
                f.write(got)
        want = open(path, encoding='utf-8', newline='').read() if os.path.exists(path) else ''
        print(('ok' if got == want else 'not ok'), number, '-', name)
        if got != want:
            failed = True
            for line in difflib.unified_diff(want.splitlines(), got.splitlines(), 'expected', 'got', lineterm='', n=2):
                print('#', line)
    return 1 if failed else 0


sys.exit(main())
