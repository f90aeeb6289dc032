#!/usr/bin/env python3
"""A Debian 12 disk in QEMU (software emulation) is started badly configured, with mitigations=off in GRUB; fix applies inside, it restarts, the kernel's own files agree, fix rolls back, it restarts, and everything is as at first, byte for byte.

Usage: restart.py SIDELIGHT; needs root, a network, debootstrap, and SIDELIGHT_FULL=1, for it takes minutes"""
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

from told import end, tell

PACKAGES = 'linux-image-cloud-amd64,grub-pc-bin,grub2-common,grub-common,procps,initramfs-tools,e2fsprogs'
MIB = 1 << 20
SIZE = 1500 * MIB
GRUB = '''# If you change this file, run 'update-grub' afterwards.
GRUB_DEFAULT=0
GRUB_TIMEOUT=0
GRUB_TERMINAL=console
GRUB_DISTRIBUTOR=Debian
GRUB_DISABLE_OS_PROBER=true
GRUB_DISABLE_LINUX_UUID=true
GRUB_CMDLINE_LINUX_DEFAULT="mitigations=off quiet"
GRUB_CMDLINE_LINUX="console=ttyS0 init=/sbin/stage"
'''
MODULES = 'biosdisk part_msdos ext2 normal linux search search_fs_uuid test echo configfile'.split()
HERE = pathlib.Path(__file__).parent


def run(*command, **options):
    return subprocess.run([str(c) for c in command], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **options)


def install(root, program):
    """The program with the libraries that it was linked with: this machine is a Debian 12, too."""
    shutil.copy(program, root / 'usr/bin/sidelight')
    for path in re.findall(r'=> (/\S+)', subprocess.run(['ldd', program], capture_output=True, text=True, check=True).stdout):
        target = root / 'usr/lib/x86_64-linux-gnu' / os.path.basename(path)
        if not target.exists() and not (root / 'lib/x86_64-linux-gnu' / target.name).exists():
            shutil.copy(path, target)
    shutil.copy(HERE / 'restart.sh', root / 'sbin/stage')
    (root / 'sbin/stage').chmod(0o755)


def configure(root):
    (root / 'etc/default/grub').write_text(GRUB)
    (root / 'etc/fstab').write_text('/dev/vda1 / ext4 defaults 0 1\n')
    shutil.copytree(root / 'usr/lib/grub/i386-pc', root / 'boot/grub/i386-pc')
    run('chroot', root, 'grub-mkimage', '-O', 'i386-pc', '-p', '(hd0,msdos1)/boot/grub', '-o', '/core.img', *MODULES)


def make_disk(root, disk):
    """One partition behind GRUB's own sectors, without a loop device."""
    image = disk.with_suffix('.fs')
    run('truncate', '-s', SIZE, image)
    run('mkfs.ext4', '-q', '-d', root, image, stderr=subprocess.DEVNULL)
    boot = bytearray((root / 'usr/lib/grub/i386-pc/boot.img').read_bytes()[:512])
    boot[0x1be:0x1fe] = struct.pack('<8BII', 0x80, 0, 2, 0, 0x83, 0xfe, 0xff, 0xff, MIB // 512, SIZE // 512) + bytes(48)
    boot[510:512] = b'\x55\xaa'
    run('truncate', '-s', SIZE + MIB, disk)
    run('dd', f'if={image}', f'of={disk}', 'bs=1M', 'seek=1', 'conv=notrunc,sparse', 'status=none')
    with open(disk, 'r+b') as f:
        f.write(boot + (root / 'core.img').read_bytes())
    image.unlink()


def start(disk, log, *more):
    run('qemu-system-x86_64', '-nodefaults', '-display', 'none', '-serial', f'file:{log}', '-m', '768', '-cpu', 'Skylake-Server-noTSX-IBRS',
        '-no-reboot', '-drive', f'file={disk},format=raw,if=virtio', *more, stderr=subprocess.DEVNULL, timeout=2400)
    return pathlib.Path(log).read_text(encoding='utf-8', errors='replace')


def said(log):
    return re.findall(r'^@ (.*?)\r?$', log, re.M)


def restart(program, folder):
    root, disk = folder / 'root', folder / 'disk'
    run('debootstrap', '--variant=minbase', f'--include={PACKAGES}', 'bookworm', root)
    install(root, program)
    configure(root)
    make_disk(root, disk)
    kernel, ramdisk = next(root.glob('boot/vmlinuz-*')), next(root.glob('boot/initrd.img-*'))
    log = start(disk, folder / 'log0', '-kernel', kernel, '-initrd', ramdisk, '-append', 'root=/dev/vda1 ro console=ttyS0 init=/sbin/stage')
    tell('generated' in said(log), 'the guest generates its own configuration', log)
    bad, good, again = (start(disk, folder / f'log{n}') for n in (1, 2, 3))
    judge(bad, good, again)


def judge(bad, good, again):
    words = said(bad)
    tell('mitigations=off' in words[0] and 'vulnerable 0' not in words, 'it starts badly configured', bad)
    tell('apply 0' in words and 'verify 3' in words, 'fix applies, and waits for the restart', bad)
    words = said(good)
    tell('mitigations' not in words[0], 'after the restart the line is without it', good)
    tell('Mitigation: PTI' in good, 'the kernel itself says so', good)
    tell('verify 0' in words, 'fix sees that it took effect', good)
    tell('rollback 0' in words and 'identical' in words, 'fix takes it back to the byte', good)
    words = said(again)
    tell('mitigations=off' in words[0] and 'identical' in words and said(bad)[1] in words, 'the next start is as the first', again)


def main():
    program = os.path.abspath(sys.argv[-1])
    if not os.environ.get('SIDELIGHT_FULL') or os.geteuid() != 0 or not shutil.which('debootstrap'):
        print('1..0 # SKIP needs SIDELIGHT_FULL=1 (./dev test --full), root and debootstrap')
        return 0
    with tempfile.TemporaryDirectory() as folder:
        restart(program, pathlib.Path(folder))
    return end()


if __name__ == '__main__':
    sys.exit(main())
