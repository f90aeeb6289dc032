#!/usr/bin/env python3
"""Acknowledged is durable: whatever dies, no acknowledged report is lost, and none is counted twice. Usage: test_loss.py PROGRAM FEED [FAULT...]

FAULTs: worker leader database server disk bus-disk (default: all). Each hands in 6,000 reports, with SIDELIGHT_FULL 100,000, and prints its counts. A
server's part in the bus is feed.c's, but for `server`."""
import contextlib
import http.client
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import pg
from bus import Bus
from fleet import CLEAN, PROGRAM, Tap

FEED = os.path.abspath(sys.argv[2])
COUNT = 100000 if os.environ.get('SIDELIGHT_FULL') else 6000
KINDS, BATCH, FAULTS = 200, 10, 4 if COUNT > 6000 else 2
PATIENCE = 600  # seconds for what is sure to come; on a busy machine it takes its time
HOLD = 3  # seconds that a dead worker's messages stay its own, here


class Feed:
    """feed.c, whose acknowledgements are read one by one."""

    def __init__(self, store, bus, first, count, limit=None):
        # Only an acknowledgement counts, so nothing may be lost in a pipe: each line is flushed before the next batch goes out.
        def limited():
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        self.process = subprocess.Popen([FEED, store, bus or '-', *map(str, (first, count, KINDS, BATCH, 1700000000))], stdout=subprocess.PIPE, text=True,
                                        env=CLEAN, preexec_fn=limited)
        self.acknowledged, self.failed, self.why = 0, 0, ''

    def until(self, count, failures=None):
        """Reads on until so many were acknowledged, or so many batches failed."""
        while self.acknowledged < count and (failures is None or self.failed < failures):
            line = self.process.stdout.readline()
            if not line:
                break
            if line.startswith('failed: '):
                self.failed += 1
                self.why = line.strip()
            else:
                self.acknowledged += int(line.split()[1])

    def kill(self):
        self.process.kill()
        for line in self.process.stdout:
            self.acknowledged += 0 if line.startswith('failed') else int(line.split()[1])
        self.process.wait()


class Workers:
    def __init__(self, bus, store, count=2):
        self.command = [PROGRAM, 'fleet', 'work', '--bus', bus.address, '--store', store]
        self.log = tempfile.TemporaryFile()
        self.all = []
        for _ in range(count):
            self.start()

    def start(self, limit=None):
        def limited():
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        self.all.append(subprocess.Popen(self.command, env=CLEAN, stdout=self.log, stderr=self.log, preexec_fn=limited))

    def kill(self, i=0):
        p = self.all.pop(i)
        p.send_signal(signal.SIGKILL)
        p.wait()

    def end(self):
        for p in self.all:
            p.terminate()
        return all(p.wait(PATIENCE) == 0 for p in self.all)

    @contextlib.contextmanager
    def paused(self):
        for p in self.all:
            p.send_signal(signal.SIGSTOP)
        yield
        for p in self.all:
            p.send_signal(signal.SIGCONT)

    def told(self):
        self.log.seek(0)
        return self.log.read().decode()


def shorten_hold(bus):
    """Messages of a worker that died come back sooner than in a minute."""
    with bus.client() as c:
        config = c.json('$JS.API.CONSUMER.INFO.SIDELIGHT.workers')['config']
        config['ack_wait'] = HOLD * 10**9
        answer = c.json('$JS.API.CONSUMER.DURABLE.CREATE.SIDELIGHT.workers', json.dumps({'stream_name': 'SIDELIGHT', 'config': config}).encode())
        assert answer.get('config', {}).get('ack_wait') == HOLD * 10**9, answer


def prepare(store, nodes=3, folders=None):
    bus = Bus(nodes, folders=folders)
    for _ in range(100):
        if subprocess.run([PROGRAM, 'fleet', 'work', '--once', '--bus', bus.address, '--store', store], capture_output=True, env=CLEAN, check=False).returncode == 0:
            with contextlib.suppress(KeyError):
                shorten_hold(bus)
                return bus
        time.sleep(0.2)
    raise TimeoutError('the bus does not start')


