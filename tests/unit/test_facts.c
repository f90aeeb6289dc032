/* Facts: every source, in each state that a record can be in, and on both sides of its limits; and what a missing answer leaves out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "facts_rows.h"
#include "little_data.h"
#include "verdict/machine.h"

static void test_registers(void **state) {
        static const struct row rows[] = {
                /* CPUID: the record, the highest leaf and subleaf, the flag, the architecture */
                { "cap.md_clear", X86, "?" },
                { "cap.md_clear", X86 "-- cpuid 0 7.0 0 0 0 400\n", "1" },
                { "cap.md_clear", X86 "-- cpuid 0 7.0 0 0 0 fffffbff\n", "0" },
                { "cap.md_clear", X86 "-- cpuid * 7.0 0 0 0 400\n", "1" },
                { "cap.md_clear", X86 "-- cpuid 0 0.0 7 756e6547 6c65746e 49656e69\n", "?" },
                { "cap.md_clear", X86 "-- cpuid 0 0.0 6 756e6547 6c65746e 49656e69\n", "0" },
                { "cap.md_clear", X86 INFO("flags\t\t: fpu md_clear\n"), "1" },
                { "cap.md_clear", HEAD "-- uname Linux 6.1.0 aarch64\n-- cpuid 0 7.0 0 0 0 400\n", "-" },
                { "cap.bhi_ctrl", X86 INTEL "-- cpuid 0 7.0 2 0 0 0\n", "?" },
                { "cap.bhi_ctrl", X86 INTEL "-- cpuid 0 7.0 1 0 0 0\n", "0" },
                { "cap.bhi_ctrl", X86 INTEL "-- cpuid 0 7.0 2 0 0 0\n-- cpuid 0 7.2 0 0 0 10\n", "1" },
                { "cap.srso_no", X86 AMD "-- cpuid 0 80000000.0 80000021 0 0 0\n", "?" },
                { "cap.srso_no", X86 AMD "-- cpuid 0 80000000.0 80000020 0 0 0\n", "0" },
                { "cap.srso_no", X86 AMD "-- cpuid 0 80000000.0 d 0 0 0\n", "0" }, /* no such range: the highest basic leaf answers */
                /* MSR: whether the register exists, and the record */
                { "cap.rdcl_no", X86 INTEL "-- cpuid 0 7.0 0 0 0 20000000\n-- msr 0 10a 1\n", "1" },
                { "cap.rdcl_no", X86 INTEL "-- cpuid 0 7.0 0 0 0 20000000\n-- msr 0 10a fffffffffffffffe\n", "0" },
                { "cap.rdcl_no", X86 INTEL "-- cpuid 0 7.0 0 0 0 0\n-- msr 0 10a 1\n", "0" },
                { "cap.rdcl_no", X86 INTEL "-- msr 0 10a 1\n", "?" },
                { "cap.rdcl_no", X86 INTEL "-- msr 0 10a 0\n", "0" },
                { "cap.rdcl_no", X86 INTEL "-- cpuid 0 7.0 0 0 0 20000000\n-- msr 0 10a denied\n", "denied" },
                { "cap.rdcl_no", X86 INTEL "-- cpuid 0 7.0 0 0 0 20000000\n-- msr 0 10a absent\n", "-" },
                { "cap.rdcl_no", X86 INTEL "-- cpuid 0 7.0 0 0 0 20000000\n", "?" },
                { "cap.rdcl_no", X86 INTEL "-- cpuid 0 7.0 0 0 0 20000000\n-- msr 1 10a 1\n", "?" },
                /* identification registers */
                { "cap.arm_csv2", HEAD "-- uname Linux 6.1.0 aarch64\n-- idreg 0 ID_AA64PFR0_EL1 0100000000000000\n", "1" },
                { "cap.arm_csv2", HEAD "-- uname Linux 6.1.0 aarch64\n", "?" },
        };

        (void)state;
        CHECK(rows);
}

#define NAMED "HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0|ProcessorNameString"
#define UPDATED "HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0|Update Revision"

