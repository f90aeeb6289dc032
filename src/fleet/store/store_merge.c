/* What was gathered, into the tables: loaded into temporary ones, then merged by statements over all of it. */
#include <stdlib.h>

#include "base/sha256.h"
#include "fleet/store/body.h"
#include "fleet/store/store_parts.h"

int store_make_stage(struct db *db, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };

        return db_exec(db, db_words(db, &a,
                "CREATE TEMPORARY TABLE IF NOT EXISTS stage (tenant BIGINT, name TEXT, ident TEXT, hex TEXT, time BIGINT, tags TEXT,"
                " origin TEXT, redacted BIGINT)$STAGED;"
                "CREATE TEMPORARY TABLE IF NOT EXISTS stage_body (place BIGINT, tenant BIGINT, hex TEXT, body $BYTES, size BIGINT, first BIGINT)$STAGED;"
                "CREATE TEMPORARY TABLE IF NOT EXISTS move (way BIGINT, host BIGINT, fingerprint BIGINT, old BIGINT, since BIGINT,"
                " last BIGINT, tenant BIGINT, name TEXT, ident TEXT, time BIGINT, tags TEXT, origin TEXT, redacted BIGINT)$STAGED;"
                "CREATE TEMPORARY TABLE IF NOT EXISTS changed (tenant BIGINT, name TEXT, old BIGINT, new BIGINT);"), d);
}

static int run(struct db *db, const char *sql, int64_t *ret_count, struct diag *d) {
        if (db_run(db, sql, DB_NO_ARGS, d) < 0)
                return -1;
        if (ret_count)
                *ret_count += db->changed;
        return 0;
}

/* What a round left, and where rows outlive their transaction, what the last one did. */
static int empty(struct db *db, const char *tables, ptrdiff_t round, struct diag *d) {
        return round > 0 || !*db->engine->staged ? db_exec(db, tables, d) : 0;
}

/* ---- Evidence ---- */

static int load_bodies(struct store *s, struct diag *d) {
        struct db_load l;
        int status = 0;

        if (db_load_begin(s->db, &l, "stage_body", "place, tenant, hex, body, size, first", d) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < s->reports.count && status == 0; i++) {
                const struct store_report *r = &s->reports.items[i];
                const struct db_value row[] = { DB_N(i), DB_N(r->tenant), DB_T(r->fingerprint), DB_B(r->body), DB_N(r->size), DB_N(r->time) };

                if (r->body.len > 0)
                        status = db_load_row(&l, row, d);
        }
        return db_load_end(&l, status == 0, d) < 0 ? -1 : status;
}

/* With as many hosts as reports of the first round name each: it is hardly ever another number, and what is written once is not written again. In
 * the order in which they came, so that every engine numbers them alike. */
static const char add_bodies[] =
        "INSERT INTO fingerprint (tenant, hex, body, size, hosts, first) SELECT b.tenant, b.hex, b.body, b.size, coalesce(n.hosts, 0), b.first"
        " FROM stage_body b LEFT JOIN (SELECT tenant, hex, count(*) AS hosts FROM stage GROUP BY tenant, hex) n"
        " ON n.tenant = b.tenant AND n.hex = b.hex WHERE true ORDER BY b.place ON CONFLICT (tenant, hex)"
        " DO UPDATE SET body = excluded.body, size = excluded.size WHERE fingerprint.size = 0"; /* it was damaged, and is whole again */

/* Gives the last fingerprint that was there before: numbers only grow. */
static int merge_bodies(struct store *s, int64_t *ret_last, struct diag *d) {
        *ret_last = INT64_MAX;
        if (s->fresh.count == 0)
                return 0;
        if (empty(s->db, "DELETE FROM stage_body", 0, d) < 0 || load_bodies(s, d) < 0 ||
            db_one(s->db, ret_last, 0, "SELECT max(id) FROM fingerprint", DB_NO_ARGS, d) < 0)
                return -1;
        return run(s->db, add_bodies, &s->new_fingerprints, d);
}

/* ---- Hosts ---- */

/* The reports in rounds, each of which has a host once at most: what comes in later is merged later. */
struct round {
        const struct store_report *report;
        ptrdiff_t arrival, round;
};

static int by_host(const void *a, const void *b) {
        const struct round *x = a, *y = b;
        int order = x->report->tenant != y->report->tenant ? (x->report->tenant < y->report->tenant ? -1 : 1)
                                                           : str_cmp(x->report->host, y->report->host);

        if (order == 0)
                order = str_cmp(x->report->ident, y->report->ident);
        return order ? order : x->arrival < y->arrival ? -1 : 1;
}

