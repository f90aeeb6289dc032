/* A plan on the running Windows: values of its registry. */
#include "cli/fix_here.h"

#include "apply/registry_deed.h"
#include "platform/win32/machine.h"

int fix_machine_open(struct cli *c, struct fix_ground *ret) {
        const char *folder = machine_program_data(&c->arena);

        *ret = (struct fix_ground){ .registry = &registry_edit };
        tree_open_live(&ret->tree);
        if (!folder)
                return diag_fail(&c->diag, "Windows does not tell where programs keep their data (%%ProgramData%%)");
        ret->journal = str_fmt(&c->arena, "%s/sidelight/fix", folder).p;
        return 0;
}

int fix_machine_may_change(struct cli *c) {
        return machine_is_administrator() ? 0 : diag_fail(&c->diag, "this changes the machine: run it as an administrator");
}

struct str fix_boot(struct arena *a, const struct tree *t) {
        return t->live ? machine_boot(a) : S("");
}

struct str fix_kernels(struct arena *a, const struct tree *t) {
        (void)a;
        (void)t;
        return S("");
}

void fix_next_start(struct arena *a, struct fix_ground *g, const struct verdict *v, struct next_start *ret) {
        (void)a;
        (void)g;
        (void)v;
        (void)ret;
}

int fix_system_look(struct fix_run *r, struct changes *ret_harmful) {
        (void)ret_harmful;
        if (r->place.root)
                return diag_fail_class(&r->cli->diag, DIAG_USAGE, "--root '%s': trees of a Linux are changed on a Linux", r->place.root);
        return 0;
}

int fix_system_make(struct fix_run *r) {
        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                realise_registry(&r->here->deeds, &r->cli->arena, r->here->ground.registry, &r->plan.steps.items[i].step, i);
        return 0;
}

bool fix_system_generates(const struct fix_run *r) {
        (void)r;
        return false;
}

void fix_system_head_text(struct fix_run *r) {
        (void)r;
}

void fix_system_head_json(struct fix_run *r, struct json *j) {
        (void)r;
        (void)j;
}

int fix_system_emit(struct fix_run *r, int rendering) {
        (void)rendering;
        return diag_fail_class(&r->cli->diag, DIAG_USAGE, "a Windows' plan is written with --emit powershell or --emit reg");
}
