/* `sidelight help`: the help, and what packages are made of. */
#include "cli/cli.h"

#define WORD(name, word) word "|"

static const struct option options[] = {
        { .name = "version", .brief = "show the version" },
        { .name = "completion", .arg = "SHELL", .values = SHELLS(WORD), .brief = "write the completion for a shell" },
        { .name = "complete", .brief = "write what the last of the words behind -- can become", .hidden = true },
        { .name = "scdoc", .brief = "write the man page as scdoc text", .hidden = true },
        { 0 },
};

static const struct example examples[] = {
        { "sidelight help check", "what `check` takes" },
        { "sidelight help --completion bash > /etc/bash_completion.d/sidelight", "completion for everybody" },
        { "sidelight help --completion fish > ~/.config/fish/completions/sidelight.fish", "completion for yourself" },
        { 0 },
};

/* `help fleet import`: the word stands on the command's page. */
static bool has_word(const struct command *about, struct str word) {
        struct str one;

        for (int n = 0; about && about->words && (one = cli_nth(about->words, n)).len > 0; n++)
                if (str_eq(one, word))
                        return true;
        return false;
}

static int help(struct cli *c) {
        const struct command *about = c->operand_count ? cli_command(str_of(c->operands[0])) : NULL;

        if (c->operand_count && !about) {
                struct str near = cli_nearest(str_of(c->operands[0]), cli_command_words(&c->arena), &c->arena);

                return diag_fail_class(&c->diag, DIAG_USAGE, "'%s' is not a command%s%.*s%s", c->operands[0],
                                       near.len ? "; did you mean '" : "", STR_ARG(near), near.len ? "'?" : "");
        }
        if (cli_given(c, "version"))
                out_c(&c->out, "sidelight " SIDELIGHT_VERSION "\n");
        else if (cli_given(c, "completion"))
                cli_completion(&c->out, (enum shell)cli_word(c, "completion", 0));
        else if (cli_given(c, "scdoc"))
                cli_scdoc(&c->out, about);
        else
                cli_help(&c->out, about, c->terminal.columns);
        return 0;
}

static int run(struct cli *c) {
        if (cli_given(c, "complete"))
                return cli_complete(c);
        if (c->operand_count > 1 && !has_word(cli_command(str_of(c->operands[0])), str_of(c->operands[1])))
                return diag_fail_class(&c->diag, DIAG_USAGE, "help does not know what to do with '%s'", c->operands[1]);
        return help(c);
}

const struct command cmd_help = {
        .name = "help",
        .operands = "[COMMAND]",
        .operands_max = -1, /* of --complete */
        .named = { NAMED_COMMAND, NAMED_NOTHING, NAMED_NOTHING },
        .summary = "show the commands, or what one of them takes",
        .description = "Shows all commands, or everything that one command takes. Also writes the completion for a shell.",
        .options = options,
        .examples = examples,
        .run = run,
};