def counts(store, server=None):
    """Hosts, those of them that are named as they should be, hosts by fingerprint, sightings before the present, and what was kept aside."""
    queries = ['SELECT count(*) FROM host', "SELECT count(DISTINCT name) FROM host WHERE name LIKE 'host-%'", 'SELECT coalesce(sum(hosts), 0) FROM fingerprint',
               'SELECT count(*) FROM sighting', 'SELECT count(*) FROM kept_aside']
    if server:
        return tuple(int(server.sql(store, q)[0][0]) for q in queries)
    import sqlite3
    with contextlib.closing(sqlite3.connect(store)) as db:
        return tuple(db.execute(q).fetchone()[0] for q in queries)


def judge(tap, what, acknowledged, got):
    hosts, names, by_fingerprint, past, aside = got
    lost, twice = acknowledged - names, max(hosts, by_fingerprint) - names + past
    print(f'# {what}: {acknowledged:,} acknowledged, {hosts:,} in the store; {max(lost, 0)} lost, {twice} counted twice, {aside} kept aside')
    tap.ok(what, lost == 0 and twice == 0 and aside == 0, f'acknowledged {acknowledged}, got {got}')


def run_with_faults(bus, store, fault):
    """The whole feed, with a fault after each fifth; what was acknowledged."""
    feed = Feed(store, bus.address, 0, COUNT)
    for i in range(FAULTS):
        feed.until(COUNT * (i + 1) // (FAULTS + 1))
        fault(i)
    feed.until(COUNT)
    feed.process.wait(PATIENCE)
    bus.wait_until_empty(PATIENCE)
    return feed.acknowledged


def worker(tap, server):
    store = server.address()
    bus = prepare(store)
    workers = Workers(bus, store)

    def fault(_):
        workers.kill()
        workers.start()
    acknowledged = run_with_faults(bus, store, fault)
    tap.ok('workers end when they are told to', workers.end(), workers.told())
    judge(tap, f'a worker killed {FAULTS} times', acknowledged, counts(store, server))
    bus.end()


def leader(tap, server):
    store = server.address()
    bus = prepare(store)
    workers = Workers(bus, store)
    down = []

    def fault(_):
        for i in down:
            bus.start(i)
        down.clear()
        bus.wait_until_current()  # two of three must be before the next one may die
        i = bus.leader()
        bus.kill(i)
        down.append(i)
    acknowledged = run_with_faults(bus, store, fault)
    tap.ok('workers outlive it', workers.end(), workers.told())
    judge(tap, f"the bus's leader killed {FAULTS} times", acknowledged, counts(store, server))
    bus.end()


def database(tap, server):
    store = server.address()
    bus = prepare(store)
    workers = Workers(bus, store)

    def fault(_):
        server.kill()
        time.sleep(0.3)
        server.start()
    acknowledged = run_with_faults(bus, store, fault)
    tap.ok('workers outlive it', workers.end(), workers.told())
    judge(tap, f'PostgreSQL killed {FAULTS} times, reports over the bus', acknowledged, counts(store, server))
    bus.end()
    store = server.address()
    feed = Feed(store, None, 0, COUNT)
    for i in range(FAULTS):
        feed.until(COUNT * (i + 1) // (FAULTS + 1))
        fault(i)
    feed.until(COUNT)
    feed.process.wait(PATIENCE)
    judge(tap, f'PostgreSQL killed {FAULTS} times, reports straight into it', feed.acknowledged, counts(store, server))


# ---- The server, killed while many clients send ----

class Serve:
    def __init__(self, store, bus=None):
        self.command = [PROGRAM, 'fleet', 'serve', '--store', store, '--listen', '127.0.0.1:0', '--rate', '0'] + (['--bus', bus] if bus else [])
        self.process, self.port = None, 0
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=CLEAN)
        line = self.process.stdout.readline()
        self.port = int(line.strip().rstrip('/').rsplit(':', 1)[1])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def send(serve, first, count, acknowledged, lock):
    """Hands in `count` hosts by itself, each until it is acknowledged."""
    connection = None
    for i in range(first, first + count, BATCH):
        lines = ''.join(json.dumps({'host': f'host-{k}', 'time': 1700000000, 'evidence': evidence(k % KINDS)}) + '\n' for k in range(i, min(i + BATCH, first + count)))
        while True:
            try:
                connection = connection or http.client.HTTPConnection('127.0.0.1', serve.port, timeout=60)
                connection.request('POST', '/v1/evidence', lines, {'Content-Type': 'application/x-ndjson'})
                answer = connection.getresponse()
                body = answer.read()
                if answer.status == 200 and json.loads(body)['reports'] == lines.count('\n'):
                    break
                time.sleep(0.1)
            except (OSError, http.client.HTTPException, ValueError):
                connection = None
                time.sleep(0.05)
        with lock:
            acknowledged[0] += lines.count('\n')


def evidence(kind):
    return (f'# sidelight evidence 1\n-- uname Linux 6.1.{kind} x86_64\n-- file /proc/cmdline\nro kind={kind}\n'
            '-- file /sys/devices/system/cpu/vulnerabilities/meltdown\nMitigation: PTI\n')


def serve_with_faults(serve):
    acknowledged, lock, clients = [0], threading.Lock(), 8
    threads = [threading.Thread(target=send, args=(serve, i * (COUNT // clients), COUNT // clients, acknowledged, lock), daemon=True) for i in range(clients)]
    for t in threads:
        t.start()
    for i in range(FAULTS):
        while acknowledged[0] < COUNT * (i + 1) // (FAULTS + 1) and any(t.is_alive() for t in threads):
            time.sleep(0.005)
        serve.kill()
        serve.start()
    for t in threads:
        t.join(600)
    return acknowledged[0]


def server_killed(tap, server):
    if 'serve' not in subprocess.run([PROGRAM, 'fleet', '--help'], capture_output=True, text=True, env=CLEAN, check=False).stdout:
        tap.ok('the server killed # SKIP this build serves nothing', True)
        return
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, 'fleet.db')
        serve = Serve(store)
        acknowledged = serve_with_faults(serve)
        serve.kill()
        judge(tap, f'the server killed {FAULTS} times, over SQLite', acknowledged, counts(store))
    store = server.address()
    bus = prepare(store)
    serve = Serve(store, bus.address)
    workers = Workers(bus, store)
    acknowledged = serve_with_faults(serve)
    bus.wait_until_empty(PATIENCE)
    serve.kill()
    workers.end()
    judge(tap, f'the server killed {FAULTS} times, over the bus and PostgreSQL', acknowledged, counts(store, server))
    bus.end()


# ---- Full disks ----

def disk_sqlite(tap):
    """The file may not grow: what failed was not acknowledged; with room again the rest goes in."""
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, 'fleet.db')
        feed = Feed(store, None, 0, COUNT, limit=COUNT * 100)
        feed.until(COUNT, failures=3)
        feed.kill()
        full = feed.acknowledged
        tap.ok('a full disk is told, and nothing that failed counts', feed.failed >= 3 and 'full' in feed.why and full < COUNT, feed.why, full)
        judge(tap, 'SQLite with a full disk, as it stands', full, counts(store))
        again = Feed(store, None, full, COUNT - full)
        again.until(COUNT)
        again.process.wait(PATIENCE)
        judge(tap, 'SQLite with a full disk, and then with room', full + again.acknowledged, counts(store))


def disk_worker(tap):
    """A worker whose store is full waits, and loses nothing; one with room takes over."""
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, 'fleet.db')
        bus = prepare(store, nodes=1)
        workers = Workers(bus, store, count=0)
        workers.start(limit=COUNT * 50)
        feed = Feed(store, bus.address, 0, COUNT)
        feed.until(COUNT)
        feed.process.wait(PATIENCE)
        until = time.monotonic() + PATIENCE
        while 'waiting: ' not in workers.told() and bus.waiting() > 0 and time.monotonic() < until:
            time.sleep(0.1)
        tap.ok('a worker without room says so and waits', 'full' in workers.told() and bus.waiting() > 0, workers.told()[-500:])
        workers.kill()
        workers.start()
        bus.wait_until_empty(PATIENCE)
        workers.end()
        judge(tap, 'a worker with a full disk, over SQLite', feed.acknowledged, counts(store))
        bus.end()


@contextlib.contextmanager
def small_disk(megabytes):
    folder = tempfile.mkdtemp(prefix='sidelight-disk-')
    try:
        subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={megabytes}m', 'tmpfs', folder], check=True)
        yield folder
    finally:
        subprocess.run(['umount', folder], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def fill(folder):
    """What room there is, to the last byte; gives the file."""
    path = os.path.join(folder, 'ballast')
    with open(path, 'wb', buffering=0) as f, contextlib.suppress(OSError):
        while f.write(bytes(65536)):
            pass
    return path


def disk_postgresql(tap):
    with small_disk(400) as folder:
        server = pg.Server(durable=True, folder=os.path.join(folder, 'pg') if os.mkdir(os.path.join(folder, 'pg')) is None else None)
        store = server.address()
        bus = prepare(store, nodes=1)
        workers = Workers(bus, store)
        first = Feed(store, bus.address, 0, COUNT // 5)
        first.until(COUNT // 5)
        with workers.paused():  # or they would be done before the disk is full, when this program waits for a processor
            feed = Feed(store, bus.address, COUNT // 5, COUNT - COUNT // 5)
            feed.until(1)
            ballast = fill(folder)
            feed.until(COUNT, failures=3)
        until = time.monotonic() + PATIENCE
        while 'waiting: ' not in workers.told() and time.monotonic() < until:
            time.sleep(0.1)
        told = workers.told()
        tap.ok('workers wait for a server without room', 'waiting: ' in told, told[-500:])
        os.remove(ballast)
        if server.process.poll() is not None:  # without room for its log PostgreSQL ends itself
            server.start()
        feed.until(COUNT)
        tap.same('all of it is acknowledged in the end', [first.process.wait(PATIENCE), feed.process.wait(PATIENCE), first.acknowledged + feed.acknowledged],
                 [0, 0, COUNT])
        bus.wait_until_empty(PATIENCE)
        workers.end()
        judge(tap, "PostgreSQL's disk full, and then with room", first.acknowledged + feed.acknowledged, counts(store, server))
        bus.end()
        server.stop()


def bus_disk(tap, server):
    if os.geteuid() == 0:
        disk_bus(tap, server)
    else:
        tap.ok('full disks of a bus # SKIP only root makes small disks', True)


def disk_bus(tap, server):
    """The disk of the node that leads the stream fills: nothing is acknowledged until there is room and that node was started anew. Then another
    one's: the others go on."""
    with small_disk(COUNT // 1000 + 60) as a, small_disk(COUNT // 1000 + 60) as b, small_disk(COUNT // 1000 + 60) as c:
        store, disks = server.address(), (a, b, c)
        bus = prepare(store, folders=[os.path.join(d, 'files') for d in disks])
        workers = Workers(bus, store)
        feed = Feed(store, bus.address, 0, COUNT)
        feed.until(COUNT // 5)
        full = bus.leader()
        ballast = fill(disks[full])
        feed.until(COUNT * 3 // 5, failures=1)
        print(f'# the leader: {feed.acknowledged:,} acknowledged; {feed.why}')
        os.remove(ballast)
        bus.kill(full)
        bus.start(full)
        feed.until(COUNT * 3 // 5)
        bus.wait_until_current()
        full = (bus.leader() + 1) % 3
        ballast = fill(disks[full])
        feed.until(COUNT * 4 // 5)
        os.remove(ballast)
        bus.kill(full)
        bus.start(full)
        feed.until(COUNT)
        feed.process.wait(PATIENCE)
        bus.wait_until_empty(PATIENCE)
        workers.end()
        judge(tap, "the disks of two of the bus's three nodes full, one after the other", feed.acknowledged, counts(store, server))
        bus.end()


def disk(tap, _):
    disk_sqlite(tap)
    disk_worker(tap)
    if os.geteuid() == 0 and subprocess.run(['mount', '--help'], capture_output=True, check=False).returncode == 0:
        disk_postgresql(tap)
    else:
        tap.ok('full disks of servers # SKIP only root makes small disks', True)


CHECKS = {'worker': worker, 'leader': leader, 'database': database, 'server': server_killed, 'disk': disk, 'bus-disk': bus_disk}


def main():
    tap = Tap()
    server = pg.Server(durable=True)
    for name in sys.argv[3:] or CHECKS:
        begun = time.monotonic()
        CHECKS[name](tap, server)
        print(f'# {name}: {time.monotonic() - begun:.1f} s')
    tap.end()


if not pg.binaries():
    print('1..0 # SKIP PostgreSQL is not here')
    sys.exit(0)
main()
