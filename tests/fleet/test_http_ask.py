#!/usr/bin/env python3
"""Over HTTP as on the command line: what is asked, what is changed, and the log of who did it. Usage: test_http_ask.py SIDELIGHT [postgresql]"""
import csv
import io
import json
import os
import re
import threading
import time
import urllib.parse

import jsonschema

import fleet
from report import strict # found by fleet.py
from web import Server, evidence, ndjson

KIND = 'application/x-ndjson'


def checker(name):
    whole = strict.strict(strict.load(os.path.join(fleet.ROOT, 'docs', 'fleet.schema.json'))[0])
    with open(os.path.join(fleet.ROOT, 'docs', 'report.schema.json'), encoding='utf-8') as f:
        report = json.load(f)
    for key in ('show', 'machine'):
        whole['$defs'][key]['properties']['report'] = {'type': 'object'}
    both = [jsonschema.Draft202012Validator({'$ref': f'#/$defs/{name}', '$defs': whole['$defs']}), jsonschema.Draft202012Validator(report)]

    def faults(answer):
        return [e.message for e in both[0].iter_errors(answer)] + [e.message for h in answer.get('hosts', []) if 'report' in h for e in both[1].iter_errors(h['report'])]
    return faults


def token(store, name, *arguments):
    return store.fleet('token', 'add', name, *arguments).strip()


def pages(s, path):
    """All of what a path answers a page at a time."""
    text, count = '', 0
    while path:
        status, part, headers = s.ask(path)
        assert status == 200, (path, status, part)
        text += part
        count += 1
        more = re.fullmatch(r'<([^>]*)>; rel="next"', headers.get('Link', ''))
        path = more.group(1) if more else None
    return text, count


def the_proof(t, store, s):
    for host in ('web-1', 'web 2/"x"'):
        got = s.json('/v1/hosts/' + (host if host == 'web-1' else 'web%202%2F%22x%22'))
        want = store.json('show', host)
        t.ok(f'{host}: as `fleet show` has it', len(got['hosts']) == 1 and got['hosts'][0] == {k: v for k, v in want.items() if k != 'schema'}, str(got)[:500])
        t.ok(f'{host}: the schema', not checker('machines')(got), *checker('machines')(got)[:3])
    flaws = {f['id']: f for f in got['hosts'][0]['report']['findings']}
    t.ok('with what decided each verdict', flaws['meltdown']['evidence'] and flaws['mds']['evidence'], str(flaws['mds'])[:500])
    t.same('a machine that is not there', s.ask('/v1/hosts/nobody')[0], 404)
    wrong = ('status=vulnerabel', 'status=vulnerable,open', 'worst=bad', 'flaw=no-such-flaw')
    t.same('a word that is mistyped does not look like nothing open', [s.ask(f'/{p}?{w}')[0] for p in ('v1/status', 'v1/hosts', 'v1/flaws', 'v1/export', 'v1/changes', 'hosts', '')
                                                                       for w in wrong], [400] * 28)
    passed_over = ('kernle=6.1', 'flaw=mds&flaw=l1tf', 'flaw=&flaw=mds', 'FLAW=mds', '%66law=mds', 'x', 'a%0ab=1', 'flaw=mds&&x=')
    t.same('nor is a name that is mistyped, or given twice, passed over', [s.ask(f'/{p}?{w}')[0] for p in ('v1/status', 'v1/hosts', 'v1/audit', 'metrics', 'hosts', '')
                                                                          for w in passed_over], [400] * 48)
    known = s.json('/v1/flaws/mds')
    t.ok('a flaw answers to all its names', known['findings'] and [s.json(f'/v1/flaws/{n}') for n in ('MDS', 'CVE-2018-12126')] == [known] * 2 and
         s.json('/v1/hosts?flaw=MDS') == s.json('/v1/hosts?flaw=mds') and 'no such flaw' not in s.ask('/flaws/MDS')[1])


