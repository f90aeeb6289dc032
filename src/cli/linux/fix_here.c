/* A plan on a Linux: its boot loader, and files as they are kept there. */
#include "cli/fix_here.h"

#include "apply/realise.h"
#include "apply/render.h"
#include "apply/status.h"
#include "base/plain.h"

#include <unistd.h>

int fix_machine_open(struct cli *c, struct fix_ground *ret) {
        (void)c;
        *ret = (struct fix_ground){ .journal = JOURNAL_PLACE };
        tree_open_live(&ret->tree);
        return 0;
}

int fix_machine_may_change(struct cli *c) {
        return geteuid() == 0 ? 0 : diag_fail(&c->diag, "this changes the machine: run it as root");
}

struct str fix_boot(struct arena *a, const struct tree *t) {
        return status_boot(a, t);
}

struct str fix_kernels(struct arena *a, const struct tree *t) {
        return status_kernels(a, t);
}

void fix_next_start(struct arena *a, struct fix_ground *g, const struct verdict *v, struct next_start *ret) {
        struct layout l;

        layout_find(&l, a, &g->tree, v->facts);
        next_start_read(ret, a, &g->tree, &l);
}

bool fix_system_generates(const struct fix_run *r) {
        switch (r->here->layout ? r->here->layout->loader : LOADER_NONE) {
        case LOADER_GRUB_BLS:
        case LOADER_SYSTEMD_BOOT:
        case LOADER_EXTLINUX:
        case LOADER_RASPBERRY:
        case LOADER_REFIND:
                return false;
        default:
                return true;
        }
}

int fix_system_look(struct fix_run *r, struct changes *ret_harmful) {
        struct arena *a = &r->cli->arena;
        struct fix_here *h = r->here;
        struct layout *layout = arena_new(a, struct layout);

        h->layout = layout;
        layout_find(layout, a, &h->ground.tree, r->verdict.facts);
        *ret_harmful = realise_harmful(a, &h->ground.tree, h->layout, r->verdict.facts, &h->deeds);
        return 0;
}

int fix_system_make(struct fix_run *r) {
        struct arena *a = &r->cli->arena;
        struct fix_here *h = r->here;

        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                realise_step(&h->deeds, a, &h->ground.tree, h->layout, r->verdict.facts, &r->plan.steps.items[i].step, i);
        return 0;
}

void fix_system_head_text(struct fix_run *r) {
        const struct layout *l = r->here->layout;

        if (r->plan.steps.count == 0)
                return;
        out_fmt(&r->cli->out, "Boot loader: %.*s (%.*s)\n\n", STR_ARG(loader_title(l->loader)), STR_ARG(plain(&r->cli->arena, l->why)));
}

void fix_system_head_json(struct fix_run *r, struct json *j) {
        json_begin_object(j, "loader");
        json_str(j, "id", loader_word(r->here->layout->loader));
        json_str(j, "why", r->here->layout->why);
        json_end_object(j);
}

static bool fix_needs_restart(const struct fix_run *r) {
        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                if (r->plan.steps.items[i].step.restart && deeds_for_step(&r->here->deeds, i))
                        return true;
        return false;
}

static bool paths_are_text(const struct fix_run *r) {
        const struct deeds *d = &r->here->deeds;

        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (!str_eq(plain(&r->cli->arena, d->files.items[i].path), d->files.items[i].path))
                        return false;
        return true;
}

int fix_system_emit(struct fix_run *r, int rendering) {
        if (rendering != RENDER_SHELL && !paths_are_text(r))
                return diag_fail(&r->cli->diag, "a path in the plan is no UTF-8: only --emit shell can write it");
        render(&r->cli->out, &r->cli->arena, (enum rendering)rendering,
               &(struct rendered){ .deeds = &r->here->deeds, .hash = str_of(r->hash), .restart = fix_needs_restart(r) });
        return (int)fix_exit(r);
}
