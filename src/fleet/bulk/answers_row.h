/* What holds for most machines with one processor, and, beside it, what was found for those that differ from it in few sides: private to the
 * sources about answers (answers.h). All that is looked at for one machine lies close together: what a processor waits for is memory. */
#ifndef SIDELIGHT_FLEET_ANSWERS_ROW_H
#define SIDELIGHT_FLEET_ANSWERS_ROW_H

#include "fleet/bulk/answers.h"

/* The sides that are compared: everything hangs on the processor, and the revision is compared by its number. */
#define ANSWERS_COMPARED (~(FACET_PROCESSOR | FACET_REVISION | FACET_REVISION_RANGE))

/* Which answers, by number: 64 in a word. */
typedef uint64_t answers_bits;

enum { BESIDE_SIDES = 3 };

/* What was found for a machine that differs from the row's base in few of the sides on which it hangs: one line of the processor's cache. */
struct answer_beside {
        facet_set facets;          /* on which the answer hangs, but for those that need not be compared */
        struct answer_seen seen;
        uint32_t versions[BESIDE_SIDES]; /* shown from: */
        uint8_t sides[BESIDE_SIDES], side_count;
        uint16_t number;           /* of the answer */
        uint32_t age;              /* of the base; 0: nobody has this place */
};

/* What holds for most of the machines that were seen last: of the next one that differs little, most holds again. */
struct answers_row {
        struct answer_seen *found; /* by number: what holds for the base */
        answers_bits *known;       /* those that were found */
        answers_bits *ranged;      /* of these, those that hold between some revisions alone */
        answers_bits *hanging;     /* of these, for each side, those that hang on it */
        struct answer_beside *beside; /* each at the place that number and versions choose; what comes later takes it */
        uint32_t beside_size, beside_lost; /* places; entries that were lost to others since that grew */
        uint32_t age;              /* grows where the base becomes another one */
        struct sight_base base;
};

/* A side and what is shown from it, as part of a sum that stands for several, in whatever order. */
static inline uint64_t answers_part(uint32_t version, int side) {
        return (version + UINT64_C(1)) * ((uint64_t)side * UINT64_C(0xff51afd7ed558ccd) + 1);
}

/* All of it is fetched from memory at once. */
static inline void answers_fetch(const void *at, ptrdiff_t length) {
        enum { CACHE_LINE = 64 };

        for (ptrdiff_t i = 0; i < length; i += CACHE_LINE)
                __builtin_prefetch((const char *)at + i);
}

/* For answers of numbers below `count`. */
struct answers_row *answers_row_new(struct arena *a, uint32_t count, ptrdiff_t *bytes);
/* Into `found`: what holds for the machine. What the row does not know is left in `ret`. */
void answers_row_find(const struct answers_row *row, const struct sight *s, uint32_t count, struct answers_sought *ret, struct answer_seen *found);
/* What was found then, elsewhere, for those that were left. */
void answers_row_learn(struct answers_row *row, struct arena *a, const struct sight *s, uint32_t count, const struct answers_sought *left,
                       const struct answer_seen *found, ptrdiff_t *bytes);

#endif
