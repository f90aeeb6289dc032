#!/usr/bin/env python3
"""Runs clang-tidy over each C file that a build compiles, as many at once as there are processors. tidy.py BUILD_FOLDER...

A folder that was not built (the one for Windows, when only `./dev lint` ran) is left out."""
import concurrent.futures
import json
import os
import subprocess
import sys

import tree


def sources(builds):
    """(build folder, path) of the project's C files, each once, for the first folder that compiles it."""
    found = {}
    for build in filter(os.path.exists, (f'{b}/compile_commands.json' for b in builds)):
        with open(build, encoding='utf-8') as f:
            for command in json.load(f):
                path = os.path.relpath(os.path.join(command['directory'], command['file']), tree.ROOT)
                if path.startswith(('src/', 'tests/', 'tools/', 'bench/')):
                    found.setdefault(path, os.path.dirname(build))
    return sorted(found.items())


def faults(path, build):
    command = ['clang-tidy', '-quiet', '-p', build, '--extra-arg=-Wno-unknown-warning-option', path]
    ran = subprocess.run(command, cwd=tree.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    told = ran.stdout.splitlines()
    return ([line for line in told if ': error: ' in line] or told) if ran.returncode else []


def main():
    found = sources(sys.argv[1:])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        tree.tap(zip((f'clang-tidy {path}' for path, _ in found), pool.map(lambda item: faults(*item), found)))


main()
