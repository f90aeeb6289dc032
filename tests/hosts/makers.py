#!/usr/bin/env python3
"""makers.py SIDELIGHT TEST_HOSTS TABLE...: where it is known who made the processor, no flaw is unknown that only other makers' processors have.

Which flaw is whose is learnt from the fixtures: those makers of whose processors the hardware tables call one affected. Every fixture and every input of
the siblings' tables is held to it that names one maker. Exceptions, by rule: where the system's own answer about the flaw would count and was not read,
or is another one than "Not affected"; what contradicts itself; and what rests on more than one kind of processor."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import siblings
from tap import Tap

HERE = pathlib.Path(__file__).resolve().parent
IDS = {"intel": ("GenuineIntel",), "amd": ("AuthenticAMD",), "hygon": ("HygonGenuine",), "zhaoxin": ("  Shanghai  ", "CentaurHauls"),
       "arm": ("CPU implementer", "MIDR_EL1")}
LEAF_0 = {"756e6547": "intel", "68747541": "amd", "6f677948": "hygon"}


def maker_of(text):
    """The one maker that the input names; None where it names none or several."""
    named = {maker for maker, words in IDS.items() if any(word in text for word in words)}
    named |= {LEAF_0[word] for word in re.findall(r"(?m)^-- cpuid \S+ 0+\.0 \w+ (\w+)", text) if word in LEAF_0}
    # Microsoft's module looked at the maker before it said so.
    named |= {"intel"} if re.search(r"(?i)L1TFHardwareVulnerable\W+true|vulnerable to L1 terminal fault: True", text) else set()
    return named.pop() if len(named) == 1 else None


def fixtures(show):
    for path in sorted([*(HERE / "machines").rglob("*.host"), *(HERE / "rules").rglob("*.host")]):
        text = subprocess.run([show, "show", str(path)], capture_output=True, check=True).stdout.decode(errors="surrogateescape")
        yield str(path.relative_to(HERE)), text


def inputs(tables):
    for table in tables:
        for name, told, parts in siblings.sections(table):
            if [part for part, _ in parts] == [""] and "refused" not in told and not name.startswith("damaged-"):  # parts of several machines
                yield name, siblings.text_of(parts[0][1]).rstrip("\n") + "\n"


def judged(program, texts):
    """Name, maker and report of each input of one machine that is read."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, str(i)) for i in range(len(texts))]
        for path, (_, text) in zip(paths, texts):
            pathlib.Path(path).write_bytes(text.encode(errors="surrogateescape"))
        done = subprocess.run([program, "check", "--exit-zero", "--format", "json", "--files-from", "-"], input="\n".join(paths) + "\n", capture_output=True,
                              text=True, encoding="utf-8", check=False)
    reports = {}
    for line in done.stdout.splitlines():
        report = json.loads(line)
        if "error" not in report:
            reports.setdefault(re.sub(r"[#:(].*$", "", report["source"]), []).append(report)
    for path, (name, text) in zip(paths, texts):
        if len(reports.get(path, [])) == 1:
            yield name, maker_of(text), reports[path][0]


def is_excepted(report, finding):
    asked = any(re.fullmatch(r"sysfs\.\w+|nt\.\w+|system", fact) for fact in finding["missing"])
    said = (finding["text"] or "Not affected") != "Not affected"
    return asked or said or finding["affected"]["os"] == "yes" or finding["contradiction"] or finding["disagreement"] or report["host"]["cpu_classes"] > 1


def main(program, show, *tables):
    t = Tap()
    machines = list(judged(program, list(fixtures(show))))
    whose = {}
    for _, maker, report in machines:
        for finding in report["findings"]:
            whose.setdefault(finding["id"], set())
            if finding["affected"]["hardware"] == "yes" and maker:
                whose[finding["id"]].add(maker)
    tried, bad = 0, []
    for name, maker, report in machines + list(judged(program, list(inputs(tables)))):
        if not maker:
            continue
        for finding in report["findings"]:
            if whose[finding["id"]] and maker not in whose[finding["id"]]:
                tried += 1
                if finding["status"] == "unknown" and not is_excepted(report, finding):
                    bad.append(f"{name}: {finding['id']} is unknown on {maker}: {finding['reason']}")
    t.ok("where the maker is known, other makers' flaws are not unknown", not bad, *bad[:40])
    t.ok("many answers were held to it", tried > 5000, f"{tried} answers")
    t.end()


main(*(os.path.abspath(arg) for arg in sys.argv[1:]))
