/* Guest OS families and releases of Azure Cloud Services: their names, and what is known of them
 * (data/azure/guest-os.yaml).
 *
 * Source: "Azure Guest OS releases and SDK compatibility matrix", section "Guest OS family-version explanation". */
#ifndef SIDELIGHT_CLOUD_GUEST_OS_H
#define SIDELIGHT_CLOUD_GUEST_OS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* WA-GUEST-OS-<family>.<version>_<YYYYMM>-<release>. Versions are numbers: 2.10 is much later than 2.1. */
struct guest_os_name {
        uint32_t family, version;
        uint32_t month;   /* of the security updates in it: 201801 */
        uint32_t release; /* 1; higher when the version was made again; 0 where the page says so ("-0") */
};

/* Whether Kernel Virtual Address (KVA) shadowing can be had in a family; the data file explains the words. */
#define KVA_SUPPORT(X)         \
        X(NONE, "none")        \
        X(UNPROVED, "unproved") \
        X(SETTING, "setting")  \
        X(ON, "on")

enum kva_support {
#define X(name, word) KVA_##name,
        KVA_SUPPORT(X)
#undef X
};

struct guest_os_family {
        uint32_t family;
        enum kva_support kva_shadow;
        struct str windows;             /* "Windows Server 2016" */
        struct str retired;             /* "2024-12" or "2014-11-03"; empty: not known to be */
        struct guest_os_name first_fix; /* family 0: none is known */
        uint32_t lacking;               /* UNPROVED: no KVA shadowing up to the updates of this month (201801) */
};

struct guest_os_release {
        struct guest_os_name name;
        struct str text; /* the name as it is published */
        struct str released,
                disabled; /* "2018-01-04"; disabled is empty when it had not happened when the list was made */
};

/* The compiled-in tables, ordered by family and version. */
extern const struct guest_os_family guest_os_families[];
extern const ptrdiff_t guest_os_family_count;
extern const struct guest_os_release guest_os_releases[];
extern const ptrdiff_t guest_os_release_count;

/* False when the text is not such a name. Letters' case does not matter; one-digit releases occur ("6.31_202105-0"). */
bool guest_os_parse(struct str text, struct guest_os_name *ret);
/* Order of two names of one family, by version and then release. <0, 0, >0. */
int guest_os_cmp(struct guest_os_name a, struct guest_os_name b);

/* NULL when it is not in the table. */
const struct guest_os_family *guest_os_family(uint32_t family);
const struct guest_os_release *guest_os_release(struct guest_os_name name);
/* The newest release of a family that was out on the day `date` ("2018-01-12"); NULL when none is known. */
const struct guest_os_release *guest_os_newest(uint32_t family, struct str date);
/* The last release of a family in the table, or NULL. */
const struct guest_os_release *guest_os_last(uint32_t family);
/* True when the family was no longer supported on that day. */
bool guest_os_retired(const struct guest_os_family *f, struct str date);
/* True when no setting can turn KVA shadowing on in this release of its family. */
bool guest_os_lacks_kva(const struct guest_os_family *f, struct guest_os_name name);

#endif
