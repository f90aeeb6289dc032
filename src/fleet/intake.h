/* Evidence on its way into a store: whatever way it comes (a file, a request, a message), it becomes reports here. */
#ifndef SIDELIGHT_FLEET_INTAKE_H
#define SIDELIGHT_FLEET_INTAKE_H

#include "catalog/catalog.h"
#include "evidence/evidence.h"
#include "fleet/store.h"

/* Where evidence comes from, and what is said of it beside it. */
struct intake {
        struct store *store;
        const struct catalog *catalog;
        int64_t tenant, now;
        struct str tags;       /* for all of it; no pointer: none are told */
        struct str origin;     /* "http", …; empty: what the evidence itself calls its source */
        struct arena scratch;  /* of one text */
        int64_t reports, aside; /* put so far */
};

/* One machine's evidence. `name`: what to call a machine whose evidence has no name; `said`: what whoever sends it calls it, which
 * counts before the name in the evidence; or empty. `time`: 0, or when it was captured, where the evidence does not say. */
int intake_evidence(struct intake *in, const struct evidence *e, struct str said, struct str name, int64_t time, struct diag *d);

/* Any text that tells of machines: an evidence file, another tool's output, of one machine or many. What cannot be read is kept aside with the
 * reason, and is no failure: *ret_read tells how many machines came of it (0: kept aside). -1: the store failed. `name` as above, and what
 * the text is called. */
int intake_text(struct intake *in, struct str name, struct str text, int64_t *ret_read, struct diag *d);
/* Kept aside by the caller, who could not even read it; `why` is told. */
int intake_aside(struct intake *in, struct str name, struct str why, struct str bytes, struct diag *d);

void intake_free(struct intake *in);

/* Seconds of "2026-11-22", and of "2026-11-22T15:04:05Z" or with a blank in the middle; false when it is neither. */
bool intake_time(struct str text, int64_t *ret);

#endif
