/* evidence: records.txt holds records as they stand in evidence files, each followed by what is made of them: the records written
 * again, or why the file is refused. "\n" stands for the end of a line. `test_records fix` writes what is made, for review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/out.h"
#include "evidence/evidence.h"
#include "platform/program.h"

static const char *const table = SOURCE_ROOT "/tests/unit/records.txt";

static struct str with_lines(struct arena *a, struct str s) {
        ptrdiff_t at;

        while ((at = str_find(s, S("\\n"))) >= 0)
                s = str_fmt(a, "%.*s\n%.*s", STR_ARG(str_sub(s, 0, at)), STR_ARG(str_from(s, at + 2)));
        return s;
}

static void put_made(struct out *o, struct arena *a, struct str records) {
        OUT_AUTO struct out made = { 0 };
        struct evidence e;
        struct diag d = { 0 };
        struct str rest, line;

        if (evidence_parse(&e, a, S("FILE"), str_fmt(a, "# sidelight evidence 1\n%.*s", STR_ARG(with_lines(a, records))), &d) < 0) {
                out_fmt(o, "        refused: %s\n", d.text);
                return;
        }
        evidence_write(&e, &made);
        rest = str_dup(a, out_text(&made));
        (void)str_line(&rest, &line);
        while (str_line(&rest, &line))
                out_fmt(o, "        %.*s\n", STR_ARG(line));
        for (ptrdiff_t i = 0; i < e.count; i++) /* what is not written as it is kept */
                if (e.items[i].kind == RECORD_REGISTRY)
                        out_fmt(o, "        = %s %llx\n", fact_state_word(e.items[i].state), (unsigned long long)e.items[i].value);
}

static void should_be(struct out *o, struct str text, int *ret_count) {
        struct str line;

        *ret_count = 0;
        while (str_line(&text, &line)) {
                ARENA_AUTO struct arena a = { 0 };

                if (str_starts(line, S("        ")))
                        continue;
                out_fmt(o, "%.*s\n", STR_ARG(line));
                if (line.len == 0 || str_starts(line, S("# ")))
                        continue;
                put_made(o, &a, line);
                ++*ret_count;
        }
}

static struct str read_table(struct arena *a) {
        struct diag d = { 0 };
        struct str text;

        if (program_read_file(table, 1 << 20, a, &text, &d) < 0)
                fail_msg("%s", d.text);
        return text;
}

static void test_records(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct str is = read_table(&a), found, x, y;
        int count, number = 0;

        (void)state;
        should_be(&o, is, &count);
        for (found = out_text(&o); str_line(&is, &x) && str_line(&found, &y);) {
                number++;
                if (!str_eq(x, y))
                        fail_msg("%s:%d\n  right: %.*s\n  found: %.*s", table, number, STR_ARG(x), STR_ARG(y));
        }
        assert_true(str_empty(is) && str_empty(found));
        assert_true(count > 60);
}

static int fix(void) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        FILE *f;
        int count;

        should_be(&o, read_table(&a), &count);
        f = fopen(table, "wb");
        return !f || fwrite(o.p, 1, (size_t)o.len, f) != (size_t)o.len || fclose(f) != 0;
}

int main(int argc, char **argv) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_records) };

        (void)argv;
        return argc > 1 ? fix() : cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
