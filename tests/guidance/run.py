#!/usr/bin/env python3
"""The guidance through the command line: a case for each statement, revision and sign. Usage: run.py SIDELIGHT"""
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading

from cases import case, main

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(sys.argv[1])
DAY = '2018-01-12'
ROLES, LINUX, WINDOWS, PAAS = 'azure-cloud-services', 'azure-linux-vm', 'azure-windows-vm', 'azure-paas'


def run(*args):
    return subprocess.run([PROGRAM, *args], cwd=HERE, capture_output=True, text=True, timeout=60, check=False)


def advise(*args):
    done = run('advise', '--format', 'json', *args)
    assert done.returncode == 0 and not done.stderr, (args, done.returncode, done.stderr)
    return json.loads(done.stdout)


def on(day, offering, untrusted=None):
    return advise('--offering', offering, '--as-of', day, *(('--untrusted', untrusted) if untrusted else ()))


def ids(advice):
    return [a['id'] for a in advice['actions']]


def action(advice, name):
    found = [a for a in advice['actions'] if a['id'] == name]
    assert len(found) == 1, (name, ids(advice))
    return found[0]


def stated(advice, statement):
    """The actions that carry a statement out."""
    return [a for a in advice['actions'] if statement in a['statements']]


def steps(a):
    return '\n'.join(a['steps'])


# ---- The day, statement by statement ----

@case
def G1_for_customers_with_the_date_of_the_last_update():
    for offering in (ROLES, LINUX, WINDOWS, PAAS):
        told = on(DAY, offering)
        assert told['revision']['id'] == 'az-2018-01-12' and told['revision']['date'] == DAY and told['as_of'] == DAY
        assert stated(told, 'G1')
    assert 'last updated 2018-01-12' in run('advise', '--offering', LINUX, '--as-of', DAY).stdout


@case
def G2_the_infrastructure_is_already_protected():
    for offering in (ROLES, LINUX, WINDOWS, PAAS):
        a = action(on(DAY, offering), 'azure-infrastructure')
        assert a['status'] == 'done' and a['who'] == 'provider' and 'G2' in a['statements']


@case
def G3_another_customer_cannot_attack():
    a = action(on(DAY, LINUX), 'azure-infrastructure')
    assert 'G3' in a['statements'] and 'no other customer can attack' in a['why']


@case
def G4_separation_needs_no_update_of_yours():
    for offering in (ROLES, LINUX, WINDOWS):
        a = action(on(DAY, offering), 'isolation-needs-no-update')
        assert a['status'] == 'not-needed' and 'good practice' in a['why'] and 'G4' in a['statements']


@case
def G5_cloud_services_update_automatically_or_run_the_newest():
    a = action(on(DAY, ROLES), 'guest-os-updates')
    assert a['status'] == 'todo' and a['who'] == 'you' and a['statements'] == ['G5'] and 'osVersion="*"' in steps(a)
    assert not stated(on(DAY, LINUX), 'G5')
    assert action(advise('--offering', ROLES, '--declare', 'guest-os-current=yes'), 'guest-os-updates')['status'] == 'done'


@case
def G6_linux_installs_the_vendors_updates():
    a = action(on(DAY, LINUX), 'linux-updates')
    assert a['status'] == 'todo' and 'G6' in a['statements'] and 'apt-get' in steps(a) and 'dnf' in steps(a)
    assert not stated(on(DAY, WINDOWS), 'G6')


@case
def G7_windows_checks_the_antivirus_first():
    told = on(DAY, WINDOWS)
    a = action(told, 'windows-antivirus')
    assert a['status'] == 'todo' and 'G7' in a['statements'] and 'QualityCompat' in steps(a)
    assert a['order'] < action(told, 'windows-january-rollup')['order']
    assert all(a['order'] < later['order'] for later in told['actions'] if later['id'].startswith('windows-kva'))


