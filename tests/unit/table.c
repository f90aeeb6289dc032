/* Tables of inputs, and what comes of them (table.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "platform/program.h"
#include "table.h"

static const struct str indent = STR("        ");

int table_rows(struct out *o, struct str text, void (*put)(struct out *o, struct arena *a, struct str row)) {
        struct str line;
        int count = 0;

        while (str_line(&text, &line)) {
                ARENA_AUTO struct arena a = { 0 };

                if (str_starts(line, indent))
                        continue; /* what came of the row before */
                out_fmt(o, "%.*s\n", STR_ARG(line));
                if (line.len == 0 || str_starts(line, S("# ")))
                        continue;
                put(o, &a, line);
                count++;
        }
        return count;
}

struct str table_cell(struct str *row) {
        struct str s;

        return str_cut(row, '|', &s) ? str_trim(s) : S("");
}

uint32_t table_hexadecimal(struct str s) {
        uint64_t number;

        if (!str_hex_to_u64(s, &number) || number > UINT32_MAX)
                fail_msg("no number: '%.*s'", STR_ARG(s));
        return (uint32_t)number;
}

struct str table_with_lines(struct arena *a, struct str s) {
        ptrdiff_t at;

        while ((at = str_find(s, S("\\n"))) >= 0)
                s = str_fmt(a, "%.*s\n%.*s", STR_ARG(str_sub(s, 0, at)), STR_ARG(str_from(s, at + 2)));
        return s;
}

struct str table_read(struct arena *a, const char *path) {
        struct diag d = { 0 };
        struct str text;

        if (program_read_file(path, 1 << 20, a, &text, &d) < 0)
                fail_msg("%s", d.text);
        return text;
}

void table_hold(const struct table *t) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct str is = table_read(&a, t->path), found, x, y, row = { 0 };
        int count = t->should_be(&o, &a, is), number = 0;

        for (found = out_text(&o); str_line(&is, &x) && str_line(&found, &y);) {
                number++;
                if (!str_eq(x, y))
                        fail_msg("%s:%d: %.*s\n  right: '%.*s'\n  found: '%.*s'", t->path, number, STR_ARG(row), STR_ARG(x), STR_ARG(y));
                row = str_starts(x, indent) ? row : x;
        }
        assert_true(str_empty(is) && str_empty(found));
        assert_true(count >= t->least);
}

int table_fix(const struct table *t) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        FILE *f;

        (void)t->should_be(&o, &a, table_read(&a, t->path));
        f = fopen(t->path, "wb");
        return !f || fwrite(o.p, 1, (size_t)o.len, f) != (size_t)o.len || fclose(f) != 0;
}
