/* `sidelight help`: the help, and what packages are made of. */
#include "cli/cli.h"

static const struct option options[] = {
        { .name = "version", .brief = "show the version" },
        { .name = "completion", .arg = "SHELL", .values = "bash|", .brief = "write the completion for a shell" },
        { .name = "scdoc", .brief = "write the man page as scdoc text", .hidden = true },
        { 0 },
};

static const struct example examples[] = {
        { "sidelight help check", "what `check` takes" },
        { "sidelight help --completion bash > /etc/bash_completion.d/sidelight", "completion for everybody" },
        { 0 },
};

static int run(struct cli *c) {
        const struct command *about = c->operand_count ? cli_command(str_of(c->operands[0])) : NULL;

        if (c->operand_count && !about) {
                struct str near = cli_nearest(str_of(c->operands[0]), cli_command_words(&c->arena), &c->arena);

                return diag_fail_class(&c->diag, DIAG_USAGE, "'%s' is not a command%s%.*s%s", c->operands[0],
                                       near.len ? "; did you mean '" : "", STR_ARG(near), near.len ? "'?" : "");
        }
        if (cli_given(c, "version"))
                out_c(&c->out, "sidelight " SIDELIGHT_VERSION "\n");
        else if (cli_given(c, "completion"))
                cli_completion_bash(&c->out);
        else if (cli_given(c, "scdoc"))
                cli_scdoc(&c->out, about);
        else
                cli_help(&c->out, about, c->terminal.columns);
        return 0;
}

const struct command cmd_help = {
        .name = "help",
        .operands = "[COMMAND]",
        .operands_max = 1,
        .summary = "show the commands, or what one of them takes",
        .description = "Shows all commands, or everything that one command takes. Also writes the completion for a shell.",
        .options = options,
        .examples = examples,
        .run = run,
};
