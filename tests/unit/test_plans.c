/* plan, whatif: plans.txt names recorded machines, each with whose code runs there, and what comes of it: every step of the plan with all that
 * it says, and every way that closes what is open, or that settles what is not known. `test_plans fix` writes it anew, for review.
 *
 *      MACHINE | UNTRUSTED [| SETTING that the next start would read: then only what fix does, or "host MACHINE"]
 *              STEP: STATUS, PHASE, WHO, TRUST …: what it resolves */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "plan/plan.h"
#include "table.h"
#include "whatif/fix_plan.h"
#include "whatif/search.h"

static void put_line(struct out *o, int more, const char *name, struct str text) {
        if (text.len)
                out_fmt(o, "%*s%s%.*s\n", TABLE_INDENT + more, "", name, STR_ARG(text));
}

static void put_facts(struct out *o, const char *name, const struct quoted_fact *facts, uint32_t count) {
        for (uint32_t i = 0; i < count; i++)
                out_fmt(o, "%*s%s %.*s = %.*s (%.*s)\n", TABLE_INDENT + 4, "", name, STR_ARG(facts[i].name), STR_ARG(facts[i].value), STR_ARG(facts[i].source));
}

static void put_step(struct out *o, const struct step *s) {
        out_fmt(o, "%*s%.*s: %.*s, %.*s, %.*s, %.*s%s%s", TABLE_INDENT, "", STR_ARG(s->id), STR_ARG(action_status_word(s->status)), STR_ARG(phase_word(s->phase)),
                STR_ARG(doer_word(s->who)), STR_ARG(trust_word(s->trust)), s->guided ? ", guided" : "", s->restart ? ", restart" : "");
        for (ptrdiff_t i = 0; i < s->resolves.count; i++)
                out_fmt(o, "%s%.*s", i ? " " : ": ", STR_ARG(T(s->resolves.items[i]->id)));
        out_char(o, '\n');
        put_line(o, 4, "", s->title);
        put_line(o, 4, "touches: ", s->target.kind == TARGET_NONE ? S("") : target_word(s->target.kind));
        put_line(o, 4, "why: ", s->why);
        put_line(o, 4, "cost: ", s->cost);
        put_line(o, 4, "ask: ", s->ask);
        put_facts(o, "seen:", s->evidence, s->evidence_count);
        put_facts(o, "missing:", s->missing, s->missing_count);
        for (ptrdiff_t i = 0; i < s->instructions.count; i++)
                out_fmt(o, "%*s%.*s%s%.*s: %.*s\n", TABLE_INDENT + 4, "", STR_ARG(instruction_word(s->instructions.items[i].kind)),
                        s->instructions.items[i].on.len ? " on " : "", STR_ARG(s->instructions.items[i].on), STR_ARG(s->instructions.items[i].text));
}

/* Of the first finding of a status: each way to a safe one, and the first step that it takes. */
static void put_ways(struct out *o, struct arena *a, const struct verdict *v, const struct plan *plan, const struct verdict_options *options, enum status status) {
        for (uint32_t i = 0; i < v->finding_count; i++) {
                const struct finding *f = &v->findings[i];
                struct ways ways;

                if (f->status != status || !f->at_stake)
                        continue;
                search_ways(&ways, a, &(struct search_question){ v, plan, f, options, 1u << STATUS_NOT_AFFECTED | 1u << STATUS_MITIGATED, 2 });
                for (ptrdiff_t k = 0; k < ways.count; k++) {
                        const struct way *w = &ways.items[k];

                        out_fmt(o, "%*sway for %.*s to %.*s: %.*s\n", TABLE_INDENT, "", STR_ARG(T(f->flaw->id)),
                                STR_ARG(w->status == STATUS_COUNT ? S("?") : status_word(w->status)), STR_ARG(w->reason));
                        for (int n = 0; n < w->count; n++)
                                out_fmt(o, "%*s%.*s = %.*s\n", TABLE_INDENT + 4, "", STR_ARG(w->wishes[n].def ? T(w->wishes[n].def->name) : S("a newer kernel")),
                                        STR_ARG(w->wishes[n].value));
                        put_step(o, &w->step);
                }
                return;
        }
}

static void put_flaws(struct out *o, const char *name, const struct resolved *flaws) {
        for (ptrdiff_t i = 0; i < flaws->count; i++)
                out_fmt(o, "%s%.*s", i ? " " : name, STR_ARG(T(flaws->items[i]->id)));
}

/* "command-line mds=off", "sysctl KEY VALUE", "module-option MODULE KEY VALUE": a harmful setting that the next start would read. */
static struct changes next_of(struct arena *a, struct str text) {
        struct changes ret = { 0 };
        struct str kind, word;
        struct change c = { .edit = EDIT_REMOVE, .target = { .kind = TARGET_SYSCTL }, .was = FACT_KNOWN };

