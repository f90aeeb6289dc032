/* platform/replace.h: whatever goes wrong, the user's file stays as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "platform/replace.h"

static char folder[64];

/* A path in the folder; good until the third next call. */
static const char *in_folder(const char *name) {
        static char paths[3][256];
        static int n;

        n = (n + 1) % 3;
        (void)snprintf(paths[n], sizeof(paths[n]), "%s/%s", folder, name);
        return paths[n];
}

static int set_up(void **state) {
        (void)state;
        (void)snprintf(folder, sizeof(folder), "/tmp/sidelight-replace.XXXXXX");
        (void)umask(022);
        (void)signal(SIGXFSZ, SIG_IGN); /* as program_start does */
        return mkdtemp(folder) ? chmod(folder, 0777) : -1;
}

static int count_entries(void) {
        DIR *d = opendir(folder);
        int n = 0;

        assert_non_null(d);
        while (readdir(d))
                n++;
        closedir(d);
        return n - 2; /* "." and ".." */
}

static int tear_down(void **state) {
        DIR *d = opendir(folder);
        const struct dirent *e;

        (void)state;
        while (d && (e = readdir(d)))
                (void)remove(in_folder(e->d_name));
        if (d)
                closedir(d);
        return rmdir(folder);
}

static void write_plainly(const char *path, const char *text, mode_t mode) {
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), (int)strlen(text));
        assert_int_equal(fchmod(fd, mode), 0);
        close(fd);
}

static void assert_holds(const char *path, const char *text) {
        char got[256] = { 0 };
        int fd = open(path, O_RDONLY);

        assert_true(fd >= 0);
        assert_true(read(fd, got, sizeof(got) - 1) >= 0);
        close(fd);
        assert_string_equal(got, text);
}

/* Refused with a message that says `why`, and no trace left. */
static void assert_refused(const char *path, struct str text, const char *why) {
        ARENA_AUTO struct arena a = { 0 };
        struct diag d = { 0 };
        int before = count_entries();

        assert_int_equal(replace_file(path, text, &a, &d), -1);
        if (!strstr(d.text, why) || !strstr(d.text, path))
                fail_msg("'%s' is told as '%s', not '%s'", path, d.text, why);
        assert_int_equal(count_entries(), before);
}

static void assert_replaced(const char *path, const char *text) {
        ARENA_AUTO struct arena a = { 0 };
        struct diag d = { 0 };

        if (replace_file(path, str_of(text), &a, &d) < 0)
                fail_msg("%s", d.text);
        assert_holds(path, text);
}

static void test_new(void **state) {
        struct stat st;

        (void)state;
        assert_replaced(in_folder("new"), "one\n");
        assert_int_equal(stat(in_folder("new"), &st), 0);
        assert_int_equal(st.st_mode & 07777, 0644);
        assert_int_equal(count_entries(), 1);
}

static void test_keeps_mode_and_owner(void **state) {
        struct stat st;

        (void)state;
        write_plainly(in_folder("old"), "old\n", 04750);
        if (geteuid() == 0)
                assert_int_equal(chown(in_folder("old"), 1234, 5678), 0);
        assert_int_equal(chmod(in_folder("old"), 04750), 0);
        assert_replaced(in_folder("old"), "new\n");
        assert_int_equal(stat(in_folder("old"), &st), 0);
        assert_int_equal(st.st_mode & 07777, 04750);
        if (geteuid() == 0)
                assert_true(st.st_uid == 1234 && st.st_gid == 5678);
        assert_int_equal(count_entries(), 1);
}

/* Lists of who may read, as the kernel keeps them: version 2, then tag, permissions and id of each entry. */
#define ENTRY(tag, permissions, id) (tag), 0, (permissions), 0, (id) & 0xff, (id) >> 8 & 0xff, (id) >> 16 & 0xff, (id) >> 24
#define ACL "system.posix_acl_access"
#define ACL_OF_FOLDER "system.posix_acl_default"
static const unsigned char list[] = { 2, 0, 0, 0, ENTRY(1, 6, 0xffffffffu), ENTRY(2, 4, 65534u), ENTRY(4, 0, 0xffffffffu),
                                      ENTRY(16, 4, 0xffffffffu), ENTRY(32, 0, 0xffffffffu) };

static bool lists_kept_here(const char *path) {
        if (setxattr(path, ACL, list, sizeof(list), 0) == 0)
                return true;
        assert_int_equal(errno, ENOTSUP);
        return false;
}

/* The mode of a file with a list shows the most that anybody in it may: without the list its group would get that. */
static void test_keeps_list(void **state) {
        unsigned char got[128];
        struct stat st;

        (void)state;
        write_plainly(in_folder("old"), "old\n", 0640);
        if (!lists_kept_here(in_folder("old")))
                skip();
        assert_int_equal(setxattr(in_folder("old"), "user.note", "x", 1, 0), 0);
        assert_replaced(in_folder("old"), "new\n");
        assert_int_equal(getxattr(in_folder("old"), ACL, got, sizeof(got)), sizeof(list));
        assert_memory_equal(got, list, sizeof(list));
        assert_int_equal(getxattr(in_folder("old"), "user.note", got, sizeof(got)), 1);
        assert_int_equal(stat(in_folder("old"), &st), 0);
        assert_int_equal(st.st_mode & 07777, 0640);
}

