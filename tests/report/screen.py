#!/usr/bin/env python3
"""The first screen at 100 columns: no line is wider, and there are at most 30, for every recorded machine. Usage: screen.py SIDELIGHT TESTS"""
import concurrent.futures
import glob
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import tap

TAP = tap.Tap()
COLUMNS, LINES = 100, 30
# Pieces of machines: forty answers are missing there and each is named, beside open flaws and their steps. None of them is a whole machine.
PIECES = {'hosts/rules/' + name + '.host' for name in (
    'bhi/built-without', 'bhi/built-without-kvm', 'bhi/declared-trusted.no-guest-host', 'bhi/kernel-says-vulnerable', 'bhi/only-guests-kept-out',
    'its/switched-off-with-spectre-v2', 'mds/sibling-threads-open.smt-on-again', 'spectre-v2-user/sibling-threads-open',
    'spectre-v2-user/switched-off', 'spectre-v2/anybody-may-load-bpf', 'spectre-v2/built-without', 'spectre-v2/retpolines-left-out',
    'spectre-v2/unsafe-module', 'spectre-v2/windows-module-without-controls', 'srso/kernel-says-vulnerable.not-understood',
    'ssb/windows-module-without-control')}
# Each parameter that kernels ignore has a note that names the right one: six of them are twelve lines.
NOTES = {'hosts/rules/gds/microcode-missing.no-such-parameter.host'}

REFUSED = ['cli/machines/broken.host', 'guidance/machines/nothing.host']


def screen(program, path):
    done = subprocess.run([program, 'check', '--exit-zero', path], capture_output=True, text=True, check=False,
                          env={**os.environ, 'COLUMNS': str(COLUMNS), 'LC_ALL': 'C.UTF-8'})
    return done.stdout.splitlines()


def main(program, folder):
    names = sorted(os.path.relpath(path, folder) for path in glob.glob(folder + '/**/*.host', recursive=True))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        screens = dict(zip(names, pool.map(lambda name: screen(program, os.path.join(folder, name)), names)))
    told = [name for name in names if screens[name]]
    TAP.same('all are told but what is no evidence', sorted(set(names) - set(told)), REFUSED)
    wide = [name for name in told if max(map(len, screens[name])) > COLUMNS]
    TAP.ok(f'no line is over {COLUMNS} columns', not wide, '\n'.join(wide))
    long = {name for name in told if len(screens[name]) > LINES}
    TAP.same(f'over {LINES} lines are only the named ones', sorted(long - PIECES - NOTES), [])
    TAP.same('the named ones still are', sorted((PIECES | NOTES) - long), [])
    TAP.end()


main(*sys.argv[1:])
