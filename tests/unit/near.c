/* Inputs changed in small ways (near.h). */
#include "near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/sha256.h"

enum { LINES_MAX = 48, WORDS_MAX = 12, CHARACTERS_MAX = 200, DIGITS = 16, NAME_MAX_SHOWN = 60 };

const char *near_shown;

/* One text and all that is made of it. */
struct near {
        struct sha256 digest;
        struct arena *a;
        struct str text, front; /* what stays as it is; for rows, else NULL */
        near_put *put;
        bool shown;
};

/* A row again: its line ends are written out. */
static struct str row_of(struct arena *a, struct str front, struct str text) {
        OUT_AUTO struct out o = { 0 };

        out_str(&o, front);
        for (ptrdiff_t i = 0; i < text.len; i++)
                if (text.p[i] == '\n')
                        out_c(&o, "\\n");
                else
                        out_char(&o, text.p[i]);
        return str_dup(a, out_text(&o));
}

static void tell(struct near *n, struct str text) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };

        /* Copied, so that nothing is behind it. */
        n->put(&o, &a, n->front.p ? row_of(&a, n->front, text) : text.len > 0 ? str_dup(&a, text) : S(""));
        sha256_add(&n->digest, out_text(&o));
        if (n->shown)
                printf("<<<<\n%.*s\n====\n%.*s", STR_ARG(text), STR_ARG(out_text(&o)));
}

/* The text with something in place of one of its pieces. */
static void tell_with(struct near *n, struct str piece, struct str by) {
        ptrdiff_t at = piece.p - n->text.p;

        tell(n, str_cat(n->a, str_cat(n->a, str_sub(n->text, 0, at), by), str_from(n->text, at + piece.len)));
}

static struct str capitals(struct arena *a, struct str s) {
        char *p = arena_bytes(a, s.len + 1);

        for (ptrdiff_t i = 0; i < s.len; i++)
                p[i] = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A') : s.p[i];
        return str_n(p, s.len);
}

static void change_words(struct near *n, struct str line) {
        struct str rest = line, word;

        for (int i = 0; i < WORDS_MAX && str_word(&rest, &word); i++) {
                tell_with(n, word, S(""));
                tell_with(n, word, str_sub(word, 0, word.len - 1));
                tell_with(n, word, str_cat(n->a, word, S("1")));
                tell_with(n, word, capitals(n->a, word));
        }
}

static struct str with_returns(struct arena *a, struct str text) {
        OUT_AUTO struct out o = { 0 };
        struct str line;

        while (str_cut(&text, '\n', &line))
                out_fmt(&o, "%.*s\r\n", STR_ARG(line));
        return str_dup(a, out_text(&o));
}

static void change_lines(struct near *n) {
        struct str rest = n->text, line;

        tell(n, n->text);
        tell(n, with_returns(n->a, n->text));
        for (int i = 0; i < LINES_MAX && str_cut(&rest, '\n', &line); i++) {
                struct str before = str_n(n->text.p, line.p - n->text.p), from = str_from(n->text, before.len);

                tell(n, before);
                tell(n, from);
                tell(n, str_cat(n->a, before, str_from(from, line.len + 1)));
                tell_with(n, line, str_fmt(n->a, "%.*s\n%.*s", STR_ARG(line), STR_ARG(line)));
                change_words(n, line);
        }
}

static void add(struct out *o, struct str name, struct str front, struct str text, bool characters, near_put *put) {
        ARENA_AUTO struct arena a = { 0 };
        struct near n = { .a = &a, .text = text, .front = front, .put = put, .shown = near_shown && str_find(name, str_of(near_shown)) >= 0 };
        char digest[65];

        if (near_shown && !n.shown)
                return;
        sha256_init(&n.digest);
        change_lines(&n);
        for (ptrdiff_t i = 0; characters && i < text.len && i < CHARACTERS_MAX; i++)
                tell_with(&n, str_sub(text, i, 1), S(""));
        sha256_hex(&n.digest, digest);
        out_fmt(o, "%.*s %.*s\n", DIGITS, digest, STR_ARG(name));
}

void near_add(struct out *o, struct str name, struct str text, bool characters, near_put *put) {
        add(o, name, (struct str){ 0 }, text, characters, put);
}

int near_rows(struct out *o, struct str text, const char *rows_path, int columns, near_put *put) {
        ARENA_AUTO struct arena a = { 0 };
        struct str rows = table_read(&a, rows_path), line;
        int count = 0;

        while (str_line(&text, &line) && str_starts(line, S("#")))
                out_fmt(o, "%.*s\n", STR_ARG(line));
        while (str_line(&rows, &line)) {
                struct str rest = line, cell;

                if (line.len == 0 || str_starts(line, S("# ")) || str_starts(line, S("        ")) || str_starts(line, S("> ")))
                        continue;
                for (int i = 0; i < columns; i++)
                        (void)str_cut(&rest, '|', &cell);
                rest = rest.p ? rest : S("");
                add(o, str_sub(line, 0, line.len < NAME_MAX_SHOWN ? line.len : NAME_MAX_SHOWN), str_sub(line, 0, line.len - rest.len),
                    table_with_lines(&a, rest), true, put);
                count++;
        }
        return count;
}

static void test_near(void **state) {
        table_hold(*state);
}

bool near_main(int argc, char **argv, const struct table *table, int *ret) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct table copy = *table;
        const struct CMUnitTest tests[] = { cmocka_unit_test_prestate(test_near, &copy) };

        if (argc < 2)
                return false;
        if (strcmp(argv[1], "near") == 0)
                *ret = cmocka_run_group_tests_name("near", tests, NULL, NULL);
        else if (strcmp(argv[1], "fix-near") == 0)
                *ret = table_fix(table);
        else if (strcmp(argv[1], "show") == 0 && (near_shown = argv[argc - 1]) != NULL)
                *ret = table->should_be(&o, &a, S("")) == 0;
        else
                return false;
        return true;
}
