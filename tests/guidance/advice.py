#!/usr/bin/env python3
"""No advice that leads nowhere: what is offered on machines of many kinds, as their users see it. Usage: advice.py SIDELIGHT"""
import json
import os
import subprocess
import sys
import tempfile

from cases import case, main

HERE = os.path.dirname(os.path.abspath(__file__))
MACHINES = os.path.join(HERE, '..', 'hosts', 'machines')
PROGRAM = os.path.abspath(sys.argv[1])
LOADERS = ('/etc/default/grub', '/boot/grub/grub.cfg', '/boot/grub2/grub.cfg', '/etc/kernel/cmdline', '/boot/loader/entries',
           '/boot/extlinux/extlinux.conf', '/etc/update-extlinux.conf', '/boot/firmware/cmdline.txt', '/boot/cmdline.txt')
NO_KERNEL = '-- file /boot/\n-- absent /usr/lib/modules/\n-- absent /lib/modules/\n' + ''.join(f'-- absent {path}\n' for path in LOADERS)


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


# ---- Kubernetes' nodes: what the inventory says of them, advise and check say too ----

def node(system, provider, labels, release='6.1.90-99.amzn2023.x86_64'):
    info = {'kernelVersion': release if system == 'linux' else '10.0.20348.2113', 'operatingSystem': system, 'architecture': 'amd64'}
    return {'kind': 'Node', 'metadata': {'name': 'n1', 'labels': labels}, 'spec': {'providerID': provider}, 'status': {'nodeInfo': info}}


def inventoried(text):
    with tempfile.NamedTemporaryFile('w', suffix='.json') as f:
        f.write(text)
        f.flush()
        done = subprocess.run([PROGRAM, 'inventory', '--format', 'json', f.name], capture_output=True, text=True, timeout=60, check=False)
    return [r['offering'] for r in json.loads(done.stdout)['resources']]


SIZE = 'node.kubernetes.io/instance-type'
NODES = [  # (system, providerID, labels, offering, provider's processor)
    ('linux', 'azure:///subscriptions/s/x', {'kubernetes.azure.com/cluster': 'MC_secret'}, 'azure-linux-nodes', True),
    ('windows', 'azure:///subscriptions/s/x', {'kubernetes.azure.com/cluster': 'MC_secret'}, 'azure-windows-nodes', True),
    ('linux', 'azure:///subscriptions/s/x', {}, 'azure-linux-vm', True),
    ('windows', 'azure:///subscriptions/s/x', {}, 'azure-windows-vm', True),
    ('linux', 'aws:///eu-1a/i-1', {SIZE: 'm6a.large', 'eks.amazonaws.com/nodegroup': 'secret'}, 'cloud-nodes', True),
    ('windows', 'aws:///eu-1a/i-1', {SIZE: 'm6a.large', 'eks.amazonaws.com/nodegroup': 'secret'}, 'cloud-nodes', True),
    ('linux', 'aws:///eu-1a/i-1', {SIZE: 'm6a.large', 'eks.amazonaws.com/compute-type': 'auto'}, 'cloud-nodes', True),
    ('linux', 'aws:///eu-1a/i-1', {SIZE: 'm5.metal', 'eks.amazonaws.com/nodegroup': 'secret'}, 'cloud-nodes', False),
    ('linux', 'aws:///eu-1a/i-1', {SIZE: 'm6a.large'}, 'cloud-guest', True),
    ('linux', 'aws:///eu-1a/i-1', {SIZE: 'm5.metal'}, 'bare-metal', False),
    ('linux', 'gce://p/z/n', {SIZE: 'n2-standard-2', 'cloud.google.com/gke-nodepool': 'secret'}, 'cloud-nodes', True),
    ('linux', 'gce://p/z/n', {SIZE: 'n2-standard-2', 'cloud.google.com/gke-nodepool': 'secret', 'sandbox.gke.io/runtime': 'gvisor'}, 'cloud-nodes', True),
    ('linux', 'gce://p/z/n', {SIZE: 'n2-standard-2'}, 'cloud-guest', True),
    ('linux', 'vsphere://u', {}, 'cloud-guest', True),
    ('linux', 'digitalocean://1', {'doks.digitalocean.com/node-pool': 'secret'}, 'cloud-nodes', True),
    ('linux', 'hcloud://1', {}, 'cloud-guest', True),
    ('linux', 'linode://1', {}, 'cloud-guest', True),
    ('linux', 'k3s://n1', {}, 'unknown', None),
]


