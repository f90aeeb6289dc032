/* A policy: the risks that an owner accepts, with a reason, a name and an end. JSON:
 *
 *      {"accept": [{"flaw": "mds", "reason": "single tenant", "who": "ops@example.org", "until": "2027-01-31"}]}
 *
 * All four are needed: a risk that nobody answers for, or that never ends, is not accepted but forgotten. */
#ifndef SIDELIGHT_PLAN_POLICY_H
#define SIDELIGHT_PLAN_POLICY_H

#include "base/diag.h"
#include "catalog/catalog.h"

struct accepted {
        const struct flaw *flaw;
        struct str reason, who, until; /* until: the last day, YYYY-MM-DD */
        bool expired;
};

struct policy {
        struct accepted *items;
        ptrdiff_t count, capacity;
};

/* `today` is YYYY-MM-DD. -1 (DIAG_INPUT) when it is no such policy, or names what the catalog does not have. */
int policy_read(struct policy *ret, struct arena *a, const struct catalog *c, const char *file, struct str text, struct str today,
                struct diag *d);
/* The entry that accepts the flaw today; NULL when none does. */
const struct accepted *policy_accepts(const struct policy *p, const struct flaw *f);

#endif
