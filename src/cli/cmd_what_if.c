/* `sidelight what-if`: the verdicts under a change that was not made. */
#include "base/version.h"
#include "whatif/change.h"
#include "whatif/predict.h"
#include "cli/input.h"
#include "report/layout.h"

#define FORMAT_WORD(name, word, title) word "|"

static const struct option options[] = {
        { .name = "set", .arg = "FACT=VALUE", .named = NAMED_SETTING, .repeats = true, .brief = "give a fact another value",
          .details = "Kernel parameters (cmdline.pti=off), registers, files, build options, registry values: every fact that is "
                     "read from one place. VALUE may be absent." },
        { .name = "smt", .arg = "WHAT", .values = "on|off|", .brief = "SMT (hyper-threading) on or off" },
        { .name = "microcode", .arg = "REVISION", .brief = "assume this microcode revision" },
        { .name = "kernel", .arg = "VERSION", .brief = "assume this kernel" },
        { .name = "flag", .arg = "+NAME|-NAME", .named = NAMED_FLAG, .repeats = true, .brief = "assume a processor feature is there (+) or not (-)" },
        { .name = "restart", .brief = "assume that the machine restarts",
          .details = "What the registry asks for takes effect, and the newest installed kernel runs." },
        { .name = "only", .arg = "ID", .named = NAMED_FLAW, .brief = "judge only this flaw" },
        { .name = "format", .arg = "FORMAT", .values = REPORT_FORMATS(FORMAT_WORD), .brief = "how to write the report" },
        { .name = "live", .brief = "this machine, as without a FILE" },
        OPTIONS_JUDGE,
        OPTION_ROOT,
        OPTION_DATA,
        OPTION_NO_COLOR,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight what-if --set cmdline.mitigations=off", "what would be open without any mitigation?" },
        { "sidelight what-if web-17.host --smt off --microcode 0x2007006", "would that be enough?" },
        { "sidelight what-if --restart", "what waits for a restart?" },
        { "sidelight what-if --flag +md_clear --only mds", "if the hypervisor showed the bit" },
        { 0 },
};

/* "mitigations": a parameter of the kernel, without the word that facts about it begin with. */
static struct str parameter_of(struct cli *c, const struct catalog *k, struct str name) {
        struct str full = str_fmt(&c->arena, "cmdline.%.*s", STR_ARG(name));

        return catalog_fact(k, full) >= 0 ? full : S("");
}

/* A change, where an evidence file stands. */
static int is_change(struct cli *c, const struct catalog *k, const char *operand) {
        struct str name = S(""), rest = str_of(operand);

        if (!str_cut(&rest, '=', &name) || parameter_of(c, k, name).len == 0)
                return -1;
        c->diag = (struct diag){ 0 };
        return diag_fail_class(&c->diag, DIAG_USAGE, "no file is called '%s'; did you mean '--set cmdline.%s'?", operand, operand);
}

/* What the machine's system does not have, or read, would change nothing there: a parameter of Linux on Windows, a registry value on Linux. */
static const char *whose(const struct fact_def *def, const struct evidence *e) {
        const struct record *r = evidence_line(e, RECORD_UNAME, S(""));
        bool on_windows = r && str_starts(r->text, S("Windows ")), on_linux = r && str_starts(r->text, S("Linux "));

        switch ((enum fact_kind)def->kind) {
        case FACT_KIND_PARAMETER:
        case FACT_KIND_CONFIG:
        case FACT_KIND_FILE:
        case FACT_KIND_BUG:
                return on_windows ? "Linux, and this machine runs Windows" : NULL;
        case FACT_KIND_REGISTRY:
                return on_linux ? "Windows, and this machine runs Linux" : NULL;
        default:
                return NULL;
        }
}

static int set(struct cli *c, const struct catalog *k, struct evidence *e, struct str text) {
        ptrdiff_t equals = str_find_char(text, '=');
        struct str name = equals < 0 ? text : str_sub(text, 0, equals);
        int32_t fact = catalog_fact(k, name);
        struct str words = S(""), near;

        /* A parameter may stand alone (nospectre_v2); any other fact needs its value. */
        if (equals == 0 || (equals < 0 && !(fact >= 0 && k->facts[fact].kind == FACT_KIND_PARAMETER)))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--set takes FACT=VALUE, not '%.*s'", STR_ARG(text));
        if (fact >= 0 && whose(&k->facts[fact], e))
                return diag_fail_class(&c->diag, DIAG_USAGE, "'%.*s' is about %s: it would change nothing", STR_ARG(name), whose(&k->facts[fact], e));
        if (fact >= 0)
                return change_fact(e, &k->facts[fact], equals < 0 ? S("") : str_from(text, equals + 1), &c->diag);
        for (uint32_t i = 0; i < k->fact_count; i++)
                if (change_possible(&k->facts[i]))
                        words = str_fmt(&c->arena, "%.*s%.*s|", STR_ARG(words), STR_ARG(T(k->facts[i].name)));
        near = parameter_of(c, k, name);
        near = near.len ? near : cli_nearest(name, words, &c->arena);
        return diag_fail_class(&c->diag, DIAG_USAGE, "no fact is called '%.*s'%s%.*s%s", STR_ARG(name),
                               near.len ? "; did you mean '" : "", STR_ARG(near), near.len ? "'?" : "");
}

