/* Changes of Windows' registry as a .reg file and as a PowerShell script: of this machine's plan, or of an evidence file's. */
#include "cli/fix.h"
#include "plan/edit/registry.h"

/* The changes of all steps that are about the registry. */
static struct changes changes_of(struct fix_run *r) {
        struct changes ret = { 0 };

        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                for (ptrdiff_t k = 0; k < r->plan.steps.items[i].step.changes.count; k++) {
                        const struct change *c = &r->plan.steps.items[i].step.changes.items[k];

                        if (c->target.kind == TARGET_REGISTRY_VALUE)
                                *arena_append(&r->cli->arena, &ret) = *c;
                }
        return ret;
}

/* The bits that switch a protection off, on whose processors ever. */
static uint32_t off_bits(const struct catalog *c) {
        uint32_t bits = 0;

        for (uint32_t i = 0; i < c->registry_bit_count; i++)
                if (c->registry_bits[i].off)
                        bits |= 1u << c->registry_bits[i].bit;
        return bits;
}

/* Such a plan has its own words; a Windows' without values is one that changes nothing. */
static bool changes_linux(const struct fix_plan *p) {
        for (ptrdiff_t i = 0; i < p->steps.count; i++)
                for (ptrdiff_t k = 0; k < p->steps.items[i].step.changes.count; k++)
                        if (p->steps.items[i].step.changes.items[k].target.kind != TARGET_REGISTRY_VALUE)
                                return true;
        return false;
}

int fix_emit_registry(struct fix_run *r, bool powershell) {
        struct changes changes = changes_of(r);

        if (!changes.count && changes_linux(&r->plan))
                return diag_fail_class(&r->cli->diag, DIAG_USAGE, "the plan changes no registry value, but what Linux reads: --emit shell, ansible, "
                                                                  "cloud-init or azure-run-command, on the machine itself or with --root");
        if (powershell)
                registry_powershell(&r->cli->out, &r->cli->arena, &changes, off_bits(r->catalog));
        else if (registry_reg(&r->cli->out, &r->cli->arena, &changes, false, &r->cli->diag) < 0)
                return -1;
        return (int)fix_exit(r);
}
