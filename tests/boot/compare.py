"""Does sidelight, run on a machine, agree with that machine's kernel? Each disagreement is one line of text.

Five questions:
  1. collect: does the evidence hold the kernel's files word for word?
  2. affected.os and status: do they follow from the sentence in the file?
  3. affected.hardware, with what the OS claims left out: is it what the kernel derived (its `bugs` line and its files)? Where
     kernel and tables may differ, differences.toml says so, with the reason; an entry that no boot needs is an error too.
  4. Where hardware and kernel disagree, does the report explain it?
  5. collect carried elsewhere: does the same evidence, judged on the machine that builds, give the same report?"""

import json
import subprocess
import threading
import tomllib

VULNERABILITIES = "/sys/devices/system/cpu/vulnerabilities/"

# By the first words of a kernel's sentence: affected by its own word, and the statuses that it allows. What a sentence that
# begins with "Mitigation" hides (no microcode, SMT vulnerable) may make it worse, never better.
HEADS = [
    ("Not affected", "no", {"not-affected"}),
    ("Mitigation: Vulnerable", "yes", {"vulnerable", "partial"}),
    ("Mitigation:", "yes", {"mitigated", "partial", "vulnerable", "unknown"}),
    ("KVM: Mitigation:", "yes", {"mitigated"}),
    ("KVM: Vulnerable", "yes", {"vulnerable"}),
    ("Processor vulnerable", "yes", {"vulnerable", "partial"}),
    ("Vulnerable", "yes", {"vulnerable", "partial", "unknown"}),
    ("Unknown", "unknown", {"unknown", "vulnerable"}),
]

# The kernel's own name, in cpuinfo's `bugs`, for the flaws whose derivation is compared.
BUGS = {
    "meltdown": "cpu_meltdown", "spectre-v1": "spectre_v1", "spectre-v2": "spectre_v2", "ssb": "spec_store_bypass", "l1tf": "l1tf",
    "mds": "mds", "swapgs": "swapgs", "taa": "taa", "itlb-multihit": "itlb_multihit", "srbds": "srbds",
    "mmio-stale-data": "mmio_stale_data", "retbleed": "retbleed", "pbrsb": "eibrs_pbrsb", "smt-rsb": "smt_rsb", "srso": "srso",
    "gds": "gds", "rfds": "rfds", "bhi": "bhi", "its": "its", "tsa": "tsa", "vmscape": "vmscape", "div0": "div0",
    "ibpb-no-ret": "ibpb_no_ret",
}

# Flaws that are a part of the sentence about another: how that part begins.
PARTS = {"bhi": "BHI: ", "pbrsb": "PBRSB-eIBRS: "}


def sentence(text):
    """(affected, allowed statuses) of a kernel's sentence."""
    for head, affected, statuses in HEADS:
        if text.startswith(head):
            return affected, statuses
    return "unknown", {"unknown"}


class Machine:
    """What a boot sent, taken apart."""

    def __init__(self, frames):
        self.frames = frames
        self.files = {name.removeprefix(VULNERABILITIES): frame.text.strip()
                      for name, frame in frames.items() if name.startswith(VULNERABILITIES)}
        self.bugs = None
        for line in frames["/proc/cpuinfo"].text.splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "bugs":
                self.bugs = set(value.split())

    def report(self, name):
        frame = self.frames[name + ".out"]
        if frame.status != 0:
            raise ValueError(f"{name} ended with status {frame.status}: {self.frames[name + '.err'].text.strip()}")
        return json.loads(frame.text)


def evidence_problems(machine):
    evidence = machine.frames["collect.out"].text
    for name, text in machine.files.items():
        if f"\n-- file {VULNERABILITIES}{name}\n{text}\n" not in evidence:
            yield f"collect does not hold {name} word for word ({text})"
    error = machine.frames["collect.err"].text.strip()
    if error:
        yield f"collect wrote to standard error: {error}"


def own_finding(findings, file):
    """The finding that a vulnerabilities file as a whole is about: the first one that names it."""
    return next((f for f in findings if f["sysfs"] == file), None)


