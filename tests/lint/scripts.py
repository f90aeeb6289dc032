#!/usr/bin/env python3
"""Runs shellcheck over every shell script of the project."""
import subprocess

import tree


def is_script(path):
    with open(f'{tree.ROOT}/{path}', 'rb') as f:
        first = f.readline()
    return first.startswith(b'#!') and first.rstrip().endswith((b'sh', b'bash'))


def faults(path):
    ran = subprocess.run(['shellcheck', path], cwd=tree.ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return ran.stdout.splitlines()


tree.tap([(f'shellcheck {p}', faults(p)) for p in tree.files() if is_script(p)])
