#include "cli/explain_registry.h"

#include "catalog/computed.h"
#include "cli/input.h"
#include "plan/registry_value.h"

static uint32_t fact_number(struct facts *f, const char *name) {
        const struct fact *v = facts_named(f, str_of(name));

        return v && v->state == FACT_KNOWN ? (uint32_t)v->number : 0;
}

/* The flaws that are open. */
static struct str_list open_flaws(struct arena *a, const struct verdict *r) {
        struct str *ids = arena_array(a, struct str, (ptrdiff_t)r->finding_count + 1);
        uint32_t count = 0;

        for (uint32_t i = 0; i < r->finding_count; i++)
                if (r->findings[i].status == STATUS_VULNERABLE || r->findings[i].status == STATUS_PARTIAL)
                        ids[count++] = r->findings[i].flaw->id;
        return (struct str_list){ .items = ids, .count = count };
}

static void show_choice(struct cli *c, const struct catalog *k, const struct registry_choice *choice, const char *when) {
        uint32_t value = registry_value(k, choice);

        if (when)
                out_fmt(&c->out, "\n%s:\n", when);
        registry_explain(k, value, choice->vendor, &c->out);
        registry_commands(value, &c->out);
}

static void show_machine(struct cli *c, const struct catalog *k, const struct verdict *r) {
        struct facts *f = r->facts;
        const struct fact *vendor = facts_get(f, COMPUTED_CPU_VENDOR);
        struct registry_choice choice = {
                .vendor = vendor->state == FACT_KNOWN ? vendor->text : S(""),
                .keep_smt = true,
                .flaws = open_flaws(&c->arena, r),
                .current = fact_number(f, "registry.override"),
                .current_mask = fact_number(f, "registry.override_mask"),
        };
        bool smt = facts_tri(f, S("smt.active")) != TRI_FALSE;

        out_fmt(&c->out, "%.*s has FeatureSettingsOverride 0x%x and FeatureSettingsOverrideMask 0x%x.\n", STR_ARG(r->machine.name),
                choice.current, choice.current_mask);
        if (choice.flaws.count == 0) {
                out_c(&c->out, "Nothing is open that another value would close.\n");
                return;
        }
        choice.keep_smt = smt;
        show_choice(c, k, &choice, smt ? "To close what is open, with hyper-threading" : "To close what is open");
        choice.keep_smt = false;
        if (smt)
                show_choice(c, k, &choice, "To close what is open, where hyper-threading is switched off in the firmware");
        if (facts_tri(f, S("hyper_v_host")) == TRI_TRUE)
                out_c(&c->out, "\nA Hyper-V host shows old virtual machines (configuration version below 8.0) what protections need only with:\n"
                               "reg add \"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization\" /v "
                               "MinVmVersionForCpuBasedMitigations /t REG_SZ /d 1.0 /f\n"
                               "They then have to be shut down fully and started again.\n");
}

int explain_registry(struct cli *c) {
        const char *operand = c->operand_count > 1 ? c->operands[1] : NULL;
        struct verdict_options options;
        const struct catalog *k;
        struct evidence e;
        struct verdict r;
        uint64_t value;

        if (input_catalog(c, &k) < 0 || input_options(c, &options) < 0)
                return -1;
        if (operand && str_to_u64(str_of(operand), &value)) {
                if (value > UINT32_MAX)
                        return diag_fail_class(&c->diag, DIAG_USAGE, "'%s' does not fit into the registry's 32 bits", operand);
                registry_explain(k, (uint32_t)value, S(""), &c->out);
                return 0;
        }
        if ((operand ? input_evidence(c, operand, &c->arena, &e)
                     : input_live(c, k, cli_value(c, "root"), &c->arena, &e)) < 0)
                return -1;
        verdict_judge(&r, &c->arena, k, &e, &options);
        if (facts_tri(r.facts, S("windows")) == TRI_FALSE)
                return diag_fail_class(&c->diag, DIAG_INPUT, "%.*s does not run Windows: it has no registry", STR_ARG(r.machine.name));
        show_machine(c, k, &r);
        return 0;
}
