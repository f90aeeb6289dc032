/* What is to be kept: one thread writes all that waits in one transaction, and only then lets it be answered. While that reaches the disk
 * the next ones gather, so that nobody waits longer than two commits, and a busy server commits for hundreds at once. */
#include <errno.h>
#include <time.h>

#include "fleet/http/http_server.h"

enum { TICK_SECONDS = 1, BUSY_SECONDS = 2, ALONE_MAX = 4 };

bool http_queue_add(struct http_server *s, struct http_call *call) {
        bool room;

        pthread_mutex_lock(&s->lock);
        room = s->waiting < s->options->queue && !s->stopping;
        if (room) {
                s->lib.MHD_suspend_connection(call->connection);
                call->queued = true;
                call->next = NULL;
                *s->last = call;
                s->last = &call->next;
                s->waiting++;
                pthread_cond_signal(&s->wake);
        }
        pthread_mutex_unlock(&s->lock);
        return room;
}

/* ---- Answers that take long ---- */

static void *answer_alone(void *arg) {
        struct http_call *call = arg;
        struct http_server *s = call->server;

        s->user->answer(s->user->arg, call);
        call->done = true;
        pthread_mutex_lock(&s->lock);
        s->lib.MHD_resume_connection(call->connection); /* from here on it is its connection's again */
        s->alone--;
        pthread_cond_broadcast(&s->wake);
        pthread_mutex_unlock(&s->lock);
        return NULL;
}

bool http_queue_alone(struct http_server *s, struct http_call *call) {
        pthread_attr_t attributes;
        pthread_t thread;
        bool begun;

        (void)pthread_attr_init(&attributes);
        (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        pthread_mutex_lock(&s->lock);
        begun = s->alone < ALONE_MAX && !s->stopping && pthread_create(&thread, &attributes, answer_alone, call) == 0;
        if (begun) { /* it resumes the connection under the lock: behind this */
                s->lib.MHD_suspend_connection(call->connection);
                call->queued = true;
                s->alone++;
        }
        pthread_mutex_unlock(&s->lock);
        (void)pthread_attr_destroy(&attributes);
        return begun;
}

/* ---- What is to be kept ---- */

/* Takes what waits, at most `together`; waits up to a second for the first. */
static struct http_call *take(struct http_server *s, uint32_t *ret_count) {
        struct http_call *all = NULL, **end = &all;
        struct timespec until;

        *ret_count = 0;
        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += TICK_SECONDS;
        pthread_mutex_lock(&s->lock);
        while (!s->first && !s->stopping)
                if (pthread_cond_timedwait(&s->wake, &s->lock, &until) == ETIMEDOUT)
                        break;
        while (s->first && *ret_count < s->options->together) {
                *end = s->first;
                end = &s->first->next;
                s->first = s->first->next;
                ++*ret_count;
        }
        if (!s->first)
                s->last = &s->first;
        pthread_mutex_unlock(&s->lock);
        *end = NULL;
        return all;
}

/* Nothing that would be told as kept was: each client tries again later. */
static void take_back(struct http_call *all) {
        for (struct http_call *c = all; c; c = c->next)
                if (c->kept) {
                        (void)http_refuse(c, 503, "the store cannot be written now; nothing of this request was kept");
                        c->retry_after = BUSY_SECONDS;
                }
}

static void write_all(struct http_server *s, struct http_call *all, uint32_t count) {
        struct diag d = { 0 };

        for (struct http_call *c = all; c; c = c->next) {
                c->kept = true;
                s->user->store(s->user->arg, c);
        }
        http_add(s, HTTP_COUNT_COMMITS);
        if (s->user->finish(s->user->arg, &d) < 0) {
                http_add(s, HTTP_COUNT_FAILED);
                take_back(all);
        }
        pthread_mutex_lock(&s->lock);
        s->waiting -= count;
        pthread_mutex_unlock(&s->lock);
        while (all) {
                struct http_call *next = all->next; /* once resumed, it is its connection's again */

                if (all->status < 300)
                        http_add(s, HTTP_COUNT_STORED);
                all->done = true;
                s->lib.MHD_resume_connection(all->connection);
                all = next;
        }
}

static void *work(void *arg) {
        struct http_server *s = arg;
        int64_t ticked = http_now();

        for (;;) {
                uint32_t count;
                struct http_call *all = take(s, &count);

                if (all)
                        write_all(s, all, count);
                if (!s->stopping && http_now() - ticked >= TICK_SECONDS * 1000) {
                        ticked = http_now();
                        s->user->tick(s->user->arg);
                }
                if (!all && s->stopping)
                        return NULL;
        }
}

int http_queue_start(struct http_server *s, struct diag *d) {
        pthread_condattr_t attributes;
        int error;

        s->last = &s->first;
        (void)pthread_condattr_init(&attributes);
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&s->wake, &attributes);
        (void)pthread_condattr_destroy(&attributes);
        (void)pthread_mutex_init(&s->lock, NULL);
        error = pthread_create(&s->writer, NULL, work, s);
        return error ? diag_fail(d, "cannot start a thread: %s", error == EAGAIN ? "there is no memory for it, or too many run" : strerror(error)) : 0;
}

void http_queue_stop(struct http_server *s) {
        pthread_mutex_lock(&s->lock);
        s->stopping = true;
        pthread_cond_signal(&s->wake);
        pthread_mutex_unlock(&s->lock);
        (void)pthread_join(s->writer, NULL);
        pthread_mutex_lock(&s->lock);
        while (s->alone > 0)
                (void)pthread_cond_wait(&s->wake, &s->lock);
        pthread_mutex_unlock(&s->lock);
        (void)pthread_cond_destroy(&s->wake);
        (void)pthread_mutex_destroy(&s->lock);
}
