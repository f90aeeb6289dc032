#!/usr/bin/env python3
"""Each fact of the data folder that is read serves a rule, another fact, a fix, an offering or a property; or its line says in `for:`
what it is there for: `code` (C reads what is recorded for it) or `later` (collected so that later rules can judge today's evidence).
Parameters and build options in a flaw's own file serve the flaw. Prints TAP.

usage: test_facts_used.py SIDELIGHT DATA SOURCES"""
import collections
import json
import pathlib
import re
import subprocess
import sys

program, data, sources = sys.argv[1:4]
PURPOSES = ('code', 'later')
LINE = re.compile(r'\{name: ([\w.-]+), [^\n]*')


def without_comment(line):
    return re.sub(r'(^|\s)#.*', '', line)


texts = {p: '\n'.join(map(without_comment, p.read_text().splitlines())) for p in sorted(pathlib.Path(data).rglob('*.yaml'))}
everything = '\n'.join(texts.values())
code = ''.join(p.read_text() for p in sorted(pathlib.Path(sources).rglob('*.c')))
FAMILIES = {'registers.yaml': 'cap.', 'parameters.yaml': 'cmdline.', 'config.yaml': 'config.'}


# Words of conditions and texts ("cap.rtm", "{os.means}"), and those of lists and fields that name parameters and build options.
words = collections.Counter(w.rstrip('.-') for w in re.findall(r'[\w.-]+', everything))
declared = collections.Counter(re.findall(r'name: ([\w.-]+)[,}]', everything))
listed = {key: {w for items in re.findall(rf'\b{key}: \[?([^\]\n}}]*)', everything) for w in re.findall(r'[\w.-]+', items)}
          for key in ('parameters', 'key', 'parameter', 'config')}


def is_used(name, short):
    keys = {'cmdline': ('parameters', 'key', 'parameter'), 'config': ('config',)}.get(name.split('.')[0], ())
    return words[name] > declared[name] or f'"{name}"' in code or any(short in listed[key] for key in keys)


names = [json.loads(line)['name'] for line in
         subprocess.run([program, 'list', '--facts', '--format', 'json', '--data', data], capture_output=True, text=True, check=True).stdout.splitlines()]
number, failed = 0, 0
for path, text in texts.items():
    if path.parent.name in ('vulns', 'guidance', 'azure') or path.name not in (*FAMILIES, 'facts.yaml', 'derived.yaml'):
        continue
    wrong = []
    for match in LINE.finditer(text):
        short = match[1]
        name = FAMILIES.get(path.name, '') + short
        purpose = re.search(r', for: (\w+)', match[0])
        if name not in names:
            wrong.append(f'{name} is no fact')
        elif purpose and purpose[1] not in PURPOSES:
            wrong.append(f'{name} is for {purpose[1]}, not for one of {", ".join(PURPOSES)}')
        elif is_used(name, short) == bool(purpose):
            wrong.append(f'{name} is used and says `for:`' if purpose else f'nothing uses {name}, and it does not say `for:`')
    number += 1
    failed += bool(wrong)
    print('not ok' if wrong else 'ok', number, '-', path.relative_to(data))
    for w in wrong:
        print('#', w)
print(f'1..{number}')
sys.exit(failed > 0)
