#!/usr/bin/env python3
"""Reads every text that the fixtures' verdicts, and the data, have to say, and looks for what no text should have. Prints TAP.

usage: texts.py SIDELIGHT TEST_HOSTS SOURCE_ROOT"""
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

SIDELIGHT, TEST_HOSTS, ROOT = sys.argv[1:4]
SHOWN = 12  # faults of one kind
EVERYWHERE = [('an empty placeholder', re.compile(r'\(\)|(?<!mitigations)(?<=\w)= |\[\]|""|\'\'')), ('two blanks', re.compile(r'\S  +\S')),
              ('a placeholder without a value', re.compile(r'\{[a-z_.]+\}|\(null\)')),
              ('a blank before a stop', re.compile(r' [.,;:!?](?: |$)|\( | \)')), ('a word twice', re.compile(r'\b([a-z]+) \1\b')),
              ('a full stop twice', re.compile(r'(?<!\.)\.\.(?!\.)|,,|\.,'))]
COMMAND = re.compile(r'(?:`|^|[:(] ?)sidelight ([a-z][a-z-]*)|sidelight ([a-z][a-z-]*) (?:--|-- )')
WHOLE = re.compile(r'[.?!:][)"”]?$')


def run(*arguments):
    done = subprocess.run([SIDELIGHT, *arguments], capture_output=True, check=False, text=True, env={'COLUMNS': '80', 'LANG': 'C.UTF-8'})
    return done.stdout


def plain(path, folder, number):
    """The fixture, whole when it is only what differs from a machine."""
    with open(path, encoding='utf-8', errors='replace') as f:
        if '\n-- like ' not in f.read():
            return path
    made = os.path.join(folder, f'{number:04}-' + '-'.join(path.split('/')[-2:]))
    with open(made, 'wb') as f:
        subprocess.run([TEST_HOSTS, 'show', path], stdout=f, check=True)
    return made


# What nothing that could be read on the machine would settle: its maker, or its system, does not tell.
HOPELESS = ('maker-never-said', 'maker-never-said-anything', 'kernel-says-unknown', 'revision-not-known', 'windows-does-not-say',
            'windows-disk-cannot-tell', 'hidden-by-bpf', 'kernel-does-not-say', 'arm-32-does-nothing')


def unexplained(reports):
    """Answers that are not known, and tell neither what was not read, nor which two words contradict, nor whom to ask, nor what to do."""
    for report in reports:
        dom0 = any('dom0' in f['reason'] for f in report['findings'])
        for f in report['findings']:
            if f['status'] == 'unknown' and not f['ask'] and not (f['rule'] in HOPELESS or (dom0 and f['owner'] == 'hypervisor')):
                if not (f['missing'] or f['fixes'] or f['contradiction'] == f['reason']) or re.search('too little was seen(?!.*not read: )', f['reason']):
                    yield f"{report['source'].removeprefix(ROOT + '/')} {f['id']}/{f['rule']}: {f['reason']}"


def brief(reason):
    """What the first screen shows of a reason: up to the first "; " or ": ", without what stands in brackets."""
    depth, kept = 0, ''
    for at, c in enumerate(reason):
        if depth == 0 and c in ';:' and reason[at + 1:at + 2] == ' ':
            break
        depth += (c == '(') - (c == ')')
        kept += c if depth == 0 and c != ')' else ''
    return kept.replace('  ', ' ').strip()


def screens(paths, most):
    """The recorded machines whose first screen is longer than `most` lines of 100 columns, or cuts a text off."""
    env = {'COLUMNS': '100', 'LANG': 'C.UTF-8'}
    for path in paths:
        text = subprocess.run([SIDELIGHT, 'check', path], capture_output=True, check=False, text=True, env=env).stdout
        lines = text.splitlines()
        if len(lines) > most or '…' in text or max(map(len, lines), default=0) > 100:
            yield f'{path}: {len(lines)} lines'


def verdict_texts(reports):
    """Of each report its texts, by kind: whether a sentence stands alone there, with its full stop, or not."""
    for report in reports:
        where = report['source'].removeprefix(ROOT + '/')
        for note in report['host']['notes']:
            yield where, 'note', note
        for f in report['findings']:
            if f['status'] in ('vulnerable', 'partial', 'unknown'):
                yield f"{where} {f['id']}/{f['rule']}", 'brief', brief(f['reason'])
            for kind in ('reason', 'ask', 'disagreement', 'contradiction'):
                if f[kind]:
                    yield f"{where} {f['id']}/{f['rule']}", kind, f[kind]


