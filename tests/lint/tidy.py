#!/usr/bin/env python3
"""Runs clang-tidy over each C file that a build compiles, as many at once as there are processors. tidy.py BUILD_FOLDER...

A folder that was not built (the one for Windows, when only `./dev lint` ran) is left out. The analyzer takes nine tenths of the time:
with SIDELIGHT_FULL=1 it walks as far as it can, without, a fiftieth as far."""
import concurrent.futures
import functools
import hashlib
import json
import os
import shlex
import subprocess
import sys
import tempfile

import tree

CACHE = f'{tree.ROOT}/build/tidy'
SHALLOW = [f'--extra-arg={word}' for word in ('-Xclang', '-analyzer-config', '-Xclang', 'max-nodes=4500')]
DEPTH = [] if os.environ.get('SIDELIGHT_FULL') == '1' else SHALLOW


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


@functools.cache
def configuration():
    return ''.join(tree.text(p) for p in tree.files('.clang-tidy')) + str(DEPTH)


def unchanged(command):
    """A file that exists when clang-tidy found no fault in this very input: preprocessed source, comments, configuration."""
    words = shlex.split(command['command'])
    del words[words.index('-o'):words.index('-o') + 2]
    ran = subprocess.run(words + ['-E', '-C', '-o', '-'], cwd=command['directory'], stdout=subprocess.PIPE, check=True)
    return f"{CACHE}/{hashlib.sha256(ran.stdout + configuration().encode()).hexdigest()}"


def faults(path, command, folder):
    mark = unchanged(command)
    if os.path.exists(mark):
        return []
    tidy = ['clang-tidy', '-quiet', '-p', folder, '--extra-arg=-Wno-unknown-warning-option', *DEPTH, path]
    ran = subprocess.run(tidy, cwd=tree.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if ran.returncode == 0:
        with open(mark, 'w', encoding='utf-8'):
            return []
    told = ran.stdout.splitlines()
    return [line for line in told if ': error: ' in line] or told


def main():
    found = commands(sys.argv[1:])
    os.makedirs(CACHE, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        with open(f'{folder}/compile_commands.json', 'w', encoding='utf-8') as f:
            json.dump(list(found.values()), f)
        tree.tap(zip((f'clang-tidy {path}' for path in found), pool.map(lambda path: faults(path, found[path], folder), found)))


main()
