#!/usr/bin/env python3
"""Reads the exported formats with readers that are not ours. Usage: formats.py SIDELIGHT FOLDER"""
import csv
import glob
import html.parser
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import xml.etree.ElementTree as ET

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
TALKATIVE = [os.path.join(HERE, '../cli/machines', name) for name in ('iron.host', 'web-17.host')]
HOSTILE = 'a"b<c>&\'\\|\x07é,\u2028=1'  # a host name that every format has to quote
STATUSES = ['not-affected', 'mitigated', 'unknown', 'partial', 'vulnerable']
NAGIOS_CODES = {'OK': 0, 'WARNING': 1, 'CRITICAL': 2, 'UNKNOWN': 3}


def run(program, form, files):
    done = subprocess.run([program, 'check', '--format', form, *files], capture_output=True, check=False)
    assert done.stderr == b'', done.stderr
    return done.returncode, done.stdout.decode()


def truth(program, files):
    return [json.loads(line) for line in run(program, 'json', files)[1].split('\n')[:-1]]


def as_csv(program, files, reports):
    rows = list(csv.DictReader(io.StringIO(run(program, 'csv', files)[1], newline=''), strict=True))
    want = [(r['host']['name'], f['id'], f['status'], f['reason']) for r in reports for f in r['findings']]
    return [] if [(r['host'], r['id'], r['status'], r['reason']) for r in rows] == want else ['rows differ from the JSON']


def as_junit(program, files, reports):
    bad = []
    text = run(program, 'junit', files)[1]
    if shutil.which('xmllint'):
        done = subprocess.run(['xmllint', '--noout', '--schema', os.path.join(HERE, 'junit.xsd'), '-'], input=text.encode(), capture_output=True, check=False)
        bad += [done.stderr.decode()[:500]] if done.returncode else []
    for suite, r in zip(ET.fromstring(text), reports, strict=True):
        counted = {tag: len(suite.findall(f'testcase/{tag}')) for tag in ('failure', 'error', 'skipped')}
        said = {'failure': int(suite.get('failures')), 'error': int(suite.get('errors')), 'skipped': int(suite.get('skipped'))}
        counts = r['summary']['counts']
        want = {'failure': counts['vulnerable'] + counts['partial'], 'error': counts['unknown'], 'skipped': 0}
        if counted != said or counted != want or len(suite.findall('testcase')) != int(suite.get('tests')):
            bad.append(f'{suite.get("name")}: {counted}, {said}, {want}')
        if [c.get('name') for c in suite.findall('testcase')] != [f['id'] for f in r['findings']] or suite.get('hostname') != r['host']['name']:
            bad.append('names')
        for case, f in zip(suite.findall('testcase'), r['findings']):
            proof = case.find('system-out').text
            if not proof.startswith(f'{f["status"]}: ') or any(f'{e["fact"]} = {e["value"]} ({e["source"]})' not in proof for e in f['evidence']):
                bad.append(f'{f["id"]}: {proof}')
    return bad


def as_sarif(program, files, reports):
    with open(os.path.join(HERE, 'sarif.schema.json'), encoding='utf-8') as f:
        validator = jsonschema.Draft202012Validator(json.load(f))
    log = json.loads(run(program, 'sarif', files)[1])
    bad = [f'{e.json_path}: {e.message[:200]}' for e in validator.iter_errors(log)]
    for one, r in zip(log['runs'], reports, strict=True):
        rules = [rule['id'] for rule in one['tool']['driver']['rules']]
        bad += [f'{x["ruleId"]} is not rule {x["ruleIndex"]}' for x in one['results'] if rules[x['ruleIndex']] != x['ruleId']]
        open_ones = sum(x['kind'] == 'fail' for x in one['results'])
        if open_ones != r['summary']['counts']['vulnerable'] + r['summary']['counts']['partial']:
            bad.append(f'{open_ones} results fail')
        prints = [json.dumps(x['partialFingerprints']) for x in one['results']]
        if len(set(prints)) != len(r['findings']) or one['invocations'][0]['exitCode'] != r['summary']['exit']:
            bad.append('fingerprints, exit code')
        bad += places(one, r)
    return bad


