/* The program: parses the arguments, runs the command, says what went wrong. */
#include "cli/cli.h"
#include "base/plain.h"
#include "platform/replace.h"

static void say(const char *text) {
        int stream = 2;

        (void)program_write(&stream, text, (ptrdiff_t)strlen(text));
}

static int exit_code(enum diag_class class) {
        static const int codes[] = {
                [DIAG_FAILURE] = EXIT_FAILED,
                [DIAG_INPUT] = EXIT_INPUT,
                [DIAG_NO_INPUT] = EXIT_NO_INPUT,
                [DIAG_USAGE] = EXIT_USAGE,
        };

        return codes[class];
}

int cli_complain(struct cli *c) {
        struct arena_mark mark = arena_mark(&c->arena);
        int code = exit_code(c->diag.class);

        say(str_fmt(&c->arena, "sidelight: %.*s\n", STR_ARG(plain(&c->arena, str_of(c->diag.text)))).p);
        if (code == EXIT_USAGE)
                say(str_fmt(&c->arena, "see: sidelight %s%s--help\n", c->command ? c->command->name : "",
                            c->command ? " " : "").p);
        c->diag = (struct diag){ 0 };
        arena_release(&c->arena, mark);
        return code;
}

/* The exit code of a failure, where the command has one of its own. */
static int failure_code(struct cli *c, int otherwise) {
        int told = c->command && c->command->failed ? c->command->failed(c) : -1;

        return told >= 0 ? told : otherwise;
}

static int fail(struct cli *c) {
        int told = failure_code(c, -1), code = cli_complain(c);

        return told >= 0 ? told : code;
}

static int run_command(struct cli *c) {
        int code;

        if (cli_given(c, "help")) {
                cli_help(&c->out, c->command, c->terminal.columns);
                return failure_code(c, 0); /* nothing was judged, which a monitoring system must not take for OK */
        }
        c->out.guarded = !c->command->verbatim || c->terminal.is_terminal;
        code = c->command->run(c);
        return code < 0 ? fail(c) : code;
}

/* -o json, as other programs have it: a file of that name would be written in silence. check has all formats. */
static bool is_format(const struct command *c, const char *path) {
        const struct option *format = cli_option(c, S("format"), 0);
        struct str word;

        for (int n = 0; format && (word = cli_nth(format->values, n)).len > 0; n++)
                if (str_eq(word, str_of(path)))
                        return true;
        return false;
}

/* The output goes to the file of --output, which changes only when all went well. */
static int run_to_file(struct cli *c, const char *path) {
        struct replacement file;
        int code;

        if (is_format(cli_commands[0], path)) {
                struct str hint = is_format(c->command, path) ? str_fmt(&c->arena, "; did you mean '--format %s'?", path) : S("");

                (void)diag_fail_class(&c->diag, DIAG_USAGE, "-o takes a FILE, and '%s' is a format%.*s (a file of that name: -o ./%s)", path, STR_ARG(hint), path);
                return fail(c);
        }
        if (replace_begin(&file, &c->arena, path, &c->diag) < 0)
                return fail(c);
        c->terminal = (struct program_terminal){ 0 };
        c->out.sink = replace_write;
        c->out.sink_arg = &file;
        code = run_command(c);
        if (code >= EXIT_USAGE) {
                say(str_fmt(&c->arena, file.exists ? "sidelight: '%.*s' stays as it was\n" : "sidelight: '%.*s' was not written\n",
                            STR_ARG(plain(&c->arena, str_of(path)))).p);
                replace_abandon(&file);
        } else {
                (void)out_flush(&c->out);
                if (replace_commit(&file, &c->diag) < 0)
                        code = cli_complain(c);
        }
        c->out.sink = NULL;
        c->out.len = 0;
        return code;
}

static int run(struct cli *c, int argc, char **argv) {
        if (cli_parse(c, argc, argv) < 0)
                return fail(c);
        return cli_given(c, "output") ? run_to_file(c, cli_value(c, "output")) : run_command(c);
}

int main(int argc, char **argv) {
        int stream = 1, code;
        struct cli c = { .out = { .sink = program_write, .sink_arg = &stream } };

        program_start(&c.arena, &argc, &argv);
        program_terminal(1, &c.terminal);
        code = run(&c, argc - 1, argv + 1);
        if (!out_flush(&c.out) && code < EXIT_USAGE) {
                const char *why = program_write_error(&c.arena);

                say(str_fmt(&c.arena, "sidelight: cannot write to standard output%s%s\n", *why ? ": " : "", why).p);
                code = failure_code(&c, EXIT_FAILED);
        }
        out_free(&c.out);
        arena_free(&c.seen);
        arena_free(&c.arena);
        return code;
}
