"""What the scripts of fix tell: cases as TAP (tests/tap.py), each with its outcome first."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap  # noqa: E402

TAP = Tap()


def tell(good, what, *notes):
    TAP.ok(what, good, *notes)


def end():
    """The plan; a script's exit status."""
    print(f'1..{TAP.count}', flush=True)
    return TAP.failed
