#!/usr/bin/env python3
"""All recorded machines go in, and each comes out as `check` judges it. Usage: test_import.py SIDELIGHT"""
import hashlib
import json
import os
import random
import subprocess

from fleet import CLEAN, PROGRAM, STATUSES, Store, Tap, check, machines

FINDING = ('id', 'status', 'owner', 'rule', 'reason', 'boundaries', 'fixes', 'ask', 'at_stake')
HOSTS = '''SELECT h.name, h.origin, p.hex, f.flaw, f.status, f.owner, f.rule, f.reason, f.boundaries, f.fixes, f.ask, f.at_stake
           FROM host h JOIN fingerprint p ON p.id = h.fingerprint JOIN outcome_finding o ON o.outcome = p.outcome
           JOIN finding f ON f.id = o.finding ORDER BY h.id, o.position'''
STATE = ('host', 'fingerprint', 'verdict', 'finding', 'outcome', 'outcome_finding', 'sighting', 'kept_aside')


def expected(files):
    """By file: the fingerprint, and the findings in words."""
    found = {}
    for report in check(*files):
        rows = []
        for f in report['findings']:
            row = [f[k] for k in FINDING]
            rows.append(tuple(' '.join(v) if isinstance(v, list) else int(v) if isinstance(v, bool) else v or '' for v in row))
        found[report['source']] = (report['fingerprint'], rows)
    return found


def stored(store):
    found = {}
    for row in store.sql(HOSTS):
        found.setdefault(row[1], (row[2], []))[1].append(row[3:])
    return found


def counts(wanted):
    """What status must tell."""
    flaws = {}
    for _, rows in wanted.values():
        for row in rows:
            flaws.setdefault(row[0], dict.fromkeys(STATUSES, 0))[row[1]] += 1
    return flaws


def differences(got, want):
    return [f'{k}: {got.get(k)}\n   {want[k]}' for k in want if got.get(k) != want[k]][:3]


def without_last(dump):
    """`last` is when a host was seen last: column 7 of host."""
    return {**dump, 'host': [row[:7] + row[8:] for row in dump['host']]}


PRESENT = 'SELECT h.name, h.ident, h.first, h.since, h.last, p.hex FROM host h JOIN fingerprint p ON p.id = h.fingerprint'
PAST = 'SELECT h.name, p.hex, s.first FROM sighting s JOIN host h ON h.id = s.host JOIN fingerprint p ON p.id = s.fingerprint'
NUMBERS = 'SELECT p.hosts, (SELECT count(*) FROM host h WHERE h.fingerprint = p.id) FROM fingerprint p'


def in_order(files):
    """Present and past of all hosts after importing the files one by one, and whether the numbers of hosts are right."""
    with Store() as store:
        for f in files:
            store.fleet('import', f)
        return sorted(store.sql(PRESENT)), sorted(store.sql(PAST)), all(a == b for a, b in store.sql(NUMBERS))


def captured(store, files):
    """Ten hosts, each captured four times, of the recorded machines."""
    paths = []
    for i, f in enumerate(files[:40]):
        with open(f, encoding='utf-8', errors='surrogateescape') as opened:
            lines = opened.read().split('\n')
        head = ['# sidelight evidence 1', f'-- meta captured 2025-{1 + i // 10:02}-0{1 + i % 9}', f'-- identity hostname host-{i % 10}']
        body = [line for line in lines[1:] if not line.startswith(('-- meta captured', '-- identity hostname'))]
        paths.append(store.file(f'in/{i:02}.host', '\n'.join(head + body).encode('utf-8', 'surrogateescape')))
    return paths


def orders(tap, files):
    with Store() as store:
        paths = captured(store, files)
        want = in_order(paths)
        tap.same('ten hosts, and what they showed before', (len(want[0]), len(want[1]), want[2]), (10, 30, True))
        rng = random.Random(7)
        for n in range(4):
            shuffled = rng.sample(paths, len(paths)) if n else paths[::-1]
            tap.ok(f'the same in another order ({n})', in_order(shuffled) == want)
        store.fleet('import', *paths)
        tap.ok('the same at once', (sorted(store.sql(PRESENT)), sorted(store.sql(PAST)), True) == want)


