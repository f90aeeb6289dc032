/* Archives for tests, made by libarchive. */
#ifndef SIDELIGHT_TESTS_ARCHIVE_MAKER_H
#define SIDELIGHT_TESTS_ARCHIVE_MAKER_H

#include <archive.h>

#include "base/arena.h"
#include "base/str.h"

struct made {
        const char *path, *text;
        const char *link, *hard_link;
        int64_t size; /* so many zeros */
};

/* `files` ends with one that has no path. At most MADE_ARCHIVE_MAX bytes come of it. */
enum { MADE_ARCHIVE_MAX = 1 << 20 };
struct str made_archive(struct arena *a, int (*format)(struct archive *), int (*filter)(struct archive *), const char *options,
                        const struct made *files);

#endif
