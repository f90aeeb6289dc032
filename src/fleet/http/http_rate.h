/* How much a client may ask: a bucket of requests that fills up again with time, one for each client.
 *
 * The table does not grow. A client that meets others in its place of the table takes the bucket that is fullest, whose owner asked for
 * nothing lately: so many addresses do not make a client's own empty bucket be forgotten. */
#ifndef SIDELIGHT_FLEET_HTTP_RATE_H
#define SIDELIGHT_FLEET_HTTP_RATE_H

#include <stdint.h>

#include "base/siphash.h"

enum { RATE_SETS = 1024, RATE_WAYS = 8 };

struct rate_bucket {
        struct hash128 client; /* both 0: nobody's */
        int64_t when;          /* milliseconds: when `left` was true */
        int64_t left;          /* thousandths of a request */
};

struct rate {
        uint32_t per_second;   /* 0: as much as they like */
        uint32_t burst;        /* at once, after a rest */
        struct hash128 key;    /* secret, so that nobody can aim at a place of the table */
        struct rate_bucket buckets[RATE_SETS][RATE_WAYS];
};

/* 0: the client may ask now, and has one request less; else the seconds after which it may ask again. `now`: milliseconds that never go
 * back. */
uint32_t rate_take(struct rate *r, struct str client, int64_t now);

#endif
