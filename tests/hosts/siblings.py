#!/usr/bin/env python3
"""siblings.py SIDELIGHT TABLE...: inputs as people have them, with answers that were written down before they were judged.

A table holds sections:

    === name
    args --untrusted yes            options for `check`; {} is the folder of the parts
    mds vulnerable,partial owner=kernel fix=disable-smt nofix=update-kernel why=words
    @guest unknown                  a field of the report's host; @machines 2; refused WORDS, of which the refusal is
    ---                             the input; or parts of a folder, each below `--- PATH` (`as tar`: packed; `input PATH`: one of them is judged)

In an input {V} is the vulnerabilities folder, {NAME} a list of flags (LISTS), and a line of these stands for more of them:

    @cpu intel 6 85 4 SKX ucode=0x2000043 bugs="mds l1tf" name="Xeon" n=0      a block of /proc/cpuinfo
    @grep mds="Vulnerable" …                                                    grep's output; with `all` every file of Linux 6.17, not affected
    @files all mds=- …                                                          the same as records of an evidence file; `-`: not there
    @lscpu intel 6 85 4 SKX hv=KVM mds="Vulnerable" …                           what lscpu prints
    @log TEXT                                                                   a line of the kernel's log
"""
import itertools
import json
import os
import re
import shlex
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import share  # noqa: E402
from tap import Tap  # noqa: E402

V = "/sys/devices/system/cpu/vulnerabilities/"
INTEL = ("fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ss ht syscall nx rdtscp lm "
         "constant_tsc rep_good nopl cpuid pni pclmulqdq ssse3 fma cx16 pcid sse4_1 sse4_2 x2apic movbe popcnt aes xsave avx f16c rdrand lahf_lm abm")
REAL = " dts acpi tm pbe dtes64 monitor ds_cpl vmx est tm2 xtpr pdcm"
AMD = ("fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx mmxext fxsr_opt "
       "pdpe1gb rdtscp lm constant_tsc rep_good nopl cpuid extd_apicid pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave avx "
       "f16c rdrand lahf_lm cmp_legacy svm abm sse4a misalignsse 3dnowprefetch topoext")
CONTROLS = " ibrs ibpb stibp ssbd"
LISTS = {
    "SKX": INTEL + REAL + " hle rtm avx512f" + CONTROLS + " md_clear flush_l1d",
    "CORE": INTEL + REAL + CONTROLS + " md_clear flush_l1d",
    "OLD": INTEL + REAL,
    "NEW": INTEL + REAL + CONTROLS + " md_clear flush_l1d ibrs_enhanced arch_capabilities",
    "GUEST": INTEL + " hypervisor" + CONTROLS + " md_clear",
    "GUESTNEW": INTEL + " hypervisor" + CONTROLS + " md_clear ibrs_enhanced arch_capabilities",
    "BARE": INTEL + " hypervisor",
    "ZEN": AMD + " extapic osvw skinit wdt tce aperfmperf hw_pstate" + CONTROLS,
    "ZENGUEST": AMD + " hypervisor" + CONTROLS,
    "ZENBARE": AMD + " hypervisor",
}
VENDORS = {"intel": "GenuineIntel", "amd": "AuthenticAMD", "hygon": "HygonGenuine", "zhaoxin": "  Shanghai  ", "centaur": "CentaurHauls"}
ALL = ["gather_data_sampling", "ghostwrite", "indirect_target_selection", "itlb_multihit", "l1tf", "mds", "meltdown", "mmio_stale_data", "old_microcode",
       "reg_file_data_sampling", "retbleed", "spec_rstack_overflow", "spec_store_bypass", "spectre_v1", "spectre_v2", "srbds", "tsa", "tsx_async_abort",
       "vmscape"]
SAID = {"spectre_v1": "Mitigation: usercopy/swapgs barriers and __user pointer sanitization",
        "spec_store_bypass": "Mitigation: Speculative Store Bypass disabled via prctl"}


