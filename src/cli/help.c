/* --help, from the table of commands. */
#include "cli/cli.h"
#include "report/layout.h"

enum { COLUMNS = 80, OPTION_WIDTH = 26 };

static void paragraphs(struct out *o, const char *text, int columns) {
        layout_wrap(o, str_of(text), 0, 0, columns);
        out_char(o, '\n');
}

/* A left column, and words in the right one; on a line of their own when the left one is too wide. */
static void entry(struct out *o, struct str left, struct str right, int width, int columns) {
        out_c(o, "  ");
        out_str(o, left);
        if (layout_width(left) + 4 > width) {
                out_char(o, '\n');
                out_repeat(o, ' ', width);
        } else {
                out_repeat(o, ' ', width - 2 - layout_width(left));
        }
        layout_wrap(o, right, width, width, columns);
}

static void options(struct out *o, const struct option *list, int columns) {
        OUT_AUTO struct out left = { 0 };
        OUT_AUTO struct out right = { 0 };

        for (; list && list->name; list++) {
                struct str words = str_of(list->values), word;

                if (list->hidden)
                        continue;
                left.len = right.len = 0;
                if (list->letter)
                        out_fmt(&left, "-%c, ", list->letter);
                out_fmt(&left, "--%s%s%s", list->name, list->arg ? " " : "", list->arg ? list->arg : "");
                out_c(&right, list->brief);
                for (int n = 0; str_cut(&words, '|', &word);)
                        if (word.len > 0)
                                out_fmt(&right, "%s%.*s", n++ ? ", " : list->list ? "\nsome of: " : "\none of: ", STR_ARG(word));
                entry(o, out_text(&left), out_text(&right), OPTION_WIDTH, columns);
        }
}

static void exits(struct out *o, const struct command *c, int columns) {
        out_c(o, "\nExit codes:\n");
        if (!c->exits)
                out_c(o, "  0   done\n");
        for (const struct exit_text *e = c->exits; e && e->what; e++)
                out_fmt(o, "  %-3d %s\n", e->number, e->what);
#define X(name, number, title) out_fmt(o, "  %-3d %s\n", (number), (title));
        EXIT_FAILURES(X)
#undef X
        if (c->exit_note)
                layout_wrap(o, str_of(c->exit_note), 0, 0, columns);
}

static void command_help(struct out *o, const struct command *c, int columns) {
        out_fmt(o, "sidelight %s - %s\n\nUsage: sidelight %s [OPTION...]%s%s\n\n", c->name, c->summary, c->name,
                c->operands && *c->operands ? " " : "", c->operands ? c->operands : "");
        paragraphs(o, c->description, columns);
        out_c(o, "Options:\n");
        options(o, c->options, columns);
        options(o, cli_common_options, columns);
        if (c->examples)
                out_c(o, "\nExamples:\n");
        for (const struct example *e = c->examples; e && e->line; e++) {
                out_fmt(o, "  %s\n      ", e->line);
                layout_wrap(o, str_of(e->what), 6, 6, columns);
        }
        exits(o, c, columns);
}

static void program_help(struct out *o, int columns) {
        out_c(o, "sidelight - is this machine protected against speculative-execution side channels?\n\n"
                 "Usage: sidelight [COMMAND] [OPTION...]\n\nCommands:\n");
        for (const struct command *const *c = cli_commands; *c; c++)
                if (!(*c)->hidden)
                        entry(o, str_of((*c)->name), str_of((*c)->summary), 18, columns);
        out_c(o, "\n`sidelight COMMAND --help` shows what a command takes. Without a command it is `check`.\n");
}

void cli_help(struct out *o, const struct command *c, int columns) {
        columns = columns > 0 ? columns : COLUMNS;
        if (c)
                command_help(o, c, columns);
        else
                program_help(o, columns);
}
