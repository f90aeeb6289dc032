#!/usr/bin/env python3
"""Holds the JSON of advise and of the cloud commands against their published schemas. Usage: schemas.py SIDELIGHT FOLDER
FOLDER: where the examples are built."""
import glob
import json
import os
import subprocess
import sys
import tempfile

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'report'))
from strict import load, strict  # noqa: E402 pylint: disable=wrong-import-position

SARIF = os.path.join(os.path.dirname(HERE), 'report/sarif.schema.json')
DOCS = os.path.join(os.path.dirname(os.path.dirname(HERE)), 'docs')
LISTS = [p for p in sorted(glob.glob(os.path.join(HERE, 'clouds/lists/*.json'))) if not p.endswith('cut.json')]
WINDOWS = sorted(glob.glob(os.path.join(os.path.dirname(HERE), 'hosts/machines/windows/*.host')))[:3]
CASES = [('lint', ['cloud-service', 'lint', os.path.join(HERE, 'clouds/shop')]),
         ('lint', ['cloud-service', 'lint', '--as-of', '2018-01-12', '--untrusted', 'yes', os.path.join(HERE, 'clouds/shop')]),
         ('inventory', ['inventory', *LISTS]),
         ('inventory', ['inventory', '--as-of', '2018-01-12', '--untrusted', 'yes', *LISTS]),
         ('inventory', ['inventory', '--as-of', '2017-01-01', *LISTS])] + \
        [('advise', ['advise', os.path.join(HERE, 'machines', name)]) for name in ('iron.host', 'web-17.host', 'clean.host')] + \
        [('advise', ['advise', '--ticket', os.path.join(HERE, 'machines', name)]) for name in ('iron.host', 'web-17.host')] + \
        [('advise', ['advise', '--untrusted', 'yes', name]) for name in WINDOWS] + \
        [('advise', ['advise', '--offering', 'azure-windows-vm', '--as-of', '2018-01-12', '--untrusted', 'guests'])]
IRON, CLEAN = (os.path.join(HERE, 'machines', name) for name in ('iron.host', 'clean.host'))
MACHINES = sorted(glob.glob(os.path.join(os.path.dirname(HERE), 'hosts/machines/x86_64/*.host')))[::40]
# Every line that these write is as published.
SHAPES = [('data', ['data', 'show']), ('list', ['list']), ('list', ['list', '--facts']), ('list', ['list', '--tables']), ('list', ['list', '--left-out']),
          ('guidance', ['guidance', 'list']), ('guidance', ['guidance', 'show', 'az-2018-01-12']),
          ('guidance', ['guidance', 'diff', 'az-2018-01-12', 'az-2018-08-14']),
          ('guidance', ['guidance', 'diff', 'az-2018-01-12', 'az-2018-08-14', '--offering', 'azure-windows-vm']),
          ('registry', ['explain', 'registry', '0x80802048']), ('registry', ['explain', 'registry', '0']), ('registry', ['explain', 'registry', WINDOWS[0]]),
          ('rules', ['cloud-service', 'rules']), ('startup-task', ['cloud-service', 'startup-task', '--override', '0x48']),
          ('fix', ['fix', IRON]), ('fix', ['fix', CLEAN]),
          ('diff', ['diff', IRON, CLEAN]), ('diff', ['diff', IRON, IRON]), ('report', ['what-if', '--set', 'cmdline.mitigations=off', IRON]),
          ('explain', ['explain', 'mds', '--page']), ('explain', ['explain', 'mds', IRON, '--why-not']), ('explain', ['explain', 'mds', CLEAN, '--why-not'])] + \
         [('explain', ['explain', flaw, path]) for flaw in ('mds', 'tsa', 'spectre-v2') for path in MACHINES]
LIST = {'lint': 'findings', 'inventory': 'resources', 'advise': 'actions'}


def faults(program, name, args):
    schema, wrong = load(os.path.join(DOCS, f'{name}.schema.json'))
    validator = jsonschema.Draft202012Validator(strict(schema))
    done = subprocess.run([program, *args, '--format', 'json'], capture_output=True, check=False)
    if done.stderr:
        return [done.stderr.decode()]
    got = json.loads(done.stdout)
    items = got[LIST[name]]
    known = validator.schema['properties'][LIST[name]]['items'].get('properties') or validator.schema['$defs']['action']['properties']
    found = wrong + [f'{e.json_path}: {e.message[:200]}' for e in validator.iter_errors(got)]
    return found + [f'the schema does not tell of {key}' for key in {k for i in items for k in i} - set(known)] + \
        ([] if items else ['nothing was found'])


def sarif_faults(program):
    """The linter's SARIF is valid, and tells the same findings as its JSON, each at a line of a file."""
    args = [program, *CASES[1][1], '--format']
    with open(SARIF, encoding='utf-8') as f:
        validator = jsonschema.Draft202012Validator(json.load(f))
    log = json.loads(subprocess.run([*args, 'sarif'], capture_output=True, check=False).stdout)
    told = json.loads(subprocess.run([*args, 'json'], capture_output=True, check=False).stdout)['findings']
    results = log['runs'][0]['results']
    places = [(r['ruleId'], r['locations'][0]['physicalLocation']['region']['startLine']) for r in results]
    return [f'{e.json_path}: {e.message[:200]}' for e in validator.iter_errors(log)] + \
        ([] if results and places == [(t['rule'], t['line']) for t in told] else ['SARIF and JSON differ'])


