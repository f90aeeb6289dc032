/* Facts of a system: files, the kernel and its command line, the architecture, Windows; in each state that a record can be in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts_rows.h"

static void test_files_and_kernel(void **state) {
        static const struct row rows[] = {
                { "kvm_intel.ept", X86 "-- file /sys/module/kvm_intel/parameters/ept\nY\n", "Y" },
                { "kvm_intel.ept", X86 "-- absent /sys/module/kvm_intel/parameters/ept\n", "-" },
                { "kvm_intel.ept", X86 "-- denied /sys/module/kvm_intel/parameters/ept\n", "denied" },
                { "kvm_intel.ept", X86 "-- failed /sys/module/kvm_intel/parameters/ept EIO\n", "failed" },
                { "kvm_intel.ept", X86, "?" },
                { "kvm_intel.ept", X86 "-- file /sys/module/kvm_intel/parameters/ept\nredacted\n", "?" },
                { "unprivileged_bpf_disabled", X86 "-- file /proc/sys/kernel/unprivileged_bpf_disabled\n2\n", "2" },
                { "unprivileged_bpf_disabled", X86 "-- file /proc/sys/kernel/unprivileged_bpf_disabled\ntwo\n", "failed" },
                { "cmdline.mds", X86, "?" },
                { "cmdline.mds", X86 "-- denied /proc/cmdline\n", "denied" },
                { "cmdline.mds", X86 "-- absent /proc/cmdline\n", "-" },
                { "config.retpoline", X86, "?" },
                { "config.retpoline", X86 "-- file /boot/config-6.1.0\nCONFIG_RETPOLINE=y\n", "y" },
                { "config.retpoline", X86 "-- file /boot/config-6.1.0\nCONFIG_MITIGATION_RETPOLINE=y\n", "y" },
                { "config.retpoline", X86 "-- file /boot/config-6.1.0\n# CONFIG_RETPOLINE is not set\n", "n" },
                { "config.retpoline", X86 "-- file /boot/config-6.1.0\nCONFIG_RETPOLINES=y\nXCONFIG_RETPOLINE=y\n", "?" },
                { "config.retpoline", X86 "-- file /boot/config-6.1.1\nCONFIG_RETPOLINE=y\n", "?" },
                { "log.pti", X86 "-- file /dev/kmsg\nKernel/User page tables isolation: enabled\n", "1" },
                { "log.pti", X86 "-- file /var/log/dmesg\nKernel/User page tables isolation: enabled\n", "1" },
                { "log.pti", X86 "-- file /dev/kmsg\nquiet\n", "?" }, /* it may have scrolled away */
                { "log.pti", X86 "-- denied /dev/kmsg\n", "denied" },
                { "riscv.mvendorid", HEAD "-- uname Linux 6.1.0 riscv64\n" INFO("mvendorid\t: 0x5b7\n"), "0x5b7" },
                { "riscv.mvendorid", HEAD "-- uname Linux 6.1.0 riscv64\n" INFO("isa\t: rv64\n"), "?" },
                { "riscv.mvendorid", HEAD "-- denied /proc/cpuinfo\n", "denied" },
                { "kernel.release", X86, "6.1.0" },
                { "kernel.release", X86 "-- file /proc/version\nLinux version 6.1.1 (x)\n", "failed" },
                { "kernel.version", HEAD "-- uname Linux x86_64 x86_64\n", "failed" },
                /* what it is built from: a release of three numbers tells, one whose third is 0 and goes on does not */
                { "kernel.upstream", X86, "6.1.0" },
                { "kernel.upstream", HEAD "-- uname Linux 5.15.1-112-generic x86_64\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 6.12.110-200.fc41.x86_64 x86_64\n", "6.12.110-200.fc41.x86_64" },
                { "kernel.upstream", HEAD "-- uname Linux 6.12.110-200.custom.fc41.x86_64 x86_64\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 6.12.110-custom x86_64\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 6.12.110+ x86_64\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 6.12.110+deb12-cloud-amd64 x86_64\n", "6.12.110+deb12-cloud-amd64" },
                { "kernel.upstream", HEAD "-- uname Linux 6.12.110-rt20 x86_64\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 6.12.110-gentoo x86_64\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 5.15.214-android13-8-g0123456789ab x86_64\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 6.6.149-08632-g0123456789ab x86_64\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 6.6.149.1-microsoft-standard-WSL2 x86_64\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 6.1.182-221.amzn2023.x86_64 x86_64\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 6.12.0-rc1 x86_64\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 6.12.9-arch1 x86_64\n", "6.12.9-arch1" },
                { "kernel.upstream", HEAD "-- uname Linux 5.15.0-112-generic x86_64\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 6.12 x86_64\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 5.15.0-112-generic x86_64\n-- file /proc/version_signature\nUbuntu 5.15.0-112.122-generic 5.15.152\n",
                  "5.15.152" },
                /* the command line, as lib/cmdline.c and kernel/params.c read it */
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\nro mmio_stale_data=off\n", "off" },
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\nmmio_stale_data=off mmio_stale_data=full\n", "full" },
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\nmmio_stale_data\n", "" },
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\nmmio_stale_data=\n", "" },
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\nmmio-stale-data=off\n", "off" },
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\nxmmio_stale_data=off\n", "-" },
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\nmmio_stale_data_=off\n", "-" },
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\nquiet -- mmio_stale_data=off\n", "-" },
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\nquiet --x mmio_stale_data=off\n", "off" },
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\nmmio_stale_data=\"full,nosmt\"\n", "full,nosmt" },
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\n\"mmio_stale_data=full,nosmt\"\n", "full,nosmt" },
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\nx=\"a mmio_stale_data=off b\"\n", "-" },
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\nmmio_stale_data=\"a b\n", "a b" },
                { "cmdline.mmio_stale_data", X86 "-- file /proc/cmdline\n\n", "-" },
                { "kernel.debian", X86 "-- file /proc/version\nLinux version 4.9.0-7-amd64 (x) #1 SMP Debian 4.9.110-3+deb9u5 (2018-09-30)\n", "4.9.110.3.9.5" },
                { "kernel.debian", X86 "-- file /proc/version\nLinux version 6.1.0 (x) #1 SMP Debian 6.1.133-1\n", "6.1.133.1" },
                { "kernel.debian", X86 "-- file /proc/version\nLinux version 6.1.0 (x) #1 SMP Debian x\n", "-" },
                { "kernel.debian", X86 "-- file /proc/version\nLinux version 6.1.0 (x) #1 SMP\n", "-" },
                { "kernel.debian", X86, "-" }, /* no package's release is numbers alone */
                { "kernel.debian", HEAD "-- uname Linux 6.1.0-50-amd64 x86_64\n", "?" },
                { "kernel.ubuntu", X86 "-- file /proc/version\nLinux version 4.15.0-36-generic (buildd@lgw01) (gcc version 7.3.0 (Ubuntu 7.3.0-16ubuntu3)) #39-Ubuntu SMP (Ubuntu 4.15.0-36.39-generic 4.15.18)\n", "4.15.0.36.39" },
                { "kernel.ubuntu", X86 "-- file /proc/version\nLinux version 4.4.0-137-lowlatency (x) #163-Ubuntu SMP (Ubuntu 4.4.0-137.163-lowlatency 4.4.144)\n", "4.4.0.137.163" },
                { "kernel.ubuntu", X86 "-- file /proc/version\nLinux version 4.15.0-1010-aws (x) #10-Ubuntu SMP (Ubuntu 4.15.0-1010.10-aws 4.15.17)\n", "-" },
                { "kernel.ubuntu", X86 "-- file /proc/version\nLinux version 6.1.0 (x) (gcc (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0) #1 SMP\n", "-" },
                { "kernel.ubuntu", X86, "-" },
                { "kernel.ubuntu", HEAD "-- uname Linux 6.1.0-50-amd64 x86_64\n", "-" },
                { "kernel.ubuntu", HEAD "-- uname Linux 5.15.0-191-generic x86_64\n", "?" },
                { "kernel.redhat", "# sidelight evidence 1\n-- uname Linux 3.10.0-862.3.3.el7.x86_64 x86_64\n", "3.10.0.862.3.3" },
                { "kernel.redhat", "# sidelight evidence 1\n-- uname Linux 4.18.0-553.el8_10.x86_64 x86_64\n", "4.18.0.553" },
                { "kernel.redhat", "# sidelight evidence 1\n-- uname Linux 3.10.0-962.3.2.lve1.5.26.el7.x86_64 x86_64\n", "-" },
                { "kernel.redhat", "# sidelight evidence 1\n-- uname Linux 4.14.35-1902.300.11.el7uek.x86_64 x86_64\n", "-" },
                { "kernel.redhat", "# sidelight evidence 1\n-- uname Linux 4.4.197-1.el7.elrepo.x86_64 x86_64\n", "-" },
                { "kernel.redhat", "# sidelight evidence 1\n-- uname Linux 6.1.0-25-amd64 x86_64\n", "-" },
                { "kernel.upstream", X86 "-- file /proc/version\nLinux version 6.1.0 (x) #1 SMP Debian 6.1.133-1 (2025-04-10)\n", "6.1.133-1" },
                { "kernel.upstream", HEAD "-- uname Linux 6.12.0 x86_64\n", "6.12.0" },
                { "kernel.upstream", HEAD "-- uname Linux 6.12.10 x86_64\n", "6.12.10" },
                { "kernel.upstream", HEAD "-- uname Linux 5.15.0-112-generic x86_64\n-- file /proc/version_signature\nUbuntu 5.15.0-112.122-generic x\n", "?" },
                { "kernel.upstream", HEAD "-- uname Linux 5.15.0-112-generic x86_64\n-- file /proc/version_signature\nOther 5.15.0-112.122-generic 5.15.152\n", "?" },
                { "xen.dom0_feature", X86, "?" },
                { "xen.dom0_feature", X86 "-- file /sys/hypervisor/properties/features\n00002b75\n", "1" },
                { "xen.dom0_feature", X86 "-- file /sys/hypervisor/properties/features\n0x800\n", "1" },
                { "xen.dom0_feature", X86 "-- file /sys/hypervisor/properties/features\n800\n", "1" },
                { "xen.dom0_feature", X86 "-- file /sys/hypervisor/properties/features\nfffff7ff\n", "0" },
                { "xen.dom0_feature", X86 "-- file /sys/hypervisor/properties/features\n\n", "failed" },
                { "xen.dom0_feature", X86 "-- absent /sys/hypervisor/properties/features\n", "-" },
        };

        (void)state;
        CHECK(rows);
}

