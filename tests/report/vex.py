#!/usr/bin/env python3
"""VEX and other documents of many machines say of each CVE and each machine what the JSON reports say, and never something safer. Usage: vex.py SIDELIGHT FOLDER"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree as ET

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
ORDER = ['not-affected', 'mitigated', 'unknown', 'partial', 'vulnerable']
OPENVEX = {'not-affected': ('not_affected', 'vulnerable_code_not_present'), 'mitigated': ('not_affected', 'inline_mitigations_already_exist'),
           'unknown': ('under_investigation', None), 'partial': ('affected', None), 'vulnerable': ('affected', None)}
CYCLONEDX = {'not-affected': ('not_affected', 'code_not_present'), 'mitigated': ('not_affected', 'protected_by_mitigating_control'),
             'unknown': ('in_triage', None), 'partial': ('exploitable', None), 'vulnerable': ('exploitable', None)}
CSAF = {'not-affected': ('known_not_affected', 'vulnerable_code_not_present'),
        'mitigated': ('known_not_affected', 'inline_mitigations_already_exist'), 'unknown': ('under_investigation', None),
        'partial': ('known_affected', None), 'vulnerable': ('known_affected', None)}


def run(program, form, files, *options):
    done = subprocess.run([program, 'check', '--format', form, *options, *files], capture_output=True, check=False)
    assert done.stderr == b'', done.stderr
    return done.stdout.decode()


def truth(reports, words):
    """(machine, CVE or id) -> what the worst finding that has it becomes."""
    worst = {}
    for r in reports:
        for f in r['findings']:
            for name in f['cves'] or [f['id']]:
                key = (r['host']['name'], name)
                worst[key] = max(worst.get(key, 0), ORDER.index(f['status']))
    return {key: words[ORDER[n]] for key, n in worst.items()}


def compare(told, want):
    """`told`: list of (key, words)."""
    bad = [f'{k} is told twice' for k in {k for k, _ in told} if sum(k == x for x, _ in told) > 1] if len(told) != len(dict(told)) else []
    told = dict(told)
    return bad + [f'{k}: {told.get(k)}, not {want.get(k)}' for k in told.keys() | want.keys() if told.get(k) != want.get(k)]


def openvex(text, reports):
    with open(os.path.join(HERE, 'openvex.schema.json'), encoding='utf-8') as f:
        validator = jsonschema.Draft202012Validator(json.load(f))
    document = json.loads(text)
    told = [((urllib.parse.unquote(p['@id'].removeprefix('pkg:generic/')), s['vulnerability']['name']), (s['status'], s.get('justification')))
            for s in document['statements'] for p in s['products']]
    return [f'{e.json_path}: {e.message[:200]}' for e in validator.iter_errors(document)] + compare(told, truth(reports, OPENVEX))


def cyclonedx(text, reports):
    document = json.loads(text)
    names = {c['bom-ref']: c['name'] for c in document['components']}
    told = [((names[a['ref']], v['id']), (v['analysis']['state'], v['analysis'].get('justification')))
            for v in document['vulnerabilities'] for a in v['affects']]
    bad = [] if document['specVersion'] == '1.6' and len(names) == len(reports) else ['frame']
    bad += [f'{v["id"]}: no recommendation' for v in document['vulnerabilities'] if v['analysis']['state'] == 'exploitable' and not v.get('recommendation')]
    return bad + compare(told, truth(reports, CYCLONEDX))


def csaf(text, reports):
    document = json.loads(text)
    names = {p['product_id']: p['name'] for p in document['product_tree']['full_product_names']}
    told, bad = [], []
    ids = [v.get('cve') or v['ids'][0]['text'] for v in document['vulnerabilities']]
    for name, v in zip(ids, document['vulnerabilities']):
        flags = {p: f['label'] for f in v.get('flags', []) for p in f['product_ids']}
        helped = {p for r in v.get('remediations', []) for p in r['product_ids']}
        for status, products in v['product_status'].items():
            told += [((names[p], name), (status, flags.get(p))) for p in products]
            bad += [f'{name}: nothing to do about {p}' for p in products if status == 'known_affected' and p not in helped]
    bad += ['a CVE stands twice'] if len(ids) != len(set(ids)) else []
    return bad + compare(told, truth(reports, CSAF))


SMC = {'not-affected': False, 'mitigated': False, 'unknown': None, 'partial': True, 'vulnerable': True}
SMC_WORD = {False: 'OK', None: 'UNK', True: 'VULN'}


def smc(program, files, reports):
    """What scripts around spectre-meltdown-checker read: the shapes of its 0.45, and the same verdicts."""
    want = {k: v for k, v in truth(reports, SMC).items() if k[1].startswith('CVE-')}
    lists = [json.loads(line) for line in run(program, 'smc-json', files).split('\n')[:-1]]
    told = [((r['host']['name'], one['CVE']), one['VULNERABLE']) for r, all_of in zip(reports, lists, strict=True) for one in all_of]
    bad = compare(told, want) + [str(one) for all_of in lists for one in all_of if list(one) != ['NAME', 'CVE', 'VULNERABLE', 'INFOS']]
    names = {one['CVE']: one['NAME'] for one in lists[0]}
    bad += [] if (names['CVE-2017-5754'], names['CVE-2018-12126'], names['CVE-2018-3639']) == ('MELTDOWN', 'MSBDS', 'VARIANT 4') else [str(names)]
    lines = [re.fullmatch(r'specex_vuln_status\{name="[^"]+",cve="(CVE-[0-9-]+)",status="([A-Z]+)",info="[^"]+",host="([^"]+)"\} 1', line)
             for line in run(program, 'smc-prometheus', files).split('\n')[2:-1]]
    bad += ['a line of the metrics'] if None in lines else []
    bad += compare([((m.group(3), m.group(1)), m.group(2)) for m in lines if m], {k: SMC_WORD[v] for k, v in want.items()})
    for r, line in zip(reports, run(program, 'smc-nrpe', files).split('\n')[:-1], strict=True):
        mine = {cve: v for (host, cve), v in want.items() if host == r['host']['name']}
        open_ones = {cve for cve, v in mine.items() if v}
        said = set(line.removeprefix('Vulnerable: ').split()) if line.startswith('Vulnerable: ') else set()
        if said != open_ones or (not said and line != ('Unknown' if None in mine.values() else 'OK')):
            bad.append(f'{r["host"]["name"]}: {line}')
    return bad


def smc26(program, files, reports):
    """The same of its versions 25 and 26: the keys that their schema demands, and the same verdicts; two of one name are two machines."""
    want = {k: v for k, v in truth(reports, SMC).items() if k[1].startswith('CVE-')}
    all_of = [json.loads(line) for line in run(program, 'smc26-json', files).split('\n')[:-1]]
    told = [((r['host']['name'], v['cve']), v['vulnerable']) for r, one in zip(reports, all_of, strict=True) for v in one['vulnerabilities']]
    bad = compare(told, want)
    for r, one in zip(reports, all_of, strict=True):
        keys = {'cve', 'name', 'aliases', 'cpu_affected', 'status', 'vulnerable', 'info', 'sysfs_status', 'sysfs_message'}
        spared = {c for f in r['findings'] if f['affected']['hardware'] != 'no' for c in f['cves']}
        if (list(one) != ['meta', 'system', 'cpu', 'cpu_microcode', 'vulnerabilities'] or one['meta']['format_version'] != 1
                or any(set(v) != keys or v['status'] != SMC_WORD[v['vulnerable']] for v in one['vulnerabilities'])
                or {v['cve'] for v in one['vulnerabilities'] if v['cpu_affected']} != spared & {v['cve'] for v in one['vulnerabilities']}
                or (one['cpu'] and one['cpu'][one['cpu']['arch']].keys() < {'capabilities'})):
            bad.append(f'{r["source"]}: frame')
    text = run(program, 'smc26-prometheus', files)
    series = re.findall(r'(?m)^smc_vulnerability_status\{host="([^"]+)",cve="(CVE-[0-9-]+)",name="[^"]+",cpu_affected="(?:true|false)"\} ([012])$', text)
    bad += compare([((host, cve), {'0': False, '1': True, '2': None}[value]) for host, cve, value in series], want)
    lines = [line for line in run(program, 'smc26-prometheus', [files[0], files[0]]).split('\n') if line and line[0] != '#']
    names = [line.rsplit(' ', 1)[0] for line in lines]
    bad += ['a series stands twice'] if len(names) != len(set(names)) else []
    for r, one in zip(reports, all_of, strict=True):
        line = run(program, 'smc26-nrpe', [r['source']]).split('\n')[0]
        status = [v['status'] for v in one['vulnerabilities']]
        first, figures = line.split(' | ')
        word = 'CRITICAL' if 'VULN' in status else 'UNKNOWN' if 'UNK' in status else 'OK'
        if not first.startswith(word + ': ') or figures != f'checked={len(status)} vulnerable={status.count("VULN")} unknown={status.count("UNK")}':
            bad.append(line)
    return bad


def xccdf(program, files, reports):
    names = {'x': 'http://checklists.nist.gov/xccdf/1.2'}
    words = {'not-affected': 'notapplicable', 'mitigated': 'pass', 'unknown': 'unknown', 'partial': 'fail', 'vulnerable': 'fail'}
    text = run(program, 'xccdf', files)
    root = ET.fromstring(text)
    rules = [r.get('id').removeprefix('xccdf_org.sidelight_rule_') for r in root.findall('x:Rule', names)]
    bad = []
    for result, r in zip(root.findall('x:TestResult', names), reports, strict=True):
        told = {x.get('idref').removeprefix('xccdf_org.sidelight_rule_'): x.find('x:result', names).text for x in result.findall('x:rule-result', names)}
        want = {f['id']: words[f['status']] for f in r['findings']}
        score = result.find('x:score', names)
        counts = r['summary']['counts']
        applies = sum(n for s, n in counts.items() if s != 'not-affected')
        if told != want or list(told) != rules or (applies and (int(score.text), int(score.get('maximum'))) != (counts['mitigated'], applies)):
            bad.append(r['source'])
    if shutil.which('oscap'):
        with tempfile.NamedTemporaryFile('w', suffix='.xml', encoding='utf-8') as f:
            f.write(text)
            f.flush()
            done = subprocess.run(['oscap', 'xccdf', 'validate', f.name], capture_output=True, check=False)
        bad += [(done.stdout + done.stderr).decode()] if done.returncode else []
    return bad


def oval(program, files, reports):
    """Definitions are found again by the flaw's id; a machine is a system, and what is not known is not false."""
    name = {k: f'http://oval.mitre.org/XMLSchema/oval-{v}' for k, v in (('r', 'results-5'), ('d', 'definitions-5'), ('s', 'system-characteristics-5'))}
    words = {'not-affected': 'false', 'mitigated': 'false', 'unknown': 'unknown', 'partial': 'true', 'vulnerable': 'true'}
    text = run(program, 'oval', files)
    root = ET.fromstring(text)
    flaws = {d.get('id'): d.find('.//d:reference[@source="sidelight"]', name).get('ref_id') for d in root.iterfind('.//d:definition', name)}
    bad = [] if sorted(flaws.values()) == sorted(f['id'] for f in reports[0]['findings']) else ['two flaws have one number']
    for system, r in zip(root.findall('r:results/r:system', name), reports, strict=True):
        told = {flaws[d.get('definition_id')]: d.get('result') for d in system.iterfind('r:definitions/r:definition', name)}
        items = {i.findtext('{*}var_ref').split(':')[-1]: i.findtext('{*}value') for i in system.iterfind('.//s:system_data/*', name)}
        mine = {flaws[f'oval:org.sidelight:def:{number}']: status for number, status in items.items()}
        if (told != {f['id']: words[f['status']] for f in r['findings']} or system.findtext('.//s:primary_host_name', None, name) != r['host']['name']
                or mine != {f['id']: f['status'] for f in r['findings'] if f['status'] != 'unknown'}):
            bad.append(r['source'])
    if shutil.which('oscap'):
        with tempfile.NamedTemporaryFile('w', suffix='.xml', encoding='utf-8') as f:
            f.write(text)
            f.flush()
            for more in ([], ['--schematron']):
                done = subprocess.run(['oscap', 'oval', 'validate', *more, f.name], capture_output=True, check=False)
                bad += [(done.stdout + done.stderr).decode()] if done.returncode or b'rror' in done.stderr else []
    return bad