static void test_processor(void **state) {
        static const struct row rows[] = {
                { "cpu.vendor", X86, "?" }, { "cpu.vendor", X86 INTEL, "intel" },
                { "cpu.vendor", X86 INFO("flags\t: fpu\nvendor_id\t: GenuineInt\n"), "?" }, /* cut */
                { "cpu.vendor", X86 INFO("vendor_id\t: genuineintel\n"), "intel" }, { "cpu.vendor", X86 INFO("vendor_id\t: Nobody\n"), "?" },
                { "cpu.vendor", X86 INFO("vendor_id\t: GenuineTMx86\n"), "GenuineTMx86" },
                { "cpu.vendor", X86 "-- cpuid 0 80000000.0 80000021 68747541 444d4163 69746e65\n", "amd" }, /* leaf 0 was lost */
                { "cpu.vendor", X86 "-- cpuid 0 80000000.0 80000008 00000000 00000000 00000000\n", "?" },
                { "cpu.vendor", X86 INTEL INFO("vendor_id\t: AuthenticAMD\n"), "failed" },
                { "cpu.vendor", HEAD "-- uname Linux 6.1.0 riscv64\n" INFO("isa\t: rv64imafdc\n"), "-" },
                { "cpu.family", X86 "-- cpuid 0 1.0 00a10f11 0 0 0\n", "19" },
                { "cpu.model", X86 "-- cpuid 0 1.0 00a10f11 0 0 0\n", "11" },
                { "cpu.stepping", X86 "-- cpuid 0 1.0 00a10f11 0 0 0\n", "1" },
                { "cpu.model", X86 "-- cpuid 0 1.0 000f0565 0 0 0\n", "6" }, /* family 5 has no extended model */
                { "cpu.model", X86 "-- cpuid 0 1.0 00050654 0 0 0\n", "55" },
                { "cpu.family", HEAD "-- idreg 0 MIDR_EL1 410fd034\n", "41" },
                { "cpu.model", HEAD "-- idreg 0 MIDR_EL1 410fd034\n", "d03" },
                { "cpu.stepping", HEAD "-- idreg 0 MIDR_EL1 412fd034\n", "24" },
                { "cpu.model", X86 INFO("CPU implementer\t: 0x41\nCPU part\t: 0xd03\n"), "d03" },
                { "cpu.stepping", X86 INFO("CPU implementer\t: 0x41\nCPU variant\t: 0x2\n"), "?" },
                { "cpu.signature", X86 INFO("vendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t: 17\nstepping\t: 1\n"), "a10f11" },
                { "cpu.signature", X86 INFO("vendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t: 17\n"), "?" },
                /* the platform: its number, or one bit of a mask */
                { "cpu.platform", X86 "-- msr 0 17 0014000000000000\n", "5" },
                { "cpu.platform", X86 "-- file /sys/devices/system/cpu/cpu0/microcode/processor_flags\n0x10\n", "4" },
                { "cpu.platform", X86 "-- file /sys/devices/system/cpu/cpu0/microcode/processor_flags\n0x1\n", "0" },
                { "cpu.platform", X86 "-- file /sys/devices/system/cpu/cpu0/microcode/processor_flags\n0x0\n", "?" },
                { "cpu.platform", X86 "-- denied /sys/devices/system/cpu/cpu0/microcode/processor_flags\n", "?" },
        };

        (void)state;
        CHECK(rows);
}

static void test_command_line(void **state) {
        static const struct row rows[] = {
                { "cmdline.mitigations", X86 "-- file /proc/cmdline\nmitigations=auto,nosmt\n", "auto,nosmt" },
                { "cmdline.mitigations", X86 "-- file /proc/cmdline\nmitigations=off mitigations=bogus\n", "?" },
                { "cmdline.mitigations", X86 "-- file /proc/cmdline\nmitigations=off mitigations=x\n", "?" },
                { "cmdline.mitigations", X86 "-- file /proc/cmdline\nmitigations=x\n", "x" },
                /* Of others, too; and what the kernel knows counts where it stands last. */
                { "cmdline.mds", X86 "-- file /proc/cmdline\nmds=off mds=bogus\n", "?" },
                { "cmdline.mds", X86 "-- file /proc/cmdline\nmds=off mds\n", "?" },
                { "cmdline.mds", X86 "-- file /proc/cmdline\nmds=bogus mds=off\n", "off" },
                { "cmdline.mds", X86 "-- file /proc/cmdline\nquiet mds=off \xe2\x80\xa6\n", "off" }, /* its end was lost */
                { "cmdline.mds", X86 "-- file /proc/cmdline\nquiet \xe2\x80\xa6\n", "?" },
                { "cmdline.mds", X86 "-- file /proc/cmdline\nmds=full mds=full,nosmt\n", "full,nosmt" },
                { "cmdline.retbleed", X86 "-- file /proc/cmdline\nretbleed=off xretbleed=auto\n", "off" },
                /* A no-break space, also in UTF-8, ends a word; the scanner of x86 takes it for a letter. */
                { "cmdline.mds", X86 "-- file /proc/cmdline\nquiet\xc2\xa0mds=off\n", "off" },
                { "cmdline.nopti", X86 "-- file /proc/cmdline\nquiet\xc2\xa0nopti\n", "?" },
                { "cmdline.mds", X86 "-- file /proc/cmdline\n\"mds=\"off\"\"\n", "off\"" },
                { "cmdline.mitigations", X86 "-- file /proc/cmdline\nmitigations=off mitigations=auto,no_user_user,no_cross_thread\n", "auto,no_user_user,no_cross_thread" },
        };

        (void)state;
        CHECK(rows);
}

