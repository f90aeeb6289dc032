/* base/json_value.h: what is read, what is refused and where, and what it costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json_stream.h"
#include "base/out.h"

static void test_reads(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct json_value v;
        struct diag d = { 0 };
        uint64_t u = 0;
        int64_t i = 0;

        (void)state;
        assert_int_equal(json_read(&a, "f", S("\xef\xbb\xbf \n{\"a\": [1, -2, 1.5e3, true, false, null, {}], \"t\": "
                                              "\"\\ud83d\\ude00\\u00e9\\n\\/\xc3\xa9\", \"b\": 9223372036854775807}\n"), &v, &d), 0);
        assert_int_equal(json_count(&v), 3);
        assert_int_equal(json_count(json_member(&v, S("a"))), 7);
        assert_true(json_to_u64(json_item(json_member(&v, S("a")), 0), &u) && u == 1);
        assert_true(json_to_i64(json_item(json_member(&v, S("a")), 1), &i) && i == -2);
        assert_false(json_to_u64(json_item(json_member(&v, S("a")), 1), &u));
        assert_false(json_to_i64(json_item(json_member(&v, S("a")), 2), &i));
        assert_true(json_to_i64(json_member(&v, S("b")), &i) && i == INT64_MAX);
        assert_int_equal(json_item(json_member(&v, S("a")), 3)->type, JSON_TRUE);
        assert_int_equal(json_item(json_member(&v, S("a")), 5)->type, JSON_NULL);
        assert_true(str_eq(json_member_text(&v, S("t")), S("\xf0\x9f\x98\x80\xc3\xa9\n/\xc3\xa9")));
        assert_null(json_member(&v, S("A")));
        assert_non_null(json_get(&v, S("A")));
        assert_null(json_item(&v, 0));
        assert_null(json_item(json_member(&v, S("a")), 7));
        assert_null(json_member(NULL, S("a")));
        assert_int_equal(json_count(json_member(&v, S("t"))), 0);
        assert_int_equal(json_member_text(&v, S("a")).len, 0);
}

static void test_refuses(void **state) {
        static const struct {
                struct str text;
                const char *message;
        } rows[] = {
                { STR(""), "f:1: not valid JSON: the text is empty (column 1)" },
                { STR("{\n  \"\xc3\xa9\": x\n}"), "f:2: not valid JSON: expected a value (column 8)" },
                { STR("[1] 2"), "f:1: not valid JSON: something follows the value (column 5)" },
                { STR("[1"), "the text ends inside a value" },
                { STR("\"a"), "the text ends inside a value" },
                { STR("NaN"), "expected a value" },
                { STR("[-Infinity]"), "expected a value" },
                { STR("[1,]"), "a value is missing behind the last ','" },
                { STR("{\"a\":1 \"b\":2}"), "expected ',' or '}'" },
                { STR("{a:1}"), "expected a key in quotes" },
                { STR("// x\n1"), "expected a value" },
                { STR("\"\\ud83d\""), "a \\u escape is not a character" },
                { STR("\"\\udc00\\ud83d\""), "a \\u escape is not a character" },
                { STR("\"\\ud83d\\u0041\""), "a \\u escape is not a character" },
                { STR("\"\\u0000\""), "a \\u escape is not a character" },
                { STR("\"\\u00g0\""), "a \\u escape is not a character" },
                { STR("\"\x01\""), "a control character stands in a string" },
                { STR("\"\xff\""), "a string is not UTF-8" },
                { STR("{\"a\":1,\"a\":2}"), "an object has the same key twice" },
                { STR("1e999"), "the number is too big" },
                { STR("9223372036854775808"), "the number is too big" },
                { STR("truth"), "expected a value" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct json_value v;
                struct diag d = { 0 };

                assert_int_equal(json_read(&a, "f", rows[i].text, &v, &d), -1);
                assert_int_equal(d.class, DIAG_INPUT);
                if (!strstr(d.text, rows[i].message))
                        fail_msg("'%s' is told as '%s', not '%s'", rows[i].text.p, d.text, rows[i].message);
        }
}

static void test_one_after_the_other(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct json_texts t = { .file = "f", .text = S("{\"a\":1}\n\n[2]3 \n{\"b\":") };
        struct json_value v;
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(json_read_next(&t, &a, &v, &d), 1);
        assert_int_equal(v.type, JSON_OBJECT);
        assert_int_equal(json_read_next(&t, &a, &v, &d), 1);
        assert_int_equal(v.type, JSON_ARRAY);
        assert_int_equal(json_read_next(&t, &a, &v, &d), 1);
        assert_int_equal(v.type, JSON_NUMBER);
        assert_int_equal(json_read_next(&t, &a, &v, &d), -1);
        assert_string_equal(d.text, "f:4: not valid JSON: the text ends inside a value (column 6)");
        t = (struct json_texts){ .file = "f", .text = S(" \n") };
        assert_int_equal(json_read_next(&t, &a, &v, &d), 0);
}

static void refuse(struct str text, const char *message) {
        ARENA_AUTO struct arena a = { 0 };
        struct json_value v;
        struct diag d = { 0 };

        assert_int_equal(json_read(&a, "f", text, &v, &d), -1);
        assert_non_null(strstr(d.text, message));
}

static void test_limits(void **state) {
        OUT_AUTO struct out deep = { 0 }, many = { 0 }, keys = { 0 };
        ARENA_AUTO struct arena a = { 0 };
        struct json_value v;
        struct diag d = { 0 };

        (void)state;
        out_repeat(&deep, '[', JSON_DEPTH_MAX + 2);
        refuse(out_text(&deep), "nested too deeply");
        out_char(&many, '[');
        for (int i = 0; i < JSON_VALUES_MAX; i++)
                out_c(&many, i ? ",0" : "0");
        out_char(&many, ']');
        refuse(out_text(&many), "too many values");
        for (int i = 0; i < 100000; i++)
                out_fmt(&keys, "%s\"%d\":%d", i ? "," : "{", i, i);
        out_char(&keys, '}');
        assert_int_equal(json_read(&a, "f", out_text(&keys), &v, &d), 0);
        assert_int_equal(json_count(&v), 100000);
        keys.len--;
        out_c(&keys, ",\"77777\":1}");
        refuse(out_text(&keys), "same key twice");
}

/* ---- A long value through a pipe ---- */

