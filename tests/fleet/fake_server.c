/* The web server with a store that a test can make slow, or let fail: fake_server THREADS QUEUE BODY SECONDS RATE. It prints its port. */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fleet/http/http.h"

static bool fails;

static atomic_bool broken; /* since /break */

/* Stands before the C library's: the web server's library takes its sockets out of an epoll set slowly, so that its threads meet there. */
int epoll_ctl(int set, int what, int fd, struct epoll_event *event) {
        if (what == EPOLL_CTL_DEL && atomic_load(&broken)) {
                errno = EIO;
                return -1;
        }
        if (what == EPOLL_CTL_DEL)
                (void)nanosleep(&(struct timespec){ .tv_nsec = 3000000 }, NULL);
        return (int)syscall(SYS_epoll_ctl, set, what, fd, event);
}

static atomic_bool held = true; /* /hold waits for /release */

static bool admit(void *arg, struct http_call *call) {
        struct str token;

        (void)arg;
        if (!str_eq(call->path, S("/secret")) || (http_token(&call->arena, call->authorization, &token) && str_eq(token, S("sesame"))))
                return true;
        return http_refuse(call, 401, "no");
}

static bool wants_store(void *arg, struct http_call *call) {
        (void)arg;
        return str_eq(call->method, S("POST"));
}

static void answer(void *arg, struct http_call *call) {
        struct str value = S("");

        (void)arg;
        call->status = 200;
        call->type = "text/plain";
        if (str_eq(call->path, S("/counts"))) {
                for (int i = 0; i < HTTP_COUNT_COUNT; i++)
                        out_fmt(&call->text, "%llu ", (unsigned long long)http_count(call, (enum http_count)i));
                out_fmt(&call->text, "%u", http_waiting(call));
        } else if (str_eq(call->path, S("/release"))) {
                atomic_store(&held, false);
        } else if (str_eq(call->path, S("/break"))) {
                atomic_store(&broken, true);
        } else if (http_query(&call->arena, call->query, S("q"), &value) < 0) {
                (void)http_refuse(call, 400, "not readable");
        } else {
                out_fmt(&call->text, "%.*s %.*s", STR_ARG(call->path), STR_ARG(value));
        }
}

static void store(void *arg, struct http_call *call) {
        (void)arg;
        while (str_eq(call->path, S("/hold")) && atomic_load(&held))
                (void)nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
        if (str_eq(call->path, S("/slow")))
                (void)nanosleep(&(struct timespec){ .tv_nsec = 300000000 }, NULL);
        fails = fails || str_eq(call->path, S("/fails"));
        call->status = 202;
        call->type = "text/plain";
        out_fmt(&call->text, "%td bytes\n", call->body.len);
}

static int finish(void *arg, struct diag *d) {
        bool now = fails;

        (void)arg;
        fails = false;
        return now ? diag_fail(d, "the disk is full") : 0;
}

static void tick(void *arg) {
        (void)arg;
}

static bool ready(void *arg, unsigned port) {
        (void)arg;
        printf("%u\n", port);
        return fflush(stdout) == 0;
}

int main(int argc, char **argv) {
        struct http_user user = { .admit = admit, .wants_store = wants_store, .answer = answer, .store = store, .finish = finish, .tick = tick, .ending = tick };
        struct http_options o = { .connections = 200, .connections_each = 100, .loopback_names = true, .together = 100 };
        struct diag d = { 0 };

        if (argc != 6)
                return 2;
        (void)http_address(&o.listen, S("127.0.0.1:0"), &d);
        o.threads = (uint32_t)strtoul(argv[1], NULL, 10);
        o.queue = (uint32_t)strtoul(argv[2], NULL, 10);
        o.body_max = strtol(argv[3], NULL, 10);
        o.bodies_max = 10 * o.body_max;
        o.seconds = (uint32_t)strtoul(argv[4], NULL, 10);
        o.per_second = (uint32_t)strtoul(argv[5], NULL, 10);
        o.burst = o.per_second * 2;
        if (http_serve(&o, &user, ready, &d) < 0) {
                (void)fprintf(stderr, "%s\n", d.text);
                return 1;
        }
        return 0;
}
