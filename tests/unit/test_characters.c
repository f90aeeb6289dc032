/* base: every character there is, in UTF-8, UTF-16, JSON and XML, and the edges of what texts and numbers may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/json_value.h"
#include "base/out.h"
#include "base/plain.h"
#include "base/utf16.h"
#include "base/version.h"
#include "base/xml.h"

enum { CHARACTERS = 0x110000 };

/* By the table of RFC 3629, whether or not it is a character. */
static struct str encode(uint32_t c, char to[4]) {
        int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

        for (int i = n - 1; i > 0; i--, c /= 64)
                to[i] = (char)(0x80 + c % 64);
        to[0] = (char)(first[n] + c);
        return str_n(to, n);
}

static bool is_surrogate(uint32_t c) {
        return c / 0x800 == 0xd800 / 0x800;
}

static void test_utf8(void **state) {
        char bytes[4];

        (void)state;
        for (uint32_t c = 0; c < 0x140000; c++) {
                struct str s = encode(c, bytes);
                bool good = c < CHARACTERS && !is_surrogate(c);
                uint32_t found = 0;

                if (utf8_at(s.p, s.len, &found) != (good ? s.len : 0) || (good && found != c))
                        fail_msg("U+%04x: %x", (unsigned)c, (unsigned)found);
                for (ptrdiff_t n = 1; n < s.len; n++)
                        if (utf8_at(s.p, n, &found) != 0)
                                fail_msg("U+%04x, %d bytes of it", (unsigned)c, (int)n);
        }
}

/* A byte more than is needed, and a byte that does not go on. */
static void test_no_utf8(void **state) {
        static const struct str rows[] = { STR("\xc0\x80"), STR("\xc1\xbf"), STR("\xe0\x80\x80"), STR("\xe0\x9f\xbf"), STR("\xf0\x80\x80\x80"),
                                           STR("\xf0\x8f\xbf\xbf"), STR("\x80"), STR("\xbf"), STR("\xff"), STR("\xf8\x80\x80\x80"),
                                           STR("\xc2\x7f"), STR("\xc2\xc0"), STR("\xe1\x80\x7f"), STR("\xe1\xc0\x80"), STR("\xf1\x80\x80\xc0") };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                uint32_t c;
                ptrdiff_t units;

                if (utf8_at(rows[i].p, rows[i].len, &c) != 0)
                        fail_msg("row %zu is taken", i);
                assert_int_equal(utf16_from_utf8(&a, rows[i], &units)[0], 0xfffd);
        }
}

static void test_utf16(void **state) {
        char bytes[4];

        (void)state;
        for (uint32_t c = 0; c < CHARACTERS; c++) {
                ARENA_AUTO struct arena a = { 0 };
                struct str s = encode(c, bytes);
                ptrdiff_t count = -1;
                const uint16_t *units;
                unsigned char little[4];

                if (c >= 0x3000 && c < 0xfffff && c % 0x400 > 1 && c % 0x400 < 0x3fe)
                        continue; /* all alike */
                units = utf16_from_utf8(&a, s, &count);
                if (is_surrogate(c)) {
                        assert_int_equal(units[0], 0xfffd);
                        continue;
                }
                assert_int_equal(count, c < 0x10000 ? 1 : 2);
                assert_int_equal(units[0], c < 0x10000 ? c : 0xd7c0 + c / 0x400);
                assert_int_equal(units[1], c < 0x10000 ? 0 : 0xdc00 + c % 0x400);
                for (int i = 0; i < 4; i++)
                        little[i] = (unsigned char)(units[i / 2] >> i % 2 * 8);
                assert_true(str_eq(utf8_from_utf16(&a, little, 2 * count), s));
        }
}

/* Two units that are no pair: each is replaced alone, and what is none stays. */
static void test_no_pairs(void **state) {
        static const struct {
                uint16_t units[2];
                struct str utf8;
        } rows[] = {
                { { 0xd800, 0xdbff }, STR("\ufffd\ufffd") },  { { 0xd800, 0xe000 }, STR("\ufffd\ue000") }, { { 0xdc00, 0xdc00 }, STR("\ufffd\ufffd") },
                { { 0xd7ff, 0xdc00 }, STR("\ud7ff\ufffd") },  { { 0xd800, 0xdc00 }, STR("\U00010000") },   { { 0xdbff, 0xdfff }, STR("\U0010ffff") },
                { { 0xdfff, 0xe000 }, STR("\ufffd\ue000") },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                unsigned char little[4];

                for (int k = 0; k < 4; k++)
                        little[k] = (unsigned char)(rows[i].units[k / 2] >> k % 2 * 8);
                if (!str_eq(utf8_from_utf16(&a, little, 4), rows[i].utf8))
                        fail_msg("row %zu", i);
        }
}

