/* `fleet export`: machines and their findings, for other programs; and what was kept aside. */
#include "base/plain.h"
#include "cli/fleet_parts.h"
#include "fleet/ask/ask_json.h"
#include "fleet/store/body.h"
#include "fleet/store/moment.h"

enum { NDJSON, CSV, TOGETHER = 1000 };

/* Hosts come by name, and neighbours are often alike: what the last outcomes came to is kept. */
struct exporting {
        struct fleet *f;
        int format;
        bool evidence;
        struct arena arena;   /* of one page of hosts */
        struct arena kept;
        int64_t outcome;
        struct ask_findings findings;
};

static int findings_of(struct exporting *x, int64_t outcome) {
        if (outcome == x->outcome)
                return 0;
        arena_reset(&x->kept);
        x->findings = (struct ask_findings){ 0 };
        x->outcome = outcome;
        return outcome ? ask_outcome(&x->f->store, outcome, &x->kept, &x->findings, &x->f->cli->diag) : 0;
}

static void csv_field(struct out *o, struct str text, bool last) {
        out_char(o, '"');
        for (ptrdiff_t i = 0; i < text.len; i++) {
                if (text.p[i] == '"')
                        out_char(o, '"');
                out_char(o, text.p[i]);
        }
        out_c(o, last ? "\"\r\n" : "\",");
}

static void write_csv(struct exporting *x, const struct ask_host *h) {
        struct out *o = &x->f->cli->out;

        for (ptrdiff_t i = 0; i < x->findings.count; i++) {
                const struct ask_finding *f = &x->findings.items[i];
                const struct str fields[] = { h->name, h->ident, h->fingerprint, h->tags, h->processor, h->kernel, h->cloud,
                                              moment_text(&x->arena, h->last), f->flaw, f->status, f->owner, f->who, f->rule, f->reason, f->fixes };
                size_t n = sizeof(fields) / sizeof(fields[0]);

                for (size_t k = 0; k < n; k++)
                        csv_field(o, fields[k], k + 1 == n);
        }
}

static int write_json(struct exporting *x, const struct ask_host *h) {
        struct json j = { .out = &x->f->cli->out };
        struct str text;

        json_begin_object(&j, NULL);
        ask_json_host(&j, &x->arena, h);
        json_str(&j, "time", moment_text(&x->arena, h->last));
        json_begin_array(&j, "findings");
        for (ptrdiff_t i = 0; i < x->findings.count; i++)
                ask_json_finding(&j, &x->findings.items[i]);
        json_end_array(&j);
        if (x->evidence) {
                if (ask_body(&x->f->store, h->fingerprint_id, &x->arena, &text, &x->f->cli->diag) < 0)
                        return -1;
                json_str(&j, "evidence", text);
        }
        json_end_object(&j);
        out_char(j.out, '\n');
        return 0;
}

static int export_page(struct exporting *x, struct ask_page *page, ptrdiff_t *ret_count) {
        struct ask_hosts hosts = { 0 };
        struct fleet *f = x->f;

        arena_reset(&x->arena);
        if (ask_hosts(&f->store, f->tenant, &f->filter, page, &x->arena, &hosts, &f->cli->diag) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < hosts.count; i++) {
                if (findings_of(x, hosts.items[i].outcome) < 0)
                        return -1;
                if (x->format == CSV)
                        write_csv(x, &hosts.items[i]);
                else if (write_json(x, &hosts.items[i]) < 0)
                        return -1;
        }
        *ret_count = hosts.count;
        if (hosts.count > 0) { /* outlives the page */
                page->after_name = str_dup(&f->cli->arena, hosts.items[hosts.count - 1].name);
                page->after_ident = str_dup(&f->cli->arena, hosts.items[hosts.count - 1].ident);
        }
        return 0;
}

static int export_hosts(struct fleet *f) {
        struct exporting x = { .f = f, .format = cli_word(f->cli, "format", 2) == 3 ? CSV : NDJSON, .evidence = cli_given(f->cli, "evidence") };
        struct ask_page page = { .limit = TOGETHER };
        ptrdiff_t count = TOGETHER;
        int status = 0;

        if (x.format == CSV)
                out_c(&f->cli->out, "host,ident,fingerprint,tags,processor,kernel,cloud,last,flaw,status,owner,who,rule,reason,fixes\r\n");
        while (status == 0 && count == TOGETHER)
                status = export_page(&x, &page, &count);
        arena_free(&x.arena);
        arena_free(&x.kept);
        return status;
}

/* ---- What was kept aside ---- */

static int write_aside(struct fleet *f, const struct db_rows *r) {
        struct arena_mark mark = arena_mark(&f->cli->arena);
        struct arena *a = &f->cli->arena;
        struct json j = { .out = &f->cli->out };
        struct str bytes;

        if (body_unpack(&bytes, a, db_text(r, 2), db_number(r, 3), &f->cli->diag) < 0)
                return -1;
        json_begin_object(&j, NULL);
        json_str(&j, "name", db_text(r, 0));
        json_str(&j, "reason", db_text(r, 1));
        json_i64(&j, "bytes", db_number(r, 3));
        json_str(&j, "first", moment_text(a, db_number(r, 4)));
        json_str(&j, "last", moment_text(a, db_number(r, 5)));
        if (cli_given(f->cli, "evidence"))
                json_str(&j, "text", bytes);
        json_end_object(&j);
        out_char(j.out, '\n');
        arena_release(a, mark);
        return 0;
}

static int export_aside(struct fleet *f) {
        struct db_rows r;
        int status;

        if (db_query(f->store.db, &r, "SELECT name, reason, body, size, first, last FROM kept_aside WHERE tenant = ?1 ORDER BY id",
                     DB_ARGS(DB_N(f->tenant)), &f->cli->diag) < 0)
                return -1;
        while ((status = db_next(&r, &f->cli->diag)) > 0)
                if ((status = write_aside(f, &r)) < 0)
                        break;
        db_end(&r);
        return status;
}

int fleet_export(struct cli *c) {
        struct fleet f;
        int status;

        if (fleet_open(&f, c, DB_EXISTING) < 0)
                return -1;
        status = cli_given(c, "aside") ? export_aside(&f) : export_hosts(&f);
        fleet_close(&f);
        return status;
}
