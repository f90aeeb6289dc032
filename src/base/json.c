#include "base/json.h"

static void newline(struct json *j) {
        if (j->indent > 0) {
                out_char(j->out, '\n');
                out_repeat(j->out, ' ', (ptrdiff_t)j->indent * j->depth);
        }
}

/* Length of the UTF-8 sequence at p (RFC 3629, section 4), or 0 when it is not one. */
static int utf8_length(const unsigned char *p, ptrdiff_t left) {
        int n = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : (p[0] & 0xf0) == 0xe0 ? 3
                : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;

        if (n == 0 || n > left)
                return 0;
        for (int i = 1; i < n; i++)
                if ((p[i] & 0xc0) != 0x80)
                        return 0;
        if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] >= 0xa0) || (p[0] == 0xf0 && p[1] < 0x90) ||
            (p[0] == 0xf4 && p[1] >= 0x90))
                return 0;
        return n;
}

static void escape(struct out *o, unsigned char c) {
        static const char shorts[] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
                                       ['"'] = '"', ['\\'] = '\\' };

        out_char(o, '\\');
        if (shorts[c]) {
                out_char(o, shorts[c]);
        } else {
                out_c(o, "u");
                out_hex(o, c, 4);
        }
}

static void quoted(struct out *o, struct str s) {
        const unsigned char *p = (const unsigned char *)s.p;
        ptrdiff_t plain = 0;

        out_char(o, '"');
        for (ptrdiff_t i = 0; i < s.len;) {
                int n = p[i] < 0x20 || p[i] == '"' || p[i] == '\\' || p[i] == 0x7f ? 0 : utf8_length(p + i, s.len - i);

                if (n > 0) {
                        i += n;
                        continue;
                }
                out_bytes(o, s.p + plain, i - plain);
                if (p[i] < 0x80 && p[i] != 0x7f)
                        escape(o, p[i]);
                else
                        out_c(o, p[i] == 0x7f ? "\\u007f" : "\xef\xbf\xbd");
                plain = ++i;
        }
        out_bytes(o, s.p + plain, s.len - plain);
        out_char(o, '"');
}

static void before(struct json *j, const char *key) {
        if (j->after_key) {
                j->after_key = false;
                return;
        }
        if (j->need_comma)
                out_char(j->out, ',');
        if (j->depth > 0)
                newline(j);
        if (key) {
                quoted(j->out, str_of(key));
                out_c(j->out, j->indent > 0 ? ": " : ":");
        }
}

static void begin(struct json *j, const char *key, char bracket) {
        before(j, key);
        out_char(j->out, bracket);
        j->depth++;
        j->need_comma = false;
}

static void end(struct json *j, char bracket) {
        j->depth--;
        if (j->need_comma)
                newline(j);
        out_char(j->out, bracket);
        j->need_comma = true;
}

void json_object(struct json *j, const char *key) {
        begin(j, key, '{');
}

void json_array(struct json *j, const char *key) {
        begin(j, key, '[');
}

void json_end_object(struct json *j) {
        end(j, '}');
}

void json_end_array(struct json *j) {
        end(j, ']');
}

void json_key(struct json *j, struct str key) {
        before(j, NULL);
        quoted(j->out, key);
        out_c(j->out, j->indent > 0 ? ": " : ":");
        j->after_key = true;
}

void json_str(struct json *j, const char *key, struct str value) {
        before(j, key);
        quoted(j->out, value);
        j->need_comma = true;
}

void json_c(struct json *j, const char *key, const char *value) {
        if (value)
                json_str(j, key, str_of(value));
        else
                json_null(j, key);
}

void json_raw(struct json *j, const char *key, struct str value) {
        before(j, key);
        out_str(j->out, value);
        j->need_comma = true;
}

void json_u64(struct json *j, const char *key, uint64_t value) {
        before(j, key);
        out_u64(j->out, value);
        j->need_comma = true;
}

void json_i64(struct json *j, const char *key, int64_t value) {
        before(j, key);
        if (value < 0)
                out_char(j->out, '-');
        out_u64(j->out, value < 0 ? -(uint64_t)value : (uint64_t)value);
        j->need_comma = true;
}

void json_bool(struct json *j, const char *key, bool value) {
        json_raw(j, key, value ? S("true") : S("false"));
}

void json_null(struct json *j, const char *key) {
        json_raw(j, key, S("null"));
}
