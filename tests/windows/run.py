#!/usr/bin/env python3
"""Runs sidelight.exe under Wine and compares it with the Linux program. Usage: run.py SIDELIGHT SIDELIGHT.EXE MAKE_HIVE EDIT_TOOL"""
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import wine as tap
from wine import ENOUGH, Wine, result

CURRENT_VERSION = r'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
MEMORY = r'HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management'
FOREIGN = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../hosts/machines/x86_64/zen4-genoa.bare.7.2.13.host')
CLOUDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../cli/clouds')
REPORT = os.path.join(os.path.dirname(CLOUDS), 'other', 'sosreport-example')
def native(program, folder, *arguments):
    return subprocess.run([program, *arguments], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=ENOUGH)


def save(folder, name, contents):
    with open(os.path.join(folder, name), 'wb') as f:
        f.write(contents)


def rule_of(report, flaw):
    finding = next(f for f in json.loads(report)['findings'] if f['id'] == flaw)
    return finding['status'], finding['rule']


def test_collect(wine):
    got = wine.sidelight('collect', '--redact')
    text = got.stdout.decode()
    wanted = ['# sidelight evidence 1', '-- win32 source live', '-- win32 wine ', '-- nt 201 status c0000003',
              '-- nt 196 status c0000003', '-- uname Windows ', '-- cpuid * 00000001.0 ', MEMORY + '|FeatureSettingsOverride absent']
    missing = [w for w in wanted if w not in text]
    result(got.returncode == 0 and not missing and '\r' not in text and 'hostname' not in text,
           'collect writes evidence', f'exit {got.returncode}, missing {missing}\n{got.stderr.decode()}')
    return got.stdout


def test_same_output(wine, program, evidence):
    """Every command that reads evidence says the same here and there."""
    folder = wine.folder
    save(folder, 'here.host', evidence)
    save(folder, 'other.host', open(FOREIGN, 'rb').read())
    for arguments in (['check', '--format', 'json', 'here.host', 'other.host'], ['check', 'here.host'],
                      ['check', '--format', 'speculationcontrol', 'here.host'],
                      ['check', '--format', 'speculationcontrol-json', 'here.host'], ['diff', 'here.host', 'other.host'],
                      ['explain', 'meltdown', 'here.host'], ['list'], ['help', 'check'],
                      ['advise', '--help'], ['advise', 'here.host', '--format', 'json'],
                      ['advise', '--offering', 'azure-windows-vm', '--as-of', '2018-01-12', '--untrusted', 'yes'], ['check', 'missing.host'], ['check', '--no-such-option']):
        there, here = wine.sidelight(*arguments), native(program, folder, *arguments)
        said = there.stderr == here.stderr or arguments == ['check', 'missing.host']  # the system's own words differ
        result(there.stdout == here.stdout and there.returncode == here.returncode and said,
               'the same here and there: ' + ' '.join(arguments),
               f'exit {there.returncode} and {here.returncode}\n{there.stderr.decode()}{here.stderr.decode()}')


def test_verdict_follows(wine):
    """The registry decides what an unanswering Windows is thought to be: unpatched, or not a Windows."""
    before = wine.sidelight('check', '--format', 'json')
    wine.registry(CURRENT_VERSION, 'CurrentBuild', 'REG_SZ', '17763')
    wine.registry(CURRENT_VERSION, 'UBR', 'REG_DWORD', '316')
    after = wine.sidelight('check', '--format', 'json')
    result(rule_of(before.stdout, 'spectre-v1') == ('vulnerable', 'windows-unpatched') and
           rule_of(after.stdout, 'spectre-v1') == ('unknown', 'windows-cannot-tell'),
           'the verdict follows build and revision', before.stdout.decode()[:2000] + after.stdout.decode()[:2000])
    wine.registry(MEMORY, 'FeatureSettingsOverride', 'REG_DWORD', '0x48')
    text = wine.sidelight('collect').stdout.decode()
    result(MEMORY + '|FeatureSettingsOverride dword 00000048' in text, 'a value that was added is collected')


def test_wine_is_named(wine):
    got = wine.sidelight('check')
    result(b'Wine' in got.stdout and got.returncode in (2, 3), 'the report says that this is Wine', got.stdout.decode())


def test_clouds(wine, program):
    """Lists and service files of clouds, with our own readers of JSON and XML: the same bytes as on Linux."""
    shutil.copytree(CLOUDS, os.path.join(wine.folder, 'clouds'))
    for arguments in (['inventory', '--untrusted', 'no', '--as-of', '2018-01-12', 'clouds/lists/arm.json', 'clouds/lists/graph.json'],
                      ['inventory', '--format', 'json', 'clouds/lists/service.json'], ['inventory', 'clouds/lists/cut.json'],
                      ['cloud-service', 'lint', '--as-of', '2018-01-12', 'clouds/shop'], ['cloud-service', 'lint', 'clouds/bomb.csdef']):
        there, here = wine.sidelight(*arguments), native(program, wine.folder, *arguments)
        same = (there.returncode, there.stdout, there.stderr) == (here.returncode, here.stdout, here.stderr)
        result(same, ' '.join(arguments), (there.stdout + there.stderr).decode(errors='replace')[-600:])


def timeless(text):
    """A hive is read now, and a second may pass between one reading and the other."""
    return re.sub(rb'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', b'MOMENT', text)


