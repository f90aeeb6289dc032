#!/usr/bin/env python3
"""Checks that each folder of src/ includes only the folders that layers.txt allows it."""
import re

import tree

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def table():
    lines = (line for line in tree.text('tests/lint/layers.txt').splitlines() if line and not line.startswith('#'))
    return {folder: {folder, *allowed.split()} for folder, allowed in (line.split(':') for line in lines)}


def place(path, allowed):
    """The folder of the table that a path below src/ belongs to: the longest that is known, else its first part."""
    parts = path.split('/')[:-1]
    known = ['/'.join(parts[:n]) for n in range(len(parts), 0, -1)]
    return next((folder for folder in known if folder in allowed), parts[0] if parts else path)


def may(folder, included, allowed):
    """A name of the table also stands for what lies below it."""
    return any(included == other or included.startswith(f'{other}/') for other in allowed[folder])


def faults(path, source, allowed):
    """What is wrong with the includes of one file; the path is src/FOLDER/…"""
    folder = place(path.removeprefix('src/'), allowed)
    if folder not in allowed:
        return [f'{path}: layers.txt does not know the folder {folder}']
    return [f'{path}: {folder} may not include "{name}"'
            for name in INCLUDE.findall(source) if not may(folder, place(name, allowed), allowed)]


def self_test(allowed):
    """The check finds what was planted."""
    wrong = [('src/base/x.c', '#include "evidence/evidence.h"'), ('src/verdict/x.c', '  # include "platform/file.h"\n'),
             ('src/report/x.c', '#include "report.h"'), ('src/nowhere/x.c', ''), ('src/fleet/x.c', ''),
             ('src/fleet/store/x.c', '#include "fleet/ask/ask.h"'), ('src/fleet/http/x.c', '#include "fleet/store/store.h"')]
    right = [('src/verdict/x.c', '#include "base/str.h"\n#include <stdio.h>\n#include "verdict/verdict.h"\n'),
             ('src/collect/linux/x.c', '#include "collect/import/import.h"'), ('src/fleet/ask/x.c', '#include "fleet/store/store.h"'),
             ('src/cli/x.c', '#include "fleet/serve/token.h"')]
    return ([f'not found: {path}: {source}' for path, source in wrong if not faults(path, source, allowed)] +
            [f'wrongly found: {f}' for path, source in right for f in faults(path, source, allowed)])


def main():
    allowed = table()
    sources = [p for p in tree.files('.c', '.h', '.inc', under='src') if p.count('/') >= 2]
    folders = sorted({place(p.removeprefix('src/'), allowed) for p in sources})
    cases = [('planted violations are found', self_test(allowed))]
    for folder in folders:
        mine = [p for p in sources if place(p.removeprefix('src/'), allowed) == folder]
        cases.append((f'includes of {folder}', [f for p in mine for f in faults(p, tree.text(p), allowed)]))
    tree.tap(cases)


main()
