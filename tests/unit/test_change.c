/* whatif/change: the evidence that comes of each kind of change, record by record; and what cannot be changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "whatif/change.h"

#define HEAD "# sidelight evidence 1\n"
#define INFO(flags, rest) "-- file /proc/cpuinfo\nprocessor\t: 0\n" rest "flags\t\t: " flags "\n"
#define CMDLINE(text) "-- file /proc/cmdline\n" text "\n"
#define CONFIG(text) "-- file /boot/config-6.1.0\n" text
#define OVERRIDE "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management|FeatureSettingsOverride"

static void read_into(struct evidence *ret, struct arena *a, const char *text) {
        struct evidence *e = arena_new(a, struct evidence);
        struct diag d = { 0 };

        if (evidence_parse(e, a, S("x.host"), str_fmt(a, "%s%s", HEAD, text), &d) < 0)
                fail_msg("%s\n%s", d.text, text);
        change_copy(ret, a, e);
}

static void expect(const struct evidence *e, struct arena *a, const char *expected, size_t row) {
        OUT_AUTO struct out o = { 0 };

        evidence_write(e, &o);
        if (!str_eq(out_text(&o), str_fmt(a, "%s%s", HEAD, expected)))
                fail_msg("row %zu: expected\n%s%s\nfound\n%.*s", row, HEAD, expected, STR_ARG(out_text(&o)));
}

static const struct fact_def *fact(const char *name) {
        int32_t number = catalog_fact(&catalog_builtin, str_of(name));

        if (number < 0)
                fail_msg("no fact is called %s", name);
        return &catalog_builtin.facts[number];
}

struct row {
        const char *fact, *value, *before, *after;
};

static void check(const struct row *rows, size_t count) {
        for (size_t i = 0; i < count; i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence e;
                struct diag d = { 0 };

                read_into(&e, &a, rows[i].before);
                if (change_fact(&e, fact(rows[i].fact), str_of(rows[i].value), &d) < 0)
                        fail_msg("row %zu: %s", i, d.text);
                expect(&e, &a, rows[i].after, i);
        }
}
#define CHECK(rows) check((rows), sizeof(rows) / sizeof((rows)[0]))

static void test_files(void **state) {
        static const struct row rows[] = {
                /* the kernel's command line: the same name is replaced, what init gets stays behind "--" */
                { "cmdline.mds", "off", CMDLINE("quiet mds=full mds=off,nosmt ro"), CMDLINE("quiet ro mds=off") },
                { "cmdline.mds", "off", CMDLINE("mdss=full xmds=1 -- mds=full"), CMDLINE("mdss=full xmds=1 mds=off -- mds=full") },
                { "cmdline.mds", "absent", CMDLINE("quiet mds=full ro"), CMDLINE("quiet ro") },
                { "cmdline.nopti", "yes", CMDLINE("quiet"), CMDLINE("quiet nopti") },
                { "cmdline.nopti", "no", CMDLINE("nopti quiet"), CMDLINE("quiet") },
                { "cmdline.mds", "off", "", CMDLINE("mds=off") },
                /* the build's configuration: every name of the option gives way to its first one */
                { "config.retpoline", "n", CONFIG("CONFIG_A=y\nCONFIG_RETPOLINE=y\nCONFIG_RETPOLINES=y\n"),
                  CONFIG("CONFIG_A=y\nCONFIG_RETPOLINES=y\n# CONFIG_MITIGATION_RETPOLINE is not set\n") },
                { "config.retpoline", "y", CONFIG("# CONFIG_RETPOLINE is not set\n# text\n"),
                  CONFIG("# text\nCONFIG_MITIGATION_RETPOLINE=y\n") },
                { "config.retpoline", "absent", CONFIG("CONFIG_MITIGATION_RETPOLINE=y\nCONFIG_A=y\n"), CONFIG("CONFIG_A=y\n") },
                /* other files */
                { "unprivileged_bpf_disabled", "1", "-- file /proc/sys/kernel/unprivileged_bpf_disabled\n0\n",
                  "-- file /proc/sys/kernel/unprivileged_bpf_disabled\n1\n" },
                { "unprivileged_bpf_disabled", "absent", "", "-- absent /proc/sys/kernel/unprivileged_bpf_disabled\n" },
                { "smt.active", "no", "", "-- file /sys/devices/system/cpu/smt/active\n0\n-- file /sys/devices/system/cpu/smt/control\noff\n" },
                { "smt.active", "yes", "", "-- file /sys/devices/system/cpu/smt/active\n1\n-- file /sys/devices/system/cpu/smt/control\non\n" },
        };

        (void)state;
        CHECK(rows);
}

