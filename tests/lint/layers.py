#!/usr/bin/env python3
"""Checks that each folder of src/ includes only the folders that layers.txt allows it."""
import re

import tree

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def table():
    lines = (line for line in tree.text('tests/lint/layers.txt').splitlines() if line and not line.startswith('#'))
    return {folder: {folder, *allowed.split()} for folder, allowed in (line.split(':') for line in lines)}


def faults(path, source, allowed):
    """What is wrong with the includes of one file; the path is src/FOLDER/…"""
    folder = path.split('/')[1]
    if folder not in allowed:
        return [f'{path}: layers.txt does not know the folder {folder}']
    return [f'{path}: {folder} may not include "{name}"'
            for name in INCLUDE.findall(source) if name.split('/')[0] not in allowed[folder]]


def self_test(allowed):
    """The check finds what was planted."""
    wrong = [('src/base/x.c', '#include "evidence/evidence.h"'), ('src/verdict/x.c', '  # include "platform/file.h"\n'),
             ('src/report/x.c', '#include "report.h"'), ('src/nowhere/x.c', '')]
    right = [('src/verdict/x.c', '#include "base/str.h"\n#include <stdio.h>\n#include "verdict/verdict.h"\n')]
    return ([f'not found: {path}: {source}' for path, source in wrong if not faults(path, source, allowed)] +
            [f'wrongly found: {f}' for path, source in right for f in faults(path, source, allowed)])


def main():
    allowed = table()
    sources = [p for p in tree.files('.c', '.h', '.inc', under='src') if p.count('/') >= 2]
    folders = sorted({p.split('/')[1] for p in sources})
    cases = [('planted violations are found', self_test(allowed))]
    for folder in folders:
        mine = [p for p in sources if p.startswith(f'src/{folder}/')]
        cases.append((f'includes of {folder}', [f for p in mine for f in faults(p, tree.text(p), allowed)]))
    tree.tap(cases)


main()
