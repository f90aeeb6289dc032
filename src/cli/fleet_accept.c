/* `fleet accept`: risks that somebody takes, with the reason, until a day. */
#include "cli/fleet_parts.h"
#include "fleet/ask/ask_json.h"
#include "fleet/store/moment.h"

static int list(struct fleet *f) {
        struct arena *a = &f->cli->arena;
        struct accepted_risks all = { 0 };
        struct json j = { .out = &f->cli->out };

        if (accept_list(&f->store, f->tenant, f->now, a, &all, &f->cli->diag) < 0)
                return -1;
        if (f->json) {
                json_begin_object(&j, NULL);
                json_u64(&j, "schema", 1);
                ask_json_accepted(&j, a, "accepted", &all);
                json_end_object(&j);
                out_char(&f->cli->out, '\n');
        }
        for (ptrdiff_t i = 0; i < all.count && !f->json; i++) {
                const struct accepted_risk *r = &all.items[i];

                out_fmt(&f->cli->out, "%lld. %.*s on %.*s, %s %.*s, by %.*s: %.*s\n", (long long)r->id, STR_ARG(accept_filter_text(a, &r->filter)),
                        STR_ARG(fleet_count(a, r->hosts, "machine")), r->ended ? "ended" : "until", STR_ARG(moment_day(a, r->until)),
                        STR_ARG(r->who), STR_ARG(r->reason));
        }
        if (all.count == 0 && !f->json)
                out_c(&f->cli->out, "No risk is accepted.\n");
        return EXIT_CLEAN;
}

static struct str who(struct fleet *f) {
        return cli_given(f->cli, "who") ? cli_text(f->cli, "who") : fleet_user(f);
}

static int add(struct fleet *f) {
        struct accepted_risk r = { .since = f->now, .reason = cli_text(f->cli, "reason"), .who = who(f), .filter = f->filter };
        const struct flaw *flaw;

        if (!cli_given(f->cli, "reason") || r.reason.len == 0 || !cli_given(f->cli, "until"))
                return diag_fail_class(&f->cli->diag, DIAG_USAGE, "an accepted risk has a reason and an end: --reason TEXT --until DATE");
        if (input_flaw(f->cli, f->catalog, str_of(f->cli->operands[0]), &flaw) < 0 || fleet_moment(f, "until", false, &r.until) < 0)
                return -1;
        if (r.until <= f->now)
                return diag_fail_class(&f->cli->diag, DIAG_USAGE, "--until %.*s is over", STR_ARG(cli_text(f->cli, "until")));
        r.filter.flaw = T(flaw->id);
        return accept_add(&f->store, f->tenant, &r, fleet_user(f), &f->cli->diag) < 0 ? -1 : list(f);
}

static int end(struct fleet *f) {
        uint64_t id;

        if (!str_to_u64(cli_text(f->cli, "end"), &id) || id > INT64_MAX)
                return diag_fail_class(&f->cli->diag, DIAG_USAGE, "--end takes the number of an accepted risk");
        return accept_end(&f->store, f->tenant, (int64_t)id, f->now, fleet_user(f), &f->cli->diag) < 0 ? -1 : list(f);
}

int fleet_accept(struct cli *c) {
        return fleet_do(c, DB_EXISTING, cli_given(c, "end") ? end : c->operand_count ? add : list);
}
