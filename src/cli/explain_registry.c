#include "cli/explain_registry.h"

#include "cli/input.h"
#include "plan/registry_value.h"
#include "report/explain.h"

static bool as_json(const struct cli *c) {
        return cli_word(c, "format", 0) == 1;
}

static void show_machine(struct cli *c, const struct verdict *r) {
        struct registry_choice choice = registry_choice_of(&c->arena, r, true);
        struct report_style style;
        struct plan plan;
        uint32_t value;

        plan_registry(&plan, &c->arena, r);
        if (as_json(c)) {
                registry_machine_json(r, &choice, &plan, &c->out);
                return;
        }
        input_style(c, &style);
        out_fmt(&c->out, "%.*s has FeatureSettingsOverride 0x%x and FeatureSettingsOverrideMask 0x%x.\n", STR_ARG(r->machine.name),
                choice.current, choice.current_mask);
        if (plan.count == 0)
                out_c(&c->out, "Nothing is open that other values would close.\n");
        for (ptrdiff_t i = 0; i < plan.count; i++) {
                out_char(&c->out, '\n');
                explain_step(&plan.items[i], &style, &c->arena, &c->out);
                if (registry_override(&plan.items[i], &value))
                        registry_explain(r->catalog, value, choice.vendor, &c->out);
        }
}

int explain_registry(struct cli *c) {
        const char *operand = c->operand_count > 1 ? c->operands[1] : NULL;
        struct str name = S(""), number = str_of(operand ? operand : "");
        struct verdict_options options;
        const struct catalog *k;
        struct evidence e;
        struct verdict r;
        uint64_t value;

        if (cli_takes(c, S("ignore-os-claims|boundary|untrusted|host-evidence|root|data|")) < 0 || input_catalog(c, &k) < 0 || input_options(c, &options) < 0)
                return -1;
        if (str_find_char(number, '=') > 0 && str_cut(&number, '=', &name) && !str_eq_nocase(name, S("FeatureSettingsOverride")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "explain registry takes a value of FeatureSettingsOverride, not of '%.*s'", STR_ARG(name));
        if (name.len && !str_to_u64(number, &value))
                return diag_fail_class(&c->diag, DIAG_USAGE, "'%.*s' is no number", STR_ARG(number));
        if (str_to_u64(number, &value)) {
                if (cli_takes(c, S("data|")) < 0)
                        return -1;
                if (value > UINT32_MAX)
                        return diag_fail_class(&c->diag, DIAG_USAGE, "'%s' does not fit into the registry's 32 bits", operand);
                if (as_json(c))
                        registry_value_json(k, (uint32_t)value, &c->out);
                else
                        registry_explain(k, (uint32_t)value, S(""), &c->out);
                return 0;
        }
        if ((operand ? input_machine(c, operand, &c->arena, &e)
                     : input_live(c, k, cli_value(c, "root"), &c->arena, &e)) < 0)
                return -1;
        verdict_judge(&r, &c->arena, k, &e, &options);
        if (facts_tri(r.facts, S("windows")) == TRI_FALSE)
                return diag_fail_class(&c->diag, DIAG_INPUT, "%.*s does not run Windows: it has no registry", STR_ARG(r.machine.name));
        show_machine(c, &r);
        return 0;
}
