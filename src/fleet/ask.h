/* What a store is asked. Answers are made from fingerprints and their numbers of hosts; hosts are never scanned but where hosts are listed. */
#ifndef SIDELIGHT_FLEET_ASK_H
#define SIDELIGHT_FLEET_ASK_H

#include "catalog/catalog.h"
#include "fleet/store.h"

/* ---- Status ---- */

struct ask_flaw {
        struct str id;
        int64_t hosts[STATUS_COUNT];
        int64_t not_at_stake;
};

struct ask_flaws {
        struct ask_flaw *items; /* in order of id */
        ptrdiff_t count, capacity;
};

struct ask_status {
        int64_t hosts, fingerprints, kept_aside, resources;
        int64_t not_judged;                /* hosts whose evidence was not judged yet */
        int64_t judged_by_others;          /* hosts whose verdict another catalog than the newest of this store gave */
        int64_t worst[STATUS_COUNT];       /* hosts by the worst of their verdicts */
        struct ask_flaws flaws;
};

/* Everything lives in `a`. Fingerprints are those that some host shows now. */
int ask_status(struct store *s, int64_t tenant, struct arena *a, struct ask_status *ret, struct diag *d);

#endif
