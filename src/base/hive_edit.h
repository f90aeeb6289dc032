/* Values of a registry hive file changed: the bytes of the file in, the bytes that it should have out. Pure.
 *
 * What is not changed stays where it is, byte for byte. New cells go where the file has room, else into a bin at its end. Afterwards the
 * file is read as any other: it holds together, and has the values. */
#ifndef SIDELIGHT_BASE_HIVE_EDIT_H
#define SIDELIGHT_BASE_HIVE_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct hive_change {
        struct str key, name; /* the key's path below the hive's root, its parts with '\' between them; keys that are not there are made */
        uint32_t type;
        struct str bytes;     /* as the registry stores them */
        bool absent;          /* the value is taken out; its key stays */
};

/* `file`: a whole file that hive_header has passed, and whose writes were completed. 0 and the new file in the arena; else -1 and the
 * reason in *ret_why, one clause. */
int hive_edit(struct arena *a, struct str file, const struct hive_change *changes, ptrdiff_t count, struct str *ret, struct str *ret_why);

/* True when a transaction log (.LOG1, .LOG2) holds changes that the hive, whose writes were completed, does not have yet, or when that
 * cannot be told. */
bool hive_log_pends(struct str log, struct str file);

#endif
