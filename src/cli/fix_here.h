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

bool fix_here_refused(const struct deeds *d, ptrdiff_t step);

/* ---- linux/fix_here.c, win32/fix_here.c ---- */

/* Members of the JSON object that are the system's own. */
void fix_here_head_json(struct fix_run *r, struct json *j);

#endif
