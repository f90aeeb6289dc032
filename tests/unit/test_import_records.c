/* import: imports.txt holds what other tools print, or people make of it, and the records that each becomes.
 *
 *      ==== what is special about it
 *      the text; where the title ends in "(escaped)" \t \r \n \e \\ and \xNN stand for their characters
 *      ----
 *      the records, machine by machine; or "not known", or "refused: " and why
 *
 * `test_import_records fix` writes what stands behind the lines, for review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "imports_told.h"
#include "near.h"
#include "table.h"

static int should_be(struct out *o, struct arena *a, struct str text) {
        struct str line, title = { 0 }, start = text;
        bool in_input = false;
        int count = 0;

        while (str_line(&text, &line)) {
                bool is_title = str_starts(line, S("==== "));

                if (is_title || str_empty(title)) {
                        in_input = is_title;
                        title = is_title ? line : title;
                        start = text;
                        if (line.len > 0)
                                out_fmt(o, "%s%.*s\n", is_title ? "\n" : "", STR_ARG(line));
                } else if (in_input && str_eq(line, S("----"))) {
                        struct str input = str_n(start.p, line.p - start.p);

                        out_fmt(o, "%.*s----\n", STR_ARG(input));
                        imports_tell(o, a, imports_input(a, title, input));
                        in_input = false;
                        count++;
                }
        }
        return count;
}

static const struct table table = { SOURCE_ROOT "/tests/unit/imports.txt", 100, should_be };

static void test_records(void **state) {
        (void)state;
        table_hold(&table);
}

static void put_near(void *arg, struct str title, struct str text) {
        near_add(arg, title, text, false, imports_tell);
}

static int near_should_be(struct out *o, struct arena *a, struct str text) {
        struct str line;

        while (str_line(&text, &line) && str_starts(line, S("#")))
                out_fmt(o, "%.*s\n", STR_ARG(line));
        return imports_read(a, put_near, o);
}

int main(int argc, char **argv) {
        static const struct table near = { SOURCE_ROOT "/tests/unit/imports-near.txt", 100, near_should_be };
        int ret;
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_records) };

        if (near_main(argc, argv, &near, &ret))
                return ret;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("import records", tests, NULL, NULL);
}
