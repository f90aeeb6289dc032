"""What the tests of the fleet's server share: a server on a port that the system gives, and requests."""
import contextlib
import http.client
import json
import os
import resource
import signal
import ssl
import subprocess

import fleet


class Server:
    """`sidelight fleet serve` on a store; ended, by its own process number, at the end of `with`."""

    def __init__(self, store, *arguments, context=None, file_max=None):
        """file_max: no file that it writes may be longer, as on a disk that is full."""
        self.store, self.arguments, self.context, self.file_max = store, arguments, context, file_max

    def limit(self):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.file_max, resource.RLIM_INFINITY))

    def __enter__(self):
        listen = [] if '--listen' in self.arguments else ['--listen', '127.0.0.1:0']
        self.process = subprocess.Popen([fleet.PROGRAM, 'fleet', 'serve', '--store', self.store.path, *listen, *self.arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=fleet.CLEAN, text=True,
                                        preexec_fn=self.limit if self.file_max else None)
        line = self.process.stdout.readline()
        assert line.startswith('listening on '), (line, self.process.stderr.read() if self.process.poll() is not None else '')
        self.url = line.split()[-1].rstrip('/')
        self.port = int(self.url.rsplit(':', 1)[1])
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.log = self.process.communicate(timeout=60)[1]
        self.code = self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.wait()

    def ask(self, path, body=None, token=None, kind='text/plain', method=None, headers=None):
        """Status, text and headers of the answer."""
        connect = (lambda: http.client.HTTPSConnection('localhost', self.port, timeout=60, context=self.context)) if self.context else (
            lambda: http.client.HTTPConnection('127.0.0.1', self.port, timeout=60))
        with contextlib.closing(connect()) as c:
            all_headers = {**({'Authorization': 'Bearer ' + token} if token else {}), **({'Content-Type': kind} if body is not None else {}),
                           **(headers or {})}
            c.request(method or ('POST' if body is not None else 'GET'), path, body.encode() if isinstance(body, str) else body, all_headers)
            answer = c.getresponse()
            return answer.status, answer.read().decode(), answer.headers

    def json(self, path, body=None, **more):
        status, text, _ = self.ask(path, body, **more)
        assert status == 200, (path, status, text)
        return json.loads(text)


def ndjson(*objects):
    return ''.join(json.dumps(o) + '\n' for o in objects)


def evidence(name, number=0, sentence='Mitigation: PTI'):
    """A small machine; another `number` is another kind."""
    return f'''# sidelight evidence 1
-- meta captured 2026-11-20T10:00:00Z
-- identity hostname {name}
-- uname Linux 6.1.{number} x86_64
-- file /sys/devices/system/cpu/vulnerabilities/meltdown
{sentence}
-- file /sys/devices/system/cpu/vulnerabilities/mds
Vulnerable: Clear CPU buffers attempted, no microcode; SMT vulnerable
'''


def authority(folder):
    """A certificate authority, a server's certificate and a client's, made by openssl; None where there is no openssl."""
    def openssl(*arguments):
        subprocess.run(['openssl', *arguments], check=True, capture_output=True, cwd=folder)

    try:
        openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2',
                '-subj', '/CN=test authority')
        for name, extra in (('server', 'subjectAltName=DNS:localhost,IP:127.0.0.1'), ('web-17', 'basicConstraints=CA:FALSE')):
            openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', name + '.key', '-out', name + '.csr',
                    '-subj', '/CN=' + name)
            with open(os.path.join(folder, name + '.ext'), 'w', encoding='ascii') as f:
                f.write(extra + '\n')
            openssl('x509', '-req', '-in', name + '.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-out', name + '.pem',
                    '-extfile', name + '.ext')
        openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'other.key', '-out', 'other.pem', '-days', '2',
                '-subj', '/CN=web-17')
    except FileNotFoundError:
        return False
    return True


def client_context(folder, certificate=None):
    context = ssl.create_default_context(cafile=os.path.join(folder, 'ca.pem'))
    if certificate:
        context.load_cert_chain(os.path.join(folder, certificate + '.pem'), os.path.join(folder, certificate + '.key'))
    return context
