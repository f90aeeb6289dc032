/* cloud: names of guest OS releases, and the table of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/guest_os.h"

static struct guest_os_name parsed(const char *text) {
        struct guest_os_name n;

        assert_true(guest_os_parse(str_of(text), &n));
        return n;
}

static void test_names(void **state) {
        struct guest_os_name n = parsed("WA-GUEST-OS-5.15_201801-01");

        (void)state;
        assert_int_equal(n.family, 5);
        assert_int_equal(n.version, 15);
        assert_int_equal(n.month, 201801);
        assert_int_equal(n.release, 1);
        assert_int_equal(parsed("WA-GUEST-OS-6.31_202105-0").release, 0);
        assert_int_equal(parsed("wa-guest-os-4.122_202309-02").version, 122);
}

static void test_not_names(void **state) {
        static const char *const wrong[] = {
                "", "*", "WA-GUEST-OS-", "WA-GUEST-OS-5.15", "WA-GUEST-OS-5_201801-01", "WA-GUEST-OS-0.15_201801-01",
                "WA-GUEST-OS-5.15_201813-01", "WA-GUEST-OS-5.15_201800-01", "WA-GUEST-OS-5.15_20181-01",
                "WA-GUEST-OS-5.15_201801-", "WA-GUEST-OS-5.15_201801-011", "WA-GUEST-OS-5.1500_201801-01",
                "WA-GUEST-OS-12.1_201801-01", "WA-GUEST-OS-5.15_201801-01 ", "5.15_201801-01",
        };
        struct guest_os_name n;

        (void)state;
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
                assert_false(guest_os_parse(str_of(wrong[i]), &n));
}

static void test_order(void **state) {
        (void)state;
        assert_true(guest_os_cmp(parsed("WA-GUEST-OS-2.10_201001-01"), parsed("WA-GUEST-OS-2.1_200901-01")) > 0);
        assert_true(guest_os_cmp(parsed("WA-GUEST-OS-4.49_201712-01"), parsed("WA-GUEST-OS-4.50_201801-01")) < 0);
        assert_true(guest_os_cmp(parsed("WA-GUEST-OS-2.12_201208-01"), parsed("WA-GUEST-OS-2.12_201208-02")) < 0);
        assert_int_equal(guest_os_cmp(parsed("WA-GUEST-OS-4.50_201801-01"), parsed("WA-GUEST-OS-4.50_201801-01")), 0);
}

/* A release is found by its whole name: families and months may have a version in common. */
static void test_whole_names(void **state) {
        struct guest_os_release rows[] = {
                { .name = parsed("WA-GUEST-OS-4.15_201801-01") }, { .name = parsed("WA-GUEST-OS-5.15_201712-01") },
                { .name = parsed("WA-GUEST-OS-5.15_201801-02") }, { .name = parsed("WA-GUEST-OS-5.15_201801-01") },
        };
        struct catalog c = { .guest_os_releases = rows, .guest_os_release_count = 4 };

        (void)state;
        for (int i = 0; i < 4; i++)
                assert_ptr_equal(guest_os_release(&c, rows[i].name), &rows[i]);
        assert_null(guest_os_release(&c, parsed("WA-GUEST-OS-6.15_201801-01")));
        assert_null(guest_os_release(&c, parsed("WA-GUEST-OS-5.15_201802-01")));
        assert_null(guest_os_release(&c, parsed("WA-GUEST-OS-5.16_201801-01")));
}

/* The two that the guidance names are the first of their families with the fixes. */
static void test_first_fixes(void **state) {
        (void)state;
        assert_int_equal(guest_os_cmp(guest_os_family(&catalog_builtin, 5)->first_fix, parsed("WA-GUEST-OS-5.15_201801-01")), 0);
        assert_int_equal(guest_os_cmp(guest_os_family(&catalog_builtin, 4)->first_fix, parsed("WA-GUEST-OS-4.50_201801-01")), 0);
        assert_int_equal(guest_os_cmp(guest_os_family(&catalog_builtin, 2)->first_fix, parsed("WA-GUEST-OS-2.70_201801-01")), 0);
        assert_int_equal(guest_os_family(&catalog_builtin, 3)->first_fix.family, 0);
        assert_null(guest_os_family(&catalog_builtin, 0));
        assert_null(guest_os_family(&catalog_builtin, 8));
}

