#include "fleet/bus/bus.h"

#include <nats/nats.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/out.h"
#include "platform/files.h"
#include "platform/library.h"

#define NATS_FUNCTIONS(X)                                                                                                              \
        X(natsOptions_Create) X(natsOptions_Destroy) X(natsOptions_SetServers) X(natsOptions_SetMaxReconnect) X(natsOptions_SetName)     \
        X(natsOptions_SetReconnectWait) X(natsOptions_SetTimeout) X(natsOptions_SetPingInterval) X(natsOptions_SetErrorHandler)          \
        X(natsOptions_SetSecure) X(natsConnection_Connect) X(natsConnection_Destroy) X(natsConnection_GetMaxPayload)                     \
        X(natsConnection_GetServers) X(natsConnection_FlushTimeout) X(natsConnection_JetStream) X(jsOptions_Init) X(jsCtx_Destroy)       \
        X(jsStreamConfig_Init) X(js_AddStream) X(js_GetStreamInfo) X(jsStreamInfo_Destroy) X(jsSubOptions_Init) X(js_PullSubscribe)      \
        X(js_GetConsumerInfo) X(jsConsumerInfo_Destroy) X(jsConsumerConfig_Init) X(js_AddConsumer)                                       \
        X(natsSubscription_Fetch) X(natsSubscription_Destroy) X(natsMsgList_Destroy) X(natsMsg_Create) X(natsMsg_Destroy)                \
        X(natsMsgHeader_Get) X(jsPubOptions_Init) X(js_PublishMsgAsync) X(js_PublishAsyncGetPendingList) X(natsMsg_Ack)                  \
        X(natsMsg_NakWithDelay) X(natsMsg_InProgress) X(natsMsg_GetMetaData) X(jsMsgMetaData_Destroy) X(natsMsg_GetSubject)              \
        X(natsMsg_GetData) X(natsMsg_GetDataLength) X(natsStatus_GetText)

static const char *const names[] = { NATS_FUNCTIONS(LIBRARY_NAME) NULL };
static const struct library library = { .file = "libnats.so.3.4", .package = "libnats3.4", .functions = names };

#define STREAM "SIDELIGHT"
#define WORKERS "workers"

enum {
        CONNECT_MS = 5000,
        MAKE_TIMES = 60,       /* a cluster that is being started cannot make a stream yet */
        PAUSE_MS = 250,
        PENDING = 4000,        /* messages on their way */
        STALL_MS = 500,
        ROUND_MS = 2000,       /* for answers, before what has none is sent again */
        PUBLISH_MS = 30000,
        TAKE_MAX = 256,
        NODES = 3,
        MINUTE_S = 60,
};

#define NANO INT64_C(1000000000)

struct bus {
        struct BUS_LIBRARY { NATS_FUNCTIONS(LIBRARY_MEMBER) } lib;
        natsConnection *connection;
        jsCtx *stream;
        natsSubscription *workers; /* when something was taken first */
        uint64_t run;              /* begins each message's id: no other program's is the same */
        /* What is being published, with the thread of the library that brings answers. */
        pthread_mutex_t lock;
        pthread_cond_t answered;
        uint64_t first;            /* number of the first of them */
        ptrdiff_t count, left;     /* of them; without an acknowledgement */
        ptrdiff_t open;            /* sent in this round, and not answered */
        bool *done;
        char why[256];             /* the last refusal */
};

static int64_t now_ms(void) {
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause_ms(int ms) {
        (void)nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000L }, NULL);
}

/* ---- Answers, on the library's thread ---- */

/* The number behind the dash of "RUN-NUMBER"; false: it is another run's, or an older publication's. */
static bool number_of(struct bus *b, natsMsg *m, ptrdiff_t *ret) {
        const char *id = NULL;
        uint64_t number;
        struct str rest, run;

        if (b->lib.natsMsgHeader_Get(m, "Nats-Msg-Id", &id) != NATS_OK)
                return false;
        rest = str_of(id);
        if (!str_cut(&rest, '-', &run) || !str_to_u64(rest, &number) || number < b->first || number - b->first >= (uint64_t)b->count)
                return false;
        *ret = (ptrdiff_t)(number - b->first);
        return true;
}

/* Only this counts as acknowledged: that nothing is heard, or that nothing is pending, says nothing. */
static void take_answer(jsCtx *js, natsMsg *m, jsPubAck *yes, jsPubAckErr *no, void *arg) {
        struct bus *b = arg;
        ptrdiff_t i;

        (void)js;
        pthread_mutex_lock(&b->lock);
        if (b->done && number_of(b, m, &i)) {
                b->open--;
                if (yes && !b->done[i]) {
                        b->done[i] = true;
                        b->left--;
                } else if (no) {
                        (void)snprintf(b->why, sizeof(b->why), "%s", no->ErrText ? no->ErrText : b->lib.natsStatus_GetText(no->Err));
                }
                pthread_cond_signal(&b->answered);
        }
        pthread_mutex_unlock(&b->lock);
        b->lib.natsMsg_Destroy(m);
}

