/* A web server for hostile networks, by libmicrohttpd, which is opened when it is used.
 *
 * What is asked is answered by the user's functions: questions at once, on one of a few threads; what is to be kept waits in a queue that
 * is bounded, until one thread has written it, with whatever else waits, in one transaction. Only then it is answered: acknowledged is
 * durable. Everything a client can use up is limited: connections, in all and for one address; bytes of headers and of a body; the time
 * that a request, and its answer, may take; requests a second. */
#ifndef SIDELIGHT_FLEET_HTTP_H
#define SIDELIGHT_FLEET_HTTP_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/out.h"
#include "fleet/http/http_text.h"

/* What a client may do. */
#define HTTP_SCOPES(X)                                                 \
        X(SEND, "send", "hand in evidence")                            \
        X(READ, "read", "see the page and every answer of its tenant") \
        X(ADMIN, "admin", "accept risks, judge anew, see who did what")

enum http_scope {
#define X(name, word, title) HTTP_##name##_NUMBER,
        HTTP_SCOPES(X)
#undef X
        HTTP_SCOPE_COUNT,
#define X(name, word, title) HTTP_##name = 1 << HTTP_##name##_NUMBER,
        HTTP_SCOPES(X)
#undef X
};

/* Who asks. */
struct http_who {
        struct str tenant; /* whose machines it sees, and hands in */
        int64_t number;    /* the store's, of the tenant */
        int64_t restored;  /* the store's (store_heed) when it was asked: `number` holds no longer than that */
        struct str name;   /* of its token or certificate, for the log */
        unsigned scopes;   /* 1 << number of enum http_scope */
};

/* A request, and the answer to it. */
struct http_call {
        struct arena arena;          /* lives until it is answered */
        struct str method, path, query; /* the path as it came: its pieces are unescaped one by one */
        struct str authorization, certificate; /* certificate: the common name of one that was checked */
        struct str content;          /* the body's type */
        struct str client;           /* the address's bytes; those of IPv6's network */
        struct str address;          /* as text */
        struct out body;
        struct http_who who;
        /* The answer. */
        unsigned status;
        const char *type;            /* of the content */
        const char *header, *value;  /* one more; or NULL */
        unsigned retry_after;        /* seconds; 0: not told */
        const char *policy;          /* Content-Security-Policy of a page */
        struct out text;
        bool kept;                   /* by store(): it waits for finish() */
        /* Private. */
        struct http_call *next;
        struct http_server *server;
        void *connection;
        ptrdiff_t passed;            /* bytes of a body that were not kept */
        bool seen, queued, done, too_long, no_room;
};

/* Who answers. Each may be called from several threads at once, store, finish and tick from one. */
struct http_user {
        void *arg;
        /* Who asks, by token, certificate or because everyone may. False: `call` has the answer already. */
        bool (*admit)(void *arg, struct http_call *call);
        /* Answers a question; true: it is nothing to answer but to keep, and goes into the queue when its body is there. */
        bool (*wants_store)(void *arg, struct http_call *call);
        void (*answer)(void *arg, struct http_call *call);
        /* True: the answer may take minutes, and gets a thread of its own; NULL: none does. */
        bool (*takes_long)(void *arg, struct http_call *call);
        /* Keeps what waits: each is given to store(), then finish() makes it durable. `failed` of finish: nothing was kept. */
        void (*store)(void *arg, struct http_call *call);
        int (*finish)(void *arg, struct diag *d);
        /* About once a second, between the above. */
        void (*tick)(void *arg);
        /* The server ends, and has waited long enough: what still waits for something gives up. */
        void (*ending)(void *arg);
};

struct http_options {
        struct http_address listen;
        const char *key, *certificate, *clients; /* PEM: TLS; the authority that signs clients' certificates, or NULL */
        uint32_t threads, queue, together;       /* waiting at most; written at once */
        uint32_t connections, connections_each;
        ptrdiff_t body_max, bodies_max;          /* of one; of all that are here at once */
        uint32_t seconds;                        /* for a request to come in, for its answer to be taken */
        uint32_t per_second, burst;              /* requests of one client; 0: any number */
        bool loopback_names;                     /* other Host names are refused */
};

/* Figures for /metrics. */
#define HTTP_COUNTS(X)                                                               \
        X(REQUESTS, "requests", "Requests that were answered")                       \
        X(REFUSED, "refused", "Requests refused because they carry no valid token")          \
        X(LIMITED, "rate_limited", "Requests answered with 429: too many a second")  \
        X(BUSY, "busy", "Requests answered with 503: the queue is full")             \
        X(TOO_LONG, "too_long", "Requests answered with 413: the body is too long")  \
        X(SLOW, "slow", "Connections that were closed because they took too long")   \
        X(STORED, "stored", "Requests whose content is in the store")                \
        X(COMMITS, "commits", "Transactions that made them durable")                 \
        X(FAILED, "failed", "Transactions that failed: nothing was acknowledged")

enum http_count {
#define X(name, word, title) HTTP_COUNT_##name,
        HTTP_COUNTS(X)
#undef X
        HTTP_COUNT_COUNT,
};

struct http_server;

/* Serves until SIGTERM or SIGINT comes, then answers what has come in and ends. `ready` is told the port once it listens; false: end at
 * once. The caller has started no threads. -1 and a message when it cannot begin. */
int http_serve(const struct http_options *o, const struct http_user *user, bool (*ready)(void *arg, unsigned port), struct diag *d);
uint64_t http_count(const struct http_call *call, enum http_count which);
uint32_t http_waiting(const struct http_call *call);

/* The answer {"error": "…"} with a status, for the arms of the user's functions: always false. */
bool http_refuse(struct http_call *call, unsigned status, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
