#include "fleet/intake/judge.h"

#include "base/sha256.h"
#include "fleet/intake/judge_words.h"
#include "fleet/store/body.h"
#include "platform/program.h"

/* So many, or so many bytes of evidence, are judged together, and written in one transaction. */
enum { TOGETHER = 2048, TOGETHER_BYTES = 16 << 20 };

/* What goes into the temporary tables: rows of values, whose texts live as long as the batch. */
enum { NEW_FINDING, NEW_SHAPE, NEW_SHAPE_PART, NEW_OUTCOME, NEW_PART, NEW_VERDICT, TABLES };

struct rows {
        struct db_value *items;
        ptrdiff_t count, capacity;
};

static const struct {
        const char *name, *columns;
        int width;
} tables[TABLES] = {
        [NEW_FINDING] = { "new_finding", "digest, flaw, status, owner, who, rule, reason, boundaries, fixes, ask, at_stake", 11 },
        [NEW_SHAPE] = { "new_shape", "digest", 1 },
        [NEW_SHAPE_PART] = { "new_shape_part", "shape, flaw, status, who, at_stake", 5 },
        [NEW_OUTCOME] = { "new_outcome", "digest, worst, vulnerable, partial, unknown, shape", 6 },
        [NEW_PART] = { "new_part", "outcome, position, finding", 3 },
        [NEW_VERDICT] = { "new_verdict", "fingerprint, outcome, processor, cpu, kernel, os, arch, cloud, place, microcode", 10 },
};

struct waiting {
        int64_t id, size, tenant;
        struct str body, hex;
};

/* The store holds it damaged. */
struct damaged {
        const struct waiting *what;
        struct str why;
};

struct judging {
        struct store *store;
        const struct catalog *catalog;
        int64_t catalog_id, now, last;
        enum judge_which which;
        struct arena arena;             /* of those that are judged together */
        struct arena scratch;           /* of the one at hand */
        struct bulk bulk;
        struct verdict_options options;
        struct told_finding *told;      /* of the one at hand, by the flaw's number */
        struct digests digests;
        struct seen findings, outcomes, shapes; /* digests that the store has, or will have with this batch */
        struct waitings { struct waiting *items; ptrdiff_t count, capacity; } waiting;
        struct damages { struct damaged *items; ptrdiff_t count, capacity; } damaged;
        struct rows rows[TABLES];
};

static void add_row(struct judging *j, int table, const struct db_value *values) {
        for (int i = 0; i < tables[table].width; i++) {
                struct db_value *v = arena_append(&j->arena, &j->rows[table]);

                *v = values[i];
                if (v->text.p)
                        v->text = str_dup(&j->arena, v->text);
        }
}

/* ---- Rows ---- */

static void add_finding(struct judging *j, struct str flaw, const struct told_finding *t) {
        const struct str *f = t->fields;

        if (seen_before(&j->findings, t->digest))
                return;
        add_row(j, NEW_FINDING, (const struct db_value[]){
                DB_T(t->digest), DB_T(flaw), DB_T(f[TOLD_STATUS]), DB_T(f[TOLD_OWNER]), DB_T(f[TOLD_WHO]), DB_T(f[TOLD_RULE]),
                DB_T(f[TOLD_REASON]), DB_T(f[TOLD_BOUNDARIES]), DB_T(f[TOLD_FIXES]), DB_T(f[TOLD_ASK]),
                DB_N(str_eq(f[TOLD_AT_STAKE], S("1"))) });
}

/* Statuses and whose job, without the reasons. */
static struct str add_shape(struct judging *j) {
        uint32_t flaws = j->catalog->flaw_count;
        struct str digest;
        struct sha256 h;

