#!/usr/bin/env python3
"""A store under faults: killed while importing, a full disk, several programs at once, backups while others write, old versions.

Usage: test_keep.py SIDELIGHT"""
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

from fleet import CLEAN, PROGRAM, SERVER, Store, Tap, changed_data, machines

MANY = 1500
NUMBERS = 'SELECT p.hosts, (SELECT count(*) FROM host h WHERE h.fingerprint = p.id) FROM fingerprint p'


def lines(count, kinds, first=0):
    """NDJSON of many hosts of a few recorded kinds."""
    texts = [open(f, encoding='utf-8', errors='replace').read() for f in machines()[:kinds * 5:5]]
    return '\n'.join(json.dumps({'host': f'host-{first + i}', 'time': 1700000000 + i, 'evidence': texts[i % kinds]}) for i in range(count)) + '\n'


def whole(store):
    """Nothing is there twice or half: the numbers of hosts are those of the rows, and the file is sound."""
    return all(a == b for a, b in store.sql(NUMBERS)) and (SERVER or store.sql('PRAGMA integrity_check') == [('ok',)]) and \
        store.sql('SELECT count(*) FROM host h WHERE NOT EXISTS (SELECT 1 FROM fingerprint p WHERE p.id = h.fingerprint)') == [(0,)]


def killed(tap):
    rng = random.Random(3)
    with Store() as store:
        path = store.file('many.ndjson', lines(MANY, 12))
        started = time.monotonic()
        with Store() as other:
            other.fleet('import', path)
            want = other.json('status')
        took = time.monotonic() - started
        sound = True
        for n in range(6):
            if n % 3 == 0 and os.path.exists(store.path):
                for end in ('', '-wal', '-shm'):
                    if os.path.exists(store.path + end):
                        os.remove(store.path + end)
            child = subprocess.Popen([PROGRAM, 'fleet', 'import', '--store', store.path, path], stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL, env=CLEAN)
            time.sleep(rng.uniform(0.2, 1.0) * took)
            child.send_signal(signal.SIGKILL)
            child.wait()
            if sum(os.path.getsize(store.path + end) for end in ('', '-wal') if os.path.exists(store.path + end)) > 0:
                try:
                    sound &= whole(store)
                except sqlite3.OperationalError as e:  # killed before there were tables
                    sound &= 'no such table' in str(e)
        tap.ok('killed six times while importing: what is there is whole', sound)
        store.fleet('import', path)
        got = store.json('status')
        tap.ok('the next import completes it: the same counts', got == want and whole(store), got, want)


def limited(bytes_max):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_max, resource.RLIM_INFINITY))
    return limit


def full_disk(tap):
    with Store() as store:
        store.fleet('import', store.file('few.ndjson', lines(100, 10)))
        before = store.dump('host', 'fingerprint', 'verdict', 'finding', 'history')
        path = store.file('many.ndjson', lines(MANY, 40, 1000))
        done = store.run('import', path, preexec_fn=limited(65536))
        tap.ok('a file that may not grow is an error in words', done.returncode == 70 and b'disk is full' in done.stderr, done.stderr)
        tap.ok('and nothing changed', store.dump('host', 'fingerprint', 'verdict', 'finding', 'history') == before and whole(store))
        store.fleet('import', path)
        tap.same('with room again it goes in', store.json('status')['hosts'], MANY + 100)
    with Store() as store:
        done = store.run('import', store.file('few.ndjson', lines(100, 10)), preexec_fn=limited(4096))
        tap.ok('not even an empty store fits', done.returncode == 70 and b'disk is full' in done.stderr, done.stderr)
        store.fleet('import', store.file('few.ndjson', lines(100, 10)))
        tap.same('later it does', store.json('status')['hosts'], 100)


def at_once(tap):
    with Store() as store:
        paths = [store.file(f'{n}.ndjson', lines(400, 8, 300 * n)) for n in range(4)]  # each overlaps with the next
        children = [subprocess.Popen([PROGRAM, 'fleet', 'import', '--store', store.path, p], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                     env=CLEAN) for p in paths]
        asked = [store.run('status').returncode for _ in range(5)]
        errors = [c.communicate()[1] for c in children]
        tap.ok('four programs write to one store at once', all(c.returncode == 0 for c in children), errors)
        tap.ok('and others ask meanwhile', set(asked) <= {0, 2, 3, 65, 66}, asked)
        tap.same('each host is there once', (store.json('status')['hosts'], whole(store)), (1300, True))


