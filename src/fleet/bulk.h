/* Many evidence files judged fast: machines that are alike are judged once.
 *
 * Two files are alike when they hold the same bytes but for what names one machine (evidence/identity.h) and when it was captured:
 * compared byte for byte, no hash is trusted. The reports of some thousand kinds of machines are kept. */
#ifndef SIDELIGHT_FLEET_BULK_H
#define SIDELIGHT_FLEET_BULK_H

#include "report/report.h"

struct bulk_kind;

struct bulk {
        const struct catalog *catalog;
        const struct verdict_options *options;
        const struct report_style *style;
        struct arena arena;      /* of one file */
        struct arena kept;       /* the texts by which kinds are known */
        struct out tails;        /* their reports, one behind the other */
        ptrdiff_t kept_bytes, kept_limit; /* of those texts; of both together */
        struct bulk_kind *kinds; /* a hash table */
        uint32_t count, hits;    /* since the table was emptied */
};

/* Judges the text of one evidence file and writes its JSON report. -1 and a message when it is not one: nothing was written. */
int bulk_judge(struct bulk *b, struct str source, struct str text, struct out *o, enum exit_result *ret, struct diag *d);
void bulk_free(struct bulk *b);

/* The text without what names one machine, in `a`; `ret_name` is the host name, or empty. Exposed for tests. */
struct str bulk_canonical(struct arena *a, struct str text, struct str *ret_name);

#endif
