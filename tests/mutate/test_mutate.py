#!/usr/bin/env python3
"""Plants changes: every one is noticed by a test that looks at it, and none by a test that looks away. Prints TAP."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import data
import mutate
import sites

PLANTED = """enum color { RED, GREEN, BLUE };
static int calls;
static void note(void) { calls++; }
static enum color color(int a, int b) {
        if (a > 10)
                return BLUE;
        note();
        return a == 2 && !b ? GREEN : RED; /* … */
}
"""
SEES = """int main(void) {
        return !(color(10, 0) == RED && calls == 1 && color(11, 0) == BLUE && calls == 1 && color(2, 0) == GREEN && color(2, 1) == RED &&
                 color(3, 0) == RED);
}
"""
LOOKS_AWAY = "int main(void) { return 0 * color(1, 1); }\n"
RULE = """rules:
  - id: planted # when: "a < v1.2"
    when: "a < v4.15.3 and not cap.b or cpu in {x, y:1-2}"
    owner: kernel
    boundaries: [user-kernel]
    fixes: [update-kernel]
    reason: "the kernel is older than v4.15"
"""
number = 0


def result(ok, name, detail=''):
    global number
    number += 1
    print('ok' if ok else 'not ok', number, '-', name)
    if not ok:
        print('#', detail)


def survivors(folder, main):
    """The changes of PLANTED that this test lets through."""
    path = folder / 'planted.c'
    path.write_text(PLANTED)
    source = path.read_text(encoding='latin-1')
    found = sites.read(str(path), source, [])
    path.write_text(mutate.SWITCH + sites.render(source, 0, len(source), list(enumerate(found))) + mutate.SWITCHBOARD + main,
                    encoding='latin-1')
    subprocess.run(['cc', '-w', '-o', folder / 'planted', path], check=True)
    run = [subprocess.run([folder / 'planted'], env={'MUTANT_NOW': str(n)}, check=False).returncode for n in range(-1, len(found))]
    result(run[0] == 0, 'unchanged it passes')
    return found, [s for s, code in zip(found, run[1:]) if code == 0]


with tempfile.TemporaryDirectory() as made:
    all_sites, alive = survivors(pathlib.Path(made), SEES)
    changes = {f'{s.was} -> {s.now}' for s in all_sites}
    expected = {'a > 10 -> a >= 10', 'a > 10 -> false', '10 -> 11', 'a == 2 -> a != 2', '2 -> 3', 'a == 2 && !b -> a == 2 || !b', '!b -> b',
                'GREEN -> BLUE', 'RED -> GREEN', 'BLUE -> RED', 'note(); -> (removed)', 'calls++; -> (removed)',
                'a == 2 && !b -> !(a == 2 && !b)'}
    result(changes == expected, 'every planted change is found', f'{changes ^ expected}')
    result(not alive, 'a test that looks notices each', f'{alive}')
    all_sites, alive = survivors(pathlib.Path(made), LOOKS_AWAY)
    result(alive == all_sites, 'a test that looks away notices none', f'{alive}')

changes = {f'{s.was} -> {s.now}' for s in data.read('data/vulns/planted.yaml', RULE)}
expected = {'< -> <=', 'and -> or', 'or -> and', 'not  -> (removed)', '4.15.3 -> 4.15.4', 'x,  -> (removed)', ', y:1-2 -> (removed)',
            'kernel -> application', 'user-kernel -> user-user', 'update-kernel -> ask-provider'}
result(changes == expected, 'every word of a rule that decides is changed, and no text', f'{changes ^ expected}')
changes = [(s.was, s.now) for s in data.read('planted.csv', 'signature,platform_mask,revision\n0x00000f4a,0x10,0x00000002\n')]
result(changes == [('0x00000f4a', '0xf4b'), ('0x00000002', '0x1'), ('0x00000002', '0x3')], 'a row of a table', changes)
print(f'1..{number}')
