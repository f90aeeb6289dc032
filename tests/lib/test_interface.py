#!/usr/bin/env python3
"""What libsidelight shows and needs, and the examples of docs/library.md. Usage: test_interface.py LIBRARY ROOT [CC]"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

LIBRARY, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
CC = sys.argv[3:] or ['cc']
MACHINE = os.path.join(ROOT, 'tests/cli/machines/iron.host')
# What would print, end the program, or reach beyond the machine.
NEVER = {'exit', '_exit', 'quick_exit', 'abort', 'printf', 'puts', 'putchar', 'fprintf', 'vfprintf', 'fputs', 'perror', 'stdout', 'stderr', 'syslog',
         'system', 'execve', 'fork', 'posix_spawn', 'setenv', 'chdir', 'umask', 'signal', 'sigaction', 'atexit', '__printf_chk', '__fprintf_chk'}
ALLOWED = {'abort'}  # guard.c, where a call is not guarded: which there is not
sys.path.insert(0, os.path.join(ROOT, 'tests'))
import tap

TAP = tap.Tap()
ok = TAP.ok


def read(*path):
    with open(os.path.join(ROOT, *path), encoding='utf-8') as f:
        return f.read()


def symbols():
    listed = [line.split()[-2:] for line in subprocess.run(['nm', '-D', LIBRARY], capture_output=True, text=True, check=True).stdout.splitlines()]
    shown = {name.split('@')[0] for kind, name in listed if kind in 'TDBRG'}
    needed = {name.split('@')[0] for kind, name in listed if kind == 'U'}
    return shown, needed


def interface():
    header, version_map = read('src/lib/sidelight.h'), read('src/lib/libsidelight.map')
    declared = set(re.findall(r'^[a-z].*?\b(sidelight_\w+)\(', header, re.M))
    listed = set(re.findall(r'\bsidelight_\w+(?=;)', version_map))
    shown, needed = symbols()
    ok('the header declares what the library shows, and nothing else is shown', declared == listed == shown, (declared ^ listed, shown ^ listed))
    ok('it needs nothing that prints or ends the program', not (needed & NEVER) - ALLOWED, needed & NEVER)
    recorded = read('tests/lib/abi.txt')
    now = '\n'.join(sorted(re.sub(r'\s+', ' ', m) for m in re.findall(r'^[a-z][\w *]*\bsidelight_\w+\([^;]*;', header, re.M)) +
                    re.findall(r'\bSIDELIGHT_\w+ = \d+', header)) + '\n'
    missing = set(recorded.splitlines()) - set(now.splitlines())
    ok('nothing that was promised is gone or changed (tests/lib/abi.txt)', not missing, missing)
    ok('what was added is promised', not set(now.splitlines()) - set(recorded.splitlines()), set(now.splitlines()) - set(recorded.splitlines()))


def promised(folder):
    """A library with the types and functions of abi.txt and nothing in them, against which abidiff holds the one that was built."""
    lines = read('tests/lib/abi.txt').splitlines()
    numbers = [line for line in lines if ' = ' in line]
    enums = {f'sidelight_{kind}_field': [n for n in numbers if n.startswith(f'SIDELIGHT_{kind.upper()}_')] for kind in ('finding', 'step')}
    enums['sidelight_result'] = [n for n in numbers if not any(n in some for some in enums.values())]
    source = 'typedef __SIZE_TYPE__ size_t; typedef struct sidelight sidelight; typedef struct sidelight_document sidelight_document;\n'
    source += ''.join(f'enum {name} {{ {", ".join(some)} }};\n' for name, some in enums.items())
    for line in lines:
        if '(' in line:
            source += line.rstrip(';') + (' { }\n' if line.startswith('void ') else ' { return 0; }\n')
    with open(os.path.join(folder, 'promise.c'), 'w', encoding='utf-8') as f:
        f.write(source)
    stub = os.path.join(folder, os.path.basename(LIBRARY))
    subprocess.run([*CC, '-g', '-shared', '-fPIC', '-w', '-Wl,-soname,libsidelight.so.1', f'-Wl,--version-script={ROOT}/src/lib/libsidelight.map', '-o', stub,
                    os.path.join(folder, 'promise.c')], check=True)
    headers = os.path.join(folder, 'headers')
    os.makedirs(headers, exist_ok=True)
    shutil.copy(os.path.join(ROOT, 'src/lib/sidelight.h'), headers)
    return stub, headers


def abidiff(stub, headers):
    done = subprocess.run(['abidiff', '--no-show-locs', '--headers-dir2', headers, '--drop-private-types', stub, LIBRARY], capture_output=True, text=True,
                          check=False)
    return done.returncode, done.stdout + done.stderr


def abi(folder):
    if not shutil.which('abidiff'):
        print('# no abidiff here')
        return
    stub, headers = promised(folder)
    code, out = abidiff(stub, headers)
    ok('abidiff: the library is what was promised', code == 0, out)
    with open(os.path.join(folder, 'promise.c'), encoding='utf-8') as f:
        source = f.read()
    with open(os.path.join(folder, 'promise.c'), 'w', encoding='utf-8') as f:
        f.write(source.replace('size_t number', 'unsigned char number'))
    subprocess.run([*CC, '-g', '-shared', '-fPIC', '-w', f'-Wl,--version-script={ROOT}/src/lib/libsidelight.map', '-Wl,-soname,libsidelight.so.1', '-o', stub,
                    os.path.join(folder, 'promise.c')], check=True)
    ok('and it would notice another type', abidiff(stub, headers)[0] != 0)


def examples(folder):
    text = read('docs/library.md')
    env = {**os.environ, 'LD_LIBRARY_PATH': os.path.dirname(LIBRARY)}
    with open(os.path.join(folder, 'example.c'), 'w', encoding='utf-8') as f:
        f.write(text.split('```c\n')[1].split('```')[0])
    with open(os.path.join(folder, 'example.py'), 'w', encoding='utf-8') as f:
        f.write(text.split('```python\n')[1].split('```')[0])
    built = subprocess.run([*CC, '-Wall', '-Wextra', '-Werror', '-I', os.path.join(ROOT, 'src/lib'), '-o', os.path.join(folder, 'example'),
                            os.path.join(folder, 'example.c'), LIBRARY], capture_output=True, text=True, check=False)
    ok("the document's C example compiles", built.returncode == 0, built.stderr)
    done = subprocess.run([os.path.join(folder, 'example')], env=env, capture_output=True, text=True, check=False)
    ok('and judges this machine', done.returncode == 0 and not done.stderr, done)
    done = subprocess.run([os.path.join(folder, 'example'), folder], env=env, capture_output=True, text=True, check=False)
    ok('and says what is wrong', done.returncode != 0 and done.stderr.strip(), done)
    done = subprocess.run(['python3', os.path.join(folder, 'example.py'), MACHINE], env=env, capture_output=True, text=True, check=False)
    ok("the document's Python example judges an evidence file", done.returncode == 0 and re.search(r'(?m)^meltdown \w', done.stdout), done)
    for compiler, language, standard in (('c++', 'c++', 'c++98'), ('c++', 'c++', 'c++20'), ('cc', 'c', 'c90'), ('cc', 'c', 'c17')):
        done = subprocess.run([compiler, '-Wall', '-Wextra', '-pedantic', '-Werror', f'-std={standard}', '-x', language, '-fsyntax-only',
                               os.path.join(ROOT, 'src/lib/sidelight.h')], capture_output=True, text=True, check=False) if shutil.which(compiler) else None
        ok(f'the header is {standard}', done is None or done.returncode == 0, done)


interface()
with tempfile.TemporaryDirectory() as place:
    abi(place)
    examples(place)
TAP.end()
