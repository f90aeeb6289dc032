#!/usr/bin/env python3
"""Twice as much input costs twice as much, whatever it holds: growth.py SIDELIGHT; prints TAP.

Each kind of input is made in two sizes. Valgrind counts the instructions, which no busy machine changes; what a start costs is taken
off. A larger one is also run with no more memory than its size allows.
"""
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

STEEP = 2.5        # instructions of the doubled input against the single one
MEMORY = 12        # bytes for each byte of input
TOLD = 60          # the same where evidence is compared or explained
MACHINES = 4000    # the same where each line is a machine with a report of its own
PAGES = 200        # the same where each of few letters is a machine with a page of its own, which is 15,000 bytes
PLANS = 1000       # the same of a plan, which tries many changes
START = 16 << 20   # bytes of address space that the program, its libraries and a start take
# Where much is done for each piece, instructions are counted for a fifth of them or fewer, but with SIDELIGHT_FULL=1; memory is limited for all.
FEWER, FEWEST = (1, 1) if os.environ.get("SIDELIGHT_FULL") == "1" else (5, 15)
LEAST = 1_000_000  # instructions, below which a ratio says nothing
HERE = pathlib.Path(__file__).resolve().parent
OTHER = HERE.parent / "cli" / "other"
HEAD = "# sidelight evidence 1\n-- uname Linux 6.1.0 x86_64\n"
VULNERABILITIES = "/sys/devices/system/cpu/vulnerabilities/"


def cpuinfo(n, changes=lambda i: ""):
    return "-- file /proc/cpuinfo\n" + "".join(f"processor\t: {i}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nstepping\t: 4\n{changes(i)}\n"
                                               for i in range(n))


def unlike_lines(n):
    return HEAD + "-- file /proc/cpuinfo\n" + "".join(f"processor\t: {i}\nmicrocode\t: 0x{i:x}\n\n" for i in range(n))


def packages(n):
    return HEAD + cpuinfo(n, lambda i: f"physical id\t: {i}\nsiblings\t: 1\ncpu cores\t: 1\n")


def unlike_cpus(n):
    return HEAD + cpuinfo(n, lambda i: f"microcode\t: 0x{0x2000000 + i:x}\n") + "".join(f"-- msr {i} 0000010a {i:016x}\n" for i in range(n))


def records(n):
    return HEAD + "".join(f"-- cpuid {i % 7} {i * 7919 % 2**32:08x}.{i % 65536:08x} 00000000 00000000 00000000 00000000\n" for i in range(n))


def colliding_names(n):
    """Names that are alike but for what a weak hash leaves out."""
    return HEAD + "".join(f"-- absent /{'Aa' if i >> b & 1 else 'BB'}{i}\n" for i in range(n) for b in (0,))


def unmix(value, with_):
    """What was mixed with that to this: evidence.c's table without its seed, backwards."""
    value ^= value >> 29 ^ value >> 58
    return (value * pow(0x9e3779b97f4a7c15, -1, 1 << 64) % (1 << 64)) ^ with_


def colliding_records(n):
    """CPUID records that meet in one place of a table without a seed (cases/attack/hash-collisions.py found them so)."""
    rows = []
    for i in range(n):
        leaf = unmix(unmix((i & 0xffff) << 48 | i >> 16, 0x2020202020202020), 0) ^ KIND_CPUID << 32
        rows.append(f"-- cpuid 0 {leaf >> 32:08x}.{leaf & 0xffffffff:08x} 00000000 00000000 00000000 00000000\n")
    return HEAD + "".join(rows)


def colliding_machine(i):
    """Names of one hash by FNV-1a, whichever of two pieces stands in each place."""
    return "".join(pair[i >> b & 1] for b, pair in enumerate(FNV_PAIRS))


def colliding_machines(n):
    return "".join(f"{colliding_machine(i)}: x {i}\n" for i in range(n)) + "a: /sys/devices/system/cpu/vulnerabilities/mds:Mitigation: PTI\n"


