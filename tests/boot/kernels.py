"""Debian kernels to boot: downloaded with apt into a folder of their own and unpacked there, never installed.

apt is given its own state, cache and sources, so that the system's package lists and architectures stay untouched."""

import fcntl
import lzma
import pathlib
import subprocess

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SOURCES = f"""\
deb [signed-by={KEYRING}] http://deb.debian.org/debian bookworm main
deb [signed-by={KEYRING}] http://deb.debian.org/debian-security bookworm-security main
"""


class Kernel:
    """An unpacked kernel package."""

    def __init__(self, folder):
        self.image = next(folder.glob("boot/vmlinu*"))
        self.version = self.image.name.split("-", 1)[1]
        self.folder = folder

    def module(self, name):
        """The module's bytes, uncompressed; None when the kernel has no such module."""
        for path in self.folder.glob(f"**/kernel/**/{name}.ko*"):
            data = path.read_bytes()
            return lzma.decompress(data) if path.suffix == ".xz" else data
        return None


def run(*command, **options):
    return subprocess.run(command, check=True, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **options).stdout


class Archive:
    """One architecture's packages."""

    def __init__(self, cache, architecture):
        self.cache = cache
        self.root = cache / f"apt-{architecture}"
        self.options = [
            "-q", "-o", f"APT::Architecture={architecture}", "-o", f"APT::Architectures={architecture}",
            "-o", f"Dir::State={self.root}/state", "-o", f"Dir::State::status={self.root}/status",
            "-o", f"Dir::Cache={self.root}/cache", "-o", f"Dir::Etc::sourcelist={self.root}/sources.list",
            "-o", "Dir::Etc::sourceparts=-", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Languages=none",
            "-o", "Acquire::Retries=3",
        ]

    def update(self):
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        (self.root / "status").touch()
        (self.root / "sources.list").write_text(SOURCES)
        # A mirror in the middle of a synchronisation fails for one suite; whether the kernel can be had is what counts.
        subprocess.run(["apt-get", *self.options, "update"], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def kernel_package(self, name):
        """The package that a package like linux-image-cloud-amd64 stands for."""
        for line in run("apt-cache", *self.options, "depends", name).splitlines():
            word = line.split()[-1]
            if word.startswith("linux-image-"):
                if word != name:
                    return word
        raise RuntimeError(f"no kernel in {name}")

    def fetch(self, name):
        """Downloads and unpacks what `name` stands for."""
        self.update()
        package = self.kernel_package(name)
        run("apt-get", *self.options, "download", package, cwd=self.root)
        archive = next(self.root.glob(f"{package}_*.deb"))
        partial = self.cache / f"{name}.partial"
        run("rm", "-rf", str(partial))
        run("dpkg-deb", "-x", str(archive), str(partial))
        partial.rename(self.cache / name)
        archive.unlink()


def kernel(cache, architecture, name):
    """The kernel that the package `name` stands for, from the cache folder or, the first time, from Debian's archive."""
    cache = pathlib.Path(cache).resolve()
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (cache / name).is_dir():
            Archive(cache, architecture).fetch(name)
    return Kernel(cache / name)
