#!/usr/bin/env python3
"""Has variations.txt a step for each value of each kernel parameter, and for each sentence that kernels print? Usage: variations.py
VARIATIONS DATA SENTENCES [--add]

--add puts in the steps that lack, without what they change (test_hosts fix-edges writes that); it never takes a step away. Prints
TAP."""
import glob
import re
import sys

import steps

WITHOUT_SMT = 'quiet|mitigations|retbleed|spectre_v2_user|spec_rstack|mds'
# Processors that kernels of today protect in different ways: what they would print.
PREDICTED = ('skx-old', 'skx-new', 'cfl-d', 'icl-new', 'icx-new', 'adl-n', 'rpl-p', 'knm', 'zen1-ssbd', 'zen2-rome', 'zen3-milan',
             'zen4-genoa', 'hygon-c86-new', 'pd-15-2')
# What is made of what kernels print.
READ = ('x86_64/skx-new.bare.7.2.13', 'x86_64/zen2-rome.bare.7.2.13', 'x86_64/skylake-server.guest.6.1.0-56',
        'aarch64/cortex-a72.guest.6.12.107')
ADMITTING = ('x86_64/skx-old.bare.7.2.13 admitting', 'x86_64/zen2-rome.bare.7.2.13 admitting',
             'x86_64/skylake-server.guest.6.1.0-56 admitting', 'aarch64/cortex-a72.guest.6.12.107 admitting',
             'ppc64/power9.guest.6.12.107 admitting', 's390x/max.guest.6.12.107 admitting')
# The newest microcode of some, for what kernels do only with it.
NEWEST = {'zen3-milan': '0xa0011df', 'zen4-genoa': '0xa101158'}
VECTORS = ('user_kernel', 'user_user', 'guest_host', 'guest_guest', 'cross_thread', 'user_kernel,no_user_user', 'guest_host,no_guest_guest',
           'user_kernel,no_user_user,no_guest_host,no_guest_guest')
FLUSHES = ('EPT disabled', 'never', 'cond', 'always', 'not required')  # how KVM empties the first-level cache


def step(**changes):
    return ' '.join(f'{key}={text}'.replace(' ', '~') for key, text in changes.items())


def parameters(folder):
    yield 'quiet'
    for path in [f'{folder}/parameters.yaml', *sorted(glob.glob(f'{folder}/vulns/*.yaml'))]:
        with open(path, encoding='utf-8') as f:
            for name, values in re.findall(r'\{name: ([a-z0-9_.-]+), values: \[([^]]*)\]', f.read()):
                yield from (f'{name}={quoted or plain}' for quoted, plain in re.findall(r'"([^"]*)"|([^",\s]+)', values)) if values else [name]


def needed(folder, table):
    words = list(dict.fromkeys(parameters(folder)))
    for name in PREDICTED:
        machine = f'x86_64/{name}.bare.7.2.13 predicted'
        yield from ((machine, step(cmdline=word, smt='on')) for word in words)
        yield from ((machine, step(cmdline=word, smt='off')) for word in words if re.match(WITHOUT_SMT, word))
        yield from ((machine, step(cmdline=f'mitigations=auto,no_{vector}', smt='on')) for vector in VECTORS)
        if name in NEWEST:
            all_words = words + [f'mitigations=auto,no_{vector}' for vector in VECTORS]
            yield from ((machine, step(cmdline=word, smt='on', revision=NEWEST[name])) for word in all_words)
        yield from ((machine, step(flush=flush, smt=smt)) for smt in ('on', 'off') for flush in FLUSHES)
    for machine in ADMITTING:
        yield from ((machine, step(cmdline=word)) for word in words)
    with open(table, encoding='utf-8') as f:
        sentences = [line.split('|')[:2] for line in f.read().splitlines() if line and not line.startswith('#')]
    for machine in READ:
        yield from ((machine, step(says=f'{file}:{says}')) for file, says in sentences)


def main():
    path, folder, table = sys.argv[1:4]
    steps.hold(path, needed(folder, table), 'every parameter and every sentence has its steps', '--add' in sys.argv[4:])


main()
