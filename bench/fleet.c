/* bench_fleet STORE HOSTS KINDS EVIDENCE: reports of HOSTS hosts, of KINDS kinds, into a new store; beside it the same rows by SQLite's own
 * prepared insert into the same tables. Then what is asked of it. EVIDENCE is an evidence file, of which the kinds are made. One line of
 * JSON for each figure. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "catalog/catalog.h"
#include "fleet/ask/ask.h"
#include "fleet/store/body.h"
#include "fleet/ask/changes.h"
#include "fleet/intake/judge.h"
#include "fleet/store/schema.h"
#include "platform/program.h"

struct kind {
        struct str fingerprint, body;
        int64_t size;
};

static double seconds(void) {
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const struct diag *d) {
        (void)fprintf(stderr, "bench_fleet: %s\n", d->text);
        exit(70);
}

static void tell(const char *what, double took, double each) {
        struct rusage r;

        (void)getrusage(RUSAGE_SELF, &r);
        (void)printf("{\"what\":\"%s\",\"seconds\":%.3f,\"per_second\":%.0f,\"rss_mb\":%ld}\n", what, took, took > 0 ? each / took : 0, r.ru_maxrss >> 10);
        (void)fflush(stdout);
}

/* The evidence with another kernel release. */
static struct kind *make_kinds(struct arena *a, struct str text, long count, struct diag *d) {
        struct kind *kinds = arena_array(a, struct kind, count);
        struct arena scratch = { 0 };

        for (long i = 0; i < count; i++) {
                struct evidence e;
                struct body b;

                arena_reset(&scratch);
                if (evidence_parse(&e, &scratch, S("bench"), text, d) < 0)
                        die(d);
                evidence_add_line(&e, RECORD_UNAME, S(""), str_fmt(&scratch, "Linux 6.1.%ld-bench x86_64", i));
                evidence_add_file(&e, S("/proc/sys/kernel/bench"), str_decimal(&scratch, (uint64_t)i));
                body_make(&b, &scratch, &e);
                kinds[i] = (struct kind){ .fingerprint = str_dup(a, str_n(b.fingerprint, 64)), .body = str_dup(a, body_pack(&scratch, b.text)),
                                          .size = b.text.len };
        }
        arena_free(&scratch);
        return kinds;
}

static const char *host_name(char *buffer, long i) {
        (void)snprintf(buffer, 32, "host-%08lx", (unsigned long)(uint32_t)(i * 2654435761L));
        return buffer;
}

static void ingest(struct store *s, const struct kind *kinds, long hosts, long count, int64_t time, struct diag *d) {
        char name[32];

        for (long i = 0; i < hosts; i++) {
                const struct kind *k = &kinds[i % count];
                struct store_report r = { .tenant = 1, .host = str_of(host_name(name, i)), .ident = S(""), .fingerprint = k->fingerprint,
                                          .time = time, .body = k->body, .size = k->size, .tags = S(""), .origin = S("bench") };

                if (store_put(s, &r, d) != 0 || (store_is_full(s) && store_commit(s, d) < 0))
                        die(d);
        }
        if (store_commit(s, d) < 0)
                die(d);
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql) {
        sqlite3_stmt *statement = NULL;

        if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
                (void)fprintf(stderr, "bench_fleet: %s\n", sqlite3_errmsg(db));
                exit(70);
        }
        return statement;
}

