/* whatif: comparisons.txt names two recorded machines a row, each followed by what differs: each piece of evidence with both values, and each
 * verdict with the pieces and the settings that turn it. `test_comparisons fix` writes it anew, for review.
 *
 *      MACHINE | MACHINE [| RECORDS that the second has besides] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/out.h"
#include "table.h"
#include "whatif/compare.h"

struct side {
        struct evidence e;
        struct verdict v;
};

static const struct verdict_options plain;

static void read_side(struct side *s, struct arena *a, struct str name, struct str besides) {
        struct str text = table_read(a, str_to_c(a, str_fmt(a, SOURCE_ROOT "/tests/hosts/machines/%.*s", STR_ARG(name))));
        struct diag d = { 0 };

        text = str_fmt(a, "%.*s%.*s", STR_ARG(text), STR_ARG(table_with_lines(a, besides)));
        if (evidence_parse(&s->e, a, name, text, &d) < 0)
                fail_msg("%s", d.text);
        verdict_judge(&s->v, a, &catalog_builtin, &s->e, &plain);
}

static struct str first_line(struct str text) {
        struct str line = S("");

        (void)str_line(&text, &line);
        return line;
}

static void put_comparison(struct out *o, struct arena *a, struct str row) {
        struct side *one = arena_new(a, struct side), *two = arena_new(a, struct side);
        struct str first = table_cell(&row), second = table_cell(&row);
        struct differences all;
        struct turns turns;

        read_side(one, a, first, S(""));
        read_side(two, a, second, str_trim(row));
        all = compare_evidence(a, &one->e, &two->e);
        for (ptrdiff_t i = 0; i < all.count; i++) {
                const struct difference *d = &all.items[i];

                out_fmt(o, "%*s%.*s: %.*s -> %.*s\n", TABLE_INDENT, "", STR_ARG(compare_name(a, d->a ? d->a : d->b)), STR_ARG(first_line(compare_value(a, d->a))),
                        STR_ARG(first_line(compare_value(a, d->b))));
        }
        turns = compare_verdicts(a, &one->v, &two->v, &all, &plain);
        for (ptrdiff_t i = 0; i < turns.count; i++) {
                const struct turn *t = &turns.items[i];

                out_fmt(o, "%*s%.*s: %.*s -> %.*s\n", TABLE_INDENT, "", STR_ARG(T(t->a->flaw->id)), STR_ARG(status_word(t->a->status)), STR_ARG(status_word(t->b->status)));
                for (ptrdiff_t k = 0; k < t->count; k++)
                        out_fmt(o, "%*sby %.*s\n", TABLE_INDENT + 4, "", STR_ARG(compare_name(a, t->items[k]->a ? t->items[k]->a : t->items[k]->b)));
                for (ptrdiff_t k = 0; k < t->settings.count; k++)
                        out_fmt(o, "%*ssetting: %.*s\n", TABLE_INDENT + 4, "", STR_ARG(t->settings.items[k].text));
        }
}

static int should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return table_rows(o, text, put_comparison);
}

static const struct table table = { SOURCE_ROOT "/tests/unit/comparisons.txt", 4, should_be };

static void test_comparisons(void **state) {
        (void)state;
        table_hold(&table);
}

int main(int argc, char **argv) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_comparisons) };

        (void)argv;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("comparisons", tests, NULL, NULL);
}
