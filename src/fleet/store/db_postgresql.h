/* What the files of the PostgreSQL engine share. Private to db_postgresql*.c. */
#ifndef SIDELIGHT_FLEET_DB_POSTGRESQL_H
#define SIDELIGHT_FLEET_DB_POSTGRESQL_H

#include <libpq-fe.h>

#include "base/out.h"
#include "fleet/store/db.h"
#include "platform/library.h"

#define POSTGRESQL_FUNCTIONS(X)                                                                                                        \
        X(PQconnectdbParams) X(PQconninfoParse) X(PQconninfoFree) X(PQstatus) X(PQreset) X(PQfinish) X(PQerrorMessage) X(PQsetNoticeProcessor) X(PQsendQueryParams)           \
        X(PQsendQueryPrepared) X(PQsetSingleRowMode) X(PQgetResult) X(PQclear) X(PQresultStatus) X(PQresultErrorField)                   \
        X(PQcmdStatus) X(PQcmdTuples) X(PQntuples) X(PQnfields) X(PQgetvalue) X(PQgetlength) X(PQgetisnull) X(PQftype) X(PQputCopyData)   \
        X(PQputCopyEnd) X(PQsendQuery) X(PQsendPrepare) X(PQsetnonblocking) X(PQsocket) X(PQflush) X(PQisBusy) X(PQconsumeInput)

enum {
        PREPARED = 64,
        PARAMETERS = 40,
        COPY_PIECE = 1 << 16,
        RECONNECT_TIMES = 8,
        RECONNECT_NS = 500 * 1000 * 1000,
        LOOK_MS = 100,    /* how often who waits looks whether the program ends */
        ENDING_MS = 5000, /* how long a server that does not answer is waited for then */
};

/* A statement that the server knows already, by its text and its parameters' types. */
struct prepared {
        const char *sql;
        Oid types[PARAMETERS];
};

/* The rows of one query: they come from the connection as long as it is the one that is under way, else from `kept`. */
struct stream {
        PGresult *row;
        struct { PGresult **items; ptrdiff_t count, capacity; } kept;
        ptrdiff_t at;
        struct arena arena;
};

struct postgresql {
        struct db db;
        struct POSTGRESQL_LIBRARY { POSTGRESQL_FUNCTIONS(LIBRARY_MEMBER) } lib;
        PGconn *connection;
        struct arena arena;
        struct { const char **items; ptrdiff_t count, capacity; } temporary; /* scripts that made temporary tables */
        struct prepared prepared[PREPARED];
        int prepared_count;
        struct stream *stream; /* under way */
        struct out copy;
        int64_t ending_since;  /* milliseconds of a clock, when a wait first saw that the program ends; 0: none did */
        bool given_up;         /* the program ends, and the server did not answer: nothing more is asked of it */
};

struct postgresql *postgresql_of(struct db *db);
int postgresql_fail(struct db *db, const PGresult *result, struct diag *d);
int postgresql_ready(struct db *db, struct diag *d);
/* What is still to come of the query that is under way is kept for whoever reads it. */
void postgresql_drain(struct postgresql *p);

/* In place of PQgetResult and PQexec, which wait for ever: while the program ends, a server that does not answer is waited for ENDING_MS, then the
 * connection is cut, which then is like one that was lost. */
PGresult *postgresql_result(struct postgresql *p);
PGresult *postgresql_exec(struct postgresql *p, const char *sql);
/* What has been said in reply to what was sent; of several answers the last, and a COPY that begins. */
PGresult *postgresql_last_result(struct postgresql *p);
/* All that is to be sent is with the system; false: the connection is lost. */
bool postgresql_flush(struct postgresql *p);
bool postgresql_ends(const struct postgresql *p);

int postgresql_query(struct db *db, struct db_rows *ret, const char *sql, const struct db_value *args, int count, struct diag *d);
int postgresql_next(struct db_rows *r, struct diag *d);
struct db_value postgresql_value(const struct db_rows *r, int column);
void postgresql_end(struct db_rows *r);

#endif