static bool same_host(const struct store_report *a, const struct store_report *b) {
        return a->tenant == b->tenant && str_eq(a->host, b->host) && str_eq(a->ident, b->ident);
}

/* Sorted by host, which is the order of the table's index, too. Gives how many rounds there are. */
static ptrdiff_t make_rounds(struct store *s, struct round *all) {
        ptrdiff_t rounds = s->reports.count > 0;

        for (ptrdiff_t i = 0; i < s->reports.count; i++)
                all[i] = (struct round){ .report = &s->reports.items[i], .arrival = i };
        if (s->reports.count > 0)
                qsort(all, (size_t)s->reports.count, sizeof(*all), by_host);
        for (ptrdiff_t i = 1; i < s->reports.count; i++) {
                all[i].round = same_host(all[i].report, all[i - 1].report) ? all[i - 1].round + 1 : 0;
                rounds = all[i].round >= rounds ? all[i].round + 1 : rounds;
        }
        return rounds;
}

static int load_round(struct store *s, const struct round *all, ptrdiff_t round, int64_t *ret_count, struct diag *d) {
        struct db_load l;
        int status = 0;

        *ret_count = 0;
        if (db_load_begin(s->db, &l, "stage", "tenant, name, ident, hex, time, tags, origin, redacted", d) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < s->reports.count && status == 0; i++) {
                const struct store_report *r = all[i].report;
                const struct db_value row[] = { DB_N(r->tenant), DB_T(r->host), DB_T(r->ident), DB_T(r->fingerprint), DB_N(r->time),
                                                r->tags.p ? DB_T(r->tags) : DB_NONE, DB_T(r->origin), DB_N(r->redacted) };

                if (all[i].round != round)
                        continue;
                status = db_load_row(&l, row, d);
                ++*ret_count;
        }
        return db_load_end(&l, status == 0, d) < 0 ? -1 : status;
}

/* What each report means for its host. */
static const char sort_out[] =
        "INSERT INTO move SELECT"
        " CASE WHEN h.id IS NULL THEN 0"
        "  WHEN s.time < h.last THEN 3"
        "  WHEN h.fingerprint = f.id AND s.time = h.last AND coalesce(s.tags, h.tags) = h.tags THEN 4"
        "  WHEN h.fingerprint = f.id THEN 1"
        "  WHEN EXISTS (SELECT 1 FROM sighting g WHERE g.host = h.id AND g.fingerprint = f.id AND g.first <= s.time AND g.last >= s.time)"
        "   THEN 4"
        "  ELSE 2 END,"
        " h.id, f.id, h.fingerprint, h.since, h.last, s.tenant, s.name, s.ident, s.time, s.tags, s.origin, s.redacted"
        " FROM stage s JOIN fingerprint f ON f.tenant = s.tenant AND f.hex = s.hex"
        " LEFT JOIN host h ON h.tenant = s.tenant AND h.name = s.name AND h.ident = s.ident";

static const char add_new[] =
        "INSERT INTO host (tenant, name, ident, fingerprint, first, since, last, tags, origin, redacted)"
        " SELECT tenant, name, ident, fingerprint, time, time, time, coalesce(tags, ''), origin, redacted FROM move WHERE way = 0";
static const char keep_past[] =
        "INSERT INTO sighting (host, fingerprint, first, last) SELECT host, old, since, last FROM move WHERE way = 2"
        " ON CONFLICT (host, first, fingerprint) DO NOTHING";
static const char update_same[] = "UPDATE host SET last = m.time FROM move AS m WHERE m.way = 1 AND host.id = m.host";
/* By itself: an engine may write an index anew for whatever is set, other or not. */
static const char update_tags[] = "UPDATE host SET tags = m.tags FROM move AS m WHERE m.way = 1 AND host.id = m.host AND host.tags <> m.tags";
static const char update_changed[] =
        "UPDATE host SET fingerprint = m.fingerprint, since = m.time, last = m.time, tags = coalesce(m.tags, host.tags), origin = m.origin,"
        " redacted = m.redacted FROM move AS m WHERE m.way = 2 AND host.id = m.host";
