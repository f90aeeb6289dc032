#!/usr/bin/env python3
"""`fleet send`: a fingerprint first, the evidence only when it is asked for; what is refused comes again. Usage: test_send.py SIDELIGHT"""
import base64
import contextlib
import email.utils
import hmac
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

import fleet
from web import Server, authority, client_context, evidence


def send(url, *arguments, env=None, **more):
    return subprocess.run([fleet.PROGRAM, 'fleet', 'send', '--to', url, *arguments], capture_output=True, text=True, env={**fleet.CLEAN, **(env or {})},
                          timeout=120, check=False, **more)


def counts(done):
    """Reports by fingerprint and with evidence, bytes sent and received."""
    found = re.match(r'(?:1 report is|(?!1 )\d+ reports are) kept: (\d+) by their fingerprint, (\d+) with their evidence; (\d+) bytes sent, (\d+) received', done.stdout)
    assert found, (done.returncode, done.stdout, done.stderr)
    return tuple(int(n) for n in found.groups())


class Wire:
    """Passes bytes on to a server, and counts them."""

    def __init__(self, port):
        self.to, self.up, self.down = port, 0, 0
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(('127.0.0.1', self.to))
            for source, target, name in ((client, server, 'up'), (server, client, 'down')):
                threading.Thread(target=self.pump, args=(source, target, name), daemon=True).start()

    def pump(self, source, target, name):
        while data := source.recv(65536):
            setattr(self, name, getattr(self, name) + len(data))
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class Moody(http.server.BaseHTTPRequestHandler):
    """Answers as the list says, one after the other, then 204."""
    answers, seen, bodies = [], [], []

    def do_POST(self):  # pylint: disable=invalid-name
        Moody.bodies.append(self.rfile.read(int(self.headers['Content-Length'])).decode())
        Moody.seen.append(self.path)
        status, headers, text = Moody.answers.pop(0) if Moody.answers else (204, {}, '')
        self.send_response(status)
        for k, v in headers.items():
            self.send_header(k, v)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


def moody(*answers):
    Moody.answers, Moody.seen, Moody.bodies = list(answers), [], []
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Moody)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f'http://127.0.0.1:{server.server_port}'


def machine_id():
    """Of this machine; None when it has none."""
    with contextlib.suppress(OSError), open('/etc/machine-id', encoding='ascii') as f:
        text = f.read().strip()
        return text if re.fullmatch('[0-9a-f]{32}', text) and text.strip('0') else None
    return None


def ident(t):
    """Two machines of one name are two, and nobody hears the id of either."""
    with fleet.Store() as store, Server(store) as s:
        done = send(s.url, '--ident', '--host', 'web-1')
        if not machine_id():
            t.ok('a machine without an id says so', done.returncode == 66 and 'machine-id' in done.stderr, done.stderr)
            return
        want = hmac.new(machine_id().encode(), b'sidelight fleet ident 1', 'sha256').hexdigest()[:16]
        t.same('the first time, with the evidence', counts(done)[:2], (0, 1))
        t.same('then the fingerprint is enough', counts(send(s.url, '--ident', '--host', 'web-1'))[:2], (1, 0))
        t.same('without it, another machine', counts(send(s.url, '--host', 'web-1'))[:2], (1, 0))
        t.same('both are there', store.sql('SELECT name, ident FROM host ORDER BY ident'), [('web-1', ''), ('web-1', want)])
        t.same('with one fingerprint', store.sql('SELECT count(*), max(hosts) FROM fingerprint'), [(1, 2)])
        t.ok('the id itself is nowhere', machine_id() not in store.fleet('export', '--evidence'))
        path = store.file('a.host', evidence('web-1'))
        refused = [send(s.url, '--ident', more) for more in ('--redact', path)]
        t.ok('neither with --redact, nor with files', all(d.returncode == 64 and '--ident' in d.stderr for d in refused), [d.stderr for d in refused])


