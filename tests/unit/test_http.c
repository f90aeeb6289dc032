/* fleet: the texts of HTTP, and how much a client may ask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fleet/http/http_rate.h"
#include "fleet/http/http_text.h"

static void dates(void **state) {
        static const struct {
                int64_t seconds;
                const char *text;
        } rows[] = { { 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" }, { 0, "Thu, 01 Jan 1970 00:00:00 GMT" }, { 1795807538, "Fri, 27 Nov 2026 19:25:38 GMT" },
                     { 4102444799, "Thu, 31 Dec 2099 23:59:59 GMT" } };
        char text[HTTP_DATE + 1];

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                http_date(rows[i].seconds, text);
                assert_string_equal(text, rows[i].text);
        }
}

static void addresses(void **state) {
        static const struct {
                const char *text;
                int status;
                bool six, loopback;
                unsigned port;
        } rows[] = {
                { "127.0.0.1:80", 0, false, true, 80 },   { "127.9.9.9", 0, false, true, HTTP_PORT }, { "8080", 0, false, true, 8080 },
                { "0.0.0.0:1", 0, false, false, 1 },      { "10.0.0.1:65535", 0, false, false, 65535 }, { "[::1]:0", 0, true, true, 0 },
                { "[::1]", 0, true, true, HTTP_PORT },    { "[::]:9", 0, true, false, 9 },           { "[::2]:9", 0, true, false, 9 },
                { "localhost:80", -1, false, false, 0 },  { "127.0.0.1:65536", -1, false, false, 0 }, { "127.0.0.1:", -1, false, false, 0 },
                { "127.0.0.1:0x50", -1, false, false, 0 }, { "[::1", -1, false, false, 0 },           { "[::1]80", -1, false, false, 0 },
                { "::1", -1, false, false, 0 },           { "", -1, false, false, 0 },               { "1.2.3", -1, false, false, 0 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct http_address a;
                struct diag d = { 0 };

                assert_int_equal(http_address(&a, str_of(rows[i].text), &d), rows[i].status);
                if (rows[i].status < 0)
                        continue;
                assert_int_equal(a.six, rows[i].six);
                assert_int_equal(a.port, rows[i].port);
                assert_int_equal(http_is_loopback(&a), rows[i].loopback);
        }
}

static void escapes(void **state) {
        static const struct {
                const char *text, *path, *query; /* NULL: refused */
        } rows[] = {
                { "a%20b+c", "a b+c", "a b c" }, { "%C3%a9", "\xc3\xa9", "\xc3\xa9" }, { "", "", "" }, { "%", NULL, NULL }, { "a%4", NULL, NULL },
                { "%4g", NULL, NULL }, { "%00", NULL, NULL }, { "%0a", NULL, NULL }, { "%ff", NULL, NULL }, { "\x1b[1m", NULL, NULL },
                { "%E2%80%AE", NULL, NULL }, { "%2541", "%41", "%41" },
        };
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct str got;
                bool ok = http_unescape(&a, str_of(rows[i].text), false, &got);

                assert_int_equal(ok, rows[i].path != NULL);
                assert_true(!ok || str_eq(got, str_of(rows[i].path)));
                ok = http_unescape(&a, str_of(rows[i].text), true, &got);
                assert_int_equal(ok, rows[i].query != NULL);
                assert_true(!ok || str_eq(got, str_of(rows[i].query)));
        }
}

static void queries(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str got;

        (void)state;
        assert_int_equal(http_query(&a, S("a=1&b=2&b=3&c"), S("b"), &got), 1);
        assert_true(str_eq(got, S("2")));
        assert_int_equal(http_query(&a, S("a=1&b=2&c"), S("c"), &got), 1);
        assert_true(str_eq(got, S("")));
        assert_int_equal(http_query(&a, S("aa=1"), S("a"), &got), 0);
        assert_int_equal(http_query(&a, S("a=%1"), S("a"), &got), -1);
}

