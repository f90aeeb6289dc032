#include "base/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SINK_BUFFER = 64 * 1024 };

void out_free(struct out *o) {
        free(o->p);
        *o = (struct out){ 0 };
}

bool out_flush(struct out *o) {
        if (o->sink && o->len > 0) {
                if (!o->failed && !o->sink(o->sink_arg, o->p, o->len))
                        o->failed = true;
                o->len = 0;
        }
        return !o->failed;
}

void out_grow(struct out *o, ptrdiff_t n) {
        ptrdiff_t want;
        char *p;

        if (o->sink)
                (void)out_flush(o);
        if (o->size - o->len >= n)
                return;
        want = o->size ? o->size * 2 : o->sink ? SINK_BUFFER : 4096;
        while (want - o->len < n)
                want *= 2;
        p = realloc(o->p, (size_t)want);
        if (!p) {
                (void)fputs("sidelight: out of memory\n", stderr);
                abort();
        }
        o->p = p;
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

void out_uri(struct out *o, struct str path) {
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
