#include "base/seen.h"

enum { FIRST_SIZE = 1024 };

static bool same(struct hash128 a, struct hash128 b) {
        return a.low == b.low && a.high == b.high;
}

/* The slot of the hash: its own, or a free one (all zero). */
static struct hash128 *find(const struct seen *s, struct hash128 h) {
        ptrdiff_t at = (ptrdiff_t)(h.low & (uint64_t)(s->size - 1));

        while ((s->slots[at].low || s->slots[at].high) && !same(s->slots[at], h))
                at = (at + 1) & (s->size - 1);
        return &s->slots[at];
}

static void grow(struct seen *s) {
        struct seen bigger = { .key = s->key, .count = s->count, .size = s->size ? 2 * s->size : FIRST_SIZE };

        bigger.slots = arena_array(&bigger.arena, struct hash128, bigger.size);
        for (ptrdiff_t i = 0; i < s->size; i++)
                if (s->slots[i].low || s->slots[i].high)
                        *find(&bigger, s->slots[i]) = s->slots[i];
        arena_free(&s->arena);
        *s = bigger;
}

static struct hash128 hash_of(const struct seen *s, struct str name) {
        struct hash128 h = siphash(s->key, name);

        if (h.low == 0 && h.high == 0)
                h.low = 1; /* zero marks a free slot */
        return h;
}

bool seen_before(struct seen *s, struct str name) {
        struct hash128 h = hash_of(s, name), *slot;

        if (s->count * 8 >= s->size * 7)
                grow(s);
        slot = find(s, h);
        if (same(*slot, h))
                return true;
        *slot = h;
        s->count++;
        return false;
}

bool seen_has(const struct seen *s, struct str name) {
        struct hash128 h = hash_of(s, name);

        return s->count > 0 && same(*find(s, h), h);
}

void seen_forget(struct seen *s) {
        struct hash128 key = s->key;

        seen_free(s);
        s->key = key;
}

void seen_free(struct seen *s) {
        arena_free(&s->arena);
        *s = (struct seen){ 0 };
}
