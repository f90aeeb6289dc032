#include "platform/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const folders[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin" };

static const char *const environment[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "HOME=/root",
                                     "DEBIAN_FRONTEND=noninteractive", NULL };

static bool find(const char *name, char ret[256]) {
        for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
                int n = snprintf(ret, 256, "%s/%s", folders[i], name);

                if (n > 0 && n < 256 && access(ret, X_OK) == 0)
                        return true;
        }
        return false;
}

bool process_exists(const char *name) {
        char path[256];

        return find(name, path);
}

/* The last PROCESS_OUTPUT_MAX bytes of everything that comes. */
static struct str drain(int fd, struct arena *a) {
        char *p = arena_bytes(a, 2 * PROCESS_OUTPUT_MAX);
        ptrdiff_t len = 0;
        ssize_t n;

        while ((n = read(fd, p + len, (size_t)(2 * PROCESS_OUTPUT_MAX - len))) != 0) {
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        break;
                len += n;
                if (len == 2 * PROCESS_OUTPUT_MAX) {
                        memmove(p, p + PROCESS_OUTPUT_MAX, PROCESS_OUTPUT_MAX);
                        len = PROCESS_OUTPUT_MAX;
                }
        }
        return len > PROCESS_OUTPUT_MAX ? str_n(p + len - PROCESS_OUTPUT_MAX, PROCESS_OUTPUT_MAX) : str_n(p, len);
}

/* In a process group of its own, so that a terminal's interrupt does not end it half-way; with no signal held back. */
static int start(const char *path, const char *const *argv, int output, pid_t *ret) {
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t none;
        int error;

        (void)sigemptyset(&none);
        (void)posix_spawn_file_actions_init(&actions);
        (void)posix_spawnattr_init(&attributes);
        (void)posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        (void)posix_spawn_file_actions_adddup2(&actions, output, 1);
        (void)posix_spawn_file_actions_adddup2(&actions, output, 2);
        (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
        (void)posix_spawnattr_setsigmask(&attributes, &none);
        error = posix_spawn(ret, path, &actions, &attributes, (char *const *)(uintptr_t)argv,
                            (char *const *)(uintptr_t)environment);
        (void)posix_spawn_file_actions_destroy(&actions);
        (void)posix_spawnattr_destroy(&attributes);
        return error;
}

static struct str last_line(struct str output) {
        struct str line, last = { 0 };

        while (str_line(&output, &line))
                if (str_trim(line).len)
                        last = str_trim(line);
        return last;
}

int process_run(const char *const *argv, struct arena *a, struct str *ret_output, struct diag *d) {
        int ends[2], error, status = 0;
        char path[256];
        struct str last;
        pid_t pid;

        if (!find(argv[0], path))
                return diag_fail(d, "cannot run '%s': there is no such program", argv[0]);
        if (pipe2(ends, O_CLOEXEC) < 0)
                return diag_fail(d, "cannot run '%s': %s", argv[0], strerror(errno));
        error = start(path, argv, ends[1], &pid);
        (void)close(ends[1]);
        *ret_output = error ? (struct str){ 0 } : drain(ends[0], a);
        (void)close(ends[0]);
        if (error)
                return diag_fail(d, "cannot run '%s': %s", argv[0], strerror(error));
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
                ;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
                return 0;
        last = last_line(*ret_output);
        return diag_fail(d, "'%s' failed%s%.*s", argv[0], last.len ? ": " : "", STR_ARG(last));
}

static sigset_t held;

void process_hold(void) {
        sigset_t all;

        (void)sigemptyset(&all);
        (void)sigaddset(&all, SIGINT);
        (void)sigaddset(&all, SIGTERM);
        (void)sigaddset(&all, SIGHUP);
        (void)sigaddset(&all, SIGQUIT);
        (void)sigprocmask(SIG_BLOCK, &all, &held);
}

void process_release(void) {
        (void)sigprocmask(SIG_SETMASK, &held, NULL);
}
