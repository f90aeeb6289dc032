#!/usr/bin/env python3
"""Fake machines for every boot loader: what `fix` shows is compared with golden/; then it is applied, shown again, and taken back: the
whole tree must be as it was, bytes, modes, owners and times. Usage: test_fix.py [--fix] SIDELIGHT"""
import difflib
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import jsonschema
import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'report'))
import roots
from strict import strict
from table import DEBIAN, GRUB_CFG, ROOTS
from told import end, tell
import share  # it lies where told.py looks

HERE = os.path.dirname(os.path.abspath(__file__))
CLEAN = {'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8', 'COLUMNS': '110'}


def fix(program, root, *words):
    return subprocess.run([program, 'fix', '--root', root, *words], env=CLEAN, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, timeout=60)


def plain(text, root):
    text = re.sub(r'--plan [0-9a-f]{12}', '--plan HASH', text.replace(root, 'ROOT'))
    text = re.sub(r'sidelight [0-9.]+, data of [0-9.-]+', 'sidelight VERSION, data of DATE', text)
    return re.sub(r'\d{4}-\d\d-\d\dT[\d:]+Z', 'WHEN', text)


def compare(name, got, write):
    path = os.path.join(HERE, 'golden', name)
    if write:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8', newline='') as f:
            f.write(got)
    want = open(path, encoding='utf-8', newline='').read() if os.path.exists(path) else ''
    return want == got, '\n'.join(difflib.unified_diff(want.splitlines(), got.splitlines(), 'expected', 'got', lineterm='', n=1))


