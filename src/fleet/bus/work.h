/* One ingest worker: takes messages off a bus, commits what they say to a store, and acknowledges them then. Any number may work beside each
 * other, and any may die at any moment: what it had taken comes to another, and coming in twice changes nothing.
 *
 * A message that cannot be read, or that the store refuses by what it holds, is kept aside with the reason; one that ends the programs that read it
 * is kept aside unread. Nothing else is ever given up: a store that does not answer, or has no room, is waited for. */
#ifndef SIDELIGHT_FLEET_WORK_H
#define SIDELIGHT_FLEET_WORK_H

#include "catalog/catalog.h"
#include "fleet/store/store.h"

struct work_options {
        const char *store, *bus; /* their addresses */
        const struct catalog *catalog;
        bool once;               /* ends when nothing is left to do, not when it is told to */
        /* For the log: one line, which may hold what came from outside. */
        void (*tell)(void *arg, struct str line);
        /* Hosts show something else than before, and what is new was judged: the store's table `changed` tells which (store.h). NULL: nobody
         * wants to know. */
        void (*changed)(void *arg, struct store *store);
        /* About once a second, when nothing is under way in the store; or NULL. */
        void (*idle)(void *arg, struct store *store);
        void *arg;
};

struct work_done {
        int64_t messages, reports, aside, fingerprints;
};

/* Until SIGTERM or SIGINT. -1 and a message when it cannot begin. */
int work_run(const struct work_options *o, struct work_done *ret, struct diag *d);

#endif
