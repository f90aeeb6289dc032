#!/usr/bin/env python3
"""Editors against the programs that read what they write: diffs against patch and git, variables against real shells, the environment
block against grub-editenv (where it is installed). test_edit.py EDIT_TOOL"""
import os
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lint'))
import tree  # noqa: E402  pylint: disable=wrong-import-position

TOOL = os.path.abspath(sys.argv[1])
LINES = ['a\n', 'b\n', 'c\n', 'same\n', '\n', 'x\r\n', '-- \n', '+++ b\n', '@@ -1 +1 @@\n', '\\ No newline\n']
PATHS = ['etc/default/grub', 'boot/loader/entries/a b.conf', 'x', 'a "quoted\\ name']


def run(*words, cwd=None):
    return subprocess.run(words, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def put(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if data is not None:
        with open(path, 'wb') as f:
            f.write(data)


def get(path):
    if not os.path.exists(path):
        return None
    with open(path, 'rb') as f:
        return f.read()


# ---- Diffs ----

def made_text(rng, base=None):
    """A text, or another version of one; None is no file."""
    if base is None or rng.random() < 0.2:
        if rng.random() < 0.1:
            return None
        lines = [rng.choice(LINES) for _ in range(rng.randrange(30))]
    else:
        lines = base.decode().splitlines(keepends=True)
        for _ in range(rng.randrange(4)):
            at = rng.randrange(len(lines) + 1)
            lines[at:at + rng.randrange(3)] = [rng.choice(LINES) for _ in range(rng.randrange(3))]
    text = ''.join(lines).encode()
    return text[:-1] if rng.random() < 0.3 and text.endswith(b'\n') else text


def check_diff(folder, path, old, new, how):
    """What applying the diff of two texts leaves, or None where it does."""
    put(f'{folder}/old', old)
    put(f'{folder}/new', new)
    diff = run(TOOL, 'diff', f'{folder}/old' if old is not None else '-', f'{folder}/new' if new is not None else '-', path).stdout
    if old == new:
        return None if diff == b'' else f'a diff without a difference: {diff}'
    tree_folder = f'{folder}/tree'
    os.makedirs(tree_folder)
    put(f'{tree_folder}/{path}', old)
    put(f'{folder}/diff', diff)
    applied = run(*how, f'{folder}/diff', cwd=tree_folder)
    found = get(f'{tree_folder}/{path}')
    if applied.returncode or found != new:
        return f'{how[0]} {path}: {old} to {new}, found {found}: {applied.stdout.decode()}\n{diff.decode()}'
    return None


def check_diffs(rng, folder):
    faults = []
    tools = [['patch', '-p1', '-s', '-E', '-i'], ['git', 'apply', '--whitespace=nowarn']]
    for number in range(100):
        how = tools[number % 2]
        old = made_text(rng)
        new = made_text(rng, old)
        path = rng.choice(PATHS)
        if how[0] == 'patch' and (b'' in (old, new) and None in (old, new)):
            continue  # an empty file that comes or goes: only git's way tells it
        if how[0] == 'patch' and new == b'':
            continue  # -E takes it away
        fault = check_diff(f'{folder}/{number}', path, old, new, how)
        if fault:
            faults.append(fault)
    return faults


def check_long_diff(rng, folder):
    """Texts with more differences than are followed."""
    old = ''.join(f'{rng.randrange(10**9)}\n' for _ in range(4000)).encode()
    new = b''.join(line for i, line in enumerate(old.splitlines(keepends=True)) if i % 5) + b'end'
    return list(filter(None, [check_diff(f'{folder}/long', 'x', old, b'head\n' + new, ['git', 'apply']),
                              check_diff(f'{folder}/longer', 'x', old, old[::-1], ['git', 'apply'])]))


# ---- Variables ----

NAMES = ['GRUB_CMDLINE_LINUX', 'GRUB_CMDLINE_LINUX_DEFAULT']
PIECES = ['nopti', 'quiet', 'mds=off', 'a\\ b', '"', "'", '\\"', ' ', ' ', ' ', '$GRUB_CMDLINE_LINUX', '${GRUB_CMDLINE_LINUX:+$GRUB_CMDLINE_LINUX }',
          '$(echo x)', '`echo y`', '\\\n', '\n', '\\$tuned_params', '$HOME', '\\', '#', '${OTHER}', '${GRUB_CMDLINE_LINUX_DEFAULT}']
OTHERS = ['# GRUB_CMDLINE_LINUX="nopti"\n', 'GRUB_TIMEOUT=5\n', 'X=`echo "a b" | tr a b` Y="$(echo \')\')"\n', '\n', 'export A=1 B\n',
          'if [ "$X" = 1 ]; then Z=2; fi\n', 'GRUB_CMDLINE_LINUX="a nopti" # x\n', "export GRUB_CMDLINE_LINUX_DEFAULT='mds=off b'; C=x\n",
          'OTHER=1\n', '  GRUB_CMDLINE_LINUX=\n', 'GRUB_DISTRIBUTOR="$(. /dev/null; echo x)"\n']


def made_files(rng):
    files = []
    for _ in range(rng.randrange(1, 4)):
        text = ''
        for _ in range(rng.randrange(5)):
            if rng.random() < 0.5:
                text += rng.choice(OTHERS)
                continue
            value = ''.join(rng.choice(PIECES) for _ in range(rng.randrange(6)))
            quote = rng.choice(['"', '"', "'", ''])
            text += f'{rng.choice(NAMES)}={quote}{value}{quote}\n'
        files.append(text[:-1] if rng.random() < 0.2 else text)
    return files


def evaluated(shell, files):
    """The two values once a shell has read the files; None where it fails."""
    script = 'set -e\nOTHER=; HOME=/h\n' + ''.join(f'. {f}\n' for f in files) + 'printf "%s\\0" "$GRUB_CMDLINE_LINUX" "$GRUB_CMDLINE_LINUX_DEFAULT"'
    done = subprocess.run([shell, '-c', script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False,
                          env={'PATH': os.environ['PATH']})
    return done.stdout.decode().split('\0')[:2] if done.returncode == 0 else None


def without(words, gone):
    return [w for w in words if w not in gone]


def fault_of(files, texts, shell):
    """An edit that a shell does not confirm, or None; and whether there was an edit."""
    for path, text in zip(files, texts):
        put(path, text.encode())
    before = evaluated(shell, files)
    answer = run(TOOL, 'variables', 'GRUB', '-nopti -mds=off +nosmt', *files).stdout.decode()
    if answer.startswith('refused') or before is None:
        return None, False
    after = evaluated(shell, files)
    if after is None:
        return f'{texts}: {shell} fails on what was written', True
    wanted, found = without(' '.join(before).split(), ('nopti', 'mds=off')), ' '.join(after).split()
    again = run(TOOL, 'variables', 'GRUB', '-nopti -mds=off +nosmt', *files).stdout.decode()
    if not again.startswith('same'):
        return f'{texts}: a second time: {again}', True
    if 'nosmt' not in found or without(found, ('nosmt',)) != without(wanted, ('nosmt',)):
        # words in quotes of GRUB's are not words; only lines without them are compared word by word
        if not any(c in ' '.join(before) for c in '\'"\\$#'):
            return f'{texts}: {before} became {after}', True
    return None, True


def check_variables(rng, folder):
    faults, edits = [], 0
    for number in range(200):
        texts = made_files(rng)
        files = [f'{folder}/v{number}/{i}.cfg' for i in range(len(texts))]
        fault, edited = fault_of(files, texts, ('dash', 'bash')[number % 2] if shutil.which('dash') else 'sh')
        edits += edited
        faults += [fault] if fault else []
    return faults + ([] if edits > 30 else [f'only {edits} edits of 200'])


# ---- The environment block ----

def check_grubenv(folder):
    path = f'{folder}/grubenv'
    put(path, b'# GRUB Environment Block\n'.ljust(1024, b'#'))
    for name, value in (('kernelopts', 'root=x "a b" ro '), ('saved_entry', 'a\\b>c'), ('kernelopts', 'ro')):
        run(TOOL, 'grubenv', path, name, value)
    listed = run('grub-editenv', path, 'list').stdout.decode()
    run('grub-editenv', path, 'set', 'x=1')
    return [] if listed == 'kernelopts=ro\nsaved_entry=a\\b>c\n' and b'\nx=1\n' in get(path) else [listed]


def cases_of(rng, folder):
    cases = [('patch and git apply make the new text of the old one', check_diffs(rng, folder)),
             ('also where much differs', check_long_diff(rng, folder)),
             ('shells find what the edit of variables promised', check_variables(rng, folder))]
    return cases + ([('grub-editenv reads the block', check_grubenv(folder))] if shutil.which('grub-editenv') else [])


def main():
    with tempfile.TemporaryDirectory() as folder:
        cases = cases_of(random.Random(1), folder)
    tree.tap(cases)


main()
