/* compiler: refusals.txt holds a small data folder, changes of one place of it, and what the compiler answers: the message with file
 * and line, or that it accepts the change. `test_refusals fix` writes the answers, for review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/compile.h"
#include "table.h"

enum { FILES_MAX = 40 };

struct folder {
        struct data_file files[FILES_MAX];
        ptrdiff_t count;
};

static struct str joined(struct arena *a, struct str s, ptrdiff_t at, ptrdiff_t gone, struct str put) {
        return str_fmt(a, "%.*s%.*s%.*s", STR_ARG(str_sub(s, 0, at)), STR_ARG(put), STR_ARG(str_from(s, at + gone)));
}

/* "FILE | WAS | IS", put into effect; the file's own text comes back when `undo` is called with it. */
static struct data_file *change(struct folder *f, struct arena *a, struct str row) {
        struct str path, was, is = row;
        ptrdiff_t at;

        if ((at = str_find(is, S(" | "))) < 0)
                fail_msg("no change: %.*s", STR_ARG(row));
        path = str_sub(is, 0, at);
        is = str_from(is, at + 3);
        at = str_find(is, S(" |"));
        was = table_with_lines(a, str_sub(is, 0, at));
        is = table_with_lines(a, str_from(is, at + 3));
        for (ptrdiff_t i = 0; i < f->count; i++) {
                struct data_file *file = &f->files[i];

                if (!str_eq(file->path, path))
                        continue;
                at = str_find(file->text, was);
                if (str_starts(was, S("(+) ")))
                        file->text = str_fmt(a, "%.*s%.*s\n", STR_ARG(file->text), STR_ARG(str_from(was, 4)));
                else if (at < 0)
                        fail_msg("%.*s does not hold: %.*s", STR_ARG(path), STR_ARG(was));
                else
                        file->text = joined(a, file->text, at, was.len, is);
                return file;
        }
        fail_msg("no file %.*s", STR_ARG(path));
        return NULL;
}

static struct str answer_to(struct folder *f, struct arena *a, struct str row) {
        struct data_file before[FILES_MAX];
        struct catalog c;
        struct diag d = { 0 };

        memcpy(before, f->files, sizeof(before));
        (void)change(f, a, row);
        if (catalog_compile(&c, a, f->files, f->count, &d) == 0)
                (void)snprintf(d.text, sizeof(d.text), "accepted");
        else
                assert_int_equal(d.class, DIAG_INPUT);
        memcpy(f->files, before, sizeof(before));
        return str_dup(a, str_of(d.text));
}

/* The files before the changes; `rest` then begins with the first change. */
static void read_folder(struct folder *f, struct str *rest, struct out *o) {
        struct str line;

        while (str_line(rest, &line)) {
                out_fmt(o, "%.*s\n", STR_ARG(line));
                if (str_starts(line, S("==== What is changed")))
                        return;
                if (str_starts(line, S("==== "))) {
                        assert_true(f->count < FILES_MAX);
                        f->files[f->count++] = (struct data_file){ .path = str_from(line, 5), .text = { .p = rest->p } };
                } else if (f->count > 0) {
                        struct data_file *last = &f->files[f->count - 1];

                        last->text.len = line.len ? line.p + line.len + 1 - last->text.p : last->text.len;
                }
        }
}

/* The table as it should be. */
static int should_be(struct out *o, struct arena *unused, struct str text) {
        struct folder f = { .count = 0 };
        struct str line;
        int changes = 0;

        (void)unused;
        read_folder(&f, &text, o);
        while (str_line(&text, &line)) {
                ARENA_AUTO struct arena a = { 0 };

                if (str_starts(line, S("        ")))
                        continue; /* an answer */
                out_fmt(o, "%.*s\n", STR_ARG(line));
                if (line.len == 0 || line.p[0] == '#')
                        continue;
                out_fmt(o, "%*s%.*s\n", TABLE_INDENT, "", STR_ARG(answer_to(&f, &a, line)));
                changes++;
        }
        return changes;
}

static const struct table table = { SOURCE_ROOT "/tests/unit/refusals.txt", 200, should_be };

static void test_refusals(void **state) {
        (void)state;
        table_hold(&table);
}

/* The folder itself is one that the compiler accepts. */
static void test_folder(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct folder f = { .count = 0 };
        struct str text = table_read(&a, table.path);
        struct catalog c;
        struct diag d = { 0 };

        (void)state;
        read_folder(&f, &text, &o);
        if (catalog_compile(&c, &a, f.files, f.count, &d) < 0)
                fail_msg("%s", d.text);
}

int main(int argc, char **argv) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_folder), cmocka_unit_test(test_refusals) };

        (void)argv;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("refusals", tests, NULL, NULL);
}
