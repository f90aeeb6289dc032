/* base: strings, arenas, numbers, JSON, versions, SHA-256. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/json.h"
#include "base/plain.h"
#include "base/sha256.h"
#include "base/shell.h"
#include "base/str.h"
#include "base/tri.h"
#include "base/utf16.h"
#include "base/version.h"

static void test_str_cut(void **state) {
        struct str rest = S("a,,b"), piece;

        (void)state;
        assert_true(str_cut(&rest, ',', &piece) && str_eq(piece, S("a")));
        assert_true(str_cut(&rest, ',', &piece) && str_eq(piece, S("")));
        assert_true(str_cut(&rest, ',', &piece) && str_eq(piece, S("b")));
        assert_false(str_cut(&rest, ',', &piece));
}

static void test_str_numbers(void **state) {
        uint64_t v = 7;

        (void)state;
        assert_true(str_to_u64(S("0x1f"), &v) && v == 31);
        assert_true(str_to_u64(S("18446744073709551615"), &v) && v == UINT64_MAX);
        assert_false(str_to_u64(S("18446744073709551616"), &v));
        assert_false(str_to_u64(S("12a"), &v));
        assert_false(str_to_u64(S(""), &v));
        assert_true(str_hex_to_u64(S("0b0000d9"), &v) && v == 0xb0000d9);
}

static void test_str_find(void **state) {
        (void)state;
        assert_int_equal(str_find(S("abcabd"), S("abd")), 3);
        assert_int_equal(str_find(S("abcabd"), S("x")), -1);
        assert_int_equal(str_find(S("ab"), S("abc")), -1);
        assert_true(str_has_word(S("fpu vme de"), S("vme")));
        assert_false(str_has_word(S("fpu vmeX de"), S("vme")));
}

static void test_shell_words(void **state) {
        static const struct {
                const char *word, *sh, *windows;
        } rows[] = {
                { "update-grub", "update-grub", "update-grub" },
                { "/boot/grub2/grub.cfg", "/boot/grub2/grub.cfg", "/boot/grub2/grub.cfg" },
                { "--delete=a=b,c:d@e%", "--delete=a=b,c:d@e%", "\"--delete=a=b,c:d@e%\"" },
                { "", "''", "\"\"" },
                { "=ls", "'=ls'", "=ls" },
                { "~", "'~'", "\"~\"" },
                { "a b", "'a b'", "\"a b\"" },
                { "it's", "'it'\\''s'", "\"it's\"" },
                { "$HOME", "'$HOME'", "\"$HOME\"" },
                { "a\nb", "'a\nb'", "\"a\nb\"" },
                { "C:\\x", "'C:\\x'", "C:\\x" },
                { "C:\\a b\\\\", "'C:\\a b\\\\'", "\"C:\\a b\\\\\\\\\"" },
                { "gr\xc3\xb6\xc3\x9f" "e", "'gr\xc3\xb6\xc3\x9f" "e'", "\"gr\xc3\xb6\xc3\x9f" "e\"" },
        };
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                assert_string_equal(str_to_c(&a, sh_word(&a, str_of(rows[i].word))), rows[i].sh);
                assert_string_equal(str_to_c(&a, windows_word(&a, str_of(rows[i].word))), rows[i].windows);
        }
}

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>

/* What was not given out, and what was taken back, is seen. */
static void test_arena_forbids(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct { int *items; ptrdiff_t count, capacity; } list = { 0 };
        char *first = arena_bytes(&a, 10);
        struct arena_mark mark = arena_mark(&a);
        char *second = arena_bytes(&a, 10);

        (void)state;
        *arena_append(&a, &list) = 1;
        *arena_append(&a, &list) = 2;
        assert_false(__asan_address_is_poisoned(first + 9));
        assert_true(__asan_address_is_poisoned(first + 10));
        assert_false(__asan_address_is_poisoned(second));
        assert_false(__asan_address_is_poisoned(&list.items[1]));
        assert_true(list.capacity > 2 && __asan_address_is_poisoned(&list.items[2]));
        arena_release(&a, mark);
        assert_true(__asan_address_is_poisoned(second));
        assert_false(__asan_address_is_poisoned(first));
        arena_reset(&a);
        assert_true(__asan_address_is_poisoned(first));
}
#endif

static void test_arena_reuse(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        char *first = arena_bytes(&a, 100), *big;

        (void)state;
        big = arena_alloc(&a, 300000, 1);
        assert_int_equal(big[299999], 0);
        arena_reset(&a);
        assert_ptr_equal(arena_bytes(&a, 100), first);
}

