#!/usr/bin/env python3
"""HACKING.md, "Add a flaw in ten minutes", done to the letter on a copy of the data folder. Prints TAP.

usage: test_hacking.py SIDELIGHT TEST_HOSTS SOURCE_ROOT"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

sidelight, root = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
number = 0


def result(ok, name, detail=""):
    global number
    number += 1
    if not ok:
        print(textwrap.indent(detail, "# "))
    print(f"{'ok' if ok else 'not ok'} {number} - {name}")


def blocks(text):
    """The fenced blocks: language, path behind it, contents."""
    for m in re.finditer(r"^( *)```(\w+)(?: (\S+))?\n(.*?)^ *```$", text, re.M | re.S):
        yield m.group(2), m.group(3), textwrap.dedent(m.group(4))


with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    shutil.copytree(root / "data", work / "data")
    commands = []
    for language, path, contents in blocks((root / "HACKING.md").read_text()):
        if path:
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(contents)
        elif language == "sh":
            commands = [line.split() for line in contents.splitlines() if line.startswith("sidelight ")]
    result(len(commands) == 1, "the recipe has one command to run")
    run = subprocess.run([sidelight] + commands[0][1:], cwd=work, capture_output=True, text=True)
    result(run.returncode == 0, "it exits with 0", run.stdout + run.stderr)
    result("the kernel puts a saucer under it" in " ".join(run.stdout.split()), "it quotes the new sentence", run.stdout)
    run = subprocess.run([sidelight, "list", "--data", "data"], cwd=work, capture_output=True, text=True)
    result("teacup" in run.stdout, "the new flaw is in the list", run.stdout + run.stderr)
    flaw = work / "data/vulns/teacup.yaml"
    flaw.write_text(flaw.read_text().replace("rdcl_no", "rdcl_mo"))
    run = subprocess.run([sidelight] + commands[0][1:], cwd=work, capture_output=True, text=True)
    result(run.returncode == 65 and "vulns/teacup.yaml:8: unknown fact 'cap.rdcl_mo'" in run.stderr,
           "a mistake in it is named with file and line", run.stdout + run.stderr)
print(f"1..{number}")
