#!/usr/bin/env python3
"""A server that hands what it takes in to a bus: what it says it has is there for the workers. Usage: test_http_bus.py SIDELIGHT"""
import json
import os
import subprocess
import time

from bus import Bus
from fleet import CLEAN, PROGRAM, Store, Tap
from web import Server, evidence


def work(bus, store, *more):
    return subprocess.run([PROGRAM, 'fleet', 'work', '--once', '--bus', bus.address, '--store', store.path, *more], capture_output=True, env=CLEAN, check=False,
                          timeout=120)


def restored(t, bus, store):
    """What waits on the bus from before a restore goes with what the store held: its numbers of tenants may be another's there."""
    backup = os.path.join(store.folder.name, 'backup.db')
    with Server(store, '--bus', bus.address, '--rate', '0') as s:
        s.json('/v1/evidence', evidence('before', 7))
        store.fleet('backup', backup)
        store.fleet('restore', backup)
        until = time.monotonic() + 30
        while s.ask('/v1/evidence', evidence('behind', 8))[0] != 200 and time.monotonic() < until:
            time.sleep(0.1)
    done = work(bus, store)
    names = {r[0] for r in store.sql('SELECT name FROM host')}
    t.ok('a worker leaves out what was handed in before a restore, says so, and takes what came behind it',
         done.returncode == 0 and b'before the store was restored' in done.stderr + done.stdout and 'behind' in names and 'before' not in names, done, names)


def main():
    t = Tap()
    bus = Bus(nodes=1)
    with Store() as store:
        with Server(store, '--bus', bus.address, '--rate', '0') as s:
            got = [s.json('/v1/evidence', evidence(f'web-{n}', n % 3))['reports'] for n in range(30)]
            t.same('all are taken', got, [1] * 30)
            t.same('and wait for a worker', s.json('/v1/status')['hosts'], 0)
            s.kill()
        t.same('a worker comes', work(bus, store).returncode, 0)
        t.same('to all of them, although the server was killed', store.json('status')['hosts'], 30)
        with bus.client() as c:
            c.ask('sidelight.evidence.default', evidence('agent', 5).encode())
        told = store.file('told', '')
        program = store.file('alert', f'#!/bin/sh\ncat >> {told}\n')
        os.chmod(program, 0o755)
        with Server(store, '--bus', bus.address, '--rate', '0') as s:
            s.json('/v1/evidence', evidence('web-3', 0, 'Vulnerable').replace('2026-11-20', '2026-11-21'))
        done = work(bus, store, '--on-change', program)
        until = time.monotonic() + 60
        while os.path.getsize(told) == 0 and time.monotonic() < until:
            time.sleep(0.1)
        with open(told, encoding='utf-8') as f:
            alerts = [json.loads(line) for line in f]
        t.ok('a worker tells what became worse', done.returncode == 0 and [(w['flaw'], w['example']) for a in alerts for w in a['worse']] == [('meltdown', 'web-3')],
             done.stderr, alerts)
        sent = {r['who']: (r['requests'], r['reports']) for r in store.json('audit')['sent']}
        t.ok('the audit log has what came over a server (but for the last second before it was killed), and over the bus alone',
             sent.keys() == {'anyone', 'bus'} and 1 <= sent['anyone'][0] <= 31 and sent['bus'] == (1, 1), sent)
        restored(t, bus, store)
        known = store.sql('SELECT hex FROM fingerprint ORDER BY id')[0][0]
        with Server(store, '--bus', bus.address) as s:
            t.same('what the store has is known', s.ask('/v1/seen', f'{known} - - web-99\n')[:2], (204, ''))
            bus.kill(0)
            status, _, headers = s.ask('/v1/seen', f'{known} - - web-100\n')
            t.ok('without the bus nothing is acknowledged', status == 503 and headers['Retry-After'], status)
    t.end()


main()