def unmarked(text):
    """What CommonMark shows of a text in which all that would be markup is escaped."""
    return re.sub(r'\\([!-/:-@\[-`{-~])', r'\1', text)


def oscal_references(document):
    """Each reference has its object, in the same result or document; an identifier that stands twice names the same."""
    body = document['assessment-results']
    goals = [part['id'] for o in body['local-definitions']['objectives-and-methods'] for part in o['parts']]
    bad = [] if len(goals) == len(set(goals)) else ['an objective stands twice']
    for result in body['results']:
        here = result['local-definitions']
        tools = {c['uuid'] for c in here['assessment-assets']['components']}
        machines = {i['uuid'] for i in here['inventory-items']}
        seen = {o['uuid'] for o in result['observations']}
        chosen = {i['objective-id'] for s in result['reviewed-controls']['control-objective-selections'] for i in s['include-objectives']}
        wanted = [(tools, u['component-uuid']) for p in here['assessment-assets']['assessment-platforms'] for u in p['uses-components']]
        wanted += [(tools, actor['actor-uuid']) for o in result['observations'] for origin in o['origins'] for actor in origin['actors']]
        wanted += [(machines, s['subject-uuid']) for o in result['observations'] for s in o['subjects']]
        wanted += [(seen, o['observation-uuid']) for f in result.get('findings', []) for o in f['related-observations']]
        wanted += [(chosen, f['target']['target-id']) for f in result.get('findings', [])]
        wanted += [(set(goals), goal) for goal in chosen]
        controls = {c['control-id'] for s in result['reviewed-controls']['control-selections'] for c in s['include-controls']}
        wanted += [(controls, o['control-id']) for o in body['local-definitions']['objectives-and-methods']]
        bad += [f'{result["title"]}: nothing is {name}' for names, name in wanted if name not in names]
    named = {}

    def walk(node):
        if isinstance(node, dict):
            if 'uuid' in node and named.setdefault(node['uuid'], node) != node:
                bad.append(f'{node["uuid"]} names two things')
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)
    walk(document)
    return bad


