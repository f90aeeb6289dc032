#include "fleet/ask/ask_sql.h"

#define FINDING "f.id, f.flaw, f.status, f.owner, f.who, f.rule, f.reason, f.boundaries, f.fixes, f.ask, f.at_stake"

static void read_finding(struct ask_finding *ret, struct arena *a, const struct db_rows *r) {
        struct str *const texts[] = { &ret->flaw, &ret->status, &ret->owner, &ret->who, &ret->rule, &ret->reason, &ret->boundaries,
                                      &ret->fixes, &ret->ask };

        ret->id = db_number(r, 0);
        for (int i = 0; i < 9; i++)
                *texts[i] = ask_text(a, r, 1 + i);
        ret->at_stake = db_number(r, 10) != 0;
        ret->hosts = db_number(r, 11);
}

int ask_flaws(struct store *s, int64_t tenant, const struct ask_filter *f, struct arena *a, struct ask_findings *ret, struct diag *d) {
        struct ask_sql q = { .a = a };
        struct db_rows r;
        int status;

        if (ask_shown(&q, s, tenant, f, d) < 0)
                return -1;
        ASK_TEXT(&q, ", summed AS (SELECT outcome, sum(hosts) AS hosts FROM shown WHERE outcome IS NOT NULL GROUP BY outcome),"
                     " counted AS (SELECT o.finding, CAST(sum(summed.hosts) AS BIGINT) AS hosts FROM summed"
                     " JOIN outcome_finding o ON o.outcome = summed.outcome GROUP BY o.finding)"
                     " SELECT " FINDING ", counted.hosts FROM counted JOIN finding f ON f.id = counted.finding WHERE true");
        ask_of_finding(&q, f);
        ASK_TEXT(&q, " ORDER BY f.flaw, CASE f.status WHEN 'vulnerable' THEN 0 WHEN 'partial' THEN 1 WHEN 'unknown' THEN 2 WHEN 'mitigated' THEN 3"
                     " ELSE 4 END, counted.hosts DESC, f.id");
        if (ask_run_query(&q, s, &r, d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                read_finding(arena_append(a, ret), a, &r);
        db_end(&r);
        return status;
}

int ask_outcome(struct store *s, int64_t outcome, struct arena *a, struct ask_findings *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, "SELECT " FINDING ", 0 FROM outcome_finding o JOIN finding f ON f.id = o.finding WHERE o.outcome = ?1"
                                " ORDER BY o.position", DB_ARGS(DB_N(outcome)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                read_finding(arena_append(a, ret), a, &r);
        db_end(&r);
        return status;
}