def backup_while_others_write(store):
    child = subprocess.Popen([PROGRAM, 'fleet', 'import', '--store', store.path, store.file('many.ndjson', lines(MANY, 10, 1000))],
                             stdout=subprocess.DEVNULL, env=CLEAN)
    copy = os.path.join(store.folder.name, 'copy.db')
    store.fleet('backup', copy)
    child.wait()
    return copy


def restored_lines(tap, store, copy):
    """What a restored store says of that: a line for each tenant, once, and a number that tells a running server to forget what it knew."""
    gone = int(store.sql("SELECT value FROM meta WHERE name = 'gone'")[0][0])
    store.fleet('status', '--tenant', 'another', codes=(64,))
    store.fleet('import', '--tenant', 'another', store.file('few.ndjson', lines(10, 2)))
    store.fleet('backup', os.path.join(store.folder.name, 'two\033[31m.db'))
    for _ in range(2):
        store.fleet('restore', os.path.join(store.folder.name, 'two\033[31m.db'))
    tap.same('each tenant\'s log says once that its data was restored, and from what', sorted(
        (c['what'], c['about']) for t in ('default', 'another') for c in store.json('audit', '--tenant', t)['changes'][:1]),
        [('restore', 'what was in \'two?[31m.db\'')] * 2)
    tap.ok('a server that runs forgets what it knew', int(store.sql("SELECT value FROM meta WHERE name = 'gone'")[0][0]) > gone, gone)
    with open(copy, 'rb') as f:
        old = f.read()
    store.fleet('restore', copy)
    with open(copy, 'rb') as f:
        tap.ok('a backup stays as it was, byte for byte', f.read() == old)
    tap.same('what a backup holds is not changed by restoring it', [c['what'] for c in store.json('audit')['changes']].count('restore'), 1)


def restored_while_killed(tap):
    """Whenever `restore` is ended: the old data without its line, or the new data with it."""
    with Store() as store:
        store.fleet('import', store.file('many.ndjson', lines(MANY, 40, 1000)))
        with Store() as small:
            small.fleet('import', small.file('few.ndjson', lines(100, 10)))
            copy = os.path.join(store.folder.name, 'copy.db')
            small.fleet('backup', copy)
        want, met = {(MANY, 0), (100, 1)}, []
        for step in range(12):
            child = subprocess.Popen([PROGRAM, 'fleet', 'restore', '--store', store.path, copy], stdout=subprocess.DEVNULL, env=CLEAN)
            time.sleep(step * 0.004)
            child.kill()
            child.wait()
            met.append((store.sql('SELECT count(*) FROM host')[0][0], store.sql("SELECT count(*) FROM audit WHERE what = 'restore'")[0][0]))
        store.fleet('restore', copy)
        tap.ok('restore that is killed is all or nothing, its line in the log included', set(met) <= want and whole(store), met)


