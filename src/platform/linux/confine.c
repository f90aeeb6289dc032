#include "platform/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
        ANSWER_FD = 1,
        INPUT_FD = 3,
        WALL_SECONDS = 3, /* for each of processor time */
        MEMORY_MAX = 1 << 30,
        EXIT_WORK_FAILED = 1, /* the answer is the message */
        EXIT_NOT_CONFINED = 2,
        DESCRIPTORS = 1 << 20, /* at most, where the system cannot close all at once */
};

#if defined(__has_feature)
#if __has_feature(address_sanitizer) /* clang's way to say it */
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

/* ---- The child ---- */

static bool limit(int resource, rlim_t value) {
        return setrlimit(resource, &(struct rlimit){ .rlim_cur = value, .rlim_max = value }) == 0;
}

static bool limit_child(int seconds) {
        return limit(RLIMIT_CPU, (rlim_t)seconds) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NPROC, 0) &&
               limit(RLIMIT_NOFILE, INPUT_FD + 2) && (SANITIZED || limit(RLIMIT_AS, MEMORY_MAX));
}

/* What unpacking needs. Anything else ends the child; files look as if they were not there. */
static bool filter_child(void) {
        static const int always[] = { SCMP_SYS(read),    SCMP_SYS(write),         SCMP_SYS(close),     SCMP_SYS(fstat),
                                      SCMP_SYS(lseek),   SCMP_SYS(brk),           SCMP_SYS(munmap),    SCMP_SYS(exit_group),
                                      SCMP_SYS(fcntl),   SCMP_SYS(clock_gettime), SCMP_SYS(getrandom), SCMP_SYS(futex),
                                      SCMP_SYS(madvise), SCMP_SYS(sigaltstack),   SCMP_SYS(mremap),
                                      SCMP_SYS(poll) };
        const scmp_datum_t no_code = PROT_EXEC;
        scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
        bool ok = f != NULL;

        for (size_t i = 0; ok && i < sizeof(always) / sizeof(always[0]); i++)
                ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, always[i], 0) == 0;
        ok = ok && seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOENT), SCMP_SYS(openat), 0) == 0 &&
             seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1, SCMP_A0(SCMP_CMP_EQ, INPUT_FD)) == 0 &&
             seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOENT), SCMP_SYS(newfstatat), 1, SCMP_A0(SCMP_CMP_NE, INPUT_FD)) == 0 &&
             seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, no_code, 0)) == 0 &&
             seccomp_load(f) == 0;
        if (f)
                seccomp_release(f);
        return ok;
}

static bool answer_sink(void *arg, const char *p, ptrdiff_t len) {
        (void)arg;
        while (len > 0) {
                ssize_t n = write(ANSWER_FD, p, (size_t)len);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return false;
                p += n;
                len -= n;
        }
        return true;
}

/* close_range is absent before Linux 5.9, and forbidden by the system call filters of older containers: then one by one. */
static void close_from(int first) {
        long end = sysconf(_SC_OPEN_MAX);

#ifdef SYS_close_range /* by its number: C libraries call it by name from glibc 2.34 on, and musl does not */
        if (syscall(SYS_close_range, (unsigned)first, ~0u, 0u) == 0)
                return;
#endif
        for (int fd = first; fd < (end > 0 && end < DESCRIPTORS ? end : DESCRIPTORS); fd++)
                (void)close(fd);
}

/* Descriptors: nothing to read, the pipe, no messages, the input; none else. */
static bool arrange_descriptors(int input, int pipe_end) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        int safe_input = fcntl(input, F_DUPFD, 10), safe_pipe = fcntl(pipe_end, F_DUPFD, 10);
        bool ok = null >= 0 && safe_input >= 0 && safe_pipe >= 0 && dup2(null, 0) == 0 && dup2(null, 2) == 2 &&
                  dup2(safe_pipe, ANSWER_FD) == ANSWER_FD && dup2(safe_input, INPUT_FD) == INPUT_FD;

        close_from(INPUT_FD + 1);
        return ok;
}

static void no_memory(void) {
        _exit(EXIT_NO_MEMORY);
}

static _Noreturn void child(const struct confinement *c, int input, int pipe_end) {
        struct out answer = { .sink = answer_sink };
        struct diag d = { 0 };
        int status;

        errno = 0;
        /* For want of memory the work calls exit(): before what the parent registered, which is not the child's to do. */
        if (atexit(no_memory) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
            !arrange_descriptors(input, pipe_end) || !limit_child(c->seconds) || !filter_child())
                _exit(errno == ENOMEM ? EXIT_NO_MEMORY : EXIT_NOT_CONFINED);
        status = c->work(c->arg, INPUT_FD, &answer, &d);
        if (status < 0) {
                answer.len = 0;
                out_c(&answer, d.text);
        }
        _exit(out_flush(&answer) ? (status < 0 ? EXIT_WORK_FAILED : 0) : EXIT_NOT_CONFINED);
}

