/* facts: derived.txt holds records, and beside each row which of data/derived.yaml's facts they decide. What the first row, a kernel's name alone,
 * decides stands there only. "\n" stands for the end of a line. `test_derived fix` writes what comes out, for review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "facts/cpus.h"
#include "facts/facts.h"
#include "table.h"

enum { DERIVED_MAX = 256 };

static void answer(enum tri *ret, struct arena *a, struct str text) {
        static const struct facts_options plain;
        const struct catalog *c = &catalog_builtin;
        struct evidence e;
        struct cpu_list cpus;
        struct facts f;
        struct diag d = { 0 };
        int n = 0;

        if (evidence_parse(&e, a, S("FILE"), text, &d) < 0)
                fail_msg("%s", d.text);
        cpu_list_read(&cpus, a, c, &e);
        facts_init(&f, a, c, &e, &cpus, &plain, 0);
        for (uint32_t i = 0; i < c->fact_count; i++)
                if (c->facts[i].kind == FACT_KIND_DERIVED) {
                        assert_true(n < DERIVED_MAX);
                        ret[n++] = facts_tri(&f, T(c->facts[i].name));
                }
}

static void put_kind(struct out *o, const enum tri *now, const enum tri *before, enum tri which, const char *name) {
        int n = 0, told = 0;

        for (uint32_t i = 0; i < catalog_builtin.fact_count; i++) {
                if (catalog_builtin.facts[i].kind != FACT_KIND_DERIVED)
                        continue;
                if (now[n] == which && (!before || before[n] != which)) {
                        if (told++ == 0)
                                out_fmt(o, "%*s%s", TABLE_INDENT, "", name);
                        out_fmt(o, " %.*s", STR_ARG(T(catalog_builtin.facts[i].name)));
                }
                n++;
        }
        if (told)
                out_char(o, '\n');
}

static void put_derived(struct out *o, struct arena *a, struct str row) {
        static const struct str base = STR("# sidelight evidence 1\n-- uname Linux\n");
        enum tri now[DERIVED_MAX], before[DERIVED_MAX];
        bool first = str_eq(row, S("-"));

        answer(before, a, base);
        answer(now, a, first ? base : str_fmt(a, "# sidelight evidence 1\n%s%.*s", str_find(row, S("-- uname")) < 0 ? "-- uname Linux\n" : "",
                                              STR_ARG(table_with_lines(a, row))));
        put_kind(o, now, first ? NULL : before, TRI_TRUE, "yes:");
        put_kind(o, now, first ? NULL : before, TRI_FALSE, "no:");
        if (!first)
                put_kind(o, now, before, TRI_UNKNOWN, "not known:");
}

static int should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return table_rows(o, text, put_derived);
}

static const struct table table = { SOURCE_ROOT "/tests/unit/derived.txt", 100, should_be };

static void test_derived(void **state) {
        (void)state;
        table_hold(&table);
}

int main(int argc, char **argv) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_derived) };

        (void)argv;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("derived", tests, NULL, NULL);
}
