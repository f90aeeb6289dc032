#!/usr/bin/env python3
"""Nothing that evidence says can pose as something else: hostile values in every field, each format read back with readers that are
not ours. Usage: hostile.py SIDELIGHT

Every output, standard error too, is UTF-8 in which nothing steers a terminal, and holds as many rows, cases, series and lines as
there are machines and flaws."""
import csv
import html.parser
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import jsonschema

MACHINES = 60
PIECES = ['\x1b[31m', '\x1b]0;gone\x07', '\r', '\x00', '\x08', '\x7f', '\x9b31m', '\u202e', '\u2028', '\ufeff', '\udcff', '\udcc3', '"', '""', "'",
          '<script>', '</td>', '&amp;', '&', '|', '||', '`', '](x)', '=1+1', '@x', '+1', '-1', ',', ';', '\\', '\\n', '\\"', '%s', '{}', '}', '#', '# ',
          '-- file /proc/cmdline', '*', '_', '~', 'é', '\t', ' ', 'OK', '[x]', '1. ', '- ', '<!--', ']]>', '$(x)', 'https://x']
STEERING = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]')
SYSFS = '/sys/devices/system/cpu/vulnerabilities/'


def bad_value(rng):
    return ''.join(rng.choice(PIECES) for _ in range(rng.randrange(1, 6)))


def content(line):
    """As a collector writes a line of a file: none poses as a record."""
    return ('\\' if re.match(r'\\*--', line) else '') + line


def machine(rng):
    """An evidence file whose every value is hostile; what decides is there, too, so that verdicts of each kind are told."""
    v = [bad_value(rng) for _ in range(20)]
    sentence = rng.choice(['Mitigation: PTI', 'Vulnerable', 'Not affected', 'Mitigation: Clear CPU buffers; SMT vulnerable', ''])
    return f'''# sidelight evidence 1
-- meta captured {v[0]}
-- meta collector {v[1]}
-- identity hostname {v[2]}
-- uname {rng.choice(['Linux 6.1.0' + v[3] + ' x86_64', 'Windows 10.0.26100 ' + v[3], v[3]])}
-- file /proc/cmdline
mds={v[4]} mitigations={v[5]} {v[6]}
-- file /proc/cpuinfo
processor\t: 0
vendor_id\t: {rng.choice(['GenuineIntel', 'AuthenticAMD', v[7]])}
cpu family\t: 6
model\t\t: 85
model name\t: {v[8]}
stepping\t: 4
microcode\t: {v[9]}
flags\t\t: fpu {rng.choice(['hypervisor', ''])} {v[10]}
bugs\t\t: {v[11]}
-- file {SYSFS}meltdown
{content(sentence + v[12])}
-- file {SYSFS}mds
{content(v[13])}
-- file {SYSFS}spectre_v2
Mitigation: Retpolines; {v[14]}; IBPB: conditional
-- denied /dev/{v[15]}
-- failed /proc/{v[16]} E{v[16]}
-- file /etc/os-release
ID={v[17]}
PRETTY_NAME="{v[18]}"
-- file /sys/class/dmi/id/sys_vendor
{content(v[19])}
'''


