#!/usr/bin/env python3
"""Debian's static libraries for another architecture, unpacked into a folder; prints Meson's options for them. Usage: cross.py FOLDER ARCHITECTURE"""
import pathlib
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE / "tests" / "boot"))
import debian  # pylint: disable=wrong-import-position

ARCHITECTURES = {"aarch64": ("arm64", "aarch64-linux-gnu")}
LIBRARIES = ("zlib1g-dev", "libcyaml-dev", "libyaml-dev", "libsodium-dev")


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    architecture, cross = ARCHITECTURES[sys.argv[2]]
    archive, root = debian.Archive(folder, architecture), folder / "root"
    root.mkdir(parents=True, exist_ok=True)
    for package in LIBRARIES:
        subprocess.run(["cp", "-aT", str(archive.unpacked(package)), str(root)], check=True, stdout=sys.stderr)
    libraries, settings = root / "usr" / "lib" / cross, folder / "meson.cross"
    emulator = shutil.which(f"qemu-{sys.argv[2]}-static")
    # Meson tries the compiler by a program that is not static: the emulator has to be told where its libraries are.
    wrapper = f"exe_wrapper = ['{emulator}', '-L', '/usr/{cross}']\n" if emulator else ""
    settings.write_text(f"""[binaries]
pkgconfig = 'pkg-config'
{wrapper}[properties]
sys_root = '{root}'
pkg_config_libdir = '{libraries}/pkgconfig'
[built-in options]
c_args = ['-isystem', '{root}/usr/include', '-isystem', '{root}/usr/include/{cross}']
c_link_args = ['-L{libraries}']
""", encoding="ascii")
    print(f"--cross-file={SOURCE}/tools/{cross}.cross", f"--cross-file={settings}", sep="\n")


main()