def backups(tap):
    with Store() as store:
        store.fleet('import', store.file('few.ndjson', lines(100, 10)))
        copy = backup_while_others_write(store)
        with Store() as other:
            other.fleet('restore', copy)
            hosts = other.json('status')['hosts']
            tap.ok('a backup while others write is of one moment', whole(other) and 100 <= hosts <= MANY + 100, hosts)
            other.fleet('import', store.file('more.ndjson', lines(50, 5, 9000)))
            other.fleet('restore', copy)
            tap.same('restore puts it in place of what is there', other.json('status')['hosts'], hosts)
            restored_lines(tap, other, copy)
        tap.same('a store and a backup are their owner\'s alone', [os.stat(p).st_mode & 0o777 for p in (store.path, copy)], [0o600, 0o600])
        done = store.run('backup', copy)
        tap.ok('a backup replaces no file', done.returncode == 64 and b'is there already' in done.stderr, done.stderr)
        with open(copy, 'r+b') as f:
            f.seek(os.path.getsize(copy) // 2)
            f.write(os.urandom(20000))
        before = store.dump('host')
        done = store.run('restore', copy)
        tap.ok('a damaged backup is refused', done.returncode in (65, 70) and store.dump('host') == before, done.stderr)
        store.fleet('status')


def strangers(tap):
    with Store() as store:
        db = sqlite3.connect(store.path)
        db.execute('CREATE TABLE theirs (a)')
        db.commit()
        db.close()
        done = store.run('import', store.file('few.ndjson', lines(10, 2)))
        tap.ok('somebody else\'s database is left alone', done.returncode == 65 and store.sql('SELECT name FROM sqlite_master') == [('theirs',)],
               done.stderr)
    with Store() as store:
        store.fleet('import', store.file('few.ndjson', lines(10, 2)))
        store.sql("SELECT 1")
        db = sqlite3.connect(store.path)
        db.execute("UPDATE meta SET value = '999' WHERE name = 'version'")
        db.commit()
        db.close()
        done = store.run('status')
        tap.ok('a store of a newer version is refused', done.returncode == 65 and b'version 999' in done.stderr, done.stderr)
    with Store() as store:
        done = store.run('status')
        tap.ok('a store that is not there is not made', done.returncode == 66 and not os.path.exists(store.path), done.stderr)


def pruned(tap):
    day = 86400
    now = int(time.time())
    with Store() as store:
        import json
        old = machines()[0]
        new = machines()[30]
        rows = [('gone', now - 200 * day, old), ('moved', now - 200 * day, old), ('moved', now - day, new), ('stays', now - day, new)]
        text = ''.join(json.dumps({'host': h, 'time': t, 'evidence': open(f, encoding='utf-8', errors='replace').read()}) + '\n' for h, t, f in rows)
        store.fleet('import', store.file('x.ndjson', text))
        history = store.dump('history')
        store.fleet('prune', '--older-than', '90d')
        tap.same('what is old goes', (sorted(h['host'] for h in store.json('hosts')['hosts']), store.sql('SELECT count(*) FROM sighting'),
                                      store.sql('SELECT count(*) FROM fingerprint')), (['moved', 'stays'], [(0,)], [(1,)]))
        tap.ok('the numbers are right, and nothing hangs loose', whole(store) and
               store.sql('SELECT count(*) FROM verdict WHERE fingerprint NOT IN (SELECT id FROM fingerprint)') == [(0,)] and
               store.sql('SELECT count(*) FROM outcome_finding WHERE finding NOT IN (SELECT id FROM finding)') == [(0,)])
        tap.ok('the history stays', store.dump('history') == history)
        tap.same('when hosts were seen last is counted anew', store.sql('SELECT hour, hosts FROM seen ORDER BY hour'),
                 store.sql('SELECT last / 3600, count(*) FROM host GROUP BY last / 3600 ORDER BY 1'))
        store.fleet('import', store.file('x.ndjson', text))
        tap.same('what went may come in again', store.json('status')['hosts'], 3)


TABLES = ('tenant', 'host', 'sighting', 'fingerprint', 'verdict', 'outcome', 'outcome_finding', 'finding', 'shape', 'shape_part', 'catalog', 'accepted',
          'kept_aside', 'history', 'audit', 'resource', 'token', 'sent', 'seen')


def from_file(path, table):
    db = sqlite3.connect(path)
    try:
        return db.execute(f'SELECT count(*) FROM {table}').fetchone()
    finally:
        db.close()


def moved(tap):
    """A store on a server into a file, which is a store by itself, and back; while others write, and in place of what was there."""
    with Store() as store:
        store.fleet('import', store.file('few.ndjson', lines(100, 10)), store.file('none.host', 'nothing'))
        store.fleet('import', store.file('later.ndjson', lines(20, 3).replace('"time": 17', '"time": 18')))
        store.fleet('accept', 'mds', '--reason', 'x', '--until', '2090-01-01')
        store.fleet('token', 'add', 'web')
        copy = backup_while_others_write(store)
        with Store() as other:
            other.fleet('restore', copy)
            first = other.json('status')
            tap.ok('a backup while others write is of one moment', whole(other) and 100 <= first['hosts'] <= MANY + 100, first['hosts'])
            alone = subprocess.run([PROGRAM, 'fleet', 'status', '--format', 'json', '--store', copy], capture_output=True, env=CLEAN, check=False)
            tap.same('the file is a store by itself', json.loads(alone.stdout), first)
            kept = [t for t in TABLES if t != 'audit']
            tap.same('with all rows', [from_file(copy, t) for t in kept], [other.sql(f'SELECT count(*) FROM {t}')[0] for t in kept])
            tap.same('and a line about that', from_file(copy, 'audit')[0] + 1, other.sql('SELECT count(*) FROM audit')[0][0])
            before = other.dump(*kept)
            other.fleet('import', other.file('more.ndjson', lines(50, 20, 9000)))
            tap.ok('what comes in later has numbers of its own', whole(other) and other.json('status')['hosts'] == first['hosts'] + 50)
            other.fleet('restore', copy)
            tap.ok('restore puts it in place of what is there', other.dump(*kept) == before)
            restored_lines(tap, other, copy)
            before = other.dump(*TABLES)
            done = store.run('backup', copy)
            tap.ok('a backup replaces no file', done.returncode == 64 and b'is there already' in done.stderr, done.stderr)
            with open(copy, 'r+b') as f:
                f.seek(os.path.getsize(copy) // 2)
                f.write(os.urandom(20000))
            done = other.run('restore', copy)
            tap.ok('a damaged backup is refused, and changes nothing', done.returncode == 65 and other.dump(*TABLES) == before, done.stderr)
        tap.same('it is its owner\'s alone', os.stat(copy).st_mode & 0o777, 0o600)


def damaged(tap):
    """Evidence that a store holds damaged: set aside and told, all others are judged, and it comes back with the next report."""
    with Store() as store:
        files = machines()[:6]
        store.fleet('import', *files)
        before = store.json('status')
        broken = store.sql('SELECT hex FROM fingerprint ORDER BY hex')[:2]
        store.sql_write('UPDATE fingerprint SET body = substr(body, 1, 40) WHERE hex = ?', broken[0][0])
        store.sql_write('UPDATE fingerprint SET size = size + 1 WHERE hex = ?', broken[1][0])
        told = store.fleet('rejudge', '--data', changed_data(store))
        tap.ok('rejudge tells it', 'The evidence of 2 kinds is damaged' in told, told)
        judged = {'judged': int(told.split()[0])}
        status = store.json('status')
        tap.same('all others are judged', judged['judged'], before['fingerprints'] - 2)
        tap.same('the damaged are told', [status[k] for k in ('hosts', 'damaged', 'not_judged', 'kept_aside')], [before['hosts'], 2, 2, 2])
        tap.same('by what is asked for', store.json('status', '--kernel', 'no such')['damaged'], 0)
        tap.ok('in words, too', 'machines without a verdict' in store.fleet('status'), store.fleet('status'))
        aside = [json.loads(line) for line in store.fleet('export', '--aside').splitlines()]
        tap.same('kept aside, by their names', sorted(a['name'] for a in aside), sorted('evidence ' + b[0] for b in broken))
        tap.ok('with the reason', all('damaged' in a['reason'] and a['bytes'] > 0 for a in aside), aside)
        rows = [json.loads(line) for line in store.fleet('export', '--evidence').splitlines()]
        lost = {r['host'] for r in rows if r['evidence'] is None}
        tap.ok('the others are exported with their evidence', len(rows) == before['hosts'] and len(lost) == 2, lost)
        shown = store.run('show', sorted(lost)[0])
        tap.ok('a machine says so itself', shown.returncode == 65 and b'damaged' in shown.stderr, shown.stderr)
        tap.same('what is damaged is set aside once', [store.json('rejudge')['judged'], store.json('status')['kept_aside']],
                 [before['fingerprints'] - 2, 2])
        store.fleet('import', *files)
        store.fleet('rejudge')
        tap.same('with the next report all is well', {**store.json('status'), 'kept_aside': 0}, before)


def main():
    tap = Tap()
    if not SERVER:  # what happens to a file; a server's faults are in test_loss.py
        killed(tap)
        full_disk(tap)
        backups(tap)
        restored_while_killed(tap)
        strangers(tap)
    else:
        moved(tap)
    at_once(tap)
    pruned(tap)
    damaged(tap)
    tap.end()


main()
