/* fleet: the seam over databases, the schema from every older version, and reports in any order beside a model of what must come of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fleet/ask/accept.h"
#include "fleet/store/body.h"
#include "fleet/store/moment.h"
#include "fleet/store/schema.h"

enum { HOSTS = 5, KINDS = 4, TIMES = 40, STRIDE = 900, REPORTS = 300 };

static char folder[] = "/tmp/sidelight-store-XXXXXX";
static char path[64];
static struct diag diag;

#define GOOD(call)                                     \
        do {                                           \
                if ((call) < 0)                        \
                        fail_msg("%s", diag.text);     \
        } while (0)

static int new_file(void **state) {
        static int number;

        (void)state;
        diag = (struct diag){ 0 };
        (void)snprintf(path, sizeof(path), "%s/%d.db", folder, number++);
        return 0;
}

/* ---- The seam ---- */

static void test_values(void **state) {
        static const char bytes[] = "a\0b\xff";
        struct db_rows r;
        struct db *db;

        (void)state;
        GOOD(db_open(&db, path, DB_CREATE, &diag));
        GOOD(db_exec(db, "CREATE TABLE t (n BIGINT, s TEXT, b BLOB)", &diag));
        GOOD(db_run(db, "INSERT INTO t VALUES (?1, ?2, ?3)", DB_ARGS(DB_N(INT64_MIN), DB_T(S("caf\xc3\xa9")), DB_B(str_n(bytes, 4))), &diag));
        assert_int_equal(db->changed, 1);
        GOOD(db_run(db, "INSERT INTO t VALUES (?1, ?2, ?3)", DB_ARGS(DB_N(7), DB_T(S("")), DB_NONE), &diag));
        GOOD(db_query(db, &r, "SELECT n, s, b FROM t ORDER BY n", DB_NO_ARGS, &diag));
        assert_int_equal(db_next(&r, &diag), 1);
        assert_true(db_number(&r, 0) == INT64_MIN);
        assert_true(str_eq(db_text(&r, 1), S("caf\xc3\xa9")));
        assert_true(str_eq(db_text(&r, 2), str_n(bytes, 4)));
        assert_int_equal(db_next(&r, &diag), 1);
        assert_true(!db_is_null(&r, 1) && db_text(&r, 1).len == 0 && db_is_null(&r, 2));
        assert_int_equal(db_next(&r, &diag), 0);
        db_end(&r);
        db_close(db);
}

static int64_t count(struct db *db, const char *sql) {
        int64_t n;

        GOOD(db_one(db, &n, -1, sql, DB_NO_ARGS, &diag));
        return n;
}

static void test_transactions(void **state) {
        struct db_load l;
        struct db *db;

        (void)state;
        GOOD(db_open(&db, path, DB_CREATE, &diag));
        GOOD(db_exec(db, "CREATE TABLE t (n BIGINT, s TEXT)", &diag));
        for (int keep = 0; keep < 2; keep++) {
                GOOD(db_begin(db, &diag));
                GOOD(db_load_begin(db, &l, "t", "n, s", &diag));
                for (int64_t i = 0; i < 1000; i++)
                        GOOD(db_load_row(&l, (const struct db_value[]){ DB_N(i), DB_T(S("x")) }, &diag));
                GOOD(db_load_end(&l, keep, &diag));
                if (keep)
                        GOOD(db_commit(db, &diag));
                else
                        db_rollback(db);
                assert_int_equal(count(db, "SELECT count(*) FROM t"), keep ? 1000 : 0);
        }
        assert_int_equal(db_run(db, "SELECT nonsense", DB_NO_ARGS, &diag), -1);
        assert_non_null(strstr(diag.text, "nonsense"));
        db_close(db);
}

static void test_words(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct db *db;

        (void)state;
        GOOD(db_open(&db, path, DB_CREATE, &diag));
        assert_string_equal(db_words(db, &a, "x $BYTES, $OTHER $IDENTITY$"), "x BLOB, $OTHER INTEGER PRIMARY KEY$");
        db_close(db);
        assert_int_equal(db_open(&db, "mysql://secret:word@host", DB_CREATE, &diag), -1);
        assert_null(strstr(diag.text, "secret"));
}

/* ---- The schema ---- */

