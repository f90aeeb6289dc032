#!/usr/bin/env python3
"""Runs clang-tidy over each C file of the build, as many at once as there are processors. tidy.py BUILD_FOLDER"""
import concurrent.futures
import json
import os
import subprocess
import sys

import tree


def sources(build):
    """The C files of the project that the build compiles, each once."""
    with open(f'{build}/compile_commands.json', encoding='utf-8') as f:
        found = {os.path.relpath(os.path.join(c['directory'], c['file']), tree.ROOT) for c in json.load(f)}
    return sorted(p for p in found if p.startswith(('src/', 'tests/', 'tools/', 'bench/')))


def faults(build, path):
    command = ['clang-tidy', '-quiet', '-p', build, '--extra-arg=-Wno-unknown-warning-option', path]
    ran = subprocess.run(command, cwd=tree.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    told = ran.stdout.splitlines()
    return ([line for line in told if ': error: ' in line] or told) if ran.returncode else []


def main():
    build = sys.argv[1]
    paths = sources(build)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        tree.tap(zip((f'clang-tidy {p}' for p in paths), pool.map(lambda p: faults(build, p), paths)))


main()
