/* collect --redact: marked secrets are planted everywhere in made-up machines, and none survives; verdicts stay the same, or become
 * unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/out.h"
#include "collect/collect.h"
#include "collect/linux/redact.h"
#include "fakeroot.h"
#include "verdict/verdict.h"

#define SECRET "Zq7" /* the mark: nothing else has it */

static char root[FAKEROOT_PATH];
static uint64_t dice = 4711;

static uint32_t draw(uint32_t below) {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        return (uint32_t)(dice >> 16) % below;
}

#define PICK(array) (array)[draw(sizeof(array) / sizeof((array)[0]))]

/* Words of a command line: what rules read, and what names somebody. */
static const char *const words[] = {
        "mds=off", "nopti", "mitigations=auto,nosmt", "mitigations=off", "tsx=on", "spectre_v2=retpoline", "kvm-intel.ept=0",
        "spec_store_bypass_disable=prctl", "clearcpuid=514", "nosmt=force", "\"retbleed=off\"", "gather_data_sampling=\"force\"", "--",
        SECRET, "/" SECRET, SECRET "@host", "52:54:00:" SECRET, "root=UUID=" SECRET, "ip=10.0.0.7::" SECRET, "hostname=" SECRET,
        "mds=" SECRET, "mitigations=auto," SECRET, "mds_" "x=" SECRET, "smtp=" SECRET, "kvm=" SECRET, "microcode.key=" SECRET,
        "\"" SECRET " mds=off\"", "x=\"a " SECRET "\"", "mds=\"off " SECRET "\"", "systemd.set_credential=a:" SECRET,
        "nopti=" SECRET, "console=ttyS0,115200" SECRET, "vmscape=" SECRET, SECRET "!=1", "tsx=on" SECRET, "\"mds=" SECRET "\"",
        "dyndbg=\"file " SECRET " +p\"", "cryptdevice=/dev/" SECRET ":root", "mds=off\t" SECRET, "''" SECRET,
        "a:" SECRET "=1", "x=\"a " SECRET "=b\"", "=" SECRET, SECRET "=", SECRET "==", "\"" SECRET "=\"", "a23456789b123456789c123456789d123456789" SECRET "=1",
};

static const char *const log_lines[] = {
        "[    0.1] MDS: Mitigation: Clear CPU buffers",
        "[    0.1] MDS: Vulnerable on " SECRET,
        "<6>[    0.1] " SECRET ": MDS CPU bug present and SMT on, data leak possible. See " SECRET,
        "[    0.1] Kernel/User page tables isolation: enabled",
        "[    0.1] Zenbleed: please update your microcode for the most optimal fix, " SECRET,
        "[    0.1] microcode: updated by " SECRET,
        "[    0.1] kvm: guest " SECRET,
        "[    0.1] x86/CPU: Running old microcode " SECRET,
        "[    0.1] Command line: root=" SECRET " mds=off",
        "[    0.1] DMI: " SECRET "/Board, BIOS 1",
        "[    0.1] eth0: 52:54:00:" SECRET,
        "[    0.1] " SECRET,
};

static const char *const makers[] = { "Microsoft Corporation", SECRET, (SECRET " Inc."), "QEMU", ("Dell " SECRET), "4711" };

static const char *const os_lines[] = { "ID=debian", "ID=" SECRET, "ID_LIKE=\"rhel " SECRET "\"", "NAME=\"" SECRET "\"", "VERSION_ID=\"12\"",
                                        "VERSION_ID=" SECRET, "PRETTY_NAME=\"" SECRET " Linux\"", "VARIANT_ID=" SECRET,
                                        "VERSION_CODENAME=" SECRET, "VERSION=\"1 (" SECRET ")\"" };

static const char *const config_lines[] = { "CONFIG_RETPOLINE=y", "# CONFIG_SLS is not set", "CONFIG_CC_VERSION_TEXT=\"" SECRET "\"",
                                            "CONFIG_MITIGATION_RETPOLINE=\"" SECRET "\"", "# Linux/x86 6.1.0-" SECRET " Kernel Configuration",
                                            "CONFIG_XEN=" SECRET, "CONFIG_KVM=m", "# CONFIG_KVM_" SECRET " was here" };

static const char *const banners[] = {
        "Linux version 6.1.0-13-amd64 (joe" SECRET "@laptop) (gcc-12 (Debian) 12.2.0) #1 SMP Debian 6.1.55-1",
        "Linux version 6.1.0-13-amd64 (joe@laptop" SECRET ") (gcc-12) #1 SMP",
        "Linux version 6.1.0-13-amd64 (joe@" SECRET,
        "Linux version 6.1.0-13-amd64 (gcc-12 (Debian 12.2.0-14) 12.2.0) #1 SMP host=" SECRET " web17." SECRET,
        "Linux version 6.1.0-13-amd64 (debian-kernel@lists.debian.org) (gcc-12) #1 SMP joe@" SECRET " 2026",
};

