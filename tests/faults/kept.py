"""What commands keep elsewhere than in their output: a fleet's store, installed data, a server on loopback."""
import base64
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SEEN_LATER = ("sent", "audit")  # they count how often somebody came
SOME_ASIDE = 3


# ---- Stores ----

def plain(table, value):
    """A value without the time at which it came to be, and without a secret."""
    if isinstance(value, int) and value > 400000:
        return "TIME"
    return "SECRET" if table == "token" and isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) else value


def rows(path):
    """All that a store holds, by table; a text where it cannot be read. The store is read as its next reader would: with what its
    journal holds."""
    if not path.exists():
        return {}
    try:
        db = sqlite3.connect(path)
        try:
            whole = db.execute("PRAGMA integrity_check").fetchall()
            if whole != [("ok",)]:
                return f"the store is damaged: {whole}"
            tables = [name for name, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
            return {t: sorted(repr([plain(t, v) for v in row]) for row in db.execute(f"SELECT * FROM {t}") if t != "seen" or row[2] != 0)
                    for t in tables}  # an hour in which nobody was seen last any more says nothing
        finally:
            db.close()
    except sqlite3.Error as e:
        return f"the store cannot be read: {e}"


def without(content, *tables):
    return {t: r for t, r in content.items() if t not in tables}


def lost(before, now):
    """Machines, evidence and what was kept aside that were there and are not."""
    def names(content):
        return {(t, tuple(row.split(", ")[1:3])) for t in ("host", "fingerprint", "kept_aside") for row in content.get(t, [])}
    return sorted(names(before) - names(now))[:2]


def store_wrong(outcome, old, new, clean, never_less):
    """A store is as it was or as it is to be, or (`never_less`) in between with nothing lost; and the same again, without a fault,
    makes it what it is to be. What is told as done is done."""
    for content in (outcome.rows, outcome.again):
        if isinstance(content, str):
            return content
    aside = never_less and set(outcome.rows.get("kept_aside", [])) - set(new["kept_aside"])  # and told, by the exit code
    if clean and not (aside and outcome.code == SOME_ASIDE) and without(outcome.rows, "sent") != without(new, "sent"):
        return f"it ended well, and the store is not what it is to be: {difference(outcome.rows, new)}"
    if outcome.rows not in (old, new) and outcome.rows:
        if not never_less:
            return f"the store is neither the old one nor the new one: {difference(outcome.rows, new)}"
        if lost(old, outcome.rows):
            return f"the store lost {lost(old, outcome.rows)}"
    if without(outcome.rows, *SEEN_LATER) == without(new, *SEEN_LATER):
        return ""  # only the telling failed: the same again is a second time (what is pruned twice counts no hosts that day)
    if outcome.again is not None and (never_less or outcome.rows == old) and without(outcome.again, *SEEN_LATER) != without(new, *SEEN_LATER):
        if aside and not lost(new, outcome.again):
            return ""  # what could not be read the first time stays told as kept aside; and its machines are there, with later numbers
        return f"the same again does not make it what it is to be: {difference(outcome.again, new)}"
    return ""


def backup_wrong(outcome, old, clean):
    """A backup is whole or not there, and the store is as it was."""
    if isinstance(outcome.copy, str) or outcome.rows != old:
        return outcome.copy if isinstance(outcome.copy, str) else "the store is not what it was"
    if clean and not outcome.copy:
        return "it ended well, and there is no backup"
    if not clean and not outcome.copy and outcome.copied:
        return "half a backup stays"
    return f"the backup is not the store: {difference(outcome.copy, old)}" if outcome.copy and outcome.copy != old else ""


def difference(got, want):
    return [(t, [r for r in got.get(t, []) if r not in want.get(t, [])][:2], [r for r in want.get(t, []) if r not in got.get(t, [])][:2])
            for t in {*got, *want} if got.get(t) != want.get(t)][:3]


def prepare_store(folder, sidelight):
    """store.db with two machines, saved.db with one of them, and what may come in."""
    machines = ROOT / "tests" / "cli" / "machines"

    def fleet(*words):
        subprocess.run([sidelight, "fleet", *words], cwd=folder, capture_output=True, check=True)

    fleet("import", "--store", "saved.db", "web-17.host")
    fleet("import", "--store", "store.db", "iron.host", "web-17.host")
    fleet("token", "add", "web", "--store", "store.db")
    more = folder / "more"
    more.mkdir()
    for name in ("web-host.host", "web-17-old.host"):
        if (machines / name).exists():
            shutil.copy(machines / name, more)
    shutil.copy(folder / "report.tar.gz", more)
    (more / "unreadable").write_text("what is this?\n")
    (more / "lines.json").write_text("".join(json.dumps({"host": f"line-{i}", "evidence": (machines / "iron.host").read_text()}) + "\n" for i in range(3)))
    for path in folder.glob("*.db-*"):
        path.unlink()


# ---- Signed data ----

def prepare_bundle(folder, sidelight):
    """A bundle of newer data with its signature, and an older one that is installed; False where minisign is missing."""
    if not shutil.which("minisign"):
        return False

    def run(*command):
        subprocess.run(command, cwd=folder, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    run("minisign", "-G", "-W", "-p", "one.pub", "-s", "one.key")
    for name, version in (("older", "2089-01-01"), ("newer", "2090-01-01")):
        data = shutil.copytree(folder / "data", folder / name)
        (data / "version.yaml").write_text(f"version: {version}\n")
        run(ROOT / "tools" / "bundle", "-d", name, "-o", ".", "-e", "2099-01-01", "-s", "one.key")
        for ending in ("", ".minisig"):
            (folder / f"sidelight-data-{version}.bundle{ending}").rename(folder / f"{name}.bundle{ending}")
    run(sidelight, "data", "update", "--key", "one.pub", "--store", "data-store", "older.bundle")
    return True


def possible(folder, arguments):
    """Whether the files are there that a command reads."""
    return "--key" not in arguments or (folder / "one.pub").exists()


# ---- A server ----

def digits(fingerprint):
    """64 hexadecimal digits, of which a line may hold 43 characters of base64url."""
    return fingerprint if len(fingerprint) == 64 else base64.urlsafe_b64decode(fingerprint + "=").hex()


class Loopback:
    """A server for what a command sends and fetches: it wants the evidence of each fingerprint, gives the files of a folder, and
    answers as a cloud's metadata service does."""

    def __init__(self, folder):
        self.kept, server = [], self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status, body=b""):
                self.send_response(status)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):  # pylint: disable=invalid-name
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    return
                if self.path == "/v1/seen":
                    names = {digits(re.split(" |=", line)[0]) for line in body.decode().splitlines()}
                    self.answer(200, "".join(n + "\n" for n in names).encode())
                    return
                server.kept += [json.loads(line) for line in body.decode().splitlines()]
                self.answer(204)

            def do_GET(self):  # pylint: disable=invalid-name
                path = folder / os.path.basename(self.path.split("?")[0])
                self.answer(200, path.read_bytes()) if path.is_file() else self.answer(404)

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

            def handle(self):
                try:
                    super().handle()
                except (OSError, ValueError):
                    pass  # clients break off here

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def take(self):
        """What was kept since the last time."""
        now, self.kept = self.kept, []
        return now


