#include "fleet/ask/ask_sql.h"

static int one(struct store *s, int64_t tenant, const char *sql, int64_t *ret, struct diag *d) {
        return db_one(s->db, ret, 0, sql, DB_ARGS(DB_N(tenant)), d);
}

/* A statement over `shown`. */
static int over_shown(struct ask_sql *q, struct store *s, int64_t tenant, const struct ask_filter *f, const char *sql, struct db_rows *r,
                      struct diag *d) {
        ask_shown(q, tenant, f);
        ASK_TEXT(q, sql);
        return ask_run_query(q, s, r, d);
}

/* By outcome: hosts are summed first, for many fingerprints come to the same. */
static int count_hosts(struct store *s, int64_t tenant, const struct ask_filter *f, struct arena *a, struct ask_status *ret, struct diag *d) {
        struct ask_sql q = { .a = a };
        struct db_rows r;
        int status;

        if (over_shown(&q, s, tenant, f,
                                "SELECT o.worst, count(*), CAST(sum(shown.hosts) AS BIGINT), CAST(sum(CASE WHEN shown.catalog <> (SELECT CAST(value"
                                " AS BIGINT) FROM meta WHERE name = 'catalog') THEN shown.hosts ELSE 0 END) AS BIGINT) FROM shown LEFT JOIN outcome o ON o.id = shown.outcome"
                                " GROUP BY o.worst", &r, d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0) {
                enum status word;

                ret->fingerprints += db_number(&r, 1);
                ret->hosts += db_number(&r, 2);
                ret->judged_before += db_number(&r, 3);
                if (db_is_null(&r, 0))
                        ret->not_judged += db_number(&r, 2);
                else if (status_parse(db_text(&r, 0), &word))
                        ret->worst[word] += db_number(&r, 2);
        }
        db_end(&r);
        return status;
}

/* By shape (schema.c, 3), of which there are few; outcomes of an older version have none before the next rejudge, and are followed one by
 * one. */
#define PARTS                                                                                                                      \
        ", summed AS (SELECT outcome, sum(hosts) AS hosts FROM shown WHERE outcome IS NOT NULL GROUP BY outcome),"                 \
        " shaped AS (SELECT o.shape, sum(summed.hosts) AS hosts FROM summed JOIN outcome o ON o.id = summed.outcome"               \
        "  WHERE o.shape IS NOT NULL GROUP BY o.shape),"                                                                           \
        " parts AS (SELECT p.flaw, p.status, p.who, p.at_stake, shaped.hosts FROM shaped JOIN shape_part p ON p.shape = shaped.shape" \
        "  UNION ALL SELECT f.flaw, f.status, f.who, f.at_stake, summed.hosts FROM summed JOIN outcome o ON o.id = summed.outcome" \
        "  JOIN outcome_finding x ON x.outcome = o.id JOIN finding f ON f.id = x.finding WHERE o.shape IS NULL)"

static const char by_flaw[] = PARTS " SELECT flaw, status, CAST(sum(hosts) AS BIGINT) FROM parts GROUP BY flaw, status ORDER BY flaw";

static int count_flaws(struct store *s, int64_t tenant, const struct ask_filter *f, struct arena *a, struct ask_flaws *ret, struct diag *d) {
        struct ask_sql q = { .a = a };
        struct db_rows r;
        int status;

        if (over_shown(&q, s, tenant, f, by_flaw, &r, d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0) {
                struct ask_flaw *last = ret->count ? &ret->items[ret->count - 1] : NULL;
                enum status word;

                if (!last || !str_eq(last->id, db_text(&r, 0))) {
                        last = arena_append(a, ret);
                        last->id = ask_text(a, &r, 0);
                }
                if (status_parse(db_text(&r, 1), &word))
                        last->hosts[word] += db_number(&r, 2);
        }
        db_end(&r);
        return status;
}

static const char by_owner[] =
        PARTS " SELECT who, CAST(sum(hosts) AS BIGINT), count(DISTINCT flaw) FROM parts"
        " WHERE at_stake = 1 AND status IN ('vulnerable', 'partial') GROUP BY who ORDER BY 2 DESC, 1";

static int count_owners(struct store *s, int64_t tenant, const struct ask_filter *f, struct arena *a, struct ask_owners *ret,
                        struct diag *d) {
        struct ask_sql q = { .a = a };
        struct db_rows r;
        int status;

        if (over_shown(&q, s, tenant, f, by_owner, &r, d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                *arena_append(a, ret) = (struct ask_owner){ .who = ask_text(a, &r, 0), .hosts = db_number(&r, 1), .flaws = db_number(&r, 2) };
        db_end(&r);
        return status;
}

static const char worst_kinds[] =
        "SELECT p.hex, p.processor, p.kernel, p.place, (SELECT h.name FROM host h WHERE h.fingerprint = p.id LIMIT 1), shown.hosts,"
        " o.vulnerable, o.partial, o.unknown FROM shown JOIN fingerprint p ON p.id = shown.id JOIN outcome o ON o.id = shown.outcome"
        " WHERE o.vulnerable + o.partial > 0 ORDER BY o.vulnerable DESC, o.partial DESC, shown.hosts DESC, p.hex LIMIT 10";

static int find_kinds(struct store *s, int64_t tenant, const struct ask_filter *f, struct arena *a, struct ask_kinds *ret, struct diag *d) {
        struct ask_sql q = { .a = a };
        struct db_rows r;
        int status;

        if (over_shown(&q, s, tenant, f, worst_kinds, &r, d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                *arena_append(a, ret) = (struct ask_kind){
                        .fingerprint = ask_text(a, &r, 0), .processor = ask_text(a, &r, 1), .kernel = ask_text(a, &r, 2),
                        .place = ask_text(a, &r, 3), .example = ask_text(a, &r, 4), .hosts = db_number(&r, 5),
                        .vulnerable = db_number(&r, 6), .partial = db_number(&r, 7), .unknown = db_number(&r, 8) };
        db_end(&r);
        return status;
}

static int read_catalog(struct store *s, struct arena *a, struct ask_status *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, "SELECT c.digest FROM catalog c JOIN meta m ON m.name = 'catalog' AND CAST(m.value AS BIGINT) = c.id",
                     DB_NO_ARGS, d) < 0)
                return -1;
        status = db_next(&r, d);
        ret->catalog = status > 0 ? ask_text(a, &r, 0) : S("");
        db_end(&r);
        return status < 0 ? -1 : 0;
}

int ask_status(struct store *s, int64_t tenant, const struct ask_filter *f, struct arena *a, struct ask_status *ret, struct diag *d) {
        *ret = (struct ask_status){ 0 };
        if (one(s, tenant, "SELECT count(*) FROM kept_aside WHERE tenant = ?1", &ret->kept_aside, d) < 0 ||
            one(s, tenant, "SELECT count(*) FROM resource WHERE tenant = ?1", &ret->resources, d) < 0)
                return -1;
        return read_catalog(s, a, ret, d) < 0 || count_hosts(s, tenant, f, a, ret, d) < 0 || count_flaws(s, tenant, f, a, &ret->flaws, d) < 0 ||
                       count_owners(s, tenant, f, a, &ret->owners, d) < 0 || find_kinds(s, tenant, f, a, &ret->kinds, d) < 0 ? -1 : 0;
}
