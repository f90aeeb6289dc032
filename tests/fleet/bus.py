"""Nodes of NATS JetStream of a test's own, on loopback, with their files in a temporary folder; and just enough of a client."""
import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

IDLE_TIMES = 50  # 0.2 s each


def ports(count):
    """So many that nobody listens on now."""
    sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(count)]
    free = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return free


class Client:
    """One connection that asks, and waits for the answer."""

    def __init__(self, port):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=5)
        self.file = self.socket.makefile('rb')
        self.inbox = f'_INBOX.{os.getpid()}.{id(self)}'
        self.file.readline()
        self.send(b'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB ' + self.inbox.encode() + b' 1\r\n')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def ask(self, subject, payload=b''):
        """(headers, payload, reply) of the answer."""
        self.publish(subject, payload, self.inbox)
        while True:
            words = self.file.readline().split()
            if not words:
                raise ConnectionError
            if words[0] == b'PING':
                self.send(b'PONG\r\n')
            elif words[0] in (b'MSG', b'HMSG'):
                text = self.file.read(int(words[-1]) + 2)[:-2]
                head = int(words[-2]) if words[0] == b'HMSG' else 0
                return text[:head], text[head:], words[3].decode() if len(words) > (5 if head else 4) else ''

    def publish(self, subject, payload, reply=''):
        self.send(f'PUB {subject} {reply} {len(payload)}\r\n'.encode() + payload + b'\r\n')

    def json(self, subject, payload=b''):
        return json.loads(self.ask(subject, payload)[1] or b'{}')


class Bus:
    def __init__(self, nodes=3, folders=None):
        self.folder = tempfile.mkdtemp(prefix='sidelight-bus-')
        self.processes = [None] * nodes
        self.folders = folders or [os.path.join(self.folder, f'files{i}') for i in range(nodes)]
        atexit.register(self.end)
        for _ in range(5):  # another program may have taken a port meanwhile
            free = ports(2 * nodes)
            self.ports, self.routes = free[:nodes], free[nodes:]
            for i in range(nodes):
                self.start(i)
            if all([self.listens(i) for i in range(nodes)]):
                break
            for i in range(nodes):
                self.kill(i)
        else:
            raise TimeoutError('no node of the bus comes up')
        self.address = ','.join(f'nats://127.0.0.1:{p}' for p in self.ports)

    def start(self, i):
        path = os.path.join(self.folder, f'node{i}.conf')
        routes = ', '.join(f'"nats://127.0.0.1:{r}"' for r in self.routes)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(f'server_name: node{i}\nlisten: "127.0.0.1:{self.ports[i]}"\njetstream {{ store_dir: "{self.folders[i]}" }}\n')
            if len(self.ports) > 1:
                f.write(f'cluster {{ name: test, listen: "127.0.0.1:{self.routes[i]}", routes: [ {routes} ] }}\n')
        with open(os.path.join(self.folder, f'log{i}'), 'ab') as log:
            self.processes[i] = subprocess.Popen(['nats-server', '-c', path], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                                 env={'PATH': '/usr/sbin:/usr/bin:/usr/local/bin'})

    def listens(self, i):
        """Waits until a node does; False when it ended, or does not for a minute."""
        until = time.monotonic() + 60
        while time.monotonic() < until and self.processes[i].poll() is None:
            try:
                Client(self.ports[i]).socket.close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def kill(self, i):
        self.processes[i].send_signal(signal.SIGKILL)
        self.processes[i].wait()

    def end(self):
        for p in self.processes:
            if p.poll() is None:
                p.terminate()
        for p in self.processes:
            try:
                p.wait(10)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def client(self):
        for port in self.ports:
            try:
                return Client(port)
            except OSError:
                continue
        raise ConnectionError

    def info(self):
        """What the stream says of itself; waits for a leader."""
        for _ in range(100):
            try:
                with self.client() as c:
                    answer = c.json('$JS.API.STREAM.INFO.SIDELIGHT')
                    if 'state' in answer:
                        return answer
            except (OSError, ValueError):
                pass
            time.sleep(0.2)
        raise TimeoutError('the stream has no leader')

    def leader(self):
        return int(self.info()['cluster']['leader'].removeprefix('node'))

    def wait_until_current(self):
        """Until all nodes have all of the stream."""
        until = time.monotonic() + 300
        while time.monotonic() < until:
            try:
                if all(r['current'] for r in self.info()['cluster']['replicas']):
                    return
            except KeyError:
                pass
            time.sleep(0.2)
        raise TimeoutError('a node of the bus does not catch up')

    def waiting(self):
        return self.info()['state']['messages']

    def at_work(self):
        """What the workers' consumer has not given out, or not heard of again; None: it has no leader now."""
        try:
            with self.client() as c:
                answer = c.json('$JS.API.CONSUMER.INFO.SIDELIGHT.workers')
            return answer['num_pending'] + answer['num_ack_pending']
        except (OSError, ValueError, KeyError):
            return None

    def wait_until_empty(self, seconds):
        """Until nothing is on the bus; or until workers have taken all of it and were heard, for a while: a leader that dies can leave
        messages lying that are done with (nats-server 2.9)."""
        until, idle = time.monotonic() + seconds, 0
        while self.waiting() > 0 and idle < IDLE_TIMES:
            if time.monotonic() > until:
                raise TimeoutError(f'{self.waiting()} messages are still on the bus, {self.at_work()} of them with workers or to come to them')
            idle = idle + 1 if self.at_work() == 0 else 0
            time.sleep(0.2)
        if idle:
            print(f'# {self.waiting()} messages, which workers are done with, still lie on the bus')
