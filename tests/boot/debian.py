"""Debian's packages of any architecture: downloaded with apt into a folder of their own and unpacked there, never installed.

apt is given its own state and cache, so that the system's package lists and architectures stay untouched; the sources are those of
the system, but only Debian's, which alone have other architectures."""

import lzma
import pathlib
import re
import shutil
import subprocess

APT = pathlib.Path("/etc/apt")
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"


def run(*command, **options):
    return subprocess.run(command, check=True, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **options).stdout


def copy_sources(folder, suite=None):
    """The paragraphs and lines of the system's sources that are Debian's own, into a folder for apt; or another release of the same archive."""
    folder.mkdir(parents=True, exist_ok=True)
    if suite:
        texts = [path.read_text() for path in (APT / "sources.list", *sorted((APT / "sources.list.d").glob("*"))) if path.is_file()]
        place = re.search(r"https?://\S+/debian(?=/?\s)", "\n".join(texts)).group()
        (folder / f"{suite}.list").write_text(f"deb [signed-by={KEYS}] {place} {suite} main\n")
        return
    for path in [APT / "sources.list", *sorted((APT / "sources.list.d").glob("*.list"))]:
        if path.exists():
            lines = [line for line in path.read_text().splitlines() if line.startswith("deb ") and "/debian" in line]
            (folder / f"{path.stem}.list").write_text("".join(f"{line}\n" for line in lines))
    for path in sorted((APT / "sources.list.d").glob("*.sources")):
        paragraphs = [p for p in path.read_text().split("\n\n") if "/debian" in p]
        (folder / path.name).write_text("\n\n".join(paragraphs) + "\n")


class Archive:
    """One architecture's packages, of another release where `suite` names it, kept in `cache` from one run to the next."""

    def __init__(self, cache, architecture, suite=None):
        self.folder = pathlib.Path(cache).resolve() / (f"{architecture}-{suite}" if suite else architecture)
        self.suite = suite
        root = self.folder / "apt"
        self.root = root
        self.fresh = False
        self.options = [
            "-q", "-o", f"APT::Architecture={architecture}", "-o", f"APT::Architectures={architecture}",
            "-o", f"Dir::State={root}/state", "-o", f"Dir::State::status={root}/status", "-o", f"Dir::Cache={root}/cache",
            "-o", "Dir::Etc::sourcelist=-", "-o", f"Dir::Etc::sourceparts={root}/sources.list.d",
            "-o", "APT::Sandbox::User=root", "-o", "Acquire::Languages=none", "-o", "Acquire::Retries=3",
        ]

    def update(self):
        if self.fresh:
            return
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        (self.root / "status").touch()
        copy_sources(self.root / "sources.list.d", self.suite)
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