def shape_faults(program):
    bad = []
    for name, args in SHAPES:
        schema, wrong = load(os.path.join(DOCS, f'{name}.schema.json'))
        jsonschema.Draft202012Validator.check_schema(schema)
        open_one, closed = jsonschema.Draft202012Validator(schema), jsonschema.Draft202012Validator(strict(schema))
        done = subprocess.run([program, *args, '--format', 'json'], capture_output=True, text=True, check=False)
        lines = done.stdout.splitlines()
        bad += wrong + ([] if lines and not done.stderr else [f'{args}: {done.stderr or "nothing"}'])
        bad += [f'{args}: {e.json_path}: {e.message[:200]}' for line in lines for e in closed.iter_errors(json.loads(line))]
        bad += [f'{args}: later fields are refused' for line in lines if not open_one.is_valid({**json.loads(line), 'later': 1})]
        bad += [f'{args}: accepted without {key}' for line in lines[:1] for key in json.loads(line)
                if key in schema.get('required', []) and open_one.is_valid({k: v for k, v in json.loads(line).items() if k != key})]
    installed = [n for n in os.listdir(DOCS) if n.endswith('.schema.json')]
    with open(os.path.join(DOCS, 'meson.build'), encoding='utf-8') as f:
        build = f.read()
    return bad + [f'{n} is not installed' for n in installed if n not in build]


def example_faults(folder):
    """What is installed as an example is what its schema says, and names no path of the machine that built it."""
    wrong = []
    for path in sorted(glob.glob(os.path.join(DOCS, '*.schema.json'))):
        name = os.path.basename(path).split('.')[0]
        if name == 'fleet':  # a server's answers: docs/fleet.md has one
            continue
        with open(os.path.join(folder, name + '.json'), encoding='utf-8') as f:
            text = f.read()
        told, at = [], 0
        while at < len(text):
            one, at = json.JSONDecoder().raw_decode(text, at)
            told.append(one)
            at += len(text[at:]) - len(text[at:].lstrip())
        validator = jsonschema.Draft202012Validator(strict(load(path)[0]))
        wrong += [f'{name}: {e.json_path}: {e.message[:200]}' for one in told for e in validator.iter_errors(one)]
        wrong += [] if told and os.path.dirname(DOCS) not in text else [f'{name}: nothing, or a path']
    return wrong


# Whatever they are asked to do, they answer in JSON, or refuse.
ASKED = ['check IRON', 'check IRON CLEAN', 'check nosuch.host', 'advise IRON', 'advise --ticket IRON', 'advise --ticket CLEAN', 'explain mds', 'explain mds IRON',
         'explain --why-not mds IRON', 'explain registry 0x802048', 'diff IRON CLEAN', 'diff IRON IRON', 'list', 'list --facts', 'list --tables', 'list --left-out',
         'guidance list', 'guidance show az-2018-01-12', 'what-if IRON --kernel 6.12', 'inventory LIST', 'inventory nosuch.json', 'fix IRON', 'fix CLEAN',
         'fix --status --root EMPTY', 'fix --rollback --root EMPTY', 'fix --apply --yes --root EMPTY', 'cloud-service lint SHOP', 'cloud-service rules',
         'cloud-service startup-task', 'cloud-service startup-task --write SHOP', 'data show', 'data verify', 'data update', 'fleet status --store nosuch.db',
         'fleet send --to http://127.0.0.1:1', 'help check', 'collect']


def other_faults(program):
    words = {'IRON': IRON, 'CLEAN': CLEAN, 'LIST': LISTS[0], 'SHOP': os.path.join(HERE, 'clouds/shop')}
    wrong = []
    with tempfile.TemporaryDirectory() as empty:
        for asked in ASKED:
            done = subprocess.run([program, *(words.get(w, w).replace('EMPTY', empty) for w in asked.split()), '--format', 'json'], capture_output=True,
                                  check=False, text=True, stdin=subprocess.DEVNULL)
            try:
                told, at = 0, 0
                while at < len(done.stdout):
                    _, at = json.JSONDecoder().raw_decode(done.stdout, at)
                    at += len(done.stdout[at:]) - len(done.stdout[at:].lstrip())
                    told += 1
            except ValueError:
                told = 0
            if not told and (done.stdout or done.returncode < 64 or not done.stderr):
                wrong.append(f'{asked}: {done.returncode} {done.stdout[:200]} {done.stderr[:200]}')
    return wrong


def main():
    print(f'1..{len(CASES) + 4}')
    failed = False
    for number, (name, args) in enumerate(CASES, 1):
        wrong = faults(os.path.abspath(sys.argv[1]), name, args)
        print('not ok' if wrong else 'ok', number, '-', name, *(a for a in args if a.startswith('-') or a[:2] == '20'))
        for line in wrong:
            failed = True
            print('#', line)
    wrong = sarif_faults(os.path.abspath(sys.argv[1]))
    print('not ok' if wrong else 'ok', len(CASES) + 1, '- lint as SARIF', *(f'\n# {line}' for line in wrong))
    shapes = shape_faults(os.path.abspath(sys.argv[1]))
    print('not ok' if shapes else 'ok', len(CASES) + 2, '- list, guidance, diff, explain, what-if', *(f'\n# {line}' for line in shapes[:20]))
    if os.path.exists(os.path.join(sys.argv[2], 'report.json')):
        examples = example_faults(sys.argv[2])
        print('not ok' if examples else 'ok', len(CASES) + 3, '- examples', *(f'\n# {line}' for line in examples[:20]))
    else:
        examples = []
        print('ok', len(CASES) + 3, '- examples # SKIP this build has no documents')
    others = other_faults(os.path.abspath(sys.argv[1]))
    print('not ok' if others else 'ok', len(CASES) + 4, '- JSON or nothing', *(f'\n# {line}' for line in others[:20]))
    return 1 if failed or others or wrong or shapes or examples else 0


sys.exit(main())