        sha256_init(&h);
        for (uint32_t i = 0; i < flaws; i++) {
                told_add(&h, T(j->catalog->flaws[i].id));
                told_add(&h, j->told[i].fields[TOLD_STATUS]);
                told_add(&h, j->told[i].fields[TOLD_WHO]);
                told_add(&h, j->told[i].fields[TOLD_AT_STAKE]);
        }
        digest = told_end_digest(&h, &j->scratch);
        if (seen_before(&j->shapes, digest))
                return digest;
        add_row(j, NEW_SHAPE, (const struct db_value[]){ DB_T(digest) });
        for (uint32_t i = 0; i < flaws; i++) {
                const struct str *f = j->told[i].fields;

                add_row(j, NEW_SHAPE_PART, (const struct db_value[]){ DB_T(digest), DB_T(T(j->catalog->flaws[i].id)), DB_T(f[TOLD_STATUS]), DB_T(f[TOLD_WHO]),
                                                                      DB_N(str_eq(f[TOLD_AT_STAKE], S("1"))) });
        }
        return digest;
}

/* How many findings that are at stake have each status; gives the worst. */
static enum status count_found(const struct judging *j, const struct bulk_told *found, int64_t *counts) {
        enum status worst = STATUS_NOT_AFFECTED;

        for (uint32_t i = 0; i < j->catalog->flaw_count; i++) {
                const struct answer_seen *a = &found->found[i];

                if (!a->at_stake)
                        continue;
                counts[a->status]++;
                if (a->status > worst)
                        worst = (enum status)a->status;
        }
        return worst;
}

/* The same for all of them, in order. */
static struct str add_outcome(struct judging *j, const struct bulk_told *found) {
        uint32_t flaws = j->catalog->flaw_count;
        int64_t counts[STATUS_COUNT] = { 0 };
        enum status worst;
        struct str digest;
        struct sha256 h;

        sha256_init(&h);
        for (uint32_t i = 0; i < flaws; i++)
                told_add(&h, j->told[i].digest);
        digest = told_end_digest(&h, &j->scratch);
        if (seen_before(&j->outcomes, digest))
                return digest;
        worst = count_found(j, found, counts);
        add_row(j, NEW_OUTCOME, (const struct db_value[]){ DB_T(digest), DB_T(status_word(worst)), DB_N(counts[STATUS_VULNERABLE]),
                                                           DB_N(counts[STATUS_PARTIAL]), DB_N(counts[STATUS_UNKNOWN]), DB_T(add_shape(j)) });
        for (uint32_t i = 0; i < flaws; i++) {
                add_finding(j, T(j->catalog->flaws[i].id), &j->told[i]);
                add_row(j, NEW_PART, (const struct db_value[]){ DB_T(digest), DB_N(i), DB_T(j->told[i].digest) });
        }
        return digest;
}

static void add_verdict(struct judging *j, int64_t fingerprint, const struct bulk_told *found) {
        struct db_value row[2 + MACHINE_FIELDS];
        struct str fields[MACHINE_FIELDS];

        for (uint32_t i = 0; i < j->catalog->flaw_count; i++)
                told_read_finding(&j->told[i], &j->digests, &j->scratch, T(j->catalog->flaws[i].id), found->texts[i]);
        told_read_fields(found->texts[j->catalog->flaw_count], fields, MACHINE_FIELDS);
        row[0] = DB_N(fingerprint);
        row[1] = DB_T(add_outcome(j, found));
        for (int i = 0; i < MACHINE_FIELDS; i++)
                row[2 + i] = DB_T(fields[i]);
        add_row(j, NEW_VERDICT, row);
}

/* ---- Read and judge ---- */

static const char those_new[] = "SELECT id, size, body, tenant, hex FROM fingerprint WHERE outcome IS NULL AND size > 0 AND id > ?1 ORDER BY id LIMIT ?2";
static const char those_all[] = "SELECT id, size, body, tenant, hex FROM fingerprint WHERE (outcome IS NULL OR catalog <> ?3) AND size > 0"
                                " AND id > ?1 ORDER BY id LIMIT ?2";

