#!/usr/bin/env python3
"""What a fleet answers, beside what is counted by hand from `check`. Usage: test_ask.py SIDELIGHT"""
import csv
import io
import json
import os
import re
import shutil
import subprocess
import tempfile

import jsonschema

from fleet import CLEAN, PROGRAM, ROOT, SERVER, STATUSES, Store, Tap, check, machines
from report import strict # found by fleet.py

OPEN = ('vulnerable', 'partial')


def renamed(path, name, day=None, more=''):
    """The machine's evidence under another name."""
    with open(path, encoding='utf-8', errors='surrogateescape') as f:
        lines = [line for line in f.read().split('\n')[1:] if not line.startswith(('-- identity hostname', '-- meta captured', '-- expect'))]
    head = ['# sidelight evidence 1', f'-- identity hostname {name}'] + ([f'-- meta captured {day}'] if day else []) + ([more] if more else [])
    return '\n'.join(head + lines).encode('utf-8', 'surrogateescape')


def a_fleet(store, files):
    """Sixty machines of twenty kinds; the even ones have a tag. Gives {name: report of check}."""
    sources = {f'web-{i:02}': files[i % 20 * 12] for i in range(60)}
    for name, source in sources.items():
        store.file(f'{"even" if int(name[4:]) % 2 == 0 else "odd"}/{name}.host', renamed(source, name))
    store.fleet('import', '--tag', 'web even', os.path.join(store.folder.name, 'even'))
    store.fleet('import', os.path.join(store.folder.name, 'odd'))
    reports = {r['source']: r for r in check(*sorted(set(sources.values())))}
    return {name: reports[source] for name, source in sources.items()}


def names(store, *arguments):
    return [h['host'] for h in store.json('hosts', '--limit', '1000', *arguments)['hosts']]


def having(reports, wanted):
    return sorted(n for n, r in reports.items() if wanted(n, r))


def finding(report, flaw):
    return [f for f in report['findings'] if f['id'] == flaw][0]


def filters(tap, store, reports):
    flaw = max(('srso', 'mds', 'retbleed', 'spectre-v2-user', 'mmio-stale-data'),
               key=lambda x: len({finding(r, x)['status'] for r in reports.values()}))
    status = finding(max(reports.values(), key=lambda r: STATUSES.index(finding(r, flaw)['status'])), flaw)['status']
    owner = next(f['owner'] for r in reports.values() for f in r['findings'] if f['status'] in OPEN)
    kernel = reports['web-03']['host']['os'].split()[1].split('-')[0]
    processor = reports['web-03']['host']['cpu'].split('(')[0].split()[-1]
    cases = [
        ((), lambda n, r: True),
        (('--flaw', flaw, '--status', status), lambda n, r: finding(r, flaw)['status'] == status),
        (('--flaw', flaw.upper(), '--status', 'unknown,vulnerable'), lambda n, r: finding(r, flaw)['status'] in ('unknown', 'vulnerable')),
        (('--status', 'partial'), lambda n, r: any(f['status'] == 'partial' for f in r['findings'])),
        (('--owner', owner, '--status', 'vulnerable'), lambda n, r: any(f['owner'] == owner and f['status'] == 'vulnerable' for f in r['findings'])),
        (('--tag', 'even'), lambda n, r: int(n[4:]) % 2 == 0),
        (('--tag', 'eve'), lambda n, r: False),
        (('--host', 'web-07'), lambda n, r: n == 'web-07'),
        (('--kernel', kernel), lambda n, r: kernel in r['host']['os']),
        (('--processor', processor.lower()), lambda n, r: processor.lower() in r['host']['cpu'].lower()),
        (('--processor', '100%_'), lambda n, r: False),
        (('--fingerprint', reports['web-05']['fingerprint'][:10]), lambda n, r: r['fingerprint'] == reports['web-05']['fingerprint']),
        (('--tag', 'web', '--flaw', flaw, '--status', status), lambda n, r: int(n[4:]) % 2 == 0 and finding(r, flaw)['status'] == status),
        (('--cloud', 'azure'), lambda n, r: 'azure' in (r['host'].get('cloud') or '').lower()),
    ]
    for arguments, wanted in cases:
        want = having(reports, wanted)
        tap.same(f'hosts {" ".join(arguments)} ({len(want)})', names(store, *arguments), want)
        got = store.json('status', *arguments)
        tap.same('  status counts as many', got['hosts'], len(want))
        hosts = {f['id']: dict.fromkeys(STATUSES, 0) for n in want for f in reports[n]['findings']}
        for n in want:
            for f in reports[n]['findings']:
                hosts[f['id']][f['status']] += 1
        tap.ok('  by flaw and status', got['flaws'] == hosts)
    total = {}
    for f in store.json('flaws')['findings']:
        total[f['id'], f['status']] = total.get((f['id'], f['status']), 0) + f['hosts']
    want = {}
    for r in reports.values():
        for f in r['findings']:
            if f['status'] in OPEN + ('unknown',):
                want[f['id'], f['status']] = want.get((f['id'], f['status']), 0) + 1
    tap.same('flaws counts what is open and not known', total, want)
    pages, after = [], ''
    while True:
        page = store.json('hosts', '--limit', '7', '--after', after) if after else store.json('hosts', '--limit', '7')
        pages += [h['host'] for h in page['hosts']]
        after = pages[-1]
        if not page['more']:
            break
    tap.same('page by page it is the same list', pages, sorted(reports))


