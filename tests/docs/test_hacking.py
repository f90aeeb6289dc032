#!/usr/bin/env python3
"""HACKING.md, "Add a flaw in ten minutes", done to the letter on a copy of the data folder. Prints TAP.

usage: test_hacking.py SIDELIGHT TEST_HOSTS SOURCE_ROOT"""
import json
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
    result(run.returncode == 2, "it finds the flaw open", run.stdout + run.stderr)
    result("microcode 0x2006f05 is older than 0x2007000" in " ".join(run.stdout.split()), "it quotes the new table", run.stdout)
    fixtures = sorted((work / "tests/hosts/rules/teacup").iterdir())
    result(len(fixtures) == 3, "there are three fixtures")
    for fixture in fixtures:
        expected = re.search(r"^-- expect teacup (\S+) (.*)$", fixture.read_text(), re.M)
        words = dict(word.split("=") for word in expected.group(2).split())
        run = subprocess.run([sidelight, "check", "--data", "data", "--only", "teacup", "--format", "json", "--exit-zero", fixture],
                             cwd=work, capture_output=True, text=True)
        found = json.loads(run.stdout)["findings"][0] if run.returncode == 0 else {}
        told = (found.get("status"), found.get("rule"), found.get("owner"), ",".join(found.get("boundaries", [])), ",".join(found.get("fixes", [])))
        wanted = (expected.group(1), words["rule"], words["owner"], words["boundaries"], words.get("fixes", ""))
        result(told == wanted, f"{fixture.name} is judged as it expects", f"expected {wanted}, found {told}\n{run.stderr}")
    facts = subprocess.run([sidelight, "list", "--data", "data", "--facts", "--format", "json"], cwd=work, capture_output=True, text=True)
    own = {f["name"] for f in map(json.loads, facts.stdout.splitlines()) if f["flaw"] == "teacup"}
    result(own == {"cap.teacup_clear", "cap.teacup_no", "cmdline.teacup", "config.teacup", "nt.teacup_reported", "nt.teacup_status",
                   "windows_says_teacup"}, "its facts are its own", str(sorted(own)))
    run = subprocess.run([sidelight, "list", "--data", "data"], cwd=work, capture_output=True, text=True)
    result("teacup" in run.stdout, "the new flaw is in the list", run.stdout + run.stderr)
    flaw = work / "data/vulns/teacup.yaml"
    line = flaw.read_text().split("affected: ")[0].count("\n") + 1
    flaw.write_text(flaw.read_text().replace("and not cap.teacup_no", "and not cap.teacup_mo"))
    run = subprocess.run([sidelight] + commands[0][1:], cwd=work, capture_output=True, text=True)
    result(run.returncode == 65 and f"vulns/teacup.yaml:{line}: unknown fact 'cap.teacup_mo'" in run.stderr,
           "a mistake in it is named with file and line", run.stdout + run.stderr)
print(f"1..{number}")
