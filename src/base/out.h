/* Where text goes: a buffer that grows, or one that is handed to a sink whenever it is full.
 *
 * Everything that prints writes here, so that the core needs no files and a test can look at the bytes. A sink that fails
 * is remembered (`failed`); later writes are dropped, and the edge that owns the sink tells the user once. */
#ifndef SIDELIGHT_BASE_OUT_H
#define SIDELIGHT_BASE_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/printf.h"
#include "base/str.h"

struct out {
        char *p;
        ptrdiff_t len, size;
        bool (*sink)(void *arg, const char *p, ptrdiff_t len); /* NULL: keep everything in memory */
        void *sink_arg;
        bool failed;
        bool guarded;     /* with a sink: nothing leaves that could steer a terminal; see out_flush */
        ptrdiff_t *own;   /* guarded: where out_sgr wrote */
        ptrdiff_t own_count, own_size;
        ptrdiff_t harmless; /* guarded: so much of the buffer was looked at before */
};

/* { 0 } is an empty, growing buffer. */
void out_free(struct out *o);
/* Hands what is buffered to the sink; false when the sink failed now or before. Guarded, it is made harmless before: of control
 * characters (base/plain.h) only line feeds, tabs and a carriage return before a line feed pass, and what out_sgr wrote; the others, and
 * bytes that are no UTF-8, become '?'. */
bool out_flush(struct out *o);
/* What stands in the buffer from there on is known to be harmless (base/plain.h, and line feeds): a guard need not look again. Nothing was
 * handed to the sink since. */
void out_harmless(struct out *o, ptrdiff_t from);
/* "ESC [ params m": the only way in which colours pass a guard. */
void out_sgr(struct out *o, const char *params);

/* Makes room for `n` more bytes: where they go. The writer then adds what it wrote to `len`. */
void out_grow(struct out *o, ptrdiff_t n);
static inline char *out_room(struct out *o, ptrdiff_t n) {
        if (__builtin_expect(o->size - o->len < n, 0))
                out_grow(o, n);
        return o->p + o->len;
}

static inline void out_bytes(struct out *o, const char *p, ptrdiff_t n) {
        if (n > 0) {
                memcpy(out_room(o, n), p, (size_t)n);
                o->len += n;
        }
}

static inline void out_char(struct out *o, char c) {
        *out_room(o, 1) = c;
        o->len++;
}

void out_str(struct out *o, struct str s);
void out_csv(struct out *o, struct str text); /* a quoted field (RFC 4180) that no spreadsheet takes for a formula */
void out_c(struct out *o, const char *text);
void out_repeat(struct out *o, char c, ptrdiff_t times);
void out_u64(struct out *o, uint64_t v);
void out_hex(struct out *o, uint64_t v, int digits); /* lower case, at least `digits` digits, no 0x */
/* A path as a URI reference (RFC 3986): an absolute one with "file://" before it; everything but unreserved characters and '/' is
 * escaped; "a/../b" is "b", for a URI is compared as it stands. */
void out_uri(struct out *o, struct str named);
void out_fmt(struct out *o, const char *format, ...) PRINTF_LIKE(2, 3);

static inline struct str out_text(const struct out *o) {
        return str_n(o->p, o->len);
}

#define OUT_AUTO __attribute__((cleanup(out_free)))

#endif
