#!/usr/bin/env python3
"""Who is not root reads less of the running machine, is told so, and hears nothing safer; and may
not read the list of who may read an old file, and lets nobody in. Usage: without_root.py SIDELIGHT; prints TAP."""
import json
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap

NOBODY = pwd.getpwnam("nobody")


def run(program, *words, root):
    who = {} if root else {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": []}
    return subprocess.run([program, *words], capture_output=True, check=False, cwd="/", stdin=subprocess.DEVNULL, **who)


def compare(t, program):
    as_root, as_nobody = (run(program, "check", "--format", "json", root=root) for root in (True, False))
    t.ok("both are judged", {as_root.returncode, as_nobody.returncode} <= {0, 2, 3} and not as_nobody.stderr, as_root, as_nobody)
    root, nobody = (json.loads(done.stdout) for done in (as_root, as_nobody))
    want = {f["id"]: f["status"] for f in root["findings"]}
    got = {f["id"]: f["status"] for f in nobody["findings"]}
    t.same("the same flaws", sorted(got), sorted(want))
    t.same("nothing is safer, or another but unknown", {k: v for k, v in got.items() if v not in (want[k], "unknown")}, {})
    denied = [line for line in run(program, "collect", root=False).stdout.decode().split("\n") if line.startswith("-- denied ") or line.endswith(" denied")]
    t.ok("what was denied stands in the evidence", denied)
    t.ok("and in the report", nobody["host"]["denied"] >= max(1, root["host"]["denied"]), nobody["host"], root["host"])
    text = run(program, "check", root=False).stdout.decode()
    t.ok("and is told to people", re.search(r"; evidence of .*[1-9]\d* unread", text), text[-400:])


def replace(t, program, folder):
    """A file that its owner may write and not read: what list it has, nobody knows. With its mode alone its group might get more."""
    for mode, code, after in ((0o200, 0, True), (0o220, 70, False)):
        path = pathlib.Path(folder) / f"old{mode:o}"
        path.write_text("old\n")
        os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)
        path.chmod(mode)
        done = run(program, "list", "--format", "json", "-o", str(path), root=False)
        t.ok(f"a file of mode {mode:o} is {'written' if after else 'left alone'}",
             done.returncode == code and (path.read_text() != "old\n") == after and path.stat().st_mode & 0o7777 == mode, done)


def main():
    t = tap.Tap()
    if os.geteuid() != 0:
        print("1..0 # SKIP only root can be somebody else")
        return
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        program = shutil.copy(os.path.abspath(sys.argv[1]), folder)
        compare(t, program)
        os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
        replace(t, program, folder)
    t.end()


main()
