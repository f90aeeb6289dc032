/* What an Azure resource is, by its type: the tables of data/azure/resource-types.yaml. */
#ifndef SIDELIGHT_CLOUD_RESOURCE_TYPES_H
#define SIDELIGHT_CLOUD_RESOURCE_TYPES_H

#include <stddef.h>

#include "base/str.h"

#define RESOURCE_OSES(X)       \
        X(ANY, "")             \
        X(LINUX, "linux")      \
        X(WINDOWS, "windows")  \
        X(UNKNOWN, "unknown")

enum resource_os {
#define X(name, word) OS_##name,
        RESOURCE_OSES(X)
#undef X
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
};

struct str resource_os_word(enum resource_os os); /* "" for ANY */
struct str resource_sure_word(enum resource_sure sure);

/* A row of the table; the data file explains the fields. */
struct resource_type {
        struct str type, where, offering, note;
        enum resource_os os;
        enum resource_sure sure;
};

struct image_publisher {
        struct str publisher;
        enum resource_os os;
};

extern const struct resource_type resource_types[];
extern const ptrdiff_t resource_type_count;
extern const struct image_publisher image_publishers[];
extern const ptrdiff_t image_publisher_count;

#endif
