#include "fleet/ask/changes.h"

#include <stdlib.h>

#include "fleet/ask/ask_sql.h"

/* ---- Since a day ---- */

/* What a host showed then: the run that began last before it. The sum keeps a planner from going through all hosts of all kinds instead of
 * those that changed (schema.c, 6). */
static const char since_then[] =
        ", moved AS (SELECT h.name, h.fingerprint AS after, (SELECT s.fingerprint FROM sighting s WHERE s.host = h.id AND s.first <= ?"
        " ORDER BY s.first DESC, s.last DESC LIMIT 1) AS before FROM host h JOIN shown ON shown.id = h.fingerprint + 0"
        " WHERE h.tenant = ? AND h.since > ? AND h.first <= ?";
static const char by_kind[] =
        ") SELECT m.before, m.after, count(*), min(m.name), x.hex, y.hex, x.outcome, y.outcome FROM moved m"
        " JOIN fingerprint x ON x.id = m.before JOIN fingerprint y ON y.id = m.after WHERE m.before <> m.after"
        " GROUP BY m.before, m.after, x.hex, y.hex, x.outcome, y.outcome ORDER BY 3 DESC, 4";

static int count_new(struct store *s, int64_t tenant, int64_t then, struct changes *ret, struct diag *d) {
        /* What is new shows what it shows since then at the earliest. */
        if (db_one(s->db, &ret->new_hosts, 0, "SELECT count(*) FROM host WHERE tenant = ?1 AND since > ?2 AND first > ?2",
                   DB_ARGS(DB_N(tenant), DB_N(then)), d) < 0)
                return -1;
        return db_one(s->db, &ret->silent_hosts, 0, "SELECT CAST(sum(hosts) AS BIGINT) FROM seen WHERE tenant = ?1 AND hour < ?2 / 3600",
                      DB_ARGS(DB_N(tenant), DB_N(then)), d);
}