def words(rest):
    """NAME=VALUE words, and those without a value."""
    given, bare = {}, []
    for word in shlex.split(rest):
        name, sign, value = word.partition("=")
        if sign:
            given[name] = value
        else:
            bare.append(word)
    return given, bare


def sentences(given, whole):
    said = {name: SAID.get(name, "Not affected") for name in ALL} if whole else {}
    return {**said, **given}


def cpuinfo(rest):
    given, (vendor, family, model, stepping, *flags) = words(rest)
    lines = [("processor", given.get("n", "0")), ("vendor_id", VENDORS[vendor]), ("cpu family", family), ("model\t", model),
             ("model name", given.get("name", "x")), ("stepping", stepping)]
    lines += [("microcode", given["ucode"])] if "ucode" in given else []
    lines += [("flags\t", " ".join(LISTS.get(word, word) for word in flags))] if flags else []
    lines += [("bugs\t", given["bugs"])] if "bugs" in given else []
    return "".join(f"{name}\t: {value}\n" for name, value in lines)


def lscpu(rest):
    given, (vendor, family, model, stepping, *flags) = words(rest)
    hypervisor = given.pop("hv", None)
    name = given.pop("name", "x")
    rows = [("Architecture", "x86_64"), ("Vendor ID", VENDORS[vendor]), ("CPU family", family), ("Model", model), ("Model name", name), ("Stepping", stepping)]
    rows += [("Hypervisor vendor", hypervisor), ("Virtualization type", "full")] if hypervisor else []
    for file, text in sentences(given, "all" in flags).items():
        if text.startswith("Mitigation"):
            text = "Mitigation;" + text[11:].replace(":", "")
        rows.append(("Vulnerability " + file[0].upper() + file[1:].replace("_", " "), text))
    flags = [LISTS.get(word, word) for word in flags if word != "all"]
    rows += [("Flags", " ".join(flags))] if flags else []
    return "".join(f"{name + ':':<33}{value}\n" for name, value in rows)


def grep(rest):
    given, bare = words(rest)
    return "".join(f"{V}{file}:{text}\n" for file, text in sentences(given, "all" in bare).items() if text != "-")


def files(rest):
    given, bare = words(rest)
    return "".join(f"-- absent {V}{file}\n" if text == "-" else f"-- file {V}{file}\n{text}\n" for file, text in sentences(given, "all" in bare).items())


def log(rest):
    return f"[    0.000000] {rest}\n"


MADE = {"@cpu": cpuinfo, "@lscpu": lscpu, "@grep": grep, "@files": files, "@log": log}


def text_of(lines):
    text = ""
    for line in lines:
        word, _, rest = line.partition(" ")
        text += MADE[word](rest) if word in MADE else line + "\n"
    text = text.replace("{V}", V)
    for name, flags in LISTS.items():
        text = text.replace("{" + name + "}", flags)
    return text


def sections(path):
    """(name, the lines above the first ---, [(part, lines)])"""
    section = None
    with open(path, encoding="utf-8") as file:
        for line in file.read().split("\n"):
            if line.startswith("=== "):
                if section:
                    yield section
                section = (line[4:], [], [])
            elif section and (line == "---" or line.startswith("--- ")):
                section[2].append((line[4:], []))
            elif section and section[2]:
                section[2][-1][1].append(line)
            elif section and line and not line.startswith("#"):
                section[1].append(line)
    if section:
        yield section


def write(folder, name, told, parts):
    """What is judged."""
    place = os.path.join(folder, name)
    if [part for part, _ in parts] == [""]:
        with open(place, "w", encoding="utf-8") as file:
            file.write(text_of(parts[0][1]).rstrip("\n") + "\n")
        return place
    for part, lines in parts:
        path = os.path.join(place, part)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text_of(lines).rstrip("\n") + "\n")
    if "as tar" in told:
        with tarfile.open(place + ".tar", "w") as packed:
            for inner in sorted(os.listdir(place)):
                packed.add(os.path.join(place, inner), arcname=inner)
        return place + ".tar"
    return next((os.path.join(place, line[6:]) for line in told if line.startswith("input ")), place)


