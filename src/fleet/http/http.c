#include "fleet/http/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "fleet/http/http_server.h"
#include "platform/files.h"
#include "platform/program.h"

enum { HEADERS_MAX = 32768, BACKLOG = 512, STACK = 8 << 20, END_SECONDS = 10, LAST_SECONDS = 2, WATCH_SECONDS = 1, PEM_MAX = 1 << 20, DISCARD_TIMES = 4 };

/* TLS 1.2 and later, and sound ciphers only: what GnuTLS takes by itself goes down to TLS 1.0 with SHA-1. */
static const char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM:+CHACHA20-POLY1305:+AES-256-GCM:%SERVER_PRECEDENCE";

static const char *const names[] = { HTTP_FUNCTIONS(LIBRARY_NAME) NULL };
static const struct library library = { .file = "libmicrohttpd.so.12", .package = "libmicrohttpd12", .functions = names };

uint64_t http_count(const struct http_call *call, enum http_count which) {
        return atomic_load_explicit(&call->server->counts[which], memory_order_relaxed);
}

uint32_t http_waiting(const struct http_call *call) {
        uint32_t n;

        pthread_mutex_lock(&call->server->lock);
        n = call->server->waiting;
        pthread_mutex_unlock(&call->server->lock);
        return n;
}

/* ---- Answers ---- */

bool http_refuse(struct http_call *call, unsigned status, const char *format, ...) {
        struct json j = { .out = &call->text };
        char text[512];
        va_list arguments;

        va_start(arguments, format);
        (void)vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        call->text.len = 0;
        call->status = status;
        call->type = "application/json";
        json_begin_object(&j, NULL);
        json_str(&j, "error", str_of(text));
        json_end_object(&j);
        out_char(&call->text, '\n');
        return false;
}

static void add_header(struct http_server *s, struct MHD_Response *r, const char *name, const char *value) {
        (void)s->lib.MHD_add_response_header(r, name, value);
}

static void add_headers(struct http_server *s, struct MHD_Response *r, const struct http_call *call) {
        char text[HTTP_DATE + 1];

        if (call->status == 204) /* nothing comes that anybody could take for something else, or keep: a heartbeat should cost little */
                return;
        http_date(time(NULL), text);
        add_header(s, r, "Date", text);
        add_header(s, r, "Content-Type", call->type ? call->type : "application/json");
        add_header(s, r, "Cache-Control", "no-store");
        add_header(s, r, "X-Content-Type-Options", "nosniff");
        add_header(s, r, "X-Frame-Options", "DENY");
        add_header(s, r, "Referrer-Policy", "no-referrer");
        add_header(s, r, "Cross-Origin-Resource-Policy", "same-origin");
        add_header(s, r, "Content-Security-Policy", call->policy ? call->policy : "default-src 'none'; frame-ancestors 'none'");
        if (s->options->key)
                add_header(s, r, "Strict-Transport-Security", "max-age=31536000");
        if (call->header)
                add_header(s, r, call->header, call->value);
        if (call->status == 401)
                add_header(s, r, "WWW-Authenticate", "Basic realm=\"sidelight: any name, and a token as the password\", charset=\"UTF-8\"");
        if (call->retry_after) {
                (void)snprintf(text, sizeof(text), "%u", call->retry_after);
                add_header(s, r, "Retry-After", text);
        }
}

static enum MHD_Result send_answer(struct http_call *call) {
        struct http_server *s = call->server;
        struct MHD_Response *r;
        enum MHD_Result queued;

        /* The text is the call's, which lives until the answer is sent. */
        r = s->lib.MHD_create_response_from_buffer((size_t)call->text.len, call->text.p, MHD_RESPMEM_PERSISTENT);
        if (!r)
                return MHD_NO;
        add_headers(s, r, call);
        http_add(s, HTTP_COUNT_REQUESTS);
        http_watch_begin(s, call->connection, HTTP_COMING);
        queued = s->lib.MHD_queue_response(call->connection, call->status, r);
        s->lib.MHD_destroy_response(r);
        return queued;
}

/* ---- A request ---- */

static struct str header(struct http_call *call, const char *name) {
        return str_of(call->server->lib.MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, name));
}

static void read_client(struct http_call *call) {
        const union MHD_ConnectionInfo *info = call->server->lib.MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        const struct sockaddr *from = info ? info->client_addr : NULL;
        char text[INET6_ADDRSTRLEN] = "";

        if (from && from->sa_family == AF_INET) {
                const struct in_addr *a = &((const struct sockaddr_in *)(const void *)from)->sin_addr;

                call->client = str_dup(&call->arena, str_n((const char *)a, 4));
                (void)inet_ntop(AF_INET, a, text, sizeof(text));
        } else if (from && from->sa_family == AF_INET6) {
                const struct in6_addr *a = &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;

                call->client = str_dup(&call->arena, str_n((const char *)a, 8)); /* who has one address there has the network */
                (void)inet_ntop(AF_INET6, a, text, sizeof(text));
        }
        call->address = str_dup(&call->arena, str_of(text));
}

