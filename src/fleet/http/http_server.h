/* The web server's own parts: the daemon (http.c), the queue of what is to be kept (http_queue.c), connections that take too long
 * (http_watch.c), certificates (http_tls.c). */
#ifndef SIDELIGHT_FLEET_HTTP_SERVER_H
#define SIDELIGHT_FLEET_HTTP_SERVER_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "fleet/http/http.h"
#include "fleet/http/http_rate.h"
#include "platform/library.h"

#define HTTP_FUNCTIONS(X)                                                                                          \
        X(MHD_start_daemon) X(MHD_stop_daemon) X(MHD_queue_response)                                               \
        X(MHD_create_response_from_buffer) X(MHD_add_response_header) X(MHD_destroy_response)                      \
        X(MHD_suspend_connection) X(MHD_resume_connection) X(MHD_lookup_connection_value) X(MHD_get_connection_info) \
        X(MHD_is_feature_supported) X(MHD_set_panic_func)

struct http_functions {
        HTTP_FUNCTIONS(LIBRARY_MEMBER)
};

/* An open connection: a request comes in, or an answer goes out; it waits for us; or for its client's next request. */
enum http_doing { HTTP_COMING, HTTP_OURS, HTTP_IDLE, HTTP_CLOSED };
struct http_link {
        struct http_link *next, **link;
        int fd;
        enum http_doing doing;
        int64_t since;  /* when it began that */
        struct http_call *call; /* under way on it, of the connection's own thread */
};

struct http_server {
        const struct http_options *options;
        const struct http_user *user;
        struct http_functions lib;
        struct MHD_Daemon *daemon;
        int listening;      /* the daemon's own, once it runs */
        atomic_bool ending; /* nobody new is let in */
        /* What waits to be kept. */
        pthread_mutex_t lock;
        pthread_cond_t wake;
        pthread_t writer;
        struct http_call *first, **last;
        uint32_t waiting;   /* in the queue, or being written */
        atomic_bool stopping;
        /* Connections. */
        pthread_mutex_t links_lock;
        struct http_link *links;
        /* Requests a second. */
        pthread_mutex_t rate_lock;
        struct rate rate;
        atomic_uint calls;  /* being answered */
        uint32_t alone;     /* of them on threads of their own; under `lock` */
        atomic_llong held;  /* bytes of their bodies */
        atomic_ullong counts[HTTP_COUNT_COUNT];
};

/* Milliseconds that never go back. */
int64_t http_now(void);
static inline void http_add(struct http_server *s, enum http_count which) {
        atomic_fetch_add_explicit(&s->counts[which], 1, memory_order_relaxed);
}

/* http_queue.c */
int http_queue_start(struct http_server *s, struct diag *d);
/* Suspends the call's connection until it is kept. False: the queue is full, and nothing happened. */
bool http_queue_add(struct http_server *s, struct http_call *call);
/* Suspends the call's connection until a thread of its own has answered it. False: there is none, and nothing happened. */
bool http_queue_alone(struct http_server *s, struct http_call *call);
/* Writes what waits, and ends, when those threads have. */
void http_queue_stop(struct http_server *s);

/* http_watch.c */
void http_watch_connection(void *server, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode what);
void http_watch_begin(struct http_server *s, struct MHD_Connection *c, enum http_doing doing);
/* The request that is under way on the connection from now on, or NULL; returns the one before. The library does not tell of the end of each
 * that came in part: what is left goes with the next one, or with the connection. */
struct http_call *http_watch_call(struct http_server *s, struct MHD_Connection *c, struct http_call *call);
/* Gives back all that the call has; it may be NULL. */
void http_release(struct http_call *call);
/* Closes those that took too long. */
void http_watch_tick(struct http_server *s);

/* http_tls.c: the common name of the client's certificate, when it was signed by the authority that is trusted for that; else empty. */
int http_tls_open(struct diag *d);
struct str http_tls_name(struct http_server *s, struct MHD_Connection *c, struct arena *a);

#endif
