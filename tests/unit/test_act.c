/* whatif/act: what a person can bring about on a machine, and what not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "whatif/act.h"

#define BARE                                                                                                              \
        "# sidelight evidence 1\n-- uname Linux 6.1.0 x86_64\n-- cpuid 0 0.0 16 756e6547 6c65746e 49656e69\n"             \
        "-- cpuid 0 1.0 000506e3 0 00000001 0\n-- cpuid 0 7.0 0 00000000 0 00000000\n-- msr 0 8b 000000f000000000\n"          \
        "-- file /proc/cpuinfo\nprocessor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 94\nstepping\t: 3\n" \
        "microcode\t: 0xf0\nflags\t\t: fpu sse2\n-- file /proc/cmdline\nro mds=off\n"                                     \
        "-- file /sys/devices/system/cpu/smt/active\n1\n-- file /proc/sys/kernel/unprivileged_bpf_disabled\n0\n"          \
        "-- absent /sys/module/kvm/parameters/nx_huge_pages\n-- absent /sys/hypervisor/type\n"                         \
        "-- file /sys/class/dmi/id/sys_vendor\nDell Inc.\n-- file /sys/class/dmi/id/product_name\nPowerEdge R640\n-- file /sys/class/dmi/id/chassis_asset_tag\nx\n-- file /sys/class/dmi/id/bios_vendor\nDell Inc.\n-- file /sys/class/dmi/id/board_vendor\nDell Inc.\n" \
        "-- file /sys/devices/system/cpu/vulnerabilities/mds\nVulnerable; SMT vulnerable\n"
#define GUEST                                                                                                             \
        "# sidelight evidence 1\n-- uname Linux 6.1.0 x86_64\n-- cpuid 0 0.0 16 756e6547 6c65746e 49656e69\n"             \
        "-- cpuid 0 1.0 000506e3 0 80000001 0\n-- cpuid 0 7.0 0 00000000 0 00000000\n-- msr 0 8b 000000f000000000\n"          \
        "-- cpuid 0 40000000.0 40000001 4b4d564b 564b4d56 0000004d\n"                                                     \
        "-- file /proc/cpuinfo\nprocessor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 94\nstepping\t: 3\n" \
        "microcode\t: 0xf0\nflags\t\t: fpu sse2 hypervisor\n-- file /sys/devices/system/cpu/vulnerabilities/mds\nVulnerable; SMT Host state unknown\n"

static const struct {
        const char *evidence, *fact, *value; /* fact NULL: a newer kernel */
        bool possible;
} rows[] = {
        /* parameters: another value, one that is not there, none at all */
        { BARE, "cmdline.mds", "full", true },
        { BARE, "cmdline.mds", "off", false },
        { BARE, "cmdline.mds", "absent", true },
        { BARE, "cmdline.l1tf", "absent", false },
        { BARE, "cmdline.l1tf", "full", true },
        { "# sidelight evidence 1\n-- cpuid 0 0.0 16 756e6547 6c65746e 49656e69\n", "cmdline.tsa", "off", false }, /* of which system? */
        { "# sidelight evidence 1\n-- uname Windows 10.0.26100 x86_64\n", "cmdline.pti", "on", false },
        { "# sidelight evidence 1\n-- uname Linux 6.1.0 x86_64\n", "cmdline.mds", "full", false }, /* what else stands on that line? */
        { BARE, "cmdline.spectre_v2", "off", true },
        /* settings: another value of what is there */
        { BARE, "unprivileged_bpf_disabled", "1", true },
        { BARE, "unprivileged_bpf_disabled", "0", false },
        { BARE, "unprivileged_bpf_disabled", "absent", false },
        { BARE, "kvm.nx_huge_pages", "Y", false },
        { BARE, "xen.capabilities", "kvm", false },
        { BARE, "dmi.sys_vendor", "x", false },
        /* threads */
        { BARE, "smt.active", "no", true },
        { BARE, "smt.active", "yes", false },
        { GUEST, "smt.active", "no", false },
        /* microcode: newer, and on one's own hardware */
        { BARE, "cpu.microcode", "0xf1", true },
        { BARE, "cpu.microcode", "0xf0", false },
        { BARE, "cpu.microcode", "x", false },
        { GUEST, "cpu.microcode", "0xf1", false },
        /* bits: what microcode or a hypervisor can show; never those of another vendor */
        { BARE, "cap.md_clear", "yes", true },
        { BARE, "cap.md_clear", "no", false },
        { GUEST, "cap.md_clear", "yes", true },
        { BARE, "cap.amd_ibpb", "yes", false },
        { BARE, "cap.autoibrs", "yes", false },
        /* what nobody can change, and what the kernel says */
        { BARE, "cpu.vendor", "amd", false },
        { BARE, "kernel.release", "9", false },
        { BARE, "hypervisor", "yes", false },
        { BARE, "sysfs.mds", "clear", false },
        { BARE, "log.pti", "yes", false },
        { BARE, "config.retpoline", "y", false },
        { BARE, "eibrs", "yes", false },
        /* a newer kernel, on Linux, and only where this one is older */
        { BARE, NULL, "", true },
        { "# sidelight evidence 1\n-- uname Linux 6.18.44 x86_64\n", NULL, "", true },
        { "# sidelight evidence 1\n-- uname Linux 9.0.0 x86_64\n", NULL, "", false },
        { "# sidelight evidence 1\n-- uname Windows 5.0.26100 x86_64\n", NULL, "", false },
        { "# sidelight evidence 1\n-- meta x y\n", NULL, "", false },
};

