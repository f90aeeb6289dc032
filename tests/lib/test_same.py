#!/usr/bin/env python3
"""The program says what the library says, to the byte: test_same.py LIBRARY SIDELIGHT ROOT; prints TAP.

The library is used by its interface alone, through ctypes, as docs/library.md shows: every recorded machine goes into one document a format, with
the options that `sidelight check` has. With SIDELIGHT_FULL every format takes every machine."""
import ctypes
import os
import pathlib
import subprocess
import sys
import tempfile

LIBRARY, SIDELIGHT, ROOT = sys.argv[1], os.path.abspath(sys.argv[2]), pathlib.Path(sys.argv[3])
MOMENT, EPOCH = '2026-11-27T00:00:00Z', '1795737600'
WRITE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
lib = ctypes.CDLL(LIBRARY)
for name in ('sidelight_new', 'sidelight_document_new'):
    getattr(lib, name).restype = ctypes.c_void_p
lib.sidelight_error.restype = ctypes.c_char_p
sys.path.insert(0, os.path.join(ROOT, 'tests'))
import tap

TAP = tap.Tap()
ok = TAP.ok


def told(handle, status):
    """0, or the library's sentence."""
    return lib.sidelight_error(ctypes.c_void_p(handle)).decode() if status else 0


def by_library(files, options, host):
    """(bytes, what was refused, exit code as for several files)."""
    pieces, handle, size, refused, worst = [], lib.sidelight_new(), ctypes.c_size_t(), [], 0
    own = ctypes.c_void_p(handle)
    write = WRITE(lambda _, p, n: pieces.append(ctypes.string_at(p, n)) or 0)
    for option, value in [('now', MOMENT), *options]:
        assert not told(handle, lib.sidelight_set(own, option.encode(), value.encode())), told(handle, 1)
    if host:
        text = host.read_bytes()
        assert not told(handle, lib.sidelight_host(own, str(host).encode(), text, ctypes.c_size_t(len(text)))), told(handle, 1)
    document = ctypes.c_void_p(lib.sidelight_document_new(own, write, None))
    for path in files:
        text = path.read_bytes()
        status = lib.sidelight_parse_all(own, str(path).encode(), text, ctypes.c_size_t(len(text)), ctypes.byref(size))
        if status:
            refused.append(f'sidelight: {told(handle, status)}\n')
            lib.sidelight_document_failed(document, own, str(path).encode(), told(handle, status).encode())
        for i in range(size.value):
            assert not told(handle, lib.sidelight_choose(own, ctypes.c_size_t(i)) or lib.sidelight_judge(own) or
                            lib.sidelight_document_add(document, own)), told(handle, 1)
            worst = max(worst, lib.sidelight_exit_code(own), key=[0, 3, 1, 2].index if dict(options).get('format') == 'nagios' else [0, 3, 2].index)
    ended = lib.sidelight_document_end(document)
    lib.sidelight_free(own)
    assert not ended
    return b''.join(pieces), ''.join(refused), worst


def by_program(files, options, host, folder):
    listing = folder / 'list'
    listing.write_text(''.join(f'{path}\n' for path in files))
    words = [word for option, value in options if option not in ('columns', 'ascii')
             for word in ([f'--{option}'] if value == 'yes' and option not in ('untrusted',) else [f'--{option}', value])]
    env = {**os.environ, 'SOURCE_DATE_EPOCH': EPOCH, 'LC_ALL': 'C' if dict(options).get('ascii') else 'C.UTF-8',
           'COLUMNS': dict(options).get('columns', '80')}
    done = subprocess.run([SIDELIGHT, 'check', *words, *(['--host-evidence', str(host)] if host else []), '--files-from', str(listing)], env=env,
                          capture_output=True, check=False)
    return done.stdout, done.stderr.decode(), done.returncode


def same(name, files, options, folder, host=None):
    out, refused, code = by_library(files, options, host)
    mine, errors, mycode = by_program(files, options, host, folder)
    at = next((i for i, (a, b) in enumerate(zip(out, mine)) if a != b), min(len(out), len(mine)))
    ok(f'{name}: the same bytes from library and program', out == mine and len(out) > 0,
       f'{len(out)} and {len(mine)} bytes, the first difference at {at}:\n{out[max(at - 60, 0):at + 80]!r}\n{mine[max(at - 60, 0):at + 80]!r}')
    ok(f'{name}: and the same exit code and errors', errors == refused and (code == mycode or refused), (code, mycode, errors, refused))


machines = sorted(ROOT.glob('tests/**/machines/**/*.host')) + sorted(ROOT.glob('tests/hosts/rules/**/*.host'))
others = [p for p in sorted(ROOT.glob('tests/cli/other/*')) if p.is_file() and p.suffix != '.md']
full = 'SIDELIGHT_FULL' in os.environ
with tempfile.TemporaryDirectory() as place:
    here = pathlib.Path(place)
    header = (ROOT / 'src/report/report.h').read_text()
    words = [line.split('"')[1] for line in header.splitlines() if line.lstrip().startswith('X(') and '"' in line]
    ok('the formats are known', len(words) > 20 and 'text' in words and 'sarif' in words, words)
    for word in words:
        chosen = machines[:: 1 if full else 4 if word in ('json', 'text') else 24]
        same(f'{word}, {len(chosen)} machines', [*chosen, *others], [('format', word)], here)
    few, cli = machines[::40], ROOT / 'tests/cli/machines'
    same('everything, narrow', few, [('wide', 'yes'), ('columns', '60'), ('ascii', 'yes')], here)
    same('boundaries, trust, what fails', few, [('boundary', 'user-kernel,guest-host'), ('untrusted', 'yes'), ('fail-on', 'vulnerable')], here)
    same('a few flaws', few, [('only', 'meltdown,CVE-2018-3639'), ('format', 'csv'), ('ignore-os-claims', 'yes')], here)
    same('a few flaws of a CVE as a whole', few, [('only', 'meltdown,spectre-v2-user'), ('format', 'openvex')], here)
    same('a fingerprint', few, [('fingerprint', 'yes'), ('format', 'json')], here)
    same('a guest with its host', [cli / 'web-17.host'], [], here, host=cli / 'web-host.host')
    same('what is refused', [cli / 'broken.host', *few], [('format', 'nagios')], here)
TAP.end()
