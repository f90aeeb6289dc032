#!/usr/bin/env python3
"""The pages: what they say, that they stand alone, and how a browser lays them out, at a desk and on a telephone.
Usage: test_page.py SIDELIGHT"""
import html.parser
import os
import re
import shutil
import subprocess
import tempfile

import fleet
from web import Server, evidence

PAGES = ('/', '/hosts', '/hosts?worst=vulnerable', '/hosts?kernel=nothing', '/flaws', '/flaws/mds', '/changes', '/changes?since=2026-01-01', '/resources', '/resources?limit=3', '/hosts/no-such-machine', '/flaws/no-such-flaw')
VOID = {'meta', 'link', 'input', 'br', 'rect', 'line', 'path', 'img', 'option'}


class Page(html.parser.HTMLParser):
    """Whether each element is closed, and what a screen reader goes by."""

    def __init__(self, text):
        super().__init__()
        self.open, self.bad, self.ids, self.needs, self.links, self.landmarks, self.headings = [], [], [], [], [], [], []
        self.words = ''
        self.feed(text)
        self.bad += [f'<{t}> is open' for t in self.open]

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if 'id' in a:
            self.ids.append(a['id'])
        self.needs += (a.get('aria-labelledby') or '').split()
        if tag in ('header', 'nav', 'main', 'footer'):
            self.landmarks.append(tag)
        if re.fullmatch('h[1-6]', tag):
            self.headings.append(int(tag[1]))
        if tag == 'th' and 'scope' not in a:
            self.bad.append('<th> without a scope')
        if tag == 'section' and not {'aria-labelledby', 'aria-label'} & a.keys():
            self.bad.append('<section> without a name')
        if tag == 'svg' and a.get('role') != 'img' and a.get('aria-hidden') != 'true':
            self.bad.append('<svg> that is neither named nor hidden')
        if tag in ('input', 'select') and 'label' not in self.open:
            self.bad.append(f'<{tag}> without a label')
        if 'style' in a or any(k.startswith('on') for k in a):
            self.bad.append(f'<{tag}> with a style or a script of its own')
        for k in ('href', 'src', 'action'):
            if k in a:
                self.links.append(a[k])

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.bad.append(f'</{tag}> closes something else')

    def handle_data(self, data):
        self.words += data


def is_sound(t, path, text):
    page = Page(text)
    away = [link for link in page.links if not link.startswith('/') and link not in ('data:,', '#main')]
    t.ok(f'{path}: elements are closed and named', not page.bad, *page.bad[:5])
    t.ok(f'{path}: nothing comes from elsewhere', not away and 'http://' not in re.sub(r'<code>.*?</code>', '', text), away)
    t.same(f'{path}: landmarks', page.landmarks, ['header', 'nav', 'main', 'footer'])
    t.ok(f'{path}: headings go down one by one', page.headings.count(1) == 1 and all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:])), page.headings)
    t.ok(f'{path}: names are there, and once', len(set(page.ids)) == len(page.ids) and set(page.needs) <= set(page.ids), page.ids, page.needs)
    return page


def without_a_verdict(t):
    """Where nothing is judged nobody is told not to worry: evidence that is damaged, and a filter that finds nothing."""
    with fleet.Store() as store:
        store.fleet('import', store.file('web-1.host', evidence('web-1', 0, 'Mitigation: PTI')))
        store.sql_write("UPDATE fingerprint SET size = 0, body = '', outcome = NULL, catalog = NULL")
        with Server(store) as s:
            words = is_sound(t, '/ (damaged)', s.ask('/')[1]).words
            t.ok('the first page says what is not known', 'of 1 machine not all is known' in words and '1 machine has no verdict' in words, words)
            status, text, _ = s.ask('/hosts/web-1')
            words = is_sound(t, '/hosts/web-1 (damaged)', text).words
            t.ok('and the machine\'s own', status == 200 and 'That is not known' in words, words)
            t.same('as JSON, too', s.ask('/v1/hosts/web-1')[0], 404)
            words = Page(s.ask('/?kernel=nothing')[1]).words
            t.ok('no machine is no safe machine', 'There is no machine of this kind' in words and 'No machine has to worry' not in words, words)


