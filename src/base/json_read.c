/* JSON texts that are in memory as a whole, and how values are asked for. */
#include "base/json_value.h"

static bool is_blank(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static const char *skip_blanks(const char *p, const char *end) {
        while (p < end && is_blank(*p))
                p++;
        return p;
}

/* Columns are counted in characters, from 1. */
static int bad(const struct json_texts *t, const char *at, const char *why, struct diag *d) {
        long line = 1, column = 1;

        for (const char *p = t->text.p; p < at; p++) {
                if (*p == '\n') {
                        line++;
                        column = 1;
                } else if (((unsigned char)*p & 0xc0) != 0x80) {
                        column++;
                }
        }
        return diag_fail_at(d, t->file, line, "not valid JSON: %s (column %ld)", why, column);
}

int json_read_next(struct json_texts *t, struct arena *a, struct json_value *ret, struct diag *d) {
        const char *end = t->text.p + t->text.len;
        struct json_parser j = { .end = end, .last = true, .a = a };
        enum json_result result;
        int status = 1;

        if (t->at == 0 && str_starts(t->text, S("\xef\xbb\xbf")))
                t->at = 3;
        j.p = skip_blanks(t->text.p + t->at, end);
        if (j.p == end)
                return 0;
        result = json_parse(&j, ret);
        if (result != JSON_DONE)
                status = bad(t, j.p, j.error, d);
        t->at = j.p - t->text.p;
        json_parser_free(&j);
        return status;
}

int json_read(struct arena *a, const char *file, struct str text, struct json_value *ret, struct diag *d) {
        struct json_texts t = { .file = file, .text = text };
        int status = json_read_next(&t, a, ret, d);
        const char *end = text.p + text.len, *rest;

        if (status == 0)
                return bad(&t, end, "the text is empty", d);
        if (status < 0)
                return -1;
        rest = skip_blanks(text.p + t.at, end);
        return rest == end ? 0 : bad(&t, rest, "something follows the value", d);
}

/* ---- Asking ---- */

const struct json_value *json_member(const struct json_value *v, struct str key) {
        if (!v || v->type != JSON_OBJECT)
                return NULL;
        for (ptrdiff_t i = 0; i < v->count; i++)
                if (str_eq(v->members[i].key, key))
                        return &v->members[i].value;
        return NULL;
}

const struct json_value *json_item(const struct json_value *v, ptrdiff_t i) {
        return v && v->type == JSON_ARRAY && i >= 0 && i < v->count ? &v->items[i] : NULL;
}

ptrdiff_t json_count(const struct json_value *v) {
        return v && (v->type == JSON_ARRAY || v->type == JSON_OBJECT) ? v->count : 0;
}

struct str json_member_text(const struct json_value *v, struct str key) {
        const struct json_value *m = json_member(v, key);

        return m && m->type == JSON_STRING ? m->text : S("");
}

bool json_to_u64(const struct json_value *v, uint64_t *ret) {
        return v && v->type == JSON_NUMBER && str_to_u64(v->text, ret);
}

bool json_to_i64(const struct json_value *v, int64_t *ret) {
        bool minus = v && v->type == JSON_NUMBER && v->text.p[0] == '-';
        uint64_t u;

        if (!v || v->type != JSON_NUMBER || !str_to_u64(str_from(v->text, minus), &u) ||
            u > (uint64_t)INT64_MAX + minus)
                return false;
        *ret = minus ? (int64_t)-u : (int64_t)u;
        return true;
}

/* "os_type" for "osType". */
static bool same_but_underscores(struct str written, struct str key) {
        ptrdiff_t k = 0;

        for (ptrdiff_t i = 0; i < written.len; i++) {
                if (written.p[i] == '_')
                        continue;
                if (k == key.len || !str_eq_nocase(str_sub(written, i, 1), str_sub(key, k, 1)))
                        return false;
                k++;
        }
        return k == key.len;
}

static bool same_key(struct str written, struct str key) {
        if (written.len == key.len)
                return str_eq_nocase(written, key);
        return written.len > key.len && str_find_char(written, '_') > 0 && same_but_underscores(written, key);
}

const struct json_value *json_get(const struct json_value *v, struct str key) {
        if (!v || v->type != JSON_OBJECT)
                return NULL;
        for (ptrdiff_t i = 0; i < v->count; i++)
                if (same_key(v->members[i].key, key))
                        return &v->members[i].value;
        return NULL;
}

const struct json_value *json_path(const struct json_value *v, struct str path) {
        struct str key;

        while (v && str_cut(&path, '.', &key))
                v = json_get(v, key);
        return v;
}

struct str json_text(const struct json_value *v, struct str path) {
        const struct json_value *at = json_path(v, path);

        return at && at->type == JSON_STRING ? at->text : (struct str){ .p = "" };
}
