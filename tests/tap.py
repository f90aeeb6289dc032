"""What test scripts print: TAP, a line for each case, and behind one that fails why."""
import sys

LINES_SHOWN = 40  # of each detail, the last ones


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = False

    def ok(self, name, good, *details):
        self.count += 1
        self.failed |= not good
        print('ok' if good else 'not ok', self.count, '-', name)
        for d in () if good else details:
            for line in str(d).splitlines()[-LINES_SHOWN:]:
                print('#', line)
        sys.stdout.flush()

    def same(self, name, got, want):
        self.ok(name, got == want, f'got  {got!r}'[:2000], f'want {want!r}'[:2000])

    def skip(self, name, why):
        self.count += 1
        print(f'ok {self.count} - {name} # SKIP {why}', flush=True)

    def end(self):
        print(f'1..{self.count}')
        sys.exit(1 if self.failed else 0)