def machines_of_a_syslog(n):
    rows = [f"Nov 27 10:00:00 h{i} kernel: Linux version 6.1.0 (x@y) (gcc) #1 SMP\n" for i in range(n // 8 + 2)]
    return "".join(rows) + "".join(f"Nov 27 10:00:01 h{i % (n // 8 + 2)} kernel: usb {i}\n" for i in range(n))


def machine_again_and_again(n):
    return "".join(f"web1 | CHANGED | rc=0 >>\nx {i} {'y' * 60}\nweb2 | CHANGED | rc=0 >>\n{VULNERABILITIES}mds:Mitigation: PTI\n" for i in range(n))


def tree_of_lines(n):
    return "cpu_model: Intel(R) Xeon(R) CPU E5-2680 v4\ncpuarch: x86_64\nkernel: Linux\nkernelrelease: 6.1.0\nosarch: x86_64\nos: Debian\nnum_cpus: 4\n" + \
        "".join(f"key{i}: {i}\n" for i in range(n))


def rows_of_machines(n):
    return "".join(f"web{i},mds,Vulnerable\n" for i in range(n + 1))


def columns_of_machines(n):
    return "| flaw | web1 | web2 |\n|---|---|---|\n" + "| mds | Vulnerable | Mitigation: PTI |\n" * n


def roots_of_machines(n):
    return "".join(f"/host{i}{VULNERABILITIES}mds:Vulnerable\n" for i in range(n))


def blanks_in_a_row(n):
    return "mds,Vulnerable" + " " * n + "x\nsrbds,Vulnerable,y\n"


def zero_bytes(n):
    return "mds: Vulnerable\n" + "a\0\0" * n


def wide_object(n):
    return json.dumps({**{f"k{i}": i for i in range(n)}, "value": [{"id": "/a", "type": "Microsoft.Compute/virtualMachines", "name": "x"}]})


def command_line(n):
    return HEAD + "-- file /proc/cmdline\n" + " ".join(f'mds=off,"a{i}" x{i}="b c" --' for i in range(n)) + "\n"


def flags(n):
    return HEAD + cpuinfo(1, lambda i: "flags\t\t: " + " ".join(f"flag{k}" for k in range(n)) + "\n")


def sentence(n):
    return HEAD + "-- file " + VULNERABILITIES + "spectre_v2\nMitigation: Retpolines" + "; IBPB: conditional; STIBP: x" * n + "\n"


def config(n):
    return HEAD + "-- file /boot/config-6.1.0\n" + "".join(f"CONFIG_MITIGATION_X{i}=y\n" for i in range(n))


def log(n):
    return (OTHER / "dmesg.txt").read_text() + "".join(f"[    1.{i:06d}] usb 1-{i}: new device, no microcode {i}\n" for i in range(n))


def lscpu_json(n):
    fields = [("Architecture:", "x86_64"), ("Vendor ID:", "GenuineIntel"), ("Model name:", "x"), ("CPU family:", "6"), ("Model:", "85"),
              ("Stepping:", "4"), ("Vulnerability Mds:", "Vulnerable")]
    return json.dumps({"lscpu": [{"field": k, "data": v} for k, v in fields + [(f"Field {i}:", f"value {i}") for i in range(n)]]})


def long_value(n):
    return json.dumps({"value": [{"id": "/a", "type": "Microsoft.Compute/virtualMachines", "name": "x" * n}]})


def deep_values(n):
    return json.dumps({"value": [{"id": f"/a{i}", "type": "Microsoft.Compute/virtualMachines", "name": f"n{i}", "tags": {"a": [1] * 20}} for i in range(n)]})


def metrics(n):
    return "".join(f'node_cpu_vulnerabilities_info{{codename="mds",instance="m{i}",mitigation="Clear CPU buffers",state="mitigation"}} 1\n' for i in range(n))


def registry(n):
    return ("Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management]\n"
            '"FeatureSettingsOverride"=dword:00000048\n' + "".join(f'"Value{i}"=dword:{i:08x}\n' for i in range(n)))


def roles(n):
    return ('<ServiceDefinition name="s" xmlns="http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceDefinition">' +
            "".join(f'<WebRole name="r{i}"><Startup><Task commandLine="t{i}.cmd" executionContext="elevated"/></Startup></WebRole>' for i in range(n)) +
            "</ServiceDefinition>")


def grub_words(n):
    return 'GRUB_CMDLINE_LINUX="mitigations=off ' + " ".join(f"a{i}=1" for i in range(n)) + '"\n'


def grub_settings(n):
    return "".join(f'V{i}="$V{i - 1} a"\n' for i in range(n)) + 'GRUB_CMDLINE_LINUX="mitigations=off $V3"\n'


def grub_selves(n):
    return 'GRUB_CMDLINE_LINUX="mitigations=off"\n' + "".join(f'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX a{i}=1"\n' for i in range(n))


def settings_of_files(n):
    return {f"{n - i:06}.conf": f"kernel.x{i} = 1\n" for i in range(n)}


SOURCE = (HERE.parent.parent / "src" / "evidence" / "evidence.h").read_text()
KIND_CPUID = re.findall(r"X\((\w+),", SOURCE[SOURCE.index("EVIDENCE_KINDS(X)"):]).index("CPUID")
FNV_PAIRS = [pair.split("/") for pair in ("puxal/byvw6 cgf5i/dof7x 32kdm/e3ou7 zrrcx/0zix4 9mmgd/lpo1z seg6e/pma6t p6fcq/hty5b 92pgm/kuksm rrkxj/7f941 "
                                          "t7hin/oimk8 8vfmu/i2yr6 3rzwj/hw7q9 99kwk/so3sw").split()]


# What it is, the file's name (in "tree" it is found there; a folder, where several are made), who makes it, its size, and the command behind which the name stands; how much memory, where it is more, and how many fewer. "<": on standard input.
CHECK = ["check", "--exit-zero", "--format", "json"]
INVENTORY = ["inventory", "--exit-zero", "--untrusted", "no", "--as-of", "2018-01-12", "--format", "json"]
FIX = ["fix", "--root", "tree"]
CASES = [
    ("unlike CPUs", "x.host", unlike_cpus, 60, CHECK, MEMORY, FEWER),
    ("unlike CPUs that tell little", "x.host", unlike_lines, 500, [*CHECK, "--only", "mds"], MEMORY, FEWER),
    ("packages", "x.host", packages, 1000, CHECK),
    ("records", "x.host", records, 1500, CHECK),
    ("names that collide", "x.host", colliding_names, 2000, CHECK),
    ("CPUID records that collide", "x.host", colliding_records, 2000, CHECK),
    ("machines whose names collide", "x.txt", colliding_machines, 500, [*CHECK, "--only", "mds"], MACHINES),
    ("lines of a syslog of several machines", "x.txt", machines_of_a_syslog, 500, [*CHECK, "--only", "mds"], MEMORY, FEWER),
    ("a machine named again and again", "x.txt", machine_again_and_again, 500, [*CHECK, "--only", "mds"], MEMORY, FEWER),
    ("rows of machines without a head", "x.txt", rows_of_machines, 400, [*CHECK, "--only", "mds"], MACHINES),
    ("columns of machines", "x.txt", columns_of_machines, 400, [*CHECK, "--only", "mds"], TOLD),
    ("roots of machines", "x.txt", roots_of_machines, 400, [*CHECK, "--only", "mds"], MACHINES),
    ("blanks in a row of a table", "x.txt", blanks_in_a_row, 40_000, [*CHECK, "--only", "mds"], TOLD),
    ("zero bytes in a text", "x.txt", zero_bytes, 5000, [*CHECK, "--only", "mds"], TOLD),
    ("lines that may be a tree", "x.txt", tree_of_lines, 2000, CHECK),
    ("members of an object through a pipe", "<", wide_object, 2000, INVENTORY),
    ("what explain reads", "x.host", records, 1500, ["explain", "mds"], TOLD),
    ("what explain --why-not reads", "x.host", records, 400, ["explain", "--why-not", "mds"], PLANS),
    ("what what-if reads", "x.host", records, 1500, ["what-if", "--smt", "off"], TOLD),
    ("what advise reads", "x.host", records, 6000, ["advise", "--as-of", "2026-01-01"]),
    ("what diff reads", "x.host", records, 1500, ["diff", "x.host"], TOLD),
    ("words of the command line", "x.host", command_line, 300, CHECK),
    ("flags", "x.host", flags, 3000, CHECK),
    ("parts of a sentence", "x.host", sentence, 300, CHECK),
    ("build options", "x.host", config, 2000, CHECK),
    ("lines of a log", "dmesg.txt", log, 1000, CHECK),
    ("lscpu's JSON", "lscpu.json", lscpu_json, 2000, CHECK),
    ("machines in metrics", "x.prom", metrics, 20, CHECK),
    ("values of a registry", "x.reg", registry, 1500, CHECK),
    ("a long value through a pipe", "<", long_value, 400_000, INVENTORY),
    ("resources", "x.json", deep_values, 400, INVENTORY),
    ("resources through a pipe", "<", deep_values, 400, INVENTORY),
    ("words of GRUB's line", "tree/etc/default/grub", grub_words, 300, FIX),
    ("lines of GRUB's settings", "tree/etc/default/grub", grub_settings, 250, FIX, MEMORY, FEWER),
    ("lines that add to themselves", "tree/etc/default/grub", grub_selves, 250, FIX, MEMORY, FEWER),
    ("files of sysctl.d", "tree/etc/sysctl.d", settings_of_files, 400, FIX),
    ("machines of one page", "list", lambda n: "m.host\n" * n, 150, ["check", "--exit-zero", "--format", "html", "--files-from"], PAGES, FEWEST),
    ("machines of one text", "list", lambda n: "m.host\n" * n, 150, ["check", "--exit-zero", "--format", "markdown", "--files-from"], PAGES, FEWEST),
    ("roles of a service", "x.csdef", roles, 60, ["cloud-service", "lint", "--exit-zero", "--as-of", "2018-01-12", "--untrusted", "yes"]),
]


SYSTEM = {"etc/os-release": "ID=debian\nVERSION_ID=12\n", "usr/sbin/update-grub": "", "boot/grub/grub.cfg": "menuentry 'x' {\n\tlinux /v ro mitigations=off\n}\n",
          "proc/cmdline": "ro mitigations=off\n", "proc/sys/kernel/osrelease": "6.1.0-56\n"}


def in_memory():
    """Where thousands of small files cost nothing: a disk takes 2 ms for each."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Machine:
    def __init__(self, sidelight, folder):
        self.sidelight, self.folder = str(pathlib.Path(sidelight).resolve()), pathlib.Path(folder)
        self.plain = self.without_names()
        self.starts = {}

    def without_names(self):
        """The same program: valgrind reads all names of one that has them, at each start."""
        plain = pathlib.Path(tempfile.mkdtemp()) / "sidelight"
        done = subprocess.run(["strip", "-o", str(plain), self.sidelight], capture_output=True, check=False)
        return str(plain) if done.returncode == 0 else self.sidelight

    def end(self):
        if self.plain != self.sidelight:
            shutil.rmtree(pathlib.Path(self.plain).parent)

    def write(self, name, contents):
        path = self.folder / ("input" if name == "<" else name)
        if isinstance(contents, dict):
            shutil.rmtree(path, ignore_errors=True)
            for inside, text in contents.items():
                self.write(f"{name}/{inside}", text)
            return path, []
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return path, [] if name == "<" or name.startswith("tree/") else [name]

    def run(self, prefix, command, name, contents, limit=None):
        path, operands = self.write(name, contents)
        with open(path if name == "<" else os.devnull, "rb") as stdin:
            done = subprocess.run([*prefix, self.plain, *command, *operands, *(["-"] if name == "<" else [])], cwd=self.folder, stdin=stdin,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace", check=False,
                                  preexec_fn=limit and (lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))))
        if done.returncode not in (0, 1, 2, 3):
            raise RuntimeError(f"exit code {done.returncode}: {done.stderr[-200:]!r}")
        return done.stderr

    def start(self, command, name, contents):
        """What the command costs with an input of this name that holds next to nothing: the same whatever the rest would hold."""
        if (name, *command) not in self.starts:
            self.starts[name, *command] = self.instructions(command, name, contents)
        return self.starts[name, *command]

    def instructions(self, command, name, contents):
        err = self.run(["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"], command, name, contents)
        return int(re.search(r"I +refs: +([\d,]+)", err).group(1).replace(",", ""))


def trial(machine, name, make, size, command, memory=MEMORY, fewer=1):
    """What is wrong, and what was measured."""
    large = make(8 * size)
    length = sum(map(len, large.values())) if isinstance(large, dict) else len(large)
    limit = START + (PLANS if name.startswith("tree/") else memory) * length
    machine.run([], command, name, large, limit=limit)
    start = machine.start(command, name, make(1))
    once, twice = (machine.instructions(command, name, make(n)) - start for n in (size // fewer, 2 * size // fewer))
    wrong = []
    if once < LEAST:
        wrong.append(f"too small an input to tell: {once}")
    if twice > STEEP * once:
        wrong.append("it grows faster than its input")
    return wrong, f"{once / 1e6:.1f} M instructions, doubled {twice / max(once, 1):.2f} times as many"


def main(sidelight, *wanted):
    number, bad = 0, 0
    if subprocess.run(["sh", "-c", "command -v valgrind"], stdout=subprocess.DEVNULL, check=False).returncode:
        print("1..0 # SKIP no valgrind")
        return 0
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        machine = Machine(sidelight, folder)
        for name, text in SYSTEM.items():
            machine.write("tree/" + name, text)
        machine.write("m.host", records(10) + cpuinfo(1))
        for what, *case in CASES:
            if wanted and what not in wanted:
                continue
            try:
                wrong, told = trial(machine, *case)
            except RuntimeError as e:
                wrong, told = [str(e)], "it does not run"
            number += 1
            bad += bool(wrong)
            print(f"{'not ok' if wrong else 'ok'} {number} - {what}: {told}", *(f"# {w}" for w in wrong), sep="\n", flush=True)
        machine.end()
    print(f"1..{number}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
