/* Kleene's three-valued logic (S. C. Kleene, Introduction to Metamathematics, §64): true, false, and not known.
 *
 * It is monotone: making an unknown input known never turns a definite answer into the other one. That is why missing
 * evidence can never look safe. */
#ifndef SIDELIGHT_BASE_TRI_H
#define SIDELIGHT_BASE_TRI_H

#include <stdbool.h>

enum tri { TRI_FALSE = 0, TRI_UNKNOWN = 1, TRI_TRUE = 2 };

static inline enum tri tri_of(bool b) {
        return b ? TRI_TRUE : TRI_FALSE;
}

static inline enum tri tri_and(enum tri a, enum tri b) {
        return a < b ? a : b;
}

static inline enum tri tri_or(enum tri a, enum tri b) {
        return a > b ? a : b;
}

static inline enum tri tri_not(enum tri a) {
        return (enum tri)(TRI_TRUE - a);
}

/* "yes", "no", "unknown": the words of the report. */
static inline const char *tri_word(enum tri t) {
        return t == TRI_TRUE ? "yes" : t == TRI_FALSE ? "no" : "unknown";
}

#endif
