#!/usr/bin/env python3
"""Runs shellcheck over every shell script of the project; checks that ./dev does what it promises."""
import re
import subprocess

import tree


def is_script(path):
    with open(f'{tree.ROOT}/{path}', 'rb') as f:
        first = f.readline()
    return first.startswith(b'#!') and first.rstrip().endswith((b'sh', b'bash'))


def shellcheck(path):
    ran = subprocess.run(['shellcheck', '-x', path], cwd=tree.ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return ran.stdout.splitlines()


def verbs(dev):
    """Each verb of the table has its function, and each function its verb."""
    table = set(re.findall(r'^(\w+) +\|.*\|', dev, re.M))
    return [f'{name} is only in one of both' for name in sorted(table ^ set(re.findall(r'^do_(\w+)\(\)', dev, re.M)))]


def groups(dev, packages):
    """Each group of packages is asked for by a verb, and each that is asked for exists."""
    asked = set(' '.join(re.findall(r'^ *need ([a-z ]+)', dev, re.M)).split())
    given = {line.split()[1] for line in packages.splitlines() if line and not line.startswith('#')}
    return [f'{name} is only in one of both' for name in sorted(asked ^ given)]


def main():
    dev = tree.text('dev')
    cases = [(f'shellcheck {p}', shellcheck(p)) for p in tree.files() if is_script(p)]
    cases += [('the verbs of ./dev', verbs(dev)),
              ('the groups of tools/packages', groups(dev, tree.text('tools/packages')))]
    tree.tap(cases)


main()
