#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_space(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
}

bool str_eq_nocase(struct str a, struct str b) {
        if (a.len != b.len)
                return false;
        for (ptrdiff_t i = 0; i < a.len; i++)
                if (lower(a.p[i]) != lower(b.p[i]))
                        return false;
        return true;
}

int str_cmp(struct str a, struct str b) {
        ptrdiff_t n = a.len < b.len ? a.len : b.len;
        int c = n ? memcmp(a.p, b.p, (size_t)n) : 0;

        return c ? c : (a.len > b.len) - (a.len < b.len);
}

bool str_ends(struct str s, struct str suffix) {
        return s.len >= suffix.len && str_eq(str_from(s, s.len - suffix.len), suffix);
}

ptrdiff_t str_find_char(struct str s, char c) {
        const char *at = s.len > 0 ? memchr(s.p, c, (size_t)s.len) : NULL;

        return at ? at - s.p : -1;
}

ptrdiff_t str_find(struct str s, struct str needle) {
        if (needle.len == 0)
                return 0;
        for (ptrdiff_t from = 0; from + needle.len <= s.len; from++) {
                ptrdiff_t hop = str_find_char(str_n(s.p + from, s.len - from - needle.len + 1), needle.p[0]);

                if (hop < 0)
                        return -1;
                from += hop;
                if (s.p[from + needle.len - 1] == needle.p[needle.len - 1] && memcmp(s.p + from, needle.p, (size_t)needle.len) == 0)
                        return from;
        }
        return -1;
}

ptrdiff_t str_find_nocase(struct str s, struct str needle) {
        for (ptrdiff_t from = 0; from + needle.len <= s.len; from++)
                if (str_eq_nocase(str_n(s.p + from, needle.len), needle))
                        return from;
        return -1;
}

struct str str_trim(struct str s) {
        while (s.len > 0 && is_space(s.p[0]))
                s = str_n(s.p + 1, s.len - 1);
        while (s.len > 0 && is_space(s.p[s.len - 1]))
                s.len--;
        return s;
}

bool str_cut(struct str *rest, char sep, struct str *ret_piece) {
        ptrdiff_t at;

        if (!rest->p || rest->len < 0)
                return false;
        if (rest->len == 0) {
                *rest = (struct str){ 0 };
                return false;
        }
        at = str_find_char(*rest, sep);
        if (at < 0) {
                *ret_piece = *rest;
                *rest = (struct str){ 0 };
        } else {
                *ret_piece = str_n(rest->p, at);
                *rest = str_n(rest->p + at + 1, rest->len - at - 1);
        }
        return true;
}

bool str_line(struct str *rest, struct str *ret_line) {
        if (!str_cut(rest, '\n', ret_line))
                return false;
        if (ret_line->len > 0 && ret_line->p[ret_line->len - 1] == '\r')
                ret_line->len--;
        return true;
}

bool str_word(struct str *rest, struct str *ret_word) {
        ptrdiff_t i = 0, start;

        while (i < rest->len && is_space(rest->p[i]))
                i++;
        start = i;
        while (i < rest->len && ((unsigned char)rest->p[i] > ' ' || !is_space(rest->p[i])))
                i++;
        if (i == start)
                return false;
        *ret_word = str_n(rest->p + start, i - start);
        *rest = str_n(rest->p + i, rest->len - i);
        return true;
}

bool str_has_word(struct str list, struct str word) {
        struct str rest = list;
        ptrdiff_t at;

        while (word.len > 0 && (at = str_find(rest, word)) >= 0) {
                const char *from = rest.p + at, *to = from + word.len, *end = list.p + list.len;

                if ((from == list.p || is_space(from[-1])) && (to == end || is_space(*to)))
                        return true;
                rest = str_n(to, end - to);
        }
        return false;
}

static unsigned digit_of(char c) {
        unsigned decimal = (unsigned char)c - (unsigned)'0', letter = ((unsigned char)c | 0x20u) - (unsigned)'a';

        return decimal < 10 ? decimal : letter < 6 ? letter + 10 : 16;
}

