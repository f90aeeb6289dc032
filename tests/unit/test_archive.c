/* platform: archives of every kind, hostile ones, and what the child that reads them may not do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "archive_maker.h"
#include "platform/archive.h"
#include "platform/confine.h"
#include "../share.h"

enum { BIG = 65 << 20 };

static bool wants(void *arg, struct str path) {
        (void)arg;
        return str_find(path, S("unwanted")) < 0;
}

static const struct made two[] = { { .path = "./top/lscpu", .text = "Architecture: x86_64\n" }, { .path = "top/unwanted", .text = "x" },
                                   { .path = "top/a/b", .text = "" }, { 0 } };

static void test_kinds(void **state) {
        static const struct {
                int (*format)(struct archive *), (*filter)(struct archive *);
        } kinds[] = {
                { archive_write_set_format_pax_restricted, archive_write_add_filter_none },
                { archive_write_set_format_pax_restricted, archive_write_add_filter_gzip },
                { archive_write_set_format_pax_restricted, archive_write_add_filter_bzip2 },
                { archive_write_set_format_gnutar, archive_write_add_filter_xz },
                { archive_write_set_format_ustar, archive_write_add_filter_zstd },
                { archive_write_set_format_zip, archive_write_add_filter_none },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct str bytes = made_archive(&a, kinds[i].format, kinds[i].filter, NULL, two);
                struct archive_files all;
                struct diag d = { 0 };

                assert_true(archive_looks_like(bytes));
                if (archive_unpack(&all, &a, bytes, "x", wants, NULL, &d) < 0)
                        fail_msg("kind %zu: %s", i, d.text);
                assert_int_equal(all.count, 2);
                assert_true(str_eq(all.items[0].path, S("top/lscpu")) && str_eq(all.items[0].text, S("Architecture: x86_64\n")));
                assert_true(str_eq(all.items[1].path, S("top/a/b")) && all.items[1].text.len == 0 && all.left_out == 0);
        }
}

static void test_one_file(void **state) {
        static const struct made one[] = { { .path = "dmesg", .text = "[    0.000000] Linux version 6.1.0" }, { 0 } };
        ARENA_AUTO struct arena a = { 0 };
        struct str bytes = made_archive(&a, archive_write_set_format_raw, archive_write_add_filter_xz, NULL, one);
        struct archive_files all;
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(archive_unpack(&all, &a, bytes, "x", wants, NULL, &d), 0);
        assert_int_equal(all.count, 1);
        assert_true(all.items[0].path.len == 0 && str_eq(all.items[0].text, str_of(one[0].text)));
        assert_false(archive_looks_like(S("Architecture: x86_64")) || archive_looks_like(S("")));
}

/* ---- Hostile ones ---- */

static void test_paths(void **state) {
        static char deep[3 * ARCHIVE_DEPTH_MAX], longer[ARCHIVE_PATH_MAX + 8];
        struct made files[] = {
                { .path = "/etc/passwd", .text = "absolute" },  { .path = "a/../../etc/passwd", .text = "up" },
                { .path = "..", .text = "up" },                 { .path = "a\nb", .text = "two lines" },
                { .path = deep, .text = "deep" },               { .path = longer, .text = "long" },
                { .path = "link", .link = "/etc/passwd" },      { .path = "link/mds", .text = "below a link" },
                { .path = "hard", .hard_link = "link" },        { .path = "good", .text = "good" },
                { 0 },
        };
        ARENA_AUTO struct arena a = { 0 };
        struct archive_files all;
        struct diag d = { 0 };

        (void)state;
        for (int i = 0; i <= ARCHIVE_DEPTH_MAX; i++)
                memcpy(deep + 2 * i, "d/", 2);
        deep[2 * ARCHIVE_DEPTH_MAX + 1] = '\0';
        memset(longer, 'l', sizeof(longer) - 1);
        if (archive_unpack(&all, &a, made_archive(&a, archive_write_set_format_pax, archive_write_add_filter_gzip, NULL, files), "x", wants, NULL, &d) < 0)
                fail_msg("%s", d.text);
        assert_int_equal(all.count, 2); /* what looks as if it were below a link is a name like any other: nothing is written */
        assert_true(str_eq(all.items[0].path, S("link/mds")) && str_eq(all.items[1].path, S("good")));
        assert_int_equal(all.left_out, 6);
        assert_true(str_eq(all.left_first, S("/etc/passwd")));
}

