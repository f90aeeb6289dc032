#!/usr/bin/env python3
"""Runs clang-tidy over each C file that a build compiles, as many at once as there are processors. tidy.py BUILD_FOLDER...

A folder that was not built (the one for Windows, when only `./dev lint` ran) is left out."""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

import tree


def commands(builds):
    """The compile commands of the project's C files, by path, each from the first build that compiles it."""
    found = {}
    for database in filter(os.path.exists, (f'{build}/compile_commands.json' for build in builds)):
        with open(database, encoding='utf-8') as f:
            for command in json.load(f):
                path = os.path.relpath(os.path.join(command['directory'], command['file']), tree.ROOT)
                if path.startswith(('src/', 'tests/', 'tools/', 'bench/')):
                    found.setdefault(path, command)
    return found


def faults(path, folder):
    command = ['clang-tidy', '-quiet', '-p', folder, '--extra-arg=-Wno-unknown-warning-option', path]
    ran = subprocess.run(command, cwd=tree.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    told = ran.stdout.splitlines()
    return ([line for line in told if ': error: ' in line] or told) if ran.returncode else []


def main():
    found = commands(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        with open(f'{folder}/compile_commands.json', 'w', encoding='utf-8') as f:
            json.dump(list(found.values()), f)
        tree.tap(zip((f'clang-tidy {path}' for path in found), pool.map(lambda path: faults(path, folder), found)))


main()
