#!/usr/bin/env python3
"""What import takes, in every form, and what it keeps aside. Usage: test_intake.py SIDELIGHT"""
import csv
import gzip
import io
import json
import os
import shutil
import subprocess
import tarfile
import time
import zipfile

import jsonschema

from fleet import CLEAN, PROGRAM, ROOT, Store, Tap, check, machines
from report import strict # found by fleet.py

OTHER = os.path.join(ROOT, 'tests', 'cli', 'other')
CLOUDS = os.path.join(ROOT, 'tests', 'cli', 'clouds', 'lists')
EVIDENCE = '# sidelight evidence 1\n-- uname Linux 6.1.0-56-amd64 x86_64\n-- file /sys/devices/system/cpu/vulnerabilities/meltdown\nMitigation: PTI\n'


def text(path):
    with open(path, encoding='utf-8', errors='replace') as f:
        return f.read()


def hosts(store):
    return sorted(h['host'] for h in store.json('hosts', '--limit', '10000')['hosts'])


def told(store, *arguments):
    return json.loads(store.fleet('import', '--format', 'json', *arguments))


def lines_of_json(tap):
    now = int(time.time())
    with Store() as store:
        rows = [{'host': 'a', 'evidence': EVIDENCE, 'time': '2026-11-01', 'tags': ['web', 'prod']},
                {'host': 'b', 'evidence': EVIDENCE, 'time': now - 100, 'tags': 'batch'},
                {'host': 'c', 'evidence': 'no evidence at all'}]
        path = store.file('all.ndjson', '\n'.join(json.dumps(r) for r in rows) + '\n{"host": "d", "evid\n')
        got = told(store, path)
        tap.same('lines of JSON: two machines, two lines kept aside', (got['reports'], got['kept_aside']), (2, 2))
        tap.same('under their own names', hosts(store), ['a', 'b'])
        host = store.json('hosts', '--host', 'a')['hosts'][0]
        tap.same('with time and tags', (host['last'], host['tags']), ('2026-11-01T00:00:00Z', ['web', 'prod']))
        aside = [json.loads(x) for x in store.fleet('export', '--aside', '--evidence').splitlines()]
        tap.ok('what was kept aside has its place, the reason and its bytes', [a['name'] for a in aside] == [path + ':3', path + ':4'] and
               'no evidence at all' in aside[0]['text'] and 'JSON' in aside[1]['reason'], aside)
        seen = [{'host': 'a', 'fingerprint': host['fingerprint'], 'time': now - 50}, {'host': 'e', 'fingerprint': '0' * 64}]
        got = told(store, store.file('seen.ndjson', '\n'.join(json.dumps(r) for r in seen)))
        tap.same('seen again without the evidence; what nobody knows is kept aside', (got['reports'], got['kept_aside'], got['new_hosts']), (1, 1, 0))
        tap.ok('tags stay', store.json('hosts', '--host', 'a')['hosts'][0]['tags'] == ['web', 'prod'])
        told(store, store.file('ahead.ndjson', json.dumps({'host': 'f', 'evidence': EVIDENCE, 'time': now + 10 ** 9})))
        last = store.sql("SELECT last FROM host WHERE name = 'f'")[0][0]
        tap.ok('a clock that is ahead is not believed', last <= time.time() + 2, last)


