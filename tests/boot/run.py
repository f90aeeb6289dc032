#!/usr/bin/env python3
"""Boots real kernels on many processor identities and asks sidelight, inside, whether it agrees with them. Prints TAP.

    run.py BUILD [PATTERN]      BUILD is Meson's build folder; PATTERN picks boots by a part of their name
    run.py BUILD --prepare      only fetches the kernels and builds the programs, which need not have the machine to themselves

What the boots are stands in machines.toml; what must agree, in compare.py. SIDELIGHT_NO_BOOT=1 skips everything."""

import concurrent.futures
import os
import pathlib
import shlex
import struct
import subprocess
import sys
import time
import tomllib

import compare
import debian
import machine

HERE = pathlib.Path(__file__).parent
SOURCE = HERE.parent.parent
AT_ONCE = 2

# What a static sidelight for another architecture is linked with.
LIBRARIES = ["zlib1g-dev", "libcyaml-dev", "libyaml-dev"]

ORDERS = """\
module /msr.ko
file /proc/cpuinfo
file /proc/cmdline
folder /sys/devices/system/cpu/vulnerabilities
folder /sys/devices/system/cpu/smt
run collect /sidelight collect
run check /sidelight check --format json --exit-zero
run hardware /sidelight check --format json --exit-zero --ignore-os-claims
"""


# A machine that is to look like real hardware has a maker's firmware, too: SMBIOS' structures 0 to 3, the first as bytes, since the
# emulator sets "is a virtual machine" in its own.
FIRMWARE = [word for kind in ("1,manufacturer=Maker,product=Board", "2,manufacturer=Maker,product=Board", "3,manufacturer=Maker")
            for word in ("-smbios", f"type={kind}")]
BIOS = struct.pack("<BBHBBHBBQHBBBB", 0, 24, 0, 1, 2, 0xe800, 3, 0, 8, 0, 1, 0, 255, 255) + b"Maker\0001\00001/01/2024\0\0"


class Boot:
    def __init__(self, line, table):
        kernel, self.identity, shape, self.place, *rest = line.split()
        self.kernel, self.cmdline = kernel, " ".join(rest)
        self.architecture = table["kernels"][kernel]["architecture"]
        self.package = table["kernels"][kernel]["package"]
        self.settings = table["architectures"][self.architecture]
        self.name = " ".join([kernel, self.identity, shape, self.place, *rest])
        cpu = table["identities"][self.identity]
        if self.architecture == "amd64" and self.place == "bare":
            cpu += ",-hypervisor,tcg-cpuid=off"
        self.command = shlex.split(self.settings["emulator"] + cpu + " " + table["shapes"][shape])

    def run(self, files, kernel, folder):
        """The frames that the machine sent."""
        files = dict(files)
        if kernel.module("msr"):
            files["msr.ko"] = kernel.module("msr")
        cmdline = f"console={self.settings['console']} quiet loglevel=1 panic=-1 {self.cmdline}".rstrip()
        stem = self.name.replace(" ", "_").replace(",", "_")
        command = self.command
        if self.architecture == "amd64" and self.place == "bare":
            bios = folder / f"{stem}.bios"
            bios.write_bytes(BIOS)
            command = [*command, *FIRMWARE, "-smbios", f"file={bios}"]
        return machine.boot(command, kernel.image, machine.cpio(files), cmdline, folder / stem)