def run(program, *args, cwd):
    done = subprocess.run([program, *args], cwd=cwd, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


class Outputs:
    """Runs commands, looks at all that comes out, and remembers what was wrong."""

    def __init__(self, program, folder, files):
        self.program, self.folder, self.files, self.bad = program, folder, files, []

    def text(self, *args, many=True):
        code, out, err = run(self.program, *args, *(self.files if many else []), cwd=self.folder)
        for name, raw in (('output', out), ('standard error', err)):
            try:
                found = STEERING.search(raw.decode().replace('\r\n', '\n'))
                if found:
                    self.bad.append(f'{args}: {name} holds {found.group()!r} in {raw.decode()[max(0, found.start() - 30):found.end() + 10]!r}')
            except UnicodeDecodeError as e:
                self.bad.append(f'{args}: {name}: {e}')
        if code not in (0, 1, 2, 3) and many:
            self.bad.append(f'{args}: {code} {err[:200]}')
        return out.decode(errors='replace')

    def check(self, form):
        return self.text('check', '--format', form)

    def expect(self, what, got, want):
        if got != want:
            self.bad.append(f'{what}: {str(got)[:150]}, not {str(want)[:150]}')


def shape(value):
    """The names and types in a JSON value: hostile values change none of them."""
    if isinstance(value, dict):
        return {k: shape(v) for k, v in value.items()}
    return 'list' if isinstance(value, list) else 'text' if isinstance(value, str) or value is None else type(value).__name__


def as_json(o):
    reports = [json.loads(line) for line in o.check('json').split('\n')[:-1]]
    o.expect('reports', len(reports), len(o.files))
    o.expect('shapes', [shape(r) for r in reports if shape(r) != shape(reports[0])], [])
    return reports


def as_csv(o, reports):
    rows = list(csv.reader(io.StringIO(o.check('csv'), newline=''), strict=True))[1:]
    want = [[r['source'], r['host']['name'] or '', f['id'], f['reason']] for r in reports for f in r['findings']]
    quoted = [[f"'{x}" if x[:1] in ('=', '+', '-', '@') and x[:1] else x for x in w] for w in want]
    o.expect('rows', [[x[0], x[1], x[2], x[10]] for x in rows], quoted)
    o.expect('formulas', [x for row in rows for x in row if x[:1] in ('=', '+', '-', '@', '\t', '\r') and x], [])
    o.expect('width', {len(row) for row in rows}, {18})


def as_junit(o, reports):
    root = ET.fromstring(o.check('junit'))
    o.expect('suites', [s.get('name') for s in root], [r['host']['name'] for r in reports])
    o.expect('cases', [len(s.findall('testcase')) for s in root], [len(r['findings']) for r in reports])
    o.expect('elements', {e.tag for e in root.iter()} - {'testsuites', 'testsuite', 'properties', 'property', 'testcase', 'failure', 'error', 'skipped', 'system-out'}, set())


def as_sarif(o, reports):
    log = json.loads(o.check('sarif'))
    o.expect('results', [len(r['results']) for r in log['runs']], [len(r['findings']) for r in reports])
    uris = [x['locations'][0]['physicalLocation']['artifactLocation']['uri'] for r in log['runs'] for x in r['results']]
    o.expect('URIs', [u for u in uris if not re.fullmatch(r"[A-Za-z0-9._~/:%-]+", u)], [])


SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?\d+)')


def as_prometheus(o, reports):
    samples = [line for line in o.check('prometheus').split('\n')[:-1] if not line.startswith('# ')]
    parsed = [SAMPLE.fullmatch(line) for line in samples]
    o.expect('samples that cannot be parsed', [s for s, p in zip(samples, parsed) if not p], [])
    series = [(p.group(1), p.group(2)) for p in parsed if p]
    o.expect('series that stand twice', len(series) - len(set(series)), 0)
    flaws = sum(s[0] == 'sidelight_flaw_status' for s in series)
    o.expect('flaws', flaws <= sum(len(r['findings']) for r in reports), True)
    o.expect('flaws that are more than nothing', flaws >= sum(f['status'] != 'not-affected' for r in reports for f in r['findings']), True)


def as_nagios(o, reports):
    lines = o.check('nagios').split('\n')[:-1]
    want = 1 + 2 * len(reports) + sum(bool(r['host']['denied'] + r['host']['failed']) + len(r['host']['notes']) for r in reports) + sum(f['at_stake'] and f['status'] in ('unknown', 'partial', 'vulnerable') for r in reports for f in r['findings'])
    o.expect('lines', len(lines), want)
    o.expect('first line', bool(re.fullmatch(r'SIDELIGHT (OK|WARNING|CRITICAL|UNKNOWN) - [^|]* \| [a-z_=0-9; ]+', lines[0])), True)
    o.expect('bars', ''.join(lines).count('|'), 1)


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.bad = [], {}, []

    def handle_starttag(self, tag, attrs):
        self.seen[tag] = self.seen.get(tag, 0) + 1
        self.bad += [tag for name, value in attrs if name.startswith('on') or name == 'src' or (name == 'href' and not re.fullmatch('#(m[0-9]+|machines)', value))]
        if tag not in ('meta', 'br'):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append('/' + tag)


def as_html(o, reports):
    tags = Tags()
    tags.feed(o.check('html'))
    o.expect('tags that do not match', tags.bad + tags.open, [])
    o.expect('articles', tags.seen['article'], len(reports))
    o.expect('unknown tags', set(tags.seen) - {'html', 'head', 'nav', 'a', 'meta', 'title', 'style', 'body', 'main', 'article', 'div', 'header', 'footer', 'thead', 'tbody', 'ul', 'h1', 'h2', 'p', 'br', 'strong', 'svg', 'rect',
                                               'text', 'table', 'tr', 'th', 'td', 'ol', 'li', 'span', 'code', 'details', 'summary', 'pre'}, set())
    o.expect('letters', tags.seen['pre'], tags.seen['details'])
    o.expect('links', tags.seen['a'], 2 * len(reports))


