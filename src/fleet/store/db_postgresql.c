/* A store on a PostgreSQL server, by libpq, which is opened when an address asks for it.
 *
 * Rows of a query are taken one at a time, so that memory does not grow with them; whoever asks something else in between makes the rest be
 * kept. A connection that was lost is made again before the next transaction, with the temporary tables that it had. Within a transaction
 * the loss is a failure that may be tried again: whether a commit that was under way was made is not known, and what comes in is
 * idempotent. */
#include "fleet/store/db_postgresql.h"

#include <stdlib.h>
#include <time.h>

static const char *const names[] = { POSTGRESQL_FUNCTIONS(LIBRARY_NAME) NULL };
static const struct library library = { .file = "libpq.so.5", .package = "libpq5", .functions = names };

struct postgresql *postgresql_of(struct db *db) {
        return (struct postgresql *)db;
}

/* ---- Failures ---- */

/* Classes and codes of failures that the same transaction, begun again, may not meet: connections lost, servers that stop, start or take over,
 * deadlocks and lost races. */
static bool may_pass(struct str state) {
        static const struct str states[] = { STR("57P01"), STR("57P02"), STR("57P03"), STR("57P05"), STR("53300"), STR("55P03"), STR("25006") };

        if (str_starts(state, S("08")) || str_starts(state, S("40")))
                return true;
        for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
                if (str_eq(state, states[i]))
                        return true;
        return false;
}

static struct str first_line(const char *text) {
        struct str rest = str_of(text ? text : ""), line = S("");

        (void)str_line(&rest, &line);
        return str_trim(line);
}

int postgresql_fail(struct db *db, const PGresult *result, struct diag *d) {
        struct postgresql *p = postgresql_of(db);
        struct str state = str_of(result ? p->lib.PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL);
        struct str why = first_line(result ? p->lib.PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL);
        bool lost = p->lib.PQstatus(p->connection) != CONNECTION_OK;

        db->try_again = lost || may_pass(state);
        db->refused = str_starts(state, S("22")) || str_starts(state, S("23")) || str_starts(state, S("54"));
        if (lost)
                p->stream = NULL;
        if (p->given_up) {
                db->try_again = false;
                return diag_fail(d, "'%.*s': the server did not answer in time, and this program ends", STR_ARG(db->name));
        }
        if (str_eq(state, S("53100")) || str_find(why, S("No space left on device")) >= 0)
                return diag_fail(d, "'%.*s': the server's disk is full: nothing was changed (%.*s)", STR_ARG(db->name), STR_ARG(why));
        if (why.len == 0)
                why = first_line(p->lib.PQerrorMessage(p->connection));
        return diag_fail(d, "'%.*s': %.*s", STR_ARG(db->name), STR_ARG(why));
}

/* Takes the result: 0 when it is what was wanted. */
static int settle(struct db *db, PGresult *result, struct diag *d) {
        struct postgresql *p = postgresql_of(db);
        ExecStatusType status = p->lib.PQresultStatus(result);
        int answer = 0;

        if (!result || (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY))
                answer = postgresql_fail(db, result, d);
        p->lib.PQclear(result);
        return answer;
}

/* ---- Connections ---- */

static bool takes(struct str address) {
        return str_starts(address, S("postgresql://")) || str_starts(address, S("postgres://"));
}

static void hear_nothing(void *arg, const char *message) {
        (void)arg;
        (void)message;
}

/* Asks for one text; NULL when there is none. */
static int ask(struct db *db, const char *sql, struct arena *a, const char **ret, struct diag *d) {
        struct postgresql *p = postgresql_of(db);
        PGresult *result = postgresql_exec(p, sql);

        *ret = NULL;
        if (result && p->lib.PQresultStatus(result) == PGRES_TUPLES_OK && p->lib.PQntuples(result) > 0 && !p->lib.PQgetisnull(result, 0, 0))
                *ret = str_to_c(a, str_of(p->lib.PQgetvalue(result, 0, 0)));
        return settle(db, result, d);
}

