/* catalog: each model of each family has the name of processors.txt, and no other model has one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "table.h"

enum { MODELS = 0x1000 };

static const char path[] = SOURCE_ROOT "/tests/unit/processors.txt";

/* "00-0f zen3, 20-5f zen3" */
static void read_names(struct str line, struct str *names) {
        struct str item, numbers, first;

        while (str_cut(&line, ',', &item)) {
                item = str_trim(item);
                assert_true(str_cut(&item, ' ', &numbers) && str_cut(&numbers, '-', &first));
                for (uint32_t i = table_hexadecimal(first), last = str_empty(numbers) ? i : table_hexadecimal(numbers); i <= last; i++) {
                        assert_true(i < MODELS && !names[i].p);
                        names[i] = item;
                }
        }
}

static void hold_family(struct str vendor, uint32_t family, struct str otherwise, const struct str *names) {
        for (uint32_t model = 0; model < MODELS; model++) {
                const struct cpu_range *is = catalog_cpu(&catalog_builtin, vendor, family, model, 0);
                struct str name = names[model].p ? names[model] : otherwise;

                if (!str_eq(is ? T(is->name) : S("-"), name))
                        fail_msg("%.*s %x-%x is %.*s, not %.*s", STR_ARG(vendor), family, model, STR_ARG(is ? T(is->name) : S("-")), STR_ARG(name));
        }
}

static void test_models(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = table_read(&a, path), line, next, rest, vendor, family;
        int count = 0;

        (void)state;
        while (str_line(&text, &line)) {
                struct str names[MODELS] = { 0 };

                if (str_empty(line) || line.p[0] == '#')
                        continue;
                assert_true(str_cut(&line, ' ', &vendor) && str_cut(&line, ' ', &family) && str_starts(line, S("else ")));
                for (rest = text; str_line(&rest, &next) && str_starts(next, S("        ")); text = rest)
                        read_names(next, names);
                hold_family(vendor, table_hexadecimal(family), str_from(line, 5), names);
                count++;
        }
        assert_true(count > 30);
}

/* Each name of the catalog stands in the table. */
static void test_complete(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = table_read(&a, path);

        (void)state;
        for (uint32_t i = 0; i < catalog_builtin.cpu_count; i++)
                if (str_find(text, str_fmt(&a, " %.*s", STR_ARG(T(catalog_builtin.cpus[i].name)))) < 0)
                        fail_msg("%s lacks %.*s", path, STR_ARG(T(catalog_builtin.cpus[i].name)));
        assert_true(catalog_builtin.cpu_count > 100);
}

int main(void) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_models), cmocka_unit_test(test_complete) };

        return cmocka_run_group_tests_name("processors", tests, NULL, NULL);
}
