#!/usr/bin/env python3
"""What goes out of the server by itself: a program that is told what became worse, alert rules, the dashboard; and the units that start all of it.
Usage: test_alerts.py SIDELIGHT"""
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
import time

import fleet
from web import Server, evidence, ndjson

PACKAGING = os.path.join(fleet.ROOT, 'packaging')


def wait_for(path, lines, seconds=120):
    for _ in range(seconds * 10):
        if os.path.exists(path):
            with open(path, encoding='utf-8') as f:
                text = f.read()
            if text.count('\n') >= lines:
                return text
        time.sleep(0.1)
    return open(path, encoding='utf-8').read() if os.path.exists(path) else ''


def script(store, name, text):
    path = store.file(name, '#!/bin/sh\n' + text)
    os.chmod(path, 0o755)
    return path


def report(s, name, when, sentence, number=0):
    s.json('/v1/evidence', ndjson({'host': name, 'time': when, 'evidence': evidence(name, number, sentence)}), kind='application/x-ndjson')


def on_change(t):
    with fleet.Store() as store:
        told = os.path.join(store.folder.name, 'told')
        program = script(store, 'alert', f'test $# = 0 || echo arguments >> {told}\ncat >> {told}\n')
        with Server(store, '--on-change', program) as s:
            report(s, 'web-1', 1780000000, 'Mitigation: PTI')
            report(s, 'web-2; rm -rf /', 1780000000, 'Mitigation: PTI')
            time.sleep(2.5)
            t.ok('new machines are no alert', not os.path.exists(told))
            report(s, 'web-1', 1790000000, 'Vulnerable')
            alert = json.loads(wait_for(told, 1) or '{}')
            worse = {w['flaw']: (w['before'], w['after'], w['hosts'], w['example']) for w in alert.get('worse', [])}
            t.same('what became worse is told', worse.get('meltdown'), ('mitigated', 'vulnerable', 1, 'web-1'))
            t.ok('whose, and why', alert.get('tenant') == 'default' and all(w['reason'] for w in alert['worse']), alert)
            report(s, 'web-1', 1790000100, 'Mitigation: PTI')
            time.sleep(2.5)
            t.same('what became better is no alert', open(told, encoding='utf-8').read().count('\n'), 1)
            report(s, 'web-2; rm -rf /', 1790000000, 'Vulnerable')
            got = wait_for(told, 2).splitlines()
            t.ok('a name is no command', len(got) == 2 and json.loads(got[1])['worse'][0]['example'] == 'web-2; rm -rf /', got)
        t.same('and nothing was said', s.log, '')
        with Server(store, '--on-change', '/no/such/program') as s:
            before = store.sql('SELECT sum(requests) FROM sent')[0][0]
            report(s, 'web-1', 1790000200, 'Vulnerable')
            for _ in range(1200):  # counts are written, and then programs started
                if store.sql('SELECT sum(requests) FROM sent')[0][0] > before:
                    break
                time.sleep(0.1)
            t.same('a program that is not there hinders nobody', s.ask('/healthz')[0], 200)
        t.ok('and is told in the log', "cannot run '/no/such/program'" in s.log, s.log)
        slow = script(store, 'slow', f'cat >> {told}.slow; sleep 3\n')
        with Server(store, '--on-change', slow) as s:
            for n in range(4):
                report(s, 'web-1', 1790001000 + n, 'Vulnerable' if n % 2 else 'Mitigation: PTI')
            t.same('a slow one hinders nobody', s.ask('/healthz')[0], 200)
            t.same('and is told all of it', wait_for(told + '.slow', 2).count('\n'), 2)


class Hook(http.server.BaseHTTPRequestHandler):
    """A chat's webhook."""
    got, status = [], 200

    def do_POST(self):  # pylint: disable=invalid-name
        Hook.got.append((self.headers['Content-Type'], self.rfile.read(int(self.headers['Content-Length'])).decode()))
        self.send_response(Hook.status)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


