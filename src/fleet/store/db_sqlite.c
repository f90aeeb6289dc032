/* A store in a file: SQLite, linked statically. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/out.h"
#include "fleet/store/db.h"

enum { BUSY_MS = 60000, ENDING_MS = 2000, PACE_MS = 100, WAITS = 500, WAIT_MS = 10, KEPT = 24, APPLICATION = 0x534c4931 /* "SLI1" */ };

/* A statement that was prepared once, by its text. */
struct kept {
        char *sql;
        sqlite3_stmt *statement;
        bool used;
};

struct sqlite {
        struct db db;
        sqlite3 *handle;
        struct arena arena;
        struct kept kept[KEPT];
        int next;   /* of `kept` to be given up */
        int waited; /* milliseconds, for whoever holds the store */
        bool lost;  /* its locks make no sense, and SQLite finds that out anew for ten seconds each time */
};

static struct sqlite *of(struct db *db) {
        return (struct sqlite *)db;
}

static int fail(struct db *db, struct diag *d) {
        struct sqlite *s = of(db);
        int code = sqlite3_extended_errcode(s->handle), base = code & 0xff;

        s->lost = s->lost || base == SQLITE_PROTOCOL;
        db->try_again = base == SQLITE_BUSY || base == SQLITE_LOCKED;
        db->refused = base == SQLITE_CONSTRAINT || base == SQLITE_MISMATCH || base == SQLITE_TOOBIG;
        if (sqlite3_get_autocommit(s->handle))
                db->in_transaction = false; /* some failures end it */
        if (base == SQLITE_FULL || code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE)
                return diag_fail(d, "'%.*s': the disk is full, or the file may not grow further: what was being written is taken back", STR_ARG(db->name));
        if (base == SQLITE_NOTADB)
                return diag_fail_class(d, DIAG_INPUT, "'%.*s' is no SQLite file", STR_ARG(db->name));
        return diag_fail(d, "'%.*s': %s", STR_ARG(db->name), sqlite3_errmsg(s->handle));
}

/* ---- Open and close ---- */

static bool takes(struct str address) {
        return str_starts(address, S("sqlite:")) || str_find(address, S("://")) < 0;
}

static int number(struct db *db, const char *sql, int64_t *ret, struct diag *d) {
        return db_one(db, ret, 0, sql, DB_NO_ARGS, d);
}

/* A file that is somebody else's database is left alone. The tables are counted first: another program may be making the store right now,
 * and writes its mark before them. */
static int check_owner(struct db *db, enum db_mode mode, struct diag *d) {
        int64_t owner, tables;

        if (number(db, "SELECT count(*) FROM sqlite_master", &tables, d) < 0 || number(db, "PRAGMA application_id", &owner, d) < 0)
                return -1;
        if (owner == APPLICATION)
                return 0;
        if (tables > 0 || owner != 0 || mode != DB_CREATE)
                return diag_fail_class(d, DIAG_INPUT, "'%.*s' is no store of a fleet", STR_ARG(db->name));
        return 0;
}

/* Write-ahead log: readers and a writer do not wait for each other. FULL: what was committed is on the disk. The mark is written once: to
 * write it again would wait for whoever writes now. */
static int configure(struct db *db, struct diag *d) {
        int64_t owner;

        if (db_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF;"
                        "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8192; PRAGMA mmap_size = 0; PRAGMA case_sensitive_like = ON;", d) < 0 ||
            number(db, "PRAGMA application_id", &owner, d) < 0)
                return -1;
        return owner == APPLICATION ? 0 : db_exec(db, "PRAGMA application_id = 1397508401", d);
}

/* The mode of the file is changed while nobody else is in it, and SQLite does not wait for that by itself. */
static int configure_when_free(struct db *db, struct diag *d) {
        for (int i = 0; i < WAITS; i++) {
                struct diag passing = { 0 };

                if (configure(db, &passing) == 0)
                        return 0;
                if (!db->try_again)
                        break;
                (void)sqlite3_sleep(WAIT_MS);
        }
        return configure(db, d);
}

static void close_sqlite(struct db *db) {
        struct sqlite *s = of(db);

        for (int i = 0; i < KEPT; i++) {
                (void)sqlite3_finalize(s->kept[i].statement);
                sqlite3_free(s->kept[i].sql);
        }
        (void)sqlite3_close_v2(s->handle);
        arena_free(&s->arena);
        free(s);
}

/* A new file is its owner's alone: it holds what machines run. False when there is one, or there can be none. */
static bool make_file(const char *path) {
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        if (fd >= 0)
                (void)close(fd);
        return fd >= 0;
}

/* Whether to wait longer for the others: soon again at first, then less often. A lock that nobody will ever give back (one that the system
 * failed to take from this very process is such a one) must not keep a program from ending. */
