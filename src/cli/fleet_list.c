/* `fleet hosts` and `fleet flaws`: lists. */
#include "cli/fleet_parts.h"
#include "fleet/ask/ask_json.h"
#include "fleet/store/moment.h"

enum { LIMIT = 100, LIMIT_MAX = 100000 };

/* ---- Hosts ---- */

static void hosts_table(struct fleet *f, const struct ask_hosts *hosts) {
        static const char *const titles[] = { "HOST", "WORST", "OPEN", "PROCESSOR AND SYSTEM" };
        struct table t = { .titles = titles, .column_count = 4, .columns = f->style.columns, .indent = 4, .last_min = 20, .first_max = fleet_name_max(f),
                           .color = f->style.color };
        struct arena *a = &f->cli->arena;

        for (ptrdiff_t i = 0; i < hosts->count; i++) {
                const struct ask_host *h = &hosts->items[i];
                struct str worst = h->outcome ? h->worst : S("not-judged");

                fleet_cell(f, &t, h->ident.len ? str_fmt(a, "%.*s#%.*s", STR_ARG(h->name), STR_ARG(h->ident)) : h->name, NULL);
                fleet_cell(f, &t, worst, fleet_color(worst));
                fleet_cell(f, &t, fleet_number(a, h->vulnerable + h->partial), NULL);
                fleet_cell(f, &t, str_fmt(a, "%.*s, %.*s%s%.*s", STR_ARG(h->processor), STR_ARG(h->kernel), h->tags.len ? "; " : "", STR_ARG(h->tags)),
                           NULL);
        }
        if (t.count > 0)
                table_write(&t, &f->cli->out);
        else
                out_c(&f->cli->out, "no machine\n");
}

static void hosts_csv(struct fleet *f, const struct ask_hosts *hosts) {
        struct arena *a = &f->cli->arena;

        out_c(&f->cli->out, "host,ident,worst,vulnerable,partial,unknown,processor,kernel,where,cloud,tags,fingerprint,first,since,last\r\n");
        for (ptrdiff_t i = 0; i < hosts->count; i++) {
                const struct ask_host *h = &hosts->items[i];

                fleet_csv(f, (const struct str[]){ h->name, h->ident, h->outcome ? h->worst : S("not-judged"), str_decimal(a, (uint64_t)h->vulnerable),
                                                   str_decimal(a, (uint64_t)h->partial), str_decimal(a, (uint64_t)h->unknown), h->processor, h->kernel,
                                                   h->place, h->cloud, h->tags, h->fingerprint, moment_text(a, h->first), moment_text(a, h->since),
                                                   moment_text(a, h->last) }, 15);
        }
}

static int list_hosts(struct fleet *f) {
        struct ask_page page = { .after_name = cli_given(f->cli, "after") ? cli_text(f->cli, "after") : S("") };
        struct ask_hosts hosts = { 0 };
        int64_t limit = 0;
        bool more;

        /* A table for a spreadsheet is whole, unless it is told how much of it is wanted. */
        if (fleet_limit(f, f->csv ? LIMIT_MAX : LIMIT, LIMIT_MAX, &limit) < 0)
                return -1;
        page.limit = limit + 1;
        if (ask_hosts(&f->store, f->tenant, &f->filter, &page, &f->cli->arena, &hosts, &f->cli->diag) < 0)
                return -1;
        more = hosts.count > limit;
        hosts.count -= more;
        if (more && f->csv && !cli_given(f->cli, "limit"))
                return diag_fail_class(&f->cli->diag, DIAG_USAGE, "these are more than %d machines: give filters or --limit, or take fleet export --format csv",
                                       LIMIT_MAX);
        if (f->json) {
                struct json j = { .out = &f->cli->out };

                ask_json_hosts(&j, &f->cli->arena, &hosts, more);
                out_char(&f->cli->out, '\n');
        } else if (f->csv) {
                hosts_csv(f, &hosts);
        } else {
                hosts_table(f, &hosts);
                if (f->filter.flaw.len > 0 && f->filter.status.len == 0)
                        out_fmt(&f->cli->out, "All with an answer about %.*s; the open ones: --status vulnerable,partial\n",
                                STR_ARG(f->filter.flaw));
                if (more)
                        out_fmt(&f->cli->out, "There are more: --limit %lld, or --after '%.*s'.\n", (long long)limit * 10,
                                STR_ARG(hosts.items[hosts.count - 1].name));
        }
        return EXIT_CLEAN;
}

int fleet_hosts(struct cli *c) {
        return fleet_do(c, DB_EXISTING, list_hosts);
}

/* ---- Flaws ---- */

static void flaws_table(struct fleet *f, const struct ask_findings *all) {
        static const char *const titles[] = { "FLAW", "STATUS", "MACHINES", "WHOSE JOB", "WHY" };
        struct table t = { .titles = titles, .column_count = 5, .columns = f->style.columns, .indent = 4, .last_min = 30, .color = f->style.color };

        for (ptrdiff_t i = 0; i < all->count; i++) {
                const struct ask_finding *x = &all->items[i];

                fleet_cell(f, &t, x->flaw, NULL);
                fleet_cell(f, &t, x->status, fleet_color(x->status));
                fleet_cell(f, &t, fleet_number(&f->cli->arena, x->hosts), NULL);
                fleet_cell(f, &t, x->who, NULL);
                fleet_cell(f, &t, x->reason, NULL);
        }
        if (t.count > 0)
                table_write(&t, &f->cli->out);
        else
                out_c(&f->cli->out, "nothing\n");
}

static void flaws_csv(struct fleet *f, const struct ask_findings *all) {
        out_c(&f->cli->out, "flaw,status,owner,who,machines,rule,reason,fixes,ask\r\n");
        for (ptrdiff_t i = 0; i < all->count; i++) {
                const struct ask_finding *x = &all->items[i];

                fleet_csv(f, (const struct str[]){ x->flaw, x->status, x->owner, x->who, str_decimal(&f->cli->arena, (uint64_t)x->hosts), x->rule, x->reason,
                                                   x->fixes, x->ask }, 9);
        }
}

/* Without a filter of findings: what is open or not known. */
static int list_flaws(struct fleet *f) {
        struct ask_findings all = { 0 };

        if (f->filter.status.len == 0)
                f->filter.status = S("vulnerable,partial,unknown");
        if (ask_flaws(&f->store, f->tenant, &f->filter, &f->cli->arena, &all, &f->cli->diag) < 0)
                return -1;
        if (f->json) {
                struct json j = { .out = &f->cli->out };

                ask_json_flaws(&j, &all);
                out_char(&f->cli->out, '\n');
        } else if (f->csv) {
                flaws_csv(f, &all);
        } else {
                flaws_table(f, &all);
        }
        return EXIT_CLEAN;
}

int fleet_flaws(struct cli *c) {
        return fleet_do(c, DB_EXISTING, list_flaws);
}
