"""Where the data folder can be changed in a small way: one word, bound or number of a line that decides something."""
import collections
import re

Site = collections.namedtuple('Site', 'start end new was now')

LAYERS = ('hardware', 'microcode', 'hypervisor', 'kernel', 'application')
STATUSES = ('not-affected', 'mitigated', 'partial', 'vulnerable', 'unknown')
BOUNDARIES = ('user-kernel', 'user-user', 'guest-host', 'guest-guest', 'cross-thread')
CONDITION = re.compile(r'\b(?:when|affected|claimed|condition|is|done|applies|immune|if|default)\s*: *"((?:[^"\\]|\\.)*)"')


def following(words, word):
    return words[(words.index(word) + 1) % len(words)]


def words(line):
    """An owner, a status, boundaries, fixes, a question."""
    for m in re.finditer(r'\bowner: *([a-z]+)', line):
        if m[1] in LAYERS:
            yield m.start(1), m.end(1), following(LAYERS, m[1])
    for m in re.finditer(r'\bstatus: *([a-z-]+)', line):
        if m[1] in STATUSES:
            yield m.start(1), m.end(1), following(STATUSES, m[1])
    for m in re.finditer(r'\bboundaries: *\[([^\]]*)\]', line):
        for b in re.finditer(r'[a-z-]+', m[1]):
            other = next((x for x in BOUNDARIES if x not in m[1]), None)
            if other:
                yield m.start(1) + b.start(), m.start(1) + b.end(), other
    for m in re.finditer(r'\bfixes: *\[([^\]]+)\]', line):
        for f in re.finditer(r'[a-z0-9-]+', m[1]):
            if 'ask-provider' not in m[1]:
                yield m.start(1) + f.start(), m.start(1) + f.end(), 'ask-provider'
            elif 'disable-smt' not in m[1]:
                yield m.start(1) + f.start(), m.start(1) + f.end(), 'disable-smt'
    for m in re.finditer(r'\bask: *"([^"]+)"', line):
        yield m.start(1), m.end(1), 'Is the moon full?'


def conditions(text):
    """Bounds, operators, numbers, words and members of lists in conditions, which may go over several lines."""
    for m in CONDITION.finditer(text):
        start, c = m.start(1), m[1]
        for o in re.finditer(r" (<=|>=|<|>|==|!=|and|or)(?=\s)", c):
            swap = {'<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '==', 'and': 'or', 'or': 'and'}[o[1]]
            yield start + o.start(1), start + o.end(1), swap
        for o in re.finditer(r'\bnot (?=[a-z(])', c):
            yield start + o.start(), start + o.end(), ''
        for o in re.finditer(r'\bv(\d+(?:\.\d+)*)', c):
            parts = [int(p) for p in o[1].split('.')]
            parts[-1] += 1
            yield start + o.start(1), start + o.end(1), '.'.join(map(str, parts))
        for o in re.finditer(r'(?<=[=<>] )(0x[0-9a-f]+|\d+)\b', c):
            yield start + o.start(1), start + o.end(1), hex(int(o[1], 16) + 1) if o[1].startswith('0x') else str(int(o[1]) + 1)
        for o in re.finditer(r'cpu in \{([^}]*)\}', c):
            for name in re.finditer(r'[^,\s][^,]*(?:, *)?', o[1]):
                if ',' in o[1]:
                    first = start + o.start(1) + name.start()
                    last = start + o.start(1) + name.end()
                    if not name[0].rstrip().endswith(','):
                        first -= len(o[1][:name.start()]) - len(o[1][:name.start()].rstrip(', '))
                    yield first, last, ''


def numbers(line):
    """Bits, leaves and registers; builds; steppings of cpus.yaml."""
    for m in re.finditer(r'\b(?:bits?|leaf|subleaf|msr|class|dword|build|first|mask)\b: *"?(0x[0-9a-fA-F]+|\d+)', line):
        yield m.start(1), m.end(1), hex(int(m[1], 16) + 1) if m[1].startswith('0x') else str(int(m[1]) + 1)
    for m in re.finditer(r'\breg: *(e[abcd]x)', line):
        yield m.start(1), m.end(1), following(('eax', 'ebx', 'ecx', 'edx'), m[1])
    for m in re.finditer(r'\bmodels: *"?([^"}]+)"?', line):
        for n in re.finditer(r'0x[0-9a-f]+', m[1]):
            yield m.start(1) + n.start(), m.start(1) + n.end(), hex(int(n[0], 16) + 1)
    for m in re.finditer(r'\b(?:from|until|date): *"?(20\d\d-\d\d-)(\d\d)', line):
        yield m.start(2), m.end(2), '%02d' % (int(m[2]) % 28 + 1)


def rows(text):
    """The signature, mask and revision of a microcode table's rows."""
    for m in re.finditer(r'^(?!#)(0x[0-9a-f]+),(0x[0-9a-f]+|\d*),(0x[0-9a-f]+)', text, re.M):
        for group in (1, 3):
            yield m.start(group), m.end(group), hex(int(m[group], 16) + 1)
        yield m.start(3), m.end(3), hex(int(m[3], 16) - 1)


def blanked(line):
    """The line with its comment made blank: what stands in it keeps its place."""
    kept = without_comment(line)
    return kept + ' ' * (len(line) - len(kept) - line.endswith('\n') * (kept != line)) + '\n' * (line.endswith('\n') and kept != line)


def without_comment(line):
    for m in re.finditer('(?:^| )#', line):
        if line[:m.start()].count('"') % 2 == 0:
            return line[:m.start()]
    return line


def read(path, text):
    """All sites of a data file, in order."""
    found = []
    if path.endswith('.csv'):
        found = list(rows(text))
    else:
        at = 0
        for line in text.splitlines(True):
            for kind in (words, numbers):
                found += [(at + a, at + b, new) for a, b, new in kind(without_comment(line))]
            at += len(line)
        found += conditions(''.join(blanked(line) for line in text.splitlines(True)))
    return [Site(a, b, new, text[a:b], new or '(removed)') for a, b, new in sorted(set(found)) if text[a:b] != new]
