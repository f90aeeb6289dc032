#!/usr/bin/env python3
"""Checks the JSON reports of recorded machines against the published schema. Usage: schema.py SIDELIGHT FOLDER..."""
import glob
import json
import os
import subprocess
import sys

import jsonschema

from strict import load, strict

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EACH = 25  # files that are also judged one by one


def reports(program, files):
    done = subprocess.run([program, 'check', '--format', 'json', *files], stdout=subprocess.PIPE, check=False)
    return done.returncode, done.stdout.decode().splitlines()


def faults(validator, files, lines):
    """What is wrong with the reports of these files."""
    if len(files) != len(lines):
        return [f'{len(files)} files, but {len(lines)} reports']
    found = []
    for path, line in zip(files, lines):
        report = json.loads(line)
        found += [f'{path}: {e.json_path}: {e.message[:200]}' for e in validator.iter_errors(report)]
        statuses = [f['status'] for f in report['findings'] if f['at_stake']]
        counts = {s: n for s, n in report['summary']['counts'].items() if n}
        if counts != {s: statuses.count(s) for s in set(statuses)}:
            found.append(f'{path}: the counts are not those of the findings')
        ids = [f['id'] for f in report['findings']]
        if report['source'] != path or len(ids) != len(set(ids)):
            found.append(f'{path}: source, or a flaw twice')
    return found


def refused(validator, lines):
    """The schema notices what it should: an unknown field, a status that does not exist, a field that is gone."""
    report = json.loads(lines[0])
    broken = [{**report, 'extra': 1}, {**report, 'summary': {**report['summary'], 'worst': 'fine'}},
              {k: v for k, v in report.items() if k != 'findings'}]
    return [f'accepted: {i}' for i, r in enumerate(broken) if validator.is_valid(r)]


def later(schema, lines):
    report = json.loads(lines[0])
    report['extra'] = report['host']['extra'] = report['findings'][0]['extra'] = 1
    return [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(report)]


def main():
    program, folders = sys.argv[1], sys.argv[2:]
    files = sorted(f for folder in folders for f in glob.glob(folder + '/**/*.host', recursive=True))
    schema, wrong = load(os.path.join(ROOT, 'docs/report.schema.json'))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(strict(schema))
    _, lines = reports(program, files)
    some = range(0, len(files), max(1, len(files) // EACH))
    alone = [f'{files[i]} reads otherwise when judged alone' for i in some if reports(program, [files[i]])[1] != [lines[i]]]
    cases = [('every report follows the schema', faults(validator, files, lines)), ('judged alone or among others', alone),
             ('the schema refuses what it should', refused(validator, lines)),
             ('the published schema is open to later fields, and describes each', wrong + later(schema, lines))]
    print(f'1..{len(cases)}')
    for number, (name, bad) in enumerate(cases, 1):
        print('not ok' if bad else 'ok', number, '-', name)
        for line in bad[:20]:
            print('#', line)
    sys.exit(any(bad for _, bad in cases))


main()