def without_letters(lines):
    """The letters to a provider are code: in a list's item, behind an empty line, indented by eight."""
    inside = False
    for before, line in zip(['', *lines], lines):
        inside = line.startswith(' ' * 8) and (inside or before == '') or (inside and line == '')
        if not inside:
            yield line


def as_markdown(o, reports):
    lines = o.check('markdown').split('\n')
    letters = sum(line.startswith('        Subject: ') for line in lines)
    o.expect('letters', letters, sum(bool(re.match(r'\d{1,2}\. Send your provider these .*:$', line)) for line in lines))
    lines = list(without_letters(lines))
    rows = [line for line in lines if line.startswith('| ') and not line.startswith('| Flaw')]
    o.expect('cells', [r for r in rows if len(re.split(r'(?<!\\)(?:\\\\)*\|', r)) != 7], [])
    o.expect('rows', len(rows), sum(f['at_stake'] and f['status'] != 'not-affected' for r in reports for f in r['findings']))
    o.expect('headings', sum(line.startswith('# ') for line in lines), 1 + len(reports))
    anchors = [line for line in lines if re.fullmatch('<a id="m[0-9]+"></a>', line)]
    o.expect('anchors', anchors, [f'<a id="m{n}"></a>' for n in range(1, len(reports) + 1)])
    o.expect('raw markup', [line for line in lines if re.search(r'(?<!\\)(?:\\\\)*<', line) and line not in anchors], [])


def as_vex(o, reports):
    """Names and texts in each VEX document, and nothing but its own words in the rest."""
    for form in ('openvex', 'cyclonedx', 'csaf'):
        document = json.loads(o.check(form))
        if form == 'openvex':
            ids = {p['@id'] for s in document['statements'] for p in s['products']}
            o.expect('URLs', [i for i in ids if not re.fullmatch(r'pkg:generic/[A-Za-z0-9._~%-]+', i)], [])
        elif form == 'cyclonedx':
            ids = {c['name'] for c in document['components']}
        else:
            ids = {p['name'] for p in document['product_tree']['full_product_names']}
        o.expect('machines', len(ids), len(reports))


def as_others(o, reports):
    root = ET.fromstring(o.check('xccdf'))
    o.expect('targets', [e.text for e in root.iter('{http://checklists.nist.gov/xccdf/1.2}target')], [r['host']['name'] for r in reports])
    o.expect('elements', {e.tag.split('}')[1] for e in root.iter()} - {
        'Benchmark', 'status', 'title', 'description', 'version', 'metadata', 'creator', 'identifier', 'Rule', 'rationale', 'ident', 'check',
        'check-content-ref', 'TestResult', 'target', 'target-facts', 'fact', 'rule-result', 'result', 'message', 'score'}, set())
    root = ET.fromstring(o.check('oval'))
    o.expect('hosts', [e.text for e in root.iter('{http://oval.mitre.org/XMLSchema/oval-system-characteristics-5}primary_host_name')],
             [r['host']['name'] for r in reports])
    document = json.loads(o.check('oscal'))
    results = document['assessment-results']['results']
    o.expect('machines', [re.sub(r'\\([!-/:-@\[-`{-~])', r'\1', r['title']) for r in results], [r['host']['name'].strip(' ') for r in reports])
    o.expect('Markdown', [r['title'] for r in results if re.search(r'(?<!\\)(?:\\\\)*[*<`&\[]', r['title'])], [])
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'oscal.schema.json'), encoding='utf-8') as f:
        o.expect('NIST', [f'{e.json_path}: {e.message[:200]}' for e in jsonschema.Draft7Validator(json.load(f)).iter_errors(document)], [])
    for form in ('facts', 'smc-json', 'smc26-json'):
        o.expect('lines', len([json.loads(line) for line in o.check(form).split('\n')[:-1]]), len(reports))
    lines = o.check('smc-prometheus').split('\n')[2:-1]
    parsed = [re.fullmatch(r'specex_vuln_status\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\} 1', line) for line in lines]
    o.expect('samples that cannot be parsed', [s for s, p in zip(lines, parsed) if not p], [])
    o.expect('series that stand twice', len(lines) - len(set(lines)), 0)
    o.expect('lines', [x for x in o.check('smc-nrpe').split('\n')[:-1] if not re.fullmatch(r'OK|Unknown|Vulnerable:( CVE-[0-9-]+)+', x)], [])
    lines = [line for line in o.check('smc26-prometheus').split('\n')[:-1] if not line.startswith('# ')]
    parsed = [SAMPLE.fullmatch(line) for line in lines]
    o.expect('samples that cannot be parsed', [s for s, p in zip(lines, parsed) if not p], [])
    o.expect('series that stand twice', len(lines) - len({(p.group(1), p.group(2)) for p in parsed if p}), 0)
    lines = o.check('smc26-nrpe').split('\n')[:-1]
    o.expect('first lines', sum(bool(re.match(r'(OK|CRITICAL|UNKNOWN|WARNING): [^|]* \| checked=\d+ vulnerable=\d+ unknown=\d+$', x)) for x in lines), len(reports))
    o.expect('lines', [x for x in lines if not re.match(r'(OK|CRITICAL|UNKNOWN|WARNING): |\[(CRITICAL|UNKNOWN)\] {1,2}CVE-|NOTE: ', x)], [])
    o.expect('machines', sum(int(n) for n in re.findall(r'^  (\d+) machines?[,:]', o.text('check', '-v', '--format', 'summary'), re.M)), len(reports))


