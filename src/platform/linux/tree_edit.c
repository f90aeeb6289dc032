#include "platform/tree_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "platform/linux/attributes.h"

static int check_folder(int fd) {
        struct stat st;

        if (fstat(fd, &st) < 0)
                return errno;
        if (!S_ISDIR(st.st_mode))
                return S_ISLNK(st.st_mode) ? ELOOP : ENOTDIR;
        if ((st.st_uid != 0 && st.st_uid != geteuid()) || st.st_mode & 022)
                return EXDEV;
        return 0;
}

static int open_root(const struct tree *t) {
        return t->live ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) : openat(t->fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* One folder further; `fd` is closed. */
static int step(int *fd, const char *name) {
        int next = openat(*fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), error;

        if (next < 0)
                return errno;
        error = check_folder(next);
        close(*fd);
        *fd = next;
        return error;
}

/* The folder that the path's last name is in, open for system calls that take a name in it; `*ret_name` is that name. */
static int open_parent(const struct tree *t, const char *path, int *ret_fd, const char **ret_name) {
        char name[NAME_MAX + 1];
        int fd = open_root(t), error = fd < 0 ? errno : check_folder(fd);

        while (!error) {
                size_t len;

                path += strspn(path, "/");
                len = strcspn(path, "/");
                if (len == 0 || len > NAME_MAX || strncmp(path, "..", len) == 0) {
                        error = len > NAME_MAX ? ENAMETOOLONG : EINVAL;
                } else if (path[len] == '\0') {
                        *ret_fd = fd;
                        *ret_name = path;
                        return 0;
                } else {
                        memcpy(name, path, len);
                        name[len] = '\0';
                        path += len;
                        error = step(&fd, name);
                }
        }
        if (fd >= 0)
                close(fd);
        return error;
}

/* ---- Looking ---- */

static void take(struct tree_file *ret, const struct stat *st) {
        *ret = (struct tree_file){ .exists = true, .mode = st->st_mode & 07777, .uid = st->st_uid, .gid = st->st_gid,
                                   .seconds = st->st_mtim.tv_sec, .nanoseconds = (uint32_t)st->st_mtim.tv_nsec };
}

/* A folder that is missing on the way: then the file is, too. */
static int look(const struct tree *t, const char *path, struct stat *ret) {
        const char *name;
        int fd, error = open_parent(t, path, &fd, &name);

        if (error)
                return error;
        error = fstatat(fd, name, ret, AT_SYMLINK_NOFOLLOW) < 0 ? errno : 0;
        close(fd);
        return error;
}

int tree_look(const struct tree *t, const char *path, struct tree_file *ret) {
        struct stat st;
        int error = look(t, path, &st);

        *ret = (struct tree_file){ 0 };
        if (error)
                return error == ENOENT ? 0 : error;
        if (!S_ISREG(st.st_mode))
                return S_ISLNK(st.st_mode) ? ELOOP : EINVAL;
        take(ret, &st);
        return st.st_nlink > 1 ? EMLINK : 0;
}

int tree_look_folder(const struct tree *t, const char *path, struct tree_file *ret) {
        struct stat st;
        int error = look(t, path, &st);

        *ret = (struct tree_file){ 0 };
        if (error)
                return error == ENOENT ? 0 : error;
        take(ret, &st);
        return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}

bool tree_is_read_only(const struct tree *t, const char *path) {
        struct statvfs fs;
        const char *name;
        int fd, error = open_parent(t, path, &fd, &name);
        bool ret;

        if (error)
                return error == EROFS;
        ret = fstatvfs(fd, &fs) == 0 && fs.f_flag & ST_RDONLY;
        close(fd);
        return ret;
}

uint64_t tree_device(const struct tree *t, const char *path) {
        struct stat st;

        return look(t, path, &st) == 0 ? (uint64_t)st.st_dev : 0;
}

/* ---- Writing ---- */

static int write_all(int fd, struct str text) {
        while (text.len > 0) {
                ssize_t n = write(fd, text.p, (size_t)text.len);

                if (n < 0 && errno != EINTR)
                        return errno;
                text = str_from(text, n > 0 ? n : 0);
        }
        return 0;
}

static int give_owner(int fd, const struct tree_file *like) {
        struct stat st;

        if (fstat(fd, &st) < 0)
                return errno;
        if ((st.st_uid != like->uid || st.st_gid != like->gid) && fchown(fd, like->uid, like->gid) < 0)
                return errno;
        if ((st.st_mode & 07777) != like->mode && fchmod(fd, like->mode) < 0)
                return errno;
        return 0;
}

static int give_times(int fd, const struct tree_file *like) {
        const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = like->seconds, .tv_nsec = like->nanoseconds } };

        return futimens(fd, times) < 0 ? errno : 0;
}

/* A signal does not stop it. */
static int synchronise(int fd) {
        while (fsync(fd) < 0)
                if (errno != EINTR)
                        return errno;
        return 0;
}

