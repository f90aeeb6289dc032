#!/usr/bin/env python3
"""pasted.py SIDELIGHT DOCUMENT TABLE...: what people's ways of copying make of a text never makes an answer safer. Each text of the siblings' tables, and
each example of DOCUMENT, is judged as it is and in the ways below: no flaw may be not affected or mitigated then that was not so before."""
import html
import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap

import siblings
import share  # both lie where siblings.py looks, too
from tap import Tap

SAFE = ("not-affected", "mitigated")


def each(change):
    return lambda text: "\n".join(change(number, line) for number, line in enumerate(text.split("\n"), 1))


def broken(width):
    return lambda text: "\n".join(line[i:i + width] for line in text.split("\n") for i in range(0, max(len(line), 1), width))


def mailed(text):
    return "\n".join("\n".join(textwrap.wrap(line, 72)) if len(line) > 72 else line for line in text.split("\n"))


EVIDENCE = "# sidelight evidence"  # its records name their files: another path is another file
WAYS = {
    "cut at 60": each(lambda _, line: line[:60]),
    "cut at 80": each(lambda _, line: line[:80]),
    "cut at 100": each(lambda _, line: line[:100]),
    "cut with dots": each(lambda _, line: line[:70] + ("..." if len(line) > 70 else "")),
    "broken at 80": broken(80),
    "broken at 132": broken(132),
    "mailed": mailed,
    "quoted": each(lambda _, line: "> " + line),
    "numbered": each(lambda number, line: f"{number:5}\t{line}"),
    "ends shown": each(lambda _, line: line.replace("\t", "^I") + "$"),
    "of a machine in brackets": each(lambda _, line: "[web1] " + line),
    "of a machine before a colon": each(lambda _, line: "web1: " + line),
    "UTF-32": lambda text: "".join(c + "\0\0\0" for c in text) if text.isascii() else text,
    "zeros at the end": lambda text: text + "\0" * 100,
    "zeros between lines": lambda text: text.replace("\n", "\0"),
    "below a root": lambda text: text if EVIDENCE in text else text.replace("/sys/", "/host/sys/").replace("/proc/", "/host/proc/"),
    "slashes doubled": lambda text: text if EVIDENCE in text else text.replace("/cpu/", "/cpu//").replace("/proc/", "//proc/./"),
    "colons lost": lambda text: text if EVIDENCE in text else re.sub(r"(?m)^([a-z_ A-Z]+?)\t*: ", r"\1 ", text),
    "padded": each(lambda _, line: line.ljust(100)),
    "doubled": each(lambda _, line: line + "\n"),
    "indented": each(lambda _, line: "    " + line),
    "with a semicolon": each(lambda _, line: line + ";"),
    "a table's cell": each(lambda _, line: "| " + line.ljust(90) + " |"),
    "coloured": each(lambda _, line: f"\x1b[32m{line}\x1b[0m"),
    "a web page's": lambda text: html.escape(text),
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "typed quotes": lambda text: text.replace('"', "\u201d").replace("'", "\u2019"),
    "no-break blanks": lambda text: text.replace(": ", ":\u00a0"),
    "without blank lines": lambda text: re.sub(r"\n\n+", "\n", text),
    "of a service": each(lambda _, line: "web-1 | " + line),
    "words behind": each(lambda _, line: line + " XX"),
    "prompts between": each(lambda number, line: line + "\nPS C:\\>" if number % 3 == 0 else line),
    "tabs lost": lambda text: text.replace("\t", ""),
    "blanks squeezed": lambda text: re.sub(" +", " ", text),
    "lower case": lambda text: text.lower(),
    "marks of direction": each(lambda _, line: "\u200e" + line.replace(" ", " \u2060", 1) + "\u200f"),
    "soft hyphens": lambda text: re.sub("([a-z]{4})(?=[a-z]{3})", "\\1\u00ad", text),
    "entities in digits": lambda text: re.sub("[/:;_]", lambda m: f"&#{ord(m.group())};", text),
    "entities of a template": lambda text: text.replace("&", "&amp;").replace("/", "&#x2F;").replace("=", "&#x3D;"),
    "letters of another script": lambda text: text.translate(str.maketrans("aeocp", "\u0430\u0435\u043e\u0441\u0440")),
    "wide letters": lambda text: "".join(chr(ord(c) + 0xfee0) if "!" <= c <= "~" else c for c in text),
    "a string of JSON": lambda text: json.dumps(text),
    "softly broken": lambda text: re.sub("([^\n]{70})(?=[^\n])", "\\1=\n", text.replace("=", "=3D")),
    "another language": lambda text: text.replace("Not affected", "Nicht betroffen").replace("ulnerable", "erwundbar"),
}


