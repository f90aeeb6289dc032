#!/usr/bin/env python3
"""VEX documents say of each CVE and each machine what the JSON reports say, and never something safer. Usage: vex.py SIDELIGHT FOLDER"""
import glob
import json
import os
import subprocess
import sys
import urllib.parse

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
             'csaf': lambda: csaf(run(program, 'csaf', files), reports), 'one flaw': lambda: of_one(program, files, reports),
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
