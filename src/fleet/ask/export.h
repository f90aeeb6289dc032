/* Machines and their findings for other programs, as lines: of the command line, and over HTTP. */
#ifndef SIDELIGHT_FLEET_EXPORT_H
#define SIDELIGHT_FLEET_EXPORT_H

#include "fleet/ask/ask.h"

enum export_format { EXPORT_NDJSON, EXPORT_CSV };

struct exporting {
        struct store *store;
        int64_t tenant;
        struct ask_filter filter;
        enum export_format format;
        bool evidence;                /* NDJSON: with the evidence file */
        struct out *out;
        /* Private. Hosts come by name, and neighbours are often alike: what the last outcome came to is kept. */
        struct arena arena, kept;
        int64_t outcome;
        struct ask_findings findings;
};

/* The titles of a CSV. */
void export_titles(struct exporting *x);
/* At most page->limit hosts behind those of `page`, fewer when they make more than `bytes_max` bytes; moves `page` behind the last, in `a`.
 * 1: more may follow; 0: that was all; -1. */
int export_hosts(struct exporting *x, struct ask_page *page, ptrdiff_t bytes_max, struct arena *a, struct diag *d);
void export_free(struct exporting *x);

/* What was kept aside, with the reasons; with its bytes where `text`. From behind number *after on, at most `limit`, or `bytes_max` bytes; moves
 * *after. As export_hosts() answers. */
int export_aside(struct store *s, int64_t tenant, bool text, int64_t limit, ptrdiff_t bytes_max, int64_t *after, struct out *o, struct diag *d);

#endif