/* What a session needs: texts in UTF-8, and commits that are on the disk when they return. */
static int prepare_session(struct db *db, struct diag *d) {
        struct postgresql *p = postgresql_of(db);
        ARENA_AUTO struct arena a = { 0 };
        const char *encoding, *durable;

        (void)p->lib.PQsetNoticeProcessor(p->connection, hear_nothing, NULL);
        if (p->lib.PQsetnonblocking(p->connection, 1) != 0)
                return postgresql_fail(db, NULL, d);
        p->prepared_count = 0;
        p->stream = NULL;
        if (ask(db, "SHOW server_encoding", &a, &encoding, d) < 0 || ask(db, "SHOW synchronous_commit", &a, &durable, d) < 0)
                return -1;
        if (!encoding || !str_eq(str_of(encoding), S("UTF8")))
                return diag_fail_class(d, DIAG_INPUT, "'%.*s' keeps texts as %s; a store needs a database with ENCODING 'UTF8'", STR_ARG(db->name),
                                       encoding ? encoding : "?");
        if (durable && str_eq(str_of(durable), S("off")))
                return settle(db, postgresql_exec(p, "SET synchronous_commit TO on"), d);
        return 0;
}

static int make_temporary(struct db *db, struct diag *d) {
        struct postgresql *p = postgresql_of(db);

        for (ptrdiff_t i = 0; i < p->temporary.count; i++)
                if (settle(db, postgresql_exec(p, p->temporary.items[i]), d) < 0)
                        return -1;
        return 0;
}

/* A server that is being started again is waited for; when the program ends it is tried once. */
static int connect_again(struct db *db, struct diag *d) {
        struct postgresql *p = postgresql_of(db);

        for (int i = 0; i < RECONNECT_TIMES && !p->given_up; i++) {
                if (i > 0)
                        (void)nanosleep(&(struct timespec){ .tv_nsec = RECONNECT_NS }, NULL);
                p->lib.PQreset(p->connection);
                if (p->lib.PQstatus(p->connection) == CONNECTION_OK)
                        return prepare_session(db, d) < 0 ? -1 : make_temporary(db, d);
                p->given_up = postgresql_ends(p);
        }
        return postgresql_fail(db, NULL, d);
}

/* Before anything is asked: nothing else is under way, and outside of a transaction the connection stands. */
int postgresql_ready(struct db *db, struct diag *d) {
        struct postgresql *p = postgresql_of(db);

        postgresql_drain(p);
        if (p->lib.PQstatus(p->connection) == CONNECTION_OK)
                return 0;
        return db->in_transaction ? postgresql_fail(db, NULL, d) : connect_again(db, d);
}

static const char name_sql[] = "SELECT 'postgresql://' || coalesce(nullif(host(inet_server_addr()), ''), 'local') || '/' || current_database()";

/* The tables are counted first: another program may be making the store right now, all of it at once, and whoever saw one of its tables
 * sees meta afterwards. */
static int check_owner(struct db *db, enum db_mode mode, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        const char *meta, *tables;

        if (ask(db, "SELECT count(*)::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'", &a, &tables, d) < 0 ||
            ask(db, "SELECT to_regclass('meta')::text", &a, &meta, d) < 0)
                return -1;
        if (meta)
                return 0;
        if (mode == DB_EXISTING || !tables || !str_eq(str_of(tables), S("0")))
                return diag_fail_class(d, DIAG_INPUT, "'%.*s' is no store of a fleet", STR_ARG(db->name));
        return 0;
}

/* For libpq, zero and less mean that a server is waited for without end, and who ends the program would wait, too. */
static bool waits_for_ever(struct postgresql *p, const char *address) {
        PQconninfoOption *all = p->lib.PQconninfoParse(address, NULL);
        bool found = false;

        for (const PQconninfoOption *o = all; o && o->keyword; o++)
                if (strcmp(o->keyword, "connect_timeout") == 0 && o->val)
                        found = strtol(o->val, NULL, 10) <= 0;
        p->lib.PQconninfoFree(all);
        return found;
}

static int connect_first(struct db *db, const char *address, enum db_mode mode, struct diag *d) {
        static const char *const keys[] = { "fallback_application_name", "connect_timeout", "tcp_user_timeout", "keepalives_idle", "dbname",
                                            "client_encoding", "connect_timeout", NULL };
        struct postgresql *p = postgresql_of(db);
        const char *const values[] = { "sidelight", "10", "30000", "30", address, "UTF8", waits_for_ever(p, address) ? "10" : NULL, NULL };
        const char *name;

        p->connection = p->lib.PQconnectdbParams(keys, values, 1);
        if (!p->connection)
                memory_ended();
        if (p->lib.PQstatus(p->connection) != CONNECTION_OK)
                return diag_fail_class(d, DIAG_NO_INPUT, "cannot open the store: %.*s",
                                       STR_ARG(first_line(p->lib.PQerrorMessage(p->connection))));
        if (prepare_session(db, d) < 0 || ask(db, name_sql, &p->arena, &name, d) < 0)
                return -1;
        db->name = str_of(name);
        return check_owner(db, mode, d);
}

