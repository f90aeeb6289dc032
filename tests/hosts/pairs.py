#!/usr/bin/env python3
"""One CPU never hides another: of two machines of one architecture the processor of the second stands beside that of the first.
Usage: pairs.py SIDELIGHT TEST_HOSTS; prints TAP.

Each flaw of the pair is at least as bad as of the first machine with either processor alone; it does not matter in which order they stand, and
how many like CPUs the bad one is among; without one line or one record of a CPU, a verdict is not known, or no safer (where the hardware
tables do not call a processor affected that the kernel calls not affected: with the one lost, the other's word is left). A sample of the pairs of all fixtures, or 6,000 of them
with SIDELIGHT_FULL=1."""
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import tap

PAIRS = 6000 if os.environ.get("SIDELIGHT_FULL") == "1" else 250
AT_ONCE = 250
RANK = {"not-affected": 0, "mitigated": 1, "unknown": 2, "partial": 3, "vulnerable": 4}
# Windows' one word for all processors: beside another maker's processor the machine would contradict itself, and a word lost settles it.
OF_ALL = re.compile(r"-- registry .*(\|PROCESSOR_IDENTIFIER |\\CentralProcessor\\)")
OF_A_CPU = re.compile(r"-- (cpuid|msr|idreg) (\*|\d+) ")
SHAPES = {"first": "0", "second": "1", "both": "01", "turned": "10", "among": "0010"}


def records(text):
    """The records of an evidence file, each with its lines."""
    return re.findall(r"(?ms)^-- .*?(?=^-- |\Z)", text)


def parts(text):
    """What is not of the processor; and of CPU 0 its registers, its block of cpuinfo, its files."""
    rest, registers, block, files = [], [], None, []
    for record in records(text):
        head = record.split("\n", 1)[0]
        if OF_A_CPU.match(head):
            registers += [record] if OF_A_CPU.match(head).group(2) in "*0" else []
        elif head == "-- file /proc/cpuinfo":
            block = re.split(r"\n[ \t]*\n", record.split("\n", 1)[1].strip("\n"))[0]
        elif "/regs/identification/" in head:
            files += [record] if "/cpu0/" in head else []
        elif not OF_ALL.match(head) and not re.match(r"-- (expect|like) |.*/cpu/online$|.*/cpus$", head):
            rest.append(record)
    return rest, (registers, block, files)


def is_guest(cpu):
    """Whether its flags or CPUID's leaf 1 show a hypervisor; None where neither is there."""
    flags = re.search(r"(?m)^flags\s*:(.*)$", cpu[1] or "")
    leaf = next((m.group(1) for m in (re.search(r" 00000001\.0 \w+ \w+ (\w+)", r) for r in cpu[0]) if m), None)
    return "hypervisor" in flags.group(1).split() if flags else bool(int(leaf, 16) >> 31) if leaf else None


def numbered(cpu, number):
    registers, block, files = cpu
    return ([OF_A_CPU.sub(rf"-- \1 {number} ", r) for r in registers], block and re.sub(r"(?m)^(processor\s*:\s*)\d+", rf"\g<1>{number}", block),
            [f.replace("/cpu0/", f"/cpu{number}/") for f in files])


def machine(rest, cpus):
    """An evidence file of these CPUs."""
    cpus = [numbered(cpu, number) for number, cpu in enumerate(cpus)]
    blocks = [block for _, block, _ in cpus if block is not None]
    return "".join(["# sidelight evidence 1\n", *rest, f"-- file /sys/devices/system/cpu/online\n0-{len(cpus) - 1}\n".replace("0-0", "0"),
                    "-- file /proc/cpuinfo\n" + "\n\n".join(blocks) + "\n" if blocks else "",
                    *(f for _, _, files in cpus for f in files), *(r for registers, _, _ in cpus for r in registers)])


def without_one(rng, cpu):
    """A CPU that lost one register, one file or one line of its block (not its number, by which it is known)."""
    registers, block, files = list(cpu[0]), (cpu[1] or "").split("\n"), list(cpu[2])
    losable = [(registers, r) for r in registers] + [(block, line) for line in block if line and not line.startswith("processor")] + [(files, f) for f in files]
    if losable:
        where, what = rng.choice(losable)
        where.remove(what)
    return registers, "\n".join(block) if cpu[1] is not None else None, files


