#!/usr/bin/env python3
"""Checks how long functions and files are: median 15 lines, 95 % up to 60, none over 120; files up to 600."""
import json
import statistics
import subprocess

import tree

MEDIAN, MOST, LONGEST, FILE = 15, 60, 120, 600


def functions(paths):
    """(lines, place) of each function."""
    command = ['ctags', '-L', '-', '--languages=C', '--langmap=C:.c.h', '--kinds-C=f', '--fields=+ne', '--output-format=json']
    tags = subprocess.run(command, input='\n'.join(paths), cwd=tree.ROOT, stdout=subprocess.PIPE, text=True, check=True)
    for tag in map(json.loads, tags.stdout.splitlines()):
        if 'end' in tag:
            yield tag['end'] - tag['line'] + 1, f"{tag['path']}:{tag['line']}: {tag['name']}"


def too_long(measured, limit):
    return [f'{place} has {lines} lines' for lines, place in sorted(measured, reverse=True) if lines > limit]


def main():
    paths = tree.files('.c', '.h', under='src')
    measured = list(functions(paths))
    lengths = sorted(lines for lines, _ in measured)
    longer = too_long(measured, MOST)
    median = statistics.median(lengths)
    sizes = [(tree.text(p).count('\n'), p) for p in tree.files('.c', '.h', '.py', '.sh') + ['dev']]
    tree.tap([(f'no function over {LONGEST} lines', too_long(measured, LONGEST)),
              (f'95 % of the functions up to {MOST} lines', longer if len(longer) * 20 > len(lengths) else []),
              (f'median of the functions up to {MEDIAN} lines', [f'it is {median}'] if median > MEDIAN else []),
              (f'no file over {FILE} lines', too_long(sizes, FILE))])


main()
