/* `fleet export`: machines and their findings, for other programs; and what was kept aside. */
#include "cli/fleet_parts.h"
#include "fleet/ask/export.h"

enum { CSV_WORD = 3, TOGETHER = 1000 };

static int hosts(struct fleet *f) {
        struct exporting x = { .store = &f->store, .tenant = f->tenant, .filter = f->filter, .evidence = cli_given(f->cli, "evidence"),
                               .format = cli_word(f->cli, "format", 2) == CSV_WORD ? EXPORT_CSV : EXPORT_NDJSON, .out = &f->cli->out };
        struct ask_page page = { .limit = TOGETHER };
        int more = 1;

        if (x.format == EXPORT_CSV)
                export_titles(&x);
        while (more > 0)
                more = export_hosts(&x, &page, PTRDIFF_MAX, &f->cli->arena, &f->cli->diag);
        export_free(&x);
        return more;
}

static int aside(struct fleet *f) {
        int64_t after = 0;
        int more = 1;

        while (more > 0)
                more = export_aside(&f->store, f->tenant, cli_given(f->cli, "evidence"), TOGETHER, PTRDIFF_MAX, &after, &f->cli->out, &f->cli->diag);
        return more;
}

int fleet_export(struct cli *c) {
        if (cli_word(c, "format", 2) == CSV_WORD && (cli_given(c, "aside") || cli_given(c, "evidence")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--%s is written as ndjson alone: files are no cells of a table",
                                       cli_given(c, "aside") ? "aside" : "evidence");
        return fleet_do(c, DB_EXISTING, cli_given(c, "aside") ? aside : hosts);
}
