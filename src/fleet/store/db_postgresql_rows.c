/* Statements with parameters, and their rows, in the protocol's binary form. */
#include <stdio.h>
#include <stdlib.h>

#include "fleet/store/db_postgresql.h"

/* Types as the server numbers them. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701, OID_NUMERIC = 1700 };

/* ---- Parameters ---- */

struct parameters {
        Oid types[PARAMETERS];
        const char *values[PARAMETERS];
        int lengths[PARAMETERS], formats[PARAMETERS];
        unsigned char numbers[PARAMETERS][8];
};

static void write_number(unsigned char *p, uint64_t v) {
        for (int i = 0; i < 8; i++)
                p[i] = (unsigned char)(v >> (56 - 8 * i));
}

static void set_parameters(struct parameters *ret, const struct db_value *args, int count) {
        for (int i = 0; i < count; i++) {
                const struct db_value *v = &args[i];

                ret->formats[i] = 1;
                ret->lengths[i] = v->type == DB_NUMBER ? 8 : (int)v->text.len;
                ret->types[i] = v->type == DB_NUMBER ? OID_INT8 : v->type == DB_TEXT ? OID_TEXT : v->type == DB_BYTES ? OID_BYTEA : 0;
                ret->values[i] = v->type == DB_NULL ? NULL : v->text.p ? v->text.p : "";
                if (v->type == DB_NUMBER) {
                        write_number(ret->numbers[i], (uint64_t)v->number);
                        ret->values[i] = (const char *)ret->numbers[i];
                }
        }
}

/* ?1 becomes $1, but in a text between quotes. */
static const char *with_dollars(struct arena *a, const char *sql) {
        char *copy = arena_bytes(a, (ptrdiff_t)strlen(sql) + 1);
        bool quoted = false;
        ptrdiff_t i = 0;

        for (; sql[i]; i++) {
                quoted ^= sql[i] == '\'';
                copy[i] = sql[i] == '?' && !quoted ? '$' : sql[i];
        }
        copy[i] = '\0';
        return copy;
}

/* The number of the statement among those that are prepared; -1: it has no place among them; -2: it failed. */
static int prepare(struct postgresql *p, const char *sql, const struct parameters *with, int count, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        PGresult *result;
        char name[16];
        int i;

        for (i = 0; i < p->prepared_count; i++)
                if (strcmp(p->prepared[i].sql, sql) == 0 && memcmp(p->prepared[i].types, with->types, sizeof(with->types)) == 0)
                        return i;
        if (i == PREPARED || count == 0)
                return -1;
        (void)snprintf(name, sizeof(name), "s%d", i);
        result = p->lib.PQsendPrepare(p->connection, name, with_dollars(&a, sql), count, with->types) ? postgresql_last_result(p) : NULL;
        if (p->lib.PQresultStatus(result) != PGRES_COMMAND_OK) {
                (void)postgresql_fail(&p->db, result, d);
                p->lib.PQclear(result);
                return -2;
        }
        p->lib.PQclear(result);
        p->prepared[i].sql = str_to_c(&p->arena, str_of(sql));
        memcpy(p->prepared[i].types, with->types, sizeof(with->types));
        p->prepared_count = i + 1;
        return i;
}

/* ---- Asking ---- */

static int send(struct postgresql *p, const char *sql, const struct parameters *with, int count, struct diag *d) {
        int number = prepare(p, sql, with, count, d), sent;
        ARENA_AUTO struct arena a = { 0 };
        char name[16];

        if (number == -2)
                return -1;
        (void)snprintf(name, sizeof(name), "s%d", number);
        if (number >= 0)
                sent = p->lib.PQsendQueryPrepared(p->connection, name, count, with->values, with->lengths, with->formats, 1);
        else
                sent = p->lib.PQsendQueryParams(p->connection, with_dollars(&a, sql), count, with->types, with->values, with->lengths,
                                                with->formats, 1);
        return sent && p->lib.PQsetSingleRowMode(p->connection) ? 0 : postgresql_fail(&p->db, NULL, d);
}

/* True when the question may be asked once more: it changes nothing, and what failed was a connection that nothing hung on. */
static bool is_harmless(const struct db *db, const char *sql) {
        return !db->in_transaction && (str_starts(str_of(sql), S("SELECT ")) || str_starts(str_of(sql), S("WITH ")));
}

/* A connection may turn out to be lost only when the first answer is there. */
static int ask(struct postgresql *p, struct stream *s, const char *sql, const struct parameters *with, int count, struct diag *d) {
        PGresult *first;

        if (send(p, sql, with, count, d) < 0)
                return -1;
        p->stream = s;
        first = postgresql_result(p);
        if (p->lib.PQstatus(p->connection) != CONNECTION_OK) {
                (void)postgresql_fail(&p->db, first, d);
                p->lib.PQclear(first);
                return -1;
        }
        *arena_append(&s->arena, &s->kept) = first;
        return 0;
}

