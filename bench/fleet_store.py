"""A fleet's store beside the engines that keep it: the same rows, in the same run, by SQLite's own bulk insert and by PostgreSQL's COPY."""

import base64
import contextlib
import json
import os
import pathlib
import random
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time

from measure import number, table

SOURCE = pathlib.Path(__file__).resolve().parent.parent
sys.path.append(str(SOURCE / "tests" / "fleet"))
import bus as nodes  # noqa: E402
import pg  # noqa: E402

TABLES = """CREATE TABLE fingerprint (id INTEGER PRIMARY KEY, tenant BIGINT, hex TEXT, body %(bytes)s, size BIGINT, hosts BIGINT, first BIGINT, UNIQUE (tenant, hex));
CREATE TABLE host (id INTEGER PRIMARY KEY, tenant BIGINT, name TEXT, ident TEXT, fingerprint BIGINT, first BIGINT, since BIGINT, last BIGINT, tags TEXT,
 origin TEXT, redacted BIGINT, UNIQUE (tenant, name, ident));
CREATE INDEX host_fingerprint ON host (fingerprint);"""
HOST = "id, tenant, name, ident, fingerprint, first, since, last, tags, origin, redacted"
FINGERPRINT = "id, tenant, hex, body, size, hosts, first"
BATCH, BODY = 20000, 330  # bytes of a body of feed.c, compressed


def feed(program, store, bus, count, kinds, first=0, batch=BATCH, now=1700000000):
    """(seconds from the first batch to the last acknowledgement, peak in MiB)"""
    done = subprocess.run([program, store, bus, *map(str, (first, count, kinds, batch, now))], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          check=True)
    ms, peak = done.stderr.split()[-2:]
    return int(ms) / 1000, int(peak) / 1024