/* What a browser does in the name of a page of another site is nothing that its user asked for. */
static bool is_foreign(struct http_call *call) {
        struct str site = header(call, "Sec-Fetch-Site"), origin = header(call, "Origin"), host = header(call, "Host"), rest;
        ptrdiff_t slashes = str_find(origin, S("://"));

        if (call->server->options->loopback_names && !http_host_is_loopback(host))
                return true;
        if (str_eq(call->method, S("GET")))
                return false; /* a link may lead here; answers are for this site's pages only */
        rest = slashes < 0 ? origin : str_from(origin, slashes + 3);
        return str_eq(site, S("cross-site")) || str_eq(site, S("same-site")) || (origin.len > 0 && !str_eq_nocase(rest, host));
}

static bool within_rate(struct http_call *call) {
        struct http_server *s = call->server;
        uint32_t wait;

        pthread_mutex_lock(&s->rate_lock);
        wait = rate_take(&s->rate, call->client, http_now());
        pthread_mutex_unlock(&s->rate_lock);
        if (wait == 0)
                return true;
        http_add(s, HTTP_COUNT_LIMITED);
        (void)http_refuse(call, 429, "too many requests: this server takes %u a second from one client", s->options->per_second);
        call->retry_after = wait;
        return false;
}

static bool refuse_long(struct http_call *call) {
        http_add(call->server, HTTP_COUNT_TOO_LONG);
        return http_refuse(call, 413, "the body is too long: this server takes %td bytes at most", call->server->options->body_max);
}

/* Everything that can be said of a request before its body is read. False: it has its answer. */
static bool begin(struct http_call *call) {
        struct http_server *s = call->server;
        struct str length = header(call, "Content-Length");
        uint64_t n;

        read_client(call);
        http_watch_begin(s, call->connection, HTTP_COMING);
        if (!within_rate(call))
                return false;
        if (!str_eq(call->method, S("GET")) && !str_eq(call->method, S("POST"))) {
                call->header = "Allow";
                call->value = "GET, HEAD, POST";
                return http_refuse(call, 405, "this server takes GET, HEAD and POST");
        }
        if (is_foreign(call))
                return http_refuse(call, 403, "this request was made by a page of another site, or for another host");
        if (length.len && (!str_to_u64(length, &n) || n > (uint64_t)s->options->body_max))
                return refuse_long(call);
        call->content = str_dup(&call->arena, header(call, "Content-Type"));
        call->authorization = str_dup(&call->arena, header(call, "Authorization"));
        if (s->options->clients)
                call->certificate = http_tls_name(s, call->connection, &call->arena);
        if (!s->user->admit(s->user->arg, call)) {
                if (call->status == 401)
                        http_add(s, HTTP_COUNT_REFUSED);
                return false;
        }
        return true;
}

/* Memory for a piece of a body. */
static bool hold(struct http_call *call, ptrdiff_t n) {
        struct http_server *s = call->server;

        if (n > s->options->body_max - call->body.len)
                call->too_long = true;
        else if (atomic_fetch_add(&s->held, n) + n > s->options->bodies_max)
                call->no_room = true;
        if (call->no_room)
                atomic_fetch_sub(&s->held, n);
        return !call->too_long && !call->no_room;
}

static void let_go(struct http_call *call) {
        atomic_fetch_sub(&call->server->held, call->body.len);
        out_free(&call->body);
        call->body = (struct out){ 0 };
}

/* A body that cannot be taken is read on for a while, so that the client hears why. */
static enum MHD_Result take_body(struct http_call *call, const char *p, size_t *size) {
        ptrdiff_t n = (ptrdiff_t)*size;

        *size = 0;
        if (!call->too_long && !call->no_room && hold(call, n)) {
                out_bytes(&call->body, p, n);
                return MHD_YES;
        }
        let_go(call);
        call->passed += n;
        return call->passed > call->server->options->body_max * DISCARD_TIMES ? MHD_NO : MHD_YES;
}

static enum MHD_Result refuse_busy(struct http_call *call) {
        http_add(call->server, HTTP_COUNT_BUSY);
        (void)http_refuse(call, 503, "the server has too much to write now; try again");
        call->retry_after = 1;
        return send_answer(call);
}

static enum MHD_Result complete(struct http_call *call) {
        struct http_server *s = call->server;

