/* Where a machine runs, by the signs of data/where.yaml. */
#ifndef SIDELIGHT_FACTS_WHERE_H
#define SIDELIGHT_FACTS_WHERE_H

#include "facts/facts.h"

/* The first sign of each kind that was seen; NULL where there is none. */
struct where {
        const struct where_sign *guest, *owner, *bare, *cloud, *container;
};

/* The evidence shows the sign, and nothing that speaks against it. What was not read shows nothing. */
bool where_shown(struct facts *f, const struct where_sign *s);
void where_look(struct facts *f, struct where *ret);
/* Enough was seen to say that nothing is below: more than that no sign was. */
bool where_is_bare(struct facts *f);
/* Where the sign's fact was read: a path, "CPUID 0x40000000". */
struct str where_source(struct facts *f, const struct where_sign *s);

/* Another name for the hypervisor than `named` gives it, where both cannot be right: the first sign behind `*next` (from 0), which
 * moves on; NULL when there is none. */
const struct where_sign *where_other_name(struct facts *f, const struct where_sign *named, uint32_t *next);

#endif
