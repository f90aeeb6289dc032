#!/usr/bin/env python3
"""Reports by way of a bus: what comes in, what is kept aside, and what waits. Usage: test_bus.py PROGRAM [postgresql] FEED"""
import os
import subprocess
import sys
import zlib

from bus import Bus
from fleet import CLEAN, PROGRAM, SERVER, Store, Tap, machines

FEED = os.path.abspath(sys.argv[-1])
STATE = ('SELECT h.name, h.ident, f.hex, h.first, h.since, h.last FROM host h JOIN fingerprint f ON f.id = h.fingerprint')
UNKNOWN = 'f' * 64


def work(bus, store):
    done = subprocess.run([PROGRAM, 'fleet', 'work', '--once', '--bus', bus.address, '--store', store.path], capture_output=True, env=CLEAN, check=False,
                          timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def feed(bus, store, first, count, kinds, batch=100, time=1700000000):
    subprocess.run([FEED, store.path, bus.address if bus else '-', *map(str, (first, count, kinds, batch, time))], check=True, stdout=subprocess.DEVNULL,
                   env=CLEAN, timeout=120)


def message(*reports):
    """As bus_message.c writes it. A report: host (bytes), fingerprint, body, its size."""
    text = b''
    for host, fingerprint, body, size in reports:
        texts = [host, b'', fingerprint.encode(), None, b'test', body]
        text += f'R 1 1700000000 {size} 0 '.encode() + b' '.join(str(-1 if t is None else len(t)).encode() for t in texts) + b'\n'
        text += b''.join(t or b'' for t in texts)
    return f'sidelight reports 1 {len(text)}\n'.encode() + zlib.compress(text)


def reports_arrive(tap, bus):
    with Store() as store, Store() as straight:
        feed(bus, store, 0, 2000, 30)
        feed(None, straight, 0, 2000, 30)
        work(bus, store)
        want = sorted(straight.sql(STATE))
        tap.ok('all that was acknowledged is in the store, as if it had come in there', sorted(store.sql(STATE)) == want and len(want) == 2000)
        feed(bus, store, 0, 2000, 30)
        work(bus, store)
        tap.ok('the same again changes nothing', sorted(store.sql(STATE)) == want)
        tap.same('and nothing was kept aside', store.json('status')['kept_aside'], 0)
        tap.same('nothing is left on the bus', bus.waiting(), 0)


def agents_publish(tap, bus):
    with Store() as store, Store() as straight:
        straight.fleet('import', *machines())
        with bus.client() as c:
            for number, path in enumerate(machines()):
                with open(path, 'rb') as f:
                    name = f'machine.{number}'
                    assert c.json(f'sidelight.evidence.default.{name}', f.read()).get('stream') == 'SIDELIGHT'
        work(bus, store)
        kinds = 'SELECT hex, hosts FROM fingerprint'
        tap.same('evidence that agents publish by themselves is what import makes of it', sorted(store.sql(kinds)), sorted(straight.sql(kinds)))


def kept_aside(tap, bus):
    with Store() as store:
        feed(None, store, 0, 10, 10)
        with bus.client() as c:
            for subject, text in (('sidelight.reports', b'no reports'), ('sidelight.evidence.default', b'no evidence'),
                                  ('sidelight.evidence.nobody', b'# sidelight evidence 1\n'), ('sidelight.evidence.default.x', b'')):
                c.ask(subject, text)
        feed(bus, store, 100, 50, 10)
        work(bus, store)
        reasons = [r for (r,) in store.sql('SELECT reason FROM kept_aside ORDER BY reason')]
        tap.ok('what cannot be read is kept aside with the reason', len(reasons) == 4 and all(reasons), reasons)
        tap.ok('and with its bytes', store.sql('SELECT count(*) FROM kept_aside WHERE size > 0') == [(3,)])
        tap.same('what comes behind it goes on', store.json('status')['hosts'], 60)
        tap.same('and the bus is empty', bus.waiting(), 0)


def refused_by_the_store(tap, bus):
    """A value that the engine does not take, in the middle of others."""
    with Store() as store:
        feed(None, store, 0, 10, 10)
        known = store.sql('SELECT hex FROM fingerprint ORDER BY id')[0][0]
        with bus.client() as c:
            for i in range(20):
                name = b'bad-\xff' if i == 7 else b'good-%d' % i
                c.ask('sidelight.reports', message((name, known, None, 0)))
        work(bus, store)
        names = {n for (n,) in store.sql("SELECT name FROM host WHERE name LIKE 'good-%'")}
        aside = store.sql('SELECT reason FROM kept_aside')
        tap.ok('a report that the server refuses is kept aside alone', len(names) == 19 and len(aside) == 1 and 'refuses' in aside[0][0], len(names), aside)


def waits_for_evidence(tap, bus):
    """A report whose evidence another message brings, later."""
    with Store() as store, Store() as other:
        feed(None, store, 0, 1, 1)
        feed(None, other, 0, 2, 2)
        second = other.sql('SELECT f.hex FROM fingerprint f JOIN host h ON h.fingerprint = f.id ORDER BY h.name')[1][0]
        with bus.client() as c:
            c.ask('sidelight.reports', message((b'early', second, None, 0)))
        work(bus, store)
        tap.same('a report whose evidence is not there yet waits', (bus.waiting(), store.json('status')['hosts']), (1, 1))
        feed(bus, store, 1, 1, 2)
        work(bus, store)
        bus_left = bus.waiting()
        for _ in range(5):
            work(bus, store)
        tap.same('and is taken when it is', (bus.waiting(), store.json('status')['hosts']), (0, 3))
        tap.ok('without holding others up', bus_left <= 1, bus_left)


def never_finished(tap, bus):
    """A message that was given to worker after worker, none of which told that it was done."""
    with Store() as store:
        feed(None, store, 0, 1, 1)
        with bus.client() as c:
            c.ask('sidelight.evidence.default', b'a message that ends whoever reads it')
            for _ in range(20):
                reply = c.ask('$JS.API.CONSUMER.MSG.NEXT.SIDELIGHT.workers', b'1')[2]
                c.publish(reply, b'-NAK')
        feed(bus, store, 5, 5, 1)
        work(bus, store)
        reason = store.sql('SELECT reason, size FROM kept_aside')
        tap.ok('a message that no worker finishes is kept aside unread', len(reason) == 1 and 'not read' in reason[0][0] and reason[0][1] == 36, reason)
        tap.same('and what comes behind it goes on', (store.json('status')['hosts'], bus.waiting()), (6, 0))


def main():
    tap = Tap()
    bus = Bus(nodes=1)
    for check in (reports_arrive, agents_publish, kept_aside, waits_for_evidence, never_finished) + ((refused_by_the_store,) if SERVER else ()):
        check(tap, bus)
    tap.end()


main()