def sent_wrong(outcome, baseline):
    """What a sender says is kept, is."""
    def texts(reports):
        return sorted(re.sub("(?m)^-- meta captured .*\n", "", r["evidence"]) for r in reports)

    if outcome.code == SOME_ASIDE and outcome.err.startswith(b"sidelight: "):
        return ""  # one of the files could not be read, and that is told
    told = re.match(rb"(\d+) reports? (?:is|are) kept: 0 by their fingerprint, (\d+) with their evidence", outcome.out)
    if not told or told.group(1) != re.match(rb"\d+", baseline.out).group():
        return f"it ended well, and does not tell of what is to be sent: {outcome.out!r}"
    if len({r["host"] for r in outcome.sent}) != len({r["host"] for r in baseline.sent}):
        return f"of {len(baseline.sent)} reports {len(outcome.sent)} are kept"
    if "live" not in outcome.arguments and not set(texts(baseline.sent)) <= set(texts(outcome.sent)):
        return "what is kept is not what was there"
    return ""


# ---- A fleet's server that a fault meets ----

REPORT = "# sidelight evidence 1\n-- meta captured 2026-11-20T10:00:00Z\n-- identity hostname served\n-- uname Linux 6.1.0 x86_64\n"


def child_of(pid, program):
    """The process below that runs the program itself."""
    with open(f"/proc/{pid}/comm", encoding="ascii") as f:
        if f.read().strip() == os.path.basename(program)[:15]:
            return pid
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        for child in f.read().split():
            return child_of(int(child), program)
    return None


def hand_in(url):
    """Whether a report is acknowledged."""
    request = urllib.request.Request(url + "v1/evidence", REPORT.encode(), {"Content-Type": "text/plain"})
    for _ in range(3):
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return 200 <= answer.status < 300
        except (OSError, ValueError, http.client.HTTPException):
            continue
    return False


def serve(command, cwd, environment, program, seconds):
    """Starts a server, hands one report in, and ends the server: (exit code or None, output, standard error, acknowledged)."""
    with subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        acknowledged = False
        line = process.stdout.readline()
        try:
            if line.startswith(b"listening on "):
                acknowledged = hand_in(line.split()[2].decode())
            pid = child_of(process.pid, program)
            if pid and line:
                os.kill(pid, signal.SIGTERM)
        except (OSError, ProcessLookupError):
            pass
        out, err = process.communicate()
        hung = not timer.is_alive()
        timer.cancel()
    return None if hung else process.returncode, line + out, err, acknowledged


def served_wrong(outcome, old):
    """What was acknowledged is in the store; nothing else is lost."""
    if isinstance(outcome.rows, str):
        return outcome.rows
    there = any("'served'" in row for row in outcome.rows.get("host", []))
    if outcome.acknowledged and not there:
        return "a report was acknowledged, and is not there"
    return f"the store lost {lost(old, outcome.rows)}" if lost(old, outcome.rows) else ""
