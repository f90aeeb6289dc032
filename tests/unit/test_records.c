/* evidence: records.txt holds records as they stand in evidence files, each followed by what is made of them: the records written
 * again, or why the file is refused. "\n" stands for the end of a line. `test_records fix` writes what is made, for review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "evidence/evidence.h"
#include "near.h"
#include "table.h"

static void put_made(struct out *o, struct arena *a, struct str records) {
        OUT_AUTO struct out made = { 0 };
        struct evidence e;
        struct diag d = { 0 };
        struct str rest, line;

        if (evidence_parse(&e, a, S("FILE"), str_fmt(a, "# sidelight evidence 1\n%.*s", STR_ARG(table_with_lines(a, records))), &d) < 0) {
                out_fmt(o, "        refused: %s\n", d.text);
                return;
        }
        evidence_write(&e, &made);
        rest = str_dup(a, out_text(&made));
        (void)str_line(&rest, &line);
        while (str_line(&rest, &line))
                out_fmt(o, "        %.*s\n", STR_ARG(line));
        for (ptrdiff_t i = 0; i < e.count; i++) /* what is not written as it is kept */
                if (e.items[i].kind == RECORD_REGISTRY)
                        out_fmt(o, "        = %s %llx\n", fact_state_word(e.items[i].state), (unsigned long long)e.items[i].value);
}

static int should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return table_rows(o, text, put_made);
}

static const struct table table = { SOURCE_ROOT "/tests/unit/records.txt", 60, should_be };

static void test_records(void **state) {
        (void)state;
        table_hold(&table);
}

static int near_should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return near_rows(o, text, table.path, 0, put_made);
}

int main(int argc, char **argv) {
        static const struct table near = { SOURCE_ROOT "/tests/unit/records-near.txt", 60, near_should_be };
        int ret;
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_records) };

        if (near_main(argc, argv, &near, &ret))
                return ret;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
