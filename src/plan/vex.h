/* Verdicts as statements about vulnerabilities (VEX): which machines have which CVE, and what is to be done.
 *
 * Several flaws may share a CVE, and VEX formats take one status for a CVE and a product: that of the worst flaw. Machines of which the same
 * is to be said of a CVE stand together. What is kept is copied, so that verdicts need not outlive it. */
#ifndef SIDELIGHT_PLAN_VEX_H
#define SIDELIGHT_PLAN_VEX_H

#include "plan/summary.h"

/* What could be done about it. */
enum vex_help { VEX_HELP_NONE, VEX_HELP_UPDATE, VEX_HELP_SETTING, VEX_HELP_OTHERS };

/* Machines of which the same is said. */
struct vex_group {
        enum status status;
        struct str flaws;    /* ids, the worst first: "mds, taa" */
        struct str reason;   /* the worst one's */
        struct str action;   /* one sentence; of what is open or unknown never empty */
        enum vex_help help;
        uint32_t *items;     /* numbers of products */
        ptrdiff_t count, capacity;
};

struct vex_groups {
        struct vex_group *items;
        ptrdiff_t count, capacity;
};

/* A CVE or, of a flaw without one, its id. */
struct vex_name {
        struct str name;
        bool cve;
        struct str title, summary; /* of the first flaw that has it */
        struct str url;            /* where it is described; or empty */
        struct vex_groups groups;
};

/* A machine. */
struct vex_product {
        struct str id;      /* a package URL: "pkg:generic/web-17" */
        struct str name;    /* unlike all others' */
        struct str source, cpu, os, captured, fingerprint;
        uint32_t denied, failed;
        struct str_list notes;
};

struct vex_names {
        struct vex_name *items;
        ptrdiff_t count, capacity;
};

struct vex_products {
        struct vex_product *items;
        ptrdiff_t count, capacity;
};

struct vex {
        struct arena *arena;         /* another than the verdicts' own */
        const struct catalog *catalog;
        struct vex_names names;
        struct vex_products products;
};

/* A CVE is spoken of as a whole: a finding counts whether or not its boundaries were asked for, and of a flaw that shares a CVE with others
 * all must be judged (vex_complete): of a CVE of which one was not, nothing is said. */
void vex_add(struct vex *x, const struct verdict *r);

/* Adds to the flaws that are to be judged (by number) all that share a CVE with one of them. */
void vex_complete(const struct catalog *c, bool *among);

/* An identifier (RFC 9562, version 8) that is the same for the same text. */
void vex_uuid(struct str text, char ret[37]);

#endif