/* What the kernel was asked, and what it said. */
static void test_kernel_words(void **state) {
        static const struct row rows[] = {
                { "kernel.answers", X86, "?" },
                { "kernel.answers", X86 "-- meta kernel-answers none\n", "0" },
                { "kernel.answers", X86 "-- denied /sys/devices/system/cpu/vulnerabilities/mds\n", "1" },
                { "kernel.answers", X86 "-- meta kernel-answers mds\n-- file /sys/devices/system/cpu/vulnerabilities/mds\nVulnerable\n", "1" },
                { "sysfs.mds.asked", X86, "?" },
                { "sysfs.mds.asked", X86 "-- meta kernel-answers none\n", "0" },
                { "sysfs.mds.asked", X86 "-- meta kernel-answers mds\n", "?" }, /* its word was taken out */
                { "sysfs.mds.asked", X86 "-- denied /sys/devices/system/cpu/vulnerabilities/mds\n", "1" },
                { "sysfs.l1tf.asked", X86 "-- denied /sys/devices/system/cpu/vulnerabilities/mds\n", "1" },
                { "sysfs.l1tf.asked", X86 "-- meta kernel-answers mds\n-- denied /sys/devices/system/cpu/vulnerabilities/mds\n", "0" },
                { "sysfs.mds.asked", X86 "-- meta kernel-answers l1tf\n-- denied /sys/devices/system/cpu/vulnerabilities/mds\n", "1" }, /* it is there */
                { "sysfs.mds.asked", X86 "-- meta kernel-answers l1tf mds\n-- denied /sys/devices/system/cpu/vulnerabilities/l1tf\n", "1" },
                { "sysfs.spectre_v2.bhi.asked", X86 "-- meta kernel-answers spectre_v2\n-- file /sys/devices/system/cpu/vulnerabilities/spectre_v2\nMitigation: Retpolines\n", "0" },
                { "sysfs.spectre_v2.bhi.asked", X86 "-- meta kernel-answers spectre_v2\n-- file /sys/devices/system/cpu/vulnerabilities/spectre_v2\nMitigation: Retpolines; BHI: Retpoline\n", "1" },
                { "sysfs.spectre_v2.bhi.asked", X86 "-- meta kernel-answers spectre_v2 spectre_v2.bhi\n-- file /sys/devices/system/cpu/vulnerabilities/spectre_v2\nMitigation: Retpolines\n", "1" },
                { "sysfs.mds", X86, "?" },
                { "sysfs.mds", X86 "-- absent /sys/devices/system/cpu/vulnerabilities/mds\n", "-" },
                { "sysfs.mds", X86 "-- denied /sys/devices/system/cpu/vulnerabilities/mds\n", "denied" },
                { "sysfs.mds.status", X86 "-- file /sys/devices/system/cpu/vulnerabilities/mds\nNot affected\n", "not-affected" },
                { "sysfs.mds.unknown", X86 "-- file /sys/devices/system/cpu/vulnerabilities/mds\nNot affected\n", "-" },
                { "sysfs.mds.unknown", X86 "-- file /sys/devices/system/cpu/vulnerabilities/mds\nPerhaps\n", "Perhaps" },
                { "sysfs.spectre_v2.ibpb", X86 "-- file /sys/devices/system/cpu/vulnerabilities/spectre_v2\nMitigation: Retpolines; IBPB: conditional\n", "conditional" },
                { "sysfs.spectre_v2.ibpb", X86 "-- file /sys/devices/system/cpu/vulnerabilities/spectre_v2\nMitigation: Retpolines; IBPB: sometimes\n", "failed" },
                { "sysfs.spectre_v2", X86 "-- file /sys/devices/system/cpu/vulnerabilities/spectre_v2\nMitigation: Retpolines; IBPB: sometimes\n", "retpolines" },
                { "sysfs.spectre_v2.stibp", X86 "-- file /sys/devices/system/cpu/vulnerabilities/spectre_v2\nMitigation: Retpolines; IBPB: sometimes\n", "-" },
                { "sysfs.spectre_v2.stibp", X86 "-- file /sys/devices/system/cpu/vulnerabilities/spectre_v2\nMitigation: Retpolines; Something: new\n", "failed" },
                { "sysfs.spectre_v2.stibp", X86 "-- file /sys/devices/system/cpu/vulnerabilities/spectre_v2\nPerhaps\n", "failed" },
                { "sysfs.spectre_v2.ibpb.unknown", X86 "-- file /sys/devices/system/cpu/vulnerabilities/spectre_v2\nMitigation: Retpolines; IBPB: conditional; Something: new\n", "-" },
                { "sysfs.spectre_v2.stibp.unknown", X86 "-- file /sys/devices/system/cpu/vulnerabilities/spectre_v2\nMitigation: Retpolines; IBPB: conditional; Something: new\n", "Something: new" },
                { "sysfs.mds.status", X86 "-- file /sys/devices/system/cpu/vulnerabilities/mds\nPerhaps\n", "failed" },
        };

        (void)state;
        CHECK(rows);
}