        if (call->done)
                return send_answer(call);
        if (call->no_room)
                return refuse_busy(call);
        if (call->too_long) {
                (void)refuse_long(call);
        } else if (s->user->wants_store(s->user->arg, call)) {
                http_watch_begin(s, call->connection, HTTP_OURS);
                return http_queue_add(s, call) ? MHD_YES : refuse_busy(call);
        } else if (!call->status && s->user->takes_long && s->user->takes_long(s->user->arg, call)) {
                http_watch_begin(s, call->connection, HTTP_OURS);
                return http_queue_alone(s, call) ? MHD_YES : refuse_busy(call);
        } else if (!call->status) {
                s->user->answer(s->user->arg, call);
        }
        return send_answer(call);
}

static enum MHD_Result handle(void *server, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *data,
                              size_t *size, void **context) {
        struct http_call *call = *context;

        (void)server, (void)url, (void)version;
        if (!call)
                return MHD_NO;
        if (call->seen)
                return call->queued && !call->done ? MHD_YES : *size ? take_body(call, data, size) : complete(call);
        call->seen = true;
        call->connection = c;
        call->method = strcmp(method, "HEAD") == 0 ? S("GET") : str_dup(&call->arena, str_of(method)); /* the library leaves the body out */
        return begin(call) ? MHD_YES : send_answer(call);
}

/* The first that is heard of a request: its target as it came. What this returns is the context of the calls that follow. */
static void *meet(void *server, const char *uri, struct MHD_Connection *c) {
        struct http_server *s = server;
        struct http_call *call = calloc(1, sizeof(*call));
        struct str target = str_of(uri);
        ptrdiff_t question = str_find_char(target, '?');

        if (!call)
                return NULL;
        atomic_fetch_add(&s->calls, 1);
        call->server = s;
        http_release(http_watch_call(s, c, call));
        call->path = str_dup(&call->arena, question < 0 ? target : str_sub(target, 0, question));
        call->query = question < 0 ? S("") : str_dup(&call->arena, str_from(target, question + 1));
        return call;
}

void http_release(struct http_call *call) {
        if (!call)
                return;
        let_go(call);
        out_free(&call->text);
        arena_free(&call->arena);
        atomic_fetch_sub(&call->server->calls, 1);
        free(call);
}

static void forget(void *server, struct MHD_Connection *c, void **context, enum MHD_RequestTerminationCode why) {
        (void)why;
        if (!*context)
                return;
        http_watch_begin(server, c, HTTP_IDLE);
        (void)http_watch_call(server, c, NULL);
        http_release(*context);
}

/* ---- The daemon ---- */

static int open_socket(struct http_server *s, unsigned *ret_port, struct diag *d) {
        const struct http_address *a = &s->options->listen;
        struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(a->port) };
        struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(a->port) };
        struct sockaddr *to = a->six ? (void *)&six : (void *)&four;
        socklen_t size = a->six ? sizeof(six) : sizeof(four);
        int on = 1;

        memcpy(&four.sin_addr, a->bytes, sizeof(four.sin_addr));
        memcpy(&six.sin6_addr, a->bytes, sizeof(six.sin6_addr));
        s->listening = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (s->listening < 0)
                return diag_fail(d, "cannot make a socket: %s", strerror(errno));
        (void)setsockopt(s->listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (bind(s->listening, to, size) < 0 || listen(s->listening, BACKLOG) < 0 || getsockname(s->listening, to, &size) < 0) {
                (void)diag_fail(d, "cannot listen on port %u: %s", a->port, strerror(errno));
                (void)close(s->listening);
                return -1;
        }
        *ret_port = ntohs(a->six ? six.sin6_port : four.sin_port);
        return 0;
}

static int read_pem(const char *path, struct arena *a, const char **ret, struct diag *d) {
        struct str text;

        if (!path)
                return 0;
        if (program_read_file(path, PEM_MAX, a, &text, d) < 0)
                return -1;
        *ret = str_to_c(a, text);
        return 0;
}

static enum MHD_Result admit(void *server, const struct sockaddr *from, socklen_t size) {
        struct http_server *s = server;

        (void)from;
        (void)size;
        return atomic_load(&s->ending) ? MHD_NO : MHD_YES;
}

/* The library gives up when the system refuses what it never refuses, such as a byte for its own threads. What was acknowledged is kept. */
static void give_up(void *unused, const char *file, unsigned line, const char *reason) {
        (void)unused;
        (void)file;
        (void)line;
        (void)fprintf(stderr, "sidelight: the web server has to end: %s\n", reason ? reason : "libmicrohttpd does not say why");
        _exit(70);
}

