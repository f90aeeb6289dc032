/* Reports that come in after younger ones: each finds its place in its host's past. What a host showed is a row of runs, each from the first
 * time that one fingerprint was seen to the last time, the present one (in `host`) the last of them. */
#include "fleet/store/store_parts.h"

struct run {
        int64_t fingerprint, first, last;
        bool present;
};

struct runs {
        struct run *items;
        ptrdiff_t count, capacity;
};

struct late {
        int64_t host, fingerprint, time;
};

struct lates {
        struct late *items;
        ptrdiff_t count, capacity;
};

/* In order of time. */
static int read_runs(struct runs *ret, struct arena *a, struct db *db, int64_t host, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(db, &r, "SELECT fingerprint, first, last, 0 AS present FROM sighting WHERE host = ?1"
                             " UNION ALL SELECT fingerprint, since, last, 1 FROM host WHERE id = ?1 ORDER BY 4, 2, 3",
                     DB_ARGS(DB_N(host)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                *arena_append(a, ret) = (struct run){ db_number(&r, 0), db_number(&r, 1), db_number(&r, 2), db_number(&r, 3) };
        db_end(&r);
        return status;
}

static int add(struct db *db, int64_t host, int64_t fingerprint, int64_t first, int64_t last, struct diag *d) {
        return db_run(db, "INSERT INTO sighting (host, fingerprint, first, last) VALUES (?1, ?2, ?3, ?4)"
                          " ON CONFLICT (host, first, fingerprint) DO UPDATE SET last = excluded.last WHERE sighting.last < excluded.last",
                      DB_ARGS(DB_N(host), DB_N(fingerprint), DB_N(first), DB_N(last)), d);
}

static int cut(struct db *db, int64_t host, const struct run *r, int64_t first, int64_t last, struct diag *d) {
        if (r->present)
                return db_run(db, "UPDATE host SET since = ?2 WHERE id = ?1", DB_ARGS(DB_N(host), DB_N(first)), d);
        return db_run(db, "UPDATE sighting SET first = ?4, last = ?5 WHERE host = ?1 AND fingerprint = ?2 AND first = ?3",
                      DB_ARGS(DB_N(host), DB_N(r->fingerprint), DB_N(r->first), DB_N(first), DB_N(last)), d);
}

/* Something else was seen in the middle of a run: what is known of it are its two ends. */
static int split(struct db *db, const struct late *l, const struct run *r, struct diag *d) {
        if (r->first < l->time && (add(db, l->host, r->fingerprint, r->first, r->first, d) < 0 || cut(db, l->host, r, r->last, r->last, d) < 0))
                return -1;
        return add(db, l->host, l->fingerprint, l->time, l->time, d);
}

/* The runs between which the time lies; either may be NULL. */
static int fill_gap(struct db *db, const struct late *l, const struct run *before, const struct run *behind, struct diag *d) {
        if (behind && behind->fingerprint == l->fingerprint)
                return cut(db, l->host, behind, l->time, behind->last, d);
        if (before && before->fingerprint == l->fingerprint)
                return cut(db, l->host, before, before->first, l->time, d);
        return add(db, l->host, l->fingerprint, l->time, l->time, d);
}

static int place(struct db *db, const struct late *l, const struct runs *all, struct diag *d) {
        const struct run *before = NULL, *behind = NULL, *inside = NULL;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                const struct run *r = &all->items[i];
                bool holds = r->first <= l->time && l->time <= r->last;

                if (holds && r->fingerprint == l->fingerprint)
                        return 0;
                if (holds)
                        inside = r;
                else if (r->last < l->time)
                        before = r;
                else if (!behind)
                        behind = r;
        }
        return inside ? split(db, l, inside, d) : fill_gap(db, l, before, behind, d);
}

static int insert(struct db *db, const struct late *l, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct runs all = { 0 };

        if (read_runs(&all, &a, db, l->host, d) < 0 || place(db, l, &all, d) < 0)
                return -1;
        return db_run(db, "UPDATE host SET first = ?2 WHERE id = ?1 AND first > ?2", DB_ARGS(DB_N(l->host), DB_N(l->time)), d);
}

int store_merge_late(struct db *db, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct lates all = { 0 };
        struct db_rows r;
        int status;

        if (db_query(db, &r, "SELECT host, fingerprint, time FROM move WHERE way = 3 AND NOT (fingerprint = old AND time >= since)", DB_NO_ARGS,
                     d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                *arena_append(&a, &all) = (struct late){ db_number(&r, 0), db_number(&r, 1), db_number(&r, 2) };
        db_end(&r);
        for (ptrdiff_t i = 0; i < all.count && status == 0; i++)
                status = insert(db, &all.items[i], d);
        return status;
}
