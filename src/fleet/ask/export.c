#include "fleet/ask/export.h"

#include "fleet/ask/ask_json.h"
#include "fleet/store/body.h"
#include "fleet/store/moment.h"

static int findings_of(struct exporting *x, int64_t outcome, struct diag *d) {
        if (outcome == x->outcome)
                return 0;
        arena_reset(&x->kept);
        x->findings = (struct ask_findings){ 0 };
        x->outcome = outcome;
        return outcome ? ask_outcome(x->store, outcome, &x->kept, &x->findings, d) : 0;
}

/* ---- CSV ---- */

void export_titles(struct exporting *x) {
        out_c(x->out, "host,ident,fingerprint,tags,processor,kernel,cloud,last,flaw,status,owner,who,rule,reason,fixes\r\n");
}

static bool is_among(struct str status, struct str list) {
        struct str word;

        while (str_cut(&list, ',', &word))
                if (str_eq(str_trim(word), status))
                        return true;
        return false;
}

/* A line is a finding: of a machine only those that were asked for. */
static bool is_asked_for(const struct exporting *x, const struct ask_finding *f) {
        const struct ask_filter *wanted = &x->filter;

        return (wanted->flaw.len == 0 || str_eq(wanted->flaw, f->flaw)) &&
               (wanted->status.len == 0 || is_among(f->status, wanted->status)) &&
               (wanted->owner.len == 0 || str_eq(wanted->owner, f->owner) || str_eq(wanted->owner, f->who));
}

static void write_csv(struct exporting *x, const struct ask_host *h) {
        for (ptrdiff_t i = 0; i < x->findings.count; i++) {
                const struct ask_finding *f = &x->findings.items[i];
                const struct str fields[] = { h->name, h->ident, h->fingerprint, h->tags, h->processor, h->kernel, h->cloud,
                                              moment_text(&x->arena, h->last), f->flaw, f->status, f->owner, f->who, f->rule, f->reason, f->fixes };
                size_t n = is_asked_for(x, f) ? sizeof(fields) / sizeof(fields[0]) : 0;

                for (size_t k = 0; k < n; k++) {
                        out_csv(x->out, fields[k]);
                        out_c(x->out, k + 1 == n ? "\r\n" : ",");
                }
        }
}

/* ---- JSON ---- */

static int write_json(struct exporting *x, const struct ask_host *h, struct diag *d) {
        struct json j = { .out = x->out };
        struct str text = S("");
        struct diag why = { 0 };

        if (x->evidence && ask_body(x->store, h->fingerprint_id, &x->arena, &text, &why) < 0 && why.class != DIAG_INPUT)
                return diag_fail_class(d, why.class, "%s", why.text);
        json_begin_object(&j, NULL);
        ask_json_host(&j, &x->arena, h);
        json_str(&j, "time", moment_text(&x->arena, h->last));
        json_begin_array(&j, "findings");
        for (ptrdiff_t i = 0; i < x->findings.count; i++)
                ask_json_finding(&j, &x->findings.items[i]);
        json_end_array(&j);
        if (why.text[0])
                json_raw(&j, "evidence", S("null")); /* it is damaged, and no other's is */
        else if (x->evidence)
                json_str(&j, "evidence", text);
        json_end_object(&j);
        out_char(x->out, '\n');
        return 0;
}

int export_hosts(struct exporting *x, struct ask_page *page, ptrdiff_t bytes_max, struct arena *a, struct diag *d) {
        struct ask_hosts hosts = { 0 };
        ptrdiff_t n = 0;

        arena_reset(&x->arena);
        if (ask_hosts(x->store, x->tenant, &x->filter, page, &x->arena, &hosts, d) < 0)
                return -1;
        for (; n < hosts.count && (n == 0 || x->out->len < bytes_max); n++) {
                if (findings_of(x, hosts.items[n].outcome, d) < 0)
                        return -1;
                if (x->format == EXPORT_CSV)
                        write_csv(x, &hosts.items[n]);
                else if (write_json(x, &hosts.items[n], d) < 0)
                        return -1;
        }
        if (n > 0) { /* outlives the hosts */
                page->after_name = str_dup(a, hosts.items[n - 1].name);
                page->after_ident = str_dup(a, hosts.items[n - 1].ident);
        }
        return n < hosts.count || hosts.count == page->limit;
}

void export_free(struct exporting *x) {
        arena_free(&x->arena);
        arena_free(&x->kept);
}

/* ---- What was kept aside ---- */

static void write_aside(struct out *o, struct arena *a, const struct db_rows *r, bool text) {
        bool damaged;
        struct json j = { .out = o };
        struct diag ignored = { 0 };
        struct str bytes = S("");

        damaged = text && body_unpack(&bytes, a, db_text(r, 2), db_number(r, 3), &ignored) < 0;
        json_begin_object(&j, NULL);
        json_str(&j, "name", db_text(r, 0));
        json_str(&j, "reason", db_text(r, 1));
        json_i64(&j, "bytes", db_number(r, 3));
        json_str(&j, "first", moment_text(a, db_number(r, 4)));
        json_str(&j, "last", moment_text(a, db_number(r, 5)));
        if (damaged)
                json_raw(&j, "text", S("null"));
        else if (text)
                json_str(&j, "text", bytes);
        json_end_object(&j);
        out_char(o, '\n');
}

int export_aside(struct store *s, int64_t tenant, bool text, int64_t limit, ptrdiff_t bytes_max, int64_t *after, struct out *o, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        int64_t rows = 0;
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, "SELECT name, reason, body, size, first, last, id FROM kept_aside WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
                     DB_ARGS(DB_N(tenant), DB_N(*after), DB_N(limit)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0 && (rows == 0 || o->len < bytes_max)) {
                *after = db_number(&r, 6);
                rows++;
                write_aside(o, &a, &r, text);
                arena_reset(&a);
        }
        db_end(&r);
        return status != 0 ? status : rows == limit;
}