def places(one, r):
    """Each result points at a line of the evidence file that says what it rests on."""
    with open(r['source'], encoding='utf-8', errors='replace') as f:
        lines = f.read().split('\n')
    bad = []
    for x in one['results']:
        where = x['locations'][0]['physicalLocation']
        line = where['region']['startLine']
        if not where['artifactLocation']['uri'].endswith(os.path.basename(r['source'])) or line > len(lines) or (line > 1 and not lines[line - 1].startswith('-- ')):
            bad.append(f'{x["ruleId"]}: {where}')
    if all(x['locations'][0]['physicalLocation']['region']['startLine'] == 1 for x in one['results']) and 'vulnerabilities/' in '\n'.join(lines):
        bad.append('nothing points into the file')
    return bad


def quoted(text):
    return text.replace('\\', '\\\\').replace('"', '\\"')


def as_prometheus(program, files, reports):
    text = run(program, 'prometheus', files)[1]
    samples = [line for line in text.split('\n') if line.startswith('sidelight_flaw_status{')]
    values = {s.split('} ')[0] + '}': int(s.split('} ')[1]) for s in samples}
    bad = [] if len(values) == len(samples) else ['a series stands twice']
    bad += [s for s in samples if 'owner=' in s]
    for r in reports:
        mine = {re.search(r'flaw="([^"]*)"', s).group(1): v for s, v in values.items() if f'source="{quoted(r["source"])}"' in s}
        want = {f['id']: STATUSES.index(f['status']) for f in r['findings']}
        left_out = want.keys() - mine.keys()
        if any(want[i] != v for i, v in mine.items()) or any(want[i] for i in left_out) or not left_out < want.keys():
            bad.append(f'{r["source"]}: {mine}, not {want}')
    if shutil.which('promtool'):
        done = subprocess.run(['promtool', 'check', 'metrics'], input=text.encode(), capture_output=True, check=False)
        if done.returncode:
            bad.append('promtool: ' + (done.stdout + done.stderr).decode())
    return bad