static void test_microcode(void **state) {
        static const struct row rows[] = {
                /* microcode: Intel's upper half, AMD's lower one */
                { "cpu.microcode", X86 INTEL "-- msr 0 8b 0200005000000000\n", "2000050" },
                { "cpu.microcode", X86 AMD "-- msr 0 8b 000000000a101148\n", "a101148" },
                { "cpu.microcode", X86 INTEL "-- msr 0 8b 02000050000000ff\n", "2000050" },
                { "cpu.microcode", X86 INTEL "-- msr 0 8b 0000000002000050\n", "2000050" }, /* a guest's, or one that has none yet */
                { "cpu.microcode", X86 AMD "-- msr 0 8b 000000010a101148\n", "a101148" },
                { "cpu.microcode", X86 "-- msr 0 8b 0200005000000000\n", "?" },
                { "cpu.microcode", X86 AMD "-- msr 0 8b denied\n", "denied" },
                { "cpu.microcode", X86 AMD "-- msr 0 8b 0a101148\n" INFO("microcode\t: 0xa101147\n"), "failed" },
                /* its table: which row is meant may hang on the platform */
                { "cpu.microcode", X86 INTEL "-- registry " UPDATED " binary f000000000000000\n", "f0" },
                { "cpu.microcode", X86 INTEL "-- registry " UPDATED " binary 00000000f0000000\n", "f0" }, /* Windows 10 and older write it to the upper half */
                { "cpu.microcode", X86 INTEL "-- registry " UPDATED " absent\n", "?" },
                { "cpu.microcode", X86 INTEL "-- registry " UPDATED " denied\n", "?" },
                { "microcode.intel", X86 INTEL "-- cpuid 0 1.0 000906a4 0 0 0\n", "?" },
                { "microcode.intel", X86 INTEL "-- cpuid 0 1.0 000906a4 0 0 0\n-- msr 0 17 0018000000000000\n", "c" },
                { "microcode.intel", X86 INTEL "-- cpuid 0 1.0 000906a4 0 0 0\n-- msr 0 17 001c000000000000\n", "43b" },
                { "microcode.intel", X86 INTEL "-- cpuid 0 1.0 000906a4 0 0 0\n-- msr 0 17 0\n", "-" },
                { "microcode.intel", X86 INTEL "-- cpuid 0 1.0 000906f4 0 0 0\n", "-" },
                { "microcode.intel", X86 INTEL, "?" },
                /* hybrid parts */
                { "cpu.core-type", X86 INTEL "-- cpuid 0 1a.0 40000001 0 0 0\n", "40" },
                { "cpu.core-type", X86 "-- cpuid 0 0.0 1a 756e6547 6c65746e 49656e69\n", "?" },
                { "cpu.core-type", X86 "-- cpuid 0 0.0 19 756e6547 6c65746e 49656e69\n", "0" },
                { "smt.active", X86 "-- file /sys/devices/system/cpu/smt/active\n1\n", "1" },
                { "smt.active", X86 INFO("siblings\t: x\ncpu cores\t: 1\n"), "?" },
                { "smt.active", X86 INFO("siblings\t: 2\ncpu cores\t: x\n"), "?" },
                { "smt.active", X86 INFO("cpu cores\t: 1\n"), "?" },
                /* the platform: the register's three bits where all three are known, else the kernel's mask, whose lowest bit counts */
                { "cpu.platform", X86 INTEL "-- msr 0 17 1c000000000000\n", "7" },
                { "cpu.platform", X86 INTEL "-- msr 0 17 10000000000000\n", "4" },
                { "cpu.platform", X86 INTEL "-- msr 0 17 2000000000000\n", "0" },
                { "cpu.platform", X86 INTEL "-- msr 0 17 20000000000000\n", "0" },
                { "cpu.platform", X86 INTEL "-- msr 0 17 4000000000000/1c000000000000\n", "1" },
                { "cpu.platform", X86 INTEL "-- msr 0 17 4000000000000/c000000000000\n", "?" },
                { "cpu.platform", X86 INTEL "-- msr 0 17 4000000000000/18000000000000\n", "?" },
                { "cpu.platform", X86 INTEL "-- msr 0 17 denied\n-- file /sys/devices/system/cpu/cpu0/microcode/processor_flags\n0x80\n", "7" },
                { "cpu.platform", X86 INTEL "-- file /sys/devices/system/cpu/cpu0/microcode/processor_flags\n0x6\n", "1" },
                { "cpu.platform", X86 INTEL "-- file /sys/devices/system/cpu/cpu0/microcode/processor_flags\n0x1\n", "0" },
                { "cpu.platform", X86 INTEL "-- file /sys/devices/system/cpu/cpu0/microcode/processor_flags\n0x0\n", "?" },
                { "cpu.platform", X86 INTEL "-- denied /sys/devices/system/cpu/cpu0/microcode/processor_flags\n", "?" },
                /* the signature without its register: every field at its limits */
                { "cpu.signature", X86 INFO("vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t: 85\nstepping\t: 4\n"), "50654" },
                { "cpu.signature", X86 INFO("vendor_id\t: GenuineIntel\ncpu family\t: 15\nmodel\t: 15\nstepping\t: 15\n"), "fff" },
                { "cpu.signature", X86 INFO("vendor_id\t: AuthenticAMD\ncpu family\t: 16\nmodel\t: 16\nstepping\t: 0\n"), "110f00" },
                { "cpu.signature", X86 INFO("vendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t: 33\nstepping\t: 2\n"), "a20f12" },
                { "cpu.signature", X86 INFO("vendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t: 33\n"), "?" },
                { "cpu.signature", X86 "-- cpuid 0 1.0 fffff6ff 0 0 0\n", "fff36ff" },
                /* the revision: where each maker keeps it, what is known in part, and what was not to be read */
                { "cpu.microcode", X86 INTEL "-- msr 0 8b f000000000\n", "f0" },
                { "cpu.microcode", X86 INTEL "-- msr 0 8b f0\n", "f0" },
                { "cpu.microcode", X86 AMD "-- msr 0 8b f00000830107d\n", "830107d" },
                { "cpu.microcode", X86 INTEL "-- msr 0 8b f000000000/ffffffff00000000\n", "?" },
                { "cpu.microcode", X86 "-- msr 0 8b f000000000\n", "?" },
                { "cpu.microcode", X86 INTEL "-- msr 0 8b denied\n", "denied" },
                { "cpu.microcode", X86 INTEL INFO("microcode\t: 0xf0\n") "-- msr 0 8b denied\n", "f0" },
                { "cpu.microcode", X86 INTEL INFO("microcode\t: 0xf0\n") "-- msr 0 8b f100000000\n", "failed" },
                { "cpu.microcode", X86 INTEL INFO("microcode\t: x\n"), "?" },
                { "smt.active", X86 INFO("siblings\t: 2\ncpu cores\t: 1\n"), "1" },
                { "smt.active", X86 "-- file /sys/devices/system/cpu/smt/active\n?\n", "?" },
                { "smt.active", X86 "-- file /sys/devices/system/cpu/smt/active\n0\n" INFO("siblings\t: 2\ncpu cores\t: 1\n"), "failed" },
                { "smt.active", X86 "-- file /sys/devices/system/cpu/smt/active\n1\n" INFO("siblings\t: 1\ncpu cores\t: 1\n"), "1" },
                { "cap.arch_capabilities", X86 INFO("flags\t\t: fpu ssbd md_clear flush_l1d\n"), "0" },
                { "cap.arch_capabilities", X86 INFO("flags\t\t: fpu ssbd md_clear flush_l1d arch_cap\n"), "?" },
                /* what --redact hid of the distribution's names */
                { "os.distribution", X86 "-- file /etc/os-release\nID=ubuntu\nID_LIKE=debian\n", "ubuntu debian" },
                { "os.distribution", X86 "-- file /etc/os-release\nID=\"redacted\"\nID_LIKE=\"debian\"\n", "redacted debian" },
                { "os.distribution", X86 "-- file /etc/os-release\nID=\"redacted\"\n", "?" },
                { "os.distribution", X86 "-- file /etc/os-release\nID=\"redacted\"\nID_LIKE=\"redacted redacted\"\n", "?" },
                /* CPUID and the list of flags deny what the other shows: neither is believed */
                { "cap.arch_capabilities", X86 "-- cpuid 0 7.0 0 0 0 20000000\n" INFO("flags\t\t: fpu ssbd md_clear arch_capabilities\n"), "1" },
                { "cap.arch_capabilities", X86 "-- cpuid 0 7.0 0 0 0 20000000\n" INFO("flags\t\t: fpu ssbd md_clear\n"), "failed" },
                { "cap.arch_capabilities", X86 "-- cpuid 0 7.0 0 0 0 0\n" INFO("flags\t\t: fpu arch_capabilities\n"), "failed" },
                { "cap.arch_capabilities", X86 "-- cpuid 0 7.0 0 0 0 20000000\n" INFO("flags\t\t: fpu lm\n"), "1" }, /* an old kernel has no such word */
                { "cap.arch_capabilities", X86 "-- msr 0 10a 1\n" INFO("flags\t\t: fpu ssbd md_clear\n"), "failed" },
                { "cap.rdcl_no", X86 "-- msr 0 10a 1\n" INFO("flags\t\t: fpu ssbd md_clear\n"), "?" },
                { "cap.md_clear", X86 "-- cpuid 0 7.0 0 0 0 0\n" INFO("flags\t\t: fpu md_clear\n"), "failed" },
                { "cap.rtm", X86 "-- cpuid 0 7.0 0 0 0 0\n" INFO("flags\t\t: fpu rtm\n"), "failed" },
                { "cap.rtm", X86 "-- cpuid 0 7.0 0 800 0 0\n" INFO("flags\t\t: fpu lm\n"), "1" }, /* kernels hide it */
                { "cap.spec_ctrl", X86 "-- cpuid 0 7.0 0 0 0 0\n" INFO("flags\t\t: fpu ibrs\n"), "0" }, /* AMD's word, too */
                /* a model that is listed with all its steppings needs none; one that is not does */
                { "affected.zenbleed", X86 INFO("vendor_id\t: AuthenticAMD\ncpu family\t: 23\nmodel\t: 49\n"), "1" },
                { "affected.taa", X86 INFO("vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t: 85\n"), "?" },
                { "cpu.count", X86, "?" },
                { "cpu.count", X86 INFO("flags\t: fpu\n"), "1" },
                { "cpu.same", X86, "?" },
                { "cpu.same", X86 INFO("flags\t: fpu\n"), "1" },
                { "cpu.name", X86, "?" },
                { "cpu.name", X86 INFO("model name\t: AMD EPYC 7763\n"), "AMD EPYC 7763" },
                { "cpu.name", X86 "-- registry " NAMED " sz AMD EPYC 7763 \n", "AMD EPYC 7763" },
                { "cpu.name", X86 "-- registry " NAMED " sz A\n" INFO("model name\t: B\n"), "B" },
                { "cpu.name", X86 "-- registry " NAMED " multi_sz A\n", "?" },
                { "cpu.name", X86 "-- registry " NAMED " denied\n", "?" },
                { "cpu.name", X86 "-- registry " NAMED " absent\n", "?" },
                { "cpu.name", HEAD "-- uname Linux 6.1.0 ppc64le\n" INFO("cpu\t\t: POWER9 (architected)\n"), "POWER9 (architected)" },
                { "cpu.name", HEAD "-- uname Linux 6.1.0 riscv64\n" INFO("isa\t: rv64\nuarch\t: sifive,u74-mc\n"), "sifive,u74-mc" },
                { "cpu.name", HEAD "-- uname Linux 6.1.0 s390x\n" INFO("vendor_id       : IBM/S390\n"), "IBM/S390" },
                { "smt.active", X86 INFO("siblings\t: 2\ncpu cores\t: 2\n"), "0" },
                { "smt.active", X86 INFO("siblings\t: 2\n"), "?" },
                { "smt.possible", X86 "-- file /sys/devices/system/cpu/smt/control\nforceoff\n", "0" },
                { "smt.possible", X86 "-- file /sys/devices/system/cpu/smt/control\noff\n", "1" },
                { "smt.possible", X86 "-- file /sys/devices/system/cpu/smt/control\nnotimplemented\n", "?" },
                { "cpu.seen", X86, "?" },
                { "cpu.seen", X86 "-- meta processor none\n", "0" },
                { "cpu.seen", X86 "-- meta processor some\n", "?" },
        };

        (void)state;
        CHECK(rows);
}

