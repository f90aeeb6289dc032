/* --host-evidence: whose evidence is believed to be the host's, and what its word then does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verdict/verdict.h"

#define HEAD "# sidelight evidence 1\n"
#define AMD "-- cpuid * 0.0 10 68747541 444d4163 69746e65\n"
#define INTEL "-- cpuid * 0.0 d 756e6547 6c65746e 49656e69\n"
/* family 19h, model 11h; ecx bit 31 is the hypervisor's; VME and SKINIT show that nothing hides it */
#define ZEN4(ecx) "-- cpuid * 1.0 00a10f11 0 " ecx " 2\n-- cpuid * 7.0 0 0 0 0\n" SKINIT
#define ZEN2(ecx) "-- cpuid * 1.0 00830f10 0 " ecx " 2\n-- cpuid * 7.0 0 0 0 0\n" SKINIT
#define SKINIT "-- cpuid * 80000001.0 0 0 1000 0\n"
#define SAYS(srso) "-- file /sys/devices/system/cpu/vulnerabilities/spec_rstack_overflow\n" srso "\n"
#define GUEST HEAD "-- meta captured 2026-11-20\n-- uname Linux 6.12.1 x86_64\n" AMD ZEN4("fed8320b") SAYS("Vulnerable: Safe RET, no microcode")
#define HOST HEAD "-- meta captured 2026-11-21\n-- uname Linux 6.12.1 x86_64\n"
#define SAFE SAYS("Mitigation: Safe RET")

static const struct finding *judge(struct arena *a, const char *guest, const char *host, struct verdict *ret) {
        struct verdict_options o = { 0 };
        struct evidence *g = arena_new(a, struct evidence), *h = arena_new(a, struct evidence);
        struct diag d = { 0 };

        assert_int_equal(evidence_parse(g, a, S("guest"), str_of(guest), &d), 0);
        if (host)
                assert_int_equal(evidence_parse(h, a, S("host"), str_of(host), &d), 0);
        o.only = catalog_flaw(&catalog_builtin, S("srso"));
        o.host = host ? h : NULL;
        verdict_judge(ret, a, &catalog_builtin, g, &o);
        return &ret->findings[0];
}

