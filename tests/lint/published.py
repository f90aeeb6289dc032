#!/usr/bin/env python3
"""A version of data/ that was published stands for the same contents for ever: packaging/published-data holds what went out, and with the
first change after that data/version.yaml must say a newer version. Usage: published.py"""
import hashlib
import os
import re
import subprocess
import tempfile

import tree


def order(version):
    day, _, number = version.partition('.')
    return day, int(number or 1)


def rows():
    return [line.split(None, 2) for line in tree.text('packaging/published-data').splitlines() if line and line[0] != '#']


def form(record):
    faults = [f'{row} is not VERSION SHA256 WHAT' for row in record
              if len(row) != 3 or not re.fullmatch(r'\d{4}-\d\d-\d\d(\.\d+)?', row[0]) or not re.fullmatch('[0-9a-f]{64}', row[1])]
    return faults + [f'{b[0]} stands below {a[0]}, and is older' for a, b in zip(record, record[1:]) if order(b[0]) < order(a[0])]


def contradictions(record):
    first = {}
    return [f'{version} was published with two contents' for version, digest, _ in record if first.setdefault(version, digest) != digest]


def unchanged(record, version, digest):
    """The data as it is: new under a new version, or what was published."""
    newest = max((row[0] for row in record), key=order)
    if order(version) < order(newest):
        return [f'data/version.yaml says {version}, older than {newest}, which was published']
    return [f'data/ has changed since it was published as {version}: write a newer version into data/version.yaml (docs/maintainers.md)'
            for row in record if row[0] == version and row[1] != digest][:1]


def now():
    with tempfile.TemporaryDirectory() as folder:
        name = subprocess.run([os.path.join(tree.ROOT, 'tools/bundle'), '-o', folder], check=True, capture_output=True, text=True).stdout.strip()
        with open(name, 'rb') as f:
            return re.search(r'bundle$|data-(.*)\.bundle$', name)[1], hashlib.sha256(f.read()).hexdigest()


def releases(record):
    named = {row[2] for row in record}
    return [f'the data of sidelight {v} is not recorded' for v in re.findall(r'^## (\d\S*)', tree.text('CHANGELOG.md'), re.M)
            if f'sidelight {v}' not in named]


def main():
    record, (version, digest) = rows(), now()
    made_up = [('2026-01-01', 'a' * 64, 'bundle'), ('2026-01-01.2', 'b' * 64, 'bundle')]
    noticed = [unchanged(made_up, '2026-01-01.2', 'c' * 64), unchanged(made_up, '2026-01-01', 'a' * 64), contradictions([*made_up, ('2026-01-01', 'c' * 64, 'x')]),
               form([made_up[1], made_up[0]])]
    tree.tap([('the record of what was published is sound', form(record) + contradictions(record)),
              ('the data is what was published under its version, or has a new one', unchanged(record, version, digest)),
              ('the data of each release is recorded', releases(record)),
              ('what is wrong is noticed, and a new version is not',
               [f'case {i}' for i, told in enumerate(noticed) if not told] + unchanged(made_up, '2026-01-01.10', 'c' * 64))])


main()
