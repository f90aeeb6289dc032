#include "fleet/ask/ask_sql.h"

static int one(struct store *s, int64_t tenant, const char *sql, int64_t *ret, struct diag *d) {
        return db_one(s->db, ret, 0, sql, DB_ARGS(DB_N(tenant)), d);
}

/* A statement over `shown`. */
static int over_shown(struct ask_sql *q, struct store *s, int64_t tenant, const struct ask_filter *f, const char *sql, struct db_rows *r,
                      struct diag *d) {
        if (ask_shown(q, s, tenant, f, d) < 0)
                return -1;
        ASK_TEXT(q, sql);
        return ask_run_query(q, s, r, d);
}

/* Kinds are summed by outcome once, outcomes by shape (schema.c, 3), of which there are few; outcomes of an older version have none before the
 * next rejudge, and are followed one by one. One statement for three answers, so that kinds are gone through once: the first column tells
 * of which a row is. */
static const char counts[] =
        ", summed AS MATERIALIZED (SELECT outcome, catalog, count(*) AS kinds, CAST(sum(hosts) AS BIGINT) AS hosts FROM shown"
        "  GROUP BY outcome, catalog),"
        " shaped AS MATERIALIZED (SELECT o.shape, sum(summed.hosts) AS hosts FROM summed JOIN outcome o ON o.id = summed.outcome"
        "  WHERE o.shape IS NOT NULL GROUP BY o.shape),"
        " parts AS MATERIALIZED (SELECT p.flaw, p.status, p.who, p.at_stake, shaped.hosts FROM shaped JOIN shape_part p ON p.shape = shaped.shape"
        "  UNION ALL SELECT f.flaw, f.status, f.who, f.at_stake, summed.hosts FROM summed JOIN outcome o ON o.id = summed.outcome"
        "  JOIN outcome_finding x ON x.outcome = o.id JOIN finding f ON f.id = x.finding WHERE o.shape IS NULL),"
        " answers AS (SELECT 1 AS which, o.worst AS name, '' AS word, CAST(sum(summed.kinds) AS BIGINT) AS kinds,"
        "  CAST(sum(summed.hosts) AS BIGINT) AS hosts, CAST(sum(CASE WHEN summed.catalog <> (SELECT CAST(value AS BIGINT) FROM meta"
        "  WHERE name = 'catalog') THEN summed.hosts ELSE 0 END) AS BIGINT) AS before"
        "  FROM summed LEFT JOIN outcome o ON o.id = summed.outcome GROUP BY o.worst"
        " UNION ALL SELECT 2, flaw, status, 0, CAST(sum(hosts) AS BIGINT), 0 FROM parts GROUP BY flaw, status"
        " UNION ALL SELECT 3, who, '', count(DISTINCT flaw), CAST(sum(hosts) AS BIGINT), 0 FROM parts"
        "  WHERE at_stake = 1 AND status IN ('vulnerable', 'partial') GROUP BY who)"
        " SELECT which, name, word, kinds, hosts, before FROM answers ORDER BY which, CASE WHEN which = 3 THEN -hosts ELSE 0 END, name, word";

enum { ANSWER_WORST = 1, ANSWER_FLAW, ANSWER_OWNER };

static void add_worst(const struct db_rows *r, struct ask_status *ret) {
        enum status word;

        ret->fingerprints += db_number(r, 3);
        ret->hosts += db_number(r, 4);
        ret->judged_before += db_number(r, 5);
        if (db_is_null(r, 1))
                ret->not_judged += db_number(r, 4);
        else if (status_parse(db_text(r, 1), &word))
                ret->worst[word] += db_number(r, 4);
}

static void add_flaw(const struct db_rows *r, struct arena *a, struct ask_flaws *ret) {
        struct ask_flaw *last = ret->count ? &ret->items[ret->count - 1] : NULL;
        enum status word;

        if (!last || !str_eq(last->id, db_text(r, 1))) {
                last = arena_append(a, ret);
                last->id = ask_text(a, r, 1);
        }
        if (status_parse(db_text(r, 2), &word))
                last->hosts[word] += db_number(r, 4);
}

static int count_all(struct store *s, int64_t tenant, const struct ask_filter *f, struct arena *a, struct ask_status *ret, struct diag *d) {
        struct ask_sql q = { .a = a };
        struct db_rows r;
        int status;

        if (over_shown(&q, s, tenant, f, counts, &r, d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0) {
                if (db_number(&r, 0) == ANSWER_WORST)
                        add_worst(&r, ret);
                else if (db_number(&r, 0) == ANSWER_FLAW)
                        add_flaw(&r, a, &ret->flaws);
                else
                        *arena_append(a, &ret->owners) = (struct ask_owner){ .who = ask_text(a, &r, 1), .hosts = db_number(&r, 4),
                                                                             .flaws = db_number(&r, 3) };
        }
        db_end(&r);
        return status;
}

/* The worst are found by numbers alone, which stand in an index (schema.c, 5); only of them more is read. */
static const char worst_kinds[] =
        ", worst AS MATERIALIZED (SELECT shown.id, shown.hosts, o.vulnerable, o.partial, o.unknown FROM shown"
        "  JOIN outcome o ON o.id = shown.outcome WHERE o.vulnerable + o.partial > 0"
        "  ORDER BY o.vulnerable DESC, o.partial DESC, shown.hosts DESC, shown.id LIMIT 10)"
        " SELECT p.hex, p.processor, p.kernel, p.place, (SELECT h.name FROM host h WHERE h.fingerprint = p.id LIMIT 1), worst.hosts,"
        " worst.vulnerable, worst.partial, worst.unknown FROM worst JOIN fingerprint p ON p.id = worst.id"
        " ORDER BY worst.vulnerable DESC, worst.partial DESC, worst.hosts DESC, worst.id";

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

/* Of those that were not judged, where there are some. */
static int count_damaged(struct store *s, int64_t tenant, const struct ask_filter *f, struct arena *a, struct ask_status *ret, struct diag *d) {
        struct ask_sql q = { .a = a };
        struct db_rows r;
        int status;

        if (ret->not_judged == 0)
                return 0;
        if (over_shown(&q, s, tenant, f, " SELECT CAST(sum(shown.hosts) AS BIGINT) FROM shown JOIN fingerprint p ON p.id = shown.id"
                                         " WHERE shown.outcome IS NULL AND p.size = 0", &r, d) < 0)
                return -1;
        status = db_next(&r, d);
        ret->damaged = status > 0 ? db_number(&r, 0) : 0;
        db_end(&r);
        return status < 0 ? -1 : 0;
}

int ask_status(struct store *s, int64_t tenant, const struct ask_filter *f, struct arena *a, struct ask_status *ret, struct diag *d) {
        *ret = (struct ask_status){ 0 };
        if (one(s, tenant, "SELECT count(*) FROM kept_aside WHERE tenant = ?1", &ret->kept_aside, d) < 0 ||
            one(s, tenant, "SELECT count(*) FROM resource WHERE tenant = ?1", &ret->resources, d) < 0)
                return -1;
        if (read_catalog(s, a, ret, d) < 0 || count_all(s, tenant, f, a, ret, d) < 0 || count_damaged(s, tenant, f, a, ret, d) < 0)
                return -1;
        return find_kinds(s, tenant, f, a, &ret->kinds, d);
}
