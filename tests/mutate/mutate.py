#!/usr/bin/env python3
"""Changes C and data in small ways and tells which changes no test notices. Usage: mutate.py BUILD [N] [--seed S] [--in PATH]...
[--only c|data]

N changes (200) are drawn, half of them in C, by the seed (1): the same seed draws the same. BUILD/tree is a copy of the project in
which all drawn changes of C are compiled at once, each behind a switch (MUTANT), so that one build serves them all; a run of the
tests before tells which of them reaches which switch, and only those are asked. What none of them notices is asked once more under the sanitizers,
with which ./dev test runs all tests a second time (the quick tests only). A change of the data is one more catalog, compiled
and linked into the tests. What survives stands in the output with file, line and change, and as soon as it is known. Exit status: 0 when
at least 90 % of C and of data are noticed, 2 when not.

equivalent.txt lists changes that change nothing, each with its reason; they are not counted. An entry that fits no line of the
sources any more is an error."""
import argparse
import collections
import concurrent.futures
import glob
import json
import os
import pathlib
import random
import re
import resource
import shlex
import shutil
import subprocess
import sys
import threading
import time

import data
import sites

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDERS = ('src/facts', 'src/verdict', 'src/compiler', 'src/evidence', 'src/plan', 'src/whatif', 'src/guidance', 'src/cloud',
           'src/collect/import', 'src/collect/registry', 'src/collect/linux/filter.c', 'src/collect/linux/sources.c')
SUITES = ('unit', 'hosts', 'guidance', 'cli', 'docs', 'fuzz', 'report', 'fix')
SLOW = ('formats', 'schema',  # a browser, a validator in Python: they would tell nothing that others do not tell faster
        'fix-live', 'fix-faults', 'fix-restart')  # a whole system, a fault in each of its calls, boots: what they guard is apply's
C_ONLY = ('fuzz', 'docs', 'options', 'cloud-schemas', 'hosts-torture',  # the same of the data
          'compiler')  # compares the catalog with the data folder, and so would notice any change whatever it does
FLOOR = 0.9
MEMORY = 3 << 30
QUICK = 3.0  # seconds: what is asked once more under the sanitizers
SANITIZERS = {f'{name}_OPTIONS': 'halt_on_error=1:abort_on_error=1:hard_rss_limit_mb=3000' for name in ('ASAN', 'UBSAN')}

SWITCH = '''extern int mutant_now; extern unsigned char mutant_hit[];
#define MUTANT(n) (mutant_hit[n] = 1, mutant_now == (n))
'''
# Which mutant is on, and which switches were passed: written to a file of its own when the program ends.
SWITCHBOARD = '''
#undef fopen
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int mutant_now = -1;
unsigned char mutant_hit[100000];
__attribute__((constructor)) static void mutant_begin(void) {
        const char *now = getenv("MUTANT_NOW");
        if (now) mutant_now = (int)strtol(now, 0, 10);
}
__attribute__((destructor)) static void mutant_end(void) {
        const char *folder = getenv("MUTANT_TRACE");
        static char path[4096];
        FILE *f;
        if (!folder) return;
        (snprintf)(path, sizeof(path), "%s/%ld", folder, (long)getpid());
        f = fopen(path, "a");
        if (!f) return;
        for (int i = 0; i < 100000; i++) if (mutant_hit[i]) (fprintf)(f, "%d\\n", i);
        fclose(f);
}
'''

Mutant = collections.namedtuple('Mutant', 'path line was now site')


def say(*words):
    print('mutate:', *words, file=sys.stderr, flush=True)


def quiet(command, **options):
    """Runs a command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise SystemExit(f'mutate: {shlex.join(map(str, command))}\n{done.stdout[-4000:]}{done.stderr[-4000:]}')
    return done.stdout


# ---- What could be changed ----

def files():
    """The project's files, as paths from its root."""
    listed = quiet(['git', '-c', 'safe.directory=*', 'ls-files', '-co', '--exclude-standard'], cwd=ROOT).split('\n')
    return [f for f in listed if f and (ROOT / f).is_file()]


def within(path, folders):
    return any(path == f or path.startswith(f.rstrip('/') + '/') for f in folders)


