#include "fleet/store/db.h"

#include "base/out.h"

static const struct db_engine *const engines[] = { &db_sqlite, &db_postgresql };

int db_open_ending(struct db **ret, const char *address, enum db_mode mode, const atomic_bool *ending, struct diag *d) {
        struct str text = str_of(address);

        for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
                if (engines[i]->takes(text))
                        return engines[i]->open(ret, text, mode, ending, d);
        return diag_fail_class(d, DIAG_USAGE, "'%.*s…' is no address of a store; expected one of: FILE, sqlite:FILE, postgresql://…",
                               (int)(str_find(text, S("://")) < 0 ? 0 : str_find(text, S("://"))), address);
}

int db_open(struct db **ret, const char *address, enum db_mode mode, struct diag *d) {
        return db_open_ending(ret, address, mode, NULL, d);
}

void db_close(struct db *db) {
        if (!db)
                return;
        db_rollback(db);
        db->engine->close(db);
}

int db_exec(struct db *db, const char *script, struct diag *d) {
        return db->engine->exec(db, script, d);
}

/* What a word stands for; NULL: it is none. */
static const char *meaning(const struct db_engine *e, struct str word) {
        if (str_eq(word, S("$BYTES")))
                return e->bytes;
        if (str_eq(word, S("$IDENTITY")))
                return e->identity;
        if (str_eq(word, S("$STAGED")))
                return e->staged;
        if (str_eq(word, S("$LISTED")))
                return e->listed;
        return str_eq(word, S("$EMPTY")) ? e->empty : NULL;
}

const char *db_words(const struct db *db, struct arena *a, const char *sql) {
        OUT_AUTO struct out o = { 0 };
        struct str rest = str_of(sql);

        for (ptrdiff_t at; (at = str_find_char(rest, '$')) >= 0;) {
                ptrdiff_t end = at + 1;
                const char *word;

                while (end < rest.len && rest.p[end] >= 'A' && rest.p[end] <= 'Z')
                        end++;
                word = meaning(db->engine, str_sub(rest, at, end - at));
                out_str(&o, str_sub(rest, 0, at));
                if (word)
                        out_c(&o, word);
                else
                        out_str(&o, str_sub(rest, at, end - at));
                rest = str_from(rest, end);
        }
        out_str(&o, rest);
        return str_to_c(a, out_text(&o));
}

int db_query(struct db *db, struct db_rows *ret, const char *sql, const struct db_value *args, int count, struct diag *d) {
        *ret = (struct db_rows){ .db = db };
        return db->engine->query(db, ret, sql, args, count, d);
}

int db_next(struct db_rows *r, struct diag *d) {
        return r->db->engine->next(r, d);
}

int64_t db_number(const struct db_rows *r, int column) {
        struct db_value v = r->db->engine->value(r, column);

        return v.type == DB_NUMBER ? v.number : 0;
}

struct str db_text(const struct db_rows *r, int column) {
        struct db_value v = r->db->engine->value(r, column);

        return v.type == DB_TEXT || v.type == DB_BYTES ? v.text : (struct str){ 0 };
}

bool db_is_null(const struct db_rows *r, int column) {
        return r->db->engine->value(r, column).type == DB_NULL;
}

void db_end(struct db_rows *r) {
        r->db->engine->end(r);
}

int db_run(struct db *db, const char *sql, const struct db_value *args, int count, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(db, &r, sql, args, count, d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                ;
        db_end(&r);
        return status;
}

int db_one(struct db *db, int64_t *ret, int64_t otherwise, const char *sql, const struct db_value *args, int count, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(db, &r, sql, args, count, d) < 0)
                return -1;
        status = db_next(&r, d);
        *ret = status > 0 && !db_is_null(&r, 0) ? db_number(&r, 0) : otherwise;
        db_end(&r);
        return status < 0 ? -1 : 0;
}

int db_begin(struct db *db, struct diag *d) {
        if (db_exec(db, db->engine->begin, d) < 0)
                return -1;
        db->in_transaction = true;
        return 0;
}

int db_lock(struct db *db, struct diag *d) {
        return db->engine->lock ? db->engine->lock(db, d) : 0;
}

int db_commit(struct db *db, struct diag *d) {
        if (db_exec(db, "COMMIT", d) < 0)
                return -1;
        db->in_transaction = false;
        return 0;
}

void db_rollback(struct db *db) {
        struct diag ignored = { 0 }; /* what went wrong was told before */

        if (!db->in_transaction)
                return;
        (void)db_exec(db, "ROLLBACK", &ignored);
        db->in_transaction = false;
}

int db_load_begin(struct db *db, struct db_load *ret, const char *table, const char *columns, struct diag *d) {
        *ret = (struct db_load){ .db = db, .columns = 1 };
        for (const char *p = columns; *p; p++)
                ret->columns += *p == ',';
        return db->engine->load_begin(db, ret, table, columns, d);
}

int db_load_row(struct db_load *l, const struct db_value *values, struct diag *d) {
        return l->db->engine->load_row(l, values, d);
}

int db_load_end(struct db_load *l, bool keep, struct diag *d) {
        return l->db->engine->load_end(l, keep, d);
}
