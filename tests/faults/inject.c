/* Runs a program and lets one of its system calls fail: inject REPORT NUMBER FAULT PROGRAM [ARGUMENT...]
 *
 * Calls are counted from the program's entry point on, over all of its processes; what the dynamic loader did before is not the
 * program's. REPORT gets the number of each call, one a line; NUMBER 0 only counts, "k437" means each call
 * with that number of the kernel's. FAULT is an error's number, with a plus sign
 * behind it when later calls of the same kind are to fail, too; or "short": a read or write of at most half of what was asked for.
 * The exit status is the program's (128 + signal when one killed it). Only x86-64 Linux. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES_MAX = 64, BREAKPOINT = 0xcc, NOTHING = -1, SYSCALL_STOP = SIGTRAP | 0x80 };

struct process {
        pid_t pid;
        bool inside;                /* of a system call */
        bool fails;                 /* the call that it is in */
        bool replaced;              /* by another one; `count` is its first argument */
        bool shortened;             /* it got another count; `count` is what was asked for */
        unsigned long long count;
};

struct fault {
        long number; /* the call's, from 1; 0: only count */
        long kind;   /* or all calls of this kind */
        int error;
        bool is_short, lasts;
};

static struct process processes[PROCESSES_MAX];
static struct fault fault;
static FILE *report;
static bool threads; /* there were some */
static long calls;
static long failed_kind = NOTHING;

static void die(const char *what) {
        fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
        exit(99);
}

static struct process *process(pid_t pid) {
        for (int i = 0; i < PROCESSES_MAX; i++)
                if (processes[i].pid == pid)
                        return &processes[i];
        for (int i = 0; i < PROCESSES_MAX; i++)
                if (processes[i].pid == 0) {
                        processes[i] = (struct process){ .pid = pid };
                        return &processes[i];
                }
        errno = EMFILE;
        die("processes");
        return NULL;
}

/* Which register says how many bytes (or how far), or NULL. */
static unsigned long long *count_of(struct user_regs_struct *r) {
        switch (r->orig_rax) {
        case SYS_brk:
                return &r->rdi;
        case SYS_read:
        case SYS_write:
        case SYS_pread64:
        case SYS_pwrite64:
        case SYS_recvfrom:
        case SYS_sendto:
                return &r->rdx;
        case SYS_getrandom:
                return &r->rsi;
        default:
                return NULL;
        }
}

/* Calls that do not return, or that the C library takes for granted: it ends the program, or starts a thread with a signal mask of
 * chance. */
static bool is_spared(unsigned long long number) {
        switch (number) {
        case SYS_exit:
        case SYS_exit_group:
        case SYS_rt_sigreturn:
        case SYS_rt_sigprocmask:
        case SYS_futex:
        case SYS_rseq:
                return true;
        case SYS_munmap: /* of a thread's stack */
                return threads;
        default:
                return false;
        }
}

static void enter(struct process *p, struct user_regs_struct *r) {
        unsigned long long *count = count_of(r);
        bool now = ++calls == fault.number || (long)r->orig_rax == fault.kind;

        threads = threads || r->orig_rax == SYS_clone3;
        fprintf(report, "%llu\n", r->orig_rax);
        if (now && is_spared(r->orig_rax)) {
                fault.number++; /* processes and threads side by side: in this order it was another call's turn */
                return;
        }
        if (now)
                failed_kind = (long)r->orig_rax;
        if (!now && !(fault.lasts && (long)r->orig_rax == failed_kind))
                return;
        if (!fault.is_short && r->orig_rax == SYS_brk) { /* has no error: where the break stays is the answer */
                p->shortened = true;
                p->count = r->rdi;
                r->rdi = 0;
        } else if (!fault.is_short && r->orig_rax == SYS_close) { /* takes the descriptor whatever it says */
                p->fails = true;
        } else if (!fault.is_short) { /* a call that does nothing, and that a confined process may make */
                p->fails = p->replaced = true;
                p->count = r->rdi;
                r->orig_rax = SYS_lseek;
                r->rdi = (unsigned long long)-1;
        } else if (count && *count > 1 && r->orig_rax != SYS_brk) {
                p->shortened = true;
                p->count = *count;
                *count /= 2;
        }
}