static const char note_changes[] = "INSERT INTO changed SELECT tenant, name, old, fingerprint FROM move WHERE way = 2";
/* How many hosts show each fingerprint: kept up here, so that nobody ever counts hosts. Behind ?1 all reports were counted before. */
static const char count_hosts[] =
        "UPDATE fingerprint SET hosts = hosts + n.more FROM ("
        " SELECT id, CAST(sum(more) AS BIGINT) AS more FROM ("
        "  SELECT fingerprint AS id, sum(CASE WHEN way = 0 OR way = 2 THEN 1 ELSE 0 END) - CASE WHEN fingerprint > ?1 THEN count(*) ELSE 0 END AS more"
        "  FROM move GROUP BY fingerprint"
        "  UNION ALL SELECT old AS id, -count(*) AS more FROM move WHERE way = 2 GROUP BY old) AS each_one"
        " GROUP BY id HAVING sum(more) <> 0) AS n WHERE fingerprint.id = n.id";

/* And how many were seen last in each hour, where that is another one now. */
static const char count_seen[] =
        "INSERT INTO seen (tenant, hour, hosts) SELECT tenant, hour, CAST(sum(more) AS BIGINT) FROM ("
        "  SELECT tenant, time / 3600 AS hour, count(*) AS more FROM move WHERE way = 0 OR (way IN (1, 2) AND time / 3600 <> last / 3600)"
        "  GROUP BY tenant, time / 3600"
        "  UNION ALL SELECT tenant, last / 3600 AS hour, -count(*) AS more FROM move WHERE way IN (1, 2) AND time / 3600 <> last / 3600"
        "  GROUP BY tenant, last / 3600) AS each_one"
        " WHERE true GROUP BY tenant, hour ON CONFLICT (tenant, hour) DO UPDATE SET hosts = seen.hosts + excluded.hosts";

/* How many of each way, of another hour than before, and of the same kind with tags: most statements are then about nobody. */
enum { MOVE_NEW, MOVE_SAME, MOVE_CHANGED, MOVE_LATE, MOVE_HOUR, MOVE_TAGS, MOVES };
#define HOW_MANY(condition) "coalesce(sum(CASE WHEN " condition " THEN 1 ELSE 0 END), 0)"
static const char tell_ways[] =
        "SELECT " HOW_MANY("way = 0") ", " HOW_MANY("way = 1") ", " HOW_MANY("way = 2") ", " HOW_MANY("way = 3") ", "
        HOW_MANY("way IN (1, 2) AND time / 3600 <> last / 3600") ", "
        HOW_MANY("way = 1 AND tags IS NOT NULL") " FROM move";

static int count_ways(struct db *db, int64_t ret[MOVES], struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(db, &r, tell_ways, DB_NO_ARGS, d) < 0)
                return -1;
        status = db_next(&r, d);
        for (int i = 0; i < MOVES; i++)
                ret[i] = status > 0 ? db_number(&r, i) : 0;
        db_end(&r);
        return status < 0 ? -1 : 0;
}

/* `last`: as merge_bodies() gave it. */
static int settle_round(struct store *s, const int64_t n[MOVES], int64_t last, struct diag *d) {
        struct db *db = s->db;

        if ((n[MOVE_NEW] && run(db, add_new, &s->new_hosts, d) < 0) || (n[MOVE_SAME] && run(db, update_same, NULL, d) < 0) ||
            (n[MOVE_TAGS] && run(db, update_tags, NULL, d) < 0))
                return -1;
        if (n[MOVE_CHANGED] && (run(db, keep_past, NULL, d) < 0 || run(db, update_changed, &s->changed_hosts, d) < 0 ||
                               (s->keep_changes && run(db, note_changes, NULL, d) < 0)))
                return -1;
        if ((n[MOVE_NEW] || n[MOVE_CHANGED] || last != INT64_MAX) && db_run(db, count_hosts, DB_ARGS(DB_N(last)), d) < 0)
                return -1;
        if ((n[MOVE_NEW] || n[MOVE_HOUR]) && run(db, count_seen, NULL, d) < 0)
                return -1;
        return n[MOVE_LATE] ? store_merge_late(db, d) : 0;
}

