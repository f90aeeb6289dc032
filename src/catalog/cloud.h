/* What is known of a cloud's offerings, as constant data: releases of the guest OS of Azure Cloud Services, and what a resource
 * of an inventory is by its type.
 *
 * Source: data/azure/. Part of the catalog; src/cloud/ works with it. Source of the names of releases: "Azure Guest OS releases
 * and SDK compatibility matrix", section "Guest OS family-version explanation". */
#ifndef SIDELIGHT_CATALOG_CLOUD_H
#define SIDELIGHT_CATALOG_CLOUD_H

#include "catalog/fields.h"

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
        KVA_COUNT,
};

#define RESOURCE_OSES(X)       \
        X(ANY, "")             \
        X(LINUX, "linux")      \
        X(WINDOWS, "windows")  \
        X(UNKNOWN, "unknown")

enum resource_os {
#define X(name, word) OS_##name,
        RESOURCE_OSES(X)
#undef X
        OS_COUNT,
};

/* How sure it is, surest last. */
#define RESOURCE_SURE(X)         \
        X(UNKNOWN, "unknown")   \
        X(POSSIBLE, "possible")  \
        X(LIKELY, "likely")      \
        X(CERTAIN, "certain")

enum resource_sure {
#define X(name, word) RESOURCE_##name,
        RESOURCE_SURE(X)
#undef X
        RESOURCE_SURE_COUNT,
};

struct guest_os_family {
        FAMILY_FIELDS(FIELD_MEMBER)
};

struct guest_os_release {
        RELEASE_FIELDS(FIELD_MEMBER)
};

/* A row of the table of resources; the data file explains the fields. */
struct resource_type {
        RESOURCE_TYPE_FIELDS(FIELD_MEMBER)
};

/* What a size of machine is made of. */
struct cloud_size {
        CLOUD_SIZE_FIELDS(FIELD_MEMBER)
};

struct image_publisher {
        PUBLISHER_FIELDS(FIELD_MEMBER)
};

/* A word of a text that names a system, and which Linux it is then; in order: the first that stands there holds. */
struct distribution_word {
        DISTRIBUTION_WORD_FIELDS(FIELD_MEMBER)
};

struct str resource_os_word(enum resource_os os); /* "" for ANY */
struct str resource_sure_word(enum resource_sure sure);
/* The inverse of the words; false when there is no such word. */
bool kva_support_parse(struct str word, enum kva_support *ret);
bool resource_os_parse(struct str word, enum resource_os *ret);
bool resource_sure_parse(struct str word, enum resource_sure *ret);

/* False when the text is not such a name. Letters' case does not matter; one-digit releases occur ("6.31_202105-0"). */
bool guest_os_parse(struct str text, struct guest_os_name *ret);
/* Order of two names of one family, by version and then release. <0, 0, >0. */
int guest_os_cmp(struct guest_os_name a, struct guest_os_name b);

#endif