def says_what_the_store_does(t, store, s):
    status = store.json('status')
    overview = Page(s.ask('/')[1]).words
    open_ones = status['worst']['vulnerable'] + status['worst']['partial']
    t.ok('the first sentence', f"{open_ones} of {status['hosts']} machines are open to an attack" in overview, overview[:500])
    table = s.ask('/flaws')[1]
    for flaw, counts in status['flaws'].items():
        row = re.search(rf'<tr><th scope="row"><a href="/flaws/{flaw}">.*?</tr>', table, re.S)
        got = [int(n.replace(',', '')) for n in re.findall(r'>([\d,]+)(?:</a>)?</td>', row.group(0))] if row else None
        want = [counts[word] for word in ('vulnerable', 'partial', 'unknown', 'mitigated', 'not-affected')]
        if got != want:
            t.same(f'{flaw}: the numbers of the table', got, want)
            return
    t.ok(f"the numbers of all {len(status['flaws'])} flaws", True)
    listed = set()
    path = '/hosts?worst=vulnerable'
    while path:
        text = s.ask(path)[1]
        listed |= set(re.findall(r'<th scope="row"><a href="(/hosts/[^"]+)"', text))
        more = re.search(r'rel="next" href="([^"]+)"', text)
        path = more.group(1).replace('&amp;', '&') if more else None
    t.same('all machines of a number can be reached from it', len(listed), status['worst']['vulnerable'])
    machine = sorted(listed)[0]
    text = s.ask(machine)[1]
    page = is_sound(t, machine, text)
    t.ok('one machine: the answer, what to do, the proof', all(w in page.words for w in ('Should I worry?', 'What to do', 'How this is known')), page.words[:300])
    return machine


def browser(folder, url, width, *options):
    return subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
                           '--disable-component-update', '--disable-sync', '--hide-scrollbars', f'--user-data-dir={folder}/profile-{width}',
                           f'--window-size={width},900', *options, url], capture_output=True, timeout=100, check=False, text=True)


# Into each page, for a frame of a file to ask: the page's own policy would not let it measure anything.
MEASURE = '''<script>addEventListener('load',()=>{const d=document.documentElement,w=[...document.querySelectorAll('main *')].filter(e=>!e.closest('.scroll')&&
e.getBoundingClientRect().right>innerWidth+1&&getComputedStyle(e).clipPath==='none').map(e=>e.tagName).slice(0,5);
document.title='wide='+(d.scrollWidth-innerWidth)+' out='+w+' find='+document.querySelectorAll('.find').length+' sort='+document.querySelectorAll('th button').length})</script>'''
# Headless Chromium's own window is never narrower than 500: a frame is.
FRAME = """<iframe src="%d.html" width="%d" height="900" onload="setTimeout(()=>document.body.append(' [%s at %d: '+this.contentDocument.title+'] '),50)"></iframe>\n"""


def in_a_browser(t, s, machine):
    paths = ('/', '/hosts', '/flaws', '/flaws/mds', '/resources', machine)
    with tempfile.TemporaryDirectory() as folder:
        frames = ''
        for number, path in enumerate(paths):
            with open(os.path.join(folder, f'{number}.html'), 'w', encoding='utf-8') as f:
                f.write(s.ask(path)[1].replace('<head>', '<head>' + MEASURE))
            frames += ''.join(FRAME % (number, width, number, width) for width in (390, 1280))
        with open(os.path.join(folder, 'frames.html'), 'w', encoding='utf-8') as f:
            f.write(f'<body>{frames}</body>')
        done = browser(folder, f'file://{folder}/frames.html', 1400, '--allow-file-access-from-files', '--dump-dom', '--virtual-time-budget=5000')
        for number, path in enumerate(paths):
            for width in (390, 1280):
                found = re.search(rf'\[{number} at {width}: wide=(-?\d+) out=(\S*) find=(\d+) sort=(\d+)\]', done.stdout)
                t.ok(f'{path} at {width}: nothing lies outside', found and int(found.group(1)) <= 0 and not found.group(2), found or done.stdout[-300:])
            t.ok(f'{path}: headings sort', found and int(found.group(4)) > 0, found)
        done = browser(folder, s.url + '/flaws', 1280, '--dump-dom', '--enable-logging=stderr')
        t.ok('the policy lets its own style and script through', 'class="small quiet find"' in done.stdout and 'Content Security Policy' not in done.stderr,
             done.stderr[-1000:])


