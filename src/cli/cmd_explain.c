/* `sidelight explain`: a flaw's page, and the proof of its verdict. */
#include "cli/explain_registry.h"
#include "cli/input.h"
#include "plan/summary.h"
#include "report/explain.h"
#include "report/layout.h"

static const struct option options[] = {
        { .name = "page", .without = "why-not|ignore-os-claims|boundary|untrusted|host-evidence|root|FILE|", .brief = "show only the flaw's page, nothing about a machine" },
        { .name = "why-not", .brief = "show only the smallest changes that would mitigate it",
          .details = "Searches what a person can change (parameters, sysctls, SMT, microcode, the kernel, the provider) among what "
                     "the flaw's rules ask for: first all single changes, then pairs. What would come of them is predicted, as "
                     "what-if does." },
        { .name = "format", .arg = "FORMAT", .values = "text|json|", .brief = "how to write it" },
        OPTIONS_JUDGE,
        OPTION_ROOT,
        OPTION_DATA,
        OPTION_NO_COLOR,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight explain srso", "what it is, and why this machine is judged as it is" },
        { "sidelight explain CVE-2017-5754 web-17.host", "the same for a recorded machine" },
        { "sidelight explain --why-not mds", "what would have to change for it to be mitigated?" },
        { "sidelight explain --format json mds web-17.host", "page, verdict, rules, facts and steps, for programs" },
        { "sidelight explain registry 0x802048", "Windows: what a value of FeatureSettingsOverride asks for, bit by bit" },
        { "sidelight explain registry web-17.host", "Windows: which value this machine should have" },
        { 0 },
};

static bool is_safe(enum status s) {
        return s == STATUS_MITIGATED || s == STATUS_NOT_AFFECTED;
}

enum { SAFE = 1 << STATUS_MITIGATED | 1 << STATUS_NOT_AFFECTED, OPEN = 1 << STATUS_VULNERABLE | 1 << STATUS_PARTIAL };

static void why_not(struct cli *c, const struct verdict *r, const struct plan *plan, const struct finding *f,
                    const struct verdict_options *o, const struct report_style *s) {
        struct ways ways;

        out_fmt(&c->out, "%.*s is %s%.*s on %.*s.\n", STR_ARG(T(f->flaw->name)), is_safe(f->status) ? "already " : "",
                STR_ARG(status_word(f->status)), STR_ARG(r->machine.name));
        if (is_safe(f->status))
                return;
        search_ways(&ways, &c->arena, &(struct search_question){ r, plan, f, o, SAFE, 2 });
        explain_ways(&ways, s, &c->arena, &c->out);
}

/* The single changes that would turn the verdict: from open to safe, or the other way round. */
static void what_would_change_it(struct cli *c, const struct verdict *r, const struct plan *plan, const struct finding *f,
                                 const struct verdict_options *o, const struct report_style *s) {
        struct ways ways;

        search_ways(&ways, &c->arena, &(struct search_question){ r, plan, f, o, is_safe(f->status) ? OPEN : SAFE, 1 });
        if (ways.count == 0)
                return;
        out_char(&c->out, '\n');
        layout_title(&c->out, S("What would change it"), s->color);
        out_char(&c->out, '\n');
        explain_ways(&ways, s, &c->arena, &c->out);
}

/* Who says so, and of which evidence. */
static void origin(struct cli *c, const struct verdict *r, const struct report_style *s) {
        out_char(&c->out, '\n');
        layout_wrap(&c->out, summary_origin(r, &c->arena), 0, 2, s->columns);
}

static bool as_json(const struct cli *c) {
        return cli_word(c, "format", 0) == 1;
}

static void write_json(struct cli *c, const struct verdict *r, const struct plan *plan, const struct flaw *f, const struct verdict_options *o) {
        const struct finding *found = explain_finding(r, f);
        bool all = cli_given(c, "why-not");
        struct ways ways = { 0 };

        if (!all || !is_safe(found->status))
                search_ways(&ways, &c->arena, &(struct search_question){ r, plan, found, o, is_safe(found->status) ? OPEN : SAFE, all ? 2 : 1 });
        explain_json(r->catalog, f, &(struct explained){ .verdict = r, .plan = plan, .ways = &ways }, &c->out);
}

static int proof(struct cli *c, const struct catalog *k, const struct flaw *f, const struct report_style *s) {
        struct arena *a = &c->arena;
        struct verdict_options o;
        struct evidence e;
        struct verdict r;
        struct plan plan;

        if (input_options(c, &o) < 0)
                return -1;
        if ((c->operand_count > 1 ? input_machine(c, c->operands[1], a, &e)
                                  : input_live(c, k, cli_value(c, "root"), a, &e)) < 0)
                return -1;
        verdict_judge(&r, a, k, &e, &o);
        plan_of_verdict(&plan, a, &r);
        if (as_json(c)) {
                write_json(c, &r, &plan, f, &o);
                return 0;
        }
        if (cli_given(c, "why-not")) {
                why_not(c, &r, &plan, explain_finding(&r, f), &o, s);
                origin(c, &r, s);
                return 0;
        }
        explain_page(k, f, s, a, &c->out);
        explain_proof(&r, explain_finding(&r, f), &plan, s, &c->out);
        what_would_change_it(c, &r, &plan, explain_finding(&r, f), &o, s);
        origin(c, &r, s);
        return 0;
}

static int run(struct cli *c) {
        const struct catalog *k;
        const struct flaw *f;
        struct report_style s;

        if (strcmp(c->operands[0], "registry") == 0)
                return explain_registry(c);
        if (input_catalog(c, &k) < 0 || input_flaw(c, k, str_of(c->operands[0]), &f) < 0)
                return -1;
        input_style(c, &s);
        if (!cli_given(c, "page"))
                return proof(c, k, f, &s);
        if (as_json(c))
                explain_json(k, f, NULL, &c->out);
        else if (!cli_given(c, "why-not"))
                explain_page(k, f, &s, &c->arena, &c->out);
        return 0;
}

const struct command cmd_explain = {
        .name = "explain",
        .operands = "ID [FILE]",
        .operands_min = 1,
        .operands_max = 2,
        .named = { NAMED_FLAW, NAMED_FILE, NAMED_FILE },
        .summary = "explain a flaw, and prove its verdict",
        .description =
                "Shows the flaw's page and then, for this machine or for an evidence FILE, how its verdict was "
                "reached: which rule decided, why the rules before it did not apply, the facts with their values "
                "and sources, what is missing, and the remedies with their steps for this distribution. You can "
                "name a flaw by its id, its name, its CVE numbers or its other names.\n\n"
                "The word `registry` in place of an ID is about Windows: with a number, it explains that value "
                "of FeatureSettingsOverride bit by bit; otherwise it computes the value that closes what is open "
                "without giving up any protection that is on.",
        .options = options,
        .examples = examples,
        .run = run,
};
