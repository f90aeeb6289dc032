/* report: words wrapped and laid out, control characters, exit codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/formats.h"
#include "report/layout.h"

static void test_width(void **state) {
        (void)state;
        assert_int_equal(layout_width(S("")), 0);
        assert_int_equal(layout_width(S("a·b…")), 4);
}

static void test_cut(void **state) {
        static const struct {
                const char *text;
                int width;
                const char *lines; /* joined by '|' */
        } rows[] = {
                { "one two three", 7, "one two|three" },
                { "one two three", 6, "one|two|three" },
                { "one  two", 3, "one|two" },
                { "unbreakable", 4, "unbr|eaka|ble" },
                { "/sys/devices/system", 14, "/sys/devices/|system" },
                { "a\nb c", 10, "a|b c" },
                { "exact", 5, "exact" },
                { "äöü äöü", 3, "äöü|äöü" },
                { "", 5, "" },
                { "x", 0, "x" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                OUT_AUTO struct out got = { 0 };
                struct str rest = str_of(rows[i].text), line;

                while (layout_cut(&rest, rows[i].width, &line)) {
                        out_c(&got, got.len ? "|" : "");
                        out_str(&got, line);
                }
                assert_true(str_eq(out_text(&got), str_of(rows[i].lines)));
        }
}

/* At every width: no line is wider, and no word is lost. */
static void test_wrap(void **state) {
        static const char text[] = "the kernel's own returns are safe (safe RET); whether the host's microcode completes the "
                                   "barrier cannot be known from inside /sys/devices/system/cpu/vulnerabilities/meltdown";

        (void)state;
        for (int width = 10; width < 140; width++) {
                OUT_AUTO struct out o = { 0 };
                struct str rest, line;
                ptrdiff_t letters = 0;

                layout_wrap(&o, S(text), 0, 4, width);
                rest = out_text(&o);
                while (str_line(&rest, &line)) {
                        assert_true(layout_width(line) <= width);
                        for (ptrdiff_t i = 0; i < line.len; i++)
                                letters += line.p[i] != ' ';
                }
                for (size_t i = 0; i < sizeof(text) - 1; i++)
                        letters -= text[i] != ' ';
                assert_int_equal(letters, 0);
        }
}

static void test_xml(void **state) {
        OUT_AUTO struct out o = { 0 };

        (void)state;
        xml_text(&o, S("<a b=\"c\" d='e'>&\x07\n·"));
        assert_true(str_eq(out_text(&o), S("&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\xef\xbf\xbd\n·")));
}

static void test_table(void **state) {
        static const char *const titles[] = { "NAME", "WHY" };
        struct cell cells[] = { { .text = STR("one") }, { .text = STR("because it is so") },
                                { .text = STR("two\nlines") }, { .text = STR("") } };
        struct table t = { .titles = titles, .column_count = 2, .columns = 16, .indent = 4, .last_min = 5, .items = cells,
                           .count = 4 };
        OUT_AUTO struct out beside = { 0 };
        OUT_AUTO struct out below = { 0 };

        (void)state;
        table_write(&t, &beside);
        assert_true(str_eq(out_text(&beside), S("NAME   WHY\none    because\n       it is so\ntwo\nlines\n")));
        t.last_min = 12;
        table_write(&t, &below);
        assert_true(str_eq(out_text(&below), S("NAME\none\n    because it\n    is so\ntwo\nlines\n")));
}

static void test_exits(void **state) {
        static const struct {
                uint32_t vulnerable, partial, unknown;
                unsigned fail_on;
                int code, nagios;
        } rows[] = {
                { 0, 0, 0, 0xff, 0, 0 }, { 1, 1, 1, 0xff, 2, 2 }, { 0, 1, 1, 0xff, 2, 1 }, { 0, 0, 1, 0xff, 3, 3 },
                { 1, 1, 1, 1 << STATUS_UNKNOWN, 3, 3 }, { 0, 1, 0, 1 << STATUS_VULNERABLE, 0, 0 }, { 1, 1, 1, 0, 0, 0 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                const struct verdict r = { .counts = { [STATUS_VULNERABLE] = rows[i].vulnerable, [STATUS_NOT_AFFECTED] = 9,
                                                      [STATUS_PARTIAL] = rows[i].partial, [STATUS_UNKNOWN] = rows[i].unknown } };

                assert_int_equal(summary_exit(&r, (status_set)rows[i].fail_on), rows[i].code);
                assert_int_equal(report_nagios_exit(&r, (status_set)rows[i].fail_on), rows[i].nagios);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_width), cmocka_unit_test(test_cut),   cmocka_unit_test(test_wrap),
                cmocka_unit_test(test_xml),   cmocka_unit_test(test_table),
                cmocka_unit_test(test_exits),
        };

        return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