def the_difference(t, store, s):
    for query, words in (('', ()), ('?since=2026-06-01', ('--since', '2026-06-01')), ('?since=2000-01-01', ('--since', '2000-01-01'))):
        got, want = s.json('/v1/diff/web-1' + query), json.loads(store.fleet('diff', '--format', 'json', *words, 'web-1', codes=(0, 1, 10)))
        t.same(f'the difference{query}', got, want)
    t.ok('its schema', not checker('diff')(s.json('/v1/diff/web-1')) and [v['id'] for v in s.json('/v1/diff/web-1')['verdicts']] == ['meltdown'], s.json('/v1/diff/web-1'))
    t.same('two machines of one name', [s.ask('/v1/diff/twin')[0], s.ask('/v1/diff/twin?ident=id-2')[0], s.ask('/v1/diff/twin?ident=id-3')[0]], [400, 200, 404])


def clouds(t, store, s):
    store.fleet('import', *(os.path.join(fleet.ROOT, 'tests', 'cli', 'clouds', 'lists', f) for f in ('az.json', 'aws.json', 'gcloud.json')))
    want = store.json('resources')
    t.ok('resources as `fleet resources` has them', len(want['kinds']) > 3 and s.json('/v1/resources') == want and not checker('resources')(want), want['kinds'])
    some = s.json('/v1/resources?limit=2')
    t.ok('page by page', some['more'] and some['resources'] == want['resources'][:2] and some['kinds'] == want['kinds'] and
         s.json('/v1/resources?limit=2&after=' + urllib.parse.quote(some['resources'][1]['name'], safe=''))['resources'] == want['resources'][2:4], some)


def exports(t, store, s):
    t.same('every line of an export', pages(s, '/v1/export')[0], store.fleet('export'))
    text, count = pages(s, '/v1/export?limit=2&evidence=1')
    t.ok('a page at a time, with evidence', text == store.fleet('export', '--evidence') and count >= 3, count)
    text = pages(s, '/v1/export?limit=2&format=csv')[0]
    t.ok('as CSV', text == store.run('export', '--format', 'csv').stdout.decode() and len(list(csv.reader(io.StringIO(text)))) > 5, text[:300])
    t.same('only what is asked for', pages(s, '/v1/export?limit=1&kernel=6.1.2')[0], store.fleet('export', '--kernel', '6.1.2'))
    text, count = pages(s, '/v1/export?aside=1&evidence=1&limit=1')
    t.ok('what was kept aside', text == store.fleet('export', '--aside', '--evidence') and text.count('\n') == 2 and count >= 2, text)
    t.same('what is no question', [s.ask('/v1/export?' + q)[0] for q in ('format=xml', 'limit=0', 'limit=1001', 'after=%0d', 'aside=1&after=x')], [400] * 5)


def asked(t):
    with fleet.Store() as store, Server(store) as s:
        line = lambda host, when, number, sentence, **more: {'host': host, 'time': when, 'evidence': evidence(host, number, sentence), **more}
        s.json('/v1/evidence', ndjson(line('web-1', 1780000000, 1, 'Mitigation: PTI'), line('web-1', 1790000000, 1, 'Vulnerable'),
                                      line('web 2/"x"', 1790000000, 2, 'Mitigation: PTI'), line('web-3', 1790000000, 2, 'Mitigation: PTI')), kind=KIND)
        known = store.sql('SELECT hex FROM fingerprint ORDER BY id')[0][0]
        s.ask('/v1/seen', f'{known} 1790000000 id-1 twin\n{known} 1790000000 id-2 twin\n')
        for n in range(2):
            s.json(f'/v1/evidence?name=odd-{n}.txt', f'what is this? {n}\n')
        the_proof(t, store, s)
        the_difference(t, store, s)
        exports(t, store, s)
        clouds(t, store, s)


RISK = {'flaw': 'mds', 'reason': 'no code of others', 'until': '2099-01-01', 'tag': 'batch'}