static struct wish wish_of(const char *fact, const char *value) {
        int32_t number = fact ? catalog_fact(&catalog_builtin, str_of(fact)) : 0;

        if (number < 0)
                fail_msg("no fact is called %s", fact);
        return (struct wish){ .def = fact ? &catalog_builtin.facts[number] : NULL, .value = str_of(value) };
}

static void test_possible(void **state) {
        static const struct verdict_options plain;

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct wish w = wish_of(rows[i].fact, rows[i].value);
                struct evidence e;
                struct verdict v;
                struct diag d = { 0 };

                if (evidence_parse(&e, &a, S("x.host"), str_of(rows[i].evidence), &d) < 0)
                        fail_msg("%s", d.text);
                verdict_judge(&v, &a, &catalog_builtin, &e, &plain);
                if (act_possible(&v, &w) != rows[i].possible)
                        fail_msg("row %zu: %s = %s is%s possible", i, rows[i].fact ? rows[i].fact : "a newer kernel", rows[i].value,
                                    rows[i].possible ? " not" : "");
        }
}

static void test_takes_away(void **state) {
        static const struct {
                const char *fact, *value;
                bool away;
        } takes[] = {
                { "cmdline.spectre_v2", "off", true },   { "cmdline.spectre_v2", "on", false },      { "cmdline.nobp", "0", true },
                { "cmdline.nospectre_v2", "yes", true }, { "cmdline.nospectre_v2", "absent", false }, { "cmdline.mds", "full", false },
                { "cap.md_clear", "no", false },         { NULL, "", false },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(takes) / sizeof(takes[0]); i++) {
                struct wish w = wish_of(takes[i].fact, takes[i].value);

                if (act_takes_away(&catalog_builtin, &w) != takes[i].away)
                        fail_msg("%s = %s", takes[i].fact ? takes[i].fact : "a newer kernel", takes[i].value);
        }
}

/* What is in the owner's hands comes first: parameters, settings, threads, the kernel, microcode, bits; to take away before to add. */
static void test_reach(void **state) {
        static const struct {
                const char *fact, *value;
        } order[] = { { "cmdline.mds", "absent" }, { "cmdline.mds", "full" },   { "unprivileged_bpf_disabled", "1" }, { "smt.active", "no" },
                      { NULL, "" },                { "cpu.microcode", "0xf1" }, { "cap.md_clear", "yes" } };

        (void)state;
        for (size_t i = 1; i < sizeof(order) / sizeof(order[0]); i++) {
                struct wish near = wish_of(order[i - 1].fact, order[i - 1].value), far = wish_of(order[i].fact, order[i].value);

                assert_true(act_reach(&near) < act_reach(&far));
                assert_true(act_is_hardware(&far) == (i == sizeof(order) / sizeof(order[0]) - 1));
        }
}

/* In a container whoever runs the host starts the kernel: what is on its command line, and which it is, is theirs to change. */
static void test_whose_kernel(void **state) {
        static const struct verdict_options plain;
        static const struct {
                const char *evidence, *fact, *value;
                enum doer who;
        } steps[] = {
                { BARE, "cmdline.mds", "full", DOER_YOU },
                { BARE, NULL, "", DOER_YOU },
                { BARE, "unprivileged_bpf_disabled", "1", DOER_YOU },
                { BARE "-- file /proc/1/environ\ncontainer=lxc\n", "cmdline.mds", "full", DOER_PROVIDER },
                { BARE "-- file /proc/1/environ\ncontainer=lxc\n", NULL, "", DOER_PROVIDER },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct wish w = wish_of(steps[i].fact, steps[i].value);
                struct evidence e;
                struct verdict v;
                struct step s;
                struct diag d = { 0 };

                assert_int_equal(evidence_parse(&e, &a, S("x.host"), str_of(steps[i].evidence), &d), 0);
                verdict_judge(&v, &a, &catalog_builtin, &e, &plain);
                act_step(&s, &a, &v, &w, 1);
                assert_int_equal(s.who, steps[i].who);
                assert_int_equal(s.instructions.count > 0, s.who == DOER_YOU);
                assert_true(s.title.len > 0);
                if (s.who == DOER_PROVIDER && steps[i].fact)
                        assert_true(str_eq(s.ask, T(catalog_fix(&catalog_builtin, S("add-parameter"))->ask)));
        }
}