def webhook(t):
    """The script of docs/fleet.md, as it stands there."""
    if not (shutil.which('jq') and shutil.which('curl')):
        print('# no jq, or no curl')
        return
    with open(os.path.join(fleet.ROOT, 'docs', 'fleet.md'), encoding='utf-8') as f:
        blocks = dict(re.findall(r'```(sh|json)\n(.*?)```', f.read(), re.S))
    hook = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    with fleet.Store() as store:
        untold = os.path.join(store.folder.name, 'untold')
        settings = store.file('settings', f'export WEBHOOK=http://127.0.0.1:{hook.server_port}/x UNTOLD={untold}\n')
        program = script(store, 'hook', f'. {settings}\n' + blocks['sh'])
        with Server(store, '--on-change', program) as s:
            report(s, 'web-1', 1780000000, 'Mitigation: PTI')
            report(s, 'web-1', 1790000000, 'Vulnerable')
            for _ in range(600):
                if Hook.got:
                    break
                time.sleep(0.1)
            kind, body = Hook.got[0] if Hook.got else ('', '{}')
            t.ok('a webhook gets it as JSON', kind == 'application/json' and 'meltdown: mitigated → vulnerable on 1, such as web-1: ' in
                 json.loads(body).get('text', ''), Hook.got)
            Hook.status = 403
            report(s, 'web-1', 1790000100, 'Mitigation: PTI')
            report(s, 'web-1', 1790000200, 'Vulnerable')
            alert = json.loads(wait_for(untold, 1) or '{}')
            shown = json.loads(blocks['json'])
            t.ok('what it refuses is kept', alert.get('worse', [{}])[0].get('example') == 'web-1' and alert['time'] > 1790000000, alert)
            t.same('the alert shown in the manual has the members of this one', (sorted(shown), sorted(shown['worse'][0])), (sorted(alert), sorted(alert['worse'][0])))
            mine = next(w for w in alert['worse'] if w['flaw'] == 'meltdown')
            t.same('and says the same of that flaw', shown['worse'][0], mine)
    hook.shutdown()


def alert_of_import(t):
    with fleet.Store() as store:
        told = os.path.join(store.folder.name, 'told')
        program = script(store, 'alert', f'cat >> {told}\n')
        for number, (sentence, lines) in enumerate((('Mitigation: PTI', 0), ('Vulnerable', 1), ('Mitigation: PTI', 1))):
            path = store.file('web-1.host', evidence('web-1', 0, sentence).replace('2026-11-20T10', f'2026-11-2{number}T10'))
            store.fleet('import', '--on-change', program, path)
            t.same(f'import: {sentence}', wait_for(told, lines, 120 if lines else 2).count('\n'), lines)
        worse = {w['flaw']: (w['before'], w['after']) for w in json.loads(wait_for(told, 1))['worse']}
        t.same('what became worse is told', worse, {'meltdown': ('mitigated', 'vulnerable')})
        path = store.file('web-1.host', evidence('web-1', 0, 'Vulnerable').replace('2026-11-20T10', '2026-11-25T10'))
        done = store.run('import', '--on-change', '/no/such/program', path)
        t.ok('a program that is not there is told, and all is in the store', done.returncode == 70 and b'all is in the store' in done.stderr and
             store.json('status')['flaws']['meltdown']['vulnerable'] == 1, done.stderr)


def alert_of_newer_data(t):
    """What became worse because all was judged anew is told once, by whoever comes first."""
    with fleet.Store() as store:
        told = os.path.join(store.folder.name, 'told')
        program = script(store, 'alert', f'cat >> {told}\n')
        worse, worst = fleet.changed_data(store, 'partial'), fleet.changed_data(store, 'vulnerable')
        with Server(store, '--on-change', program) as s, Server(store, '--on-change', program) as other:
            report(s, 'web-1', 1780000000, 'Mitigation: PTI')
            report(s, 'web-2', 1780000000, 'Mitigation: PTI')
            time.sleep(2.5)  # both have seen by what all is judged
            store.fleet('rejudge', '--data', worse)
            alert = json.loads(wait_for(told, 1) or '{}')
            t.same('rejudge by another program is told', [(w['flaw'], w['before'], w['after'], w['hosts'], w['example']) for w in alert.get('worse', [])],
                   [('meltdown', 'mitigated', 'partial', 2, 'web-1')])
            t.ok('by which data', alert.get('rules', '').startswith('data ') and alert['tenant'] == 'default', alert)
            time.sleep(2.5)
            t.same('by one of two servers', open(told, encoding='utf-8').read().count('\n'), 1)
            known = store.sql('SELECT hex FROM fingerprint')[0][0]
            store.sql_write('UPDATE fingerprint SET body = substr(body, 1, 40)')
            store.fleet('rejudge')
            time.sleep(2.5)
            t.same('evidence that was damaged is asked for again', s.ask('/v1/seen', f'{known} - - web-1\n')[:2], (200, known + '\n'))
            report(s, 'web-1', 1790000000, 'Mitigation: PTI')
            t.same('and is judged', [s.json('/v1/status')[k] for k in ('damaged', 'not_judged', 'fingerprints')], [0, 0, 1])
        t.same('nothing was said', s.log + other.log, '')
        store.fleet('rejudge', '--data', worst, '--on-change', program)
        t.same('rejudge tells it itself', [w['after'] for w in json.loads(wait_for(told, 2).splitlines()[1])['worse']], ['vulnerable'])
        store.fleet('rejudge', '--on-change', program)
        store.fleet('rejudge', '--data', worst)
        store.fleet('rejudge', '--data', worst, '--on-change', program)
        t.same('what was better in between, and once', wait_for(told, 3).count('\n'), 3)
        with Server(store, '--on-change', program):
            time.sleep(1.5)
        t.same('and not again', wait_for(told, 3).count('\n'), 3)


