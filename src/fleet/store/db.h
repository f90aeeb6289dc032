/* One narrow seam over the databases in which a fleet is kept: SQLite (a file), PostgreSQL (a server).
 *
 * All statements are one text for every engine: parameters are ?1, ?2, …; what engines spell differently stands as a word with a dollar
 * sign ($BYTES, $IDENTITY, $EMPTY, $STAGED), which db_words() replaces. Both know INSERT … SELECT … ON CONFLICT, UPDATE … FROM, common table
 * expressions and window functions; neither max(a, b) nor greatest() is common: CASE is. Numbers are int64_t, times are seconds since
 * 1970, UTC, and truth is 0 or 1.
 *
 * A statement that changes much is not run row by row: rows are loaded into a temporary table (db_load_begin) and merged from there by a
 * few statements over all of them.
 *
 * Functions return 0, or -1 after diag_fail once. A failure inside of a transaction leaves it open: db_rollback() it. Nothing here is for
 * two threads at once: each opens its own. */
#ifndef SIDELIGHT_FLEET_DB_H
#define SIDELIGHT_FLEET_DB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

enum db_type { DB_NULL, DB_NUMBER, DB_TEXT, DB_BYTES };

struct db_value {
        enum db_type type;
        int64_t number;  /* DB_NUMBER */
        struct str text; /* DB_TEXT: UTF-8 without a NUL; DB_BYTES */
};

#define DB_N(v) ((struct db_value){ .type = DB_NUMBER, .number = (v) })
#define DB_T(v) ((struct db_value){ .type = DB_TEXT, .text = (v) })
#define DB_B(v) ((struct db_value){ .type = DB_BYTES, .text = (v) })
#define DB_NONE ((struct db_value){ .type = DB_NULL })
/* The parameters of a statement, ?1 first. */
#define DB_ARGS(...) \
        (const struct db_value[]){ __VA_ARGS__ }, (int)(sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value))
#define DB_NO_ARGS NULL, 0

struct db_engine;

/* One connection: the first member of the engine's own structure. */
struct db {
        const struct db_engine *engine;
        struct str name;      /* for messages: the address without a password */
        int64_t changed;      /* rows that the last db_run touched */
        bool in_transaction;
        bool try_again;       /* the last failure was another one's doing (a deadlock, a lost race, a server that starts): the same
                               * transaction, begun again, may go well */
        bool refused;         /* the last failure lay in the values: the same ones would be refused again */
        const atomic_bool *ending; /* or NULL; true: the program ends, and whoever holds the store, or a server that hangs, is waited for a moment only */
};

/* The rows of a query that is under way; on the stack, ended with db_end(). */
struct db_rows {
        struct db *db;
        void *own, *more;     /* the engine's */
        int64_t at, count;    /* the same */
};

/* Rows on their way into a table. */
struct db_load {
        struct db *db;
        int columns;
        void *own;            /* the engine's */
};

/* How an address is opened: as it must be there already, or made where it is not; or as it is there, to be read and not changed. */
enum db_mode { DB_EXISTING, DB_CREATE, DB_READ };

