#!/usr/bin/env python3
"""Runs the meson suites of one or more build folders and counts test cases: tally.py BUILD... -- [SUITE...]

Test programs and scripts print TAP; each `ok` and `not ok` line is a case. A program that says nothing is one case, and
one that dies, hangs or ends with an error it did not tell of is one failed case more. The last line is the sum.
"""
import collections
import json
import re
import subprocess
import sys

CASE = re.compile(r'^(not )?ok\b *\d*(?: *- *)?([^#\n]*)(# *(?:skip|todo))?', re.I | re.M)
COUNTS = ('passed', 'failed', 'skipped')


def cases(test):
    """The cases of one test program: pairs of outcome and name."""
    for failed, name, directive in CASE.findall(test.get('stdout', '')):
        yield ('skipped' if directive else 'failed' if failed else 'passed', name.strip())


def outcomes(test):
    found = list(cases(test))
    failed = any(outcome == 'failed' for outcome, _ in found)
    if test['result'] == 'SKIP' and not found:
        found.append(('skipped', 'the whole test'))
    elif test['result'] not in ('OK', 'SKIP') and not failed:
        found.append(('failed', f"{test['result'].lower()}, exit status {test['returncode']}"))
    elif not found:
        found.append(('passed', 'exit status 0'))
    return found


def run(build, suites):
    """Runs the tests of one build folder; yields what meson logged of each test program."""
    command = ['meson', 'test', '-C', build, '--no-rebuild', '--print-errorlogs']
    for suite in suites:
        command += ['--suite', suite]
    status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode
    with open(f'{build}/meson-logs/testlog.json', encoding='utf-8') as log:
        tests = [json.loads(line) for line in log]
    if status and all(test['result'] in ('OK', 'SKIP') for test in tests):
        tests.append({'name': 'meson test', 'result': 'ERROR', 'returncode': status})
    return tests


def main(arguments):
    split = arguments.index('--')
    total, failures = collections.Counter(), []
    for build in arguments[:split]:
        for test in run(build, arguments[split + 1:]):
            counts = collections.Counter()
            for outcome, name in outcomes(test):
                counts[outcome] += 1
                if outcome == 'failed':
                    failures.append(f"FAILED {build}: {test['name']}: {name}")
            total += counts
            print(f"{build:12} {test['name']:40}", ', '.join(f'{counts[c]} {c}' for c in COUNTS if counts[c]))
    for failure in failures:
        print(failure)
    print(', '.join(f'{total[c]} {c}' for c in COUNTS if c != 'skipped' or total[c]))
    return 1 if total['failed'] or not total['passed'] else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