static void close_postgresql(struct db *db) {
        struct postgresql *p = postgresql_of(db);

        postgresql_drain(p);
        p->lib.PQfinish(p->connection);
        arena_free(&p->arena);
        out_free(&p->copy);
        free(p);
}

static int open_postgresql(struct db **ret, struct str address, enum db_mode mode, const atomic_bool *ending, struct diag *d) {
        struct postgresql *p = calloc(1, sizeof(*p));

        if (!p)
                memory_ended();
        p->db.engine = &db_postgresql;
        p->db.name = S("postgresql");
        p->db.ending = ending;
        if (library_open(&library, &p->lib, "cannot open this store", d) == 0) {
                if (connect_first(&p->db, str_to_c(&p->arena, address), mode, d) == 0) {
                        *ret = &p->db;
                        return 0;
                }
                close_postgresql(&p->db);
        } else {
                free(p);
        }
        *ret = NULL;
        return -1;
}

/* ---- Scripts ---- */

static void remember(struct postgresql *p, const char *script) {
        if (!str_starts(str_of(script), S("CREATE TEMPORARY TABLE")))
                return;
        for (ptrdiff_t i = 0; i < p->temporary.count; i++)
                if (strcmp(p->temporary.items[i], script) == 0)
                        return;
        *arena_append(&p->arena, &p->temporary) = str_to_c(&p->arena, str_of(script));
}

/* A transaction that failed is undone by COMMIT, too, which then says so and nothing else. */
static int check_commit(struct db *db, PGresult *result, const char *script, struct diag *d) {
        struct postgresql *p = postgresql_of(db);

        if (result && strcmp(script, "COMMIT") == 0 && strcmp(p->lib.PQcmdStatus(result), "ROLLBACK") == 0) {
                p->lib.PQclear(result);
                return diag_fail(d, "'%.*s': the transaction had failed: nothing was changed", STR_ARG(db->name));
        }
        return settle(db, result, d);
}

/* Of two that make the same table at once one fails, although it says IF NOT EXISTS; and a connection may turn out to be lost only when it is
 * used. Where no transaction is open, the script is tried once more. */
static bool worth_another(struct db *db, const PGresult *result, const char *script) {
        struct postgresql *p = postgresql_of(db);
        struct str state = str_of(result ? p->lib.PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL);

        if (db->in_transaction)
                return false;
        if (p->lib.PQstatus(p->connection) != CONNECTION_OK)
                return strcmp(script, "BEGIN") == 0;
        return str_starts(str_of(script), S("CREATE ")) && (str_eq(state, S("23505")) || str_eq(state, S("42P07")) || str_eq(state, S("42710")));
}

static int exec_text(struct db *db, const char *script, struct diag *d) {
        struct postgresql *p = postgresql_of(db);
        PGresult *result;

        if (postgresql_ready(db, d) < 0)
                return -1;
        result = postgresql_exec(p, script);
        if (worth_another(db, result, script)) {
                p->lib.PQclear(result);
                if (postgresql_ready(db, d) < 0)
                        return -1;
                result = postgresql_exec(p, script);
        }
        if (check_commit(db, result, script, d) < 0)
                return -1;
        remember(p, script);
        return 0;
}

/* In tables TEXT is what sorts by its bytes, whatever order of letters the database was made with: as every other engine answers. */
static const char *by_bytes(struct arena *a, const char *script) {
        OUT_AUTO struct out o = { 0 };
        struct str rest = str_of(script);
        const struct str type = S(" TEXT");

        if (!str_starts(rest, S("CREATE ")) && !str_starts(rest, S("ALTER ")))
                return script;
        for (ptrdiff_t at; (at = str_find(rest, type)) >= 0; rest = str_from(rest, at + type.len)) {
                char behind = at + type.len < rest.len ? rest.p[at + type.len] : ' ';

                out_str(&o, str_sub(rest, 0, at + type.len));
                if (behind == ' ' || behind == ',' || behind == ')')
                        out_c(&o, " COLLATE \"C\"");
        }
        out_str(&o, rest);
        return str_to_c(a, out_text(&o));
}