def advice_texts(path):
    advice = json.loads(run('advise', '--untrusted', 'yes', '--format', 'json', path) or '{"actions": []}')
    where = path.removeprefix(ROOT + '/')
    for action in advice['actions']:
        for kind in ('title', 'why', 'ask', 'cost'):
            if action.get(kind):
                yield f"{where} {action['id']}", kind, action[kind]
        for step in action.get('instructions', ()):
            if step['kind'] == 'prose':
                yield f"{where} {action['id']}", 'step', step['text']


def data_texts():
    for path in sorted(glob.glob(f'{ROOT}/data/**/*.yaml', recursive=True)):
        with open(path, encoding='utf-8') as f:
            for number, line in enumerate(f, 1):
                for kind, text in re.findall(r'\b(summary|page|reason|means|says|ask|title|why|text|steps?): "((?:[^"\\]|\\.)*)"', line):
                    if not text.startswith('$') and (kind != 'why' or '/guidance/' in path):  # else an argument of a rule set
                        yield f'{path.removeprefix(ROOT + "/")}:{number}', kind, re.sub(r'\{[a-z_.-]+\}', 'x', text)


def ends(kind, text):
    """Kinds that are whole sentences end as one; a reason, and what a kernel's sentence means, are parts of a line."""
    if kind == 'ask':
        return bool(re.search(r'\?(?: \([^)]*\))?$', text))
    if kind in ('summary', 'page', 'why'):
        return bool(WHOLE.search(text))
    return not text.endswith('.') if kind in ('reason', 'brief', 'means', 'title', 'note', 'disagreement', 'contradiction') else True


def faults_of(first, commands):
    """Pairs of a name and what has that fault, of texts with where they stand."""
    for name, pattern in EVERYWHERE:
        yield name, [f'{w}: {k}: {t}' for (k, t), w in first.items() if k != 'says' and pattern.search(t)]
    yield 'the end of a sentence', [f'{w}: {k}: {t}' for (k, t), w in first.items() if not ends(k, t)]
    yield 'a reason of more than ten words', [f'{w}: {t}' for (k, t), w in first.items() if k == 'brief' and len(t.split()) > 10]
    yield 'a command that does not exist', [f'{w}: {k}: {t}' for (k, t), w in first.items() for m in COMMAND.finditer(t)
                                            if (m[1] or m[2]) not in commands]


def planted_faults(commands):
    """The checks that overlook a planted fault, or see one where none is."""
    bad = ['the revision () is made up', 'two  blanks', 'Linux {kernel.release}', 'so , it is', 'it is is so', 'the end..']
    planted = {('text', t): 'planted' for t in bad} | {('ask', 'Is it so'): 'planted', ('why', '`sidelight fly` does it'): 'planted',
                                                       ('brief', 'one two three four five six seven eight nine ten eleven'): 'planted'}
    good = {('why', 'See `sidelight check`, or sidelight explain --help.'): 'planted', ('reason', 'it is so'): 'planted'}
    return [name for name, found in faults_of(planted, commands) if not found] + \
           [found[0] for _, found in faults_of(good, commands) if found]


def report(number, name, faults):
    print('not ok' if faults else 'ok', number, '-', name)
    for text in list(dict.fromkeys(faults))[:SHOWN]:
        print('#', text[:300])
    return bool(faults)


def main():
    commands = set(re.findall(r'^  ([a-z-]+) ', run('help'), re.M))
    fixtures = sorted(glob.glob(f'{ROOT}/tests/hosts/machines/**/*.host', recursive=True))
    machines = len(fixtures)
    fixtures += sorted(glob.glob(f'{ROOT}/tests/hosts/rules/**/*.host', recursive=True))
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        paths = [plain(path, folder, i) for i, path in enumerate(fixtures)]
        reports = [json.loads(line) for line in run('check', '--exit-zero', '--format', 'json', *paths).splitlines()]
        texts = list(verdict_texts(reports)) + [t for found in pool.map(lambda p: list(advice_texts(p)), paths[::5]) for t in found]
    data = list(data_texts())
    first = {}
    for where, kind, text in texts + data:
        first.setdefault((kind, text), where)
    cases = list(faults_of(first, commands))
    cases.append(('what is not known tells what is missing, or whom to ask', list(unexplained(reports))))
    cases.append(('planted faults are found', planted_faults(commands)))
    cases.append(('the first screen of every recorded machine has 30 lines of 100 columns', list(screens(paths[:machines], 30))))
    cases.append(('and that of a made one, of which nearly nothing is known, 35', list(screens(paths[machines:], 35))))
    cases.append(('enough was read', [] if len(first) > 1000 and len(commands) > 8 else [f'{len(first)} texts, {len(commands)} commands']))
    print(f'1..{len(cases)}')
    sys.exit(max(report(i, name, faults) for i, (name, faults) in enumerate(cases, 1)))


main()
