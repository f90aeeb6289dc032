#!/usr/bin/env python3
"""What is no file, given to each command that reads one: silent FIFOs, sockets, devices that never end, links in a ring, folders that hold
such; and text where a key is to be. Nothing hangs, nothing crashes, nothing is read for ever, nothing passes for evidence, and each is told.
Usage: inputs.py SIDELIGHT; prints TAP."""
import concurrent.futures
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
SECONDS = 60
LOOPBACK = ["--to", "http://127.0.0.1:1", "--tries", "1"]
SERVE = ["fleet", "serve", "--store", "STORE", "--listen", "127.0.0.1:0"]

# Where the odd file stands is X; each run has a STORE of its own.
COMMANDS = [
    ["check", "X"], ["check", "--host-evidence", "X", "iron.host"], ["check", "--files-from", "X"], ["check", "--root", "X"], ["check", "--hive", "X"],
    ["check", "--data", "X", "iron.host"], ["check", "--windows-root", "X"], ["check", "-o", "X", "iron.host"], ["advise", "X"],
    ["explain", "mds", "X"], ["diff", "X", "iron.host"], ["what-if", "--smt", "off", "X"], ["guidance", "show", "--for", "X", "az-2018-01-12"],
    ["inventory", "X"], ["cloud-service", "lint", "X"], ["cloud-service", "startup-task", "--write", "X"], ["fix", "X"], ["fix", "--root", "X"],
    ["fix", "--policy", "X", "iron.host"], ["fix", "--cloud-service", "X"], ["fix", "--windows-root", "X"], ["data", "verify", "--key", "/dev/null", "X"],
    ["data", "update", "--key", "X", "--store", "STORE", "iron.host"], ["data", "update", "--key", "/dev/null", "--signature", "X", "--store", "STORE", "iron.host"],
    ["fleet", "import", "--store", "STORE", "X"], ["fleet", "status", "--store", "X"], ["fleet", "restore", "X", "--store", "STORE"],
    ["fleet", "backup", "X", "--store", "STORE"], ["fleet", "send", *LOOPBACK, "X"], ["fleet", "send", *LOOPBACK, "--token-file", "X", "iron.host"],
    ["fleet", "send", *LOOPBACK, "--ca", "X", "iron.host"], [*SERVE, "--key", "X", "--certificate", "X"],
    [*SERVE, "--key", "iron.host", "--certificate", "iron.host", "--client-ca", "X"],
]
TOLD = (3, 64, 65, 66, 70)


def prepare(folder):
    shutil.copy(TESTS / "cli" / "machines" / "iron.host", folder)
    os.mkfifo(folder / "fifo")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(folder / "sock"))
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "ring").symlink_to("ring")
    odd = folder / "folder"
    odd.mkdir()
    os.mkfifo(odd / "fifo")
    (odd / "zero").symlink_to("/dev/zero")
    (odd / "ring").symlink_to("ring")
    (odd / "up").symlink_to("..")
    return {"a silent FIFO": "fifo", "a socket": "sock", "a device": "/dev/zero", "nothing": "/dev/null", "a link to a device": "zero", "a link in a ring": "ring",
            "a folder of such": "folder"}


def run(program, folder, number, command, what):
    words = [what if w == "X" else f"store{number}" if w == "STORE" else w for w in command]
    try:
        done = subprocess.run([program, *words], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False,
                              env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
    except subprocess.TimeoutExpired:
        return f"{' '.join(words)}: hangs"
    if done.returncode < 0:
        return f"{' '.join(words)}: killed by signal {-done.returncode}"
    if done.returncode not in TOLD or not (done.stderr.startswith(b"sidelight: ") or b"kept aside" in done.stdout):
        return f"{' '.join(words)}: {done.returncode} {done.stderr[:150]!r} {done.stdout[:150]!r}"
    return None


def main(program):
    program, number, bad = os.path.abspath(program), 0, 0
    with tempfile.TemporaryDirectory() as name, concurrent.futures.ThreadPoolExecutor(16) as pool:
        folder = pathlib.Path(name)
        kinds = prepare(folder)
        print(f"1..{len(kinds)}")
        for kind, what in kinds.items():
            jobs = [pool.submit(run, program, folder, f"{number}-{i}", command, what) for i, command in enumerate(COMMANDS)]
            wrong = [job.result() for job in jobs if job.result()]
            number += 1
            bad += bool(wrong)
            print(f"{'not ok' if wrong else 'ok'} {number} - {kind}, given to {len(COMMANDS)} commands", *(f"# {w}" for w in wrong), sep="\n")
    return 1 if bad else 0


sys.exit(main(sys.argv[1]))
