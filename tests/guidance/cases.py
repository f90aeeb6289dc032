"""Cases as functions, told as TAP."""
import sys

CASES = []


def case(function):
    CASES.append(function)
    return function


def main():
    print(f'1..{len(CASES)}')
    failed = False
    for number, function in enumerate(CASES, 1):
        try:
            function()
            print('ok', number, '-', function.__name__)
        except (AssertionError, KeyError, ValueError) as e:
            failed = True
            print('not ok', number, '-', function.__name__, '\n#', repr(e)[:700].replace('\n', ' '))
    sys.exit(failed)
