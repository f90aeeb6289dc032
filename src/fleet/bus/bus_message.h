/* What a server took in, as messages: the reports, what could not be read and the resources that a store gathered, in pieces of a size that a
 * bus takes, compressed. The first line is "sidelight reports 1 SIZE". Any bytes are read or refused with a reason. */
#ifndef SIDELIGHT_FLEET_BUS_MESSAGE_H
#define SIDELIGHT_FLEET_BUS_MESSAGE_H

#include "fleet/store/store.h"

struct bus_pieces {
        struct str *items;
        ptrdiff_t count, capacity;
};

/* All that was gathered, in `a`. False: something in it does not fit into a message of `max` bytes. */
bool bus_message_write(struct bus_pieces *ret, struct arena *a, const struct store *s, ptrdiff_t max);

/* What stands in a message; -1 (DIAG_INPUT) when it is none: then nothing of it counts. */
struct bus_content {
        int64_t restored; /* the store's (store_heed) when its numbers of tenants held */
        struct { struct store_report *items; ptrdiff_t count, capacity; } reports;
        struct { struct store_aside *items; ptrdiff_t count, capacity; } asides;
        struct { struct store_resource *items; ptrdiff_t count, capacity; } resources;
};
int bus_message_read(struct bus_content *ret, struct arena *a, struct str message, struct diag *d);

#endif