/* ---- Open and close ---- */

static void hear_nothing(natsConnection *c, natsSubscription *s, natsStatus status, void *arg) {
        (void)c;
        (void)s;
        (void)status;
        (void)arg;
}

static int servers_of(struct arena *a, const char *addresses, const char ***ret) {
        struct str rest = str_of(addresses), one;
        int count = 0;

        *ret = arena_array(a, const char *, rest.len / 2 + 2);
        while (str_cut(&rest, ',', &one))
                if (str_trim(one).len > 0)
                        (*ret)[count++] = str_to_c(a, str_trim(one));
        return count;
}

static natsStatus set_options(struct bus *b, natsOptions *o, const char **servers, int count) {
        natsStatus s = b->lib.natsOptions_SetServers(o, servers, count);
        const struct str tls = S("tls://");

        if (s == NATS_OK)
                s = b->lib.natsOptions_SetMaxReconnect(o, -1);
        if (s == NATS_OK)
                s = b->lib.natsOptions_SetReconnectWait(o, PAUSE_MS);
        if (s == NATS_OK)
                s = b->lib.natsOptions_SetTimeout(o, CONNECT_MS);
        if (s == NATS_OK)
                s = b->lib.natsOptions_SetPingInterval(o, CONNECT_MS);
        if (s == NATS_OK)
                s = b->lib.natsOptions_SetName(o, "sidelight");
        if (s == NATS_OK)
                s = b->lib.natsOptions_SetErrorHandler(o, hear_nothing, NULL);
        if (s == NATS_OK && str_starts(str_of(servers[0]), tls))
                s = b->lib.natsOptions_SetSecure(o, true);
        return s;
}

static int connect_to(struct bus *b, const char *addresses, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        natsOptions *o = NULL;
        const char **servers;
        int count = servers_of(&a, addresses, &servers);
        natsStatus s;

        if (count == 0)
                return diag_fail_class(d, DIAG_USAGE, "a bus is named by addresses, like nats://127.0.0.1:4222");
        s = b->lib.natsOptions_Create(&o);
        if (s == NATS_OK)
                s = set_options(b, o, servers, count);
        if (s == NATS_OK)
                s = b->lib.natsConnection_Connect(&b->connection, o);
        b->lib.natsOptions_Destroy(o);
        if (s != NATS_OK)
                return diag_fail_class(d, DIAG_NO_INPUT, "cannot reach the bus: %s", b->lib.natsStatus_GetText(s));
        return 0;
}

static int open_stream(struct bus *b, struct diag *d) {
        jsOptions o;
        natsStatus s = b->lib.jsOptions_Init(&o);

        o.PublishAsync.MaxPending = PENDING;
        o.PublishAsync.StallWait = STALL_MS;
        o.PublishAsync.AckHandler = take_answer;
        o.PublishAsync.AckHandlerClosure = b;
        if (s == NATS_OK)
                s = b->lib.natsConnection_JetStream(&b->stream, b->connection, &o);
        return s == NATS_OK ? 0 : diag_fail(d, "the bus: %s", b->lib.natsStatus_GetText(s));
}

static int nodes(struct bus *b) {
        char **servers = NULL;
        int count = 0;

        if (b->lib.natsConnection_GetServers(b->connection, &servers, &count) != NATS_OK)
                return 1;
        for (int i = 0; i < count; i++)
                free(servers[i]);
        free(servers);
        return count;
}

static natsStatus add_stream(struct bus *b, jsErrCode *code) {
        static const char *subjects[] = { BUS_REPORTS, BUS_EVIDENCE ">" };
        jsStreamInfo *info = NULL;
        jsStreamConfig c;
        natsStatus s = b->lib.jsStreamConfig_Init(&c);

        c.Name = STREAM;
        c.Subjects = subjects;
        c.SubjectsLen = (int)(sizeof(subjects) / sizeof(subjects[0]));
        c.Retention = js_WorkQueuePolicy;
        c.Discard = js_DiscardNew;
        c.Storage = js_FileStorage;
        c.Replicas = nodes(b) >= NODES ? NODES : 1;
        c.Duplicates = 10 * MINUTE_S * NANO;
        if (s == NATS_OK)
                s = b->lib.js_AddStream(&info, b->stream, &c, NULL, code);
        b->lib.jsStreamInfo_Destroy(info);
        return s;
}