def luminance(colour):
    colour = colour.lstrip('#')
    colour = ''.join(2 * c for c in colour) if len(colour) == 3 else colour
    parts = [int(colour[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    parts = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(t, text):
    """WCAG 2.1: 4.5 for words, 3 for marks and lines of a picture; in both schemes."""
    light, dark = re.search(r':root\{(.*?)\}', text).group(1), re.search(r'prefers-color-scheme:dark\)\{:root\{(.*?)\}', text).group(1)
    for name, scheme in (('light', light), ('dark', dark)):
        c = dict(re.findall(r'--([a-z-]+):(#[0-9a-f]+)', scheme))
        low = []
        for word in ('ink', 'quiet', 'link', 'vulnerable-ink', 'partial-ink', 'unknown-ink', 'mitigated-ink', 'none-ink'):
            for back in ('back', 'card'):
                a, b = sorted((luminance(c[word]), luminance(c[back])))
                if (b + 0.05) / (a + 0.05) < 4.5:
                    low.append(f'{word} on {back}: {(b + 0.05) / (a + 0.05):.2f}')
        for mark in ('vulnerable', 'partial', 'unknown', 'mitigated', 'share'):
            a, b = sorted((luminance(c[mark]), luminance(c['card'])))
            if (b + 0.05) / (a + 0.05) < 3:
                low.append(f'{mark}: {(b + 0.05) / (a + 0.05):.2f}')
        t.ok(f'contrast, {name}', not low, *low)


def main():
    t = fleet.Tap()
    without_a_verdict(t)
    with fleet.Store() as store:
        with Server(store) as s:
            t.ok('an empty store says how to begin', 'sidelight fleet send' in is_sound(t, 'empty /', s.ask('/')[1]).words)
        store.fleet('import', *fleet.machines())
        store.fleet('import', os.path.join(fleet.ROOT, 'tests', 'cli', 'clouds', 'lists', 'az.json'))
        store.sql_write("INSERT INTO history SELECT tenant, '2026-10-0' || day, '', 'vulnerable', 100 + day FROM (SELECT 1 AS tenant, 1 AS day UNION SELECT 1, 2)")
        store.fleet('accept', 'mds', '--reason', 'no <foreign> code', '--until', '2099-01-01', '--who', 'me')
        with Server(store, '--rate', '0') as s:
            t.ok('what was accepted stands beside it', 'no &lt;foreign&gt; code' in s.ask('/')[1])
            for path in PAGES:
                page = is_sound(t, path, s.ask(path)[1])
                same = re.search(r'The same as JSON: (\S+);', page.words).group(1)
                t.ok(f'{path}: {same} tells it to programs', same in page.links and s.ask(same)[0] == s.ask(path)[0] and
                     s.ask(same)[2]['Content-Type'] == 'application/json', s.ask(same))
                reasons = re.findall(r'<tr>(<td><span class="s .*?)</tr>', s.ask(path)[1], re.S) if path == '/flaws/mds' else []
                told = [re.sub(r'<td class="r".*?</td>', '', row) for row in reasons]
                t.ok('no reason is told twice', len(set(told)) == len(told) and (told or path != '/flaws/mds'), told)
            t.same('what is not there', [s.ask(p)[0] for p in PAGES[-2:]], [404, 404])
            t.ok('the trend has a picture with a name', re.search(r'<svg class="trend"[^>]* role="img" aria-label="[^"]*2026-10-01', s.ask('/')[1]))
            form = s.ask('/hosts?worst=vulnerable&fingerprint=ab&status=unknown')[1]
            t.ok('a list is narrowed down by what its form shows', re.search(r'<select name="worst">(?:(?!</select>).)*<option selected>vulnerable<', form, re.S) and
                 re.search(r'<select name="status">(?:(?!</select>).)*<option selected>unknown<', form, re.S) and 'name="fingerprint" value="ab"' in form)
            machine = says_what_the_store_does(t, store, s)
            contrast(t, s.ask('/')[1])
            if shutil.which('chromium'):
                in_a_browser(t, s, machine)
            else:
                print('# no chromium here')
    t.end()


main()
