/* A kernel's command line, split as the kernel splits it. */
#ifndef SIDELIGHT_EVIDENCE_KERNEL_LINE_H
#define SIDELIGHT_EVIDENCE_KERNEL_LINE_H

#include "base/str.h"

/* One word as parameters are read (lib/cmdline.c, next_arg): blanks between double quotes do not end it, quotes around a whole word or
 * a whole value are no part of it, nothing escapes a quote; a '=' that begins it is part of the name. */
struct kernel_word {
        ptrdiff_t from, to; /* the bytes of the line that it takes, with its quotes */
        struct str name;
        struct str value;   /* p is NULL: there is no '=' */
};

struct kernel_words {
        struct kernel_word *items;
        ptrdiff_t count, capacity;
};

/* The next word from `*at` on, which moves behind it; false at the end. */
bool kernel_word(struct str line, ptrdiff_t *at, struct kernel_word *ret);

/* The "--" behind which all is for init. */
bool kernel_word_ends(const struct kernel_word *w);

/* Names of parameters are the same with '-' and '_' (kernel/params.c, parameq). */
bool kernel_same_name(struct str a, struct str b);

/* On x86, kernels look for some words with a scanner of their own, earlier (arch/x86/lib/cmdline.c): it knows neither quotes nor "--",
 * nor that '-' is '_'. Later kernels read one after the other like any parameter. True for such a name; then whether it has a value. */
bool kernel_name_scanned(struct str name, bool *ret_has_value);

/* What that scanner finds: the last value (its p is never NULL); false when the word is not there. */
bool kernel_scan(struct str line, struct str name, bool has_value, struct str *ret_value);

/* White space between words, in files that people write, too. */
static inline bool kernel_blank(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
}

/* For the kernel (lib/ctype.c) the byte a0 is one as well, Latin 1's no-break space, wherever it stands: also as a part of UTF-8. */
static inline bool kernel_space(char c) {
        return kernel_blank(c) || c == '\xa0';
}

#endif