/* The architecture, from what only its kernel writes into /proc/cpuinfo. */
static void test_arch(void **state) {
        static const struct row rows[] = {
                { "arch", HEAD INFO("cpu\t: TI UltraSparc T2\n"), "sparc64" },
                { "arch", HEAD "-- uname Linux 5.10.198 aar...\n", "?" }, /* cut: no architecture */
                { "arch", HEAD "-- uname Linux 6.1.0 e2k\n", "e2k" },
                { "arch", HEAD "-- uname Linux 6.1.0 parisc64\n", "parisc" },
                { "arch", HEAD "-- uname Linux 5.10.0 armv5l\n", "arm" },
                { "arch", HEAD "-- uname Linux 6.1.0 aarch64\n" INFO("vendor_id\t: GenuineIntel\n"), "failed" }, /* one contradicts the other */
                { "arch", HEAD INFO("type\t: sun4v\n"), "sparc64" },
                { "arch", HEAD INFO("cpu model\t: MIPS 24Kc\n"), "mips" },
                { "arch", HEAD INFO("arch\t: IA-64\n"), "ia64" },
                { "arch", HEAD INFO("cpu\t: Cell Broadband Engine\n"), "ppc64" },
                { "arch", HEAD INFO("cpu\t: PPC970FX\n"), "ppc64" },
                { "arch", HEAD INFO("cpu\t: 7447A, altivec supported\n"), "ppc" },
                { "arch", HEAD INFO("cpu\t: 750FX\n"), "ppc" },
                { "arch", HEAD INFO("cpu\t: 603ev\n"), "ppc" },
                { "arch", HEAD INFO("cpu\t: e500v2\n"), "ppc" },
                { "arch", HEAD INFO("cpu\t: e5500\n"), "?" },
                { "arch", HEAD INFO("cpu\t: Alpha\n"), "alpha" },
                { "arch", HEAD INFO("cpu family\t: PA-RISC 2.0\n"), "parisc" },
                { "arch", HEAD INFO("CPU:\t\t68040\nMMU:\t\t68040\n"), "m68k" },
                { "arch", HEAD INFO("cpu family\t: sh4\n"), "sh4" },
                { "arch", HEAD INFO("cpu\t: POWER8\n"), "ppc64" },
                { "arch", HEAD INFO("isa\t: rv64imafdc\n"), "riscv64" },
                { "arch", HEAD INFO("isa\t: rv32ima\n"), "?" },
                { "arch", HEAD INFO("CPU Family\t: Loongson-64bit\n"), "loongarch64" },
                { "arch", HEAD INFO("vendor_id\t: IBM/S390\n"), "s390x" },
                { "arch", HEAD INFO("flags\t: fpu lm\n"), "x86_64" },
                { "arch", HEAD INFO("flags\t: fpu lmx\n"), "?" },
                { "arch", HEAD INFO("CPU implementer\t: 0x41\nFeatures\t: swp half thumb fastmult vfp\n"), "arm" },
                { "arch", HEAD INFO("CPU implementer\t: 0x41\nFeatures\t: fp\nCPU architecture: 8\n"), "aarch64" },
                { "arch", HEAD INFO("CPU implementer\t: 0x41\nFeatures\t: fp\nCPU architecture: AArch64\n"), "aarch64" },
                { "arch", HEAD INFO("CPU implementer\t: 0x41\nFeatures\t: swp half thumb fastmult\nCPU architecture: 8\n"), "arm" },
                { "arch", HEAD INFO("Features\t: fp\nCPU implementer\t: 0x41\nCPU architecture: 4T\n"), "arm" },
                { "arch", HEAD INFO("Features\t: fp\nCPU implementer\t: 0x41\nCPU architecture: 7\n"), "arm" },
                { "arch", HEAD INFO("Features\t: fp\nCPU implementer\t: 0x41\nCPU architecture: 3\n"), "?" },
                { "arch", HEAD INFO("Features\t: fp\nCPU implementer\t: 0x41\nCPU architecture: 9\n"), "?" },
                { "arch", HEAD INFO("Features\t: fp\nCPU implementer\t: 0x41\nCPU architecture: 80\n"), "?" },
        };

        (void)state;
        CHECK(rows);
}