static int exec(struct db *db, const char *script, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };

        return exec_text(db, by_bytes(&a, script), d);
}

/* One writer at a time: the lock goes with the transaction. */
static int lock(struct db *db, struct diag *d) {
        return exec(db, "SELECT pg_advisory_xact_lock(7236828372617296200)", d); /* any number that nobody else takes */
}

/* ---- Many rows: COPY, in its binary form ---- */

static int load_begin(struct db *db, struct db_load *ret, const char *table, const char *columns, struct diag *d) {
        static const char head[] = "PGCOPY\n\377\r\n\0" "\0\0\0\0" "\0\0\0\0"; /* signature, no flags, no extension */
        struct postgresql *p = postgresql_of(db);
        ARENA_AUTO struct arena a = { 0 };
        PGresult *result;

        if (postgresql_ready(db, d) < 0)
                return -1;
        result = postgresql_exec(p, str_fmt(&a, "COPY %s (%s) FROM STDIN (FORMAT binary)%c", table, columns, '\0').p);
        if (p->lib.PQresultStatus(result) != PGRES_COPY_IN) {
                (void)postgresql_fail(db, result, d);
                p->lib.PQclear(result);
                return -1;
        }
        p->lib.PQclear(result);
        ret->own = p;
        p->copy.len = 0;
        out_bytes(&p->copy, head, sizeof(head) - 1);
        return 0;
}

static void put_number(struct out *o, uint64_t v, int bytes) {
        for (int i = bytes - 1; i >= 0; i--)
                out_char(o, (char)(v >> (8 * i)));
}

static int send_copy(struct postgresql *p, struct diag *d) {
        if (p->lib.PQputCopyData(p->connection, p->copy.p, (int)p->copy.len) != 1 || !postgresql_flush(p))
                return postgresql_fail(&p->db, NULL, d);
        p->copy.len = 0;
        return 0;
}

static int load_row(struct db_load *l, const struct db_value *values, struct diag *d) {
        struct postgresql *p = l->own;

        put_number(&p->copy, (uint64_t)l->columns, 2);
        for (int i = 0; i < l->columns; i++) {
                const struct db_value *v = &values[i];

                put_number(&p->copy, v->type == DB_NULL ? UINT32_MAX : v->type == DB_NUMBER ? 8 : (uint64_t)v->text.len, 4);
                if (v->type == DB_NUMBER)
                        put_number(&p->copy, (uint64_t)v->number, 8);
                else if (v->type != DB_NULL)
                        out_str(&p->copy, v->text);
        }
        return p->copy.len < COPY_PIECE ? 0 : send_copy(p, d);
}

static int load_end(struct db_load *l, bool keep, struct diag *d) {
        struct postgresql *p = l->own;
        int status = 0;
        PGresult *result;

        put_number(&p->copy, UINT16_MAX, 2);
        if (keep)
                status = send_copy(p, d);
        if (p->lib.PQputCopyEnd(p->connection, keep && status == 0 ? NULL : "given up") != 1)
                status = postgresql_fail(&p->db, NULL, d);
        while ((result = postgresql_result(p))) {
                if (keep && p->lib.PQresultStatus(result) != PGRES_COMMAND_OK)
                        status = postgresql_fail(&p->db, result, d);
                p->lib.PQclear(result);
        }
        return keep ? status : 0;
}

const struct db_engine db_postgresql = {
        .name = "PostgreSQL",
        .takes = takes,
        .bytes = "BYTEA",
        .identity = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        .empty = "TRUNCATE",
        .staged = " ON COMMIT DELETE ROWS",
        .listed = "SELECT unnest(string_to_array(?2, ' '))",
        .begin = "BEGIN",
        .open = open_postgresql,
        .close = close_postgresql,
        .exec = exec,
        .query = postgresql_query,
        .next = postgresql_next,
        .value = postgresql_value,
        .end = postgresql_end,
        .load_begin = load_begin,
        .load_row = load_row,
        .load_end = load_end,
        .lock = lock,
        .look = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        .numbers = "SELECT setval(pg_get_serial_sequence('%s', 'id'), coalesce(max(id), 1), max(id) IS NOT NULL) FROM %s%c",
};