static void hosts(void **state) {
        static const struct {
                const char *host;
                bool loopback;
        } rows[] = {
                { "localhost", true }, { "LOCALHOST:1", true }, { "127.0.0.1:80", true }, { "127.1.2.3", true }, { "[::1]:80", true }, { "[::1]", true },
                { "", false }, { "localhost.evil.example", false }, { "127.0.0.1.evil.example", false }, { "10.0.0.1", false }, { "[::2]", false },
                { "[::1", false }, { "evil", false }, { "127.1", false },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                assert_int_equal(http_host_is_loopback(str_of(rows[i].host)), rows[i].loopback);
}

static void tokens(void **state) {
        static const struct {
                const char *header, *token; /* NULL: none */
        } rows[] = {
                { "Bearer abc", "abc" }, { "bearer  abc ", "abc" }, { "Basic OmFiYw==", "abc" }, { "Basic dTphOmI=", "a:b" }, { "Basic dTo=", NULL },
                { "Basic YWJj", NULL }, { "Bearer", NULL }, { "Digest abc", NULL }, { "", NULL }, { "Basic OmF", "a" }, { "Basic A", NULL }, { "Basic =", NULL },
        };
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct str got;
                bool ok = http_token(&a, str_of(rows[i].header), &got);

                assert_int_equal(ok, rows[i].token != NULL);
                assert_true(!ok || str_eq(got, str_of(rows[i].token)));
        }
}

static void same_bytes(void **state) {
        (void)state;
        assert_true(http_same_bytes((const unsigned char *)"abcd", (const unsigned char *)"abcd", 4));
        assert_false(http_same_bytes((const unsigned char *)"abcd", (const unsigned char *)"abce", 4));
        assert_false(http_same_bytes((const unsigned char *)"abcd", (const unsigned char *)"bbcd", 4));
        assert_true(http_same_bytes((const unsigned char *)"abcd", (const unsigned char *)"abce", 3));
}

static void rates(void **state) {
        static struct rate r = { .per_second = 2, .burst = 4, .key = { 1, 2 } };

        (void)state;
        for (int i = 0; i < 4; i++)
                assert_int_equal(rate_take(&r, S("a"), 1000), 0);
        assert_int_equal(rate_take(&r, S("a"), 1000), 1);
        assert_int_equal(rate_take(&r, S("a"), 1499), 1);
        assert_int_equal(rate_take(&r, S("a"), 1500), 0);
        assert_int_equal(rate_take(&r, S("a"), 1500), 1);
        assert_int_equal(rate_take(&r, S("b"), 1500), 0); /* another client has its own */
        assert_int_equal(rate_take(&r, S("a"), 1400), 1); /* a clock that went back gives nothing */
        for (int i = 0; i < 4; i++)
                assert_int_equal(rate_take(&r, S("a"), INT64_C(9000000000000)), 0);
        assert_int_equal(rate_take(&r, S("a"), INT64_C(9000000000000)), 1);
}

/* Others' addresses cannot make an empty bucket be forgotten. */
static void crowds(void **state) {
        static struct rate r = { .per_second = 1, .burst = 2, .key = { 3, 4 } };
        unsigned char other[4];

        (void)state;
        assert_int_equal(rate_take(&r, S("a"), 0), 0);
        assert_int_equal(rate_take(&r, S("a"), 0), 0);
        for (uint32_t i = 0; i < 100000; i++) {
                memcpy(other, &i, 4);
                (void)rate_take(&r, str_n((const char *)other, 4), 1);
        }
        assert_int_equal(rate_take(&r, S("a"), 1), 1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(dates), cmocka_unit_test(addresses), cmocka_unit_test(escapes), cmocka_unit_test(queries), cmocka_unit_test(hosts),
                cmocka_unit_test(tokens), cmocka_unit_test(same_bytes), cmocka_unit_test(rates), cmocka_unit_test(crowds),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