static int flag(struct cli *c, const struct catalog *k, struct evidence *e, struct str text) {
        if (!str_starts(text, S("+")) && !str_starts(text, S("-")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--flag takes +NAME or -NAME, not '%.*s'", STR_ARG(text));
        return change_flag(e, k, str_from(text, 1), text.p[0] == '+', &c->diag);
}

/* "6.12", "6.12.5", "6.12.5-arch1": numbers with a dot between, and what a distribution puts behind them. */
static bool is_release(struct str s) {
        ptrdiff_t dots = 0;

        while (version_valid(s)) {
                while (version_valid(s))
                        s = str_from(s, 1);
                if (!str_starts(s, S(".")) || !version_valid(str_from(s, 1)))
                        break;
                dots++;
                s = str_from(s, 1);
        }
        return dots > 0 && (s.len == 0 || s.p[0] == '-' || s.p[0] == '+' || s.p[0] == '~');
}

/* In the order in which they were given. */
static int change(struct cli *c, const struct catalog *k, struct evidence *e) {
        for (ptrdiff_t i = 0; i < c->count; i++) {
                struct str name = str_of(c->items[i].option->name), value = str_of(c->items[i].value);
                uint64_t revision = 0;
                int status = 0;

                if (str_eq(name, S("set"))) {
                        status = set(c, k, e, value);
                } else if (str_eq(name, S("flag"))) {
                        status = flag(c, k, e, value);
                } else if (str_eq(name, S("smt"))) {
                        change_smt(e, str_eq(value, S("on")));
                } else if (str_eq(name, S("kernel"))) {
                        if (!is_release(value))
                                status = diag_fail_class(&c->diag, DIAG_USAGE, "--kernel takes a version such as 6.12.5, not '%.*s'",
                                                         STR_ARG(value));
                        change_kernel(e, value);
                } else if (str_eq(name, S("microcode"))) {
                        if (!str_to_u64(value, &revision))
                                status = diag_fail_class(&c->diag, DIAG_USAGE, "--microcode takes a revision such as 0x2007006, not '%.*s'",
                                                         STR_ARG(value));
                        change_microcode(e, revision);
                }
                if (status < 0)
                        return -1;
        }
        return 0;
}

/* What the change did, verdict by verdict, against what `check` says. */
static void differences(struct cli *c, const struct verdict *before, const struct verdict *after, const struct report_style *s) {
        static const char *const titles[] = { "FLAW", "AS IT IS", "WITH THE CHANGE", "WHY" };
        struct table t = { .titles = titles, .column_count = 4, .columns = s->columns, .indent = 4, .last_min = 30,
                           .color = s->color };

        for (uint32_t i = 0; i < after->finding_count; i++) {
                const struct finding *was = &before->findings[i], *is = &after->findings[i];

                if (was->status == is->status)
                        continue;
                arena_append(&c->arena, &t)->text = T(is->flaw->name);
                arena_append(&c->arena, &t)->text = status_word(was->status);
                arena_append(&c->arena, &t)->text = status_word(is->status);
                arena_append(&c->arena, &t)->text = is->reason;
        }
        if (t.count > 0)
                table_write(&t, &c->out);
        else
                out_c(&c->out, "No verdict would change.\n");
        out_char(&c->out, '\n');
}

static int run(struct cli *c) {
        struct verdict_options o, with;
        struct evidence e, changed;
        struct verdict before, after;
        struct baseline baseline;
        struct report_style s;
        enum report_format format = (enum report_format)cli_word(c, "format", REPORT_TEXT);
        const struct catalog *k;

        input_style(c, &s);
        if (report_states_facts(format))
                return diag_fail_class(&c->diag, DIAG_USAGE, "%s states what is so, and what-if predicts: `sidelight check --format %s` writes it",
                                       cli_value(c, "format"), cli_value(c, "format"));
        if (input_catalog(c, &k) < 0 || input_options(c, &o) < 0)
                return -1;
        if (input_only(c, k, &o) < 0)
                return -1;
        if (cli_given(c, "live") && c->operand_count) {
                (void)diag_fail_class(&c->diag, DIAG_USAGE, "--live and an evidence file cannot be judged together");
                return is_change(c, k, c->operands[0]);
        }
        if ((c->operand_count ? input_machine(c, c->operands[0], &c->arena, &e)
                              : input_live(c, k, cli_value(c, "root"), &c->arena, &e)) < 0)
                return c->operand_count && c->diag.class == DIAG_NO_INPUT ? is_change(c, k, c->operands[0]) : -1;
        change_copy(&changed, &c->arena, &e);
        if (change(c, k, &changed) < 0)
                return -1;
        with = o;
        with.facts.restarted = cli_given(c, "restart");
        if (with.facts.restarted)
                change_restart(&changed);
        baseline_take(&baseline, &c->arena, k, &e);
        predict_judge(&after, &c->arena, &baseline, &changed, &with);
        after.predicted = true;
        if (format == REPORT_TEXT) {
                verdict_judge(&before, &c->arena, k, &e, &o);
                differences(c, &before, &after, &s);
        }
        report_write(&after, format, &s, &c->out);
        return 0;
}

const struct command cmd_what_if = {
        .name = "what-if",
        .operands = "[FILE]",
        .operands_max = 1,
        .summary = "predict the verdicts under a change",
        .description =
                "Changes facts of this machine, or of an evidence FILE, in memory, and predicts the verdicts. "
                "What the change does not touch stays as this kernel reported it. What it touches is what a "
                "current kernel would report; it is unknown where this kernel behaves differently. Without a "
                "change the verdicts are those of `sidelight check`. Shows first which verdicts would change, "
                "then the whole report. Nothing on the machine is changed.",
        .options = options,
        .examples = examples,
        .run = run,
};