static int fill(int folder, const char *name, int fd, struct str text, const struct tree_file *like, bool times) {
        int error = write_all(fd, text);

        if (!error)
                error = give_owner(fd, like);
        if (!error)
                error = attributes_copy(folder, name, fd, true);
        if (!error && times)
                error = give_times(fd, like);
        return error ? error : synchronise(fd);
}

/* A folder that is open for its names alone (O_PATH) cannot be synchronised. Some file systems have nothing to do here. */
static int sync_folder(int folder) {
        int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), error = fd < 0 ? errno : synchronise(fd);

        if (fd >= 0)
                close(fd);
        return error == EINVAL ? 0 : error;
}

int tree_put(const struct tree *t, const char *path, struct str text, const struct tree_file *like, bool times) {
        const char *name, *temporary = TREE_TEMPORARY;
        int folder, fd, error = open_parent(t, path, &folder, &name);
        bool made;

        if (error)
                return error;
        (void)unlinkat(folder, temporary, 0); /* of a run that was killed: nobody else writes here */
        fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        made = fd >= 0;
        error = made ? fill(folder, name, fd, text, like, times) : errno;
        if (made && close(fd) < 0 && errno != EINTR && !error)
                error = errno;
        if (!error && renameat(folder, temporary, folder, name) < 0)
                error = errno;
        if (error && made)
                (void)unlinkat(folder, temporary, 0);
        if (!error)
                error = sync_folder(folder);
        close(folder);
        return error;
}

int tree_put_clean(const struct tree *t, const char *path) {
        const char *name;
        int folder, error = open_parent(t, path, &folder, &name);

        if (error)
                return error == ENOENT ? 0 : error;
        if (unlinkat(folder, TREE_TEMPORARY, 0) < 0)
                error = errno == ENOENT ? 0 : errno;
        close(folder);
        return error;
}

int tree_drop(const struct tree *t, const char *path) {
        const char *name;
        int fd, error = open_parent(t, path, &fd, &name);

        if (error)
                return error == ENOENT ? 0 : error;
        if (unlinkat(fd, name, 0) < 0)
                error = errno == ENOENT ? 0 : errno;
        else
                error = sync_folder(fd);
        close(fd);
        return error;
}

int tree_rename(const struct tree *t, const char *from, const char *to) {
        const char *old, *new;
        int there = -1, here = -1, error = open_parent(t, from, &here, &old);

        if (error)
                return error;
        error = open_parent(t, to, &there, &new);
        if (!error && renameat(here, old, there, new) < 0)
                error = errno;
        if (!error)
                error = sync_folder(there);
        close(here);
        if (there >= 0)
                close(there);
        return error;
}

int tree_make_folder(const struct tree *t, const char *path, uint32_t mode) {
        const char *name;
        int fd, error = open_parent(t, path, &fd, &name);

        if (error)
                return error;
        if (mkdirat(fd, name, mode) < 0)
                error = errno;
        close(fd);
        return error;
}

int tree_drop_folder(const struct tree *t, const char *path) {
        const char *name;
        int fd, error = open_parent(t, path, &fd, &name);

        if (error)
                return error == ENOENT ? 0 : error;
        if (unlinkat(fd, name, AT_REMOVEDIR) < 0)
                error = errno == ENOENT ? 0 : errno;
        close(fd);
        return error;
}

int tree_set_times(const struct tree *t, const char *path, const struct tree_file *like) {
        const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = like->seconds, .tv_nsec = like->nanoseconds } };
        const char *name;
        int fd, error = open_parent(t, path, &fd, &name);

        if (error)
                return error;
        if (utimensat(fd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
                error = errno;
        close(fd);
        return error;
}

int tree_write_value(const struct tree *t, const char *path, struct str text) {
        int fd, error;

        if (!t->live)
                return EXDEV;
        fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
        if (fd < 0)
                return errno;
        error = write_all(fd, text);
        if (close(fd) < 0 && errno != EINTR && !error)
                error = errno;
        return error;
}

/* ---- One at a time ---- */

int tree_lock(const struct tree *t, const char *path, int *ret_fd) {
        const char *name;
        int folder, fd, error = open_parent(t, path, &folder, &name);

        if (error)
                return error;
        fd = openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        error = fd < 0 ? errno : 0;
        close(folder);
        if (!error && flock(fd, LOCK_EX | LOCK_NB) < 0) {
                error = errno;
                close(fd);
        }
        *ret_fd = error ? -1 : fd;
        return error;
}

void tree_unlock(int fd) {
        if (fd >= 0)
                close(fd);
}

const char *tree_edit_error(int error) {
        switch (error) {
        case ELOOP:
                return "it, or a folder on the way to it, is a symbolic link";
        case EXDEV:
                return "a folder on the way to it belongs to another user, or others can write to it";
        case EMLINK:
                return "it has other names (hard links), which would keep the old contents";
        case EINVAL:
                return "it is no regular file";
        default:
                return strerror(error);
        }
}
