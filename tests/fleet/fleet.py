"""What the tests of `sidelight fleet` share: a program, a folder for a test, a store, and TAP. Usage: test_NAME.py PROGRAM [postgresql]"""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import pg

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
sys.path.insert(0, os.path.join(ROOT, 'tests'))
import tap

Tap = tap.Tap
MACHINES = os.path.join(ROOT, 'tests', 'hosts', 'machines')
PROGRAM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None
SERVER = pg.Server() if 'postgresql' in sys.argv[2:] else None
STATUSES = ('not-affected', 'mitigated', 'unknown', 'partial', 'vulnerable')
CLEAN = {'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8', 'COLUMNS': '100', **{k: v for k, v in os.environ.items() if 'SAN_OPTIONS' in k}}


def machines():
    """The recorded machines' files, in order."""
    return sorted(os.path.join(folder, f) for folder, _, files in os.walk(MACHINES) for f in files if f.endswith('.host'))


class Store:
    """A store in a temporary folder, or on a server. fleet('status', '--format', 'json') runs a word on it."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = SERVER.address() if SERVER else os.path.join(self.folder.name, 'fleet.db')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def file(self, name, text):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return path

    def run(self, word, *arguments, **options):
        command = [PROGRAM, 'fleet', word, '--store', self.path, *arguments]
        return subprocess.run(command, capture_output=True, env=CLEAN, check=False, timeout=600, **options)

    def fleet(self, word, *arguments, codes=(0, 2, 3)):
        done = self.run(word, *arguments)
        assert done.returncode in codes, (word, arguments, done.returncode, done.stderr.decode())
        return done.stdout.decode()

    def json(self, word, *arguments):
        return json.loads(self.fleet(word, '--format', 'json', *arguments))

    def sql(self, query, *arguments):
        if SERVER:
            return SERVER.sql(self.path, query, *arguments)
        db = sqlite3.connect(self.path)
        try:
            return db.execute(query, arguments).fetchall()
        finally:
            db.close()

    def sql_write(self, statement, *arguments):
        if SERVER:
            SERVER.sql(self.path, statement, *arguments)
            return
        db = sqlite3.connect(self.path)
        try:
            with db:
                db.execute(statement, arguments)
        finally:
            db.close()

    def dump(self, *tables):
        """All rows of these tables, for comparing."""
        return {t: sorted(self.sql(f'SELECT * FROM {t}'), key=repr) for t in tables}


def changed_data(store, status='mitigated'):
    """A copy of the data by which another catalog judges; what says that Meltdown is mitigated has this status in it."""
    path = os.path.join(store.folder.name, 'data-' + status)
    shutil.copytree(os.path.join(ROOT, 'data'), path)
    meltdown = os.path.join(path, 'vulns', 'meltdown.yaml')
    with open(meltdown, encoding='utf-8') as f:
        text = f.read()
    with open(meltdown, 'w', encoding='utf-8') as f:
        f.write(text.replace('status: mitigated', 'status: ' + status).replace('summary: "', 'summary: "(again) ', 1))
    return path


def check(*files):
    """The reports of `check` for each file."""
    done = subprocess.run([PROGRAM, 'check', '--format', 'json', '--fingerprint', *files], capture_output=True, env=CLEAN, check=False, timeout=600)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]