def collected(program, files, _):
    """What node_exporter's textfile collector makes of the metrics: all of them, and no error."""
    exporter = shutil.which('prometheus-node-exporter')
    if not exporter:
        return None
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, 'check', '--exit-zero', '--format', 'prometheus', '-o', folder + '/sidelight.prom', *files, files[0]], check=True)
        with socket.socket() as s:
            s.bind(('127.0.0.1', 0))
            port = s.getsockname()[1]
        with subprocess.Popen([exporter, f'--web.listen-address=127.0.0.1:{port}', '--collector.disable-defaults', '--collector.textfile',
                               f'--collector.textfile.directory={folder}'], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
            try:
                text = scraped(port)
            finally:
                server.terminate()
            log = server.stderr.read().decode()
        with open(folder + '/sidelight.prom', encoding='utf-8') as f:
            written = [line for line in f.read().split('\n') if line.startswith('sidelight_')]
    got = [line for line in text.split('\n') if line.startswith('sidelight_')]
    bad = [] if len(got) == len(written) == len(set(written)) and got else [f'{len(got)} series of {len(written)}']
    return bad + ([] if 'node_textfile_scrape_error 0' in text else ['a scrape error']) + ([log[-300:]] if 'collected before' in log else [])


def scraped(port):
    for _ in range(100):
        try:
            with urllib.request.urlopen(f'http://127.0.0.1:{port}/metrics', timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.1)
    return ''


def as_nagios(program, files, reports):
    bad = []
    for path, r in zip(files, reports):
        code, text = run(program, 'nagios', [path])
        first = text.split('\n')[0]
        state, data = first.split()[1], dict(p.split('=') for p in first.split(' | ')[1].split())
        numbers = {k: int(v.split(';')[0]) for k, v in data.items()}
        counts = {k.replace('-', '_'): n for k, n in r['summary']['counts'].items()}
        if NAGIOS_CODES[state] != code or numbers != counts or text.count('|') != 1:
            bad.append(f'{path}: {first} ({code})')
    return bad


class Balance(html.parser.HTMLParser):
    """Every element that begins ends, in order."""
    VOID = {'meta', 'br'}

    def __init__(self):
        super().__init__()
        self.open, self.bad, self.seen, self.links, self.ids = [], [], set(), [], []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        self.links += [value for name, value in attrs if name == 'href']
        self.ids += [value for name, value in attrs if name == 'id']
        if any(name == 'src' or (name == 'href' and value[0] != '#') for name, value in attrs):
            self.bad.append(f'<{tag}> refers to something outside')

    def handle_startendtag(self, tag, attrs):
        self.seen.add(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append(f'</{tag}>')


def index(text, reports, link, plain):
    """The index of a page links each machine once, behind the status that is its worst; it begins with how many are open."""
    bad = []
    top = re.split(r'<article |<a id="m1">', text)[0]
    rows = re.findall(r'(?s:<tr>.*?</tr>)|(?m:^\* .*$)', top)
    told = {}
    for row in rows:
        for found in re.findall(link, row):
            place, name = sorted(found, key=lambda part: re.fullmatch('m[0-9]+', part) is None)
            bad += [f'{place} stands twice'] if place in told else []
            told[place] = (plain(name), re.search('|'.join(STATUSES), re.sub(link, '', row)).group())
    want = {f'm{n}': (r['host']['name'], r['summary']['worst']) for n, r in enumerate(reports, 1)}
    bad += [f'the index says {told.get(k)}, not {v}' for k, v in want.items() if told.get(k) != v]
    counts = [sum(r['summary']['worst'] in s for r in reports) for s in (('vulnerable', 'partial'), ('unknown',), ('mitigated', 'not-affected'))]
    said = f'{counts[0]} of {len(reports)} machines have something open. Of {counts[1]} more, something is not known. {counts[2]} have nothing open.'
    return bad + ([] if said in top else [f'the index does not say: {said}']) + ([] if len(told) == len(reports) else [f'{len(told)} links'])


def as_html(program, files, reports):
    text = run(program, 'html', files)[1]
    parser = Balance()
    parser.feed(text)
    bad = parser.bad + [f'<{t}> is open' for t in parser.open] + [f'no <{t}>' for t in {'svg', 'table', 'h1'} - parser.seen]
    if '<script' in text or text.count('<article ') != len(reports):
        bad.append('articles')
    if len(set(parser.ids)) != len(parser.ids) or not {x[1:] for x in parser.links} <= set(parser.ids):
        bad.append('a link leads nowhere, or to two places')
    bad += index(text, reports, r'<a href="#(m[0-9]+)">(.*?)</a>', html.unescape)
    for article in text.split('<article ')[1:]:
        steps = re.findall(r'<li>.*?</li>', article.split('<ol>')[-1].split('</ol>')[0], re.S)
        asking = [s for s in steps if re.match('<li>(Ask|Send) your provider', s)]
        if len(asking) > 1 or any(s.count('For: ') < 2 for s in asking if s.startswith('<li>Send')):
            bad.append(f'{len(asking)} steps ask the provider')
    return bad


def in_browser(program, files, _):
    """Chromium lays the page out: the picture and every row have a place."""
    if not shutil.which('chromium'):
        return None
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, 'page.html')
        with open(page, 'w', encoding='utf-8') as f:
            f.write(run(program, 'html', files[:1])[1])
        done = subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', f'--user-data-dir={folder}/profile',
                               '--dump-dom', 'file://' + page], capture_output=True, timeout=100, check=False)
    dom = done.stdout.decode()
    return [f'the browser lost {word}' for word in ('<svg', '</table>', 'Should I worry?') if word not in dom]


SCREENS = {390: 844, 1280: 800}  # a telephone, a small laptop
MEASURE = """onload=()=>{document.title="measured "+JSON.stringify([...document.querySelectorAll("iframe")].map(f=>{
const d=f.contentDocument,bottom=e=>e?Math.ceil(e.getBoundingClientRect().bottom):0,steps=[...d.querySelectorAll(d.querySelector("nav")?"nav table:first-of-type tbody tr:first-child":"ol>li")];
return [f.clientWidth,d.documentElement.scrollWidth,bottom(d.querySelector(".answer")),bottom(steps[0]),bottom(steps.at(-1))]}))}"""


