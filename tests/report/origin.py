#!/usr/bin/env python3
"""Every report, in every format, says who says so, by which data, of what and of when, and what was not read; and counts the same. Usage: origin.py SIDELIGHT

Formats that are another tool's have that tool's fields, and no room for it; those are named here, and docs/formats.md says so."""
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import jsonschema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import tap

TAP = tap.Tap()
NOW = 1795700000
STATUSES = ['not-affected', 'mitigated', 'unknown', 'partial', 'vulnerable']
OTHERS = {'smc-json', 'smc-nrpe', 'smc-prometheus', 'smc26-json', 'smc26-nrpe', 'smc26-prometheus', 'speculationcontrol', 'speculationcontrol-json'}
# When evidence was taken is a number of seconds there, so that alerts can compute with it; how old it is, too.
AS_SECONDS = {'prometheus': 'sidelight_evidence_timestamp_seconds'}
CAPTURED = '2026-11-20T10:11:12Z'
EVIDENCE = '''# sidelight evidence 1
-- meta captured {}
-- identity hostname web-1
-- uname Linux 6.1.0-56-amd64 x86_64
-- cpuid * 00000000.0 0000000d 756e6547 6c65746e 49656e69
-- cpuid * 00000001.0 00050654 00100800 7ffafbbf bfebfbff
-- file /proc/cmdline
ro quiet
-- file /sys/devices/system/cpu/vulnerabilities/meltdown
Mitigation: PTI
-- file /sys/devices/system/cpu/vulnerabilities/mds
Vulnerable: Clear CPU buffers attempted, no microcode; SMT vulnerable
-- file /sys/devices/system/cpu/vulnerabilities/tsa
Not affected
-- denied MSR 0x10a
-- failed /proc/stat EIO
'''


def run(program, *args):
    return subprocess.run([program, *args], capture_output=True, text=True, check=False, env={**os.environ, 'SOURCE_DATE_EPOCH': str(NOW), 'COLUMNS': '200'}).stdout


def formats(program):
    """All that the program has, by its own words."""
    said = subprocess.run([program, 'check', '--format', 'nosuch'], capture_output=True, text=True, check=False).stderr
    return re.search(r'it takes (\S+)', said).group(1).split('|')


def plain(form, text):
    """Quoting that each format has by itself is no matter here."""
    text = html.unescape(text) if form in ('html', 'junit', 'xccdf', 'oval') else text.replace('\\', '') if form == 'markdown' else text
    return re.sub(r'\s+', ' ', text)


def tells(program, form, path, report):
    """What of the head is missing."""
    text = plain(form, run(program, 'check', '--exit-zero', '--fingerprint', '--format', form, path))
    want = {'version': report['tool']['version'], 'date of the data': report['data']['date'], 'fingerprint': report['fingerprint']}
    missing = [what for what, word in want.items() if word not in text]
    taken = CAPTURED in text or (form in AS_SECONDS and re.search(AS_SECONDS[form] + r'\{[^}]*\} 1[0-9]{9}\b', text))
    unread = re.search(r'\b2 unread|something was denied on 1|state="denied"\} 1\b|"not_read":2|MSR 0x10a|"2","" *$|"sidelight:not-read","value":"2"', text)
    return missing + ([] if taken else ['when the evidence was taken']) + ([] if unread else ['what was not read'])


def says_old(program, form, path):
    text = plain(form, run(program, 'check', '--exit-zero', '--format', form, path))
    if form in AS_SECONDS:
        taken = int(re.search(AS_SECONDS[form] + r'\{[^}]*\} ([0-9]+)', text).group(1))
        return NOW - taken > 30 * 86400
    return re.search(r' is old\b|"old_evidence":true|,"evidence" *$', text) is not None


def count(statuses):
    statuses = list(statuses)
    return {s: statuses.count(s) for s in STATUSES}


