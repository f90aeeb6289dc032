#!/usr/bin/env python3
"""A flaw as real ones are (kernel file, CPUID and MSR bits, parameter, build option, log line, sysctl, microcode table, Windows' answer and
its property) is one data file and a table: collected, redacted, judged, shown and read back, without a line of C. Prints TAP.

usage: test_new_flaw.py SIDELIGHT SOURCE_ROOT"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import textwrap

sidelight, root = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
number = 0

FLAW = """
id: teapot
name: Teapot
cves: [CVE-2099-0002]
summary: "A program reads what the core's teapot still holds of the kernel."
boundaries: [user-kernel]
arches: [x86_64]
sysfs: {file: teapot}
facts:
  registers:
    - {name: teapot_clear, leaf: 0x7, subleaf: 1, reg: edx, bits: "20", title: "VERW empties the teapot"}
    - {name: teapot_no, msr: 0x10a, bits: "61", if: "cap.arch_capabilities", title: "Not affected by Teapot"}
    - {name: teapot_off, msr: 0x4711, bits: "0", if: "cap.teapot_clear", title: "The protection is switched off"}
  parameters:
    - {name: teapot, values: ["off", pour], title: "Teapot"}
  config:
    - {name: teapot, options: [MITIGATION_TEAPOT], title: "Protection against Teapot"}
  other:
    - {name: log.teapot, log: "the kettle leaks", title: "The kernel warns of the kettle"}
    - {name: teapot_sysctl, file: /proc/sys/kernel/teapot, type: int, title: "How full it may be"}
    - {name: nt.teapot_reported, nt: 201, dword: 1, bits: "25", title: "Windows reports on Teapot"}
    - {name: nt.teapot_status, nt: 201, dword: 1, bits: "26-27", if: "nt.teapot_reported", title: "Teapot: 0 unsupported, 1 disabled, 2 immune, 3 mitigated"}
    - {name: nt.kettle, nt: 240, dword: 0, bits: "0", title: "A class that no other flaw asks for"}
  properties:
    - {property: TeapotReported, is: "nt.teapot_reported"}
    - property: TeapotStatus
      shown: "nt.teapot_reported"
      words:
        - {says: SYSTEM_SPECULATION_CONTROL_TEAPOT_MITIGATION_DISABLED, when: "nt.teapot_status == 1"}
        - {says: SYSTEM_SPECULATION_CONTROL_TEAPOT_MITIGATED, when: "nt.teapot_status == 3"}
affected: "not cap.teapot_no"
claimed: "nt.teapot_status in (0, 1, 3)"
sentences:
  - {says: "Not affected", is: not-affected, status: not-affected}
  - {says: "Mitigation: Saucer", is: saucer, status: mitigated, means: "the kernel puts a saucer under it"}
  - {says: "Vulnerable", is: vulnerable, status: vulnerable, means: "nothing is under it"}
rules:
  - id: windows-mitigated
    when: "windows_runs and nt.teapot_status == 3"
    status: mitigated
    owner: kernel
    reason: "Windows puts a saucer under it"
  - id: windows-open
    when: "windows_runs and nt.teapot_status == 1"
    status: vulnerable
    owner: kernel
    reason: "Windows could put a saucer under it, and does not"
  - {use: windows-cannot-tell}
  - id: microcode-repairs
    when: "absent(os) and cpu.microcode >= microcode.teapot"
    status: mitigated
    owner: microcode
    reason: "microcode {cpu.microcode} holds the repair"
  - id: switched-off
    when: "os == 'vulnerable' and cmdline.teapot == 'off'"
    status: vulnerable
    owner: kernel
    reason: "teapot=off takes the saucer away"
  - {use: hardware-immune}
  - {use: kernel-says}
