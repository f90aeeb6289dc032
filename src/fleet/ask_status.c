#include "fleet/ask.h"

static int one(struct store *s, int64_t tenant, const char *sql, int64_t *ret, struct diag *d) {
        return db_one(s->db, ret, 0, sql, DB_ARGS(DB_N(tenant)), d);
}

static int count_all(struct store *s, int64_t tenant, struct ask_status *r, struct diag *d) {
        return one(s, tenant, "SELECT CAST(sum(hosts) AS BIGINT) FROM fingerprint WHERE tenant = ?1", &r->hosts, d) < 0 ||
                       one(s, tenant, "SELECT count(*) FROM fingerprint WHERE tenant = ?1 AND hosts > 0", &r->fingerprints, d) < 0 ||
                       one(s, tenant, "SELECT count(*) FROM kept_aside WHERE tenant = ?1", &r->kept_aside, d) < 0 ||
                       one(s, tenant, "SELECT count(*) FROM resource WHERE tenant = ?1", &r->resources, d) < 0 ||
                       one(s, tenant, "SELECT CAST(sum(hosts) AS BIGINT) FROM fingerprint WHERE tenant = ?1 AND outcome IS NULL",
                           &r->not_judged, d) < 0 ||
                       one(s, tenant, "SELECT CAST(sum(hosts) AS BIGINT) FROM fingerprint WHERE tenant = ?1 AND catalog <>"
                                      " (SELECT max(id) FROM catalog)", &r->judged_by_others, d) < 0 ? -1 : 0;
}

static int count_worst(struct store *s, int64_t tenant, struct ask_status *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, "SELECT o.worst, CAST(sum(p.hosts) AS BIGINT) FROM fingerprint p JOIN outcome o ON o.id = p.outcome"
                                " WHERE p.tenant = ?1 AND p.hosts > 0 GROUP BY o.worst", DB_ARGS(DB_N(tenant)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0) {
                enum status word;

                if (status_parse(db_text(&r, 0), &word))
                        ret->worst[word] += db_number(&r, 1);
        }
        db_end(&r);
        return status;
}

/* Hosts are summed by outcome first: many fingerprints come to the same. */
static const char by_flaw[] =
        "WITH shown AS (SELECT outcome, sum(hosts) AS hosts FROM fingerprint WHERE tenant = ?1 AND hosts > 0 AND outcome IS NOT NULL"
        " GROUP BY outcome)"
        " SELECT f.flaw, f.status, f.at_stake, CAST(sum(shown.hosts) AS BIGINT) FROM shown"
        " JOIN outcome_finding o ON o.outcome = shown.outcome JOIN finding f ON f.id = o.finding"
        " GROUP BY f.flaw, f.status, f.at_stake ORDER BY f.flaw";

static int count_flaws(struct store *s, int64_t tenant, struct arena *a, struct ask_flaws *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, by_flaw, DB_ARGS(DB_N(tenant)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0) {
                struct ask_flaw *f = ret->count ? &ret->items[ret->count - 1] : NULL;
                enum status word;

                if (!f || !str_eq(f->id, db_text(&r, 0))) {
                        f = arena_append(a, ret);
                        f->id = str_dup(a, db_text(&r, 0));
                }
                if (status_parse(db_text(&r, 1), &word))
                        f->hosts[word] += db_number(&r, 3);
                f->not_at_stake += db_number(&r, 2) ? 0 : db_number(&r, 3);
        }
        db_end(&r);
        return status;
}

int ask_status(struct store *s, int64_t tenant, struct arena *a, struct ask_status *ret, struct diag *d) {
        *ret = (struct ask_status){ 0 };
        return count_all(s, tenant, ret, d) < 0 || count_worst(s, tenant, ret, d) < 0 ? -1 : count_flaws(s, tenant, a, &ret->flaws, d);
}
