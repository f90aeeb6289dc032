#!/usr/bin/env python3
"""Boots the released archives: packaging/static.sh builds them, and what stands in one judges a machine that has nothing but a kernel. Prints TAP.

    released.py BUILD     BUILD is Meson's build folder; with SIDELIGHT_FULL=1 only, as it builds the program twice

machines.toml's [released] lists the kernels; one of an older Debian that the mirror has no more is skipped."""

import os
import pathlib
import subprocess
import sys
import tarfile
import tomllib

import compare
import debian
import machine
import run

sys.path.insert(0, str(run.HERE.parent))
import tap  # pylint: disable=wrong-import-position


def released(build, architecture):
    """The archive, built as `./dev package --static` does, and the program in it."""
    folder = build / ("static" if architecture == os.uname().machine else f"static-{architecture}")
    done = subprocess.run([run.SOURCE / "packaging" / "static.sh", folder, architecture], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"static.sh {architecture}\n{done.stderr[-2000:]}")
    with tarfile.open(done.stdout.strip()) as archive:
        name = next(n for n in archive.getnames() if n.endswith("/sidelight") and n.count("/") == 1)
        return archive.extractfile(name).read()


def problems(boot, frames, judge, older):
    """What is wrong with what the machine sent."""
    if not older:
        return judge(boot, frames)
    sent = compare.Machine(frames)
    report = sent.report("check")
    told = [*compare.evidence_problems(sent), *compare.sentence_problems(sent, report), *compare.silent_problems(report)]
    return told + ([] if sent.files and report["findings"] else ["no files, or no findings"])


def main(build):
    if os.environ.get("SIDELIGHT_FULL") != "1" or os.environ.get("SIDELIGHT_NO_BOOT") == "1":
        print("1..0 # SKIP with SIDELIGHT_FULL=1 only")
        return
    out = tap.Tap()
    build = pathlib.Path(build).resolve()
    table = tomllib.loads((run.HERE / "machines.toml").read_text())
    judge = compare.Judge(run.HERE / "differences.toml", build / "sidelight")
    folder = build / "boot" / "consoles"
    folder.mkdir(parents=True, exist_ok=True)
    programs = {}
    for line in table["released"]["list"].strip().splitlines():
        architecture, suite, package, rest = line.split(maxsplit=3)
        older, boot = suite != "-", run.Boot(rest, table)
        name = f"{architecture}'s archive under Debian {suite if older else 12}'s kernel, {boot.identity}"
        try:
            kernel = debian.Kernel(debian.Archive(build / "boot" / "debian", boot.architecture, suite if older else None).unpacked(package))
        except subprocess.CalledProcessError as e:
            if not older:
                raise
            out.skip(name, f"the mirror has no such kernel: {e.cmd[0]} ended with {e.returncode}")
            continue
        if architecture not in programs:
            programs[architecture] = released(build, architecture)
        init = folder.parent / f"init-{boot.architecture}"
        run.quiet(f"{boot.settings['cross']}-gcc" if boot.settings["cross"] else "cc", "-static", "-O1", "-o", str(init), str(run.HERE / "init.c"))
        boot.name = f"released {kernel.version} {boot.name}"
        try:
            bad = problems(boot, boot.run({"init": init.read_bytes(), "sidelight": programs[architecture], "orders": run.ORDERS.encode()}, kernel, folder), judge, older)
        except (machine.BootError, ValueError, KeyError) as e:
            bad = [repr(e)]
        out.ok(f"{name} ({kernel.version})", not bad, "\n".join(bad))
    out.end()


main(sys.argv[1])