def from_text(text):
    """The table, and the two lists of names."""
    told = count([])
    for names, status in re.findall(r'(?m)^([a-z0-9]+[a-z0-9-]*(?:,\s+[a-z0-9-]+)*)\s+(vulnerable|partial|unknown) ', text):
        told[status] += len(names.split(','))
    for word in ('mitigated', 'not affected'):
        found = re.search(rf'(?m)^{word} \((\d+)\): ', text)
        told[word.replace(' ', '-')] = int(found.group(1)) if found else 0
    return told


def from_page(text, row):
    told = count(re.findall(row, text))
    told['not-affected'] = int(re.search(r'Not affected \((\d+)\): ', text).group(1))
    return told


def counts(program, path):
    """By the formats that tell of each flaw; those that speak of CVEs, and what they tell, are in vex.py."""
    def out(form):
        return run(program, 'check', '--exit-zero', '--format', form, path)
    told = {'text': from_text(out('text')), 'html': from_page(out('html'), r'class="([a-z-]+)">\1</td><td data-is="At stake"'),
            'markdown': from_page(out('markdown'), r' \| \*\*([a-z-]+)\*\* \| '),
            'csv': count(re.findall(r'","(' + '|'.join(STATUSES) + ')","yes"', out('csv'))),
            'facts': count(json.loads(out('facts'))['flaws'].values()),
            'nagios': {k.replace('_', '-'): int(n) for k, n in re.findall(r'([a-z_]+)=(\d+);', out('nagios').split('\n')[0])},
            'prometheus': {s: int(n) for s, n in re.findall(r'sidelight_flaws\{[^}]*status="([a-z-]+)"\} (\d+)', out('prometheus'))},
            'junit': count(re.findall(r'<system-out>([a-z-]+): ', out('junit'))),
            'oscal': count(p['value'] for o in json.loads(out('oscal'))['assessment-results']['results'][0]['observations'] for p in o['props'] if p['name'] == 'status')}
    sarif = [x['kind'] for x in json.loads(out('sarif'))['runs'][0]['results']]
    told['sarif'] = (sarif.count('fail'), sarif.count('review'), sarif.count('pass'), sarif.count('notApplicable'))
    xccdf = [e.text for e in ET.fromstring(out('xccdf')).iter('{http://checklists.nist.gov/xccdf/1.2}result')]
    told['xccdf'] = (xccdf.count('fail'), xccdf.count('unknown'), xccdf.count('pass'), xccdf.count('notapplicable'))
    return told


def second_of_a_day(program, folder, path, known):
    """Data that was released twice on a day is told apart in every format."""
    data = os.path.join(folder, 'data')
    shutil.copytree(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'data'), data)
    with open(os.path.join(data, 'version.yaml'), 'w', encoding='utf-8') as f:
        f.write('version: 2090-01-01.2\n')
    silent = [form for form in known if form not in OTHERS and not re.search(r'2090-01-01\.2|version="2090010102"', run(program, 'check', '--data', data, '--exit-zero', '--format', form, path))]
    TAP.ok('each format tells the second data of a day from the first', not silent, silent)


PLUGINS = {'nagios', 'smc-nrpe', 'smc26-nrpe'}
PEOPLES = {'text', 'html', 'markdown', 'summary'}
XCCDF, OVAL = '{http://checklists.nist.gov/xccdf/1.2}', '{http://oval.mitre.org/XMLSchema/oval-results-5}'


