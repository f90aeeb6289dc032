/* plan/edit: edits.txt holds files and changes of them, and what each becomes.
 *
 *      EDITOR | CHANGES | FILE
 *              [the file], where it changes
 *              = where it stays; ! LINE: REASON where it is refused
 *
 * "\n" stands for the end of a line. An editor of several files takes "PATH\nTEXT\f" for each. `test_edits fix` writes what comes of a
 * row, for review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "edit_changes.h"
#include "edit_table.h"
#include "near.h"
#include "plan/edit/udiff.h"

static struct edited line_file(struct arena *a, struct str text, const struct word_changes *c, int kind) {
        return edit_line_file(a, text, (enum line_file)kind, c);
}

static struct edited entry(struct arena *a, struct str text, const struct word_changes *c, int reader) {
        return edit_entry(a, text, (enum entry_reader)reader, c);
}

#define PLAIN(name)                                                                                                         \
        static struct edited name(struct arena *a, struct str text, const struct word_changes *c, int unused) {             \
                (void)unused;                                                                                               \
                return edit_##name(a, text, c);                                                                             \
        }
PLAIN(extlinux)
PLAIN(refind_linux)
PLAIN(mariner)
PLAIN(kernelstub)
PLAIN(bootc_kargs)

static struct edited tuned(struct arena *a, struct str text, const struct word_changes *c, int unused) {
        (void)unused;
        return look_at_tuned(a, text, c);
}

static const struct editor {
        const char *name;
        struct edited (*edit)(struct arena *a, struct str text, const struct word_changes *c, int kind);
        int kind;
} editors[] = {
        { "kernel-install", line_file, LINE_FILE_KERNEL_INSTALL }, { "mkinitcpio", line_file, LINE_FILE_MKINITCPIO },
        { "first-line", line_file, LINE_FILE_FIRST_LINE },         { "systemd-boot", entry, ENTRY_SYSTEMD_BOOT },
        { "grub-entry", entry, ENTRY_GRUB },                       { "extlinux", extlinux, 0 },
        { "refind", refind_linux, 0 },                             { "mariner", mariner, 0 },
        { "kernelstub", kernelstub, 0 },                           { "tuned", tuned, 0 },
        { "kargs", bootc_kargs, 0 },
};

static const struct {
        const char *name;
        enum variable_file kind;
} variables[] = {
        { "grub", VARIABLE_FILE_GRUB },                       { "grub-xen", VARIABLE_FILE_GRUB_XEN },
        { "update-extlinux", VARIABLE_FILE_UPDATE_EXTLINUX }, { "u-boot-menu", VARIABLE_FILE_U_BOOT_MENU },
        { "flash-kernel", VARIABLE_FILE_FLASH_KERNEL },       { "dracut", VARIABLE_FILE_DRACUT },
};

static void put_text(struct out *o, struct str text) {
        out_char(o, '[');
        for (ptrdiff_t i = 0; i < text.len; i++)
                if (text.p[i] == '\n')
                        out_c(o, "\\n");
                else
                        out_char(o, text.p[i]);
        out_c(o, "]\n");
}

static void put_edited(struct out *o, const struct edited *e) {
        out_fmt(o, "%*s", TABLE_INDENT, "");
        if (e->outcome == EDITED_REFUSED)
                out_fmt(o, "! %u: %.*s\n", e->line, STR_ARG(e->reason));
        else if (e->outcome == EDITED_SAME)
                out_c(o, "=\n");
        else
                put_text(o, e->text);
}

static void put_files(struct out *o, const struct edited_files *e) {
        if (e->outcome == EDITED_REFUSED)
                out_fmt(o, "        ! %.*s:%u: %.*s\n", STR_ARG(e->path), e->line, STR_ARG(e->reason));
        else if (e->outcome == EDITED_SAME)
                out_c(o, "        =\n");
        for (ptrdiff_t i = 0; i < e->count; i++) {
                out_fmt(o, "        %.*s: ", STR_ARG(e->items[i].path));
                put_text(o, e->items[i].text);
        }
        for (ptrdiff_t i = 0; i < e->remarks.count; i++)
                out_fmt(o, "        remark %.*s:%u: %.*s\n", STR_ARG(e->remarks.items[i].path), e->remarks.items[i].line,
                        STR_ARG(e->remarks.items[i].text));
}

/* "MODULE.PARAMETER=VALUE", or without a value to take it out. */
static void put_module(struct out *o, struct arena *a, struct str change, struct text_files files) {
        ptrdiff_t n = str_find_char(change, '='), dot = str_find_char(change, '.');
        struct str module = str_sub(change, 0, dot), name = str_sub(change, dot + 1, (n < 0 ? change.len : n) - dot - 1);
        struct setting is = module_option(a, files, module, name);
        struct edited_files e = edit_module_option(a, files, module, name, n < 0 ? (struct str){ 0 } : str_from(change, n + 1),
                                                   S("/etc/modprobe.d/zz-own.conf"));

        if (is.set)
                out_fmt(o, "        is '%.*s' by %.*s:%u\n", STR_ARG(is.value), STR_ARG(is.path), is.line);
        put_files(o, &e);
}

