#!/usr/bin/env python3
"""Runs fix under Wine, with a Windows that answers as the test says: it changes the registry, tells what became of it, and takes it back.
Usage: fix.py SIDELIGHT-NT.EXE"""
import glob
import json
import os
import shutil
import sys
import tempfile
import time

import wine as tap
from wine import Wine, result

SESSION = r'HKLM\SYSTEM\CurrentControlSet\Control\Session Manager'
MEMORY = SESSION + r'\Memory Management'
OVERRIDE, MASK = 'FeatureSettingsOverride', 'FeatureSettingsOverrideMask'
CURRENT_VERSION = r'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
OFF, ON = '201:00000012,00000000 196:00000000', '201:00000001,00000000 196:00000000'


class Machine:
    """A Windows Server 2016 whose registry asks for nothing."""

    def __init__(self, wine):
        self.wine = wine
        wine.registry(CURRENT_VERSION, 'CurrentBuild', 'REG_SZ', '14393')
        wine.registry(CURRENT_VERSION, 'UBR', 'REG_DWORD', '5000')
        wine.registry(r'HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions', 'ProductType', 'REG_SZ', 'ServerNT')
        self.says(OFF)

    def says(self, answers):
        self.wine.environment['SIDELIGHT_NT'] = answers

    def fix(self, *arguments, fault=None):
        if fault:
            self.wine.environment['SIDELIGHT_FAULT'] = fault
        done = self.wine.sidelight('fix', *arguments)
        self.wine.environment.pop('SIDELIGHT_FAULT', None)
        done.text = done.stdout.decode(errors='replace') + done.stderr.decode(errors='replace')
        return done

    def plan(self):
        return json.loads(self.fix('--format', 'json').stdout)

    def wanted(self):
        """What the plan sets: which bits that needs hangs on what the processor below is open to."""
        changes = [c for step in self.plan()['steps'] for c in step['changes']]
        return int(next(c['new'] for c in changes if c['target']['key'] == OVERRIDE), 0)

    def set(self, name, value):
        self.wine.registry(MEMORY, name, 'REG_DWORD', str(value))

    def clear(self):
        for name in (OVERRIDE, MASK):
            self.wine.run('reg', 'delete', MEMORY, '/v', name, '/f')

    def values(self):
        text = self.wine.run('reg', 'query', MEMORY).stdout.decode(errors='replace')
        found = {w[0]: w[2] for w in (line.split(maxsplit=2) for line in text.splitlines()) if len(w) == 3 and w[1] == 'REG_DWORD'}
        return tuple(int(found[n], 16) if n in found else None for n in (OVERRIDE, MASK))

    def exported(self):
        path = os.path.join(self.wine.folder, 'export.reg')
        self.wine.run('reg', 'export', SESSION, path, '/y')
        with open(path, 'rb') as f:
            return f.read()

    def journal(self):
        return os.path.join(self.wine.folder, 'prefix/drive_c/ProgramData/sidelight/fix')

    def forget(self):
        shutil.rmtree(os.path.dirname(self.journal()), ignore_errors=True)


def shown(m):
    before = m.exported()
    plan, text = m.plan(), m.fix()
    result(plan['plan'] and plan['exit'] == 2 and text.returncode == 2 and f'--plan {plan["plan"][:12]}' in text.text, 'a plan is shown',
           text.text)
    result(m.exported() == before and not os.path.exists(m.journal()), 'showing it changes nothing')
    diff = m.fix('--format', 'diff').text
    result('+"FeatureSettingsOverrideMask"=dword:00000003' in diff, 'as a diff', diff)


def applied_and_back(m):
    before, plan, want = m.exported(), m.plan(), m.wanted()
    done = m.fix('--apply', '--plan', plan['plan'][:12])
    result(done.returncode == 0 and m.values() == (want, 3), 'the plan that was shown is carried out', done.text + str(m.values()))
    record = json.load(open(os.path.join(m.journal(), '1/record.json'), encoding='utf-8'))
    result(record['state'] == 'applied' and [f['exists'] for f in record['files']] == [False, False] and record['boot'],
           'the journal has what was there', json.dumps(record))
    waits = m.fix('--verify')
    result(waits.returncode == 3 and 'waits for a restart' in waits.text and m.plan()['plan'] is None, 'it waits for a restart', waits.text)
    m.wine.restart()
    vain = m.fix('--verify')
    result(vain.returncode == 2 and 'did not take effect' in vain.text and 'is still open' in vain.text,
           'after the restart Windows says that nothing came of it', vain.text)
    m.says(ON)
    works = m.fix('--verify')
    result(works.returncode == 0 and 'took effect' in works.text, 'or that it did', works.text)
    m.says(OFF)
    back = m.fix('--rollback')
    result(back.returncode == 0 and m.exported() == before, 'the registry is taken back byte for byte', back.text)
    result('rolled-back' in m.fix('--status').text and m.fix('--rollback').returncode == 0, 'once')


def bits_stay(m):
    """What was set stays set, and comes back."""
    want = m.wanted()
    m.set(OVERRIDE, 0x00800400)
    before = m.exported()
    m.fix('--apply', '--yes')
    result(m.values() == (0x00800400 | want, 3), 'bits that were set stay', str(m.values()))
    m.fix('--rollback')
    result(m.exported() == before, 'and come back alone')
    m.clear()


