#include "platform/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/files.h"
#include "platform/linux/attributes.h"

enum { TRIES = 16 };

static int refuse(struct diag *d, const char *path, const char *why) {
        return diag_fail(d, "cannot write '%s': %s", path, why);
}

static const char *name_in(const char *path) {
        const char *slash = strrchr(path, '/');

        return slash ? slash + 1 : path;
}

static int open_folder(struct replacement *r, struct diag *d) {
        const char *name = name_in(r->path);
        struct str folder = name == r->path ? S(".") : str_n(r->path, name - r->path);

        if (!*name)
                return refuse(d, r->path, "it is a folder");
        r->folder = open(str_to_c(r->a, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return r->folder < 0 ? refuse(d, r->path, strerror(errno)) : 0;
}

/* What stands there now. */
static int look(struct replacement *r, struct stat *st, struct diag *d) {
        const char *name = name_in(r->path);

        if (fstatat((int)r->folder, name, st, AT_SYMLINK_NOFOLLOW) < 0)
                return errno == ENOENT ? 0 : refuse(d, r->path, strerror(errno));
        r->exists = true;
        if (S_ISLNK(st->st_mode))
                return refuse(d, r->path, "it is a symbolic link, which is not followed; name the file that it leads to");
        if (!S_ISREG(st->st_mode))
                return refuse(d, r->path, S_ISDIR(st->st_mode) ? "it is a folder" : "it is not a regular file");
        if (faccessat((int)r->folder, name, W_OK, AT_EACCESS) < 0)
                return refuse(d, r->path, strerror(errno));
        return 0;
}

/* A name that nobody can foresee: in a folder that others may write to they could put a file of theirs there before. */
static int open_temporary(struct replacement *r, struct diag *d) {
        uint64_t number = 0;

        for (int i = 0; i < TRIES; i++) {
                if (random_bytes(&number, sizeof(number), d) < 0)
                        return -1;
                r->temporary = str_fmt(r->a, ".sidelight-%016llx", (unsigned long long)number).p;
                r->file = openat((int)r->folder, r->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                 r->exists ? 0600 : 0666);
                if (r->file >= 0 || errno != EEXIST)
                        break;
        }
        if (r->file >= 0)
                return 0;
        r->temporary = NULL;
        return refuse(d, r->path, strerror(errno));
}

/* The owner first: changing it takes bits of the mode away. The mode last: only with the old list of who may read it means what it meant. */
static int keep_owner_and_mode(struct replacement *r, const struct stat *old, struct diag *d) {
        struct stat new;
        int error;

        if (fstat((int)r->file, &new) < 0)
                return refuse(d, r->path, strerror(errno));
        if ((new.st_uid != old->st_uid || new.st_gid != old->st_gid) &&
            fchown((int)r->file, new.st_uid == old->st_uid ? (uid_t)-1 : old->st_uid, old->st_gid) < 0)
                return refuse(d, r->path, "it belongs to another user or group, and could not stay theirs");
        error = attributes_copy((int)r->folder, name_in(r->path), (int)r->file, false);
        if (error && !(error == EACCES && !(old->st_mode & S_IRWXG))) /* where the group may nothing, no list lets anybody in */
                return diag_fail(d, "cannot write '%s': its access control list could not stay: %s", r->path, strerror(error));
        return fchmod((int)r->file, old->st_mode & 07777) < 0 ? refuse(d, r->path, strerror(errno)) : 0;
}

int replace_begin(struct replacement *ret, struct arena *a, const char *path, struct diag *d) {
        struct stat old;

        *ret = (struct replacement){ .path = path, .a = a, .file = -1, .folder = -1 };
        replace_remember(ret);
        if (open_folder(ret, d) == 0 && look(ret, &old, d) == 0 && open_temporary(ret, d) == 0 &&
            (!ret->exists || keep_owner_and_mode(ret, &old, d) == 0))
                return 0;
        replace_abandon(ret);
        return -1;
}

bool replace_write(void *replacement, const char *p, ptrdiff_t len) {
        struct replacement *r = replacement;

        while (len > 0 && !r->error) {
                ssize_t n = write((int)r->file, p, (size_t)len);

                if (n < 0 && errno != EINTR)
                        r->error = (unsigned long)errno;
                p += n > 0 ? n : 0;
                len -= n > 0 ? n : 0;
        }
        return !r->error;
}

/* Onto the disk and closed, or the error's number. Some file systems tell of a full disk only here. A signal stops neither: what close()
 * was about is closed when it says so. */
static int settle(struct replacement *r) {
        int error = (int)r->error;

        while (!error && fsync((int)r->file) < 0)
                error = errno == EINTR ? 0 : errno;
        if (close((int)r->file) < 0 && errno != EINTR && !error)
                error = errno;
        r->file = -1;
        return error;
}

int replace_commit(struct replacement *r, struct diag *d) {
        int error = settle(r);

        if (!error && renameat((int)r->folder, r->temporary, (int)r->folder, name_in(r->path)) < 0)
                error = errno;
        if (error) {
                replace_abandon(r);
                return refuse(d, r->path, strerror(error));
        }
        (void)fsync((int)r->folder); /* a file system that cannot has done what it could */
        r->temporary = NULL;
        replace_abandon(r);
        return 0;
}

void replace_abandon(struct replacement *r) {
        replace_forget(r);
        if (r->file >= 0)
                (void)close((int)r->file);
        if (r->temporary)
                (void)unlinkat((int)r->folder, r->temporary, 0);
        if (r->folder >= 0)
                (void)close((int)r->folder);
        r->file = r->folder = -1;
        r->temporary = NULL;
}

int replace_folder(const char *path, struct arena *a, struct diag *d) {
        (void)a;
        return mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : diag_fail(d, "cannot make the folder '%s': %s", path, strerror(errno));
}
