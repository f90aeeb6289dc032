#include "fleet/ask/ask_sql.h"
#include "fleet/store/body.h"

static const char host_columns[] =
        "SELECT h.id, h.fingerprint, p.outcome, h.name, h.ident, h.tags, h.origin, p.hex, p.processor, p.kernel, p.place, p.cloud, o.worst,"
        " h.first, h.since, h.last, o.vulnerable, o.partial, o.unknown, h.redacted";
static const char joined[] = " JOIN fingerprint p ON p.id = h.fingerprint LEFT JOIN outcome o ON o.id = p.outcome";
/* The same of `few`, in place of all hosts. */
static const char few_columns[] =
        "SELECT h.id, h.fingerprint, h.tenant, h.name, h.ident, h.tags, h.origin, h.first, h.since, h.last, h.redacted FROM ";

static void read_host(struct ask_host *ret, struct arena *a, const struct db_rows *r) {
        struct str *const texts[] = { &ret->name, &ret->ident, &ret->tags, &ret->origin, &ret->fingerprint, &ret->processor, &ret->kernel,
                                      &ret->place, &ret->cloud, &ret->worst };
        int64_t *const numbers[] = { &ret->first, &ret->since, &ret->last, &ret->vulnerable, &ret->partial, &ret->unknown };

        ret->id = db_number(r, 0);
        ret->fingerprint_id = db_number(r, 1);
        ret->outcome = db_number(r, 2);
        for (int i = 0; i < 10; i++)
                *texts[i] = ask_text(a, r, 3 + i);
        for (int i = 0; i < 6; i++)
                *numbers[i] = db_number(r, 13 + i);
        ret->redacted = db_number(r, 19) != 0;
}

/* Machines are gone through by name until there are enough; where few can be meant, these are found first, by their kinds or their tags. */
enum way { BY_NAME, BY_KIND, BY_TAG };
enum { FEW = 5000 };

static bool is_of_kinds(const struct ask_filter *f) {
        return f->flaw.len + f->status.len + f->worst.len + f->owner.len + f->cloud.len + f->kernel.len + f->processor.len + f->fingerprint.len > 0;
}

static int count_one(struct ask_sql *q, struct store *s, int64_t *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (ask_run_query(q, s, &r, d) < 0)
                return -1;
        status = db_next(&r, d);
        *ret = status > 0 ? db_number(&r, 0) : 0;
        db_end(&r);
        return status < 0 ? -1 : 0;
}

static int choose_way(enum way *ret, struct store *s, int64_t tenant, const struct ask_filter *f, const struct ask_tags *tags, struct arena *a,
                      struct diag *d) {
        struct ask_sql kinds = { .a = a }, tagged = { .a = a };
        int64_t n = FEW + 1;

        *ret = BY_NAME;
        if (f->host.len > 0)
                return 0;
        if (is_of_kinds(f)) {
                ASK_ADD(&kinds, "SELECT CAST(sum(p.hosts) AS BIGINT) FROM fingerprint p WHERE p.tenant = ? AND p.hosts > 0", DB_N(tenant));
                ask_of_fingerprint(&kinds, f);
                if (count_one(&kinds, s, &n, d) < 0)
                        return -1;
                *ret = n <= FEW ? BY_KIND : BY_NAME;
        }
        if (*ret == BY_KIND || tags->many)
                return 0;
        ASK_ADD(&tagged, "SELECT count(*) FROM (SELECT 1 FROM host h WHERE h.tenant = ?", DB_N(tenant));
        ask_of_tags(&tagged, tags);
        ASK_ADD(&tagged, " LIMIT ?) AS x", DB_N(FEW + 1));
        if (count_one(&tagged, s, &n, d) < 0)
                return -1;
        *ret = n <= FEW ? BY_TAG : BY_NAME;
        return 0;
}

