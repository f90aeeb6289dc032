/* What is old goes; its counts stay in the history. */
#ifndef SIDELIGHT_FLEET_PRUNE_H
#define SIDELIGHT_FLEET_PRUNE_H

#include "fleet/store/store.h"

struct pruned {
        int64_t hosts;        /* that were not seen since */
        int64_t sightings;    /* what hosts showed before then */
        int64_t fingerprints; /* that no host shows, or showed since */
        int64_t kept_aside;
};

/* Of one tenant: everything that ended before `before`. In one transaction. */
int prune_store(struct store *s, int64_t tenant, int64_t before, struct pruned *ret, struct diag *d);

#endif
