#!/usr/bin/env python3
"""Reads a program's own headers: is it built hard? hardened.py BUILD_FOLDER; prints TAP.

What a compiler or linker silently leaves out shows only in the result: in sidelight (ELF), and in sidelight.exe (PE) where it was
built. Each property is also asked of a copy whose header says the contrary, so that none is believed whatever the file says.
"""
import json
import pathlib
import struct
import sys
import xml.etree.ElementTree

# ELF: System V ABI and its GNU extensions, /usr/include/elf.h
ET_DYN, PT_DYNAMIC, PT_GNU_STACK, PT_GNU_RELRO = 3, 2, 0x6474e551, 0x6474e552
PF_X, PF_W = 1, 2
DT_NEEDED, DT_STRTAB, DT_SYMTAB, DT_RPATH, DT_TEXTREL, DT_BIND_NOW, DT_RUNPATH, DT_FLAGS, DT_FLAGS_1 = 1, 5, 6, 15, 22, 24, 29, 30, 0x6ffffffb
DF_TEXTREL, DF_BIND_NOW, DF_1_NOW, DF_1_PIE = 4, 8, 1, 0x08000000
EM_X86_64 = 62
ENDBR64 = b"\xf3\x0f\x1e\xfa"  # Intel SDM volume 2A

# PE: Microsoft's "PE Format", optional header
HIGH_ENTROPY_VA, DYNAMIC_BASE, NX_COMPAT = 0x20, 0x40, 0x100
SECTION_EXECUTE, SECTION_WRITE = 0x20000000, 0x80000000


class Elf:
    """A 64-bit little-endian ELF file."""

    def __init__(self, data):
        assert data[:6] == b"\x7fELF\x02\x01", "no 64-bit ELF file"
        self.data = data
        self.type, self.machine = struct.unpack_from("<HH", data, 16)
        offset, = struct.unpack_from("<Q", data, 32)
        size, count = struct.unpack_from("<HH", data, 54)
        self.at = [offset + i * size for i in range(count)]
        self.segments = [struct.unpack_from("<IIQQQQQQ", data, at) for at in self.at]
        self.dynamic_at, self.dynamic = 0, {}
        for kind, _, start, _, _, length, _, _ in self.segments:
            if kind == PT_DYNAMIC:
                self.dynamic_at = start
                for at in range(start, start + length, 16):
                    tag, value = struct.unpack_from("<QQ", data, at)
                    self.dynamic.setdefault(tag, value)

    def flags(self, kind):
        return [s[1] for s in self.segments if s[0] == kind]

    def has(self, tag, bit):
        return bool(self.dynamic.get(tag, 0) & bit)

    def offset(self, address):
        return next(s[2] + address - s[3] for s in self.segments if s[0] == 1 and s[3] <= address < s[3] + s[5])

    def imports(self):
        """The names that the program wants of libraries."""
        names, at = set(), self.offset(self.dynamic[DT_SYMTAB])
        strings = self.offset(self.dynamic[DT_STRTAB])
        while at < strings:  # linkers put the strings behind the symbols
            name, _, _, section = struct.unpack_from("<IBBH", self.data, at)
            if section == 0:
                names.add(self.data[strings + name:self.data.index(b"\0", strings + name)].decode())
            at += 24
        return names

    def landings(self):
        """How many places say that an indirect jump may land there."""
        return sum(self.data.count(ENDBR64, s[2], s[2] + s[5]) for s in self.segments if s[0] == 1 and s[1] & PF_X)

    # What a copy of this file says when one thing is put otherwise.
    def with_segment(self, kind, field, value):
        data = bytearray(self.data)
        for at, segment in zip(self.at, self.segments):
            if segment[0] == kind:
                struct.pack_into("<I", data, at + field, value)
        return Elf(bytes(data))

    def with_dynamic(self, tags):
        """The entries of the dynamic section in `tags` get other tags or values."""
        data, at = bytearray(self.data), self.dynamic_at
        while True:
            tag, _ = struct.unpack_from("<QQ", data, at)
            if tag in tags:
                struct.pack_into("<QQ", data, at, *tags[tag])
            if tag == 0:
                return Elf(bytes(data))
            at += 16

    def with_bytes(self, old, new):
        return Elf(self.data.replace(old, new))


IMPORT_GUARD, IMPORT_COPY = b"__stack_chk_fail\0", b"_chk\0"
NONE = (0x6ffffff0, 0)  # a tag that means nothing here