/* A store of each older version, with a row in it, comes to the same tables as a new one, and keeps the row. */
static void test_upgrade(void **state) {
        int64_t tables;
        struct db *db;

        (void)state;
        GOOD(db_open(&db, path, DB_CREATE, &diag));
        GOOD(schema_upgrade(db, schema_version, &diag));
        tables = count(db, "SELECT count(*) FROM sqlite_master");
        db_close(db);
        for (int from = 1; from < schema_version; from++) {
                int version;

                (void)new_file(NULL);
                GOOD(db_open(&db, path, DB_CREATE, &diag));
                GOOD(schema_upgrade(db, from, &diag));
                GOOD(schema_read_version(db, &version, &diag));
                assert_int_equal(version, from);
                GOOD(db_exec(db, "INSERT INTO tenant (name) VALUES ('kept'); INSERT INTO outcome (digest, worst, vulnerable, partial, unknown)"
                                 " VALUES ('x', 'unknown', 0, 0, 1)", &diag));
                GOOD(schema_upgrade(db, schema_version, &diag));
                GOOD(schema_upgrade(db, schema_version, &diag));
                GOOD(schema_read_version(db, &version, &diag));
                assert_int_equal(version, schema_version);
                assert_int_equal(count(db, "SELECT count(*) FROM sqlite_master"), tables);
                assert_int_equal(count(db, "SELECT count(*) FROM tenant WHERE name = 'kept'"), 1);
                assert_int_equal(count(db, "SELECT count(*) FROM outcome WHERE digest = 'x'"), 1);
                db_close(db);
        }
}

/* ---- Reports, beside a model ---- */

static const char *const kinds[KINDS] = { "aaaa", "bbbb", "cccc", "dddd" };

static struct store_report report(int host, int kind, int64_t time) {
        static char names[HOSTS][8], hex[KINDS][65];

        (void)snprintf(names[host], sizeof(names[host]), "host-%d", host);
        for (int i = 0; i < 64; i++)
                hex[kind][i] = kinds[kind][i % 4];
        return (struct store_report){ .tenant = 1, .host = str_of(names[host]), .ident = S(""), .fingerprint = str_n(hex[kind], 64), .time = time,
                                      .body = S("body"), .size = 4, .tags = S(""), .origin = S("test") };
}

/* The newest report of each host. */
struct model {
        int64_t last[HOSTS], first[HOSTS];
        int kind[HOSTS];
};

static void check_model(struct store *s, const struct model *m) {
        int64_t hosts[KINDS] = { 0 };

        for (int h = 0; h < HOSTS; h++) {
                struct store_report r = report(h, m->kind[h], 0);
                int64_t n;

                if (!m->last[h])
                        continue;
                hosts[m->kind[h]]++;
                GOOD(db_one(s->db, &n, 0, "SELECT count(*) FROM host h JOIN fingerprint p ON p.id = h.fingerprint WHERE h.name = ?1 AND p.hex = ?2"
                                          " AND h.last = ?3 AND h.first = ?4 AND h.since <= h.last",
                            DB_ARGS(DB_T(r.host), DB_T(r.fingerprint), DB_N(m->last[h]), DB_N(m->first[h])), &diag));
                assert_int_equal(n, 1);
        }
        for (int k = 0; k < KINDS; k++) {
                struct store_report r = report(0, k, 0);
                int64_t n;

                GOOD(db_one(s->db, &n, 0, "SELECT hosts FROM fingerprint WHERE hex = ?1", DB_ARGS(DB_T(r.fingerprint)), &diag));
                assert_int_equal(n, hosts[k]);
        }
        for (int64_t hour = 0; hour <= TIMES * STRIDE / 3600; hour++) {
                int64_t n, want = 0;

                for (int h = 0; h < HOSTS; h++)
                        want += m->last[h] && m->last[h] / 3600 == hour;
                GOOD(db_one(s->db, &n, 0, "SELECT hosts FROM seen WHERE tenant = 1 AND hour = ?1", DB_ARGS(DB_N(hour)), &diag));
                assert_int_equal(n, want);
        }
        /* The past of a host: runs that do not lie over each other, no two neighbours alike. */
        assert_int_equal(count(s->db, "SELECT count(*) FROM sighting s JOIN host h ON h.id = s.host WHERE s.first > s.last OR s.last > h.since"), 0);
        assert_int_equal(count(s->db, "SELECT count(*) FROM sighting x JOIN sighting y ON y.host = x.host AND y.rowid > x.rowid"
                                      " WHERE x.first < y.last AND y.first < x.last"), 0);
}

