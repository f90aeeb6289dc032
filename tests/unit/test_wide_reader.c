/* wide_reader: a file in UTF-16 comes as UTF-8, in whatever pieces it is read and asked for; any other as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/wide_reader.h"

struct source {
        struct str left;
        ptrdiff_t piece;
        bool fails; /* where it would end */
};

static ptrdiff_t read_source(void *arg, char *p, ptrdiff_t size, struct diag *d) {
        struct source *s = arg;
        ptrdiff_t n = size < s->piece ? size : s->piece;

        n = n < s->left.len ? n : s->left.len;
        if (n == 0 && s->fails)
                return diag_fail(d, "it broke");
        memcpy(p, s->left.p, (size_t)n);
        s->left = str_from(s->left, n);
        return n;
}

#define LETTERS(x) x x x x x x x x
#define TEXT "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"                       /* one, two, three and four bytes */
#define LITTLE "a\0\xe9\0\xac\x20\x3d\xd8\x00\xde"
#define BIG "\0a\0\xe9\x20\xac\xd8\x3d\xde\x00"

static const struct {
        struct str file, text;
} rows[] = {
        { STR(""), STR("") },
        { STR("x"), STR("x") },
        { STR("\xff"), STR("\xff") },
        { STR("plain " TEXT), STR("plain " TEXT) },
        { STR("\xff\xfe"), STR("") },
        { STR("\xff\xfe" LITTLE), STR(TEXT) },
        { STR("\xfe\xff" BIG), STR(TEXT) },
        { STR("\xff\xfe" LETTERS(LETTERS(LITTLE))), STR(LETTERS(LETTERS(TEXT))) },
        { STR("\xff\xfe" "a\0b"), STR("a\xef\xbf\xbd") },                             /* half a character */
        { STR("\xff\xfe" "\x3d\xd8"), STR("\xef\xbf\xbd") },                         /* half a pair */
        { STR("\xff\xfe" "\x3d\xd8" "a\0" "\x00\xde" "b\0"), STR("\xef\xbf\xbd" "a\xef\xbf\xbd" "b") },
};

static void read_all(struct str file, struct str text, ptrdiff_t piece, ptrdiff_t asked) {
        struct source s = { .left = file, .piece = piece };
        struct wide_reader w = { .read = read_source, .arg = &s };
        struct diag d = { 0 };
        char found[2048];
        ptrdiff_t count = 0, n;

        while ((n = wide_read(&w, found + count, asked, &d)) > 0)
                count += n;
        assert_int_equal(n, 0);
        if (!str_eq(str_n(found, count), text))
                fail_msg("pieces of %td, asked for %td: '%.*s', expected '%.*s'", piece, asked, (int)count, found, STR_ARG(text));
}

static void test_texts(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                for (ptrdiff_t piece = 1; piece < 8; piece++)
                        for (ptrdiff_t asked = 1; asked < 12; asked++)
                                read_all(rows[i].file, rows[i].text, piece, asked);
}

/* Longer than the reader's own piece, so that pairs fall on its end. */
static void test_long(void **state) {
        static char file[2 + 3 * 4 * WIDE_PIECE], text[3 * 4 * WIDE_PIECE], found[3 * 4 * WIDE_PIECE + 16];
        ptrdiff_t from = 2, to = 0, count = 0, n;
        struct wide_reader w = { 0 };
        struct diag d = { 0 };
        struct source s;

        (void)state;
        memcpy(file, "\xff\xfe", 2);
        memcpy(file + from, "x", 2);
        from += 2;
        text[to++] = 'x';
        while (from + 4 <= (ptrdiff_t)sizeof(file)) {
                memcpy(file + from, "\x3d\xd8\x00\xde", 4);
                memcpy(text + to, "\xf0\x9f\x98\x80", 4);
                from += 4;
                to += 4;
        }
        s = (struct source){ .left = str_n(file, from), .piece = WIDE_PIECE };
        w.read = read_source;
        w.arg = &s;
        while ((n = wide_read(&w, found + count, (ptrdiff_t)sizeof(found) - count, &d)) > 0)
                count += n;
        assert_int_equal(n, 0);
        assert_int_equal(count, to);
        assert_memory_equal(found, text, (size_t)to);
}

static void test_failures(void **state) {
        static const struct str files[] = { STR(""), STR("a"), STR("ab"), STR("\xff\xfe"), STR("\xff\xfe" "a\0") };

        (void)state;
        for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
                struct source s = { .left = files[i], .piece = 1, .fails = true };
                struct wide_reader w = { .read = read_source, .arg = &s };
                struct diag d = { 0 };
                char found[16];
                ptrdiff_t n;

                do
                        n = wide_read(&w, found, sizeof(found), &d);
                while (n > 0);
                assert_int_equal(n, -1);
                assert_true(d.text[0] != '\0');
        }
}

int main(void) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_texts), cmocka_unit_test(test_long), cmocka_unit_test(test_failures) };

        return cmocka_run_group_tests_name("wide reader", tests, NULL, NULL);
}
