/* tree: paths stay inside their root, by openat2(2) and by walking; nothing but files and directories is opened. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakeroot.h"
#include "platform/tree.h"

static char root[FAKEROOT_PATH];

static int make_root(void **state) {
        (void)state;
        fakeroot_make(root);
        fakeroot_file(root, "etc/passwd", "the tree's own\n");
        fakeroot_file(root, "a/b/c/file", "deep\n");
        fakeroot_file(root, "long", "0123456789");
        fakeroot_link(root, "a/absolute", "/etc/passwd");
        fakeroot_link(root, "a/b/up", "../../../../../../../etc/passwd");
        fakeroot_link(root, "a/b/relative", "../b/c");
        fakeroot_link(root, "a/parent", "..");
        fakeroot_link(root, "rooted", "/");
        fakeroot_link(root, "loop", "pool");
        fakeroot_link(root, "pool", "/loop");
        fakeroot_link(root, "dangling", "/nowhere");
        fakeroot_link(root, "chain0", "a/absolute");
        fakeroot_link(root, "chain1", "/chain0");
        fakeroot_link(root, "sysfs-like", "./a//b/./c/");
        assert_int_equal(mkfifoat(AT_FDCWD, fakeroot_path(root, "fifo"), 0644), 0);
        return 0;
}

static int remove_root(void **state) {
        (void)state;
        fakeroot_remove(root);
        return 0;
}

static void open_root(struct tree *t, bool walk) {
        struct diag d = { 0 };

        assert_int_equal(tree_open(t, root, &d), 0);
        t->walk |= walk;
}

static const struct {
        const char *path;
        int error;
        const char *text;
} reads[] = {
        { "/etc/passwd", 0, "the tree's own\n" },
        { "/a/absolute", 0, "the tree's own\n" },
        { "/a/b/up", 0, "the tree's own\n" },
        { "/a/b/relative/file", 0, "deep\n" },
        { "/a/b/relative/../c/file", 0, "deep\n" },
        { "/a/parent/etc/passwd", 0, "the tree's own\n" },
        { "/../../../etc/passwd", 0, "the tree's own\n" },
        { "/a/../../../a/b/c/file", 0, "deep\n" },
        { "//a/./b///c/file", 0, "deep\n" },
        { "/rooted/rooted/../etc/passwd", 0, "the tree's own\n" },
        { "/chain1", 0, "the tree's own\n" },
        { "/sysfs-like/file", 0, "deep\n" },
        { "/a/nothing", ENOENT, NULL },
        { "/dangling", ENOENT, NULL },
        { "/nothing/else", ENOENT, NULL },
        { "/etc/passwd/x", ENOTDIR, NULL },
        { "/etc/passwd/", ENOTDIR, NULL },
        { "/loop", ELOOP, NULL },
        { "/loop/x", ELOOP, NULL },
        { "/fifo", EINVAL, NULL },
        { "/a", EISDIR, NULL },
        { "/", EISDIR, NULL },
        { "/rooted", EISDIR, NULL },
};

static void check_reads(bool walk) {
        TREE_AUTO struct tree t;

        open_root(&t, walk);
        for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct str text = { 0 };
                int error = tree_read(&t, reads[i].path, 4096, &a, &text);

                if (error != reads[i].error)
                        fail_msg("%s: %s instead of %s", reads[i].path, tree_error_name(error),
                                 tree_error_name(reads[i].error));
                if (!error && !str_eq(text, str_of(reads[i].text)))
                        fail_msg("%s: read '%.*s'", reads[i].path, STR_ARG(text));
                assert_int_equal(tree_exists(&t, reads[i].path),
                                 reads[i].error == EISDIR || reads[i].error == EINVAL ? 0 : reads[i].error);
        }
}

static void test_stays_inside(void **state) {
        (void)state;
        check_reads(false);
}

static void test_stays_inside_walking(void **state) {
        (void)state;
        check_reads(true);
}

/* The same path leads outside where only the text is joined: the test would see through a wrong reader. */
static void test_would_lead_outside(void **state) {
        char target[64];

        (void)state;
        assert_int_equal(readlink(fakeroot_path(root, "a/absolute"), target, sizeof(target)), strlen("/etc/passwd"));
        assert_int_equal(access("/etc/passwd", R_OK), 0);
}

static void test_limits(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        TREE_AUTO struct tree t;
        struct str text;
        char byte[4];

        (void)state;
        open_root(&t, false);
        assert_int_equal(tree_read(&t, "/long", 10, &a, &text), 0);
        assert_true(str_eq(text, S("0123456789")));
        assert_int_equal(tree_read(&t, "/long", 9, &a, &text), EFBIG);
        assert_int_equal(tree_read_start(&t, "/long", byte, sizeof(byte)), 0);
        assert_memory_equal(byte, "0123", 4);
        assert_int_equal(tree_read_start(&t, "/etc/nothing", byte, sizeof(byte)), ENOENT);
}

static void test_reads_a_file_that_grows_beyond_one_block(void **state) {
        enum { SIZE = 300000 };
        ARENA_AUTO struct arena a = { 0 };
        TREE_AUTO struct tree t;
        char *big = arena_bytes(&a, SIZE + 1);
        struct str text;

        (void)state;
        for (int i = 0; i < SIZE; i++)
                big[i] = (char)('a' + i % 23);
        big[SIZE] = '\0';
        fakeroot_file(root, "big", big);
        open_root(&t, false);
        assert_int_equal(tree_read(&t, "/big", 1 << 20, &a, &text), 0);
        assert_int_equal(text.len, SIZE);
        assert_memory_equal(text.p, big, SIZE);
        assert_int_equal(tree_read(&t, "/big", SIZE - 1, &a, &text), EFBIG);
}

