#!/usr/bin/env python3
"""PostgreSQL answers as SQLite does: every word, on the same machines; and its server may be restarted. Usage: test_pg.py PROGRAM"""
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

import pg
from fleet import CLEAN, PROGRAM, Tap, machines

QUESTIONS = [
    ['status'], ['status', '--format', 'json'], ['status', '--flaw', 'srso', '--format', 'json'], ['status', '--owner', 'provider', '--format', 'json'],
    ['status', '--cloud', 'azure'], ['status', '--tag', 'first', '--format', 'json'], ['status', '--since', '2020-01-01'],
    ['hosts', '--format', 'json'], ['hosts', '--limit', '1000'], ['hosts', '--limit', '7', '--after', 'host-3', '--format', 'json'],
    ['hosts', '--flaw', 'meltdown', '--status', 'vulnerable,unknown', '--format', 'json'], ['hosts', '--processor', 'EPYC'],
    ['hosts', '--kernel', 'Windows', '--format', 'json'], ['hosts', '--fingerprint', '0', '--format', 'json'], ['hosts', '--host', 'host-5'],
    ['hosts', '--kernel', '%', '--format', 'json'], ['hosts', '--kernel', '_', '--format', 'json'], ['hosts', '--kernel', 'LINUX', '--format', 'json'],
    ['flaws'], ['flaws', '--format', 'json'], ['flaws', '--status', 'vulnerable', '--format', 'json'], ['flaws', '--owner', 'microcode'],
    ['show', 'host-5'], ['show', 'host-5', '--format', 'json'], ['show', 'host-5', '--evidence'], ['show', 'nobody'],
    ['diff', 'host-5'], ['diff', 'host-5', '--format', 'json'], ['diff', 'host-6', '--format', 'json'],
    ['history'], ['history', '--format', 'json'], ['history', '--flaw', 'srso', '--format', 'json'],
    ['rejudge', '--format', 'json'],
    ['accept', 'meltdown', '--processor', 'Intel', '--reason', 'no untrusted code', '--until', '2999-01-01', '--who', 'me'], ['accept', '--format', 'json'],
    ['status', '--flaw', 'meltdown', '--format', 'json'],
    ['export', '--format', 'ndjson'], ['export', '--format', 'csv'], ['export', '--aside', '--format', 'ndjson'], ['export', '--evidence'],
    ['export', '--flaw', 'srso', '--format', 'csv'],
    ['prune', '--older-than', '30d'], ['status', '--format', 'json'], ['diff', 'host-5', '--format', 'json'], ['history', '--format', 'json'],
]
# What is the clock's, and differs from one run to the next.
CLOCK = re.compile(r'\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?')


def fleet(store, *words):
    done = subprocess.run([PROGRAM, 'fleet', words[0], '--store', store, *words[1:]], capture_output=True, env=CLEAN, check=False, timeout=300)
    return done.returncode, CLOCK.sub('TIME', done.stdout.decode()), CLOCK.sub('TIME', done.stderr.decode())


def fill(folder, store):
    """Ten hosts that changed, tags, what cannot be read; and all recorded machines."""
    for day, shift in ((1, 0), (2, 3)):
        path = os.path.join(folder, f'day{day}')
        os.makedirs(path, exist_ok=True)
        for i, machine in enumerate(machines()[:60:6]):
            with open(machines()[(i * 6 + shift * 20) % 250], encoding='utf-8', errors='surrogateescape') as f:
                text = [line for line in f.read().split('\n') if not line.startswith(('-- meta captured', '-- identity'))]
            text.insert(1, f'-- meta captured 2026-11-0{day}T12:00:00Z\n-- identity hostname host-{i}')
            with open(os.path.join(path, f'{i}.host'), 'w', encoding='utf-8', errors='surrogateescape') as f:
                f.write('\n'.join(text))
        fleet(store, 'import', '--tag', 'first', path)
    junk = os.path.join(folder, 'junk')
    with open(junk, 'wb') as f:
        f.write(b'nothing \xff\x00 that tells of a machine')
    return [fleet(store, 'import', junk), fleet(store, 'import', *machines())]


def main():
    tap = Tap()
    server = pg.Server()
    with tempfile.TemporaryDirectory() as folder:
        stores = [os.path.join(folder, 'fleet.db'), server.address()]
        tap.same('import tells the same', *[fill(folder, s) for s in stores])
        for words in QUESTIONS:
            got = [fleet(s, *words) for s in stores]
            shown = [(code, out, err.replace(stores[0], 'STORE').replace(re.sub(r'^.*@', 'postgresql://', stores[1]), 'STORE')) for code, out, err in got]
            tap.ok('the same answer: fleet ' + ' '.join(words), shown[0] == shown[1], *difference(shown))
        server.kill()
        refused = fleet(stores[1], 'status')
        tap.ok('a server that is down is told in words', refused[0] == 66 and 'cannot open the store' in refused[2], refused)
        server.start()
        tap.same('and after a crash all is there', fleet(stores[1], 'status', '--format', 'json'), fleet(stores[0], 'status', '--format', 'json'))
        other = server.address()
        server.psql(other.split('/')[3].split('?')[0], 'CREATE TABLE precious (a int)')
        refused = fleet(other, 'import', *machines()[:1])
        tap.ok("somebody else's database is left alone", refused[0] == 65 and 'no store' in refused[2], refused)
        secret = fleet('postgresql://me:secret@127.0.0.1:1/x', 'status')
        tap.ok('no password is ever told', secret[0] == 66 and 'secret' not in ''.join(secret[1:]), secret)
        silent(tap)
    tap.end()


def silent(tap):
    """A server that takes the connection and says nothing is not waited for without end, whatever the address asks for. (libpq counts by the
    clock's whole seconds: its first one may be short.)"""
    with socket.create_server(('127.0.0.1', 0)) as server:
        address = f'postgresql://me@127.0.0.1:{server.getsockname()[1]}/x?sslmode=disable&'
        for asked in ('connect_timeout=2', 'connect_timeout=0', 'connect_timeout=-1'):
            begun = time.monotonic()
            try:
                told = subprocess.run([PROGRAM, 'fleet', 'status', '--store', address + asked], capture_output=True, env=CLEAN, check=False, timeout=60, text=True)
            except subprocess.TimeoutExpired as e:
                told = e
            tap.ok(f'{asked}: a silent server is given up', isinstance(told, subprocess.CompletedProcess) and told.returncode == 66 and
                   (1 if asked[-1] == '2' else 9) <= time.monotonic() - begun + 0.1, told, time.monotonic() - begun)


def difference(shown):
    for a, b in zip(*[[str(code)] + (out + err).split('\n') for code, out, err in shown]):
        if a != b:
            return ('sqlite     ' + a[:600], 'postgresql ' + b[:600])
    return ('one answer is longer',)


if not pg.binaries():
    print('1..0 # SKIP PostgreSQL is not here')
    sys.exit(0)
main()
