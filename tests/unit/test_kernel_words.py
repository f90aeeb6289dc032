#!/usr/bin/env python3
"""Command lines as kernels read them: our reader against a model of theirs, over generated lines. test_kernel_words.py WORDS_TOOL

The model is written from how the kernel does it (lib/cmdline.c, next_arg; kernel/params.c, parse_args; arch/x86/lib/cmdline.c), byte by byte on
a buffer that is cut with NULs, as there, and shares nothing with ours. 5,000 lines, or 100,000 with SIDELIGHT_FULL=1.
"""
import os
import random
import subprocess
import sys

TOOL = os.path.abspath(sys.argv[1])
COUNT = 100000 if os.environ.get('SIDELIGHT_FULL') == '1' else 5000
SPACES = frozenset(b' \t\n\v\f\r\xa0')  # _S of lib/ctype.c
SCANNED = ((b'pti', True), (b'nopti', False), (b'spectre_v2', True), (b'nospectre_v2', False), (b'spectre_v2_user', True),
           (b'spec_store_bypass_disable', True), (b'tsx', True), (b'dis_ucode_ldr', False), (b'nospec_store_bypass_disable', False),
           (b'clearcpuid', True))
PIECES = [b' ', b' ', b' ', b'  ', b'\t', b'\n', b'\xa0', b'\xc2\xa0', b'\xc3\xa0', b'\x01', b'"', b'"', b'""', b'=', b'==', b'-', b'--', b' -- ', b"'", b'\\"', b'\\', b',', b'.',
          b'mitigations=off', b'mitigations', b'=off', b'nopti', b'no-pti', b'pti=on', b'pti', b'spectre_v2=off', b'spectre-v2=off', b'spectre_v2=',
          b'mmio-stale-data=off', b'kvm-intel.vmentry_l1d_flush=never', b'x', b'a b', b'nosmt', b'nosmt=force', b'tsx=on', b'clearcpuid=1,2',
          b'clearcpuid', b'root="UUID=1 2"', b'"k=a b"', b'k="a b"', b'"--"', b'--=', b'=--', b'o\xff', b'%s', b'nospectre_v2=0', b'dis_ucode_ldr']


# ---- The model ----

def string_at(buffer, at):
    return bytes(buffer[at:buffer.index(0, at)])


def next_arg(buffer, args):
    """Cuts the buffer, as the kernel does; gives where the parameter and its value (or None) begin, and where it goes on."""
    in_quote = quoted = buffer[args] == 0x22
    args += quoted
    i = equals = 0
    while buffer[args + i]:
        c = buffer[args + i]
        if c in SPACES and not in_quote:
            break
        if not equals and c == 0x3d:
            equals = i
        if c == 0x22:
            in_quote = not in_quote
        i += 1
    param, value = args, None
    if equals:
        buffer[args + equals] = 0
        value = args + equals + 1
        if buffer[value] == 0x22:
            value += 1
            if buffer[args + i - 1] == 0x22:
                buffer[args + i - 1] = 0
    if quoted and i > 0 and buffer[args + i - 1] == 0x22:
        buffer[args + i - 1] = 0
    if buffer[args + i]:
        buffer[args + i] = 0
        args += i + 1
    else:
        args += i
    return param, value, skip(buffer, args)


def skip(buffer, at):
    while buffer[at] in SPACES:
        at += 1
    return at


def parameters(line):
    """What parse_args hands on: pairs of name and value, up to "--"."""
    buffer, found = bytearray(line + b'\0\0'), []
    at = skip(buffer, 0)
    while buffer[at]:
        param, value, at = next_arg(buffer, at)
        if value is None and string_at(buffer, param) == b'--':
            break
        found.append((string_at(buffer, param), None if value is None else string_at(buffer, value)))
    return found


def scan(line, option, has_value):
    """cmdline_find_option[_bool]: a machine of states, one byte after the other."""
    state, matched, value, found = 'begin', 0, b'', None
    for c in line + b'\0':
        blank = c <= 0x20
        if state == 'copy':
            if blank:
                state, found = 'begin', value
            else:
                value += bytes([c])
                continue
        if state == 'begin':
            if blank:
                continue
            state, matched = 'compare', 0
        if state == 'compare':
            if matched == len(option):
                if has_value and c == 0x3d:
                    state, value = 'copy', b''
                    continue
                if not has_value and blank:
                    found = b''
            elif not blank and c == option[matched]:
                matched += 1
                continue
            state = 'begin' if blank else 'skip'
        elif state == 'skip' and blank:
            state = 'begin'
    return found


def told(line):
    words = ''.join(name.hex() + ('' if value is None else '=' + value.hex()) + ' ' for name, value in parameters(line))
    found = ((option, has_value, scan(line, option, has_value)) for option, has_value in SCANNED)
    return words + '|' + ''.join(option.hex() + ('=' + value.hex() if has_value else '') + ' ' for option, has_value, value in found if value is not None)


# ---- Lines ----

def lines(rng):
    for piece in PIECES:
        yield piece
    for _ in range(COUNT):
        if rng.random() < 0.1:  # bytes
            yield bytes(rng.choice(b' "=-_pti\xa0\x01a\t') for _ in range(rng.randrange(14)))
        else:
            yield (b' ' if rng.random() < 0.5 else b'').join(rng.choice(PIECES) for _ in range(rng.randrange(9)))


def main():
    made = list(lines(random.Random(20261127)))
    assert scan(b'a pti=on x pti=off', b'pti', True) == b'off' and parameters(b'"k=a b" q="c d" -- e') == [(b'k', b'a b'), (b'q', b'c d')]
    done = subprocess.run([TOOL], input=''.join(line.hex() + '\n' for line in made), stdout=subprocess.PIPE, text=True, check=False)
    got = done.stdout.split('\n')
    wrong = [(line, mine, told(line)) for line, mine in zip(made, got) if mine != told(line)]
    met = sum(told(line).count('=') for line in made)
    good = done.returncode == 0 and len(got) == len(made) + 1 and not wrong and met > len(made)
    print(f'{"ok" if good else "not ok"} 1 - {len(made):,} command lines are read as the kernel reads them ({met:,} values)')
    for line, mine, theirs in wrong[:8]:
        print(f'# {line}\n#   ours   {mine}\n#   theirs {theirs}')
    print(f'# {len(wrong)} differ\n1..1' if wrong else '1..1')
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
