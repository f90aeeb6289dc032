"""Cases as functions, told as TAP (tests/tap.py)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap  # noqa: E402

CASES = []


def case(function):
    CASES.append(function)
    return function


def main():
    tap = Tap()
    for function in CASES:
        try:
            function()
        except (AssertionError, KeyError, ValueError) as e:
            tap.ok(function.__name__, False, type(e).__name__, repr(e)[:700].replace('\n', ' '))
        else:
            tap.ok(function.__name__, True)
    tap.end()
