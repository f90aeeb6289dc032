/* What both generations of spectre-meltdown-checker share. Private to report/. */
#ifndef SIDELIGHT_REPORT_SMC_H
#define SIDELIGHT_REPORT_SMC_H

#include "report/formats.h"

/* What it calls a status, and how its JSON and (since 25) its metrics write that. Closed in part is not closed. */
struct smc_word {
        const char *word, *vulnerable, *number;
};

extern const struct smc_word smc_words[STATUS_COUNT];

/* Its short name of a CVE; those that it does not know have the flaw's own. */
struct str smc_name(const struct vex_name *n);
/* ` NAME="VALUE"` of a metric, without the blank. */
void smc_label(struct out *o, const char *name, struct str value);
/* The CVEs of one machine. */
void smc_look(struct vex *ret, struct arena *a, const struct verdict *r);

#endif
