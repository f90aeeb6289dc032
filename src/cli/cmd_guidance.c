/* `sidelight guidance`: the dated revisions, one of them, and what changed between two. */
#include "cli/guide.h"
#include "cli/input.h"
#include "report/advice.h"
#include "facts/cpus.h"

#define SUBCOMMANDS(X) X(LIST, "list") X(SHOW, "show") X(DIFF, "diff")
#define WORD(name, word) word "|"
#define FORMAT_WORD(name, word, title) word "|"

enum subcommand {
#define X(name, word) SUBCOMMAND_##name,
        SUBCOMMANDS(X)
#undef X
};

static const struct option options[] = {
        { .name = "offering", .without = "for|", .arg = "ID", .named = NAMED_OFFERING, .brief = "show only what applies to this offering" },
        { .name = "for", .arg = "FILE", .brief = "show only what applies to the machine of this evidence file" },
        { .name = "format", .arg = "FORMAT", .values = ADVICE_FORMATS(FORMAT_WORD), .brief = "how to write it" },
        OPTION_DATA,
        OPTION_NO_COLOR,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight guidance list", "all revisions, with what each brought" },
        { "sidelight guidance show az-2018-01-12", "one of them" },
        { "sidelight guidance diff az-2018-01-12 az-2018-08-14 --offering azure-windows-vm", "what changed for me" },
        { 0 },
};

/* --offering, or what the evidence shows; NULL: neither was given. */
static int take_offering(struct cli *c, const struct catalog *k, const struct offering **ret) {
        struct whereabouts where;
        struct cpu_list cpus;
        struct evidence e;
        struct facts f;

        *ret = NULL;
        if (cli_given(c, "offering"))
                return guide_offering(c, k->guidance, cli_text(c, "offering"), ret);
        if (!cli_given(c, "for"))
                return 0;
        if (input_evidence(c, cli_value(c, "for"), &c->arena, &e) < 0)
                return -1;
        cpu_list_read(&cpus, &c->arena, k, &e);
        facts_init(&f, &c->arena, k, &e, &cpus, &(struct facts_options){ 0 }, 0);
        guidance_recognise(&f, &where);
        *ret = where.offering;
        return where.offering ? 0 : diag_fail_class(&c->diag, DIAG_INPUT, "'%s' shows no offering; name it with --offering",
                                                    cli_value(c, "for"));
}

static int take_revision(struct cli *c, const struct guidance *g, int operand, const struct revision **ret) {
        struct str id = str_of(c->operands[operand]), words = S(""), near;

        *ret = guidance_revision(g, id);
        if (*ret)
                return 0;
        for (uint32_t i = 0; i < g->revision_count; i++)
                words = str_fmt(&c->arena, "%.*s%.*s|", STR_ARG(words), STR_ARG(T(g->revisions[i].id)));
        near = cli_nearest(id, words, &c->arena);
        return diag_fail_class(&c->diag, DIAG_USAGE, "no revision is called '%.*s'%s%.*s%s", STR_ARG(id),
                               near.len ? "; did you mean '" : "; `sidelight guidance list` has them all", STR_ARG(near),
                               near.len ? "'?" : "");
}

static int two_revisions(struct cli *c, const struct guidance *g, const struct revision **before,
                         const struct revision **after) {
        if (take_revision(c, g, 1, before) < 0 || take_revision(c, g, 2, after) < 0)
                return -1;
        if (!str_eq(T((*before)->document), T((*after)->document)))
                return diag_fail_class(&c->diag, DIAG_USAGE, "'%s' and '%s' are not of the same document", c->operands[1],
                                       c->operands[2]);
        return 0;
}

static int run(struct cli *c) {
        static const int operands[] = { [SUBCOMMAND_LIST] = 1, [SUBCOMMAND_SHOW] = 2, [SUBCOMMAND_DIFF] = 3 };
        enum subcommand what = SUBCOMMAND_LIST;
        enum advice_format format = (enum advice_format)cli_word(c, "format", ADVICE_TEXT);
        const struct revision *before, *after;
        const struct offering *offering;
        const struct catalog *k;
        struct report_style style;

        /* The parser took no other word than these. */
        for (struct str rest = S(SUBCOMMANDS(WORD)), word; what < SUBCOMMAND_DIFF && str_cut(&rest, '|', &word) &&
                                                           !str_eq(word, str_of(c->operands[0]));)
                what++;
        if (c->operand_count != operands[what])
                return diag_fail_class(&c->diag, DIAG_USAGE, "guidance %s takes %s%s", c->operands[0],
                                       what == SUBCOMMAND_LIST ? "nothing more" : what == SUBCOMMAND_SHOW ? "one revision" : "two revisions",
                                       what == SUBCOMMAND_LIST ? "" : "; `sidelight guidance list` has them");
        if (cli_takes(c, what == SUBCOMMAND_LIST ? S("data|") : S("offering|for|data|")) < 0)
                return -1;
        if (input_catalog(c, &k) < 0 || take_offering(c, k, &offering) < 0)
                return -1;
        input_style(c, &style);
        if (what == SUBCOMMAND_LIST) {
                advice_revisions(k->guidance, format, &style, &c->arena, &c->out);
        } else if (what == SUBCOMMAND_SHOW) {
                if (take_revision(c, k->guidance, 1, &before) < 0)
                        return -1;
                advice_revision(k->guidance, before, offering, format, &style, &c->arena, &c->out);
        } else {
                if (two_revisions(c, k->guidance, &before, &after) < 0)
                        return -1;
                advice_changes(k->guidance, before, after, offering, format, &style, &c->arena, &c->out);
        }
        return 0;
}

const struct command cmd_guidance = {
        .name = "guidance",
        .operands = "list|show REVISION|diff REVISION REVISION",
        .named = { NAMED_NOTHING, NAMED_REVISION, NAMED_REVISION },
        .operands_min = 1,
        .operands_max = 3,
        .words = SUBCOMMANDS(WORD),
        .summary = "show the revisions of the guidance, and what changed between them",
        .description =
                "Lists the dated revisions of the guidance behind `sidelight advise`, shows what one of them "
                "asks for, and shows what changed between two: for everyone, for an offering, or for the machine "
                "of an evidence file.",
        .options = options,
        .examples = examples,
        .run = run,
};
