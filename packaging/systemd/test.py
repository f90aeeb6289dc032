#!/usr/bin/env python3
"""The units are right and closed, and what they run keeps history and metrics. Usage: test.py SIDELIGHT BUILD_FOLDER SOURCE_FOLDER"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM, BUILT, SOURCE = (os.path.abspath(a) for a in sys.argv[1:4])
RECORD = os.path.join(BUILT, 'record')
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'tests'))
import tap

TAP = tap.Tap()
ok = TAP.ok


def units(folder):
    if not shutil.which('systemd-analyze'):
        TAP.skip('units', 'no systemd-analyze')
        return
    with open(os.path.join(BUILT, 'sidelight.service'), encoding='ascii') as f:
        text = f.read()
    with open(os.path.join(folder, 'sidelight.service'), 'w', encoding='ascii') as f:
        f.write(re.sub('(?m)^ExecStart=.*', f'ExecStart={RECORD}', text))
    shutil.copy(os.path.join(SOURCE, 'sidelight.timer'), folder)
    done = subprocess.run(['systemd-analyze', 'verify', '--man=no', './sidelight.service', './sidelight.timer'], cwd=folder,
                          capture_output=True, text=True, check=False)
    ok('systemd finds no fault in the units', done.returncode == 0 and not done.stderr.strip(), done)
    # In tenths; what sends has to see the machine and the network.
    for name, most in (('sidelight', 20), ('sidelight-serve', 20), ('sidelight-send', 30)):
        if not os.path.exists(os.path.join(BUILT, name + '.service')):
            TAP.skip(f'little exposure in {name}', 'this build has no fleet')
            continue
        shutil.copy(os.path.join(BUILT, name + '.service'), os.path.join(folder, 'exposed.service'))
        done = subprocess.run(['systemd-analyze', 'security', '--offline=true', f'--threshold={most}', './exposed.service'], cwd=folder,
                              capture_output=True, text=True, check=False)
        ok(f'little exposure in {name}', done.returncode == 0, done.stdout[-2000:])
    with open(os.path.join(folder, 'sidelight.service'), 'a', encoding='ascii') as f:
        f.write('NoSuchKey=yes\n')
    done = subprocess.run(['systemd-analyze', 'verify', '--man=no', './sidelight.service'], cwd=folder, capture_output=True, text=True, check=False)
    ok('(it would have found one)', 'NoSuchKey' in done.stderr, done)


class Record:
    """`record` with a program that collects what it is given."""
    def __init__(self, folder):
        self.folder, self.state, self.metrics = folder, os.path.join(folder, 'state'), os.path.join(folder, 'sidelight.prom')
        self.machine, self.program = os.path.join(folder, 'machine.host'), os.path.join(folder, 'program')
        with open(self.program, 'w', encoding='ascii') as f:
            f.write(f'#!/bin/sh\n[ "$1" != collect ] || exec cp "{self.machine}" "$3"\nexec "{PROGRAM}" "$@"\n')
        os.chmod(self.program, 0o755)

    def is_now(self, text):
        with open(self.machine, 'w', encoding='ascii') as f:
            f.write('# sidelight evidence 1\n' + text)

    def run(self, **more):
        env = {'PATH': os.environ['PATH'], 'SIDELIGHT': self.program, 'STATE_DIRECTORY': self.state, 'SIDELIGHT_TEXTFILE': self.metrics, **more}
        return subprocess.run([RECORD], env=env, capture_output=True, text=True, check=False)

    def history(self):
        return sorted(os.listdir(os.path.join(self.state, 'history')))


    def age(self):
        os.rename(os.path.join(self.state, 'history', self.history()[0]), os.path.join(self.state, 'history', '2020-01-01T000000Z.host'))


def record(folder):
    r = Record(folder)
    r.is_now('-- identity hostname one\n-- uname Linux 6.1.0 x86_64\n-- file /sys/devices/system/cpu/vulnerabilities/meltdown\nMitigation: PTI\n')
    done = r.run()
    with open(r.metrics, encoding='utf-8') as f:
        first = f.read()
    ok('the first run keeps the evidence and writes metrics', done.returncode == 0 and len(r.history()) == 1 and 'meltdown' in first, done)
    r.is_now('-- identity hostname two\n-- uname Linux 6.1.0 x86_64\n-- file /sys/devices/system/cpu/vulnerabilities/meltdown\nMitigation: PTI\n')
    done = r.run()
    ok('what shows the same machine is not kept again', done.returncode == 0 and len(r.history()) == 1, done)
    r.age()
    r.is_now('-- identity hostname one\n-- uname Linux 6.1.0 x86_64\n-- file /sys/devices/system/cpu/vulnerabilities/meltdown\nVulnerable\n')
    done = r.run(SIDELIGHT_OPTIONS='--untrusted yes')
    with open(r.metrics, encoding='utf-8') as f:
        second = f.read()
    ok('what differs is kept, and told in the metrics; an open flaw is no failure',
       done.returncode == 0 and len(r.history()) == 2 and second != first and second.startswith('#'), done)
    done = r.run(SIDELIGHT_KEEP='1')
    r.is_now('-- uname Linux 6.1.1 x86_64\n-- file /sys/devices/system/cpu/vulnerabilities/meltdown\nVulnerable\n')
    done = r.run(SIDELIGHT_KEEP='1')
    ok('the oldest go', done.returncode == 0 and len(r.history()) == 1 and r.history()[0] > '2020-02', (done, r.history()))
    r.age()
    r.is_now('nonsense\n')
    done = r.run()
    with open(r.metrics, encoding='utf-8') as f:
        ok('a run that fails leaves the metrics as they were', done.returncode != 0 and f.read().startswith('#') and len(r.history()) == 1, done)
    done = r.run(SIDELIGHT=PROGRAM, SIDELIGHT_TEXTFILE='')
    ok('the running machine is recorded', done.returncode == 0 and len(r.history()) == 2 and not done.stderr, done)


with tempfile.TemporaryDirectory() as place:
    os.mkdir(os.path.join(place, 'units'))
    units(os.path.join(place, 'units'))
    record(place)
TAP.end()