def oscal(program, files, reports):
    """A result a machine; only what is mitigated, or not affected, is satisfied; each reference has its object, each object its own identifier."""
    with open(os.path.join(HERE, 'oscal.schema.json'), encoding='utf-8') as f:
        validator = jsonschema.Draft7Validator(json.load(f))
    document = json.loads(run(program, 'oscal', files))
    bad = [f'{e.json_path}: {e.message[:200]}' for e in validator.iter_errors(document)] + oscal_references(document)
    for result, r in zip(document['assessment-results']['results'], reports, strict=True):
        status = {o['uuid']: {p['name']: p['value'] for p in o['props']} for o in result['observations']}
        told = {(o['flaw'], o['status']) for o in status.values()}
        bad += [] if told == {(f['id'], f['status']) for f in r['findings']} and unmarked(result['title']) == r['host']['name'] else [f'{r["source"]}: observations']
        if [unmarked(o['description']) for o in result['observations']] != [f['reason'] for f in r['findings']]:
            bad.append(f'{r["source"]}: reasons')
        for f in result['findings']:
            o = status[f['related-observations'][0]['observation-uuid']]
            safe = o['status'] in ('mitigated', 'not-affected')
            if (f['target']['status']['state'] == 'satisfied') != safe or f['target']['target-id'] != f'sidelight-{o["flaw"]}':
                bad.append(f'{r["source"]}: {o["flaw"]} {o["status"]} is {f["target"]["status"]}')
    mine = [x['uuid'] for r in document['assessment-results']['results'] for x in (r, *r['observations'], *r['findings'], *r['local-definitions']['inventory-items'])]
    again = json.loads(run(program, 'oscal', [files[0], files[0]], '--only', 'ssb'))['assessment-results']['results']
    wrong = json.loads(json.dumps(document))
    wrong['assessment-results']['results'][0]['observations'][0]['methods'] = ['GUESS']
    lost = json.loads(json.dumps(document))
    lost['assessment-results']['results'][0]['observations'][0]['uuid'] = lost['assessment-results']['uuid']
    return bad + ([] if len(mine) == len(set(mine)) and again[0]['uuid'] != again[1]['uuid'] else ['an identifier stands twice']) + \
        ([] if list(validator.iter_errors(wrong)) and oscal_references(lost) else ['the test takes anything']) + oscal_odd(program, validator)


