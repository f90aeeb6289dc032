#!/usr/bin/env python3
"""The fleet's server: what comes in is kept once and for good, who may see it, and what hostile clients get.
Usage: test_http_fleet.py SIDELIGHT [postgresql]"""
import base64
import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import ssl
import subprocess
import threading
import time

import fleet
from web import Server, authority, client_context, evidence, ndjson

TABLES = ('fingerprint', 'host', 'sighting', 'kept_aside')


def token(store, name, *arguments):
    return store.fleet('token', 'add', name, *arguments).strip()


def same_as_the_command_line(t):
    with fleet.Store() as store:
        store.fleet('import', *fleet.machines()[:40])
        with Server(store) as s:
            t.same('status is what the command line says', s.json('/v1/status'), store.json('status'))
            t.same('healthz', s.ask('/healthz')[:2], (200, 'ok\n'))
            status, text, _ = s.ask('/metrics')
            t.ok('metrics tell the hosts', status == 200 and 'sidelight_fleet_hosts 40\n' in text, text[:300])
            if shutil.which('promtool'):
                done = subprocess.run(['promtool', 'check', 'metrics'], input=text, capture_output=True, text=True, check=False)
                t.ok('promtool accepts the metrics', done.returncode == 0 and not done.stderr, done.stderr[:1000])
            t.ok('what is not there', [s.ask(p)[0] for p in ('/nothing', '/v1', '/v1/evidence', '/hosts/a/b')] == [404, 404, 405, 404])
        t.ok('ends well, and says nothing', s.code == 0 and s.log == '', s.log)


def evidence_comes_in(t):
    with fleet.Store() as store, Server(store) as s:
        got = s.json('/v1/evidence', evidence('web-1'))
        t.same('one evidence file', got, {'reports': 1, 'kept_aside': 0, 'resources': 0, 'wanted': []})
        before = store.dump(*TABLES)
        t.same('sent again', s.json('/v1/evidence', evidence('web-1')), got)
        t.same('changes nothing', store.dump(*TABLES), before)
        got = s.json('/v1/evidence?name=mail.txt', 'what is this?\n')
        t.same('what cannot be read is kept aside', got['kept_aside'], 1)
        t.same('with its name', store.sql('SELECT name, size FROM kept_aside'), [('mail.txt', 14)])
        t.same('an empty body', s.ask('/v1/evidence', '')[0], 400)
        cpuinfo = 'processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nstepping\t: 4\nflags\t\t: fpu\nbugs\t\t: meltdown\n'
        t.same('another tool\'s text', s.json('/v1/evidence?name=pasted', cpuinfo)['reports'], 1)
        t.same('judged at once', s.json('/v1/status')['not_judged'], 0)


def heartbeats(t):
    with fleet.Store() as store, Server(store) as s:
        s.json('/v1/evidence', evidence('web-1'))
        known = store.sql('SELECT hex FROM fingerprint')[0][0]
        other = 'ab' * 32
        t.same('known', [s.ask('/v1/fingerprints/' + f)[0] for f in (known, other, 'x')], [200, 404, 400])
        t.same('a fingerprint is enough', s.ask('/v1/seen', f'{known} - - web-2\n')[:2], (204, ''))
        t.same('the answer says what is wanted', s.ask('/v1/seen', f'{other} - - web-3\n{known} 1790000000 id-1 web 4\n')[:2], (200, other + '\n'))
        t.same('hosts', [r[0] for r in store.sql('SELECT name FROM host ORDER BY name')], ['web 4', 'web-1', 'web-2'])
        t.same('and ident and time', store.sql("SELECT ident, last FROM host WHERE name = 'web 4'"), [('id-1', 1790000000)])
        short = lambda hexa: base64.urlsafe_b64encode(bytes.fromhex(hexa)).decode().rstrip('=')
        t.same('a fingerprint in fewer characters', s.ask('/v1/seen', f'{short(known)}=web 5\n{short(other)} - - web-6\n{short(known)} 1790000001 id-1 web 4\n')[:2],
               (200, other + '\n'))
        t.same('is the same one', [r[0] for r in store.sql('SELECT name FROM host ORDER BY name')], ['web 4', 'web 5', 'web-1', 'web-2'])
        before = store.dump(*TABLES)
        for bad in (f'{short(known)}=\n', f'{short(known)}x=a\n', f'{short(known)[1:]}=a\n', '*' * 43 + '=a\n', f'{known}=a\n',
                    f'{known} - -\n', f'{known} 0 - x\n', f'{known} -5 - x\n', f'{known.upper()} - - x\n', f'{known[:-1]} - - x\n', 'x\n', '',
                    f'{known} - - a\x1b[31m\n', f'{known} - - {"a" * 300}\n', f'{known} - - good\n{known} - -\n', f'{known} - - a\u202eb\n'):
            status, text, _ = s.ask('/v1/seen', bad)
            t.ok(f'refused: {bad[-40:]!r}', status == 400 and 'error' in json.loads(text), status, text)
        t.same('and nothing of it kept', store.dump(*TABLES), before)
        status, _, _ = s.ask('/v1/seen', f'{known} 99999999999 - ahead\n')
        t.ok('a clock that is ahead is not believed', status == 204 and store.sql("SELECT last FROM host WHERE name = 'ahead'")[0][0] <= time.time() + 5)