def large(tap, files):
    """So many machines that a list is found by name, by kind or by tag, whichever is less: each finds the same."""
    with Store() as store:
        store.fleet('import', *(store.file(f'{n}.host', renamed(files[n * 40], f'first-{n}')) for n in range(3)))
        kinds = store.sql('SELECT id, hex, kernel, hosts FROM fingerprint ORDER BY id')
        tap.same('three kinds', len(kinds), 3)
        # 6,000 of the first kind, 30 of the second and 7 of the third; tags of all sorts, none, and some that only look alike
        store.sql_write("INSERT INTO host (tenant, name, ident, fingerprint, first, since, last, tags, origin, redacted)"
                        " WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 6036)"
                        f" SELECT 1, 'row-' || (10000 + i), '', CASE WHEN i < 6000 THEN {kinds[0][0]} WHEN i < 6030 THEN {kinds[1][0]} ELSE {kinds[2][0]} END,"
                        " 1, 1, 1, CASE WHEN i % 1000 = 5 THEN 'Rare common' WHEN i % 400 = 9 THEN 'only-common' WHEN i % 25 = 3 THEN '' ELSE 'common' END, 'sql', 0 FROM n")
        store.sql_write('UPDATE fingerprint SET hosts = (SELECT count(*) FROM host h WHERE h.fingerprint = fingerprint.id)')
        rows = store.sql('SELECT h.name, h.tags, p.hex FROM host h JOIN fingerprint p ON p.id = h.fingerprint ORDER BY h.name')

        def all_of(*arguments):
            page = store.json('hosts', '--limit', '1000', *arguments)
            found = [h['host'] for h in page['hosts']]
            while page['more']:
                page = store.json('hosts', '--limit', '1000', '--after', found[-1], *arguments)
                found += [h['host'] for h in page['hosts']]
            return found

        def same(*arguments, tag='', kinds=tuple(k[1] for k in kinds)):
            want = [name for name, tags, kind in rows if kind in kinds and tag in ('', *tags.lower().split())]
            got = all_of(*arguments)
            tap.ok(f'many: {" ".join(arguments)[:50]} ({len(want)})', got == want and store.json('status', *arguments)['hosts'] == len(want), (len(got), len(want)))

        same('--tag', 'common', tag='common')
        same('--tag', 'RARE', tag='rare')
        same('--tag', 'only', tag='only')
        for kind in kinds:
            same('--fingerprint', kind[1][:12], kinds=(kind[1],))
            same('--fingerprint', kind[1][:12], '--tag', 'rare', tag='rare', kinds=(kind[1],))
            same('--fingerprint', kind[1][:12], '--tag', 'common', tag='common', kinds=(kind[1],))
        same('--kernel', 'no such kernel', kinds=())
        store.sql_write("UPDATE host SET tags = 'common of-' || (id % 20) WHERE tags <> ''")  # more than are looked up by themselves
        rows = store.sql('SELECT h.name, h.tags, p.hex FROM host h JOIN fingerprint p ON p.id = h.fingerprint ORDER BY h.name')
        same('--tag', 'common', tag='common')
        same('--tag', 'of-7', tag='of-7')
        store.sql_write("UPDATE host SET tags = 'common n-' || id WHERE tags <> ''")  # and than are followed
        rows = store.sql('SELECT h.name, h.tags, p.hex FROM host h JOIN fingerprint p ON p.id = h.fingerprint ORDER BY h.name')
        same('--tag', f'n-{store.sql("SELECT max(id) FROM host")[0][0]}', tag=f'n-{store.sql("SELECT max(id) FROM host")[0][0]}')
        same('--tag', 'common', tag='common')