def oscal_odd(program, validator):
    """What NIST's types do not take: days before 1900, a leap second, blanks of Unicode's at an end; and Markdown in a name."""
    bad = []
    for captured, name, start in (('1601-01-01', 'a', None), ('2016-12-31T23:59:60Z', 'a', '2016-12-31T23:59:59Z'), ('3001-01-01', 'a', None), ('2026-01-02', '\u00a0\u3000x\u2003', '2026-01-02T00:00:00Z'),
                                  ('2026-01-02T03:04:05Z', '# *x*_y_ <b>{{ insert: x }}</b> &amp; [a](b) `c` s_t 1. \\', '2026-01-02T03:04:05Z')):
        with tempfile.NamedTemporaryFile('w', suffix='.host', encoding='utf-8') as f:
            f.write(f'# sidelight evidence 1\n-- meta captured {captured}\n-- identity hostname {name}\n-- uname Linux 6.1.0-56-amd64 x86_64\n-- file /proc/cpuinfo\nprocessor\t: 0\nvendor_id\t: GenuineIntel\n'
                    f'cpu family\t: 6\nmodel\t\t: 85\nstepping\t: 4\nmodel name\t: {name}\n')
            f.flush()
            document = json.loads(run(program, 'oscal', [f.name], '--exit-zero'))
            report = json.loads(run(program, 'json', [f.name], '--exit-zero'))
        result = document['assessment-results']['results'][0]
        bad += [f'{captured} {name}: {e.json_path}: {e.message[:200]}' for e in validator.iter_errors(document)]
        if unmarked(result['title']) != report['host']['name'].strip(' ') or re.search(r'(?<!\\)(?:\\\\)*[*<`{&\[]', result['title']) or result['start'] != (start or document['assessment-results']['metadata']['last-modified']):
            bad.append(f'{captured} {name}: {result["title"]}, {result["start"]}')
        if (start is None) != ('the times are those of judging' in result['remarks']):
            bad.append(f'{captured}: {result["remarks"]}')
    return bad