struct input {
        struct str rest;
        ptrdiff_t calls, elements;
};

static ptrdiff_t read_piece(void *arg, char *p, ptrdiff_t size, struct diag *d) {
        struct input *in = arg;
        ptrdiff_t n = in->rest.len < 4096 ? in->rest.len : 4096;

        (void)d;
        n = n < size ? n : size;
        if (n > 0)
                memcpy(p, in->rest.p, (size_t)n);
        in->rest = str_from(in->rest, n);
        in->calls++;
        return n;
}

static bool is_list(void *arg, struct str key, bool in_data) {
        (void)arg;
        (void)key;
        (void)in_data;
        return true;
}

static const char *element(void *arg, const struct json_value *v, const struct json_value *columns) {
        struct input *in = arg;

        (void)columns;
        in->elements += json_count(v);
        return NULL;
}

static const char *document(void *arg, const struct json_value *v, int lists) {
        (void)arg;
        (void)v;
        (void)lists;
        return NULL;
}

static void test_long_value_in_pieces(void **state) {
        OUT_AUTO struct out text = { 0 };
        struct input in = { 0 };
        struct json_stream_user user = { .arg = &in, .read = read_piece, .is_list = is_list, .element = element, .document = document };
        struct diag d = { 0 };

        (void)state;
        out_c(&text, "[[[[[[");
        for (int i = 0; i < 400000; i++)
                out_c(&text, "\"\\u00e9 long\",");
        out_c(&text, "0]]]]]]");
        in.rest = out_text(&text);
        assert_int_equal(json_stream("f", &user, &d), 0);
        assert_int_equal(in.elements, 400001);
        assert_int_equal(in.rest.len, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_reads),  cmocka_unit_test(test_refuses), cmocka_unit_test(test_one_after_the_other),
                cmocka_unit_test(test_limits), cmocka_unit_test(test_long_value_in_pieces),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