static int start(struct http_server *s, struct diag *d) {
        const struct http_options *o = s->options;
        ARENA_AUTO struct arena a = { 0 };
        const char *key = NULL, *certificate = NULL, *clients = NULL;
        struct MHD_OptionItem tls[5];
        int n = 0;

        if (read_pem(o->key, &a, &key, d) < 0 || read_pem(o->certificate, &a, &certificate, d) < 0 || read_pem(o->clients, &a, &clients, d) < 0)
                return -1;
        if (clients && http_tls_open(d) < 0)
                return -1;
        if (key)
                tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key };
        if (key)
                tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)priorities };
        if (certificate)
                tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)certificate };
        if (clients)
                tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_TRUST, 0, (void *)(uintptr_t)clients };
        tls[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
        s->lib.MHD_set_panic_func(give_up, NULL);
        errno = 0; /* the library says no more than that it failed */
        s->daemon = s->lib.MHD_start_daemon(
                MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK | (key ? MHD_USE_TLS : 0u), 0, admit, s, handle, s,
                MHD_OPTION_LISTEN_SOCKET, s->listening, MHD_OPTION_THREAD_POOL_SIZE, o->threads, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK,
                MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS_MAX, MHD_OPTION_CONNECTION_LIMIT, o->connections,
                MHD_OPTION_PER_IP_CONNECTION_LIMIT, o->connections_each, MHD_OPTION_CONNECTION_TIMEOUT, o->seconds,
                MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, meet, s, MHD_OPTION_NOTIFY_COMPLETED, forget, s,
                MHD_OPTION_NOTIFY_CONNECTION, http_watch_connection, s, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
        if (!s->daemon && (errno == ENOMEM || errno == EAGAIN))
                return diag_fail(d, "cannot start the web server: there is no memory for it, or too many threads run");
        return s->daemon ? 0 : diag_fail(d, key ? "cannot serve with this key and certificate" : "cannot start the web server");
}

/* Signals come to this thread only; the others have them held back. */
static void wait_for_end(struct http_server *s) {
        struct timespec second = { .tv_sec = WATCH_SECONDS };
        sigset_t ends;

        (void)sigemptyset(&ends);
        (void)sigaddset(&ends, SIGTERM);
        (void)sigaddset(&ends, SIGINT);
        while (sigtimedwait(&ends, NULL, &second) < 0)
                http_watch_tick(s);
}

/* Until each who has asked has an answer. */
static void wait_for_calls(struct http_server *s, int seconds) {
        int64_t until = http_now() + seconds * 1000;

        while (atomic_load(&s->calls) > 0 && http_now() < until)
                (void)nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

/* Nobody new; who has asked gets an answer, if it can be given in time. (MHD_quiesce_daemon() is no way to refuse the new: the library's
 * threads and it take the listening socket from the same epoll set, and who comes second aborts.) */
static void finish(struct http_server *s) {
        atomic_store(&s->ending, true);
        wait_for_calls(s, END_SECONDS);
        s->user->ending(s->user->arg);
        http_queue_stop(s);
        wait_for_calls(s, LAST_SECONDS); /* who waited for the store has just got one */
        s->lib.MHD_stop_daemon(s->daemon);
}

static void hold_signals(sigset_t *before) {
        sigset_t ends;

        (void)sigemptyset(&ends);
        (void)sigaddset(&ends, SIGTERM);
        (void)sigaddset(&ends, SIGINT);
        (void)sigaddset(&ends, SIGPIPE);
        (void)pthread_sigmask(SIG_BLOCK, &ends, before);
}

static int run(struct http_server *s, bool (*ready)(void *arg, unsigned port), struct diag *d) {
        unsigned port = 0;

        if (open_socket(s, &port, d) < 0)
                return -1;
        if (http_queue_start(s, d) < 0) {
                (void)close(s->listening);
                return -1;
        }
        if (start(s, d) < 0) {
                http_queue_stop(s); /* its thread has begun */
                (void)close(s->listening);
                return -1;
        }
        if (ready(s->user->arg, port))
                wait_for_end(s);
        finish(s);
        return 0;
}

int http_serve(const struct http_options *o, const struct http_user *user, bool (*ready)(void *arg, unsigned port), struct diag *d) {
        struct http_server *s = calloc(1, sizeof(*s));
        sigset_t before;
        int status = -1;

        if (!s)
                memory_ended();
        s->options = o;
        s->user = user;
        s->rate.per_second = o->per_second;
        s->rate.burst = o->burst;
        (void)pthread_mutex_init(&s->links_lock, NULL);
        (void)pthread_mutex_init(&s->rate_lock, NULL);
        hold_signals(&before);
        if (library_open(&library, &s->lib, "cannot serve here", d) == 0 && random_bytes(&s->rate.key, sizeof(s->rate.key), d) == 0)
                status = run(s, ready, d);
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        (void)pthread_mutex_destroy(&s->links_lock);
        (void)pthread_mutex_destroy(&s->rate_lock);
        free(s);
        return status;
}
