#!/usr/bin/env python3
"""Checks that what people read is plain modern English: the texts of data/ and the strings of src/ use none of these turns."""
import re

import tree

# A turn that is not wanted; what to write in its place; a text that must be caught; one that must not.
TURNS = (
    (r', for (the|it|its|they|there|these|nobody|nothing|no)\b', '"because"', 'it is off, for the microcode is old',
     'off by default, for example'),
    (r'\b[Ss]omebody\b', 'who it is: a program, an attacker, "someone else"', 'unless somebody switches it off', 'someone else'),
    (r'\bhangs? on\b', '"depends on"', 'what everything hangs on', 'the second run hangs or fails'),
    (r'\btells? (about|of)\b', '"reports", "describes"', 'Windows tells about TSX', 'it tells the reader'),
    (r'\btells?(?=[.;,:]|$)', '"shows it"', 'only the register tells.', 'tells them apart'),
    (r'\b(is|was|are|were) not said\b', '"is not set", "you have not said"', 'osFamily is not said', 'it does not say'),
    (r'\bcannot be told\b', '"is not known"', 'whether it is on cannot be told', 'it cannot be known from inside'),
    (r'\b[Cc]ode that (you do not trust|is not trusted)\b', '"code you do not trust"', 'if code that you do not trust runs here',
     'code you do not trust'),
    (r'\bholds? the (repair|mitigation|protection)\b', '"has the fix", "contains"', 'microcode 5 holds the repair',
     'has the fix'),
    (r'\bknown are\b', '"expected one of: a, b, c"', 'no such format; known are a|b', 'the known ones are'),
    (r'\bto be had here\b', '"is not available here"', 'there is no IBPB to be had here', 'to be had'),
    (r'\bfor want of\b', '"because", "so"', 'prints it for want of one', 'wanted'),
    (r'\bin spite of\b', '"despite"', 'in spite of enhanced IBRS', 'despite enhanced IBRS'),
    (r'\bmeanwhile(?=[.;,:]|$)', 'nothing, or "at the same time"', 'the other one can watch meanwhile',
     'meanwhile it goes on'),
    (r'\b(has|have) not (the|an?|any)\b', '"does not have"', 'the element has not the namespace', 'has not been read'),
    (r'\belse than\b', '"other than"', 'something else than was meant', 'anything else'),
    (r'\banother \w+ than\b', '"a … other than"', 'ends with another code than 0', 'another code'),
    (r'\b(on Linux|for Wine|your provider|next restart) only(?=[.;,:]|$)', '"only" before what it limits',
     'folders are read on Linux only', 'only on Linux'),
    (r'\bis not to be relied on\b', '"cannot be relied on"', 'the revision is not to be relied on', 'it relies on'),
    (r'\bhypervisor is below\b', '"the processor reports a hypervisor"', 'no hypervisor is below', 'below 8.0'),
    (r'\bhost\'s affair\b', '"is up to the host"', 'that is the host\'s affair', 'up to the host'),
    (r'\b(says|knows) nothing of\b', '"about"', 'says nothing of barriers', 'says nothing about barriers'),
    (r'\bwhoever rules\b|\brules the kernel\b', '"controls"', 'who already rules the kernel', 'the rules of the kernel'),
    (r'\bNothing seen here\b', '"Nothing on this machine shows whether"', 'Nothing seen here tells about it', 'nothing here'),
)
LITERAL = r'"(?:[^"\\\n]|\\.)*"'
COMMENT = {'.c': r'/\*.*?\*/|//[^\n]*', '.h': r'/\*.*?\*/|//[^\n]*', '.yaml': r'(?:^|(?<=\s))#[^\n]*'}


def strings(path, text):
    """(line, text) of each string of a C or YAML file; neighbours in C, which the compiler joins, are one."""
    suffix = path[path.rindex('.'):]
    joined = rf'{LITERAL}(?:[\s\\]+{LITERAL})*' if suffix != '.yaml' else LITERAL
    for found in re.finditer(rf"({joined})|'(?:\\.|[^'\\\n])'|{COMMENT[suffix]}", text, re.S | re.M):
        if found[1]:
            pieces = re.findall(LITERAL, found[1])
            yield text.count('\n', 0, found.start()) + 1, ''.join(piece[1:-1] for piece in pieces)


def faults(path, text):
    return [f'{path}:{line}: "{found[0]}": write {instead}' for line, string in strings(path, text)
            for turn, instead, _, _ in TURNS for found in re.finditer(turn, string)]


def planted():
    """Each turn is found where it is planted, in both languages, and nowhere beside it; comments are left alone."""
    missed = []
    for turn, _, bad, good in TURNS:
        split = bad.replace(' ', ' "\n        "', 1)
        for path, text in (('a.yaml', f'reason: "{bad}"'), ('a.c', f'f("{split}");')):
            if not faults(path, text):
                missed.append(f'{path}: {turn} is not found in "{bad}"')
        if faults('a.yaml', f'reason: "{good}"'):
            missed.append(f'"{good}" is refused')
        for path, text in (('a.yaml', f'# "{bad}"\n'), ('a.c', f"c = '\"'; /* \"{bad}\" */\n")):
            if faults(path, text):
                missed.append(f'{path}: the comment "{bad}" is refused')
    return missed


def main():
    tree.tap([('planted turns are found', planted())] +
             [(f'plain words in {folder}', [f for path in tree.files('.c', '.h', '.yaml', under=folder)
                                            for f in faults(path, tree.text(path))]) for folder in ('data', 'src')])


main()
