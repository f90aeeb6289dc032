#!/usr/bin/env python3
"""Two at one file at once, and disks that are full: each file is the old one or a new one, whole, whoever writes, and what is told is so.
writers.py SIDELIGHT; prints TAP. The disks are real ones of 64 KiB in a mount namespace of their own, where that is allowed.
"""
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))
import tap  # noqa: E402  pylint: disable=wrong-import-position

SIDELIGHT = str(pathlib.Path(sys.argv[1]).resolve())
CLEAN = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
ROUNDS = 30 if os.environ.get("SIDELIGHT_FULL") == "1" else 6
MACHINE = TESTS / "cli" / "machines" / "iron.host"
OTHER = TESTS / "cli" / "machines" / "web-17.host"
SERVICE = ('<ServiceDefinition name="s" xmlns="http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceDefinition">\n'
           '  <WebRole name="r" vmsize="Standard_D1_v2">\n    <Sites/>\n  </WebRole>\n</ServiceDefinition>\n')
# What it is, its arguments (NAME is the file that it writes), what stands in it before, and which exit codes are good.
WRITERS = [
    ("check -o", ["check", "--format", "json", "-o", "NAME", str(MACHINE)], "old\n", (0, 2, 3)),
    ("collect -o", ["collect", "-o", "NAME"], "old\n", (0,)),
    ("fix --emit -o", ["fix", "--emit", "ansible", "-o", "NAME", "--root", "tree"], "old\n", (0, 2, 3)),
    ("startup-task --write", ["cloud-service", "startup-task", "--write", "NAME"], SERVICE, (0,)),
]


def start(arguments, name, folder):
    return subprocess.Popen([SIDELIGHT, *(name if a == "NAME" else a for a in arguments)], cwd=folder, env=CLEAN, stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def read(path):
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def steady(text):
    """Without what two runs tell differently: the moment, and what a live machine counts."""
    keep, skip = [], False
    for line in text.split(b"\n"):
        if line.startswith(b"-- "):
            skip = line.startswith((b"-- meta captured", b"-- file /proc/uptime", b"-- file /dev/kmsg", b"-- failed", b"-- file /proc/cpuinfo"))
        if not skip:
            keep.append(line)
    return b"\n".join(keep)


def prepare(folder):
    for name, text in {"etc/os-release": "ID=debian\nVERSION_ID=12\n", "etc/default/grub": 'GRUB_CMDLINE_LINUX="mitigations=off"\n', "usr/sbin/update-grub": "",
                       "boot/grub/grub.cfg": "menuentry 'x' {\n\tlinux /v ro mitigations=off\n}\n", "proc/cmdline": "ro mitigations=off\n",
                       "proc/sys/kernel/osrelease": "6.1.0-56\n"}.items():
        path = folder / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def at_once(t, folder, what, arguments, old, good):
    """What is in the file, whenever it is looked at; and what was left beside it."""
    alone = folder / "alone.csdef"
    alone.write_text(old)
    start(arguments, "alone.csdef", folder).communicate(timeout=60)
    whole = {steady(read(alone)), old.encode()}
    place = folder / "both"
    met, codes, told = set(), set(), b""
    for _ in range(ROUNDS):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        file = place / "x.csdef"
        file.write_text(old)
        both = [start(arguments, "both/x.csdef", folder) for _ in range(2)]
        while any(p.poll() is None for p in both):
            met.add(steady(read(file)))
            time.sleep(0.002)
        met.add(steady(read(file)))
        for p in both:
            told += p.communicate()[1]
            codes.add(p.returncode)
    left = sorted(p.name for p in place.iterdir() if p.name != "x.csdef" and not p.name.endswith((".cmd", ".ps1")))
    t.ok(f"{what}, two at once: the file is the old one or a new one, whole, whenever it is looked at", not met - whole,
         [m[-200:] for m in met - whole][:2], codes, told[-300:])
    t.ok(f"{what}, two at once: it ends well, or says why, and leaves nothing", all(c in good or (c >= 64 and told) for c in codes) and codes & set(good) and not left,
         codes, told[-300:], left)


def stores(t, folder):
    """Two imports at once into a store that is not there yet: both end well, and all is there."""
    good = True
    for n in range(ROUNDS // 2 + 1):
        store = folder / f"{n}.db"
        both = [subprocess.Popen([SIDELIGHT, "fleet", "import", "--store", str(store), str(f)], env=CLEAN, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                for f in (MACHINE, OTHER)]
        told = b"".join(p.communicate(timeout=120)[1] for p in both)
        db = sqlite3.connect(store)
        hosts = [r[0] for r in db.execute("SELECT name FROM host ORDER BY name")]
        db.close()
        good = t.ok("fleet import, two at once into a new store: both end well, and all is there" if n == 0 else f"and again ({n})",
                    [p.returncode for p in both] == [0, 0] and len(hosts) == 2, [p.returncode for p in both], told, hosts) and good


def may_mount():
    done = subprocess.run(["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=64k none /mnt"], capture_output=True, check=False, env=CLEAN)
    return done.returncode == 0, done.stderr.decode().strip()


# The disk holds the old file, and what is left of it is filled but for FREE bytes; what the command leaves is copied out.
ON_A_DISK = """mount -t tmpfs -o size=64k none "$DISK" || exit 99
cp "$OLD" "$DISK/x.csdef"
if [ "$FREE" = 0 ]; then cat /dev/zero > "$DISK/full" 2>/dev/null; fi
"$@" > /dev/null 2> "$OUT/told"
echo $? > "$OUT/code"
rm -f "$DISK/full"
cp -r "$DISK/." "$OUT/disk"
"""


def full_disks(t, folder):
    may, why = may_mount()
    for what, arguments, old, good in WRITERS:
        if not may:
            t.ok(f"{what} on a full disk # SKIP nothing may be mounted here: {why}", True)
            continue
        alone = folder / "alone.csdef"
        alone.write_text(old)
        start(arguments, "alone.csdef", folder).communicate(timeout=60)
        disk, out = folder / "disk", folder / "out"
        for p in (disk, out):
            shutil.rmtree(p, ignore_errors=True)
            p.mkdir()
        (out / "disk").mkdir()
        (folder / "old").write_text(old)
        subprocess.run(["unshare", "-m", "sh", "-c", ON_A_DISK, "sh", SIDELIGHT, *("disk/x.csdef" if a == "NAME" else a for a in arguments)], cwd=folder,
                       env={**CLEAN, "DISK": str(disk), "OLD": str(folder / "old"), "OUT": str(out), "FREE": "0"}, check=False, capture_output=True, timeout=120)
        code, told = int((out / "code").read_text()), (out / "told").read_text()
        names = sorted(p.name for p in (out / "disk").iterdir())
        t.ok(f"{what} on a full disk: the old file stays as it was, nothing is left, and it says so",
             read(out / "disk" / "x.csdef") == old.encode() and names == ["x.csdef"] and code == 70 and "No space left" in told, code, told, names)


def main():
    t = tap.Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prepare(folder)
        for writer in WRITERS:
            at_once(t, folder, *writer)
        stores(t, folder)
        full_disks(t, folder)
    t.end()


main()
