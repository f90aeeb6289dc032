#include "fleet/bus/work.h"

#include <signal.h>
#include <time.h>

#include "fleet/bus/bus.h"
#include "fleet/bus/bus_message.h"
#include "fleet/intake/intake.h"
#include "fleet/intake/judge.h"
#include "fleet/store/audit.h"

enum {
        MESSAGES = 4096,       /* for one commit */
        FETCH = 128,
        GATHER_MS = 200,       /* for what belongs to one commit */
        WAIT_MS = 1000,
        IDLE_TIMES = 2,
        UNKNOWN_TIMES = 12,    /* until evidence that a report names is missed for good */
        ALONE_TIMES = 3,       /* a message that came so often is read alone: it may be what ends workers */
        UNREAD_TIMES = 12,     /* and after so many is not read any more */
        PAUSE_MS = 100,
        PAUSE_MAX_MS = 5000,
};

struct working {
        const struct work_options *options;
        struct work_done *done;
        struct store store;
        struct bus *bus;
        struct intake in;
        struct arena arena;     /* of the messages that are read */
        int64_t home;           /* the tenant "default" */
        struct str tenant_name; /* the last that was looked up, in a buffer */
        char tenant_text[128];
        int64_t tenant;
        struct bus_taken taken[MESSAGES];
        bool later[MESSAGES];   /* something in it waits for another message */
        struct agent { int64_t tenant, reports, aside; } agents[MESSAGES]; /* of evidence that agents published; tenant 0: it is none */
        struct sent_tally sent;
        int64_t changed;        /* hosts that showed something else, since somebody was told */
        ptrdiff_t count;
        bool is_put;            /* all of `taken` stand in the store's memory */
};

static atomic_bool told_to_end;

static void end_soon(int signal) {
        (void)signal;
        told_to_end = true;
}

static int64_t now_ms(void) {
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- A message becomes reports ---- */

static int put_aside(struct working *w, int64_t tenant, struct str name, struct str why, const struct bus_taken *m) {
        struct diag d = { 0 };

        w->in.tenant = tenant;
        w->in.now = m->time;
        return intake_aside(&w->in, name, why, m->bytes, &d);
}

/* Its evidence comes with another message, which may be with another worker now. */
static int put_report(struct working *w, const struct bus_taken *m, const struct store_report *r, bool *ret_later, struct diag *d) {
        int status = store_put(&w->store, r, d);

        if (status != STORE_UNKNOWN) {
                w->done->reports += status == 0;
                return status;
        }
        if (m->times < UNKNOWN_TIMES) {
                *ret_later = true;
                return 0;
        }
        w->in.tenant = r->tenant;
        w->in.now = m->time;
        return intake_aside(&w->in, r->host, str_fmt(&w->arena, "the evidence that it names, %.*s, never came in", STR_ARG(r->fingerprint)), S(""), d);
}

/* What came without evidence, in one question for each run of one tenant. */
static int ask_about(struct working *w, const struct bus_content *c, struct diag *d) {
        struct { struct str *items; ptrdiff_t count, capacity; } asked = { 0 };

        for (ptrdiff_t i = 0; i < c->reports.count; i++) {
                const struct store_report *r = &c->reports.items[i];

                if (r->body.len == 0)
                        *arena_append(&w->arena, &asked) = r->fingerprint;
                if (i + 1 < c->reports.count && r[1].tenant == r->tenant)
                        continue;
                if (store_ask(&w->store, r->tenant, asked.items, asked.count, d) < 0)
                        return -1;
                asked.count = 0;
        }
        return 0;
}

static void tell(struct working *w, const char *what, const char *why) {
        struct arena_mark mark = arena_mark(&w->arena);

        w->options->tell(w->options->arg, str_fmt(&w->arena, "%s%s", what, why));
        arena_release(&w->arena, mark);
}

static int put_reports(struct working *w, const struct bus_taken *m, bool *ret_later, struct diag *d) {
        struct bus_content c;
        struct diag why = { 0 };
        int status = 0;

        if (bus_message_read(&c, &w->arena, m->bytes, &why) < 0)
                return put_aside(w, w->home, S("bus"), str_of(why.text), m);
        if (c.restored != w->store.restored) { /* whose tenants its numbers are now, nobody knows; and the backup replaced all that was handed in before */
                tell(w, "left out: ", "what was handed in before the store was restored from a backup");
                return 0;
        }
        status = ask_about(w, &c, d);
        for (ptrdiff_t i = 0; i < c.reports.count && status == 0; i++)
                status = put_report(w, m, &c.reports.items[i], ret_later, d);
        for (ptrdiff_t i = 0; i < c.asides.count && status == 0; i++)
                status = store_put_aside(&w->store, &c.asides.items[i], d);
        for (ptrdiff_t i = 0; i < c.resources.count && status == 0; i++)
                status = store_put_resource(&w->store, &c.resources.items[i], d);
        return status;
}

/* 1: it is there; 0: the store has no such tenant; -1. */
static int find_tenant(struct working *w, struct str name, struct diag *d) {
        struct diag why = { 0 };

        if (str_eq(name, w->tenant_name))
                return 1;
        if (name.len == 0 || name.len > (ptrdiff_t)sizeof(w->tenant_text))
                return 0;
        if (store_tenant(&w->store, name, DB_EXISTING, &w->tenant, &why) < 0)
                return why.class == DIAG_USAGE ? 0 : diag_fail(d, "%s", why.text);
        memcpy(w->tenant_text, name.p, (size_t)name.len);
        w->tenant_name = str_n(w->tenant_text, name.len);
        return 1;
}

/* sidelight.evidence.TENANT, or with more behind it that names the machine. */
static int put_evidence(struct working *w, const struct bus_taken *m, struct agent *ret, struct diag *d) {
        int64_t aside = w->in.aside;
        int status;
        struct str rest = str_from(m->subject, sizeof(BUS_EVIDENCE) - 1), tenant = S("");
        int64_t read = 0;
        int known;

        (void)str_cut(&rest, '.', &tenant);
        known = find_tenant(w, tenant, d);
        if (known < 0)
                return -1;
        if (!known)
                return put_aside(w, w->home, m->subject, S("the store has no such tenant"), m);
        w->in.tenant = w->tenant;
        w->in.now = m->time;
        w->in.origin = S("bus");
        status = intake_text(&w->in, rest.len > 0 ? rest : S("bus"), m->bytes, &read, d);
        *ret = (struct agent){ .tenant = w->tenant, .reports = read, .aside = w->in.aside - aside };
        return status;
}

static int put(struct working *w, ptrdiff_t i, struct diag *d) {
        const struct bus_taken *m = &w->taken[i];

        w->later[i] = false;
        w->agents[i] = (struct agent){ 0 };
        w->is_put = false;
        if (m->times >= UNREAD_TIMES)
                return put_aside(w, w->home, S("bus"), S("workers took it again and again, and none was done with it: it was not read"), m);
        if (str_eq(m->subject, S(BUS_REPORTS)))
                return put_reports(w, m, &w->later[i], d);
        return put_evidence(w, m, &w->agents[i], d);
}

/* ---- Messages become durable ---- */

/* Where another store was put in place of this one, its tenants have other numbers. */
static int heed(struct working *w, struct diag *d) {
        int status = store_heed(&w->store, d);

        if (status <= 0)
                return status;
        w->is_put = false;
        w->tenant_name = S("");
        sent_free(&w->sent);
        return store_tenant(&w->store, S("default"), DB_CREATE, &w->home, d);
}

static void pause_and_hold(struct working *w, int ms) {
        for (ptrdiff_t i = 0; i < w->count; i++)
                if (w->taken[i].own)
                        bus_hold(w->bus, &w->taken[i]);
        bus_flush(w->bus);
        (void)nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000L }, NULL);
}

