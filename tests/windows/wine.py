"""A Windows of our own for tests: Wine without a display, and TAP."""
import os
import subprocess
import sys
import tempfile

ENOUGH = 240  # seconds for one command; the first one makes the Windows
STARTS = 3

failures = 0
number = 0


def result(ok, name, why=''):
    global failures, number
    number += 1
    failures += not ok
    print(f"{'ok' if ok else 'not ok'} {number} - {name}", flush=True)
    if not ok and why:
        print('# ' + why.replace('\n', '\n# '), flush=True)


class Wine:
    """A Windows of our own, without a display."""

    def __init__(self, folder, exe):
        self.folder, self.exe = folder, exe
        self.environment = dict(os.environ, WINEPREFIX=os.path.join(folder, 'prefix'), WINEDEBUG='-all',
                                WINEDLLOVERRIDES='mscoree,mshtml=', HOME=folder)
        self.environment.pop('DISPLAY', None)
        os.mkdir(self.environment['WINEPREFIX'])
        for _ in range(STARTS):
            if self.serve() and self.is_made():
                return
            self.end()
        sys.exit('Bail out! Wine makes no Windows here')

    def serve(self):
        """The server, before anything else: one that a command started is there already, and goes when that command has ended."""
        for _ in range(STARTS):
            if subprocess.run(['wineserver', '-p'], env=self.environment, timeout=ENOUGH, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0:
                return True
            subprocess.run(['wineserver', '-w'], env=self.environment, timeout=ENOUGH, capture_output=True, check=False)
        return False

    def is_made(self):
        """On a busy machine the first start can be cut short; then it is made once more."""
        try:
            return all(self.run(*c).returncode == 0 for c in (('wineboot', '-i'), ('cmd', '/c', 'exit', '0'), ('reg', 'query', r'HKLM\SYSTEM\CurrentControlSet\Control')))
        except subprocess.TimeoutExpired:
            return False

    def run(self, *arguments):
        # Files, not pipes: Wine's own processes would hold a pipe open long after the command has ended.
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            code = subprocess.run(['wine', *arguments], cwd=self.folder, env=self.environment, stdout=out, stderr=err,
                                  stdin=subprocess.DEVNULL, timeout=ENOUGH).returncode
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(arguments, code, out.read(), err.read())

    def start(self, *arguments):
        return subprocess.Popen(['wine', *arguments], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def sidelight(self, *arguments):
        return self.run(self.exe, *arguments)

    def registry(self, key, name, kind, data):
        self.run('reg', 'add', key, '/v', name, '/t', kind, '/d', data, '/f')

    def end(self):
        subprocess.run(['wineserver', '-k'], env=self.environment, capture_output=True, timeout=ENOUGH)

    def restart(self):
        """What a restart of the machine is to programs: the Wine server tells another start."""
        self.end()
        self.serve()
