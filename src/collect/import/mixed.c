/* JSON between lines: behind a prompt, in a fence, with words before and after it. */
#include "collect/import/parts.h"

enum { FAILURES_MAX = 64 }; /* lines that look like JSON and are none */

/* "{", "[", and what may follow: not "[    0.000000] Linux version". */
static bool may_begin(struct str line) {
        struct str next = str_trim(line.len > 0 ? str_from(line, 1) : line);

        if (line.len == 0 || (line.p[0] != '{' && line.p[0] != '['))
                return false;
        return next.len == 0 || str_find_char(S("\"{['"), next.p[0]) >= 0 || (line.p[0] == '{' && next.p[0] == ':');
}

/* The value at the beginning of `text`; how long it is: 0 when there is none. What follows it in its last line, a prompt say, is a line of
 * its own. */
static ptrdiff_t value_length(struct arena *a, struct str text, struct json_value *ret) {
        struct json_parser j = { .p = text.p, .end = text.p + text.len, .last = true, .a = a };
        ptrdiff_t n = json_parse(&j, ret) == JSON_DONE ? j.p - text.p : 0;

        json_parser_free(&j);
        if (n == 0)
                n = import_literal(a, text, ret);
        return n > 0 && n < text.len && text.p[n] == ',' ? n + 1 : n;
}

struct str mixed_json(struct arena *a, struct str text, struct json_value *ret) {
        struct {
                struct json_value *items;
                ptrdiff_t count, capacity;
        } all = { 0 };
        struct str rest = text = markup_text(a, text), line;
        OUT_AUTO struct out left = { 0 };
        int failures = 0;

        *ret = (struct json_value){ .type = JSON_NULL };
        while (rest.len > 0) {
                struct str here = rest;
                struct json_value value;
                ptrdiff_t n = 0, indent;

                (void)str_line(&rest, &line);
                indent = import_indent(line);
                if (failures < FAILURES_MAX && may_begin(str_from(line, indent))) {
                        n = value_length(a, str_from(here, indent), &value);
                        failures += n == 0;
                }
                if (n > 0) {
                        *arena_append(a, &all) = value;
                        rest = str_from(here, indent + n);
                        line = S("");
                }
                out_str(&left, line);
                out_char(&left, '\n');
        }
        if (all.count == 0)
                return text;
        *ret = all.count == 1 ? all.items[0] : (struct json_value){ .type = JSON_ARRAY, .items = all.items, .count = all.count };
        return str_dup(a, out_text(&left));
}
