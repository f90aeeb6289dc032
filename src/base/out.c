#include "base/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"

enum { SINK_BUFFER = 64 * 1024 };

static void *grown(void *p, ptrdiff_t size) {
        p = realloc(p, (size_t)size);
        if (!p)
                memory_ended();
        return p;
}

void out_free(struct out *o) {
        free(o->p);
        free(o->own);
        *o = (struct out){ 0 };
}

/* What may pass at `i`: how many bytes, as they are. 0: one byte, or the character of `ret_skip` bytes, may not. */
static ptrdiff_t allowed(const struct out *o, ptrdiff_t i, ptrdiff_t *ret_skip) {
        const char *p = o->p + i;
        ptrdiff_t left = o->len - i;
        uint32_t c = 0;
        int n;

        if (*p == '\n' || *p == '\t' || (*p == '\r' && left > 1 && p[1] == '\n'))
                return 1;
        n = utf8_at(p, left, &c);
        *ret_skip = n ? n : 1;
        return n && !utf8_steers(c) ? n : 0;
}

/* True when what stands at `i` may go on in the next buffer: a character that is cut, or a carriage return. */
static bool is_cut(const struct out *o, ptrdiff_t i) {
        unsigned char c = (unsigned char)o->p[i];
        ptrdiff_t left = o->len - i;

        return (left == 1 && c == '\r') || (left == 1 && c >= 0xc2 && c < 0xf5) || (left == 2 && c >= 0xe0 && c < 0xf5) ||
               (left == 3 && c >= 0xf0 && c < 0xf5);
}

/* Makes the buffer harmless, in place; it never gets longer. Gives how much of it is done. */
static ptrdiff_t guard(struct out *o, bool last, ptrdiff_t *ret_len) {
        ptrdiff_t i = o->harmless, to = i, own = 0;

        while (own < o->own_count && o->own[own] < i)
                own++;
        while (i < o->len) {
                ptrdiff_t end = own < o->own_count ? o->own[own] : o->len, n = plain_ascii(o->p + i, end - i), skip = 1;

                if (n == 0 && own < o->own_count && i == end) {
                        n = str_find_char(str_n(o->p + i, o->len - i), 'm') + 1;
                        own++;
                } else if (n == 0 && !last && is_cut(o, i)) {
                        break;
                } else if (n == 0) {
                        n = allowed(o, i, &skip);
                }
                if (n > 0 && to != i)
                        memmove(o->p + to, o->p + i, (size_t)n);
                if (n == 0)
                        o->p[to] = '?';
                to += n ? n : 1;
                i += n ? n : skip;
        }
        *ret_len = to;
        return i;
}

static bool flush(struct out *o, bool last) {
        ptrdiff_t done = o->len, len = o->len;

        if (!o->sink || o->len == 0)
                return !o->failed;
        if (o->guarded)
                done = guard(o, last, &len);
        if (!o->failed && !o->sink(o->sink_arg, o->p, len))
                o->failed = true;
        memmove(o->p, o->p + done, (size_t)(o->len - done));
        o->len -= done;
        o->own_count = 0;
        o->harmless = 0;
        return !o->failed;
}

void out_harmless(struct out *o, ptrdiff_t from) {
        if (o->harmless == from)
                o->harmless = o->len;
}

bool out_flush(struct out *o) {
        return flush(o, true);
}

void out_sgr(struct out *o, const char *params) {
        ptrdiff_t n = (ptrdiff_t)strlen(params);

        (void)out_room(o, n + 3); /* no flush may come between */
        if (o->guarded) {
                if (o->own_count == o->own_size) {
                        o->own_size = o->own_size ? 2 * o->own_size : 256;
                        o->own = grown(o->own, o->own_size * (ptrdiff_t)sizeof(*o->own));
                }
                o->own[o->own_count++] = o->len;
        }
        out_c(o, "\033[");
        out_c(o, params);
        out_char(o, 'm');
}