def batches(t):
    with fleet.Store() as store, Server(store) as s:
        kind = 'application/x-ndjson'
        got = s.json('/v1/evidence', ndjson({'host': 'a', 'evidence': evidence('elsewhere')}, {'host': 'b', 'evidence': evidence('x', 2), 'time': 1790000000}),
                     kind=kind)
        t.same('evidence, called as the sender says', (got, store.sql('SELECT name FROM host ORDER BY name')),
               ({'reports': 2, 'kept_aside': 0, 'resources': 0, 'wanted': []}, [('a',), ('b',)]))
        known = store.sql('SELECT hex FROM fingerprint ORDER BY id')[0][0]
        got = s.json('/v1/evidence', ndjson({'host': 'c', 'fingerprint': known}, {'host': 'd', 'fingerprint': 'cd' * 32}), kind=kind)
        t.same('fingerprints', got, {'reports': 1, 'kept_aside': 0, 'resources': 0, 'wanted': ['cd' * 32]})
        got = s.json('/v1/evidence', ndjson({'host': 'e', 'evidence': 'no evidence'}), kind=kind)
        t.same('what is no evidence is kept aside', got['kept_aside'], 1)
        for bad in ('{', '[]\n', '{"host": "x"}\n', '{"evidence": "x"}\n', '{"host": "a\\nb", "fingerprint": "%s"}\n' % known, '{"host": 5, "fingerprint": "x"}',
                    '{"host": "x", "fingerprint": "%s", "time": "now"}' % known, '{"host": "x", "fingerprint": "%s", "time": -1}' % known, '[' * 5000):
            t.same(f'refused: {bad[:40]!r}', s.ask('/v1/evidence', bad, kind=kind)[0], 400)


def nothing_acknowledged_is_lost(t):
    """kill -9 while it writes: each report whose answer came is there when it starts again."""
    with fleet.Store() as store:
        acknowledged = set()
        for attempt in range(4):
            with Server(store, '--rate', '0') as s:
                for n in range(60):
                    name = f'web-{attempt}-{n}'
                    if s.json('/v1/evidence', evidence(name, n % 7))['reports'] == 1:
                        acknowledged.add(name)
                s.kill()
        names = [r[0] for r in store.sql('SELECT name FROM host')]
        t.ok('all are there, once', sorted(names) == sorted(acknowledged) and len(names) == 240, len(names))
        t.same('and counted once', store.json('status')['hosts'], 240)


