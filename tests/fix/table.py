"""The fake machines: NAME -> (recorded machine whose kernel it runs, its command line, files, options of fix)."""

SKYLAKE = 'x86_64/skylake-server.guest.6.1.0-56.mitigations=off.host'

POWER9 = 'ppc64/power9.guest.6.1.0-50.no_rfi_flush.host'
ALDER_LAKE = 'x86_64/adl-s.bare.6.1.0-56.host'
BPF = {'/proc/sys/kernel/unprivileged_bpf_disabled': '0\n',
       '/sys/devices/system/cpu/vulnerabilities/spectre_v2':
       'Vulnerable: eIBRS with unprivileged eBPF; IBPB: conditional; RSB filling; PBRSB-eIBRS: SW sequence; BHI: BHI_DIS_S\n'}


def os_release(name, like='', version='1'):
    return f'ID={name}\nID_LIKE="{like}"\nVERSION_ID="{version}"\nPRETTY_NAME="{name} {version}"\n'


DEBIAN = {'/etc/os-release': os_release('debian', version='12'), '/usr/sbin/update-grub': ('#!/bin/sh\n', 0o755)}
UBUNTU = {'/etc/os-release': os_release('ubuntu', 'debian', '24.04'), '/usr/sbin/update-grub': ('#!/bin/sh\n', 0o755)}
FEDORA = {'/etc/os-release': os_release('fedora', version='41'), '/usr/bin/kernel-install': ('', 0o755)}
RHEL8 = {'/etc/os-release': os_release('rhel', 'fedora', '8.10')}
SUSE = {'/etc/os-release': os_release('opensuse-leap', 'suse opensuse', '15.6')}
ARCH = {'/etc/os-release': os_release('arch')}
ALPINE = {'/etc/os-release': os_release('alpine', version='3.20')}

BAD = 'BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro mitigations=off quiet'
EFI_BAD = 'initrd=\\abc\\initrd root=/dev/vda1 ro mitigations=off quiet'
GRUB_CFG = "menuentry 'x' {\n\tlinux /boot/vmlinuz root=/dev/vda1 ro mitigations=off quiet\n}\n"
BLS_CFG = 'insmod blscfg\nblscfg\n'
GRUB = '''# If you change this file, run 'update-grub' afterwards.
GRUB_DEFAULT=0
GRUB_TIMEOUT=5

GRUB_CMDLINE_LINUX_DEFAULT="quiet mitigations=off"   # faster
GRUB_CMDLINE_LINUX=""
'''


def entry(options, name='x'):
    return f'title {name}\nversion 6.1\nlinux /vmlinuz-6.1\ninitrd /initrd-6.1\noptions {options}\nid {name}\n'


def grubenv(text):
    head = '# GRUB Environment Block\n' + text
    return head + '#' * (1024 - len(head))


KERNEL = {'/usr/lib/modules/6.1.0-56/vmlinuz': 'x'}  # the system's own, not its host's
ESP = {'/boot/efi/EFI/systemd/systemd-bootx64.efi': b'MZ', '/boot/efi/loader/loader.conf': 'timeout 3\n'}

