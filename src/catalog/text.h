/* The texts of the catalog. Tables that hold no address are the same wherever the program is loaded: a start need not go through them, and
 * pages that nobody reads are never read. So a text says where it stands by how far that is from one fixed place; one that was made at run
 * time (`--data`) does the same, from the same place. */
#ifndef SIDELIGHT_CATALOG_TEXT_H
#define SIDELIGHT_CATALOG_TEXT_H

#include "base/str.h"

struct text {
        uintptr_t at; /* from catalog_texts */
        ptrdiff_t len;
};

struct texts {
        uintptr_t at; /* of the first, from catalog_text_lists */
        uint32_t count;
};

/* The texts that were built in, one behind the other, and their lists. */
extern const char catalog_texts[];
extern const struct text catalog_text_lists[];

/* A text as everybody else has them: T(flaw->name), T_AT(flaw->cves, i). */
static inline struct str T(struct text t) {
        return str_n((const char *)((uintptr_t)catalog_texts + t.at), t.len);
}

static inline const struct text *texts_items(struct texts l) {
        return (const struct text *)((uintptr_t)catalog_text_lists + l.at);
}

static inline struct str T_AT(struct texts l, uint32_t i) {
        return T(texts_items(l)[i]);
}

/* The inverse; what they are made of must stay. */
static inline struct text as_text(struct str s) {
        return (struct text){ .at = (uintptr_t)s.p - (uintptr_t)catalog_texts, .len = s.len };
}

static inline struct texts as_texts(const struct text *items, uint32_t count) {
        return (struct texts){ .at = (uintptr_t)items - (uintptr_t)catalog_text_lists, .count = count };
}

/* True when `word` is one of them. */
static inline bool texts_have(struct texts l, struct str word) {
        for (uint32_t i = 0; i < l.count; i++)
                if (str_eq(T_AT(l, i), word))
                        return true;
        return false;
}

#endif