def paste(program, command):
    """The command as it was told, in a shell."""
    return subprocess.run(['sh', '-c', re.sub('^sidelight', lambda _: shlex.quote(program), command)], env=CLEAN, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def there_and_back(program, name, root, options):
    before = roots.snapshot(root)
    shown = fix(program, root, *options)
    tell(roots.snapshot(root) == before, f'{name}: showing changes nothing')
    hashes = re.findall(r'--plan ([0-9a-f]{12})', shown.stdout)
    if not hashes:
        refused = fix(program, root, '--apply', '--yes')
        tell(roots.snapshot(root) == before, f'{name}: nothing to apply, nothing changed', refused.stdout)
        return
    wrong = fix(program, root, *options, '--apply', '--plan', '0' * 12)
    tell(wrong.returncode == 70 and roots.snapshot(root) == before, f'{name}: another plan is refused', wrong.stdout)
    script = fix(program, root, *options, '--emit', 'shell').stdout
    if shutil.which('shellcheck') and script.startswith('#!'):
        found = subprocess.run(['shellcheck', '-s', 'sh', '-'], input=script, capture_output=True, text=True, check=False).stdout
        tell(not found, f'{name}: shellcheck finds nothing in the script', found[:1500])
    done = paste(program, re.search(r'^Nothing was changed\. To carry this out: (sidelight fix --apply --plan .*)$', shown.stdout, re.M)[1])
    edits = '  edit: ' in shown.stdout or '  make: ' in shown.stdout
    refused = '   left alone: ' in ' ' + shown.stdout
    tell(done.returncode == (3 if refused else 0) and (roots.snapshot(root) != before) == edits and ('done: ' in done.stdout) == edits, f'{name}: applied', done.stdout)
    notes = lambda text: set(re.findall(r'^note: (?:.*\n(?:  .*\n)*)', text, re.M))
    tell(notes(shown.stdout) <= notes(done.stdout) and ('left alone: ' in done.stdout) == refused, f'{name}: the notes of the plan stand in what was done', shown.stdout, done.stdout)
    again = fix(program, root, *options)
    tell('  edit: ' not in again.stdout and '  make: ' not in again.stdout, f'{name}: a second time there is nothing to edit', again.stdout)
    back = fix(program, root, '--rollback')
    after = roots.snapshot(root)
    odd = [k for k in before.keys() | after.keys() if before.get(k) != after.get(k)]
    tell(back.returncode == 0 and not odd, f'{name}: taken back to the byte', back.stdout, odd)
    tell(plain(fix(program, root, *options).stdout, root) == plain(shown.stdout, root), f'{name}: the same plan as before')


SCHEMA = os.path.join(HERE, '..', '..', 'docs', 'fix.schema.json')


def carried_as_json(program, name, root, options, validator, plan, exit_code):
    """--apply and --rollback answer in JSON, too, and do the same."""
    before = roots.snapshot(root)
    done = fix(program, root, *options, '--apply', '--yes', '--format', 'json')
    got = json.loads(done.stdout)
    wrong = [f'{e.json_path}: {e.message[:200]}' for e in validator.iter_errors(got)]
    tell(not wrong and got['exit'] == done.returncode and (got['done'] == 'applied') == (plan['plan'] is not None) and got['plan'] == plan['plan'] and
         (got['fix'] is not None) == (got['done'] == 'applied'), f'{name}: what was done is as published', *wrong, done.stdout)
    steps = [(s['id'], s['refused'], 'waits' if s['waits_for_restart'] else None) for s in plan['steps']]
    tell([(s['id'], s['refused'], 'waits' if s['state'] == 'waits' else None) for s in got['steps']] == steps and
         all((s['state'] in ('left-alone', 'in-part')) >= bool(s['refused']) or s['state'] == 'to-be-run' for s in got['steps']) and
         got['left_open'] == sum(one['open'] for one in plan['left']) and got['notes'] == plan['notes'] and exit_code in (0, 2, 3),
         f'{name}: it tells the steps of the plan', plan, got)
    back = fix(program, root, '--rollback', '--format', 'json')
    got = json.loads(back.stdout)
    wrong = [f'{e.json_path}: {e.message[:200]}' for e in validator.iter_errors(got)]
    tell(not wrong and back.returncode == got['exit'] == 0 and got['done'] == ('rolled-back' if plan['plan'] else 'nothing') and
         roots.snapshot(root) == before, f'{name}: taken back, and told so in JSON', *wrong, back.stdout)


def as_json(program, name, root, options):
    with open(SCHEMA, encoding='utf-8') as f:
        validator = jsonschema.Draft202012Validator(strict(json.load(f)))
    done = fix(program, root, *options, '--format', 'json')
    got = json.loads(done.stdout)
    wrong = [f'{e.json_path}: {e.message[:200]}' for e in validator.iter_errors(got)]
    tell(not wrong and got['exit'] == done.returncode, f'{name}: its JSON is as published', *wrong)
    carried_as_json(program, name, root, options, validator, got, done.returncode)
    tell(fix(program, root, *options, '--format', 'diff').stdout == got['diff'].replace('\r\n', '\n'), f'{name}: the diff alone is the same')


def pasted(program):
    """What is told to be run can be pasted, whatever its paths are called."""
    machine, cmdline, files, _ = ROOTS['debian-grub']
    with tempfile.TemporaryDirectory(prefix="sidelight it's $HOME `id` \\ \"größe\" & ") as folder:
        root, policy = os.path.join(folder, '-a tree'), os.path.join(folder, "what's accepted.json")
        os.mkdir(root)
        roots.make(root, machine, files, cmdline)
        with open(policy, 'w', encoding='utf-8') as f:
            json.dump({'accept': [{'flaw': 'ssb', 'reason': 'r', 'who': 'ops', 'until': '2099-12-31'}]}, f)
        before = roots.snapshot(root)
        shown = fix(program, root, '--policy', policy, '--keep-smt', '--for', 'swapgs').stdout
        done = paste(program, re.search(r'^Nothing was changed\. To carry this out: (.*)$', shown, re.M)[1])
        tell(done.returncode == 0 and roots.snapshot(root) != before, 'the command that is shown carries the plan out', shown, done.stdout)
        done = paste(program, re.search(r'`(sidelight fix --rollback.*)` takes it back', done.stdout)[1])
        tell(done.returncode == 0 and roots.snapshot(root) == before, 'the command that is shown takes it back', done.stdout)
        none = os.path.join(folder, 'none')
        os.mkdir(none)
        said = subprocess.run([program, 'check', none], env=CLEAN, capture_output=True, text=True, check=False).stderr
        done = paste(program, 'ls -d ' + re.search(r'Then: --root (.*)$', said, re.M)[1])
        tell(done.stdout == none + '\n', 'the option that is told can be pasted', said, done.stdout)


def evidence_file(program):
    """Of a file there are steps, in the same form, and nothing to apply."""
    path = os.path.join(roots.MACHINES, 'x86_64/skylake-server.guest.6.1.0-56.mds=off.host')
    done = subprocess.run([program, 'fix', path, '--format', 'json'], env=CLEAN, capture_output=True, text=True, check=False)
    with open(SCHEMA, encoding='utf-8') as f:
        wrong = list(jsonschema.Draft202012Validator(strict(json.load(f))).iter_errors(json.loads(done.stdout)))
    tell(not wrong and not done.stderr, 'an evidence file: its JSON is as published', *wrong)
    done = subprocess.run([program, 'fix', path, '--apply', '--yes'], env=CLEAN, capture_output=True, text=True, check=False)
    tell(done.returncode == 64, 'an evidence file is not applied', done.stderr)


def consistent(program):
    """Over every recorded machine: where `check` counts something as open or not known, `fix` does not say that there is nothing to do."""
    wrong, seen = [], set()
    for path in sorted(glob.glob(os.path.join(roots.MACHINES, '**/*.host'), recursive=True)):
        run = lambda command: subprocess.run([program, command, path], env=CLEAN, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        check, plan = run('check').returncode, run('fix')
        told = {0: 'Nothing is open', 2: '\nSteps\n', 3: 'Left to do\n'}.get(plan.returncode, 'no such code')
        if (check == 0) != (plan.returncode == 0) or (check == 3 and plan.returncode == 2) or told not in '\n' + plan.stdout:
            wrong.append(f'{path}: check {check}, fix {plan.returncode}')
        seen.add((check, plan.returncode))
    tell(not wrong and {(0, 0), (2, 2), (2, 3), (3, 3)} <= seen, "the exit codes of check and fix agree over every recorded machine", *wrong, seen)


def readme(program, write):
    """The worked example of README.md is what fix writes; a running machine's command is run, not left to the image."""
    path = os.path.join(HERE, '..', '..', 'README.md')
    machine, cmdline, files, _ = ROOTS['debian-grub']
    with tempfile.TemporaryDirectory() as root:
        roots.make(root, machine, files, cmdline)
        shown = fix(program, root).stdout.replace('then run, in the image: ', 'run: ').replace(f' --root {root}', '')
    with open(path, encoding='utf-8') as f:
        head, rest = f.read().split('$ sudo sidelight fix\n', 1)
    example, tail = rest.split('```', 1)
    if write:
        with open(path, 'w', encoding='utf-8') as f:
            f.write(head + '$ sudo sidelight fix\n' + shown + '```' + tail)
        example = shown
    tell(plain(example, root) == plain(shown, root), 'the example of README.md is what fix writes', shown)


def harmful(program):
    """Every setting of data/harmful.yaml, where an image keeps it, is taken out; what protects stays."""
    with open(os.path.join(HERE, '..', '..', 'data', 'harmful.yaml'), encoding='utf-8') as f:
        listed = yaml.safe_load(f)
    words = [f'{one["parameter"]}={value}' if value else one['parameter'] for one in listed if 'parameter' in one for value in one.get('values', [''])]
    options = [f'options {one["module"]} {one["option"]}={value}' for one in listed if 'module' in one for value in one['values']]
    sysctls = [f'{one["sysctl"]} = {value}' for one in listed if 'sysctl' in one for value in one['values']]
    protective = 'mitigations=auto,nosmt spec_store_bypass_disable=on'
    with tempfile.TemporaryDirectory() as root:
        roots.make(root, None, {**DEBIAN, '/boot/grub/grub.cfg': GRUB_CFG, '/etc/sysctl.d/a.conf': '\n'.join(sysctls) + '\n',
                                '/etc/default/grub': f'GRUB_CMDLINE_LINUX_DEFAULT="{protective} {" ".join(words)}"\n'})
        for n, option in enumerate(options):
            roots.write(root, f'/etc/modprobe.d/{n}.conf', option + '\n')
        done = fix(program, root, '--apply', '--yes')
        read = lambda path: open(root + path, encoding='utf-8').read()
        line = re.search('DEFAULT="(.*)"', read('/etc/default/grub')).group(1)
        tell(line.strip() == protective, f'{len(words)} harmful words are taken out of the kernel command line, and no other', line, done.stdout)
        left = [option for n, option in enumerate(options) if option in read(f'/etc/modprobe.d/{n}.conf')]
        tell(not left and not [s for s in sysctls if s in read('/etc/sysctl.d/a.conf')], f'{len(options)} options of modules, {len(sysctls)} sysctl, too', left)


def partly(program):
    """Where one step is done and another one cannot be, the other one is told with its reason."""
    machine, cmdline, files, _ = ROOTS['debian-bpf']
    with tempfile.TemporaryDirectory() as root:
        roots.make(root, machine, files, cmdline)
        done = fix(program, root, '--apply', '--yes')
        told = ' '.join(done.stdout.split())
        tell(done.returncode == 3 and 'done: Close BPF' in told and 'not done: Install ' in told and ' left alone: packages: ' in told and ' instead: install ' in told,
             'what was left alone is told beside what was done', done.stdout)


def accepted(program):
    """Accepted risks have no step, and stay visible; expired ones are told."""
    machine, cmdline, files, _ = ROOTS['debian-bpf']
    with tempfile.TemporaryDirectory() as root:
        roots.make(root, machine, files, cmdline)
        for until, word in (('2099-12-31', 'accepted until 2099-12-31 by ops'), ('2020-01-01', 'expired')):
            policy = os.path.join(root, 'policy.json')
            with open(policy, 'w', encoding='utf-8') as f:
                json.dump({'accept': [{'flaw': flaw, 'reason': 'tracing', 'who': 'ops', 'until': until} for flaw in ('spectre-v2', 'bhi')]}, f)
            done = fix(program, root, '--policy', policy)
            tell(word in done.stdout and bool(re.search(r'^ *\d+\. Close BPF', done.stdout, re.M)) == (until < '2026'), f'a risk accepted until {until}', done.stdout)
        with open(policy, 'w', encoding='utf-8') as f:
            json.dump({'accept': [{'flaw': 'bhi', 'reason': 'tracing', 'who': 'ops', 'until': '2099-12-31'}]}, f)
        done = fix(program, root, '--policy', policy, '--for', 'bhi')
        tell(done.returncode == 0 and 'Nothing is open but what you accepted' in done.stdout, 'what is accepted is not told as closed', done.stdout)
        for text in ('{"accept": [{"flaw": "spectre-v2"}]}', '{"accept": [{"flaw": "nosuch", "reason": "r", "who": "w", "until": "2099-01-01"}]}',
                     '{"accept": [{"flaw": "bhi", "reason": "r", "who": "w", "until": "soon"}]}', '[]', '{'):
            with open(policy, 'w', encoding='utf-8') as f:
                f.write(text)
            done = fix(program, root, '--policy', policy)
            tell(done.returncode == 65, f'no policy: {text}', done.stdout)


def windows(program):
    """Registry values as a .reg file and as a script: the same changes as in the JSON, with what was there before."""
    seen = 0
    for path in sorted(glob.glob(os.path.join(roots.MACHINES, 'windows/*.host'))):
        run = lambda *words: subprocess.run([program, 'fix', path, *words], env=CLEAN, capture_output=True, check=False)
        plan = json.loads(run('--format', 'json').stdout)
        changes = [c for s in plan['steps'] for c in s['changes'] if c['target']['kind'] == 'registry-value']
        reg, script = run('--emit', 'reg'), run('--emit', 'powershell')
        if not changes:
            empty = reg.stdout.decode('utf-16') == 'Windows Registry Editor Version 5.00\r\n' and b'    @{ Path' not in script.stdout
            if not empty or reg.returncode != plan['exit'] or script.returncode != plan['exit']:
                tell(False, f'{os.path.basename(path)}: nothing to change, and something is, or another exit code', reg, script.stdout.decode())
            continue
        seen += 1
        want = [(c['target']['key'], int(c['new'], 0), int(c['old'], 0) if c['old'] else None) for c in changes]
        text = reg.stdout.decode('utf-16')
        got = [(name, int(value, 16)) for name, value in re.findall(r'^"(\w+)"=dword:([0-9a-f]{8})\r$', text, re.M)]
        tell(reg.stdout[:2] == b'\xff\xfe' and text.startswith('Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\') and
             got == [w[:2] for w in want], f'{os.path.basename(path)}: as a .reg file', text)
        got = re.findall(r"^    @\{ Path = '[^']*'; Name = '(\w+)'; Set = (-?\d+); Clear = (-?\d+) \}$", script.stdout.decode(), re.M)
        kept = [(name, (int(bits) | ((old or 0) & ~int(clear))) & 0xffffffff, old) for (name, bits, clear), (_, _, old) in zip(got, want)]
        tell(len(got) == len(want) and kept == want, f'{os.path.basename(path)}: as a script', script.stdout.decode(), want)
        tell(all(not int(bits) & 0x2000003 for name, bits, _ in got if name == 'FeatureSettingsOverride'),
             f'{os.path.basename(path)}: no other machine gets a bit that switches off', got)
        if 'registry-default' in path:
            tell(plan['steps'][0]['promised'] == ['mds', 'meltdown', 'spectre-v2'], 'a server whose registry asks for nothing has its step', plan)
    tell(seen > 1, 'some recorded Windows have values to set')


def playbook(program):
    """What --emit ansible writes holds each byte of the file, whatever its lines begin and end with, and ansible-lint finds nothing."""
    machine, cmdline, files, _ = ROOTS['debian-grub']
    with tempfile.TemporaryDirectory() as folder:
        root, path = os.path.join(folder, 'root'), os.path.join(folder, 'fix.yml')
        os.mkdir(root)
        roots.make(root, machine, files, cmdline)
        plain_text = fix(program, root, '--emit', 'ansible').stdout
        with open(os.path.join(root, 'etc/default/grub'), 'a', encoding='utf-8', newline='') as f:
            f.write('  # two blanks before, two behind  \n\t# a tab\t\n\n \n\\\n"quoted" {{ template }} größe\n# no end')
        text = fix(program, root, '--emit', 'ansible').stdout
        fix(program, root, '--apply', '--yes')
        with open(os.path.join(root, 'etc/default/grub'), encoding='utf-8', newline='') as f:
            applied = f.read()

        class Loader(yaml.SafeLoader): # pylint: disable=too-many-ancestors
            """Knows Ansible's tag."""
        Loader.add_constructor('!unsafe', lambda loader, node: loader.construct_scalar(node))
        copies = [t['ansible.builtin.copy'] for t in yaml.load(text, Loader)[0]['tasks'] if 'ansible.builtin.copy' in t]
        written = [c['content'] for c in copies if c['dest'] == '/etc/default/grub']
        tell(written == [applied] and 'größe' in applied, 'the playbook holds the file byte for byte', written, applied)
        if not shutil.which('ansible-lint'):
            tell(True, 'ansible-lint # SKIP it is not installed')
            return
        with open(path, 'w', encoding='utf-8') as f:
            f.write(plain_text)
        done = subprocess.run(['ansible-lint', '--offline', '--nocolor', '-q', '-p', path], capture_output=True, text=True, check=False, cwd=folder,
                              env={**os.environ, 'HOME': folder})
        tell(done.returncode == 0 and 'fix.yml:' not in done.stdout, 'ansible-lint finds nothing in the playbook', done.stdout, done.stderr[-1000:])


def main():
    program = os.path.abspath(sys.argv[-1])
    for name, (machine, cmdline, files, options) in list(ROOTS.items())[::share.one_in(program)]:
        with tempfile.TemporaryDirectory() as root:
            roots.make(root, machine, files, cmdline)
            shown = fix(program, root, *options)
            same, difference = compare(name, f'{plain(shown.stdout, root)}exit code {shown.returncode}\n', '--fix' in sys.argv)
            tell(same, f'{name}: as expected', difference)
            as_json(program, name, root, options)
            there_and_back(program, name, root, options)
    evidence_file(program)
    pasted(program)
    consistent(program)
    windows(program)
    readme(program, '--fix' in sys.argv)
    partly(program)
    harmful(program)
    accepted(program)
    playbook(program)
    return end()


sys.exit(main())