static void assert_refused(struct arena *a, struct str bytes, const char *expected) {
        struct archive_files all;
        struct diag d = { 0 };

        assert_int_equal(archive_unpack(&all, a, bytes, "x", wants, NULL, &d), -1);
        if (!strstr(d.text, expected))
                fail_msg("expected '%s' in '%s'", expected, d.text);
        assert_int_equal(d.class, DIAG_INPUT);
}

static void test_limits(void **state) {
        static const struct made big[] = { { .path = "big", .size = BIG }, { 0 } };
        static const struct made many[] = { { .path = "a", .size = 60 << 20 }, { .path = "b", .size = 60 << 20 }, { .path = "c", .size = 60 << 20 },
                                            { .path = "d", .size = 60 << 20 }, { .path = "e", .size = 60 << 20 }, { 0 } };
        static const struct made unwanted[] = { { .path = "unwanted", .size = 400 << 20 }, { .path = "good", .text = "x" }, { 0 } };
        ARENA_AUTO struct arena a = { 0 };
        struct archive_files all;
        struct diag d = { 0 };

        (void)state;
        assert_refused(&a, made_archive(&a, archive_write_set_format_ustar, archive_write_add_filter_zstd, NULL, big), "a file of more than 64 MiB");
        assert_refused(&a, made_archive(&a, archive_write_set_format_ustar, archive_write_add_filter_zstd, NULL, many), "more than 256 MiB");
        assert_int_equal(archive_unpack(&all, &a, made_archive(&a, archive_write_set_format_ustar, archive_write_add_filter_zstd, NULL, unwanted),
                                        "x", wants, NULL, &d), 0);
        assert_int_equal(all.count, 1);
}

/* Archives that share their time: what one takes the next lacks, and none is unpacked when nothing is left. */
static void test_shared_time(void **state) {
        static const struct made unwanted[] = { { .path = "unwanted", .size = 400 << 20 }, { .path = "good", .text = "x" }, { 0 } };
        ARENA_AUTO struct arena a = { 0 };
        struct str bytes = made_archive(&a, archive_write_set_format_ustar, archive_write_add_filter_zstd, NULL, unwanted);
        struct archive_files all;
        struct diag d = { 0 };
        int64_t left = 60000;

        (void)state;
        assert_int_equal(archive_unpack_within(&all, &a, bytes, "x", &(struct archive_order){ wants, NULL, &left }, &d), 0);
        assert_int_equal(all.count, 1);
        assert_true(left < 60000);
        left = 0;
        assert_int_equal(archive_unpack_within(&all, &a, bytes, "x", &(struct archive_order){ wants, NULL, &left }, &d), -1);
        assert_int_equal(all.count, 0);
        assert_int_equal(d.class, DIAG_INPUT);
        assert_non_null(strstr(d.text, "took all the time"));
}

static void test_too_many_files(void **state) {
        struct made *files = calloc(ARCHIVE_FILES_MAX + 2, sizeof(*files));
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        for (int i = 0; i <= ARCHIVE_FILES_MAX; i++)
                files[i] = (struct made){ .path = "f" };
        assert_refused(&a, made_archive(&a, archive_write_set_format_ustar, archive_write_add_filter_zstd, NULL, files), "too many files");
        free(files);
}

static void test_encrypted(void **state) {
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        assert_refused(&a, made_archive(&a, archive_write_set_format_zip, archive_write_add_filter_none, "zip:encryption=aes256", two), "encrypted");
}

/* Cut off anywhere, or damaged anywhere: all of the files, or a refusal; never a part of them as if it were all. */
static void test_damage(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str sound[] = { made_archive(&a, archive_write_set_format_pax_restricted, archive_write_add_filter_xz, NULL, two),
                               made_archive(&a, archive_write_set_format_zip, archive_write_add_filter_none, NULL, two) };
        int refused = 0;

        (void)state;
        for (int s = 0; s < 2; s++)
                for (ptrdiff_t at = 6; at < sound[s].len; at += 5 * share_one_in()) {
                        ARENA_AUTO struct arena own = { 0 };
                        struct str cut = str_sub(sound[s], 0, at), bent = str_dup(&own, sound[s]);
                        struct archive_files all;
                        struct diag d = { 0 };

                        ((char *)(uintptr_t)bent.p)[at] ^= 0x55;
                        if (archive_unpack(&all, &own, cut, "x", wants, NULL, &d) < 0)
                                refused++;
                        else if (s == 0)
                                fail_msg("cut at %td of %td: read", at, sound[s].len);
                        d = (struct diag){ 0 };
                        if (archive_unpack(&all, &own, bent, "x", wants, NULL, &d) < 0)
                                assert_true(d.text[0] && d.class == DIAG_INPUT);
                }
        assert_true(refused > 40 / share_one_in());
}

