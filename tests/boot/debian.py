"""Debian's packages of any architecture: downloaded with apt into a folder of their own and unpacked there, never installed.

apt is given its own state, cache and sources, so that the system's package lists and architectures stay untouched."""

import lzma
import pathlib
import shutil
import subprocess

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SOURCES = f"""\
deb [signed-by={KEYRING}] http://deb.debian.org/debian bookworm main
deb [signed-by={KEYRING}] http://deb.debian.org/debian-security bookworm-security main
"""


def run(*command, **options):
    return subprocess.run(command, check=True, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **options).stdout


class Archive:
    """One architecture's packages, kept in `cache` from one run to the next."""

    def __init__(self, cache, architecture):
        self.folder = pathlib.Path(cache).resolve() / architecture
        root = self.folder / "apt"
        self.root = root
        self.fresh = False
        self.options = [
            "-q", "-o", f"APT::Architecture={architecture}", "-o", f"APT::Architectures={architecture}",
            "-o", f"Dir::State={root}/state", "-o", f"Dir::State::status={root}/status", "-o", f"Dir::Cache={root}/cache",
            "-o", f"Dir::Etc::sourcelist={root}/sources.list", "-o", "Dir::Etc::sourceparts=-",
            "-o", "APT::Sandbox::User=root", "-o", "Acquire::Languages=none", "-o", "Acquire::Retries=3",
        ]

    def update(self):
        if self.fresh:
            return
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        (self.root / "status").touch()
        (self.root / "sources.list").write_text(SOURCES)
        # A mirror in the middle of a synchronisation fails for one suite; what counts is whether the package can be had.
        subprocess.run(["apt-get", *self.options, "update"], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        self.fresh = True

    def kernel_package(self, name):
        """The package that a package like linux-image-cloud-amd64 stands for; other packages stand for themselves."""
        if not name.startswith("linux-image-"):
            return name
        words = [line.split()[-1] for line in run("apt-cache", *self.options, "depends", name).splitlines()]
        return next(word for word in words if word.startswith("linux-image-") and word != name)

    def unpacked(self, name):
        """The folder into which the package was unpacked, now or in an earlier run."""
        folder = self.folder / name
        if folder.is_dir():
            return folder
        self.update()
        package = self.kernel_package(name)
        run("apt-get", *self.options, "download", package, cwd=self.root)
        archive = next(self.root.glob(f"{package}_*.deb"))
        partial = self.folder / f"{name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        run("dpkg-deb", "-x", str(archive), str(partial))
        partial.rename(folder)
        archive.unlink()
        return folder


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