/* Each ASCII byte at each place of a string: written as itself, or escaped, and nothing around it suffers. */
static void test_json_bytes(void **state) {
        OUT_AUTO struct out o = { 0 }, want = { 0 };
        char text[20];

        (void)state;
        for (int c = 0; c < 0x80; c++)
                for (ptrdiff_t len = 1; len <= 20; len++)
                        for (ptrdiff_t at = 0; at < len; at++) {
                                struct json j = { .out = &o };
                                const char *shorts = "\bb\tt\nn\ff\rr\"\"\\\\", *found = c ? strchr(shorts, c) : NULL;

                                while (found && (found - shorts) % 2)
                                        found = strchr(found + 1, c);
                                memset(text, '~', sizeof(text));
                                text[at] = (char)c;
                                o.len = want.len = 0;
                                json_str(&j, NULL, str_n(text, len));
                                out_char(&want, '"');
                                out_repeat(&want, '~', at);
                                if (found)
                                        out_fmt(&want, "\\%c", found[1]);
                                else
                                        out_fmt(&want, c < 0x20 || c == 0x7f ? "\\u%04x" : "%c", (unsigned)c);
                                out_repeat(&want, '~', len - at - 1);
                                out_char(&want, '"');
                                assert_true(str_eq(out_text(&o), out_text(&want)));
                        }
}

static void test_json(void **state) {
        OUT_AUTO struct out o = { 0 };
        struct json j = { .out = &o };

        (void)state;
        json_begin_object(&j, NULL);
        json_str(&j, "a", S("x\"\n\x01\xff\xc3\xa9"));
        json_begin_array(&j, "l");
        json_u64(&j, NULL, 1);
        json_i64(&j, NULL, -2);
        json_bool(&j, NULL, true);
        json_put_null(&j, NULL);
        json_end_array(&j);
        json_end_object(&j);
        assert_true(str_eq(out_text(&o),
                           S("{\"a\":\"x\\\"\\n\\u0001\xef\xbf\xbd\xc3\xa9\",\"l\":[1,-2,true,null]}")));
}

static void test_versions(void **state) {
        (void)state;
        assert_int_equal(version_cmp(S("6.1"), S("6.1.0-56-cloud-amd64")), 0);
        assert_true(version_cmp(S("6.12.9"), S("6.12.10")) < 0);
        assert_true(version_cmp(S("7.2.13+deb14"), S("6.99")) > 0);
        assert_true(version_cmp(S("6.12.0-rc7-custom"), S("6.12")) < 0);
        assert_true(version_cmp(S("6.12.0-0.rc1.fc42"), S("6.12.0-rc7")) == 0);
        assert_true(version_cmp(S("6.13-rc1"), S("6.12.9")) > 0);
        assert_true(version_cmp(S("6.12.0-src"), S("6.12")) == 0);
        assert_true(version_cmp(S("6.12.0-src2"), S("6.12")) == 0);
        assert_true(version_cmp(S("6.12.0-nextcloud"), S("6.12")) == 0);
        assert_true(version_cmp(S("6.12.0-061200rc3-generic"), S("6.12")) < 0);
        assert_true(version_cmp(S("6.12~rc6-amd64"), S("6.12")) < 0);
        assert_true(version_cmp(S("6.12.rc3-1-default"), S("6.12")) < 0);
        assert_true(version_cmp(S("6.12.0-1-rc3-MANJARO"), S("6.12")) < 0);
        assert_true(version_cmp(S("6.12.0-next-20241001"), S("6.12")) < 0);
        assert_true(version_cmp(S("6.12.0-0.0.next.20241018.1.fc42"), S("6.12")) < 0);
        assert_true(version_cmp(S("6.12.0-next"), S("6.12")) < 0);
}

