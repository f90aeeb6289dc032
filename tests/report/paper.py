#!/usr/bin/env python3
"""The HTML report on paper, as Chromium prints it: nothing is cut off or missing, no heading stands alone at the end of a page, no page has the last line
alone. Usage: paper.py SIDELIGHT MACHINES"""
import glob
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM, MACHINES = (os.path.abspath(a) for a in sys.argv[1:3])
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import tap

TAP = tap.Tap()
HEADINGS = ('What to do', 'Who is responsible', 'Flaw by flaw', 'Notes')


def words(text):
    """Letters alone: lines are broken and hyphens fall where a page ends."""
    return re.sub(r'[\W_]+', '', text)


def printed(folder, page):
    """The text of each page, without what a browser adds at the edges. (What is too wide makes Chromium print all of it smaller.)"""
    path = os.path.join(folder, 'page.html')
    with open(path, 'w', encoding='utf-8') as f:
        f.write(page)
    subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', f'--user-data-dir={folder}/profile', '--no-pdf-header-footer',
                    f'--print-to-pdf={folder}/page.pdf', 'file://' + path], capture_output=True, timeout=100, check=True)
    text = subprocess.run(['pdftotext', '-layout', folder + '/page.pdf', '-'], capture_output=True, text=True, check=True).stdout
    return text.split('\f')[:-1]


def pieces(page):
    """What is written in the page, piece by piece, but for the links back, which lead nowhere on paper."""
    body = re.sub(r'(?s)<p class="back">.*?</p>', '', page.split('</head>')[1])
    return [t for t in (html.unescape(x).strip() for x in re.findall(r'>([^<]+)<', body)) if words(t)]


def faults(page, sheets):
    rows = [[line.strip() for line in sheet.splitlines() if line.strip()] for sheet in sheets]
    on_paper = words(' '.join(sheets))
    bad = []
    for piece in pieces(page):
        for line in piece.splitlines():
            # Cells stand beside each other in the text of a page: each word has to be there.
            bad += [f'not on paper: {w}' for w in re.findall(r'[^\W_]{4,}', line) if w not in on_paper]
    for number, lines in enumerate(rows, 1):
        if not lines:
            bad.append(f'page {number} is empty')
        elif lines[-1] in HEADINGS:
            bad.append(f'page {number} ends with a heading: {lines[-1]}')
        elif len(lines) < 4 and number > 1:
            bad.append(f'page {number} has {len(lines)} lines')
    return bad


def main():
    for tool in ('chromium', 'pdftotext'):
        if not shutil.which(tool):
            print(f'1..0 # SKIP no {tool}')
            return
    files = sorted(glob.glob(MACHINES + '/**/*.host', recursive=True))
    with tempfile.TemporaryDirectory() as folder:
        for name, some in (('one machine', files[1:2]), ('a guest with questions to its provider', [f for f in files if f.endswith('nopti.host')][:1]),
                           ('many machines', files[::11])):
            page = subprocess.run([PROGRAM, 'check', '--format', 'html', *some], capture_output=True, text=True, check=False).stdout
            sheets = printed(folder, page)
            bad = faults(page, sheets)
            TAP.ok(f'{name}: whole, and no page with a remnant', not bad, *bad[:20])
            TAP.ok(f'{name}: at most four sheets each', len(sheets) <= 4 * len(some) + 4, len(sheets), len(some))
            if len(some) == 1:
                cut = page.replace('details::details-content', 'details::none').replace('break-before:avoid', 'break-before:page')
                if 'ready to be sent' in page:
                    TAP.ok('what a closed part hides would be noticed', any('not on paper' in b for b in faults(page, printed(folder, cut))))
                TAP.ok('so would a remnant', any(' lines' in b or 'empty' in b for b in faults(page, printed(folder, cut))))
    TAP.end()


main()