void out_grow(struct out *o, ptrdiff_t n) {
        ptrdiff_t want;

        if (o->sink)
                (void)flush(o, false);
        if (o->size - o->len >= n)
                return;
        want = o->size ? o->size * 2 : o->sink ? SINK_BUFFER : 4096;
        while (want - o->len < n)
                want *= 2;
        o->p = grown(o->p, want);
        o->size = want;
}

void out_str(struct out *o, struct str s) {
        out_bytes(o, s.p, s.len);
}

void out_c(struct out *o, const char *text) {
        out_bytes(o, text, (ptrdiff_t)strlen(text));
}

void out_repeat(struct out *o, char c, ptrdiff_t times) {
        if (times <= 0)
                return;
        memset(out_room(o, times), c, (size_t)times);
        o->len += times;
}

void out_u64(struct out *o, uint64_t v) {
        char digits[20];
        ptrdiff_t at = (ptrdiff_t)sizeof(digits);

        do
                digits[--at] = (char)('0' + v % 10);
        while ((v /= 10) != 0);
        out_bytes(o, digits + at, (ptrdiff_t)sizeof(digits) - at);
}

void out_hex(struct out *o, uint64_t v, int digits) {
        char text[16];
        int at = (int)sizeof(text);

        do
                text[--at] = "0123456789abcdef"[v & 15];
        while ((v >>= 4) != 0);
        out_repeat(o, '0', digits - ((int)sizeof(text) - at));
        out_bytes(o, text + at, (ptrdiff_t)sizeof(text) - at);
}

static bool is_unreserved(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
               c == '~' || c == '/';
}

/* The path without "." and without what ".." takes back (RFC 3986 5.2.4), and with single slashes. */
static void without_dots(struct out *ret, struct str path) {
        ptrdiff_t names = 0; /* that can be taken back */

        while (path.len > 0) {
                ptrdiff_t slash = str_find_char(path, '/');
                struct str name = slash < 0 ? path : str_sub(path, 0, slash);

                path = str_from(path, slash < 0 ? path.len : slash + 1);
                if (str_eq(name, S(".")) || (name.len == 0 && ret->len > 0))
                        continue;
                if (str_eq(name, S("..")) && names > 0) {
                        for (ret->len--; ret->len > 0 && ret->p[ret->len - 1] != '/';)
                                ret->len--;
                        names--;
                } else if (!str_eq(name, S("..")) || ret->len == 0 || ret->p[0] != '/') {
                        names += name.len > 0 && !str_eq(name, S(".."));
                        out_str(ret, name);
                        if (slash >= 0)
                                out_char(ret, '/');
                }
        }
}

void out_uri(struct out *o, struct str named) {
        OUT_AUTO struct out kept = { 0 };
        struct str path;

        without_dots(&kept, named);
        path = out_text(&kept);
        if (str_starts(path, S("/")))
                out_c(o, "file://");
        for (ptrdiff_t i = 0; i < path.len; i++) {
                char c = path.p[i];

                if (is_unreserved(c)) {
                        out_char(o, c);
                } else {
                        out_char(o, '%');
                        out_char(o, "0123456789ABCDEF"[(unsigned char)c >> 4]);
                        out_char(o, "0123456789ABCDEF"[c & 15]);
                }
        }
}

void out_fmt(struct out *o, const char *format, ...) {
        va_list args, again;
        int n;

        va_start(args, format);
        va_copy(again, args);
        n = vsnprintf(NULL, 0, format, args);
        va_end(args);
        if (n > 0) {
                (void)vsnprintf(out_room(o, (ptrdiff_t)n + 1), (size_t)n + 1, format, again);
                o->len += n;
        }
        va_end(again);
}

/* A spreadsheet takes a field that begins so for a formula (OWASP, "CSV injection"): an apostrophe makes it a text. */
static bool is_formula(struct str text) {
        return text.len > 0 && text.p[0] && memchr("=+-@\t\r", text.p[0], 6);
}

void out_csv(struct out *o, struct str text) {
        out_c(o, is_formula(text) ? "\"'" : "\"");
        for (ptrdiff_t i = 0; i < text.len; i++) {
                if (text.p[i] == '"')
                        out_char(o, '"');
                out_char(o, text.p[i]);
        }
        out_char(o, '"');
}
