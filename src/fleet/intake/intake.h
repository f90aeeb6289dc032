/* Evidence on its way into a store: whatever way it comes (a file, a request, a message), it becomes reports here. */
#ifndef SIDELIGHT_FLEET_INTAKE_H
#define SIDELIGHT_FLEET_INTAKE_H

#include "catalog/catalog.h"
#include "evidence/evidence.h"
#include "fleet/store/store.h"

/* Where evidence comes from, and what is said of it beside it. */
struct intake {
        struct store *store;
        const struct catalog *catalog;
        int64_t tenant, now;
        struct str tags;       /* for all of it; no pointer: none are told */
        struct str folder;     /* that the texts lie in, with a slash behind: a machine without a name is called by the rest of the path, wherever the
                                * folder lies (last month's audit beside this one); empty: none */
        struct str origin;     /* "http", …; empty: what the evidence itself calls its source */
        struct arena scratch;  /* of one text */
        int64_t reports, aside, resources; /* put so far */
        /* Called within a long text when it is time to commit (store_is_full); NULL: the caller does, between texts. 0, or -1. */
        int (*full)(void *arg, struct diag *d);
        void *full_arg;
};

/* One machine's evidence. `name`: what to call a machine whose evidence has no name; `said`: what whoever sends it calls it, which
 * counts before the name in the evidence; or empty. `time`: 0, or when it was captured, where the evidence does not say. */
int intake_evidence(struct intake *in, const struct evidence *e, struct str said, struct str name, int64_t time, struct diag *d);

/* Any text that tells of machines: an evidence file, another tool's output, of one machine or many; lines of JSON, {"host": …, "evidence": …}
 * with "time", "tags", or {"host": …, "fingerprint": …} where the store has the evidence; a cloud inventory, whose resources are kept. What cannot be read is kept aside with the
 * reason, and is no failure: *ret_read tells how many machines came of it (0: kept aside). -1: the store failed. `name` as above, and what
 * the text is called. */
int intake_text(struct intake *in, struct str name, struct str text, int64_t *ret_read, struct diag *d);
/* Whether the text is such lines, {"host": …, "evidence": …} or {"host": …, "fingerprint": …}, by the first; then they can be handed in as they
 * come: `text` is whole lines, the first of which is number *number of the file, and *number becomes the next one's. *ret_read grows. */
bool intake_is_lines(struct intake *in, struct str text);
int intake_lines(struct intake *in, struct str name, struct str text, int64_t *number, int64_t *ret_read, struct diag *d);
/* A cloud inventory (cloud/inventory.h): 1 when it is one, 0 when it is not. Resources are kept as such, and are no hosts: nothing was seen of
 * their insides. */
int intake_inventory(struct intake *in, struct str name, struct str text, struct diag *d);
/* Kept aside by the caller, who could not even read it; `why` is told. */
int intake_aside(struct intake *in, struct str name, struct str why, struct str bytes, struct diag *d);
/* Or it came in well: what was kept aside of it before goes. intake_text() does so by itself. */
int intake_well(struct intake *in, struct str name, struct str bytes, struct diag *d);

/* What a machine is called, which of that name it is (or empty), and when it was captured, where its evidence says so: what the above
 * go by, and whoever hands in a fingerprint alone. */
struct str intake_host(struct arena *a, const struct evidence *e, struct str said, struct str name);
struct str intake_ident(struct arena *a, const struct evidence *e);
bool intake_captured(const struct evidence *e, int64_t *ret);

void intake_free(struct intake *in);

#endif
