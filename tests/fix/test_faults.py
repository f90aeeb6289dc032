#!/usr/bin/env python3
"""One system call after the other fails, or is the last one before a kill, while fix applies and while it rolls back. Afterwards the
tree is as before or as applied; after a kill the next run makes it so. Prints how many faults were injected.

Of each call two of six faults are drawn; with --all, or SIDELIGHT_FULL=1 (./dev test --full), all six.

Usage: test_faults.py [--all] SIDELIGHT FAULTS.so"""
import errno
import os
import shutil
import subprocess
import sys
import tempfile

import roots
from table import ROOTS

KILL_BEFORE, KILL_AFTER = 0, -1
ERRORS = (errno.EIO, errno.ENOSPC, errno.EROFS, errno.EACCES)
MACHINES = ('debian-bpf-sysctl-conf', 'fedora-bls-no-source')


class Bench:
    def __init__(self, program, library, name, folder):
        self.program, self.library, self.root = program, library, os.path.join(folder, 'root')
        self.pristine, self.count = os.path.join(folder, 'pristine'), os.path.join(folder, 'count')
        machine, cmdline, files, _ = ROOTS[name]
        os.makedirs(self.pristine)
        roots.make(self.pristine, machine, files, cmdline)
        self.before = roots.snapshot(self.pristine)
        self.fresh()
        self.calls_apply = self.counted('--apply', '--yes')
        self.applied = self.contents()
        self.calls_back = self.counted('--rollback')

    def fresh(self):
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.pristine, self.root, symlinks=True)

    def contents(self):
        """Without times: a file that is written again has another one."""
        return {path: (seen[0], seen[4]) for path, seen in roots.snapshot(self.root).items()}

    def run(self, *words, at=0, kind=1):
        env = {'PATH': os.environ['PATH'], 'LD_PRELOAD': self.library, 'FAULT_AT': str(at), 'FAULT_KIND': str(kind),
               'FAULT_COUNT': self.count}
        return subprocess.run([self.program, 'fix', '--root', self.root, *words], env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, timeout=60)

    def counted(self, *words):
        done = self.run(*words)
        assert done.returncode == (3 if 'left alone: ' in done.stdout else 0), done  # a step that no fault hinders is left alone
        return int(open(self.count, encoding='ascii').read())

    def apply_fails(self, at, kind):
        self.fresh()
        done = self.run('--apply', '--yes', at=at, kind=kind)
        if done.returncode >= 0:
            now = roots.snapshot(self.root)
            if (now != self.before) if done.returncode >= 64 else (self.contents() != self.applied):
                again = self.run('--rollback')  # where the way back failed as well, the next run goes it
                if roots.snapshot(self.root) != self.before:
                    return f'a third state: {done} then {again}'
        elif (at + kind) % 2:
            done = self.run('--apply', '--yes')
            if self.contents() != self.applied:
                return f'not completed: {done}'
        back = self.run('--rollback')
        odd = self.odd()
        return f'not taken back: {done} {back} {odd}' if odd else None

    def odd(self):
        after = roots.snapshot(self.root)
        return [k for k in self.before.keys() | after.keys() if self.before.get(k) != after.get(k)]

    def rollback_fails(self, at, kind):
        self.fresh()
        self.run('--apply', '--yes')
        done = self.run('--rollback', at=at, kind=kind)
        if done.returncode == 0 and self.odd():
            return f'said to be taken back, and is not: {done}'
        again = self.run('--rollback')
        odd = self.odd()
        return f'not taken back: {done} {again} {odd}' if odd else None


def kinds_at(at, everything):
    return (KILL_BEFORE, KILL_AFTER, *ERRORS) if everything else (KILL_BEFORE if at % 2 else KILL_AFTER, ERRORS[at % len(ERRORS)])


def main():
    everything = '--all' in sys.argv or bool(os.environ.get('SIDELIGHT_FULL'))
    program, library = map(os.path.abspath, sys.argv[-2:])
    number = injected = failures = 0
    for name in MACHINES:
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(program, library, name, folder)
            for what, calls, act in (('apply', bench.calls_apply, bench.apply_fails), ('rollback', bench.calls_back, bench.rollback_fails)):
                bad = []
                for at in range(1, calls + 1):
                    for kind in kinds_at(at, everything):
                        injected += 1
                        wrong = act(at, kind)
                        if wrong:
                            bad.append(f'call {at}, fault {kind}: {wrong}')
                number += 1
                failures += bool(bad)
                print('not ok' if bad else 'ok', number, '-', f'{name}: {what}, each of {calls} system calls in turn')
                for line in bad[:8]:
                    print('#', line.replace('\n', ' '))
    print(f'1..{number}\n# {injected} faults were injected')
    return failures > 0 or injected == 0


sys.exit(main())