fixes: [update-kernel]
sources: ["cve:CVE-2099-0002"]
"""

TABLE = """# date: 2026-11-15
signature,platform_mask,revision
0x00050654,0x00,0x02007006
"""

CPUINFO = "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nstepping\t: 4\nmicrocode\t: 0x2007006\nflags\t\t: lm\n"

MACHINE = {
    "proc/version": "Linux version 9.9.0-1-amd64 (joe@laptop) (gcc) #1 SMP\n",
    "proc/cmdline": "root=/dev/sda1 teapot=off\n",
    "proc/cpuinfo": CPUINFO,
    "proc/sys/kernel/teapot": "2\n",
    "sys/devices/system/cpu/online": "0\n",
    "sys/devices/system/cpu/vulnerabilities/teapot": "Vulnerable\n",
    "boot/config-9.9.0-1-amd64": "CONFIG_MITIGATION_TEAPOT=y\nCONFIG_DRM=m\n",
    "var/log/dmesg": "[ 0.1] Teapot: Vulnerable\n[ 0.1] on web-17 the kettle leaks, says joe\n[ 0.2] eth0: up\n",
    "usr/bin/x": "",
}

WINDOWS = """# sidelight evidence 1
-- win32 source live
-- uname Windows 10.0.26100 x86_64
-- nt 201 00000001 %08x
-- nt 196 00000000
"""


def result(ok, name, detail=""):
    global number
    number += 1
    if not ok:
        print(textwrap.indent(str(detail), "# "))
    print(f"{'ok' if ok else 'not ok'} {number} - {name}")


def run(*arguments):
    done = subprocess.run([sidelight, *arguments, "--data", "data"], cwd=work, capture_output=True, text=True)
    return done.stdout if done.returncode < 64 else done.stderr


def status(evidence):
    text = run("check", "--only", "teapot", "--format", "json", evidence)
    try:
        finding = json.loads(text)["findings"][0]
        return finding["status"], finding["rule"], finding["affected"]["os"]
    except ValueError:
        return text


with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    shutil.copytree(root / "data", work / "data")
    (work / "data/vulns/teapot.yaml").write_text(FLAW)
    (work / "data/microcode/teapot.csv").write_text(TABLE)
    for path, text in MACHINE.items():
        (work / "machine" / path).parent.mkdir(parents=True, exist_ok=True)
        (work / "machine" / path).write_text(text)

    plain = run("collect", "--root", "machine")
    for record in ("-- file /sys/devices/system/cpu/vulnerabilities/teapot\nVulnerable\n", "root=/dev/sda1 teapot=off\n",
                   "CONFIG_MITIGATION_TEAPOT=y\n", "Teapot: Vulnerable\n", "on web-17 the kettle leaks, says joe\n",
                   "-- file /proc/sys/kernel/teapot\n2\n"):
        result(record in plain, f"collected: {record.splitlines()[-1]}", plain)
    result("eth0" not in plain and "DRM" not in plain, "what nobody asks for is not", plain)

    redacted = run("collect", "--redact", "--root", "machine")
    for record in ("root=redacted teapot=off\n", "CONFIG_MITIGATION_TEAPOT=y\n", "\nthe kettle leaks\n",
                   "-- file /proc/sys/kernel/teapot\n2\n"):
        result(record in redacted, f"stays in the redacted one: {record.strip().splitlines()[-1]}", redacted)
    result(not any(word in redacted for word in ("joe", "web-17", "sda1")), "and nothing of joe", redacted)

    live = run("collect")
    result("/sys/devices/system/cpu/vulnerabilities/teapot\n" in live or "/sys/devices" not in live, "looked for on this machine", live)

    (work / "plain.host").write_text(plain)
    (work / "redacted.host").write_text(redacted)
    result(status("plain.host") == ("vulnerable", "switched-off", "yes"), "judged by the parameter", status("plain.host"))
    result(status("redacted.host") == status("plain.host"), "the same after redaction", status("redacted.host"))
    (work / "microcode.host").write_text("# sidelight evidence 1\n-- uname Linux 9.9.0 x86_64\n"
                                         "-- absent /sys/devices/system/cpu/vulnerabilities/teapot\n-- file /proc/cpuinfo\n" + CPUINFO)
    result(status("microcode.host")[:2] == ("mitigated", "microcode-repairs"), "judged by the microcode", status("microcode.host"))

    for bits, word, expected in ((1 << 25 | 1 << 26, "DISABLED", "vulnerable"), (1 << 25 | 3 << 26, "D", "mitigated")):
        (work / "windows.host").write_text(WINDOWS % bits)
        shown = run("check", "--format", "speculationcontrol", "windows.host")
        result("TeapotReported                      : True\n" in shown and f"TEAPOT_MITIGAT{'ION_' + word if word != 'D' else 'ED'}\n" in shown,
               f"shown as a property of Windows: {expected}", shown)
        result(status("windows.host") == (expected, "windows-open" if expected == "vulnerable" else "windows-mitigated", "yes"),
               f"judged on Windows: {expected}", status("windows.host"))
        (work / "module.json").write_text(run("check", "--format", "speculationcontrol-json", "windows.host"))
        result(status("module.json") == status("windows.host"), f"read back from the module's output: {expected}", status("module.json"))

    named = [path for path in root.glob("src/**/*.[ch]") if "teapot" in path.read_text().lower()]
    result(not named, "no C names it", named)
print(f"1..{number}")
