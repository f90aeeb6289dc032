#include "base/json.h"

#include "base/plain.h"

static void newline(struct json *j) {
        if (j->indent > 0) {
                out_char(j->out, '\n');
                out_repeat(j->out, ' ', (ptrdiff_t)j->indent * j->depth);
        }
}

static void escape(struct out *o, uint32_t c) {
        static const char shorts[0x80] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
                                       ['"'] = '"', ['\\'] = '\\' };

        out_char(o, '\\');
        if (c < sizeof(shorts) && shorts[c]) {
                out_char(o, shorts[c]);
        } else {
                out_c(o, "u");
                out_hex(o, c, 4);
        }
}

static bool is_plain(unsigned char c) {
        return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* False when one of eight bytes does not stand for itself (it may also be false when all do). x - 1 borrows from the high bit of a
 * byte that is zero (Hacker's Delight, section 6-1); a borrow can only add an alarm above a byte that gave one. */
static bool eight_are_plain(const unsigned char *p) {
        const uint64_t ones = 0x0101010101010101u;
        uint64_t v;

        memcpy(&v, p, 8);
        return ((v | (v - ones * 0x20) | ((v ^ ones * '"') - ones) | ((v ^ ones * '\\') - ones) | ((v ^ ones * 0x7f) - ones)) &
                ones << 7) == 0;
}

/* How many bytes at p stand for themselves in a JSON string: ASCII but controls, '"', '\\' and DEL. */
static ptrdiff_t plain_length(const unsigned char *p, ptrdiff_t n) {
        ptrdiff_t i = 0;

        while (i + 8 <= n && eight_are_plain(p + i))
                i += 8;
        if (i > 0 && n - i < 8 && eight_are_plain(p + n - 8))
                return n;
        while (i < n && is_plain(p[i]))
                i++;
        return i;
}

/* One byte, or one UTF-8 sequence, that does not stand for itself; gives its length. What would steer a terminal is escaped, too. */
static ptrdiff_t special(struct out *o, const char *p, ptrdiff_t left) {
        uint32_t c = 0;
        int n = utf8_at(p, left, &c);

        if (n == 0)
                out_c(o, "\xef\xbf\xbd");
        else if (n == 1 || (n < 4 && utf8_steers(c)))
                escape(o, c);
        else
                out_bytes(o, p, n);
        return n > 0 ? n : 1;
}

/* Room for all of it at once, as far as it is plain: most strings are. */
static void quoted(struct out *o, struct str s) {
        const unsigned char *p = (const unsigned char *)s.p;
        ptrdiff_t i = s.len > 0 ? plain_length(p, s.len) : 0;
        char *to = out_room(o, i + 2);

        *to = '"';
        if (i > 0)
                memcpy(to + 1, p, (size_t)i);
        to[i + 1] = '"';
        o->len += i + 1;
        while (i < s.len) {
                ptrdiff_t same;

                i += special(o, s.p + i, s.len - i);
                same = plain_length(p + i, s.len - i);
                out_bytes(o, s.p + i, same);
                i += same;
        }
        out_char(o, '"');
}

static char *put(char *to, const char *p, size_t n) {
        memcpy(to, p, n);
        return to + n;
}

/* What stands before a value: comma, line break, key. Literal keys need no escaping, so there is room for all of it at once. */
static void before(struct json *j, const char *key) {
        size_t n = key ? strlen(key) : 0, blanks = (size_t)j->indent * (size_t)j->depth;
        char *start = out_room(j->out, (ptrdiff_t)(n + blanks + 6)), *to = start;

        if (j->after_key) {
                j->after_key = false;
                return;
        }
        if (j->need_comma)
                *to++ = ',';
        if (blanks > 0) {
                *to++ = '\n';
                memset(to, ' ', blanks);
                to += blanks;
        }
        if (key) {
                *to++ = '"';
                to = put(to, key, n);
                to = j->indent > 0 ? put(to, "\": ", 3) : put(to, "\":", 2);
        }
        j->out->len += to - start;
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

void json_begin_object(struct json *j, const char *key) {
        begin(j, key, '{');
}

void json_begin_array(struct json *j, const char *key) {
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
                json_put_null(j, key);
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

void json_put_null(struct json *j, const char *key) {
        json_raw(j, key, S("null"));
}
