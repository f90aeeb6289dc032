#!/usr/bin/env python3
"""Checks that tally.py counts what it is told, and that no way of failing is taken for success."""
import sys

import tree

sys.path.insert(0, f'{tree.ROOT}/tests')
import tally

# What meson logs of a program: output, result, exit status; and the outcomes to be counted.
TABLE = {
    'every case counts': ('1..2\nok 1 - a\nok 2 - b\n', 'OK', 0, ['passed', 'passed']),
    'a silent program is one case': ('', 'OK', 0, ['passed']),
    'a silent failure is one case': ('', 'FAIL', 1, ['failed']),
    'a failed case': ('ok 1\nnot ok 2 - b\n# why\n1..2\n', 'FAIL', 1, ['passed', 'failed']),
    'a crash after a good case': ('ok 1\n', 'ERROR', -11, ['passed', 'failed']),
    'a plan that was not kept': ('1..3\nok 1\n', 'ERROR', 0, ['passed', 'failed']),
    'a time-out': ('ok 1\n', 'TIMEOUT', -9, ['passed', 'failed']),
    'a sanitizer\'s exit status': ('ok 1\n1..1\n', 'ERROR', 1, ['passed', 'failed']),
    'a skipped case': ('ok 1 - a # SKIP no wine\nok 2\n', 'OK', 0, ['skipped', 'passed']),
    'a skipped program': ('', 'SKIP', 77, ['skipped']),
    'words that look like a case': ('okay\nnot okay\n', 'OK', 0, ['passed']),
}


def faults(output, result, status, expected):
    found = tally.outcomes({'stdout': output, 'result': result, 'returncode': status})
    outcomes = [outcome for outcome, *_ in found]
    return [] if outcomes == expected else [f'counted {outcomes}, expected {expected}']


tree.tap([(name, faults(*row)) for name, row in TABLE.items()])
