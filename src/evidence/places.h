/* Places: where on a Linux machine the evidence stands that more than one folder knows.
 *
 * Literals, so that they join ("…" PLACE_VULNERABILITIES "/meltdown"), go to the operating system as they are, and are a
 * `struct str` as S(PLACE_CPUINFO). A path that only one file knows stays in that file; a fact's path is data. */
#ifndef SIDELIGHT_EVIDENCE_PLACES_H
#define SIDELIGHT_EVIDENCE_PLACES_H

#include <stdbool.h>

#include "base/str.h"

#define PLACE_CPUINFO "/proc/cpuinfo"
#define PLACE_CMDLINE "/proc/cmdline"
#define PLACE_VERSION "/proc/version"
#define PLACE_OSRELEASE "/proc/sys/kernel/osrelease"
#define PLACE_STATUS "/proc/self/status"
#define PLACE_XEN_CAPABILITIES "/proc/xen/capabilities"
#define PLACE_PROCESSES "/proc/*/comm" /* all of them in one record */

#define PLACE_CPUS "/sys/devices/system/cpu"
#define PLACE_VULNERABILITIES PLACE_CPUS "/vulnerabilities" /* one file for each flaw that the kernel knows */
#define PLACE_ONLINE PLACE_CPUS "/online"
#define PLACE_POSSIBLE PLACE_CPUS "/possible"
#define PLACE_PRESENT PLACE_CPUS "/present"
#define PLACE_SMT_ACTIVE PLACE_CPUS "/smt/active"
#define PLACE_SMT_CONTROL PLACE_CPUS "/smt/control"
#define PLACE_MICROCODE_VERSION PLACE_CPUS "/cpu0/microcode/version"
#define PLACE_PROCESSOR_FLAGS PLACE_CPUS "/cpu0/microcode/processor_flags"
#define PLACE_CORE_CPUS "/sys/devices/cpu_core/cpus" /* hybrid processors: which CPUs are of which kind */
#define PLACE_ATOM_CPUS "/sys/devices/cpu_atom/cpus"

#define PLACE_HYPERVISOR_TYPE "/sys/hypervisor/type"
#define PLACE_DMI "/sys/class/dmi/id"
#define PLACE_DMI_SYS_VENDOR PLACE_DMI "/sys_vendor"
#define PLACE_DMI_PRODUCT_NAME PLACE_DMI "/product_name"
#define PLACE_DMI_BOARD_VENDOR PLACE_DMI "/board_vendor"
#define PLACE_DMI_BIOS_VENDOR PLACE_DMI "/bios_vendor"
#define PLACE_DMI_ASSET_TAG PLACE_DMI "/chassis_asset_tag"

#define PLACE_KVM "/dev/kvm"
#define PLACE_BOOT "/boot/"                       /* a listing, as every path with a slash at its end */
#define PLACE_MODULES "/usr/lib/modules/"
#define PLACE_MODULES_OTHERWISE "/lib/modules/"   /* where /usr is not merged */
#define PLACE_OS_RELEASE "/etc/os-release"
#define PLACE_OS_RELEASE_OTHERWISE "/usr/lib/os-release"
#define PLACE_DPKG "/var/lib/dpkg/status"

/* The kernel's log: as the running kernel gives it, and as a start left it behind. */
#define PLACE_LOG_LIVE "/dev/kmsg"
#define PLACE_LOG_SAVED "/var/log/dmesg"
#define PLACES_LOG(X) X(PLACE_LOG_LIVE) X(PLACE_LOG_SAVED)

static inline bool place_is_log(struct str path) {
        return str_eq(path, S(PLACE_LOG_LIVE)) || str_eq(path, S(PLACE_LOG_SAVED));
}

/* The kernel's build configuration: of the running kernel, and formats (the release) of the installed ones, in the order in
 * which they are looked for. */
#define PLACE_CONFIG_LIVE "/proc/config.gz"
#define PLACES_CONFIG(X)                   \
        X("/boot/config-%.*s")             \
        X("/usr/lib/modules/%.*s/config")  \
        X("/lib/modules/%.*s/config")

/* True for any of them, whatever the release. */
static inline bool place_is_config(struct str path) {
        return str_eq(path, S(PLACE_CONFIG_LIVE)) || str_starts(path, S("/boot/config-")) ||
               ((str_starts(path, S(PLACE_MODULES)) || str_starts(path, S(PLACE_MODULES_OTHERWISE))) &&
                str_ends(path, S("/config")));
}

/* What stands behind a sentence of the vulnerabilities folder of which the kernel's log told the beginning alone. */
#define PLACE_LOG_HALF "; (the log does not tell the rest)"
/* … and of one that a terminal, a table or a reader's "…" cut off. */
#define PLACE_LINE_CUT "; (the line was cut off)"
#define PLACE_CMDLINE_CUT "\xe2\x80\xa6" /* behind a command line whose end was lost */

#endif
