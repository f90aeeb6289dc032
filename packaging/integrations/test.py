#!/usr/bin/env python3
"""Each adapter with its own tool where it is installed; else its form. Usage: test.py SIDELIGHT ROOT"""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import yaml

PROGRAM, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
HERE = os.path.join(ROOT, 'packaging/integrations')
IRON, CLEAN = (os.path.join(ROOT, 'tests/cli/machines', name + '.host') for name in ('iron', 'clean'))
sys.path.insert(0, os.path.join(ROOT, 'tests'))
import tap

TAP = tap.Tap()
ok = TAP.ok


def tool(program, name):
    """Whether the tool is there; else the case is skipped."""
    if shutil.which(program):
        return True
    TAP.skip(name, f'no {program}')
    return False


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, **more)


def read(*path):
    with open(os.path.join(HERE, *path), encoding='utf-8') as f:
        return f.read()


def environment(folder, evidence=None):
    """PATH with a `sidelight` that judges the evidence where it would judge the machine."""
    binaries = os.path.join(folder, 'bin')
    os.makedirs(binaries, exist_ok=True)
    with open(os.path.join(binaries, 'sidelight'), 'w', encoding='utf-8') as f:
        if evidence:
            f.write(f'#!/bin/sh\n[ "$1" != check ] || set -- "$@" {evidence}\n[ "$1" != check ] || [ ! -e {folder}/broken ] || exit 70\n'
                    f'exec {PROGRAM} "$@"\n')
        else:
            f.write(f'#!/bin/sh\nexec {PROGRAM} "$@"\n')
    os.chmod(os.path.join(binaries, 'sidelight'), 0o755)
    return {**os.environ, 'PATH': binaries + ':' + os.environ['PATH'], 'LANG': 'C.UTF-8', 'HOME': folder}


def ansible(folder):
    if not tool('ansible-playbook', 'ansible'):
        return
    facts = os.path.join(folder, 'facts.d')
    play = [os.path.join(HERE, 'ansible/site.yml'), '-i', 'localhost,', '-c', 'local', '-e', f'sidelight_facts_folder={facts}']
    env = {**environment(folder, IRON), 'ANSIBLE_ROLES_PATH': os.path.join(HERE, 'ansible/roles'), 'ANSIBLE_NOCOWS': '1'}
    done = run('ansible-playbook', *play, env=env)
    ok('ansible: an open flaw fails the machine, by name', done.returncode == 2 and re.search(r'open: .*meltdown', done.stdout), done.stdout + done.stderr)
    done = run('ansible', 'localhost', '-m', 'ansible.builtin.setup', '-a', f'filter=ansible_local fact_path={facts}', env=env)
    ok('ansible: the fact is structured', done.returncode == 0 and '"worst": "vulnerable"' in done.stdout, done.stdout)
    done = run('ansible-playbook', *play, '-e', '{"sidelight_accept": ["mds", "meltdown", "variant-3a"]}', env=env)
    ok('ansible: what is accepted does not', done.returncode == 0, done.stdout + done.stderr)
    with open(os.path.join(folder, 'broken'), 'w', encoding='ascii'):
        pass
    done = run('ansible-playbook', *play, env=env)
    os.remove(os.path.join(folder, 'broken'))
    ok('ansible: where sidelight fails, nothing is called safe', done.returncode == 2 and 'not installed here, or failed' in done.stdout, done.stdout)
    if tool('ansible-lint', 'ansible-lint'):
        done = run('ansible-lint', '--offline', '--profile', 'production', '.', cwd=os.path.join(HERE, 'ansible'), env=env)
        ok('ansible-lint finds nothing', done.returncode == 0, done.stdout + done.stderr)


