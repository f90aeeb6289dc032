/* plan/edit: boots.txt holds what loaders read, and which entries are made of it.
 *
 *      grub | ENVIRONMENT, by ',' | grub.cfg        bls | ENVIRONMENT | files of loader/entries, as below
 *      extlinux | | extlinux.conf                   systemd | loader.conf | PATH\nTEXT\fPATH\nTEXT…
 *              [starts*] id 'title' kernel line: words
 *      version | | A B C …                           which of each pair is the newer one, as rpm has it and as systemd-boot has it
 *
 * "\n" stands for the end of a line. `test_boots fix` writes what comes of a row, for review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "edit_table.h"
#include "near.h"
#include "plan/edit/boot.h"

static void put_words(struct out *o, struct str words) {
        struct str line;

        for (int i = 0; str_cut(&words, '\n', &line); i++)
                out_fmt(o, "%s%.*s", i ? " / " : "", STR_ARG(line));
}

static void put_menu(struct out *o, const struct boot_menu *m) {
        for (ptrdiff_t i = 0; i < m->count; i++) {
                const struct boot_entry *e = &m->items[i];

                out_fmt(o, "        %s%s'%.*s' %.*s", i == m->starts ? "* " : "", e->parent >= 0 ? "> " : "", STR_ARG(e->title), STR_ARG(e->id));
                out_fmt(o, "%s%s%s", e->submenu ? " submenu" : "", e->rescue ? " rescue" : "", e->expands ? " expands" : "");
                out_fmt(o, " %.*s:%u %.*s: ", STR_ARG(e->path), e->line, STR_ARG(e->kernel));
                put_words(o, e->words);
                out_c(o, "|\n");
        }
        if (m->doubt.len || m->once)
                out_fmt(o, "        doubt: %.*s%s\n", STR_ARG(m->doubt), m->once ? " (once)" : "");
        for (ptrdiff_t i = 0; i < m->reads.count; i++)
                out_fmt(o, "        reads %.*s:%u\n", STR_ARG(m->reads.items[i].path), m->reads.items[i].line);
}

static struct str environment(struct arena *a, struct str settings) {
        struct str text = S("# GRUB Environment Block\n"), one;
        char *bytes = arena_bytes(a, 1024);

        if (settings.len == 0)
                return (struct str){ 0 };
        while (str_cut(&settings, ',', &one))
                text = str_fmt(a, "%.*s%.*s\n", STR_ARG(text), STR_ARG(str_trim(one)));
        memset(bytes, '#', 1024);
        memcpy(bytes, text.p, (size_t)text.len);
        return str_n(bytes, 1024);
}

static void put_versions(struct out *o, struct str list) {
        for (int rpm = 0; rpm < 2; rpm++) {
                struct str rest = list, first, second;

                while (str_word(&rest, &first)) {
                        struct str others = list;

                        out_fmt(o, "        %s %.*s:", rpm ? "rpm" : "systemd", STR_ARG(first));
                        while (str_word(&others, &second)) {
                                int order = boot_version_order(first, second, rpm);

                                assert_int_equal(order < 0, boot_version_order(second, first, rpm) > 0);
                                out_fmt(o, " %c", order < 0 ? '<' : order > 0 ? '>' : '=');
                        }
                        out_char(o, '\n');
                }
        }
}

static void put_row(struct out *o, struct arena *a, struct str row) {
        struct str loader = table_cell(&row), settings = table_cell(&row), text = str_from(row, 1);
        struct text_file config = { .path = S("f"), .text = table_with_lines(a, text) };
        struct loader_variables v = { 0 };
        struct boot_menu m = { 0 };

        if (str_eq(loader, S("version"))) {
                put_versions(o, text);
                return;
        }
        if (str_eq(loader, S("grub"))) {
                m = boot_grub(a, config, environment(a, settings), (struct text_files){ 0 });
        } else if (str_eq(loader, S("bls"))) {
                config.text = S("blscfg\n");
                m = boot_grub(a, config, environment(a, settings), files_in(a, text));
        } else if (str_eq(loader, S("extlinux"))) {
                m = boot_extlinux(a, config);
        } else {
                assert_true(str_eq(loader, S("systemd")));
                m = boot_systemd(a, table_with_lines(a, settings), files_in(a, text), &v);
        }
        put_menu(o, &m);
}

static int should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return table_rows(o, text, put_row);
}

static const struct table table = { SOURCE_ROOT "/tests/unit/boots.txt", 60, should_be };

static void test_boots(void **state) {
        (void)state;
        table_hold(&table);
}

/* Blocks and conditions in one another: some are read, and very many are told as doubt. */
static void test_nested(void **state) {
        static const struct {
                const char *open, *close;
        } ways[] = { { "submenu s {\n", "}\n" }, { "if [ a = a ]; then\n", "fi\n" }, { "function f {\n", "}\n" } };

        (void)state;
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
                for (int depth = 60; depth <= 66; depth++) {
                        ARENA_AUTO struct arena a = { 0 };
                        OUT_AUTO struct out o = { 0 };
                        struct text_file config = { .path = S("f") };
                        struct boot_menu m;

                        for (int k = 0; k < depth; k++)
                                out_c(&o, ways[i].open);
                        out_c(&o, "menuentry e {\nlinux /vmlinuz ro\n}\n");
                        for (int k = 0; k < depth; k++)
                                out_c(&o, ways[i].close);
                        config.text = out_text(&o);
                        m = boot_grub(&a, config, (struct str){ 0 }, (struct text_files){ 0 });
                        if (i < 2) /* the entry is one more block */
                                assert_int_equal(m.doubt.len > 0, depth > (i == 0 ? 63 : 64));
                        if (i < 2 && depth < 64)
                                assert_true(m.starts == m.count - 1 && str_eq(m.items[m.starts].words, S("ro")));
                }
}

static int near_should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return near_rows(o, text, table.path, 2, put_row);
}

int main(int argc, char **argv) {
        static const struct table near = { SOURCE_ROOT "/tests/unit/boots-near.txt", 60, near_should_be };
        int ret;
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_boots), cmocka_unit_test(test_nested) };

        if (near_main(argc, argv, &near, &ret))
                return ret;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("boots", tests, NULL, NULL);
}
