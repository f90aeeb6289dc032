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
