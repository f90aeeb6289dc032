/* What came in by cloud inventories: resources whose insides nobody saw, by what they are, with what the guidance leaves to do for each. */
#ifndef SIDELIGHT_FLEET_CLOUDS_H
#define SIDELIGHT_FLEET_CLOUDS_H

#include "base/json.h"
#include "fleet/store/store.h"
#include "guidance/guidance.h"

struct cloud_resource {
        struct str name, title, type, offering, provider, os;
        int64_t first, last;
};

/* All of one offering and one operating system. */
struct cloud_kind {
        struct str offering, title, os;
        int64_t resources;
        bool known;                       /* there is guidance on it */
        struct { const struct action **items; ptrdiff_t count, capacity; } to_do;
};

struct clouds {
        struct { struct cloud_kind *items; ptrdiff_t count, capacity; } kinds; /* most first */
        struct { struct cloud_resource *items; ptrdiff_t count, capacity; } resources;
        bool more;                        /* resources behind these */
};

/* At most `limit` resources, by name, behind `after`; and all kinds. */
int clouds_read(struct clouds *ret, struct arena *a, struct store *s, const struct catalog *c, int64_t tenant, struct str after, int64_t limit,
                struct diag *d);
/* One object; `a` is for temporaries. */
void clouds_json(struct json *j, struct arena *a, const struct clouds *c);
/* What to do, where nothing is: in words. */
struct str cloud_silence(const struct cloud_kind *k);

#endif
