#include "imports_told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collect/import/import.h"
#include "table.h"

static char escaped(struct str *rest) {
        char c = rest->p[0];
        uint64_t n = 0;

        *rest = str_from(*rest, 1);
        if (c == 'x' && str_hex_to_u64(str_sub(*rest, 0, 2), &n))
                *rest = str_from(*rest, 2);
        return c == 't' ? '\t' : c == 'r' ? '\r' : c == 'n' ? '\n' : c == 'e' ? '\x1b' : c == 'x' ? (char)n : c;
}

static struct str unescaped(struct arena *a, struct str s) {
        OUT_AUTO struct out o = { 0 };

        while (s.len > 0) {
                char c = s.p[0];

                s = str_from(s, 1);
                out_char(&o, c == '\\' && s.len > 0 ? escaped(&s) : c);
        }
        return str_dup(a, out_text(&o));
}

/* The names of the formats that it came from, in place of the sentence about what they carry. */
static void put_origin(struct out *o, struct str carries) {
        ptrdiff_t count;
        const struct import_format *const *formats = import_formats(&count);

        out_c(o, "-- meta imported");
        for (ptrdiff_t i = 0; i < count; i++)
                if (str_find(carries, str_of(formats[i]->carries)) >= 0)
                        out_fmt(o, " %s", formats[i]->name);
        out_char(o, '\n');
}

static void put_records(struct out *o, struct arena *a, const struct evidence *e) {
        OUT_AUTO struct out all = { 0 };
        struct str rest, line;

        evidence_write(e, &all);
        for (rest = str_dup(a, out_text(&all)); str_line(&rest, &line);)
                if (str_starts(line, S("-- meta imported ")))
                        put_origin(o, str_from(line, 17));
                else if (!str_starts(line, S("# sidelight evidence")))
                        out_fmt(o, "%.*s\n", STR_ARG(line));
}

void imports_tell(struct out *o, struct arena *a, struct str text) {
        struct import_machines all;
        struct diag d = { 0 };
        int status = import_machines(&all, a, S("FILE"), &catalog_builtin, text, &d);

        if (status == IMPORT_UNKNOWN)
                out_c(o, "not known\n");
        else if (status < 0)
                out_fmt(o, "refused: %s\n", d.text);
        for (ptrdiff_t i = 0; status == 0 && i < all.count; i++) {
                if (i > 0)
                        out_c(o, "---- the next machine\n");
                put_records(o, a, &all.items[i]);
        }
}

struct str imports_input(struct arena *a, struct str title, struct str text) {
        return str_ends(title, S("(escaped)")) ? unescaped(a, str_sub(text, 0, text.len - 1)) : text;
}

int imports_read(struct arena *a, void (*put)(void *arg, struct str title, struct str text), void *arg) {
        struct str text = table_read(a, SOURCE_ROOT "/tests/unit/imports.txt"), line, title = { 0 }, start = text;
        int count = 0;

        while (str_line(&text, &line))
                if (str_starts(line, S("==== "))) {
                        title = str_from(line, 5);
                        start = text;
                } else if (title.len > 0 && str_eq(line, S("----"))) {
                        put(arg, title, imports_input(a, title, str_n(start.p, line.p - start.p)));
                        title = (struct str){ 0 };
                        count++;
                }
        return count;
}