def a_full_disk(t):
    """What cannot be written is told so, to each who waits for it; when there is room again, the server goes on."""
    with fleet.Store() as store:
        acknowledged, refused = set(), 0
        with Server(store, '--rate', '0', file_max=2000000) as s:
            for n in range(400):
                filler = os.urandom(3000).hex()
                status, text, _ = s.ask('/v1/evidence', evidence(f'web-{n}', n) + f'-- file /proc/cmdline\nro quiet x={filler}\n')
                if status == 200:
                    acknowledged.add(f'web-{n}')
                elif status == 503:
                    refused += 1
                    if refused > 5:
                        break
            t.ok('refused, and told', refused > 5 and 'nothing of this request was kept' in text, refused, text)
            t.same('questions are answered', [s.ask('/v1/status')[0], s.ask('/healthz')[0]], [200, 200])
            failed = int(re.search(r'^sidelight_fleet_http_failed_total (\d+)', s.ask('/metrics')[1], re.M).group(1))
            t.ok('the metrics tell', failed > 0, failed)
        with Server(store) as s:
            t.same('with room again', s.ask('/v1/evidence', evidence('after'))[0], 200)
        names = {r[0] for r in store.sql('SELECT name FROM host')}
        t.ok(f'all of {len(acknowledged)} that were acknowledged are there, and no other', len(acknowledged) > 5 and names == acknowledged | {'after'},
             len(acknowledged), len(names))


def replays(t):
    """Who sends an old report of a host again turns nothing back."""
    with fleet.Store() as store, Server(store) as s:
        kind = 'application/x-ndjson'
        s.json('/v1/evidence', ndjson({'host': 'a', 'time': 1780000000, 'evidence': evidence('a', 1)}), kind=kind)
        s.json('/v1/evidence', ndjson({'host': 'a', 'time': 1790000000, 'evidence': evidence('a', 2)}), kind=kind)
        now = store.sql('SELECT fingerprint FROM host')
        s.json('/v1/evidence', ndjson({'host': 'a', 'time': 1780000000, 'evidence': evidence('a', 1)}), kind=kind)
        t.same('the newest counts', store.sql('SELECT fingerprint FROM host'), now)


def changes(t):
    with fleet.Store() as store, Server(store) as s:
        kind, then = 'application/x-ndjson', int(time.time()) - 90000
        for name in ('a', 'b'):
            s.json('/v1/evidence', ndjson({'host': name, 'time': then, 'evidence': evidence(name)}), kind=kind)
        s.json('/v1/evidence', ndjson({'host': 'c', 'time': then, 'evidence': evidence('c', 1, 'Vulnerable')}), kind=kind)
        t.same('nothing yet', s.json('/v1/changes')['worse'], [])
        for name in ('a', 'b'):
            s.json('/v1/evidence', evidence(name, 0, 'Vulnerable').replace('2026-11-20T10:00:00Z', 'now'))
        s.json('/v1/evidence', ndjson({'host': 'c', 'evidence': evidence('c', 1).replace('2026-11-20T10:00:00Z', 'now')}), kind=kind)
        got = s.json('/v1/changes')
        short = lambda key: [(w['flaw'], w['before'], w['after'], w['hosts']) for w in got[key]]
        t.ok('worse', ('meltdown', 'mitigated', 'vulnerable', 2) in short('worse'), got)
        t.ok('better', ('meltdown', 'vulnerable', 'mitigated', 1) in short('better'), got)
        page = s.ask('/changes')[1]
        t.ok('the page says so', 'became worse since' in page and '/hosts/a' in page and 'Became better' in page, page[-3000:])
        t.same('a moment that is none, or to come', [s.ask(f'/v1/changes?since={x}')[0] for x in ('tomorrow', '2099-01-01', '2026-01-01T00:00:00CET')], [400] * 3)


def a_short_day(t):
    with fleet.Store() as store:
        with Server(store) as server:
            server.json('/v1/evidence', ndjson({'host': 'web-1', 'time': 1780000000, 'evidence': evidence('web-1')}), kind='application/x-ndjson')
            t.same('a server tells today as it is', [d['hosts'] for d in server.json('/v1/history')['days']], [1])
        t.same('and has written it when it ends', store.sql("SELECT hosts FROM history WHERE flaw = '' AND status = 'hosts'"), [(1,)])