/* Hyper-V's root partition: it may make partitions (EBX[0]), manages the processors (EBX[12]), and is not isolated (EBX[22]). */
static void test_hypervisor(void **state) {
        static const struct row rows[] = {
                { "hypervisor", X86, "?" },
                { "hypervisor", X86 "-- cpuid 0 0.0 d 756e6547 6c65746e 49656e69\n-- cpuid 0 1.0 50654 0 7ed8320b 20000002\n", "0" },
                { "hypervisor", X86 "-- cpuid 0 0.0 d 756e6547 6c65746e 49656e69\n-- cpuid 0 1.0 50654 0 7ed8320b 2\n", "0" },
                /* the firmware was looked at, in part: a hypervisor may hide its bit */
                { "hypervisor", X86 "-- cpuid 0 0.0 d 756e6547 6c65746e 49656e69\n-- cpuid 0 1.0 50654 0 7ed8320b 2\n"
                  "-- file /sys/class/dmi/id/sys_vendor\nDell Inc.\n", "?" },
                { "hypervisor", X86 GUEST_BIT, "1" },
                { "hypervisor", X86 GUEST_BIT HYPER_V "-- cpuid 0 40000003.0 0 1001 0 0\n", "0" },
                { "hypervisor", X86 GUEST_BIT HYPER_V "-- cpuid 0 40000003.0 0 1 0 0\n", "1" },
                { "hypervisor", X86 GUEST_BIT HYPER_V "-- cpuid 0 40000003.0 0 1000 0 0\n", "1" },
                { "hypervisor", X86 GUEST_BIT HYPER_V "-- cpuid 0 40000003.0 0 401001 0 0\n", "1" },
                { "hypervisor", X86 GUEST_BIT "-- cpuid 0 40000000.0 4000000a 4b4d564b 564b4d56 4d\n-- cpuid 0 40000003.0 0 1001 0 0\n", "1" },
                { "hypervisor", BUILD("x86_64") GUEST_BIT HYPER_V, "?" },
                { "hypervisor.vendor", X86 GUEST_BIT HYPER_V "-- cpuid 0 40000003.0 0 1 0 0\n", "Hyper-V" },
                { "hypervisor.vendor", X86 "-- cpuid 0 0.0 d 756e6547 6c65746e 49656e69\n-- cpuid 0 1.0 50654 0 7ed8320b 20000002\n", "-" },
                { "hypervisor.vendor", X86 GUEST_BIT, "?" },
        };

        (void)state;
        CHECK(rows);
}

