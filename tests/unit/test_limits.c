/* The limits of what is read: as much as is promised, and one more. Bundles: which names and lengths a file in one may have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/out.h"
#include "compiler/bundle.h"
#include "facts/cpus.h"
#include "little_data.h"
#include "plan/edit/shell.h"

/* ---- Rules and conditions ---- */

static int compile_flaw(struct str text, struct catalog *c, struct arena *a, struct diag *d) {
        struct data_file files[LITTLE_COUNT];

        little_data(files, "vulns/leak.yaml", text);
        for (int i = 0; i < LITTLE_COUNT; i++)
                if (str_eq(files[i].path, S("rulesets.yaml")))
                        files[i].text = S("[]\n");
        *d = (struct diag){ 0 };
        return catalog_compile(c, a, files, LITTLE_COUNT, d);
}

/* Each of them has a condition of its own, and the last always applies. */
static struct str flaw_with_rules(struct arena *a, int count) {
        OUT_AUTO struct out o = { 0 };

        out_c(&o, "id: leak\nname: Leak\ncves: [CVE-2000-1]\nsummary: \"x\"\nrules:\n");
        for (int i = 1; i < count; i++)
                out_fmt(&o, "- {id: r%d, when: \"cpu.model == %d\", status: unknown, reason: \"x\"}\n", i, i);
        out_c(&o, "- {id: last, when: \"true\", status: unknown, reason: \"x\"}\n");
        return str_dup(a, out_text(&o));
}

static void test_rules(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct catalog c;
        struct diag d;

        (void)state;
        assert_int_equal(compile_flaw(flaw_with_rules(&a, 64), &c, &a, &d), 0);
        assert_int_equal(c.flaws[0].rule_count, 64);
        assert_true(str_eq(T(c.flaws[0].rules[63].id), S("last")));
        assert_int_equal(compile_flaw(flaw_with_rules(&a, 65), &c, &a, &d), -1);
        assert_string_equal(d.text, "vulns/leak.yaml:5: more than 64 rules");
        assert_int_equal(compile_flaw(flaw_with_rules(&a, 1), &c, &a, &d), 0);
        assert_int_equal(c.flaws[0].rule_count, 1);
}

/* A condition that opens one parenthesis or negation in another; what was closed does not count. */
static void test_nested_conditions(void **state) {
        static const struct {
                const char *open, *close;
        } ways[] = { { "(", ")" }, { "not ", "" }, { "not (", ")" } };

        (void)state;
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
                for (int depth = i == 2 ? 20 : 40; depth <= 41; depth++) {
                        ARENA_AUTO struct arena a = { 0 };
                        OUT_AUTO struct out o = { 0 };
                        struct catalog c;
                        struct diag d;

                        out_c(&o, "id: leak\nname: Leak\ncves: [CVE-2000-1]\nsummary: \"x\"\nrules:\n- {id: r, when: \"");
                        for (int again = 0; again < 2; again++) {
                                out_c(&o, again ? " and " : "");
                                for (int k = 0; k < depth; k++)
                                        out_c(&o, ways[i].open);
                                out_c(&o, again ? "cpu.model == 1" : "hypervisor");
                                for (int k = 0; k < depth; k++)
                                        out_c(&o, ways[i].close);
                        }
                        out_c(&o, "\", status: unknown, reason: \"x\"}\n- {id: last, when: \"true\", status: unknown, reason: \"x\"}\n");
                        if (compile_flaw(out_text(&o), &c, &a, &d) == 0)
                                assert_true(depth <= (i == 2 ? 20 : 40));
                        else if (!str_starts(str_of(d.text), S("vulns/leak.yaml:6: expected fewer nested parentheses")) || depth <= (i == 2 ? 20 : 40))
                                fail_msg("way %zu, depth %d: %s", i, depth, d.text);
                }
}