/* Two wishes make one step: both titles, both changes and all instructions; a restart where one of them needs it. */
static void test_two_wishes(void **state) {
        static const struct verdict_options plain;
        ARENA_AUTO struct arena a = { 0 };
        struct wish both[] = { wish_of("unprivileged_bpf_disabled", "1"), wish_of("cmdline.mds", "full") };
        struct step s, one, two;
        struct evidence e;
        struct verdict v;
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(evidence_parse(&e, &a, S("x.host"), S(BARE), &d), 0);
        verdict_judge(&v, &a, &catalog_builtin, &e, &plain);
        act_step(&one, &a, &v, &both[0], 1);
        act_step(&two, &a, &v, &both[1], 1);
        act_step(&s, &a, &v, both, 2);
        assert_true(!one.restart && two.restart && s.restart);
        assert_int_equal(s.changes.count, one.changes.count + two.changes.count);
        assert_int_equal(s.instructions.count, one.instructions.count + two.instructions.count);
        assert_int_equal(s.fixes.count, 0);
        assert_true(str_starts(s.title, str_fmt(&a, "%.*s, and %c", STR_ARG(one.title), two.title.p[0] | 0x20)));
        assert_true(str_ends(s.title, str_from(two.title, 1)));
        assert_true(act_holds(&s, &one) && act_holds(&s, &two) && !act_holds(&one, &s));
}

/* Where another must do one of the two, the whole is his to do, and his question stands. */
static void test_joined_with_theirs(void **state) {
        static const struct verdict_options plain;
        ARENA_AUTO struct arena a = { 0 };
        struct wish both[] = { wish_of("unprivileged_bpf_disabled", "1"), wish_of("cap.md_clear", "yes") };
        struct step s, one, two;
        struct evidence e;
        struct verdict v;
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(evidence_parse(&e, &a, S("x.host"), S(GUEST), &d), 0);
        verdict_judge(&v, &a, &catalog_builtin, &e, &plain);
        act_step(&one, &a, &v, &both[0], 1);
        act_step(&two, &a, &v, &both[1], 1);
        act_step(&s, &a, &v, both, 2);
        assert_int_equal(one.who, DOER_YOU);
        assert_int_equal(two.who, DOER_PROVIDER);
        assert_int_equal(s.who, DOER_PROVIDER);
        assert_true(two.ask.len > 0 && str_eq(s.ask, two.ask));
}

/* What a wish was made into, read back, is the wish: of every setting and parameter that there is. */
static void test_there_and_back(void **state) {
        static const struct verdict_options plain;
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        struct verdict v;
        struct diag d = { 0 };
        int settings = 0, parameters = 0, count;

        (void)state;
        assert_int_equal(evidence_parse(&e, &a, S("x.host"), S(BARE), &d), 0);
        verdict_judge(&v, &a, &catalog_builtin, &e, &plain);
        for (uint32_t i = 0; i < catalog_builtin.fact_count; i++) {
                const struct fact_def *def = &catalog_builtin.facts[i];
                struct wish w = { .def = def, .value = S("7") }, back[4];
                struct step s;

                if (def->type != VALUE_TEXT || (def->kind != FACT_KIND_PARAMETER && (def->kind != FACT_KIND_FILE || !act_possible(&v, &w))))
                        continue;
                act_step(&s, &a, &v, &w, 1);
                count = act_wishes(&s, &a, &v, back, 4); /* two where the parameter stands there with another value */
                if (count < 1 || count > 2 || back[count - 1].def != def || !str_eq(back[count - 1].value, S("7")))
                        fail_msg("%.*s: %d", STR_ARG(T(def->name)), count);
                *(def->kind == FACT_KIND_FILE ? &settings : &parameters) += 1;
        }
        assert_true(settings > 3 && parameters > 30);
}

int main(void) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_possible), cmocka_unit_test(test_takes_away), cmocka_unit_test(test_reach), cmocka_unit_test(test_whose_kernel),
                                            cmocka_unit_test(test_two_wishes), cmocka_unit_test(test_joined_with_theirs),
                                            cmocka_unit_test(test_there_and_back) };

        return cmocka_run_group_tests_name("act", tests, NULL, NULL);
}