def test_disks(wine, program, make_hive):
    """A hive and a report's folder of another machine are read here as there, and so are archives; of those it cannot unpack it says so."""
    subprocess.run([make_hive, os.path.join(wine.folder, 'SYSTEM')], check=True)
    shutil.copytree(REPORT, os.path.join(wine.folder, 'report'))
    shutil.copytree(os.path.dirname(REPORT), os.path.join(wine.folder, 'other'))
    for kind in ('tar', 'gztar', 'zip', 'xztar'):
        shutil.make_archive(os.path.join(wine.folder, 'report'), kind, REPORT)
    with open(os.path.join(wine.folder, 'cpuinfo.gz'), 'wb') as f:
        f.write(gzip.compress(open(os.path.join(REPORT, 'proc/cpuinfo'), 'rb').read()))
    for arguments in (['check', '--format', 'json', '--hive', 'SYSTEM'], ['check', '--hive', 'SYSTEM'], ['check', 'report'], ['check', 'other'],
                      ['check', 'report.tar'], ['check', 'report.tar.gz'], ['check', '--format', 'json', 'report.zip'], ['check', 'cpuinfo.gz'],
                      ['check', 'report.tar', 'report.zip', '--format', 'summary']):
        there, here = wine.sidelight(*arguments), native(program, wine.folder, *arguments)
        result((there.returncode, timeless(there.stdout)) == (here.returncode, timeless(here.stdout)) and there.stdout, ' '.join(arguments),
               (there.stdout + there.stderr).decode(errors='replace')[-600:])
    refused = wine.sidelight('check', 'report.tar.xz')
    result(refused.returncode == 64 and b'packed with xz' in refused.stderr and b'unpack it' in refused.stderr,
           'an archive that it cannot unpack is refused in words', refused.stderr.decode())
    with open(os.path.join(wine.folder, 'report.zip'), 'rb') as f:
        save(wine.folder, 'cut.zip', f.read()[:-30])
    refused = wine.sidelight('check', 'cut.zip')
    result(refused.returncode == 65 and b'damaged or cut off' in refused.stderr, 'half an archive is refused', refused.stderr.decode())


def test_files_are_replaced(wine, program):
    """-o writes a new file, takes an old one's place, leaves it alone after a failure, and leaves nothing else behind."""
    csv, before = ['check', '--format', 'csv', 'clouds/x.host'], set(os.listdir(wine.folder))
    shutil.copy(FOREIGN, os.path.join(wine.folder, 'clouds/x.host'))
    want = native(program, wine.folder, *csv).stdout
    for what in ('a new file', 'an old file'):
        wine.sidelight(*csv, '-o', 'out.csv')
        with open(os.path.join(wine.folder, 'out.csv'), 'rb') as f:
            result(f.read() == want, f'-o writes {what}')
    failed = wine.sidelight('check', '-o', 'out.csv', 'nosuch.host')
    with open(os.path.join(wine.folder, 'out.csv'), 'rb') as f:
        result(failed.returncode == 66 and f.read() == want, 'a failure leaves the old file')
    result(set(os.listdir(wine.folder)) - before == {'out.csv'}, 'nothing else is left behind')


def test_registry_changes(wine, edit_tool):
    """Files and commands that change the registry, and take it back: Windows' own tools do with them what is meant."""
    key = 'HKLM\\SOFTWARE\\sidelight\\a b'

    def values():
        text = wine.run('reg', 'query', key).stdout.decode(errors='replace')
        return sorted(line.split(maxsplit=2) for line in text.splitlines() if line.startswith('    '))

    before = sorted([['a"text', 'REG_SZ', 'a\\b\\'], ['number', 'REG_DWORD', '0x400']])
    after = sorted([['a"text', 'REG_SZ', '1.0'], ['none', 'REG_DWORD', '0x3'], ['number', 'REG_DWORD', '0xc0000048']])
    for way, wanted in (('undo', before), ('do', after), ('undo', before)):
        save(wine.folder, 'x.reg', native(edit_tool, wine.folder, 'registry', 'reg', way).stdout)
        wine.run('regedit', '/S', 'x.reg')
        result(values() == wanted, f'regedit takes a .reg file ({way})', str(values()))
    for way, wanted in (('do', after), ('undo', before)):
        commands = native(edit_tool, wine.folder, 'registry', 'commands', way).stdout.decode()
        save(wine.folder, 'x.bat', commands.replace('\n', '\r\n').encode())
        wine.run('cmd', '/c', 'x.bat')
        result(values() == wanted, f'reg.exe takes the commands ({way})', str(values()))


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    program, exe, make_hive, edit_tool = map(os.path.abspath, sys.argv[1:])
    if not os.path.exists(exe) or not shutil.which('wine'):
        print('1..0 # SKIP no sidelight.exe, or no Wine to run it')
        return 0
    with tempfile.TemporaryDirectory(prefix='sidelight-wine-', ignore_cleanup_errors=True) as folder:
        wine = Wine(folder, exe)
        try:
            evidence = test_collect(wine)
            test_same_output(wine, program, evidence)
            test_wine_is_named(wine)
            test_registry_changes(wine, edit_tool)
            test_verdict_follows(wine)
            test_clouds(wine, program)
            test_disks(wine, program, make_hive)
            test_files_are_replaced(wine, program)
        finally:
            wine.end()
    print(f'1..{tap.number}')
    return 1 if tap.failures else 0


sys.exit(main())
