#include "platform/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(struct diag *d, const char *name, const char *why) {
        return diag_fail_class(d, DIAG_NO_INPUT, "cannot open '%s': %s", name, why);
}

int input_open(struct input_file *ret, const char *path, struct arena *a, struct diag *d) {
        bool standard = strcmp(path, "-") == 0;
        struct stat st;

        *ret = (struct input_file){ .name = standard ? "standard input" : path, .is_own = !standard, .a = a };
        ret->file = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (ret->file < 0)
                return refuse(d, path, strerror(errno));
        if (fstat((int)ret->file, &st) == 0 && S_ISREG(st.st_mode)) {
                ret->size = (uint64_t)st.st_size;
                return 0;
        }
        if (standard || (S_ISFIFO(st.st_mode) && fcntl((int)ret->file, F_SETFL, 0) == 0))
                return 0;
        input_close(ret);
        return refuse(d, path, "it is not a file");
}

ptrdiff_t input_take(struct input_file *f, char *p, ptrdiff_t size, struct diag *d) {
        ssize_t n;

        do
                n = read((int)f->file, p, (size_t)size);
        while (n < 0 && errno == EINTR);
        return n < 0 ? diag_fail_class(d, DIAG_NO_INPUT, "cannot read '%s': %s", f->name, strerror(errno)) : n;
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
        return getrandom(p, size, 0) == (ssize_t)size ? 0 : diag_fail(d, "the system gives no random numbers: %s", strerror(errno));
}

bool file_is_separator(char c) {
        return c == '/';
}
