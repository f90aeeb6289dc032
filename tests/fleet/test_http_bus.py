#!/usr/bin/env python3
"""A server that hands what it takes in to a bus: what it says it has is there for the workers. Usage: test_http_bus.py SIDELIGHT"""
import subprocess

from bus import Bus
from fleet import CLEAN, PROGRAM, Store, Tap
from web import Server, evidence


def work(bus, store):
    return subprocess.run([PROGRAM, 'fleet', 'work', '--once', '--bus', bus.address, '--store', store.path], capture_output=True, env=CLEAN, check=False,
                          timeout=120)


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
        known = store.sql('SELECT hex FROM fingerprint ORDER BY id')[0][0]
        with Server(store, '--bus', bus.address) as s:
            t.same('what the store has is known', s.ask('/v1/seen', f'{known} - - web-99\n')[:2], (204, ''))
            bus.kill(0)
            status, _, headers = s.ask('/v1/seen', f'{known} - - web-100\n')
            t.ok('without the bus nothing is acknowledged', status == 503 and headers['Retry-After'], status)
    t.end()


main()
