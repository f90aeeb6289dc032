/* Changing values of the running Windows' registry (HKEY_LOCAL_MACHINE, in its 64-bit view). Keys are written "HKLM\SYSTEM\…", in UTF-8.
 *
 * A table of functions, so that what carries changes out can be tried without a Windows. They return 0 or the error's number (errno.h);
 * ENOENT: the key is not there. */
#ifndef SIDELIGHT_PLATFORM_REGISTRY_EDIT_H
#define SIDELIGHT_PLATFORM_REGISTRY_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { REGISTRY_BYTES_MAX = 1 << 16 };

/* A value as the registry stores it; `exists` false: there is none. */
struct registry_bytes {
        bool exists;
        uint32_t type;
        struct str bytes;
};

struct registry_edit {
        void *arg;
        /* A value that is not there, or whose key is not, is no error. */
        int (*look)(void *arg, struct arena *a, struct str key, struct str name, struct registry_bytes *ret);
        int (*key_exists)(void *arg, struct arena *a, struct str key, bool *ret);
        /* Writes the value, or takes it away, and brings the key to the disk. */
        int (*put)(void *arg, struct arena *a, struct str key, struct str name, const struct registry_bytes *value);
        /* Makes one key; EEXIST when it is there. */
        int (*make_key)(void *arg, struct arena *a, struct str key);
        /* Removes a key that holds nothing: ENOTEMPTY otherwise; 0 when there is none. */
        int (*drop_key)(void *arg, struct arena *a, struct str key);
};

#ifdef _WIN32
extern const struct registry_edit registry_edit;
#endif

#endif
