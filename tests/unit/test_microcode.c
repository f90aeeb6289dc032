/* microcode: the tables of revisions are those of the kernel's sources (microcode.txt), row by row; and AMD's rows, of whichever table,
 * are of the processor that their revision names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "table.h"

static const char path[] = SOURCE_ROOT "/tests/unit/microcode.txt";

static const struct microcode_table *named(struct str name) {
        for (uint32_t i = 0; i < catalog_builtin.table_count; i++)
                if (str_eq(T(catalog_builtin.tables[i].name), name))
                        return &catalog_builtin.tables[i];
        fail_msg("%s: no table is called '%.*s'", path, STR_ARG(name));
        return NULL;
}

/* Leaf 1 EAX, from the manuals' description of it. */
static uint32_t signature(uint32_t family, uint32_t model, uint32_t stepping) {
        uint32_t base = family > 15 ? 15 : family;

        return (family - base) << 20 | (model >> 4) << 16 | base << 8 | (model & 15) << 4 | stepping;
}

static uint32_t cut_number(struct str *rest, char end) {
        struct str piece = { 0 };

        (void)str_cut(rest, end, &piece);
        return table_hexadecimal(piece);
}

static void hold_row(const struct microcode_table *t, struct str row) {
        struct str rest = row;
        uint32_t family = cut_number(&rest, '-'), model = cut_number(&rest, '-'), stepping = cut_number(&rest, ' ');
        uint32_t revision = cut_number(&rest, ' '), found = 0;

        if (!catalog_microcode(t, signature(family, model, stepping), -1, &found))
                fail_msg("%.*s lacks %.*s", STR_ARG(T(t->name)), STR_ARG(row));
        if (found != revision)
                fail_msg("%.*s holds %x, not %.*s", STR_ARG(T(t->name)), found, STR_ARG(row));
}

static void test_kernel(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = table_read(&a, path), line, name;
        const struct microcode_table *t = NULL;
        uint32_t count = 0, all = 0;

        (void)state;
        while (str_line(&text, &line)) {
                if (str_empty(line) || line.p[0] == '#')
                        continue;
                assert_true(str_cut(&line, ' ', &name));
                if (!t || !str_eq(T(t->name), name)) {
                        assert_true(!t || count == t->count);
                        t = named(name);
                        count = 0;
                }
                hold_row(t, line);
                count++;
                all++;
        }
        assert_true(t && count == t->count && all > 90);
}

/* From Zen on, AMD's revisions are family and model (as leaf 1 has them), stepping, and a number. */
static void test_amd(void **state) {
        const struct microcode_table *newest = named(S("amd-newest"));
        uint32_t count = 0;

        (void)state;
        for (uint32_t i = 0; i < catalog_builtin.table_count; i++) {
                const struct microcode_table *t = &catalog_builtin.tables[i];

                for (uint32_t k = 0; k < t->count; k++) {
                        const struct microcode_row *r = &t->rows[k];
                        uint32_t family = 15 + (r->revision >> 24), model = (r->revision >> 16 & 0xf0) | (r->revision >> 12 & 15), last;

                        if ((r->signature >> 20) < 8)
                                continue; /* another maker's, or older */
                        if (r->signature != signature(family, model, r->revision >> 8 & 15))
                                fail_msg("%.*s: %x has no revision %x", STR_ARG(T(t->name)), r->signature, r->revision);
                        if (str_eq(T(t->name), S("amd")) && catalog_microcode(newest, r->signature, -1, &last) && last < r->revision)
                                fail_msg("%x: the newest is older than %x", r->signature, r->revision);
                        count++;
                }
        }
        assert_true(count > 100);
}

int main(void) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_kernel), cmocka_unit_test(test_amd) };

        return cmocka_run_group_tests_name("microcode", tests, NULL, NULL);
}