WORST = ["not-affected", "mitigated", "unknown", "partial", "vulnerable"]


def wrong_finding(answer, reports):
    """Of several machines the least safe answer counts."""
    flaw, statuses, *more = answer.split(" ")
    found = [finding for report in reports for finding in report["findings"] if finding["id"] == flaw]
    if not found:
        return f"{flaw} is not judged"
    worst = max(found, key=lambda finding: WORST.index(finding["status"]))
    if worst["status"] not in statuses.split(","):
        return f"{flaw} is {worst['status']}, right: {statuses} ({worst['rule']}: {worst['reason']})"
    for one in more:
        key, _, value = one.partition("=")
        if key == "owner" and worst["owner"] not in value.split(","):
            return f"{flaw}: the job is {worst['owner']}'s, right: {value}"
        if key == "fix" and value not in worst["fixes"]:
            return f"{flaw}: {worst['fixes']} lack {value}"
        if key == "nofix" and value in worst["fixes"]:
            return f"{flaw}: {value} leads nowhere"
        if key == "why" and not re.search(value, worst["reason"]):
            return f"{flaw}: '{value}' is not in: {worst['reason']}"
    return None


def wrong_answer(answer, reports):
    if answer.startswith("@machines "):
        return None if len(reports) == int(answer[10:]) else f"{len(reports)} machines, right: {answer[10:]}"
    if answer.startswith("@"):
        field, _, value = answer[1:].partition(" ")
        got = str(reports[0]["host"].get(field))
        return None if re.fullmatch(value, got) else f"{field} is {got}, right: {value}"
    return wrong_finding(answer, reports)


def judge(tap, program, folder, section):
    name, told, parts = section
    path = write(folder, name, told, parts)
    options = next((shlex.split(line[5:].replace("{}", os.path.join(folder, name))) for line in told if line.startswith("args ")), [])
    run = subprocess.run([program, "check", "--format", "json", *options, path], capture_output=True, text=True, encoding="utf-8",
                         env={**os.environ, "SOURCE_DATE_EPOCH": "1795737600"}, check=False)
    answers = [line for line in told if not line.startswith(("args ", "input ", "as "))]
    refused = next((line[8:] for line in answers if line.startswith("refused")), None)
    if refused is not None:
        told = [json.loads(line) for line in run.stdout.splitlines()]
        safe = [f["id"] for r in told for f in r["findings"] if f["status"] != "unknown"]
        errors = " ".join(str(r.get("error", "")) for r in told)
        tap.ok(name, run.returncode == 65 and all("error" in r for r in told) and not safe and bool(re.search(refused, errors)),
               f"not refused, or not with '{refused}': {run.returncode} {safe} {errors}")
        return len(answers)
    if run.returncode not in (0, 2, 3):
        tap.ok(name, False, f"{run.returncode}: {run.stderr[:400]}")
        return len(answers)
    reports = [json.loads(line) for line in run.stdout.splitlines()]
    wrong = [why for why in (wrong_answer(answer, reports) for answer in answers) if why]
    tap.ok(name, not wrong, "\n".join(wrong))
    return len(answers)


def main():
    program, *tables = sys.argv[1:]
    tap, count = Tap(), 0
    with tempfile.TemporaryDirectory() as folder:
        for table in tables:
            inside = os.path.join(folder, os.path.basename(table))
            os.mkdir(inside)
            for section in itertools.islice(sections(table), None, None, share.one_in(program)):
                count += judge(tap, os.path.abspath(program), inside, section)
    print(f"# {count} answers")
    tap.end()


if __name__ == "__main__":
    main()
