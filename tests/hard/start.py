#!/usr/bin/env python3
"""Reads in a program's headers what its start costs before it does anything. start.py BUILD_FOLDER; prints TAP.

Each property is also asked of a copy that says the contrary, so that none is believed whatever the file says."""
import pathlib
import struct
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
    for i, (what, holds, contrary) in enumerate(properties):
        print(f"{'ok' if holds(elf) else 'not ok'} {2 * i + 1} - {what}")
        print(f"{'ok' if not holds(contrary) else 'not ok'} {2 * i + 2} - {what}: seen when it is not so")
    print(f"1..{2 * len(properties)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