/* What an engine is. No function calls another engine's. */
struct db_engine {
        const char *name;
        bool (*takes)(struct str address);
        /* What stands for the words with a dollar sign. */
        const char *bytes;    /* $BYTES: the type of DB_BYTES */
        const char *identity; /* $IDENTITY: the type of a number that the engine gives out, the table's key */
        const char *empty;    /* $EMPTY: "DELETE FROM", where all rows go */
        const char *staged;   /* $STAGED, behind a temporary table's columns: its rows go with the transaction; "": whoever fills it empties it */
        const char *listed;   /* $LISTED: gives the words of ?2, blanks between them, as rows; NULL: a question costs as little as a row */
        const char *begin;    /* begins a transaction that will write */
        int (*open)(struct db **ret, struct str address, enum db_mode mode, const atomic_bool *ending, struct diag *d);
        void (*close)(struct db *db);
        int (*exec)(struct db *db, const char *script, struct diag *d);
        int (*query)(struct db *db, struct db_rows *ret, const char *sql, const struct db_value *args, int count, struct diag *d);
        int (*next)(struct db_rows *r, struct diag *d);
        struct db_value (*value)(const struct db_rows *r, int column);
        void (*end)(struct db_rows *r);
        int (*load_begin)(struct db *db, struct db_load *ret, const char *table, const char *columns, struct diag *d);
        int (*load_row)(struct db_load *l, const struct db_value *values, struct diag *d);
        int (*load_end)(struct db_load *l, bool keep, struct diag *d);
        /* Only one transaction at a time gets past this, until it ends; NULL where `begin` does that. */
        int (*lock)(struct db *db, struct diag *d);
        /* Begins a transaction that sees one moment, and does not write. */
        const char *look;
        /* A statement, of the table's name twice: after rows that came with their numbers it goes on behind them; NULL: it does so by itself. */
        const char *numbers;
        /* Whether all of it can be read; NULL: a server sees to that. */
        int (*check)(struct db *db, struct diag *d);
        /* The whole database into a file that is not there yet, as it is at one moment, while others write; or from such a file, in place of all
         * that it holds, after `amend` changed a copy of it (the file stays as it is). NULL where rows go one by one (backup.h). */
        int (*backup)(struct db *db, struct str file, struct diag *d);
        int (*restore)(struct db *db, struct str file, int (*amend)(struct db *copy, void *arg, struct diag *d), void *arg, struct diag *d);
};

/* Opens "FILE", "sqlite:FILE" or "postgresql://…". DIAG_USAGE for an address that no engine of this build takes, DIAG_NO_INPUT when what
 * must be there is not, DIAG_INPUT when it is something else. */
int db_open(struct db **ret, const char *address, enum db_mode mode, struct diag *d);
/* The same by a program that may be told to end meanwhile: `ending` becomes the member. */
int db_open_ending(struct db **ret, const char *address, enum db_mode mode, const atomic_bool *ending, struct diag *d);
void db_close(struct db *db); /* NULL is fine; what was not committed is undone */

/* A script of statements, without parameters. */
int db_exec(struct db *db, const char *script, struct diag *d);
/* The text with the engine's words in place of $WORDs. */
const char *db_words(const struct db *db, struct arena *a, const char *sql);

/* One statement that gives no rows; db->changed tells how many it touched. */
int db_run(struct db *db, const char *sql, const struct db_value *args, int count, struct diag *d);

/* One statement that gives rows. `args` and their texts must live until db_end(). On failure there is nothing to end. */
int db_query(struct db *db, struct db_rows *ret, const char *sql, const struct db_value *args, int count, struct diag *d);
/* 1: the next row; 0: there is none; -1. */
int db_next(struct db_rows *r, struct diag *d);
/* Of the row at hand, columns from 0; a NULL is 0, or a text without a pointer. Texts live until the next db_next or db_end. */
int64_t db_number(const struct db_rows *r, int column);
struct str db_text(const struct db_rows *r, int column); /* bytes, too */
bool db_is_null(const struct db_rows *r, int column);
void db_end(struct db_rows *r);
/* The first column of the first row as a number; `otherwise` when there is no row, or it is NULL. */
int db_one(struct db *db, int64_t *ret, int64_t otherwise, const char *sql, const struct db_value *args, int count, struct diag *d);

/* Transactions that write. db_begin waits for others (SQLite); db_lock does (PostgreSQL): call it before what must not run beside others
 * of its kind. A commit that returned 0 is durable. */
int db_begin(struct db *db, struct diag *d);
int db_lock(struct db *db, struct diag *d);
int db_commit(struct db *db, struct diag *d);
void db_rollback(struct db *db); /* nothing when there is none */

/* Many rows into `table`, inside of a transaction; `columns` is "a, b, c", and values come in this order. No other statement is run
 * between begin and end. `keep` false: the rows are given up, for the transaction is to be rolled back. */
int db_load_begin(struct db *db, struct db_load *ret, const char *table, const char *columns, struct diag *d);
int db_load_row(struct db_load *l, const struct db_value *values, struct diag *d);
int db_load_end(struct db_load *l, bool keep, struct diag *d);

/* The engines. */
extern const struct db_engine db_sqlite, db_postgresql;

#endif