static void test_windows(void **state) {
        static const struct row rows[] = {
                { "nt.bpb_enabled", BUILD("x86_64"), "?" },
                { "nt.bpb_enabled", BUILD("x86_64") "-- nt 201 1 0\n", "1" },
                { "nt.bpb_enabled", BUILD("x86_64") "-- nt 201 fffffffe 0\n", "0" },
                { "nt.bpb_enabled", BUILD("x86_64") "-- nt 201 status c0000003\n", "-" }, /* no such class */
                { "nt.bpb_enabled", BUILD("x86_64") "-- nt 201 status c0000002\n", "-" }, /* not implemented */
                { "nt.bpb_enabled", BUILD("x86_64") "-- nt 201 status c0000001\n", "failed" },
                { "nt.bpb_enabled", BUILD("x86_64") "-- nt 201 status c0000022\n", "failed" },
                { "override.bti_off", BUILD("x86_64"), "?" },
                { "override.bti_off", BUILD("x86_64") "-- registry " OVERRIDE " dword 00000003\n", "1" },
                { "override.bti_off", BUILD("x86_64") "-- registry " OVERRIDE " dword 00000002\n", "0" },
                { "override.bti_off", BUILD("x86_64") "-- registry " OVERRIDE " absent\n", "-" },
                { "override.bti_off", BUILD("x86_64") "-- registry " OVERRIDE " denied\n", "denied" },
                { "win32.wine", BUILD("x86_64") "-- win32 wine 9.0\n", "9.0" },
                { "win32.wine", BUILD("x86_64"), "?" },
                { "win32.wine", BUILD("x86_64") "-- win32 wine redacted\n", "?" },
                /* Microsoft's first updates, article by article */
#define FIRST(build, kb, ubr) { "windows.kb", HEAD "-- uname Windows 10.0." build " x86_64\n", kb }, \
                { "windows.date", HEAD "-- uname Windows 10.0." build " x86_64\n", "2018-01-03" },  \
                { "windows.first", HEAD "-- uname Windows 10.0." build " x86_64\n", ubr }
                FIRST("10240", "KB4056893", "4547"), FIRST("10586", "KB4056888", "54c"), FIRST("14393", "KB4056890", "7d7"),
                FIRST("15063", "KB4056891", "352"), FIRST("16299", "KB4056892", "c0"),
                { "windows.kb", HEAD "-- uname Windows 6.3.9600 x86_64\n", "KB4056898 (security only) or KB4056895 (rollup)" },
                { "windows.kb", HEAD "-- uname Windows 6.1.7601 x86_64\n", "KB4056897 (security only) or KB4056894 (rollup)" },
                { "windows.date", HEAD "-- uname Windows 6.3.9600 x86_64\n", "2018-01-03" },
                { "windows.date", HEAD "-- uname Windows 6.1.7601 x86_64\n", "2018-01-03" },
                { "windows.none", HEAD "-- uname Windows 6.2.9200 x86_64\n", "1" },
                /* no update at all, and one whose number nobody counted */
                { "windows.first", HEAD "-- uname Windows 6.2.9200 x86_64\n", "-" },
                { "windows.kb", HEAD "-- uname Windows 6.2.9200 x86_64\n", "-" },
                { "windows.date", HEAD "-- uname Windows 6.2.9200 x86_64\n", "-" },
                { "windows.first", HEAD "-- uname Windows 6.3.9600 x86_64\n", "?" },
                { "windows.first", HEAD "-- uname Windows 10.0.99999 x86_64\n", "-" },
                { "windows.name", HEAD "-- uname Windows 10.0.x x86_64\n", "-" },
                { "windows.name", HEAD "-- uname Windows 10.0 x86_64\n", "-" },
                { "windows.none", HEAD "-- uname Windows 6.0.6002 x86_64\n", "1" },
                { "windows.none", HEAD "-- uname Windows 6.3.9600 x86_64\n", "0" },
                { "windows.name", X86, "-" },
                { "windows.name", HEAD, "?" },
                { "windows.disk", BUILD("x86_64") "-- nt 201 1 0\n", "0" },
                { "windows.disk", BUILD("x86_64") "-- win32 source disk\n", "1" },
                { "windows.disk", BUILD("x86_64"), "?" },
        };

        (void)state;
        CHECK(rows);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_files_and_kernel), cmocka_unit_test(test_kernel_words), cmocka_unit_test(test_arch), cmocka_unit_test(test_windows),
        };

        return cmocka_run_group_tests_name("facts of a system", tests, NULL, NULL);
}