def tokens(t):
    with fleet.Store() as store:
        store.fleet('import', *fleet.machines()[:3])
        send, read = token(store, 'sender'), token(store, 'reader', '--scope', 'read')
        with Server(store) as s:
            t.ok('a token is 128 bits', re.fullmatch(r'slt_[A-Za-z0-9_-]{22}', send) and send != read, send)
            t.same('none', [s.ask('/v1/status')[0], s.ask('/v1/evidence', evidence('x'))[0], s.ask('/')[0], s.ask('/healthz')[0]], [401, 401, 401, 200])
            t.same('a wrong one', [s.ask('/v1/status', token=w)[0] for w in ('slt_' + 'A' * 22, 'x', read[:-1], read + 'x')], [401] * 4)
            t.same('sender', [s.ask('/v1/status', token=send)[0], s.ask('/v1/evidence', evidence('x'), token=send)[0]], [403, 200])
            t.same('reader', [s.ask('/v1/status', token=read)[0], s.ask('/v1/evidence', evidence('x'), token=read)[0]], [200, 403])
            t.ok('a browser is asked for it', s.ask('/')[2]['WWW-Authenticate'].startswith('Basic '))
            newer = store.fleet('token', 'rotate', 'sender').strip()
            t.same('rotated: both are good', [s.ask('/v1/seen', 'x', token=w)[0] for w in (send, newer)], [400, 400])
            newest = store.fleet('token', 'rotate', 'sender', '--grace', '0').strip()
            time.sleep(1)  # what it promises
            t.same('without grace only the new one', [s.ask('/v1/seen', 'x', token=w)[0] for w in (send, newer, newest)], [401, 401, 400])
            t.same('the reader is believed', s.ask('/v1/status', token=read)[0], 200)
            store.fleet('token', 'revoke', 'reader')
            time.sleep(1)
            t.same('revoked', s.ask('/v1/status', token=read)[0], 401)
            t.ok('a name is there once', store.run('token', 'add', 'sender').returncode == 64)
            t.ok('what is not there is not revoked', store.run('token', 'revoke', 'reader').returncode == 64)
        kept = b''.join(open(store.path + end, 'rb').read() for end in ('', '-wal') if os.path.exists(store.path + end)) or repr(
            store.sql('SELECT * FROM token')).encode()
        t.ok('the store has no secret', kept and not any(w[4:].encode() in kept for w in (send, read, newer, newest)))
        names = [(k['name'], k['scopes']) for k in json.loads(store.fleet('token', 'list', '--format', 'json'))]
        t.same('list', names, [('sender', 'send')])
        log = [r[0] for r in store.sql('SELECT what FROM audit ORDER BY id')]
        t.ok('the audit log has it', [w for w in log if w.startswith('token')] == ['token add', 'token add', 'token rotate', 'token rotate', 'token revoke'], log)


def a_token_made_while_it_runs(t):
    with fleet.Store() as store, Server(store) as s:
        t.same('open at first', s.ask('/v1/status')[0], 200)
        token(store, 'reader', '--scope', 'read')
        for _ in range(600):
            if s.ask('/v1/status')[0] == 401:
                break
            time.sleep(0.1)
        t.same('then a token is needed', s.ask('/v1/status')[0], 401)


