/* Waiting for a PostgreSQL server: as long as it takes, but not when the program ends. */
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "fleet/store/db_postgresql.h"

static int64_t now_ms(void) {
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool postgresql_ends(const struct postgresql *p) {
        return p->db.ending && atomic_load(p->db.ending);
}

/* False: there is no more to wait for. The cut is the socket's, below whatever encrypts it: what libpq reads next tells it that the connection is
 * lost, and it needs no words from the server to close it. */
static bool wait_for(struct postgresql *p, short events) {
        struct pollfd fd = { .fd = p->lib.PQsocket(p->connection), .events = events };

        if (fd.fd < 0 || p->given_up)
                return false;
        if (poll(&fd, 1, LOOK_MS) != 0 || !postgresql_ends(p))
                return true;
        if (p->ending_since == 0)
                p->ending_since = now_ms();
        if (now_ms() - p->ending_since < ENDING_MS)
                return true;
        p->given_up = true;
        (void)shutdown(fd.fd, SHUT_RDWR);
        return false;
}

bool postgresql_flush(struct postgresql *p) {
        int left;

        while ((left = p->lib.PQflush(p->connection)) > 0) /* a server that has something to say takes nothing before it is heard */
                if (!wait_for(p, POLLIN | POLLOUT) || !p->lib.PQconsumeInput(p->connection))
                        return false;
        return left == 0;
}

PGresult *postgresql_result(struct postgresql *p) {
        if (postgresql_flush(p))
                while (p->lib.PQisBusy(p->connection) && wait_for(p, POLLIN) && p->lib.PQconsumeInput(p->connection))
                        ;
        return p->lib.PQgetResult(p->connection);
}

PGresult *postgresql_last_result(struct postgresql *p) {
        PGresult *last = NULL, *next;

        while ((next = postgresql_result(p))) {
                p->lib.PQclear(last);
                last = next;
                if (p->lib.PQresultStatus(last) == PGRES_COPY_IN || p->lib.PQstatus(p->connection) != CONNECTION_OK)
                        break;
        }
        return last;
}

PGresult *postgresql_exec(struct postgresql *p, const char *sql) {
        return p->lib.PQsendQuery(p->connection, sql) ? postgresql_last_result(p) : NULL;
}