/* ---- The parent ---- */

static int memory_file(struct str contents, struct diag *d) {
        int fd = memfd_create("sidelight-input", MFD_CLOEXEC | MFD_ALLOW_SEALING);

        for (ptrdiff_t at = 0; fd >= 0 && at < contents.len;) {
                ssize_t n = write(fd, contents.p + at, (size_t)(contents.len - at));

                if (n <= 0 && errno != EINTR) {
                        close(fd);
                        fd = -1;
                }
                at += n > 0 ? n : 0;
        }
        if (fd >= 0 && lseek(fd, 0, SEEK_SET) < 0) {
                close(fd);
                fd = -1;
        }
        if (fd < 0)
                return diag_fail(d, "cannot make a memory file: %s", strerror(errno));
        (void)fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
        return fd;
}

static int64_t now_ms(void) {
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum ending { ENDED, TOO_MUCH, UNREADABLE };

/* Everything the child writes, until it is done. */
static enum ending read_answer(const struct confinement *c, int fd, struct out *ret) {
        int64_t deadline = now_ms() + (int64_t)c->seconds * WALL_SECONDS * 1000;
        char buffer[65536];

        while (ret->len <= c->answer_max) {
                struct pollfd p = { .fd = fd, .events = POLLIN };
                int64_t left = deadline - now_ms();
                int ready = left > 0 ? poll(&p, 1, (int)left) : 0;
                ssize_t n = ready > 0 ? read(fd, buffer, sizeof(buffer)) : 0;

                if (ready == 0)
                        return TOO_MUCH;
                if ((ready < 0 || n < 0) && errno != EINTR && errno != EAGAIN)
                        return UNREADABLE;
                if (ready > 0 && n == 0)
                        return ENDED;
                if (n > 0)
                        out_bytes(ret, buffer, n);
        }
        return TOO_MUCH;
}

/* What became of the child. */
static int settle(pid_t pid, enum ending ending, const struct out *answer, const char *name, struct diag *d) {
        int status = 0;

        pid_t ended;

        if (ending != ENDED)
                kill(pid, SIGKILL);
        do
                ended = waitpid(pid, &status, 0);
        while (ended < 0 && errno == EINTR);
        if (ended < 0)
                return diag_fail(d, "cannot tell how reading '%s' ended: %s", name, strerror(errno));
        if (ending == UNREADABLE)
                return diag_fail(d, "cannot read what was found in '%s'", name);
        if (ending == TOO_MUCH)
                return diag_fail_class(d, DIAG_INPUT, "'%s' is damaged: reading it took too long or gave too much", name);
        /* The filter's own signal. A sound input comes to this, too, when the library, out of memory say, goes a way of its own. */
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
                return diag_fail(d, "cannot read '%s': what unpacks it was stopped, because it asked for what it may not do", name);
        if (WIFSIGNALED(status))
                return diag_fail_class(d, DIAG_INPUT, "'%s' is damaged: reading it was stopped by signal %d (%s)", name,
                                       WTERMSIG(status), strsignal(WTERMSIG(status)));
        if (WEXITSTATUS(status) == EXIT_NO_MEMORY)
                return diag_fail(d, "out of memory while reading '%s'", name);
        if (WEXITSTATUS(status) == EXIT_WORK_FAILED)
                return diag_fail_class(d, DIAG_INPUT, "%.*s", STR_ARG(out_text(answer)));
        if (WEXITSTATUS(status) != 0)
                return diag_fail(d, "cannot confine the process that reads '%s'", name);
        return 0;
}

int confine(const struct confinement *c, struct str input, struct arena *a, struct str *ret, struct diag *d) {
        OUT_AUTO struct out answer = { 0 };
        int ends[2], fd = memory_file(input, d), status;
        enum ending ending;
        pid_t pid;

        if (fd < 0)
                return -1;
        if (pipe2(ends, O_CLOEXEC) < 0) {
                close(fd);
                return diag_fail(d, "cannot make a pipe: %s", strerror(errno));
        }
        pid = fork();
        if (pid == 0)
                child(c, fd, ends[1]);
        close(ends[1]);
        close(fd);
        if (pid < 0) {
                close(ends[0]);
                return diag_fail(d, "cannot make a process: %s", strerror(errno));
        }
        ending = read_answer(c, ends[0], &answer);
        close(ends[0]);
        status = settle(pid, ending, &answer, c->name, d);
        if (status == 0)
                *ret = str_dup(a, out_text(&answer));
        return status;
}