def quiet(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def cross_files(archive, cross, folder):
    """Meson's options for another architecture: its compiler, and Debian's static libraries unpacked in one place."""
    root = archive.folder / "libraries"
    for package in LIBRARIES:
        quiet("cp", "-aT", str(archive.unpacked(package)), str(root))
    libraries = root / "usr" / "lib" / cross
    settings = folder.with_suffix(".cross")
    settings.write_text(f"""[binaries]
pkgconfig = 'pkg-config'
[properties]
sys_root = '{root}'
pkg_config_libdir = '{libraries}/pkgconfig'
[built-in options]
c_args = ['-isystem', '{root}/usr/include', '-isystem', '{root}/usr/include/{cross}']
c_link_args = ['-L{libraries}']
""")
    return ["--cross-file", str(SOURCE / "tools" / f"{cross}.cross"), "--cross-file", str(settings)]


def build_static(build, archive, cross):
    """The static sidelight and init for an architecture; `cross` is the compiler's prefix, empty for this machine's own, whose program
    the build links from its objects."""
    folder = build / "boot" / f"static-{cross or 'native'}"
    program = folder / "sidelight" if cross else folder / "stripped"
    if cross and not (folder / "build.ninja").exists():
        # Unoptimised: compiled twice, it costs more than the emulator takes to run it.
        quiet("meson", "setup", str(folder), str(SOURCE), "-Dauto_features=disabled", "-Dstatic=true", "-Dprefer_static=true",
              "-Doptimization=0", f"-Dgencatalog={build / 'src/compiler/gencatalog'}", *cross_files(archive, cross, folder))
    if cross:
        quiet("ninja", "-j2", "-C", str(folder), "sidelight")
    else:
        folder.mkdir(parents=True, exist_ok=True)
        quiet("ninja", "-C", str(build), "tests/boot/sidelight-alone")
        quiet("strip", "-o", str(program), str(build / "tests" / "boot" / "sidelight-alone"))
    init = folder / "init"
    quiet(f"{cross}-gcc" if cross else "cc", "-static", "-O1", "-o", str(init), str(HERE / "init.c"))
    return {"init": init.read_bytes(), "sidelight": program.read_bytes(), "orders": ORDERS.encode()}


def one(boot, files, kernel, folder, judge):
    """The boot's problems (none: it passed) and how long it took."""
    start = time.monotonic()
    try:
        problems = judge(boot, boot.run(files, kernel, folder))
    except machine.BootError as e:
        problems = [str(e)]
    return problems, time.monotonic() - start


def report(number, name, problems, seconds):
    print(f"{'not ok' if problems else 'ok'} {number} - {name} # {seconds:.1f} s")
    for line in "\n".join(problems).splitlines():
        print(f"# {line}")
    sys.stdout.flush()


def prepare(build, boots, table):
    """What the boots need: kernels by name, and the initramfs's files by architecture."""
    archives = {b.architecture: debian.Archive(build / "boot" / "debian", b.architecture) for b in boots}
    kernels = {b.kernel: debian.Kernel(archives[b.architecture].unpacked(b.package)) for b in boots}
    return kernels, {a: build_static(build, archives[a], table["architectures"][a]["cross"]) for a in archives}


def main(build, pattern=""):
    if os.environ.get("SIDELIGHT_NO_BOOT") == "1":
        print("1..0 # SKIP SIDELIGHT_NO_BOOT=1")
        return 0
    build = pathlib.Path(build).resolve()
    table = tomllib.loads((HERE / "machines.toml").read_text())
    full = os.environ.get("SIDELIGHT_FULL") == "1"
    lists = table["boots"]["list"] + (table["boots"]["more"] if full or pattern not in ("", "--prepare") else "")
    boots = [Boot(line, table) for line in lists.splitlines() if line.strip()]
    if pattern == "--prepare":
        prepare(build, boots, table)
        print("1..1\nok 1 - the kernels are here, and the programs for them are built")
        return 0
    boots = [b for b in boots if pattern in b.name]
    folder = build / "boot" / "consoles"
    folder.mkdir(parents=True, exist_ok=True)
    whole = full and not pattern
    print(f"1..{len(boots) + whole}", flush=True)
    images, files = prepare(build, boots, table)
    judge = compare.Judge(HERE / "differences.toml", build / "sidelight")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(one, b, files[b.architecture], images[b.kernel], folder, judge) for b in boots]
        for number, (boot, job) in enumerate(zip(boots, jobs), 1):
            problems, seconds = job.result()
            failed += bool(problems)
            report(number, boot.name, problems, seconds)
    if whole:
        unused = judge.unused()
        failed += bool(unused)
        report(len(boots) + 1, "every difference in differences.toml was met", unused, 0)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