static int read_some(struct judging *j, struct diag *d) {
        struct db_value args[] = { DB_N(j->last), DB_N(TOGETHER), DB_N(j->catalog_id) };
        struct db_rows r;
        ptrdiff_t bytes = 0;
        int status = 0;

        if (db_query(j->store->db, &r, j->which == JUDGE_NEW ? those_new : those_all, args, j->which == JUDGE_NEW ? 2 : 3, d) < 0)
                return -1;
        while (bytes < TOGETHER_BYTES && (status = db_next(&r, d)) > 0) {
                struct waiting *one = arena_append(&j->arena, &j->waiting);

                one->id = j->last = db_number(&r, 0);
                one->size = db_number(&r, 1);
                one->body = str_dup(&j->arena, db_text(&r, 2));
                one->tenant = db_number(&r, 3);
                one->hex = str_dup(&j->arena, db_text(&r, 4));
                bytes += one->body.len;
        }
        db_end(&r);
        return status < 0 ? -1 : 0;
}

/* What is damaged hinders no other's verdict. */
static void judge_one(struct judging *j, const struct waiting *one) {
        struct bulk_told found;
        struct diag why = { 0 };
        struct str text;

        arena_reset(&j->scratch);
        arena_reset(&j->bulk.arena);
        if (body_unpack(&text, &j->scratch, one->body, one->size, &why) == 0 && bulk_find(&j->bulk, S("store"), text, &found, &why) == 0)
                add_verdict(j, one->id, &found);
        else
                *arena_append(&j->arena, &j->damaged) = (struct damaged){ one, str_dup(&j->arena, str_of(why.text)) };
}

/* ---- Write ---- */

static int make_tables(struct db *db, struct diag *d) {
        return db_exec(db,
                "CREATE TEMPORARY TABLE IF NOT EXISTS new_finding (digest TEXT, flaw TEXT, status TEXT, owner TEXT, who TEXT, rule TEXT,"
                " reason TEXT, boundaries TEXT, fixes TEXT, ask TEXT, at_stake BIGINT);"
                "CREATE TEMPORARY TABLE IF NOT EXISTS new_outcome (digest TEXT, worst TEXT, vulnerable BIGINT, partial BIGINT,"
                " unknown BIGINT, shape TEXT);"
                "CREATE TEMPORARY TABLE IF NOT EXISTS new_shape (digest TEXT);"
                "CREATE TEMPORARY TABLE IF NOT EXISTS new_shape_part (shape TEXT, flaw TEXT, status TEXT, who TEXT, at_stake BIGINT);"
                "CREATE TEMPORARY TABLE IF NOT EXISTS new_part (outcome TEXT, position BIGINT, finding TEXT);"
                "CREATE TEMPORARY TABLE IF NOT EXISTS new_verdict (fingerprint BIGINT, outcome TEXT, processor TEXT, cpu TEXT, kernel TEXT, os TEXT,"
                " arch TEXT, cloud TEXT, place TEXT, microcode TEXT);"
                "CREATE TEMPORARY TABLE IF NOT EXISTS turned (fingerprint BIGINT, old BIGINT, new BIGINT);", d);
}

static int load(struct judging *j, int table, struct diag *d) {
        struct db_load l;
        int status = 0;

        if (db_load_begin(j->store->db, &l, tables[table].name, tables[table].columns, d) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < j->rows[table].count && status == 0; i += tables[table].width)
                status = db_load_row(&l, &j->rows[table].items[i], d);
        return db_load_end(&l, status == 0, d) < 0 ? -1 : status;
}