def exports(tap, store, reports):
    rows = list(csv.DictReader(io.StringIO(store.fleet('export', '--format', 'csv'), newline='')))
    got = sorted((r['host'], r['flaw'], r['status'], r['owner'], r['reason']) for r in rows)
    want = sorted((n, f['id'], f['status'], f['owner'], f['reason']) for n, r in reports.items() for f in r['findings'])
    tap.ok('export as CSV: a line for each machine and flaw', got == want)
    for words, good in ((['--flaw', 'mds'], lambda flaw, status: flaw == 'mds'), (['--status', 'vulnerable,partial'], lambda _, status: status in ('vulnerable', 'partial')),
                        (['--flaw', 'srso', '--status', 'mitigated'], lambda flaw, status: (flaw, status) == ('srso', 'mitigated'))):
        rows = list(csv.DictReader(io.StringIO(store.fleet('export', '--format', 'csv', *words), newline='')))
        shown = sorted((r['host'], r['flaw'], r['status']) for r in rows)
        tap.ok('only the lines that were asked for: ' + ' '.join(words), shown == sorted(x[:3] for x in want if good(*x[1:3])) and shown, shown[:5])
    days, hours = ({k: v for k, v in store.json('status', '--since', s).items() if k != 'since'} for s in ('7d', '168h'))
    tap.ok('seven days, and as many hours', days == hours and days, days, hours)
    with Store() as other:
        other.fleet('import', other.file('formula.host', "# sidelight evidence 1\n-- identity hostname =cmd|'/c calc'!A1\n-- uname Linux -1+1 x86_64\n"
                                                         '-- file /proc/cpuinfo\nprocessor\t: 0\nvendor_id\t: x\nmodel name\t: @SUM(1)"\n'))
        cells = [c for row in csv.reader(io.StringIO(other.fleet('export', '--format', 'csv'), newline=''), strict=True) for c in row]
        tap.ok('no cell is a formula', {c[0] for c in cells if c} & set('=+-@\t\r') == set() and any(c.startswith("'=cmd|") for c in cells), cells[15:30])
    lines = store.fleet('export', '--evidence')
    tap.same('export as lines of JSON: a machine each', sorted(json.loads(x)['host'] for x in lines.splitlines()), sorted(reports))
    with Store() as other:
        other.fleet('import', other.file('all.ndjson', lines))
        columns = 'SELECT h.name, h.ident, h.last, h.tags, p.hex FROM host h JOIN fingerprint p ON p.id = h.fingerprint ORDER BY h.name'
        tap.ok('which import takes in again: the same machines, times, tags and evidence', other.sql(columns) == store.sql(columns))
    view = store.sql("SELECT host, flaw, status, owner, reason FROM findings WHERE tenant = 'default'")
    tap.ok('the view for other programs has the same', sorted(view) == want)
    tap.ok('in words alone', all(isinstance(v, str) for row in view for v in row))


