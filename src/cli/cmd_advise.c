/* `sidelight advise`: what must I do? */
#include "cli/guide.h"
#include "cli/input.h"
#include "report/advice.h"

#define FORMAT_WORD(name, word, title) word "|"
#define UNTRUSTED_WORD(name, word) word "|"

static const struct option options[] = {
        { .name = "offering", .arg = "ID", .named = NAMED_OFFERING, .brief = "what you run: azure-linux-vm, bare-metal, ...",
          .details = "Without it, the evidence shows what the machine belongs to, and how certain that is. A wrong ID is answered with "
                     "the list of all. With it, and without a FILE, --live, --root or --imds, no machine is looked at." },
        { .name = "untrusted", .arg = "WHO", .values = UNTRUSTEDS(UNTRUSTED_WORD),
          .brief = "code you do not trust that runs there",
          .details = "Code of strangers, logins with few rights, guests by nested virtualisation; yes says that something does. "
                     "Undeclared, both answers are given, apart." },
        { .name = "as-of", .arg = "DATE", .date = true, .brief = "use the guidance of this day (2018-01-12) instead of the newest" },
        { .name = "declare", .arg = "NAME=yes|no", .named = NAMED_DECLARATION, .repeats = true, .brief = "tell what you know to be done, or not done",
          .details = "Names are those that actions ask for: antivirus-compatible, guest-os-current, startup-task, ..." },
        { .name = "format", .arg = "FORMAT", .values = ADVICE_FORMATS(FORMAT_WORD), .brief = "how to write the advice" },
        { .name = "ticket", .brief = "what only your provider can answer or do, as a text that is ready to be sent" },
        { .name = "live", .brief = "this machine" },
        OPTION_IMDS,
        OPTION_ROOT,
        OPTION_DATA,
        OPTION_NO_COLOR,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight advise", "what must be done here?" },
        { "sidelight advise --offering azure-windows-vm --as-of 2018-01-12", "the guidance of that day" },
        { "sidelight advise web-17.host --untrusted yes --format markdown", "for a page of your own" },
        { "sidelight advise --ticket", "the questions to your provider, ready to be sent" },
        { 0 },
};

static int declare(struct cli *c, struct str text, struct declared *ret) {
        ptrdiff_t equals = str_find_char(text, '=');

        *ret = (struct declared){ .name = str_sub(text, 0, equals), .value = str_from(text, equals + 1) };
        if (equals < 1 || (!str_eq(ret->value, S("yes")) && !str_eq(ret->value, S("no"))))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--declare takes NAME=yes or NAME=no, not '%.*s'", STR_ARG(text));
        return 0;
}

static int take_declared(struct cli *c, const struct guidance *g, struct advice_request *r) {
        struct declared *all = arena_array(&c->arena, struct declared, c->count + 1);

        for (ptrdiff_t i = 0; i < c->count; i++) {
                bool known = false;

                if (strcmp(c->items[i].option->name, "declare") != 0)
                        continue;
                if (declare(c, str_of(c->items[i].value), &all[r->declared_count]) < 0)
                        return -1;
                for (uint32_t k = 0; k < g->action_count; k++)
                        known |= str_eq(T(g->actions[k].declare), all[r->declared_count].name);
                if (!known)
                        return diag_fail_class(&c->diag, DIAG_USAGE, "no action asks for '%.*s'",
                                               STR_ARG(all[r->declared_count].name));
                r->declared_count++;
        }
        r->declared = all;
        return 0;
}

/* The machine's evidence; false when the user named an offering and no machine. */
static int take_evidence(struct cli *c, const struct catalog *k, struct evidence *e, bool *ret_have) {
        const char *imds = cli_value(c, "imds");
        bool live = cli_given(c, "live") || cli_given(c, "root") || imds || !cli_given(c, "offering");

        if (c->operand_count && (cli_given(c, "live") || cli_given(c, "root")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "a FILE and this machine cannot be advised together");
        *ret_have = c->operand_count || live;
        if (!*ret_have)
                return 0;
        if ((c->operand_count ? input_evidence(c, c->operands[0], &c->arena, e)
                              : input_live(c, k, cli_value(c, "root"), &c->arena, e)) < 0)
                return -1;
        return imds ? guide_imds(c, k, imds, false, e) : 0;
}

static int take_request(struct cli *c, const struct guidance *g, struct advice_request *r) {
        *r = (struct advice_request){
                .untrusted = (enum untrusted)cli_word(c, "untrusted", UNTRUSTED_UNDECLARED),
                .as_of = cli_text(c, "as-of"),
        };
        if (cli_given(c, "offering") && guide_offering(c, g, cli_text(c, "offering"), &r->offering) < 0)
                return -1;
        return take_declared(c, g, r);
}

static int ticket(struct cli *c, struct advice_page *page, const struct report_style *style) {
        enum advice_format format = (enum advice_format)cli_word(c, "format", ADVICE_TEXT);

        if (!page->report)
                return diag_fail_class(&c->diag, DIAG_USAGE, "--ticket asks about a machine: name a FILE, or --live");
        if (format == ADVICE_MARKDOWN)
                return diag_fail_class(&c->diag, DIAG_USAGE, "--ticket is text or JSON: it has no Markdown");
        page->ticket = true;
        if (format == ADVICE_JSON)
                advice_write(page, format, style, &c->out);
        else if (!advice_ticket(page, &c->out))
                out_c(&c->out, "There is nothing to ask your provider.\n");
        return 0;
}

static int run(struct cli *c) {
        struct advice_page page = { .arena = &c->arena };
        struct verdict_options judging = { 0 };
        struct advice_request request;
        struct report_style style;
        struct evidence evidence;
        struct verdict report;
        const struct catalog *catalog;
        struct advice advice;
        struct plan plan;
        bool have;

        if (input_catalog(c, &catalog) < 0 || take_request(c, catalog->guidance, &request) < 0 ||
            take_evidence(c, catalog, &evidence, &have) < 0)
                return -1;
        input_style(c, &style);
        judging.today = str_sub(style.now, 0, 10);
        if (!have)
                page.age = catalog_age(&c->arena, catalog, judging.today);
        if (have) {
                verdict_judge(&report, &c->arena, catalog, &evidence, &judging);
                page.report = &report;
                request.facts = report.facts;
        }
        guidance_advise(&advice, &c->arena, catalog->guidance, &request);
        plan_make(&plan, &c->arena, catalog, &advice, page.report);
        page.advice = &advice;
        page.plan = &plan;
        page.catalog = catalog;
        if (cli_given(c, "ticket"))
                return ticket(c, &page, &style);
        advice_write(&page, (enum advice_format)cli_word(c, "format", ADVICE_TEXT), &style, &c->out);
        return 0;
}

const struct command cmd_advise = {
        .name = "advise",
        .operands = "[FILE]",
        .operands_max = 1,
        .summary = "list what you must do, by what you run, whom you trust there, and the date",
        .description =
                "Lists the actions of the guidance for what you run, in the order to take them: done (with the "
                "facts that prove it), to do (with the steps for this distribution), not known (with what to "
                "ask, and whom), not needed (with the reason). The list includes what the machine's open "
                "findings need. The machine is this one, or the one of an evidence FILE.\n\n"
                "It is never assumed that all code there can be trusted: without --untrusted you get both "
                "answers.",
        .options = options,
        .examples = examples,
        .run = run,
};
