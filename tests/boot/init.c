/* The first process of a test machine: reads /orders, obeys each line, and resets the machine.
 *
 *     module PATH           load a kernel module
 *     file PATH             send the file
 *     folder PATH           send each file in it
 *     run NAME PROGRAM ARG… run it, send what it wrote as NAME.out and NAME.err
 *
 * What is sent goes to the console in frames: a line `-- frame NAME STATUS LENGTH`, then LENGTH bytes and a newline. STATUS is
 * the program's exit status, or 0 for a file that was read and the error number for one that was not. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { CONTENTS_MAX = 4 << 20, ARGUMENTS_MAX = 32 };

static char contents[CONTENTS_MAX];

static void send_bytes(const char *p, size_t n) {
        while (n > 0) {
                ssize_t sent = write(STDOUT_FILENO, p, n);
                if (sent < 0 && errno != EINTR && errno != EAGAIN)
                        return;
                p += sent > 0 ? sent : 0;
                n -= sent > 0 ? (size_t)sent : 0;
        }
}

static void send_frame(const char *name, int status, const char *p, size_t n) {
        char head[512];
        int length = snprintf(head, sizeof head, "-- frame %s %d %zu\n", name, status, n);
        send_bytes(head, (size_t)length);
        send_bytes(p, n);
        send_bytes("\n", 1);
}

static void send_file(const char *name, const char *path, int status) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        size_t n = 0;
        ssize_t got = fd < 0 ? -1 : 1;
        while (got > 0 && n < sizeof contents) {
                got = read(fd, contents + n, sizeof contents - n);
                n += got > 0 ? (size_t)got : 0;
        }
        int error = got < 0 ? errno : status;
        if (fd >= 0)
                close(fd);
        send_frame(name, error, contents, n);
}

static void send_folder(const char *folder) {
        struct dirent **entries;
        int count = scandir(folder, &entries, NULL, alphasort);
        for (int i = 0; i < count; i++) {
                char path[512];
                snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
                struct stat st;
                if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
                        send_file(path, path, 0);
        }
        if (count < 0)
                send_frame(folder, errno, "", 0);
}

static void load_module(const char *path) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        long rc = fd < 0 ? -1 : syscall(SYS_finit_module, fd, "", 0);
        send_frame(path, rc < 0 ? errno : 0, "", 0);
        if (fd >= 0)
                close(fd);
}

static void run_child(char *argv[]) {
        int out = open("/out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        int err = open("/err", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (out < 0 || err < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
                _exit(126);
        execv(argv[0], argv);
        _exit(127);
}

static void run(const char *name, char *argv[]) {
        pid_t pid = fork();
        if (pid == 0)
                run_child(argv);
        int status = 0;
        while (waitpid(pid, &status, 0) != pid)
                ;
        int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        char frame[64];
        snprintf(frame, sizeof frame, "%s.out", name);
        send_file(frame, "/out", code);
        snprintf(frame, sizeof frame, "%s.err", name);
        send_file(frame, "/err", code);
}

static void obey(char *line) {
        char *words[ARGUMENTS_MAX + 1] = { 0 };
        int count = 0;
        for (char *rest = line, *word; count < ARGUMENTS_MAX && (word = strsep(&rest, " \n"));)
                if (*word)
                        words[count++] = word;
        if (count >= 2 && strcmp(words[0], "module") == 0)
                load_module(words[1]);
        else if (count >= 2 && strcmp(words[0], "file") == 0)
                send_file(words[1], words[1], 0);
        else if (count >= 2 && strcmp(words[0], "folder") == 0)
                send_folder(words[1]);
        else if (count >= 3 && strcmp(words[0], "run") == 0)
                run(words[1], words + 2);
}

static void prepare(void) {
        mkdir("/proc", 0755);
        mkdir("/sys", 0755);
        mkdir("/dev", 0755);
        mount("proc", "/proc", "proc", 0, NULL);
        mount("sysfs", "/sys", "sysfs", 0, NULL);
        mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
        struct termios t;
        if (tcgetattr(STDOUT_FILENO, &t) == 0) {
                cfmakeraw(&t);
                tcsetattr(STDOUT_FILENO, TCSANOW, &t);
        }
}

int main(void) {
        prepare();
        FILE *orders = fopen("/orders", "re");
        char line[1024];
        while (orders && fgets(line, sizeof line, orders))
                obey(line);
        send_frame("end", 0, "", 0);
        tcdrain(STDOUT_FILENO);
        reboot(RB_AUTOBOOT);
        return 1;
}