def statuses(form, text):
    """What a document of one file that could not be judged says of it, as one set."""
    reads = {
        'json': lambda t: [f['status'] for f in json.loads(t)['findings']],
        'facts': lambda t: json.loads(t)['flaws'].values(),
        'csv': lambda t: re.findall(r'","([a-z-]+)","yes"', t),
        'prometheus': lambda t: re.findall(r'sidelight_flaw_status\{[^}]*\} (\d)', t),
        'sarif': lambda t: [(r['invocations'][0]['executionSuccessful'], r['invocations'][0]['toolExecutionNotifications'][0]['level'], len(r['results']))
                            for r in json.loads(t)['runs']],
        'junit': lambda t: [(e.tag, e.get('type')) for e in ET.fromstring(t).iter() if e.tag in ('error', 'failure', 'system-out')],
        'nagios': lambda t: [t.split(' - ')[0]],
        'openvex': lambda t: [s['status'] for s in json.loads(t)['statements']],
        'cyclonedx': lambda t: [v['analysis']['state'] for v in json.loads(t)['vulnerabilities']],
        'csaf': lambda t: [s for v in json.loads(t)['vulnerabilities'] for s in v['product_status']],
        'xccdf': lambda t: [e.text for e in ET.fromstring(t).iter(XCCDF + 'result')],
        'oval': lambda t: [e.get('result') for e in ET.fromstring(t).iter(OVAL + 'definition')],
        'oscal': lambda t: [f['target']['status']['state'] for f in json.loads(t)['assessment-results']['results'][0]['findings']],
        'smc-json': lambda t: [v['VULNERABLE'] for v in json.loads(t)],
        'smc-nrpe': lambda t: [t.split(' - ')[0]],
        'smc-prometheus': lambda t: re.findall(r',status="([A-Z]+)"', t),
        'smc26-json': lambda t: [v['status'] for v in json.loads(t)['vulnerabilities']],
        'smc26-nrpe': lambda t: [t.split(':')[0]],
        'smc26-prometheus': lambda t: re.findall(r'smc_vulnerability_status\{[^}]*\} (\d)', t),
        'speculationcontrol': lambda t: re.findall(r'(?m)^# [^:]+: ([a-z-]+), could not be judged', t),
        'speculationcontrol-json': lambda t: [v for k, v in json.loads(t)['sidelight'].items() if k != 'error'],
    }
    return set(reads[form](text))


UNKNOWN = {'json': 'unknown', 'facts': 'unknown', 'csv': 'unknown', 'prometheus': '2', 'sarif': (False, 'error', 0), 'junit': ('error', 'not-judged'),
           'nagios': 'SIDELIGHT UNKNOWN', 'openvex': 'under_investigation', 'cyclonedx': 'in_triage', 'csaf': 'under_investigation', 'xccdf': 'error',
           'oval': 'error', 'oscal': 'not-satisfied', 'smc-json': None, 'smc-nrpe': 'Unknown', 'smc-prometheus': 'UNK', 'smc26-json': 'UNK',
           'smc26-nrpe': 'UNKNOWN', 'smc26-prometheus': '2', 'speculationcontrol': 'unknown', 'speculationcontrol-json': 'unknown'}


def invalid(form, text):
    """What the format's own validator, or its schema here, has against it; formats whose validators come from npm are in validators.py."""
    here = os.path.dirname(os.path.abspath(__file__))
    tools = {'xccdf': ['oscap', 'xccdf', 'validate'], 'oval': ['oscap', 'oval', 'validate', '--results', '--schematron'],
             'junit': ['xmllint', '--noout', '--schema', os.path.join(here, 'junit.xsd')], 'prometheus': ['promtool', 'check', 'metrics'],
             'smc26-prometheus': ['promtool', 'check', 'metrics'], 'smc-prometheus': ['promtool', 'check', 'metrics']}
    if form in ('sarif', 'openvex', 'oscal'):
        with open(os.path.join(here, form + '.schema.json'), encoding='utf-8') as f:
            return [e.message[:300] for e in jsonschema.Draft202012Validator(json.load(f)).iter_errors(json.loads(text))]
    if form not in tools or not shutil.which(tools[form][0]):
        return []
    with tempfile.NamedTemporaryFile('w', suffix='.xml', encoding='utf-8') as f:
        f.write(text)
        f.flush()
        with open(f.name, encoding='utf-8') as again:
            done = subprocess.run([*tools[form], *([] if tools[form][0] == 'promtool' else [f.name])], stdin=again, capture_output=True, text=True, check=False)
    return [f'{done.returncode}: {done.stdout[-300:]}{done.stderr[-300:]}'] if done.returncode not in (0, 3 if tools[form][0] == 'promtool' else 0) else []


