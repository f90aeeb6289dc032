#!/usr/bin/env python3
"""Two options given together: neither is left out in silence. Usage: pairs.py SIDELIGHT

Of each command every pair of options is tried. An option that changes what the command says, and does not beside another one, must be refused
there (exit code 64, a message that names both), or stand below with the reason why nothing is lost."""
import itertools
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..'))
from tap import Tap  # noqa: E402

REAL = '../hosts/machines/x86_64/'
MACHINES = [['machines/iron.host'], ['machines/windows-off-next.host'], [REAL + 'skylake-server.guest.6.1.0-47.nokaslr.host']]
# What each command is given: a pair is at fault where it is so with each of these.
COMMANDS = {
    'check': MACHINES,
    'explain': [['mds', *m] for m in MACHINES],
    'explain registry': [['machines/windows-off-next.host']],
    'explain registry 3': [[]],
    'what-if': MACHINES,
    'diff': [['machines/iron.host', 'machines/clean.host'], ['machines/iron.host', 'machines/web-17.host']],
    'list': [[]],
    'advise': MACHINES,
    'inventory': [['clouds/lists/aws.json'], ['clouds/lists/az.json'], ['clouds/lists/service.json']],
    'guidance list': [[]],
    'guidance show': [['az-2018-01-12']],
    'cloud-service lint': [['clouds/shop']],
    'cloud-service startup-task': [[]],
    'cloud-service rules': [[]],
    'fix': MACHINES,
    'data show': [[]],
    'help': [[]],
}
VALUES = {
    'as-of': '2018-01-10', 'boundary': 'user-user', 'data': 'data', 'for': 'azure-linux-vm', 'cloud-service': 'nosuch', 'tables': '', 'emit': 'shell', 'fail-on': 'unknown', 'flag': '-md_clear', 'format': 'json',
    'host-evidence': 'machines/web-host.host', 'kernel': '4.4.1', 'microcode': '0x1', 'only': 'mds', 'set': 'cmdline.mds=off', 'smt': 'off',
    'untrusted': 'no', 'offering': 'azure-linux-vm', 'declare': 'antivirus-compatible=yes', 'role': 'Shop', 'mask': '7', 'override': '64', 'completion': 'bash',
    'root': 'machines', 'hive': 'nosuch', 'windows-root': 'nosuch', 'files-from': '/dev/null', 'imds': 'http://127.0.0.1:9', 'policy': '/dev/null',
}
LEFT = {'help', 'output', 'data', 'no-color', 'scdoc', 'completion', 'out', 'write', 'apply', 'rollback', 'status', 'verify', 'yes', 'plan', 'to', 'in-place', 'key',
        'signature', 'url'}  # what leaves the folder, or shows nothing on a pipe; fix has its own rules for what it does (cases.txt)
EXPLAINED = {
    ('check', 'exit-zero', 'fail-on'): 'whatever the verdicts, it says',
    ('check', 'format', 'untrusted'): 'JSON tells each boundary with both answers',
    ('what-if', 'format', 'untrusted'): 'JSON tells each boundary with both answers',
    ('check', 'wide', 'fingerprint'): 'all that is known has the fingerprint in it',
    ('explain', 'ignore-os-claims', 'untrusted'): 'without the kernel all is unknown here',
    ('explain', 'boundary', 'untrusted'): 'of programs of one user both answers are the same',
    ('explain', 'why-not', 'host-evidence'): 'the host changes the verdict, and not what closes it',
    ('explain registry', 'ignore-os-claims', 'untrusted'): 'without Windows nothing is open',
    ('what-if', 'ignore-os-claims', 'smt'): 'without the kernel all is unknown here',
    ('what-if', 'ignore-os-claims', 'flag'): 'without the kernel all is unknown here',
    ('what-if', 'ignore-os-claims', 'restart'): 'what waits for a restart is told by the system',
    ('advise', 'ticket', 'offering'): 'these machines have nothing to ask',
    ('advise', 'ticket', 'untrusted'): 'these machines have nothing to ask',
    ('what-if', 'only', 'restart'): 'the flaw waits for none',
}
NOTHING = {
    ('what-if', 'microcode'): 'of these machines no verdict hangs on the microcode',
    ('diff', 'untrusted'): 'says whether what is open matters: diff compares what is open',
    ('advise', 'declare'): 'these machines have no action that asks for it',
    ('explain registry', 'host-evidence'): 'this Windows is no guest',
    ('explain registry', 'boundary'): 'nothing is open there',
    ('diff', 'boundary'): 'no verdict that differs here crosses another one',
}

def run(program, words):
    p = subprocess.run([program, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=HERE, stdin=subprocess.DEVNULL,
                       env={**os.environ, 'SOURCE_DATE_EPOCH': '1795000000', 'LC_ALL': 'C.UTF-8'})
    return p.returncode, p.stdout, p.stderr


def options(program, command):
    text = run(program, [command.split()[0], '--help'])[1]
    return {o: bool(arg) for o, arg in re.findall(r'^  (?:-\w, |    )?--([a-z][a-z-]*)( [A-Z+|a-z=-]+)?', text, re.M) if o not in LEFT}


def silent(bare, kept, lost, both):
    """Whether one of two that both change something is not seen beside the other: 1; 0 where it is; None where that is not known."""
    if max(x[0] for x in (bare, kept, lost, both)) >= 64 or lost[:2] in (bare[:2], kept[:2]):
        return None
    return both[:2] == kept[:2]


def look(tap, program, pool, command, inputs, excused):
    own = {o: ([f'--{o}={VALUES[o]}'] if takes else [f'--{o}']) for o, takes in options(program, command).items() if not takes or o in VALUES}
    missing = set(options(program, command)) - set(own)
    tap.ok(f'{command}: every option has a value here', not missing, missing)
    pairs = list(itertools.combinations(own, 2))
    seen, alone_seen = {}, set()
    for operands in inputs:
        def said(*names):
            return run(program, command.split() + sum((own[n] for n in names), []) + operands)
        bare = said()
        tap.ok(f'{command} {operands}: says something', bare[0] < 64 and bare[1], *bare)
        alone = dict(zip(own, pool.map(said, own)))
        alone_seen |= {o for o in own if alone[o][:2] != bare[:2]}
        for (a, b), both in zip(pairs, pool.map(lambda p: said(*p), pairs)):
            if both[0] == 64 and max(alone[a][0], alone[b][0]) < 64:
                tap.ok(f'{command} --{a} --{b}: refused, and both named', f'--{a}' in both[2] and f'--{b}' in both[2], both[2])
            for kept, lost in ((a, b), (b, a)):
                seen.setdefault((kept, lost), []).append(silent(bare, alone[kept], alone[lost], both))
    for (kept, lost), found in seen.items():
        found = [f for f in found if f is not None]
        if found and all(found):
            excused.add((command, kept, lost))
            if (command, kept, lost) not in EXPLAINED:
                tap.ok(f'{command} --{kept} --{lost}: the latter is not left out', False)
    for o in set(own) - alone_seen:
        excused.add((command, o))
        if (command, o) not in NOTHING:
            tap.ok(f'{command} --{o}: does something, or is refused', False)
    tap.ok(f'{command}: {len(pairs)} pairs looked at', bool(pairs) or len(own) < 2)


def main():
    program, tap, excused = os.path.abspath(sys.argv[1]), Tap(), set()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for command, inputs in COMMANDS.items():
            look(tap, program, pool, command, inputs, excused)
    tap.same('every exception is needed', {*EXPLAINED, *NOTHING} - excused, set())
    tap.end()


main()