def flags(tree_build):
    """Of each C file of the core and the edges, what the compiler is told about it."""
    found = {}
    for entry in json.loads((tree_build / 'compile_commands.json').read_text()):
        words = shlex.split(entry['command'])
        path = os.path.relpath(os.path.join(entry['directory'], entry['file']), tree_build.parent)
        kept = [w for w in words if w.startswith(('-D', '-std'))]
        kept += ['-I' + os.path.join(entry['directory'], w[2:]) for w in words if w.startswith('-I')]
        found.setdefault(path, kept + ['-include', str(tree_build.parent / 'src/base/banned.h')])
    return found


def c_mutants(tree, paths):
    known = flags(tree / 'build')
    paths = [p for p in paths if p in known]

    def one(path):
        source = (ROOT / path).read_text(encoding='latin-1')
        lines = sites.Reader(path, source)
        return [Mutant(path, lines.line(s.start), s.was, s.now, s) for s in sites.read(str(ROOT / path), source, known[path])]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return [m for found in pool.map(one, paths) for m in found]


def data_mutants(paths):
    found = []
    for path in paths:
        text = (ROOT / path).read_text()
        found += [Mutant(path, text.count('\n', 0, s.start) + 1, s.was, s.now, s) for s in data.read(path, text)]
    return found


def equivalents(path, tree, names):
    """The mutants of the list, by its lines 'PATH | PIECE OF THE LINE | WAS -> NOW | REASON'; an entry that fits nothing is an error."""
    entries = [(number, [f.strip() for f in line.split(' | ')]) for number, line in enumerate(path.read_text().splitlines(), 1)
               if line.strip() and not line.startswith('#')]
    paths = [n for n in names if n in {fields[0] for _, fields in entries}]
    mutants = c_mutants(tree, [n for n in paths if n.endswith('.c')]) + data_mutants([n for n in paths if n.startswith('data/')])
    listed, faults = set(), []
    for number, fields in entries:
        fits = [m for m in mutants if len(fields) == 4 and fields[3] and m.path == fields[0] and f'{m.was} -> {m.now}' == fields[2] and
                fields[1] in ' '.join(source_line(m).split())]
        listed.update(fits)
        if not fits:
            faults.append(f'{path.name}:{number}: fits no change that could be made')
    if faults:
        raise SystemExit('\n'.join(faults))
    return listed


def source_line(mutant):
    lines = (ROOT / mutant.path).read_text(encoding='latin-1').splitlines()
    return lines[mutant.line - 1]


# ---- The copy that is built ----

def write(path, text):
    """Only when it differs, so that ninja builds no more than it must."""
    blob = text if isinstance(text, bytes) else text.encode('latin-1')
    if not path.exists() or path.read_bytes() != blob:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(blob)


def copy_project(tree, changed):
    """The project's files, those of `changed` with the texts that it gives."""
    names = files()
    for name in names:
        write(tree / name, changed.get(name) or (ROOT / name).read_bytes())
        shutil.copymode(ROOT / name, tree / name)
    for old in glob.glob(f'{tree}/**/*.[ch]', recursive=True) + glob.glob(f'{tree}/**/*.host', recursive=True):
        if os.path.relpath(old, tree) not in names and not old.startswith((f'{tree}/build/', f'{tree}/build-sanitized/')):
            os.remove(old)


def configure(tree, build, *options):
    if not (build / 'build.ninja').exists():
        quiet(['meson', 'setup', build, tree, '-Dtests=enabled', '-Doptimization=1', '-Ddebug=false', '-Dwerror=false',
               '-Dwarning_level=0', '-Dc_args=-w', *options])