static void test_kva(void **state) {
        (void)state;
        assert_true(guest_os_lacks_kva(guest_os_family(&catalog_builtin, 1), parsed("WA-GUEST-OS-1.25_201801-01")));
        assert_true(guest_os_lacks_kva(guest_os_family(&catalog_builtin, 3), parsed("WA-GUEST-OS-3.57_201801-01")));
        assert_false(guest_os_lacks_kva(guest_os_family(&catalog_builtin, 3), parsed("WA-GUEST-OS-3.130_202309-01")));
        assert_true(guest_os_lacks_kva(guest_os_family(&catalog_builtin, 4), parsed("WA-GUEST-OS-4.49_201712-01")));
        assert_false(guest_os_lacks_kva(guest_os_family(&catalog_builtin, 4), parsed("WA-GUEST-OS-4.50_201801-01")));
        assert_false(guest_os_lacks_kva(guest_os_family(&catalog_builtin, 6), parsed("WA-GUEST-OS-6.1_201811-01")));
}

static void test_newest(void **state) {
        struct guest_os_release row = { .name = parsed("WA-GUEST-OS-4.15_201801-01"), .released = as_text(S("2018-01-12")) };
        struct catalog c = { .guest_os_releases = &row, .guest_os_release_count = 1 };

        (void)state;
        assert_ptr_equal(guest_os_newest(&c, 4, S("2018-01-12")), &row); /* from its day on, and the first of the list */
        assert_null(guest_os_newest(&c, 4, S("2018-01-11")));
        assert_null(guest_os_newest(&c, 5, S("2018-01-12")));
        assert_true(str_eq(T(guest_os_newest(&catalog_builtin, 5, S("2018-01-12"))->text), S("WA-GUEST-OS-5.15_201801-01")));
        assert_true(str_eq(T(guest_os_newest(&catalog_builtin, 3, S("2018-01-12"))->text), S("WA-GUEST-OS-3.56_201712-01")));
        assert_true(str_eq(T(guest_os_newest(&catalog_builtin, 3, S("2018-01-29"))->text), S("WA-GUEST-OS-3.57_201801-01")));
        assert_true(str_eq(T(guest_os_last(&catalog_builtin, 7)->text), S("WA-GUEST-OS-7.58_202511-01")));
        assert_null(guest_os_newest(&catalog_builtin, 6, S("2018-01-12")));
        assert_null(guest_os_newest(&catalog_builtin, 1, S("2018-01-12")));
}

static void test_table(void **state) {
        (void)state;
        assert_true(catalog_builtin.guest_os_release_count > 380);
        for (uint32_t i = 0; i < catalog_builtin.guest_os_release_count; i++) {
                const struct guest_os_release *r = &catalog_builtin.guest_os_releases[i];

                assert_ptr_equal(guest_os_release(&catalog_builtin, r->name), r);
                assert_non_null(guest_os_family(&catalog_builtin, r->name.family));
                assert_int_equal(r->released.len, 10);
                assert_true(r->disabled.len == 0 || str_cmp(T(r->released), T(r->disabled)) < 0 ||
                            str_eq(T(r->released), T(r->disabled)));
        }
        assert_non_null(guest_os_release(&catalog_builtin, parsed("WA-GUEST-OS-6.31_202105-0")));
        assert_null(guest_os_release(&catalog_builtin, parsed("WA-GUEST-OS-5.82_202306-01"))); /* such numbers are skipped */
}

static void test_retired(void **state) {
        (void)state;
        assert_true(guest_os_retired(guest_os_family(&catalog_builtin, 1), S("2018-01-12")));
        assert_false(guest_os_retired(guest_os_family(&catalog_builtin, 2), S("2024-11-30")));
        assert_true(guest_os_retired(guest_os_family(&catalog_builtin, 2), S("2024-12-01")));
        assert_false(guest_os_retired(guest_os_family(&catalog_builtin, 5), S("2026-11-22")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names),   cmocka_unit_test(test_not_names), cmocka_unit_test(test_order),
                cmocka_unit_test(test_whole_names), cmocka_unit_test(test_first_fixes), cmocka_unit_test(test_kva),   cmocka_unit_test(test_newest),
                cmocka_unit_test(test_table),   cmocka_unit_test(test_retired),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
