#!/usr/bin/env python3
"""Runs cppcheck over each C file that the build compiles: once, in however many programs it is (a fifth of them are in several), but again
with other definitions. Usage: cppcheck.py CPPCHECK BUILD"""
import json
import os
import shlex
import subprocess
import sys
import tempfile

import tree


def commands(build):
    """The compile commands, each file's once for all that are defined alike."""
    found = {}
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as f:
        for command in json.load(f):
            path = os.path.realpath(os.path.join(command['directory'], command['file']))
            defined = (word for word in shlex.split(command['command']) if word.startswith(('-D', '-U', '-std=')))
            found.setdefault((path, *sorted(defined)), command)
    return list(found.values())


def main():
    program, build = sys.argv[1:]
    found = commands(build)
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, 'compile_commands.json')
        with open(database, 'w', encoding='utf-8') as f:
            json.dump(found, f)
        ran = subprocess.run([program, f'--project={database}', '--error-exitcode=1', '--quiet', '--enable=warning,style,performance,portability',
                              f"--suppressions-list={tree.ROOT}/tests/lint/cppcheck.suppress"],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    tree.tap([(f'cppcheck finds nothing in {len(found)} files', ran.stdout.splitlines() if ran.returncode else [] if found else ['none'])])


main()
