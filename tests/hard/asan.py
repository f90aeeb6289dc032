#!/usr/bin/env python3
"""`./dev build --asan` gives a program that runs, under the sanitizers, from a copy of the sources that was never built in. It takes a build,
so only SIDELIGHT_FULL=1 (./dev test --full) does it. Prints TAP."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS), str(TESTS / "lint")]
import tap
import tree


def copy(folder):
    for path in tree.files():
        target = os.path.join(folder, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(os.path.join(tree.ROOT, path), target)


def main():
    if os.environ.get("SIDELIGHT_FULL") != "1":
        print("1..0 # SKIP a build takes long: ./dev test --full hard")
        return
    t = tap.Tap()
    with tempfile.TemporaryDirectory() as folder:
        copy(folder)
        done = subprocess.run(["./dev", "build", "--asan"], cwd=folder, capture_output=True, check=False, stdin=subprocess.DEVNULL)
        program = os.path.join(folder, "build", "asan", "sidelight")
        t.ok("./dev build --asan ends well", done.returncode == 0 and os.access(program, os.X_OK), done.stderr[-600:])
        if os.access(program, os.X_OK):
            host = str(TESTS / "cli" / "machines" / "iron.host")
            flags = subprocess.run([program, "check", host], env={**os.environ, "ASAN_OPTIONS": "help=1"}, capture_output=True, check=False)
            t.ok("the program is under the address sanitizer", b"AddressSanitizer" in flags.stderr + flags.stdout, flags.stderr[-300:])
            judged = subprocess.run([program, "check", host], capture_output=True, check=False)
            t.ok("and judges", judged.returncode == 2 and not judged.stderr, judged.returncode, judged.stderr[-300:])
    t.end()


main()
