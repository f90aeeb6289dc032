/* Windows' settings are changed through what a plan renders; there is nothing to be edited in place yet. */
#include "cli/fix.h"

int fix_here_look(struct fix_run *r, struct changes *ret_harmful) {
        (void)r;
        (void)ret_harmful;
        return 0;
}

int fix_here_recover(struct cli *c, const struct fix_place *place) {
        (void)c;
        (void)place;
        return 0;
}

int fix_here_make(struct fix_run *r) {
        (void)r;
        return 0;
}

void fix_here_step_text(struct fix_run *r, ptrdiff_t n, int indent) {
        (void)r;
        (void)n;
        (void)indent;
}

void fix_here_step_json(struct fix_run *r, ptrdiff_t n, struct json *j) {
        (void)r;
        (void)n;
        (void)j;
}

void fix_here_head_text(struct fix_run *r) {
        (void)r;
}

void fix_here_tail_text(struct fix_run *r) {
        (void)r;
}

void fix_here_json(struct fix_run *r, struct json *j) {
        (void)r;
        (void)j;
}

void fix_here_diff(struct fix_run *r, struct out *o) {
        (void)r;
        (void)o;
}

static int unable(struct cli *c) {
        return diag_fail_class(&c->diag, DIAG_USAGE, "on Windows fix shows the steps, and does not carry them out");
}

int fix_here_emit(struct fix_run *r, int rendering) {
        (void)rendering;
        return unable(r->cli);
}

int fix_here_apply(struct fix_run *r) {
        return unable(r->cli);
}

int fix_here_rollback(struct cli *c, const struct fix_place *place, uint64_t id) {
        (void)place;
        (void)id;
        return unable(c);
}

int fix_here_status(struct cli *c, const struct fix_place *place, bool verify) {
        (void)place;
        (void)verify;
        return unable(c);
}

struct str_list fix_here_notes(struct cli *c, const struct fix_place *place, struct arena *a, const struct evidence *e) {
        (void)c;
        (void)place;
        (void)a;
        (void)e;
        return (struct str_list){ 0 };
}
