"""How much is tried of what is tried many times in like ways (share.h is the same for C)."""
import os

FULL = os.environ.get('SIDELIGHT_FULL') == '1'


def sanitized(program):
    with open(program, 'rb') as f:
        return b'__asan_init' in f.read()


def one_in(program, many=4):
    """One in so many: all of it, but of a program that the sanitizers watch: they ask how memory is used, and see each kind of input in a
    part; the other build holds the answers to all. `./dev test --full` tries all with both."""
    return many if not FULL and sanitized(program) else 1
