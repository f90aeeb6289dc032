/* Which registry values are evidence, and how they become records: the same on a live Windows and from hive files. */
#ifndef SIDELIGHT_COLLECT_REGISTRY_REGISTRY_H
#define SIDELIGHT_COLLECT_REGISTRY_REGISTRY_H

#include "catalog/catalog.h"
#include "evidence/evidence.h"

/* Value types, as the registry numbers them (winnt.h, "Registry Value Types"). */
enum registry_type { REGISTRY_SZ = 1, REGISTRY_EXPAND_SZ = 2, REGISTRY_BINARY = 3, REGISTRY_DWORD = 4 };

struct registry_data {
        uint32_t type;
        struct str bytes; /* as stored: little-endian numbers, UTF-16 text */
};

/* Where values come from. Keys are written "HKLM\SYSTEM\CurrentControlSet\…", in UTF-8. */
struct registry_source {
        void *arg;
        /* KNOWN with *ret in the arena, ABSENT, DENIED, FAILED, or UNREAD for what this source cannot hold. */
        enum fact_state (*value)(void *arg, struct arena *a, struct str key, struct str name, struct registry_data *ret);
        /* The name of the index-th subkey; false behind the last one, or when the key cannot be read. */
        bool (*subkey)(void *arg, struct arena *a, struct str key, uint32_t index, struct str *ret);
};

/* Adds a record for every value of the table in values.c and every one that the catalog's facts name (NULL: no catalog), whether
 * it is there or not. */
void registry_collect(const struct registry_source *source, const struct catalog *c, struct evidence *e,
                      struct arena *scratch);

/* Whether the value of this path ("KEY|NAME", in whatever letters) is one of these. */
bool registry_is_evidence(const struct catalog *c, struct str path);

#endif