def compile_all(tree, chosen):
    """Builds the copy with every mutant behind its switch; those that do not compile are left out. Numbers by mutant."""
    numbers = {m: i for i, m in enumerate(chosen)}
    while True:
        changed = {}
        for path in {m.path for m in numbers}:
            source = (ROOT / path).read_text(encoding='latin-1')
            here = sorted(((n, m.site) for m, n in numbers.items() if m.path == path), key=lambda x: (x[1].start, -x[1].end))
            changed[path] = SWITCH + '#line 1\n' + sites.render(source, 0, len(source), here)
        changed['src/base/str.c'] = (ROOT / 'src/base/str.c').read_text(encoding='latin-1') + SWITCHBOARD
        copy_project(tree, changed)
        done = subprocess.run(['ninja', '-C', tree / 'build', '-k0', '-j2', 'all'], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return numbers
        faulty = {(os.path.normpath(p.replace('../', '', 1)), int(line)) for p, line in
                  re.findall(r'^(\S+?):(\d+):(?:\d+:)? (?:fatal )?error', done.stdout, re.M)}
        bad = [m for m in numbers if any(p == m.path and m.line <= line <= m.line + m.was.count('\n') + 2 for p, line in faulty)]
        if not bad:
            raise SystemExit('mutate: the copy does not build\n' + done.stdout[-4000:])
        say(f'{len(bad)} changes do not compile')
        numbers = {m: n for m, n in numbers.items() if m not in bad}


# ---- The tests ----

class Test:
    def __init__(self, entry, tree, build):
        self.name, self.seconds = entry['name'], 0.0
        self.suite = entry['suite'][0].split(':')[-1]
        self.env = entry.get('env', {})
        self.memory = MEMORY
        self.program = str(build / 'sidelight')
        self.command = [self.program if w in ('./sidelight', self.program) else w for w in entry['cmd']]
        if self.name == 'hosts-torture':  # the rules' fixtures are enough
            self.command.remove(f'{tree}/tests/hosts/machines')
        self.folder = entry['workdir'] or str(build)

    def run(self, env, replaced=None, patience=None):
        """True when it passes; a test that takes far longer than it should, or far more memory, does not."""
        command = [(replaced or {}).get(w, w) for w in self.command]
        begun = time.monotonic()
        try:
            done = subprocess.run(command, cwd=self.folder, env={**os.environ, **self.env, **env}, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=patience,
                                  start_new_session=True,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (self.memory, self.memory)))
            self.last = time.monotonic() - begun
            return done.returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def patience(self):
        return 10 + 10 * self.seconds


def tests_of(tree, build):
    entries = json.loads(quiet(['meson', 'introspect', '--tests', build]))
    return [t for t in (Test(e, tree, build) for e in entries) if t.suite in SUITES and t.name not in SLOW]


def wrapper(folder, program):
    """A program like `program` that keeps the switches, for tests that start it in an environment of their own."""
    path = folder / 'sidelight'
    path.write_text('#!/bin/sh\n' + ''.join(f'export {k}="{v}"\n' for k, v in folder_env(folder).items()) + f'exec {program} "$@"\n')
    path.chmod(0o755)
    return str(path)


def folder_env(folder):
    return json.loads((folder / 'env.json').read_text())


def prepare(folder, env):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'env.json').write_text(json.dumps(env))


def trace(tests, build, tree):
    """Runs every test once: how long it takes, and which switches it passes."""
    reached = collections.defaultdict(list)
    for test in list(tests):
        folder = build / 'trace' / f'{test.suite}-{test.name}'
        shutil.rmtree(folder, ignore_errors=True)
        prepare(folder, {'MUTANT_TRACE': str(folder / 'hits')})
        (folder / 'hits').mkdir()
        replaced = {test.program: wrapper(folder, test.program)}
        if not test.run(folder_env(folder), replaced):
            say(f'{test.suite}/{test.name} fails before anything is changed: left out')
            tests.remove(test)
            continue
        test.seconds = test.last
        for n in {int(line) for f in (folder / 'hits').iterdir() for line in f.read_text().split()}:
            reached[n].append(test)
    return reached