@case
def G8_windows_installs_the_january_rollup():
    a = action(on(DAY, WINDOWS), 'windows-january-rollup')
    assert a['status'] == 'todo' and 'G8' in a['statements'] and 'January 2018' in a['title']


@case
def G9_other_platform_services_have_nothing_to_do():
    for untrusted in ('yes', 'no', None):
        told = on(DAY, PAAS, untrusted)
        a = action(told, 'platform-nothing')
        assert a['status'] == 'not-needed' and a['who'] == 'provider' and a['statements'] == ['G9']
        assert not {'G5', 'G6', 'G7', 'G8', 'G12', 'G15', 'G16'} & {s for x in told['actions'] for s in x['statements']}


@case
def G10_nothing_more_unless_code_is_not_trusted():
    told = on(DAY, WINDOWS, 'no')
    assert action(told, 'nothing-more')['status'] == 'not-needed' and not stated(told, 'G12')
    assert 'nothing-more' not in ids(on(DAY, WINDOWS, 'yes'))


@case
def G11_what_code_that_is_not_trusted_means():
    told = on(DAY, LINUX)
    assert 'uploads' in told['untrusted']['means'] and told['untrusted']['declared'] == 'unknown'
    a = action(told, 'decide-untrusted')
    assert a['status'] == 'todo' and 'G11' in a['statements'] and 'upload' in a['why']
    assert action(on(DAY, LINUX, 'no'), 'decide-untrusted')['status'] == 'done'


@case
def G12_windows_with_untrusted_code_turns_kva_shadowing_on():
    a = action(on(DAY, WINDOWS, 'yes'), 'windows-kva-shadow')
    assert a['status'] == 'todo' and 'G12' in a['statements'] and a['if'] == 'untrusted'


@case
def G13_kva_shadowing_is_off_by_default_and_may_cost():
    a = action(on(DAY, WINDOWS, 'yes'), 'windows-kva-shadow')
    assert 'off by default on Windows Server' in a['why'] and a['cost'] and 'G13' in a['statements']


@case
def G14_it_is_turned_on_by_the_registry_settings():
    a = action(on(DAY, WINDOWS, 'yes'), 'windows-kva-shadow')
    assert 'KB4072698' in a['why'] and 'G14' in a['statements']
    assert 'FeatureSettingsOverride /t REG_DWORD /d 0' in steps(a) and 'FeatureSettingsOverrideMask /t REG_DWORD /d 3' in steps(a)


@case
def G15_cloud_services_with_untrusted_code():
    told = on(DAY, ROLES, 'yes')
    floor, task = action(told, 'guest-os-floor'), action(told, 'startup-task')
    assert 'WA-GUEST-OS-5.15_201801-01' in floor['why'] and 'WA-GUEST-OS-4.50_201801-01' in floor['why']
    assert 'elevated' in steps(task) and floor['order'] < task['order']
    assert {a['id'] for a in stated(told, 'G15')} == {'guest-os-floor', 'startup-task'}
    assert not stated(on(DAY, ROLES, 'no'), 'G15')


@case
def G16_linux_with_untrusted_code_uses_kpti():
    a = action(on(DAY, LINUX, 'yes'), 'linux-kpti')
    assert a['status'] == 'todo' and 'KPTI' in a['title'] and 'G16' in a['statements']
    assert not stated(on(DAY, LINUX, 'no'), 'G16')


@case
def G17_kpti_needs_an_update_and_may_be_off_by_default():
    a = action(on(DAY, LINUX, 'yes'), 'linux-kpti')
    assert 'G17' in a['statements'] and 'on or off by default' in a['why'] and 'pti=off' in steps(a) and 'apt-get' in steps(a)


@case
def G18_come_back_for_newer_revisions():
    told = on(DAY, LINUX)
    assert action(told, 'come-back')['statements'] == ['G18'] and told['revision']['superseded_by'] == 'az-2018-01-22'
    assert 'come-back' not in ids(on('2018-01-08', LINUX))


