/* Fingerprints judged: each once, whatever number of hosts show it.
 *
 * Judging follows coming in, and is apart from it: a fingerprint that was not judged yet (a program ended in between) is told as such by
 * whoever asks, and the next one that judges takes it, too. Two programs that judge the same come to the same. */
#ifndef SIDELIGHT_FLEET_JUDGE_H
#define SIDELIGHT_FLEET_JUDGE_H

#include "catalog/catalog.h"
#include "fleet/store/store.h"

enum judge_which {
        JUDGE_NEW, /* those that were never judged */
        JUDGE_ALL, /* those, too, that another catalog judged */
};

struct judged {
        int64_t fingerprints; /* that were judged now */
        int64_t turned;       /* of them: those that came out otherwise than before */
        int64_t damaged;      /* that could not be judged, and were kept aside */
};

/* What names a catalog in a store: its data, and the program that reads it. */
struct str judge_catalog(struct arena *a, const struct catalog *c);

/* Judges the fingerprints of all tenants by the catalog, `now` being the time. What was judged before a failure is kept. With JUDGE_ALL the
 * temporary table `turned` (fingerprint, old, new: outcomes) tells what came out otherwise. */
int judge_store(struct store *s, const struct catalog *c, enum judge_which which, int64_t now, struct judged *ret, struct diag *d);

/* A line in the audit log: who had all judged anew. */
int judge_note(struct store *s, const struct catalog *c, int64_t tenant, int64_t now, struct str by, const struct judged *judged, struct diag *d);

#endif