def tenants(t):
    with fleet.Store() as store:
        red = token(store, 'r', '--tenant', 'red', '--scope', 'send,read')
        blue = token(store, 'b', '--tenant', 'blue', '--scope', 'send,read')
        with Server(store) as s:
            s.json('/v1/evidence', evidence('secret-red-host'), token=red)
            known = store.sql('SELECT hex FROM fingerprint')[0][0]
            t.same('another tenant sees no machine', s.json('/v1/status', token=blue)['hosts'], 0)
            t.same('nor what another has', [s.ask('/v1/fingerprints/' + known, token=w)[0] for w in (red, blue)], [200, 404])
            t.same('a fingerprint of another is not known', s.ask('/v1/seen', f'{known} - - mine\n', token=blue)[:2], (200, known + '\n'))
            for path in ('/', '/hosts', '/hosts?host=secret-red-host', '/hosts/secret-red-host', '/flaws', '/flaws/mds', '/v1/status', '/metrics', '/changes', '/v1/changes', '/v1/hosts', '/v1/flaws', '/v1/history'):
                status, text, _ = s.ask(path, token=blue)
                shown = text.replace('<h1>There is no such machine</h1>', '')
                if path.endswith('/secret-red-host'):
                    t.ok(f'{path}: not there', status == 404 and 'mds' not in shown, status)
                elif 'host=' not in path:
                    t.ok(f'{path}: no name of another', status == 200 and 'secret-red' not in shown, status)
            s.json('/v1/evidence', evidence('secret-red-host', 3), token=blue)
            t.same('one name, two tenants, two machines', [s.json('/v1/status', token=w)['hosts'] for w in (red, blue)], [1, 1])


def restored_while_it_runs(t):
    """What was known of the store counts no more when another one is put in its place: there the same number is another tenant's."""
    with fleet.Store() as other, fleet.Store() as store:
        hers = token(other, 'b', '--tenant', 'blue', '--scope', 'send,read')  # numbers in the other order
        other.fleet('import', '--tenant', 'blue', other.file('secret.host', evidence('secret-blue-host', 3)))
        backup = os.path.join(other.folder.name, 'backup.db')
        his = token(store, 'r', '--tenant', 'red', '--scope', 'send,read')
        token(other, 'unused', '--tenant', 'red', '--scope', 'read')
        other.fleet('backup', backup)
        with Server(store, '--rate', '0') as s:
            number = store.sql("SELECT id FROM tenant WHERE name = 'red'")[0][0]
            t.same('the same number, another tenant', other.sql('SELECT name FROM tenant WHERE id = ?', number), [('blue',)])
            taken = s.json('/v1/evidence', evidence('his-host'), token=his)['reports']
            done = store.run('restore', backup)
            got = [s.ask('/v1/hosts', token=his), s.ask('/v1/evidence', evidence('his-late-host', 1), token=his)]
            t.ok('his token is none there, nor believed for a moment', taken == 1 and done.returncode == 0 and all(a[0] in (401, 503) for a in got), got)
            until = time.monotonic() + 30
            while s.ask('/v1/evidence', evidence('her-host', 2), token=hers)[0] != 200 and time.monotonic() < until:
                time.sleep(0.05)
            t.same('hers is, a moment later', sorted(h['host'] for h in s.json('/v1/hosts', token=hers)['hosts']), ['her-host', 'secret-blue-host'])
            time.sleep(2.5)
        t.same('who sent to the store that was is not in her log', [r['who'] for r in store.json('audit', '--tenant', 'blue')['sent'] if r['who'] == 'r'], [])


def hostile_names(t):
    bad = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' onmouseover='x", '&lt;b&gt;', '../../etc/passwd', 'a?b#c%41', '{{7*7}}', '\\x3cscript']
    with fleet.Store() as store, Server(store) as s:
        for n, name in enumerate(bad):
            s.json('/v1/evidence', ndjson({'host': name, 'evidence': evidence(name, n)}), kind='application/x-ndjson')
        for path in ('/', '/hosts', '/flaws', '/flaws/mds'):
            status, text, headers = s.ask(path)
            nonce = re.search(r"script-src 'nonce-([^']+)'", headers['Content-Security-Policy']).group(1)
            scripts = re.findall(r'<script[^>]*>', text)
            t.ok(f'{path}: one script, ours', status == 200 and scripts == [f'<script nonce="{nonce}">'] and '<img' not in text and " onmouseover='" not in text,
                 scripts)
        links = re.findall(r'href="(/hosts/[^"]+)"', s.ask('/hosts')[1])
        t.same('each has a page of its own', [s.ask(link)[0] for link in links], [200] * len(bad))
        t.ok('whose title is escaped', '<title>&lt;script&gt;' in s.ask('/hosts/%3Cscript%3Ealert(1)%3C%2Fscript%3E')[1])
        for path in ('/hosts/%0d%0aSet-Cookie:%20a=b', '/hosts/%00', '/hosts/%ff', '/hosts?kernel=%0a', '/hosts/%1b%5b31m'):
            status, _, headers = s.ask(path)
            t.ok(f'refused: {path}', status == 400 and 'Set-Cookie' not in headers, status)
        t.same('SQL is no part of a question', [s.ask(f"/hosts?{w}=x'%20OR%201=1--")[0] for w in ("kernel", "flaw")], [200, 400])
        nonces = {s.ask('/')[2]['Content-Security-Policy'] for _ in range(5)}
        t.same('a nonce is used once', len(nonces), 5)


