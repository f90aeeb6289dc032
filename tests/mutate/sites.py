"""Where C can be changed in a small way: read from clang's syntax tree, so that a change is always one of an expression."""
import bisect
import collections
import json
import re
import subprocess

SWAPS = {'<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '==', '&&': '||', '||': '&&', '+': '-', '-': '+',
         '&': '|', '|': '&', '<<': '>>', '>>': '<<'}
STATEMENTS = ('CallExpr', 'CStyleCastExpr', 'CompoundAssignOperator')
# What the sanitizers see, with which ./dev test runs all tests a second time, and this build does not have: memory that is not given
# back, and one element behind a table.
TIDYING = re.compile(r'\s*(?:\(void\)\s*)?(?:arena_reset|arena_release|free|fclose|close|\w+_free)\s*\(')
BEHIND_TABLE = re.compile(r'<\s*sizeof\(\w+\)\s*/\s*sizeof\(')

NOTHING = re.compile(r'\(void\)\s*\w+;')  # a parameter that is not used

# One change: the text from `start` to `end` becomes `new`, in which {0}, {1} stand for the texts of `parts` (ranges inside).
Site = collections.namedtuple('Site', 'start end new parts statement was now')


class Reader:
    """The sites of one file's functions."""

    def __init__(self, path, source):
        self.source, self.sites, self.enumerators = source, [], {}
        self.can_fail = False  # is this a function that returns 0, or -1?
        self.path = path
        self.lines = [0] + [m.end() for m in re.finditer('\n', source)]

    def line(self, offset):
        return bisect.bisect_right(self.lines, offset)

    def span(self, node):
        """The node's place in the file, or None when it is (partly) made by a macro that cannot be told apart."""
        begin, end = node.get('range', {}).get('begin', {}), node.get('range', {}).get('end', {})
        if 'expansionLoc' in begin and begin['expansionLoc'].get('offset') == end.get('expansionLoc', {}).get('offset'):
            return None
        begin, last = begin.get('expansionLoc', begin), end.get('expansionLoc', end)
        if 'offset' not in begin or 'offset' not in last:
            return None
        stop = last['offset'] + last['tokLen']
        if 'expansionLoc' in end and self.source[stop:stop + 1] == '(':
            stop = self.closing(stop)
        return (begin['offset'], stop) if begin['offset'] < stop else None

    def closing(self, at):
        depth = 0
        for at in range(at, len(self.source)):
            depth += {'(': 1, ')': -1}.get(self.source[at], 0)
            if depth == 0:
                break
        return at + 1

    def add(self, span, new, parts=(), statement=False, now=None):
        was = ' '.join(self.source[slice(*span)].split())
        texts = [' '.join(self.source[slice(*p)].split()) for p in parts]
        self.sites.append(Site(*span, new, tuple(parts), statement, was, now or new.format(*texts)))

    def walk(self, node):
        kind, span = node.get('kind'), None
        if kind in ('ConstantExpr', 'UnaryExprOrTypeTraitExpr') or node.get('storageClass') == 'static' and kind == 'VarDecl':
            return
        inner = [n for n in node.get('inner', ()) if n]
        span = self.span(node)
        if span:
            getattr(self, 'see_' + kind, self.see_other)(node, inner, span)
        for child in inner:
            self.walk(child)

    def see_other(self, node, inner, span):
        pass

    def see_BinaryOperator(self, node, inner, span):
        op, ends = node['opcode'], [self.span(n) for n in inner]
        if op not in SWAPS or None in ends or self.source[ends[0][1]:ends[1][0]].strip() != op:
            return
        if op in ('+', '-', '&', '|', '<<', '>>') and any('*' in n['type']['qualType'] for n in inner):
            return
        if op == '<' and BEHIND_TABLE.match(self.source[ends[0][1]:ends[1][1]].lstrip()):
            return
        self.add(span, '{0} ' + SWAPS[op] + ' {1}', ends)

    def see_IfStmt(self, node, inner, span):
        condition = self.span(inner[0])
        if condition:
            self.add(condition, '0', now='false')

    def see_ConditionalOperator(self, node, inner, span):
        condition = self.span(inner[0])
        if condition:
            self.add(condition, '!({0})', [condition])

    def see_UnaryOperator(self, node, inner, span):
        operand = self.span(inner[0])
        if node['opcode'] == '!' and operand:
            self.add(span, '!!({0})', [operand], now=' '.join(self.source[slice(*operand)].split()))

    def see_IntegerLiteral(self, node, inner, span):
        before, after = self.source[max(0, span[0] - 8):span[0]], self.source[span[1]:span[1] + 2]
        if before.endswith('return -'):
            return  # any negative number is a failure
        if before.endswith('{ ') and after == ' }' and self.source[slice(*span)] == '0':
            return  # an empty struct: its first member is often no number
        if before.endswith('return ') and self.source[slice(*span)] == '0' and after[:1] == ';' and self.can_fail:
            self.add(span, '-1')  # callers ask whether it is negative
            return
        match = re.fullmatch(r'(0x[0-9a-fA-F]+|[0-9]+)([uUlL]*)', self.source[slice(*span)])
        if match:
            value = int(match[1], 16 if match[1].startswith('0x') else 10) + 1
            self.add(span, (hex(value) if match[1].startswith('0x') else str(value)) + match[2])

    def see_DeclRefExpr(self, node, inner, span):
        other = self.enumerators.get(node.get('referencedDecl', {}).get('id'))
        if other and self.source[slice(*span)] == node['referencedDecl']['name']:
            self.add(span, other)

    def see_ReturnStmt(self, node, inner, span):
        match = re.match(r'return\s+(true|false)\s*;', self.source[span[0]:span[0] + 40])
        if match:
            at = span[0] + match.start(1)
            self.add((at, span[0] + match.end(1)), 'false' if match[1] == 'true' else 'true')

    def see_CompoundStmt(self, node, inner, span):
        for child in inner:
            self.removable(child)

    def removable(self, node):
        kind = node.get('kind')
        if not (kind in STATEMENTS or kind == 'BinaryOperator' and node['opcode'] == '=' or
                kind == 'UnaryOperator' and node['opcode'] in ('++', '--')):
            return
        span = self.span(node)
        if span and self.source[span[1]:span[1] + 1] == ';' and not NOTHING.match(self.source, span[0]) and not TIDYING.match(self.source, span[0]):
            self.add((span[0], span[1] + 1), '', statement=True, now='(removed)')