static void put_sysctl(struct out *o, struct arena *a, struct str change, struct text_files files) {
        ptrdiff_t n = str_find_char(change, '=');
        struct str key = str_sub(change, 0, n);
        struct edited_files e;

        for (int reader = SYSCTL_SYSTEMD; reader <= SYSCTL_PROCPS; reader++) {
                struct setting is = sysctl_at_start(a, files, (enum sysctl_reader)reader, key);

                if (is.set)
                        out_fmt(o, "        %s: is '%.*s' by %.*s:%u\n", reader == SYSCTL_SYSTEMD ? "systemd" : "procps", STR_ARG(is.value),
                                STR_ARG(is.path), is.line);
        }
        e = edit_sysctl(a, files, key, str_from(change, n + 1), S("/etc/sysctl.d/zz-own.conf"));
        put_files(o, &e);
}

static bool put_variables(struct out *o, struct arena *a, struct str name, struct str changes, struct text_files files) {
        struct word_changes c = changes_of(a, str_to_c(a, changes));

        for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
                if (str_eq(name, str_of(variables[i].name))) {
                        struct edited_files e = edit_variables(a, files, variables[i].kind, &c);

                        put_files(o, &e);
                        return true;
                }
        return false;
}

static void put_change(struct out *o, struct arena *a, struct str row) {
        struct str name = table_cell(&row), changes = table_cell(&row), file = str_from(row, 1);
        struct word_changes c;

        if (str_eq(name, S("modprobe"))) {
                put_module(o, a, changes, files_in(a, file));
                return;
        }
        if (str_eq(name, S("sysctl"))) {
                put_sysctl(o, a, changes, files_in(a, file));
                return;
        }
        if (put_variables(o, a, name, changes, str_find(file, S("\\n")) < 0 ? (struct text_files){ 0 } : files_in(a, file)))
                return;
        c = changes_of(a, str_to_c(a, changes));
        for (size_t i = 0; i < sizeof(editors) / sizeof(editors[0]); i++)
                if (str_eq(name, str_of(editors[i].name))) {
                        struct edited e = editors[i].edit(a, table_with_lines(a, file), &c, editors[i].kind);

                        put_edited(o, &e);
                        return;
                }
        fail_msg("no editor is called '%.*s'", STR_ARG(name));
}

static int should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return table_rows(o, text, put_change);
}

static const struct table table = { SOURCE_ROOT "/tests/unit/edits.txt", 100, should_be };

static void test_edits(void **state) {
        (void)state;
        table_hold(&table);
}

/* ---- Diffs: what they say, carried out by a reader of their own ---- */

static struct str next_line(struct str *rest) {
        ptrdiff_t n = str_find_char(*rest, '\n');
        struct str line = str_sub(*rest, 0, n < 0 ? rest->len : n + 1);

        *rest = str_from(*rest, line.len);
        return line;
}

static long number_at(struct str line, const char *mark, long *ret_count) {
        char text[64];
        char *p, *end;
        long n;

        (void)snprintf(text, sizeof(text), "%.*s", STR_ARG(line));
        p = strstr(text, mark);
        assert_non_null(p);
        n = strtol(p + 2, &end, 10);
        *ret_count = *end == ',' ? strtol(end + 1, &end, 10) : 1;
        return n;
}

/* One hunk: its lines agree with its numbers, its context with the old text, and it is at most three lines wider than what differs. */
static void carry_hunk(struct out *made, struct str *old, long *at, struct str head, struct str *diff) {
        long old_count, new_count, from = number_at(head, " -", &old_count), edge = 0;
        bool changed = false;

        (void)number_at(head, " +", &new_count);
        for (from += old_count == 0; *at < from; ++*at)
                out_str(made, next_line(old));
        while (old_count > 0 || new_count > 0) {
                struct str line = next_line(diff), text = str_from(line, 1);

                assert_true(line.len > 0);
                if (str_starts(*diff, S("\\ No newline"))) {
                        (void)next_line(diff);
                        text.len--;
                }
                edge = line.p[0] == ' ' ? edge + 1 : 0;
                assert_true(edge <= (changed ? 6 : 3));
                changed |= line.p[0] != ' ';
                if (line.p[0] != '+') {
                        assert_true(str_eq(next_line(old), text));
                        old_count--;
                        ++*at;
                }
                if (line.p[0] != '-') {
                        out_str(made, text);
                        new_count--;
                }
        }
        assert_true(changed && edge <= 3 && old_count == 0 && new_count == 0);
}