def who_can_reach_it(t):
    with fleet.Store() as store:
        done = store.run('serve', '--listen', '0.0.0.0:0')
        t.ok('others only with TLS', done.returncode == 64 and b'--insecure-no-tls' in done.stderr, done.stderr)
        done = store.run('serve', '--listen', '0.0.0.0:0', '--insecure-no-tls')
        t.ok('and with tokens', done.returncode == 64 and b'sidelight fleet token add' in done.stderr, done.stderr)
        for bad in ('localhost:80', '127.0.0.1:99999', 'x'):
            t.same(f'no address: {bad}', store.run('serve', '--listen', bad).returncode, 64)
        with Server(store, '--listen', '0.0.0.0:0', '--insecure-no-tls', '--insecure-no-tokens') as s:
            t.same('unless it is said', s.ask('/v1/status')[0], 200)
        with Server(store) as s:
            done = store.run('serve', '--listen', f'127.0.0.1:{s.port}')
            t.ok('a port that is taken', done.returncode == 70 and b'cannot listen' in done.stderr, done.stderr)


def certificates(t):
    with fleet.Store() as store:
        folder = store.folder.name
        if not authority(folder):
            print('# no openssl here')
            return
        store.fleet('token', 'add', 'web-17', '--by-certificate')
        files = [os.path.join(folder, n) for n in ('server.key', 'server.pem', 'ca.pem')]
        with Server(store, '--key', files[0], '--certificate', files[1], '--client-ca', files[2], context=client_context(folder)) as s:
            t.same('TLS, and neither token nor certificate', s.ask('/v1/evidence', evidence('x'))[0], 401)
            t.ok('says that it is TLS', s.url.startswith('https://') and 'Strict-Transport-Security' in s.ask('/healthz')[2])
            old, offered = ssl.TLSVersion, []
            for most, ciphers in ((old.TLSv1, 'ALL'), (old.TLSv1_1, 'ALL'), (old.TLSv1_2, 'ECDHE-ECDSA-AES128-SHA'), (old.TLSv1_2, 'ALL'), (old.TLSv1_3, 'ALL')):
                s.context = client_context(folder)
                s.context.set_ciphers(ciphers + ':@SECLEVEL=0')
                s.context.minimum_version, s.context.maximum_version = most if most == old.TLSv1_3 else old.TLSv1, most
                try:
                    offered.append(s.ask('/healthz')[0])
                except ssl.SSLError:
                    offered.append(None)
            t.same('neither TLS below 1.2 nor a cipher of its time', offered, [None, None, None, 200, 200])
            s.context = client_context(folder, 'web-17')
            t.same('a certificate is a token', [s.ask('/v1/evidence', evidence('x'))[0], s.ask('/v1/status')[0]], [200, 403])
            s.context = client_context(folder, 'other')
            try:
                got = s.ask('/v1/evidence', evidence('x'))[0]
            except OSError:
                got = 401
            t.same('not when another authority signed it', got, 401)
            s.context = client_context(folder)
            t.same('a name is no token', s.ask('/v1/evidence', evidence('x'), token='web-17')[0], 401)
        t.same('a key alone', store.run('serve', '--key', files[0]).returncode, 64)