static void test_lists_sorted_and_printable(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        TREE_AUTO struct tree t;
        struct tree_names names;

        (void)state;
        fakeroot_file(root, "dir/b", "");
        fakeroot_file(root, "dir/a", "");
        fakeroot_file(root, "dir/evil\n-- file ", "");
        fakeroot_file(root, "dir/.hidden", "");
        for (int walk = 0; walk < 2; walk++) {
                open_root(&t, walk);
                assert_int_equal(tree_list(&t, "/dir", &a, &names), 0);
                assert_int_equal(names.count, 3);
                assert_true(str_eq(names.items[0], S(".hidden")) && str_eq(names.items[1], S("a")) &&
                            str_eq(names.items[2], S("b")));
                assert_int_equal(tree_list(&t, "/long", &a, &names), ENOTDIR);
                assert_int_equal(tree_list(&t, "/nothing", &a, &names), ENOENT);
                tree_close(&t);
        }
}

/* Root is not denied anything: as nobody. */
static void test_denied(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        TREE_AUTO struct tree t;
        struct str text;
        uid_t me = geteuid();

        (void)state;
        fakeroot_file(root, "secret", "x");
        assert_int_equal(chmod(fakeroot_path(root, "secret"), 0), 0);
        if (me == 0 && seteuid(65534) < 0)
                skip();
        for (int walk = 0; walk < 2; walk++) {
                open_root(&t, walk);
                assert_int_equal(tree_read(&t, "/secret", 10, &a, &text), EACCES);
                tree_close(&t);
        }
        assert_int_equal(seteuid(me), 0);
}

static void test_devices_only_live(void **state) {
        TREE_AUTO struct tree t;
        struct tree live;
        int fd = -1;

        (void)state;
        open_root(&t, false);
        assert_int_equal(tree_open_device(&t, "/dev/null", &fd), EINVAL);
        if (mknod(fakeroot_path(root, "null"), S_IFCHR | 0666, makedev(1, 3)) == 0) {
                ARENA_AUTO struct arena a = { 0 };
                struct str text;

                assert_int_equal(tree_read(&t, "/null", 10, &a, &text), EINVAL);
        }
        tree_open_live(&live);
        assert_int_equal(tree_open_device(&live, "/dev/null", &fd), 0);
        close(fd);
        assert_int_equal(tree_open_device(&live, "/etc/passwd", &fd), EINVAL);
}

/* A /proc in a tree is the running machine's when it is mounted there. */
static void test_mounted_proc_is_refused(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        TREE_AUTO struct tree t;
        struct tree_names names;
        struct diag d = { 0 };
        struct str text;

        (void)state;
        if (access("/proc/self/stat", R_OK) < 0)
                skip();
        assert_int_equal(tree_open(&t, "/", &d), 0);
        assert_int_equal(tree_read(&t, "/proc/version", 4096, &a, &text), EXDEV);
        assert_int_equal(tree_list(&t, "/proc", &a, &names), EXDEV);
}

static void test_no_root(void **state) {
        struct tree t;
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(tree_open(&t, fakeroot_path(root, "nothing"), &d), -1);
        assert_int_equal(d.class, DIAG_NO_INPUT);
        assert_non_null(strstr(d.text, "No such file or directory"));
        d = (struct diag){ 0 };
        assert_int_equal(tree_open(&t, fakeroot_path(root, "long"), &d), -1);
        assert_non_null(strstr(d.text, "Not a directory"));
}

static void test_deep_walk_ends(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        TREE_AUTO struct tree t;
        char path[4 * 100 + 8] = "";
        struct str text;

        (void)state;
        for (int i = 0; i < 100; i++)
                memcpy(path + 2 * i, "/d", 3);
        for (int depth = 1; depth <= 100; depth++)
                assert_int_equal(mkdir(fakeroot_path(root, str_to_c(&a, str_n(path + 1, 2 * depth - 1))), 0755), 0);
        open_root(&t, true);
        assert_int_equal(tree_read(&t, path, 10, &a, &text), ENAMETOOLONG);
        path[2 * TREE_DEPTH_MAX] = '\0';
        assert_int_equal(tree_read(&t, path, 10, &a, &text), EISDIR);
}

static void test_error_names(void **state) {
        (void)state;
        assert_string_equal(tree_error_name(EIO), "EIO");
        assert_string_equal(tree_error_name(99999), "EUNKNOWN");
        for (int error = 1; error < 134; error++) {
                const char *ours = tree_error_name(error), *libc = strerrorname_np(error);

                if (strcmp(ours, "EUNKNOWN") != 0)
                        assert_string_equal(ours, libc);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_stays_inside),
                cmocka_unit_test(test_stays_inside_walking),
                cmocka_unit_test(test_would_lead_outside),
                cmocka_unit_test(test_limits),
                cmocka_unit_test(test_reads_a_file_that_grows_beyond_one_block),
                cmocka_unit_test(test_lists_sorted_and_printable),
                cmocka_unit_test(test_denied),
                cmocka_unit_test(test_devices_only_live),
                cmocka_unit_test(test_mounted_proc_is_refused),
                cmocka_unit_test(test_no_root),
                cmocka_unit_test(test_deep_walk_ends),
                cmocka_unit_test(test_error_names),
        };

        return cmocka_run_group_tests(tests, make_root, remove_root);
}
