#!/usr/bin/env python3
"""The web server against clients that are slow, huge, many, malformed or gone. Usage: test_http_server.py FAKE_SERVER"""
import contextlib
import http.client
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM = sys.argv[1]


@contextlib.contextmanager
def server(threads=2, queue=100, body=4096, seconds=20, rate=0):
    with tempfile.TemporaryFile('w+', encoding='utf-8') as log:
        process = subprocess.Popen([PROGRAM] + [str(n) for n in (threads, queue, body, seconds, rate)], stdout=subprocess.PIPE, stderr=log, text=True)
        process.log = log
        try:
            yield int(process.stdout.readline()), process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(timeout=30)
            process.stdout.close()


def ask(port, method='GET', path='/', body=None, headers=None, timeout=120):
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=timeout)
    try:
        c.request(method, path, body, headers or {})
        answer = c.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        c.close()


def ask_when_there_is_room(port, method='GET', path='/'):
    """Connections that were left are closed one after the other; until then their client may have as many as one may have."""
    until = time.monotonic() + 120
    while True:
        try:
            return ask(port, method, path)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def raw(port, data, timeout=20):
    """What comes back for these bytes, until the other side closes."""
    with socket.create_connection(('127.0.0.1', port), timeout=timeout) as s:
        s.sendall(data)
        got = b''
        with contextlib.suppress(ConnectionResetError):
            while part := s.recv(65536):
                got += part
        return got


def counts(port):
    words = 'requests refused limited busy too_long slow stored commits failed waiting'.split()
    return dict(zip(words, map(int, ask_when_there_is_room(port, path='/counts')[1].split())))


def wait_until(good, what):
    until = time.monotonic() + 120
    while not good():
        assert time.monotonic() < until, what
        time.sleep(0.01)


def posts(port, path, count, got):
    threads = [threading.Thread(target=lambda: got.append(ask(port, 'POST', path, b'1'))) for _ in range(count)]
    for t in threads:
        t.start()
    return threads


