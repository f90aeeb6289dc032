/* Changing files under a root (tree.h), for a program that root runs over what others may own.
 *
 * A path is walked folder by folder, and no symbolic link is followed, neither on the way nor at its end. Each folder on the way must
 * belong to root or to the user who runs this, and nobody else may write to it: else what was checked could be swapped before it is
 * written. A file is replaced whole: written aside, brought to the disk, and renamed, so that a reader sees the old or the new.
 *
 * Functions return 0 or the error's number (errno.h). Beyond what the system calls say: ELOOP a link, EXDEV a folder that others can
 * write to, EMLINK a file that has other names, EINVAL no regular file. tree_edit_error() says them in words. */
#ifndef SIDELIGHT_PLATFORM_TREE_EDIT_H
#define SIDELIGHT_PLATFORM_TREE_EDIT_H

#include <stdint.h>

#include "platform/tree.h"

/* What a file is beside its contents. */
struct tree_file {
        bool exists;
        uint32_t mode, uid, gid; /* mode: the permission bits */
        int64_t seconds;         /* when it was last changed */
        uint32_t nanoseconds;
};

/* The file as it is; no error when nothing is there. Anything but a regular file with one name is an error. */
int tree_look(const struct tree *t, const char *path, struct tree_file *ret);
/* A folder's times and permissions, in the same way. */
int tree_look_folder(const struct tree *t, const char *path, struct tree_file *ret);

/* The name, in the file's folder, under which a file is written first. */
#define TREE_TEMPORARY ".sidelight-fix.new"

/* Writes the whole file. `like` gives permissions, owner and, with `times`, the time; extended attributes are those of the file that is
 * replaced. */
int tree_put(const struct tree *t, const char *path, struct str text, const struct tree_file *like, bool times);
/* Removes what a run that was killed left beside the path. */
int tree_put_clean(const struct tree *t, const char *path);
/* Removes a file; 0 when there is none. */
int tree_drop(const struct tree *t, const char *path);
int tree_rename(const struct tree *t, const char *from, const char *to);

/* Makes one folder; EEXIST when something is there. */
int tree_make_folder(const struct tree *t, const char *path, uint32_t mode);
/* Removes it when it is empty. */
int tree_drop_folder(const struct tree *t, const char *path);
int tree_set_times(const struct tree *t, const char *path, const struct tree_file *like);

/* Writes into a file of /proc or /sys of the running machine, in place. */
int tree_write_value(const struct tree *t, const char *path, struct str text);

/* True when the file system that holds the path's folder is mounted for reading only. */
bool tree_is_read_only(const struct tree *t, const char *path);
/* The number of the device that holds the path, to tell a mounted folder from one that is not; 0 when it cannot be told. */
uint64_t tree_device(const struct tree *t, const char *path);

/* Takes the lock that the file at `path` is; EWOULDBLOCK when another process has it. The lock lives as long as `*ret_fd` is open. */
int tree_lock(const struct tree *t, const char *path, int *ret_fd);
void tree_unlock(int fd);

/* "a folder on the way can be written by others". */
const char *tree_edit_error(int error);

#endif