def nobody_to_tell(t):
    """Whoever started it waits for its line: without it the server ends, and says why."""
    with fleet.Store() as store, open('/dev/full', 'wb') as full:
        done = subprocess.run([fleet.PROGRAM, 'fleet', 'serve', '--store', store.path, '--listen', '127.0.0.1:0'], stdout=full, stderr=subprocess.PIPE,
                              env=fleet.CLEAN, text=True, timeout=60, check=False)
    t.same('a line that cannot be written ends it', [done.returncode, done.stderr], [70, 'sidelight: cannot write to standard output: No space left on device\n'])


def a_store_that_somebody_holds(t):
    """Who holds it is waited for, a minute and again; but not by a server that is told to end."""
    with fleet.Store() as store, Server(store) as s, contextlib.closing(sqlite3.connect(store.path, isolation_level=None)) as holder:
        holder.execute('BEGIN IMMEDIATE')
        answers = []
        client = threading.Thread(target=lambda: answers.append(s.ask('/v1/evidence', evidence('web-1'))))
        client.start()
        while 'sidelight_fleet_http_waiting 1\n' not in s.ask('/metrics')[1]:
            time.sleep(0.05)
        t.same('questions are answered meanwhile', s.ask('/v1/status')[0], 200)
        s.process.send_signal(signal.SIGTERM)
        try:
            s.process.wait(timeout=55)
        except subprocess.TimeoutExpired:
            pass
        t.same('it ends while the store is held', s.process.poll(), 0)
        holder.execute('ROLLBACK')
        client.join()
        t.same('the client is told to come again', [a[0] for a in answers], [503])
        t.same('nothing of its report is kept', store.sql('SELECT name FROM host'), [])
    t.ok('the log says why', 'database is locked' in s.log, s.log)


def a_database_that_hangs(t):
    """A server that does not answer is waited for, but not by who is told to end; what was not acknowledged is asked for again."""
    with fleet.Store() as store:
        with Server(store) as s:
            s.json('/v1/evidence', evidence('web-1'))
            with fleet.SERVER.held():
                answers = []
                clients = [threading.Thread(target=lambda a=a: answers.append(s.ask(*a)[0])) for a in
                           (('/v1/evidence', evidence('web-2')), ('/v1/status',), ('/v1/hosts',), ('/v1/rejudge', '{}'))]
                for c in clients:
                    c.start()
                until = time.monotonic() + 60
                while sum(c.is_alive() for c in clients) < len(clients) and time.monotonic() < until:
                    time.sleep(0.05)
                time.sleep(1)
                begun = time.monotonic()
                s.process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    s.process.wait(timeout=55)
                t.ok('it ends while the database hangs, within half a minute', s.process.poll() == 0 and time.monotonic() - begun < 30,
                     s.process.poll(), time.monotonic() - begun)
                for c in clients:
                    c.join(20)
                t.same('each client was told to come again', answers, [503] * len(clients))
        t.ok('the log says why, and no more', 'did not answer in time' in s.log and 'has to end' not in s.log, s.log)
        with Server(store) as s:
            t.same('nothing of the report is kept, nor is anything else lost', store.sql('SELECT name FROM host'), [('web-1',)])
            s.json('/v1/evidence', evidence('web-2'))
            with fleet.SERVER.held():  # nobody asks anything
                time.sleep(1.5)
                begun = time.monotonic()
                s.process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    s.process.wait(timeout=55)
                t.ok('so it does when nobody asks', s.process.poll() == 0 and time.monotonic() - begun < 30, s.process.poll(), time.monotonic() - begun)
        t.same('what was acknowledged is there', sorted(store.sql('SELECT name FROM host')), [('web-1',), ('web-2',)])


def main():
    t = fleet.Tap()
    for check in (same_as_the_command_line, evidence_comes_in, heartbeats, batches, nothing_acknowledged_is_lost, *((a_database_that_hangs,) if fleet.SERVER else (a_full_disk, nobody_to_tell, a_store_that_somebody_holds)), replays, changes, a_short_day, tokens, a_token_made_while_it_runs,
                  tenants, restored_while_it_runs, hostile_names, who_can_reach_it, certificates):
        print('#', check.__name__.replace('_', ' '))
        check(t)
    t.end()


main()