static void test_registers(void **state) {
        static const struct row rows[] = {
                /* one bit of one word; the flag of that name goes with it, others stay */
                { "cap.md_clear", "yes", "-- cpuid 0 00000007.0 00000002 00000001 00000004 20000000\n" INFO("fpu rtm", ""),
                  "-- cpuid 0 00000007.0 00000002 00000001 00000004 20000400\n-- file /proc/cpuinfo\nprocessor\t: 0\nflags\t\t: md_clear fpu rtm\nflags before the change: fpu rtm\n" },
                { "cap.md_clear", "no", "-- cpuid 0 00000007.0 00000002 ffffffff ffffffff ffffffff\n-- cpuid 1 00000007.0 0 0 0 400\n",
                  "-- cpuid 0 00000007.0 00000002 ffffffff ffffffff fffffbff\n-- cpuid 1 00000007.0 00000000 00000000 00000000 00000000\n" },
                { "cap.bhi_ctrl", "yes", "-- cpuid 0 00000007.0 00000002 00000000 00000000 00000000\n-- cpuid 0 00000007.2 0 0 0 0\n",
                  "-- cpuid 0 00000007.0 00000002 00000000 00000000 00000000\n-- cpuid 0 00000007.2 00000000 00000000 00000000 00000010\n" },
                /* a leaf that was not read: the flags alone, and its other bits stay unknown */
                { "cap.md_clear", "yes", INFO("fpu rtm", ""), INFO("md_clear fpu rtm\nflags before the change: fpu rtm", "") },
                { "cap.md_clear", "no", INFO("fpu md_clear rtm", ""), INFO("fpu rtm\nflags before the change: fpu md_clear rtm", "") },
                { "cap.rdcl_no", "yes", "-- msr 0 0000010a 0000000000000008\n-- msr 1 0000010a denied\n-- msr 0 0000010b 0000000000000000\n",
                  "-- msr 0 0000010a 0000000000000009\n-- msr 1 0000010a 0000000000000001/0000000000000001\n-- msr 0 0000010b 0000000000000000\n" },
                { "cap.rdcl_no", "0", "-- msr 0 0000010a ffffffffffffffff\n", "-- msr 0 0000010a fffffffffffffffe\n" },
                /* a register that was not read: the other bits stay unread, and become known one by one */
                { "cap.rdcl_no", "on", "", "-- msr * 0000010a 0000000000000001/0000000000000001\n" },
                { "cap.mds_no", "no", "-- msr * 0000010a 0000000000000001/0000000000000001\n",
                  "-- msr * 0000010a 0000000000000001/0000000000000021\n" },
                { "cap.rdcl_no", "on", "-- msr * 0000010a absent\n", "-- msr * 0000010a 0000000000000001\n" },
                /* Arm calls its list otherwise */
                { "flags.ssbs", "yes", "-- file /proc/cpuinfo\nprocessor\t: 0\nFeatures\t: fp asimd\n",
                  "-- file /proc/cpuinfo\nprocessor\t: 0\nFeatures\t: ssbs fp asimd\nflags before the change: fp asimd\n" },
                { "flags.ssbs", "no", "-- file /proc/cpuinfo\nprocessor\t: 0\nFeatures\t: fp ssbs asimd\n",
                  "-- file /proc/cpuinfo\nprocessor\t: 0\nFeatures\t: fp asimd\nflags before the change: fp ssbs asimd\n" },
                /* microcode: Intel's upper half, AMD's lower one */
                { "cpu.microcode", "0x2000065", "-- msr 0 0000008b 0200005000000000\n" INFO("fpu", "vendor_id\t: GenuineIntel\nmicrocode\t: 0x1\n"),
                  "-- msr 0 0000008b 0200006500000000\n-- file /proc/cpuinfo\nprocessor\t: 0\nvendor_id\t: GenuineIntel\nmicrocode\t: 0x2000065\n"
                  "flags\t\t: fpu\n" },
                { "cpu.microcode", "0xa101148", "-- msr 0 0000008b 0000000000000001\n-- msr 1 0000008b denied\n",
                  "-- msr 0 0000008b 000000000a101148\n-- msr 1 0000008b denied\n" },
                { "override.bti_off", "1", "-- registry " OVERRIDE " dword 00000000\n", "-- registry " OVERRIDE " dword 00000001\n" },
                { "override.bti_off", "absent", "-- registry " OVERRIDE " dword 00000001\n", "-- registry " OVERRIDE " absent\n" },
        };

        (void)state;
        CHECK(rows);
}