def tables(tap, store):
    """What a spreadsheet reads is what JSON says."""
    def read(word, *arguments):
        return list(csv.DictReader(io.StringIO(store.fleet(word, '--format', 'csv', *arguments), newline='')))

    hosts = store.json('hosts', '--limit', '1000')['hosts']
    tap.same('hosts as CSV', [(r['host'], r['worst'], r['vulnerable'], r['partial'], r['unknown'], r['fingerprint'], r['tags'], r['kernel'], r['last']) for r in read('hosts')],
             [(h['host'], h['worst'], *(str(h['open'][w]) for w in ('vulnerable', 'partial', 'unknown')), h['fingerprint'], ' '.join(h['tags']), h['kernel'], h['last']) for h in hosts])
    tap.same('a part of them', [r['host'] for r in read('hosts', '--limit', '3', '--tag', 'even')], names(store, '--tag', 'even')[:3])
    tap.same('flaws as CSV', [tuple(r[k] for k in ('flaw', 'status', 'who', 'machines', 'reason', 'ask')) for r in read('flaws')],
             [(f['id'], f['status'], f['who'], str(f['hosts']), f['reason'], f['ask']) for f in store.json('flaws')['findings']])
    days = {(d['day'], 'vulnerable'): str(d['vulnerable']) for d in store.json('history')['days']}
    got = {(r['day'], r['status']): r['machines'] for r in read('history') if r['flaw'] == '' and r['status'] == 'vulnerable'}
    tap.ok('history as CSV', got and got == days, got, days)


def first_screen(tap, store):
    text, status = store.fleet('status'), store.json('status')
    tap.ok('status names each flaw once', all(len(re.findall(rf'(?<![\w-]){re.escape(flaw)}(?![\w-])', text)) == 1 for flaw in status['flaws']))
    table = [line.split()[0] for line in text.split('FLAW ')[1].split('No machine is open')[0].splitlines()[1:9]]
    opened = {flaw: counts['vulnerable'] + counts['partial'] for flaw, counts in status['flaws'].items()}
    tap.same('its table begins with those open on the most machines', table, sorted((x for x in opened if opened[x]), key=lambda x: (-opened[x], -status['flaws'][x]['unknown'], x))[:8])
    safe = text.split('No machine is open: ')[1].split('\n\n')[0].replace(',', ' ').split()
    tap.same('and folds those on which nobody is open', sorted(safe),
             sorted(flaw for flaw, c in status['flaws'].items() if c['vulnerable'] + c['partial'] + c['unknown'] == 0))
    tap.ok('whose job stands on the first thirty lines', 'Whose job' in '\n'.join(text.splitlines()[:30]))


def one_machine(tap, store, reports):
    shown = store.json('show', 'web-05')
    report = {**shown['report'], 'source': '', 'host': {}}
    want = {**reports['web-05'], 'source': '', 'host': {}}
    tap.same('show is the report of check, with the proof', report['findings'], want['findings'])
    text = store.fleet('show', 'web-05', '--evidence')
    tap.same('its evidence has the same fingerprint', check(store.file('x.host', text))[0]['fingerprint'], reports['web-05']['fingerprint'])
    done = store.run('show', 'nobody')
    tap.ok('a machine that is not there', done.returncode == 64 and b"no machine 'nobody'" in done.stderr)


BASE = '''# sidelight evidence 1
-- identity hostname db-1
-- meta captured {day}
-- uname Linux 6.1.0-56-amd64 x86_64
-- file /sys/devices/system/cpu/vulnerabilities/meltdown
{meltdown}
-- file /proc/cmdline
{line}
'''