def names_failures(program, form, path, bad):
    """Beside a machine that could be judged, first and last, the file that could not is told; alone, it is told as unknown or not at all."""
    wrong = []
    for files in ([path, bad], [bad, path]):
        done = subprocess.run([program, 'check', '--format', form, *files], capture_output=True, text=True, check=False, env={**os.environ, 'COLUMNS': '500'})
        said = plain(form, done.stdout)
        why = form == 'smc26-prometheus' or ('expected' in said and "'x'" in said) # which has no place for it
        if not why or bad not in said or done.returncode != (2 if form in PLUGINS else 65):
            wrong.append((done.returncode, said[-400:]))
        wrong += invalid(form, done.stdout)
        if form in ('sarif', 'junit'):
            wrong += [] if run(program, 'check', '--format', form, path).count('mds') == done.stdout.count('mds') else ['the other machine is not whole']
    alone = run(program, 'check', '--format', form, bad)
    if form in PEOPLES:
        return wrong + ([alone[:200]] if alone else [])
    wrong += invalid(form, alone)
    return wrong + ([] if statuses(form, alone) == {UNKNOWN[form]} else [statuses(form, alone)])


def other_commands(program, path, old, report):
    """They are reports, too: by whom, by which data, and of when where there is evidence."""
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cli', 'clouds')
    windows = os.path.join(here, '..', '..', 'hosts/machines/windows/skylake.bare.10.0.14393.registry-default.host')
    for command, files, forms in (('advise', [path], ['text', 'markdown', 'json']), ('diff', [old, path], ['text', 'json']), ('explain', ['mds', path], ['text', 'json']),
                                  ('explain --why-not', ['mds', path], ['text', 'json']), ('fix', [path], ['text', 'json']), ('what-if', [path, '--smt', 'off'], ['text', 'json']),
                                  ('explain registry', [windows], ['json']), ('inventory', [os.path.join(here, 'lists/az.json')], ['text', 'json']),
                                  ('cloud-service lint', [os.path.join(here, 'shop')], ['text', 'json', 'sarif'])):
        for form in forms:
            said = re.sub(r'\s+', ' ', run(program, *command.split(), '--format', form, *files))
            missing = [what for what, word in (('version', report['tool']['version']), ('date of the data', report['data']['date']),
                                               ('when the evidence was taken', CAPTURED if path in files else '')) if word not in said]
            TAP.ok(f'{command} as {form} tells who, by what, and of when', not missing, missing, said[-500:])


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        path, old = os.path.join(folder, 'web-1.host'), os.path.join(folder, 'old.host')
        for name, when in ((path, CAPTURED), (old, '2024-02-01T10:11:12Z')):
            with open(name, 'w', encoding='utf-8') as f:
                f.write(EVIDENCE.format(when))
        report = json.loads(run(program, 'check', '--exit-zero', '--format', 'json', '--fingerprint', path))
        known = formats(program)
        TAP.ok('every format is one of ours or another tool\'s', OTHERS < set(known) and len(known) > 20, known)
        bad = os.path.join(folder, 'bad.host')
        with open(bad, 'w', encoding='utf-8') as f:
            f.write('# sidelight evidence 1\n-- cpuid x\n')
        for form in known:
            wrong = names_failures(program, form, path, bad)
            TAP.ok(f'{form} tells a file that could not be judged, and nothing safe of it', not wrong, wrong)
            if form in OTHERS:
                continue
            missing = tells(program, form, path, report)
            TAP.ok(f'{form} tells who, by what, of when, and what was not read', not missing, missing)
            TAP.ok(f'{form} says that old evidence is old, and only that', says_old(program, form, old) and not says_old(program, form, path))
        other_commands(program, path, old, report)
        second_of_a_day(program, folder, path, known)
        want = report['summary']['counts']
        grouped = (want['vulnerable'] + want['partial'], want['unknown'], want['mitigated'], want['not-affected'])
        told = counts(program, path)
        for form, have in told.items():
            TAP.ok(f'{form} counts as the JSON does', have == (grouped if isinstance(have, tuple) else want), (have, want))
    TAP.end()


main()
