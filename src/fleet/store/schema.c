#include "fleet/store/schema.h"

/* The first table of all: it holds the version. */
static const char meta[] = "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)";

/* What a version adds to the one before. A script that was released never changes: a new one follows it. */
static const char *const steps[] = {
        /* 1. Evidence by fingerprint, hosts, verdicts by fingerprint. */
        "CREATE TABLE tenant (id $IDENTITY, name TEXT NOT NULL UNIQUE);"
        "CREATE TABLE catalog (id $IDENTITY, digest TEXT NOT NULL UNIQUE, program TEXT NOT NULL, first BIGINT NOT NULL);"
        /* One flaw's verdict, in words; and what a whole machine comes to: an ordered set of them. Many fingerprints share each. */
        "CREATE TABLE finding (id $IDENTITY, digest TEXT NOT NULL UNIQUE, flaw TEXT NOT NULL, status TEXT NOT NULL, owner TEXT NOT NULL,"
        " who TEXT NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL, boundaries TEXT NOT NULL, fixes TEXT NOT NULL, ask TEXT NOT NULL,"
        " at_stake BIGINT NOT NULL);"
        "CREATE TABLE outcome (id $IDENTITY, digest TEXT NOT NULL UNIQUE, worst TEXT NOT NULL, vulnerable BIGINT NOT NULL,"
        " partial BIGINT NOT NULL, unknown BIGINT NOT NULL);"
        "CREATE TABLE outcome_finding (outcome BIGINT NOT NULL, position BIGINT NOT NULL, finding BIGINT NOT NULL,"
        " PRIMARY KEY (outcome, position));"
        "CREATE INDEX outcome_finding_finding ON outcome_finding (finding);"
        /* `hosts`: whose present evidence it is. The description is the judge's, NULL until then. */
        "CREATE TABLE fingerprint (id $IDENTITY, tenant BIGINT NOT NULL, hex TEXT NOT NULL, body $BYTES NOT NULL, size BIGINT NOT NULL,"
        " hosts BIGINT NOT NULL, first BIGINT NOT NULL, outcome BIGINT, catalog BIGINT, processor TEXT, cpu TEXT, kernel TEXT, os TEXT, arch TEXT,"
        " cloud TEXT, place TEXT, microcode TEXT, UNIQUE (tenant, hex));"
        "CREATE INDEX fingerprint_outcome ON fingerprint (outcome);"
        "CREATE TABLE verdict (fingerprint BIGINT NOT NULL, catalog BIGINT NOT NULL, outcome BIGINT NOT NULL, time BIGINT NOT NULL,"
        " PRIMARY KEY (fingerprint, catalog));"
        /* What a host showed from `since` to `last` is its row; what it showed before are its sightings. */
        "CREATE TABLE host (id $IDENTITY, tenant BIGINT NOT NULL, name TEXT NOT NULL, ident TEXT NOT NULL, fingerprint BIGINT NOT NULL,"
        " first BIGINT NOT NULL, since BIGINT NOT NULL, last BIGINT NOT NULL, tags TEXT NOT NULL, origin TEXT NOT NULL,"
        " redacted BIGINT NOT NULL, UNIQUE (tenant, name, ident));"
        "CREATE INDEX host_fingerprint ON host (fingerprint);"
        "CREATE TABLE sighting (host BIGINT NOT NULL, fingerprint BIGINT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL,"
        " PRIMARY KEY (host, first, fingerprint));"
        "CREATE INDEX sighting_fingerprint ON sighting (fingerprint);"
        "CREATE TABLE accepted (id $IDENTITY, tenant BIGINT NOT NULL, flaw TEXT NOT NULL, filter TEXT NOT NULL, reason TEXT NOT NULL,"
        " who TEXT NOT NULL, since BIGINT NOT NULL, until BIGINT NOT NULL);"
        "CREATE TABLE kept_aside (id $IDENTITY, tenant BIGINT NOT NULL, digest TEXT NOT NULL, name TEXT NOT NULL, reason TEXT NOT NULL,"
        " body $BYTES NOT NULL, size BIGINT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL, UNIQUE (tenant, digest));"
        "CREATE TABLE history (tenant BIGINT NOT NULL, day TEXT NOT NULL, flaw TEXT NOT NULL, status TEXT NOT NULL, hosts BIGINT NOT NULL,"
        " PRIMARY KEY (tenant, day, flaw, status));"
        "CREATE TABLE audit (id $IDENTITY, tenant BIGINT NOT NULL, time BIGINT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,"
        " about TEXT NOT NULL);"
        "CREATE TABLE resource (id $IDENTITY, tenant BIGINT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL, type TEXT NOT NULL,"
        " offering TEXT NOT NULL, provider TEXT NOT NULL, os TEXT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL,"
        " UNIQUE (tenant, name));"
        /* For other programs that read the file, osquery's automatic tables among them: one row a host and flaw, in words. */
        "CREATE VIEW findings AS SELECT t.name AS tenant, h.name AS host, f.flaw AS flaw, f.status AS status, f.owner AS owner,"
        " f.reason AS reason, f.rule AS rule, p.hex AS fingerprint FROM host h JOIN tenant t ON t.id = h.tenant"
        " JOIN fingerprint p ON p.id = h.fingerprint JOIN outcome_finding o ON o.outcome = p.outcome JOIN finding f ON f.id = o.finding;",
        /* 2. Who may use it over the network; `until` 0: no end. */
        "CREATE TABLE token (id $IDENTITY, tenant BIGINT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, scopes BIGINT NOT NULL,"
        " certificate BIGINT NOT NULL, first BIGINT NOT NULL, until BIGINT NOT NULL);"
        "CREATE INDEX token_digest ON token (digest);",
        /* 3. Which flaw has which status, whoever's job, without the reasons: few for a whole fleet, also where no two outcomes are the same. */
        "CREATE TABLE shape (id $IDENTITY, digest TEXT NOT NULL UNIQUE);"
        "CREATE TABLE shape_part (shape BIGINT NOT NULL, flaw TEXT NOT NULL, status TEXT NOT NULL, who TEXT NOT NULL, at_stake BIGINT NOT NULL,"
        " PRIMARY KEY (shape, flaw));"
        "ALTER TABLE outcome ADD COLUMN shape BIGINT;"
        "CREATE INDEX outcome_shape ON outcome (shape);",
        /* 4. Who handed in how much, by the day. */
        "CREATE TABLE sent (tenant BIGINT NOT NULL, day TEXT NOT NULL, who TEXT NOT NULL, address TEXT NOT NULL, requests BIGINT NOT NULL,"
        " reports BIGINT NOT NULL, kept_aside BIGINT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL, PRIMARY KEY (tenant, day, who));"
        "CREATE INDEX audit_tenant ON audit (tenant, id);",
        /* 5. What counts ask of a kind, without its evidence, beside which it stands. */
        "CREATE INDEX fingerprint_shown ON fingerprint (tenant, outcome, catalog, hosts, id);"
        "DROP INDEX fingerprint_outcome;",
        /* 6. What changed since a day, and who was not seen since an hour, without going through all hosts. */
        "CREATE INDEX host_since ON host (tenant, since, first);"
        "CREATE TABLE seen (tenant BIGINT NOT NULL, hour BIGINT NOT NULL, hosts BIGINT NOT NULL, PRIMARY KEY (tenant, hour));"
        "INSERT INTO seen (tenant, hour, hosts) SELECT tenant, last / 3600, count(*) FROM host GROUP BY tenant, last / 3600;",
        /* 7. Who has a tag, without going through all hosts; of a host without any it has nothing. */
        "CREATE INDEX host_tags ON host (tenant, tags, fingerprint) WHERE tags <> '';",
};

