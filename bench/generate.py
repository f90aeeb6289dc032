"""Makes many evidence files from the recorded machines of tests/hosts: other host names, command lines and microcode."""

import json
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
    texts = [path.read_text() for path in sorted(pathlib.Path(hosts).rglob("*.host"))]
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


def replaced_line(text, record, line):
    """Another line behind the record's first one, where it has a record of that name."""
    return re.sub(rf"(?m)^(-- file {re.escape(record)}\n)", rf"\g<1>{line}\n", text, count=1)


def other_name(text, _chance):
    return text


def other_boot(text, chance):
    moment = f"2026-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}T{chance.randrange(24):02d}:{chance.randrange(60):02d}:00Z"
    return text.replace("\n", f"\n-- meta captured {moment}\n-- identity boot {chance.getrandbits(64):016x}\n", 1)


def other_microcode(text, chance):
    revision = chance.getrandbits(12)
    text = re.sub(r"(?m)^(microcode\t: 0x[0-9a-f]*)[0-9a-f]{3}$", rf"\g<1>{revision:03x}", text)
    return re.sub(r"(?m)^(-- msr \S+ 0000008b [0-9a-f]{5})[0-9a-f]{3}(0{8})$", rf"\g<1>{revision:03x}\2", text)


def other_parameters(text, chance):
    extra = f"root=UUID={chance.getrandbits(64):016x} {chance.choice(CMDLINES)} {chance.choice(CMDLINES)}".rstrip()
    return re.sub(r"(?m)^(-- file /proc/cmdline\n.*)$", rf"\1 {extra}", text, count=1)


def other_log(text, chance):
    return replaced_line(text, "/var/log/dmesg", f"Memory: {chance.getrandbits(24)}K/16776{chance.randrange(100, 999)}K available")


def other_packages(text, chance):
    packages = "".join(f"linux-image-6.{chance.randrange(1, 12)}.{chance.getrandbits(12)}-amd64 6.1.{chance.getrandbits(8)}-1\n" for _ in range(3))
    return f"{text}-- file /var/lib/dpkg/status\n{packages}"


def other_release(text, chance):
    found = re.search(r"(?m)^-- uname Linux (\d+\.\d+)(\S*)", text)
    other = f"{found[1]}.{chance.randrange(1, 200)}-generic" if found else ""
    return text.replace(found[1] + found[2], other) if found else text


def other_register(text, chance):
    return text + f"-- msr 0 0000001b {chance.getrandbits(48):016x}\n"


def other_memory(text, chance):
    return re.sub(r"(?m)^cpu MHz\t\t: .*$", f"cpu MHz\t\t: {chance.randrange(800, 4000)}.{chance.randrange(1000):03d}", re.sub(
        r"(?m)^(address sizes\t: )\d+ bits", rf"\g<1>{chance.randrange(36, 53)} bits", text))


UNLIKE = {"name": [other_name], "boot and capture": [other_boot], "microcode": [other_microcode], "parameters": [other_parameters],
          "log": [other_log], "packages": [other_packages], "release": [other_release], "register": [other_register], "sizes": [other_memory],
          "all of it": [other_boot, other_microcode, other_parameters, other_log, other_packages, other_release, other_register, other_memory]}


def stream(hosts, path, count, kinds):
    """`count` machines in one file, one behind the other, unlike in these ways."""
    texts = [path.read_text() for path in sorted(pathlib.Path(hosts).rglob("*.host"))]
    texts = ["\n".join(line for line in text.split("\n") if not line.startswith("-- expect ")) for text in texts]
    chance = random.Random(7)
    with open(path, "w", encoding="utf-8") as out:
        for i in range(count):
            text = chance.choice(texts)
            for change in kinds:
                text = change(text, chance)
            head, rest = text.split("\n", 1)
            out.write(f"{head}\n-- identity hostname vm-{i:07d}\n{rest}")


SIZES = ["Standard_D2s_v5", "Standard_E4as_v5", "Standard_B2ms", "Standard_D4ps_v5", "Standard_NC6s_v3"]
IMAGES = [("Linux", "Canonical", "ubuntu-24_04-lts", "server"), ("Linux", "Debian", "debian-12", "12-gen2"),
          ("Windows", "MicrosoftWindowsServer", "WindowsServer", "2022-datacenter-azure-edition"),
          ("Linux", "RedHat", "RHEL", "9-lvm-gen2"), ("Windows", "MicrosoftWindowsServer", "WindowsServer", "2016-Datacenter")]


def machine(number, chance):
    """A virtual machine as a cloud lists it."""
    system, publisher, offer, sku = chance.choice(IMAGES)
    group = f"/subscriptions/00000000-0000-0000-0000-{number % 97:012d}/resourceGroups/rg-{number % 1009}"
    return {
        "id": f"{group}/providers/Microsoft.Compute/virtualMachines/vm-{number:07d}", "name": f"vm-{number:07d}",
        "type": "Microsoft.Compute/virtualMachines", "location": chance.choice(["westeurope", "eastus", "japaneast"]),
        "resourceGroup": f"rg-{number % 1009}", "provisioningState": "Succeeded", "tags": {"team": f"team-{number % 31}"},
        "hardwareProfile": {"vmSize": chance.choice(SIZES), "vmSizeProperties": None},
        "storageProfile": {
            "imageReference": {"publisher": publisher, "offer": offer, "sku": sku, "version": "latest"},
            "osDisk": {"osType": system, "createOption": "FromImage", "diskSizeGb": 30, "caching": "ReadWrite"}},
        "osProfile": {"computerName": f"vm-{number:07d}", "adminUsername": "operator",
                      "secrets": [], "allowExtensionOperations": True},
        "networkProfile": {"networkInterfaces": [{"id": f"{group}/providers/Microsoft.Network/networkInterfaces/nic-{number}"}]},
    }


def inventory(path, count):
    """Writes a list of `count` machines, one a line; gives its size in bytes."""
    chance = random.Random(2)
    with open(path, "w", encoding="utf-8") as out:
        out.write("[\n")
        for i in range(count):
            out.write(json.dumps(machine(i, chance)) + (",\n" if i + 1 < count else "\n"))
        out.write("]\n")
        return out.tell()