static const char *const merges[] = {
        "INSERT INTO finding (digest, flaw, status, owner, who, rule, reason, boundaries, fixes, ask, at_stake)"
        " SELECT digest, flaw, status, owner, who, rule, reason, boundaries, fixes, ask, at_stake FROM new_finding WHERE true"
        " ON CONFLICT (digest) DO NOTHING",
        "INSERT INTO shape (digest) SELECT digest FROM new_shape WHERE true ON CONFLICT (digest) DO NOTHING",
        "INSERT INTO shape_part (shape, flaw, status, who, at_stake) SELECT s.id, p.flaw, p.status, p.who, p.at_stake FROM new_shape_part p"
        " JOIN shape s ON s.digest = p.shape WHERE true ON CONFLICT (shape, flaw) DO NOTHING",
        "INSERT INTO outcome (digest, worst, vulnerable, partial, unknown, shape) SELECT o.digest, o.worst, o.vulnerable, o.partial, o.unknown,"
        " s.id FROM new_outcome o JOIN shape s ON s.digest = o.shape WHERE true ON CONFLICT (digest) DO UPDATE SET shape = excluded.shape"
        " WHERE outcome.shape IS NULL",
        "INSERT INTO outcome_finding (outcome, position, finding) SELECT o.id, p.position, f.id FROM new_part p"
        " JOIN outcome o ON o.digest = p.outcome JOIN finding f ON f.digest = p.finding WHERE true"
        " ON CONFLICT (outcome, position) DO NOTHING",
        "INSERT INTO turned SELECT p.id, p.outcome, o.id FROM new_verdict v JOIN outcome o ON o.digest = v.outcome"
        " JOIN fingerprint p ON p.id = v.fingerprint WHERE p.outcome IS NOT NULL AND p.outcome <> o.id",
};
static const char merge_verdicts[] =
        "INSERT INTO verdict (fingerprint, catalog, outcome, time) SELECT v.fingerprint, ?1, o.id, ?2 FROM new_verdict v"
        " JOIN outcome o ON o.digest = v.outcome WHERE true ON CONFLICT (fingerprint, catalog) DO UPDATE SET outcome = excluded.outcome,"
        " time = excluded.time WHERE verdict.outcome <> excluded.outcome";
static const char merge_fingerprints[] =
        "UPDATE fingerprint SET outcome = o.id, catalog = ?1, processor = v.processor, cpu = v.cpu, kernel = v.kernel, os = v.os, arch = v.arch,"
        " cloud = v.cloud, place = v.place, microcode = v.microcode FROM new_verdict AS v JOIN outcome AS o ON o.digest = v.outcome"
        " WHERE fingerprint.id = v.fingerprint";

static int give_up(struct judging *j, const struct damaged *one, struct diag *d) {
        const struct store_aside aside = { .tenant = one->what->tenant, .name = str_fmt(&j->arena, "evidence %.*s", STR_ARG(one->what->hex)),
                                           .reason = one->why, .bytes = one->what->body, .time = j->now };

        return store_give_up_body(j->store, one->what->id, &aside, d);
}

static int merge(struct judging *j, struct diag *d) {
        struct db *db = j->store->db;
        ARENA_AUTO struct arena a = { 0 };

        if (db_lock(db, d) < 0 ||
            db_exec(db, db_words(db, &a, "$EMPTY new_finding; $EMPTY new_shape; $EMPTY new_shape_part; $EMPTY new_outcome; $EMPTY new_part;"
                                         "$EMPTY new_verdict"), d) < 0)
                return -1;
        for (int i = 0; i < TABLES; i++)
                if (load(j, i, d) < 0)
                        return -1;
        for (size_t i = 0; i < sizeof(merges) / sizeof(merges[0]); i++)
                if (db_run(db, merges[i], DB_NO_ARGS, d) < 0)
                        return -1;
        for (ptrdiff_t i = 0; i < j->damaged.count; i++)
                if (give_up(j, &j->damaged.items[i], d) < 0)
                        return -1;
        if (db_run(db, merge_verdicts, DB_ARGS(DB_N(j->catalog_id), DB_N(j->now)), d) < 0)
                return -1;
        return db_run(db, merge_fingerprints, DB_ARGS(DB_N(j->catalog_id)), d) < 0 ? -1 : db_commit(db, d);
}

static int write_all(struct judging *j, struct diag *d) {
        int status = db_begin(j->store->db, d);

        if (status == 0)
                status = merge(j, d);
        if (status < 0)
                db_rollback(j->store->db);
        return status;
}

/* ---- The whole ---- */

