#include "fakeroot.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void fakeroot_make(char ret_root[FAKEROOT_PATH]) {
        const char *tmp = getenv("TMPDIR");

        assert_true(snprintf(ret_root, FAKEROOT_PATH, "%s/sidelight-XXXXXX", tmp ? tmp : "/tmp") < FAKEROOT_PATH);
        assert_non_null(mkdtemp(ret_root));
        assert_int_equal(chmod(ret_root, 0755), 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where) {
        (void)st;
        (void)type;
        (void)where;
        return remove(path);
}

void fakeroot_remove(const char *root) {
        assert_int_equal(nftw(root, remove_one, 64, FTW_DEPTH | FTW_PHYS), 0);
}

const char *fakeroot_path(const char *root, const char *path) {
        static char whole[FAKEROOT_PATH];

        assert_true(snprintf(whole, sizeof(whole), "%s/%s", root, path) < FAKEROOT_PATH);
        return whole;
}

static void make_parents(const char *root, const char *path) {
        for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
                char part[FAKEROOT_PATH];

                (void)snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
                (void)mkdir(fakeroot_path(root, part), 0755);
        }
}

void fakeroot_bytes(const char *root, const char *path, const void *bytes, size_t size) {
        int fd;

        make_parents(root, path);
        fd = open(fakeroot_path(root, path), O_WRONLY | O_CREAT | O_TRUNC, 0644);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, bytes, size), size);
        close(fd);
}

void fakeroot_file(const char *root, const char *path, const char *text) {
        fakeroot_bytes(root, path, text, strlen(text));
}

void fakeroot_link(const char *root, const char *path, const char *target) {
        make_parents(root, path);
        assert_int_equal(symlink(target, fakeroot_path(root, path)), 0);
}