# ---- Undeclared trust ----

@case
def undeclared_trust_gives_both_answers_apart():
    told = on(DAY, WINDOWS)
    trusted, untrusted = told['answers']['trusted'], told['answers']['untrusted']
    assert 'nothing-more' in trusted and 'windows-kva-shadow' not in trusted
    assert 'windows-kva-shadow' in untrusted and 'nothing-more' not in untrusted
    text = run('advise', '--offering', WINDOWS, '--as-of', DAY).stdout
    first, second = text.index('If you run no code you do not trust'), text.index('If you run code you do not trust')
    assert first < text.index('Nothing more is needed') < second < text.index('KVA shadowing on by registry')


# ---- The revisions ----

@case
def each_day_has_its_revision():
    days = {'2018-01-03': 'az-2018-01-a', '2018-01-05': 'az-2018-01-a', '2018-01-06': 'az-2018-01-06', DAY: 'az-2018-01-12',
            '2018-01-22': 'az-2018-01-22', '2018-03-06': 'az-2018-03-06', '2018-04-02': 'az-2018-04-02',
            '2018-08-13': 'az-2018-05-21', '2018-08-14': 'az-2018-08-14', '2019-05-14': 'az-2019-05-14',
            '2019-06-04': 'az-2019-06-04', '2019-08-09': 'az-2019-08-09', '2019-11-12': 'az-2019-11-12',
            '2022-06-14': 'az-2022-06-14', '2023-02-21': 'az-2023-02-21', '2030-01-01': 'az-2024-02-26'}
    for day, revision in days.items():
        assert on(day, LINUX)['revision']['id'] == revision, day
    before = on('2018-01-02', LINUX)
    assert before['revision'] is None and before['actions'] == []


@case
def revision_a_says_that_guest_tools_are_wrong():
    assert 'guest-tools-not-patched' in ids(on('2018-01-04', LINUX)) and 'guest-tools-not-patched' not in ids(on(DAY, LINUX))


@case
def notes_of_2018_come_and_go():
    assert 'recalled-microcode' in ids(on('2018-02-01', LINUX)) and 'recalled-microcode' not in ids(on('2018-03-06', LINUX))
    assert 'microcode-in-test' in ids(on('2018-03-06', LINUX, 'yes')) and 'microcode-in-test' not in ids(on('2018-08-14', LINUX, 'yes'))
    assert 'ssb-defence-in-depth' in ids(on('2018-06-01', LINUX))
    assert 'windows-rollup-2018' in ids(on('2018-04-02', WINDOWS))


@case
def the_antivirus_check_ends_in_august_2018():
    assert 'windows-antivirus' in ids(on('2018-08-13', WINDOWS))
    told = on('2018-08-14', WINDOWS, 'guests')
    assert 'windows-antivirus' not in ids(told) and 'windows-latest-rollup' in ids(told)
    assert 'expose-microcode' in ids(told) and action(told, 'nested-virtualisation')['status'] == 'todo'
    assert 'nested-virtualisation' not in ids(on('2018-08-14', WINDOWS, 'logins'))
    assert not {'guest-os-floor', 'startup-task'} & set(ids(on('2018-08-14', ROLES, 'yes')))


@case
def hyper_threading_comes_first_from_june_2019():
    told = on('2019-06-04', LINUX, 'yes')
    assert 'expose-microcode' not in ids(told) and 'linux-kpti' not in ids(told)
    assert action(told, 'hyper-threading')['order'] < action(told, 'linux-distribution-guides')['order']
    assert 'data-sampling' in ids(on('2019-05-20', LINUX, 'yes')) and 'data-sampling' not in ids(told)


@case
def amd_needs_both_from_june_2022():
    assert 'amd-branch-type-confusion' in ids(on('2022-06-14', WINDOWS, 'yes'))
    assert 'amd-branch-type-confusion' not in ids(on('2022-06-13', WINDOWS, 'yes'))


