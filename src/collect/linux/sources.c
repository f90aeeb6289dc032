#include "collect/linux/sources.h"

#include "collect/linux/filter.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct source linux_sources[] = {
        { .path = "/proc/version", .redacted = redact_version },
        { .path = "/proc/version_signature", .redacted = redact_version }, /* Ubuntu: the release that its kernel is built from */
        { .path = "/proc/cmdline", .redacted = redact_cmdline },
        { .path = "/proc/cpuinfo", .limit = LARGE_FILE, .filter = filter_cpuinfo, .redacted = redact_cpuinfo },
        { .path = "/proc/self/status", .filter = filter_status, .redacted = redact_setting, .seldom = true },
        { .path = "/proc/sys/kernel/unprivileged_bpf_disabled", .redacted = redact_setting },
        { .path = "/proc/xen/capabilities", .redacted = redact_setting }, /* "control_d" in the domain that is the host */

        { .path = "/sys/devices/system/cpu/online", .redacted = redact_setting },
        { .path = "/sys/devices/system/cpu/possible", .redacted = redact_setting, .seldom = true },
        { .path = "/sys/devices/system/cpu/present", .redacted = redact_setting, .seldom = true },
        { .path = "/sys/devices/system/cpu/smt/active", .redacted = redact_setting, .seldom = true },
        { .path = "/sys/devices/system/cpu/smt/control", .redacted = redact_setting, .seldom = true },
        { .path = "/sys/devices/system/cpu/cpu0/microcode/version", .redacted = redact_setting },
        { .path = "/sys/devices/system/cpu/cpu0/microcode/processor_flags", .redacted = redact_setting },
        { .path = "/sys/devices/system/cpu/microcode/reload", .exists = true, .seldom = true }, /* microcode can be loaded late */
        { .path = "/sys/devices/cpu_core/cpus", .redacted = redact_setting }, /* hybrid processors: which CPUs are of which kind */
        { .path = "/sys/devices/cpu_atom/cpus", .redacted = redact_setting, .seldom = true },

        { .path = "/dev/kvm", .exists = true },
        { .path = "/sys/module/kvm/", .filter = filter_module, .seldom = true },
        { .path = "/sys/module/kvm/parameters/nx_huge_pages", .redacted = redact_setting },
        { .path = "/sys/module/kvm/parameters/nx_huge_pages_recovery_ratio", .redacted = redact_setting, .seldom = true },
        { .path = "/sys/module/kvm/parameters/mitigate_smt_rsb", .redacted = redact_setting },
        { .path = "/sys/module/kvm_intel/", .filter = filter_module, .seldom = true },
        { .path = "/sys/module/kvm_intel/parameters/ept", .redacted = redact_setting },
        { .path = "/sys/module/kvm_intel/parameters/nested", .redacted = redact_setting },
        { .path = "/sys/module/kvm_intel/parameters/vmentry_l1d_flush", .redacted = redact_setting },
        { .path = "/sys/module/kvm_amd/", .filter = filter_module, .seldom = true },
        { .path = "/sys/module/kvm_amd/parameters/nested", .redacted = redact_setting },
        { .path = "/sys/module/kvm_amd/parameters/npt", .redacted = redact_setting, .seldom = true },

        { .path = "/sys/hypervisor/properties/features", .redacted = redact_setting }, /* Xen's; bit 11 in the domain that is the host */
        { .path = "/sys/hypervisor/type", .redacted = redact_value },
        { .path = "/sys/hypervisor/guest_type", .redacted = redact_value },
        { .path = "/sys/firmware/dmi/entries/0-0/raw", .filter = filter_smbios_bios },
        { .path = "/sys/class/dmi/id/product_version", .redacted = redact_value },
        { .path = "/sys/class/dmi/id/board_name", .redacted = redact_value },
        { .path = "/proc/device-tree/compatible", .filter = filter_strings, .redacted = redact_value },
        { .path = "/proc/device-tree/hypervisor/compatible", .filter = filter_strings, .redacted = redact_value },
        { .path = "/proc/device-tree/fw-cfg/compatible", .exists = true },
        { .path = "/proc/device-tree/ibm,partition-name", .exists = true },
        { .path = "/proc/device-tree/hmc-managed?", .exists = true },
        { .path = "/proc/ppc64/lparcfg", .exists = true },
        { .path = "/proc/sysinfo", .signs = true },
        { .path = "/proc/bus/pci/devices", .limit = LARGE_FILE, .signs = true },
        { .path = "/proc/1/environ", .signs = true },
        { .path = "/proc/1/cgroup", .signs = true },
        { .path = "/proc/self/cgroup", .signs = true },
        { .path = "/proc/self/mountinfo", .limit = LARGE_FILE, .filter = filter_root_mount, .seldom = true },
        { .path = "/run/systemd/container", .redacted = redact_value },
        { .path = "/run/.containerenv", .exists = true },
        { .path = "/.dockerenv", .exists = true },
        { .path = "/proc/vz", .exists = true },
        { .path = "/proc/bc", .exists = true },
        { .path = "/sys/class/dmi/id/sys_vendor", .redacted = redact_value },
        { .path = "/sys/class/dmi/id/product_name", .redacted = redact_value },
        { .path = "/sys/class/dmi/id/board_vendor", .redacted = redact_value },
        { .path = "/sys/class/dmi/id/bios_vendor", .redacted = redact_value },
        { .path = "/sys/class/dmi/id/chassis_asset_tag", .filter = filter_asset_tag },

        { .path = "/etc/os-release", .otherwise = "/usr/lib/os-release", .filter = filter_os_release, .redacted = redact_os_release },
        { .path = "/etc/default/grub", .exists = true, .seldom = true },
        { .path = "/boot/grub/grub.cfg", .exists = true, .seldom = true },
        { .path = "/boot/grub2/grub.cfg", .exists = true, .seldom = true },
        { .path = "/etc/kernel/cmdline", .exists = true, .seldom = true },
        { .path = "/boot/loader/entries", .exists = true, .seldom = true },
        { .path = "/boot/extlinux/extlinux.conf", .exists = true, .seldom = true },
        { .path = "/etc/update-extlinux.conf", .exists = true, .seldom = true },
        { .path = "/boot/firmware/cmdline.txt", .exists = true, .seldom = true },
        { .path = "/boot/cmdline.txt", .exists = true, .seldom = true },
        { .path = "/boot/", .filter = filter_kernel_images, .redacted = redact_kernels, .seldom = true },
        { .path = "/usr/lib/modules/", .otherwise = "/lib/modules/", .redacted = redact_kernels, .seldom = true },
        { .path = "/var/lib/dpkg/status", .limit = LARGE_FILE, .filter = filter_dpkg, .personal = true },
};
const size_t linux_source_count = COUNT(linux_sources);