/* One transaction; all of them are put anew where they are not, for the store may have forgotten what it knew. */
static int commit(struct working *w, ptrdiff_t first, ptrdiff_t count, struct diag *d) {
        w->store.db->refused = false;
        if (heed(w, d) < 0)
                return -1;
        if (!w->is_put) {
                store_forget(&w->store);
                arena_reset(&w->arena);
                for (ptrdiff_t i = first; i < first + count; i++)
                        if (put(w, i, d) < 0)
                                return -1;
        }
        w->is_put = false;
        return store_commit(&w->store, d);
}

/* Servers have told of what they took in; agents that publish by themselves have no other name than the bus. */
static void count_agent(struct working *w, ptrdiff_t i) {
        const struct agent *a = &w->agents[i];
        int64_t now = (int64_t)time(NULL);

        if (a->tenant)
                sent_add(&w->sent, &(struct sent){ .tenant = a->tenant, .who = S("bus"), .address = S(""), .requests = 1, .reports = a->reports,
                                                   .kept_aside = a->aside, .first = now, .last = now });
}

static void acknowledge(struct working *w, ptrdiff_t first, ptrdiff_t count) {
        w->done->fingerprints += w->store.new_fingerprints;
        w->done->aside += w->store.new_asides;
        w->changed += w->store.changed_hosts;
        for (ptrdiff_t i = first; i < first + count; i++) {
                w->done->messages++;
                count_agent(w, i);
                if (w->later[i])
                        bus_later(w->bus, &w->taken[i], 2 * (int)w->taken[i].times);
                else
                        bus_done(w->bus, &w->taken[i]);
        }
}

/* By itself, and the store refuses it: what it holds cannot be kept as what it says it is. */
static int keep_aside(struct working *w, ptrdiff_t i, const char *why, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct str reason = str_fmt(&a, "the store refuses it: %s", why);

        store_forget(&w->store);
        if (put_aside(w, w->home, S("bus"), reason, &w->taken[i]) < 0)
                return -1;
        w->later[i] = false;
        w->agents[i] = (struct agent){ 0 };
        return store_commit(&w->store, d);
}

/* Returns when these messages are in the store and acknowledged; -1: the program was told to end before that. What the store refuses by its content
 * is found by halves. */