@case
def guidance_is_listed_shown_and_compared():
    listed = json.loads(run('guidance', 'list', '--format', 'json').stdout)['revisions']
    assert len([r for r in listed if r['document'] == 'azure']) == 15
    shown = json.loads(run('guidance', 'show', 'az-2018-01-12', '--format', 'json', '--offering', LINUX).stdout)
    assert 'linux-kpti' in [a['id'] for a in shown['actions']]
    diff = json.loads(run('guidance', 'diff', 'az-2018-01-12', 'az-2018-08-14', '--offering', WINDOWS, '--format', 'json').stdout)
    changes = {c['id']: c['change'] for c in diff['changes']}
    assert changes['windows-antivirus'] == 'removed' and changes['windows-latest-rollup'] == 'added'
    same = run('guidance', 'diff', 'az-2018-01-12', 'az-2018-01-12', '--offering', PAAS)
    assert 'Nothing changed for you.' in same.stdout and same.returncode == 0


# ---- Machines ----

@case
def a_machine_is_recognised_by_the_chassis_tag():
    told = advise('machines/azure-linux.host')
    assert told['offering']['id'] == LINUX and told['offering']['sure'] == 'likely'
    assert 'asset tag' in told['offering']['because']


@case
def facts_prove_what_is_done():
    told = advise('machines/azure-linux.host', '--untrusted', 'yes', '--as-of', DAY)
    a = action(told, 'linux-updates')
    assert a['status'] == 'done' and a['evidence']
    assert action(told, 'linux-kpti')['status'] == 'done'
    assert 'apt-get' in steps(action(advise('machines/old-linux.host', '--offering', LINUX, '--as-of', DAY), 'linux-updates'))


@case
def a_kernel_before_january_2018_is_to_be_updated():
    told = advise('machines/old-linux.host', '--offering', LINUX, '--untrusted', 'yes', '--as-of', DAY)
    assert action(told, 'linux-updates')['status'] in ('todo', 'unknown')
    assert action(told, 'linux-kpti')['status'] != 'done'


@case
def open_findings_ask_for_something_today_only():
    today = advise('machines/azure-linux.host', '--untrusted', 'no')
    assert any(a['flaws'] for a in today['actions'])
    then = advise('machines/azure-linux.host', '--untrusted', 'no', '--as-of', DAY)
    assert not any(a['flaws'] for a in then['actions'])


@case
def nothing_is_recognised_from_nothing():
    told = advise('machines/nothing.host')
    assert told['offering'] is None and told['revision'] is None and not any(a['statements'] for a in told['actions'])
    assert 'name it with --offering' in ' '.join(run('advise', 'machines/nothing.host').stdout.split())


# ---- Azure's metadata service ----

class Service(http.server.BaseHTTPRequestHandler):
    answer, status = b'{}', 200

    def do_GET(self):
        good = self.headers.get('Metadata') == 'true' and self.path.startswith('/metadata/instance?api-version=')
        self.send_response(self.status if good else 400)
        self.send_header('Content-Length', str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *args):
        pass


def asked(answer, status=200, expect=0):
    Service.answer, Service.status = answer, status
    server = http.server.HTTPServer(('127.0.0.1', 0), Service)
    threading.Thread(target=server.handle_request, daemon=True).start()
    done = run('advise', 'machines/nothing.host', '--format', 'json', '--imds', f'http://127.0.0.1:{server.server_port}')
    server.server_close()
    assert done.returncode == expect, (done.returncode, done.stderr)
    return json.loads(done.stdout) if expect == 0 else done


@case
def the_metadata_service_is_certain():
    compute = {'provider': 'Microsoft.Compute', 'osType': 'Windows', 'vmSize': 'Standard_D4s_v3', 'vmScaleSetName': ''}
    told = asked(json.dumps({'compute': compute}).encode())
    assert told['offering']['id'] == WINDOWS and told['offering']['sure'] == 'certain'
    told = asked(json.dumps({'compute': {**compute, 'osType': 'Linux', 'vmScaleSetName': 'front'}}).encode())
    assert told['offering']['id'] == 'azure-linux-scale-set'