ELF_PROPERTIES = [
    ("its address is random (PIE)", lambda e: e.type == ET_DYN and e.has(DT_FLAGS_1, DF_1_PIE),
     lambda e: e.with_dynamic({DT_FLAGS_1: (DT_FLAGS_1, DF_1_NOW)})),
    ("the linker's tables are read-only once it runs (RELRO)", lambda e: e.flags(PT_GNU_RELRO) != [],
     lambda e: e.with_segment(PT_GNU_RELRO, 0, 0)),
    ("all of them: every function is found before it starts (BIND_NOW)",
     lambda e: DT_BIND_NOW in e.dynamic or e.has(DT_FLAGS, DF_BIND_NOW) or e.has(DT_FLAGS_1, DF_1_NOW),
     lambda e: e.with_dynamic({DT_FLAGS: (DT_FLAGS, 0), DT_FLAGS_1: (DT_FLAGS_1, DF_1_PIE), DT_BIND_NOW: NONE})),
    ("its stack is not code", lambda e: [f & PF_X for f in e.flags(PT_GNU_STACK)] == [0],
     lambda e: e.with_segment(PT_GNU_STACK, 4, 7)),
    ("nothing is both written and run", lambda e: not any(f & PF_W and f & PF_X for f in e.flags(1)),
     lambda e: e.with_segment(1, 4, 7)),
    ("its code is not changed to load it", lambda e: DT_TEXTREL not in e.dynamic and not e.has(DT_FLAGS, DF_TEXTREL),
     lambda e: e.with_dynamic({DT_FLAGS: (DT_TEXTREL, 0)})),
    ("it looks for libraries where the system does", lambda e: not {DT_RPATH, DT_RUNPATH} & set(e.dynamic),
     lambda e: e.with_dynamic({DT_FLAGS: (DT_RUNPATH, 0)})),
    ("its stack is guarded", lambda e: "__stack_chk_fail" in e.imports(), lambda e: e.with_bytes(IMPORT_GUARD, b"__stack_chk_none\0")),
    ("copies are measured (FORTIFY)", lambda e: {n for n in e.imports() if n.endswith("_chk")} >= {"__memcpy_chk"} or
     len({n for n in e.imports() if n.endswith("_chk")}) > 2, lambda e: e.with_bytes(IMPORT_COPY, b"_chx\0")),
]
# The file as a whole is marked for it (IBT, SHSTK) where all that is linked is. Debian 12's start code (no endbr64 at _start) and static
# libraries are not, and a mark by force (-z ibt) would be untrue: who believes it ends the program at its first step. Ours are, each.
X86_PROPERTIES = [
    ("indirect jumps land where they may (endbr64)", lambda e: e.landings() > 100, lambda e: e.with_bytes(ENDBR64, b"\x0f\x1f\x40\0")),
]


# Microsoft's "Application manifests": Windows 7, 8, 8.1, 10 and later.
SUPPORTED = {"{35138b9a-5d96-4fbd-8e2d-a2440225f93a}", "{4a2f28e3-53b9-4441-ba9c-d69d4a4a6e38}", "{1f676c76-80e1-4239-95bb-83d0f6d0da78}",
             "{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"}


class Pe:
    """A PE32+ file."""

    def __init__(self, data):
        self.data = data
        header, = struct.unpack_from("<I", data, 60)
        assert data[:2] == b"MZ" and data[header:header + 4] == b"PE\0\0", "no PE file"
        count, = struct.unpack_from("<H", data, header + 6)
        size, = struct.unpack_from("<H", data, header + 20)
        self.flags_at = header + 24 + 70
        self.flags, = struct.unpack_from("<H", data, self.flags_at)
        self.sections_at = header + 24 + size
        self.sections = {}
        for i in range(count):
            at = self.sections_at + i * 40
            self.sections[data[at:at + 8].rstrip(b"\0").decode()] = (*struct.unpack_from("<I", data, at + 16), *struct.unpack_from("<I", data, at + 36))

    def manifest(self):
        """The text of resource 1 of type 24 (RT_MANIFEST), as Windows finds it: type, number, language, then where it stands."""
        at, size, start = next(((struct.unpack_from("<I", self.data, s + 20)[0], *struct.unpack_from("<II", self.data, s + 8))
                                for s in range(self.sections_at, self.sections_at + 40 * len(self.sections), 40)
                                if self.data[s:s + 8].rstrip(b"\0") == b".rsrc"), (0, 0, 0))
        entry = at
        for wanted in (24, 1, None):
            named, numbered = struct.unpack_from("<HH", self.data, entry + 12)
            rows = [struct.unpack_from("<II", self.data, entry + 16 + 8 * i) for i in range(named, named + numbered)]
            entry = next((at + (where & 0x7fffffff) for number, where in rows if wanted in (number, None)), None) if size else None
            if entry is None:
                return ""
        address, length = struct.unpack_from("<II", self.data, entry)
        return self.data[at + address - start:at + address - start + length].decode()

    def asks(self, path, want):
        """Whether the manifest has an element with this name below any of Microsoft's namespaces, and this text or these attributes."""
        try:
            found = [e for e in xml.etree.ElementTree.fromstring(self.manifest()).iter() if e.tag.rpartition("}")[2] == path]
        except xml.etree.ElementTree.ParseError:
            return False
        return want <= {e.text or e.attrib.get("Id") or e.attrib.get("level") for e in found}

    def with_bytes(self, old, new):
        return Pe(self.data.replace(old, new))

    def with_flags(self, flags):
        return Pe(self.data[:self.flags_at] + struct.pack("<H", flags) + self.data[self.flags_at + 2:])

    def with_section(self, flags):
        at = self.sections_at + 36
        return Pe(self.data[:at] + struct.pack("<I", flags) + self.data[at + 4:])