const int schema_version = (int)(sizeof(steps) / sizeof(steps[0]));

int schema_read_version(struct db *db, int *ret, struct diag *d) {
        struct db_rows r;
        uint64_t version = 0;
        int status;

        if (db_exec(db, meta, d) < 0 || db_query(db, &r, "SELECT value FROM meta WHERE name = 'version'", DB_NO_ARGS, d) < 0)
                return -1;
        status = db_next(&r, d);
        if (status > 0 && (!str_to_u64(db_text(&r, 0), &version) || version > INT32_MAX))
                version = INT32_MAX;
        db_end(&r);
        *ret = (int)version;
        return status < 0 ? -1 : 0;
}

static int step(struct db *db, int n, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };

        if (db_exec(db, db_words(db, &a, steps[n]), d) < 0)
                return -1;
        return db_run(db, "INSERT INTO meta (name, value) VALUES ('version', ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                      DB_ARGS(DB_T(str_decimal(&a, (uint64_t)n + 1))), d);
}

/* All steps or none; two programs that upgrade at once do it one after the other. */
static int upgrade(struct db *db, int to, struct diag *d) {
        int version;

        if (db_lock(db, d) < 0 || schema_read_version(db, &version, d) < 0)
                return -1;
        for (; version < to && version < schema_version; version++)
                if (step(db, version, d) < 0)
                        return -1;
        /* With the tables, so that nobody sees a store without it. */
        if (to == schema_version && db_run(db, "INSERT INTO tenant (name) VALUES ('default') ON CONFLICT (name) DO NOTHING", DB_NO_ARGS, d) < 0)
                return -1;
        return db_commit(db, d);
}

int schema_upgrade(struct db *db, int to, struct diag *d) {
        int version, status;

        if (schema_read_version(db, &version, d) < 0)
                return -1;
        if (version > schema_version)
                return diag_fail_class(d, DIAG_INPUT, "'%.*s' is a store of version %d; this program knows versions up to %d: use a newer one",
                                       STR_ARG(db->name), version, schema_version);
        if (version >= to)
                return 0;
        if (db_begin(db, d) < 0)
                return -1;
        status = upgrade(db, to, d);
        db_rollback(db);
        return status;
}