/* Which characters steer: the first and the last of each kind, and their neighbours. */
static void test_steers(void **state) {
        static const uint32_t ranges[][2] = { { 0, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e }, { 0x200b, 0x200f },
                                              { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xfffe, 0xffff },
                                              { 0x1fffe, 0x1ffff }, { 0xe0000, 0xe007f }, { 0x10fffe, 0x10ffff } };

        (void)state;
        for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
                assert_true(utf8_steers(ranges[i][0]) && utf8_steers(ranges[i][1]));
                assert_false(ranges[i][0] > 0 && ranges[i][0] != 0xe0000 && utf8_steers(ranges[i][0] - 1));
                assert_false(utf8_steers(ranges[i][1] + 1));
        }
        assert_true(utf8_steers(0xdffff)); /* a non-character, beside the tags */
}

/* ---- JSON ---- */

static void test_json_escapes(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        char bytes[4];

        (void)state;
        for (uint32_t c = 0; c < CHARACTERS; c += c < 0x10000 ? 1 : 0x3ff) {
                struct arena_mark mark = arena_mark(&a);
                struct json_value v;
                struct diag d = { 0 };
                struct str text = c < 0x10000 ? str_fmt(&a, "\"<\\u%04x>\"", (unsigned)c)
                                              : str_fmt(&a, "\"<\\u%04x\\u%04X>\"", 0xd7c0 + (unsigned)c / 0x400, 0xdc00 + (unsigned)c % 0x400);
                int status = json_read(&a, "f", text, &v, &d);

                assert_int_equal(status, c == 0 || is_surrogate(c) ? -1 : 0);
                if (status == 0 && !str_eq(v.text, str_fmt(&a, "<%.*s>", STR_ARG(encode(c, bytes)))))
                        fail_msg("U+%04x: %.*s", (unsigned)c, STR_ARG(v.text));
                arena_release(&a, mark);
        }
}

static void test_json_limits(void **state) {
        static const struct {
                const char *text;
                bool good;
        } rows[] = {
                { "\"\\ud800\\udbff\"", false }, { "\"\\ud800\\ue000\"", false }, { "\"\\udbff\\udfff\"", true }, { "\"\\ud800x\"", false },
                { "\"\\ud800\\n1234\"", false }, { "\"\\u123\"", false }, { "\"\\u0x1f\"", false }, { "\"\\u0X1f\"", false }, { "\"\\uzzzz\"", false },
                { "9223372036854775807", true }, { "9223372036854775808", false }, { "-9223372036854775807", true }, { "9999999999999999999", false },
                { "10000000000000000000", false }, { "1000000000000000000.5", true }, { "9223372036854775808.5", true }, { "9223372036854775808e0", true },
                { "9223372036854775808E0", true }, { "99999999999999999999.5", false }, { "1e289", true }, { "1e290", false }, { "1e-289", true }, { "1E+289", true },
                { "0", true }, { "-0", true }, { "00", false }, { "01", false }, { "0.0", true }, { "1.", false }, { ".1", false }, { "-", false }, { "+1", false },
                { "1e", false }, { "1e+", false }, { "1e5x", false }, { "{\"a\":1,\"b\":2,\"a\":3}", false }, { "{\"a\":1,\"b\":2,\"aa\":3}", true },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct json_value v;
                struct diag d = { 0 };

                if (json_read(&a, "f", str_of(rows[i].text), &v, &d) != (rows[i].good ? 0 : -1))
                        fail_msg("%s: %s", rows[i].text, rows[i].good ? d.text : "is taken");
        }
}

/* A key that is there twice is found wherever the two stand, among few members and many. */
static void test_json_keys(void **state) {
        (void)state;
        for (int count = 2; count < 40; count++)
                for (int twin = 0; twin < count; twin++) {
                        ARENA_AUTO struct arena a = { 0 };
                        OUT_AUTO struct out o = { 0 };
                        struct json_value v;
                        struct diag d = { 0 };

                        for (int i = 0; i < count; i++)
                                out_fmt(&o, "%s\"k%d\":%d", i ? "," : "{", i == count - 1 ? twin : i, i);
                        out_char(&o, '}');
                        assert_int_equal(json_read(&a, "f", out_text(&o), &v, &d), twin == count - 1 ? 0 : -1);
                }
}

