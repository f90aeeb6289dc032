/* What several formats say about a report as a whole: whose job, how many. */
#ifndef SIDELIGHT_REPORT_SUMMARY_H
#define SIDELIGHT_REPORT_SUMMARY_H

#include "report/report.h"

/* "you", "provider", "nobody" … for the finding's owner on this machine. */
struct str summary_who(const struct verdict *r, const struct finding *f);

/* Findings at stake, counted by whose job they are. */
struct tally {
        uint32_t open_mine, open_theirs; /* vulnerable or partial */
        uint32_t unknown_mine, unknown_theirs;
        uint32_t mitigated, not_affected;
};
struct tally summary_tally(const struct verdict *r);

/* The one-line answer to "should I worry?". */
struct str summary_answer(const struct verdict *r, struct arena *a);

/* Findings as people want them: at stake first, worst first, then in the catalog's order. */
const struct finding **summary_order(const struct verdict *r, struct arena *a);

/* "1 flaw", "3 flaws". */
struct str summary_count(struct arena *a, uint32_t n, const char *noun);

#endif