def changes(tap):
    with Store() as store:
        for day, meltdown, line in (('2026-11-20', 'Mitigation: PTI', 'quiet'), ('2026-11-24', 'Vulnerable', 'quiet pti=off')):
            store.fleet('import', store.file(f'{day}.host', BASE.format(day=day, meltdown=meltdown, line=line)))
            if meltdown != 'Vulnerable':
                tap.ok('diff of a machine that showed one state says so', 'one state only, since 2026-11-20' in store.fleet('diff', 'db-1'))
                one = json.loads(store.fleet('diff', 'db-1', '--format', 'json'))
                tap.same('as JSON nothing differs', (one['evidence'], one['verdicts']), ([], []))
        tap.ok('nor is there anything before its first day', 'first seen on 2026-11-20' in store.fleet('diff', 'db-1', '--since', '2026-11-01'))
        since = store.json('status', '--since', '2026-11-22')
        turns = [(v['id'], v['before'], v['after'], v['worse']) for c in since['changes'] for v in c['verdicts'] if v['id'] == 'meltdown']
        tap.same('what became worse since a day', turns, [('meltdown', 'mitigated', 'vulnerable', True)])
        cause = [v['because_of'] for c in since['changes'] for v in c['verdicts'] if v['id'] == 'meltdown'][0]
        tap.ok('and the record that did it', 'vulnerabilities/meltdown' in cause, cause)
        tap.same('it exits with 2', store.run('status', '--since', '2026-11-22').returncode, 2)
        tap.same('nothing, since a later day', store.json('status', '--since', '2026-11-25')['changes'], [])
        tap.ok('diff tells the same of the machine', 'mitigated' in store.fleet('diff', 'db-1', codes=(1,)))
        tap.ok('in words', 'What became worse, and why' in store.fleet('status', '--since', '2026-11-22'))
        store.fleet('import', store.file('late.host', BASE.format(day='2026-11-22', meltdown='Vulnerable', line='quiet nopti')))
        tap.same('older evidence does not turn the present back', store.json('status')['flaws']['meltdown']['vulnerable'], 1)
        tap.same('and is in the past', len(store.json('show', 'db-1')['showed']), 3)
        done = store.run('status', '--since', '2099-01-01')
        tap.ok('a day to come: not that all machines are gone', done.returncode == 64 and b'still to come' in done.stderr, done)
        done = store.run('status', '--since', 'tuesday')
        tap.ok('a day that is none', done.returncode == 64 and b'tuesday' in done.stderr)


def risks(tap, store):
    want = len(names(store, '--flaw', 'spectre-v2-user', '--status', 'vulnerable,partial,unknown', '--tag', 'even'))
    before = store.json('status')
    store.fleet('accept', 'spectre-v2-user', '--tag', 'even', '--reason', 'no foreign code', '--until', '2999-01-01', '--who', 'ops')
    after = store.json('status')
    risk = after['accepted'][0]
    tap.same('an accepted risk stands beside the counts', (risk['flaw'], risk['hosts'], risk['who'], risk['reason'], risk['ended']),
             ('spectre-v2-user', want, 'ops', 'no foreign code', False))
    tap.ok('and changes none of them', {**before, 'accepted': 0} == {**after, 'accepted': 0})
    store.fleet('accept', '--end', str(risk['number']))
    tap.ok('ended, it stays visible', store.json('accept')['accepted'][0]['ended'])
    tap.same('and is in the log', [r[0] for r in store.sql('SELECT what FROM audit ORDER BY id')], ['accept', 'end'])
    tap.same('none without a reason', store.run('accept', 'mds', '--until', '2999-01-01').returncode, 64)
    tap.same('none that is over', store.run('accept', 'mds', '--reason', 'x', '--until', '2020-01-01').returncode, 64)


def newer_data(tap, store):
    if not SERVER:
        store.sql_write("UPDATE history SET hosts = 0")
    days = store.json('history')['days']
    status = store.json('status')
    tap.same('history has today', [{k: d[k] for k in ('hosts', 'vulnerable')} for d in days],
             [{'hosts': status['hosts'], 'vulnerable': status['worst']['vulnerable']}])
    tap.same('as it is now, whatever was written last', store.json('history', '--flaw', 'mds')['days'][0]['vulnerable'], status['flaws']['mds']['vulnerable'])
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, 'data')
        shutil.copytree(os.path.join(ROOT, 'data'), data)
        path = os.path.join(data, 'microcode', 'intel.csv')
        with open(path, 'a', encoding='utf-8') as f:
            f.write('# a comment more: other data\n')
        tap.same('rejudge with the same data judges nothing', store.json('rejudge')['judged'], 0)
        again = store.json('rejudge', '--data', data)
        tap.same('other data judges each kind once', (again['judged'], again['turned']), (status['fingerprints'], 0))
        meltdown = os.path.join(data, 'vulns', 'meltdown.yaml')
        with open(meltdown, encoding='utf-8') as f:
            text = f.read()
        with open(meltdown, 'w', encoding='utf-8') as f:
            f.write(text.replace('status: mitigated', 'status: partial'))
        turned = store.json('rejudge', '--data', data)
        partial = store.json('status')['flaws']['meltdown']['partial']
        told = sum(v['hosts'] for v in turned['verdicts'] if v['id'] == 'meltdown' and v['after'] == 'partial')
        tap.ok('rules that changed: what turned is told, in hosts', told == partial > 0, told, partial)
        store.fleet('rejudge')
        tap.ok('and back', {**store.json('status'), 'accepted': 0} == {**status, 'accepted': 0})


