#!/usr/bin/env python3
"""The hardware opinion against a second implementation of the kernel's derivation, on made-up processors.

Linux decides which flaws a processor has in cpu_set_bug_bits (arch/x86/kernel/cpu/common.c) with two lists and some
bits. It is written down here once more, in the kernel's own order and with its own names, and compared with what the
data files make of processors with random models, steppings and bits. Prints TAP.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

VENDOR_NAMES = {"intel": b"GenuineIntel", "amd": b"AuthenticAMD", "hygon": b"HygonGenuine",
                "zhaoxin": b"  Shanghai  ", "centaur": b"CentaurHauls"}

# cpu_vuln_whitelist, Intel family 6: the first row that names the model counts.
WHITELIST = [
    ({0x36, 0x35, 0x27, 0x1c, 0x26}, "SPECULATION ITLB_MULTIHIT"),
    ({0x37, 0x4d, 0x4a, 0x4c, 0x57, 0x85, 0x5a, 0x75}, "SSB L1TF SWAPGS ITLB_MULTIHIT"),
    ({0x0e}, "SSB"),
    ({0x5c, 0x5f}, "MDS L1TF SWAPGS ITLB_MULTIHIT"),
    ({0x7a}, "MDS L1TF SWAPGS ITLB_MULTIHIT EIBRS_PBRSB"),
    ({0x96, 0x9c}, "EIBRS_PBRSB"),
    ({0x86}, "ITLB_MULTIHIT EIBRS_PBRSB"),
]
# cpu_vuln_blacklist, Intel family 6: models, highest stepping, flaws.
BLACKLIST = [
    ({0x2d, 0x2a, 0x3e}, 15, "VMSCAPE"),
    ({0x3a, 0x3c, 0x45, 0x46, 0x47, 0x3d}, 15, "SRBDS VMSCAPE"),
    ({0x3f, 0x56, 0x4f}, 15, "MMIO VMSCAPE"),
    ({0x55}, 5, "MMIO RETBLEED GDS VMSCAPE"),
    ({0x55}, 15, "MMIO RETBLEED GDS VMSCAPE ITS"),
    ({0x4e, 0x5e}, 15, "MMIO RETBLEED GDS SRBDS VMSCAPE"),
    ({0x8e}, 11, "MMIO RETBLEED GDS SRBDS VMSCAPE"),
    ({0x8e}, 15, "MMIO RETBLEED GDS SRBDS VMSCAPE ITS"),
    ({0x9e}, 12, "MMIO RETBLEED GDS SRBDS VMSCAPE"),
    ({0x9e}, 15, "MMIO RETBLEED GDS SRBDS VMSCAPE ITS"),
    ({0x66}, 15, "RETBLEED VMSCAPE"),
    ({0x7e}, 15, "MMIO MMIO_SBDS RETBLEED GDS ITS"),
    ({0x6c, 0x6a}, 15, "MMIO GDS ITS"),
    ({0xa5}, 15, "MMIO MMIO_SBDS RETBLEED GDS ITS VMSCAPE"),
    ({0xa6}, 0, "MMIO RETBLEED ITS VMSCAPE"),
    ({0xa6}, 15, "MMIO MMIO_SBDS RETBLEED GDS ITS VMSCAPE"),
    ({0x8c, 0x8d}, 15, "GDS ITS"),
    ({0x8a}, 15, "MMIO MMIO_SBDS RETBLEED"),
    ({0xa7}, 15, "MMIO RETBLEED GDS ITS"),
    ({0x97, 0x9a, 0xb7, 0xba, 0xbf, 0xbe}, 15, "RFDS VMSCAPE"),
    ({0xaa, 0xc5, 0xc6, 0xb5, 0xbd, 0x8f, 0xad, 0xcf, 0xaf}, 15, "VMSCAPE"),
    ({0x96, 0x9c}, 15, "MMIO MMIO_SBDS RFDS"),
    ({0x86}, 15, "MMIO RFDS"),
    ({0x5c, 0x5f, 0x7a}, 15, "RFDS"),
]
UNLISTED = {0x01, 0x0f, 0x17, 0x1a, 0x2c, 0xac, 0xb6, 0xdd}
MODELS = sorted(UNLISTED.union(*(row[0] for row in WHITELIST + BLACKLIST)))


def spared(c):
    if c.family == 4 or (c.vendor, c.family) in (("intel", 5), ("centaur", 5)):
        return {"SPECULATION"}
    if (c.vendor, c.family) == ("intel", 6):
        return set(next((flags for models, flags in WHITELIST if c.model in models), "").split())
    if c.vendor == "amd" and c.family in (0xf, 0x10, 0x11, 0x12):
        return set("MELTDOWN SSB L1TF MDS SWAPGS ITLB_MULTIHIT BHI".split())
    if c.vendor in ("amd", "hygon"):
        return set("MELTDOWN L1TF MDS SWAPGS ITLB_MULTIHIT EIBRS_PBRSB BHI".split())
    if c.family == 7 and c.vendor in ("centaur", "zhaoxin"):
        return set("SPECTRE_V2 SWAPGS BHI".split())
    return set()


def listed(c):
    if (c.vendor, c.family) == ("intel", 6):
        rows = (flaws for models, top, flaws in BLACKLIST if c.model in models and c.stepping <= top)
        return set(next(rows, "").split())
    if c.vendor == "amd" and c.family in (0x15, 0x16):
        return {"RETBLEED"}
    if (c.vendor, c.family) in (("amd", 0x17), ("hygon", 0x18)):
        return {"RETBLEED", "SMT_RSB", "SRSO", "VMSCAPE"}
    if c.vendor == "amd" and c.family in (0x19, 0x1a):
        return {"SRSO", "TSA", "VMSCAPE"}
    return set()


class Processor:
    """A processor that nobody built: all that the kernel asks of it."""

    def __init__(self, r):
        self.vendor = r.choices(list(VENDOR_NAMES), [70, 20, 4, 3, 3])[0]
        self.family = {"intel": r.choice([6] * 12 + [4, 5, 15]), "hygon": 0x18, "zhaoxin": r.choice([6, 7]),
                       "amd": r.choice([4, 6, 0xf, 0x10, 0x12, 0x14, 0x15, 0x16, 0x17, 0x19, 0x19, 0x1a, 0x1a]),
                       "centaur": r.choice([5, 6, 7])}[self.vendor]
        self.model = r.choice(MODELS) if self.family == 6 else r.randrange(256 if self.family >= 15 else 16)
        self.stepping = r.randrange(16)
        self.guest = r.random() < 0.4
        self.core_type = r.choice([0x20, 0x40, 0])
        self.c1 = r.getrandbits(31) | self.guest << 31
        self.b7, self.d7, self.d72 = r.getrandbits(32), r.getrandbits(32), r.getrandbits(32) & r.getrandbits(32)
        self.b8, self.a21 = (r.getrandbits(32) & r.getrandbits(32) for _ in range(2))
        self.c21 = r.getrandbits(32) | (0x86 if r.random() < 0.4 else 0)
        self.capabilities = r.getrandbits(63) & r.getrandbits(63)

    def cap(self, n):
        return self.d7 >> 29 & 1 and self.capabilities >> n & 1

    def evidence(self):
        base = min(self.family, 15)
        signature = (self.family - base) << 20 | self.model >> 4 << 16 | base << 8 | (self.model & 15) << 4
        signature |= self.stepping
        name = [int.from_bytes(VENDOR_NAMES[self.vendor][i:i + 4], "little") for i in (0, 4, 8)]
        leaves = [(0, 0, 0x20 if self.core_type else 0x19, name[0], name[2], name[1]), (1, 0, signature, 0, self.c1, 0),
                  (7, 0, 2, self.b7, 0, self.d7), (7, 2, 0, 0, 0, self.d72), (0x80000000, 0, 0x80000021, 0, 0, 0),
                  (0x80000008, 0, 0, self.b8, 0, 0), (0x80000021, 0, self.a21, 0, self.c21, 0)]
        if self.core_type:
            leaves.append((0x1a, 0, self.core_type << 24, 0, 0, 0))
        lines = ["# sidelight evidence 1", "-- uname Linux 7.3.4 x86_64"]
        lines += ["-- cpuid 0 %08x.%x %08x %08x %08x %08x" % leaf for leaf in leaves]
        return "\n".join(lines + ["-- msr 0 0000010a %016x" % self.capabilities]) + "\n"


# A kernel counts guests of every model as affected, for they may run on another. That is its care, not a fact about the processor
# that they are shown: the tables do not know.
HOST_KNOWS = "the host knows"


def tsa(c, flaws):
    zen34 = c.family == 0x19 and c.model <= 0xaf
    zen5 = c.family == 0x1a and any(low <= c.model <= high for low, high in ((0, 0x2f), (0x40, 0x4f), (0x60, 0x7f),
                                                                             (0xd0, 0xd7)))
    sq, l1, fill = (c.c21 >> n & 1 for n in (1, 2, 7))
    if not c.guest and not zen34 and not zen5:
        sq = l1 = 1
    if zen34 or not c.guest and not zen5:
        fill = 1  # through fills only Zen 5 leaks
    affected = "TSA" in flaws and not (sq and l1 and fill)
    return affected and (zen34 or zen5 or HOST_KNOWS)


def rfds(c, flaws):
    if c.cap(27) or c.cap(28):
        return not c.cap(27)
    return "RFDS" in flaws and not (c.model in (0x97, 0xb7) and c.core_type != 0x20 and not c.d7 >> 15 & 1)


def derive(c):
    """The flaws that the newest kernel finds, in the order of cpu_set_bug_bits."""
    no, flaws = spared(c), listed(c)
    found = {"itlb-multihit": "ITLB_MULTIHIT" not in no and not c.cap(6)}
    if "SPECULATION" in no:
        return found
    eibrs = c.cap(1) or c.a21 >> 8 & 1
    found["spectre-v1"] = True
    found["spectre-v2"] = found["spectre-v2-user"] = "SPECTRE_V2" not in no
    found["ssb"] = "SSB" not in no and not c.cap(4) and not c.b8 >> 26 & 1
    found["pbrsb"] = eibrs and "EIBRS_PBRSB" not in no and not c.cap(24)
    found["mds"] = "MDS" not in no and not c.cap(5)
    found["swapgs"] = "SWAPGS" not in no
    found["taa"] = not c.cap(8) and (c.b7 >> 11 & 1 or c.cap(7))
    found["srbds"] = (c.c1 >> 30 & 1 or c.b7 >> 18 & 1) and flaws & {"SRBDS", "MMIO_SBDS"}
    found["mmio-stale-data"] = "MMIO" in flaws and not (c.cap(13) and c.cap(14) and c.cap(15))
    found["retbleed"] = not c.b8 >> 29 & 1 and ("RETBLEED" in flaws or c.cap(2))
    found["smt-rsb"] = "SMT_RSB" in flaws
    found["srso"] = "SRSO" in flaws and not c.a21 >> 29 & 1
    found["gds"] = "GDS" in flaws and not c.cap(26) and c.c1 >> 28 & 1
    found["rfds"] = rfds(c, flaws)
    found["bhi"] = "BHI" not in no and (eibrs or c.guest)
    found["ibpb-no-ret"] = c.b8 >> 12 & 1 and not c.b8 >> 30 & 1
    its = c.vendor == "intel" and not c.cap(62) and not c.d72 >> 4 & 1
    found["its"] = its and ("ITS" in flaws or c.guest and HOST_KNOWS)
    found["tsa"] = tsa(c, flaws)
    found["vmscape"] = "VMSCAPE" in flaws and not c.guest
    found["meltdown"] = "MELTDOWN" not in no and not c.cap(0)
    found["l1tf"] = found["meltdown"] and "L1TF" not in no
    return found


FLAWS = ("meltdown spectre-v1 swapgs spectre-v2 spectre-v2-user bhi pbrsb ibpb-no-ret ssb l1tf mds taa itlb-multihit "
         "srbds mmio-stale-data retbleed smt-rsb srso gds rfds its tsa vmscape").split()


def disagreements(sidelight, processors):
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, "%05d.host" % i) for i in range(len(processors))]
        for path, processor in zip(paths, processors):
            with open(path, "w", encoding="utf-8") as f:
                f.write(processor.evidence())
        run = subprocess.run([sidelight, "check", "--ignore-os-claims", "--format", "json", "--exit-zero"] + paths,
                             capture_output=True, text=True, check=True)
    for processor, line in zip(processors, run.stdout.splitlines(), strict=True):
        said = {f["id"]: f["affected"]["hardware"] for f in json.loads(line)["findings"]}
        wanted = derive(processor)
        for flaw in FLAWS:
            want = "unknown" if wanted.get(flaw) == HOST_KNOWS else "yes" if wanted.get(flaw) else "no"
            if said[flaw] != want:
                yield "%s %#x/%#x/%d%s: %s: the kernel derives %s, the tables say %s" % (
                    processor.vendor, processor.family, processor.model, processor.stepping,
                    " guest" if processor.guest else "", flaw, want, said[flaw])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sidelight", help="the program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000, help="how many processors are made up")
    options = parser.parse_args()
    r = random.Random(options.seed)
    wrong = list(disagreements(options.sidelight, [Processor(r) for _ in range(options.count)]))
    for line in wrong[:20]:
        print("#", line)
    print("not ok" if wrong else "ok", "1 -", options.count, "made-up processors,", len(FLAWS), "flaws:", len(wrong),
          "differences")
    print("1..1")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
