/* import: properties.txt holds properties of Microsoft's module, alone and several at once, and what follows of Windows' answers:
 *
 *      NAME VALUE [, NAME VALUE]…
 *              201 00000001/00000003 00000000/00000000
 *
 * the class, and of each word the bits that are set / the bits that are known; or "not supported"; or a fact of the Win32 API.
 * `test_properties fix` writes what follows, for review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "collect/import/parts.h"
#include "table.h"

enum { PROPERTIES_MAX = 8 };

static void put_record(struct out *o, const struct record *r) {
        if (r->kind == RECORD_NT && r->state == FACT_KNOWN)
                out_fmt(o, "        %u %08x/%08x %08x/%08x\n", r->leaf, r->words[0] & r->known[0], r->known[0], r->words[1] & r->known[1], r->known[1]);
        else if (r->kind == RECORD_NT)
                out_fmt(o, "        %u not supported\n", r->leaf);
        else if (r->kind == RECORD_WIN32 && !str_eq(r->key, S("source")))
                out_fmt(o, "        %.*s %.*s\n", STR_ARG(r->key), STR_ARG(r->text));
}

static void put_answers(struct out *o, struct arena *a, struct str row) {
        struct import_property items[PROPERTIES_MAX];
        ptrdiff_t count = 0;
        struct evidence e;
        struct str piece;

        while (str_cut(&row, ',', &piece)) {
                assert_true(count < PROPERTIES_MAX && str_word(&piece, &items[count].name));
                items[count++].value = str_trim(piece);
        }
        evidence_init(&e, a, S("x"));
        import_properties(&e, &catalog_builtin, items, count);
        for (ptrdiff_t i = 0; i < e.count; i++)
                put_record(o, &e.items[i]);
}

static int should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return table_rows(o, text, put_answers);
}

static const struct table table = { SOURCE_ROOT "/tests/unit/properties.txt", 90, should_be };

static void test_answers(void **state) {
        (void)state;
        table_hold(&table);
}

/* Each property of the catalog stands in the table. */
static void test_complete(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = table_read(&a, table.path);

        (void)state;
        for (uint32_t i = 0; i < catalog_builtin.property_count; i++)
                if (str_find(text, str_fmt(&a, "\n%.*s ", STR_ARG(T(catalog_builtin.properties[i].name)))) < 0)
                        fail_msg("%s lacks %.*s", table.path, STR_ARG(T(catalog_builtin.properties[i].name)));
}

int main(int argc, char **argv) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_answers), cmocka_unit_test(test_complete) };

        (void)argv;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("properties", tests, NULL, NULL);
}