/* A number is no longer than 399 characters. */
static void test_json_number_length(void **state) {
        (void)state;
        for (int length = 399; length <= 400; length++) {
                ARENA_AUTO struct arena a = { 0 };
                OUT_AUTO struct out o = { 0 };
                struct json_value v;
                struct diag d = { 0 };

                out_c(&o, "0.");
                out_repeat(&o, '1', length - 2);
                assert_int_equal(json_read(&a, "f", out_text(&o), &v, &d), length < 400 ? 0 : -1);
        }
}

/* ---- XML ---- */

static bool xml_reads(struct str text) {
        ARENA_AUTO struct arena a = { 0 };
        struct xml_doc doc;
        struct diag d = { 0 };

        return xml_parse(&doc, &a, "f", text, false, &d) == 0;
}

/* Each character as it is, as a number, at the start of a name and within one; by XML 1.0, sections 2.2 and 2.3. */
static void test_xml_characters(void **state) {
        static const struct {
                uint32_t low, high;
                char kind; /* a: allowed nowhere, n: in text, i: also in a name, b: also at its beginning */
        } ranges[] = {
                { 1, 8, 'a' }, { 0xb, 0xc, 'a' }, { 0xe, 0x1f, 'a' }, { 0x21, 0x21, 'n' }, { 0x2d, 0x2e, 'i' }, { 0x30, 0x39, 'i' },
                { 0x40, 0x40, 'n' }, { 0x41, 0x5a, 'b' }, { 0x5b, 0x5e, 'n' }, { 0x5f, 0x5f, 'b' }, { 0x60, 0x60, 'n' }, { 0x61, 0x7a, 'b' }, { 0x7b, 0xb6, 'n' },
                { 0xb7, 0xb7, 'i' }, { 0xb8, 0xbf, 'n' }, { 0xc0, 0xd6, 'b' }, { 0xd7, 0xd7, 'n' }, { 0xd8, 0xf6, 'b' }, { 0xf7, 0xf7, 'n' }, { 0xf8, 0x2ff, 'b' },
                { 0x300, 0x36f, 'i' }, { 0x370, 0x37d, 'b' }, { 0x37e, 0x37e, 'n' }, { 0x37f, 0x1fff, 'b' }, { 0x2000, 0x200b, 'n' }, { 0x200c, 0x200d, 'b' },
                { 0x200e, 0x203e, 'n' }, { 0x203f, 0x2040, 'i' }, { 0x2041, 0x206f, 'n' }, { 0x2070, 0x218f, 'b' }, { 0x2190, 0x2bff, 'n' }, { 0x2c00, 0x2fef, 'b' },
                { 0x2ff0, 0x3000, 'n' }, { 0x3001, 0xd7ff, 'b' }, { 0xd800, 0xdfff, 'a' }, { 0xe000, 0xf8ff, 'n' }, { 0xf900, 0xfdcf, 'b' }, { 0xfdd0, 0xfdef, 'n' },
                { 0xfdf0, 0xfffd, 'b' }, { 0xfffe, 0xffff, 'a' }, { 0x10000, 0xeffff, 'b' }, { 0xf0000, 0x10ffff, 'n' },
        };
        char bytes[4];

        (void)state;
        for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
                for (int end = 0; end < 2; end++) {
                        ARENA_AUTO struct arena a = { 0 };
                        uint32_t c = end ? ranges[i].high : ranges[i].low;
                        struct str s = encode(c, bytes);
                        char kind = ranges[i].kind;

                        assert_int_equal(xml_reads(str_fmt(&a, "<a>%.*s</a>", STR_ARG(s))), kind != 'a');
                        assert_int_equal(xml_reads(str_fmt(&a, "<a>&#x%x;&#%u;</a>", (unsigned)c, (unsigned)c)), kind != 'a');
                        assert_int_equal(xml_reads(str_fmt(&a, "<a%.*s/>", STR_ARG(s))), kind == 'i' || kind == 'b');
                        assert_int_equal(xml_reads(str_fmt(&a, "<%.*s/>", STR_ARG(s))), kind == 'b');
                }
        assert_true(xml_reads(S("<a>&#9;&#10;&#13;&#xAf;</a>")));
        assert_false(xml_reads(S("<a>&#1114112;</a>")) || xml_reads(S("<a>&#x110000;</a>")) || xml_reads(S("<a>&#;</a>")) || xml_reads(S("<a>&#x;</a>")) ||
                     xml_reads(S("<a>&#a;</a>")) || xml_reads(S("<a>&#xg;</a>")) || xml_reads(S("<a>&#65</a>")));
}

