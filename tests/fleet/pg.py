"""A PostgreSQL server of a test's own, on a socket in a temporary folder, run as a user who may nothing."""
import atexit
import contextlib
import glob
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

ROWS = re.compile(r'-?[0-9]+$')


def binaries():
    """The folder of initdb and postgres; None where there is none."""
    found = shutil.which('initdb')
    folders = [os.path.dirname(os.path.realpath(found))] if found else sorted(glob.glob('/usr/lib/postgresql/*/bin'))
    return folders[-1] if folders else None


class Server:
    """durable=False: a crash of the machine may lose what was committed; a crash of the server may not, either way."""

    def __init__(self, durable=False, folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix='sidelight-pg-')
        self.user = {'user': 'nobody', 'group': 'nogroup', 'extra_groups': []} if os.geteuid() == 0 else {}
        self.options = [] if durable else ['-c', 'fsync=off']
        self.process = None
        self.databases = 0
        if self.user:
            shutil.chown(self.folder, 'nobody', 'nogroup')
        self.data = os.path.join(self.folder, 'data')
        subprocess.run([f'{binaries()}/initdb', '-D', self.data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'],
                       check=True, stdout=subprocess.DEVNULL, cwd='/', **self.user)
        atexit.register(self.end)
        self.start()

    def start(self):
        command = [f'{binaries()}/postgres', '-D', self.data, '-k', self.folder, '-c', 'listen_addresses=', *self.options]
        for _ in range(40):
            with open(os.path.join(self.folder, 'log'), 'ab') as log:
                self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd='/', **self.user)
            for _ in range(200):
                if self.process.poll() is not None:
                    break
                if self.psql('postgres', 'SELECT 1', check=False) == '1\n':
                    return
                time.sleep(0.05)
            time.sleep(0.25)  # after a kill, processes of the one before may still be there
        raise RuntimeError(open(os.path.join(self.folder, 'log'), encoding='utf-8', errors='replace').read()[-2000:])

    def kill(self):
        """As a crash does it."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    @contextlib.contextmanager
    def held(self):
        """It hangs: its processes are there, connections stand, and nothing is answered."""
        def processes():
            done = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(self.process.pid)], capture_output=True, check=False, text=True)
            return [self.process.pid, *map(int, done.stdout.split())]

        def send(what):
            for pid in processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, what)
        send(signal.SIGSTOP)
        try:
            yield
        finally:
            send(signal.SIGCONT)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def end(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def psql(self, database, query, check=True):
        done = subprocess.run(['psql', '-X', '-q', '-h', self.folder, '-U', 'postgres', '-d', database, '-At', '-F', '\x1f', '-R', '\x1e', '-P', 'null=\x1d',
                               '-c', query], capture_output=True, check=False, text=True)
        if check and done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def address(self, database=None):
        """Of a new database, or of this one."""
        if not database:
            self.databases += 1
            database = f'fleet{self.databases}'
            self.psql('postgres', f'CREATE DATABASE {database}')
        return f'postgresql://postgres@/{database}?host={self.folder}'

    def sql(self, address, query, *arguments):
        """Rows, as sqlite3 gives them."""
        for a in arguments:
            query = query.replace('?', str(a) if isinstance(a, int) else "'" + str(a).replace("'", "''") + "'", 1)
        text = self.psql(address.split('/')[3].split('?')[0], query).removesuffix('\n')
        return [tuple(None if v == '\x1d' else int(v) if ROWS.match(v) else v for v in row.split('\x1f')) for row in text.split('\x1e') if text]