PE_PROPERTIES = [
    ("its address is random (DYNAMICBASE)", lambda p: p.flags & DYNAMIC_BASE and p.sections[".reloc"][0] > 0,
     lambda p: p.with_flags(NX_COMPAT)),
    ("in all 64 bits (HIGHENTROPYVA)", lambda p: p.flags & HIGH_ENTROPY_VA, lambda p: p.with_flags(DYNAMIC_BASE)),
    ("its data is not code (NXCOMPAT)", lambda p: p.flags & NX_COMPAT, lambda p: p.with_flags(DYNAMIC_BASE)),
    ("nothing is both written and run", lambda p: not any(f & SECTION_EXECUTE and f & SECTION_WRITE for _, f in p.sections.values()),
     lambda p: p.with_section(SECTION_EXECUTE | SECTION_WRITE)),
    ("its stack is guarded", lambda p: b"__stack_chk_fail" in p.data,
     lambda p: p.with_bytes(b"__stack_chk_fail", b"__stack_chk_none")),
    ("its manifest: paths may be long", lambda p: p.asks("longPathAware", {"true"}), lambda p: p.with_bytes(b">true</longPathAware>", b">nope</longPathAware>")),
    ("its manifest: its code page is UTF-8", lambda p: p.asks("activeCodePage", {"UTF-8"}), lambda p: p.with_bytes(b"activeCodePage", b"activeCodeEdge")),
    ("its manifest: it was made for Windows 7 to 11", lambda p: p.asks("supportedOS", SUPPORTED), lambda p: p.with_bytes(b"{35138b9a", b"{35138b9b")),
    ("its manifest: it asks for no more rights than its user has", lambda p: p.asks("requestedExecutionLevel", {"asInvoker"}),
     lambda p: p.with_bytes(b'level="asInvoker"', b'level="asStarter"')),
]


def programs(build):
    """Each program that is there, read, and what it must have."""
    elf = Elf((build / "sidelight").read_bytes())
    yield "sidelight", elf, ELF_PROPERTIES + (X86_PROPERTIES if elf.machine == EM_X86_64 else [])
    exe = build / "sidelight.exe"
    if exe.exists():
        yield "sidelight.exe", Pe(exe.read_bytes()), PE_PROPERTIES


def unprotected(build):
    """Files whose compiler was not told to probe the stack, which no header shows."""
    commands = json.loads((build / "compile_commands.json").read_text())
    ours = [c for c in commands if "/src/" in c["file"] and "gencatalog" not in c["output"]]
    assert ours, "no compile commands"
    return [c["file"] for c in ours if "-fstack-clash-protection" not in c["command"]]


FEATURES = struct.pack("<IIII", 0xc0000002, 4, 3, 0)[:12]  # GNU_PROPERTY_X86_FEATURE_1_AND: IBT, SHSTK (x86-64 psABI, linux-abi)


def unmarked(build):
    """Objects that do not say that they were made for control flow protection: one of them takes it from the whole program."""
    commands = json.loads((build / "compile_commands.json").read_text())
    objects = [build / c["output"] for c in commands if "/src/" in c["file"] and "gencatalog" not in c["output"]]
    found = [o for o in objects if o.exists()]
    assert len(found) > 100, "no objects"
    return [o for o in found if FEATURES not in o.read_bytes()]


def main(build):
    build, number = pathlib.Path(build), 0

    def case(ok, name):
        nonlocal number
        number += 1
        print(f"{'ok' if ok else 'not ok'} {number} - {name}")
    for name, program, properties in programs(build):
        for what, holds, softened in properties:
            case(holds(program), f"{name}: {what}")
            case(not holds(softened(program)), f"{name}: {what}: seen when it is not so")
    if Elf((build / "sidelight").read_bytes()).machine == EM_X86_64:
        plain = unmarked(build)
        case(not plain, "sidelight: each of its own objects is marked for control flow protection (IBT, SHSTK)")
        for path in plain:
            print(f"# {path}")
    soft = unprotected(build)
    case(not soft, "sidelight: no function steps over the end of the stack (stack clash)")
    for path in soft:
        print(f"# {path}")
    print(f"1..{number}")


if __name__ == "__main__":
    main(*sys.argv[1:])
