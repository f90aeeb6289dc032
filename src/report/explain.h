/* A flaw explained: its page, and the proof of its verdict on one machine. */
#ifndef SIDELIGHT_REPORT_EXPLAIN_H
#define SIDELIGHT_REPORT_EXPLAIN_H

#include "report/report.h"

/* The flaw's page: what it is, who is at stake, what helps, where it is described. */
void explain_page(const struct catalog *c, const struct flaw *f, const struct report_style *s, struct arena *a,
                  struct out *o);

/* Why the finding is what it is: the rules in order with the facts that decided each, what is missing, and the remedies
 * with their steps for this machine's distribution. */
void explain_proof(const struct verdict *r, const struct finding *f, const struct report_style *s, struct out *o);

/* The finding of a flaw; NULL when the report has none. */
const struct finding *explain_finding(const struct verdict *r, const struct flaw *f);

/* ID and ID_LIKE of the machine's os-release (os-release(5)) as a blank-separated list, "ubuntu debian"; "windows" where that
 * runs; empty when it is not known. */
struct str explain_distribution(const struct evidence *e, struct arena *a);

#endif