/* From where hosts `h` are taken, up to the condition that they are of the tenant. */
static int add_source(struct ask_sql *q, struct store *s, int64_t tenant, const struct ask_filter *f, struct diag *d) {
        struct ask_tags tags;
        enum way way;

        if (ask_tags(&tags, s, tenant, f, q->a, d) < 0 || choose_way(&way, s, tenant, f, &tags, q->a, d) < 0)
                return -1;
        if (way != BY_NAME) {
                ASK_TEXT(q, "WITH few AS MATERIALIZED (");
                ASK_TEXT(q, few_columns);
                ASK_ADD(q, way == BY_KIND ? "fingerprint p CROSS JOIN host h WHERE h.fingerprint = p.id AND p.tenant = ?" : "host h WHERE h.tenant = ?",
                        DB_N(tenant));
        }
        if (way == BY_KIND)
                ask_of_fingerprint(q, f);
        else if (way == BY_TAG)
                ask_of_tags(q, &tags);
        ASK_TEXT(q, way == BY_NAME ? "" : ") ");
        ASK_TEXT(q, host_columns);
        ASK_TEXT(q, way == BY_NAME ? " FROM host h" : " FROM few h");
        ASK_TEXT(q, joined);
        ASK_ADD(q, " WHERE h.tenant = ?", DB_N(tenant));
        ask_of_host(q, f);
        if (way != BY_KIND)
                ask_of_fingerprint(q, f);
        return 0;
}

int ask_hosts(struct store *s, int64_t tenant, const struct ask_filter *f, const struct ask_page *page, struct arena *a,
              struct ask_hosts *ret, struct diag *d) {
        struct ask_sql q = { .a = a };
        struct db_rows r;
        int status;

        if (add_source(&q, s, tenant, f, d) < 0)
                return -1;
        if (page->after_name.len > 0)
                ASK_ADD(&q, " AND (h.name, h.ident) > (?, ?)", DB_T(page->after_name), DB_T(page->after_ident));
        ASK_ADD(&q, " ORDER BY h.name, h.ident LIMIT ?", DB_N(page->limit));
        if (ask_run_query(&q, s, &r, d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                read_host(arena_append(a, ret), a, &r);
        db_end(&r);
        return status;
}

int ask_runs(struct store *s, int64_t host, struct arena *a, struct ask_runs *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, "SELECT p.id, x.first, x.last, p.outcome, p.hex, o.worst FROM ("
                                " SELECT fingerprint, since AS first, last, 1 AS present FROM host WHERE id = ?1"
                                " UNION ALL SELECT fingerprint, first, last, 0 FROM sighting WHERE host = ?1) AS x"
                                " JOIN fingerprint p ON p.id = x.fingerprint LEFT JOIN outcome o ON o.id = p.outcome"
                                " ORDER BY x.present DESC, x.last DESC, x.first DESC", DB_ARGS(DB_N(host)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                *arena_append(a, ret) = (struct ask_run){ .fingerprint_id = db_number(&r, 0), .first = db_number(&r, 1), .last = db_number(&r, 2),
                                                          .outcome = db_number(&r, 3), .fingerprint = ask_text(a, &r, 4),
                                                          .worst = ask_text(a, &r, 5) };
        db_end(&r);
        return status;
}

int ask_body(struct store *s, int64_t fingerprint, struct arena *a, struct str *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, "SELECT body, size FROM fingerprint WHERE id = ?1", DB_ARGS(DB_N(fingerprint)), d) < 0)
                return -1;
        status = db_next(&r, d);
        if (status > 0 && db_number(&r, 1) == 0)
                status = diag_fail_class(d, DIAG_INPUT, "the store held this evidence damaged: it is kept aside, and its machines are asked for it again");
        else if (status > 0)
                status = body_unpack(ret, a, db_text(&r, 0), db_number(&r, 1), d);
        else if (status == 0)
                status = diag_fail_class(d, DIAG_INPUT, "the store has no such evidence");
        db_end(&r);
        return status;
}