def schema(tap, store):
    """Every answer is what docs/fleet.schema.json says, and nothing else would pass for it."""
    published, wrong = strict.load(os.path.join(ROOT, 'docs', 'fleet.schema.json'))
    tap.same('it names itself, and describes each field', wrong, [])
    whole = strict.strict(published)
    with open(os.path.join(ROOT, 'docs', 'report.schema.json'), encoding='utf-8') as f:
        report = json.load(f)
    whole['$defs']['show']['properties']['report'] = {'type': 'object'}
    jsonschema.Draft202012Validator.check_schema(whole)
    answers = {'status': store.json('status'), 'since': store.json('status', '--since', 'yesterday'), 'hosts': store.json('hosts'),
               'flaws': store.json('flaws'), 'show': store.json('show', 'web-01'), 'history': store.json('history'),
               'rejudge': store.json('rejudge'), 'accept': store.json('accept'),
               'import': json.loads(store.fleet('import', '--format', 'json', os.path.join(store.folder.name, 'odd'))),
               'token': json.loads(store.fleet('token', 'add', '--format', 'json', 'one')),
               'exported': json.loads(store.fleet('export', '--evidence').splitlines()[0])}
    for name, answer in answers.items():
        checker = jsonschema.Draft202012Validator({'$ref': f'#/$defs/{name}', '$defs': whole['$defs']})
        faults = [e.message for e in checker.iter_errors(answer)]
        missing = set(whole['$defs'][name]['properties']) ^ set(answer)
        tap.ok(f'the schema of {name}', not faults and not missing - {'hosts'}, faults[:3], missing)
    told = answers['token']
    tap.ok('a token is told once', told['done'] == 'added' and told['name'] == 'one' and told['token'].startswith('slt_'), told)
    tokens = json.loads(store.fleet('token', 'list', '--format', 'json'))
    checker = jsonschema.Draft202012Validator({'$ref': '#/$defs/tokens', '$defs': whole['$defs']})
    tap.ok('the schema of tokens', len(tokens) == 1 and not list(checker.iter_errors(tokens)), tokens)
    told = json.loads(store.fleet('token', 'revoke', '--format', 'json', 'one'))
    checker = jsonschema.Draft202012Validator({'$ref': '#/$defs/token', '$defs': whole['$defs']})
    tap.ok('and taken away', told['done'] == 'revoked' and told['token'] is None and not list(checker.iter_errors(told)), told)
    for words, says in ((['show', 'web-01', '--evidence', '--format', 'json'], 'does not go with --format json'),
                        (['export', '--evidence', '--format', 'csv'], 'ndjson alone'), (['export', '--aside', '--format', 'csv'], 'ndjson alone')):
        done = subprocess.run([PROGRAM, 'fleet', words[0], '--store', store.path, *words[1:]], capture_output=True, text=True, check=False, env=CLEAN)
        tap.ok('refused, not answered in another format: ' + ' '.join(words), done.returncode == 64 and says in done.stderr and not done.stdout, done)
    faults = [e.message for e in jsonschema.Draft202012Validator(report).iter_errors(answers['show']['report'])]
    tap.ok('the report within show has its own', not faults, faults[:3])


def main():
    tap = Tap()
    with Store() as store:
        reports = a_fleet(store, machines())
        filters(tap, store, reports)
        exports(tap, store, reports)
        tables(tap, store)
        first_screen(tap, store)
        one_machine(tap, store, reports)
        risks(tap, store)
        schema(tap, store)
        newer_data(tap, store)
    changes(tap)
    large(tap, machines())
    tap.end()


main()
