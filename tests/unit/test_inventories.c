/* cloud: inventories.txt holds objects as clouds list them, a row each, and below each what is told of every resource in it.
 *
 * `test_inventories fix` writes what stands below, for review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "inventory_told.h"
#include "table.h"

static void put_text(struct out *o, const char *name, struct str value) {
        if (value.len > 0)
                out_fmt(o, " %s='%.*s'", name, STR_ARG(value));
}

/* All that a resource tells. */
static void put_resource(void *arg, const struct resource *r) {
        struct out *o = arg;
        struct str note = resource_note(r);

        out_fmt(o, "        %.*s %.*s %.*s", STR_ARG(resource_offering(r)), STR_ARG(resource_sure_word(r->sure)), STR_ARG(resource_os_word(r->os)));
        put_text(o, "by", r->os_because);
        put_text(o, "name", r->name);
        put_text(o, "id", r->id);
        put_text(o, "type", r->type);
        put_text(o, "at", r->location);
        put_text(o, "version", r->os_version);
        put_text(o, "size", r->size);
        put_text(o, "image", r->image);
        put_text(o, "cpu", r->cpu);
        put_text(o, "vendor", r->vendor);
        if (r->threads)
                out_fmt(o, " threads=%u%s", (unsigned)r->threads, r->threads_set ? " (set)" : "");
        put_text(o, "edition", r->edition);
        put_text(o, "patches", r->patches);
        put_text(o, "note", note);
        out_char(o, '\n');
}

static void put_inventory(struct out *o, struct arena *a, struct str row) {
        struct told t = { .input = row, .inv = { .resource = put_resource, .catalog = &catalog_builtin, .arg = o } };

        (void)a;
        if (inventory_read(&t.inv, "f.json", read_text, &t, &t.d) < 0)
                out_fmt(o, "        refused: %s\n", t.d.text);
        free_told(&t);
}

static int should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return table_rows(o, text, put_inventory);
}

static const struct table table = { SOURCE_ROOT "/tests/unit/inventories.txt", 100, should_be };

static void test_inventories(void **state) {
        (void)state;
        table_hold(&table);
}

int main(int argc, char **argv) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_inventories) };

        (void)argv;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("inventories", tests, NULL, NULL);
}
