#!/usr/bin/env python3
"""Each command of README.md, the pages in docs/, SECURITY.md, the adapters' READMEs and the examples of --help (of which the manual pages are made) is
run as it stands there, in a fresh folder, or stands in ELSEWHERE with the reason why not. Paths below /mnt and the like are looked for in that folder,
and a server takes a port that is free. Worked examples must be what the program prints. Usage: test_pages.py SIDELIGHT ROOT MAKE_HIVE"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM, ROOT, MAKE_HIVE = (os.path.abspath(a) for a in sys.argv[1:4])
sys.path[:0] = [os.path.join(ROOT, 'tests'), os.path.join(ROOT, 'tests', 'fix')]
import roots
import tap
import table

TAP = tap.Tap()
PAGES = ['README.md', 'SECURITY.md', *sorted(glob.glob('docs/*.md', root_dir=ROOT)),
         *sorted(glob.glob('packaging/**/README.md', root_dir=ROOT, recursive=True))]
# A word that the reader replaces by his own: such a line shows a form.
FORM = re.compile(r'…|\b(FILE|FOLDER|DIR|NAME|HASH|URL|OLD|NEW|VERSION|FLAW|WORD|FORMAT|X\.Y\.Z)\b')
COMMAND = re.compile(r'(?:sudo )?sidelight(?: .*)?$|(?:[a-z][^|]*\| *)(?:sudo )?sidelight .*$')
LIVE, DONE = (0, 2, 3), (0,)
ELSEWHERE = {
    'sidelight fix --apply --plan 3f9a6c01d2e4': 'tests/fix: changes the machine, and only under its own number',
    'sidelight fix --rollback': 'tests/fix/test_live.py: changes the machine',
    'sidelight data verify sidelight-data-2026-11-26.bundle': 'tests/cli/test_data.py: a release signs it',
    'sudo sidelight data update sidelight-data-2026-11-26.bundle': 'tests/cli/test_data.py: a release signs it',
    'sidelight data update': 'tests/cli/test_data.py: a release signs it',
    'sidelight fleet': 'a name in a sentence; its words are tried',
    'sudo sidelight fix': 'tests/fix/test_fix.py: the worked example, to the letter',
    'sidelight fleet send --to https://fleet.example:8484 --token-file token': 'tests/fleet/test_send.py: TLS and tokens',
    'sidelight fleet send --to https://fleet.example:8484 --token-file /etc/sidelight/token': 'tests/fleet/test_send.py: TLS and tokens',
}
# What a command ends with, where that is not 0; of this machine nobody knows the verdicts.
CODES = {
    'sidelight': LIVE, 'sidelight check': LIVE, 'sidelight check -': LIVE, 'sidelight check --wide': LIVE, 'sidelight check x.host': LIVE,
    'sidelight check --format json --fail-on vulnerable': LIVE, 'sidelight check --host-evidence host.host': LIVE,
    'sidelight check --boundary user-kernel,guest-host --untrusted yes': LIVE, 'sidelight check --boundary guest-host --untrusted yes': LIVE,
    'sidelight check --fail-on vulnerable --only meltdown': LIVE, 'sidelight check --root /mnt/disk': (2,),
    'sidelight check --windows-root /mnt/c': LIVE, 'sidelight check --windows-root /mnt': LIVE, 'sidelight check --format json web-*.host': LIVE,
    'sidelight diff old.host new.host': (1,), 'sidelight diff before.host after.host': (1,), 'sidelight diff monday.host tuesday.host': (1,),
    'sidelight collect | sidelight diff golden.host -': (0, 1), 'sidelight fix': LIVE, 'sidelight fix --emit ansible -o fix.yml': LIVE,
    'sidelight fix --root /mnt/image --format diff': (2,), 'sidelight fix --cloud-service MyService': (2,),
    'sidelight cloud-service lint ServiceConfiguration.Cloud.cscfg ServiceDefinition.csdef': (2,), 'sidelight cloud-service lint MyService/': (2,),
    'sidelight cloud-service lint --as-of 2018-01-12 --untrusted yes a.cscfg a.csdef': (2,),
    'sidelight cloud-service lint --untrusted yes --as-of 2018-01-12 ServiceConfiguration.Cloud.cscfg ServiceDefinition.csdef': (2,),
    'az vm list -o json | sidelight inventory -': (0, 3), 'aws ec2 describe-instances | sidelight inventory -': (0, 3),
    'az vm list -o json | sidelight inventory --as-of 2018-01-12 --untrusted no -': (3,), 'sidelight inventory --format json graph.json': (0, 3),
    'sidelight inventory --as-of 2018-01-12 --untrusted yes *.json': (0, 3), 'sidelight fleet import --store fleet.db evidence/': (0,),
    'sidelight fleet status --store fleet.db': (2,), 'sidelight fleet status --store fleet.db --since yesterday': (0, 2),
    'sidelight fleet show --store fleet.db web-17': (3,),
}
SERVER = re.compile(r'fleet serve|fleet send')


def read(*path):
    with open(os.path.join(ROOT, *path), encoding='utf-8') as f:
        return f.read()


def save(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def commands_of(text):
    """Of a page: behind a prompt, indented, or between backticks; no comment behind it."""
    fenced = False
    for line in text.splitlines():
        if line.startswith('```'):
            fenced = not fenced
        elif line.startswith('$ '):
            yield line[2:]
        elif not fenced and re.match('    (sudo |ssh |curl )?sidelight', line):
            yield re.sub(r'\s+#.*', '', line.strip())
        elif not fenced:
            for quoted in re.findall(r'`([^`]+)`', line):
                for part in quoted.replace(r'\|', '|').split('; '):
                    yield part


def examples():
    told = subprocess.run([PROGRAM, '--help'], capture_output=True, text=True, check=True).stdout
    for command in re.findall(r'^  ([a-z][a-z-]+)  +\S', told, re.M):
        text = subprocess.run([PROGRAM, command, '--help'], capture_output=True, text=True, check=True).stdout
        yield from re.findall(r'^  (\S.*)$', text.split('\nExamples:\n')[1].split('\nExit codes:')[0], re.M)


def all_commands():
    seen = {}
    for where, source in [(page, commands_of(read(page))) for page in PAGES] + [('help', examples())]:
        for command in source:
            if COMMAND.match(command) and not FORM.search(command):
                seen.setdefault(command, where)
    return seen


# ---- A fresh folder, and what the pages take for granted in it ----

CSCFG = '''<?xml version="1.0" encoding="utf-8"?>
<ServiceConfiguration serviceName="Shop" osFamily="5" osVersion="WA-GUEST-OS-5.14_201712-01" xmlns="http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceConfiguration">
  <Role name="Front"><Instances count="2" /></Role>
</ServiceConfiguration>
'''
CSDEF = '''<?xml version="1.0" encoding="utf-8"?>
<ServiceDefinition name="Shop" xmlns="http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceDefinition">
  <WebRole name="Front" vmsize="Standard_D2_v2"></WebRole>
</ServiceDefinition>
'''
AZ = [{'id': '/subscriptions/0/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/web1', 'type': 'Microsoft.Compute/virtualMachines',
       'storageProfile': {'osDisk': {'osType': 'Linux'}}},
      {'id': '/subscriptions/0/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/sql1', 'type': 'Microsoft.Compute/virtualMachines',
       'storageProfile': {'osDisk': {'osType': 'Windows'}},
       'instanceView': {'osName': 'Windows Server 2016 Datacenter', 'osVersion': '10.0.14393.1944'}},
      {'id': '/subscriptions/0/resourceGroups/rg/providers/Microsoft.Web/sites/fn', 'type': 'Microsoft.Web/sites', 'kind': 'functionapp'},
      {'id': '/x/y', 'type': 'contoso.weird/things'}]


def windows_disk(root):
    config = os.path.join(root, 'Windows/System32/config')
    os.makedirs(config)
    os.mkdir(os.path.join(root, 'ProgramData'))
    for name, what in (('SYSTEM', 'server'), ('SOFTWARE', 'software')):
        subprocess.run([MAKE_HIVE, os.path.join(config, name), what], check=True)


def stage(folder):
    work = os.path.join(folder, 'work')
    machine, cmdline, files, _ = table.ROOTS['debian-grub']
    for name in ('disk', 'image', ''):
        roots.make(os.path.join(folder, 'mnt', name), machine, files, cmdline)
    for name in ('c', ''):
        windows_disk(os.path.join(folder, 'mnt', name))
    good, bad = (os.path.join(roots.MACHINES, 'x86_64', f'skylake-server.guest.6.1.0-56{kind}.host') for kind in ('', '.nopti'))
    os.makedirs(os.path.join(work, 'evidence'))
    for name in ('old', 'before', 'monday', 'golden'):
        shutil.copy(good, os.path.join(work, name + '.host'))
    for name in ('new', 'after', 'tuesday', 'host'):
        shutil.copy(bad, os.path.join(work, name + '.host'))
    for name in ('web-17.host', 'iron.host'):
        for place in (work, os.path.join(work, 'evidence')):
            shutil.copy(os.path.join(ROOT, 'tests/cli/machines', name), place)
    for name in ('ServiceConfiguration.Cloud.cscfg', 'a.cscfg', 'MyService/ServiceConfiguration.Cloud.cscfg'):
        save(os.path.join(work, name), CSCFG)
    for name in ('ServiceDefinition.csdef', 'a.csdef', 'MyService/ServiceDefinition.csdef'):
        save(os.path.join(work, name), CSDEF)
    shutil.copy(os.path.join(ROOT, 'tests/cli/clouds/lists/graph.json'), work)
    for name, text in (('az', json.dumps(AZ)), ('aws', read('tests/cli/clouds/lists/aws.json'))):
        save(os.path.join(folder, 'bin', name), f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
    save(os.path.join(folder, 'bin', 'sudo'), '#!/bin/sh\nexec "$@"\n')
    save(os.path.join(folder, 'bin', 'ssh'), '#!/bin/sh\nshift\nexec "$@"\n')
    for name in os.listdir(os.path.join(folder, 'bin')):
        os.chmod(os.path.join(folder, 'bin', name), 0o755)
    os.symlink(PROGRAM, os.path.join(folder, 'bin', 'sidelight'))
    for name in ('var/lib/prometheus/node-exporter', 'var/lib/sidelight', 'etc/bash_completion.d', 'home/.config/fish/completions'):
        os.makedirs(os.path.join(folder, name))
    return work


def run(folder, command, **more):
    here = re.sub(r'(?<![\w/])(/mnt|/var/lib|/etc)(?=[/\s]|$)', folder + r'\1', command)
    env = {**os.environ, 'PATH': os.path.join(folder, 'bin') + ':' + os.environ['PATH'], 'HOME': os.path.join(folder, 'home'), 'COLUMNS': '80', 'LC_ALL': 'C.UTF-8'}
    return subprocess.run(['bash', '-o', 'pipefail', '-c', here], cwd=os.path.join(folder, 'work'), env=env, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=120, **more)


def ready(folder, command):
    """What the page has the reader do before: paste something, have a store, files that other examples did not leave."""
    if command == 'sidelight check -':
        return 'lscpu | ' + command
    shutil.copy(os.path.join(ROOT, 'tests/cli/machines', 'windows-off-next.host' if 'registry' in command else 'web-17.host'),
                os.path.join(folder, 'work', 'web-17.host'))
    if ' fleet ' in command and ' import ' not in command and 'fleet.db' in command:
        run(folder, 'sidelight fleet import --store fleet.db evidence/')
    for name in ('copies', 'EnableKvaShadow.cmd'):
        path = os.path.join(folder, 'work', name)
        shutil.rmtree(path, ignore_errors=True) if os.path.isdir(path) else os.path.exists(path) and os.remove(path)
    return command


def each(folder, commands):
    """In the order of the pages, for one leaves what the next one reads."""
    for command, where in commands.items():
        if command in ELSEWHERE or SERVER.search(command):
            continue
        done = run(folder, ready(folder, command))
        wanted = CODES.get(command, DONE)
        written = re.search(r'(?:>|sidelight .* -o) (\S+)', command)
        file = written and os.path.join(folder, 'work', re.sub('^(/var/lib|/etc)', folder + r'\1', written[1]).replace('~', os.path.join(folder, 'home')))
        good = done.returncode in wanted and (done.returncode >= 64 or (bool(done.stdout) != bool(written) and not done.stderr)) and \
            (not file or (os.path.exists(file) and os.path.getsize(file) > 0))
        TAP.ok(f'{where}: {command}', good, f'exit {done.returncode}, not of {wanted}', done.stdout[-600:], done.stderr)


def page_of_two_machines(folder):
    """README.md's three commands, on a port that is free."""
    lines = [re.sub(r'\s+#.*', '', line.strip()) for line in read('README.md').split('in three commands')[1].splitlines() if line.startswith('    ')][:3]
    script = f'''set -e
rm -f fleet.db
{lines[0].replace(' &', ' --listen 127.0.0.1:0 >said 2>&1 &')}
server=$!; trap 'kill $server; wait $server' EXIT
for i in $(seq 100); do grep -q listening said && break; sleep 0.1; done
url=$(sed 's/listening on //; s:/$::; q' said)
''' + ''.join(line.replace('http://127.0.0.1:8484', '"$url"') + '\n' for line in lines[1:]) + 'curl --silent --fail "$url/"\n'
    done = run(folder, script)
    TAP.ok('README.md: a page with two machines, in three commands', done.returncode == 0 and 'serve' in lines[0] and done.stdout.count('is kept') == 2 and
           '<html' in done.stdout, done.stdout[-2000:], done.stderr)


