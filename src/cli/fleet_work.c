/* `fleet work`: one ingest worker. */
#include "fleet/bus/work.h"

#include "cli/fleet_parts.h"
#include "fleet/serve/alert.h"

struct working {
        struct cli *cli;
        struct alerts alerts;
};

static void tell(void *arg, struct str line) {
        struct cli *c = ((struct working *)arg)->cli;

        out_fmt(&c->out, "%.*s\n", STR_ARG(line));
        (void)out_flush(&c->out);
}

static void changed(void *arg, struct store *store) {
        struct working *w = arg;
        struct diag d = { 0 };

        if (alerts_gather(&w->alerts, store, fleet_now(), &d) < 0)
                tell(w, str_fmt(&w->cli->arena, "what became worse could not be found out: %s", d.text));
}

static void judged_anew(struct working *w, struct store *store) {
        struct diag d = { 0 };

        if (alerts_gather_rules(&w->alerts, store, fleet_now(), &d) < 0)
                tell(w, str_fmt(&w->cli->arena, "what became worse by newer data could not be found out: %s", d.text));
}

static void now_and_then(void *arg, struct store *store) {
        struct working *w = arg;
        struct diag d = { 0 };

        if (store)
                judged_anew(w, store);
        if (alerts_tell(&w->alerts, fleet_now(), &d) < 0)
                tell(w, str_fmt(&w->cli->arena, "an alert could not be told: %s", d.text));
}

static int work(struct working *w, const struct work_options *o) {
        struct work_done done;
        int status = work_run(o, &done, &w->cli->diag);

        if (status == 0)
                now_and_then(w, NULL);
        alerts_free(&w->alerts);
        if (status < 0)
                return -1;
        out_fmt(&w->cli->out, "%lld messages, %lld reports, %lld kinds were new, %lld kept aside\n", (long long)done.messages, (long long)done.reports,
                (long long)done.fingerprints, (long long)done.aside);
        return EXIT_CLEAN;
}

int fleet_work(struct cli *c) {
        struct working w = { .cli = c, .alerts.program = cli_value(c, "on-change") };
        struct work_options o = { .store = cli_value(c, "store"), .bus = cli_value(c, "bus"), .once = cli_given(c, "once"), .tell = tell, .arg = &w };

        if (!o.store || !o.bus)
                return diag_fail_class(&c->diag, DIAG_USAGE, "a worker takes reports off a bus into a store: --bus nats://…, --store postgresql://…");
        if (w.alerts.program) {
                o.changed = changed;
                o.idle = now_and_then;
        }
        return input_catalog(c, &o.catalog) < 0 ? -1 : work(&w, &o);
}
