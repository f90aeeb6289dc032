#include "platform/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
        LINKS_MAX = 40,    /* the kernel's own limit: path_resolution(7) */
        SYSFS_TEXT = 4096, /* what an attribute calls its size where pages are that large (Linux Documentation/filesystems/sysfs.rst) */
};

static int open_retry(int dir, const char *path, int flags) {
        int fd;

        do
                fd = openat(dir, path, flags | O_CLOEXEC);
        while (fd < 0 && errno == EINTR);
        return fd;
}

/* openat2(2) has no function in the C library. EAGAIN: something was renamed meanwhile; the manual says to try
 * again. */
static int open_in_root(int root, const char *path, int flags) {
        struct open_how how = { .flags = (unsigned)(flags | O_CLOEXEC),
                                .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
        long fd;
        int tries = 16;

        do
                fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
        while (fd < 0 && (errno == EINTR || errno == EAGAIN) && --tries > 0);
        return (int)fd;
}

/* ---- Walking: the same, in steps ---- */

struct walk {
        int dirs[TREE_DEPTH_MAX]; /* open directories from below the root to where we are; ".." closes the last */
        int depth;
        int links;                /* symbolic links still allowed */
        int root;
        char rest[PATH_MAX];      /* what is still to be walked */
};

static int walk_here(const struct walk *w) {
        return w->depth > 0 ? w->dirs[w->depth - 1] : w->root;
}

static void walk_up(struct walk *w, int to) {
        while (w->depth > to)
                close(w->dirs[--w->depth]);
}

/* Cuts the first component off `w->rest` into `name`; false when there is none. */
static bool walk_cut(struct walk *w, char name[NAME_MAX + 1], int *ret_error) {
        size_t skip = strspn(w->rest, "/"), len = strcspn(w->rest + skip, "/");

        *ret_error = len > NAME_MAX ? ENAMETOOLONG : 0;
        if (len == 0 || *ret_error)
                return false;
        memcpy(name, w->rest + skip, len);
        name[len] = '\0';
        memmove(w->rest, w->rest + skip + len, strlen(w->rest + skip + len) + 1);
        return true;
}

/* `fd` is a symbolic link: its target comes before the rest, which is empty or begins with a slash. */
static int walk_link(struct walk *w, int fd) {
        char target[PATH_MAX];
        ssize_t n = readlinkat(fd, "", target, sizeof(target));
        size_t rest = strlen(w->rest);

        if (n < 0)
                return errno;
        if (--w->links < 0)
                return ELOOP;
        if (n == 0)
                return ENOENT;
        if ((size_t)n + rest >= sizeof(w->rest))
                return ENAMETOOLONG;
        if (target[0] == '/')
                walk_up(w, 0);
        memmove(w->rest + n, w->rest, rest + 1);
        memcpy(w->rest, target, (size_t)n);
        return 0;
}

/* One component: a link is put before the rest, a directory is gone into. 0, an error, or -1 with `*ret` the opened
 * end. */
static int walk_step(struct walk *w, const char *name, int flags, int *ret) {
        struct stat st;
        int error = 0, fd;

        if (strcmp(name, ".") == 0)
                return 0;
        if (strcmp(name, "..") == 0) {
                walk_up(w, w->depth > 0 ? w->depth - 1 : 0);
                return 0;
        }
        fd = open_retry(walk_here(w), name, O_PATH | O_NOFOLLOW);
        if (fd < 0 || fstat(fd, &st) < 0) {
                error = errno;
        } else if (S_ISLNK(st.st_mode)) {
                error = walk_link(w, fd);
        } else if (S_ISDIR(st.st_mode)) {
                if (w->depth < TREE_DEPTH_MAX) {
                        w->dirs[w->depth++] = fd;
                        return 0;
                }
                error = ENAMETOOLONG;
        } else if (w->rest[0]) {
                error = ENOTDIR;
        } else {
                *ret = open_retry(walk_here(w), name, flags | O_NOFOLLOW);
                error = *ret < 0 ? errno : -1;
        }
        if (fd >= 0)
                close(fd);
        return error;
}

/* Like open_in_root, by hand. */
static int open_by_walking(int root, const char *path, int flags) {
        struct walk w = { .root = root, .links = LINKS_MAX };
        char name[NAME_MAX + 1];
        int fd = -1, error = 0;

        if (strlen(path) >= sizeof(w.rest)) {
                errno = ENAMETOOLONG;
                return -1;
        }
        memcpy(w.rest, path, strlen(path) + 1);
        while (error == 0 && walk_cut(&w, name, &error))
                error = walk_step(&w, name, flags, &fd);
        if (error == 0) { /* the path ends at a directory */
                fd = open_retry(walk_here(&w), ".", flags);
                error = fd < 0 ? errno : -1;
        }
        walk_up(&w, 0);
        if (error > 0)
                errno = error;
        return fd;
}

/* ---- Opening ---- */

static int resolve(const struct tree *t, const char *path, int flags) {
        if (t->live)
                return open_retry(AT_FDCWD, path, flags);
        return (t->walk ? open_by_walking : open_in_root)(t->fd, path, flags);
}

static int check_type(int fd, mode_t wanted, off_t *ret_size) {
        struct stat st;
        mode_t found;

        if (fstat(fd, &st) < 0)
                return errno;
        found = st.st_mode & S_IFMT;
        *ret_size = st.st_size;
        if (found == wanted)
                return 0;
        return wanted == S_IFDIR ? ENOTDIR : found == S_IFDIR ? EISDIR : EINVAL;
}

/* A /proc or /sys that is mounted into a tree (as for chroot) tells of the running machine, not of the tree's. */
static int check_is_of_tree(int fd) {
        struct statfs fs;

        if (fstatfs(fd, &fs) < 0)
                return errno;
        return fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC ? EXDEV : 0;
}

/* Opens a file of the type `type` and nothing else. In a tree it is looked at before it is opened, for opening some
 * devices has effects (a watchdog); should it change in between, O_NONBLOCK still keeps us from waiting. */
static int open_sized(const struct tree *t, const char *path, mode_t type, int *ret_fd, off_t *ret_size) {
        int error, fd;

        if (!t->live) {
                fd = resolve(t, path, O_PATH);
                if (fd < 0)
                        return errno;
                error = check_is_of_tree(fd);
                if (error == 0)
                        error = check_type(fd, type, ret_size);
                close(fd);
                if (error)
                        return error;
        }
        fd = resolve(t, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return errno;
        error = check_type(fd, type, ret_size);
        if (error)
                close(fd);
        else
                *ret_fd = fd;
        return error;
}

static int open_type(const struct tree *t, const char *path, mode_t type, int *ret_fd) {
        off_t size;

        return open_sized(t, path, type, ret_fd, &size);
}

void tree_open_live(struct tree *ret) {
        *ret = (struct tree){ .fd = -1, .live = true };
}

int tree_open(struct tree *ret, const char *root, struct diag *d) {
        int fd = open_retry(AT_FDCWD, root, O_PATH | O_DIRECTORY), probe;

        if (fd < 0)
                return diag_fail_class(d, tree_error_class(errno), "cannot open '%s': %s", root, strerror(errno));
        probe = open_in_root(fd, "/", O_PATH);
        /* Absent before Linux 5.6, forbidden (EPERM) by the system call filters of older containers. */
        *ret = (struct tree){ .fd = fd, .walk = probe < 0 };
        if (probe >= 0)
                close(probe);
        return 0;
}

void tree_close(struct tree *t) {
        if (t->fd >= 0)
                close(t->fd);
        t->fd = -1;
}

/* ---- Reading ---- */

/* Reads to the end, or to `limit` + 1 bytes, into memory that doubles when `size_hint` was too small. In /proc it is
 * 0, and contents come in pieces; a file that says how long it is has ended there, and not where a read gave less. Texts of
 * /sys say that they are a page long, and come at once. */
static int read_all(int fd, off_t size_hint, ptrdiff_t limit, struct arena *a, struct str *ret) {
        ptrdiff_t size = size_hint < 4096 ? 4096 : size_hint < limit ? (ptrdiff_t)size_hint + 1 : limit + 1, len = 0;
        char *p = arena_bytes(a, size), *bigger;
        ssize_t n;

        while ((n = read(fd, p + len, (size_t)(size - len))) != 0) {
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return errno;
                len += n;
                if (len > limit)
                        return EFBIG;
                if (len == size_hint || (size_hint == SYSFS_TEXT && len < size_hint))
                        break;
                if (len == size) {
                        size = size > limit / 2 ? limit + 1 : size * 2;
                        bigger = arena_bytes(a, size);
                        memcpy(bigger, p, (size_t)len);
                        p = bigger;
                }
        }
        *ret = str_n(p, len);
        return 0;
}

int tree_read(const struct tree *t, const char *path, ptrdiff_t limit, struct arena *a, struct str *ret) {
        off_t size = 0;
        int fd = -1, error = open_sized(t, path, S_IFREG, &fd, &size);

        if (error)
                return error;
        error = read_all(fd, size, limit, a, ret);
        close(fd);
        return error;
}

int tree_read_start(const struct tree *t, const char *path, void *ret, size_t size) {
        int fd = -1, error = open_type(t, path, S_IFREG, &fd);
        size_t len = 0;

        while (error == 0 && len < size) {
                ssize_t n = pread(fd, (char *)ret + len, size - len, (off_t)len);

                if (n == 0)
                        error = EBADMSG;
                else if (n < 0 && errno != EINTR)
                        error = errno;
                len += n > 0 ? (size_t)n : 0;
        }
        if (fd >= 0)
                close(fd);
        return error;
}

static bool is_printable(const char *name) {
        for (; *name; name++)
                if ((unsigned char)*name < ' ' || *name == 0x7f)
                        return false;
        return true;
}

static int by_bytes(const void *a, const void *b) {
        return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int read_names(DIR *dir, struct arena *a, struct tree_names *ret) {
        const struct dirent *entry;

        *ret = (struct tree_names){ 0 };
        for (errno = 0; (entry = readdir(dir)); errno = 0) {
                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                        continue;
                if (!is_printable(entry->d_name)) {
                        ret->odd = true;
                        continue;
                }
                if (ret->count == TREE_NAMES_MAX)
                        return E2BIG;
                *arena_append(a, ret) = str_dup(a, str_of(entry->d_name));
        }
        if (errno)
                return errno;
        if (ret->count)
                qsort(ret->items, (size_t)ret->count, sizeof(*ret->items), by_bytes);
        return 0;
}

int tree_list(const struct tree *t, const char *path, struct arena *a, struct tree_names *ret) {
        int fd = -1, error = open_type(t, path, S_IFDIR, &fd);
        DIR *dir;

        if (error)
                return error;
        dir = fdopendir(fd);
        if (!dir) {
                error = errno;
                close(fd);
                return error;
        }
        error = read_names(dir, a, ret);
        closedir(dir);
        return error;
}

int tree_exists(const struct tree *t, const char *path) {
        struct stat st;
        int fd, error;

        if (t->live)
                return fstatat(AT_FDCWD, path, &st, 0) < 0 ? errno : 0;
        fd = resolve(t, path, O_PATH);
        if (fd < 0)
                return errno;
        error = check_is_of_tree(fd);
        close(fd);
        return error;
}

int tree_open_device(const struct tree *t, const char *path, int *ret_fd) {
        return t->live ? open_type(t, path, S_IFCHR, ret_fd) : EINVAL;
}
