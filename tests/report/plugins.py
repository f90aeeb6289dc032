#!/usr/bin/env python3
"""What a monitoring system hears in each case: one line first, and an exit code of 0 to 3, never 0 or 1 where nothing was judged.
Usage: plugins.py SIDELIGHT"""
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import tap

TAP = tap.Tap()
HERE = os.path.dirname(os.path.abspath(__file__))
IRON, CLEAN = (os.path.join(HERE, '..', 'cli', 'machines', name + '.host') for name in ('iron', 'clean'))
# Of each format: the first line of a failure, and of a machine.
FORMS = {'nagios': (r'SIDELIGHT UNKNOWN - \S.*', r'SIDELIGHT (OK|WARNING|CRITICAL|UNKNOWN) - .* \| \S.*'), 'smc-nrpe': (r'Unknown - \S.*', r'OK|Unknown|Vulnerable:.*'),
         'smc26-nrpe': (r'UNKNOWN: \S.*', r'(OK|WARNING|CRITICAL|UNKNOWN): .* \| \S.*')}
HELP = r'sidelight check - \S.*'
# What is asked, with F for the format's option; the code; which line comes first.
CASES = [(f'F {IRON}', 2, 'machine'), (f'{IRON} F', 2, 'machine'), (f'F {CLEAN} --only meltdown', 0, 'machine'),
         ('F --help', 3, 'help'), ('--help F', 3, 'help'), ('F -h', 3, 'help'), ('F --only', 3, 'failure'), ('F -o', 3, 'failure'), ('F --only nosuch', 3, 'failure'),
         ('F --nosuch', 3, 'failure'), ('--nosuch F', 3, 'failure'), ('-Z F', 3, 'failure'), ('F --nosuch=1', 3, 'failure'), ('F --help --nosuch', 3, 'failure'), ('F --format', 3, 'failure'),
         ('F --format nosuch', 3, 'failure'), ('F --untrusted maybe', 3, 'failure'), ('F --as-of yesterday', 3, 'failure'), ('F --version', 3, 'failure'), ('F --data /nowhere', 3, 'failure'),
         ('F nowhere', 3, 'failure'), ('F --files-from nowhere', 3, 'failure'), ('F --root /nowhere', 3, 'failure'), (f'F --root / {IRON}', 3, 'failure'), ('F {folder}/none', 3, 'failure'),
         ('F {folder}/empty', 3, 'failure'), ('F {folder}/bytes', 3, 'failure'), ('F /dev/null', 3, 'failure'), ('F -', 3, 'failure'), (f'F -o /nowhere/x {IRON}', 3, 'failure'),
         (f'F -o /dev/full {IRON}', 3, 'failure'), (f'F -o json {IRON}', 3, 'failure'), (f'F {IRON} nowhere', 2, 'any'), (f'F {CLEAN} nowhere --only meltdown', 3, 'any')]


def heard(program, args, out=subprocess.PIPE):
    done = subprocess.run([program, *args], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, check=False, text=True)
    return done.returncode, done.stdout or ''


def odd(program, form, asked, code, first, folder):
    """What is wrong with the answer; nothing where all is as it should be."""
    for option in (f'--format {form}', f'--format={form}'):
        args = asked.format(folder=folder).replace('F', option, 1).split()
        got, text = heard(program, ['check', *args])
        failure, machine = FORMS[form]
        want = {'failure': failure, 'machine': machine, 'help': HELP, 'any': f'{failure}|{machine}'}[first]
        if got != code or not re.fullmatch(want, text.split('\n')[0]):
            return [f'{" ".join(args)}: {got}, not {code}: {text.split(chr(10))[0]}']
    return []


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(folder + '/none')
        for name, content in (('empty', b''), ('bytes', bytes(range(256)))):
            with open(f'{folder}/{name}', 'wb') as f:
                f.write(content)
        for form in FORMS:
            bad = [line for asked, code, first in CASES for line in odd(program, form, asked, code, first, folder)]
            TAP.ok(f'{form}: each of {len(CASES)} cases', not bad, '\n'.join(bad))
            with open('/dev/full', 'w', encoding='utf-8') as full:
                codes = [heard(program, ['check', '--format', form, *more], full)[0] for more in ([IRON], ['nowhere'], ['--nosuch'], ['--help'])]
            closed = [subprocess.run(['sh', '-c', f'"$0" check --format {form} {more} >&-', program], stderr=subprocess.DEVNULL, check=False).returncode
                      for more in (IRON, 'nowhere', '--nosuch', '--help')]
            TAP.ok(f'{form}: a full disk and a closed output are unknown', codes == closed == [3, 3, 3, 3], codes, closed)
    TAP.end()


main()
