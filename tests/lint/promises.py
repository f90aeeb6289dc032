#!/usr/bin/env python3
"""What the documents name is there: each path in backquotes, and of SECURITY.md each test is one that runs, and each promise has one."""
import os
import re

import tree

PATH = re.compile(r'`((?:src|tests|docs|data|packaging|tools|bench)/[^`\s]*)')
TEST = re.compile(r'`((?:(?:tests|packaging)/[\w./-]+/)?[\w.-]+\.(?:c|py|sh)|tests/hosts/test_hosts)')
MADE_UP = re.compile(r'NAME|SUITE')


def documents():
    """Those for people, without what stands in fences: that is made up."""
    for path in tree.files('.md'):
        if not path.startswith('tests/fuzz/corpus/') and path != 'CHANGELOG.md':
            yield path, re.sub(r'(?ms)^ *```.*?^ *```$', '', tree.text(path))


def built(path):
    """A program that a build file makes."""
    return any(f"executable('{os.path.basename(path)}'" in tree.text(p) for p in tree.files('meson.build'))


def missing():
    return [f'{document}: there is no {path}' for document, text in documents() for path in PATH.findall(text)
            if not os.path.exists(os.path.join(tree.ROOT, path)) and not MADE_UP.search(path) and not built(path)]


def named_tests(text):
    """(what stands there, its folder and name) of the tests in a text: one without a folder lies where the one before it does."""
    folder = ''
    for path in TEST.findall(text):
        folder = os.path.dirname(path) or folder
        yield path, folder, os.path.basename(path)


def runs(folder, name, rules):
    """Whether a build file has it as a test: by its name, by what comes behind `test_` or `fuzz_`, or by its whole path."""
    stem = name.rsplit('.', 1)[0]
    own = rules.get(f'{folder}/meson.build', '')
    words = {name, stem, re.sub('^(?:test|fuzz)_', '', stem)}
    return any(f"'{w}'" in own for w in words) or any(f"'{folder}/{name}'" in text for text in rules.values())


def idle():
    rules = {p: tree.text(p) for p in tree.files('meson.build')}
    return [f'SECURITY.md: no build file runs {path}' for path, folder, name in named_tests(tree.text('SECURITY.md'))
            if folder.startswith(('tests', 'packaging')) and not runs(folder, name, rules)]


def unheld():
    section = tree.text('SECURITY.md').split('\n## Promises', 1)[1].split('\n## ', 1)[0]
    return [f'SECURITY.md: no test is named for "{promise[:60]}"' for promise in re.split(r'(?m)^\* ', section)[1:] if not TEST.search(promise)]


tree.tap([('what documents name in backquotes is there', missing()), ('the tests that SECURITY.md names are run', idle()),
          ('each promise of SECURITY.md names its test', unheld())])
