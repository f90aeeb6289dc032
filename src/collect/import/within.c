/* Evidence files that stand within something else: behind a prompt, behind each other (`cat *.host`), in a string of JSON (what clouds' "run this
 * there" hands back). */
#include "collect/import/parts.h"

enum { WITHIN_DEPTH_MAX = 12, LINES_BEFORE_MAX = 2 };

static const struct str magic = STR("# sidelight evidence ");

/* Where a line begins so, from `from` on; -1: nowhere. */
static ptrdiff_t next_evidence(struct str text, ptrdiff_t from) {
        while (from < text.len) {
                ptrdiff_t at = str_find(str_from(text, from), magic);

                if (at < 0)
                        return -1;
                at += from;
                if (at == 0 || text.p[at - 1] == '\n')
                        return at;
                from = at + magic.len;
        }
        return -1;
}

/* A prompt or a heading may stand before the first; more than that is something else's own, which would be lost. */
static bool is_begun_soon(struct str text, ptrdiff_t at) {
        struct str before = str_sub(text, 0, at), line;
        int lines = 0;

        while (str_line(&before, &line))
                lines += str_trim(line).len > 0;
        return lines <= LINES_BEFORE_MAX;
}

/* What Azure's agent writes behind a command's output, and empty lines. */
static struct str without_tail(struct str text) {
        static const struct str tail = STR("[stderr]");

        text = str_trim(text);
        return str_ends(text, tail) ? str_trim(str_sub(text, 0, text.len - tail.len)) : text;
}

static int take_all(struct import_machines *ret, struct arena *a, struct str source, struct str text, struct diag *d) {
        ptrdiff_t at = next_evidence(text, 0), next;

        if (at >= 0 && !is_begun_soon(text, at))
                return 0;
        for (; at >= 0; at = next) {
                next = next_evidence(text, at + magic.len);
                if (evidence_parse(arena_append(a, ret), a, source, without_tail(str_sub(text, at, (next < 0 ? text.len : next) - at)), d) < 0)
                        return -1;
        }
        return 0;
}

static int take_strings(struct import_machines *ret, struct arena *a, struct str source, const struct json_value *v, int depth, struct diag *d) {
        int status = 0;

        if (v->type == JSON_STRING)
                return take_all(ret, a, source, v->text, d);
        if (depth > WITHIN_DEPTH_MAX)
                return 0;
        for (ptrdiff_t i = 0; v->type == JSON_ARRAY && i < v->count && status == 0; i++)
                status = take_strings(ret, a, source, &v->items[i], depth + 1, d);
        for (ptrdiff_t i = 0; v->type == JSON_OBJECT && i < v->count && status == 0; i++)
                status = take_strings(ret, a, source, &v->members[i].value, depth + 1, d);
        return status;
}

bool import_holds_several(struct str text) {
        return str_starts(text, magic) && next_evidence(text, magic.len) > 0;
}

int import_within(struct import_machines *ret, struct arena *a, struct str source, struct str text, struct diag *d) {
        struct json_value root = { 0 };

        if (str_find(text, magic) < 0)
                return 0;
        if (next_evidence(text, 0) >= 0)
                return take_all(ret, a, source, text, d);
        if (str_starts(str_trim(text), S("\""))) {
                struct json_parser j = { .p = text.p, .end = text.p + text.len, .last = true, .a = a };

                if (json_parse(&j, &root) != JSON_DONE)
                        root.type = JSON_NULL;
                json_parser_free(&j);
        } else {
                (void)mixed_json(a, text, &root);
        }
        return root.type == JSON_NULL ? 0 : take_strings(ret, a, source, &root, 0, d);
}
