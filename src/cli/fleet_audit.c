/* `fleet audit`: who changed what, and who handed in how much. */
#include "cli/fleet_parts.h"
#include "fleet/ask/ask_json.h"
#include "fleet/store/moment.h"

enum { LINES = 1000 };

static void changes(struct fleet *f, const struct audit *audit) {
        static const char *const titles[] = { "TIME", "WHO", "WHAT", "ABOUT" };
        struct table t = { .titles = titles, .column_count = 4, .columns = f->style.columns, .indent = 2, .last_min = 20, .color = f->style.color };

        for (ptrdiff_t i = 0; i < audit->count; i++) {
                fleet_cell(f, &t, moment_text(&f->cli->arena, audit->items[i].time), NULL);
                fleet_cell(f, &t, audit->items[i].who, NULL);
                fleet_cell(f, &t, audit->items[i].what, NULL);
                fleet_cell(f, &t, audit->items[i].about, NULL);
        }
        if (t.count > 0)
                table_write(&t, &f->cli->out);
        else
                out_c(&f->cli->out, "The log holds no change.\n");
}

static void sent(struct fleet *f, const struct audit *audit) {
        static const char *const titles[] = { "DAY", "SENT BY", "FROM", "REQUESTS", "REPORTS", "KEPT ASIDE" };
        struct table t = { .titles = titles, .column_count = 6, .columns = f->style.columns, .indent = 2, .last_min = 1, .color = f->style.color };

        for (ptrdiff_t i = 0; i < audit->sent.count; i++) {
                const struct sent *s = &audit->sent.items[i];

                fleet_cell(f, &t, s->day, NULL);
                fleet_cell(f, &t, s->who, NULL);
                fleet_cell(f, &t, s->address, NULL);
                fleet_cell(f, &t, fleet_number(&f->cli->arena, s->requests), NULL);
                fleet_cell(f, &t, fleet_number(&f->cli->arena, s->reports), NULL);
                fleet_cell(f, &t, fleet_number(&f->cli->arena, s->kept_aside), NULL);
        }
        if (t.count > 0) {
                out_char(&f->cli->out, '\n');
                table_write(&t, &f->cli->out);
        }
}

static int show(struct fleet *f) {
        struct audit audit;
        int64_t since = 0;

        if ((cli_given(f->cli, "since") && fleet_moment(f, "since", false, &since) < 0) ||
            audit_read(&f->store, f->tenant, since, LINES, &f->cli->arena, &audit, &f->cli->diag) < 0)
                return -1;
        if (f->json) {
                struct json j = { .out = &f->cli->out };

                ask_json_audit(&j, &f->cli->arena, &audit);
                out_char(&f->cli->out, '\n');
        } else {
                changes(f, &audit);
                sent(f, &audit);
        }
        return EXIT_CLEAN;
}

int fleet_audit(struct cli *c) {
        return fleet_do(c, DB_EXISTING, show);
}