/* A folder's list for new files lets nobody into an old one. */
static void test_folder_adds_nobody(void **state) {
        unsigned char got[128];

        (void)state;
        write_plainly(in_folder("old"), "old\n", 0640);
        if (!lists_kept_here(in_folder("old")))
                skip();
        assert_int_equal(removexattr(in_folder("old"), ACL), 0);
        assert_int_equal(setxattr(folder, ACL_OF_FOLDER, list, sizeof(list), 0), 0);
        assert_replaced(in_folder("old"), "new\n");
        assert_true(getxattr(in_folder("old"), ACL, got, sizeof(got)) < 0 && errno == ENODATA);
        assert_replaced(in_folder("new"), "new\n");
        assert_true(getxattr(in_folder("new"), ACL, got, sizeof(got)) > 0); /* a new file is as its folder says */
}

static void test_refuses_what_is_no_file(void **state) {
        struct stat st;

        (void)state;
        write_plainly(in_folder("target"), "kept\n", 0644);
        assert_int_equal(symlink("target", in_folder("link")), 0);
        assert_int_equal(symlink("nowhere", in_folder("dangling")), 0);
        assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
        assert_refused(in_folder("link"), S("x"), "symbolic link");
        assert_refused(in_folder("dangling"), S("x"), "symbolic link");
        assert_refused(in_folder("fifo"), S("x"), "not a regular file");
        assert_refused("/dev/full", S("x"), "not a regular file");
        assert_refused(folder, S("x"), "it is a folder");
        assert_refused(in_folder(""), S("x"), "it is a folder");
        assert_refused(in_folder("no/such"), S("x"), "No such file");
        assert_refused(in_folder("target/x"), S("x"), "Not a directory");
        assert_holds(in_folder("target"), "kept\n");
        assert_int_equal(lstat(in_folder("link"), &st), 0);
        assert_true(S_ISLNK(st.st_mode));
}

/* Each runs in a process of its own, with what it takes away from itself. */
static void in_child(void (*work)(void)) {
        pid_t child = fork();
        int status;

        assert_true(child >= 0);
        if (child == 0) {
                work();
                _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void expect_refusal(const char *path, ptrdiff_t size, const char *why) {
        struct arena a = { 0 };
        struct diag d = { 0 };
        char *text = arena_bytes(&a, size);

        memset(text, 'x', (size_t)size);
        if (replace_file(path, str_n(text, size), &a, &d) != -1 || !strstr(d.text, why)) {
                (void)fprintf(stderr, "# '%s', not '%s'\n", d.text, why);
                _exit(1);
        }
}

static void without_room(void) {
        (void)setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 4096, 4096 });
        expect_refusal(in_folder("old"), 1 << 20, "File too large");
        expect_refusal(in_folder("new"), 1 << 20, "File too large");
}

static void test_no_room_leaves_the_old(void **state) {
        (void)state;
        write_plainly(in_folder("old"), "precious\n", 0640);
        in_child(without_room);
        assert_holds(in_folder("old"), "precious\n");
        assert_int_equal(count_entries(), 1);
}

static void as_nobody(void) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
                _exit(1);
        if (geteuid() != 0 && getuid() != 65534)
                return; /* not root: the files are ours */
        expect_refusal(in_folder("theirs"), 1, "belongs to another user");
        expect_refusal(in_folder("closed"), 1, "Permission denied");
}

static void in_closed_folder(void) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
                _exit(1);
        expect_refusal(in_folder("theirs"), 1, "Permission denied");
        expect_refusal(in_folder("new"), 1, "Permission denied");
}

static void test_permissions(void **state) {
        (void)state;
        write_plainly(in_folder("theirs"), "theirs\n", 0666);
        write_plainly(in_folder("closed"), "closed\n", 0444);
        in_child(as_nobody);
        assert_int_equal(chmod(folder, 0555), 0);
        in_child(in_closed_folder);
        assert_int_equal(chmod(folder, 0777), 0);
        assert_holds(in_folder("theirs"), "theirs\n");
        assert_holds(in_folder("closed"), "closed\n");
        assert_int_equal(count_entries(), 2);
}

static void test_abandoned(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct replacement r;
        struct diag d = { 0 };

        (void)state;
        write_plainly(in_folder("old"), "old\n", 0644);
        assert_int_equal(replace_begin(&r, &a, in_folder("old"), &d), 0);
        assert_true(replace_write(&r, "new", 3));
        assert_holds(in_folder("old"), "old\n");
        replace_abandon(&r);
        replace_abandon(&r);
        assert_holds(in_folder("old"), "old\n");
        assert_int_equal(count_entries(), 1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_new, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_keeps_mode_and_owner, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_keeps_list, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_folder_adds_nobody, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_refuses_what_is_no_file, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_no_room_leaves_the_old, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_permissions, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_abandoned, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