def answers_and_its_headers():
    with server() as (port, _):
        status, text, headers = ask(port, path='/a?q=b%20c')
        assert (status, text) == (200, b'/a b c'), (status, text)
        want = {'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'X-Frame-Options': 'DENY', 'Referrer-Policy': 'no-referrer'}
        assert all(headers[k] == v for k, v in want.items()), headers.items()
        assert "default-src 'none'" in headers['Content-Security-Policy']
        assert ask(port, 'HEAD', '/a')[:2] == (200, b'')
        status, _, headers = ask(port, 'DELETE', '/a')
        assert (status, headers['Allow']) == (405, 'GET, HEAD, POST')


def stores_before_it_answers():
    with server() as (port, _):
        assert ask(port, 'POST', '/x', b'12345')[:2] == (202, b'5 bytes\n')
        assert counts(port)['stored'] == 1
        status, text, headers = ask(port, 'POST', '/fails', b'1')
        assert status == 503 and headers['Retry-After'] == '2' and b'nothing of this request was kept' in text, (status, text)
        assert counts(port)['failed'] == 1 and counts(port)['stored'] == 1


def many_share_a_transaction():
    with server(threads=2) as (port, _):
        got = []
        threads = posts(port, '/hold', 1, got)
        wait_until(lambda: counts(port)['waiting'] == 1, 'the first is being written')
        threads += posts(port, '/x', 40, got)
        wait_until(lambda: counts(port)['waiting'] == 41, 'all wait')
        ask(port, path='/release')
        for t in threads:
            t.join()
        after = counts(port)
        assert [g[0] for g in got] == [202] * 41 and after['stored'] == 41 and after['commits'] == 2, after


def full_queue_says_when_to_come_again():
    with server(queue=3) as (port, _):
        got = []
        threads = posts(port, '/hold', 1, got)
        wait_until(lambda: counts(port)['waiting'] == 1, 'the first is being written')
        threads += posts(port, '/x', 12, got)
        wait_until(lambda: len(got) == 10, 'those for whom there is no room hear so')
        ask(port, path='/release')
        for t in threads:
            t.join()
        busy = [g for g in got if g[0] == 503]
        assert len(busy) == 10 and all(g[2]['Retry-After'] == '1' for g in busy), [g[0] for g in got]
        after = counts(port)
        assert after['busy'] == 10 and after['stored'] == 3, after


def long_bodies():
    with server(body=1000) as (port, _):
        assert ask(port, 'POST', '/x', b'x' * 1000)[0] == 202
        assert b' 413 ' in raw(port, b'POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n', 5).split(b'\r\n')[0]
        pieces = b''.join(b'%x\r\n' % 500 + b'y' * 500 + b'\r\n' for _ in range(3)) + b'0\r\n\r\n'
        head = b'POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n'
        assert b' 413 ' in raw(port, head + pieces).split(b'\r\n')[0]
        endless = (b'%x\r\n' % 500 + b'y' * 500 + b'\r\n') * 100
        with contextlib.suppress(ConnectionError):
            assert b' 202 ' not in raw(port, head + endless)
        assert ask(port, 'POST', '/x', b'x')[0] == 202 and counts(port)['too_long'] >= 2


def nearly_sent(port):
    """A request of which the last byte is not sent yet."""
    s = socket.create_connection(('127.0.0.1', port), timeout=20)
    s.sendall(b'POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n' + b'x' * 9999)
    return s


def bodies_of_many_at_once():
    """Ten bodies of full length are what there is room for; more hear that they should come again."""
    with server(body=10000) as (port, _):
        half = [nearly_sent(port) for _ in range(10)]
        last = []

        def refused():
            """What is asked meanwhile takes room, too: whoever is refused for that comes again."""
            last.append(ask(port, 'POST', '/x', b'x' * 1000))
            for s in select.select(half, [], [], 0)[0]:
                s.close()
                half[half.index(s)] = nearly_sent(port)
            return last[-1][0] != 202

        wait_until(refused, 'there is no room')
        assert (last[-1][0], last[-1][2]['Retry-After']) == (503, '1'), last[-1]
        for s in half:
            s.sendall(b'x')
            assert b' 202 ' in s.recv(4096).split(b'\r\n')[0]
            s.close()
        assert ask(port, 'POST', '/x', b'x' * 10000)[0] == 202


def long_headers():
    with server() as (port, _):
        got = raw(port, b'GET / HTTP/1.1\r\nHost: localhost\r\n' + b'X-Long: ' + b'a' * 100000 + b'\r\n\r\n')
        assert b' 200 ' not in got.split(b'\r\n')[0], got[:80]
        got = raw(port, b'GET /' + b'a' * 100000 + b' HTTP/1.1\r\nHost: localhost\r\n\r\n')
        assert b' 200 ' not in got.split(b'\r\n')[0], got[:80]
        assert ask(port)[0] == 200


def malformed_requests():
    with server(seconds=3) as (port, _):
        for text in (b'\x00\x01\x02\xff' * 20 + b'\r\n\r\n', b'GET\r\n\r\n', b'GET / HTTP/9.9\r\n\r\n', b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + b'\r\n\r\n',
                     b'POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\nConnection: close\r\n\r\n',
                     b'POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n'):
            with socket.create_connection(('127.0.0.1', port), timeout=20) as s:
                s.sendall(text)
                s.shutdown(socket.SHUT_WR)
                with contextlib.suppress(ConnectionResetError):
                    assert b' 200 ' not in s.recv(4096).split(b'\r\n')[0], text
        for bad in ('/a?q=%zz', '/a?q=%ff', '/a?q=%00', '/a?q=%0d%0aSet-Cookie:%20x', '/a?q=%1b%5b31m'):
            assert ask(port, path=bad)[0] == 400, bad
        assert ask(port)[0] == 200


SOUND = b'POST /x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sesame\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: close\r\n\r\n12345'


def send_and_leave(port, data):
    """Whether the server sees at once that nothing follows hangs on how the bytes arrive: nobody waits for that."""
    with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), timeout=60) as s:
        s.sendall(data)


def requests_cut_at_every_byte():
    with server() as (port, process):
        assert b' 202 ' in raw(port, SOUND)
        for n in range(len(SOUND)):
            send_and_leave(port, SOUND[:n])
        assert ask_when_there_is_room(port)[0] == 200
        assert process.poll() is None and counts(port)['stored'] == 1, counts(port)