/* Found, or made: two programs that make it at once make the same. */
static int find_stream(struct bus *b, struct diag *d) {
        jsStreamInfo *info = NULL;
        jsErrCode code = 0;
        natsStatus s = NATS_ERR;

        for (int i = 0; i < MAKE_TIMES; i++) {
                if (i > 0)
                        pause_ms(PAUSE_MS);
                s = b->lib.js_GetStreamInfo(&info, b->stream, STREAM, NULL, &code);
                b->lib.jsStreamInfo_Destroy(info);
                info = NULL;
                if (s == NATS_OK)
                        return 0;
                if (s == NATS_NOT_FOUND && add_stream(b, &code) == NATS_OK)
                        return 0;
        }
        return diag_fail_class(d, DIAG_NO_INPUT, "the bus has no stream " STREAM " and makes none: %s (%d); is JetStream on?",
                               b->lib.natsStatus_GetText(s), (int)code);
}

static int open_all(struct bus *b, const char *addresses, struct diag *d) {
        if (random_bytes(&b->run, sizeof(b->run), d) < 0 || connect_to(b, addresses, d) < 0)
                return -1;
        return open_stream(b, d) < 0 ? -1 : find_stream(b, d);
}

/* The library's threads, which begin here, take no signals: those are the program's. */
int bus_open(struct bus **ret, const char *addresses, struct diag *d) {
        struct bus *b = calloc(1, sizeof(*b));
        sigset_t all, before;
        int status;

        *ret = NULL;
        if (!b)
                memory_ended();
        if (library_open(&library, &b->lib, "cannot use a bus", d) < 0) {
                free(b);
                return -1;
        }
        (void)pthread_mutex_init(&b->lock, NULL);
        (void)pthread_cond_init(&b->answered, NULL);
        (void)sigfillset(&all);
        (void)pthread_sigmask(SIG_SETMASK, &all, &before);
        status = open_all(b, addresses, d);
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (status < 0)
                bus_close(b);
        else
                *ret = b;
        return status;
}

void bus_close(struct bus *b) {
        if (!b)
                return;
        b->lib.natsSubscription_Destroy(b->workers);
        b->lib.jsCtx_Destroy(b->stream);
        b->lib.natsConnection_Destroy(b->connection);
        (void)pthread_mutex_destroy(&b->lock);
        (void)pthread_cond_destroy(&b->answered);
        free(b);
}

ptrdiff_t bus_message_max(const struct bus *b) {
        return (ptrdiff_t)b->lib.natsConnection_GetMaxPayload(b->connection);
}

/* ---- Publishing ---- */

static void send_one(struct bus *b, const struct bus_message *m, ptrdiff_t i) {
        natsMsg *message = NULL;
        jsPubOptions o;
        char id[48];

        (void)snprintf(id, sizeof(id), "%016llx-%llu", (unsigned long long)b->run, (unsigned long long)(b->first + (uint64_t)i));
        (void)b->lib.jsPubOptions_Init(&o);
        o.MsgId = id;
        if (b->lib.natsMsg_Create(&message, m->subject, NULL, m->bytes.p, (int)m->bytes.len) != NATS_OK)
                memory_ended();
        pthread_mutex_lock(&b->lock);
        b->open++;
        pthread_mutex_unlock(&b->lock);
        if (b->lib.js_PublishMsgAsync(b->stream, &message, &o) != NATS_OK) {
                pthread_mutex_lock(&b->lock);
                b->open--;
                pthread_mutex_unlock(&b->lock);
        }
        b->lib.natsMsg_Destroy(message); /* NULL once it was sent */
}

/* Until each is answered, or nothing has come for too long. What is still pending then is taken back: an answer that was lost never comes. */
static void wait_for_answers(struct bus *b) {
        natsMsgList pending = { 0 };
        struct timespec until;

        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += ROUND_MS / 1000;
        pthread_mutex_lock(&b->lock);
        while (b->left > 0 && b->open > 0)
                if (pthread_cond_timedwait(&b->answered, &b->lock, &until) != 0)
                        break;
        pthread_mutex_unlock(&b->lock);
        if (b->lib.js_PublishAsyncGetPendingList(&pending, b->stream) == NATS_OK)
                b->lib.natsMsgList_Destroy(&pending);
}

static ptrdiff_t left(struct bus *b) {
        ptrdiff_t n;

        pthread_mutex_lock(&b->lock);
        n = b->left;
        pthread_mutex_unlock(&b->lock);
        return n;
}

static void send_round(struct bus *b, const struct bus_message *messages, ptrdiff_t count) {
        pthread_mutex_lock(&b->lock);
        b->open = 0;
        pthread_mutex_unlock(&b->lock);
        for (ptrdiff_t i = 0; i < count; i++) {
                bool done;

                pthread_mutex_lock(&b->lock);
                done = b->done[i];
                pthread_mutex_unlock(&b->lock);
                if (!done)
                        send_one(b, &messages[i], i);
        }
        wait_for_answers(b);
}

