#!/usr/bin/env python3
"""Reads in a program's headers what its start costs before it does anything. start.py BUILD_FOLDER; prints TAP.

Each property is also asked of a copy that says the contrary, so that none is believed whatever the file says."""
import pathlib
import re
import struct
import subprocess
import sys

from hardened import DT_NEEDED, DT_STRTAB, Elf

DT_RELACOUNT = 0x6ffffff9
ADDRESSES = 12_000  # of tables of words, options, SQLite; the catalog's texts alone would be 16,000 more
C_LIBRARY = ("libc.", "ld-linux", "libc.musl")


def needed(elf):
    """The libraries that are loaded with it."""
    strings, at, names = elf.offset(elf.dynamic[DT_STRTAB]), elf.dynamic_at, []
    while True:
        tag, value = struct.unpack_from("<QQ", elf.data, at)
        if tag == 0:
            return names
        if tag == DT_NEEDED:
            names.append(elf.data[strings + value:elf.data.index(b"\0", strings + value)].decode())
        at += 16


def mathematics():
    """The functions that the store's file gives SQLite in place of the C library's: they have no value."""
    text = (pathlib.Path(__file__).parents[2] / "src/fleet/store/db_sqlite.c").read_text()
    return set(re.findall(r"X\((\w+)\)", "".join(re.findall(r"#define OF_\w+\(X\)(?:.*\\\n)*.*\n", text))))


def linked(build):
    """The objects and archives of which the program is made."""
    rule = re.search(r"^build sidelight: c_LINKER (.*\n(?:  ?.*\n)*)", (build / "build.ninja").read_text().replace("$\n", ""), re.M).group(1)
    return sorted({build / word for word in re.findall(r"\S+\.[oa]\b", rule) if (build / word).exists()})


def asks(paths, names):
    """Who of them calls one of the functions."""
    lines = subprocess.run(["nm", "-u", "-A", *paths], check=False, capture_output=True, text=True).stdout.splitlines()
    return [line for line in lines if line.split()[-1:] and line.split()[-1] in names]


def main(build):
    elf = Elf((pathlib.Path(build) / "sidelight").read_bytes())
    if not elf.dynamic or not needed(elf) or any(n.startswith("libsqlite3") for n in needed(elf)):
        print("1..0 # SKIP it needs no library, or its libraries are the distribution's")
        return
    other = elf.with_bytes(b"libc.so.6\0", b"libm.so.6\0")
    more = elf.with_dynamic({DT_RELACOUNT: (DT_RELACOUNT, ADDRESSES)})
    properties = [
        ("no library is loaded but the C library", lambda e: all(n.startswith(C_LIBRARY) for n in needed(e)), other),
        ("the catalog's tables hold no addresses to be put in", lambda e: 0 < e.dynamic[DT_RELACOUNT] < ADDRESSES, more),
    ]
    names, parts = mathematics(), linked(pathlib.Path(build).resolve())
    sqlite = [p for p in parts if p.name == "libsqlite3.a"]
    ours = asks([p for p in parts if p not in sqlite], names)
    for line in ours:
        print(f"# {line}")
    for i, (what, holds, contrary) in enumerate(properties):
        print(f"{'ok' if holds(elf) else 'not ok'} {2 * i + 1} - {what}")
        print(f"{'ok' if not holds(contrary) else 'not ok'} {2 * i + 2} - {what}: seen when it is not so")
    n = 2 * len(properties)
    print(f"{'not ok' if ours else 'ok'} {n + 1} - nobody but SQLite asks for mathematics, which have no value here")
    print(f"{'ok' if asks(sqlite, names) else 'not ok'} {n + 2} - and who asks for them is seen")
    print(f"1..{n + 2}")


if __name__ == "__main__":
    main(*sys.argv[1:])