/* FIPS 180-4's own examples, one and two blocks. */
static void test_sha256(void **state) {
        static const struct {
                struct str text;
                const char *hex;
        } rows[] = {
                { STR("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
                { STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
                { STR(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct sha256 h;
                char hex[65];

                sha256_init(&h);
                sha256_add(&h, rows[i].text);
                sha256_hex(&h, hex);
                assert_string_equal(hex, rows[i].hex);
        }
}

/* Kleene's tables, and that they are what min, max and mirror give. */
static void test_tri(void **state) {
        (void)state;
        assert_int_equal(tri_and(TRI_FALSE, TRI_UNKNOWN), TRI_FALSE);
        assert_int_equal(tri_and(TRI_TRUE, TRI_UNKNOWN), TRI_UNKNOWN);
        assert_int_equal(tri_or(TRI_TRUE, TRI_UNKNOWN), TRI_TRUE);
        assert_int_equal(tri_or(TRI_FALSE, TRI_UNKNOWN), TRI_UNKNOWN);
        assert_int_equal(tri_not(TRI_UNKNOWN), TRI_UNKNOWN);
        assert_int_equal(tri_not(TRI_TRUE), TRI_FALSE);
}

static void test_utf16(void **state) {
        static const struct {
                struct str utf16, utf8;
        } rows[] = {
                { STR("A\0\xfc\0\xac\x20"), STR("A\u00fc\u20ac") },
                { STR("\x3d\xd8\x00\xde"), STR("\U0001f600") },
                { STR("\x3d\xd8"), STR("\ufffd") },           /* a high surrogate alone */
                { STR("\x00\xde" "B\0"), STR("\ufffdB") },    /* a low one alone */
                { STR("A\0B"), STR("A\ufffd") },               /* cut off */
                { STR(""), STR("") },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };

                assert_true(str_eq(utf8_from_utf16(&a, rows[i].utf16.p, rows[i].utf16.len), rows[i].utf8));
        }
}

static void test_utf16_back(void **state) {
        static const struct {
                struct str utf8;
                uint16_t units[4];
                ptrdiff_t n;
        } rows[] = {
                { STR("A\u00fc\u20ac"), { 'A', 0xfc, 0x20ac }, 3 },
                { STR("\U0001f600"), { 0xd83d, 0xde00 }, 2 },
                { STR("\xc0\x80"), { 0xfffd, 0xfffd }, 2 },             /* overlong */
                { STR("\xed\xa0\x80"), { 0xfffd, 0xfffd, 0xfffd }, 3 }, /* a surrogate */
                { STR("\xe2\x82"), { 0xfffd, 0xfffd }, 2 },             /* cut off */
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                ptrdiff_t n;
                uint16_t *units = utf16_from_utf8(&a, rows[i].utf8, &n);

                assert_int_equal(n, rows[i].n);
                assert_memory_equal(units, rows[i].units, (size_t)n * 2);
                assert_int_equal(units[n], 0);
        }
}

static void test_plain(void **state) {
        static const struct {
                struct str text, plain;
        } rows[] = {
                { STR("a\033[31mb\tc\nd\r\x7f\xc2\x9b" "e·"), STR("a?[31mb c d ??e·") },
                { STR("\xff\xc3\xe2\x82\xed\xa0\x80 \xf4\x90\x80\x80"), STR("??????? ????") },
                { STR("a\xe2\x80\xae" "b\xe2\x80\xa8\xef\xbb\xbf\xc2\xad"), STR("a?b???") }, /* NOLINT(misc-misleading-bidirectional): it is the test */
                { STR("\xf0\x9f\x98\x80 is twelve bytes"), STR("\xf0\x9f\x98\x80 is twelve bytes") },
                { STR("exactly sixteen."), STR("exactly sixteen.") },
                { STR(""), STR("") },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct str got = plain(&a, rows[i].text);

                if (!str_eq(got, rows[i].plain))
                        fail_msg("row %zu: '%.*s'", i, STR_ARG(got));
                assert_true(plain(&a, got).p == got.p);
        }
}

static bool append(void *arg, const char *p, ptrdiff_t len) {
        out_bytes(arg, p, len);
        return true;
}

/* Every byte at every place around the end of a buffer: what leaves is UTF-8 that steers nothing, but for own colours. */
static void test_guard(void **state) {
        static const struct str text = STR("x\033[2J\r\n\r\xc3\xa9\xf0\x9f\x98\x80\xc2\x9b\xe2\x80\xae\xff\t|");
        static const struct str want = STR("x?[2J\r\n?\xc3\xa9\xf0\x9f\x98\x80???\t|");

        (void)state;
        for (ptrdiff_t before = 0; before < 40; before++) {
                ARENA_AUTO struct arena a = { 0 };
                OUT_AUTO struct out seen = { 0 };
                OUT_AUTO struct out o = { .sink = append, .sink_arg = &seen, .guarded = true };

                out_repeat(&o, '.', 65536 - before);
                out_sgr(&o, "1;31");
                for (ptrdiff_t i = 0; i < text.len; i++)
                        out_char(&o, text.p[i]);
                out_sgr(&o, "0");
                assert_true(out_flush(&o));
                assert_true(str_eq(str_from(out_text(&seen), 65536 - before),
                                   str_fmt(&a, "\033[1;31m%.*s\033[0m", STR_ARG(want))));
        }
}

static void test_dates(void **state) {
        static const struct {
                struct str text;
                int32_t days; /* -1: refused */
        } rows[] = {
                { STR("1970-01-01"), 0 },      { STR("1970-03-01"), 59 },     { STR("2018-01-12"), 17543 }, { STR("2024-02-29"), 19782 },
                { STR("2000-02-29"), 11016 },  { STR("2026-11-26"), 20783 },  { STR("2018-13-01"), -1 },    { STR("2018-02-30"), -1 },
                { STR("2023-02-29"), -1 },     { STR("1900-02-29"), -1 },     { STR("2018-00-10"), -1 },    { STR("2018-01-00"), -1 },
                { STR("2018-04-31"), -1 },     { STR("0000-01-01"), -1 },     { STR("2018-1-12"), -1 },     { STR("2018-01-123"), -1 },
                { STR("2018/01/12"), -1 },     { STR("20180112"), -1 },       { STR("201x-01-12"), -1 },    { STR(""), -1 },
                { STR("2018-01-1:"), -1 },     { STR("0x18-01-12"), -1 },
        };
        int32_t days;

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                assert_int_equal(date_valid(rows[i].text), rows[i].days >= 0);
                if (rows[i].days >= 0)
                        assert_true(date_days(rows[i].text, &days) && days == rows[i].days);
        }
        assert_true(date_days(S("1969-12-31"), &days) && days == -1);
        assert_false(date_stale(S("2026-08-12"), S("2027-02-11"))); /* 183 days */
        assert_true(date_stale(S("2026-08-12"), S("2027-02-12")));
        assert_false(date_stale(S("2023-02"), S("2023-08-30")));
        assert_true(date_stale(S("2023-02"), S("2023-08-31")));
        assert_false(date_stale(S("2026-08-12"), S("2026-08-11")) || date_stale(S(""), S("2026-08-11")) || date_stale(S("2026-13"), S("2030-01-01")) ||
                     date_stale(S("2026-08"), S("soon")));
}

static void test_moments(void **state) {
        static const struct {
                struct str text;
                int64_t seconds; /* -1: refused */
        } rows[] = {
                { STR("1970-01-01"), 0 },
                { STR("1970-01-01T00:00:01Z"), 1 },
                { STR("2000-02-29T23:59:59Z"), 951868799 },
                { STR("2026-11-26T18:00:00Z"), 1795716000 },
                { STR("9999-12-31T23:59:59Z"), INT64_C(253402300799) },
                { STR("2026-11-26T24:00:00Z"), -1 },
                { STR("2026-11-26T23:60:00Z"), -1 },
                { STR("2026-11-26T23:00:61Z"), -1 },
                { STR("2026-02-30T10:00:00Z"), -1 },
                { STR("2026-11-26 18:00:00Z"), -1 },
                { STR("2026-11-26T18:00:00"), -1 },
                { STR("2026-11-26T18:00:00+"), -1 },
                { STR("2026-11-26T1x:00:00Z"), -1 },
                { STR("2026-11-26T18-00:00Z"), -1 },
                { STR("2026-11-26T18:00-00Z"), -1 },
                { STR("2026-11"), -1 },
                { STR(""), -1 },
        };
        int64_t seconds;
        char text[21];

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                assert_int_equal(date_is_moment(rows[i].text), rows[i].seconds >= 0);
                if (rows[i].seconds < 0)
                        continue;
                assert_true(date_seconds(rows[i].text, &seconds) && seconds == rows[i].seconds);
                date_of_seconds(seconds, text);
                assert_true(str_starts(str_of(text), rows[i].text));
        }
        assert_true(str_eq(date_moment(S("2026-11-26T18:00:00Z")), S("2026-11-26T18:00:00Z")));
        assert_true(str_eq(date_moment(S("2026-11-26 18:00:00")), S("2026-11-26")));
        assert_true(date_moment(S("yesterday")).len == 0 && date_moment(S("2026-11-31T18")).len == 0);
        date_of_seconds(-5, text);
        assert_string_equal(text, "1970-01-01T00:00:00Z");
        date_of_seconds(INT64_MAX, text);
        assert_string_equal(text, "9999-12-31T23:59:59Z");
        for (int64_t day = 0; day < 60000; day++) {
                date_of_seconds(day * 86400 + day % 86400, text);
                assert_true(date_seconds(str_of(text), &seconds) && seconds == day * 86400 + day % 86400);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
#if defined(__SANITIZE_ADDRESS__)
                cmocka_unit_test(test_arena_forbids),
#endif
                cmocka_unit_test(test_utf16), cmocka_unit_test(test_utf16_back),
                cmocka_unit_test(test_str_cut),     cmocka_unit_test(test_str_numbers),
                cmocka_unit_test(test_str_find), cmocka_unit_test(test_shell_words),    cmocka_unit_test(test_arena_reuse),
                cmocka_unit_test(test_json_bytes),
                cmocka_unit_test(test_json),        cmocka_unit_test(test_versions),
                cmocka_unit_test(test_sha256),      cmocka_unit_test(test_tri),
                cmocka_unit_test(test_dates),
                cmocka_unit_test(test_moments),
                cmocka_unit_test(test_plain),       cmocka_unit_test(test_guard),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