static void leave(struct process *p, struct user_regs_struct *r) {
        if (p->fails)
                r->rax = (unsigned long long)-fault.error;
        if (p->replaced)
                r->rdi = p->count;
        else if (p->shortened)
                *count_of(r) = p->count;
        p->fails = p->replaced = p->shortened = false;
}

static void at_call(pid_t pid) {
        struct process *p = process(pid);
        struct user_regs_struct before, r;

        if (ptrace(PTRACE_GETREGS, pid, 0, &r) < 0)
                return;
        before = r;
        p->inside = !p->inside;
        if (p->inside)
                enter(p, &r);
        else
                leave(p, &r);
        if (memcmp(&before, &r, sizeof(r)) != 0)
                (void)ptrace(PTRACE_SETREGS, pid, 0, &r);
}

static unsigned long entry_point(pid_t pid) {
        Elf64_auxv_t entry = { 0 };
        char path[64];
        int fd;

        snprintf(path, sizeof(path), "/proc/%d/auxv", pid);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        while (fd >= 0 && read(fd, &entry, sizeof(entry)) == (ssize_t)sizeof(entry) && entry.a_type != AT_ENTRY)
                ;
        close(fd);
        if (entry.a_type != AT_ENTRY)
                die("entry point");
        return entry.a_un.a_val;
}

/* Lets the loader work, up to the program's first instruction. */
static void run_to_entry(pid_t pid) {
        unsigned long entry = entry_point(pid);
        struct user_regs_struct r;
        int status;
        long word;

        errno = 0;
        word = ptrace(PTRACE_PEEKTEXT, pid, entry, 0);
        if (errno || ptrace(PTRACE_POKETEXT, pid, entry, (word & ~0xffL) | BREAKPOINT) < 0 || ptrace(PTRACE_CONT, pid, 0, 0) < 0 ||
            waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
                die("breakpoint");
        if (ptrace(PTRACE_POKETEXT, pid, entry, word) < 0 || ptrace(PTRACE_GETREGS, pid, 0, &r) < 0)
                die("breakpoint");
        r.rip = entry;
        if (ptrace(PTRACE_SETREGS, pid, 0, &r) < 0)
                die("breakpoint");
}

static pid_t start(char **command) {
        int status;
        pid_t pid = fork();

        if (pid == 0) {
                if (ptrace(PTRACE_TRACEME, 0, 0, 0) == 0)
                        execv(command[0], command);
                die(command[0]);
        }
        if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) ||
            ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE) < 0)
                die("start");
        run_to_entry(pid);
        (void)process(pid);
        return pid;
}

/* Lets a stopped process go on; its signals are its own. */
static void go_on(pid_t pid, int status) {
        int stop = WSTOPSIG(status);

        if (stop == SYSCALL_STOP)
                at_call(pid);
        if (stop == SYSCALL_STOP || stop == SIGTRAP || stop == SIGSTOP)
                stop = 0;
        (void)process(pid);
        (void)ptrace(PTRACE_SYSCALL, pid, 0, stop);
}

static int run(pid_t first) {
        int status, result = 99;
        pid_t pid;

        if (ptrace(PTRACE_SYSCALL, first, 0, 0) < 0)
                die("run");
        while ((pid = waitpid(-1, &status, __WALL)) > 0) {
                if (WIFSTOPPED(status)) {
                        go_on(pid, status);
                        continue;
                }
                *process(pid) = (struct process){ 0 };
                if (pid == first)
                        result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        return result;
}

int main(int argc, char **argv) {
        int result;

        if (argc < 5) {
                fprintf(stderr, "usage: inject REPORT NUMBER FAULT PROGRAM [ARGUMENT...]\n");
                return 99;
        }
        fault.kind = argv[2][0] == 'k' ? strtol(argv[2] + 1, NULL, 10) : NOTHING;
        fault.number = strtol(argv[2], NULL, 10);
        fault.is_short = strcmp(argv[3], "short") == 0;
        fault.error = (int)strtol(argv[3], NULL, 10);
        fault.lasts = strchr(argv[3], '+') != NULL;
        report = fopen(argv[1], "we");
        if (!report)
                die(argv[1]);
        result = run(start(argv + 4));
        if (fclose(report) != 0)
                die(argv[1]);
        return result;
}
