/* facts: answers.txt holds evidence, each row followed by every fact that it answers, of the first kind of CPU and of the last: value, state and
 * source. "\n" stands for the end of a line. answers-near.txt: the same of what is nearly such evidence (near.h). `test_answers fix` writes what is
 * answered, for review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "facts/cpus.h"
#include "facts/facts.h"
#include "near.h"
#include "table.h"

static void put_facts(struct out *o, struct arena *a, const struct evidence *e, const struct cpu_list *cpus, uint32_t class_index) {
        static const struct facts_options plain;
        const struct catalog *c = &catalog_builtin;
        struct facts f;

        facts_init(&f, a, c, e, cpus, &plain, class_index);
        for (uint32_t i = 0; i < c->fact_count; i++) {
                const struct fact_def *def = &c->facts[i];
                const struct fact *v;

                if (def->kind == FACT_KIND_AFFECTED || def->kind == FACT_KIND_VERDICT || def->kind == FACT_KIND_DERIVED || def->kind == FACT_KIND_TABLE)
                        continue; /* what the data folder makes of facts: tests/hosts */
                v = facts_get(&f, i);
                if (v->state != FACT_UNREAD && v->state != FACT_ABSENT)
                        out_fmt(o, "%*s%.*s = %.*s%s%.*s\n", TABLE_INDENT, "", STR_ARG(T(def->name)), STR_ARG(fact_text(a, def, v)),
                                v->source.len ? " <- " : "", STR_ARG(v->source));
        }
}

static void put_answers(struct out *o, struct arena *a, struct str row) {
        struct evidence e;
        struct cpu_list cpus;
        struct diag d = { 0 };

        if (evidence_parse(&e, a, S("FILE"), str_fmt(a, "# sidelight evidence 1\n%.*s", STR_ARG(table_with_lines(a, row))), &d) < 0) {
                out_fmt(o, "%*srefused: %s\n", TABLE_INDENT, "", d.text);
                return;
        }
        cpu_list_read(&cpus, a, &catalog_builtin, &e);
        put_facts(o, a, &e, &cpus, 0);
        if (cpus.class_count > 1) {
                out_fmt(o, "%*s---- %u kinds of CPUs\n", TABLE_INDENT, "", (unsigned)cpus.class_count);
                put_facts(o, a, &e, &cpus, cpus.class_count - 1);
        }
}

static int should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return table_rows(o, text, put_answers);
}

static const struct table table = { SOURCE_ROOT "/tests/unit/answers.txt", 8, should_be };

static void test_answers(void **state) {
        (void)state;
        table_hold(&table);
}

static int near_should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return near_rows(o, text, table.path, 0, put_answers);
}

int main(int argc, char **argv) {
        static const struct table near = { SOURCE_ROOT "/tests/unit/answers-near.txt", 8, near_should_be };
        int ret;
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_answers) };

        if (near_main(argc, argv, &near, &ret))
                return ret;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("answers", tests, NULL, NULL);
}
