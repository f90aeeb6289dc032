/* What has to be done for each resource of an inventory, as text and as JSON.
 *
 * Resources that are alike in what the guidance asks about get the same advice: it is worked out once for each such class. */
#ifndef SIDELIGHT_REPORT_INVENTORY_REPORT_H
#define SIDELIGHT_REPORT_INVENTORY_REPORT_H

#include "base/json.h"
#include "cloud/inventory.h"
#include "guidance/guidance.h"

/* Advice for one class of resources, told already. */
struct advice_class {
        struct str offering, os_version;
        struct str edition; /* Windows: "client", "server"; empty: not known, or nothing hangs on it; so the next two */
        struct str distribution, vendor;
        enum resource_os os;
        bool one_thread;    /* a core has one, and something hangs on it */
        enum tri guest_os_fine, guest_os_fixed; /* a cloud service's configuration: no fault in its guest OS; none about untrusted code */
        uint64_t resources;
        enum tri patched;  /* Windows: are the fixes of January 2018 in, by the version? */
        struct str json;   /* the array of actions, as it stands with each resource */
        struct str json_detail; /* the same with their reasons and steps, once a class */
        struct str text;   /* "to do: linux-updates; not known: …" */
        struct str detail; /* the actions, for a person */
};

struct inventory_report {
        const struct catalog *catalog;
        enum untrusted untrusted;
        struct str as_of;  /* "2018-01-12", or empty: the newest guidance */
        struct str today;  /* for which guest OS releases are judged when as_of is empty */
        bool is_json;
        struct out *out;
        struct json json;
        struct out line; /* of the resource at hand: JSON, or a line of text */
        struct arena arena, scratch; /* of the classes; of the resource at hand */
        struct advice_class *items;
        ptrdiff_t count, capacity;
        struct { struct advice_class *items; ptrdiff_t count, capacity; } seen, classes; /* as they were listed, and of which class each is */
        bool untold;       /* there was something that is unknown */
};

void inventory_report_begin(struct inventory_report *r);
/* For struct inventory: `arg` is the report. */
void inventory_report_resource(void *arg, const struct resource *resource);
void inventory_report_end(struct inventory_report *r, const struct inventory *inv);
void inventory_report_free(struct inventory_report *r);

#endif