static int settle(struct working *w, ptrdiff_t first, ptrdiff_t count) {
        int pause = PAUSE_MS;

        for (;;) {
                struct diag d = { 0 };
                int status = commit(w, first, count, &d);

                if (status < 0 && w->store.db->refused && count > 1)
                        return settle(w, first, count / 2) < 0 ? -1 : settle(w, first + count / 2, count - count / 2);
                if (status < 0 && w->store.db->refused)
                        status = keep_aside(w, first, d.text, &d);
                if (status == 0) {
                        acknowledge(w, first, count);
                        return 0;
                }
                tell(w, "waiting: ", d.text);
                if (told_to_end)
                        return -1;
                pause_and_hold(w, pause);
                pause = pause * 2 < PAUSE_MAX_MS ? pause * 2 : PAUSE_MAX_MS;
        }
}

static void judge(struct working *w) {
        struct diag d = { 0 };
        struct judged judged;

        if (judge_store(&w->store, w->options->catalog, JUDGE_NEW, (int64_t)time(NULL), &judged, &d) < 0)
                tell(w, "cannot judge now: ", d.text);
}

/* What follows a commit, and does not undo it when it fails: who handed in how much, and what became worse. */
static void follow(struct working *w) {
        struct diag d = { 0 };

        if (sent_write(&w->sent, &w->store, &d) < 0)
                tell(w, "who sent how much could not be written yet: ", d.text);
        if (w->options->changed && w->changed > 0)
                w->options->changed(w->options->arg, &w->store);
        w->changed = 0;
}

/* ---- The loop ---- */

/* Takes what belongs to one commit; false: there was nothing. A message that was taken often is alone in its commit. */
static bool gather(struct working *w) {
        int64_t until = now_ms() + GATHER_MS;
        struct diag d = { 0 };
        bool is_put = true;

        do {
                ptrdiff_t room = MESSAGES - w->count < FETCH ? MESSAGES - w->count : FETCH, n;

                n = bus_take(w->bus, w->taken + w->count, room, w->count ? GATHER_MS / 2 : WAIT_MS);
                if (n == 0)
                        break;
                for (ptrdiff_t i = w->count; i < w->count + n; i++)
                        is_put = is_put && w->taken[i].times < ALONE_TIMES && put(w, i, &d) == 0;
                w->count += n;
        } while (is_put && w->count < MESSAGES && !store_is_full(&w->store) && now_ms() < until);
        w->is_put = is_put;
        return w->count > 0;
}

/* Those that were taken often come last, each alone: one of them may end this program. */
static int settle_all(struct working *w) {
        ptrdiff_t good = w->count;
        int status;

        for (ptrdiff_t i = 0; i < good;) {
                struct bus_taken m = w->taken[i];

                if (m.times < ALONE_TIMES) {
                        i++;
                        continue;
                }
                w->taken[i] = w->taken[--good];
                w->taken[good] = m;
        }
        status = good > 0 ? settle(w, 0, good) : 0;
        for (ptrdiff_t i = good; i < w->count && status == 0; i++)
                status = settle(w, i, 1);
        return status;
}

static int settle_and_judge(struct working *w) {
        int64_t before = w->done->fingerprints;
        int status = settle_all(w);

        for (ptrdiff_t i = 0; i < w->count; i++)
                if (w->taken[i].own)
                        bus_later(w->bus, &w->taken[i], 0);
        bus_flush(w->bus);
        w->count = 0;
        store_forget(&w->store);
        arena_reset(&w->arena);
        if (w->done->fingerprints > before)
                judge(w);
        follow(w);
        return status;
}

static int loop(struct working *w) {
        int idle = 0;

        judge(w);
        while (!told_to_end && !(w->options->once && idle >= IDLE_TIMES)) {
                if (w->options->idle)
                        w->options->idle(w->options->arg, &w->store);
                if (!gather(w)) {
                        idle++;
                        continue;
                }
                idle = 0;
                if (settle_and_judge(w) < 0)
                        break;
        }
        return 0;
}

int work_run(const struct work_options *o, struct work_done *ret, struct diag *d) {
        static struct working w; /* some hundred kilobytes */
        int status;

        w = (struct working){ .options = o, .done = ret };
        *ret = (struct work_done){ 0 };
        w.in.store = &w.store;
        w.in.catalog = o->catalog;
        (void)signal(SIGTERM, end_soon);
        (void)signal(SIGINT, end_soon);
        status = store_open_ending(&w.store, o->store, DB_CREATE, &told_to_end, d);
        w.store.keep_changes = o->changed != NULL;
        if (status == 0)
                status = store_tenant(&w.store, S("default"), DB_CREATE, &w.home, d);
        if (status == 0)
                status = bus_open(&w.bus, o->bus, d);
        if (status == 0) {
                tell(&w, "working", "");
                status = loop(&w);
        }
        sent_free(&w.sent);
        bus_close(w.bus);
        store_close(&w.store);
        intake_free(&w.in);
        arena_free(&w.arena);
        return status;
}
