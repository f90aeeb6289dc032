/* `sidelight explain`: a flaw's page, and the proof of its verdict. */
#include "cli/input.h"
#include "report/explain.h"

static const struct option options[] = {
        { .name = "page", .brief = "only the flaw's page, nothing about a machine" },
        OPTIONS_JUDGE,
        OPTION_ROOT,
        OPTION_DATA,
        OPTION_NO_COLOR,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight explain srso", "what it is, and why this machine is judged as it is" },
        { "sidelight explain CVE-2017-5754 web-17.host", "the same for a recorded machine" },
        { 0 },
};

static int proof(struct cli *c, const struct catalog *k, const struct flaw *f, const struct report_style *s) {
        struct arena *a = &c->arena;
        struct verdict_options o;
        struct evidence e;
        struct report r;

        if (input_options(c, &o) < 0)
                return -1;
        if ((c->operand_count > 1 ? input_evidence(c, c->operands[1], a, &e)
                                  : input_live(c, k, cli_value(c, "root"), a, &e)) < 0)
                return -1;
        o.only = f;
        verdict_judge(&r, a, k, &e, &o);
        explain_proof(&r, explain_finding(&r, f), s, &c->out);
        return 0;
}

static int run(struct cli *c) {
        const struct catalog *k;
        const struct flaw *f;
        struct report_style s;

        if (input_catalog(c, &k) < 0 || input_flaw(c, k, str_of(c->operands[0]), &f) < 0)
                return -1;
        input_style(c, &s);
        explain_page(k, f, &s, &c->arena, &c->out);
        return cli_given(c, "page") ? 0 : proof(c, k, f, &s);
}

const struct command cmd_explain = {
        .name = "explain",
        .operands = "ID [FILE]",
        .operands_min = 1,
        .operands_max = 2,
        .summary = "explain a flaw, and the proof of its verdict",
        .description =
                "Shows the flaw's page; then, for this machine or for an evidence FILE, how its verdict came about: which rule "
                "decided and which before it did not hold and why, the facts with their values and sources, what is missing, "
                "and the remedies with their steps for this distribution. A flaw answers to its id, its name, its CVE numbers "
                "and its other names.",
        .options = options,
        .examples = examples,
        .run = run,
};