def rows(count, kinds):
    hosts = [(i + 1, 1, f"host-{i}", "", i % kinds + 1, 1700000000, 1700000000, 1700000000, "", "feed", 0) for i in range(count)]
    evidence = [(i + 1, 1, f"{i:064x}", os.urandom(BODY), 600, count // kinds, 1700000000) for i in range(kinds)]
    return hosts, evidence


def sqlite_itself(path, hosts, evidence):
    """The rows with nothing beside them: prepared inserts, the write-ahead log, and a transaction for each of our batches."""
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;" + TABLES % {"bytes": "BLOB"})
    begun = time.monotonic()
    for name, columns, all_rows in (("fingerprint", FINGERPRINT, evidence), ("host", HOST, hosts)):
        insert = f"INSERT INTO {name} ({columns}) VALUES ({', '.join('?' * len(all_rows[0]))})"
        for i in range(0, len(all_rows), BATCH):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(insert, all_rows[i:i + BATCH])
            db.execute("COMMIT")
    seconds = time.monotonic() - begun
    db.close()
    return seconds


def postgresql_itself(server, folder, hosts, evidence):
    """COPY of all rows, in one piece, into tables with the same indexes."""
    database = server.address().split("/")[3].split("?")[0]
    server.psql(database, TABLES % {"bytes": "BYTEA"})
    seconds = 0
    for name, columns, all_rows in (("fingerprint", FINGERPRINT, evidence), ("host", HOST, hosts)):
        path = pathlib.Path(folder) / "rows.tsv"
        with open(path, "w", encoding="utf-8") as f:
            for row in all_rows:
                f.write("\t".join("\\\\x" + v.hex() if isinstance(v, bytes) else str(v) for v in row) + "\n")
        begun = time.monotonic()
        server.psql(database, f"\\copy {name} ({columns}) FROM '{path}'")
        seconds += time.monotonic() - begun
        path.unlink()
    return seconds


def ingest(folder, program, server, scale):
    out = []
    for what, count, kinds in ((f"{scale:,} hosts of 500 kinds", scale, 500), (f"{scale // 10:,} hosts, all unlike", scale // 10, scale // 10)):
        hosts, evidence = rows(count, kinds)
        for engine in ("SQLite", "PostgreSQL"):
            if engine == "SQLite":
                theirs = sqlite_itself(folder / f"theirs-{count}.db", hosts, evidence)
                ours, peak = feed(program, str(folder / f"ours-{count}.db"), "-", count, kinds)
                again, _ = feed(program, str(folder / f"ours-{count}.db"), "-", count, kinds, now=1700003600)
            else:
                theirs = postgresql_itself(server, folder, hosts, evidence)
                address = server.address()
                ours, peak = feed(program, address, "-", count, kinds)
                again, _ = feed(program, address, "-", count, kinds, now=1700003600)
            out.append([f"{what}, {engine}", f"{number(count / ours)} /s", f"{number(count / theirs)} /s", f"{number(theirs / ours * 100)} %",
                        f"{number(count / again)} /s", f"{number(peak)} MiB"])
    table("Coming in, beside the engine's own way in", ["what", "sidelight", "the engine alone", "of it", "seen again, unchanged", "peak"], out)


def changed_data(folder):
    """Rules of another digest, which judge the same."""
    path = folder / "data"
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(SOURCE / "data", path)
    file = path / "vulns" / "meltdown.yaml"
    file.write_text(file.read_text().replace("summary: \"", "summary: \"(again) ", 1))
    return str(path)


def seconds(command, rounds=3):
    """The median; status 2 and 3 are answers."""
    took = []
    for _ in range(rounds):
        begun = time.monotonic()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        took.append(time.monotonic() - begun)
        assert done.returncode in (0, 2, 3), (command, done.stderr)
    return sorted(took)[len(took) // 2]


def asking(folder, sidelight, program, server, scale):
    """A store of many hosts: what does not hang on their number."""
    out = []
    for engine in ("SQLite", "PostgreSQL"):
        store = str(folder / "large.db") if engine == "SQLite" else server.address()
        feed(program, store, "-", 500, 500)
        fill(store, server, scale - 500)
        subprocess.run([sidelight, "fleet", "rejudge", "--store", store], check=True, stdout=subprocess.DEVNULL)
        data = changed_data(folder)
        loading = seconds([sidelight, "list", "--data", data])
        begun = time.monotonic()
        subprocess.run([sidelight, "fleet", "rejudge", "--data", data, "--store", store], check=True, stdout=subprocess.DEVNULL)
        rejudge = time.monotonic() - begun - loading
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        status = seconds([sidelight, "fleet", "status", "--format", "json", "--store", store])
        size = os.path.getsize(store) if engine == "SQLite" else int(server.sql(store, "SELECT pg_database_size(current_database())")[0][0])
        out.append([f"{scale:,} hosts, {engine}", f"{number(rejudge * 1000)} ms", f"{number(status * 1000)} ms", f"{number(size / scale)} bytes",
                    f"{number(peak)} MiB"])
    table("Many hosts of 500 kinds (rows by the engine's own SQL)", ["what", "all judged anew", "status", "a host takes", "peak of all programs so far"], out)


def processor_seconds(pids):
    ticks = 0
    for pid in pids:
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = path.read_text().rsplit(")", 1)[1].split()
                if int(path.parent.name) == pid or int(fields[1]) == pid:
                    ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def over_the_bus(folder, sidelight, program, server, scale):
    """Three nodes, a worker and PostgreSQL, all on this machine: what comes in, unchanged, from the first batch until the last is in the store."""
    del folder
    out = []
    for kinds, what in ((500, "500 kinds, the first time"), (500, "unchanged")):
        if what != "unchanged":
            store, bus = server.address(), nodes.Bus(3)
            bus_address = bus.address
            subprocess.run([sidelight, "fleet", "work", "--once", "--bus", bus_address, "--store", store], check=True, stdout=subprocess.DEVNULL)
        worker = subprocess.Popen([sidelight, "fleet", "work", "--bus", bus_address, "--store", store], stdout=subprocess.DEVNULL)
        pids = [worker.pid, server.process.pid, *(p.pid for p in bus.processes)]
        before, begun = processor_seconds(pids), time.monotonic()
        took, _ = feed(program, store, bus_address, scale, kinds, batch=512, now=1700000000 + (3600 if what == "unchanged" else 0))
        bus.wait_until_empty(600)
        all_in, used = time.monotonic() - begun, processor_seconds(pids) - before
        out.append([what, f"{number(scale / took)} /s", f"{number(scale / all_in)} /s", f"{number(used / scale * 10000 * 100)} %"])
        worker.terminate()
        worker.wait()
    bus.end()
    table(f"{scale:,} reports over three nodes and a worker into PostgreSQL", ["what", "acknowledged", "in the store", "of one core for 10,000 /s"], out)


def unchanged_lines(path, rows):
    """What a fleet's machines post that did not change: a line each, in an order of no use to an index."""
    random.Random(1).shuffle(rows)
    path.write_text("".join(f"{base64.urlsafe_b64encode(bytes.fromhex(hexa)).decode().rstrip('=')}={name}\n" for hexa, name in rows))
    return str(path)


ROWS = "SELECT p.hex, h.name FROM host h JOIN fingerprint p ON p.id = h.fingerprint"


def steady(bench, folder, sidelight, program, server, scale, seconds=10):
    """Unchanged reports over connections that stay, each in a request of its own: what is reached, and what each costs the server and the engine."""
    subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", str(bench.folder / "reports"), str(SOURCE / "bench" / "reports.c")], check=True)
    out = []
    for engine in ("SQLite", "PostgreSQL"):
        store = str(folder / "steady.db") if engine == "SQLite" else server.address()
        feed(program, store, "-", scale, 500)
        lines = unchanged_lines(folder / "lines", sqlite3.connect(store).execute(ROWS).fetchall() if engine == "SQLite" else server.sql(store, ROWS))
        for connections in (150, 600):
            serve = subprocess.Popen([sidelight, "fleet", "serve", "--store", store, "--rate", "0", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                                     stderr=subprocess.DEVNULL, text=True)
            port = serve.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1]
            pids = [serve.pid] + ([server.process.pid] if engine == "PostgreSQL" else [])
            before = processor_seconds(pids)
            told = subprocess.run([bench.folder / "reports", port, str(connections), str(seconds), lines], check=True, capture_output=True, text=True).stdout.split()
            used, kept, took = processor_seconds(pids) - before, int(told[0]), float(told[2])
            serve.terminate()
            serve.wait()
            out.append([f"{engine}, {connections} connections", f"{number(kept / took)} /s", told[1], f"{number(int(told[3]) / 1000)} ms",
                        f"{number(used / kept * 1e6)} µs", f"{number(kept / used)} /s"])
    table("Unchanged reports over HTTP, a request each", ["what", "kept", "refused", "median", "CPU each, with the engine", "one core would take"], out)


def fill(store, server, count):
    """Hosts by the engine itself, which is what takes long: as many rows as they would be, over the kinds that are there."""
    row = "INSERT INTO host (tenant, name, ident, fingerprint, first, since, last, tags, origin, redacted) SELECT 1, 'row-' || {i}, '', 1 + {i} % 500," \
          " 1700000000, 1700000000, 1700000000, '', 'sql', 0 FROM {source}"
    seen = "DELETE FROM seen; INSERT INTO seen (tenant, hour, hosts) SELECT tenant, last / 3600, count(*) FROM host GROUP BY tenant, last / 3600"
    counts = "UPDATE fingerprint SET hosts = (SELECT count(*) FROM host h WHERE h.fingerprint = fingerprint.id)"
    if store.startswith("postgresql://"):
        database = store.split("/")[3].split("?")[0]
        server.psql(database, row.format(i="i", source=f"generate_series(10000000, {10000000 + count - 1}) i"))
        server.psql(database, counts + "; " + seen)
        server.psql(database, "VACUUM ANALYZE")
        return
    db = sqlite3.connect(store, isolation_level=None)
    db.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;")
    db.execute(row.format(i="i", source=f"(WITH RECURSIVE n (i) AS (SELECT 10000000 UNION ALL SELECT i + 1 FROM n WHERE i < {10000000 + count - 1}) SELECT i FROM n)"))
    db.executescript(counts + "; " + seen)
    db.close()


class Counter:
    """Between a client and a server: bytes both ways."""

    def __init__(self, port):
        self.to, self.bytes = port, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            a, _ = self.listener.accept()
            b = socket.create_connection(("127.0.0.1", self.to))
            for x, y in ((a, b), (b, a)):
                threading.Thread(target=self.pass_on, args=(x, y), daemon=True).start()

    def pass_on(self, x, y):
        with contextlib.suppress(OSError):
            while data := x.recv(65536):
                self.bytes += len(data)
                y.sendall(data)
            y.shutdown(socket.SHUT_WR)


def wire(folder, sidelight):
    """Bytes of HTTP, both ways, for a report that changes nothing."""
    host = sorted((SOURCE / "tests" / "hosts" / "machines").rglob("*.host"))[0]
    server = subprocess.Popen([sidelight, "fleet", "serve", "--store", str(folder / "wire.db"), "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.DEVNULL)
    counter = Counter(int(server.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1]))
    out = []
    for what in ("the first time, with the evidence", "unchanged"):
        before = counter.bytes
        subprocess.run([sidelight, "fleet", "send", "--to", f"http://127.0.0.1:{counter.port}", "--host", "web-17", str(host)], check=True,
                       stdout=subprocess.DEVNULL)
        time.sleep(0.2)
        out.append([what, f"{counter.bytes - before:,} bytes"])
    relayed = [str(shutil.copy(host, folder / f"web-{i}.host")) for i in range(200)]
    for _ in range(2):  # the second time they are known
        before = counter.bytes
        subprocess.run([sidelight, "fleet", "send", "--to", f"http://127.0.0.1:{counter.port}", *relayed], check=True, stdout=subprocess.DEVNULL)
        time.sleep(0.2)
    out.append([f"unchanged, {len(relayed)} machines in one request (a relay)", f"{number((counter.bytes - before) / len(relayed))} bytes each"])
    server.terminate()
    server.wait()
    table("One report on the wire", ["what", "HTTP, both ways"], out)


def by_itself(folder, sidelight, scale):
    """bench_fleet: the store without a program around it, beside prepared inserts of the same rows in C; and what is asked of it."""
    program = pathlib.Path(sidelight).parent / "bench" / "bench_fleet"
    if not program.exists():
        print("\n`ninja bench/bench_fleet` makes what measures the store by itself")
        return
    host = sorted((SOURCE / "tests" / "hosts" / "machines").rglob("*.host"))[0]
    out = []
    for count, kinds in ((scale, 500), (scale // 10, scale // 10)):
        store = folder / f"itself-{kinds}.db"
        lines = subprocess.run([program, store, str(count), str(kinds), host], check=True, capture_output=True, text=True).stdout.splitlines()
        figures = {}
        for line in map(json.loads, lines):
            figures.setdefault(line["what"], line)
        theirs, ours = figures["SQLite's own insert of the same rows"], figures["ingest, hosts that are new"]
        out.append([f"{count:,} hosts of {kinds:,} kinds", f"{number(theirs['seconds'] / ours['seconds'] * 100)} %",
                    f"{number(figures['judge, kinds']['seconds'] / kinds * 1e6)} µs", f"{number(figures['rejudge, kinds']['seconds'] * 1000)} ms",
                    f"{number(figures['status']['seconds'] * 1000)} ms", f"{max(json.loads(line)['rss_mb'] for line in lines)} MiB"])
        store.unlink()
    table("A store in SQLite by itself, beside SQLite's own insert", ["what", "of its rate", "judged, each kind", "all judged anew", "status", "peak"], out)


def fleet(bench, sidelight, scale=1_000_000):
    folder = bench.folder / "fleet"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    scale = int(os.environ.get("SIDELIGHT_BENCH_HOSTS", scale))
    program = str(pathlib.Path(sidelight).parent / "tests" / "fleet" / "feed")
    server = pg.Server(durable=True)
    wire(folder, sidelight)
    by_itself(folder, sidelight, scale)
    ingest(folder, program, server, scale)
    steady(bench, folder, sidelight, program, server, scale // 10)
    over_the_bus(folder, sidelight, program, server, scale // 5)
    asking(folder, sidelight, program, server, scale * 10)
    server.end()