def evidence_once(t):
    with fleet.Store() as store, Server(store) as s:
        path = store.file('a.host', evidence('web-1'))
        t.same('first with its evidence', counts(send(s.url, path))[:2], (0, 1))
        t.same('then by its fingerprint', counts(send(s.url, path))[:2], (1, 0))
        t.same('from standard input', counts(send(s.url, '-', input=evidence('web-1')))[:2], (1, 0))
        others = [store.file(f'{n}.host', evidence(f'web-{n}')) for n in range(2, 5)]
        t.same('another machine of that kind', counts(send(s.url, *others))[:2], (3, 0))
        all_machines = fleet.machines()[:60]
        t.same('many', sum(counts(send(s.url, *all_machines))[:2]), 60)
        t.same('are all there', s.json('/v1/status')['hosts'], 64)
        with fleet.Store() as other:
            other.fleet('import', path, *others, *all_machines)
            t.same('and the same as import makes of them', {k: s.json('/v1/status')[k] for k in ('hosts', 'fingerprints', 'worst', 'flaws')},
                   {k: other.json('status')[k] for k in ('hosts', 'fingerprints', 'worst', 'flaws')})
        done = send(s.url, store.file('bad', 'what is this?\n'), path)
        t.ok('what cannot be read is told, the rest is sent', done.returncode == 3 and 'bad' in done.stderr and counts(done)[:2] == (1, 0), done)


def this_machine(t):
    with fleet.Store() as store, Server(store) as s:
        t.same('with its evidence', counts(send(s.url, '--host', 'here'))[:2], (0, 1))
        t.same('called as it is told', [r[0] for r in store.sql('SELECT name FROM host')], ['here'])
        send(s.url, '--host', 'hidden', '--redact')
        t.same('redacted evidence is marked', store.sql("SELECT redacted FROM host WHERE name = 'hidden'"), [(1,)])
    server, url = moody()
    send(url, '--host', 'here')
    first = Moody.bodies[-1]
    digits = base64.urlsafe_b64decode(first.split('=')[0] + '=').hex()
    Moody.answers.append((200, {}, digits + '\n'))
    send(url, '--host', 'here')
    server.shutdown()
    t.ok('its own clock, which may be behind, is not told: the server\'s counts', re.fullmatch('[A-Za-z0-9_-]{43}=here', first) and
         Moody.bodies[-2] == first and set(json.loads(Moody.bodies[-1])) == {'host', 'evidence'}, Moody.bodies)


def bytes_on_the_wire(t):
    """What an unchanged machine costs, without TCP and TLS, counted between the two."""
    with fleet.Store() as store, Server(store) as s:
        path = store.file('a.host', evidence('web-0001'))
        send(s.url, path)
        wire = Wire(s.port)
        done = send(f'http://127.0.0.1:{wire.port}', path)
        t.same('the program counts the same', counts(done)[2:], (wire.up, wire.down))
        t.ok(f'alone: {wire.up} + {wire.down} bytes', wire.up + wire.down < 165)
        t.same('the answer is as short as it can be', wire.down, len('HTTP/1.1 204 No Content\r\n\r\n'))
        t.ok('others have a date', abs(email.utils.parsedate_to_datetime(s.ask('/healthz')[2]['Date']).timestamp() - time.time()) < 60)
        many = [store.file(f'{n}.host', evidence(f'web-{n:04}')) for n in range(200)]
        wire.up = wire.down = 0
        send(f'http://127.0.0.1:{wire.port}', *many)
        t.ok(f'of 200 sent together: {(wire.up + wire.down) / 200:.0f} bytes each', wire.up + wire.down < 200 * 75)


def bytes_with_a_token(t):
    """This machine, as the timer sends it."""
    with fleet.Store() as store, Server(store) as s:
        secret = {'SIDELIGHT_TOKEN': store.fleet('token', 'add', 'web').strip()}
        send(s.url, '--host', 'web-17', env=secret)
        wire = Wire(s.port)
        got = counts(send(f'http://127.0.0.1:{wire.port}', '--host', 'web-17', env=secret))
        t.same('by its fingerprint, and the program counts the same', got, (1, 0, wire.up, wire.down))
        t.ok(f'{wire.up} + {wire.down} bytes', wire.up + wire.down < 200)


def patience(t):
    with fleet.Store() as store:
        path = store.file('a.host', evidence('web-1'))
        server, url = moody((503, {'Retry-After': '1'}, '{"error": "busy"}'), (429, {'Retry-After': '1'}, ''))
        begun = time.monotonic()
        t.same('comes again when it is told', counts(send(url, path))[:2], (1, 0))
        t.ok('not before', time.monotonic() - begun >= 2 and len(Moody.seen) == 3, Moody.seen)
        server.shutdown()
        server, url = moody(*[(503, {}, '{"error": "the store cannot be written"}')] * 9)
        done = send(url, path, '--tries', '2')
        t.ok('gives up, and tells why', done.returncode == 70 and 'the store cannot be written' in done.stderr and len(Moody.seen) == 2, done.stderr)
        server.shutdown()
        server, url = moody((400, {}, '{"error": "line 1 is\\u001b[31m wrong"}'))
        done = send(url, path)
        t.ok('does not ask again for what is wrong', done.returncode == 65 and len(Moody.seen) == 1 and '\x1b' not in done.stderr, done.stderr)
        server.shutdown()
        server, url = moody((200, {}, '<html>a portal of the hotel</html>'))
        done = send(url, path)
        t.ok('no other server is taken for one', done.returncode == 70 and 'does not answer like' in done.stderr, done.stderr)
        server.shutdown()
        server, url = moody((302, {'Location': 'http://127.0.0.1:1/'}, ''))
        t.ok('no redirection is followed', send(url, path).returncode != 0 and len(Moody.seen) == 1)
        server.shutdown()


