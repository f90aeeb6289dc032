/* Connections that take too long. The library ends what is silent; who sends a byte now and then holds a connection for as long as it
 * likes, so each request, and each answer, has a time of its own. */
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "fleet/http/http_server.h"

int64_t http_now(void) {
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static void add(struct http_server *s, struct MHD_Connection *c, void **context) {
        const union MHD_ConnectionInfo *fd = s->lib.MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
        struct http_link *l = calloc(1, sizeof(*l));

        *context = l;
        if (!l || !fd)
                return;
        l->fd = fd->connect_fd;
        l->since = http_now();
        pthread_mutex_lock(&s->links_lock);
        l->next = s->links;
        l->link = &s->links;
        if (l->next)
                l->next->link = &l->next;
        s->links = l;
        pthread_mutex_unlock(&s->links_lock);
}

/* The library closes the descriptor behind this: until then nobody else can have its number. */
static void drop(struct http_server *s, struct http_link *l) {
        if (!l)
                return;
        pthread_mutex_lock(&s->links_lock);
        if (l->link)
                *l->link = l->next;
        if (l->next)
                l->next->link = l->link;
        pthread_mutex_unlock(&s->links_lock);
        http_release(l->call);
        free(l);
}

void http_watch_connection(void *server, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode what) {
        if (what == MHD_CONNECTION_NOTIFY_STARTED)
                add(server, c, context);
        else
                drop(server, *context);
}

static struct http_link *link_of(struct http_server *s, struct MHD_Connection *c) {
        const union MHD_ConnectionInfo *info = s->lib.MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

        return info ? info->socket_context : NULL;
}

struct http_call *http_watch_call(struct http_server *s, struct MHD_Connection *c, struct http_call *call) {
        struct http_link *l = link_of(s, c);
        struct http_call *before = l ? l->call : NULL;

        if (l)
                l->call = call;
        return before;
}

void http_watch_begin(struct http_server *s, struct MHD_Connection *c, enum http_doing doing) {
        struct http_link *l = link_of(s, c);

        if (!l)
                return;
        pthread_mutex_lock(&s->links_lock);
        l->since = http_now();
        l->doing = doing;
        pthread_mutex_unlock(&s->links_lock);
}

void http_watch_tick(struct http_server *s) {
        int64_t oldest = http_now() - (int64_t)s->options->seconds * 1000;

        pthread_mutex_lock(&s->links_lock);
        for (struct http_link *l = s->links; l; l = l->next)
                if (l->doing != HTTP_OURS && l->doing != HTTP_CLOSED && l->since < oldest) {
                        (void)shutdown(l->fd, SHUT_RDWR);
                        if (l->doing == HTTP_COMING)
                                http_add(s, HTTP_COUNT_SLOW);
                        l->doing = HTTP_CLOSED;
                }
        pthread_mutex_unlock(&s->links_lock);
}
