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
                struct str text = str_fmt(&a, "# sidelight evidence 1\n-- uname Linux 6.17.1 x86_64\n-- file /proc/cmdline\n%s\n", rows[i].parameters);

                vectors_of(&a, str_to_c(&a, text), found);
                assert_string_equal(found, rows[i].vectors);
        }
}

#define FOLDER "/sys/devices/system/cpu/vulnerabilities/"

/* mitigations= came with 5.2 and with the fixes of 2019 for older kernels, vectors in it with 6.17: others ignore what they do not know. */
static void test_older_kernels(void **state) {
        static const struct {
                const char *kernel, *parameters, *vectors;
        } rows[] = {
                { "-- uname Linux 5.2.0 x86_64\n", "mitigations=off", "00000" },
                { "-- uname Linux 4.15.0-20-generic x86_64\n-- absent " FOLDER "mds\n-- absent " FOLDER "tsx_async_abort\n", "mitigations=off", "11111" },
                { "-- uname Linux 4.9.100 x86_64\n-- absent " FOLDER "mds\n-- absent " FOLDER "tsx_async_abort\n", "mitigations=auto", "11111" },
                { "-- uname Linux 4.18.0-147.el8 x86_64\n-- file " FOLDER "tsx_async_abort\nNot affected\n", "mitigations=off", "00000" },
                { "-- uname Linux 3.10.0-957.12.2.el7 x86_64\n-- file " FOLDER "mds\nVulnerable\n-- absent " FOLDER "tsx_async_abort\n", "mitigations=off", "?????" },
                { "-- uname Linux 4.19.43 x86_64\n-- file " FOLDER "mds\nVulnerable\n-- absent " FOLDER "tsx_async_abort\n", "mitigations=off", "00000" },
                { "-- uname Linux 4.15.0 x86_64\n", "mitigations=off", "?????" },
                { "", "mitigations=off", "?????" },
                { "-- uname Linux 6.12.43 x86_64\n-- file /boot/config-6.12.43\nCONFIG_ARCH_HAS_CPU_ATTACK_VECTORS=y\n", "mitigations=auto,no_user_kernel", "01111" },
                { "-- uname Linux 6.12.43 x86_64\n-- file /boot/config-6.12.43\n# CONFIG_ARCH_HAS_CPU_ATTACK_VECTORS is not set\n", "mitigations=auto,no_user_kernel", "11111" },
                { "-- uname Linux 6.12.43 x86_64\n", "mitigations=auto,no_user_kernel", "01111" },
                { "-- uname Linux 6.12.43 x86_64\n", "mitigations=off", "00000" },
        };
        ARENA_AUTO struct arena a = { 0 };
        char found[6];

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct str text = str_fmt(&a, "# sidelight evidence 1\n%s-- file /proc/cmdline\n%s\n", rows[i].kernel, rows[i].parameters);

                vectors_of(&a, str_to_c(&a, text), found);
                if (strcmp(found, rows[i].vectors) != 0)
                        fail_msg("row %zu: expected %s, found %s", i, rows[i].vectors, found);
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

/* The command line as the kernel reads it (lib/cmdline.c; x86's own scanner, arch/x86/lib/cmdline.c). "?" is not known, "-" absent. */
static void test_words(void **state) {
        static const struct {
                const char *arch, *line, *fact, *value;
        } rows[] = {
                { "x86_64", "quiet", "cmdline.mds", "-" },
                { "x86_64", "mds=off", "cmdline.mds", "off" },
                { "x86_64", "mds", "cmdline.mds", "" },
                { "x86_64", "mds=", "cmdline.mds", "" },
                { "x86_64", "mds=full mds=off", "cmdline.mds", "off" },
                { "x86_64", "xmds=off mdsx=off", "cmdline.mds", "-" },
                { "x86_64", "MDS=off", "cmdline.mds", "-" },
                { "x86_64", "mds=a=b", "cmdline.mds", "a=b" },
                /* '-' and '_' in names, not in values */
                { "x86_64", "mmio-stale-data=off", "cmdline.mmio_stale_data", "off" },
                { "x86_64", "kvm_intel.ept=0", "cmdline.kvm-intel.ept", "0" },
                { "x86_64", "mds=full_nosmt", "cmdline.mds", "full_nosmt" },
                /* quotes around a word, around a value, and blanks in them */
                { "x86_64", "\"mitigations=off\"", "cmdline.mitigations", "off" },
                { "x86_64", "mitigations=\"off\"", "cmdline.mitigations", "off" },
                { "x86_64", "mitigations=\"off", "cmdline.mitigations", "off" },
                { "x86_64", "mitigations=\"", "cmdline.mitigations", "" },
                { "x86_64", "\"", "cmdline.mitigations", "-" },
                { "x86_64", "dyndbg=\"file a.c +p; mitigations=off\"", "cmdline.mitigations", "-" },
                { "x86_64", "\"x=a mitigations=off\" mds=off", "cmdline.mitigations", "-" },
                { "x86_64", "\"x=a mitigations=off\" mds=off", "cmdline.mds", "off" },
                { "x86_64", "mitigations='off'", "cmdline.mitigations", "'off'" },
                { "x86_64", "\tmds=off\t", "cmdline.mds", "off" },
                /* what stands behind -- is for init */
                { "x86_64", "quiet -- mitigations=off mds=off", "cmdline.mitigations", "-" },
                { "x86_64", "--=1 mds=off", "cmdline.mds", "off" },
                /* words that x86 kernels scan for: where the two ways to read differ, nothing is known */
                { "x86_64", "nopti", "cmdline.nopti", "" },
                { "x86_64", "quiet -- nopti", "cmdline.nopti", "?" },
                { "x86_64", "quiet -- spectre_v2=off", "cmdline.spectre_v2", "?" },
                { "x86_64", "spectre_v2=off spectre_v2=on", "cmdline.spectre_v2", "on" },
                { "x86_64", "spectre-v2=off", "cmdline.spectre_v2", "?" },
                { "x86_64", "\"nopti\"", "cmdline.nopti", "?" },
                { "x86_64", "spectre_v2=\"off\"", "cmdline.spectre_v2", "?" },
                { "x86_64", "x=\"a nopti b\"", "cmdline.nopti", "?" },
                { "x86_64", "nopti=0", "cmdline.nopti", "?" },
                { "x86_64", "pti", "cmdline.pti", "?" },
                { "aarch64", "quiet -- nospectre_v2", "cmdline.nospectre_v2", "-" },
                { "aarch64", "\"nospectre_v2\"", "cmdline.nospectre_v2", "" },
                /* a value that was redacted was not read */
                { "x86_64", "mds=redacted", "cmdline.mds", "?" },
                { "x86_64", "mds=off mds=redacted", "cmdline.mds", "?" },
                { "x86_64", "mds=redacted mds=off", "cmdline.mds", "off" },
                { "x86_64", "nopti pti=redacted", "cmdline.pti", "?" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                const struct verdict_options options = { 0 };
                struct evidence e;
                struct verdict r;
                struct diag d = { 0 };
                const struct fact *v;
                struct str found;

                assert_int_equal(evidence_parse(&e, &a, S("test"), str_fmt(&a, "# sidelight evidence 1\n-- uname Linux 6.1.0 %s\n"
                                                "-- file /proc/cmdline\n%s\n", rows[i].arch, rows[i].line), &d), 0);
                verdict_judge(&r, &a, &catalog_builtin, &e, &options);
                v = facts_named(r.facts, str_of(rows[i].fact));
                assert_non_null(v);
                found = v->state == FACT_KNOWN ? v->text : v->state == FACT_ABSENT ? S("-") : S("?");
                if (!str_eq(found, str_of(rows[i].value)))
                        fail_msg("%s: %s is '%.*s', expected '%s'", rows[i].line, rows[i].fact, STR_ARG(found), rows[i].value);
        }
}

/* `--redact` leaves the vectors unknown, too: who is trusted was not read. */
static void test_redacted_vectors(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        char found[6];

        (void)state;
        vectors_of(&a, "# sidelight evidence 1\n-- file /proc/cmdline\nmitigations=redacted\n", found);
        assert_string_equal(found, "?????");
}

int main(void) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_mitigations), cmocka_unit_test(test_older_kernels), cmocka_unit_test(test_not_read),
                                            cmocka_unit_test(test_words), cmocka_unit_test(test_redacted_vectors) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
