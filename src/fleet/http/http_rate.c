#include "fleet/http/http_rate.h"

enum { WHOLE = 1000 }; /* a request, in thousandths */

static bool same(struct hash128 a, struct hash128 b) {
        return a.low == b.low && a.high == b.high;
}

static int64_t filled(const struct rate *r, const struct rate_bucket *b, int64_t now) {
        int64_t full = (int64_t)r->burst * WHOLE, passed = now > b->when ? now - b->when : 0;

        if (passed >= full) /* a thousandth a millisecond at least */
                return full;
        return b->left + passed * r->per_second < full ? b->left + passed * r->per_second : full;
}

/* The client's own bucket, or the fullest of its place, which becomes its own and is full. */
static struct rate_bucket *bucket(struct rate *r, struct hash128 client, int64_t now) {
        struct rate_bucket *set = r->buckets[client.low % RATE_SETS], *best = set;

        for (int i = 0; i < RATE_WAYS; i++) {
                if (same(set[i].client, client))
                        return &set[i];
                if (same(set[i].client, (struct hash128){ 0 }))
                        best = &set[i];
                else if (!same(best->client, (struct hash128){ 0 }) && filled(r, &set[i], now) > filled(r, best, now))
                        best = &set[i];
        }
        *best = (struct rate_bucket){ .client = client, .when = now, .left = (int64_t)r->burst * WHOLE };
        return best;
}

uint32_t rate_take(struct rate *r, struct str client, int64_t now) {
        struct rate_bucket *b;

        if (r->per_second == 0)
                return 0;
        b = bucket(r, siphash(r->key, client), now);
        b->left = filled(r, b, now);
        b->when = now;
        if (b->left >= WHOLE) {
                b->left -= WHOLE;
                return 0;
        }
        return (uint32_t)((WHOLE - b->left + (int64_t)r->per_second * 1000 - 1) / ((int64_t)r->per_second * 1000));
}
