#include "cli/data_store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/bundle.h"
#include "platform/replace.h"
#include "platform/tree.h"

enum { STORED_MAX = BUNDLE_MAX + MINISIGN_TEXT_MAX, KEYS_MAX = 64 };

static bool is_ours(const struct stat *st) {
        return (st->st_uid == 0 || st->st_uid == geteuid()) && !(st->st_mode & 022);
}

static int not_ours(struct diag *d, const char *path) {
        return diag_fail_class(d, DIAG_INPUT, "'%s' is not believed: others than root could have written it", path);
}

static int cannot_read(struct diag *d, const char *path) {
        return diag_fail(d, "cannot read '%s': %s", path, strerror(errno));
}

/* The folder by its descriptor, DATA_STORE_EMPTY when there is none. */
static int open_folder(const char *folder, int *ret, struct diag *d) {
        struct stat st;
        int status;

        *ret = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (*ret < 0)
                return errno == ENOENT ? DATA_STORE_EMPTY : diag_fail(d, "cannot open '%s': %s", folder, strerror(errno));
        status = fstat(*ret, &st) < 0 ? cannot_read(d, folder) : is_ours(&st) ? 0 : not_ours(d, folder);
        if (status < 0) {
                (void)close(*ret);
                *ret = -1;
        }
        return status;
}

/* What cannot be read is not taken for a file that was cut off: that would be replaced by whatever is offered. */
static int read_all(int fd, const char *name, ptrdiff_t size, struct arena *a, struct str *ret, struct diag *d) {
        char *p = arena_bytes(a, size + 1);
        ptrdiff_t n = 0, got = 1;

        while (n < size && got != 0) {
                got = read(fd, p + n, (size_t)(size - n));
                if (got < 0 && errno != EINTR)
                        return cannot_read(d, name);
                n += got > 0 ? got : 0;
        }
        *ret = str_n(p, n);
        return 0;
}

/* A regular file of the folder, when it is root's or ours. */
static int read_file(int folder, const char *name, ptrdiff_t limit, struct arena *a, struct str *ret, struct diag *d) {
        int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        struct stat st;
        int status = 0;

        if (fd < 0)
                return errno == ENOENT ? DATA_STORE_EMPTY : diag_fail(d, "cannot open '%s': %s", name, strerror(errno));
        if (fstat(fd, &st) < 0)
                status = cannot_read(d, name);
        else if (!S_ISREG(st.st_mode) || !is_ours(&st) || st.st_size > limit)
                status = not_ours(d, name);
        else
                status = read_all(fd, name, (ptrdiff_t)st.st_size, a, ret, d);
        (void)close(fd);
        return status;
}

int data_store_read(struct stored_data *ret, const char *folder, struct arena *a, struct diag *d) {
        struct str all = { 0 }, line;
        int fd, status = open_folder(folder, &fd, d);

        if (status != 0)
                return status;
        status = read_file(fd, "bundle", STORED_MAX, a, &all, d);
        (void)close(fd);
        if (status != 0)
                return status;
        ret->bundle = all;
        for (int i = 0; i < 4; i++)
                (void)str_line(&ret->bundle, &line);
        ret->signature = str_sub(all, 0, all.len - ret->bundle.len);
        return 0;
}

static int make_folder(const char *folder, struct arena *a, struct diag *d) {
        struct str path = str_of(folder);

        for (ptrdiff_t i = 1; i <= path.len; i++)
                if ((i == path.len || path.p[i] == '/') && mkdir(str_to_c(a, str_sub(path, 0, i)), 0755) < 0 && errno != EEXIST)
                        return diag_fail(d, "cannot make the folder '%s': %s", folder, strerror(errno));
        return 0;
}

int data_store_lock(const char *folder, struct arena *a, int *ret_lock, struct diag *d) {
        mode_t before = umask(022); /* everybody may read what is known */
        int status = make_folder(folder, a, d);

        (void)umask(before);
        if (status < 0 || (status = open_folder(folder, ret_lock, d)) != 0)
                return status < 0 ? -1 : diag_fail(d, "'%s' went away", folder);
        if (flock(*ret_lock, LOCK_EX) == 0)
                return 0;
        data_store_unlock(*ret_lock);
        return diag_fail(d, "cannot lock '%s': %s", folder, strerror(errno));
}

void data_store_unlock(int lock) {
        (void)close(lock);
}

int data_store_write(const char *folder, const struct stored_data *data, struct arena *a, struct diag *d) {
        const char *path = str_to_c(a, str_fmt(a, "%s/bundle", folder));
        struct replacement file;
        mode_t before = umask(022);
        int status = replace_begin(&file, a, path, d);

        (void)umask(before);
        if (status < 0)
                return -1;
        (void)replace_write(&file, data->signature.p, data->signature.len);
        (void)replace_write(&file, data->bundle.p, data->bundle.len);
        return replace_commit(&file, d);
}

int data_store_keys(struct minisign_keys *ret, const char *folder, struct arena *a, struct diag *d) {
        TREE_AUTO struct tree t = { .fd = -1 };
        struct tree_names names = { 0 };
        struct str text = { 0 };
        int fd, status = open_folder(folder, &fd, d);

        if (status != 0)
                return status < 0 ? -1 : 0;
        (void)close(fd);
        if (tree_open(&t, folder, d) < 0 || tree_list(&t, "/", a, &names) != 0)
                return diag_fail(d, "cannot list '%s'", folder);
        for (ptrdiff_t i = 0; i < names.count && ret->count < KEYS_MAX; i++) {
                const char *name = str_to_c(a, names.items[i]);

                if (!str_ends(names.items[i], S(".pub")))
                        continue;
                if (read_file(t.fd, name, MINISIGN_TEXT_MAX, a, &text, d) != 0)
                        return diag_fail(d, "cannot read the key '%s/%s'", folder, name);
                if (minisign_key(arena_append(a, ret), text, name, d) < 0)
                        return -1;
        }
        return 0;
}

int data_store_catalog(struct catalog *ret, struct str bundle, struct arena *a, struct diag *d) {
        return bundle_compile(ret, a, bundle, d);
}

int data_store_version(struct str *ret, struct str bundle, struct diag *d) {
        return bundle_version(ret, bundle, d);
}