@case
def what_the_inventory_says_of_a_node_advise_and_check_say():
    for system, provider, labels, offering, theirs in NODES:
        text = json.dumps({'kind': 'List', 'items': [node(system, provider, labels)]})
        assert inventoried(text) == [offering], (provider, labels, inventoried(text))
        told = run('advise', text)
        seen = told['offering']['id'] if told['offering'] else 'unknown'
        assert seen == offering, (system, provider, labels, seen)
        everything = '\n'.join(commands(a) for a in told['actions'])
        if offering.endswith('-nodes'):
            assert not any(word in everything for word in ('dnf', 'apt-get', 'tdnf', 'zypper', 'Windows Update, Check')), everything
            assert ('az aks' if 'azure' in offering else 'drains and replaces') in everything, everything
        assert 'MC_secret' not in json.dumps(told) and run('check', text)['host']['guest'] == {True: 'yes', False: 'no', None: 'unknown'}[theirs], (provider, labels)


@case
def below_fargate_the_kernel_is_the_providers():
    text = json.dumps(node('linux', 'aws:///eu-1a/i-1', {'eks.amazonaws.com/compute-type': 'fargate'}))
    told = run('advise', text)
    assert inventoried(text) == ['unknown'] and told['offering'] is None and run('check', text)['host']['container'] == 'AWS Fargate'
    assert not any('dnf' in commands(a) for a in told['actions'])


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


@case
def a_boot_loader_of_its_own_starts_its_own_kernel():
    for path in LOADERS:
        evidence = machine('x86_64/skylake-server.guest.6.1.0-56.nopti.host', more=DEBIAN + NO_KERNEL.replace(f'-- absent {path}\n', f'-- file {path}\n'))
        assert check(evidence)['meltdown']['owner'] == 'kernel', path
        assert advise(evidence)['keep-mitigations-on']['who'] == 'you', path


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


# ---- One owner ----

def without(evidence, *kinds):
    """The evidence without some kinds of records, and what was expected of it."""
    kept, keep = [], True
    for line in evidence.split('\n'):
        if line.startswith('-- '):
            keep = not line.startswith(('-- expect',) + kinds)
        if keep:
            kept.append(line)
    return '\n'.join(kept)


@case
def a_flaw_has_one_owner_however_the_machine_was_read():
    """As root, as an ordinary user, and from the flags that lscpu prints."""
    ways = {'user': ('-- cpuid', '-- msr'), 'flags': ('-- cpuid', '-- msr', '-- file /boot', '-- file /proc/config', '-- file /dev/kmsg')}
    folder, compared = os.path.join(MACHINES, 'x86_64'), 0
    with tempfile.TemporaryDirectory() as temporary:
        texts = {n: open(os.path.join(folder, n), encoding='utf-8').read() for n in sorted(os.listdir(folder))}
        found = {}
        for way, kinds in {'root': (), **ways}.items():
            paths = []
            for name, text in texts.items():
                if '\n-- like ' not in text:
                    paths.append(os.path.join(temporary, way + '.' + name))
                    with open(paths[-1], 'w', encoding='utf-8') as f:
                        f.write(without(text, *kinds))
            told = subprocess.run([PROGRAM, 'check', '--exit-zero', '--format', 'json', *paths], capture_output=True, text=True, timeout=120, check=True)
            for line in told.stdout.splitlines():
                report = json.loads(line)
                for f in report['findings']:
                    if f['status'] in ('vulnerable', 'partial'):
                        found[os.path.basename(report['source']).split('.', 1)[1], f['id'], way] = f['owner'], f['rule']
        for (name, flaw, way), owner in found.items():
            if way != 'root' and (name, flaw, 'root') in found:
                compared += 1
                assert owner[0] == found[name, flaw, 'root'][0], (name, flaw, way, owner, found[name, flaw, 'root'])
    assert compared > 200, compared


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


CSCFG = """<?xml version="1.0"?>
<ServiceConfiguration serviceName="s" osFamily="{family}" osVersion="*" xmlns="http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceConfiguration">
  <Role name="r"><Instances count="2" /></Role>
</ServiceConfiguration>
"""
CSDEF = """<?xml version="1.0"?>
<ServiceDefinition name="s" xmlns="http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceDefinition">
  <WorkerRole name="r" />
</ServiceDefinition>
"""