        if (!str_word(&text, &kind))
                return ret;
        if (str_eq(kind, S("command-line"))) {
                c.edit = EDIT_REMOVE_WORD;
                c.target.kind = TARGET_COMMAND_LINE;
        } else if (str_eq(kind, S("module-option"))) {
                c.target.kind = TARGET_MODULE_OPTION;
                assert_true(str_word(&text, &c.target.place));
        }
        assert_true(str_word(&text, &word));
        c.target.key = c.target.kind == TARGET_COMMAND_LINE && str_find_char(word, '=') > 0 ? str_sub(word, 0, str_find_char(word, '=')) : word;
        c.old = c.target.kind == TARGET_COMMAND_LINE ? word : str_trim(text);
        *arena_append(a, &ret) = c;
        return ret;
}

/* What fix would do, in its order, and what it leaves. */
static void put_fix(struct out *o, struct arena *a, const struct verdict *v, const struct plan *plan, const struct fix_request *r) {
        struct fix_plan fix;

        fix_plan_make(&fix, a, v, plan, r);
        for (ptrdiff_t i = 0; i < fix.steps.count; i++) {
                const struct planned_step *s = &fix.steps.items[i];

                out_fmt(o, "%*sfix: %.*s", TABLE_INDENT, "", STR_ARG(s->step.id));
                put_flaws(o, "; against ", &s->step.resolves);
                put_flaws(o, "; settles ", &s->settles);
                put_flaws(o, s->predicted ? "; promises " : "; hopes for ", &s->promised);
                out_fmt(o, "%s\n", s->predicted ? "" : "; not predicted");
        }
        for (ptrdiff_t i = 0; i < fix.left.count; i++)
                out_fmt(o, "%*sfix leaves %.*s: %.*s%s\n", TABLE_INDENT, "", STR_ARG(fix.left.items[i].step.id),
                        STR_ARG(left_word(fix.left.items[i].why)), fix.left.items[i].open ? ", open" : "");
        out_fmt(o, "%*sexit %d\n", TABLE_INDENT, "", (int)fix_plan_exit(&fix, fix.steps.count > 0));
}

static void read_machine(struct evidence *ret, struct arena *a, struct str machine) {
        struct diag d = { 0 };

        if (evidence_parse(ret, a, machine, table_read(a, str_to_c(a, str_fmt(a, SOURCE_ROOT "/tests/hosts/machines/%.*s", STR_ARG(machine)))), &d) < 0)
                fail_msg("%s", d.text);
}

static void put_plan(struct out *o, struct arena *a, struct str row) {
        struct str machine = table_cell(&row), untrusted = table_cell(&row), next = str_trim(row);
        struct declared declared = { S("untrusted"), untrusted };
        struct verdict_options options = { .facts = { .declared = &declared, .declared_count = !str_eq(untrusted, S("-")) } };
        struct advice_request request = { .untrusted = UNTRUSTED_UNDECLARED };
        struct fix_request fix;
        struct advice advice;
        struct evidence e, host;
        struct verdict v;
        struct plan plan;

        read_machine(&e, a, machine);
        if (str_starts(next, S("host "))) {
                read_machine(&host, a, str_from(next, 5));
                options.host = &host;
                next = S("");
        }
        for (int u = 0; u < UNTRUSTED_COUNT; u++)
                if (str_eq(untrusted, untrusted_word((enum untrusted)u)))
                        request.untrusted = (enum untrusted)u;
        verdict_judge(&v, a, &catalog_builtin, &e, &options);
        request.facts = v.facts;
        guidance_advise(&advice, a, catalog_builtin.guidance, &request);
        plan_make(&plan, a, &catalog_builtin, &advice, &v);
        for (ptrdiff_t i = 0; i < plan.count && next.len == 0; i++)
                put_step(o, &plan.items[i]);
        fix = (struct fix_request){ .judging = &options, .untrusted = str_eq(untrusted, S("-")) ? TRI_UNKNOWN : tri_of(!str_eq(untrusted, S("no"))), .next = next_of(a, next) };
        put_fix(o, a, &v, &plan, &fix);
        for (enum status s = STATUS_UNKNOWN; s < STATUS_COUNT && next.len == 0; s++)
                put_ways(o, a, &v, &plan, &options, s);
}

static int should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return table_rows(o, text, put_plan);
}

static const struct table table = { SOURCE_ROOT "/tests/unit/plans.txt", 10, should_be };

static void test_plans(void **state) {
        (void)state;
        table_hold(&table);
}

int main(int argc, char **argv) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_plans) };

        (void)argv;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("plans", tests, NULL, NULL);
}