/* AMD's patch levels tell their processor, from Zen on; what a guest is shown need not. */
static void test_made_up_microcode(void **state) {
        static const struct {
                const char *cpu, *microcode;
                bool made_up;
        } rows[] = {
                { AMD "-- cpuid 0 1.0 00830f10 0 fed8320b 0\n", "8301055", false }, /* Zen 2, family 17h */
                { AMD "-- cpuid 0 1.0 00830f10 0 fed8320b 0\n", "8001250", true },  /* another model's */
                { AMD "-- cpuid 0 1.0 00800f12 0 fed8320b 0\n", "8001227", false }, /* Zen 1 */
                { AMD "-- cpuid 0 1.0 00800f12 0 fed8320b 0\n", "a101148", true },
                { AMD "-- cpuid 0 1.0 00600f20 0 fed8320b 0\n", "6000852", false }, /* Piledriver: another scheme */
                { AMD "-- cpuid 0 1.0 00a10f11 0 fed8320b 0\n", "1", true },
                { AMD "-- cpuid 0 1.0 00a10f11 0 fed8320b 0\n", "ffffffff", true },
                { AMD "-- cpuid 0 1.0 00830f10 0 7ed8320b 0\n", "8001250", false }, /* bare metal shows what there is */
                { INTEL "-- cpuid 0 1.0 00050654 0 fed8320b 0\n", "2000050", false },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct verdict r;

                judge(&a, str_fmt(&a, X86 "%s" INFO("microcode\t: 0x%s\n"), rows[i].cpu, rows[i].microcode), NULL, &r);
                if (microcode_is_made_up(r.facts) != rows[i].made_up)
                        fail_msg("row %zu", i);
        }
}