@case
def the_linter_and_the_guidance_ask_for_the_same_start_up_task():
    """A role without one, on each day on which the guidance changed: both ask for it, or neither."""
    listed = subprocess.run([PROGRAM, 'guidance', 'list', '--format', 'json'], capture_output=True, text=True, timeout=60, check=True)
    days = [r['date'] for r in json.loads(listed.stdout)['revisions'] if r['document'] == 'azure']
    assert len(days) > 10
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (('s.cscfg', CSCFG.format(family=5)), ('s.csdef', CSDEF)):
            with open(os.path.join(folder, name), 'w', encoding='utf-8') as f:
                f.write(text)
        for day in days:
            for untrusted in ('yes', 'no'):
                lint = subprocess.run([PROGRAM, 'cloud-service', 'lint', '--format', 'json', '--as-of', day, '--untrusted', untrusted, folder],
                                      capture_output=True, text=True, timeout=60, check=False)
                advice = subprocess.run([PROGRAM, 'advise', '--format', 'json', '--offering', 'azure-cloud-services', '--as-of', day,
                                         '--untrusted', untrusted], capture_output=True, text=True, timeout=60, check=True)
                found = any(f['rule'] in ('kva-task-missing', 'bti-task-missing') for f in json.loads(lint.stdout)['findings'])
                asked = any(a['id'] in ('startup-task', 'role-settings') and a['status'] == 'todo' for a in json.loads(advice.stdout)['actions'])
                assert found == asked == (untrusted == 'yes'), (day, untrusted, found, asked)


# ---- What if ----

@case
def what_waits_for_a_restart_is_shown_after_it():
    waits = machine('windows/cascade-lake.bare.10.0.17763.waits-for-restart.host')
    before = check(waits)
    after = {f['id']: f for f in run('what-if', waits, '--restart')['findings']}
    waiting = [i for i, f in before.items() if f['fixes'] == ['restart-windows']]
    assert waiting and all(after[i]['status'] == 'mitigated' and 'after a restart' in after[i]['reason'] for i in waiting), waiting
    assert {i: f['status'] for i, f in before.items() if i not in waiting} == {i: f['status'] for i, f in after.items() if i not in waiting}


@case
def the_newest_installed_kernel_runs_after_a_restart():
    old = machine(OLD_GUEST, more='-- file /usr/lib/modules/\n4.10.7\n6.12.117\n5.10.0\n')
    told = run('what-if', old, '--restart')
    assert '6.12.117' in told['host']['os'], told['host']
    assert '4.10.7' in run('what-if', machine(OLD_GUEST), '--restart')['host']['os']


# ---- The headline ----

@case
def probably_is_said_only_when_enough_was_seen():
    def answer(evidence, *args):
        with tempfile.NamedTemporaryFile('w', suffix='.host') as f:
            f.write(evidence)
            f.flush()
            text = subprocess.run([PROGRAM, 'check', '--exit-zero', *args, f.name], capture_output=True, text=True, timeout=60, check=True).stdout
        return ' '.join(text[text.index('Should I worry?'):text.index('FLAW')].split())
    assert 'That is not known' in answer(machine('riscv64/rv64.guest.6.12.107.host'))
    assert 'That is not known' in answer(machine(OLD_GUEST), '--only', 'old-microcode')


@case
def only_centos_leaves_centos():
    for release, status in (('ID=ubuntu\nID_LIKE=debian\n', 'not-needed'), ('ID=centos\nID_LIKE="rhel fedora"\n', 'unknown')):
        told = advise(machine(OLD_GUEST, more='-- file /etc/os-release\n' + release), '--offering', 'azure-linux-vm')
        assert told['centos-end']['status'] == status


# ---- Inventories ----

def inventory(properties, *args, kind='Microsoft.Compute/virtualMachines'):
    """The actions of one resource of Azure's."""
    with tempfile.NamedTemporaryFile('w', suffix='.json') as f:
        json.dump([{'type': kind, 'id': '/subscriptions/1/x', 'name': 'x', 'properties': properties}], f)
        f.flush()
        done = subprocess.run([PROGRAM, 'inventory', '--format', 'json', '--untrusted', 'yes', *args, f.name], capture_output=True, text=True, timeout=60, check=True)
    return {a['id']: a['status'] for a in json.loads(done.stdout)['resources'][0]['actions']}


def disk(os_type, publisher='', offer='o'):
    return {'storageProfile': {'osDisk': {'osType': os_type}, 'imageReference': {'publisher': publisher, 'offer': offer, 'sku': 's'}}}