int changes_since(struct store *s, int64_t tenant, int64_t then, const struct ask_filter *f, struct arena *a, struct changes *ret, struct diag *d) {
        struct ask_sql q = { .a = a };
        struct db_rows r;
        int status;

        if (ask_shown(&q, s, tenant, f, d) < 0)
                return -1;
        ASK_ADD(&q, since_then, DB_N(then), DB_N(tenant), DB_N(then), DB_N(then));
        ask_of_host(&q, f);
        ASK_TEXT(&q, by_kind);
        if (ask_run_query(&q, s, &r, d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                *arena_append(a, ret) = (struct change){ .before = db_number(&r, 0), .after = db_number(&r, 1), .hosts = db_number(&r, 2),
                                                         .example = ask_text(a, &r, 3), .before_hex = ask_text(a, &r, 4),
                                                         .after_hex = ask_text(a, &r, 5), .before_outcome = db_number(&r, 6),
                                                         .after_outcome = db_number(&r, 7) };
        db_end(&r);
        return status < 0 ? -1 : count_new(s, tenant, then, ret, d);
}

/* ---- Verdicts that turned ---- */

bool changes_is_worse(struct str before, struct str after) {
        enum status x, y;

        return status_parse(before, &x) && status_parse(after, &y) && y > x;
}

static int read_turns(struct db_rows *r, struct arena *a, struct flaw_turns *ret, struct diag *d) {
        int status;

        while ((status = db_next(r, d)) > 0) {
                struct flaw_turn *t = arena_append(a, ret);

                *t = (struct flaw_turn){ .flaw = ask_text(a, r, 0), .before = ask_text(a, r, 1), .after = ask_text(a, r, 2),
                                         .reason = ask_text(a, r, 3), .hosts = db_number(r, 4) };
                t->worse = changes_is_worse(t->before, t->after);
        }
        db_end(r);
        return status;
}

int changes_of_outcomes(struct store *s, int64_t before, int64_t after, int64_t hosts, struct arena *a, struct flaw_turns *ret, struct diag *d) {
        struct db_rows r;

        if (db_query(s->db, &r, "SELECT x.flaw, x.status, y.status, y.reason, CAST(?3 AS BIGINT) FROM outcome_finding a"
                                " JOIN finding x ON x.id = a.finding JOIN outcome_finding b ON b.outcome = ?2"
                                " JOIN finding y ON y.id = b.finding AND y.flaw = x.flaw WHERE a.outcome = ?1 AND x.status <> y.status"
                                " ORDER BY a.position", DB_ARGS(DB_N(before), DB_N(after), DB_N(hosts)), d) < 0)
                return -1;
        return read_turns(&r, a, ret, d);
}

int changes_of_rejudge(struct store *s, int64_t tenant, struct arena *a, struct flaw_turns *ret, struct diag *d) {
        struct db_rows r;

        if (db_query(s->db, &r, "WITH pairs AS (SELECT t.old, t.new, sum(p.hosts) AS hosts FROM turned t JOIN fingerprint p"
                                " ON p.id = t.fingerprint WHERE p.tenant = ?1 GROUP BY t.old, t.new)"
                                " SELECT x.flaw, x.status, y.status, min(y.reason), CAST(sum(pairs.hosts) AS BIGINT) FROM pairs"
                                " JOIN outcome_finding a ON a.outcome = pairs.old JOIN finding x ON x.id = a.finding"
                                " JOIN outcome_finding b ON b.outcome = pairs.new JOIN finding y ON y.id = b.finding AND y.flaw = x.flaw"
                                " WHERE x.status <> y.status AND pairs.hosts > 0 GROUP BY x.flaw, x.status, y.status ORDER BY 1, 2, 3",
                     DB_ARGS(DB_N(tenant)), d) < 0)
                return -1;
        return read_turns(&r, a, ret, d);
}

/* ---- History ---- */

static int note_row(struct store *s, int64_t tenant, struct str day, struct str flaw, struct str status, int64_t hosts, struct diag *d) {
        return db_run(s->db, "INSERT INTO history (tenant, day, flaw, status, hosts) VALUES (?1, ?2, ?3, ?4, ?5)"
                             " ON CONFLICT (tenant, day, flaw, status) DO UPDATE SET hosts = excluded.hosts"
                             " WHERE history.hosts <> excluded.hosts",
                      DB_ARGS(DB_N(tenant), DB_T(day), DB_T(flaw), DB_T(status), DB_N(hosts)), d);
}

static int note_counts(struct store *s, int64_t tenant, struct str day, struct str flaw, const int64_t *hosts, struct diag *d) {
        for (int i = 0; i < STATUS_COUNT; i++)
                if (note_row(s, tenant, day, flaw, status_word((enum status)i), hosts[i], d) < 0)
                        return -1;
        return 0;
}

static int note_all(struct store *s, int64_t tenant, struct str day, const struct ask_status *now, struct diag *d) {
        if (db_lock(s->db, d) < 0 || note_counts(s, tenant, day, S(""), now->worst, d) < 0 ||
            note_row(s, tenant, day, S(""), S("hosts"), now->hosts, d) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < now->flaws.count; i++)
                if (note_counts(s, tenant, day, now->flaws.items[i].id, now->flaws.items[i].hosts, d) < 0)
                        return -1;
        return db_commit(s->db, d);
}

int history_note(struct store *s, int64_t tenant, struct str day, struct diag *d) {
        static const struct ask_filter everything = { 0 };
        ARENA_AUTO struct arena a = { 0 };
        struct ask_status now;
        int status;

        if (ask_status(s, tenant, &everything, &a, &now, d) < 0 || db_begin(s->db, d) < 0)
                return -1;
        status = note_all(s, tenant, day, &now, d);
        if (status < 0)
                db_rollback(s->db);
        return status;
}

static int read_written(struct store *s, int64_t tenant, struct str since, struct str flaw, struct arena *a, struct history *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, "SELECT day, flaw, status, hosts FROM history WHERE tenant = ?1 AND flaw = ?2 AND day >= ?3"
                                " ORDER BY day, flaw, status", DB_ARGS(DB_N(tenant), DB_T(flaw), DB_T(since)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                *arena_append(a, ret) = (struct history_row){ .day = ask_text(a, &r, 0), .flaw = ask_text(a, &r, 1),
                                                              .status = ask_text(a, &r, 2), .hosts = db_number(&r, 3) };
        db_end(&r);
        return status;
}

/* What a flaw's rows of a day would be; NULL: nobody was judged for it. */
static const int64_t *counts_now(const struct ask_status *now, struct str flaw) {
        if (flaw.len == 0)
                return now->worst;
        for (ptrdiff_t i = 0; i < now->flaws.count; i++)
                if (str_eq(now->flaws.items[i].id, flaw))
                        return now->flaws.items[i].hosts;
        return NULL;
}

static int by_status(const void *a, const void *b) {
        return str_cmp(((const struct history_row *)a)->status, ((const struct history_row *)b)->status);
}

static void add_now(struct history *h, struct arena *a, struct str today, struct str flaw, const struct ask_status *now) {
        const int64_t *counts = counts_now(now, flaw);
        ptrdiff_t first;

        while (h->count > 0 && str_eq(h->items[h->count - 1].day, today))
                h->count--;
        first = h->count;
        for (int i = 0; i < STATUS_COUNT; i++)
                *arena_append(a, h) = (struct history_row){ .day = today, .flaw = flaw, .status = status_word((enum status)i), .hosts = counts[i] };
        if (flaw.len == 0)
                *arena_append(a, h) = (struct history_row){ .day = today, .flaw = flaw, .status = S("hosts"), .hosts = now->hosts };
        qsort(h->items + first, (size_t)(h->count - first), sizeof(*h->items), by_status);
}

int history_read(struct store *s, int64_t tenant, struct str since, struct str today, struct str flaw, struct arena *a,
                 struct history *ret, struct diag *d) {
        static const struct ask_filter everything = { 0 };
        struct ask_status now;

        if (read_written(s, tenant, since, flaw, a, ret, d) < 0 || ask_status(s, tenant, &everything, a, &now, d) < 0)
                return -1;
        if (now.hosts > 0 && counts_now(&now, flaw) && str_cmp(since, today) <= 0 &&
            (ret->count == 0 || str_cmp(ret->items[ret->count - 1].day, today) <= 0)) /* else a clock was ahead: let it stand */
                add_now(ret, a, today, flaw, &now);
        return 0;
}