def kubernetes(folder):
    env = environment(folder, IRON)
    script = os.path.join(HERE, 'kubernetes/sidelight-features')
    done = run(script, folder, env=env)
    with open(os.path.join(folder, 'sidelight'), encoding='ascii') as f:
        lines = f.read().splitlines()
    labels = dict(line.split('=') for line in lines[1:])
    ok('kubernetes: the features expire', done.returncode == 0 and re.fullmatch(r'# \+expiry-time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', lines[0]), lines[:2])
    prefix = 'feature.node.kubernetes.io/sidelight-'
    ok('kubernetes: a label for each flaw, and for the worst', labels.get(prefix + 'meltdown') == 'vulnerable' and
       labels.get(prefix + 'worst') == 'vulnerable' and len(labels) > 40, labels)
    ok('kubernetes: names and values are those that labels may have',
       all(re.fullmatch(r'[a-z0-9]([a-z0-9.-]*[a-z0-9])?/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?', k) and
           re.fullmatch(r'[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?', v) for k, v in labels.items()), labels)
    known = [json.loads(line)['id'] for line in run(PROGRAM, 'list', '--format', 'json').stdout.splitlines()]
    ok('kubernetes: no flaw is left out', set(known) <= {k[len(prefix):] for k in labels}, set(known) - {k[len(prefix):] for k in labels})
    with open(os.path.join(folder, 'broken'), 'w', encoding='ascii'):
        pass
    done = run(script, folder, env=env)
    os.remove(os.path.join(folder, 'broken'))
    ok('kubernetes: where sidelight fails no old label stays', done.returncode != 0 and not os.path.exists(os.path.join(folder, 'sidelight')), done)
    pod = yaml.safe_load(read('kubernetes/daemonset.yaml'))['spec']['template']['spec']
    volumes = {v['name'] for v in pod['volumes']}
    ok('kubernetes: the DaemonSet mounts what it names, and writes one folder',
       all(m['name'] in volumes and (m.get('readOnly') or m['name'] == 'features') for m in pod['containers'][0]['volumeMounts']), pod)
    if tool('yamllint', 'yamllint'):
        rules = '{extends: default, rules: {line-length: {max: 140}, document-start: disable, braces: disable, brackets: disable, comments: disable, ' \
                'truthy: {check-keys: false}}}'
        done = run('yamllint', '-s', '-d', rules, HERE, os.path.join(ROOT, '.pre-commit-hooks.yaml'))
        ok('yamllint finds nothing in all of them', done.returncode == 0, done.stdout)


def osquery(folder):
    table = json.loads(read('osquery/sidelight.conf'))['auto_table_construction']['sidelight']
    store = os.path.join(folder, 'fleet.db')
    done = run(PROGRAM, 'fleet', 'import', '--store', store, IRON, CLEAN)
    if 'without' in done.stderr and done.returncode:
        tool('no-sqlite-in-this-build', 'osquery')
        return
    with sqlite3.connect(f'file:{store}?mode=ro', uri=True) as base:
        rows = base.execute(table['query']).fetchall()
        names = [c[0] for c in base.execute(table['query']).description]
        schedule = json.loads(read('osquery/sidelight.conf'))['schedule']['sidelight_open']['query'].replace('FROM sidelight', f"FROM ({table['query']})")
        found = base.execute(schedule).fetchall()
    ok('osquery: the columns are those of the store', names == table['columns'], (names, done))
    ok('osquery: each host has its findings', ('iron', 'meltdown', 'vulnerable') in {(r[1], r[2], r[3]) for r in rows}, rows[:3])
    ok('osquery: the scheduled query finds what is open', ('iron', 'meltdown') in {r[:2] for r in found} and {r[2] for r in found} == {'vulnerable', 'partial'}, found)


def wazuh(folder):
    env = environment(folder, IRON)
    made = run(os.path.join(HERE, 'wazuh/sidelight-sca'), env=env)
    policy = yaml.safe_load(made.stdout)
    checks = policy['checks']
    ok('wazuh: the policy has what Wazuh asks for', all(policy['policy'].get(k) for k in ('id', 'file', 'name', 'description')) and
       all(c.get(k) for c in checks for k in ('id', 'title', 'description', 'rationale', 'remediation', 'condition', 'rules')) and
       len({c['id'] for c in checks}) == len(checks) > 40, made.stderr)
    passed = {}
    for c in checks:
        command, pattern = re.fullmatch(r'c:(.*) -> r:(.*)', c['rules'][0]).groups()
        flaw = command.split()[3]
        if flaw in ('meltdown', 'lazy-fpu', 'zenbleed', 'srso', 'ssb'):
            passed[flaw] = re.search(pattern, run(*command.split(), env=env).stdout) is not None
    ok('wazuh: its commands tell closed from open and from not known',
       passed == {'meltdown': False, 'lazy-fpu': True, 'zenbleed': True, 'srso': True, 'ssb': False}, passed)