TEXTS_ALONE = ("soft hyphens", "entities in digits", "entities of a template")  # nothing in evidence files is normalised but their encoding
# The log's word is none then, and the folder's is the newer one; of two machines, or two sources that differ, one is left; the piece that nobody
# understands is cut off whole
ALONE = {("log-and-folder-differ", "another language"), ("real-before-and-after", "of a service"),
         ("srso switch 1 Mitigation: SMT disabled, no microcode", "prompts between"), ("spectre-v2-with-a-newer-flaws-piece", "cut at 100"),
         ("lscpu-and-grep-differ", "colons lost"), ("lscpu-and-grep-differ", "a table's cell"), ("node-exporter-zero", "another language")}


def texts(document, tables):
    for table in tables:
        for name, told, parts in siblings.sections(table):
            if [part for part, _ in parts] == [""] and "refused" not in told:
                yield name, siblings.text_of(parts[0][1]).rstrip("\n") + "\n"
    with open(document, encoding="utf-8") as file:
        for number, block in enumerate(re.findall(r"^```[^\n]*\n(.*?)^```$", file.read(), re.S | re.M)):
            yield f"{os.path.basename(document)}-{number}", block


def answers(program, paths):
    """Of each file that is read: the least safe answer to each flaw, and why."""
    run = subprocess.run([program, "check", "--format", "json", "--files-from", "-"], input="\n".join(paths) + "\n", capture_output=True, text=True,
                         encoding="utf-8", env={**os.environ, "SOURCE_DATE_EPOCH": "1795737600"}, check=False)
    assert run.returncode in (0, 2, 3, 65), run.stderr[-2000:]
    read = {}
    for line in run.stdout.splitlines():
        report = json.loads(line)
        if "error" in report:
            continue
        told = read.setdefault(re.match(r"(.*?)(:machine \d+.*|:[^/]*)?$", report["source"]).group(1), {})
        for finding in report["findings"]:
            worst = told.get(finding["id"])
            if not worst or siblings.WORST.index(finding["status"]) > siblings.WORST.index(worst[0]):
                told[finding["id"]] = (finding["status"], finding["reason"], report["host"]["guest"], report["host"]["os"].split()[0])
    return read


def excused(flaw, before, found):
    """Where one of two that contradict each other was lost, the other one stands alone: of sources, and of the kernel's word and the tables. And guests
    do not have VMScape, by the kernel's rule. Of Windows and the Linux in it, what is left is judged."""
    return ("contradict each other" in before[1] or "what was read says otherwise" in before[1] or "the processor tables say that it is not affected" in before[1] or found[1].startswith("the kernel says that this processor is not affected") or
            (flaw == "vmscape" and found[2] == "yes") or (before[3], found[3]) == ("Windows", "Linux"))


def main():
    program, document, *tables = sys.argv[1:]
    tap, count, excuses = Tap(), 0, 0
    step = 1 if share.FULL else 3 * share.one_in(program)
    with tempfile.TemporaryDirectory() as folder:
        made = {}
        for number, (name, text) in enumerate(texts(document, tables)):
            if number % step:
                continue
            name = name if (name, "as it is") not in made else f"{name} ({number})"  # of another table
            for way, change in {"as it is": lambda t: t, **WAYS}.items():
                path = os.path.join(folder, f"{number}-{way.replace(' ', '-')}")
                if way in TEXTS_ALONE and text.startswith("# sidelight evidence"):
                    continue
                with open(path, "w", encoding="utf-8", newline="") as file:
                    file.write(change(text))
                made[name, way] = path
        read = answers(os.path.abspath(program), list(made.values()))
        for way in WAYS:
            safer = []
            for name in {name for name, w in made if w == way}:
                before, after = read.get(made[name, "as it is"]), read.get(made[name, way])
                for flaw, found in (after or {}).items() if before else ():
                    count += 1
                    if found[0] in SAFE and before[flaw][0] not in SAFE:
                        if excused(flaw, before[flaw], found) or (name, way) in ALONE:
                            excuses += 1
                        else:
                            safer.append(f"{name}: {flaw} is {found[0]} ({found[1]}), before {before[flaw][0]} ({before[flaw][1]})")
            tap.ok(f"{way}: nothing becomes safer", not safer, "\n".join(sorted(safer)[:40]))
    print(f"# {count} answers, {excuses} of them safer for want of what contradicts them")
    tap.ok("enough was judged", count > 300000 / step, count)
    tap.end()


if __name__ == "__main__":
    main()
