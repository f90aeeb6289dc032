/* verdict/remedies: which remedies an open finding offers, what is left where none helps, and whose they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "little_data.h"
#include "verdict/verdict.h"

#define FIXES                                                                                                                    \
        "- {id: update-kernel, title: t, owner: kernel, phase: update, target: package, helps: \"not cmdline.pti == 'on'\",\n"    \
        "   because: \"the newest runs ({cmdline.pti})\", instead: [wait, separate]}\n"                                           \
        "- {id: wait, title: t, owner: hardware, helps: \"not cmdline.pti == 'on'\"}\n"                                           \
        "- {id: separate, title: t, owner: application}\n"                                                                        \
        "- {id: tune, title: t, owner: kernel, target: sysctl}\n"
#define OPEN "-- uname Linux 6.1.0 x86_64\n-- cpuid 0 00000000.0 d 756e6547 6c65746e 49656e69\n-- cpuid 0 00000001.0 00050654 0 0 0\n" \
             "-- cpuid 0 00000007.0 0 0 0 0\n-- file /sys/devices/system/cpu/vulnerabilities/leak\nVulnerable\n"

struct trial {
        struct catalog c;
        struct evidence e;
        struct verdict v;
};

static const struct finding *judge(struct trial *t, struct arena *a, const char *evidence) {
        const struct verdict_options o = { 0 };
        struct data_file files[LITTLE_COUNT];
        struct diag d = { 0 };

        little_data(files, "fixes.yaml", S(FIXES));
        if (catalog_compile(&t->c, a, files, LITTLE_COUNT, &d) < 0 ||
            evidence_parse(&t->e, a, S("x"), str_fmt(a, "# sidelight evidence 1\n%s", evidence), &d) < 0)
                fail_msg("%s", d.text);
        verdict_judge(&t->v, a, &t->c, &t->e, &o);
        assert_int_equal(t->v.findings[0].status, STATUS_VULNERABLE);
        return &t->v.findings[0];
}

static void test_what_helps(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct trial t;
        const struct finding *f;

        (void)state;
        f = judge(&t, &a, OPEN "-- file /proc/cmdline\npti=off\n");
        assert_int_equal(f->fixes.count, 1);
        assert_true(str_eq(T_AT(f->fixes, 0), S("update-kernel")) && str_eq(f->reason, S("no walls")));
        f = judge(&t, &a, OPEN); /* not known whether it helps: offered */
        assert_true(f->fixes.count == 1 && str_eq(T_AT(f->fixes, 0), S("update-kernel")));
        f = judge(&t, &a, OPEN "-- file /proc/cmdline\npti=on\n");
        assert_int_equal(f->fixes.count, 1); /* of what is left, what helps */
        assert_true(str_eq(T_AT(f->fixes, 0), S("separate")) && str_eq(f->reason, S("no walls; the newest runs (on)")));
}

static void test_whose(void **state) {
        static const struct {
                const char *container;
                bool there, theirs;
        } rows[] = { { "-- claim container Docker\n", true, true },
                     { "-- claim container WSL2\n", false, false }, { "", false, false } };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct trial t;
                const struct finding *f = judge(&t, &a, str_to_c(&a, str_fmt(&a, OPEN "%s", rows[i].container)));

                assert_int_equal(verdict_in_container(&t.v), rows[i].there);
                assert_int_equal(verdict_is_theirs(&t.v, LAYER_KERNEL), rows[i].theirs);
                assert_int_equal(verdict_is_theirs(&t.v, LAYER_MICROCODE), rows[i].theirs);
                assert_false(verdict_is_theirs(&t.v, LAYER_APPLICATION));
                assert_int_equal(verdict_fix_is_theirs(&t.v, catalog_fix(&t.c, S("tune"))), rows[i].theirs);
                assert_int_equal(f->owner, rows[i].theirs ? LAYER_HYPERVISOR : LAYER_KERNEL);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_helps),
                cmocka_unit_test(test_whose),
        };

        return cmocka_run_group_tests_name("remedies", tests, NULL, NULL);
}
