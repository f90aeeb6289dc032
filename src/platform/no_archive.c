/* Where neither libarchive nor zlib is there. */
#include "platform/archive.h"

int archive_unpack(struct archive_files *ret, struct arena *a, struct str bytes, const char *name, bool (*wants)(void *arg, struct str path),
                 void *arg, struct diag *d) {
        (void)a, (void)bytes, (void)wants, (void)arg;
        *ret = (struct archive_files){ 0 };
        return diag_fail_class(d, DIAG_USAGE, "'%s' is an archive, which this program cannot unpack: unpack it, and give the folder instead", name);
}

int archive_unpack_within(struct archive_files *ret, struct arena *a, struct str bytes, const char *name,
                          const struct archive_order *order, struct diag *d) {
        return archive_unpack(ret, a, bytes, name, order->wants, order->arg, d);
}