def refused(m):
    plan, want = m.plan()['plan'], m.wanted()
    m.set(OVERRIDE, 0x400)
    done = m.fix('--apply', '--plan', plan[:12])
    result(done.returncode == 70 and m.values() == (0x400, None), 'a value that changed since the plan was shown is refused', done.text)
    m.clear()
    m.fix('--apply', '--yes')
    m.set(OVERRIDE, 5)
    told, back = m.fix('--verify'), m.fix('--rollback')
    result(told.returncode == 2 and f'is not {hex(want) if want > 9 else want} any more' in told.text, 'a value that was changed afterwards is told', told.text)
    result(back.returncode == 70 and m.values() == (5, 3) and 'nothing was touched' in back.text, 'and not overwritten', back.text)
    m.set(OVERRIDE, want)
    result(m.fix('--rollback').returncode == 0 and m.values() == (None, None), 'until it is what it was made')
    m.wine.registry(MEMORY, OVERRIDE, 'REG_SZ', 'text')
    done = m.fix('--apply', '--yes')
    result('another type' in done.text and m.values()[1] is None, 'a value of another type is left alone', done.text)
    m.clear()


def locked(m):
    """A second instance waits for nobody: it says so."""
    m.forget()
    want = m.wanted()
    held = os.path.join(m.wine.folder, 'held')
    with open(held, 'wb'):
        pass
    m.wine.environment |= {'SIDELIGHT_FAULT': 'wait:9', 'SIDELIGHT_WAIT': 'held'}
    first = m.wine.start(m.wine.exe, 'fix', '--apply', '--yes')
    m.wine.environment.pop('SIDELIGHT_FAULT')
    for _ in range(600):
        if os.path.exists(os.path.join(m.journal(), 'new')) or glob.glob(os.path.join(m.journal(), '[0-9]*')):
            break
        time.sleep(0.1)
    done = m.fix('--apply', '--yes')
    os.unlink(held)
    result(done.returncode == 70 and 'another sidelight' in done.text, 'a second instance is locked out', done.text)
    result(first.wait(tap.ENOUGH) == 0 and m.values() == (want, 3), 'and does not disturb the first')
    m.fix('--rollback')


def one_fault(m, before, want, kind, n):
    """What is wrong after a fault at the n-th call that changes something; None when there are not so many."""
    m.forget()
    done = m.fix('--apply', '--yes', fault=f'{kind}:{n}')
    values, wrong = m.values(), []
    if kind == 'kill' and done.returncode == 0:
        wrong = None
    elif values not in (((None, None), (want, None), (want, 3)) if kind == 'kill' else ((None, None), (want, 3))):
        wrong.append((n, values, done.text))
    back = m.fix('--rollback')
    if back.returncode or m.exported() != before:
        return (wrong or []) + [(n, done.text, back.text, m.values())]
    return wrong


def faults(m):
    """Whatever call is the last, or fails: the next run finds what was there, or what was to be, and takes it back whole."""
    before, want, wrong, count = m.exported(), m.wanted(), [], 0
    while count < 100:
        found = one_fault(m, before, want, 'kill', count + 1)
        if found is None:
            break
        wrong += found
        count += 1
    result(not wrong and count > 10, f'{count} times killed: the old or the new', str(wrong))
    wrong = sum((one_fault(m, before, want, 'fail', n) for n in range(1, count + 1)), [])
    result(not wrong, f'{count} calls that fail: the old or the new', str(wrong))
    m.forget()
    m.fix('--apply', '--yes', fault=f'kill:{count}')
    half, again = m.fix(), m.fix('--apply', '--yes')
    result(half.returncode == 70 and 'was interrupted' in half.text, 'half a plan is no ground for another', half.text)
    result(again.returncode == 0 and m.values() == (want, 3), 'the next one takes it back first', again.text)
    m.fix('--rollback')
    m.forget()


def emitted(m):
    """A .reg file leaves the registry as --apply does."""
    m.fix('--apply', '--yes')
    want = m.exported()
    m.fix('--rollback')
    with open(os.path.join(m.wine.folder, 'fix.reg'), 'wb') as f:
        f.write(m.fix('--emit', 'reg').stdout)
    m.wine.run('reg', 'import', 'fix.reg')
    result(m.exported() == want, 'reg import leaves what --apply leaves')
    m.clear()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    exe = os.path.abspath(sys.argv[1])
    if not os.path.exists(exe) or not shutil.which('wine'):
        print('1..0 # SKIP no sidelight-nt.exe, or no Wine to run it')
        return 0
    with tempfile.TemporaryDirectory(prefix='sidelight-fix-', ignore_cleanup_errors=True) as folder:
        wine = Wine(folder, exe)
        try:
            m = Machine(wine)
            for test in (shown, applied_and_back, bits_stay, refused, locked, emitted, faults):
                test(m)
        finally:
            wine.end()
    print(f'1..{tap.number}')
    return 1 if tap.failures else 0


sys.exit(main())