/* The rows that the store ends up with, by a program that does nothing else. */
static void insert_rows(const char *path, const struct kind *kinds, long hosts, long count, struct diag *d) {
        sqlite3_stmt *host, *kind;
        sqlite3 *db = NULL;
        char name[32];
        struct db *made;

        if (db_open(&made, path, DB_CREATE, d) < 0 || schema_upgrade(made, schema_version, d) < 0)
                die(d);
        db_close(made);
        (void)sqlite3_open(path, &db);
        (void)sqlite3_exec(db, "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; BEGIN", NULL, NULL, NULL);
        kind = prepared(db, "INSERT INTO fingerprint (tenant, hex, body, size, hosts, first) VALUES (1, ?, ?, ?, ?, 0)");
        host = prepared(db, "INSERT INTO host (tenant, name, ident, fingerprint, first, since, last, tags, origin, redacted)"
                            " VALUES (1, ?, '', ?, 0, 0, 0, '', 'bench', 0)");
        for (long i = 0; i < count; i++) {
                (void)sqlite3_bind_text(kind, 1, kinds[i].fingerprint.p, 64, SQLITE_STATIC);
                (void)sqlite3_bind_blob(kind, 2, kinds[i].body.p, (int)kinds[i].body.len, SQLITE_STATIC);
                (void)sqlite3_bind_int64(kind, 3, kinds[i].size);
                (void)sqlite3_bind_int64(kind, 4, hosts / count);
                (void)sqlite3_step(kind);
                (void)sqlite3_reset(kind);
        }
        for (long i = 0; i < hosts; i++) {
                (void)sqlite3_bind_text(host, 1, host_name(name, i), -1, SQLITE_STATIC);
                (void)sqlite3_bind_int64(host, 2, 1 + i % count);
                (void)sqlite3_step(host);
                (void)sqlite3_reset(host);
                if (i % STORE_BATCH == STORE_BATCH - 1)
                        (void)sqlite3_exec(db, "COMMIT; BEGIN", NULL, NULL, NULL);
        }
        (void)sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
        (void)sqlite3_finalize(host);
        (void)sqlite3_finalize(kind);
        (void)sqlite3_close(db);
}

static void ask(struct store *s, struct diag *d) {
        static const struct ask_filter everything = { 0 };
        struct arena a = { 0 };
        struct ask_status status;
        double start = seconds();

        if (ask_status(s, 1, &everything, &a, &status, d) < 0)
                die(d);
        tell("status", seconds() - start, 1);
        start = seconds();
        if (ask_hosts(s, 1, &(struct ask_filter){ .status = S("vulnerable") }, &(struct ask_page){ .limit = 100 }, &a, &(struct ask_hosts){ 0 }, d) < 0)
                die(d);
        tell("100 hosts with something vulnerable", seconds() - start, 1);
        arena_free(&a);
}

static void judge(struct store *s, enum judge_which which, const struct catalog *c, const char *what, struct diag *d) {
        struct judged judged;
        double start = seconds();

        if (judge_store(s, c, which, 1700000000, &judged, d) < 0)
                die(d);
        tell(what, seconds() - start, (double)judged.fingerprints);
}

int main(int argc, char **argv) {
        long hosts = argc > 4 ? strtol(argv[2], NULL, 10) : 0, count = argc > 4 ? strtol(argv[3], NULL, 10) : 0;
        struct catalog other = catalog_builtin;
        struct arena a = { 0 };
        struct diag d = { 0 };
        struct kind *kinds;
        struct store s;
        struct str text;
        double start;

        if (hosts <= 0 || count <= 0 || count > hosts) {
                (void)fprintf(stderr, "usage: bench_fleet STORE HOSTS KINDS EVIDENCE\n");
                return 64;
        }
        if (program_read_file(argv[4], 1 << 26, &a, &text, &d) < 0)
                die(&d);
        kinds = make_kinds(&a, text, count, &d);
        if (str_find(str_of(argv[1]), S("://")) < 0) {
                const char *rows = str_fmt(&a, "%s.rows%c", argv[1], '\0').p;

                start = seconds();
                insert_rows(rows, kinds, hosts, count, &d);
                tell("SQLite's own insert of the same rows", seconds() - start, (double)hosts);
                (void)unlink(rows);
                (void)unlink(str_fmt(&a, "%s-wal%c", rows, '\0').p);
        }
        if (store_open(&s, argv[1], DB_CREATE, &d) < 0)
                die(&d);
        start = seconds();
        ingest(&s, kinds, hosts, count, 1600000000, &d);
        tell("ingest, hosts that are new", seconds() - start, (double)hosts);
        judge(&s, JUDGE_NEW, &catalog_builtin, "judge, kinds", &d);
        start = seconds();
        ingest(&s, kinds, hosts, count, 1600003600, &d);
        tell("ingest, hosts that are as they were", seconds() - start, (double)hosts);
        ask(&s, &d);
        other.hash = as_text(S("bench"));
        judge(&s, JUDGE_ALL, &other, "rejudge, kinds", &d);
        ask(&s, &d);
        store_close(&s);
        arena_free(&a);
        return 0;
}