static const char *const cpuinfo_lines[] = { "Serial\t\t: 1000" SECRET, "Hardware\t: " SECRET, "owner\t\t: " SECRET, SECRET,
                                             "microcode\t: 0xb000040", "bugs\t\t: cpu_meltdown spectre_v1 mds", "Model\t\t: " SECRET };

/* A file of some of the lines. */
static void plant(const char *path, const char *begin, const char *const *lines, size_t count, const char *between) {
        OUT_AUTO struct out o = { 0 };

        out_c(&o, begin);
        for (uint32_t n = draw(12); n > 0; n--)
                out_fmt(&o, "%s%s", lines[draw((uint32_t)count)], between);
        out_char(&o, '\0');
        fakeroot_file(root, path, o.p);
}

#define PLANT(path, begin, lines, between) plant((path), (begin), (lines), sizeof(lines) / sizeof((lines)[0]), (between))

/* Files that the kernel fills; a tree may hold anything there. */
static void make_settings(struct arena *a) {
        static const struct {
                const char *path, *own;
        } files[] = {
                { "sys/devices/system/cpu/smt/control", "forceoff\n" },
                { "sys/devices/system/cpu/smt/active", "1\n" },
                { "sys/devices/system/cpu/possible", "0-3,8-11\n" },
                { "sys/devices/system/cpu/present", "0-3\n" },
                { "sys/devices/system/cpu/cpu0/microcode/version", "0x2006e05\n" },
                { "sys/devices/system/cpu/cpu0/regs/identification/midr_el1", "0x00000000410fd083\n" },
                { "sys/module/kvm/parameters/nx_huge_pages", "auto\n" },
                { "sys/module/kvm_intel/parameters/vmentry_l1d_flush", "not required\n" },
                { "sys/hypervisor/properties/features", "0000a705" },
                { "proc/xen/capabilities", "control_d\n" },
                { "proc/self/status", "NoNewPrivs:\t0\nSeccomp:\t2\nSpeculation_Store_Bypass:\tthread force mitigated\n" },
        };

        for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
                fakeroot_file(root, files[i].path, draw(3) ? files[i].own : str_fmt(a, "%s" SECRET "\n", draw(2) ? files[i].own : "").p);
}

static void make_machine(void) {
        static const char *const dmi[] = { "sys_vendor", "product_name", "board_vendor", "bios_vendor", "bios_version", "chassis_vendor",
                                           "chassis_asset_tag", "product_serial", "product_uuid" };
        static const char *const sentences[] = { "Vulnerable", "Mitigation: Clear CPU buffers; SMT vulnerable", "Not affected" };
        ARENA_AUTO struct arena a = { 0 };

        make_settings(&a);
        PLANT("proc/cmdline", "", words, " ");
        PLANT("var/log/dmesg", "", log_lines, "\n");
        PLANT("etc/os-release", "", os_lines, "\n");
        PLANT("boot/config-6.1.0-13-amd64", "", config_lines, "\n");
        PLANT("proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nstepping\t: 4\n", cpuinfo_lines, "\n");
        fakeroot_file(root, "proc/version", PICK(banners));
        for (size_t i = 0; i < sizeof(dmi) / sizeof(dmi[0]); i++)
                fakeroot_file(root, str_fmt(&a, "sys/class/dmi/id/%s", dmi[i]).p, PICK(makers));
        fakeroot_file(root, "sys/hypervisor/type", draw(2) ? "xen" : SECRET);
        fakeroot_file(root, "sys/kernel/security/lockdown", draw(2) ? "[none] integrity" : SECRET);
        fakeroot_file(root, "proc/sys/kernel/unprivileged_bpf_disabled", draw(2) ? "2" : "1");
        fakeroot_file(root, "sys/devices/system/cpu/vulnerabilities/mds", PICK(sentences));
        fakeroot_file(root, "sys/devices/system/cpu/online", "0\n");
        fakeroot_file(root, "etc/hostname", SECRET "\n");
        fakeroot_file(root, "boot/vmlinuz-6.1.0-" SECRET, "");
        fakeroot_file(root, "usr/lib/modules/6.1.0-" SECRET "/x", "");
        fakeroot_file(root, "var/lib/dpkg/status", "Package: intel-microcode\nVersion: 3." SECRET "\n\nPackage: linux-image-" SECRET "\n");
        fakeroot_file(root, "proc/1/comm", "systemd\n");
        fakeroot_file(root, "proc/2/comm", "qemu-system-" SECRET "\n");
}

