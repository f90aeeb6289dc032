/* Many machines at a glance: those of which the same is to be said are one kind, and how many are alike in all that was seen (of one
 * fingerprint) is counted. What is kept is copied. */
#ifndef SIDELIGHT_PLAN_GROUPS_H
#define SIDELIGHT_PLAN_GROUPS_H

#include "base/seen.h"
#include "plan/summary.h"

enum { GROUP_NAMES = 3 };

struct group {
        struct str processor, where, os;
        enum status worst;
        struct str open, unknown;        /* ids of flaws at stake: "tsa, ssb"; or empty */
        uint32_t open_count;
        struct str names[GROUP_NAMES];   /* of the first machines */
        uint32_t machines, fingerprints;
        struct str fingerprint;          /* of the first machine */
        ptrdiff_t number;                /* from 0, as the kinds came: it stays when they are sorted */
};

struct group_list {
        struct group *items;
        ptrdiff_t count, capacity;
};

/* One flaw over all machines. */
struct flaw_total {
        const struct flaw *flaw;
        uint32_t machines[STATUS_COUNT]; /* on which it is at stake, by its status there */
};

struct groups {
        struct arena *arena;             /* another than the verdicts' own */
        const struct catalog *catalog;
        struct group_list kinds;
        struct flaw_total *totals;       /* by the flaw's number */
        struct seen *seen;               /* fingerprints */
        uint32_t machines, fingerprints, by_worst[STATUS_COUNT];
        uint32_t denied, failed;         /* machines of which something was not read */
        uint32_t old;                    /* machines whose evidence is old */
        bool old_data;
        uint32_t undated;                /* machines whose evidence has no date */
        struct str oldest;               /* evidence with a date; or empty */
};

/* The number of the machine's kind. The verdict must have a fingerprint. */
ptrdiff_t groups_add(struct groups *g, const struct verdict *r);
/* The worst kinds first; of equals those with the most open flaws, then the largest. */
void groups_sort(struct groups *g);
/* Flaws that are open or unknown somewhere, those that are open on the most machines first; ends with one without a flaw. In `a`. */
const struct flaw_total *groups_flaws(const struct groups *g, struct arena *a);

#endif