@case
def what_a_list_shows_is_not_to_do():
    """Images that are not CentOS, machines and sizes without hyper-threading, AMD's processors, client editions of Windows."""
    one = {'vmSize': 'Standard_D2s_v5', 'vmSizeProperties': {'vCPUsPerCore': 1}}
    rows = [(disk('Linux', 'Canonical'), 'centos-end', 'not-needed'), (disk('Linux', 'Debian'), 'centos-end', 'not-needed'),
            (disk('Linux', 'OpenLogic', 'CentOS'), 'centos-end', 'todo'), (disk('Linux'), 'centos-end', 'todo'),
            (disk('Linux', 'cognosys', 'centos-7'), 'centos-end', 'todo'),
            ({**disk('Linux', 'Canonical'), 'instanceView': {'osName': 'centos'}}, 'centos-end', 'todo'),
            ({**disk('Linux'), 'instanceView': {'osName': 'ubuntu'}}, 'centos-end', 'not-needed'),
            ({**disk('Linux'), 'hardwareProfile': one}, 'hyper-threading', 'done'),
            ({**disk('Linux'), 'hardwareProfile': {'vmSize': 'Standard_D2s_v5'}}, 'hyper-threading', 'todo'),
            ({**disk('Linux'), 'hardwareProfile': {'vmSize': 'Standard_D3_v2'}}, 'hyper-threading', 'done'),
            ({**disk('Linux'), 'hardwareProfile': {'vmSize': 'Standard_D2ps_v5'}}, 'hyper-threading', 'done'),
            ({**disk('Windows'), 'hardwareProfile': one}, 'windows-hyper-threading-choice', 'done'),
            ({**disk('Windows'), 'hardwareProfile': {'vmSize': 'Standard_D2s_v5'}}, 'windows-hyper-threading-choice', 'optional'),
            ({**disk('Windows'), 'hardwareProfile': {'vmSize': 'Standard_D2s_v5'}}, 'amd-branch-type-confusion', 'not-needed'),
            ({**disk('Windows'), 'hardwareProfile': {'vmSize': 'Standard_D2as_v5'}}, 'amd-branch-type-confusion', 'todo'),
            (disk('Windows', 'MicrosoftWindowsDesktop'), 'windows-kva-bti', 'not-needed'),
            (disk('Windows', 'MicrosoftWindowsServer'), 'windows-kva-bti', 'todo')]
    for properties, name, status in rows:
        assert inventory(properties)[name] == status, (properties, name, inventory(properties)[name])
    for size, status in (('Standard_D2as_v5', 'not-needed'), ('Standard_D2s_v5', 'todo')):
        told = inventory({**disk('Windows', 'MicrosoftWindowsServer'), 'hardwareProfile': {'vmSize': size}}, '--as-of', '2018-01-12')
        assert told['windows-kva-shadow'] == status, (size, told)
    for sku, status in (('Ubuntu', 'not-needed'), ('AzureLinux', 'not-needed')):
        assert inventory({'osType': 'Linux', 'osSKU': sku}, kind='Microsoft.ContainerService/managedClusters/agentPools')['centos-end'] == status


@case
def a_cloud_service_in_an_inventory_is_judged_by_its_configuration():
    """What its guest OS keeps or breaks stands among its actions, as the findings beside them say."""
    for family, version, status in (('6', '*', 'done'), ('5', 'WA-GUEST-OS-5.14_201712-01', 'todo'), ('1', '*', 'todo'), ('', '*', 'todo'), ('99', '*', 'todo')):
        text = CSCFG.format(family=family).replace('osVersion="*"', f'osVersion="{version}"')
        told = inventory({'configuration': text}, kind='Microsoft.Compute/cloudServices')
        assert told['guest-os-updates'] == status and told['role-settings'] == 'todo', (family, version, told)
        told = inventory({'configuration': text}, '--as-of', '2018-01-12', kind='Microsoft.Compute/cloudServices')
        assert told['guest-os-floor'] == ('done' if family == '6' else 'todo'), (family, version, told)
    assert inventory({'configuration': '<broken'}, kind='Microsoft.Compute/cloudServices')['guest-os-updates'] == 'todo'


@case
def page_tables_are_not_asked_for_where_the_processor_needs_none():
    """Before August 2018, of a machine: AMD's processors, and Intel's that Windows says do not need it; not done by the registry alone."""
    for name, status in (('zen2.bare.10.0.19045.host', 'not-needed'), ('ice-lake.bare.10.0.20348.host', 'not-needed'),
                         ('zen2.disk.10.0.19045.host', 'not-needed'), ('skylake.bare.10.0.14393.registry-default.host', 'todo'),
                         ('skylake.bare.10.0.19045.host', 'done'), ('skylake.disk.10.0.17763.host', 'done'), ('skylake.disk.10.0.14393.host', 'todo')):
        told = advise(machine('windows/' + name).replace('sz WinNT', 'sz ServerNT'), '--offering', 'azure-windows-vm', '--untrusted', 'yes', '--as-of', '2018-01-12')
        assert told['windows-kva-shadow']['status'] == status, (name, told['windows-kva-shadow']['status'])
    unpatched = machine('windows/skylake.bare.10.0.14393.unpatched.host', ('FeatureSettingsOverride absent', 'FeatureSettingsOverride dword 00000000'),
                        ('FeatureSettingsOverrideMask absent', 'FeatureSettingsOverrideMask dword 00000003'), ('sz WinNT', 'sz ServerNT'))
    assert advise(unpatched, '--offering', 'azure-windows-vm', '--untrusted', 'yes', '--as-of', '2018-01-12')['windows-kva-shadow']['status'] != 'done'


main()
