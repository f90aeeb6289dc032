/* Counted strings: a pointer and a length, never owning, never needing a NUL.
 *
 * Text stays in the buffer it was read into (an arena, a mapped file, const data); a `struct str` is a view of it.
 * NUL-terminated text appears only where the operating system or a library asks for it (str_to_c). */
#ifndef SIDELIGHT_BASE_STR_H
#define SIDELIGHT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/printf.h"

struct arena;

struct str {
        const char *p;
        ptrdiff_t len;
};

/* A literal as a str; usable in static initialisers. */
#define STR(literal) { .p = (literal), .len = (ptrdiff_t)sizeof(literal) - 1 }
#define S(literal) ((struct str)STR(literal))

/* For printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, (s).p

static inline struct str str_of(const char *text) {
        return (struct str){ .p = text, .len = text ? (ptrdiff_t)strlen(text) : 0 };
}

static inline struct str str_n(const char *p, ptrdiff_t len) {
        return (struct str){ .p = p, .len = len };
}

static inline bool str_empty(struct str s) {
        return s.len == 0;
}

static inline bool str_eq(struct str a, struct str b) {
        return a.len == b.len && (a.len == 0 || (a.p && b.p && a.p[0] == b.p[0] && memcmp(a.p, b.p, (size_t)a.len) == 0));
}

/* Equal when ASCII letters' case is ignored. */
bool str_eq_nocase(struct str a, struct str b);

/* Order by bytes, shorter first on a common prefix: <0, 0, >0. */
int str_cmp(struct str a, struct str b);

static inline bool str_starts(struct str s, struct str prefix) {
        return s.len >= prefix.len && str_eq(str_n(s.p, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix);

/* Where `needle` first stands in `s`, or -1. */
ptrdiff_t str_find(struct str s, struct str needle);
ptrdiff_t str_find_nocase(struct str s, struct str needle); /* letters of ASCII in either case */
ptrdiff_t str_find_char(struct str s, char c);

/* The part of `s` from `from` to the end / the `n` bytes from `from`; bounds are clamped to `s`. */
static inline struct str str_sub(struct str s, ptrdiff_t from, ptrdiff_t n) {
        if (s.len == 0)
                return s;
        from = from < 0 ? 0 : from > s.len ? s.len : from;
        n = n < 0 ? 0 : n > s.len - from ? s.len - from : n;
        return str_n(s.p + from, n);
}

static inline struct str str_from(struct str s, ptrdiff_t from) {
        return str_sub(s, from, s.len);
}

/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);

/* Cuts the next piece off `*rest` up to `sep` (not part of either); false when `*rest` is used up.
 * "a,,b" gives "a", "", "b"; an empty string gives nothing. */
bool str_cut(struct str *rest, char sep, struct str *ret_piece);

/* The next line, without its "\n" or "\r\n"; false at the end. */
bool str_line(struct str *rest, struct str *ret_line);

/* The next run of bytes that are not blanks or tabs; false at the end. */
bool str_word(struct str *rest, struct str *ret_word);

/* True when `word` stands in the blank-separated list `list`. */
bool str_has_word(struct str list, struct str word);

/* Whole-string numbers: 0x… hexadecimal, else decimal; false when anything else is there or it does not fit. */
bool str_to_u64(struct str s, uint64_t *ret);
/* Hexadecimal without (or with) 0x, at most 16 digits. */
bool str_hex_to_u64(struct str s, uint64_t *ret);

/* Copies into the arena; str_to_c adds the NUL that the OS seam asks for. */
struct str str_dup(struct arena *a, struct str s);
const char *str_to_c(struct arena *a, struct str s);
/* One behind the other, in the arena. */
struct str str_cat(struct arena *a, struct str first, struct str second);
/* Grows `s` by one more, with `between` where it was not empty: for what is put together piece by piece, of which there may be many. `room`
 * belongs to it, 0 at first: how many bytes are its own. */
void str_join(struct arena *a, struct str *s, ptrdiff_t *room, char between, struct str more);
/* A number in the arena: 42, 0x2a. */
struct str str_decimal(struct arena *a, uint64_t v);
struct str str_0x(struct arena *a, uint64_t v);
/* A formatted string in the arena. */
struct str str_fmt(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