def summary(program, files, reports):
    """Every machine is in one kind, and the numbers are those of the reports."""
    text, brief = (run(program, 'summary', [*files, files[0]], '--fail-on', 'never', *more) for more in (['-v'], []))
    everyone = [*reports, reports[0]]
    first = text.split('\n')[0]
    bad = [] if first.startswith(f'{len(everyone)} machines of ') else [first]
    for status in ORDER:
        n = sum(r['summary']['worst'] == status for r in everyone)
        if (f'{n} {status}' in first) != (n > 0):
            bad.append(f'{status}: {n}, not as in {first}')
    if sum(int(n) for n in re.findall(r'^  (\d+) machines?[,:]', text, re.M)) != len(everyone) or '2 machines, alike in all that was seen' not in text:
        bad.append('kinds')
    hidden = re.search(r'(?m)^(\d+) kinds more, none of which is worse, of (\d+) machines?: -v shows all$', brief)
    shown = [int(n) for n in re.findall(r'^  (\d+) machines?[,:]', brief, re.M)]
    if not hidden or len(shown) != 20 or sum(shown) + int(hidden.group(2)) != len(everyone):
        bad.append(f'{len(shown)} kinds shown, and {hidden and hidden.group()}')
    for flaw in {f['id'] for r in everyone for f in r['findings']}:
        have = [f['status'] for r in everyone for f in r['findings'] if f['id'] == flaw]
        want = (str(sum(s in ('vulnerable', 'partial') for s in have)), str(have.count('unknown')))
        row = re.search(rf'^{re.escape(flaw)} +(\d+) +(\d+) ', text, re.M)
        if (row.groups() if row else ('0', '0')) != want:
            bad.append(f'{flaw}: {row and row.groups()}, not {want}')
    return bad