def no_more_aside(tap, file):
    """What was kept aside goes when the same comes in well; and nothing else does."""
    with open(file, 'rb') as f:
        good = f.read()
    with Store() as store:
        path = store.file('in/a.host', good)
        link = os.path.join(store.folder.name, 'in', 'b.host')
        bad = store.file('bad.host', 'nothing')
        os.symlink('a.host', link)
        seen = store.file('seen.ndjson', '{"host": "x", "fingerprint": "%s"}\n' % ('0' * 64))
        folder = os.path.dirname(path)
        store.fleet('import', folder, bad, seen)
        names = lambda: sorted(os.path.basename(r[0]) for r in store.sql('SELECT name FROM kept_aside'))
        tap.same('kept aside: a link, a text, a fingerprint that nobody knows', names(), ['b.host', 'bad.host', 'seen.ndjson:1'])
        os.unlink(link)
        store.file('in/b.host', good)
        store.fleet('import', folder)
        tap.same('a file where the link was: that goes', names(), ['bad.host', 'seen.ndjson:1'])
        # As a failure of this program leaves it: the good text, kept aside.
        body, size = store.sql('SELECT body, size FROM kept_aside WHERE name = ?', bad)[0]
        digest = hashlib.sha256(b'%d\n' % len(path) + path.encode() + good).hexdigest()
        tenant = store.sql('SELECT tenant FROM kept_aside')[0][0]
        for name, kept in ((path, digest), (path, 'another text of that name')):
            store.sql_write('INSERT INTO kept_aside (tenant, digest, name, reason, body, size, first, last) VALUES (?, ?, ?, ?, ?, ?, 1, 1)',
                            tenant, kept, name, 'no memory', body, size)
        store.fleet('import', path, bad)
        tap.same('the same text comes in well: that goes, and no other text of that name', sorted(store.sql('SELECT digest FROM kept_aside WHERE name = ?', path)),
                 [('another text of that name',)])
        tap.same('what is still bad stays', names(), ['a.host', 'bad.host', 'seen.ndjson:1'])
        known = store.sql('SELECT hex FROM fingerprint')[0][0]
        lines = store.file('seen.ndjson', '{"host": "x", "fingerprint": "%s"}\n' % known)
        store.fleet('import', lines)
        tap.same('other bytes are another text', names(), ['a.host', 'bad.host', 'seen.ndjson:1'])


def folders(tap, file):
    """What others put into a folder leads nowhere else, and nothing of it is passed over in silence."""
    with open(file, 'rb') as f:
        evidence = f.read()
    with Store() as store:
        secret = store.file('secret', 'not for the store')
        for name in ('in/a.host', 'in/deep/b.host', 'in/deep/c\nd.host', 'elsewhere/e.host'):
            store.file(name, evidence)
        folder = os.path.join(store.folder.name, 'in')
        for name, target in (('s', secret), ('deep/up', '..'), ('deep/elsewhere', '../../elsewhere'), ('deep/ring', 'ring'), ('f.host', 'a.host')):
            os.symlink(target, os.path.join(folder, name))
        os.mkfifo(os.path.join(folder, 'deep', 'fifo'))
        told = store.fleet('import', folder)
        tap.ok('files of a folder and of those in it come in', '2 reports from 2 files' in told, told)
        aside = {r[0][len(folder) + 1:]: (r[1], r[2]) for r in store.sql('SELECT name, reason, size FROM kept_aside')}
        tap.same('links and what is no file are kept aside by name', sorted(aside), ['deep', 'deep/elsewhere', 'deep/fifo', 'deep/ring', 'deep/up', 'f.host', 's'])
        tap.ok('with nothing of what they lead to', all(size == 0 for _, size in aside.values()), aside)
        tap.ok('and the reason', 'not followed' in aside['s'][0] and 'not a file' in aside['deep/fifo'][0] and 'control characters' in aside['deep'][0], aside)
        store.fleet('import', os.path.join(folder, 'f.host'))
        tap.same('a link that the user names is followed, and then is not kept aside any more', {r[0][len(folder) + 1:] for r in store.sql('SELECT name FROM kept_aside')},
                 set(aside) - {'f.host'})


def mistyped(tap, file):
    """What is not there is told, and is nothing that came in; the rest does."""
    with Store() as store:
        done = store.run('import', os.path.join(store.folder.name, 'not-there'), file)
        tap.ok('a path that is not there is told', done.returncode == 3 and b"there is no '" in done.stderr and b'1 report from 1 file' in done.stdout, done)
        tap.same('and nothing of it is kept aside', (store.json('status')['hosts'], store.json('status')['kept_aside']), (1, 0))


