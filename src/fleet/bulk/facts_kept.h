/* Facts of machines with one processor, and the conditions of rules, as they were found for one that showed the same from the sides on which
 * they hang: what differs from machine to machine is a few sides, and most do not hang on them. */
#ifndef SIDELIGHT_FLEET_FACTS_KEPT_H
#define SIDELIGHT_FLEET_FACTS_KEPT_H

#include "facts/facts.h"
#include "fleet/bulk/pieces.h"
#include "verdict/verdict.h"

/* The conditions of all rules of a catalog. */
struct rules_kept {
        uint16_t *numbers; /* by the condition: one more than its place among them; 0: it is no rule's */
        uint32_t count;
};

struct facts_kept {
        struct sight_base base;    /* what the machines show for which the facts hold */
        struct facts_known known;  /* its parts: */
        uint16_t *places;
        struct fact_known *items;  /* those that are known no more hang on FACET_UNSHARED */
        ptrdiff_t count, capacity;
        uint32_t rule_count;
        uint8_t *truths;
        facet_set *truth_facets;
};

/* Everything lives in `a`. */
void rules_keep(struct rules_kept *ret, struct arena *a, const struct catalog *c);
/* The same, and it is counted in `bytes`; the rules live as long. */
struct facts_kept *facts_kept_new(struct arena *a, const struct catalog *c, const struct rules_kept *rules, ptrdiff_t *bytes);
/* For a machine with this processor, until the next one is asked for. */
const struct facts_known *facts_kept_for(struct facts_kept *k, const struct sight *s);
/* What was found for it, with these. */
void facts_kept_learn(struct facts_kept *k, struct arena *a, const struct verdict *v, ptrdiff_t *bytes);

#endif