int postgresql_query(struct db *db, struct db_rows *ret, const char *sql, const struct db_value *args, int count, struct diag *d) {
        struct postgresql *p = postgresql_of(db);
        struct parameters with = { 0 };
        struct diag first = { 0 };
        struct stream *s;
        int status;

        if (count > PARAMETERS)
                return diag_fail(d, "more than %d parameters", PARAMETERS);
        set_parameters(&with, args, count);
        if (postgresql_ready(db, d) < 0)
                return -1;
        s = calloc(1, sizeof(*s));
        if (!s)
                memory_ended();
        ret->own = s;
        status = ask(p, s, sql, &with, count, &first);
        if (status < 0 && is_harmless(db, sql) && p->lib.PQstatus(p->connection) != CONNECTION_OK)
                status = postgresql_ready(db, d) < 0 ? -1 : ask(p, s, sql, &with, count, d);
        else if (status < 0)
                (void)diag_fail_class(d, first.class, "%s", first.text);
        if (status < 0)
                postgresql_end(ret);
        return status;
}

void postgresql_drain(struct postgresql *p) {
        PGresult *result;

        if (!p->stream)
                return;
        while ((result = postgresql_result(p)))
                *arena_append(&p->stream->arena, &p->stream->kept) = result;
        p->stream = NULL;
}

/* ---- Rows ---- */

static PGresult *take(struct postgresql *p, struct stream *s) {
        PGresult *result;

        if (s->at < s->kept.count)
                return s->kept.items[s->at++];
        result = p->stream == s ? postgresql_result(p) : NULL;
        if (!result && p->stream == s)
                p->stream = NULL;
        return result;
}

int postgresql_next(struct db_rows *r, struct diag *d) {
        struct postgresql *p = postgresql_of(r->db);
        struct stream *s = r->own;
        int status = 0;

        p->lib.PQclear(s->row);
        while ((s->row = take(p, s))) {
                ExecStatusType sort = p->lib.PQresultStatus(s->row);

                if (sort == PGRES_SINGLE_TUPLE)
                        return 1;
                if (sort == PGRES_COMMAND_OK || sort == PGRES_TUPLES_OK)
                        r->db->changed = strtoll(p->lib.PQcmdTuples(s->row), NULL, 10);
                else if (status == 0)
                        status = postgresql_fail(r->db, s->row, d);
                p->lib.PQclear(s->row);
        }
        return status;
}

static uint64_t read_number(const char *p, int bytes) {
        uint64_t v = 0;

        for (int i = 0; i < bytes; i++)
                v = v << 8 | (unsigned char)p[i];
        return v;
}

/* Digits to the base 10000: how many, the weight of the first, sign, scale; what is behind the point is left out. */
static int64_t read_numeric(const char *p, int length) {
        int digits = (int)read_number(p, 2), weight = (int16_t)read_number(p + 2, 2);
        int64_t v = 0;

        for (int i = 0; i <= weight; i++)
                v = v * 10000 + (i < digits && 10 + 2 * i <= length ? (int64_t)read_number(p + 8 + 2 * i, 2) : 0);
        return read_number(p + 4, 2) == 0x4000 ? -v : v;
}

static int64_t read_double(const char *p) {
        uint64_t bits = read_number(p, 8);
        double v;

        memcpy(&v, &bits, sizeof(v));
        return v > -9e18 && v < 9e18 ? (int64_t)v : 0;
}

struct db_value postgresql_value(const struct db_rows *r, int column) {
        struct postgresql *p = postgresql_of(r->db);
        const struct stream *s = r->own;
        const char *value;
        int length;

        if (!s->row || column >= p->lib.PQnfields(s->row) || p->lib.PQgetisnull(s->row, 0, column))
                return DB_NONE;
        value = p->lib.PQgetvalue(s->row, 0, column);
        length = p->lib.PQgetlength(s->row, 0, column);
        switch (p->lib.PQftype(s->row, column)) {
        case OID_INT8:
                return DB_N((int64_t)read_number(value, 8));
        case OID_INT4:
                return DB_N((int32_t)read_number(value, 4));
        case OID_INT2:
                return DB_N((int16_t)read_number(value, 2));
        case OID_BOOL:
                return DB_N(*value);
        case OID_NUMERIC:
                return DB_N(read_numeric(value, length));
        case OID_FLOAT8:
                return DB_N(read_double(value));
        case OID_BYTEA:
                return DB_B(str_n(value, length));
        default:
                return DB_T(str_n(value, length));
        }
}

void postgresql_end(struct db_rows *r) {
        struct postgresql *p = postgresql_of(r->db);
        struct stream *s = r->own;

        if (p->stream == s)
                postgresql_drain(p);
        p->lib.PQclear(s->row);
        for (; s->at < s->kept.count; s->at++)
                p->lib.PQclear(s->kept.items[s->at]);
        arena_free(&s->arena);
        free(s);
}
