#!/usr/bin/env python3
"""Holds the JSON of the cloud commands against their published schemas. Usage: schemas.py SIDELIGHT"""
import glob
import json
import os
import subprocess
import sys

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(os.path.dirname(os.path.dirname(HERE)), 'docs')
LISTS = [p for p in sorted(glob.glob(os.path.join(HERE, 'clouds/lists/*.json'))) if not p.endswith('cut.json')]
CASES = [('lint', ['cloud-service', 'lint', os.path.join(HERE, 'clouds/shop')]),
         ('lint', ['cloud-service', 'lint', '--as-of', '2018-01-12', '--untrusted', 'yes', os.path.join(HERE, 'clouds/shop')]),
         ('inventory', ['inventory', *LISTS]),
         ('inventory', ['inventory', '--as-of', '2018-01-12', '--untrusted', 'yes', *LISTS]),
         ('inventory', ['inventory', '--as-of', '2017-01-01', *LISTS])]


def faults(program, name, args):
    with open(os.path.join(DOCS, f'{name}.schema.json'), encoding='utf-8') as f:
        validator = jsonschema.Draft202012Validator(json.load(f))
    done = subprocess.run([program, *args, '--format', 'json'], capture_output=True, check=False)
    if done.stderr:
        return [done.stderr.decode()]
    got = json.loads(done.stdout)
    items = got['findings'] if name == 'lint' else got['resources']
    known = validator.schema['properties']['findings' if name == 'lint' else 'resources']['items']['properties']
    found = [f'{e.json_path}: {e.message[:200]}' for e in validator.iter_errors(got)]
    return found + [f'the schema does not tell of {key}' for key in {k for i in items for k in i} - set(known)] + \
        ([] if items else ['nothing was found'])


def main():
    print(f'1..{len(CASES)}')
    failed = False
    for number, (name, args) in enumerate(CASES, 1):
        wrong = faults(os.path.abspath(sys.argv[1]), name, args)
        print('not ok' if wrong else 'ok', number, '-', name, *(a for a in args if a.startswith('-') or a[:2] == '20'))
        for line in wrong:
            failed = True
            print('#', line)
    return 1 if failed else 0


sys.exit(main())