def github():
    action = yaml.safe_load(read('github/action.yml'))
    used = set(re.findall(r'inputs\.(\w+)', read('github/action.yml')))
    ok('github: the action uses the inputs that it declares, and demands a checksum', used == set(action['inputs']) and action['inputs']['sha256']['required'] and
       action['runs']['using'] == 'composite' and all(s.get('shell') for s in action['runs']['steps']), used)
    ok('github: inputs reach no shell as text', all('${{' not in s['run'] for s in action['runs']['steps']))
    steps = action['runs']['steps']
    if shutil.which('shellcheck'):
        done = subprocess.run(['shellcheck', '-s', 'bash', '-'], input='\n'.join(s['run'] for s in steps), capture_output=True, text=True, check=False)
        ok('github: shellcheck finds nothing', done.returncode == 0, done.stdout)
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, 'sidelight'))
        os.symlink(PROGRAM, os.path.join(folder, 'sidelight', 'sidelight'))
        env = {**os.environ, 'RUNNER_TEMP': folder, 'TARGET': os.path.join(ROOT, 'tests/cli/clouds/shop'), 'UNTRUSTED': 'yes',
               'SARIF': os.path.join(folder, 'out.sarif')}
        done = run('bash', '-e', '-c', steps[1]['run'], env=env)
        with open(env['SARIF'], encoding='utf-8') as f:
            ok('github: open findings fail the job, and stand in the SARIF', done.returncode == 2 and json.load(f)['runs'][0]['results'], done)
    if tool('pre-commit', 'pre-commit'):
        done = run('pre-commit', 'validate-manifest', os.path.join(ROOT, '.pre-commit-hooks.yaml'))
        ok('pre-commit takes the manifest', done.returncode == 0, done.stdout + done.stderr)
    hook = yaml.safe_load(read('../../.pre-commit-hooks.yaml'))[0]
    entry = hook['entry'].split()
    done = run(PROGRAM, *entry[1:], os.path.join(ROOT, 'tests/cli/clouds/shop'))
    ok('pre-commit: the hook judges', entry[0] == 'sidelight' and done.returncode == 2, done)


def packer(folder):
    if not tool('packer', 'packer'):
        return
    done = run('packer', 'validate', '-var', f'program={PROGRAM}', 'sidelight.pkr.hcl', cwd=os.path.join(HERE, 'packer'),
               env={**os.environ, 'HOME': folder, 'CHECKPOINT_DISABLE': '1'})
    ok('packer takes the template', done.returncode == 0, done.stdout + done.stderr)


def cloud_init(folder):
    text = read('cloud-init/user-data.yaml')
    script = yaml.safe_load(text)['write_files'][0]['content']
    if tool('cloud-init', 'cloud-init'):
        done = run('cloud-init', 'schema', '--config-file', os.path.join(HERE, 'cloud-init/user-data.yaml'))
        ok("cloud-init's schema takes it", done.returncode == 0, done.stdout + done.stderr)
    # The script itself, with a release of its own: a tarball on this disk; root's places are a folder's.
    os.makedirs(os.path.join(folder, 'release', 'sidelight-0'))
    for place in ('run', 'usr/local/bin', 'var/log'):
        os.makedirs(os.path.join(folder, place))
    shutil.copy(os.path.join(folder, 'bin', 'sidelight'), os.path.join(folder, 'release', 'sidelight-0', 'sidelight'))
    tarball = os.path.join(folder, 'release.tar.gz')
    subprocess.run(['tar', '-czf', tarball, '-C', os.path.join(folder, 'release'), 'sidelight-0'], check=True)
    checksum = run('sha256sum', tarball).stdout.split()[0]
    script = re.sub(r'(?m)^url=.*', f'url=file://{tarball}', script)
    for place in ('/run/', '/usr/local/bin', '/var/log/'):
        script = script.replace(' ' + place, f' {folder}{place}')
    script = script.replace('file://' + folder + folder, 'file://' + folder).replace('  /run/', f'  {folder}/run/')
    env = {**os.environ, 'PATH': os.path.join(folder, 'usr/local/bin') + ':' + os.environ['PATH']}
    if not tool('curl', 'cloud-init: the script'):
        return
    done = run('sh', '-c', script, env=env)
    ok('cloud-init: a wrong checksum runs nothing', done.returncode != 0 and not os.listdir(os.path.join(folder, 'usr/local/bin')), done)
    done = run('sh', '-c', script.replace('PUT-THE-CHECKSUM-HERE', checksum), env=env)
    report = os.path.join(folder, 'var/log/sidelight.json')
    ok('cloud-init: with the right one the report is written', os.path.exists(report) and 'SIDELIGHT' in done.stdout, done)


def main():
    for part in (ansible, kubernetes, osquery, wazuh, packer, cloud_init):
        with tempfile.TemporaryDirectory() as folder:
            environment(folder, IRON)
            part(folder)
    github()
    TAP.end()


main()
