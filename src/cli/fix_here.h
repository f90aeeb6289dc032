/* What a plan comes to at the place at hand. Between the files that carry `fix` out; fix.h is for the others. */
#ifndef SIDELIGHT_CLI_FIX_HERE_H
#define SIDELIGHT_CLI_FIX_HERE_H

#include "cli/fix.h"

struct layout;

struct fix_here {
        struct fix_ground ground;
        const struct layout *layout; /* which loader starts it: Linux alone */
        struct deeds deeds;
};

/* What is done with the plan once its deeds are there: sets `waits`, `doable`, `hash`. */
void fix_here_made(struct fix_run *r);
bool fix_here_refused(const struct deeds *d, ptrdiff_t step);

/* Opens the journal of the place for changing it, or for reading. */
int fix_journal_open(struct cli *c, struct fix_ground *g, struct journal *ret);
int fix_journal_read(struct arena *a, struct fix_ground *g, struct journal *ret, struct diag *d);

/* ---- linux/fix_here.c, win32/fix_here.c ---- */

/* Members of the JSON object that are the system's own. */
void fix_here_head_json(struct fix_run *r, struct json *j);

#endif