def a_server_that_comes_late(t):
    with fleet.Store() as store:
        path = store.file('a.host', evidence('web-1'))
        with socket.create_server(('127.0.0.1', 0)) as probe:
            port = probe.getsockname()[1]
        process = subprocess.Popen([fleet.PROGRAM, 'fleet', 'send', '--to', f'http://127.0.0.1:{port}', '--tries', '9', path], stdout=subprocess.PIPE,
                                   env=fleet.CLEAN)
        time.sleep(0.7)
        with Server(store, '--listen', f'127.0.0.1:{port}'):
            process.communicate(timeout=60)
        t.ok('is waited for', process.returncode == 0 and store.sql('SELECT count(*) FROM host') == [(1,)], process.returncode)
        done = send(f'http://127.0.0.1:{port}', path, '--tries', '1')
        t.ok('one that does not come is told', done.returncode == 70 and 'cannot send to' in done.stderr, done.stderr)


def again_and_again(t):
    with fleet.Store() as store, Server(store) as s:
        process = subprocess.Popen([fleet.PROGRAM, 'fleet', 'send', '--to', s.url, '--host', 'here', '--every', '1', '--jitter', '1'], env=fleet.CLEAN,
                                   stdout=subprocess.DEVNULL)
        last = []
        for _ in range(1200):
            last = [r[0] for r in store.sql('SELECT last FROM host WHERE name = ?', 'here')]
            if last:
                break
            time.sleep(0.1)
        for _ in range(1200):
            if last and store.sql("SELECT last FROM host WHERE name = 'here'")[0][0] > last[0]:
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        t.same('ends when it is told', process.wait(timeout=20), 0)
        t.ok('came again', last and store.sql("SELECT last FROM host WHERE name = 'here'")[0][0] > last[0], last)


def who_it_is(t):
    with fleet.Store() as store:
        path = store.file('a.host', evidence('web-1'))
        secret = store.fleet('token', 'add', 'web')
        with Server(store) as s:
            done = send(s.url, path)
            t.ok('without a token', done.returncode == 65 and 'a token is needed' in done.stderr, done.stderr)
            t.same('from a file', counts(send(s.url, '--token-file', store.file('token', secret), path))[:2], (0, 1))
            t.same('from the environment', counts(send(s.url, path, env={'SIDELIGHT_TOKEN': secret.strip()}))[:2], (1, 0))
            t.same('a file that holds no token', send(s.url, '--token-file', store.file('two', 'one two'), path).returncode, 65)
        t.same('no server is given', subprocess.run([fleet.PROGRAM, 'fleet', 'send', path], capture_output=True, env=fleet.CLEAN, check=False).returncode, 64)
        t.same('no address', send('ftp://127.0.0.1/', path).returncode, 64)
        folder = store.folder.name
        if not authority(folder):
            print('# no openssl here')
            return
        name = lambda n: os.path.join(folder, n)
        store.fleet('token', 'add', 'web-17', '--by-certificate')
        with Server(store, '--key', name('server.key'), '--certificate', name('server.pem'), '--client-ca', name('ca.pem'), context=client_context(folder)) as s:
            url = s.url.replace('127.0.0.1', 'localhost')
            own = ['--certificate', name('web-17.pem'), '--key', name('web-17.key')]
            t.same('by a certificate', counts(send(url, '--ca', name('ca.pem'), *own, path))[:2], (1, 0))
            done = send(url, '--tries', '1', *own, path)
            t.ok('a server that nobody vouches for is not told', done.returncode == 70 and 'certificate' in done.stderr, done.stderr)


def main():
    t = fleet.Tap()
    for check in (evidence_once, this_machine, ident, bytes_on_the_wire, bytes_with_a_token, patience, a_server_that_comes_late, again_and_again, who_it_is):
        print('#', check.__name__.replace('_', ' '))
        check(t)
    t.end()


main()
