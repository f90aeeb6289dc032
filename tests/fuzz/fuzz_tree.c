/* Trees: a hostile tree is made as the input says, and paths are read in it. However its links lead, the kernel's way (openat2) and
 * walking say the same, nothing outside of the root is read, and nothing waits. */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "platform/tree.h"

#define OUTSIDE "outside"

enum { STEPS_MAX = 24, PATH_TOKENS = 12, LIMIT = 4096 };

static char base[64];

struct input {
        const uint8_t *p, *end;
};

static unsigned next(struct input *in) {
        return in->p < in->end ? *in->p++ : 0;
}

/* A path of the pieces that matter. */
static struct str path_of(struct input *in, struct arena *a) {
        static const char *const tokens[] = { "/", "..", "a", "b", "c", ".", "/a", "/b", "/../", "secret", "//", "a/b" };
        struct str path = S("");

        for (unsigned n = 1 + next(in) % PATH_TOKENS; n > 0; n--)
                path = str_fmt(a, "%.*s%s", STR_ARG(path), tokens[next(in) % (sizeof(tokens) / sizeof(tokens[0]))]);
        return path;
}

/* Things are made in the root or in a folder directly below it, never through a link. */
static void make(struct input *in, struct arena *a, int root) {
        static const char *const names[] = { "a", "b", "c", "secret" };
        unsigned where = next(in), what = next(in) % 4;
        const char *name = names[where % 4];
        int folder = where & 16 ? openat(root, names[where / 4 % 4], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        int at = folder >= 0 ? folder : root, fd;

        if (what == 0) {
                (void)mkdirat(at, name, 0700);
        } else if (what == 1) {
                (void)(symlinkat(path_of(in, a).p, at, name) == 0);
        } else if (what == 2) {
                (void)mkfifoat(at, name, 0600);
        } else {
                fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
                if (fd >= 0) {
                        FUZZ_PROMISE(write(fd, name, 1) == 1);
                        close(fd);
                }
        }
        if (folder >= 0)
                close(folder);
}

static void look(const struct tree *kernel, const struct tree *walking, struct arena *a, const char *path) {
        struct str one = S(""), two = S("");
        struct tree_names first = { 0 }, second = { 0 };
        int error = tree_read(kernel, path, LIMIT, a, &one);

        FUZZ_PROMISE(tree_read(walking, path, LIMIT, a, &two) == error && str_eq(one, two));
        FUZZ_PROMISE(str_find(one, S(OUTSIDE)) < 0);
        error = tree_list(kernel, path, a, &first);
        FUZZ_PROMISE(tree_list(walking, path, a, &second) == error && first.count == second.count);
        for (ptrdiff_t i = 0; i < first.count; i++)
                FUZZ_PROMISE(str_eq(first.items[i], second.items[i]) && !str_eq(first.items[i], S(OUTSIDE)));
        FUZZ_PROMISE((tree_exists(kernel, path) == 0) == (tree_exists(walking, path) == 0));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
        (void)st, (void)type, (void)ftw;
        return remove(path);
}

static void remove_base(void) {
        (void)nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The folder above the root, with the secret that nobody may read. */
static void make_base(struct arena *a) {
        FILE *f;

        if (base[0])
                return;
        snprintf(base, sizeof(base), "%s/sidelight-tree-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        FUZZ_PROMISE(mkdtemp(base));
        (void)atexit(remove_base);
        for (int i = 0; i < 2; i++) {
                f = fopen(str_fmt(a, "%s/%s", base, i ? OUTSIDE : "secret").p, "w");
                FUZZ_PROMISE(f && fputs(OUTSIDE, f) >= 0);
                fclose(f);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct input in = { .p = data, .end = data + size };
        struct tree kernel, walking;
        struct diag d = { 0 };
        const char *root;

        make_base(&a);
        root = str_fmt(&a, "%s/root", base).p;
        FUZZ_PROMISE(mkdir(root, 0700) == 0 && tree_open(&kernel, root, &d) == 0);
        walking = kernel;
        walking.walk = true;
        for (int i = 0; i < STEPS_MAX && in.p < in.end; i++)
                if (next(&in) % 3)
                        make(&in, &a, kernel.fd);
                else
                        look(&kernel, &walking, &a, path_of(&in, &a).p);
        tree_close(&kernel);
        (void)nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        return 0;
}