def requests_changed_by_chance():
    """Bytes changed, doubled, taken out, and headers that nobody expects: the server lives."""
    chance = random.Random(12)
    odd = [b'Content-Length: 5\r\nContent-Length: 6\r\n', b'Transfer-Encoding: chunked\r\n', b'Transfer-Encoding: chunked, gzip\r\n', b'Host: a\r\nHost: b\r\n', b': x\r\n', b' x: y\r\n',
           b'Content-Length: 0x5\r\n', b'Content-Length: +5\r\n', b'Content-Length: 18446744073709551617\r\n', b'Authorization: Basic ====\r\n', b'X\x00Y: z\r\n', b'X: \xff\xfe\r\n',
           b'Expect: 100-continue\r\n', b'Upgrade: h2c\r\n', b'Range: bytes=0-1\r\n', b'Cookie: ' + b'a=b; ' * 900 + b'\r\n', b'X: a\r\n b\r\n']
    with server() as (port, process):
        for _ in range(400):
            data = bytearray(SOUND)
            for _ in range(chance.randint(1, 4)):
                at = chance.randrange(len(data))
                kind = chance.randrange(5)
                if kind == 0:
                    data[at] = chance.randrange(256)
                elif kind == 1:
                    del data[at:at + chance.randint(1, 8)]
                elif kind == 2:
                    data[at:at] = data[max(0, at - 9):at]
                elif kind == 3:
                    data[at:at] = chance.choice(odd)
                else:
                    line = data.find(b'\r\n') + 2
                    data[line:line] = chance.choice(odd)
            send_and_leave(port, bytes(data))
        assert process.poll() is None and ask_when_there_is_room(port)[0] == 200


def a_library_that_gives_up_is_told():
    """libmicrohttpd ends the program when the system refuses what it never refuses: with a reason and an exit code, and without a core."""
    with server() as (port, process):
        ask(port, path='/break')
        while process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                ask(port, 'POST', '/x', b'1')
        assert process.returncode == 70, process.returncode
        process.log.seek(0)
        told = process.log.read()
        assert 'sidelight: the web server has to end: ' in told, told


def slow_clients_are_closed():
    """A byte now and then keeps the library's own time limit away; ours counts from the first byte."""
    with server(seconds=2) as (port, _):
        slow = [socket.create_connection(('127.0.0.1', port), timeout=20) for _ in range(20)]
        body = socket.create_connection(('127.0.0.1', port), timeout=20)
        body.sendall(b'POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n')
        begun, closed = time.monotonic(), set()

        def answers():  # on a machine that is busy for seconds this client is itself a slow one, and asks again
            with contextlib.suppress(OSError, http.client.HTTPException):
                return ask(port)[0] == 200

        def counted():
            with contextlib.suppress(OSError, http.client.HTTPException):
                return counts(port)['slow']
            return 0
        while time.monotonic() - begun < 100 and len(closed) < 21:
            for i, s in enumerate(slow + [body]):
                if i in closed:
                    continue
                try:
                    s.sendall(b'G' if i < 20 else b'x')
                    s.settimeout(0.001)
                    if s.recv(100) == b'':
                        closed.add(i)
                except TimeoutError:
                    pass
                except OSError:
                    closed.add(i)
            wait_until(answers, 'others are answered')
            time.sleep(0.2)
        assert len(closed) == 21, len(closed)
        wait_until(lambda: counted() >= 21, 'they are counted')


def connections_of_one_client():
    with server() as (port, _):
        many = []
        with contextlib.suppress(OSError):
            for _ in range(150):
                many.append(socket.create_connection(('127.0.0.1', port), timeout=1))
        time.sleep(0.3)
        alive = 0
        for s in many:
            with contextlib.suppress(OSError):
                s.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
        time.sleep(0.5)
        for s in many:
            with contextlib.suppress(OSError):
                s.settimeout(0.2)
                alive += b' 200 ' in s.recv(4096)
        for s in many:
            s.close()
        assert 0 < alive <= 100, alive

        def takes_one():
            with contextlib.suppress(OSError, http.client.HTTPException):
                return ask(port)[0] == 200
        wait_until(takes_one, 'there is room again')


def requests_a_second():
    with server(rate=1) as (port, _):
        begun, got = time.monotonic(), []
        while len(got) < 20 or all(g[0] == 200 for g in got):
            got.append(ask(port))
        passed = time.monotonic() - begun
        limited = [g for g in got if g[0] == 429]
        assert len(got) - len(limited) <= 2 + passed + 1 and len(got) - len(limited) >= 2, ([g[0] for g in got], passed)
        assert all(int(g[2]['Retry-After']) >= 1 for g in limited)
        time.sleep(int(limited[-1][2]['Retry-After']))
        assert ask(port)[0] == 200