def risks(t):
    with fleet.Store() as store:
        store.fleet('import', '--tag', 'batch', *fleet.machines()[:12])
        read, send, admin = token(store, 'reader', '--scope', 'read'), token(store, 'sender'), token(store, 'ops', '--scope', 'admin')
        other = token(store, 'theirs', '--tenant', 'red', '--scope', 'admin')
        with Server(store) as s:
            post = lambda path, body, who=admin: s.ask(path, json.dumps(body), token=who, kind='application/json')
            t.same('who may not', [post('/v1/accepted', RISK, w)[0] for w in (read, send, None)] + [post('/v1/rejudge', {}, read)[0], s.ask('/v1/audit', token=read)[0]],
                   [403, 403, 401, 403, 403])
            status, text, _ = post('/v1/accepted', {**RISK, 'who': 'the owner'})
            want = store.json('accept')
            t.ok('a risk is accepted, and told as the command line tells it', status == 200 and json.loads(text) == want and not checker('accept')(want), text)
            t.same('with all of it', [(r['flaw'], r['about'], r['reason'], r['who'], r['until'], r['hosts']) for r in want['accepted']],
                   [('mds', 'flaw=mds tag=batch', 'no code of others', 'the owner', '2099-01-01T00:00:00Z', want['accepted'][0]['hosts'])])
            for bad in ({**RISK, 'tags': 'x'}, {**RISK, 'flaw': 'none'}, {**RISK, 'reason': ''}, {**RISK, 'until': '2020-01-01'}, {**RISK, 'until': 'soon'}, {**RISK, 'tag': 5},
                        {**RISK, 'reason': 'a\nb'}, {**RISK, 'reason': 'a\x1b[31mb'}, {**RISK, 'reason': 'x' * 2000}, {k: v for k, v in RISK.items() if k != 'until'}, [RISK], 'x', {},
                        {**RISK, 'status': 'mitigated', 'x|y': 1}):
                got = post('/v1/accepted', bad)
                t.ok(f'refused: {str(bad)[:70]!r}', got[0] == 400 and 'error' in json.loads(got[1]), got)
            t.same('and nothing of it is kept', store.json('accept'), want)
            t.same('a risk of another tenant', [len(json.loads(s.ask('/v1/accepted', token=w)[1])['accepted']) for w in (admin, read, other)], [1, 1, 0])
            t.same('is not ended by it', post('/v1/accepted/end', {'number': want['accepted'][0]['number']}, other)[0], 400)
            t.same('nor by a number that is none', [post('/v1/accepted/end', {'number': n})[0] for n in (0, -1, 'x', 10**30)], [400] * 4)
            got = json.loads(post('/v1/accepted/end', {'number': want['accepted'][0]['number']})[1])
            t.same('it ends', [r['ended'] for r in got['accepted']], [True])
            t.same('once', post('/v1/accepted/end', {'number': want['accepted'][0]['number']})[0], 400)
            got = post('/v1/rejudge', {}, other)
            t.ok('not by another tenant\'s admin: all tenants would be judged', got[0] == 403 and 'all tenants' in got[1], got)
            got = json.loads(post('/v1/rejudge', {})[1])
            t.ok('all is judged anew', not checker('rejudge')(got) and got == store.json('rejudge'), got)
        log = [(r['who'], r['what']) for r in store.json('audit')['changes']]
        t.same('the log has who did it', log[1:4], [('ops (127.0.0.1)', 'rejudge'), ('ops (127.0.0.1)', 'end'), ('ops (127.0.0.1)', 'accept')])


def rejudged_by_other_data(t):
    """Verdicts that another catalog gave are what rejudge turns; two at once do not judge twice."""
    with fleet.Store() as store:
        store.fleet('import', *fleet.machines()[:30])
        before = store.json('flaws')
        for statement in ("UPDATE outcome_finding SET finding = (SELECT min(id) FROM finding)", "UPDATE fingerprint SET catalog = 0"):
            store.sql_write(statement)
        store.sql_write("DELETE FROM verdict")
        with Server(store, '--rate', '0') as s:
            got = []
            threads = [threading.Thread(target=lambda: got.append(s.ask('/v1/rejudge', '')[0])) for _ in range(6)]
            for th in threads:
                th.start()
            while any(th.is_alive() for th in threads):
                assert s.ask('/healthz')[0] == 200
                time.sleep(0.02)
            t.ok('at least one judges, and who comes meanwhile hears so', 200 in got and set(got) <= {200, 503}, got)
        t.ok('all kinds are judged', store.json('status')['judged_before'] == 0 and len(before['findings']) > 0)


