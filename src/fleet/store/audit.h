/* The audit log: who changed what, a line each (store_audit() writes it); and who handed in how much, a line for each sender and day. */
#ifndef SIDELIGHT_FLEET_AUDIT_H
#define SIDELIGHT_FLEET_AUDIT_H

#include "fleet/store/store.h"

/* What one sender handed in. */
struct sent {
        int64_t tenant;
        struct str who, address; /* a token's name, "command line", "bus"; where it came from last, or empty */
        int64_t requests, reports, kept_aside, first, last;
        struct str day;          /* of audit_read() */
        struct sent *next;
};

/* Gathered in memory, for one write a second instead of one for each request. { 0 } is empty. */
struct sent_tally {
        struct arena arena;
        struct sent *places[256];
        ptrdiff_t count;
};

/* Texts are copied. `s->first` and `last` are its moment. */
void sent_add(struct sent_tally *t, const struct sent *s);
/* Adds all of it to the store's, in one transaction, and empties it; after a failure it is still there. */
int sent_write(struct sent_tally *t, struct store *s, struct diag *d);
void sent_free(struct sent_tally *t);

struct audited {
        int64_t id, time;
        struct str who, what, about;
};

struct audit {
        struct audited *items; /* the newest first */
        ptrdiff_t count, capacity;
        struct { struct sent *items; ptrdiff_t count, capacity; } sent; /* the newest day first, by sender */
};

/* Of one tenant, since that moment (sends: since its day), at most `limit` of each. */
int audit_read(struct store *s, int64_t tenant, int64_t since, int64_t limit, struct arena *a, struct audit *ret, struct diag *d);

#endif