struct str judge_catalog(struct arena *a, const struct catalog *c) {
        return str_fmt(a, "data %.*s%s%.*s, sidelight %s", STR_ARG(catalog_version(c)), catalog_version(c).len ? " " : "",
                       STR_ARG(T(c->hash)), SIDELIGHT_VERSION);
}

static int find_catalog(struct judging *j, struct diag *d) {
        struct str digest = judge_catalog(&j->scratch, j->catalog);

        if (db_run(j->store->db, "INSERT INTO catalog (digest, program, first) VALUES (?1, ?2, ?3) ON CONFLICT (digest) DO NOTHING",
                   DB_ARGS(DB_T(digest), DB_T(S(SIDELIGHT_VERSION)), DB_N(j->now)), d) < 0)
                return -1;
        return db_one(j->store->db, &j->catalog_id, 0, "SELECT id FROM catalog WHERE digest = ?1", DB_ARGS(DB_T(digest)), d);
}

/* The catalog that is in force: that of the last rejudge, or at first any. */
static int note_catalog(struct judging *j, struct diag *d) {
        static const char first[] = "INSERT INTO meta (name, value) VALUES ('catalog', ?1) ON CONFLICT (name) DO NOTHING";
        static const char now[] = "INSERT INTO meta (name, value) VALUES ('catalog', ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

        return db_run(j->store->db, j->which == JUDGE_ALL ? now : first, DB_ARGS(DB_T(str_decimal(&j->scratch, (uint64_t)j->catalog_id))), d);
}

/* 1: there may be more. */
static int judge_some(struct judging *j, struct diag *d) {
        arena_reset(&j->arena);
        j->waiting = (struct waitings){ 0 };
        j->damaged = (struct damages){ 0 };
        memset(j->rows, 0, sizeof(j->rows));
        if (read_some(j, d) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < j->waiting.count; i++)
                judge_one(j, &j->waiting.items[i]);
        if (j->waiting.count == 0)
                return 0;
        return write_all(j, d) < 0 ? -1 : 1;
}

static int judge_all(struct judging *j, struct judged *ret, struct diag *d) {
        ARENA_AUTO struct arena words = { 0 };
        int status;

        if (find_catalog(j, d) < 0 || make_tables(j->store->db, d) < 0 ||
            db_exec(j->store->db, db_words(j->store->db, &words, "$EMPTY turned"), d) < 0)
                return -1;
        while ((status = judge_some(j, d)) > 0) {
                ret->fingerprints += j->waiting.count - j->damaged.count;
                ret->damaged += j->damaged.count;
        }
        if (status < 0 || note_catalog(j, d) < 0)
                return -1;
        return db_one(j->store->db, &ret->turned, 0, "SELECT count(*) FROM turned", DB_NO_ARGS, d);
}

int judge_store(struct store *s, const struct catalog *c, enum judge_which which, int64_t now, struct judged *ret, struct diag *d) {
        struct judging j = { .store = s, .catalog = c, .which = which, .now = now, .findings.key = s->known.key, .outcomes.key = s->known.key,
                             .shapes.key = s->known.key, .digests.key = s->known.key };
        ARENA_AUTO struct arena kept = { 0 };
        int status;

        *ret = (struct judged){ 0 };
        j.bulk = (struct bulk){ .catalog = c, .teller = &told_teller, .options = &j.options, .large = program_large_memory };
        j.told = arena_array(&kept, struct told_finding, c->flaw_count);
        status = judge_all(&j, ret, d);
        bulk_free(&j.bulk);
        digests_free(&j.digests);
        arena_free(&j.arena);
        arena_free(&j.scratch);
        seen_free(&j.findings);
        seen_free(&j.outcomes);
        seen_free(&j.shapes);
        return status;
}

int judge_note(struct store *s, const struct catalog *c, int64_t tenant, int64_t now, struct str by, const struct judged *judged, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };

        return store_audit(s, tenant, now, by, "rejudge",
                           str_fmt(&a, "%lld judged, %lld otherwise than before, by %.*s", (long long)judged->fingerprints, (long long)judged->turned,
                                   STR_ARG(judge_catalog(&a, c))), d);
}