def with_service(answer, *command):
    Service.answer, Service.status = json.dumps(answer).encode(), 200
    server = http.server.HTTPServer(('127.0.0.1', 0), Service)
    threading.Thread(target=server.handle_request, daemon=True).start()
    done = run(*command, '--imds', f'http://127.0.0.1:{server.server_port}')
    server.server_close()
    return done


@case
def the_metadata_service_s_answer_is_kept_as_evidence():
    """`collect --imds` and `check FILE` say what `check --imds` says; and `advise FILE` what `advise --imds` says."""
    compute = {'provider': 'Microsoft.Compute', 'osType': 'Linux', 'vmSize': 'Standard_D4s_v3', 'vmScaleSetName': 'front'}
    with tempfile.TemporaryDirectory() as folder:
        root, path = os.path.join(folder, 'root'), os.path.join(folder, 'x.host')
        os.makedirs(os.path.join(root, 'proc'))
        with open(os.path.join(root, 'proc', 'version'), 'w', encoding='utf-8') as f:
            f.write('Linux version 6.1.0-13-amd64 (x) #1 SMP Debian 6.1.55-1 (2023-09-29)\n')
        live = with_service({'compute': compute}, 'check', '--root', root, '--format', 'json')
        for redact in ((), ('--redact',)):
            with open(path, 'w', encoding='utf-8') as f:
                f.write(with_service({'compute': compute}, 'collect', '--root', root, *redact).stdout)
            kept = run('check', path, '--format', 'json')
            assert kept.returncode == live.returncode, kept.stderr
            a, b = json.loads(live.stdout), json.loads(kept.stdout)
            assert a['findings'] == b['findings'] and a['host']['cloud'] == b['host']['cloud'] == 'Azure', (a['host'], b['host'])
            told = json.loads(run('advise', path, '--format', 'json').stdout)['offering']
            assert told['id'] == 'azure-linux-scale-set' if not redact else told is None, told
            assert 'front' not in open(path, encoding='utf-8').read() or not redact
    assert run('check', 'machines/nothing.host', '--imds', 'http://127.0.0.1:1').returncode == 64


@case
def bad_answers_of_the_metadata_service_are_errors():
    for answer, status in ((b'[]', 200), (b'{"compute": ', 200), (b'', 200), (b'{}', 429)):
        done = asked(answer, status, 65)
        assert not done.stdout and 'metadata service' in done.stderr
    assert run('advise', '--imds', 'http://127.0.0.1:1').returncode == 66
    assert run('advise', '--imds', 'ftp://127.0.0.1').returncode == 64


# ---- Bad input ----

@case
def bad_input_is_refused():
    for args in (('--offering', 'azure-linux'), ('--as-of', '12.1.2018'), ('--as-of', '2018-13-01'), ('--untrusted', 'maybe'),
                 ('--declare', 'antivirus=yes'), ('--declare', 'startup-task=perhaps')):
        done = run('advise', *args)
        assert done.returncode == 64 and done.stderr and not done.stdout, (args, done)
    assert run('guidance', 'show', 'az-2018-01-13').returncode == 64
    assert run('guidance', 'diff', 'az-2018-01-12', 'general-2018-01').returncode == 64
    assert run('guidance', 'diff', 'az-2018-01-12').returncode == 64


@case
def every_format_tells_the_same_actions():
    told = on(DAY, WINDOWS, 'yes')
    for form in ('text', 'markdown'):
        out = ' '.join(run('advise', '--offering', WINDOWS, '--as-of', DAY, '--untrusted', 'yes', '--format', form).stdout.split())
        for a in told['actions']:
            assert a['title'] in out, (form, a['title'])


main()
