/* A store's reports by way of a bus: a server puts what it gathered onto the stream, workers commit it. */
#ifndef SIDELIGHT_FLEET_BUS_STORE_H
#define SIDELIGHT_FLEET_BUS_STORE_H

#include "fleet/bus/bus.h"
#include "fleet/store/store.h"

/* In place of store_commit(): what was gathered goes onto the stream, and when this returns 0 the stream has acknowledged all of it. What is too
 * long for the bus goes into the store itself. After -1 what was gathered is still there. */
int bus_commit(struct bus *b, struct store *s, struct diag *d);

#endif
