/* Paths under a root: the running machine's "/", or a directory that holds a captured or mounted machine.
 *
 * In a directory every path is resolved inside it: absolute symbolic links start again at the root, ".." stops there,
 * as after chroot(2), so that a hostile tree can neither show files of this machine as its own nor make the reader open
 * a device or wait for a FIFO.
 *
 * Functions return 0, or the error's number (errno.h); tree_error_name() has its name. Beyond what the system calls
 * say: EFBIG the file is longer than the limit; EINVAL it is a FIFO, a socket or a device, and was not opened; EXDEV
 * it is in a /proc or /sys of the running machine that is mounted in the directory. */
#ifndef SIDELIGHT_PLATFORM_TREE_H
#define SIDELIGHT_PLATFORM_TREE_H

#include <errno.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

struct tree {
        int fd;    /* the root directory */
        bool live; /* the running machine: the system resolves paths itself, and devices may be opened */
        bool walk; /* component by component instead of openat2(2): for kernels before 5.6 */
        const char *root; /* on Windows, which has no tree_open_device */
};

/* Directory entries, sorted by their bytes, without "." and ".."; names with control characters are left out, for
 * one of them in an evidence file could pose as another record. */
struct tree_names {
        struct str *items;
        ptrdiff_t count, capacity;
        bool odd; /* some were left out */
};

enum {
        TREE_DEPTH_MAX = 64,     /* directories below the root, when walking */
        TREE_NAMES_MAX = 262144, /* entries in one directory: E2BIG above */
};

void tree_open_live(struct tree *ret);
/* -1 (DIAG_NO_INPUT) when `root` is not a directory that can be opened. */
int tree_open(struct tree *ret, const char *root, struct diag *d);
void tree_close(struct tree *t);

/* The whole contents of a regular file, at most `limit` bytes, in the arena. Sizes are not believed: files of /proc
 * and /sys have none. */
int tree_read(const struct tree *t, const char *path, ptrdiff_t limit, struct arena *a, struct str *ret);
/* The first `size` bytes of it; EBADMSG when it is shorter. */
int tree_read_start(const struct tree *t, const char *path, void *ret, size_t size);
int tree_list(const struct tree *t, const char *path, struct arena *a, struct tree_names *ret);
/* 0 when something is there, whatever it is; the file itself is not opened. */
int tree_exists(const struct tree *t, const char *path);
/* A character device of the running machine, for reading, never waiting; EINVAL for any other tree. */
int tree_open_device(const struct tree *t, const char *path, int *ret_fd);

/* Whose fault it is that an input could not be opened or read: a process that has no memory or no descriptors left does not blame it. */
static inline enum diag_class tree_error_class(int error) {
        return error == ENOMEM || error == EMFILE || error == ENFILE ? DIAG_FAILURE : DIAG_NO_INPUT;
}

/* "ENOENT"; "EUNKNOWN" for a number that has no name: evidence's word. */
const char *tree_error_name(int error);
/* "No such file or directory": people's. */
static inline const char *tree_error_words(int error) {
        switch (error) {
        case EFBIG:
                return "it is too large";
        case EINVAL:
                return "it is no file that can be read";
        case EXDEV:
                return "it is the running machine's, mounted there";
        default:
                return strerror(error);
        }
}

#define TREE_AUTO __attribute__((cleanup(tree_close)))

#endif