static bool digits_to_u64(struct str s, unsigned base, uint64_t *ret) {
        uint64_t v = 0;

        if (s.len == 0)
                return false;
        for (ptrdiff_t i = 0; i < s.len; i++) {
                unsigned d = digit_of(s.p[i]);

                if (d >= base || __builtin_mul_overflow(v, (uint64_t)base, &v) || __builtin_add_overflow(v, d, &v))
                        return false;
        }
        *ret = v;
        return true;
}

static bool hex_to_u64(struct str s, uint64_t *ret) {
        uint64_t v = 0;

        if (s.len > 16)
                return digits_to_u64(s, 16, ret);
        for (ptrdiff_t i = 0; i < s.len; i++) {
                unsigned d = digit_of(s.p[i]);

                if (d >= 16)
                        return false;
                v = v << 4 | d;
        }
        *ret = s.len > 0 ? v : *ret;
        return s.len > 0;
}

static struct str without_0x(struct str s) {
        return str_starts(s, S("0x")) || str_starts(s, S("0X")) ? str_from(s, 2) : s;
}

bool str_to_u64(struct str s, uint64_t *ret) {
        struct str hex = without_0x(s);

        return hex.len != s.len ? digits_to_u64(hex, 16, ret) : digits_to_u64(s, 10, ret);
}

bool str_hex_to_u64(struct str s, uint64_t *ret) {
        return hex_to_u64(without_0x(s), ret);
}

struct str str_dup(struct arena *a, struct str s) {
        char *p;

        if (s.len == 0)
                return (struct str){ .p = "", .len = 0 };
        p = arena_bytes(a, s.len);
        memcpy(p, s.p, (size_t)s.len);
        return str_n(p, s.len);
}

void str_join(struct arena *a, struct str *s, ptrdiff_t *room, char between, struct str more) {
        ptrdiff_t length = s->len + 1 + more.len;
        char *bytes = (char *)s->p;

        if (s->len == 0) {
                *s = more;
                *room = 0;
                return;
        }
        if (length > *room) {
                *room = 2 * length;
                bytes = arena_bytes(a, *room);
                memcpy(bytes, s->p, (size_t)s->len);
        }
        bytes[s->len] = between;
        if (more.len > 0)
                memcpy(bytes + s->len + 1, more.p, (size_t)more.len);
        *s = str_n(bytes, length);
}

struct str str_cat(struct arena *a, struct str first, struct str second) {
        char *p = arena_bytes(a, first.len + second.len + 1);

        if (first.len > 0)
                memcpy(p, first.p, (size_t)first.len);
        if (second.len > 0)
                memcpy(p + first.len, second.p, (size_t)second.len);
        return str_n(p, first.len + second.len);
}

const char *str_to_c(struct arena *a, struct str s) {
        char *p = arena_bytes(a, s.len + 1);

        if (s.len > 0)
                memcpy(p, s.p, (size_t)s.len);
        p[s.len] = '\0';
        return p;
}

static char *digits_before(char *end, uint64_t v, unsigned base) {
        do
                *--end = "0123456789abcdef"[v % base];
        while ((v /= base) != 0);
        return end;
}

struct str str_decimal(struct arena *a, uint64_t v) {
        char text[20], *end = text + sizeof(text), *p = digits_before(end, v, 10);

        return str_dup(a, str_n(p, end - p));
}

struct str str_0x(struct arena *a, uint64_t v) {
        char text[18], *end = text + sizeof(text), *p = digits_before(end, v, 16);

        *--p = 'x';
        *--p = '0';
        return str_dup(a, str_n(p, end - p));
}

/* Formatted once, on the stack, unless it is long. */
struct str str_fmt(struct arena *a, const char *format, ...) {
        char brief[256], *p;
        va_list args, again;
        int n;

        va_start(args, format);
        va_copy(again, args);
        n = vsnprintf(brief, sizeof(brief), format, args);
        va_end(args);
        if (n < 0)
                n = 0;
        p = arena_bytes(a, (ptrdiff_t)n + 1);
        if ((size_t)n < sizeof(brief))
                memcpy(p, brief, (size_t)n + 1);
        else
                (void)vsnprintf(p, (size_t)n + 1, format, again);
        va_end(again);
        return str_n(p, n);
}
