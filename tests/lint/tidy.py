#!/usr/bin/env python3
"""Runs clang-tidy over each C file that a build compiles, as many at once as there are processors. tidy.py BUILD_FOLDER...

A folder that was not built (the one for Windows, when only `./dev lint` ran) is left out. The analyzer takes nine tenths of the time:
with SIDELIGHT_FULL=1 it walks as far as it can, through all files; without, a fiftieth as far, through what people run."""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import tree

CACHE = f'{tree.ROOT}/build/tidy'
SHALLOW = [f'--extra-arg={word}' for word in ('-Xclang', '-analyzer-config', '-Xclang', 'max-nodes=4500')]
NONE = ['--checks=-clang-analyzer-*', '--extra-arg=-U_FORTIFY_SOURCE']  # whose macros have names that banned.h forbids; the analyzer goes without them


def depth(path):
    return [] if os.environ.get('SIDELIGHT_FULL') == '1' else SHALLOW if path.startswith('src/') else NONE


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
    return ''.join(tree.text(p) for p in tree.files('.clang-tidy'))


@functools.cache
def dependencies(build):
    """What each object was last made from, as ninja keeps it."""
    found, to = {}, []
    for line in subprocess.run(['ninja', '-C', build, '-t', 'deps'], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
        if line.startswith(' '):
            to.append(os.path.join(build, line.strip()))
        elif ': #deps' in line:
            to = found.setdefault(line.split(': #deps')[0], [])
    return found


@functools.cache
def digest(path):
    with open(path, 'rb') as f:
        return hashlib.sha256(f.read()).hexdigest()


def unchanged(path, command):
    """A file that exists when clang-tidy found no fault in this very input: all files of it, command, configuration. None: nobody knows them."""
    inputs = dependencies(command['directory']).get(command.get('output', ''), [])
    if not inputs:
        return None
    known = [command['command'], configuration(), *depth(path), *(digest(path) for path in inputs if os.path.exists(path))]
    return f"{CACHE}/{hashlib.sha256(' '.join(known).encode()).hexdigest()}"


def faults(path, command, folder):
    mark = unchanged(path, command)
    if mark and os.path.exists(mark):
        return []
    tidy = ['clang-tidy', '-quiet', '-p', folder, '--extra-arg=-Wno-unknown-warning-option', *depth(path), path]
    ran = subprocess.run(tidy, cwd=tree.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if ran.returncode == 0:
        if mark:
            pathlib.Path(mark).touch()
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