/* A register of which all bits are one fact: each of them makes CPUs unlike. */
static void test_widest_register(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct data_file files[LITTLE_COUNT];
        struct catalog c;
        struct diag d = { 0 };

        (void)state;
        little_data(files, "registers.yaml", S(LITTLE_REGISTERS "- {name: whole, msr: 0x123, bits: \"0-63\"}\n- {name: high, msr: 0x124, bits: \"32-63\"}\n"));
        assert_int_equal(catalog_compile(&c, &a, files, LITTLE_COUNT, &d), 0);
        for (int bit = 0; bit < 64; bit++)
                for (unsigned msr = 0x123; msr <= 0x125; msr++) {
                        struct cpu_list l;
                        struct evidence e;

                        assert_int_equal(evidence_parse(&e, &a, S("f"), str_fmt(&a, "# sidelight evidence 1\n-- msr 0 %x 0\n-- msr 1 %x %llx\n", msr, msr,
                                                                                1ull << bit), &d), 0);
                        cpu_list_read(&l, &a, &c, &e);
                        assert_int_equal(l.class_count, msr == 0x123 || (msr == 0x124 && bit >= 32) ? 2 : 1);
                }
}

/* ---- Bundles ---- */

static struct str bundle_of(struct arena *a, struct str files) {
        return str_fmt(a, "%s%.*s-- end\n", "# sidelight data 1\n-- version 2026-11-26\n", STR_ARG(files));
}

static void test_bundle_paths(void **state) {
        static const struct {
                const char *path;
                bool sound;
        } rows[] = {
                { "a.yaml", true }, { "a.csv", true }, { "azAZ09-_.yaml", true }, { "vulns/a.yaml", true }, { "a/b/c.csv", true }, { "a..yaml", true },
                { "a.yml", false }, { "a.yaml/", false }, { "/a.yaml", false }, { ".a.yaml", false }, { "../a.yaml", false }, { "a/../b.yaml", false },
                { "a//b.yaml", false }, { "a/.b.yaml", false }, { "a\\b.yaml", false }, { "a:b.yaml", false }, { "`.yaml", false }, { "{.yaml", false },
                { "@.yaml", false }, { "[.yaml", false }, { ":.yaml", false }, { "\xc3\xa9.yaml", false }, { ".yaml", false }, { "a/.csv", false },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct bundle b;
                struct diag d = { 0 };
                int status = bundle_parse(&b, &a, bundle_of(&a, str_fmt(&a, "-- file %s 3\nx: \n", rows[i].path)), &d);

                if (status != (rows[i].sound ? 0 : -1))
                        fail_msg("%s: %s", rows[i].path, status ? d.text : "is taken");
                if (status < 0)
                        assert_non_null(strstr(d.text, "a file has no name that the data folder could have"));
                else
                        assert_true(b.count == 1 && str_eq(b.items[0].path, str_of(rows[i].path)) && str_eq(b.items[0].text, S("x: ")));
        }
}

