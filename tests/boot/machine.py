"""A test machine: an initramfs made here, a kernel, and QEMU's software emulation; what it sent comes back in frames."""

import pathlib
import stat
import subprocess

TIMEOUT = 90  # seconds for one boot, which takes 2 to 10


def cpio(files):
    """An initramfs (newc) of {path: bytes}; everything may be executed."""
    folders = sorted({str(p) for path in files for p in pathlib.PurePosixPath(path).parents if str(p) != "."})
    entries = [(f, stat.S_IFDIR | 0o755, b"") for f in folders]
    entries += [(path, stat.S_IFREG | 0o755, data) for path, data in files.items()]
    entries.append(("TRAILER!!!", 0, b""))
    out = bytearray()
    for number, (name, mode, data) in enumerate(entries, 1):
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        out += b"070701" + b"".join(b"%08x" % f for f in fields) + name.encode() + b"\0"
        out += bytes(-len(out) % 4) + data
        out += bytes(-len(out) % 4)
    return bytes(out)


class Frame:
    def __init__(self, status, data):
        self.status, self.data = status, data

    @property
    def text(self):
        return self.data.decode("utf-8", "replace")


class BootError(Exception):
    pass


def frames(console):
    """What init.c sent: {name: Frame}. BootError unless all of it is there."""
    found = {}
    at = console.find(b"-- frame ")
    while at >= 0 and "end" not in found:
        line_end = console.find(b"\n", at)
        words = console[at:line_end].split()
        if len(words) != 5 or words[:2] != [b"--", b"frame"]:
            raise BootError(f"expected a frame, found {console[at:at + 80]!r}")
        start, length = line_end + 1, int(words[4])
        found[words[2].decode()] = Frame(int(words[3]), console[start:start + length])
        at = start + length + 1
    if "end" not in found:
        raise BootError("the machine stopped early; its console ends with:\n" + console[-2000:].decode("utf-8", "replace"))
    return found


def boot(command, image, initramfs, cmdline, keep):
    """Boots and returns the frames. `command` is the emulator with its machine and CPU; `keep` is the stem of files to leave.

    Its CPUs take turns in one thread: with a thread each, one now and then ran into code that another was just patching, and died."""
    initrd = pathlib.Path(f"{keep}.cpio")
    initrd.write_bytes(initramfs)
    command = [*command, "-accel", "tcg,thread=single", "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio",
               "-kernel", str(image), "-initrd", str(initrd), "-append", cmdline]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as e:
        pathlib.Path(f"{keep}.console").write_bytes(e.stdout or b"")
        raise BootError(f"no end within {TIMEOUT} s") from e
    finally:
        initrd.unlink()
    pathlib.Path(f"{keep}.console").write_bytes(done.stdout)
    if done.returncode != 0:
        raise BootError(f"{command[0]} failed: {done.stderr.decode('utf-8', 'replace').strip()}")
    return frames(done.stdout)
