/* A set of names that were seen, 16 bytes each: it keeps keyed 128-bit hashes, not the names. */
#ifndef SIDELIGHT_BASE_SEEN_H
#define SIDELIGHT_BASE_SEEN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/siphash.h"

struct seen {
        struct hash128 key; /* random, so that nobody can make one name hide another */
        struct hash128 *slots;
        ptrdiff_t count, size;
        struct arena arena;
};

/* True when the name was there already; then, or from now on, it is. */
bool seen_before(struct seen *s, struct str name);
/* The same, and nothing is added. */
bool seen_has(const struct seen *s, struct str name);
/* Forgets the names, and keeps the key. */
void seen_forget(struct seen *s);
void seen_free(struct seen *s);

#endif
