#!/usr/bin/env python3
"""A machine that starts badly configured is mended by `fix`, restarted, found mended, and taken back: the short form of
../fix/restart.py, whose only disk is the initramfs. Prints TAP.

    restart.py BUILD      BUILD is Meson's build folder

Its boot loader is extlinux, whose file `fix` edits by itself. What the first start leaves (that file and the journal) is put into the
second one's initramfs, and the command line of the second start is the one that stands in the file then."""

import json
import os
import pathlib
import re
import sys
import tomllib

import debian
import machine
import run

LOADER, JOURNAL = "/boot/extlinux/extlinux.conf", "/var/lib/sidelight/fix"
LINE = "console={console} quiet loglevel=1 panic=-1 root=/dev/ram0 mitigations=off rw"
CONF = "# mine\nDEFAULT linux\nLABEL linux\n  KERNEL /vmlinuz\n  APPEND {line}\nLABEL rescue\n  KERNEL /vmlinuz\n  APPEND single\n"
SENTENCE = "/sys/devices/system/cpu/vulnerabilities/meltdown"

FIRST = f"""\
module /msr.ko
file {SENTENCE}
run before /sidelight check --format json --exit-zero
run show /sidelight fix
run apply /sidelight fix --apply --yes
run verify /sidelight fix --verify
file {LOADER}
folder {JOURNAL}
folder {JOURNAL}/1
"""
SECOND = f"""\
module /msr.ko
file {SENTENCE}
run verify /sidelight fix --verify --format json
run after /sidelight check --format json --exit-zero
run rollback /sidelight fix --rollback
file {LOADER}
run status /sidelight fix --status
"""


class Restart:
    """The two starts; everything is told as TAP."""

    def __init__(self, build):
        self.table = tomllib.loads((run.HERE / "machines.toml").read_text())
        self.folder = build / "boot" / "consoles"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.boot = run.Boot("6.1 skylake-x one bare", self.table)
        archive = debian.Archive(build / "boot" / "debian", "amd64")
        self.kernel = debian.Kernel(archive.unpacked(self.boot.package))
        self.files = run.build_static(build, archive, "")
        self.line = LINE.format(console=self.boot.settings["console"])
        self.conf = CONF.format(line=self.line)
        self.number = self.failed = 0

    def tell(self, good, what, frames):
        self.number += 1
        self.failed += not good
        print("ok" if good else "not ok", self.number, "-", what, flush=True)
        for name, frame in {} if good else frames.items():
            if not name.startswith("/") or name in (LOADER, SENTENCE):
                for line in [f"{name}: {frame.status}", *frame.text.splitlines()[:40]]:
                    print("#", line[:300])

    def start(self, orders, line, more):
        name = f"restart-{'first' if orders is FIRST else 'second'}"
        files = {**self.files, **more, "orders": orders.encode(), "etc/os-release": b"ID=arch\n"}
        if self.kernel.module("msr"):
            files["msr.ko"] = self.kernel.module("msr")
        bios = self.folder / f"{name}.bios"
        bios.write_bytes(run.BIOS)
        command = [*self.boot.command, *run.FIRMWARE, "-smbios", f"file={bios}"]
        return machine.boot(command, self.kernel.image, machine.cpio(files), f"BOOT_IMAGE=/vmlinuz {line}", self.folder / name)

    def first(self):
        f = self.start(FIRST, self.line, {LOADER[1:]: self.conf.encode()})
        self.tell(f[SENTENCE].text.startswith("Vulnerable") and status(f["before.out"], "meltdown") == "vulnerable",
                  "it starts badly configured, and check agrees with the kernel", f)
        self.tell(f["show.out"].status == 2 and "-  APPEND" in f["show.out"].text, "fix shows the change, and makes none", f)
        self.tell(f["apply.out"].status == 0 and f[LOADER].text == self.conf.replace(" mitigations=off", ""), "fix --apply makes it", f)
        self.tell(f["verify.out"].status == 3, "fix --verify waits for the restart", f)
        return f

    def second(self, before):
        kept = {name[1:]: frame.data for name, frame in before.items() if name == LOADER or name.startswith(JOURNAL)}
        line = re.search(r"APPEND (.*)", before[LOADER].text).group(1)
        f = self.start(SECOND, line, kept)
        self.tell(f[SENTENCE].text == "Mitigation: PTI\n" and status(f["after.out"], "meltdown") == "mitigated",
                  "after the restart the kernel itself says that it is mitigated, and check agrees", f)
        self.tell(f["verify.out"].status == 0, "fix --verify sees that it took effect", f)
        self.tell(f["rollback.out"].status == 0 and f[LOADER].text == self.conf, "fix --rollback takes it back to the byte", f)
        self.tell(f["status.out"].status == 0 and ": rolled-back" in f["status.out"].text, "and fix --status tells so", f)


def status(frame, flaw):
    return next(x["status"] for x in json.loads(frame.text)["findings"] if x["id"] == flaw)


def main(build):
    if os.environ.get("SIDELIGHT_NO_BOOT") == "1":
        print("1..0 # SKIP SIDELIGHT_NO_BOOT=1")
        return 0
    restart = Restart(pathlib.Path(build).resolve())
    try:
        restart.second(restart.first())
    except machine.BootError as e:
        restart.tell(False, str(e), {})
    print(f"1..{restart.number}")
    return 1 if restart.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
