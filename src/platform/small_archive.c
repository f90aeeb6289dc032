/* Where libarchive is not there, and zlib is: on Windows, and in the program that is one file. */
#include "platform/unpack.h"

int archive_unpack(struct archive_files *ret, struct arena *a, struct str bytes, const char *name, bool (*wants)(void *arg, struct str path),
                   void *arg, struct diag *d) {
        int64_t milliseconds = ARCHIVE_SECONDS * 1000;

        return unpack_plain(ret, a, bytes, name, &(struct archive_order){ wants, arg, &milliseconds }, d);
}

int archive_unpack_within(struct archive_files *ret, struct arena *a, struct str bytes, const char *name,
                          const struct archive_order *order, struct diag *d) {
        return unpack_plain(ret, a, bytes, name, order, d);
}
