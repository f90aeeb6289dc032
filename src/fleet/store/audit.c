#include "fleet/store/audit.h"

#include <stdlib.h>

#include "base/siphash.h"
#include "fleet/store/moment.h"

/* ---- Who handed in how much ---- */

static bool same(const struct sent *a, const struct sent *b) {
        return a->tenant == b->tenant && str_eq(a->who, b->who) && a->last / MOMENT_DAY == b->last / MOMENT_DAY;
}

void sent_add(struct sent_tally *t, const struct sent *s) {
        struct hash128 hash = siphash((struct hash128){ .low = (uint64_t)s->tenant }, s->who);
        struct sent **at = &t->places[hash.low % (sizeof(t->places) / sizeof(t->places[0]))];
        struct sent *found = *at;

        while (found && !same(found, s))
                found = found->next;
        if (!found) {
                found = arena_new(&t->arena, struct sent);
                *found = (struct sent){ .tenant = s->tenant, .who = str_dup(&t->arena, s->who), .first = s->first, .next = *at };
                *at = found;
                t->count++;
        }
        if (!str_eq(found->address, s->address))
                found->address = str_dup(&t->arena, s->address);
        found->requests += s->requests;
        found->reports += s->reports;
        found->kept_aside += s->kept_aside;
        found->last = s->last;
}

static int write_one(struct store *store, const struct sent *s, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };

        return db_run(store->db,
                      "INSERT INTO sent (tenant, day, who, address, requests, reports, kept_aside, first, last)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (tenant, day, who) DO UPDATE SET address = excluded.address,"
                      " requests = sent.requests + excluded.requests, reports = sent.reports + excluded.reports,"
                      " kept_aside = sent.kept_aside + excluded.kept_aside, last = excluded.last",
                      DB_ARGS(DB_N(s->tenant), DB_T(moment_day(&a, s->last)), DB_T(s->who), DB_T(s->address), DB_N(s->requests),
                              DB_N(s->reports), DB_N(s->kept_aside), DB_N(s->first), DB_N(s->last)), d);
}

/* In order: programs that write the same rows do not wait for each other in a ring. */
static int order(const void *a, const void *b) {
        const struct sent *x = *(struct sent *const *)a, *y = *(struct sent *const *)b;

        return x->tenant != y->tenant ? (x->tenant < y->tenant ? -1 : 1) : str_cmp(x->who, y->who);
}

static int write_all(const struct sent_tally *t, struct store *store, struct arena *a, struct diag *d) {
        struct sent **all = arena_array(a, struct sent *, t->count);
        ptrdiff_t n = 0;

        for (size_t i = 0; i < sizeof(t->places) / sizeof(t->places[0]); i++)
                for (struct sent *s = t->places[i]; s; s = s->next)
                        all[n++] = s;
        qsort(all, (size_t)n, sizeof(*all), order);
        for (ptrdiff_t i = 0; i < n; i++)
                if (write_one(store, all[i], d) < 0)
                        return -1;
        return 0;
}

int sent_write(struct sent_tally *t, struct store *s, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        int status;

        if (t->count == 0)
                return 0;
        if (db_begin(s->db, d) < 0)
                return -1;
        status = store_is_same(s, d) < 0 ? -1 : write_all(t, s, &a, d);
        if (status == 0)
                status = db_commit(s->db, d);
        db_rollback(s->db);
        if (status == 0)
                sent_free(t);
        return status;
}

void sent_free(struct sent_tally *t) {
        arena_free(&t->arena);
        *t = (struct sent_tally){ 0 };
}

/* ---- Asking ---- */

static int read_changes(struct store *s, int64_t tenant, int64_t since, int64_t limit, struct arena *a, struct audit *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, "SELECT id, time, who, what, about FROM audit WHERE tenant = ?1 AND time >= ?2 ORDER BY id DESC LIMIT ?3",
                     DB_ARGS(DB_N(tenant), DB_N(since), DB_N(limit)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                *arena_append(a, ret) = (struct audited){ .id = db_number(&r, 0), .time = db_number(&r, 1), .who = str_dup(a, db_text(&r, 2)),
                                                          .what = str_dup(a, db_text(&r, 3)), .about = str_dup(a, db_text(&r, 4)) };
        db_end(&r);
        return status;
}

static int read_sent(struct store *s, int64_t tenant, int64_t since, int64_t limit, struct arena *a, struct audit *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(s->db, &r,
                     "SELECT day, who, address, requests, reports, kept_aside, first, last FROM sent WHERE tenant = ?1 AND day >= ?2"
                     " ORDER BY day DESC, who LIMIT ?3", DB_ARGS(DB_N(tenant), DB_T(moment_day(a, since)), DB_N(limit)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                *arena_append(a, &ret->sent) = (struct sent){ .tenant = tenant, .day = str_dup(a, db_text(&r, 0)), .who = str_dup(a, db_text(&r, 1)),
                                                              .address = str_dup(a, db_text(&r, 2)), .requests = db_number(&r, 3), .reports = db_number(&r, 4),
                                                              .kept_aside = db_number(&r, 5), .first = db_number(&r, 6), .last = db_number(&r, 7) };
        db_end(&r);
        return status;
}

int audit_read(struct store *s, int64_t tenant, int64_t since, int64_t limit, struct arena *a, struct audit *ret, struct diag *d) {
        *ret = (struct audit){ 0 };
        return read_changes(s, tenant, since, limit, a, ret, d) < 0 || read_sent(s, tenant, since, limit, a, ret, d) < 0 ? -1 : 0;
}