/* Every time is one kind's: what a host showed at a moment does not hang on the order in which it was told. */
static int kind_at(int host, int64_t time) {
        return (int)((time / 7 + host * 3 + (time % 11 == 0)) % KINDS);
}

static void test_any_order(void **state) {
        struct model m = { 0 };
        unsigned seed = 1;
        struct store s;

        (void)state;
        GOOD(store_open(&s, path, DB_CREATE, &diag));
        for (int i = 0; i < REPORTS; i++) {
                int host = rand_r(&seed) % HOSTS;
                int64_t n = 1 + rand_r(&seed) % TIMES, time = n * STRIDE;
                struct store_report r = report(host, kind_at(host, n), time);

                assert_int_equal(store_put(&s, &r, &diag), 0);
                if (time >= m.last[host]) {
                        m.last[host] = time;
                        m.kind[host] = kind_at(host, n);
                }
                m.first[host] = m.first[host] && m.first[host] < time ? m.first[host] : time;
                if (rand_r(&seed) % 4 == 0) {
                        GOOD(store_commit(&s, &diag));
                        check_model(&s, &m);
                }
        }
        GOOD(store_commit(&s, &diag));
        check_model(&s, &m);
        store_close(&s);
}

static void test_unknown(void **state) {
        struct store_report r = report(0, 0, 5);
        struct store s;

        (void)state;
        GOOD(store_open(&s, path, DB_CREATE, &diag));
        r.body = S("");
        assert_int_equal(store_put(&s, &r, &diag), STORE_UNKNOWN);
        assert_int_equal(store_knows(&s, 1, r.fingerprint, &diag), 0);
        r.body = S("body");
        assert_int_equal(store_put(&s, &r, &diag), 0);
        r = report(1, 0, 5);
        r.body = S("");
        assert_int_equal(store_put(&s, &r, &diag), 0); /* it comes in the same batch */
        GOOD(store_commit(&s, &diag));
        assert_int_equal(s.new_hosts, 2);
        assert_int_equal(s.new_fingerprints, 1);
        assert_int_equal(store_knows(&s, 1, r.fingerprint, &diag), 1);
        assert_int_equal(store_knows(&s, 2, r.fingerprint, &diag), 0); /* another tenant */
        assert_int_equal(store_put(&s, &r, &diag), 0);
        GOOD(db_exec(s.db, "DELETE FROM fingerprint", &diag)); /* another program pruned it meanwhile */
        assert_int_equal(store_commit(&s, &diag), -1);
        assert_true(s.db->try_again);
        store_forget(&s);
        diag = (struct diag){ 0 };
        assert_int_equal(store_put(&s, &r, &diag), STORE_UNKNOWN);
        store_close(&s);
}

/* Names that differ far behind stay two; none is longer than the keys of an engine may be. */
static void test_long_names(void **state) {
        static char names[2][5000];
        struct store s;

        (void)state;
        GOOD(store_open(&s, path, DB_CREATE, &diag));
        for (int n = 0; n < 2; n++)
                for (int again = 0; again < 2; again++) {
                        struct store_report r = report(0, 0, 5 + again);

                        for (size_t i = 0; i + 1 < sizeof(names[n]); i += 2)
                                memcpy(&names[n][i], "\xc3\xa9", 2);
                        names[n][4990] = (char)('a' + n);
                        names[n][4991] = 'x';
                        r.host = str_n(names[n], 4992);
                        assert_int_equal(store_put(&s, &r, &diag), 0);
                }
        GOOD(store_commit(&s, &diag));
        assert_int_equal(count(s.db, "SELECT count(*) FROM host"), 2);
        assert_true(count(s.db, "SELECT max(length(CAST(name AS BLOB))) FROM host") <= STORE_NAME_MAX);
        store_close(&s);
}

/* ---- Small things ---- */