static void judge(struct verdict *ret, struct evidence *e, struct arena *a, bool redact) {
        static const struct verdict_options options = { 0 };
        const struct collect_options o = { .catalog = &catalog_builtin, .redact = redact };
        struct diag d = { 0 };

        evidence_init(e, a, S("x"));
        assert_int_equal(collect_linux_tree(e, root, &o, &d), 0);
        verdict_judge(ret, a, &catalog_builtin, e, &options);
}

static void check_verdicts(const struct verdict *open, const struct verdict *redacted) {
        for (uint32_t i = 0; i < open->finding_count; i++)
                if (redacted->findings[i].status != open->findings[i].status && redacted->findings[i].status != STATUS_UNKNOWN)
                        fail_msg("%.*s is '%.*s', and '%.*s' after redaction", STR_ARG(T(open->findings[i].flaw->id)),
                                 STR_ARG(status_word(open->findings[i].status)), STR_ARG(status_word(redacted->findings[i].status)));
}

static int setup(void **state) {
        (void)state;
        fakeroot_make(root);
        return 0;
}

static int teardown(void **state) {
        (void)state;
        fakeroot_remove(root);
        return 0;
}

static void test_no_secret_survives(void **state) {
        uint32_t planted = 0;

        (void)state;
        for (int round = 0; round < 60; round++) {
                ARENA_AUTO struct arena a = { 0 };
                OUT_AUTO struct out plain = { 0 }, redacted = { 0 };
                struct verdict with, without;
                struct evidence e, r;
                struct str line, text;

                make_machine();
                judge(&with, &e, &a, false);
                judge(&without, &r, &a, true);
                evidence_write(&e, &plain);
                evidence_write(&r, &redacted);
                for (text = out_text(&plain); str_line(&text, &line);)
                        planted += str_find(line, S(SECRET)) >= 0;
                for (text = out_text(&redacted); str_line(&text, &line);)
                        if (str_find(line, S(SECRET)) >= 0)
                                fail_msg("a secret survives in '%.*s'", STR_ARG(line));
                check_verdicts(&with, &without);
        }
        assert_true(planted > 600); /* they were there */
}

/* What rules read of them stays. */
static void test_settings(void **state) {
        static const struct {
                const char *path, *text, *want;
        } rows[] = {
                { "/sys/devices/system/cpu/smt/control", "notsupported\n", "notsupported\n" },
                { "/sys/devices/system/cpu/online", "0-3,8,10-11\n", "0-3,8,10-11\n" },
                { "/sys/devices/system/cpu/cpu0/microcode/version", "0x2006e05\n", "0x2006e05\n" },
                { "/sys/module/kvm_intel/parameters/vmentry_l1d_flush", "EPT disabled", "EPT disabled" },
                { "/sys/hypervisor/properties/features", "0000a705", "0000a705" },
                { "/sys/devices/system/cpu/smt/control", "deadbeef\n", "redacted\n" },
                { "/sys/devices/system/cpu/online", "0-3,web\n", "redacted\n" },
                { "/proc/self/status", "Seccomp:\t2\nSpeculation_me:\tx\n", "Seccomp:\t2\nredacted\n" },
        };
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct str got = redact_setting(&a, &catalog_builtin, str_of(rows[i].path), str_of(rows[i].text));

                assert_true(str_eq(got, str_of(rows[i].want)));
        }
}

/* Windows: texts of the registry. */
static void test_registry(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct evidence e;

        (void)state;
        evidence_init(&e, &a, S("x"));
        evidence_add_registry_text(&e, S("HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS|SystemManufacturer"), S(SECRET " Inc."));
        evidence_add_registry_text(&e, S("HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS|SystemProductName"), S(SECRET));
        evidence_add_registry_text(&e, S("HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion|ProductName"), S("Windows of " SECRET));
        evidence_add_registry_text(&e, S("HKLM\\SOFTWARE\\Microsoft\\Security Center\\Provider\\Av\\{1}|DISPLAYNAME"), S(SECRET));
        evidence_add_registry_text(&e, S("HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion|CurrentBuild"), S("17763"));
        evidence_add_registry_text(&e, S("HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions|ProductType"), S("ServerNT"));
        evidence_add_registry_dword(&e, S("HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion|UBR"), 3);
        collect_redact_registry(&e, &catalog_builtin);
        evidence_write(&e, &o);
        assert_true(str_find(out_text(&o), S(SECRET)) < 0);
        assert_true(str_find(out_text(&o), S("|CurrentBuild sz 17763")) > 0);
        assert_true(str_find(out_text(&o), S("|ProductType sz ServerNT")) > 0);
        assert_true(str_find(out_text(&o), S("|ProductName sz redacted")) > 0);
        assert_true(str_find(out_text(&o), S("|UBR dword 00000003")) > 0);
        assert_true(str_find(out_text(&o), S("-- meta redacted yes")) > 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_no_secret_survives, setup, teardown),
                cmocka_unit_test(test_settings),
                cmocka_unit_test(test_registry),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
