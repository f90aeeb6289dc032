#!/usr/bin/env python3
"""A whole fleet on loopback, to look at: three NATS nodes, PostgreSQL, two workers, a server with its page, and the recorded machines as its machines.
Usage: demo.py SIDELIGHT [--alone] [--try] [--port N]. --alone: a file as the store, and no bus. --try: end once the page shows all of them."""
import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

options = argparse.ArgumentParser()
options.add_argument('program', type=os.path.abspath)
options.add_argument('--alone', action='store_true')
options.add_argument('--try', dest='end', action='store_true')
options.add_argument('--port', default='8484')
options = options.parse_args()
sys.argv[2:] = []  # what follows reads them, too

# pylint: disable=wrong-import-position
import bus as nats
import fleet
import pg
from web import ndjson


def say(text):
    print(text, flush=True)


class Demo:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix='sidelight-fleet-')
        self.processes = []
        if options.alone:
            self.store, self.bus = os.path.join(self.folder.name, 'fleet.db'), []
            return
        say('starting PostgreSQL and three NATS nodes')
        self.database, self.nodes = pg.Server(durable=True), nats.Bus(nodes=3)
        self.store, self.bus = self.database.address(), ['--bus', self.nodes.address]

    def start(self, *words, **more):
        process = subprocess.Popen([options.program, 'fleet', *words], env=fleet.CLEAN, **more)
        self.processes.append(process)
        return process

    def serve(self):
        server = self.start('serve', '--store', self.store, *self.bus, '--listen', f'127.0.0.1:{options.port}', '--rate', '0', stdout=subprocess.PIPE, text=True)
        line = server.stdout.readline()
        if not line.startswith('listening on '):
            sys.exit(server.wait() or 70)
        for _ in range(2 if self.bus else 0):
            self.start('work', '--store', self.store, *self.bus)
        return line.split()[-1]

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(60)
        self.folder.cleanup()


def name_of(path):
    return os.path.relpath(path, fleet.MACHINES).removesuffix('.host').replace('/', '-')


def feed(url):
    """Each recorded machine, five times, as five machines of one kind."""
    objects = []
    for path in fleet.machines():
        with open(path, encoding='utf-8') as f:
            text = f.read()
        objects += [{'host': f'{name_of(path)}-{n}', 'evidence': text} for n in range(5)]
    for at in range(0, len(objects), 50):
        request = urllib.request.Request(url + 'v1/evidence', ndjson(*objects[at:at + 50]).encode(), {'Content-Type': 'application/x-ndjson'})
        with urllib.request.urlopen(request, timeout=120) as answer:
            answer.read()
    return len(objects)


def wait_for(url, count):
    for _ in range(600):
        with urllib.request.urlopen(url, timeout=60) as answer:
            page = answer.read().decode()
        if f' of {count:,} machines are open' in page:
            return
        time.sleep(0.2)
    raise TimeoutError(f'the page does not show {count} machines')


def main():
    demo = Demo()
    try:
        url = demo.serve()
        say(f'feeding {len(fleet.machines())} recorded machines, five times each')
        count = feed(url)
        wait_for(url, count)
        say(f'{count:,} machines: {url}')
        if not options.end:
            say('Ctrl-C ends all of it')
            signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        demo.end()


signal.signal(signal.SIGTERM, signal.default_int_handler)
main()