/* ---- What the child may not do ---- */

static int crash(void *arg, int input, struct out *answer, struct diag *d) {
        (void)arg, (void)input, (void)answer, (void)d;
        __builtin_trap();
}

static int raise_signal(void *arg, int input, struct out *answer, struct diag *d) {
        (void)arg, (void)input, (void)answer, (void)d;
        raise(SIGSEGV); /* kill(2) itself is what ends it: not allowed, either */
        return 0;
}

static int open_network(void *arg, int input, struct out *answer, struct diag *d) {
        (void)arg, (void)input, (void)answer, (void)d;
        return socket(AF_INET, SOCK_STREAM, 0);
}

static int flood(void *arg, int input, struct out *answer, struct diag *d) {
        (void)arg, (void)input, (void)d;
        while (!answer->failed)
                out_c(answer, "all work and no play makes a dull reader\n");
        return 0;
}

static int signal_others(void *arg, int input, struct out *answer, struct diag *d) {
        (void)arg, (void)input, (void)answer, (void)d;
        return open("/proc/self/fd/3", O_RDWR | O_CLOEXEC) < 0 ? kill(getppid(), 0) : 0;
}

static int open_other_file(void *arg, int input, struct out *answer, struct diag *d) {
        (void)arg, (void)input, (void)d;
        out_c(answer, open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 ? "no other file" : "another file");
        return 0;
}

static int complain(void *arg, int input, struct out *answer, struct diag *d) {
        (void)arg, (void)input, (void)answer;
        return diag_fail(d, "not to my taste");
}

static int answer_well(void *arg, int input, struct out *answer, struct diag *d) {
        char text[16] = { 0 };

        (void)arg, (void)d;
        out_bytes(answer, text, read(input, text, sizeof(text)));
        return 0;
}

static int run(int (*work)(void *arg, int input, struct out *answer, struct diag *d), struct arena *a, struct str *answer, struct diag *d) {
        return confine(&(struct confinement){ .name = "x", .work = work, .seconds = 5, .answer_max = 1 << 20 }, S("abc"), a, answer, d);
}

static void test_confined(void **state) {
        static const struct {
                int (*work)(void *arg, int input, struct out *answer, struct diag *d);
                const char *message;
        } rows[] = {
                { .work = crash, .message = "'x' is damaged: reading it was stopped by signal" },
                { .work = raise_signal, .message = "cannot read 'x': what unpacks it was stopped, because it asked for what it may not do" },
                { .work = open_network, .message = "cannot read 'x': what unpacks it was stopped, because it asked for what it may not do" },
                { .work = signal_others, .message = "cannot read 'x': what unpacks it was stopped, because it asked for what it may not do" },
                { .work = flood, .message = "'x' is damaged: reading it took too long or gave too much" },
                { .work = complain, .message = "not to my taste" },
        };
        void (*handler)(int) = signal(SIGILL, SIG_DFL); /* the test library's own would ask for more in the child */
        ARENA_AUTO struct arena a = { 0 };
        struct diag d = { 0 };
        struct str answer;

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                d = (struct diag){ 0 };
                assert_int_equal(run(rows[i].work, &a, &answer, &d), -1);
                if (!strstr(d.text, rows[i].message))
                        fail_msg("row %zu: expected '%s', not '%s'", i, rows[i].message, d.text);
        }
        assert_int_equal(run(answer_well, &a, &answer, &d), 0);
        assert_true(str_eq(answer, S("abc")));
        assert_int_equal(run(open_other_file, &a, &answer, &d), 0);
        assert_true(str_eq(answer, S("no other file")));
        (void)signal(SIGILL, handler);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_kinds),          cmocka_unit_test(test_one_file),  cmocka_unit_test(test_paths),
                cmocka_unit_test(test_limits),         cmocka_unit_test(test_too_many_files), cmocka_unit_test(test_encrypted),
                cmocka_unit_test(test_damage),         cmocka_unit_test(test_confined),      cmocka_unit_test(test_shared_time),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
