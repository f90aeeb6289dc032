/* `fleet work`: one ingest worker. */
#include "fleet/bus/work.h"

#include "cli/fleet.h"

static void tell(void *arg, struct str line) {
        struct cli *c = arg;

        out_fmt(&c->out, "%.*s\n", STR_ARG(line));
        (void)out_flush(&c->out);
}

int fleet_work(struct cli *c) {
        struct work_options o = { .store = cli_value(c, "store"), .bus = cli_value(c, "bus"), .once = cli_given(c, "once"), .tell = tell, .arg = c };
        struct work_done done;

        if (!o.store || !o.bus)
                return diag_fail_class(&c->diag, DIAG_USAGE, "a worker takes reports off a bus into a store: --bus nats://…, --store postgresql://…");
        if (input_catalog(c, &o.catalog) < 0 || work_run(&o, &done, &c->diag) < 0)
                return -1;
        out_fmt(&c->out, "%lld messages, %lld reports, %lld kinds were new, %lld kept aside\n", (long long)done.messages, (long long)done.reports,
                (long long)done.fingerprints, (long long)done.aside);
        return EXIT_CLEAN;
}