static void test_bundle_files(void **state) {
        static const struct {
                const char *files, *message; /* NULL: it is read */
        } rows[] = {
                { "", NULL },
                { "-- file a.yaml 0\n\n", NULL },
                { "-- file a.yaml 3\nabc\n-- file b.yaml 1\n\n\n", NULL },
                { "-- file b.yaml 0\n\n-- file a.yaml 0\n\n", "its files are not in order, or one is there twice" },
                { "-- file a.yaml 0\n\n-- file a.yaml 0\n\n", "its files are not in order, or one is there twice" },
                { "-- file a.yaml 2\nabc\n", "a file is cut off" },
                { "-- file a.yaml 4\nabc\n", "a file is cut off" },
                { "-- file a.yaml\nabc\n", "a file is cut off" },
                { "-- file a.yaml \nabc\n", "a file is cut off" },
                { "-- file a.yaml -3\nabc\n", "a file is cut off" },
                { "-- file a.yaml x3\nabc\n", "a file is cut off" },
                { "-- file a.yaml 3x\nabc\n", "a file is cut off" },
                { "-- file a.yaml 000000003\nabc\n", NULL },
                { "-- file a.yaml 0000000003\nabc\n", "a file is cut off" },
                { "-- file a.yaml 11\nabc\n", "a file is cut off" }, /* the line feed at the end would be its own */
                { "-- file a.yaml 12\nabc\n", "a file is cut off" },
                { "-- file a.yaml 999999999\nabc\n", "a file is cut off" },
                { "-- fil a.yaml 3\nabc\n", "it is cut off" },
                { "\n", "it is cut off" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct bundle b;
                struct diag d = { 0 };
                int status = bundle_parse(&b, &a, bundle_of(&a, str_of(rows[i].files)), &d);

                if (status != (rows[i].message ? -1 : 0) || (status < 0 && !strstr(d.text, rows[i].message)))
                        fail_msg("row %zu: %s", i, status ? d.text : "is taken");
        }
}

static void test_bundle_limits(void **state) {
        (void)state;
        for (int count = BUNDLE_FILES_MAX; count <= BUNDLE_FILES_MAX + 1; count++) {
                ARENA_AUTO struct arena a = { 0 };
                OUT_AUTO struct out o = { 0 };
                struct bundle b;
                struct diag d = { 0 };

                for (int i = 0; i < count; i++)
                        out_fmt(&o, "-- file f%04d.csv 0\n\n", i);
                assert_int_equal(bundle_parse(&b, &a, bundle_of(&a, out_text(&o)), &d), count <= BUNDLE_FILES_MAX ? 0 : -1);
                assert_true(count <= BUNDLE_FILES_MAX ? b.count == count : strstr(d.text, "it has too many files") != NULL);
        }
        for (int length = BUNDLE_PATH_MAX; length <= BUNDLE_PATH_MAX + 1; length++) {
                ARENA_AUTO struct arena a = { 0 };
                OUT_AUTO struct out o = { 0 };
                struct bundle b;
                struct diag d = { 0 };

                out_repeat(&o, 'a', length - 4);
                assert_int_equal(bundle_parse(&b, &a, bundle_of(&a, str_fmt(&a, "-- file %.*s.csv 0\n\n", STR_ARG(out_text(&o)))), &d),
                                 length <= BUNDLE_PATH_MAX ? 0 : -1);
        }
}

/* ---- What a shell would make ---- */

static const struct shell_assignment *assigned(struct shell *s, struct arena *a, struct str text) {
        static const struct str names[] = { STR("A") };
        struct text_file *file = arena_new(a, struct text_file);

        *file = (struct text_file){ .path = S("f"), .text = text };
        *s = (struct shell){ .arena = a, .files = { .items = file, .count = 1 }, .names = names, .name_count = 1 };
        (void)shell_read(s);
        return shell_last(s, names[0]);
}

/* "${A:+${A:+… y}}": twenty in one another are followed. */
static void test_nested_expansions(void **state) {
        (void)state;
        for (int depth = 19; depth <= 21; depth++) {
                ARENA_AUTO struct arena a = { 0 };
                OUT_AUTO struct out o = { 0 };
                struct shell s;
                const struct shell_assignment *last;

                out_c(&o, "A=x\nA=\"");
                for (int i = 0; i < depth; i++)
                        out_c(&o, "${A:+");
                out_char(&o, 'y');
                out_repeat(&o, '}', depth);
                out_c(&o, "\"\n");
                last = assigned(&s, &a, out_text(&o));
                assert_int_equal(s.reason.len > 0, depth > 20);
                if (depth <= 20)
                        assert_true(last->line == 2 && last->value.count == 1 && last->value.items[0].c == 'y' && !last->value.computed);
        }
}

/* A value that is doubled again and again is followed up to 64 KiB. */
static void test_long_value(void **state) {
        (void)state;
        for (int more = 0; more < 2; more++) {
                ARENA_AUTO struct arena a = { 0 };
                OUT_AUTO struct out o = { 0 };
                struct shell s;
                const struct shell_assignment *last;

                out_c(&o, "A=x\n");
                for (int i = 0; i < 16; i++)
                        out_c(&o, "A=$A$A\n");
                out_c(&o, more ? "A=y$A\n" : "");
                last = assigned(&s, &a, out_text(&o));
                assert_int_equal(last->value.computed != 0, more);
                assert_int_equal(last->line, 17 + more);
                if (!more)
                        assert_int_equal(last->value.count, 1 << 16);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rules),         cmocka_unit_test(test_nested_conditions), cmocka_unit_test(test_widest_register), cmocka_unit_test(test_bundle_paths),
                cmocka_unit_test(test_bundle_files),  cmocka_unit_test(test_bundle_limits),     cmocka_unit_test(test_nested_expansions),
                cmocka_unit_test(test_long_value),
        };

        return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