/* In UTF-16 a pair makes one character, and half of one is none. */
static void test_xml_pairs(void **state) {
        static const struct {
                uint16_t units[2];
                bool good;
        } rows[] = {
                { { 0xd800, 0xdc00 }, true },  { { 0xdbfe, 0xdffd }, true }, { { 0xd800, 0xdbff }, false }, { { 0xd800, 0xe000 }, false }, { { 0xdc00, 'x' }, false },
                { { 0xd7ff, 0xe000 }, true },  { { 0xdfff, 'x' }, false },   { { 'x', 0xd800 }, false },    { { 0xd801, 0xdfff }, true },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                const uint16_t units[] = { 0xfeff, '<', 'a', '>', rows[i].units[0], rows[i].units[1], '<', '/', 'a', '>' };
                char little[20], big[20];

                for (int k = 0; k < 20; k++) {
                        little[k] = (char)(units[k / 2] >> k % 2 * 8);
                        big[k] = (char)(units[k / 2] >> (1 - k % 2) * 8);
                }
                assert_int_equal(xml_reads(str_n(little, 20)), rows[i].good);
                assert_int_equal(xml_reads(str_n(big, 20)), rows[i].good);
                assert_false(xml_reads(str_n(little, 19)));
        }
}

/* ---- Texts ---- */

static void test_numbers(void **state) {
        static const struct {
                const char *text;
                bool number, hexadecimal;
                uint64_t is, is_hexadecimal;
        } rows[] = {
                { "", false, false, 0, 0 }, { "0", true, true, 0, 0 }, { "10", true, true, 10, 16 }, { "0x10", true, true, 16, 16 }, { "0X1f", true, true, 31, 31 },
                { "1F", false, true, 0, 31 }, { "0x", false, false, 0, 0 }, { "1g", false, false, 0, 0 }, { "/", false, false, 0, 0 }, { ":", false, false, 0, 0 },
                { "@", false, false, 0, 0 }, { "G", false, false, 0, 0 }, { "`", false, false, 0, 0 }, { "g", false, false, 0, 0 }, { "afAF09", false, true, 0, 0xafaf09 },
                { "18446744073709551615", true, false, UINT64_MAX, 0 }, { "18446744073709551616", false, false, 0, 0 }, { "18446744073709551620", false, false, 0, 0 },
                { "ffffffffffffffff", false, true, 0, UINT64_MAX }, { "0ffffffffffffffff", false, true, 0, UINT64_MAX }, { "10000000000000000", true, false, 10000000000000000, 0 },
                { "0xffffffffffffffff", true, true, UINT64_MAX, UINT64_MAX }, { "0x10000000000000000", false, false, 0, 0 }, { "1 ", false, false, 0, 0 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                uint64_t n = 7, hex = 7;

                if (str_to_u64(str_of(rows[i].text), &n) != rows[i].number || (rows[i].number && n != rows[i].is))
                        fail_msg("'%s' is %llu", rows[i].text, (unsigned long long)n);
                if (str_hex_to_u64(str_of(rows[i].text), &hex) != rows[i].hexadecimal || (rows[i].hexadecimal && hex != rows[i].is_hexadecimal))
                        fail_msg("'%s' is 0x%llx", rows[i].text, (unsigned long long)hex);
                assert_true(rows[i].hexadecimal || hex == 7);
        }
}

static void test_words(void **state) {
        static const char blanks[] = " \t\n\v\f\r";
        struct str none = { 0 }, word, rest;

        (void)state;
        for (int c = 1; c < 256; c++) {
                char text[] = { (char)c, 'a', (char)c, 'b', (char)c };
                bool blank = strchr(blanks, c) != NULL;

                assert_int_equal(str_trim(str_n(text, 5)).len, blank ? 3 : 5);
                rest = str_n(text, 5);
                assert_true(str_word(&rest, &word));
                assert_int_equal(word.len, blank ? 1 : 5);
                assert_int_equal(rest.len, blank ? 3 : 0);
                assert_int_equal(str_trim(str_n(text, 1)).len, blank ? 0 : 1);
        }
        assert_false(str_word(&none, &word));
        assert_false(str_line(&none, &word));
        rest = str_n("ab", 1); /* what stands behind is not looked at */
        assert_true(str_word(&rest, &word) && word.len == 1 && rest.len == 0);
        assert_int_equal(str_trim(str_n("  ", 1)).len, 0);
        rest = S("\r\n\r");
        assert_true(str_line(&rest, &word) && word.len == 0);
        assert_true(str_line(&rest, &word) && word.len == 0);
        assert_false(str_line(&rest, &word));
}

/* A text of any length, about the size that is formatted without asking for more. */
static void test_formatted(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        char bytes[600];

        (void)state;
        memset(bytes, 'x', sizeof(bytes));
        for (int n = 250; n < 600; n += n < 260 ? 1 : 170) {
                struct str s = str_fmt(&a, "%.*s!", n, bytes);

                assert_int_equal(s.len, n + 1);
                assert_true(s.p[n] == '!' && s.p[n - 1] == 'x');
        }
        assert_true(str_eq(str_decimal(&a, UINT64_MAX), S("18446744073709551615")) && str_eq(str_decimal(&a, 0), S("0")));
        assert_true(str_eq(str_0x(&a, UINT64_MAX), S("0xffffffffffffffff")) && str_eq(str_0x(&a, 0), S("0x0")));
        assert_true(str_eq(str_cat(&a, S("a"), S("b")), S("ab")) && str_eq(str_cat(&a, (struct str){ 0 }, S("b")), S("b")));
}

static void test_uri(void **state) {
        static const struct { struct str path, uri; } paths[] = {
                { STR("/a/../b//./c"), STR("file:///b/c") }, { STR("/../a"), STR("file:///a") }, { STR("./a"), STR("a") }, { STR("../a"), STR("../a") },
                { STR("a/b/../../../c"), STR("../c") }, { STR("../../a/../b"), STR("../../b") }, { STR("/a/..b/.c"), STR("file:///a/..b/.c") },
        };
        OUT_AUTO struct out o = { 0 }, relative = { 0 };

        (void)state;
        out_uri(&o, S("/azAZ09-._~/ @[`{:%\xff"));
        assert_true(str_eq(out_text(&o), S("file:///azAZ09-._~/%20%40%5B%60%7B%3A%25%FF")));
        out_uri(&relative, S("a/b.host"));
        assert_true(str_eq(out_text(&relative), S("a/b.host")));
        for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
                OUT_AUTO struct out uri = { 0 };

                out_uri(&uri, paths[i].path);
                if (!str_eq(out_text(&uri), paths[i].uri))
                        fail_msg("%.*s: %.*s", STR_ARG(paths[i].path), STR_ARG(out_text(&uri)));
        }
}