def enumerators(unit):
    """For each enumerator, by its id, the name of another of the same enumeration."""
    found = {}
    for node in unit['inner']:
        names = [n for n in node.get('inner', ()) if n.get('kind') == 'EnumConstantDecl' and not n['name'].endswith('_COUNT')]
        for i, name in enumerate(names):
            if len(names) > 1:
                found[name['id']] = names[(i + 1) % len(names)]['name']
    return found


def read(path, source, flags):
    """All sites of a file, in order; clang must be able to read it with these flags."""
    command = ['clang', *flags, '-w', '-fsyntax-only', '-Xclang', '-ast-dump=json', path]
    dump = subprocess.run(command, capture_output=True, check=False)
    if not dump.stdout:
        raise SystemExit(f'mutate: clang cannot read {path}:\n' + dump.stderr.decode())
    unit, reader = json.loads(dump.stdout), Reader(path, source)
    reader.enumerators = enumerators(unit)
    for node in unit['inner']:
        at = node.get('loc', {}).get('offset')
        if node['kind'] == 'FunctionDecl' and at and source[at:at + len(node['name'])] == node['name'] and \
                'includedFrom' not in node['loc'] and node.get('inner') and node['inner'][-1]['kind'] == 'CompoundStmt':
            reader.can_fail = node['type']['qualType'].startswith('int (') and \
                re.search(r'return -1|diag_fail|< 0', source[node['range']['begin']['offset']:node['range']['end']['offset']]) is not None
            reader.walk(node['inner'][-1])
    return sorted(set(reader.sites), key=lambda s: (s.start, -s.end, s.new))


def render(source, start, end, numbered):
    """The text from start to end with every site, pairs of number and Site in order, behind its switch."""
    text, at, i = [], start, 0
    while i < len(numbered):
        number, site = numbered[i]
        inside = []
        i += 1
        while i < len(numbered) and numbered[i][1].start < site.end:
            inside.append(numbered[i])
            i += 1
        text += [source[at:site.start], switch(source, number, site, inside)]
        at = site.end
    return ''.join(text) + source[at:end]


def switch(source, number, site, inside):
    same = render(source, site.start, site.end, inside)
    if site.statement:
        return f'{{ if (!MUTANT({number})) {{ {same} }} }}'
    parts = [render(source, *p, [n for n in inside if p[0] <= n[1].start and n[1].end <= p[1]]) for p in site.parts]
    return f'(MUTANT({number}) ? ({site.new.format(*parts)}) : ({same}))'
