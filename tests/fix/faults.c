/* Preloaded into the program under test: the n-th system call that could change something fails, or ends the process on the spot.
 *
 *   FAULT_AT=n      which call, from 1; 0: none
 *   FAULT_KIND=k    an error's number; 0: the process is killed before the call, -1: behind it
 *   FAULT_COUNT=f   file that gets the number of calls */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static long calls;

static long number(const char *name) {
        const char *text = getenv(name);

        return text ? strtol(text, NULL, 10) : 0;
}

/* True when this call is to fail; errno says how. */
static int fault(void) {
        if (++calls != number("FAULT_AT"))
                return 0;
        if (number("FAULT_KIND") == 0)
                (void)raise(SIGKILL);
        errno = (int)number("FAULT_KIND");
        return errno > 0;
}

static void after(void) {
        if (calls == number("FAULT_AT") && number("FAULT_KIND") == -1)
                (void)raise(SIGKILL);
}

__attribute__((destructor)) static void tell(void) {
        const char *path = getenv("FAULT_COUNT");
        FILE *f = path ? fopen(path, "w") : NULL;

        if (f) {
                (void)fprintf(f, "%ld\n", calls);
                (void)fclose(f);
        }
}

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

#define WRAP(type, name, parameters, ...)              \
        type name parameters {                         \
                type ret;                              \
                if (fault())                           \
                        return -1;                     \
                ret = REAL(name)(__VA_ARGS__);         \
                after();                               \
                return ret;                            \
        }

WRAP(int, fsync, (int fd), fd)
WRAP(int, renameat, (int a, const char *x, int b, const char *y), a, x, b, y)
WRAP(int, unlinkat, (int fd, const char *path, int flags), fd, path, flags)
WRAP(int, mkdirat, (int fd, const char *path, mode_t mode), fd, path, mode)
WRAP(int, fchmod, (int fd, mode_t mode), fd, mode)
WRAP(int, fchown, (int fd, uid_t uid, gid_t gid), fd, uid, gid)
WRAP(int, futimens, (int fd, const struct timespec t[2]), fd, t)
WRAP(int, utimensat, (int fd, const char *path, const struct timespec t[2], int flags), fd, path, t, flags)
WRAP(int, flock, (int fd, int how), fd, how)

ssize_t write(int fd, const void *p, size_t n) {
        ssize_t ret;

        if (fd <= 2)
                return REAL(write)(fd, p, n);
        if (fault())
                return -1;
        ret = REAL(write)(fd, p, n);
        after();
        return ret;
}

/* Compiled as openat64: so is the program. */
int openat(int fd, const char *path, int flags, ...) {
        va_list more;
        mode_t mode;
        int ret, writes = (flags & O_ACCMODE) != O_RDONLY && !(flags & O_PATH);

        va_start(more, flags);
        mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
        va_end(more);
        if (writes && fault())
                return -1;
        ret = REAL(openat)(fd, path, flags, mode);
        if (writes)
                after();
        return ret;
}