/* How far evidence carries that was made of another tool's output stands in the machine's notes. */
static void test_notes_of_origin(void **state) {
        static const struct {
                const char *meta, *first, *second; /* NULL: no such note */
        } rows[] = {
                { "", NULL, NULL },
                { "-- meta imported lscpu\n", "from lscpu", NULL },
                { "-- meta not-used two lines\n", "in the input: two lines", NULL },
                { "-- meta imported lscpu\n-- meta not-used two lines\n", "from lscpu", "in the input: two lines" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct str_list plain, notes;
                struct verdict r;

                judge(&a, S(X86), NULL, &r);
                plain = r.machine.notes;
                judge(&a, str_fmt(&a, X86 "%s", rows[i].meta), NULL, &r);
                notes = r.machine.notes;
                assert_int_equal(notes.count, plain.count + !!rows[i].first + !!rows[i].second);
                for (uint32_t k = 0; k < notes.count - plain.count; k++) {
                        const char *expected = k ? rows[i].second : rows[i].first;
                        bool found = false;

                        for (uint32_t n = 0; n < notes.count; n++)
                                found |= str_eq(notes.items[n], str_of(expected));
                        if (!found)
                                fail_msg("row %zu: no note says '%s'", i, expected);
                }
        }
}

#define OLD "-- uname Linux 4.15.0-20-generic x86_64\n-- absent /sys/devices/system/cpu/vulnerabilities/mds\n-- absent /sys/devices/system/cpu/vulnerabilities/tsx_async_abort\n"

/* mitigations= on a kernel that is older than the word, and only there. */
static void test_note_of_mitigations(void **state) {
        static const struct {
                const char *evidence;
                bool told;
        } rows[] = {
                { HEAD OLD "-- file /proc/cmdline\nquiet mitigations=auto\n", true },
                { HEAD OLD "-- file /proc/cmdline\nquiet\n", false },
                { HEAD OLD "", false },
                { HEAD "-- uname Linux 6.1.0 x86_64\n-- file /proc/cmdline\nquiet mitigations=auto\n", false },
                { HEAD "-- file /proc/cmdline\nquiet mitigations=auto\n", false },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                bool told = false;
                struct verdict r;

                judge(&a, str_of(rows[i].evidence), NULL, &r);
                for (uint32_t n = 0; n < r.machine.notes.count; n++)
                        told |= str_starts(r.machine.notes.items[n], S("mitigations="));
                if (told != rows[i].told)
                        fail_msg("row %zu", i);
        }
}

/* Every fact of the catalog has a source that says nothing of evidence without records, and every state of the catalog's files. */
static void test_nothing_is_known_of_nothing(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct verdict r;

        (void)state;
        judge(&a, S(HEAD), NULL, &r);
        for (uint32_t i = 0; i < catalog_builtin.fact_count; i++) {
                const struct fact_def *def = &catalog_builtin.facts[i];
                const struct fact *v = facts_get(r.facts, i);

                if (v->state == FACT_KNOWN && !fact_is_derived(def) && def->kind != FACT_KIND_VERDICT)
                        fail_msg("%.*s is known of nothing", STR_ARG(T(def->name)));
        }
}

/* ---- Groups of processors: by CPUID signature (Intel SDM volume 4, table 2-1; Linux intel-family.h) or Arm's MIDR ---- */

static struct str of_processor(struct arena *a, const char *vendor, uint32_t id) {
        if (strcmp(vendor, "arm") == 0)
                return str_fmt(a, HEAD "-- uname Linux 6.1.0 aarch64\n" INFO("CPU implementer\t: 0x%02x\n") "-- idreg 0 MIDR_EL1 %016x\n", id >> 24, id);
        return str_fmt(a, X86 "%s-- cpuid 0 1.0 %08x 0 0 0\n", vendor, id);
}

static void test_processors(void **state) {
        static const char centaur[] = "-- cpuid 0 0.0 1 746e6543 736c7561 48727561\n", zhaoxin[] = "-- cpuid 0 0.0 d 68532020 20206961 68676e61\n";
        static const struct {
                const char *fact, *answer, *vendor;
                uint32_t ids[20];
        } rows[] = {
                /* Before Haswell no core has the register, and no microcode brings it. */
                { "cap.arch_capabilities", "0", INTEL, { 0x6e8, 0x6f6, 0x10661, 0x10676, 0x106d1, 0x106e5, 0x106f0, 0x106a5, 0x206e6, 0x20652, 0x206c2, 0x206f2,
                                                         0x206a7, 0x206d7, 0x306a9, 0x306e4 } },
                { "cap.arch_capabilities", "?", INTEL, { 0x306c3, 0x306f2, 0x40651, 0x306d4, 0x406f1, 0x506e3, 0x50654, 0x806ea, 0x706e5, 0x806c1, 0xb06a2, 0x6d8 } },
                { "cap.arch_capabilities", "0", AMD, { 0xa00f11, 0x800f12, 0x600f20, 0x100f42 } },
                /* In order: nothing is speculated. */
                { "no_speculation", "1", INTEL, { 0x480, 0x4a8, 0x543, 0x5a0, 0x106c2, 0x106ca, 0x20661, 0x30650, 0x30661 } },
                { "no_speculation", "0", INTEL, { 0x6e8, 0x506e3, 0x30678, 0x506c9 } },
                { "no_speculation", "1", centaur, { 0x541, 0x58a } },
                { "no_speculation", "0", AMD, { 0xa00f11, 0x5a2 } },
                { "old_atom", "1", INTEL, { 0x30678, 0x406d8, 0x406a8, 0x506a0, 0x406c4, 0x50671, 0x80650 } },
                { "old_atom", "0", INTEL, { 0x506c9, 0x106ca, 0x506e3, 0x706a1 } },
                { "goldmont_atom", "1", INTEL, { 0x506c9, 0x506f1, 0x706a1, 0x706a8 } },
                { "goldmont_atom", "0", INTEL, { 0x30678, 0x80664, 0x506e3 } },
                { "zhaoxin", "1", zhaoxin, { 0x307b1, 0x507b0 } },
                { "zhaoxin", "0", INTEL, { 0x506e3 } },
                { "amd_or_hygon", "1", AMD, { 0xa00f11 } },
                { "amd_or_hygon", "0", INTEL, { 0x506e3 } },
                { "arm_small_core", "1", "arm", { 0x410fd040, 0x410fd034, 0x410fd050, 0x420f1000, 0x510f8030, 0x510f8050 } },
                { "arm_small_core", "0", "arm", { 0x410fd070, 0x410fd083, 0x410fd0c1, 0x510f8020, 0x510f8040 } },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                for (size_t k = 0; k < sizeof(rows[i].ids) / sizeof(rows[i].ids[0]) && rows[i].ids[k]; k++) {
                        ARENA_AUTO struct arena a = { 0 };
                        struct verdict r;
                        struct str found;

                        judge(&a, of_processor(&a, rows[i].vendor, rows[i].ids[k]), NULL, &r);
                        found = answer(&a, facts_named(r.facts, str_of(rows[i].fact)));
                        if (!str_eq(found, str_of(rows[i].answer)))
                                fail_msg("%s of %08x is '%.*s', right: '%s'", rows[i].fact, rows[i].ids[k], STR_ARG(found), rows[i].answer);
                }
}

/* ---- What the judge says beside the status ---- */

#define FLAW(owner)                                                                                                        \
        "id: leak\nname: Leak\nsummary: \"x\"\nboundaries: [user-kernel]\narches: [x86_64]\nsysfs: {file: leak}\naffected: \"not cap.rdcl_no\"\n" \
        "sentences:\n- {says: \"Not affected\", is: not-affected, status: not-affected}\n- {says: \"Vulnerable\", is: v, status: vulnerable}\n" \
        "rules:\n- {id: rtm, when: \"cap.rtm\", status: vulnerable, owner: kernel, reason: \"rtm\", fixes: [update-kernel]}\n" \
        "- {id: rest, when: \"true\", status: unknown, owner: " owner ", reason: \"nobody knows\", fixes: [update-kernel]}\nfixes: [update-kernel]\n"

static const struct finding *judge_leak(struct arena *a, struct str flaw, struct str text, const struct verdict_options *o, struct verdict *ret) {
        struct catalog *c = arena_new(a, struct catalog);
        struct evidence *e = arena_new(a, struct evidence);
        struct data_file files[LITTLE_COUNT];
        struct diag d = { 0 };

        little_data(files, "vulns/leak.yaml", flaw);
        for (int i = 0; i < LITTLE_COUNT; i++)
                if (str_eq(files[i].path, S("rulesets.yaml")) && str_find(flaw, S("use:")) < 0)
                        files[i].text = S("[]\n"); /* a rule set that no flaw uses is refused */
        if (catalog_compile(c, a, files, LITTLE_COUNT, &d) < 0)
                fail_msg("%s", d.text);
        assert_int_equal(evidence_parse(e, a, S("x.host"), text, &d), 0);
        verdict_judge(ret, a, c, e, o);
        return &ret->findings[0];
}

/* An answer that is missing has no remedy but to look again, unless the question is the provider's. */
static void test_fixes_of_missing_answers(void **state) {
        static const struct verdict_options plain;
        ARENA_AUTO struct arena a = { 0 };
        struct verdict r;

        (void)state;
        assert_int_equal(judge_leak(&a, S(FLAW("kernel")), S(X86), &plain, &r)->fixes.count, 0);
        assert_int_equal(r.findings[0].missing_count, 1);
        assert_int_equal(judge_leak(&a, S(FLAW("hypervisor")), S(X86), &plain, &r)->fixes.count, 1);
        assert_int_equal(judge_leak(&a, S(FLAW("kernel")), S(X86 "-- cpuid 0 7.0 0 0 0 0\n"), &plain, &r)->fixes.count, 1);
        assert_int_equal(r.findings[0].missing_count, 0);
}

/* The kernel counts the processor as affected and says no more: that is the reason, whatever else is missing. */
static void test_only_counted(void **state) {
        static const struct {
                const char *evidence;
                bool told;
        } rows[] = {
                { X86 INTEL INFO("bugs\t\t: mds\n"), true },
                { X86 INTEL INFO("bugs\t\t: l1tf\n"), false },
                { X86 INTEL INFO("bugs\t\t: mds\n") "-- file /sys/devices/system/cpu/vulnerabilities/mds\nVulnerable\n", false },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                const struct verdict_options o = { .only = catalog_flaw(&catalog_builtin, S("mds")) };
                ARENA_AUTO struct arena a = { 0 };
                struct verdict r;

                judge(&a, str_of(rows[i].evidence), &o, &r);
                if ((str_find(r.findings[0].reason, S("counts this processor as affected")) >= 0) != rows[i].told)
                        fail_msg("row %zu: '%.*s'", i, STR_ARG(r.findings[0].reason));
        }
}

/* A register that was not read lacks the bits that its kernel would have heeded before it counted the processor as affected. */
static void test_denied_by_bugs(void **state) {
        static const struct {
                const char *evidence, *fact;
                enum tri is;
        } rows[] = {
                { X86 INTEL INFO("flags\t\t: arch_capabilities\nbugs\t\t: gds its\n"), "cap.gds_no", TRI_FALSE },
                { X86 INTEL INFO("flags\t\t: arch_capabilities\nbugs\t\t: gds its\n"), "cap.its_no", TRI_FALSE },
                { X86 INTEL INFO("flags\t\t: arch_capabilities\nbugs\t\t: gds its\n"), "cap.bhi_ctrl", TRI_FALSE },
                { X86 INTEL INFO("flags\t\t: arch_capabilities\nbugs\t\t: gds its\n"), "cap.ssb_no", TRI_UNKNOWN },
                { X86 INTEL INFO("flags\t\t: arch_capabilities\n"), "cap.gds_no", TRI_UNKNOWN },
                { X86 INTEL INFO("flags\t\t: arch_capabilities\nbugs\t\t: gds\n") "-- msr 0 0x10a 0x4000000\n", "cap.gds_no", TRI_TRUE },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                const struct verdict_options o = { .only = catalog_flaw(&catalog_builtin, S("gds")) };
                ARENA_AUTO struct arena a = { 0 };
                struct verdict r;

                judge(&a, str_of(rows[i].evidence), &o, &r);
                if (facts_tri(r.facts, str_of(rows[i].fact)) != rows[i].is)
                        fail_msg("row %zu: %s", i, rows[i].fact);
        }
}

/* --boundary: at stake is what touches it, and what names no boundary at all. */
static void test_boundaries(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        const struct verdict_options guests = { .boundaries = 1u << BOUNDARY_GUEST_HOST }, kernel = { .boundaries = 1u << BOUNDARY_USER_KERNEL };
        struct verdict r;
        struct str flaw = S(FLAW("kernel"));
        ptrdiff_t at = str_find(flaw, S("boundaries: [user-kernel]\n"));

        (void)state;
        assert_false(judge_leak(&a, flaw, S(X86), &guests, &r)->at_stake);
        assert_true(judge_leak(&a, flaw, S(X86), &kernel, &r)->at_stake);
        flaw = str_fmt(&a, "%.*sboundaries: []\n%.*s", (int)at, flaw.p, STR_ARG(str_from(flaw, at + 26)));
        assert_true(judge_leak(&a, flaw, S(X86), &guests, &r)->at_stake);
        assert_int_equal(r.counts[STATUS_UNKNOWN], 1);
}

/* "Not affected" by the kernel's word alone, of a processor that has the flaw by the tables, is not known. */
static void test_only_claimed(void **state) {
        static const struct verdict_options plain;
        ARENA_AUTO struct arena a = { 0 };
        struct str flaw = S("id: leak\nname: Leak\nsummary: \"x\"\nboundaries: [user-kernel]\narches: [x86_64]\nsysfs: {file: leak}\n"
                            "affected: \"not cap.rdcl_no\"\nsentences:\n- {says: \"Not affected\", is: not-affected, status: not-affected}\n"
                            "rules:\n- {id: said, when: \"os == 'not-affected'\", status: not-affected, owner: hardware, reason: \"said\"}\n"
                            "- {id: rest, when: \"true\", status: unknown, owner: kernel, reason: \"nobody knows\"}\nfixes: [update-kernel]\n");
        struct verdict r;

        (void)state;
        assert_int_equal(judge_leak(&a, flaw, S(X86 "-- cpuid 0 7.0 0 0 0 0\n-- file /sys/devices/system/cpu/vulnerabilities/leak\nNot affected\n"),
                                    &plain, &r)->status, STATUS_UNKNOWN);
        assert_int_equal(r.findings[0].affected_hardware, TRI_TRUE);
        assert_true(str_starts(r.findings[0].reason, S("the operating system says")));
        assert_int_equal(judge_leak(&a, flaw, S(X86 "-- cpuid 0 7.0 0 0 0 20000000\n-- msr 0 10a 1\n"
                                                "-- file /sys/devices/system/cpu/vulnerabilities/leak\nNot affected\n"),
                                    &plain, &r)->status, STATUS_NOT_AFFECTED);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_processors),
                cmocka_unit_test(test_registers),         cmocka_unit_test(test_processor), cmocka_unit_test(test_command_line), cmocka_unit_test(test_microcode),
                cmocka_unit_test(test_hypervisor),        cmocka_unit_test(test_made_up_microcode),
                cmocka_unit_test(test_notes_of_origin), cmocka_unit_test(test_note_of_mitigations),   cmocka_unit_test(test_nothing_is_known_of_nothing), cmocka_unit_test(test_fixes_of_missing_answers),
                cmocka_unit_test(test_boundaries),        cmocka_unit_test(test_only_claimed),
                cmocka_unit_test(test_only_counted),
                cmocka_unit_test(test_denied_by_bugs),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