def facts(program, files, reports):
    done = subprocess.run([program, 'check', '--format', 'facts', *files], capture_output=True, check=False)
    told = [json.loads(line) for line in done.stdout.decode().split('\n')[:-1]]
    bad = [] if done.returncode == 0 else [f'exit code {done.returncode}']
    for t, r in zip(told, reports, strict=True):
        open_ones = [f['id'] for f in r['findings'] if f['status'] in ('partial', 'vulnerable')]
        if t['flaws'] != {f['id']: f['status'] for f in r['findings']} or t['open'] != open_ones or t['worst'] != r['summary']['worst']:
            bad.append(r['source'])
    return bad


def of_one(program, files, _):
    """A flaw that shares a CVE with others does not speak for it alone; nor does a boundary."""
    bad = []
    for options in (['--only', 'spectre-v2'], ['--only', 'mds,spectre-v2-user'], ['--boundary', 'guest-guest']):
        for path in files[:12]:
            whole = dict_of(run(program, 'openvex', [path]))
            part = dict_of(run(program, 'openvex', [path], *options))
            bad += [f'{path} {options}: {name} is {part[name]}, not {whole.get(name)}' for name in part if part[name] != whole.get(name)]
            bad += [] if part else [f'{path} {options}: nothing']
    return bad


def dict_of(text):
    return {s['vulnerability']['name']: (s['status'], s.get('justification'), s['status_notes']) for s in json.loads(text)['statements']}


def twins(program, files, _):
    """Machines of one name are two products."""
    document = json.loads(run(program, 'csaf', [files[0], files[0], files[0]]))
    names = [p['name'] for p in document['product_tree']['full_product_names']]
    return [] if len(set(names)) == 3 else [str(names)]


def main():
    program, folder = sys.argv[1:]
    files = sorted(glob.glob(folder + '/**/*.host', recursive=True))[::9]
    reports = [json.loads(line) for line in run(program, 'json', files).split('\n')[:-1]]
    cases = {'openvex': lambda: openvex(run(program, 'openvex', files), reports), 'cyclonedx': lambda: cyclonedx(run(program, 'cyclonedx', files), reports),
             'csaf': lambda: csaf(run(program, 'csaf', files), reports), 'spectre-meltdown-checker': lambda: smc(program, files, reports),
             'spectre-meltdown-checker 26': lambda: smc26(program, files, reports),
             'xccdf': lambda: xccdf(program, files, reports), 'oval': lambda: oval(program, files, reports),
             'oscal': lambda: oscal(program, files, reports),
             'summary': lambda: summary(program, files, reports),
             'facts': lambda: facts(program, files, reports), 'one flaw': lambda: of_one(program, files, reports),
             'machines of one name': lambda: twins(program, files, reports)}
    print(f'1..{len(cases)}')
    failed = False
    for number, (name, check) in enumerate(cases.items(), 1):
        bad = check()
        failed = failed or bool(bad)
        print('not ok' if bad else 'ok', number, '-', name)
        for line in bad[:10]:
            print('#', line)
    sys.exit(failed)


main()