class Pairs:
    def __init__(self, program, show, rng):
        self.program, self.rng, self.bad, self.tried = program, rng, [], 0
        self.machines = {}
        for path in sorted([*(HERE / "machines").rglob("*.host"), *(HERE / "rules").rglob("*.host")]):
            text = subprocess.run([show, "show", str(path)], capture_output=True, check=True).stdout.decode(errors="surrogateescape")
            arch = re.search(r"(?m)^-- uname \S+ \S+ (\S+)", text)
            if arch:
                self.machines.setdefault(arch.group(1), []).append((path.relative_to(HERE), parts(text)))
        self.machines = {arch: some for arch, some in self.machines.items() if len(some) > 1}

    def draw(self):
        """The names of two machines, and the evidence of each shape."""
        while True: # what one shows of a hypervisor is known of the other
            (name, (rest, first)), (other, (_, second)) = self.rng.sample(self.machines[self.rng.choice(sorted(self.machines))], 2)
            if (is_guest(first) is None) == (is_guest(second) is None):
                break
        cpus = (first, second)
        made = {shape: machine(rest, [cpus[int(n)] for n in which]) for shape, which in SHAPES.items()}
        made["less"] = machine(rest, [first, without_one(self.rng, second)])
        return (str(name), str(other), is_guest(first) != is_guest(second)), made

    def judge(self, folder, pairs):
        """The statuses of each file."""
        names = []
        for number, (_, made) in enumerate(pairs):
            for shape, text in made.items():
                names.append(os.path.join(folder, f"{number}.{shape}"))
                pathlib.Path(names[-1]).write_bytes(text.encode(errors="surrogateescape"))
        pathlib.Path(folder, "list").write_text("\n".join(names) + "\n", encoding="utf-8")
        done = subprocess.run([self.program, "check", "--exit-zero", "--format", "json", "--files-from", os.path.join(folder, "list")],
                              capture_output=True, check=True)
        reports = [json.loads(line) for line in done.stdout.decode().splitlines()]
        return {os.path.basename(r["source"]): {f["id"]: (f["status"], f["rule"] is None and f["affected"]["hardware"] == "yes") for f in r["findings"]} for r in reports}

    def hold(self, names, flaw, told):
        """What one flaw is in each shape. All CPUs of a machine are a guest's, or none is: where they contradict each other, what hangs on it is not
        known, and may be when the one that says otherwise is lost."""
        *names, mixed = names
        got = {shape: status for shape, (status, _) in told.items()}
        rank = {shape: RANK[status] for shape, status in got.items()}
        worst = max(rank["first"], rank["second"])
        if min(rank["both"], rank["turned"], rank["among"]) < worst and not (mixed and got["both"] == "unknown"):
            self.bad.append(f"{names}: {flaw} is safer than with one of its processors: {got}")
        if not got["both"] == got["turned"] == got["among"]:
            self.bad.append(f"{names}: {flaw} hangs on the order: {got}")
        if rank["less"] < rank["both"] and got["less"] != "unknown" and not told["both"][1] and not mixed:
            self.bad.append(f"{names}: {flaw} is safer when something of a CPU is lost: {got}")

    def some(self, count):
        pairs = [self.draw() for _ in range(count)]
        with tempfile.TemporaryDirectory() as folder:
            statuses = self.judge(folder, pairs)
        for number, (names, made) in enumerate(pairs):
            self.tried += 1
            of_shape = {shape: statuses[f"{number}.{shape}"] for shape in made}
            for flaw in of_shape["both"]:
                self.hold(names, flaw, {shape: found[flaw] for shape, found in of_shape.items()})


def main(program, show):
    t = tap.Tap()
    pairs = Pairs(os.path.abspath(program), os.path.abspath(show), random.Random(int(os.environ.get("SEED", "7"))))
    for _ in range(0, PAIRS, AT_ONCE):
        pairs.some(AT_ONCE)
    t.ok(f"of {pairs.tried} pairs of unlike processors neither hides the other", not pairs.bad and pairs.tried == PAIRS, *pairs.bad[:12])
    t.end()


main(*sys.argv[1:])