class Judge:
    """Finds the test that notices a change."""

    def __init__(self, tree, build, tests, reached):
        self.tree, self.build, self.tests, self.reached = tree, build, tests, reached
        self.kills = collections.defaultdict(collections.Counter)  # by folder; kept from run to run
        if (build / 'kills.json').exists():
            self.kills.update({k: collections.Counter(v) for k, v in json.loads((build / 'kills.json').read_text()).items()})
        self.lock = threading.Lock()
        self.sanitized_tests, self.passing = {}, {}

    def first(self, path, tests, run, overhead=0.05):
        """The first of these that fails: quick ones, and those that noticed much in this folder, before the others; `overhead` is
        what each costs besides."""
        kills = self.kills[os.path.dirname(path)]
        for test in sorted(tests, key=lambda t: (t.seconds + overhead) / (1 + kills[t.name])):
            if not run(test):
                with self.lock:
                    kills[test.name] += 1
                return test.name
        return None

    def c(self, number, mutant):
        folder = self.build / 'work' / f'c{number}'
        prepare(folder, {'MUTANT_NOW': str(number)})
        program = wrapper(folder, self.tree / 'build/sidelight')
        if not self.reached[number]:
            return None
        return self.first(mutant.path, self.reached[number], lambda t: t.run(folder_env(folder), {t.program: program}, t.patience()))

    def sanitized(self, number):
        """The quick test that notices a change under the sanitizers, and passes there without it."""
        folder = self.build / 'work' / f's{number}'
        prepare(folder, {'MUTANT_NOW': str(number), **SANITIZERS})
        program = wrapper(folder, self.tree / 'build-sanitized/sidelight')
        for plain in sorted(self.reached[number], key=lambda t: t.seconds):
            test = self.sanitized_tests.get((plain.suite, plain.name))
            if not test or plain.seconds > QUICK:
                continue
            test.seconds, test.memory = 4 * plain.seconds, resource.RLIM_INFINITY
            if not test.run(folder_env(folder), {test.program: program}, test.patience()) and self.passes(test):
                return f'{test.name} (sanitized)'
        return None

    def passes(self, test):
        with self.lock:
            if test.name not in self.passing:
                self.passing[test.name] = test.run(SANITIZERS, None, test.patience())
            return self.passing[test.name]

    def keep_kills(self):
        (self.build / 'kills.json').write_text(json.dumps(self.kills))

    def knows_catalog(self, test):
        """Does a program of the test's command hold the catalog?"""
        programs = [w for w in test.command if w.startswith(f'{self.tree}/build/') and os.access(w, os.X_OK)]
        return any('catalog_builtin' in quiet(['nm', p]) for p in programs)

    def data(self, number, mutant):
        folder = self.build / 'work' / f'd{number}'
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copytree(self.tree / 'data', folder / 'data')  # the copy: the project may go on meanwhile
        text = (self.tree / mutant.path).read_text()
        (folder / mutant.path).write_text(text[:mutant.site.start] + mutant.site.new + text[mutant.site.end:])
        made = subprocess.run([self.tree / 'build/src/compiler/gencatalog', folder / 'data', folder / 'catalog.c', folder / 'd'],
                              capture_output=True, check=False)
        if made.returncode:
            return 'the compiler of the data'
        quiet(['cc', '-w', '-O0', f'-I{self.tree}/src', '-c', folder / 'catalog.c', '-o', folder / 'catalog.o'])
        killer = self.first(mutant.path, self.data_tests,
                            lambda t: t.run({}, self.linked(folder, t), t.patience()), overhead=1)
        shutil.rmtree(folder)
        return killer

    def linked(self, folder, test):
        """The programs of a test's command, linked with the catalog of the folder."""
        made = {}
        for word in test.command:
            target = os.path.relpath(word, self.tree / 'build')
            with self.lock:
                if target not in LINKS and os.access(word, os.X_OK) and word.startswith(f'{self.tree}/build/'):
                    LINKS[target] = quiet(['ninja', '-C', self.tree / 'build', '-t', 'commands', target]).strip().split('\n')[-1]
            if target in LINKS:
                out = folder / target.replace('/', '-')
                if not out.exists():
                    words = shlex.split(LINKS[target])
                    at = words.index('-o')
                    words[at + 1:at + 2] = [str(out), str(folder / 'catalog.o')]
                    quiet(words, cwd=self.tree / 'build')
                made[word] = str(out)
        return made


LINKS = {}


def ask_sanitizers(judge, tree, numbers, killers):
    """Asks them about the changes of C that no test noticed, in a build of their own."""
    left = [m for m in numbers if killers[m] is None and judge.reached[numbers[m]]]
    if not left:
        return
    say(f'{len(left)} under the sanitizers')
    build = tree / 'build-sanitized'
    configure(tree, build, '-Db_sanitize=address,undefined')
    quiet(['ninja', '-C', build, '-j2', 'all'])
    judge.sanitized_tests = {(t.suite, t.name): t for t in tests_of(tree, build)}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for m, killer in zip(left, pool.map(lambda m: judge.sanitized(numbers[m]), left)):
            killers[m] = killer
            if killer:
                say('noticed after all:', described(m), 'by', killer)


