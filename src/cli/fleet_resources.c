/* `fleet resources`: what came in by cloud inventories. */
#include "cli/fleet_parts.h"
#include "fleet/ask/clouds.h"
#include "fleet/store/moment.h"

enum { LIMIT = 100, LIMIT_MAX = 100000 };

static void kinds_table(struct fleet *f, const struct clouds *c) {
        static const char *const titles[] = { "WHAT", "RESOURCES", "SYSTEM", "TO DO" };
        struct table t = { .titles = titles, .column_count = 4, .columns = f->style.columns, .indent = 4, .last_min = 30, .color = f->style.color };

        for (ptrdiff_t i = 0; i < c->kinds.count; i++) {
                const struct cloud_kind *k = &c->kinds.items[i];
                struct str to_do = k->to_do.count ? S("") : cloud_silence(k);

                for (ptrdiff_t n = 0; n < k->to_do.count; n++)
                        to_do = str_fmt(&f->cli->arena, "%.*s%s%.*s (%.*s)", STR_ARG(to_do), n ? "; " : "", STR_ARG(T(k->to_do.items[n]->title)),
                                        STR_ARG(T(k->to_do.items[n]->who)));
                fleet_cell(f, &t, k->title, NULL);
                fleet_cell(f, &t, fleet_number(&f->cli->arena, k->resources), NULL);
                fleet_cell(f, &t, k->os, NULL);
                fleet_cell(f, &t, to_do, NULL);
        }
        if (t.count > 0)
                table_write(&t, &f->cli->out);
        else
                out_c(&f->cli->out, "no cloud resource\n");
}

static void resources_table(struct fleet *f, const struct clouds *c) {
        static const char *const titles[] = { "RESOURCE", "LISTED", "WHAT" };
        struct table t = { .titles = titles, .column_count = 3, .columns = f->style.columns, .indent = 4, .last_min = 20, .first_max = fleet_name_max(f),
                           .color = f->style.color };

        for (ptrdiff_t i = 0; i < c->resources.count; i++) {
                const struct cloud_resource *r = &c->resources.items[i];

                fleet_cell(f, &t, r->name, NULL);
                fleet_cell(f, &t, moment_day(&f->cli->arena, r->last), NULL);
                fleet_cell(f, &t, str_fmt(&f->cli->arena, "%.*s%s%.*s", STR_ARG(r->offering), r->type.len ? ", " : "", STR_ARG(r->type)), NULL);
        }
        if (t.count == 0)
                return;
        out_char(&f->cli->out, '\n');
        table_write(&t, &f->cli->out);
        if (c->more)
                out_fmt(&f->cli->out, "There are more: --limit, or --after '%.*s'.\n", STR_ARG(c->resources.items[c->resources.count - 1].name));
}

static void resources_csv(struct fleet *f, const struct clouds *c) {
        out_c(&f->cli->out, "name,title,type,offering,provider,os,first,last\r\n");
        for (ptrdiff_t i = 0; i < c->resources.count; i++) {
                const struct cloud_resource *r = &c->resources.items[i];

                fleet_csv(f, (const struct str[]){ r->name, r->title, r->type, r->offering, r->provider, r->os, moment_text(&f->cli->arena, r->first),
                                                   moment_text(&f->cli->arena, r->last) }, 8);
        }
}

static int list_resources(struct fleet *f) {
        struct str after = cli_given(f->cli, "after") ? cli_text(f->cli, "after") : S("");
        struct clouds clouds;
        int64_t limit;

        if (fleet_limit(f, f->csv ? LIMIT_MAX : LIMIT, LIMIT_MAX, &limit) < 0 ||
            clouds_read(&clouds, &f->cli->arena, &f->store, f->catalog, f->tenant, after, limit, &f->cli->diag) < 0)
                return -1;
        if (clouds.more && f->csv && !cli_given(f->cli, "limit"))
                return diag_fail_class(&f->cli->diag, DIAG_USAGE, "these are more than %d resources: give --limit and --after", LIMIT_MAX);
        if (f->json) {
                struct json j = { .out = &f->cli->out };

                clouds_json(&j, &f->cli->arena, &clouds);
                out_char(&f->cli->out, '\n');
        } else if (f->csv) {
                resources_csv(f, &clouds);
        } else {
                kinds_table(f, &clouds);
                resources_table(f, &clouds);
        }
        return EXIT_CLEAN;
}

int fleet_resources(struct cli *c) {
        return fleet_do(c, DB_EXISTING, list_resources);
}
