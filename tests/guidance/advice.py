#!/usr/bin/env python3
"""No advice that leads nowhere: what is offered on machines of many kinds, as their users see it. Usage: advice.py SIDELIGHT"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MACHINES = os.path.join(HERE, '..', 'hosts', 'machines')
PROGRAM = os.path.abspath(sys.argv[1])
NO_KERNEL = '-- file /boot/\n-- absent /usr/lib/modules/\n-- absent /lib/modules/\n'
CASES = []


def case(function):
    CASES.append(function)
    return function


def machine(name, *changes, more=''):
    """The evidence of a recorded machine, with texts replaced and records added."""
    text = open(os.path.join(MACHINES, name), encoding='utf-8').read()
    for old, new in changes:
        assert old in text, (name, old)
        text = text.replace(old, new)
    return text + more


def run(command, evidence, *args):
    with tempfile.NamedTemporaryFile('w', suffix='.host') as f:
        f.write(evidence)
        f.flush()
        done = subprocess.run([PROGRAM, command, '--format', 'json', *args, f.name], capture_output=True, text=True, timeout=60, check=False)
    assert not done.stderr, done.stderr
    return json.loads(done.stdout)


def check(evidence, *args):
    return {f['id']: f for f in run('check', evidence, *args)['findings']}


def advise(evidence, *args):
    return {a['id']: a for a in run('advise', evidence, *args)['actions']}


def commands(action):
    return '\n'.join(i['text'] for i in action['instructions'])


DEBIAN = '-- file /etc/os-release\nID=debian\n'
UBUNTU = '-- file /etc/os-release\nID=ubuntu\nID_LIKE=debian\n'
OLD_GUEST = 'x86_64/haswell.guest.4.10.7.host'


# ---- Whose kernel it is ----

@case
def a_kernel_that_the_provider_starts_is_the_providers():
    installed = check(machine(OLD_GUEST, more=DEBIAN))
    started = check(machine(OLD_GUEST, more=DEBIAN + NO_KERNEL))
    kernels = [i for i, f in installed.items() if f['status'] == 'vulnerable' and f['fixes'][:1] == ['update-kernel']]
    assert len(kernels) > 3
    for i in kernels:
        assert installed[i]['owner'] == 'kernel' and started[i]['owner'] == 'hypervisor' and started[i]['fixes'][0] == 'replace-kernel', i
    told = advise(machine(OLD_GUEST, more=DEBIAN + NO_KERNEL))
    assert told['replace-kernel']['who'] == 'provider' and 'newer kernel' in told['replace-kernel']['ask']
    assert 'update-kernel' not in told and 'os-updates' in told and told['os-updates']['status'] == 'not-needed'
    assert not any('apt-get' in commands(a) for a in told.values())
    assert 'apt-get' in commands(advise(machine(OLD_GUEST, more=DEBIAN))['os-updates'])


@case
def a_command_line_that_the_provider_gives_is_the_providers():
    evidence = machine('x86_64/skylake-server.guest.6.1.0-56.nopti.host', more=DEBIAN + NO_KERNEL)
    assert check(evidence)['meltdown']['owner'] == 'hypervisor'
    told = advise(evidence)['keep-mitigations-on']
    assert told['status'] == 'todo' and told['who'] == 'provider' and told['ask'] and not told['instructions'] and not told['changes'], told


# ---- Remedies that fit ----

@case
def microcode_packages_are_the_makers():
    amd = advise(machine('x86_64/zen2-rome.bare.6.1.0-56.host', more=DEBIAN))
    intel = advise(machine('x86_64/skl-new.bare.6.12.117.host', more=DEBIAN))
    assert 'amd64-microcode' in commands(amd['firmware-updates']) and 'intel' not in commands(amd['firmware-updates'])
    assert 'intel-microcode' in commands(intel['firmware-updates']) and 'amd64' not in commands(intel['firmware-updates'])
    arm = run('advise', machine('aarch64/cortex-a72.guest.6.1.0-50.host'), '--offering', 'bare-metal')
    assert not any(word in json.dumps(arm) for word in ('intel-microcode', 'amd64-microcode', 'ucode', 'microcode_ctl'))


@case
def the_newest_microcode_is_not_offered_again():
    for f in check(machine('x86_64/zen2-matisse.bare.7.2.13.host')).values():
        if 'newest known' in f['reason']:
            assert 'update-microcode' not in f['fixes'], f


@case
def nodes_and_scale_sets_are_not_changed_one_by_one():
    for offering, words in (('azure-linux-nodes', 'az aks nodepool upgrade'), ('azure-linux-scale-set', 'reimage'), ('azure-linux-vm', 'apt-get')):
        told = advise(machine(OLD_GUEST, more=UBUNTU), '--offering', offering)
        assert words in commands(told['linux-updates']) and ('apt-get' in commands(told['linux-updates'])) == (words == 'apt-get'), offering
    assert 'az aks' not in json.dumps(advise(machine(OLD_GUEST)))


@case
def windows_is_told_nothing_of_linux():
    for name in sorted(os.listdir(os.path.join(MACHINES, 'windows'))):
        for told in (advise(machine('windows/' + name)), advise(machine('windows/' + name), '--untrusted', 'yes')):
            text = json.dumps(told)
            for word in ('cmdline', 'prctl', 'apt-get', '/proc/', 'sysfs', 'kernel command line', 'wmic'):
                assert word not in text, (name, word)


@case
def what_windows_has_no_word_for_asks_for_nothing():
    told = advise(machine('windows/skylake.bare.10.0.19045.host'))
    assert told['no-answer']['who'] == 'nobody' and 'vmscape' in told['no-answer']['flaws'] and not told['no-answer']['instructions']
    assert not any('vmscape' in a['flaws'] for i, a in told.items() if i != 'no-answer')


# ---- Done, and open ----

@case
def mitigations_are_not_kept_on_where_a_parameter_switches_them_off():
    for words in ('mitigations=off', 'nospectre_v2', 'mds=off', 'mitigations=auto,no_user_kernel', 'retbleed=off mds=off'):
        evidence = machine('x86_64/skylake-server.guest.6.1.0-56.mds=off.host', ('mds=off', words))
        keep = advise(evidence, '--untrusted', 'yes').get('keep-mitigations-on')
        assert keep['status'] == 'todo', (words, keep)
        removed = ' '.join(c['old'] or '' for c in keep['changes'])
        assert all(w in removed for w in words.split()), (words, removed)
    keep = advise(machine('x86_64/skylake-server.guest.6.1.0-56.host'), '--untrusted', 'yes')['keep-mitigations-on']
    assert keep['status'] == 'done', keep


@case
def verification_is_done_when_every_verdict_that_it_is_about_is():
    fine = machine('windows/skylake.bare.10.0.19045.host')
    assert advise(fine, '--offering', 'azure-windows-vm', '--untrusted', 'yes')['windows-verify']['status'] == 'done'
    for name in sorted(os.listdir(os.path.join(MACHINES, 'windows'))):
        evidence = machine('windows/' + name)
        found = check(evidence)
        about = ['meltdown', 'spectre-v2', 'l1tf', 'mds', 'taa']
        statuses = {found[i]['status'] for i in about}
        status = advise(evidence, '--offering', 'azure-windows-vm', '--untrusted', 'yes')['windows-verify']['status']
        right = 'todo' if statuses & {'vulnerable', 'partial'} else 'unknown' if 'unknown' in statuses else 'done'
        assert status == right, (name, status, right)


@case
def clients_of_windows_switch_nothing_on():
    client = '-- registry HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions|ProductType text WinNT\n'
    evidence = machine('windows/zen2.bare.10.0.19045.host', more=client)
    assert advise(evidence, '--offering', 'azure-windows-vm', '--untrusted', 'yes')['windows-kva-bti']['status'] == 'not-needed'


@case
def hyper_threading_is_a_choice_on_windows_since_june_2022():
    for day, name, status in (('2019-06-04', 'windows-hyper-threading', 'todo'), ('2022-06-14', 'windows-hyper-threading-choice', 'optional')):
        with_smt = subprocess.run([PROGRAM, 'advise', '--format', 'json', '--offering', 'azure-windows-vm', '--untrusted', 'yes', '--as-of', day],
                                  capture_output=True, text=True, timeout=60, check=True)
        assert [a['status'] for a in json.loads(with_smt.stdout)['actions'] if a['id'] == name] == [status]


@case
def cloud_services_have_the_settings_after_august_2018():
    for day in ('2018-08-14', '2024-02-26'):
        done = subprocess.run([PROGRAM, 'advise', '--format', 'json', '--offering', 'azure-cloud-services', '--untrusted', 'yes', '--as-of', day],
                              capture_output=True, text=True, timeout=60, check=True)
        told = {a['id']: a for a in json.loads(done.stdout)['actions']}
        assert 'startup-task' in commands(told['role-settings']) and 'role-verify' in told and 'startup-task' not in told
        assert told['role-settings']['order'] < told['role-verify']['order']


@case
def only_centos_leaves_centos():
    for release, status in (('ID=ubuntu\nID_LIKE=debian\n', 'not-needed'), ('ID=centos\nID_LIKE="rhel fedora"\n', 'unknown')):
        told = advise(machine(OLD_GUEST, more='-- file /etc/os-release\n' + release), '--offering', 'azure-linux-vm')
        assert told['centos-end']['status'] == status


def main():
    print(f'1..{len(CASES)}')
    failed = False
    for number, function in enumerate(CASES, 1):
        try:
            function()
            print('ok', number, '-', function.__name__)
        except (AssertionError, KeyError, ValueError) as e:
            failed = True
            print('not ok', number, '-', function.__name__, '\n#', type(e).__name__, repr(e)[:700].replace('\n', ' '))
    sys.exit(failed)


main()