static int wait_for_others(void *arg, int times) {
        struct sqlite *s = arg;
        int pause = times < PACE_MS ? times + 1 : PACE_MS;

        if (times == 0)
                s->waited = 0;
        if (s->waited >= (s->db.ending && atomic_load(s->db.ending) ? ENDING_MS : BUSY_MS))
                return 0;
        s->waited += sqlite3_sleep(pause);
        return 1;
}

/* Without a path: a database of SQLite's own, on its disk for temporary files, which nobody else sees and which goes with its handle. */
static int open_handle(struct db **ret, struct str path, int flags, struct diag *d) {
        struct sqlite *s = calloc(1, sizeof(*s));
        bool memory;

        if (!s)
                memory_ended();
        *ret = &s->db;
        s->db.engine = &db_sqlite;
        s->db.name = str_dup(&s->arena, path);
        (void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of writing, told in words */
        if (flags & SQLITE_OPEN_CREATE && path.len > 0)
                (void)make_file(str_to_c(&s->arena, path));
        if (sqlite3_open_v2(str_to_c(&s->arena, path), &s->handle, flags, NULL) == SQLITE_OK) {
                (void)sqlite3_busy_handler(s->handle, wait_for_others, s);
                (void)sqlite3_extended_result_codes(s->handle, 1);
                return 0;
        }
        memory = sqlite3_errcode(s->handle) == SQLITE_NOMEM || sqlite3_system_errno(s->handle) == ENOMEM;
        (void)diag_fail_class(d, memory ? DIAG_FAILURE : DIAG_NO_INPUT, "cannot open the store '%.*s': %s", STR_ARG(path),
                              memory ? "out of memory" : sqlite3_errmsg(s->handle));
        close_sqlite(&s->db);
        *ret = NULL;
        return -1;
}

static struct str path_of(struct str address) {
        return str_from(address, str_starts(address, S("sqlite:")) ? 7 : 0);
}

static int open_sqlite(struct db **ret, struct str address, enum db_mode mode, const atomic_bool *ending, struct diag *d) {
        int flags = SQLITE_OPEN_READWRITE | (mode == DB_CREATE ? SQLITE_OPEN_CREATE : 0);

        if (open_handle(ret, path_of(address), flags, d) < 0)
                return -1;
        (*ret)->ending = ending;
        if (check_owner(*ret, mode, d) == 0 && (mode == DB_READ || configure_when_free(*ret, d) == 0))
                return 0;
        close_sqlite(*ret);
        *ret = NULL;
        return -1;
}

/* ---- Statements ---- */

/* Nothing that would come to nothing is begun when the program ends. */
static int check_lost(struct db *db, struct diag *d) {
        if (of(db)->lost && db->ending && atomic_load(db->ending))
                return diag_fail(d, "'%.*s': %s", STR_ARG(db->name), sqlite3_errstr(SQLITE_PROTOCOL));
        return 0;
}

static int exec(struct db *db, const char *script, struct diag *d) {
        if (check_lost(db, d) < 0)
                return -1;
        return sqlite3_exec(of(db)->handle, script, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(db, d);
}

/* A place for the statement: its own, a free one, or the next that is not in use; NULL when all are. */
static struct kept *place(struct sqlite *s, const char *sql) {
        for (int i = 0; i < KEPT; i++)
                if (s->kept[i].sql && !s->kept[i].used && strcmp(s->kept[i].sql, sql) == 0)
                        return &s->kept[i];
        for (int i = 0; i < KEPT; i++) {
                struct kept *k = &s->kept[s->next++ % KEPT];

                if (k->used)
                        continue;
                (void)sqlite3_finalize(k->statement);
                sqlite3_free(k->sql);
                *k = (struct kept){ 0 };
                return k;
        }
        return NULL;
}

/* The statement, prepared; *ret_kept is where it stays, or NULL when it is to be finalized. */
static sqlite3_stmt *prepare(struct sqlite *s, const char *sql, struct kept **ret_kept) {
        struct kept *k = place(s, sql);
        sqlite3_stmt *statement = NULL;

        *ret_kept = k;
        if (k && k->statement) {
                k->used = true;
                return k->statement;
        }
        if (sqlite3_prepare_v3(s->handle, sql, -1, k ? SQLITE_PREPARE_PERSISTENT : 0, &statement, NULL) != SQLITE_OK)
                return NULL;
        if (k)
                *k = (struct kept){ .sql = sqlite3_mprintf("%s", sql), .statement = statement, .used = true };
        return statement;
}

static int bind(sqlite3_stmt *statement, int at, const struct db_value *v) {
        switch (v->type) {
        case DB_NUMBER:
                return sqlite3_bind_int64(statement, at, v->number);
        case DB_TEXT:
                return sqlite3_bind_text64(statement, at, v->text.p ? v->text.p : "", (sqlite3_uint64)v->text.len, SQLITE_STATIC, SQLITE_UTF8);
        case DB_BYTES:
                return sqlite3_bind_blob64(statement, at, v->text.p ? v->text.p : "", (sqlite3_uint64)v->text.len, SQLITE_STATIC);
        case DB_NULL:
                break;
        }
        return sqlite3_bind_null(statement, at);
}

static void let_go(sqlite3_stmt *statement, struct kept *k) {
        if (!k) {
                (void)sqlite3_finalize(statement);
                return;
        }
        (void)sqlite3_reset(statement);
        k->used = false;
}

static int query(struct db *db, struct db_rows *ret, const char *sql, const struct db_value *args, int count, struct diag *d) {
        struct kept *k;
        sqlite3_stmt *statement;

        if (check_lost(db, d) < 0)
                return -1;
        statement = prepare(of(db), sql, &k);
        if (!statement)
                return fail(db, d);
        for (int i = 0; i < count; i++)
                if (bind(statement, i + 1, &args[i]) != SQLITE_OK) {
                        (void)fail(db, d);
                        let_go(statement, k);
                        return -1;
                }
        ret->own = statement;
        ret->more = k;
        return 0;
}

static int next(struct db_rows *r, struct diag *d) {
        int code = sqlite3_step(r->own);

        if (code == SQLITE_ROW)
                return 1;
        r->db->changed = sqlite3_changes64(of(r->db)->handle);
        return code == SQLITE_DONE ? 0 : fail(r->db, d);
}

static struct db_value value(const struct db_rows *r, int column) {
        const void *p;

        switch (sqlite3_column_type(r->own, column)) {
        case SQLITE_INTEGER:
        case SQLITE_FLOAT:
                return DB_N(sqlite3_column_int64(r->own, column));
        case SQLITE_TEXT:
                p = sqlite3_column_text(r->own, column);
                return DB_T(str_n(p ? p : "", sqlite3_column_bytes(r->own, column)));
        case SQLITE_BLOB:
                p = sqlite3_column_blob(r->own, column);
                return DB_B(str_n(p ? p : "", sqlite3_column_bytes(r->own, column)));
        default:
                return DB_NONE;
        }
}

static void end(struct db_rows *r) {
        let_go(r->own, r->more);
}

/* ---- Many rows: a prepared insert ---- */

static int load_begin(struct db *db, struct db_load *ret, const char *table, const char *columns, struct diag *d) {
        OUT_AUTO struct out sql = { 0 };
        sqlite3_stmt *statement = NULL;

        out_fmt(&sql, "INSERT INTO %s (%s) VALUES (?", table, columns);
        for (int i = 1; i < ret->columns; i++)
                out_c(&sql, ", ?");
        out_char(&sql, ')');
        if (sqlite3_prepare_v2(of(db)->handle, sql.p, (int)sql.len, &statement, NULL) != SQLITE_OK)
                return fail(db, d);
        ret->own = statement;
        return 0;
}

static int load_row(struct db_load *l, const struct db_value *values, struct diag *d) {
        for (int i = 0; i < l->columns; i++)
                if (bind(l->own, i + 1, &values[i]) != SQLITE_OK)
                        return fail(l->db, d);
        if (sqlite3_step(l->own) != SQLITE_DONE)
                return fail(l->db, d);
        (void)sqlite3_reset(l->own);
        return 0;
}

static int load_end(struct db_load *l, bool keep, struct diag *d) {
        (void)keep;
        (void)d;
        (void)sqlite3_finalize(l->own);
        return 0;
}

/* ---- Backup ---- */

enum { PAGES = 4096, PAUSE_MS = 20, TRIES = 3000 };

/* Others may write meanwhile: what they change is copied, too, and the copy is of one moment. */
static int copy(sqlite3 *to, sqlite3 *from, struct str name, struct diag *d) {
        sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
        int code = SQLITE_ERROR, tries = 0;

        while (b && ((code = sqlite3_backup_step(b, PAGES)) == SQLITE_OK || ((code == SQLITE_BUSY || code == SQLITE_LOCKED) && tries++ < TRIES)))
                if (code != SQLITE_OK)
                        (void)sqlite3_sleep(PAUSE_MS);
        if (!b)
                code = sqlite3_errcode(to);
        if (b && sqlite3_backup_finish(b) == SQLITE_OK && code == SQLITE_DONE)
                return 0;
        return diag_fail(d, "cannot copy the store to or from '%.*s': %s", STR_ARG(name), code == SQLITE_DONE ? sqlite3_errmsg(to) : sqlite3_errstr(code));
}

static int backup(struct db *db, struct str file, struct diag *d) {
        struct sqlite *s = of(db);
        const char *path = str_to_c(&s->arena, file);
        sqlite3 *to = NULL;
        int status;

        if (!make_file(path))
                return errno == EEXIST ? diag_fail_class(d, DIAG_USAGE, "'%s' is there already: a backup does not replace a file", path)
                                       : diag_fail(d, "cannot write '%s': %s", path, strerror(errno));
        status = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK
                         ? copy(to, s->handle, file, d)
                         : diag_fail(d, "cannot write '%s': %s", path, sqlite3_errmsg(to));
        if (status == 0) /* the copy is one file, which can be moved */
                (void)sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
        (void)sqlite3_close_v2(to);
        if (status < 0)
                (void)unlink(path); /* half a backup is none */
        return status;
}

/* "ok", or what is wrong. A page that could not be read now ("unable to get the page. error code=7") is no damage. */
static int judge_copy(struct str said, struct str name, struct diag *d) {
        ptrdiff_t at = str_find(said, S("error code="));
        uint64_t code = 0;

        if (str_eq(said, S("ok")))
                return 0;
        (void)str_to_u64(at < 0 ? S("") : str_trim(str_from(said, at + 11)), &code);
        if ((code & 0xff) == SQLITE_NOMEM || (code & 0xff) == SQLITE_IOERR)
                return diag_fail(d, "cannot read '%.*s': %s", STR_ARG(name), sqlite3_errstr((int)code));
        return diag_fail_class(d, DIAG_INPUT, "'%.*s' is damaged", STR_ARG(name));
}

/* What is restored must be a whole store. */
static int check_copy(struct db *from, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(from, &r, "PRAGMA integrity_check(1)", DB_NO_ARGS, d) < 0)
                return -1;
        status = db_next(&r, d);
        if (status >= 0)
                status = judge_copy(status > 0 ? db_text(&r, 0) : S(""), from->name, d);
        db_end(&r);
        return status;
}

/* What is to be in the store is made aside and then copied in one transaction: no moment shows it without what `amend` adds, and a
 * failure leaves the store as it was. */
static int restore_from(struct db *db, struct db *from, int (*amend)(struct db *copy, void *arg, struct diag *d), void *arg, struct diag *d) {
        struct db *aside;
        int status;

        if (check_copy(from, d) < 0 || open_handle(&aside, S(""), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, d) < 0)
                return -1;
        status = copy(of(aside)->handle, of(from)->handle, from->name, d) < 0 || amend(aside, arg, d) < 0
                         ? -1
                         : copy(of(db)->handle, of(aside)->handle, from->name, d);
        close_sqlite(aside);
        return status;
}

static int restore(struct db *db, struct str file, int (*amend)(struct db *copy, void *arg, struct diag *d), void *arg, struct diag *d) {
        struct db *from;
        int status;

        if (open_sqlite(&from, file, DB_READ, NULL, d) < 0)
                return -1;
        status = restore_from(db, from, amend, arg, d);
        close_sqlite(from);
        return status;
}

const struct db_engine db_sqlite = {
        .name = "SQLite",
        .takes = takes,
        .bytes = "BLOB",
        .identity = "INTEGER PRIMARY KEY",
        .empty = "DELETE FROM",
        .staged = "",
        .begin = "BEGIN IMMEDIATE",
        .open = open_sqlite,
        .close = close_sqlite,
        .exec = exec,
        .query = query,
        .next = next,
        .value = value,
        .end = end,
        .load_begin = load_begin,
        .load_row = load_row,
        .load_end = load_end,
        .look = "BEGIN",
        .check = check_copy,
        .backup = backup,
        .restore = restore,
};

/* ---- No mathematics ---- */

/* SQL's functions of mathematics, and the ranking of its full text search, are all that would have every start load the C library's
 * mathematics, and no statement here asks for them: they have no value (NULL). Hidden: a SQLite that is a library of its own keeps them.
 * Nobody else may ask for them (tests/hard/start.py). */
#define OF_ONE(X)                                                                                                              \
        X(acos) X(acosh) X(asin) X(asinh) X(atan) X(atanh) X(cos) X(cosh) X(exp) X(log) X(sin) X(sinh) X(sqrt) X(tan) X(tanh) X(trunc)
#define OF_TWO(X) X(atan2) X(fmod) X(pow)

#define X(name)                                                              \
        __attribute__((visibility("hidden"))) double (name)(double x) {      \
                (void)x;                                                     \
                return (double)NAN;                                          \
        }
OF_ONE(X)
#undef X
#define X(name)                                                                    \
        __attribute__((visibility("hidden"))) double (name)(double x, double y) {  \
                (void)x, (void)y;                                                  \
                return (double)NAN;                                                \
        }
OF_TWO(X)
#undef X
