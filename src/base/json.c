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

/* What lies beyond 0xffff is written as two (RFC 8259, section 7). */
static void escape_all(struct out *o, uint32_t c) {
        if (c > 0xffff) {
                escape(o, 0xd800 + ((c - 0x10000) >> 10));
                c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        escape(o, c);
}

static bool is_plain(unsigned char c) {
        return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Not 0 when one of eight bytes does not stand for itself (it may also be so when all do). x - 1 borrows from the high bit of a
 * byte that is zero (Hacker's Delight, section 6-1); a borrow can only add an alarm above a byte that gave one. */
static inline uint64_t alarm(uint64_t v) {
        const uint64_t ones = 0x0101010101010101u;

        return (v | (v - ones * 0x20) | ((v ^ ones * '"') - ones) | ((v ^ ones * '\\') - ones) | ((v ^ ones * 0x7f) - ones)) & ones << 7;
}

/* The same of sixteen bytes, two words, exactly: compilers know vectors. What is not ASCII is less than 0. */
static inline bool are_plain(const unsigned char *first, const unsigned char *second) {
        typedef signed char bytes __attribute__((vector_size(16)));
        uint64_t words[2], found[2];
        bytes v;

        memcpy(&words[0], first, 8);
        memcpy(&words[1], second, 8);
        memcpy(&v, words, 16);
        v = (bytes)((v < 0x20) | (v == 0x7f) | (v == '"') | (v == '\\'));
        memcpy(found, &v, 16);
        return !(found[0] | found[1]);
}

static inline bool few_are_plain(const unsigned char *p, ptrdiff_t n) {
        uint32_t low, high;

        if (n < 4) {
                for (ptrdiff_t i = 0; i < n; i++)
                        if (!is_plain(p[i]))
                                return false;
                return true;
        }
        memcpy(&low, p, 4);
        memcpy(&high, p + n - 4, 4);
        return !alarm(low | (uint64_t)high << 32);
}

/* How many bytes at p stand for themselves in a JSON string: ASCII but controls, '"', '\\' and DEL. Words may overlap. */
static ptrdiff_t plain_length(const unsigned char *p, ptrdiff_t n) {
        ptrdiff_t i = 0;

        if (n < 8 ? few_are_plain(p, n) : n <= 16 && are_plain(p, p + n - 8))
                return n;
        while (n - i >= 16 && are_plain(p + i, p + i + 8))
                i += 16;
        if (n > 16 && n - i < 16 && are_plain(p + n - 16, p + n - 8))
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
        else if (n == 1 || utf8_steers(c))
                escape_all(o, c);
        else
                out_bytes(o, p, n);
        return n > 0 ? n : 1;
}

/* The rest of a string, from where something does not stand for itself. */
static void escaped(struct out *o, struct str s) {
        const unsigned char *p = (const unsigned char *)s.p;

        for (ptrdiff_t i = 0, same; i < s.len; i += same) {
                i += special(o, s.p + i, s.len - i);
                same = plain_length(p + i, s.len - i);
                out_bytes(o, s.p + i, same);
        }
}

/* Most keys and values have up to 16 bytes: two words that overlap. */
static inline char *put(char *to, const char *p, size_t n) {
        if (n > 16) {
                memcpy(to, p, n);
        } else if (n >= 8) {
                memcpy(to, p, 8);
                memcpy(to + n - 8, p + n - 8, 8);
        } else if (n >= 4) {
                memcpy(to, p, 4);
                memcpy(to + n - 4, p + n - 4, 4);
        } else if (n > 0) {
                to[0] = p[0];
                to[n / 2] = p[n / 2];
                to[n - 1] = p[n - 1];
        }
        return to + n;
}

/* What stands before a value: comma, line break, key. Keys need no escaping here, so there is room for all of it at once, and for `n`
 * bytes more. Gives where the value goes; done() ends what was written there. */
static inline __attribute__((always_inline)) char *before(struct json *j, struct str key, ptrdiff_t n) {
        ptrdiff_t blanks = (ptrdiff_t)j->indent * j->depth;
        char *to = out_room(j->out, key.len + blanks + 6 + n);

        if (j->after_key) {
                j->after_key = false;
                return to;
        }
        if (j->need_comma)
                *to++ = ',';
        if (blanks > 0) {
                *to++ = '\n';
                memset(to, ' ', (size_t)blanks);
                to += blanks;
        }
        if (key.len > 0) {
                *to++ = '"';
                to = put(to, key.p, (size_t)key.len);
                to = j->indent > 0 ? put(to, "\": ", 3) : put(to, "\":", 2);
        }
        return to;
}

static void done(struct json *j, const char *to) {
        j->out->len = to - j->out->p;
        j->need_comma = true;
}

/* Room for all of it at once, as far as it is plain: most strings are. */
static inline __attribute__((always_inline)) char *quoted(struct json *j, struct str key, struct str s) {
        ptrdiff_t head = s.len > 0 ? plain_length((const unsigned char *)s.p, s.len) : 0;
        char *to = before(j, key, head + 2);

        *to++ = '"';
        if (head > 0)
                to = put(to, s.p, (size_t)head);
        if (head < s.len) {
                j->out->len = to - j->out->p;
                escaped(j->out, str_from(s, head));
                to = out_room(j->out, 1);
        }
        *to++ = '"';
        return to;
}

void json_open(struct json *j, struct str key, char bracket) {
        char *to = before(j, key, 1);

        *to++ = bracket;
        done(j, to);
        j->depth++;
        j->need_comma = false;
}

void json_close(struct json *j, char bracket) {
        j->depth--;
        if (j->need_comma)
                newline(j);
        out_char(j->out, bracket);
        j->need_comma = true;
}

void json_key(struct json *j, struct str key) {
        done(j, quoted(j, S(""), key));
        out_c(j->out, j->indent > 0 ? ": " : ":");
        j->after_key = true;
}

void json_add_str(struct json *j, struct str key, struct str value) {
        done(j, quoted(j, key, value));
}

void json_c(struct json *j, const char *key, const char *value) {
        if (value)
                json_str(j, key, str_of(value));
        else
                json_put_null(j, key);
}

void json_add_raw(struct json *j, struct str key, struct str value) {
        char *to = before(j, key, value.len);

        done(j, value.len > 0 ? put(to, value.p, (size_t)value.len) : to);
}

void json_add_u64(struct json *j, struct str key, uint64_t value) {
        done(j, before(j, key, 0));
        out_u64(j->out, value);
}

void json_i64(struct json *j, const char *key, int64_t value) {
        done(j, before(j, str_of(key), 1));
        if (value < 0)
                out_char(j->out, '-');
        out_u64(j->out, value < 0 ? -(uint64_t)value : (uint64_t)value);
}
