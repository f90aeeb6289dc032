#!/usr/bin/env python3
"""What the sources ask of a C library, musl has, too: those that meet the operating system are read with musl's headers (all of them with
`./dev test --full`). Usage: musl.py BUILD"""
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys
import tempfile

import tree

BUILD = os.path.abspath(sys.argv[1])
MACHINE = os.uname().machine
MUSL = f'/usr/include/{MACHINE}-linux-musl'
# Headers of libraries and of the kernel, which do not come from the C library; all others of /usr/include are glibc's.
LIBRARIES = ('archive.h', 'archive_entry.h', 'curl', 'cyaml', 'gnutls', 'libpq-fe.h', 'microhttpd.h', 'nats', 'pg_config_ext.h', 'postgres_ext.h',
             'seccomp-syscalls.h', 'seccomp.h', 'sodium', 'sodium.h', 'sqlite3.h', 'yaml.h', 'zconf.h', 'zlib.h', 'linux', 'asm', 'asm-generic')


def places():
    return ['/usr/include', f'/usr/include/{MACHINE}-linux-gnu', '/usr/include/postgresql']


def libraries(folder):
    for name in LIBRARIES:
        for place in places():
            if os.path.exists(os.path.join(place, name)):
                os.symlink(os.path.join(place, name), os.path.join(folder, name))
                break


def commands():
    """Each source of the program and the library once, with its flags."""
    found = {}
    with open(os.path.join(BUILD, 'compile_commands.json'), encoding='utf-8') as f:
        for row in json.load(f):
            path = os.path.relpath(os.path.join(row['directory'], row['file']), tree.ROOT)
            if path.startswith('src/') and path.endswith('.c'):
                found.setdefault(path, (row['directory'], shlex.split(row['command'])))
    return found


def edge(path):
    core = ('base', 'evidence', 'catalog', 'facts', 'verdict', 'cloud', 'guidance', 'plan', 'whatif', 'report', 'compiler')
    return path.split('/')[1] not in core


def faults(path, directory, command, libraries_folder):
    keep = [word for word in command if word.startswith(('-D', '-std=', '-include')) or word.endswith('banned.h') or
            (word.startswith('-I') and not word.startswith('-I/usr/'))]
    done = subprocess.run(['cc', '-nostdinc', '-isystem', MUSL, '-idirafter', libraries_folder, '-idirafter', compiler_headers(),
                           *keep, '-U_FORTIFY_SOURCE', '-Wall', '-Werror', '-fsyntax-only', os.path.join(tree.ROOT, path)],
                          cwd=directory, capture_output=True, text=True, check=False)
    return done.stderr.splitlines()[:8] if done.returncode else []


def compiler_headers():
    return subprocess.run(['cc', '-print-file-name=include'], capture_output=True, text=True, check=True).stdout.strip()


def main():
    if not os.path.isdir(MUSL):
        print('1..0 # SKIP no musl-dev')
        return
    full = os.environ.get('SIDELIGHT_FULL') == '1'
    with tempfile.TemporaryDirectory() as folder:
        libraries(folder)
        rows = [(p, *c) for p, c in sorted(commands().items()) if full or edge(p)]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            told = list(pool.map(lambda row: faults(*row, folder), rows))
    tree.tap([(f'{len(rows)} sources are compiled with musl', [] if rows else ['none'])] +
             [(p, why) for (p, _, _), why in zip(rows, told) if why])


main()
