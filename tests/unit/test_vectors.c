/* Attack vectors: what mitigations= leaves on (Linux admin-guide/hw-vuln/attack_vector_controls.rst). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verdict/verdict.h"

/* One letter a vector, in the order user-kernel, user-user, guest-host, guest-guest, cross-thread: '1', '0', or '?'. */
static void vectors_of(struct arena *a, const char *evidence_text, char ret[6]) {
        static const struct str names[] = { STR("vector.user-kernel"), STR("vector.user-user"), STR("vector.guest-host"),
                                            STR("vector.guest-guest"), STR("vector.cross-thread") };
        const struct verdict_options options = { 0 };
        struct evidence e;
        struct verdict r;
        struct diag d = { 0 };

        assert_int_equal(evidence_parse(&e, a, S("test"), str_of(evidence_text), &d), 0);
        verdict_judge(&r, a, &catalog_builtin, &e, &options);
        for (int i = 0; i < 5; i++)
                ret[i] = "0?1"[facts_tri(r.facts, names[i])];
        ret[5] = '\0';
}

static void test_mitigations(void **state) {
        static const struct {
                const char *parameters, *vectors;
        } rows[] = {
                { "quiet", "11111" },
                { "mitigations=auto", "11111" },
                { "mitigations=auto,nosmt", "11111" },
                { "mitigations=off", "00000" },
                { "mitigations=auto,no_guest_host", "11011" },
                { "mitigations=auto,nosmt,no_user_user,no_guest_guest", "10101" },
                { "mitigations=,no_cross_thread", "11110" },
                { "mitigations=auto,no_user_kernel,no_user_user,no_guest_host,no_guest_guest", "00001" },
                { "mitigations=off mitigations=auto", "11111" }, /* the last one wins */
                { "mitigations=auto,no_guest", "11111" },        /* not a word that the kernel knows */
        };
        ARENA_AUTO struct arena a = { 0 };
        char found[6];

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct str text = str_fmt(&a, "# sidelight evidence 1\n-- file /proc/cmdline\n%s\n", rows[i].parameters);

                vectors_of(&a, str_to_c(&a, text), found);
                assert_string_equal(found, rows[i].vectors);
        }
}

static void test_not_read(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        char found[6];

        (void)state;
        vectors_of(&a, "# sidelight evidence 1\n", found);
        assert_string_equal(found, "?????");
        vectors_of(&a, "# sidelight evidence 1\n-- denied /proc/cmdline\n", found);
        assert_string_equal(found, "?????");
}

int main(void) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_mitigations), cmocka_unit_test(test_not_read) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