static void test_moments(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        int64_t t, utc;

        (void)state;
        assert_true(moment_parse(S("2026-11-22T15:04:05Z"), &t));
        assert_int_equal(t, 1795359845);
        for (int64_t day = -40000; day < 40000; day += 37) {
                struct str text = moment_text(&a, day * MOMENT_DAY + 12345);

                assert_true(moment_parse(text, &t));
                assert_int_equal(t, day * MOMENT_DAY + 12345);
        }
        assert_true(moment_parse(S("1970-01-01 00:00:01"), &t) && t == 1);
        assert_true(moment_parse(S("2026-11-22T15:04:05Z"), &utc));
        assert_true(moment_parse(S("2026-11-22T17:04:05+02:00"), &t) && t == utc);
        assert_true(moment_parse(S("2026-11-22T09:34:05-0530"), &t) && t == utc);
        assert_true(moment_parse(S("2026-11-23T01:04:05+10"), &t) && t == utc);
        assert_true(moment_parse(S("2026-11-22 15:04:05.123456Z"), &t) && t == utc);
        assert_true(moment_parse(S("2026-11-22 15:04:05 UTC"), &t) && t == utc);
        assert_true(moment_parse(S("2026-11-22T14:04:05.5-01:00"), &t) && t == utc);
        assert_false(moment_parse(S("2026-11-22T15:04:05 CET"), &t) || moment_parse(S("2026-11-22T15:04:05+2"), &t) || moment_parse(S("2026-11-22T15:04:05+24:00"), &t) ||
                     moment_parse(S("2026-11-22T15:04:05+02:60"), &t) || moment_parse(S("2026-11-22T15:04:05."), &t) || moment_parse(S("2026-11-22T15:04:05Zz"), &t));
        assert_false(moment_parse(S("2026-02-30"), &t));
        assert_false(moment_parse(S("2026-11-22T24:00:00Z"), &t));
        assert_false(moment_parse(S("2026-11-22x"), &t));
        assert_false(moment_parse(S(""), &t));
}

static void test_filters(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        const struct ask_filter f = { .flaw = S("srso"), .tag = S("a=b c%"), .processor = S("Zen 4") };
        struct ask_filter back;
        struct str text = accept_filter_text(&a, &f);

        (void)state;
        assert_true(str_eq(text, S("flaw=srso processor=Zen%204 tag=a%3db%20c%25")));
        accept_filter_parse(&a, text, &back);
        assert_true(str_eq(back.flaw, f.flaw) && str_eq(back.tag, f.tag) && str_eq(back.processor, f.processor) && back.host.len == 0);
}

static void test_bodies(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str packed = body_pack(&a, S("evidence evidence evidence")), text;

        (void)state;
        GOOD(body_unpack(&text, &a, packed, 26, &diag));
        assert_true(str_eq(text, S("evidence evidence evidence")));
        assert_int_equal(body_unpack(&text, &a, packed, 25, &diag), -1);
        assert_int_equal(body_unpack(&text, &a, packed, 27, &diag), -1);
        assert_int_equal(body_unpack(&text, &a, packed, -1, &diag), -1);
        assert_int_equal(body_unpack(&text, &a, packed, INT64_MAX, &diag), -1);
        assert_int_equal(body_unpack(&text, &a, str_sub(packed, 0, packed.len - 1), 26, &diag), -1);
        assert_int_equal(body_unpack(&text, &a, S(""), 0, &diag), -1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_values, new_file),     cmocka_unit_test_setup(test_transactions, new_file),
                cmocka_unit_test_setup(test_words, new_file),      cmocka_unit_test_setup(test_upgrade, new_file),
                cmocka_unit_test_setup(test_any_order, new_file),  cmocka_unit_test_setup(test_unknown, new_file),
                cmocka_unit_test_setup(test_moments, new_file),    cmocka_unit_test_setup(test_filters, new_file),
                cmocka_unit_test_setup(test_bodies, new_file),     cmocka_unit_test_setup(test_long_names, new_file),
        };
        char command[128];
        int failed;

        if (!mkdtemp(folder))
                return 1;
        failed = cmocka_run_group_tests(tests, NULL, NULL);
        for (int i = 0; i < 100; i++)
                for (int n = 0; n < 3; n++) {
                        static const char *const ends[] = { "", "-wal", "-shm" };

                        (void)snprintf(command, sizeof(command), "%s/%d.db%s", folder, i, ends[n]);
                        (void)unlink(command);
                }
        (void)rmdir(folder);
        return failed;
}
