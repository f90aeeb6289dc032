/* Facts of which sources contradict each other. The machine's notes tell of each that some finding asked for: which those are is one more side,
 * on which the machine alone hangs. */
#ifndef SIDELIGHT_FLEET_CONTRADICTED_H
#define SIDELIGHT_FLEET_CONTRADICTED_H

#include "facts/facts.h"
#include "fleet/bulk/answers.h"

/* Facts by their numbers. */
struct contradicted {
        bool *has; /* NULL: there are none */
        uint16_t *items;
        uint32_t count;
};

/* Those that were asked for, kept; NULL when too many texts meet in one place. */
const struct piece *contradicted_keep(struct pieces *p, struct arena *a, const struct facts *f);
/* Those of an answer are added. */
void contradicted_add(struct contradicted *all, struct arena *a, const struct catalog *c, const struct answer *of);
/* The side's number; false when too many meet in one place. */
bool contradicted_show(const struct contradicted *all, struct pieces *p, struct sight *s);

#endif
