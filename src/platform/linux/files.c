#include "platform/files.h"
#include "platform/linux/input.h"
#include "platform/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static int refuse(struct diag *d, const char *name, int error) {
        return diag_fail_class(d, tree_error_class(error), "cannot open '%s': %s", name, strerror(error));
}

enum { FIFO_SECONDS = 5 };

int open_file(const char *path) {
        int fd;

        do
                fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        while (fd < 0 && errno == EINTR);
        return fd;
}

int open_fifo(int fd, const char *path, struct diag *d) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        struct statfs fs;
        int ready;

        if (fcntl(fd, F_SETFL, 0) < 0 || fstatfs(fd, &fs) < 0)
                return diag_fail_class(d, tree_error_class(errno), "cannot read '%s': %s", path, strerror(errno));
        if (fs.f_type == PIPEFS_MAGIC)
                return 0;
        do
                ready = poll(&p, 1, FIFO_SECONDS * 1000);
        while (ready < 0 && errno == EINTR);
        if (ready == 0)
                return diag_fail_class(d, DIAG_NO_INPUT, "'%s' is a FIFO, and nobody writes to it", path);
        return ready > 0 ? 0 : diag_fail_class(d, tree_error_class(errno), "cannot read '%s': %s", path, strerror(errno));
}

int input_open(struct input_file *ret, const char *path, struct arena *a, struct diag *d) {
        bool standard = strcmp(path, "-") == 0;
        struct stat st = { 0 };
        int error;

        *ret = (struct input_file){ .name = standard ? "standard input" : path, .is_own = !standard, .a = a };
        ret->file = standard ? STDIN_FILENO : open_file(path);
        if (ret->file < 0)
                return refuse(d, path, errno);
        error = fstat((int)ret->file, &st) < 0 ? errno : 0;
        if (S_ISREG(st.st_mode))
                ret->size = (uint64_t)st.st_size;
        if (standard || S_ISREG(st.st_mode))
                return 0;
        if (S_ISFIFO(st.st_mode)) {
                if (open_fifo((int)ret->file, path, d) == 0)
                        return 0;
                input_close(ret);
                return -1;
        }
        input_close(ret);
        if (error)
                return refuse(d, path, error);
        return diag_fail_class(d, DIAG_NO_INPUT, "cannot open '%s': it is not a file", path);
}

ptrdiff_t input_take(struct input_file *f, char *p, ptrdiff_t size, struct diag *d) {
        ssize_t n;

        do
                n = read((int)f->file, p, (size_t)size);
        while (n < 0 && errno == EINTR);
        return n < 0 ? diag_fail_class(d, tree_error_class(errno), "cannot read '%s': %s", f->name, strerror(errno)) : n;
}

void input_close(struct input_file *f) {
        if (f->is_own && f->file >= 0)
                (void)close((int)f->file);
        f->file = -1;
}

FILE *file_temporary(void) {
        return tmpfile();
}

int random_bytes(void *p, size_t size, struct diag *d) {
        unsigned char *to = p;

        while (size > 0) {
                ssize_t n = getrandom(to, size, 0);

                if (n < 0 && errno != EINTR)
                        return diag_fail(d, "the system gives no random numbers: %s", strerror(errno));
                to += n > 0 ? n : 0;
                size -= n > 0 ? (size_t)n : 0;
        }
        return 0;
}

bool file_is_separator(char c) {
        return c == '/';
}