def other_sites_cannot_ask():
    with server() as (port, _):
        here = f'127.0.0.1:{port}'
        assert ask(port, headers={'Host': 'evil.example'})[0] == 403
        assert ask(port, headers={'Host': f'localhost:{port}'})[0] == 200
        assert ask(port, headers={'Host': '127.0.0.1.evil.example'})[0] == 403
        assert ask(port, 'POST', '/x', b'1', {'Origin': 'https://evil.example'})[0] == 403
        assert ask(port, 'POST', '/x', b'1', {'Origin': 'null'})[0] == 403
        assert ask(port, 'POST', '/x', b'1', {'Sec-Fetch-Site': 'cross-site'})[0] == 403
        assert ask(port, 'POST', '/x', b'1', {'Origin': 'http://' + here, 'Sec-Fetch-Site': 'same-origin'})[0] == 202


def tokens_in_both_forms():
    with server() as (port, _):
        status, _, headers = ask(port, path='/secret')
        assert status == 401 and headers['WWW-Authenticate'].startswith('Basic '), status
        assert ask(port, path='/secret', headers={'Authorization': 'Bearer sesame'})[0] == 200
        assert ask(port, path='/secret', headers={'Authorization': 'Basic bWU6c2VzYW1l'})[0] == 200
        for bad in ('Bearer', 'Bearer sesam', 'Basic c2VzYW1l', 'Basic !!!!', 'sesame', 'Basic ' + 'A' * 5000, 'Bearer sesame x'):
            assert ask(port, path='/secret', headers={'Authorization': bad})[0] == 401, bad


def ends_when_told_and_answers_first():
    with server() as (port, process):
        got = []
        threads = posts(port, '/slow', 4, got)
        wait_until(lambda: sum(counts(port)[k] for k in ('stored', 'waiting')) >= 4, 'all have come in')
        process.send_signal(signal.SIGTERM)
        for t in threads:
            t.join()
        assert process.wait(timeout=60) == 0 and [g[0] for g in got] == [202] * 4, got


def ends_well_while_clients_come():
    """Several threads wait for the same listening socket: when it is taken from them, none may stumble over another."""
    def come(port, ended):
        while not ended.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                ask(port, timeout=5)

    for _ in range(10):
        with server(threads=4) as (port, process):
            ended = threading.Event()
            clients = [threading.Thread(target=come, args=(port, ended)) for _ in range(4)]
            for t in clients:
                t.start()
            wait_until(lambda port=port: counts(port)['requests'] > 20, 'clients are there')
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=60)
            ended.set()
            for t in clients:
                t.join()
            assert code == 0, code


def who_leaves_while_it_waits_harms_nobody():
    with server() as (port, _):
        for _ in range(5):
            s = socket.create_connection(('127.0.0.1', port), timeout=5)
            s.sendall(b'POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx')
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\x01\x00\x00\x00\x00\x00\x00\x00')
            time.sleep(0.02)
            s.close()
        wait_until(lambda: counts(port)['waiting'] == 0, 'all are written')
        assert ask(port, 'POST', '/x', b'1')[0] == 202


def main():
    checks = [answers_and_its_headers, stores_before_it_answers, many_share_a_transaction, full_queue_says_when_to_come_again, long_bodies, bodies_of_many_at_once, long_headers,
              malformed_requests, requests_cut_at_every_byte, requests_changed_by_chance, a_library_that_gives_up_is_told, slow_clients_are_closed, connections_of_one_client, requests_a_second, other_sites_cannot_ask, tokens_in_both_forms,
              ends_when_told_and_answers_first, ends_well_while_clients_come, who_leaves_while_it_waits_harms_nobody]
    print(f'1..{len(checks)}')
    failed = False
    for number, check in enumerate(checks, 1):
        why = ''
        try:
            check()
        except Exception as e:  # pylint: disable=broad-except
            why = f'{type(e).__name__}: {e} (line {e.__traceback__.tb_next.tb_lineno if e.__traceback__.tb_next else 0})'
        print('not ok' if why else 'ok', number, '-', check.__name__.replace('_', ' '))
        if why:
            failed = True
            print('#', why.replace('\n', ' '))
    sys.exit(failed)


main()