/* The new text, made of the old one and the diff; how many lines it takes away and adds. */
static void carry(struct out *made, struct str old, struct str diff, long *ret_changes) {
        struct str rest = diff, line;
        long at = 1;

        *ret_changes = 0;
        if (diff.len > 0) {
                assert_true(str_starts(next_line(&rest), S("--- ")));
                assert_true(str_starts(next_line(&rest), S("+++ ")));
        }
        for (struct str all = rest; all.len > 0;) {
                line = next_line(&all);
                *ret_changes += line.p[0] == '+' || line.p[0] == '-';
        }
        while (rest.len > 0)
                carry_hunk(made, &old, &at, next_line(&rest), &rest);
        out_str(made, old);
}

/* The lines that two texts of one letter a line share at most, in order. */
static long shared(const char *x, const char *y) {
        long best[9][9] = { 0 };

        for (size_t i = 0; x[i]; i++)
                for (size_t k = 0; y[k]; k++) {
                        long longer = best[i][k + 1] > best[i + 1][k] ? best[i][k + 1] : best[i + 1][k];

                        best[i + 1][k + 1] = x[i] == y[k] ? best[i][k] + 1 : longer;
                }
        return best[strlen(x)][strlen(y)];
}

static void lines_of(struct out *o, const char *letters, bool ended) {
        for (; *letters; letters++)
                out_fmt(o, "%c%s", *letters, letters[1] || ended ? "\n" : "");
}

/* Number n as letters: every text of up to `most` lines of three letters. */
static bool letters_of(char *ret, unsigned n, unsigned most) {
        unsigned len = 0;

        for (; n > 0; n /= 4) {
                if (n % 4 == 0 || len == most)
                        return false;
                ret[len++] = (char)('a' + n % 4 - 1);
        }
        ret[len] = '\0';
        return true;
}

/* Every pair of short texts: the diff makes one of the other, and holds no line more than it must. */
static void test_diffs(void **state) {
        char x[8], y[8];

        (void)state;
        for (unsigned i = 0; i < 1 << 8; i++)
                for (unsigned k = 0; k < 1 << 10; k++) {
                        OUT_AUTO struct out old = { 0 }, new = { 0 }, diff = { 0 }, made = { 0 };
                        struct udiff_file file = { .path = S("x") };
                        long changes;

                        if (!letters_of(x, i, 5) || !letters_of(y, k, 5) || !x[0] || !y[0])
                                continue;
                        lines_of(&old, x, true);
                        lines_of(&new, y, true);
                        file.old = out_text(&old);
                        file.new = out_text(&new);
                        udiff(&diff, &file);
                        carry(&made, file.old, out_text(&diff), &changes);
                        if (!str_eq(out_text(&made), file.new) || changes != (long)strlen(x) + (long)strlen(y) - 2 * shared(x, y))
                                fail_msg("%s to %s: %.*s", x, y, STR_ARG(out_text(&diff)));
                }
}

/* Longer texts: changes that are 1 to 12 lines apart share a hunk or do not, at either end and without a last line feed. */
static void test_distances(void **state) {
        (void)state;
        for (int before = 0; before < 5; before++)
                for (int between = 0; between < 12; between++)
                        for (int end = 0; end < 10; end++) {
                                OUT_AUTO struct out old = { 0 }, new = { 0 }, diff = { 0 }, made = { 0 };
                                struct udiff_file file = { .path = S("x") };
                                int hunks = 0, lines = before + 1 + between + 1 + end / 2;
                                long changes;
                                struct str rest;

                                for (int i = 0; i < lines; i++) {
                                        const char *feed = i + 1 == lines && end % 2 ? "" : "\n";
                                        bool differs = i == before || i == before + 1 + between;

                                        out_fmt(&old, "%d%s", i, feed);
                                        out_fmt(&new, "%d%s%s", i, differs ? "x" : "", feed);
                                }
                                file.old = out_text(&old);
                                file.new = out_text(&new);
                                udiff(&diff, &file);
                                carry(&made, file.old, out_text(&diff), &changes);
                                assert_true(str_eq(out_text(&made), file.new));
                                assert_int_equal(changes, 4);
                                for (rest = out_text(&diff); rest.len > 0;)
                                        hunks += str_starts(next_line(&rest), S("@@ "));
                                assert_int_equal(hunks, between > 6 ? 2 : 1);
                        }
}

