/* One resource of a cloud inventory: what its JSON says, and which offering it belongs to.
 *
 * The same resource looks differently in each list: ARM keeps most under "properties", `az` does not, Resource Graph
 * lower-cases types, PowerShell writes names with capitals. Source: Azure REST API specification (Microsoft.Compute
 * and others). */
#ifndef SIDELIGHT_CLOUD_RESOURCE_H
#define SIDELIGHT_CLOUD_RESOURCE_H

#include "base/json_value.h"
#include "catalog/catalog.h"

struct resource {
        struct str id, name, location;
        struct str type;          /* lower case; empty when nothing tells it */
        const struct resource_type *row; /* NULL: the type is in no row */
        enum resource_os os;      /* LINUX, WINDOWS or UNKNOWN */
        enum resource_sure sure;  /* of the offering and the OS together */
        struct str os_because;    /* what told the OS: "storageProfile.osDisk.osType" */
        struct str os_version;    /* "10.0.19045.3448", from the instance view; empty when not known */
        struct str size;          /* "Standard_D2s_v5" */
        struct str image;         /* "publisher:offer:sku" */
        struct str cpu;           /* "Intel Haswell", "Skylake or Cascade Lake"; empty when not known */
        struct str vendor;        /* of the processor: "intel", "amd", "arm"; empty when not known */
        uint32_t threads;         /* of a core, as the machine sees it; 0: not known */
        bool threads_set;         /* … and somebody chose it for this machine; else it follows from the size */
        struct str edition;       /* "client", "server": Windows', by its image; empty when not known */
        struct str distribution;  /* os-release's ID, by the image or what the agent says: "ubuntu"; empty when not known */
        struct str patches;       /* what the provider's assessment of updates says; empty: none is in the list */
        struct str configuration; /* of Cloud Services (extended support): the .cscfg's text */
};

/* A member of members, by their names with dots between ("storageProfile.osDisk.osType"); with bars where names have dots themselves
 * ("metadata|labels|kubernetes.io/os"). Of a list the first item. NULL when it is not there. */
const struct json_value *resource_at(const struct json_value *v, struct str path);

/* A number, or a text that is one, as in YAML and in Terraform's older states. */
bool resource_number(const struct json_value *v, uint64_t *ret);

/* Fills in what the type, the size and the texts tell: the row, the processor. For what has read the rest (foreign.h). */
void resource_settle(struct resource *r, struct arena *a, const struct catalog *c, const struct json_value *v);

/* The offering's id, "unknown" or "no-machine". */
struct str resource_offering(const struct resource *r);
/* What a person should know; empty when there is nothing. */
struct str resource_note(const struct resource *r);

/* True when the object is a resource, or looks like one. */
bool resource_looks_like(const struct json_value *v);
/* Reads one. `parent` (may be NULL) is the resource inside which it stands: its type and id are put before relative
 * ones. `as`: its type, whatever it says itself; empty: what it says. Strings point into `v` or live in `a`. */
void resource_read(struct resource *ret, struct arena *a, const struct catalog *c, const struct json_value *v,
                   const struct resource *parent, struct str as);

#endif
