"""Makes many evidence files from the recorded machines of tests/hosts: other host names, command lines and microcode."""

import pathlib
import random
import re

CMDLINES = ["", "mitigations=off", "mds=off", "nopti", "spectre_v2=ibrs", "retbleed=off", "mitigations=auto,nosmt", "tsa=off",
            "spec_rstack_overflow=off", "spectre_v2_user=on", "nosmt", "l1tf=full,force", "tsx=on", "srbds=off", "gather_data_sampling=off"]


def vary(text, chance, number):
    """One more machine like `text`, with `chance` (a random.Random) deciding how it differs."""
    revision = chance.getrandbits(12)
    extra = f"root=/dev/vda{chance.randrange(1, 5)} {chance.choice(CMDLINES)} {chance.choice(CMDLINES)}".rstrip()
    text = re.sub(r"(?m)^(-- file /proc/cmdline\n.*)$", rf"\1 {extra}", text, count=1)
    text = re.sub(r"(?m)^(microcode\t: 0x[0-9a-f]*)[0-9a-f]{3}$", rf"\g<1>{revision:03x}", text)
    text = re.sub(r"(?m)^(-- msr \S+ 0000008b [0-9a-f]{5})[0-9a-f]{3}(0{8})$", rf"\g<1>{revision:03x}\2", text)
    head, rest = text.split("\n", 1)
    rest = "\n".join(line for line in rest.split("\n") if not line.startswith("-- expect "))
    return f"{head}\n-- identity hostname vm-{number:06d}\n{rest}"


def evidence_files(hosts, folder, count, kinds=0):
    """Writes `count` files into `folder` and returns their paths. `kinds`: only so many unlike machines, the rest differ from
    them in name alone, as in a real fleet; 0: all unlike."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    texts = [path.read_text() for path in sorted(pathlib.Path(hosts).glob("*.host"))]
    chance = random.Random(1)
    seeds = [chance.getrandbits(32) for _ in range(kinds or count)]
    paths = []
    for i in range(count):
        seed = seeds[i % len(seeds)]
        path = folder / f"vm-{i:06d}.host"
        if not path.exists():
            path.write_text(vary(texts[seed % len(texts)], random.Random(seed), i))
        paths.append(str(path))
    return paths