/* Beyond what is worth a search, in front of and behind what is the same. */
static void test_many_differences(void **state) {
        (void)state;
        for (int lines = 990; lines <= 1010; lines += 10) {
                OUT_AUTO struct out old = { 0 }, new = { 0 }, diff = { 0 }, made = { 0 };
                struct udiff_file file = { .path = S("x") };
                long changes;

                out_c(&old, "first\n");
                out_c(&new, "first\n");
                for (int i = 0; i < lines; i++) {
                        out_fmt(&old, "%d\n", i);
                        out_fmt(&new, "%d x\n", i);
                        if (i == lines / 2) {
                                out_c(&old, "same\n");
                                out_c(&new, "same\n");
                        }
                }
                out_c(&old, "last\n");
                out_c(&new, "last\n");
                file.old = out_text(&old);
                file.new = out_text(&new);
                udiff(&diff, &file);
                carry(&made, file.old, out_text(&diff), &changes);
                assert_true(str_eq(out_text(&made), file.new));
                assert_int_equal(changes, 2 * lines + (lines > 1000 ? 2 : 0));
        }
}

/* Names: plain, with blanks, and what git writes in quotes. */
static void test_names(void **state) {
        static const struct {
                const char *path, *written;
        } rows[] = {
                { "etc/x", "a/etc/x" }, { "/etc/x", "a/etc/x" }, { "//x", "a/x" }, { "etc/a b", "a/etc/a b\t" }, { "a\"b", "\"a/a\\\"b\"" },
                { "a\\b", "\"a/a\\\\b\"" }, { "a\tb", "\"a/a\\011b\"" }, { "a\x1f", "\"a/a\\037\"" }, { "a\x7f", "\"a/a\\177\"" },
                { "\xc3\xa9", "\"a/\\303\\251\"" }, { "~", "a/~" }, { "a\x80", "\"a/a\\200\"" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                OUT_AUTO struct out diff = { 0 };
                struct udiff_file file = { .path = str_of(rows[i].path), .old = S("x\n"), .new = S("y\n") };
                struct str rest, line;

                udiff(&diff, &file);
                rest = out_text(&diff);
                line = next_line(&rest);
                if (!str_starts(line, S("--- ")) || !str_eq(str_sub(line, 4, line.len - 5), str_of(rows[i].written)))
                        fail_msg("%s is written %.*s", rows[i].path, STR_ARG(line));
        }
}

/* A file that is made, or taken away, is /dev/null on the other side; an empty one has nothing but git's head. */
static void test_made_and_removed(void **state) {
        static const struct {
                const char *old, *new, *diff;
        } rows[] = {
                { NULL, "y\n", "--- /dev/null\n+++ b/etc/x\n@@ -0,0 +1 @@\n+y\n" },
                { "x\n", NULL, "--- a/etc/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n" },
                { "x\n", "y\n", "--- a/etc/x\n+++ b/etc/x\n@@ -1 +1 @@\n-x\n+y\n" },
                { NULL, "", "diff --git a/etc/x b/etc/x\nnew file mode 100644\n" },
                { "", NULL, "diff --git a/etc/x b/etc/x\ndeleted file mode 100644\n" },
                { "", "", "" },
                { "x\n", "x\n", "" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                OUT_AUTO struct out diff = { 0 };
                struct udiff_file file = { .path = S("/etc/x") };

                if (rows[i].old)
                        file.old = str_of(rows[i].old);
                if (rows[i].new)
                        file.new = str_of(rows[i].new);
                udiff(&diff, &file);
                if (!str_eq(out_text(&diff), str_of(rows[i].diff)))
                        fail_msg("row %zu: %.*s", i, STR_ARG(out_text(&diff)));
        }
}

static int near_should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return near_rows(o, text, table.path, 2, put_change);
}

int main(int argc, char **argv) {
        static const struct table near = { SOURCE_ROOT "/tests/unit/edits-near.txt", 60, near_should_be };
        int ret;
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_edits), cmocka_unit_test(test_diffs), cmocka_unit_test(test_distances),
                                            cmocka_unit_test(test_many_differences), cmocka_unit_test(test_names),
                                            cmocka_unit_test(test_made_and_removed) };

        if (near_main(argc, argv, &near, &ret))
                return ret;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("edits", tests, NULL, NULL);
}
