/* `sidelight collect`: what was seen of a machine, as an evidence file. */
#include "cli/input.h"
#include "cli/world.h"

static const struct option options[] = {
        { .name = "redact", .brief = "leave out what names the machine",
          .details = "Host name, device names, addresses and who built the kernel. What verdicts rest on stays." },
        OPTION_ROOT,
        OPTIONS_WINDOWS,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight collect > web-17.host", "this machine, to be judged anywhere: sidelight check web-17.host" },
        { "sidelight collect --redact -o report.host", "the same, to be shown to others" },
        { "sidelight collect --root /mnt", "a mounted disk" },
        { 0 },
};

static int run(struct cli *c) {
        const struct collect_options o = { .catalog = &catalog_builtin, .redact = cli_given(c, "redact") };
        struct evidence e;
        int status = input_windows(c, &c->arena, &e);

        if (status == INPUT_NOT_ASKED)
                status = world_collect(&e, &c->arena, cli_value(c, "root"), &o, &c->diag);
        if (status < 0)
                return -1;
        evidence_write(&e, &c->out);
        return 0;
}

const struct command cmd_collect = {
        .name = "collect",
        .summary = "write down what is seen of this machine, as an evidence file",
        .description =
                "Writes everything that verdicts rest on into an evidence file: plain text, verbatim, with what was not there and "
                "what was denied. Such a file can be judged anywhere, by any later version. Nothing is changed on the machine. "
                "Run as root it can read more.",
        .options = options,
        .examples = examples,
        .run = run,
};
