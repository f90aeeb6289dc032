#!/usr/bin/env python3
"""Has edges.txt a step on either side of every bound of the data? Usage: edges.py EDGES DATA [--add]

The bounds are the kernel versions of conditions, the rows of microcode tables, and the models and steppings of processors. --add puts
in the steps that lack, in their places, without verdicts (test_hosts fix-edges writes those); it never takes a step away. Prints TAP."""
import glob
import re
import sys

import steps

LINUX = ('x86_64/skx-old.bare.7.2.13 silent', 'x86_64/adl-n.bare.7.2.13 silent', 'x86_64/zen2-rome.bare.7.2.13 silent',
         'x86_64/zen4-genoa.bare.7.2.13 silent', 'x86_64/skx-new.bare.7.2.13', 'x86_64/zen2-rome.bare.7.2.13',
         'x86_64/zen4-genoa.bare.7.2.13', 'aarch64/cortex-a72.guest.6.12.107', 'aarch64/cortex-a72.guest.6.12.107 silent',
         'riscv64/rv64.guest.6.12.107')
WINDOWS = ('windows/skylake.bare.10.0.19045', 'windows/zen2.bare.10.0.19045')
PROCESSORS = {'intel': ('x86_64/skx-old.bare.7.2.13 silent', 'x86_64/adl-n.bare.7.2.13 denying'),
              'amd': ('x86_64/zen2-rome.bare.7.2.13 silent', 'x86_64/zen4-genoa.bare.7.2.13 denying'),
              'hygon': ('x86_64/hygon-c86-new.bare.7.2.13 silent',), 'zhaoxin': ('x86_64/zx-kx5000.bare.7.2.13 silent',),
              'arm': ('aarch64/cortex-a72.guest.6.12.107 silent',)}
REVISIONS = {'intel': 'x86_64/skx-new.bare.7.2.13', 'amd': 'x86_64/zen2-rome.bare.7.2.13'}


def before(version):
    parts = [int(p) for p in version.split('.')]
    while len(parts) < 3:
        parts.append(0)
    at = max(i for i, p in enumerate(parts) if p or i == 0)
    return '.'.join(map(str, parts[:at] + [parts[at] - 1] + [999] * (2 - at))) if at < 3 else version


def exact(version):
    """With its third number: only then is it known to be the kernel's own release."""
    return version + '.0' * (2 - version.count('.'))


def releases(texts):
    # a package's numbers (kernel.debian) are no release: fixtures of their rules stand on either side
    found = sorted({v for t in texts for v in re.findall(r'(?<!kernel.debian )(?<![<=>])[<=>]+ v(\d+\.[\d.]*\d)', t)}, key=lambda v: [int(p) for p in v.split('.')])
    for v in found:
        if v.startswith('10.0.'):
            head, build = v.rsplit('.', 1)
            for machine in WINDOWS:
                yield from ((machine, f'release={head}.{b}') for b in (int(build) - 1, int(build)))
        else:
            for machine in LINUX:
                yield from ((machine, f'release={r}') for r in (before(v), v, exact(v)))


def signature(family, model, stepping):
    base, extended = (family, 0) if family < 15 else (15, family - 15)
    return extended << 20 | (model >> 4) << 16 | base << 8 | (model & 15) << 4 | stepping


def bit(mask, is_set):
    return next((i for i in range(8) if (mask >> i & 1) == is_set), None)


def revisions(tables):
    for path, text in tables:
        for line in re.findall(r'^0x.*', text, re.M):
            cpu, mask, revision = (int(f, 16) for f in line.split(',')[:3])
            machine = REVISIONS['amd' if (cpu >> 20 & 0xff) else 'intel']
            platform = f' platform={bit(mask, 1)}' if mask else ''
            for r in (revision - 1, revision, revision + 1):
                yield machine, f'cpu={cpu:#010x}{platform} revision={r:#x}'
            if mask and bit(mask, 0) is not None:
                yield machine, f'cpu={cpu:#010x} platform={bit(mask, 0)} revision={revision - 1:#x}'


def steppings(texts):
    """Of each name in a condition, the steppings on either side of its ranges."""
    found = {}
    for name, low, high in re.findall(r'\b([a-z][a-z0-9-]*):(0x[0-9a-f]+)(?:-(0x[0-9a-f]+))?', ' '.join(texts)):
        low, high = int(low, 0), int(high or low, 0)
        found.setdefault(name, {0, 15}).update(s for s in (low - 1, low, high, high + 1) if s >= 0)
    return found


def processors(text, texts):
    ranges = steppings(texts)
    groups = {}
    for name, members in re.findall(r'name: ([^,]+), group: \[([^\]]+)\]', text):
        for member in members.split(', '):
            groups.setdefault(member, set()).update(ranges.get(name, ()))
    for name, vendor, family, models in re.findall(r'name: ([^,]+), vendor: (\w+), family: (\w+)(?:, models: "([^"]+)")?', text):
        ends = sorted({int(e, 16) for e in re.findall(r'0x[0-9a-f]+', models)}) or [0]
        for model in ends:
            for stepping in sorted(ranges.get(name, {0}) | groups.get(name, set())):
                for machine in PROCESSORS.get(vendor, ()):
                    if vendor == 'arm':
                        midr = int(family, 16) << 24 | stepping >> 4 << 20 | 0xf0000 | model << 4 | stepping & 15
                        yield machine, f'midr={midr:#010x}'
                    elif stepping < 16:
                        yield machine, f'cpu={signature(int(family, 16), model, stepping):#010x}'


def needed(folder):
    texts = {p: open(p, encoding='utf-8').read() for p in sorted(glob.glob(f'{folder}/**/*.*', recursive=True)) if p.endswith(('.yaml', '.csv'))}
    yaml = [t for p, t in texts.items() if p.endswith('.yaml') and '/guidance/' not in p and '/azure/' not in p]
    yield from releases(yaml)
    yield from revisions([(p, t) for p, t in texts.items() if p.endswith('.csv')])
    yield from processors(texts[f'{folder}/cpus.yaml'], yaml)


def order(step):
    return [[int(n, 0) for n in re.findall(r'0x[0-9a-f]+|\d+', word.split('=')[1])] for word in step.split()]


def main():
    path, folder = sys.argv[1:3]
    steps.hold(path, needed(folder), 'every bound of the data has steps on either side', '--add' in sys.argv[3:], order)


main()