def sends(t):
    with fleet.Store() as store:
        send, admin = token(store, 'sender'), token(store, 'ops', '--scope', 'admin')
        with Server(store) as s:
            for n in range(3):
                s.ask('/v1/evidence', evidence(f'web-{n}', n), token=send)
            s.ask('/v1/evidence', ndjson({'host': 'a', 'evidence': evidence('a')}, {'host': 'b', 'evidence': 'nothing'}), token=send, kind=KIND)
            s.ask('/v1/evidence', '', token=send)
            s.ask('/v1/seen', 'x\n', token=send)
            until = time.monotonic() + 60
            while time.monotonic() < until:
                audit = json.loads(s.ask('/v1/audit', token=admin)[1])
                if audit['sent'] and audit['sent'][0]['requests'] >= 4:
                    break
                time.sleep(0.1)
            t.same('who handed in how much', [(r['who'], r['address'], r['requests'], r['reports'], r['kept_aside']) for r in audit['sent']], [('sender', '127.0.0.1', 4, 4, 1)])
            t.ok('its schema', not checker('audit')(audit), *checker('audit')(audit)[:3])
            s.ask('/v1/evidence', evidence('web-9', 1), token=send)
        store.fleet('import', *fleet.machines()[:3])
        sent = {r['who']: r for r in store.json('audit')['sent']}
        t.ok('also the last before the end', sent['sender']['requests'] == 5 and sent['sender']['reports'] == 5, sent)
        t.ok('and what is imported', len(sent) == 2 and [r['reports'] for r in sent.values() if r['address'] == 'import'] == [3], sent)
        t.ok('as text', 'SENT BY' in store.fleet('audit') and 'token add' in store.fleet('audit'), store.fleet('audit'))


def bodies_cut_at_every_byte(t):
    """Whatever is cut off: it is taken or refused with a reason, and what was taken is what is told."""
    with fleet.Store() as store, Server(store, '--rate', '0') as s:
        s.json('/v1/evidence', evidence('a', 1))
        known = store.sql('SELECT hex FROM fingerprint')[0][0]
        told = 0
        for path, kind, body, codes in (('/v1/seen', 'text/plain', f'{known} 1790000000 id web-1\n{"ab" * 32} - - x\n', (200, 204, 400)),
                                        ('/v1/evidence', KIND, ndjson({'host': 'é"\\', 'ident': 'i', 'time': 1790000000, 'evidence': evidence('b', 2)[:120]},
                                                                      {'host': 'c', 'fingerprint': known}), (200, 400)),
                                        ('/v1/evidence', 'text/plain', evidence('d', 3), (200, 400)),
                                        ('/v1/accepted', 'application/json', json.dumps({**RISK, 'tag': 'é\U0001f600"\\'}), (200, 400)),
                                        ('/v1/accepted/end', 'application/json', '{"number": 99999}', (400,))):
            raw, bad = body.encode(), []
            for n in range(len(raw) + 1):
                status, text, _ = s.ask(path, raw[:n], kind=kind)
                told += path == '/v1/accepted' and status == 200
                if status not in codes or (status == 400 and not json.loads(text)['error']):
                    bad.append((n, status, text))
            t.ok(f'{path}, {kind}: each of {len(raw) + 1} lengths', not bad, bad[:3])
        t.same('one risk alone was whole', (told, len(store.json('accept')['accepted'])), (1, 1))
    t.same('and the server ended well', (s.code, s.log), (0, ''))


def main():
    t = fleet.Tap()
    for check in (asked, risks, rejudged_by_other_data, sends, bodies_cut_at_every_byte):
        print('#', check.__name__.replace('_', ' '))
        check(t)
    t.end()


main()
