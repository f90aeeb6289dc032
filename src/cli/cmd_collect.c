/* `sidelight collect`: what was seen of a machine, as an evidence file. */
#include "cli/guide.h"
#include "cli/input.h"
#include "collect/collect.h"

static const struct option options[] = {
        { .name = "redact", .brief = "leave out what identifies a machine, a person or a place, and secrets",
          .details = "Host name, command line, kernel log, names of makers, products and distributions, addresses, who built the kernel: "
                     "of all these only what rules read stays, the rest becomes the word \"redacted\". Verdicts stay the same, or become "
                     "unknown. What remains: the processor, the kernel's name and version with its local suffix, its build options and "
                     "its answers, names of unknown parameters without their values, a cloud's own marks." },
        OPTION_ROOT,
        OPTIONS_WINDOWS,
        OPTION_IMDS,
        OPTION_DATA,
        { 0 },
};

static const struct example examples[] = {
        { "sidelight collect > web-17.host", "this machine, to be judged anywhere: sidelight check web-17.host" },
        { "sidelight collect --redact -o report.host", "the same, to be shown to others" },
        { "sidelight collect --root /mnt", "a mounted disk" },
        { 0 },
};

static int run(struct cli *c) {
        struct collect_options o = { .redact = cli_given(c, "redact") };
        const char *imds = cli_value(c, "imds");
        struct evidence e;
        int status;

        if (input_catalog(c, &o.catalog) < 0)
                return -1;
        status = input_windows(c, &c->arena, &e);
        if (status == INPUT_NOT_ASKED)
                status = input_collect(c, &o, cli_value(c, "root"), &c->arena, &e);
        else if (status == 0 && o.redact)
                collect_redact_registry(&e, o.catalog);
        if (status < 0 || (imds && guide_imds(c, o.catalog, imds, o.redact, &e) < 0))
                return -1;
        evidence_write(&e, &c->out);
        return 0;
}

const struct command cmd_collect = {
        .name = "collect",
        .summary = "write down what can be seen of this machine, as an evidence file",
        .description =
                "Writes everything that verdicts depend on to an evidence file: plain text, verbatim, including "
                "what was missing and what was denied. Any later version can judge such a file, "
                "anywhere. Nothing on the machine is changed. Run it as root to read more.",
        .options = options,
        .verbatim = true,
        .examples = examples,
        .run = run,
};
