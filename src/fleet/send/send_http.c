#include "fleet/send/send_http.h"

#define CURL_DISABLE_TYPECHECK /* its macros call functions by name, and these are members */
#include <curl/curl.h>
#include <stdlib.h>

#include "platform/library.h"

#define FUNCTIONS(X)                                                                                                        \
        X(curl_global_init) X(curl_easy_init) X(curl_easy_setopt) X(curl_easy_perform) X(curl_easy_getinfo)                 \
        X(curl_easy_cleanup) X(curl_easy_strerror) X(curl_slist_append) X(curl_slist_free_all)

struct curl_functions {
        FUNCTIONS(LIBRARY_MEMBER)
};

static const char *const names[] = { FUNCTIONS(LIBRARY_NAME) NULL };
static const struct library library = { .file = "libcurl.so.4", .package = "libcurl4", .functions = names };

enum { CONNECT_SECONDS = 20, REQUEST_SECONDS = 120 };

struct send_client {
        const struct send_options *options;
        struct curl_functions lib;
        CURL *curl;
        struct arena arena;
        char error[CURL_ERROR_SIZE];
};

static size_t take(char *p, size_t size, size_t n, void *answer) {
        struct send_answer *to = answer;

        if (to->text.len > SEND_ANSWER_MAX)
                return 0;
        out_bytes(&to->text, p, (ptrdiff_t)(size * n));
        return size * n;
}

/* What goes over the wire, whatever TLS makes of it. */
static int measure(CURL *curl, curl_infotype type, char *p, size_t size, void *answer) {
        struct send_answer *a = answer;

        (void)curl, (void)p;
        if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT)
                a->up += (int64_t)size;
        else if (type == CURLINFO_HEADER_IN || type == CURLINFO_DATA_IN)
                a->down += (int64_t)size;
        return 0;
}

/* libcurl keeps a copy of each text; without memory for it the option would stand as if it were not given. False then. */
static bool set_text(struct send_client *c, CURLoption option, const char *text) {
        return !text || c->lib.curl_easy_setopt(c->curl, option, text) != CURLE_OUT_OF_MEMORY;
}

static bool set_once(struct send_client *c) {
        const struct send_options *o = c->options;

        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, c->error);
        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, (long)REQUEST_SECONDS);
        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, take);
        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_DEBUGFUNCTION, measure);
        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_VERBOSE, 1L); /* calls that function, and prints nothing */
        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
        return set_text(c, CURLOPT_PROTOCOLS_STR, "http,https") && set_text(c, CURLOPT_CAINFO, o->ca) &&
               set_text(c, CURLOPT_SSLCERT, o->certificate) && set_text(c, CURLOPT_SSLKEY, o->key);
}

void send_client_close(struct send_client *c) {
        if (!c)
                return;
        c->lib.curl_easy_cleanup(c->curl);
        arena_free(&c->arena);
        free(c);
}

int send_client_open(struct send_client **ret, const struct send_options *o, struct diag *d) {
        struct send_client *c = calloc(1, sizeof(*c));

        if (!c)
                memory_ended();
        c->options = o;
        if (library_open(&library, &c->lib, "cannot send from here", d) < 0) {
                free(c);
                return -1;
        }
        if (c->lib.curl_global_init(CURL_GLOBAL_DEFAULT) == 0)
                c->curl = c->lib.curl_easy_init();
        if (!c->curl) {
                free(c);
                return diag_fail(d, "cannot send from here: libcurl does not start; perhaps there is no memory left");
        }
        if (!set_once(c)) {
                send_client_close(c);
                return diag_fail(d, "cannot send from here: out of memory");
        }
        *ret = c;
        return 0;
}

/* One header more; without memory there is no list any more, for a request that lacks a header is another request. */
static void header(struct send_client *c, struct curl_slist **list, bool first, const char *text) {
        struct curl_slist *longer = first || *list ? c->lib.curl_slist_append(*list, text) : NULL;

        if (!longer)
                c->lib.curl_slist_free_all(*list);
        *list = longer;
}

/* Only what the server reads: a heartbeat should cost little. NULL: out of memory. */
static struct curl_slist *headers(struct send_client *c, struct str type) {
        struct curl_slist *list = NULL;

        header(c, &list, true, "Accept:");
        header(c, &list, false, "Expect:");
        header(c, &list, false, str_fmt(&c->arena, "Content-Type:%s%.*s%c", type.len ? " " : "", STR_ARG(type), 0).p);
        if (c->options->token.len)
                header(c, &list, false, str_fmt(&c->arena, "Authorization: Bearer %.*s%c", STR_ARG(c->options->token), 0).p);
        return list;
}

static void read_status(struct send_client *c, struct send_answer *ret) {
        curl_off_t retry = 0;

        (void)c->lib.curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &ret->status);
        (void)c->lib.curl_easy_getinfo(c->curl, CURLINFO_RETRY_AFTER, &retry);
        ret->retry_after = (long)retry;
}

/* Errors of the way, not of what was asked: another time may be better. */
static bool may_pass(CURLcode code) {
        static const CURLcode passing[] = { CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT,
                                            CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE };

        for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
                if (code == passing[i])
                        return true;
        return false;
}

int send_post(struct send_client *c, struct str path, struct str type, struct str body, struct send_answer *ret, struct diag *d) {
        struct arena_mark mark = arena_mark(&c->arena);
        struct str base = str_of(c->options->url);
        struct curl_slist *list = headers(c, type);
        CURLcode code;

        while (str_ends(base, S("/")))
                base.len--;
        ret->text.len = 0;
        ret->up = ret->down = 0;
        c->error[0] = 0;
        code = list ? c->lib.curl_easy_setopt(c->curl, CURLOPT_URL, str_fmt(&c->arena, "%.*s%.*s%c", STR_ARG(base), STR_ARG(path), 0).p)
                    : CURLE_OUT_OF_MEMORY;
        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, list);
        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_POST, 1L);
        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, body.len ? body.p : "");
        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, ret);
        (void)c->lib.curl_easy_setopt(c->curl, CURLOPT_DEBUGDATA, ret);
        code = code ? code : c->lib.curl_easy_perform(c->curl);
        read_status(c, ret);
        c->lib.curl_slist_free_all(list);
        arena_release(&c->arena, mark);
        if (code == CURLE_OK)
                return 0;
        (void)diag_fail(d, "cannot send to '%s': %s", c->options->url, c->error[0] ? c->error : c->lib.curl_easy_strerror(code));
        return may_pass(code) ? SEND_AGAIN : -1;
}