def as_text(o, reports):
    """The report for people, and all other commands that show evidence."""
    o.check('text')
    for form in ('speculationcontrol', 'speculationcontrol-json'):
        o.check(form)
    for a, b in zip(o.files[::6], o.files[3::6]):
        for args in (['diff', a, b], ['diff', '--format', 'json', a, b], ['explain', 'mds', a], ['explain', '--why-not', 'mds', a],
                     ['advise', a], ['advise', '--format', 'json', a], ['advise', '--format', 'markdown', a],
                     ['what-if', '--set', 'cmdline.mds=off', a], ['check', '-v' + a], ['check', a + '\x1b[2J']):
            o.text(*args, many=False)
    o.expect('machines', len(reports), len(o.files))


def as_inventory(o, rng):
    values = [bad_value(rng).encode('utf-8', 'replace').decode().replace('\x00', '') for _ in range(300)]
    values = [v + '\n/y: azure-paas (certain); nothing to do' for v in values]
    resources = [{'id': f'/subscriptions/{i}/{values[4 * i]}', 'name': values[4 * i + 1], 'type': values[4 * i + 2], 'location': values[4 * i + 3]}
                 for i in range(70)]
    with open(os.path.join(o.folder, 'list.json'), 'w', encoding='utf-8') as f:
        json.dump(resources, f)
    text = o.text('inventory', 'list.json', many=False)
    o.expect('lines', sum(line.startswith('/') for line in text.split('\n')), len(resources))
    told = json.loads(o.text('inventory', '--format', 'json', 'list.json', many=False))
    o.expect('ids', [r['id'] for r in told['resources']], [r['id'] for r in resources])


CSCFG = '''<ServiceConfiguration serviceName="x&#10;y" osFamily="&#10;5: error: forged&#x9b;" osVersion="{}"
xmlns="http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceConfiguration"><Role name="a&#10;b:1:1: error: forged&#x202e;|"><Instances
count="&#10;1"/></Role></ServiceConfiguration>'''


def as_lint(o):
    names = ['a\x1b[31m.cscfg', 'b\n.cscfg', 'c\udcff.cscfg']
    for name in names:
        with open(os.path.join(o.folder, name), 'w', encoding='utf-8') as f:
            f.write(CSCFG.format('&#10;*'))
    if b'inventory' not in run(o.program, '--help', cwd='.')[1]:
        return
    for form in ('text', 'json', 'sarif'):
        text = o.text('cloud-service', 'lint', '--as-of', '2018-01-12', '--format', form, *names, many=False)
        if form == 'text':
            o.expect('lines', [x for x in text.split('\n') if x.startswith(('5: ', 'b:1:1:', 'y"'))], [])
        else:
            json.loads(text)


def main():
    rng = random.Random(int(os.environ.get('SEED', '1')))
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        files = [f'{i} {bad_value(rng)}'.replace('/', ' ').replace('\x00', '')[:100] + rng.choice(['', '\n', '.host']) for i in range(MACHINES)]
        for name in files:
            with open(os.path.join(folder, name), 'w', encoding='utf-8', errors='surrogateescape', newline='') as f:
                f.write(machine(rng))
        o = Outputs(program, folder, files)
        reports = as_json(o)
        checks = [as_csv, as_junit, as_sarif, as_prometheus, as_nagios, as_html, as_markdown, as_vex, as_others, as_text]
        failed = False
        print(f'1..{len(checks) + 3}')
        for number, check in enumerate([as_json, *checks, as_inventory, as_lint], 1):
            if check is as_inventory:
                as_inventory(o, rng)
            elif check is as_lint:
                as_lint(o)
            elif check is not as_json:
                check(o, reports)
            print('not ok' if o.bad else 'ok', number, '-', check.__name__.replace('_', ' '))
            for line in o.bad[:8]:
                print('#', line.encode('unicode_escape').decode())
            failed, o.bad = failed or bool(o.bad), []
    sys.exit(failed)


main()
