/* What a store is asked. Answers are made from fingerprints and their numbers of hosts; hosts are looked at only where they are listed, or
 * where the filter is about them (tag, host).
 *
 * Everything that an answer holds lives in the arena that is given. */
#ifndef SIDELIGHT_FLEET_ASK_H
#define SIDELIGHT_FLEET_ASK_H

#include "base/out.h"
#include "catalog/catalog.h"
#include "fleet/store/store.h"

/* ---- Which hosts ---- */

/* X(member, name of the option, what it is). Several that are given must all hold. */
#define ASK_FILTERS(X)                                                                \
        X(flaw, "flaw", "its id")                                                     \
        X(status, "status", "a word, or several with commas between: of that flaw, or of any") \
        X(worst, "worst", "a status: the worst that the host has")                             \
        X(owner, "owner", "whose job: a layer (\"microcode\") or who (\"you\")")       \
        X(cloud, "cloud", "part of the cloud's name")                                 \
        X(kernel, "kernel", "part of the system's name and release")                  \
        X(processor, "processor", "part of the processor's name, as people or conditions write it")                     \
        X(fingerprint, "fingerprint", "the beginning of it")                          \
        X(tag, "tag", "a word that the host has")                                     \
        X(host, "host", "its name")

struct ask_filter {
#define X(member, option, what) struct str member; /* empty: any */
        ASK_FILTERS(X)
#undef X
};

/* ---- Status ---- */

struct ask_flaw {
        struct str id;
        int64_t hosts[STATUS_COUNT];
};

struct ask_flaws {
        struct ask_flaw *items; /* in order of id */
        ptrdiff_t count, capacity;
};

/* Open findings by whose job they are. */
struct ask_owner {
        struct str who;
        int64_t hosts;  /* host and flaw pairs */
        int64_t flaws;
};

struct ask_owners {
        struct ask_owner *items; /* most first */
        ptrdiff_t count, capacity;
};

/* One kind of machine, the worst first. */
struct ask_kind {
        struct str fingerprint, processor, kernel, place, example; /* the name of one host that shows it */
        int64_t hosts, vulnerable, partial, unknown;
};

struct ask_kinds {
        struct ask_kind *items;
        ptrdiff_t count, capacity;
};

struct ask_status {
        int64_t hosts, fingerprints, kept_aside, resources;
        int64_t not_judged;                /* hosts whose evidence was not judged yet */
        int64_t damaged;                   /* of these: those whose evidence the store held damaged */
        int64_t judged_before;             /* hosts whose verdict another catalog gave than that of the last rejudge */
        struct str catalog;                /* that one, as judge_catalog() names it; empty: nothing was judged */
        int64_t worst[STATUS_COUNT];       /* hosts by the worst of their verdicts */
        struct ask_flaws flaws;
        struct ask_owners owners;
        struct ask_kinds kinds;            /* at most ASK_KINDS that are open */
};

enum { ASK_KINDS = 10 };

/* Of the hosts that the filter lets through; kept_aside and resources are the tenant's. Fingerprints are those that some host shows now. */
int ask_status(struct store *s, int64_t tenant, const struct ask_filter *f, struct arena *a, struct ask_status *ret, struct diag *d);
void ask_status_json(struct out *o, const struct ask_status *s);

/* ---- Hosts ---- */

struct ask_host {
        int64_t id, fingerprint_id, outcome; /* outcome 0: not judged yet */
        struct str name, ident, tags, origin, fingerprint, processor, kernel, place, cloud, worst;
        int64_t first, since, last;
        int64_t vulnerable, partial, unknown;
        bool redacted;
};

struct ask_hosts {
        struct ask_host *items;
        ptrdiff_t count, capacity;
};

/* At most `limit` hosts, by name; those behind the host `after` (name and ident), where a list goes on; empty: from the first. */
struct ask_page {
        struct str after_name, after_ident;
        int64_t limit;
};
int ask_hosts(struct store *s, int64_t tenant, const struct ask_filter *f, const struct ask_page *page, struct arena *a,
              struct ask_hosts *ret, struct diag *d);

/* What one host showed, the newest first; the first is what it shows. */
struct ask_run {
        int64_t fingerprint_id, first, last, outcome;
        struct str fingerprint, worst;
};

struct ask_runs {
        struct ask_run *items;
        ptrdiff_t count, capacity;
};
int ask_runs(struct store *s, int64_t host, struct arena *a, struct ask_runs *ret, struct diag *d);

/* The evidence of a fingerprint (its number), as an evidence file's text. -1 (DIAG_INPUT) when it is not there. */
int ask_body(struct store *s, int64_t fingerprint, struct arena *a, struct str *ret, struct diag *d);

/* ---- Findings ---- */

/* The same verdict with the same reason, and how many hosts it holds for. */
struct ask_finding {
        int64_t id, hosts;
        struct str flaw, status, owner, who, rule, reason, boundaries, fixes, ask;
        bool at_stake;
};

struct ask_findings {
        struct ask_finding *items;
        ptrdiff_t count, capacity;
};

/* Of the hosts that the filter lets through, the findings that it lets through; by flaw, the most hosts first. */
int ask_flaws(struct store *s, int64_t tenant, const struct ask_filter *f, struct arena *a, struct ask_findings *ret, struct diag *d);
/* Of one outcome, in the catalog's order; `hosts` is 0. */
int ask_outcome(struct store *s, int64_t outcome, struct arena *a, struct ask_findings *ret, struct diag *d);

#endif