def sentence_problems(machine, report):
    for file, text in machine.files.items():
        finding = own_finding(report["findings"], file)
        if finding is None:
            yield f"no finding about {file}"
            continue
        affected, statuses = sentence(text)
        where = f"{finding['id']}: the kernel says '{text}'"
        if finding["affected"]["os"] != affected:
            yield f"{where}; affected.os is {finding['affected']['os']}, not {affected}"
        if finding["status"] not in statuses and finding["affected"]["hardware"] == finding["affected"]["os"]:
            yield f"{where}; the status is {finding['status']} ({finding['rule']})"


def part_problems(machine, report):
    parts = machine.files["spectre_v2"].split("; ")
    for finding in report["findings"]:
        said = [part for part in parts if finding["id"] in PARTS and part.startswith(PARTS[finding["id"]])]
        if said:
            affected = "no" if said[0].endswith(": Not affected") else "yes"
            if finding["affected"]["os"] != affected:
                yield f"{finding['id']}: the kernel says '{said[0]}'; affected.os is {finding['affected']['os']}, not {affected}"
            if ("Vulnerable" in said[0]) != (finding["status"] in ("vulnerable", "partial")):
                yield f"{finding['id']}: the kernel says '{said[0]}'; the status is {finding['status']}"


def silent_problems(report):
    """Where the tables and the kernel disagree, the report must say why that may be."""
    for finding in report["findings"]:
        if sorted(finding["affected"].values()) == ["no", "yes"] and not finding["disagreement"]:
            yield f"{finding['id']}: affected is {finding['affected']}, and the report does not explain it"


def kernel_derived(machine, finding):
    """What the kernel derived: "yes", "no", or None when it does not tell."""
    if machine.bugs is not None and finding["id"] in BUGS:
        return "yes" if BUGS[finding["id"]] in machine.bugs else "no"
    if machine.bugs is None and finding["sysfs"] in machine.files:
        affected = sentence(machine.files[finding["sysfs"]])[0]
        return None if affected == "unknown" else affected
    return None


class Judge:
    def __init__(self, differences, sidelight):
        self.differences = tomllib.loads(differences.read_text())["difference"]
        self.used = set()
        self.sidelight = sidelight
        self.lock = threading.Lock()

    def explained(self, boot, flaw, kernel, hardware):
        for number, d in enumerate(self.differences):
            if (flaw in d["flaws"] and boot.kernel in d["kernels"] and boot.identity in d["identities"]
                    and [kernel, hardware] == [d["kernel-says"], d["hardware-says"]]):
                with self.lock:
                    self.used.add((number, flaw))
                return True
        return False

    def hardware_problems(self, boot, machine, report):
        for finding in report["findings"]:
            kernel, hardware = kernel_derived(machine, finding), finding["affected"]["hardware"]
            if kernel is not None and kernel != hardware and not self.explained(boot, finding["id"], kernel, hardware):
                yield (f"{finding['id']}: affected by the kernel's derivation: {kernel}, by the tables: {hardware}"
                       f" (missing: {', '.join(map(str, finding['missing'])) or 'nothing'})")

    def carried_problems(self, machine, report):
        done = subprocess.run([self.sidelight, "check", "--format", "json", "--exit-zero", "-"], check=False,
                              input=machine.frames["collect.out"].data, capture_output=True)
        if done.returncode != 0:
            yield f"the evidence cannot be judged elsewhere: {done.stderr.decode().strip()}"
            return
        for here, there in zip(report["findings"], json.loads(done.stdout)["findings"], strict=True):
            if here != there:
                keys = [k for k in here if here[k] != there[k]]
                yield f"{here['id']}: judged elsewhere it differs in {', '.join(keys)}"

    def __call__(self, boot, frames):
        """The problems of one boot."""
        machine = Machine(frames)
        try:
            live, hardware = machine.report("check"), machine.report("hardware")
        except (ValueError, KeyError) as e:
            return [str(e)]
        return [*evidence_problems(machine), *sentence_problems(machine, live), *part_problems(machine, live),
                *silent_problems(live), *self.hardware_problems(boot, machine, hardware), *self.carried_problems(machine, live)]

    def unused(self):
        """Differences that no boot showed."""
        return [f"{flaw} on {', '.join(d['identities'])}" for number, d in enumerate(self.differences) for flaw in d["flaws"]
                if (number, flaw) not in self.used]
