/* Alerts: a program of the user's is told, as JSON on its standard input, what became worse: on machines that reported, or by newer data. No shell is
 * involved, it gets no arguments, and one runs at a time: what comes meanwhile is told next. */
#ifndef SIDELIGHT_FLEET_ALERT_H
#define SIDELIGHT_FLEET_ALERT_H

#include "base/out.h"
#include "fleet/store/store.h"

struct alerts {
        const char *program;  /* NULL: nobody is told */
        struct out waiting;   /* objects, one a line, that nobody was told yet */
        long process;         /* that runs; 0: none */
        int64_t since;        /* when it began */
};

/* After commits that changed hosts and were judged, on the store that made them (keep_changes): what became worse is added to what waits. */
int alerts_gather(struct alerts *a, struct store *s, int64_t now, struct diag *d);
/* Now and then: where all was judged anew since this was asked last (by whatever program), what became worse by that is added, of all programs that
 * ask by the first. The first time of a store nothing is. */
int alerts_gather_rules(struct alerts *a, struct store *s, int64_t now, struct diag *d);
/* Now and then: tells what waits, ends a program that hangs. -1: it cannot be run; what waits is kept. */
int alerts_tell(struct alerts *a, int64_t now, struct diag *d);
/* Before the end: what still waits is told, and the program is not waited for. */
void alerts_free(struct alerts *a);

#endif
