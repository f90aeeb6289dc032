/* What a plan comes to at the place at hand. Between the files that carry `fix` out; fix.h is for the others. */
#ifndef SIDELIGHT_CLI_FIX_HERE_H
#define SIDELIGHT_CLI_FIX_HERE_H

#include "cli/fix.h"

struct layout;
struct next_start;

struct fix_here {
        struct fix_ground ground;
        const struct layout *layout; /* which loader starts it: Linux alone */
        struct deeds deeds;
};

/* A path in the place as it is told: below a cloud service's folder nothing is at a root. */
struct str fix_shown_path(const struct fix_run *r, struct str path);

/* A step's refusal: what was left alone and why, and what to do instead. */
void fix_left_alone_text(struct fix_run *r, const struct refusal *one, int indent);

bool fix_here_refused(const struct deeds *d, ptrdiff_t step);
/* The refusals of a step, as the member "refused". */
void fix_refused_json(struct fix_run *r, ptrdiff_t n, struct json *j);

/* ---- fix_done.c ---- */

/* What --apply did. */
struct fix_done {
        const char *word;           /* applied, copied, nothing */
        const struct entry *entry;  /* of the journal, or NULL */
        bool *begun, *to_be_run;    /* of each step of the plan: something of it was done; but for commands, in the image */
        bool restart;               /* what was done needs one */
        struct carry_remarks written; /* copies, by name */
};

bool fix_as_json(const struct cli *c);
void fix_applied_json(struct fix_run *r, const struct fix_done *d);
void fix_taken_back_json(struct cli *c, const struct fix_place *place, const struct fix_taken *taken);

/* Opens the journal of the place for changing it, or for reading. */
int fix_journal_open(struct cli *c, struct fix_ground *g, struct journal *ret);
int fix_journal_read(struct arena *a, struct fix_ground *g, struct journal *ret, struct diag *d);

/* ---- fix_cloud.c ---- */

/* The start-up task of each definition below the place, as steps; sets `plan` and `here`'s deeds. */
int fix_cloud_plan(struct fix_run *r);

/* ---- linux/fix_here.c, win32/fix_here.c: fix.h's functions for the running machine, and for a Linux' tree ---- */

/* What the place starts next; left as it is where that is not read. */
void fix_next_start(struct arena *a, struct fix_ground *g, const struct verdict *v, struct next_start *ret);
int fix_system_look(struct fix_run *r, struct changes *ret_harmful);
int fix_system_make(struct fix_run *r);
void fix_system_head_text(struct fix_run *r);
/* True where a tool writes what the boot loader reads. */
bool fix_system_generates(const struct fix_run *r);
void fix_system_head_json(struct fix_run *r, struct json *j);
int fix_system_emit(struct fix_run *r, int rendering);

#endif