# ---- Worked examples ----

def worked(text):
    """Command, and what the page says that it prints."""
    for block in re.findall(r'(?ms)^```\n(\$ .*?)^```$', text):
        for part in re.split(r'(?m)^\$ ', block)[1:]:
            command, _, shown = part.partition('\n')
            yield command, shown.rstrip('\n')


def is_shown(shown, printed):
    """`...` alone in a line stands for lines that are left out."""
    pattern = r'(?:.*\n)*?'.join(re.escape(piece) for piece in re.split(r'(?m)^\n*\.\.\.\n+', shown + '\n'))
    return re.fullmatch(pattern + r'\n*', printed) is not None


def worked_examples(folder):
    seen = 0
    for command, shown in worked(read('README.md')):
        if command in ELSEWHERE:
            continue
        seen += 1
        printed = run(folder, command).stdout
        TAP.ok('README.md shows what is printed by ' + command, is_shown(shown, printed), printed)
    TAP.ok('README.md has worked examples', seen >= 5, seen)
    TAP.ok('and lines that are not printed are found', not is_shown('a\n...\nc', 'a\nb\nd\n') and is_shown('a\n...\nc', 'a\nb\nc\n') and not is_shown('a', 'a\nb\n'))


def first_screen():
    """The screen of a guest in a cloud names each flaw that there is, and this version."""
    screen = re.search(r'(?ms)^```\n(vm · .*?)^```$', read('README.md'))[1]
    ids = {json.loads(line)['id'] for line in subprocess.run([PROGRAM, 'list', '--format', 'json'], capture_output=True, text=True, check=True).stdout.splitlines()}
    told, others = set(re.findall(r'[a-z][a-z0-9-]+', screen)) & ids, int(re.search(r'and (\d+) of other', screen)[1])
    counts = sum(int(n) for n in re.findall(r'^(?:mitigated|not affected) \((\d+)\)', screen, re.M)) + len(re.findall(r'(?m)^\S+ +(?:unknown|vulnerable|partial) ', screen))
    TAP.same('the first screen of README.md has each flaw', (len(told) + others, counts), (len(ids), len(ids)))
    version = subprocess.run([PROGRAM, '--version'], capture_output=True, text=True, check=True).stdout.split()[1]
    TAP.ok('and is of this version', f'\nsidelight {version.rstrip(",;")}, data of ' in screen, version)
    TAP.ok('within 30 lines of 80 columns', screen.count('\n') <= 30 and max(map(len, screen.splitlines())) <= 80)


def main():
    commands = all_commands()
    TAP.ok('pages have commands', len(commands) > 70 and 'sidelight check --root /mnt/disk' in commands and 'sidelight fleet status --store fleet.db' in commands,
           len(commands))
    TAP.same('what is tried elsewhere, or ends otherwise, stands on a page', sorted({*ELSEWHERE, *CODES} - {*commands}), [])
    with tempfile.TemporaryDirectory() as folder:
        stage(folder)
        worked_examples(folder)
        each(folder, commands)
        page_of_two_machines(folder)
    first_screen()
    TAP.end()


main()
