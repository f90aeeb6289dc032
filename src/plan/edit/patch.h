/* Changes of a text as data, and how editors answer. Between the files of this folder; edit.h is for others. */
#ifndef SIDELIGHT_PLAN_EDIT_PATCH_H
#define SIDELIGHT_PLAN_EDIT_PATCH_H

#include "plan/edit/edit.h"

/* `with` in place of the bytes from `from` up to `to`. */
struct patch {
        ptrdiff_t from, to;
        struct str with;
};

struct patches {
        struct patch *items; /* in the order of the text */
        ptrdiff_t count, capacity;
};

/* Patches may not overlap; two at the same place take effect in the order in which they were added. */
void patch_add(struct patches *p, struct arena *a, ptrdiff_t from, ptrdiff_t to, struct str with);
/* DONE with the patched text, or SAME where nothing differs. */
struct edited patched(struct arena *a, struct str text, const struct patches *p);

struct edited refused(struct arena *a, uint32_t line, const char *format, ...) PRINTF_LIKE(3, 4);

/* The line, from 1, in which the byte at `at` stands. */
uint32_t line_at(struct str text, ptrdiff_t at);

/* Lines with their places: `to` is before the line end, `next` behind it. Begin with { 0 }; false at the end of the text. */
struct line_span {
        ptrdiff_t from, to, next;
        uint32_t number; /* from 1 */
};
bool line_next(struct str text, struct line_span *l);

static inline struct str str_span(struct str text, ptrdiff_t from, ptrdiff_t to) {
        return str_sub(text, from, to - from);
}

#endif