static void test_who_is_believed(void **state) {
        static const struct {
                const char *host, *refused; /* a piece of why; NULL: believed */
        } rows[] = {
                { HOST AMD ZEN4("7ed8320b") SAFE, NULL },
                { HOST INTEL "-- cpuid * 1.0 000506f1 0 7ed8320b 20000002\n" SAFE, "its processor is by intel, this machine's by amd" },
                { HOST AMD ZEN4("fed8320b") SAFE, "it comes from a guest" },
                { HOST AMD ZEN4("fed8320b") "-- file /proc/xen/capabilities\ncontrol_d\n" SAFE, NULL },
                { HOST AMD ZEN4("fed8320b") "-- file /proc/xen/capabilities\n\n" SAFE, "it comes from a guest" },
                { HOST AMD ZEN4("fed8320b") "-- file /sys/hypervisor/properties/features\n00002b75\n" SAFE, NULL },
                { HOST AMD ZEN4("fed8320b") "-- file /sys/hypervisor/properties/features\n00002375\n" SAFE, "it comes from a guest" },
                { HOST AMD SAFE, "does not show whether it comes from a guest" },
                { HOST "-- claim guest no\n" ZEN4("7ed8320b") SAFE, "was not seen" },
                { HOST AMD ZEN2("7ed8320b") SAFE, "older than" },
                { HOST AMD ZEN4("6ed8320b") SAFE, "cannot do" }, /* no AVX */
                { HOST AMD ZEN4("7e983203") SAFE, NULL }, /* no MOVBE and no MONITOR: KVM emulates them */
                { HOST AMD "-- cpuid * 1.0 00b00f20 0 7ed8320b 2\n" SKINIT SAFE, NULL }, /* newer than what the guest is shown */
                { HOST AMD "-- cpuid * 1.0 00a20f12 0 7ed8320b 2\n" SKINIT SAFE, "older than" }, /* Zen 3, of the same family and a higher model */
                { HOST AMD "-- cpuid * 1.0 00a10f10 0 7ed8320b 2\n" SKINIT SAFE, "older than" }, /* an older stepping */
                { HOST AMD "-- cpuid * 1.0 00a10f12 0 7ed8320b 2\n" SKINIT SAFE, NULL },
                { HOST AMD "-- cpuid * 1.0 00a60f12 0 7ed8320b 2\n" SKINIT SAFE, NULL }, /* another Zen 4 */
                { HEAD "-- meta captured 2026-11-19\n-- uname Linux 6.12.1 x86_64\n" AMD ZEN4("7ed8320b") SAFE, "it is older (2026-11-19)" },
                { HEAD "-- meta captured 2026-11-20\n-- uname Linux 6.12.1 x86_64\n" AMD ZEN4("7ed8320b") SAFE, NULL },
                { HEAD, "does not show whether it comes from a guest" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct verdict r;
                const struct finding *f = judge(&a, GUEST, rows[i].host, &r);

                if (rows[i].refused ? str_find(r.host_refused, str_of(rows[i].refused)) < 0 : r.host_refused.len > 0)
                        fail_msg("row %zu: '%.*s'", i, STR_ARG(r.host_refused));
                if (f->by_host != !rows[i].refused || (rows[i].refused && f->status != STATUS_UNKNOWN))
                        fail_msg("row %zu: status %d", i, (int)f->status);
                if (rows[i].refused) /* told in the machine's notes */
                        assert_true(r.machine.notes.count > 0 &&
                                    str_starts(r.machine.notes.items[r.machine.notes.count - 1], S("the host's evidence was not used: ")));
        }
}

/* Everything that the answer says is the host's: one rule's status, owner, reason. */
static void test_the_hosts_words(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct verdict alone, with;
        const struct finding *before = judge(&a, GUEST, NULL, &alone), *f;

        (void)state;
        assert_int_equal(before->status, STATUS_UNKNOWN);
        assert_int_equal(before->owner, LAYER_HYPERVISOR);
        f = judge(&a, GUEST, HOST AMD ZEN4("7ed8320b") SAFE, &with);
        assert_int_equal(f->status, STATUS_MITIGATED);
        assert_ptr_not_equal(f->rule, before->rule);
        assert_int_equal(f->status, f->rule->status);
        assert_int_equal(f->owner, f->rule->owner);
        assert_true(str_starts(f->reason, S("the host's own evidence says mitigated: ")));
        assert_int_equal(f->missing_count, 0);
        assert_true(str_empty(f->ask));

        f = judge(&a, GUEST, HOST AMD ZEN4("7ed8320b") SAYS("Vulnerable"), &with);
        assert_int_equal(f->status, STATUS_VULNERABLE);
        assert_int_equal(f->owner, f->rule->owner);
        assert_int_equal(f->rule->fixes.count, 0); /* then the flaw's usual remedies that help there: on the host there is nobody to ask */
        assert_int_equal(f->fixes.count, 2);
        assert_true(str_eq(T_AT(f->fixes, 0), S("update-kernel")));
        assert_true(str_eq(T_AT(f->fixes, 1), S("update-microcode")));
}

/* A host without the flaw has no guest with it, whatever processor the guest is shown: the host's word is about the real one. */
static void test_host_is_not_affected(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct verdict r;
        const struct finding *f = judge(&a, GUEST, HOST AMD "-- cpuid * 1.0 00b00f20 0 7ed8320b 2\n" SKINIT
                                        "-- cpuid * 80000000.0 80000021 0 0 0\n-- cpuid * 80000021.0 20000000 0 0 0\n" SAYS("Not affected"), &r);

        (void)state;
        assert_int_equal(f->status, STATUS_NOT_AFFECTED);
        assert_int_equal(f->affected_hardware, TRI_FALSE);
        assert_true(str_starts(f->reason, S("the host's own evidence says not-affected: ")));
}

static void test_no_guest(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct verdict r;

        (void)state;
        (void)judge(&a, HOST AMD ZEN4("7ed8320b") SAFE, HOST AMD ZEN4("7ed8320b") SAFE, &r);
        assert_true(str_eq(r.host_refused, S("this machine is no guest")));
}

/* Intel's models, whose numbers tell nothing of their order: microarchitectures of one line are compared, and only these. */
static void test_generations(void **state) {
#define MODEL(signature, bit) INTEL "-- cpuid * 1.0 " signature " 0 " bit "ed8320b 20000002\n-- cpuid * 7.0 0 0 0 0\n"
        static const struct {
                const char *guest, *host;
                bool older;
        } rows[] = {
                { MODEL("00050654", "f"), MODEL("000406f1", "7"), true },  /* Skylake-SP on Broadwell */
                { MODEL("000306c3", "f"), MODEL("000306a9", "7"), true },  /* Haswell on Ivy Bridge */
                { MODEL("000606a6", "f"), MODEL("00050657", "7"), true },  /* Ice Lake-SP on Cascade Lake */
                { MODEL("000806f8", "f"), MODEL("000806c1", "7"), true },  /* Sapphire Rapids on Tiger Lake, whose number is lower, too */
                { MODEL("000706a1", "f"), MODEL("00090672", "7"), false }, /* an Atom on Alder Lake: another line */
                { MODEL("00080660", "f"), MODEL("000606a6", "7"), false }, /* QEMU's Icelake-Server has an Atom's number */
                { MODEL("000806c1", "f"), MODEL("000806f8", "7"), false }, /* Tiger Lake on Sapphire Rapids */
                { MODEL("000506e3", "f"), MODEL("000906ea", "7"), false }, /* Skylake on Coffee Lake */
                { MODEL("000906ea", "f"), MODEL("000506e3", "7"), false }, /* … and the reverse: one microarchitecture */
                { MODEL("00090675", "f"), MODEL("000806f8", "7"), false }, /* Alder Lake on Sapphire Rapids: Golden Cove */
                { MODEL("000706a8", "f"), MODEL("000506ca", "7"), true },  /* Goldmont Plus on Goldmont */
                { MODEL("00050654", "f"), MODEL("000f06f0", "7"), false }, /* what no table names */
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence *g = arena_new(&a, struct evidence), *h = arena_new(&a, struct evidence);
                struct verdict_options o = { .only = catalog_flaw(&catalog_builtin, S("srso")), .host = h };
                struct verdict r;
                struct diag d = { 0 };

                assert_int_equal(evidence_parse(g, &a, S("guest"), str_fmt(&a, HEAD "-- uname Linux 6.12.1 x86_64\n%s", rows[i].guest), &d), 0);
                assert_int_equal(evidence_parse(h, &a, S("host"), str_fmt(&a, HEAD "-- uname Linux 6.12.1 x86_64\n-- claim guest no\n%s", rows[i].host), &d), 0);
                verdict_judge(&r, &a, &catalog_builtin, g, &o);
                if ((str_find(r.host_refused, S("older than")) >= 0) != rows[i].older || (!rows[i].older && r.host_refused.len > 0))
                        fail_msg("row %zu: '%.*s'", i, STR_ARG(r.host_refused));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_who_is_believed), cmocka_unit_test(test_the_hosts_words),
                cmocka_unit_test(test_host_is_not_affected), cmocka_unit_test(test_no_guest),
                cmocka_unit_test(test_generations),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