# ---- The report ----

def described(mutant):
    return f'{mutant.path}:{mutant.line}: {mutant.was} -> {mutant.now}'


def tell(kind, mutants, killers):
    """Prints the survivors and the share that was noticed; true when it reaches the floor."""
    survivors = [m for m in mutants if killers[m] is None]
    noticed = len(mutants) - len(survivors)
    for m in sorted(survivors, key=lambda m: (m.path, m.line)):
        print(f'{described(m)}\n        {source_line(m).strip()}')
    if not mutants:
        return True
    share = noticed / len(mutants)
    print(f'{kind}: {noticed} of {len(mutants)} changes are noticed: {share:.1%} (floor: {FLOOR:.0%})', flush=True)
    return share >= FLOOR


def drawn(mutants, count, seed, without):
    pool = [m for m in mutants if m not in without]
    return sorted(random.Random(seed).sample(pool, min(count, len(pool))), key=lambda m: (m.path, m.site.start, m.now))


def main():
    parser = argparse.ArgumentParser(prog='dev mutate', description=__doc__.split('\n\n')[0])
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('count', type=int, nargs='?', default=200)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--in', dest='folders', action='append', metavar='PATH', help='only in these files or folders')
    parser.add_argument('--only', choices=['c', 'data'])
    o = parser.parse_args()
    build = o.build.resolve()
    tree = build / 'tree'
    say('copying and configuring')
    copy_project(tree, {})
    configure(tree, tree / 'build')
    names = files()
    c_paths = [n for n in names if n.endswith('.c') and within(n, o.folders or FOLDERS)]
    data_paths = [n for n in names if n.startswith('data/') and n.endswith(('.yaml', '.csv')) and within(n, o.folders or ['data']) and
                  not n.startswith('data/azure/')]
    say('reading what can be changed')
    all_c, all_data = c_mutants(tree, c_paths) if o.only != 'data' else [], data_mutants(data_paths) if o.only != 'c' else []
    same = equivalents(HERE / 'equivalent.txt', tree, names)
    half = o.count if o.only or not all_c or not all_data else o.count // 2
    in_c, in_data = drawn(all_c, half, o.seed, same), drawn(all_data, o.count - half if all_c else half, o.seed, same)
    say(f'{len(in_c)} of {len(all_c)} in C, {len(in_data)} of {len(all_data)} in data; building')
    numbers = compile_all(tree, in_c)
    tests = tests_of(tree, tree / 'build')
    say('running the tests once')
    judge = Judge(tree, build, tests, trace(tests, build, tree))
    say('changing')
    if in_data:
        judge.data_tests = [t for t in tests if t.suite not in C_ONLY and t.name not in C_ONLY and judge.knows_catalog(t)]
        same_text = in_data[0]._replace(site=in_data[0].site._replace(new=in_data[0].was))
        noticed = judge.data('same', same_text)
        if noticed:
            raise SystemExit(f'mutate: {noticed} fails with a catalog that is linked in, though nothing is changed')
    killers, begun = {}, time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = {pool.submit(judge.c, n, m): m for m, n in numbers.items()}
        jobs.update({pool.submit(judge.data, i, m): m for i, m in enumerate(in_data)})
        for done, job in enumerate(concurrent.futures.as_completed(jobs), 1):
            killers[jobs[job]] = job.result()
            if not job.result():
                say('noticed by nobody:', described(jobs[job]))
            if done % 20 == 0:
                say(f'{done} of {len(jobs)}, {time.monotonic() - begun:.0f} s')
    judge.keep_kills()
    try:
        ask_sanitizers(judge, tree, numbers, killers)
    except SystemExit as failed:  # what was found so far is told all the same
        say('the sanitizers were not asked:', failed)
    good = [tell('C', [m for m in in_c if m in numbers], killers), tell('data', in_data, killers)]
    sys.exit(0 if all(good) else 2)


if __name__ == '__main__':
    main()
