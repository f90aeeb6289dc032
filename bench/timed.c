/* timed PROGRAM ARG…: runs it once, its output thrown away, and prints
 *
 *     WALL_NS CPU_NS PEAK_KIB PAGE_FAULTS STATUS
 *
 * A program of its own, and a small one: the kernel counts the parent's memory into a child's peak until the child calls exec. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void) {
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t timeval_ns(struct timeval t) {
        return (int64_t)t.tv_sec * 1000000000 + (int64_t)t.tv_usec * 1000;
}

int main(int argc, char *argv[]) {
        if (argc < 2)
                return 64;
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        int64_t start = now_ns();
        pid_t pid = vfork();
        if (pid == 0) {
                dup2(null, STDOUT_FILENO);
                dup2(null, STDERR_FILENO);
                execvp(argv[1], argv + 1);
                _exit(127);
        }
        int status = 0;
        struct rusage usage;
        if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
                return 70;
        int64_t wall = now_ns() - start;
        printf("%lld %lld %ld %ld %d\n", (long long)wall, (long long)(timeval_ns(usage.ru_utime) + timeval_ns(usage.ru_stime)),
               usage.ru_maxrss, usage.ru_minflt, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
        return 0;
}
