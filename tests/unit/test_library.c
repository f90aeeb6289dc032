/* platform: libraries that are opened on first use, with one that every machine has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "platform/library.h"

#define FUNCTIONS(X) X(cbrt) X(hypot)
struct maths {
        FUNCTIONS(LIBRARY_MEMBER)
};

static const char *const functions[] = { FUNCTIONS(LIBRARY_NAME) NULL };
static const char *const newer[] = { "cbrt", "cbrt_of_a_later_year", NULL };

static void opens_and_calls(void **state) {
        struct library l = { .file = "libm.so.6", .package = "libc6", .functions = functions };
        struct maths m = { 0 };
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(library_open(&l, &m, "cannot count here", &d), 0);
        assert_true(m.cbrt(27.0) > 2.999 && m.cbrt(27.0) < 3.001);
        assert_true(m.hypot(3.0, 4.0) > 4.999 && m.hypot(3.0, 4.0) < 5.001);
}

static void says_which_package_is_missing(void **state) {
        struct library l = { .file = "libteacup.so.9", .package = "libteacup9", .functions = functions };
        struct maths m = { 0 };
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(library_open(&l, &m, "cannot pour here", &d), -1);
        assert_non_null(strstr(d.text, "cannot pour here: it takes libteacup.so.9 (Debian package libteacup9): "));
}

static void says_what_an_old_one_lacks(void **state) {
        struct library l = { .file = "libm.so.6", .package = "libc6", .functions = newer };
        struct maths m = { 0 };
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(library_open(&l, &m, "cannot count here", &d), -1);
        assert_string_equal(d.text, "cannot count here: it takes a newer libm.so.6 (Debian package libc6): this one has no cbrt_of_a_later_year");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(opens_and_calls),
                cmocka_unit_test(says_which_package_is_missing),
                cmocka_unit_test(says_what_an_old_one_lacks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