/* The machine's architecture stays what it was: another one's flaws are others. */
static void test_kernel(void **state) {
        static const struct row rows[] = {
                { "kernel.release", "6.12.1", "-- uname Linux 6.1.0-56 aarch64\n", "-- uname Linux 6.12.1 aarch64\n" },
                { "kernel.version", "v6.12.1", "-- uname Linux 6.1.0-56 x86_64\n", "-- uname Linux 6.12.1 x86_64\n" },
                { "kernel.release", "10.0.26100", "-- uname Windows 10.0.17763 x86_64\n", "-- uname Windows 10.0.26100 x86_64\n" },
                { "kernel.release", "6.12.1", "", "-- uname Linux 6.12.1 x86_64\n" },
        };

        (void)state;
        CHECK(rows);
}

static void test_refuses(void **state) {
        static const struct {
                const char *fact, *value, *message;
        } rows[] = {
                { "cap.md_clear", "perhaps", "'perhaps' is not a value of cap.md_clear: yes or no" },
                { "cpu.microcode", "new", "'new' is not a value of cpu.microcode: a number" },
                { "cpu.vendor", "amd", "cpu.vendor cannot be set" },
                { "sysfs.mds", "Not affected", "sysfs.mds cannot be set" },
                { "cap.md_clear", "yes", "cap.md_clear cannot be changed: CPUID leaf 0x7.0 was not read" },
                { "flags.ssbs", "yes", "flags.ssbs cannot be changed: no list of the processor's features was read" },
                { "config.retpoline", "y", "the kernel's build configuration was not read" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence e;
                struct diag d = { 0 };

                read_into(&e, &a, CMDLINE("quiet"));
                assert_int_equal(change_fact(&e, fact(rows[i].fact), str_of(rows[i].value), &d), -1);
                assert_int_equal(d.class, DIAG_USAGE);
                if (!str_starts(str_of(d.text), str_of(rows[i].message)))
                        fail_msg("row %zu: %s", i, d.text);
                expect(&e, &a, CMDLINE("quiet"), i);
        }
}

/* The original stays as it was. */
static void test_copy(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e, copy;
        struct diag d = { 0 };

        (void)state;
        read_into(&e, &a, CMDLINE("quiet") "-- msr 0 0000010a 0000000000000008\n");
        change_copy(&copy, &a, &e);
        assert_int_equal(change_fact(&copy, fact("cmdline.mds"), S("off"), &d), 0);
        assert_int_equal(change_fact(&copy, fact("cap.rdcl_no"), S("yes"), &d), 0);
        expect(&copy, &a, CMDLINE("quiet mds=off") "-- msr 0 0000010a 0000000000000009\n", 0);
        expect(&e, &a, CMDLINE("quiet") "-- msr 0 0000010a 0000000000000008\n", 1);
        assert_int_equal(change_flag(&copy, &catalog_builtin, S("no_such_flag"), true, &d), -1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_files),   cmocka_unit_test(test_registers), cmocka_unit_test(test_kernel),
                cmocka_unit_test(test_refuses), cmocka_unit_test(test_copy),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
