#include "platform/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "platform/linux/input.h"
#include "platform/tree.h"

/* glibc gives the end of the heap back as soon as 128 KiB of it are free, page by page, which costs a short run a twentieth of its time: it
 * keeps twice the largest block that was ever given back (mallopt(3), M_MMAP_THRESHOLD). No page of this one is touched. */
static void keep_freed_memory(void) {
        ARENA_AUTO struct arena once = { 0 };

        (void)arena_bytes(&once, 1 << 20);
}

void program_start(struct arena *a, int *argc, char ***argv) {
        keep_freed_memory();
        (void)a; /* arguments are UTF-8 already, and the streams byte-exact */
        (void)argc;
        (void)argv;
        (void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of write(2), told as every other one */
}

void program_terminal(int stream, struct program_terminal *ret) {
        const char *term = getenv("TERM");
        struct winsize size = { 0 };

        *ret = (struct program_terminal){ .is_terminal = isatty(stream) == 1 };
        if (!ret->is_terminal)
                return;
        ret->colour = term && !str_eq(str_of(term), S("dumb"));
        if (ioctl(stream, TIOCGWINSZ, &size) == 0)
                ret->columns = size.ws_col;
}

const char *program_typed_end(void) {
        return isatty(0) == 1 ? "Ctrl-D" : NULL;
}

static int write_error;

const char *program_write_error(struct arena *a) {
        (void)a;
        return write_error ? strerror(write_error) : "";
}

bool program_write(void *stream, const char *p, ptrdiff_t len) {
        while (len > 0) {
                ssize_t n = write(*(const int *)stream, p, (size_t)len);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0 && errno == EAGAIN) { /* a pipe that somebody made non-blocking (ssh, node): wait for its reader */
                        (void)poll(&(struct pollfd){ .fd = *(const int *)stream, .events = POLLOUT }, 1, -1);
                        continue;
                }
                if (n < 0) {
                        write_error = errno;
                        return false;
                }
                p += n;
                len -= n;
        }
        return true;
}

/* Reads `fd` to its end. A file that says how long it is, `known` bytes, has ended there; 0: it does not say. */
static int read_all(int fd, const char *path, ptrdiff_t known, ptrdiff_t limit, struct arena *a, struct str *ret,
                    struct diag *d) {
        ptrdiff_t size = known >= 65536 && known <= limit ? known + 1 : 65536, len = 0; /* a large one is not copied while it is read */
        char *p = arena_bytes(a, size);

        for (;;) {
                ssize_t n = read(fd, p + len, (size_t)(size - len));

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return diag_fail_class(d, tree_error_class(errno), "cannot read '%s': %s", path, strerror(errno));
                len += n;
                if (len > limit)
                        return diag_fail_class(d, DIAG_INPUT, "'%s' is longer than %td bytes", path, limit);
                if (n == 0 || len == known)
                        break;
                if (len == size) {
                        char *more = arena_bytes(a, 2 * size);

                        memcpy(more, p, (size_t)len);
                        p = more;
                        size *= 2;
                }
        }
        *ret = str_n(p, len);
        return 0;
}

int program_read_file(const char *path, ptrdiff_t limit, struct arena *a, struct str *ret, struct diag *d) {
        struct stat st;
        int fd, status;

        if (str_eq(str_of(path), S("-")))
                return read_all(STDIN_FILENO, "standard input", 0, limit, a, ret, d);
        fd = open_file(path);
        if (fd < 0)
                return diag_fail_class(d, tree_error_class(errno), "cannot open '%s': %s", path, strerror(errno));
        if (fstat(fd, &st) < 0)
                status = diag_fail_class(d, tree_error_class(errno), "cannot read '%s': %s", path, strerror(errno));
        else if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
                status = diag_fail_class(d, DIAG_INPUT, "'%s' is not a file", path);
        else if (S_ISFIFO(st.st_mode) && open_fifo(fd, path, d) < 0)
                status = -1;
        else
                status = read_all(fd, path, st.st_size, limit, a, ret, d);
        close(fd);
        return status;
}

const char *program_environment(struct arena *a, const char *name) {
        (void)a;
        return getenv(name);
}

void program_date(char ret_date[11], char ret_time[9]) {
        char moment[21];

        date_of_seconds(time(NULL), moment); /* gmtime would read the time zone's file */
        memcpy(ret_date, moment, 10);
        memcpy(ret_time, moment + 11, 8);
        ret_date[10] = ret_time[8] = '\0';
}

/* Transparent huge pages (kernel Documentation/admin-guide/mm/transhuge.rst): where the kernel gives none, nothing is lost. */
void *program_large_memory(ptrdiff_t *size) {
        enum { LARGE = 2 << 20 };
        ptrdiff_t whole = (*size + LARGE - 1) / LARGE * LARGE;
        void *ret = aligned_alloc(LARGE, (size_t)whole);

        if (ret) {
                (void)madvise(ret, (size_t)whole, MADV_HUGEPAGE);
                *size = whole;
        }
        return ret;
}
