/* Man pages as scdoc text (scdoc(5)), from the table of commands. */
#include "cli/cli.h"

/* scdoc takes '*', '_' and '\' for markup. */
static void plain(struct out *o, const char *text) {
        for (; *text; text++) {
                if (*text == '*' || *text == '_' || *text == '\\')
                        out_char(o, '\\');
                out_char(o, *text);
        }
}

static void options(struct out *o, const struct option *list) {
        for (; list && list->name; list++) {
                struct str words = str_of(list->values), word;

                if (list->hidden)
                        continue;
                if (list->letter)
                        out_fmt(o, "*-%c*, ", list->letter);
                out_fmt(o, "*--%s*", list->name);
                if (list->arg)
                        out_fmt(o, " _%s_", list->arg);
                out_c(o, "\n\t");
                plain(o, list->brief);
                if (words.len > 0)
                        out_c(o, list->list ? ". Some of, with commas between: " : ". One of: ");
                for (int n = 0; str_cut(&words, '|', &word); n++)
                        if (word.len > 0)
                                out_fmt(o, "%s*%.*s*", n ? ", " : "", STR_ARG(word));
                out_c(o, ".\n");
                if (list->details) {
                        out_c(o, "\t\n\t");
                        plain(o, list->details);
                        out_char(o, '\n');
                }
                out_char(o, '\n');
        }
}

static void exits(struct out *o, const struct exit_text *e) {
        out_c(o, "# EXIT STATUS\n\n");
        if (!e)
                out_c(o, "*0*\n\tdone\n\n");
        for (; e && e->what; e++)
                out_fmt(o, "*%d*\n\t%s\n\n", e->number, e->what);
#define X(name, number, title) out_fmt(o, "*%d*\n\t%s\n\n", (number), (title));
        EXIT_FAILURES(X)
#undef X
}

static void named(struct out *o, const char *title, const struct example *list) {
        out_fmt(o, "# %s\n\n", title);
        for (; list->line; list++) {
                out_c(o, "*");
                plain(o, list->line);
                out_c(o, "*\n\t");
                plain(o, list->what);
                out_c(o, "\n\n");
        }
}

static void command_page(struct out *o, const struct command *c) {
        out_fmt(o, "sidelight-%s(1)\n\n# NAME\n\nsidelight-%s - ", c->name, c->name);
        plain(o, c->summary);
        out_fmt(o, "\n\n# SYNOPSIS\n\n*sidelight %s* [_OPTION_...] ", c->name);
        plain(o, c->operands ? c->operands : "");
        out_c(o, "\n\n# DESCRIPTION\n\n");
        plain(o, c->description);
        out_c(o, "\n\n# OPTIONS\n\n");
        options(o, c->options);
        options(o, cli_common_options);
        if (c->examples)
                named(o, "EXAMPLES", c->examples);
        exits(o, c->exits);
        if (c->exit_note) {
                plain(o, c->exit_note);
                out_c(o, "\n\n");
        }
        out_c(o, "# SEE ALSO\n\n*sidelight*(1)\n");
}

/* What a user may find or write, beside what a command line names. */
static const struct example files[] = {
        { "/etc/sidelight.conf", "where `sidelight data update` fetches newer data from: data-url = URL" },
        { "/etc/sidelight/keys/*.pub", "the public keys that may have signed it" },
        { "/var/lib/sidelight/data", "the data that it took" },
        { "/var/lib/sidelight/fix", "what `sidelight fix` changed, and how it was before" },
        { "/etc/default/sidelight", "settings of sidelight.timer, which looks at the machine every day" },
        { "/var/lib/sidelight/history", "what that timer saw, a file for each change" },
        { "/etc/sidelight/send.env, /etc/sidelight/token", "the fleet's server and its token, for sidelight-send.timer" },
        { "/usr/share/sidelight", "the schemas, examples, alert rules, dashboards, and adapters for other tools" },
        { 0 },
};

static const struct example environment[] = {
        { "COLUMNS", "the width of the text report" },
        { "NO_COLOR", "no colours, when set and not empty" },
        { "TERM", "no colours, when dumb" },
        { "SIDELIGHT_TOKEN", "the token of `sidelight fleet send`, without --token-file" },
        { "SOURCE_DATE_EPOCH", "the time of a report, in seconds since 1970, instead of the clock's" },
        { 0 },
};

static void program_page(struct out *o) {
        out_c(o, "sidelight(1)\n\n# NAME\n\nsidelight - is this machine protected against speculative-execution side channels?\n\n"
                 "# SYNOPSIS\n\n*sidelight* [_COMMAND_] [_OPTION_...]\n\n# DESCRIPTION\n\n"
                 "*sidelight* tells for every known speculative-execution flaw whether this machine, or one that was recorded "
                 "in an evidence file, is protected against it: for whom, whose job the remedy is, and why. "
                 "Without a command it is *check*.\n\nWhat could not be read never looks safe: the answer then is _unknown_, "
                 "with what would decide it.\n\nOptions are never removed.\n\n# COMMANDS\n\n");
        for (const struct command *const *c = cli_commands; *c; c++) {
                if ((*c)->hidden)
                        continue;
                out_fmt(o, "*sidelight-%s*(1)\n\t", (*c)->name);
                plain(o, (*c)->summary);
                out_c(o, "\n\n");
        }
        out_c(o, "# EXIT STATUS\n\nEach command's page tells its own: of `check` 0 is _nothing to do_, 2 is _something is open_, 3 is _something is "
                 "not known_. From 64 on it is a failure, with one sentence on standard error.\n\n");
        named(o, "FILES", files);
        named(o, "ENVIRONMENT", environment);
        out_c(o, "# SEE ALSO\n\nThe schemas of everything that is written as JSON are in /usr/share/sidelight/schemas. Formats, inputs, the "
                 "evidence file, a fleet and the library have documents in /usr/share/doc/sidelight.\n");
}

void cli_scdoc(struct out *o, const struct command *c) {
        if (c)
                command_page(o, c);
        else
                program_page(o);
}
