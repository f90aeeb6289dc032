/* Files out of an archive (tar, zip; gzip, and with libarchive bzip2, xz and zstd), or the one file in a compressed one, without unpacking it anywhere.
 *
 * Nothing is written, no link is followed, and an entry whose path leads out of the archive is left out and told. */
#ifndef SIDELIGHT_PLATFORM_ARCHIVE_H
#define SIDELIGHT_PLATFORM_ARCHIVE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

enum {
        ARCHIVE_ENTRIES_MAX = 1 << 20, /* of any kind */
        ARCHIVE_FILES_MAX = 1 << 16,   /* that are wanted */
        ARCHIVE_FILE_MAX = 64 << 20,   /* bytes of one */
        ARCHIVE_ALL_MAX = 256 << 20,   /* bytes of all that are wanted */
        ARCHIVE_DEPTH_MAX = 32,        /* folders in a path */
        ARCHIVE_PATH_MAX = 1024,
        ARCHIVE_SECONDS = 60, /* of processor time */
};

struct archive_file {
        struct str path; /* as in the archive, without "./"; empty: the one file in a compressed one */
        struct str text;
};

struct archive_files {
        struct archive_file *items;
        ptrdiff_t count, capacity;
        ptrdiff_t left_out;    /* entries whose paths lead out, are too long, or too deep */
        struct str left_first; /* the first of them, control characters as '?' */
};

/* Whether the bytes begin like something that archive_unpack may know. */
bool archive_looks_like(struct str bytes);

/* Every component a name, no "..", nothing absolute, nothing that could pose as another line. */
bool archive_path_is_sound(struct str path);

/* The files whose paths `wants` says yes to. -1 (DIAG_INPUT) when the archive is damaged, cut off, encrypted, or beyond the limits:
 * half an archive is never taken for a whole one. Where archives of its kind cannot be read, -1 (DIAG_USAGE) says so. */
int archive_unpack(struct archive_files *ret, struct arena *a, struct str bytes, const char *name, bool (*wants)(void *arg, struct str path),
                 void *arg, struct diag *d);

/* What is wanted of one of many archives that share *milliseconds of processor time: less of it is left afterwards. */
struct archive_order {
        bool (*wants)(void *arg, struct str path);
        void *arg;
        int64_t *milliseconds;
};

/* The same of such a one. */
int archive_unpack_within(struct archive_files *ret, struct arena *a, struct str bytes, const char *name,
                          const struct archive_order *order, struct diag *d);

#endif