def archives(tap):
    files = machines()[:6]
    with Store() as store:
        tar = io.BytesIO()
        with tarfile.open(fileobj=tar, mode='w:gz') as t:
            for f in files[:3]:
                t.add(f, os.path.basename(f))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, 'w') as z:
            for f in files[3:5]:
                z.write(f, os.path.basename(f))
        paths = [store.file('three.tar.gz', tar.getvalue()), store.file('two.zip', packed.getvalue()),
                 store.file('one.host.gz', gzip.compress(open(files[5], 'rb').read()))]
        got = told(store, *paths)
        tap.same('archives of evidence', (got['reports'], got['kept_aside']), (6, 0))
        want = sorted(r['fingerprint'] for r in check(*files))
        tap.same('each machine as it is alone', sorted(h[0] for h in store.sql('SELECT p.hex FROM host h JOIN fingerprint p ON p.id = h.fingerprint')), want)
        cut = store.file('cut.tar.gz', tar.getvalue()[:len(tar.getvalue()) // 2])
        got = told(store, cut)
        tap.same('half an archive is kept aside as a whole', (got['reports'], got['kept_aside']), (0, 1))


def folders(tap):
    words = {'meltdown': 'Mitigation: PTI', 'spectre_v2': 'Vulnerable', 'l1tf': 'Not affected'}
    with Store() as store:
        for name, word in words.items():
            store.file(f'in/copy/{name}', word + '\n')
            store.file(f'in/sos-1/sys/devices/system/cpu/vulnerabilities/{name}', word + '\n')
        store.file('in/sos-1/sos_commands/kernel/uname_-a', 'Linux sos-1 6.1.0-56-amd64 #1 SMP Debian x86_64 GNU/Linux\n')
        store.file('in/sos-1/etc/hostname', 'sos-1\n')
        shutil.copy(machines()[0], store.file('in/deep/er/x.host', ''))
        store.file('in/deep/notes.txt', 'dear diary\n')
        store.file('in/empty.host', '')
        got = told(store, os.path.join(store.folder.name, 'in'))
        tap.same('a folder of reports, copies, evidence and other things', (got['reports'], got['kept_aside']), (3, 2))
        tap.ok('a report is one machine, by its name', 'sos-1' in hosts(store), hosts(store))
        got = told(store, os.path.join(store.folder.name, 'nowhere'))
        tap.same('what is not there is nothing that came in', (got['files'], got['kept_aside']), (0, 0))
        reasons = [r[0] for r in store.sql('SELECT reason FROM kept_aside')]
        tap.ok('each with its reason', len(reasons) == 2 and all(reasons), reasons)
        before = store.json('status')['kept_aside']
        told(store, os.path.join(store.folder.name, 'in'))
        tap.same('the same again is kept aside once', store.json('status')['kept_aside'], before)


def others(tap):
    paths = sorted(os.path.join(OTHER, f) for f in os.listdir(OTHER) if f != 'README.md')
    good = [p for p in paths if check(p)]
    with Store() as store:
        got = told(store, *good)
        want = {}
        for p in good:
            for r in check(p):
                want[r['fingerprint']] = {f['id']: (f['status'], f['reason']) for f in r['findings']}
        tap.same('what other tools wrote: each machine', got['reports'], sum(len(check(p)) for p in good))
        found = {}
        for hex_, flaw, status, reason in store.sql('SELECT p.hex, f.flaw, f.status, f.reason FROM fingerprint p JOIN outcome_finding o'
                                                    ' ON o.outcome = p.outcome JOIN finding f ON f.id = o.finding'):
            found.setdefault(hex_, {})[flaw] = (status, reason)
        tap.ok('with the verdicts of check', found == want, [k for k in want if found.get(k) != want[k]])


def clouds(tap):
    with Store() as store:
        paths = [os.path.join(CLOUDS, f) for f in sorted(os.listdir(CLOUDS)) if f.endswith('.json')]
        got = told(store, *paths)
        tap.same('cloud inventories: resources; hosts where the list shows a kernel (kubectl); a cut list is kept aside',
                 (got['resources'] > 30, got['reports'], got['kept_aside']), (True, 2, 1))
        kept = store.json('status')
        tap.ok('status counts them', 0 < kept['resources'] <= got['resources'] and kept['hosts'] == 2, kept['resources'])
        told(store, *paths)
        tap.same('again they are the same', store.json('status')['resources'], kept['resources'])
        listed = store.json('resources', '--limit', '100000')
        tap.same('all are listed, and their kinds', (len(listed['resources']), sum(k['resources'] for k in listed['kinds']), listed['more']),
                 (kept['resources'], kept['resources'], False))
        advised = {}
        for path in paths:
            text = subprocess.run([PROGRAM, 'inventory', '--format', 'json', path], capture_output=True, env=CLEAN, check=False).stdout.decode()
            for r in json.loads(text)['resources'] if text.rstrip().endswith('}') else []:
                advised.setdefault(r['offering'], []).append({a['id']: a['status'] for a in r.get('actions', [])})
        # A kind is told without what a list shows of single ones: what is to do for one of them is among its steps, and each step is an action of theirs.
        wrong = [k for k in listed['kinds'] if k['to_do'] and not {a['id'] for a in k['to_do']} <= set().union(*advised.get(k['offering'], [{}]))]
        steps = {}
        for k in listed['kinds']:
            steps.setdefault(k['offering'], []).append({a['id'] for a in k['to_do']})
        wrong += [(o, r) for o, all_ in advised.items() for r in all_
                  if o in steps and any(steps[o]) and not any({i for i, s in r.items() if s == 'todo'} <= s for s in steps[o])]
        tap.ok(f'what is to do is what `inventory` says ({sum(bool(k["to_do"]) for k in listed["kinds"])} kinds)', not wrong and any(k['to_do'] for k in listed['kinds']), wrong[:2])
        wrong = [k for k in listed['kinds'] if not k['to_do'] and any('todo' in r.values() for r in advised.get(k['offering'], []))]
        tap.ok('and nothing is only where it says so', not wrong, wrong[:2])
        after = ''
        names = []
        while True:
            page = store.json('resources', '--limit', '7', *(['--after', after] if after else []))
            names += [r['name'] for r in page['resources']]
            if not page['more']:
                break
            after = names[-1]
        tap.same('page by page it is the same list', names, [r['name'] for r in listed['resources']])
        tap.same('as CSV', [r['name'] for r in csv.DictReader(io.StringIO(store.fleet('resources', '--format', 'csv'), newline=''))], names)
        schema = strict.strict(strict.load(os.path.join(ROOT, 'docs', 'fleet.schema.json'))[0])
        faults = [e.message for e in jsonschema.Draft202012Validator({'$ref': '#/$defs/resources', '$defs': schema['$defs']}).iter_errors(listed)]
        tap.ok('the schema', not faults, faults[:3])
        tap.ok('each with what it is', store.sql("SELECT count(*) FROM resource WHERE name = '' OR offering = ''") == [(0,)])


def names(tap):
    with Store() as store:
        one = EVIDENCE.replace('-- uname', '-- identity hostname twin\n-- identity machine-id 11\n-- uname', 1)
        two = EVIDENCE.replace('-- uname', '-- identity hostname twin\n-- identity machine-id 22\n-- uname', 1).replace('Mitigation: PTI', 'Vulnerable')
        told(store, store.file('1.host', one), store.file('2.host', two))
        tap.same('two machines of one name are told apart by what identifies them', store.json('status')['flaws']['meltdown']['vulnerable'], 1)
        tap.same('both are there', hosts(store), ['twin', 'twin'])
        done = store.run('show', 'twin')
        tap.ok('which of them is asked', done.returncode == 64 and b'twin#11' in done.stderr, done.stderr)
        tap.same('and told', [f['status'] for f in store.json('show', 'twin#22')['report']['findings'] if f['id'] == 'meltdown'], ['vulnerable'])
        nameless = store.file('somewhere.host', EVIDENCE)
        told(store, nameless)
        tap.ok('without any name it is called by its path', nameless in hosts(store))
        told(store, store.file('bad.host', EVIDENCE.replace('-- uname', '-- identity hostname \x1b[31mred\n-- uname', 1)))
        tap.ok('a name that steers a terminal is made plain', b'\x1b' not in store.run('hosts').stdout)
        told(store, store.file('redacted.host', EVIDENCE.replace('-- uname', '-- meta redacted yes\n-- identity hostname secret\n-- uname', 1)))
        tap.ok('redacted evidence is marked', store.json('hosts', '--host', 'secret')['hosts'][0]['redacted'])


def tenants(tap):
    with Store() as store:
        told(store, '--tenant', 'blue', store.file('1.host', EVIDENCE.replace('-- uname', '-- identity hostname x\n-- uname', 1)))
        told(store, store.file('2.host', EVIDENCE.replace('-- uname', '-- identity hostname x\n-- uname', 1).replace('Mitigation: PTI', 'Vulnerable')))
        both = [store.json('status', *t)['flaws']['meltdown'] for t in ((), ('--tenant', 'blue'))]
        tap.same('tenants see nothing of each other', [(f['vulnerable'], f['mitigated']) for f in both], [(1, 0), (0, 1)])
        done = store.run('status', '--tenant', 'red')
        tap.ok('a tenant that is not there', done.returncode == 64 and b"no tenant 'red'" in done.stderr)


def main():
    tap = Tap()
    for part in (lines_of_json, archives, folders, others, clouds, names, tenants):
        part(tap)
    tap.end()


main()