def rules(t):
    if not shutil.which('promtool'):
        print('# no promtool here')
        return
    folder = os.path.join(PACKAGING, 'prometheus')
    for what, file in (('check', 'sidelight-fleet.rules.yml'), ('test', 'sidelight-fleet.test.yml')):
        done = subprocess.run(['promtool', what, 'rules', *(['--lint-fatal'] if what == 'check' else []), os.path.join(folder, file)], capture_output=True,
                              text=True, check=False)
        t.ok(f'promtool {what} rules', done.returncode == 0, done.stdout + done.stderr)


def metrics_are_there(t):
    with fleet.Store() as store:
        store.fleet('import', *fleet.machines()[:3])
        with Server(store) as s:
            written = set(re.findall(r'^# TYPE (\S+) ', s.ask('/metrics')[1], re.M))
    for file in ('prometheus/sidelight-fleet.rules.yml', 'grafana/sidelight-fleet.json'):
        with open(os.path.join(PACKAGING, file), encoding='utf-8') as f:
            asked = set(re.findall(r'\bsidelight_fleet_[a-z_]+', f.read()))
        t.ok(f'{file} asks for metrics that are written', asked and asked <= written, asked - written)


def dashboard(t):
    with open(os.path.join(PACKAGING, 'grafana/sidelight-fleet.json'), encoding='utf-8') as f:
        board = json.load(f)
    boxes = [tuple(p['gridPos'][k] for k in 'xywh') for p in board['panels']]
    cells = [(x + i, y + j) for x, y, w, h in boxes for i in range(w) for j in range(h)]
    t.ok('panels do not lie on each other', len(cells) == len(set(cells)) and max(x for x, _ in cells) < 24)
    t.ok('and each asks for something', all(p['targets'] and all(q['expr'] for q in p['targets']) for p in board['panels']))


def units(t):
    folder = os.path.join(PACKAGING, 'systemd')
    with fleet.Store() as store:
        for name in sorted(os.listdir(folder)):
            if not name.startswith('sidelight-'):
                continue
            with open(os.path.join(folder, name), encoding='utf-8') as f:
                text = f.read()
            store.file(name.removesuffix('.in'), text.replace('@bindir@/sidelight', fleet.PROGRAM).replace('Documentation=man:sidelight-fleet(1)\n', ''))
            words = re.search(r'ExecStart=\S+ fleet (\w+)', text)
            options = re.findall(r' --([a-z-]+)', text.split('ExecStart=')[1].splitlines()[0]) if words else []
            told = subprocess.run([fleet.PROGRAM, 'fleet', '--help'], capture_output=True, text=True, env=fleet.CLEAN, check=False).stdout
            t.ok(f'{name}: its options are there', all(f'--{o}' in told for o in options), options)
        if not shutil.which('systemd-analyze'):
            print('# no systemd-analyze here')
            return
        names = [n for n in os.listdir(store.folder.name) if n.startswith('sidelight-')]
        done = subprocess.run(['systemd-analyze', 'verify', '--man=no', *sorted(names)], capture_output=True, text=True, cwd=store.folder.name, check=False)
        ours = [line for line in done.stderr.splitlines() if 'sidelight' in line]
        t.ok('systemd takes them', not ours, *ours)


def main():
    t = fleet.Tap()
    for check in (on_change, webhook, alert_of_import, alert_of_newer_data, rules, metrics_are_there, dashboard, units):
        print('#', check.__name__.replace('_', ' '))
        check(t)
    t.end()


main()