ROOTS = {
    'debian-grub': (SKYLAKE, BAD, {**DEBIAN, '/etc/default/grub': GRUB, '/boot/grub/grub.cfg': (GRUB_CFG, 0o400)}, ()),
    'debian-grub-dropin': (SKYLAKE, BAD, {
        **DEBIAN, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub/grub.cfg': GRUB_CFG,
        '/etc/default/grub.d/10-speed.cfg': 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX mitigations=off"\n'}, ()),
    'ubuntu-cloud': (SKYLAKE, BAD, {
        **UBUNTU, '/etc/default/grub': GRUB, '/boot/grub/grub.cfg': GRUB_CFG,
        '/etc/default/grub.d/50-cloudimg-settings.cfg': 'GRUB_CMDLINE_LINUX_DEFAULT="console=tty1 console=ttyS0 mitigations=off"\n'}, ()),
    'debian-grub-computed': (SKYLAKE, BAD, {
        **DEBIAN, '/etc/default/grub': GRUB.replace('"quiet mitigations=off"', '"quiet $(cat /etc/kernel-words)"'),
        '/boot/grub/grub.cfg': GRUB_CFG}, ()),
    'debian-grub-custom': (SKYLAKE, BAD, {
        **DEBIAN, '/etc/default/grub': GRUB, '/boot/grub/grub.cfg': GRUB_CFG,
        '/etc/grub.d/40_custom': ('#!/bin/sh\nexec tail -n +3 $0\nmenuentry mine { linux /vmlinuz mitigations=off }\n', 0o755)}, ()),
    'debian-two-loaders': (SKYLAKE, 'root=/dev/vda1 ro mitigations=off', {
        **DEBIAN, '/etc/default/grub': GRUB, '/boot/grub/grub.cfg': GRUB_CFG, **ESP,
        '/boot/efi/loader/entries/a.conf': entry('ro mitigations=off')}, ()),
    'debian-leftover-grub': (SKYLAKE, EFI_BAD, {
        **DEBIAN, '/etc/default/grub': GRUB, '/boot/grub/grub.cfg': GRUB_CFG, **ESP,
        '/boot/efi/loader/entries/a.conf': entry('ro mitigations=off'), '/etc/kernel/cmdline': 'ro mitigations=off\n'}, ()),
    'suse-grub': (SKYLAKE, BAD, {**SUSE, '/etc/default/grub': GRUB, '/boot/grub2/grub.cfg': GRUB_CFG}, ()),
    'fedora-bls': (SKYLAKE, BAD, {
        **FEDORA, '/etc/default/grub': GRUB, '/boot/grub2/grub.cfg': BLS_CFG, '/boot/grub2/grubenv': grubenv('saved_entry=abc\n'),
        '/boot/loader/entries/abc-6.1.conf': entry('root=UUID=1 ro mitigations=off rhgb'),
        '/boot/loader/entries/abc-0-rescue.conf': entry('root=UUID=1 ro mitigations=off'),
        '/etc/kernel/cmdline': 'root=UUID=1 ro mitigations=off rhgb\n'}, ()),
    'fedora-bls-no-source': (SKYLAKE, BAD, {
        **FEDORA, '/etc/default/grub': GRUB, '/boot/grub2/grub.cfg': BLS_CFG,
        '/boot/loader/entries/abc-6.1.conf': entry('root=UUID=1 ro mitigations=off rhgb')}, ()),
    'rhel8-kernelopts': (SKYLAKE, BAD, {
        **RHEL8, '/etc/default/grub': GRUB, '/boot/grub2/grub.cfg': BLS_CFG,
        '/boot/grub2/grubenv': grubenv('kernelopts=root=/dev/mapper/rhel-root ro mitigations=off \n'),
        '/boot/loader/entries/abc-4.18.conf': entry('$kernelopts $tuned_params')}, ()),
    'rhel8-tuned': (SKYLAKE, BAD, {
        **RHEL8, '/etc/default/grub': GRUB, '/boot/grub2/grub.cfg': BLS_CFG, '/etc/tuned/active_profile': 'fast\n',
        '/etc/tuned/fast/tuned.conf': '[bootloader]\ncmdline=+mitigations=off\n',
        '/boot/loader/entries/abc-4.18.conf': entry('$kernelopts $tuned_params')}, ()),
    'rhel8-tuned-included': (SKYLAKE, BAD, {
        **RHEL8, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub2/grub.cfg': BLS_CFG, '/etc/tuned/active_profile': 'base mine\n',
        '/etc/tuned/mine/tuned.conf': '[main]\ninclude=fast\n', '/etc/tuned/bootcmdline': 'TUNED_BOOT_CMDLINE="skew_tick=1 mitigations=off"\n',
        '/boot/loader/entries/abc-4.18.conf': entry('root=/dev/vda1 $tuned_params')}, ()),
    'rhel8-tuned-block': (SKYLAKE, BAD, {
        **RHEL8, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub2/grub.cfg': BLS_CFG,
        '/boot/grub2/grubenv': grubenv('tuned_params=mitigations=off\n'), '/boot/loader/entries/abc-4.18.conf': entry('root=/dev/vda1 $tuned_params')}, ()),
    'rhel8-variable': (SKYLAKE, BAD, {
        **RHEL8, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub2/grub.cfg': 'set kernelopts="root=/dev/vda1 mitigations=off"\n' + BLS_CFG,
        '/boot/loader/entries/abc-4.18.conf': entry('$kernelopts')}, ()),
    'fedora-excluded': ('x86_64/skx-old.bare.6.12.117.host', 'BOOT_IMAGE=/boot/vmlinuz ro', {
        **FEDORA, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub2/grub.cfg': BLS_CFG, '/usr/bin/dnf': ('', 0o755),
        '/etc/dnf/dnf.conf': '[main]\n# exclude=microcode_ctl\nexclude=texlive-microcode_ctl foo,microcode_ctl*\n'}, ('--untrusted', 'yes')),
    'debian-hold': ('x86_64/skx-old.bare.6.12.117.host', 'BOOT_IMAGE=/boot/vmlinuz ro', {
        **DEBIAN, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub/grub.cfg': GRUB_CFG, '/usr/bin/apt-get': ('', 0o755),
        '/var/lib/dpkg/status': 'Package: intel-microcode\nStatus: hold ok installed\nVersion: 1\n\n'}, ('--untrusted', 'yes')),
    'debian-grub-odd-names': (SKYLAKE, BAD, {
        **DEBIAN, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub/grub.cfg': GRUB_CFG,
        "/etc/default/grub.d/50 it's größe $x.cfg": 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX mitigations=off"\n'}, ()),
    'debian-grub-control-names': (SKYLAKE, BAD, {
        **DEBIAN, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub/grub.cfg': GRUB_CFG,
        '/etc/default/grub.d/50\x1b[1m.cfg': 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX mitigations=off"\n'}, ()),
    'debian-grub-other-spelling': (SKYLAKE, 'BOOT_IMAGE=/boot/vmlinuz ro mmio-stale-data=off mitigations=off', {
        **DEBIAN, '/etc/default/grub': GRUB.replace('mitigations', 'mmio-stale-data=off mitigations'), '/boot/grub/grub.cfg': GRUB_CFG}, ()),
    'image-settings-of-packages': (None, None, {
        **DEBIAN, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub/grub.cfg': GRUB_CFG,
        '/usr/lib/sysctl.d/zzz.conf': 'kernel.unprivileged_bpf_disabled = 0\n', '/usr/lib/modprobe.d/kvm.conf': 'options kvm nx_huge_pages=off\n'}, ()),
    'arch-systemd-boot': (SKYLAKE, EFI_BAD, {
        **ARCH, **ESP, '/etc/crypttab': 'root UUID=1 - tpm2-device=auto\n', '/boot/efi/loader/entries/arch.conf': entry('root=/dev/vda1 rw mitigations=off', 'Arch'),
        '/boot/efi/loader/entries/arch-fallback.conf': entry('root=/dev/vda1 rw mitigations=off', 'Arch fallback')}, ()),
    'arch-uki': (SKYLAKE, 'root=/dev/vda1 mitigations=off', {
        **ARCH, '/etc/mkinitcpio.conf': 'MODULES=()\n', '/efi/EFI/Linux/arch-linux.efi': b'MZ', '/etc/kernel/cmdline': 'root=/dev/vda1 mitigations=off\n',
        '/etc/cmdline.d/speed.conf': '# speed\nnopti\n'}, ()),
    'suse-sdbootutil': (SKYLAKE, EFI_BAD, {
        '/etc/os-release': os_release('opensuse-tumbleweed', 'suse opensuse'), **ESP, '/usr/bin/sdbootutil': ('', 0o755),
        '/boot/efi/loader/entries/system.conf': entry('ro mitigations=off'), '/etc/kernel/cmdline': 'ro mitigations=off\n'}, ()),
    'proxmox': (SKYLAKE, EFI_BAD, {
        **DEBIAN, '/boot/vmlinuz-6.1': 'x', '/etc/kernel/proxmox-boot-uuids': '1234\n', '/etc/kernel/cmdline': 'root=ZFS=rpool/ROOT boot=zfs mitigations=off\n'}, ()),
    'pop-kernelstub': (SKYLAKE, EFI_BAD, {
        '/etc/os-release': os_release('pop', 'ubuntu debian', '22.04'), **ESP,
        '/boot/efi/loader/entries/Pop_OS-current.conf': entry('ro mitigations=off'),
        '/etc/kernelstub/configuration': '{\n  "default": {"kernel_options": ["quiet"]},\n  "user": {\n    "kernel_options": [\n      "quiet",\n'
                                         '      "mitigations=off"\n    ],\n    "esp_path": "/boot/efi"\n  }\n}\n'}, ()),
    'alpine-extlinux': (SKYLAKE, BAD, {
        **ALPINE, '/etc/update-extlinux.conf': 'default_kernel_opts="quiet mitigations=off rootfstype=ext4"\ndefault=virt\n',
        '/boot/extlinux.conf': 'APPEND mitigations=off\n'}, ()),
    'debian-u-boot-menu': (SKYLAKE, BAD, {
        **DEBIAN, '/etc/default/u-boot': 'U_BOOT_PARAMETERS="ro quiet mitigations=off"\n',
        '/boot/extlinux/extlinux.conf': 'label l0\n\tappend ro quiet mitigations=off\n'}, ()),
    'extlinux': (SKYLAKE, BAD, {
        '/etc/os-release': os_release('arch'),
        '/boot/extlinux/extlinux.conf': 'DEFAULT a\nLABEL a\n  KERNEL /vmlinuz\n  APPEND root=/dev/vda1 mitigations=off rw\n'}, ()),
    'extlinux-include': (SKYLAKE, BAD, {
        '/etc/os-release': os_release('arch'), '/boot/extlinux/extlinux.conf': 'INCLUDE mine.conf\nDEFAULT a\nLABEL a\n  KERNEL /vmlinuz\n'}, ()),
    'raspberry-pi-second-line': (SKYLAKE, 'root=/dev/mmcblk0p2 mitigations=off rootwait', {
        **DEBIAN, '/boot/firmware/cmdline.txt': 'root=/dev/mmcblk0p2 rootwait\nmitigations=off\n'}, ()),
    'raspberry-pi': (SKYLAKE, 'coherent_pool=1M root=/dev/mmcblk0p2 mitigations=off rootwait', {
        **DEBIAN, '/boot/firmware/cmdline.txt': 'console=tty1 root=/dev/mmcblk0p2 mitigations=off rootwait'}, ()),
    'refind': (SKYLAKE, EFI_BAD, {
        **ARCH, '/boot/refind_linux.conf': '"Boot with standard options"  "root=/dev/vda1 rw mitigations=off"\n'
                                           '"Boot to single-user mode"    "root=/dev/vda1 rw single"\n'}, ()),
    'nixos': (SKYLAKE, EFI_BAD, {'/etc/os-release': os_release('nixos'), '/etc/NIXOS': '', **ESP}, ()),
    'silverblue': (SKYLAKE, BAD, {
        **FEDORA, '/ostree/repo/config': '', '/usr/bin/rpm-ostree': '',
        '/boot/loader/entries/ostree-1-fedora.conf': entry('mitigations=off ostree=/x')}, ()),
    'zipl': (SKYLAKE, 'root=/dev/dasda1 mitigations=off', {'/etc/os-release': os_release('sles', 'suse'), '/etc/zipl.conf': '[defaultboot]\n'}, ()),
    'no-loader': (SKYLAKE, 'root=/dev/vda1 mitigations=off', {**DEBIAN}, ()),
    'clean-but-next': ('x86_64/skylake-server.guest.6.1.0-56.host', BAD.replace('mitigations=off ', ''), {
        **DEBIAN, '/etc/default/grub': GRUB, '/boot/grub/grub.cfg': GRUB_CFG}, ()),
    'image-settings': (None, None, {
        **DEBIAN, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub/grub.cfg': GRUB_CFG,
        '/etc/sysctl.d/10-bpf.conf': '# for tracing\nkernel.unprivileged_bpf_disabled = 0\n',
        '/etc/modprobe.d/kvm.conf': '# fast guests\noptions kvm nx_huge_pages=off ignore_msrs=1\noptions kvm_intel vmentry_l1d_flush=never\n',
        '/usr/sbin/update-initramfs': ('#!/bin/sh\n', 0o755)}, ()),
    'debian-bpf': (ALDER_LAKE, 'BOOT_IMAGE=/boot/vmlinuz ro', {
        **DEBIAN, **BPF, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub/grub.cfg': GRUB_CFG}, ()),
    'debian-bpf-sysctl-conf': (ALDER_LAKE, 'BOOT_IMAGE=/boot/vmlinuz ro', {
        **DEBIAN, **BPF, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub/grub.cfg': GRUB_CFG,
        '/etc/sysctl.conf': '# old\nkernel.unprivileged_bpf_disabled=0\n'}, ()),
    'smt-guests': ('../rules/l1tf/guests-on-siblings.host', 'BOOT_IMAGE=/boot/vmlinuz ro', {
        **DEBIAN, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub/grub.cfg': GRUB_CFG}, ('--untrusted', 'yes')),
    'smt-untrusted': ('x86_64/skx-old.bare.6.12.117.host', 'BOOT_IMAGE=/boot/vmlinuz ro', {
        **DEBIAN, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub/grub.cfg': GRUB_CFG}, ('--untrusted', 'yes')),
    'debian-packages': ('x86_64/skx-old.bare.6.12.117.host', 'BOOT_IMAGE=/boot/vmlinuz ro', {
        **DEBIAN, '/etc/default/grub': GRUB.replace('mitigations=off', ''), '/boot/grub/grub.cfg': GRUB_CFG, '/usr/bin/apt-get': ('', 0o755),
        '/var/lib/dpkg/status': ''.join(f'Package: {name}\nStatus: install ok installed\nVersion: 1\n\n'
                                        for name in ('bash', 'linux-image-6.12.117', 'linux-image-amd64'))}, ('--untrusted', 'yes')),
    'debian-flash-kernel': (SKYLAKE, 'root=/dev/mmcblk0p2 quiet mitigations=off', {
        **DEBIAN, '/etc/default/flash-kernel': 'LINUX_KERNEL_CMDLINE="quiet mitigations=off" # board\nLINUX_KERNEL_CMDLINE_DEFAULTS=""\n'}, ()),
    'guix': (SKYLAKE, BAD, {'/etc/os-release': os_release('guix'), '/boot/grub/grub.cfg': GRUB_CFG}, ()),
    'azure-linux-3': (SKYLAKE, BAD, {
        '/etc/os-release': os_release('azurelinux', version='3.0'), '/etc/default/grub': GRUB.replace('mitigations=off', ''),
        '/etc/default/grub.d/50-fast.cfg': 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX mitigations=off"\n', '/boot/grub2/grub.cfg': GRUB_CFG}, ()),
    'azure-linux-2': (SKYLAKE, BAD, {
        '/etc/os-release': os_release('mariner', version='2.0'), '/boot/mariner.cfg': 'mariner_cmdline=ro mitigations=off\n'}, ()),
    'debian-xen': (SKYLAKE, BAD, {
        **DEBIAN, '/boot/grub/grub.cfg': GRUB_CFG,
        '/etc/default/grub': GRUB + 'GRUB_CMDLINE_XEN_DEFAULT="dom0_mem=1G spec-ctrl=no"\n'}, ()),
    'bootc-image': (None, None, {
        '/etc/os-release': os_release('fedora', version='41'), '/ostree/repo/config': '', '/usr/bin/rpm-ostree': '',
        '/usr/lib/bootc/kargs.d/10-fast.toml': '# fast\nkargs = [\n    "console=ttyS0", # serial\n    "mitigations=off", "nopti",\n    "rhgb"\n]\nmatch-architectures = ["x86_64"]\n',
        '/usr/lib/bootc/kargs.d/20-last.toml': "kargs = ['quiet', 'mds=off', 'tsx=on']\n"}, ()),
    'debian-clevis': (SKYLAKE, BAD, {
        **DEBIAN, '/etc/default/grub': GRUB, '/boot/grub/grub.cfg': GRUB_CFG, '/usr/bin/clevis-luks-bind': ''}, ()),
    'debian-grub-forms': (SKYLAKE, BAD, {
        **DEBIAN, '/boot/grub/grub.cfg': GRUB_CFG,
        '/etc/default/grub': '# GRUB_CMDLINE_LINUX="mitigations=off"\n\tGRUB_TIMEOUT=0; export GRUB_CMDLINE_LINUX=\'quiet mitigations=off\'  # mitigations=off\n'
                             'GRUB_CMDLINE_LINUX_DEFAULT="dyndbg=\\"file a.c +p; mitigations=off\\" x.mitigations=off \\\n  mitigations=off xnopti"'}, ()),
    'debian-grub-crlf': (SKYLAKE, BAD, {
        **DEBIAN, '/boot/grub/grub.cfg': GRUB_CFG, '/etc/default/grub': GRUB.replace('\n', '\r\n').replace('   # faster', '')}, ()),
    'debian-grub-twice': (SKYLAKE, BAD, {
        **DEBIAN, '/boot/grub/grub.cfg': GRUB_CFG,
        '/etc/default/grub': 'GRUB_CMDLINE_LINUX="mitigations=off"\nGRUB_CMDLINE_LINUX="quiet mitigations=off"\nGRUB_CMDLINE_LINUX="nopti $GRUB_CMDLINE_LINUX"\n'}, ()),
    'debian-grub-appended': (SKYLAKE, BAD, {
        **DEBIAN, '/boot/grub/grub.cfg': GRUB_CFG, '/etc/default/grub': GRUB + 'GRUB_CMDLINE_LINUX+=" mitigations=off"\n'}, ()),
    'debian-grub-kdump': (SKYLAKE, BAD, {
        **DEBIAN, '/etc/default/grub': GRUB, '/boot/grub/grub.cfg': GRUB_CFG,
        '/etc/default/kdump-tools': 'KDUMP_CMDLINE_APPEND="mitigations=off nr_cpus=1"\n'}, ()),
    'grub-config-alone': (SKYLAKE, BAD, {'/etc/os-release': os_release('buildroot'), '/boot/grub/grub.cfg': GRUB_CFG}, ()),
    'gentoo-grub': (SKYLAKE, BAD, {'/etc/os-release': os_release('gentoo'), '/etc/default/grub': GRUB, '/boot/grub/grub.cfg': GRUB_CFG}, ()),
    'amazon-2': (SKYLAKE, BAD, {
        '/etc/os-release': os_release('amzn', 'centos rhel fedora', '2'), '/etc/default/grub': GRUB, '/boot/grub2/grub.cfg': GRUB_CFG}, ()),
    'suse-microos': (SKYLAKE, BAD, {
        '/etc/os-release': os_release('opensuse-microos', 'suse opensuse'), '/etc/default/grub': GRUB, '/boot/grub2/grub.cfg': GRUB_CFG}, ()),
    'systemd-boot-counted': (SKYLAKE, EFI_BAD, {
        **ARCH, **ESP, '/boot/efi/loader/entries/a+3-1.conf': 'title\tx\r\nlinux\t/x\r\noptions\troot=1 mitigations=off\r\noptions nopti quiet'}, ()),
    'sdboot-manage': (SKYLAKE, EFI_BAD, {
        **ARCH, **ESP, '/boot/efi/loader/entries/a.conf': entry('ro mitigations=off'),
        '/etc/sdboot-manage.conf': 'LINUX_OPTIONS="mitigations=off"\n'}, ()),
    'arch-uki-presets': (SKYLAKE, 'root=/dev/vda1 mitigations=off', {
        **ARCH, '/etc/mkinitcpio.conf': '', '/efi/EFI/Linux/x.efi': b'MZ', '/etc/kernel/cmdline': 'root=1 mitigations=off\n',
        '/etc/kernel/cmdline-fallback': 'root=1 mitigations=off single\n', '/etc/kernel/cmdline-default': 'root=1 mitigations=off # no comment\n',
        '/etc/mkinitcpio.d/linux.preset': "PRESETS=('default' 'fallback')\n#x_cmdline=/no\ndefault_uki=\"/efi/EFI/Linux/x.efi\"\n"
                                          "default_cmdline=/etc/kernel/cmdline-default\nfallback_options=\"-S autodetect --cmdline /etc/kernel/cmdline-fallback\"\n"}, ()),
    'arch-uki-preset-computed': (SKYLAKE, 'root=/dev/vda1 mitigations=off', {
        **ARCH, '/etc/mkinitcpio.conf': '', '/efi/EFI/Linux/x.efi': b'MZ', '/etc/kernel/cmdline': 'root=1 mitigations=off\n',
        '/etc/mkinitcpio.d/linux.preset': 'default_cmdline="$here/cmdline"\n'}, ()),
    'fedora-uki-dracut': (SKYLAKE, 'root=/dev/vda1 mitigations=off', {
        **FEDORA, **KERNEL, '/efi/EFI/Linux/x.efi': b'MZ', '/etc/dracut.conf': '',
        '/etc/dracut.conf.d/10-uki.conf': 'uefi=yes\nkernel_cmdline+=" root=/dev/vda1 mitigations=off " # fast\n'}, ()),
    'fedora-uki-running-line': (SKYLAKE, 'root=/dev/vda1 mitigations=off', {
        **FEDORA, **KERNEL, '/efi/EFI/Linux/x.efi': b'MZ', '/etc/dracut.conf': 'uefi=yes\n'}, ()),
    'debian-uki-ukify': (SKYLAKE, 'root=/dev/vda1 mitigations=off', {
        **DEBIAN, **KERNEL, '/efi/EFI/Linux/x.efi': b'MZ', '/etc/kernel/cmdline': 'root=1 mitigations=off'}, ()),
    'syslinux': (SKYLAKE, BAD, {
        **ARCH, '/boot/syslinux/syslinux.cfg': 'default b\n\nlabel a\n\tlinux /x\n\tappend root=1 mitigations=off\nlabel ar\n\tappend single mitigations=off\n'
                                               'LABEL b\n  kernel /y\n  APPEND root=2 MITIGATIONS=off mitigations=off'}, ()),
    'debian-u-boot-cmdline': (SKYLAKE, BAD, {
        **DEBIAN, '/etc/default/u-boot': '#U_BOOT_PARAMETERS="ro quiet mitigations=off"\n', '/etc/kernel/cmdline': 'root=/dev/x mitigations=off ro\n',
        '/boot/extlinux/extlinux.conf': 'label l0\n\tappend ro mitigations=off\n'}, ()),
    'raspberry-pi-old': (SKYLAKE, 'root=/dev/mmcblk0p2 mitigations=off', {
        **DEBIAN, '/boot/cmdline.txt': 'root=/dev/mmcblk0p2 mitigations=off rootwait\r\nmitigations=off\n', '/boot/config.txt': 'arm_64bit=1\n'}, ()),
    'raspberry-pi-other-file': (SKYLAKE, 'root=/dev/mmcblk0p2 mitigations=off', {
        **UBUNTU, **KERNEL, '/boot/firmware/config.txt': '[pi4]\nx=1\n[all]\nos_prefix=current/\ncmdline=line.txt\n',
        '/boot/firmware/cmdline.txt': 'mitigations=off\n', '/boot/firmware/current/line.txt': 'root=1 mitigations=off'}, ()),
    'raspberry-pi-boards': (SKYLAKE, 'root=/dev/mmcblk0p2 mitigations=off', {
        **DEBIAN, '/boot/firmware/config.txt': '[pi4]\ncmdline=four.txt\n', '/boot/firmware/cmdline.txt': 'mitigations=off\n',
        '/boot/firmware/four.txt': 'mitigations=off\n'}, ()),
    'raspberry-pi-firmware-package': (SKYLAKE, 'root=/dev/mmcblk0p2 mitigations=off', {
        **DEBIAN, '/boot/firmware/cmdline.txt': 'root=1 mitigations=off\n', '/etc/default/raspi-extra-cmdline': 'mitigations=off\n'}, ()),
    'refind-stanza': (SKYLAKE, EFI_BAD, {**ARCH, '/boot/efi/EFI/refind/refind.conf': 'menuentry x {\n options "mitigations=off"\n}\n'}, ()),
    'petitboot': (SKYLAKE, 'root=/dev/vda1 ro mitigations=off', {
        **DEBIAN, '/boot/petitboot.conf': '[linux]\nimage=/vmlinux\nargs=root=/dev/vda1 ro mitigations=off\n'}, ()),
    'kboot': (SKYLAKE, 'root=/dev/vda1 ro mitigations=off', {**DEBIAN, '/etc/kboot.conf': "linux='/vmlinux root=/dev/vda1 ro mitigations=off'\n"}, ()),
    'libreboot': (SKYLAKE, BAD, {
        **DEBIAN, '/etc/default/grub': GRUB, '/boot/grub/grub.cfg': GRUB_CFG, '/boot/grub/libreboot_grub.cfg': GRUB_CFG}, ()),
    'heads': (SKYLAKE, 'root=/dev/vda1 ro mitigations=off', {
        **DEBIAN, '/etc/default/grub': GRUB, '/boot/grub/grub.cfg': GRUB_CFG, '/boot/kexec.sig': b'sig'}, ()),
    'fedora-grub-append': (SKYLAKE, BAD, {
        **FEDORA, '/etc/default/grub': 'GRUB_CMDLINE_LINUX="rhgb quiet"\nGRUB_CMDLINE_LINUX+=" mitigations=off audit=1"\n',
        '/boot/grub2/grub.cfg': GRUB_CFG, '/bin/sh': b'ELF bash', '/bin/bash': b'ELF bash'}, ()),
    'debian-grub-append': (SKYLAKE, BAD, {
        **DEBIAN, '/etc/default/grub': GRUB + 'GRUB_CMDLINE_LINUX+=" mitigations=off"\n', '/boot/grub/grub.cfg': GRUB_CFG,
        '/bin/sh': b'ELF dash', '/bin/bash': b'ELF bash'}, ()),
    'power9-grub': (POWER9, 'BOOT_IMAGE=/boot/vmlinux root=/dev/vda1 ro no_rfi_flush nospectre_v2', {
        **DEBIAN, '/etc/default/grub': GRUB.replace('mitigations=off', 'no_rfi_flush nospectre_v2'), '/boot/grub/grub.cfg': GRUB_CFG}, ()),
    'limine': (SKYLAKE, 'root=/dev/vda1 mitigations=off', {
        **ARCH, '/boot/EFI/limine/limine.conf': 'cmdline: mitigations=off\n', '/etc/default/limine': 'KERNEL_CMDLINE[default]="mitigations=off"\n'}, ()),
    'lilo': (SKYLAKE, BAD, {**DEBIAN, **KERNEL, '/etc/lilo.conf': 'append="mitigations=off"\n'}, ()),
    'armbian': (SKYLAKE, 'root=/dev/mmcblk0p2 mitigations=off', {**DEBIAN, **KERNEL, '/boot/armbianEnv.txt': 'extraargs=mitigations=off\n'}, ()),
    'chromebook': (SKYLAKE, 'root=/dev/mmcblk0p2 mitigations=off', {**DEBIAN, **KERNEL, '/etc/depthcharge-tools/config': ''}, ()),
    'android-image': (SKYLAKE, 'root=/dev/mmcblk0p2 mitigations=off', {'/etc/os-release': os_release('postmarketos', 'alpine'), **KERNEL, '/boot/boot.img': b'ANDROID!'}, ()),
    'zfsbootmenu': (SKYLAKE, 'root=zfs:rpool mitigations=off', {**DEBIAN, **KERNEL, '/etc/zfsbootmenu/config.yaml': ''}, ()),
    'ostree-alone': (SKYLAKE, BAD, {**DEBIAN, **KERNEL, '/ostree/repo/config': ''}, ()),
    'wsl': (SKYLAKE, 'initrd=\\initrd.img WSL_ROOT_INIT=1 mitigations=off', {**UBUNTU, **KERNEL}, ()),
    'image': (None, None, {**DEBIAN, '/etc/default/grub': GRUB, '/boot/grub/grub.cfg': GRUB_CFG}, ()),
}