static int merge_round(struct store *s, const struct round *all, ptrdiff_t round, struct diag *d) {
        int64_t loaded, sorted = 0, last = INT64_MAX, ways[MOVES];

        if (empty(s->db, "DELETE FROM stage; DELETE FROM move", round, d) < 0 || load_round(s, all, round, &loaded, d) < 0 ||
            (round == 0 && merge_bodies(s, &last, d) < 0) || run(s->db, sort_out, &sorted, d) < 0)
                return -1;
        if (sorted != loaded) { /* fingerprints that were known, and went (fleet prune): whoever reports is asked for the evidence again */
                seen_forget(&s->known);
                s->db->try_again = true;
                return diag_fail(d, "'%.*s': evidence that was there is gone; nothing was changed", STR_ARG(s->db->name));
        }
        return count_ways(s->db, ways, d) < 0 ? -1 : settle_round(s, ways, last, d);
}

static int merge_hosts(struct store *s, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct round *all = arena_array(&a, struct round, s->reports.count + 1);
        ptrdiff_t rounds = make_rounds(s, all);

        for (ptrdiff_t i = 0; i < rounds; i++)
                if (merge_round(s, all, i, d) < 0)
                        return -1;
        return 0;
}

/* ---- What could not be read; resources ---- */

static struct str digest_of(struct arena *a, const struct store_aside *aside) {
        char *hex = arena_bytes(a, 65);
        struct sha256 h;

        sha256_init(&h);
        sha256_add(&h, str_fmt(a, "%td\n", aside->name.len));
        sha256_add(&h, aside->name);
        sha256_add(&h, aside->bytes);
        sha256_hex(&h, hex);
        return str_n(hex, 64);
}

static int merge_aside(struct store *s, const struct store_aside *x, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct str digest = digest_of(&a, x);
        int64_t known;

        if (!x->reason.len) /* it came in well: no more of that, nor as a file of that name that could not be opened */
                return db_run(s->db, "DELETE FROM kept_aside WHERE tenant = ?1 AND digest IN (?2, ?3)",
                              DB_ARGS(DB_N(x->tenant), DB_T(digest),
                                      DB_T(digest_of(&a, &(struct store_aside){ .name = x->name, .bytes = S("") }))), d);
        if (db_one(s->db, &known, 0, "SELECT 1 FROM kept_aside WHERE tenant = ?1 AND digest = ?2", DB_ARGS(DB_N(x->tenant), DB_T(digest)), d) < 0)
                return -1;
        s->new_asides += !known;
        return db_run(s->db, "INSERT INTO kept_aside (tenant, digest, name, reason, body, size, first, last)"
                             " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT (tenant, digest)"
                             " DO UPDATE SET last = excluded.last, reason = excluded.reason",
                      DB_ARGS(DB_N(x->tenant), DB_T(digest), DB_T(x->name), DB_T(x->reason), DB_B(body_pack(&a, x->bytes)), DB_N(x->bytes.len),
                              DB_N(x->time)), d);
}

static int merge_asides(struct store *s, struct diag *d) {
        for (ptrdiff_t i = 0; i < s->asides.count; i++)
                if (merge_aside(s, &s->asides.items[i], d) < 0)
                        return -1;
        return 0;
}

int store_give_up_body(struct store *s, int64_t fingerprint, const struct store_aside *a, struct diag *d) {
        seen_forget(&s->known);
        if (merge_aside(s, a, d) < 0 || store_note_gone(s, d) < 0)
                return -1;
        return db_run(s->db, "UPDATE fingerprint SET body = ?2, size = 0, outcome = NULL, catalog = NULL WHERE id = ?1",
                      DB_ARGS(DB_N(fingerprint), DB_B(S(""))), d);
}

static int merge_resources(struct store *s, struct diag *d) {
        for (ptrdiff_t i = 0; i < s->resources.count; i++) {
                const struct store_resource *x = &s->resources.items[i];

                if (db_run(s->db, "INSERT INTO resource (tenant, name, title, type, offering, provider, os, first, last)"
                                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) ON CONFLICT (tenant, name) DO UPDATE SET"
                                  " title = excluded.title, type = excluded.type, offering = excluded.offering, os = excluded.os,"
                                  " last = excluded.last WHERE excluded.last >= resource.last",
                           DB_ARGS(DB_N(x->tenant), DB_T(x->name), DB_T(x->title), DB_T(x->type), DB_T(x->offering), DB_T(x->provider),
                                   DB_T(x->os), DB_N(x->time)), d) < 0)
                        return -1;
        }
        return 0;
}

int store_merge(struct store *s, struct diag *d) {
        if (db_lock(s->db, d) < 0 || store_is_same(s, d) < 0)
                return -1;
        return merge_hosts(s, d) < 0 || merge_asides(s, d) < 0 ? -1 : merge_resources(s, d);
}
