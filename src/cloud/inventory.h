/* A cloud inventory, resource by resource, whatever list it is.
 *
 * Understood: ARM lists ({"value": […]}), `az … list`, single resources, Resource Graph in both shapes, ARM
 * templates and the deployments nested in them, pages in a list, NDJSON, the instance metadata service's answer,
 * answers in the envelopes of the API's examples and of batches; and the lists of other clouds (foreign.h). */
#ifndef SIDELIGHT_CLOUD_INVENTORY_H
#define SIDELIGHT_CLOUD_INVENTORY_H

#include "base/diag.h"
#include "cloud/resource.h"
#include "base/seen.h"

/* What was counted, over all files. */
struct inventory_count {
        struct str offering;
        uint64_t resources;
};

struct inventory {
        struct seen seen;            /* resources of all files, by id: the same one is told once */
        uint64_t resources, repeats; /* told; left out because they were told before */
        uint64_t partial;            /* answers that say that there is more than they hold */
        struct inventory_count *counts; /* by offering, in the order in which they were met */
        ptrdiff_t count_count, count_capacity;
        struct arena arena;          /* of the counts */
        const struct catalog *catalog;
        /* Gets each resource; its strings live until the return. */
        void (*resource)(void *arg, const struct resource *r);
        void *arg;
};

/* Reads one file: `read` as in json_stream.h. -1 with file, line and byte when it is no JSON, is cut short, or holds
 * neither a resource nor a list of them; resources that were told before that are not to be shown. */
int inventory_read(struct inventory *inv, const char *file,
                   ptrdiff_t (*read)(void *arg, char *p, ptrdiff_t size, struct diag *d), void *read_arg,
                   struct diag *d);
void inventory_free(struct inventory *inv);

#endif