def nameless(tap):
    """What kernels say before anybody gave them a name is none: such machines are told apart by their files."""
    with Store() as store:
        text = '# sidelight evidence 1\n-- identity hostname (none)\n-- uname Linux 6.1.0 x86_64\n-- file /proc/cmdline\n'
        store.fleet('import', *(store.file(name, text + name) for name in ('box-1.host', 'box-2.host')))
        names = [row[0] for row in store.sql('SELECT name FROM host ORDER BY name')]
        tap.ok('machines without a name are not one', len(names) == 2 and all(n.endswith(e) for n, e in zip(names, ('box-1.host', 'box-2.host'))), names)
        tap.same('and the report goes by the file, too', [r['host']['name'] for r in check(os.path.join(store.folder.name, 'box-1.host'))], ['box-1'])
        store.fleet('import', os.path.dirname(store.file('rack/box-3.host', text + 'three')))
        tap.ok('by which it is found, too', all(store.run('show', name).stdout.startswith(b'box-3') for name in ('box-3', 'box-3.host')) and
               store.run('show', 'box').returncode == 64, store.run('show', 'box-3'))
    with Store() as store:
        # Two audits: the same machine in both, and one of the same file name in another rack.
        for audit, rack in (('october', 'r1'), ('november', 'r1'), ('november', 'r2')):
            store.file(f'{audit}/{rack}/box.host', f'# sidelight evidence 1\n-- uname Linux 6.{len(audit)}.0 x86_64\n')
        for audit in ('october', 'november'):
            store.fleet('import', os.path.join(store.folder.name, audit))
        names = [row[0] for row in store.sql('SELECT name FROM host ORDER BY name')]
        tap.same('in a folder they go by their place in it, wherever it lies', names, ['r1/box.host', 'r2/box.host'])
    with Store() as store:
        folder = store.folder.name
        for name in ('web', 'web.host'):
            store.file(os.path.join('rack', name), text + name)
        store.fleet('import', os.path.join(folder, 'rack'))
        tap.same('two files of one name but for its ending are two machines', [row[0] for row in store.sql('SELECT name FROM host ORDER BY name')], ['web', 'web.host'])


def streamed(store, lines):
    """Hands lines in on standard input; the peak of memory in KiB."""
    with subprocess.Popen([PROGRAM, 'fleet', 'import', '--store', store.path, '-'], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=CLEAN) as p:
        for line in lines:
            p.stdin.write(line)
        p.stdin.close()
        _, status, used = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    assert p.returncode == 0, p.returncode
    return used.ru_maxrss


def stream(tap, file):
    """Lines are taken in as they come: what is held does not grow with how many they are, and no line is lost where a piece of the file ends."""
    with open(file, encoding='utf-8') as f:
        evidence = f.read()
    long = evidence + '-- log dmesg\n' + ''.join(f'[    0.{i:06}] nothing of interest\n' for i in range(5000))
    with open(PROGRAM, 'rb') as f:
        sanitized = b'__asan_init' in f.read()
    peaks = []
    for count in (8, 400):
        with Store() as store:
            peaks.append(streamed(store, (json.dumps({'host': f'h{i}', 'evidence': long}).encode() + b'\n' * (i < count - 1) for i in range(count))))
            tap.same(f'{count} lines of {len(long)} bytes are {count} machines', len(store.sql('SELECT name FROM host')), count)
    if sanitized:
        tap.skip('what is held does not grow', 'the sanitizer keeps what was freed')
    else:
        tap.ok('what is held does not grow', peaks[1] < peaks[0] + 8192, peaks)
    with Store() as store:
        huge = json.dumps({'host': 'huge', 'evidence': evidence + '\n'.join(['-- meta note x' + str(i) for i in range(250000)])})
        streamed(store, [json.dumps({'host': f'h{i}', 'evidence': evidence}).encode() + b'\n' for i in range(60)] + [huge.encode()])
        tap.same('a line longer than a piece is one machine', sorted(row[0] for row in store.sql('SELECT name FROM host'))[-1:] + [len(store.sql('SELECT name FROM host'))],
                 ['huge', 61])


def main():
    tap = Tap()
    files = machines()
    wanted = expected(files)
    with Store() as store:
        store.fleet('import', *files)
        got = stored(store)
        tap.same('every machine is there', sorted(got), sorted(wanted))
        tap.ok('each with the fingerprint and the verdicts of check', got == wanted, *differences(got, wanted))
        status = store.json('status')
        tap.same('status counts hosts', status['hosts'], len(files))
        tap.same('and kinds of hosts', status['fingerprints'], len({w[0] for w in wanted.values()}))
        tap.same('and hosts by flaw and status', {k: {s: v[s] for s in STATUSES} for k, v in status['flaws'].items()}, counts(wanted))
        before = store.dump(*STATE)
        store.fleet('import', *files)
        tap.ok('the same again changes nothing but when hosts were seen last', without_last(before) == without_last(store.dump(*STATE)))
    orders(tap, files)
    no_more_aside(tap, files[0])
    folders(tap, files[0])
    mistyped(tap, files[0])
    nameless(tap)
    stream(tap, files[0])
    tap.end()


main()
