/* `sidelight fix`: between the command, what it writes, and what it does on this system. */
#ifndef SIDELIGHT_CLI_FIX_H
#define SIDELIGHT_CLI_FIX_H

#include "apply/carry.h"
#include "cli/fix_place.h"
#include "cli/input.h"
#include "whatif/fix_plan.h"

struct fix_here; /* what the plan comes to on the machine at hand: its own on each system */

/* What was taken back: its number, 0 for nothing; and what was not as it had been, with the reason. */
struct fix_taken {
        uint64_t fix;
        struct carry_remarks remarks;
};

struct fix_run {
        struct cli *cli;
        struct fix_place place;
        const struct catalog *catalog;
        struct report_style style;
        struct verdict_options judging;
        struct evidence evidence;
        struct verdict verdict;
        struct policy policy;
        struct fix_plan plan;
        struct fix_here *here; /* NULL: an evidence file, which has no files to be changed */
        char hash[65];         /* of what would be done; "" where nothing would */
        bool waits;            /* some step is in the configuration already, and waits for a restart */
        bool doable;           /* something would be done */
        struct fix_taken taken; /* what was interrupted, before anything was planned */
};

enum exit_result fix_exit(const struct fix_run *r);
/* How many of what only others, or you by hand, can do is open. */
ptrdiff_t fix_left_open(const struct fix_run *r);

/* The words of --format, in their order. */
enum fix_format { FIX_FORMAT_TEXT, FIX_FORMAT_JSON, FIX_FORMAT_DIFF };

/* fix_write.c: the plan as text, as JSON; a line of a step, which wraps. */
void fix_line(struct fix_run *r, int indent, const char *label, struct str text);
void fix_write_text(struct fix_run *r);
void fix_write_json(struct fix_run *r);

/* fix_registry.c: changes of Windows' registry as a script for PowerShell, or as a .reg file. An exit code, or -1. */
int fix_emit_registry(struct fix_run *r, bool powershell);

/* ---- linux/fix_here.c, win32/fix_here.c ---- */

/* Opens the place, finds its boot loader, and what would take harmful settings out of what the next start reads; sets `here`. */
int fix_here_look(struct fix_run *r, struct changes *ret_harmful);
/* Works out what the plan comes to there; sets `hash`, `waits`, `doable`. */
int fix_here_make(struct fix_run *r);
/* What stands before the steps: the boot loader. */
void fix_here_head_text(struct fix_run *r);
/* The plan in another tool's words: the number is that of the word of --emit. An exit code, or -1. */
int fix_here_emit(struct fix_run *r, int rendering);

/* ---- fix_here.c ---- */

/* What the n-th step comes to, as lines of text, or as members of its object. */
void fix_here_step_text(struct fix_run *r, ptrdiff_t n, int indent);
void fix_here_step_json(struct fix_run *r, ptrdiff_t n, struct json *j);
/* What stands behind the steps: remarks, the diff. */
void fix_here_tail_text(struct fix_run *r);
void fix_here_json(struct fix_run *r, struct json *j);
/* The remarks alone; true when there were some. */
bool fix_here_notes_text(struct fix_run *r);
/* The exit code when the plan was carried out: 0 only where no step was left alone, and there was one for what is open. */
enum exit_result fix_applied_exit(const struct fix_run *r);
/* All changes of files as a unified diff. */
void fix_here_diff(struct fix_run *r, struct out *o);

/* ---- fix_carry.c ---- */

/* Before anything is planned: an apply or rollback that was interrupted is taken back, where --apply is given; else it is an error. */
int fix_here_recover(struct fix_run *r);
/* Carries the plan out; an exit code, or -1. */
int fix_here_apply(struct fix_run *r);
/* --rollback (`id` 0: the last). */
int fix_here_rollback(struct cli *c, const struct fix_place *place, uint64_t id);

/* ---- fix_status.c ---- */

/* --status, --verify. */
int fix_here_status(struct cli *c, const struct fix_place *place, bool verify);
/* For `check`: puts into the machine's notes, and its list of applied steps, what was applied here and whether it took effect. */
void fix_here_notes(struct cli *c, const struct fix_place *place, struct arena *a, struct verdict *v);

#endif
