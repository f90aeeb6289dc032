#!/usr/bin/env python3
"""Runs the meson suites of one or more build folders and counts test cases: tally.py BUILD... -- [SUITE...]

Test programs and scripts print TAP; each `ok` and `not ok` line is a case, and the comments below a `not ok` tell why.
A program that says nothing is one case; one that dies, hangs or ends with an error that it did not tell of is one failed
case more. The last line is the sum. All builds run at the same time: while one waits for its servers, kernels and Windows, the other
one has the processors.
"""
import collections
import concurrent.futures
import json
import os
import re
import subprocess
import sys

CASE = re.compile(r'(not )?ok\b *\d*(?: *- *)?([^#]*)(# *(?:skip|todo))?', re.I)
COUNTS = ('passed', 'failed', 'skipped')
LINES_SHOWN = 40


def cases(output):
    """The cases in a program's output: lists of outcome, name and explaining lines."""
    found = []
    for line in output.splitlines():
        match = CASE.match(line)
        if match:
            failed, name, directive = match.groups()
            found.append(['skipped' if directive else 'failed' if failed else 'passed', name.strip(), []])
        elif found and line.startswith('#'):
            found[-1][2].append(line)
    return found


def outcomes(test):
    """The cases of a test program, and what its end adds to them."""
    found = cases(test.get('stdout', ''))
    told = any(outcome == 'failed' for outcome, *_ in found)
    if test['result'] == 'SKIP':
        return found or [['skipped', 'the whole test', []]]
    if test['result'] != 'OK' and not told:
        last_words = (test.get('stdout', '') + test.get('stderr', '')).splitlines()[-LINES_SHOWN:]
        found.append(['failed', f"{test['result'].lower()}, exit status {test['returncode']}", last_words])
    return found or [['passed', 'exit status 0', []]]


def meson_test(build, options):
    """Runs `meson test` in one build folder and passes on what it tells of each test, with the build's name; its exit status."""
    command = ['meson', 'test', '-C', build, '--no-rebuild', *options]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors='replace') as process:
        for line in process.stdout:
            sys.stderr.write(f'{build:12} {line}')
    return process.returncode


def run(build, suites, at_once):
    """Runs the tests of one build folder; what meson logged of each test program."""
    log = f'{build}/meson-logs/testlog.json'
    if os.path.exists(log):
        os.remove(log)
    options = ['--num-processes', str(at_once)]
    options += ['--timeout-multiplier', '100'] if os.environ.get('SIDELIGHT_FULL') == '1' else ['--timeout-multiplier', '4', '--no-suite=long']
    status = meson_test(build, [*options, *(f'--suite={suite}' for suite in suites)])
    tests = []
    if os.path.exists(log):
        with open(log, encoding='utf-8') as lines:
            tests = [json.loads(line) for line in lines]
    if status and all(test['result'] in ('OK', 'SKIP') for test in tests):
        tests.append({'name': 'meson test', 'result': 'ERROR', 'returncode': status})
    return tests


def run_all(builds, suites):
    """The tests of all builds, in the builds' order. More at once than there are processors, for many wait most of their time; the first build
    has the most to do, and what must run alone."""
    processors = os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(len(builds)) as pool:
        at_once = [processors + 2 if build == builds[0] else processors for build in builds]
        return zip(builds, list(pool.map(run, builds, [suites] * len(builds), at_once)))


def main(arguments):
    sys.stdout.reconfigure(line_buffering=True)  # in step with meson's own lines
    split = arguments.index('--')
    total, failures = collections.Counter(), []
    for build, tests in run_all(arguments[:split], arguments[split + 1:]):
        for test in tests:
            found = outcomes(test)
            counts = collections.Counter(outcome for outcome, *_ in found)
            total += counts
            failures += [(f"{build}: {test['name']}: {name}", why) for outcome, name, why in found if outcome == 'failed']
            print(f"{build:12} {test['name']:40}", ', '.join(f'{counts[c]} {c}' for c in COUNTS if counts[c]))
    for name, why in failures:
        print(f'FAILED {name}', *why[:LINES_SHOWN], sep='\n  ')
    print(', '.join(f'{total[c]} {c}' for c in COUNTS if c != 'skipped' or total[c]))
    return 1 if total['failed'] or not total['passed'] else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
