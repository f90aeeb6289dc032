/* plan/vex: a CVE is as bad as the worst flaw that has it, and nothing is said of one that was looked at in part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/groups.h"
#include "plan/vex.h"

static const struct str seen = STR("# sidelight evidence 1\n-- meta captured 2026-11-22\n-- identity hostname a/b \xc3\xbc\n"
                                   "-- uname Linux 6.1.0 x86_64\n-- cpuid 0 00000000.0 0000000d 756e6547 6c65746e 49656e69\n"
                                   "-- cpuid 0 00000001.0 00050654 00000000 00000000 00000000\n");

static void judge(struct verdict *ret, struct arena *a, const bool *among) {
        struct evidence *e = arena_new(a, struct evidence);
        struct diag d = { 0 };

        assert_int_equal(evidence_parse(e, a, S("x.host"), seen, &d), 0);
        verdict_judge(ret, a, &catalog_builtin, e, &(struct verdict_options){ .among = among, .fingerprint = true });
}

static struct finding *finding(struct verdict *r, const char *id) {
        for (uint32_t i = 0; i < r->finding_count; i++)
                if (str_eq(T(r->findings[i].flaw->id), str_of(id)))
                        return &r->findings[i];
        fail_msg("no finding %s", id);
        return NULL;
}

static const struct vex_name *name(const struct vex *x, const char *text) {
        for (ptrdiff_t i = 0; i < x->names.count; i++)
                if (str_eq(x->names.items[i].name, str_of(text)))
                        return &x->names.items[i];
        return NULL;
}

static ptrdiff_t number(const char *id) {
        return catalog_flaw(&catalog_builtin, str_of(id)) - catalog_builtin.flaws;
}

/* CVE-2017-5715 belongs to both. */
static void test_worst(void **state) {
        static const struct {
                enum status kernel, user, want;
                const char *flaws;
        } rows[] = {
                { STATUS_MITIGATED, STATUS_VULNERABLE, STATUS_VULNERABLE, "spectre-v2-user, spectre-v2" },
                { STATUS_VULNERABLE, STATUS_MITIGATED, STATUS_VULNERABLE, "spectre-v2, spectre-v2-user" },
                { STATUS_NOT_AFFECTED, STATUS_UNKNOWN, STATUS_UNKNOWN, "spectre-v2-user, spectre-v2" },
                { STATUS_PARTIAL, STATUS_UNKNOWN, STATUS_PARTIAL, "spectre-v2, spectre-v2-user" },
                { STATUS_NOT_AFFECTED, STATUS_MITIGATED, STATUS_MITIGATED, "spectre-v2-user, spectre-v2" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                ARENA_AUTO struct arena kept = { 0 };
                struct vex x = { .arena = &kept };
                const struct vex_name *n;
                struct verdict r;

                judge(&r, &a, NULL);
                finding(&r, "spectre-v2")->status = rows[i].kernel;
                finding(&r, "spectre-v2-user")->status = rows[i].user;
                finding(&r, "spectre-v2-user")->at_stake = false; /* which does not narrow what is said of a CVE */
                vex_add(&x, &r);
                n = name(&x, "CVE-2017-5715");
                assert_non_null(n);
                assert_int_equal(n->groups.count, 1);
                assert_int_equal(n->groups.items[0].status, rows[i].want);
                /* Of flaws that are alike the catalog's order decides. */
                assert_int_equal(n->groups.items[0].flaws.len, (ptrdiff_t)strlen(rows[i].flaws));
                assert_int_equal(str_find(n->groups.items[0].flaws, S("spectre-v2-user")) == 0, rows[i].flaws[10] == '-');
                assert_int_equal(n->groups.items[0].action.len > 0, rows[i].want > STATUS_MITIGATED);
        }
}

static void test_in_part(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        bool *among = arena_array(&a, bool, catalog_builtin.flaw_count);
        ARENA_AUTO struct arena kept = { 0 };
        struct vex x = { .arena = &kept }, whole = { .arena = &kept };
        struct verdict r;

        (void)state;
        among[number("spectre-v2")] = true;
        judge(&r, &a, among);
        vex_add(&x, &r);
        assert_null(name(&x, "CVE-2017-5715"));
        assert_non_null(name(&x, "CVE-2021-26401")); /* its own */
        vex_complete(&catalog_builtin, among);
        assert_true(among[number("spectre-v2-user")] && !among[number("meltdown")]);
        judge(&r, &a, among);
        vex_add(&whole, &r);
        assert_non_null(name(&whole, "CVE-2017-5715"));
}

static void test_machines(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        ARENA_AUTO struct arena kept = { 0 };
        struct vex x = { .arena = &kept };
        struct verdict r;

        (void)state;
        judge(&r, &a, NULL);
        for (int i = 0; i < 4; i++)
                vex_add(&x, &r);
        finding(&r, "meltdown")->status = STATUS_VULNERABLE;
        vex_add(&x, &r);
        assert_true(str_eq(x.products.items[0].id, S("pkg:generic/a%2Fb%20%C3%BC")));
        for (int i = 0; i < 5; i++)
                for (int k = 0; k < i; k++)
                        assert_false(str_eq(x.products.items[i].name, x.products.items[k].name) ||
                                     str_eq(x.products.items[i].id, x.products.items[k].id));
        assert_int_equal(name(&x, "CVE-2018-3639")->groups.count, 1);
        assert_int_equal(name(&x, "CVE-2018-3639")->groups.items[0].count, 5);
        assert_int_equal(name(&x, "CVE-2017-5754")->groups.count, 2);
        assert_true(str_eq(x.products.items[0].captured, S("2026-11-22")) && x.products.items[0].fingerprint.len == 64);
}

static void test_uuid(void **state) {
        char one[37], same[37], other[37];

        (void)state;
        vex_uuid(S("x"), one);
        vex_uuid(S("x"), same);
        vex_uuid(S("y"), other);
        assert_string_equal(one, same);
        assert_string_not_equal(one, other);
        for (int i = 0; i < 36; i++)
                assert_int_equal(one[i] == '-', i == 8 || i == 13 || i == 18 || i == 23);
        assert_true(strlen(one) == 36 && one[14] == '8' && strchr("89ab", one[19]));
}

static void test_kinds(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct seen fingerprints = { 0 };
        ARENA_AUTO struct arena kept = { 0 };
        struct groups g = { .arena = &kept, .seen = &fingerprints };
        const struct flaw_total *flaws;
        struct verdict r;

        (void)state;
        judge(&r, &a, NULL);
        groups_add(&g, &r);
        groups_add(&g, &r);
        for (uint32_t i = 0; i < r.finding_count; i++)
                r.findings[i].status = i ? STATUS_MITIGATED : STATUS_VULNERABLE;
        r.worst = STATUS_VULNERABLE;
        r.fingerprint[0] = r.fingerprint[0] == '0' ? '1' : '0';
        groups_add(&g, &r);
        groups_sort(&g);
        assert_int_equal(g.kinds.count, 2);
        assert_true(g.kinds.items[0].worst == STATUS_VULNERABLE && g.kinds.items[0].machines == 1 && g.kinds.items[0].open_count == 1);
        assert_true(g.kinds.items[1].machines == 2 && g.kinds.items[1].fingerprints == 1 && g.fingerprints == 2);
        flaws = groups_flaws(&g, &a);
        assert_true(flaws[0].flaw == r.findings[0].flaw && flaws[0].machines[STATUS_VULNERABLE] == 1);
        seen_free(&fingerprints);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_worst),
                cmocka_unit_test(test_in_part),
                cmocka_unit_test(test_machines),
                cmocka_unit_test(test_uuid),
                cmocka_unit_test(test_kinds),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