static void test_versions(void **state) {
        static const struct {
                const char *a, *b;
                int order;
        } rows[] = {
                { "6.1", "6.1.0", 0 }, { "6.1", "6.1.1", -1 }, { "6.10", "6.9", 1 }, { "", "0", 0 }, { "", "1", -1 }, { "6.1-rc1", "6.1-rc9", 0 },
                { "6.1-2.7", "6.1", 0 }, { "9.9", "10.0", -1 }, { "0.19", "0.20", -1 }, { "4294967295", "4294967296", -1 }, { "184467440737095516160", "1", 1 },
                { "6./9", "6.0", 0 }, { "6.:1", "6.0", 0 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                assert_int_equal(version_cmp(str_of(rows[i].a), str_of(rows[i].b)), rows[i].order);
                assert_int_equal(version_cmp(str_of(rows[i].b), str_of(rows[i].a)), -rows[i].order);
        }
        assert_true(version_valid(S("0")) && version_valid(S("9x")));
        assert_false(version_valid(S("")) || version_valid(S("/")) || version_valid(S(":")) || version_valid(S("v6")) || version_valid(str_n("1", 0)));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_utf8),         cmocka_unit_test(test_no_utf8),
                cmocka_unit_test(test_utf16),        cmocka_unit_test(test_no_pairs),
                cmocka_unit_test(test_steers),       cmocka_unit_test(test_json_escapes),
                cmocka_unit_test(test_json_limits),  cmocka_unit_test(test_json_keys),
                cmocka_unit_test(test_json_number_length),
                cmocka_unit_test(test_xml_characters), cmocka_unit_test(test_xml_pairs),
                cmocka_unit_test(test_numbers),      cmocka_unit_test(test_words),
                cmocka_unit_test(test_formatted),    cmocka_unit_test(test_uri),
                cmocka_unit_test(test_versions),
        };

        return cmocka_run_group_tests_name("characters", tests, NULL, NULL);
}
