/* Risks that somebody accepted, with the reason, until a day. They change no verdict and no count: they stand beside them, also when they
 * have ended. */
#ifndef SIDELIGHT_FLEET_ACCEPT_H
#define SIDELIGHT_FLEET_ACCEPT_H

#include "fleet/ask/ask.h"

struct accepted_risk {
        int64_t id, since, until, hosts; /* hosts: on which the flaw is open now, and which it is about */
        struct str reason, who;
        struct ask_filter filter;        /* .flaw is the flaw; .status is empty */
        bool ended;
};

struct accepted_risks {
        struct accepted_risk *items;     /* the newest first */
        ptrdiff_t count, capacity;
};

/* Writes it, with a line in the audit log: `by` wrote it, whoever takes the risk. `r->filter.flaw` is a flaw's id. */
int accept_add(struct store *s, int64_t tenant, const struct accepted_risk *r, struct str by, struct diag *d);
/* Ends it now: it stays in the list. -1 (DIAG_USAGE) when there is none of this number. */
int accept_end(struct store *s, int64_t tenant, int64_t id, int64_t now, struct str by, struct diag *d);
int accept_list(struct store *s, int64_t tenant, int64_t now, struct arena *a, struct accepted_risks *ret, struct diag *d);

/* The filter as text, "cloud=azure tag=web": each value with %, = and blanks escaped as %25. And back. */
struct str accept_filter_text(struct arena *a, const struct ask_filter *f);
void accept_filter_parse(struct arena *a, struct str text, struct ask_filter *ret);

#endif
