/* What the files of the fleet's server share. Private to http_fleet*.c. */
#ifndef SIDELIGHT_FLEET_HTTP_FLEET_PARTS_H
#define SIDELIGHT_FLEET_HTTP_FLEET_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "fleet/ask/ask.h"
#include "fleet/bus/bus_store.h"
#include "fleet/serve/alert.h"
#include "fleet/serve/http_fleet.h"
#include "fleet/serve/who.h"
#include "fleet/intake/intake.h"
#include "fleet/store/audit.h"
#include "verdict/verdict.h"

enum { READERS_MAX = 64 };

struct fleet_server {
        const struct fleet_server_options *options;
        /* Of the thread that writes. */
        struct store store;
        struct intake in;
        struct alerts alerts;
        struct bus *bus;         /* or NULL */
        /* Of those that answer: connections to the store that nobody uses now. */
        pthread_mutex_t lock;
        struct store *idle[READERS_MAX];
        int idle_count;
        int64_t silent_until;    /* milliseconds of the monotonic clock: the store was waited for and did not answer; none tries before */
        struct who who;          /* who asked a moment ago */
        int64_t noted;           /* when the day's counts were */
        atomic_bool tokens;      /* the store has some */
        atomic_bool rejudging;
        atomic_bool ending;      /* nobody waits for the store any longer */
        struct sent taken;       /* what the call that is being kept holds: reports, kept aside */
        struct { struct sent *items; ptrdiff_t count, capacity; struct arena arena; } batch; /* of those that wait for one commit */
        struct sent_tally sent;
};

int64_t http_fleet_now(void);

/* A connection to ask with; NULL after `call` got its answer. Given back when it was good. */
struct store *http_fleet_borrow(struct fleet_server *s, struct http_call *call);
void http_fleet_return(struct fleet_server *s, struct store *store);

/* http_fleet_in.c: POST. Put what the call holds into the writer's store. */
void http_fleet_seen(struct fleet_server *s, struct http_call *call);
void http_fleet_evidence(struct fleet_server *s, struct http_call *call);

/* http_fleet_out.c: GET. `rest`: what stands behind the route's path, unescaped. */
void http_fleet_status(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_hosts(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
/* http_fleet_host.c */
void http_fleet_host(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_diff(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_export(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
/* The verdict on what the store keeps: the description is the fingerprint's, the name the host's. -1: it cannot be had. */
int http_fleet_verdict(const struct fleet_server *s, struct store *store, const struct ask_host *h, struct arena *a, struct verdict *ret, struct diag *d);

/* http_change.c: POST, and who did what. */
void http_change_accepted(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_change_accept(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_change_end(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_change_rejudge(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_change_audit(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);

void http_fleet_clouds(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_flaws(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_changes(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_history(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_fingerprint(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_metrics(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);

/* Which hosts the query is about; false after `call` got its answer. */
bool http_fleet_filter(const struct fleet_server *s, struct http_call *call, struct ask_filter *ret);
/* A flaw by any of its names; what this program does not know is left as it is. */
struct str http_fleet_flaw_id(const struct fleet_server *s, struct str name);
/* Where a list of hosts goes on. */
bool http_fleet_place(struct http_call *call, struct ask_page *ret);
/* ?limit=, up to `max`. */
bool http_fleet_limit(struct http_call *call, uint32_t otherwise, uint32_t max, int64_t *ret);
/* ?since=, a moment; `ret` stays when there is none. */
bool http_fleet_since(struct http_call *call, int64_t *ret);
bool http_fleet_is_filtered(const struct ask_filter *f);

/* http_fleet_page.c, http_fleet_hosts.c, http_fleet_flaws.c: for people. */
void http_fleet_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_hosts_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_host_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_clouds_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_changes_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_flaws_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);
void http_fleet_flaw_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest);

/* The store could not be asked: the reason is told to nobody but the log. */
void http_fleet_failed(struct http_call *call, const struct diag *d);
/* The same after a look into a machine's evidence: where that is damaged, it alone is not to be had. */
void http_fleet_no_evidence(struct http_call *call, const struct diag *d);

#endif
