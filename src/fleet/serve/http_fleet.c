#include "fleet/serve/http_fleet.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/plain.h"
#include "fleet/ask/changes.h"
#include "fleet/serve/alert.h"
#include "fleet/serve/http_fleet_parts.h"
#include "fleet/intake/judge.h"
#include "platform/program.h"

enum { COMMIT_TRIES = 4, NOTE_SECONDS = 60, KEPT_BYTES = 16 << 20, AHEAD_BYTES = 1 << 20, SILENT_MS = 1000, PAUSE_MS = 2000 };

int64_t http_fleet_now(void) {
        return (int64_t)time(NULL);
}

static int64_t clock_ms(void) {
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* Standard error is the log; what stands in it came from outside, in part. */
static void log_line(const char *what, struct str about) {
        ARENA_AUTO struct arena a = { 0 };

        (void)fprintf(stderr, "sidelight: %s: %.*s\n", what, STR_ARG(plain(&a, about)));
}

void http_fleet_failed(struct http_call *call, const struct diag *d) {
        log_line("the store does not answer", str_of(d->text));
        (void)http_refuse(call, 503, "the store does not answer now");
        call->retry_after = 2;
}

void http_fleet_no_evidence(struct http_call *call, const struct diag *d) {
        if (d->class == DIAG_INPUT)
                (void)http_refuse(call, 404, "%s", d->text);
        else
                http_fleet_failed(call, d);
}

/* ---- Connections to ask with ---- */

/* A store that is silent is waited for by one after the other of few threads: who comes next is told to come again, and who ends the program
 * does not wait for what has not begun. */
static int open_another(struct fleet_server *s, struct store *ret, struct diag *d) {
        int64_t begun = clock_ms();
        bool silent;

        pthread_mutex_lock(&s->lock);
        silent = begun < s->silent_until;
        pthread_mutex_unlock(&s->lock);
        if (silent || atomic_load(&s->ending))
                return diag_fail(d, silent ? "it did not a moment ago" : "this program ends");
        if (store_open_ending(ret, s->options->store, DB_EXISTING, &s->ending, d) == 0)
                return 0;
        if (clock_ms() - begun >= SILENT_MS) {
                pthread_mutex_lock(&s->lock);
                s->silent_until = clock_ms() + PAUSE_MS;
                pthread_mutex_unlock(&s->lock);
        }
        return -1;
}

struct store *http_fleet_borrow(struct fleet_server *s, struct http_call *call) {
        struct store *store = NULL;
        struct diag d = { 0 };

        pthread_mutex_lock(&s->lock);
        if (s->idle_count > 0)
                store = s->idle[--s->idle_count];
        pthread_mutex_unlock(&s->lock);
        if (store)
                return store;
        store = calloc(1, sizeof(*store));
        if (!store)
                memory_ended();
        if (open_another(s, store, &d) == 0)
                return store;
        free(store);
        http_fleet_failed(call, &d);
        return NULL;
}

static void drop(struct store *store) {
        store_close(store);
        free(store);
}

void http_fleet_return(struct fleet_server *s, struct store *store) {
        bool kept;

        pthread_mutex_lock(&s->lock);
        kept = s->idle_count < READERS_MAX;
        if (kept)
                s->idle[s->idle_count++] = store;
        pthread_mutex_unlock(&s->lock);
        if (!kept)
                drop(store);
}

/* ---- Routes ---- */

struct route {
        const char *method, *path; /* a path that ends with '/' has one more piece behind it, or nothing for "/" */
        unsigned scopes;           /* one of them; 0: anyone */
        void (*store)(struct fleet_server *s, struct http_call *call);
        void (*answer)(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
        bool is_long;              /* it may take minutes */
        const char *query;         /* the names that its query may have */
};

#define NAME(member, option, what) option " "
#define FILTERS ASK_FILTERS(NAME)

static void healthy(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        (void)s, (void)store, (void)rest;
        call->status = 200;
        call->type = "text/plain; charset=utf-8";
        out_c(&call->text, "ok\n");
}

static const struct route routes[] = {
        { .method = "POST", .path = "/v1/seen", .scopes = HTTP_SEND, .store = http_fleet_seen },
        { .method = "POST", .path = "/v1/evidence", .scopes = HTTP_SEND, .store = http_fleet_evidence, .query = "name" },
        { .method = "GET", .path = "/v1/fingerprints/", .scopes = HTTP_SEND | HTTP_READ, .answer = http_fleet_fingerprint },
        { .method = "GET", .path = "/v1/status", .scopes = HTTP_READ, .answer = http_fleet_status, .query = FILTERS },
        { .method = "GET", .path = "/v1/hosts", .scopes = HTTP_READ, .answer = http_fleet_hosts, .query = FILTERS "after ident limit" },
        { .method = "GET", .path = "/v1/hosts/", .scopes = HTTP_READ, .answer = http_fleet_host, .query = "ident" },
        { .method = "GET", .path = "/v1/diff/", .scopes = HTTP_READ, .answer = http_fleet_diff, .query = "ident since" },
        { .method = "GET", .path = "/v1/export", .scopes = HTTP_READ, .answer = http_fleet_export, .query = FILTERS "after ident limit format evidence aside" },
        { .method = "GET", .path = "/v1/flaws", .scopes = HTTP_READ, .answer = http_fleet_flaws, .query = FILTERS },
        { .method = "GET", .path = "/v1/flaws/", .scopes = HTTP_READ, .answer = http_fleet_flaws, .query = FILTERS },
        { .method = "GET", .path = "/v1/resources", .scopes = HTTP_READ, .answer = http_fleet_clouds, .query = "after ident limit" },
        { .method = "GET", .path = "/v1/changes", .scopes = HTTP_READ, .answer = http_fleet_changes, .query = FILTERS "since" },
        { .method = "GET", .path = "/v1/history", .scopes = HTTP_READ, .answer = http_fleet_history, .query = "since flaw" },
        { .method = "GET", .path = "/v1/accepted", .scopes = HTTP_READ | HTTP_ADMIN, .answer = http_change_accepted },
        { .method = "POST", .path = "/v1/accepted", .scopes = HTTP_ADMIN, .answer = http_change_accept },
        { .method = "POST", .path = "/v1/accepted/end", .scopes = HTTP_ADMIN, .answer = http_change_end },
        { .method = "POST", .path = "/v1/rejudge", .scopes = HTTP_ADMIN, .answer = http_change_rejudge, .is_long = true },
        { .method = "GET", .path = "/v1/audit", .scopes = HTTP_ADMIN, .answer = http_change_audit, .query = "since limit" },
        { .method = "GET", .path = "/", .scopes = HTTP_READ, .answer = http_fleet_page, .query = FILTERS },
        { .method = "GET", .path = "/hosts", .scopes = HTTP_READ, .answer = http_fleet_hosts_page, .query = FILTERS "after ident" },
        { .method = "GET", .path = "/hosts/", .scopes = HTTP_READ, .answer = http_fleet_host_page, .query = "ident" },
        { .method = "GET", .path = "/resources", .scopes = HTTP_READ, .answer = http_fleet_clouds_page, .query = "after ident limit" },
        { .method = "GET", .path = "/changes", .scopes = HTTP_READ, .answer = http_fleet_changes_page, .query = FILTERS "since" },
        { .method = "GET", .path = "/flaws", .scopes = HTTP_READ, .answer = http_fleet_flaws_page },
        { .method = "GET", .path = "/flaws/", .scopes = HTTP_READ, .answer = http_fleet_flaw_page },
        { .method = "GET", .path = "/metrics", .scopes = HTTP_READ, .answer = http_fleet_metrics },
        { .method = "GET", .path = "/healthz", .answer = healthy },
};

static const struct route *find_route(const struct http_call *call, bool any_method) {
        for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
                struct str path = str_of(routes[i].path);
                bool more = path.len > 1 && str_ends(path, S("/"));

                if ((any_method || str_eq(call->method, str_of(routes[i].method))) &&
                    (more ? str_starts(call->path, path) && call->path.len > path.len && str_find_char(str_from(call->path, path.len), '/') < 0
                          : str_eq(call->path, path)))
                        return &routes[i];
        }
        return NULL;
}

/* ---- Who may ---- */

static bool anyone_may(struct fleet_server *s) {
        return s->options->anyone == FLEET_ANYONE || (s->options->anyone == FLEET_ANYONE_WITHOUT_TOKENS && !atomic_load(&s->tokens));
}

/* What stands for everyone, where everyone may: no digest looks like it. */
static const char everyone[TOKEN_DIGEST + 1] = "everyone--------------------------------------------------------";

static int ask_store(struct store *store, struct http_call *call, const char *digest, int64_t *ret_until, struct diag *d) {
        struct token t = { 0 };
        int status;

        if (store_heed(store, d) < 0)
                return -1;
        if (digest == everyone) {
                call->who = (struct http_who){ .tenant = S("default"), .name = S("anyone"), .scopes = HTTP_SEND | HTTP_READ | HTTP_ADMIN };
                return store_tenant(store, call->who.tenant, DB_EXISTING, &call->who.number, d) < 0 ? -1 : 1;
        }
        status = token_find(store->db, &call->arena, digest, http_fleet_now(), &t, d);
        if (status > 0)
                call->who = (struct http_who){ .tenant = t.tenant_name, .number = t.tenant, .name = t.name, .scopes = t.scopes };
        *ret_until = t.until;
        return status;
}

/* 1: `who` is known; 0: what was shown counts for nothing; -1: `call` has its answer. */
static int identify_by(struct fleet_server *s, struct http_call *call, const char *digest) {
        int64_t ms = clock_ms(), until = 0;
        struct diag d = { 0 };
        struct store *store;
        int status;

        if (who_has(&s->who, &call->arena, digest, ms, http_fleet_now(), &call->who))
                return 1;
        store = http_fleet_borrow(s, call);
        if (!store)
                return -1;
        status = ask_store(store, call, digest, &until, &d);
        if (status < 0) {
                drop(store);
                http_fleet_failed(call, &d);
                return -1;
        }
        call->who.restored = store->restored;
        http_fleet_return(s, store);
        if (status > 0)
                who_keep(&s->who, digest, ms, until, &call->who);
        return status;
}

static int identify(struct fleet_server *s, struct http_call *call) {
        char digest[TOKEN_DIGEST + 1];
        struct str secret;
        int status = 0;

        if (call->certificate.len) {
                token_digest(call->certificate, true, digest);
                status = identify_by(s, call, digest);
        }
        if (status == 0 && http_token(&call->arena, call->authorization, &secret)) {
                token_digest(secret, false, digest);
                status = identify_by(s, call, digest);
        }
        return status != 0 || call->authorization.len || !anyone_may(s) ? status : identify_by(s, call, everyone);
}

static bool is_name(const char *names, struct str name) {
        struct str rest = str_of(names ? names : ""), word;

        while (str_cut(&rest, ' ', &word))
                if (str_eq(word, name))
                        return true;
        return false;
}

/* A name that is mistyped, or stands there twice, would be passed over: all machines would be told of, as if it had been heeded. */
static bool is_sound_query(const struct route *route, struct http_call *call) {
        struct str rest = call->query, pair, other;

        while (str_cut(&rest, '&', &pair)) {
                ptrdiff_t equals = str_find_char(pair, '=');
                struct str name = equals < 0 ? pair : str_sub(pair, 0, equals), shown = http_is_plain(name) ? name : S("?");

                if (name.len > 0 && !is_name(route->query, name))
                        return http_refuse(call, 400, "nothing here is asked by the name '%.*s'", STR_ARG(shown));
                if (name.len > 0 && http_query(&call->arena, rest, name, &other) != 0)
                        return http_refuse(call, 400, "'%.*s' stands in the query twice", STR_ARG(shown));
        }
        return true;
}

static bool admit(void *arg, struct http_call *call) {
        const struct route *route = find_route(call, false);
        int status;

        if (!route)
                return http_refuse(call, find_route(call, true) ? 405 : 404, "there is nothing of this kind here");
        if (!route->scopes)
                return true;
        status = identify(arg, call);
        if (status < 0)
                return false;
        if (status == 0)
                return http_refuse(call, 401, "a token is needed, and this is none: sidelight fleet token add makes one");
        if (!(route->scopes & call->who.scopes))
                return http_refuse(call, 403, "this token may %.*s only", STR_ARG(token_scopes(&call->arena, call->who.scopes)));
        return is_sound_query(route, call);
}

/* ---- Answers ---- */

static bool wants_store(void *arg, struct http_call *call) {
        const struct route *route = find_route(call, false);

        (void)arg;
        return route && route->store;
}

static bool takes_long(void *arg, struct http_call *call) {
        const struct route *route = find_route(call, false);

        (void)arg;
        return route && route->is_long;
}

/* Who asks, as the store was asked, and the store that is about to be used: one and the same. Else the number of the tenant may be another's. */
static bool is_same_store(struct fleet_server *s, const struct store *store, struct http_call *call) {
        if (call->who.restored == store->restored)
                return true;
        who_forget(&s->who);
        (void)http_refuse(call, 503, "the store was restored from a backup just now; nothing of this request was kept");
        call->retry_after = 1;
        return false;
}

static void answer_from(struct fleet_server *s, const struct route *route, struct store *store, struct http_call *call, struct str rest) {
        struct diag d = { 0 };

        if (store_heed(store, &d) < 0)
                http_fleet_failed(call, &d);
        else if (is_same_store(s, store, call))
                route->answer(s, store, call, rest);
}

static void answer(void *arg, struct http_call *call) {
        const struct route *route = find_route(call, false);
        struct fleet_server *s = arg;
        struct store *store = NULL;
        struct str rest = S("");

        if (str_ends(str_of(route->path), S("/")) &&
            !http_unescape(&call->arena, str_from(call->path, (ptrdiff_t)strlen(route->path)), false, &rest)) {
                (void)http_refuse(call, 400, "the path is not readable");
                return;
        }
        if (route->scopes && !(store = http_fleet_borrow(s, call)))
                return;
        if (store)
                answer_from(s, route, store, call, rest);
        else
                route->answer(s, store, call, rest);
        if (store && call->status == 503)
                drop(store);
        else if (store)
                http_fleet_return(s, store);
}

/* ---- The thread that writes ---- */

static void put(void *arg, struct http_call *call) {
        struct fleet_server *s = arg;

        if (!is_same_store(s, &s->store, call)) /* which tick() tells the thread that writes, between two commits */
                return;
        s->in.now = http_fleet_now();
        s->taken = (struct sent){ .tenant = call->who.number, .requests = 1, .first = s->in.now, .last = s->in.now };
        find_route(call, false)->store(s, call);
        if (call->status >= 300)
                return;
        s->taken.who = str_dup(&s->batch.arena, call->who.name);
        s->taken.address = str_dup(&s->batch.arena, call->address);
        *arena_append(&s->batch.arena, &s->batch) = s->taken;
}

/* What was kept is in the audit log a moment later; what was not is not. */
static void count_batch(struct fleet_server *s, bool kept) {
        for (ptrdiff_t i = 0; kept && i < s->batch.count; i++)
                sent_add(&s->sent, &s->batch.items[i]);
        arena_reset(&s->batch.arena);
        s->batch.items = NULL;
        s->batch.count = s->batch.capacity = 0;
}

static void write_sent(struct fleet_server *s) {
        struct diag d = { 0 };

        if (sent_write(&s->sent, &s->store, &d) < 0)
                log_line("who sent how much could not be written yet", str_of(d.text));
}

static void judge(struct fleet_server *s) {
        struct judged judged;
        struct diag d = { 0 };

        if (judge_store(&s->store, s->options->catalog, JUDGE_NEW, http_fleet_now(), &judged, &d) < 0)
                log_line("what came in is kept, and could not be judged yet", str_of(d.text));
        if (judged.damaged > 0)
                log_line("evidence that the store holds is damaged, and kept aside", S("sidelight fleet export --aside tells which"));
}

/* Judging follows: what is kept is acknowledged even when that fails. */
static int finish(void *arg, struct diag *d) {
        struct fleet_server *s = arg;
        struct diag why = { 0 };
        int status = s->bus ? bus_commit(s->bus, &s->store, &why) : store_commit(&s->store, &why);

        for (int i = 1; !s->bus && status < 0 && s->store.db->try_again && i < COMMIT_TRIES && !atomic_load(&s->ending); i++) {
                why = (struct diag){ 0 };
                status = store_commit(&s->store, &why);
        }
        count_batch(s, status == 0);
        if (status < 0) {
                log_line("nothing could be written", str_of(why.text));
                store_forget(&s->store);
                return diag_fail(d, "%s", why.text);
        }
        if (!s->bus && s->store.new_fingerprints > 0)
                judge(s);
        why = (struct diag){ 0 };
        if (!s->bus && s->store.changed_hosts > 0 && alerts_gather(&s->alerts, &s->store, http_fleet_now(), &why) < 0)
                log_line("what became worse could not be found out", str_of(why.text));
        return 0;
}

/* The day's counts of every tenant, for the trend; the last of a day stays. */
static int note(struct store *store, struct str day, struct diag *d) {
        int64_t tenant = 0;

        while (tenant >= 0) {
                if (db_one(store->db, &tenant, -1, "SELECT min(id) FROM tenant WHERE id > ?1", DB_ARGS(DB_N(tenant)), d) < 0 ||
                    (tenant >= 0 && history_note(store, tenant, day, d) < 0))
                        return -1;
        }
        return 0;
}

static void note_today(struct fleet_server *s) {
        char date[11], time[9];
        struct diag d = { 0 };

        program_date(date, time);
        s->noted = http_fleet_now();
        if (note(&s->store, str_of(date), &d) < 0)
                log_line("the day's counts could not be written", str_of(d.text));
}

/* Where another store was put in place of this one, what was asked of it before, and who sent how much to it, is about other tenants. */
static void heed(struct fleet_server *s) {
        struct diag d = { 0 };
        int status = store_heed(&s->store, &d);

        if (status < 0)
                log_line("the store does not answer", str_of(d.text));
        if (status <= 0)
                return;
        who_forget(&s->who);
        sent_free(&s->sent);
        log_line("the store was restored from a backup", S("what was known of it is forgotten"));
}

/* Tokens may be made while this runs. */
static void tick(void *arg) {
        struct fleet_server *s = arg;
        struct diag d = { 0 };
        int any;

        heed(s);
        any = token_any(s->store.db, http_fleet_now(), &d);
        if (any >= 0)
                atomic_store(&s->tokens, any > 0);
        write_sent(s);
        d = (struct diag){ 0 };
        if (alerts_gather_rules(&s->alerts, &s->store, http_fleet_now(), &d) < 0)
                log_line("what became worse by newer data could not be found out", str_of(d.text));
        d = (struct diag){ 0 };
        if (alerts_tell(&s->alerts, http_fleet_now(), &d) < 0)
                log_line("an alert could not be told", str_of(d.text));
        if (http_fleet_now() - s->noted >= NOTE_SECONDS)
                note_today(s);
}

static bool ready(void *arg, unsigned port) {
        struct fleet_server *s = arg;

        return s->options->ready(s->options->ready_arg, port);
}

static void ending(void *arg) {
        struct fleet_server *s = arg;

        atomic_store(&s->ending, true);
}

static int serve(struct fleet_server *s, struct diag *d) {
        const struct http_user user = { .arg = s, .admit = admit, .wants_store = wants_store, .takes_long = takes_long, .answer = answer, .store = put, .finish = finish,
                                        .tick = tick, .ending = ending };
        int any = token_any(s->store.db, http_fleet_now(), d), status;

        if (any < 0 || store_tenant(&s->store, S("default"), DB_CREATE, &s->in.tenant, d) < 0)
                return -1;
        atomic_store(&s->tokens, any > 0);
        judge(s);
        status = http_serve(&s->options->http, &user, ready, d);
        note_today(s); /* what came in since the last time */
        return status;
}

/* Each request takes some memory and gives it back: it stays with the program instead of going to the system and coming anew. */
static void keep_memory(void) {
#ifdef M_TRIM_THRESHOLD
        (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
        (void)mallopt(M_TOP_PAD, AHEAD_BYTES);
#endif
}

int fleet_server_run(const struct fleet_server_options *o, struct diag *d) {
        struct fleet_server *s = calloc(1, sizeof(*s));
        int status;

        if (!s)
                memory_ended();
        s->options = o;
        s->in = (struct intake){ .store = &s->store, .catalog = o->catalog, .origin = S("http"), .now = http_fleet_now() };
        s->alerts.program = o->on_change;
        (void)pthread_mutex_init(&s->lock, NULL);
        who_begin(&s->who);
        keep_memory();
        status = store_open_ending(&s->store, o->store, DB_CREATE, &s->ending, d);
        s->store.keep_changes = o->on_change != NULL;
        if (status == 0 && o->bus)
                status = bus_open(&s->bus, o->bus, d);
        if (status == 0)
                status = serve(s, d);
        if (status == 0)
                write_sent(s);
        sent_free(&s->sent);
        arena_free(&s->batch.arena);
        bus_close(s->bus);
        alerts_free(&s->alerts);
        while (s->idle_count > 0)
                drop(s->idle[--s->idle_count]);
        intake_free(&s->in);
        store_close(&s->store);
        who_end(&s->who);
        (void)pthread_mutex_destroy(&s->lock);
        free(s);
        return status;
}