static void begin(struct bus *b, bool *done, ptrdiff_t count) {
        pthread_mutex_lock(&b->lock);
        b->first += (uint64_t)b->count;
        b->count = b->left = count;
        b->done = done;
        b->why[0] = '\0';
        pthread_mutex_unlock(&b->lock);
}

static void finish(struct bus *b) {
        pthread_mutex_lock(&b->lock);
        b->done = NULL;
        pthread_mutex_unlock(&b->lock);
}

int bus_publish(struct bus *b, const struct bus_message *messages, ptrdiff_t count, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        int64_t until = now_ms() + PUBLISH_MS;
        ptrdiff_t missing;

        if (count == 0)
                return 0;
        begin(b, arena_array(&a, bool, count), count);
        for (;;) {
                send_round(b, messages, count);
                missing = left(b);
                if (missing == 0 || now_ms() >= until)
                        break;
                pause_ms(PAUSE_MS);
        }
        finish(b);
        return missing == 0 ? 0 : diag_fail(d, "the bus did not acknowledge %td of %td messages: %s", missing, count, b->why[0] ? b->why : "no answer");
}

/* ---- Taking ---- */

/* Its settings are the bus's once it is there: whoever runs the bus may change them. */
static bool has_consumer(struct bus *b) {
        jsConsumerInfo *info = NULL;
        jsConsumerConfig c;
        jsErrCode code;
        natsStatus s = b->lib.js_GetConsumerInfo(&info, b->stream, STREAM, WORKERS, NULL, &code);

        b->lib.jsConsumerInfo_Destroy(info);
        info = NULL;
        if (s != NATS_NOT_FOUND)
                return s == NATS_OK;
        (void)b->lib.jsConsumerConfig_Init(&c);
        c.Durable = WORKERS;
        c.FilterSubject = BUS_ALL;
        c.AckPolicy = js_AckExplicit;
        c.AckWait = BUS_HOLD * NANO;
        c.MaxAckPending = 1 << 16;
        s = b->lib.js_AddConsumer(&info, b->stream, STREAM, &c, NULL, &code);
        b->lib.jsConsumerInfo_Destroy(info);
        return s == NATS_OK;
}

static bool subscribe(struct bus *b) {
        jsSubOptions o;
        jsErrCode code;

        if (b->workers)
                return true;
        if (!has_consumer(b))
                return false;
        (void)b->lib.jsSubOptions_Init(&o);
        o.Stream = STREAM;
        o.Consumer = WORKERS;
        return b->lib.js_PullSubscribe(&b->workers, b->stream, BUS_ALL, WORKERS, NULL, &o, &code) == NATS_OK;
}

static void describe(struct bus *b, natsMsg *m, struct bus_taken *ret) {
        jsMsgMetaData *about = NULL;

        *ret = (struct bus_taken){ .subject = str_of(b->lib.natsMsg_GetSubject(m)),
                                   .bytes = str_n(b->lib.natsMsg_GetData(m), b->lib.natsMsg_GetDataLength(m)), .times = 1, .own = m };
        if (b->lib.natsMsg_GetMetaData(&about, m) == NATS_OK) {
                ret->times = about->NumDelivered;
                ret->time = about->Timestamp / NANO;
        }
        b->lib.jsMsgMetaData_Destroy(about);
}

ptrdiff_t bus_take(struct bus *b, struct bus_taken *ret, ptrdiff_t max, int wait_ms) {
        natsMsgList list = { 0 };
        jsErrCode code;
        ptrdiff_t count;

        if (!subscribe(b)) {
                pause_ms(PAUSE_MS);
                return 0;
        }
        if (b->lib.natsSubscription_Fetch(&list, b->workers, (int)(max < TAKE_MAX ? max : TAKE_MAX), wait_ms, &code) != NATS_OK)
                return 0;
        count = list.Count;
        for (int i = 0; i < list.Count; i++) {
                describe(b, list.Msgs[i], &ret[i]);
                list.Msgs[i] = NULL;
        }
        b->lib.natsMsgList_Destroy(&list);
        return count;
}

void bus_done(struct bus *b, struct bus_taken *m) {
        (void)b->lib.natsMsg_Ack(m->own, NULL);
        b->lib.natsMsg_Destroy(m->own);
        *m = (struct bus_taken){ 0 };
}

void bus_later(struct bus *b, struct bus_taken *m, int seconds) {
        (void)b->lib.natsMsg_NakWithDelay(m->own, seconds * 1000, NULL);
        b->lib.natsMsg_Destroy(m->own);
        *m = (struct bus_taken){ 0 };
}

void bus_hold(struct bus *b, struct bus_taken *m) {
        (void)b->lib.natsMsg_InProgress(m->own, NULL);
}

void bus_flush(struct bus *b) {
        (void)b->lib.natsConnection_FlushTimeout(b->connection, CONNECT_MS);
}
