/* Archives read by ourselves, where libarchive is not there (on Windows, and in the program that is one file): tar and zip, gzip and
 * deflate by zlib. Everything stays in memory, no number of the archive's is believed before it was compared with what is there, and the
 * limits are archive.h's. */
#ifndef SIDELIGHT_PLATFORM_UNPACK_H
#define SIDELIGHT_PLATFORM_UNPACK_H

#include "platform/archive.h"

/* archive_unpack_within(), but -1 (DIAG_USAGE) for bzip2, xz and zstd. */
int unpack_plain(struct archive_files *ret, struct arena *a, struct str bytes, const char *name,
                 const struct archive_order *order, struct diag *d);

/* ---- For the formats ---- */

struct unpacked {
        struct archive_files *files;
        struct arena *arena;
        bool (*wants)(void *arg, struct str path);
        void *arg;
        int64_t deadline; /* of unpack_clock() */
        ptrdiff_t bytes;  /* of all that was wanted */
        int64_t entries;
};

int64_t unpack_clock(void); /* milliseconds of processor time */

/* Another entry: why it is too much, or NULL. */
const char *unpack_count(struct unpacked *u);
/* A regular file of the archive: whether it is to be read. `*path` loses its "./"; one that leads out is left out, and told. */
bool unpack_wants(struct unpacked *u, struct str *path);
/* Room for a wanted file of that size: why there is none, or NULL. */
const char *unpack_room(struct unpacked *u, uint64_t size, char **ret);
void unpack_keep(struct unpacked *u, struct str path, struct str text);

#define UNPACK_DAMAGED "it is damaged or cut off"
#define UNPACK_SLOW    "unpacking it takes too long"

/* All of an archive of that format; why not, or NULL. */
const char *unpack_tar_or_file(struct unpacked *u, struct str bytes); /* by gzip or not; what is no tar below gzip is the one file */
const char *unpack_zip(struct unpacked *u, struct str bytes);

#endif
