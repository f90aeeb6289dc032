#include "fleet/store/prune.h"

static int run(struct store *s, const char *sql, const struct db_value *args, int count, int64_t *ret_count, struct diag *d) {
        if (db_run(s->db, sql, args, count, d) < 0)
                return -1;
        if (ret_count)
                *ret_count += s->db->changed;
        return 0;
}

static const char of_lost_hosts[] =
        "UPDATE fingerprint SET hosts = hosts - gone.n FROM (SELECT fingerprint, count(*) AS n FROM host WHERE tenant = ?1 AND last < ?2"
        " GROUP BY fingerprint) AS gone WHERE fingerprint.id = gone.fingerprint";
/* Anew from what is left, so that it is right whatever wrote before. */
static const char seen_now[] =
        "INSERT INTO seen (tenant, hour, hosts) SELECT tenant, last / 3600, count(*) FROM host WHERE tenant = ?1 GROUP BY tenant, last / 3600";
static const char unused[] =
        "DELETE FROM fingerprint WHERE tenant = ?1 AND hosts = 0 AND first < ?2 AND NOT EXISTS (SELECT 1 FROM sighting s WHERE s.fingerprint = fingerprint.id)"
        " AND NOT EXISTS (SELECT 1 FROM host h WHERE h.fingerprint = fingerprint.id)";

static int prune(struct store *s, int64_t tenant, int64_t before, struct pruned *ret, struct diag *d) {
        const struct db_value args[] = { DB_N(tenant), DB_N(before) };

        if (db_lock(s->db, d) < 0 ||
            run(s, "DELETE FROM sighting WHERE last < ?2 AND host IN (SELECT id FROM host WHERE tenant = ?1)", args, 2, &ret->sightings, d) < 0 ||
            run(s, "DELETE FROM sighting WHERE host IN (SELECT id FROM host WHERE tenant = ?1 AND last < ?2)", args, 2, &ret->sightings, d) < 0 ||
            run(s, of_lost_hosts, args, 2, NULL, d) < 0 ||
            run(s, "DELETE FROM host WHERE tenant = ?1 AND last < ?2", args, 2, &ret->hosts, d) < 0 ||
            run(s, "DELETE FROM seen WHERE tenant = ?1", args, 1, NULL, d) < 0 || run(s, seen_now, args, 1, NULL, d) < 0 ||
            run(s, unused, args, 2, &ret->fingerprints, d) < 0 ||
            run(s, "DELETE FROM kept_aside WHERE tenant = ?1 AND last < ?2", args, 2, &ret->kept_aside, d) < 0)
                return -1;
        if (run(s, "DELETE FROM verdict WHERE NOT EXISTS (SELECT 1 FROM fingerprint p WHERE p.id = verdict.fingerprint)", DB_NO_ARGS, NULL, d) < 0 ||
            run(s, "DELETE FROM outcome_finding WHERE NOT EXISTS (SELECT 1 FROM verdict v WHERE v.outcome = outcome_finding.outcome)",
                DB_NO_ARGS, NULL, d) < 0 ||
            run(s, "DELETE FROM outcome WHERE NOT EXISTS (SELECT 1 FROM verdict v WHERE v.outcome = outcome.id)", DB_NO_ARGS, NULL, d) < 0 ||
            run(s, "DELETE FROM shape WHERE NOT EXISTS (SELECT 1 FROM outcome o WHERE o.shape = shape.id)", DB_NO_ARGS, NULL, d) < 0 ||
            run(s, "DELETE FROM shape_part WHERE NOT EXISTS (SELECT 1 FROM shape x WHERE x.id = shape_part.shape)", DB_NO_ARGS, NULL, d) < 0 ||
            run(s, "DELETE FROM finding WHERE NOT EXISTS (SELECT 1 FROM outcome_finding o WHERE o.finding = finding.id)", DB_NO_ARGS, NULL, d) < 0)
                return -1;
        return (ret->fingerprints > 0 && store_note_gone(s, d) < 0) ? -1 : db_commit(s->db, d);
}

int prune_store(struct store *s, int64_t tenant, int64_t before, struct pruned *ret, struct diag *d) {
        int status;

        *ret = (struct pruned){ 0 };
        if (db_begin(s->db, d) < 0)
                return -1;
        status = prune(s, tenant, before, ret, d);
        if (status < 0)
                db_rollback(s->db);
        seen_forget(&s->known);
        return status;
}
