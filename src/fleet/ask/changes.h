/* What became otherwise in a fleet: since a day, because hosts changed; or because what is known changed. And its history by the day. */
#ifndef SIDELIGHT_FLEET_CHANGES_H
#define SIDELIGHT_FLEET_CHANGES_H

#include "fleet/ask/ask.h"

/* Hosts that showed one thing then, and show another now: all that changed in the same way. */
struct change {
        int64_t before, after;   /* fingerprints' numbers */
        int64_t hosts;
        struct str example;      /* the name of one of them */
        struct str before_hex, after_hex;
        int64_t before_outcome, after_outcome;
};

struct changes {
        struct change *items;    /* most hosts first */
        ptrdiff_t count, capacity;
        int64_t new_hosts;       /* that were not there then */
        int64_t silent_hosts;    /* that were not seen since the hour of then */
};

/* Since `then`: what each host showed at that time (its last sighting up to then), beside what it shows now. */
int changes_since(struct store *s, int64_t tenant, int64_t then, const struct ask_filter *f, struct arena *a, struct changes *ret, struct diag *d);

/* One flaw that turned. */
struct flaw_turn {
        struct str flaw, before, after, reason; /* statuses; the reason of the latter */
        int64_t hosts;
        bool worse;
};

struct flaw_turns {
        struct flaw_turn *items;
        ptrdiff_t count, capacity;
};

/* The flaws whose statuses differ between two outcomes. */
int changes_of_outcomes(struct store *s, int64_t before, int64_t after, int64_t hosts, struct arena *a, struct flaw_turns *ret, struct diag *d);
/* After judge_store(JUDGE_ALL): what the new catalog turned, by flaw, with the hosts that show it. */
int changes_of_rejudge(struct store *s, int64_t tenant, struct arena *a, struct flaw_turns *ret, struct diag *d);
/* True when `after` is worse than `before` (statuses' words): less safe, or not known any more. */
bool changes_is_worse(struct str before, struct str after);

/* One day's counts: flaw empty: hosts by the worst of their verdicts. */
struct history_row {
        struct str day, flaw, status;
        int64_t hosts;
};

struct history {
        struct history_row *items; /* by day, flaw, status */
        ptrdiff_t count, capacity;
};

/* Writes the day's counts ("2026-11-26") of a tenant, as they are now; the last of a day stays. */
int history_note(struct store *s, int64_t tenant, struct str day, struct diag *d);
/* From `since` on (a day; empty: all), and the counts of `today` as they are now, whenever they were written last; `flaw` empty: the rows
 * without a flaw. */
int history_read(struct store *s, int64_t tenant, struct str since, struct str today, struct str flaw, struct arena *a,
                 struct history *ret, struct diag *d);

#endif