def on_screens(program, files, _):
    """Nothing is wider than the screen; the answer and the first step, or the first kind of machine, are seen without scrolling, on a laptop all steps."""
    if not shutil.which('chromium'):
        return None
    pages = [run(program, 'html', [f])[1] for f in [*files[::9], *TALKATIVE]] + [run(program, 'html', files[:12])[1]]
    frames = ''.join(f'<iframe style="width:{width}px;height:{height}px;border:0" srcdoc="{html.escape(p)}"></iframe>'
                     for width, height in SCREENS.items() for p in pages)
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, 'page.html')
        with open(page, 'w', encoding='utf-8') as f:
            f.write(f'<!doctype html><body>{frames}<script>{MEASURE}</script>')
        done = subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', f'--user-data-dir={folder}/profile',
                               '--dump-dom', 'file://' + page], capture_output=True, timeout=100, check=False)
    measured = re.search('<title>measured (.*?)</title>', done.stdout.decode())
    measured = json.loads(measured[1]) if measured else []
    bad = [] if len(measured) == len(pages) * len(SCREENS) else ['the browser told no measures']
    for i, (screen, width, answer, first, last) in enumerate(measured):
        fold = SCREENS[screen]
        if width > screen or not 0 < answer < fold or not 0 < first < fold or (screen > 1000 and last > fold):
            bad.append(f'page {i % len(pages)} at {screen}: {width} px wide, answer to {answer}, first step to {first}, last to {last}')
    return bad


def as_markdown(program, files, reports):
    text = run(program, 'markdown', files)[1]
    rows = [line for line in text.split('\n') if line.startswith('| ') and not line.startswith('| Flaw')]
    wrong = [line for line in rows if len(line.replace('\\|', '').split('|')) != 7]
    want = sum(n for r in reports for s, n in r['summary']['counts'].items() if s != 'not-affected')
    wrong += index(text, reports, r'\[((?:[^\\\]]|\\.)*)\]\(#(m[0-9]+)\)', lambda name: re.sub(r'\\(.)', r'\1', name))
    for page in text.split('\n# '):
        asking = re.findall(r'^\d+\. (?:Ask|Send) your provider', page, re.M)
        if len(asking) > 1 or ('Send' in ''.join(asking) and page.count('\n        Subject: ') != 1):
            wrong.append(f'{len(asking)} steps ask the provider')
    return wrong + ([] if len(rows) == want else [f'{len(rows)} rows, not {want}'])


def not_judged(program, files, _):
    """Formats for people name a file that could not be judged, and are not calm about the rest; a page of one machine has no index."""
    bad = []
    clean = next(f for f in files if run(program, 'json', [f])[0] == 0)
    for form in ('html', 'markdown', 'summary'):
        done = subprocess.run([program, 'check', '--format', form, clean, 'no such file'], capture_output=True, text=True, check=False)
        said = re.sub(r'\s+', ' ', html.unescape(done.stdout))
        if done.returncode != 66 or '1 file could not be judged' not in said or 'no such file' not in said:
            bad.append(f'{form}: {done.returncode} {said[-300:]}')
        if form != 'summary' and ('That is not known: nothing is open on what could be judged' not in said or '#m1' in run(program, form, [clean])[1]):
            bad.append(f'{form}: {said[-300:]}')
    return bad


def main():
    program, folder = sys.argv[1:]
    files = sorted(glob.glob(folder + '/**/*.host', recursive=True))[::12]
    with tempfile.TemporaryDirectory() as made:
        hostile = os.path.join(made, 'hostile.host')
        with open(files[0], encoding='utf-8') as f, open(hostile, 'w', encoding='utf-8') as g:
            g.write(f.read().replace('\n', f'\n-- identity hostname {HOSTILE}\n', 1))
        files.append(hostile)
        reports = truth(program, files)
        checks = [as_csv, as_junit, as_sarif, as_prometheus, collected, as_nagios, as_html, in_browser, on_screens, as_markdown, not_judged]
        print(f'1..{len(checks)}')
        failed = False
        for number, check in enumerate(checks, 1):
            bad = check(program, files, reports)
            failed = failed or bool(bad)
            print('not ok' if bad else 'ok', number, '-', check.__name__.replace('_', ' '),
                  '# SKIP its program is not here' if bad is None else '')
            for line in (bad or [])[:10]:
                print('#', line)
    sys.exit(failed)


main()
