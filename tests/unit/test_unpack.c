/* platform: archives read by ourselves give what libarchive gives; damaged ones give nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "archive_maker.h"
#include "platform/unpack.h"
#include "../share.h"

enum { ROUNDS = 400, FILES = 12, TEXT_MAX = 3000, NAME_MAX_MADE = 300, MS = 60000 };

static uint64_t state = 20261128;

static int any(int n) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (int)((state >> 33) % (uint64_t)n);
}

static bool wants(void *arg, struct str path) {
        (void)arg;
        return str_find(path, S("unwanted")) < 0;
}

static int unpack(struct archive_files *ret, struct arena *a, struct str bytes, struct diag *d) {
        int64_t left = MS;

        return unpack_plain(ret, a, bytes, "x", &(struct archive_order){ wants, NULL, &left }, d);
}

static const struct kind {
        int (*format)(struct archive *), (*filter)(struct archive *);
        bool summed; /* every byte of a file is under a checksum */
} kinds[] = {
        { archive_write_set_format_v7tar, archive_write_add_filter_none, false },
        { archive_write_set_format_ustar, archive_write_add_filter_none, false },
        { archive_write_set_format_ustar, archive_write_add_filter_gzip, true },
        { archive_write_set_format_gnutar, archive_write_add_filter_gzip, true },
        { archive_write_set_format_pax, archive_write_add_filter_none, false },
        { archive_write_set_format_pax_restricted, archive_write_add_filter_gzip, true },
        { archive_write_set_format_zip, archive_write_add_filter_none, true },
};

/* ---- The same as libarchive ---- */

static char *made_name(struct arena *a, bool short_one) {
        static const char *const odd[] = { "./", "../", "/", "a/../", "unwanted/", "\xc3\xa4/", "" };
        int n = any(short_one || any(4) ? 40 : NAME_MAX_MADE), at;
        char *name = arena_bytes(a, n + 64);

        at = snprintf(name, 64, "%s", any(5) ? "" : odd[any(7)]);
        for (int i = 0; i < n; i++, at++)
                name[at] = any(12) ? (char)('a' + any(26)) : i > 0 && name[at - 1] != '/' ? '/' : '_';
        name[at++] = 'x';
        name[at] = '\0';
        return name;
}

static char *made_text(struct arena *a) {
        int n = any(3) ? any(40) : any(TEXT_MAX);
        char *text = arena_bytes(a, n + 1);
        bool dull = any(2);

        for (int i = 0; i < n; i++)
                text[i] = dull ? 'a' : (char)('!' + any(90));
        text[n] = '\0';
        return text;
}

static void make_files(struct arena *a, struct made *files, bool short_names) {
        int n = any(FILES);

        memset(files, 0, (FILES + 1) * sizeof(*files));
        for (int i = 0; i < n; i++) {
                files[i].path = made_name(a, short_names);
                if (!any(6))
                        files[i].link = "/etc/passwd";
                else if (!any(8) && i > 0)
                        files[i].hard_link = files[0].path;
                else
                        files[i].text = made_text(a);
        }
}

static void assert_same(const struct archive_files *own, const struct archive_files *theirs, size_t kind, int round) {
        if (own->count != theirs->count || own->left_out != theirs->left_out || !str_eq(own->left_first, theirs->left_first))
                fail_msg("kind %zu, round %d: %td files and %td left out, not %td and %td", kind, round, own->count, own->left_out,
                         theirs->count, theirs->left_out);
        for (ptrdiff_t i = 0; i < own->count; i++)
                if (!str_eq(own->items[i].path, theirs->items[i].path) || !str_eq(own->items[i].text, theirs->items[i].text))
                        fail_msg("kind %zu, round %d: '%.*s' is not '%.*s', or holds something else", kind, round, STR_ARG(own->items[i].path),
                                 STR_ARG(theirs->items[i].path));
}

static void test_like_libarchive(void **unused) {
        ptrdiff_t compared = 0;

        (void)unused;
        for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
                for (int round = 0; round < ROUNDS / 4; round += share_one_in()) {
                        ARENA_AUTO struct arena a = { 0 };
                        struct made files[FILES + 1];
                        struct archive_files own, theirs;
                        struct diag d = { 0 }, ignored = { 0 };
                        struct str bytes;

                        make_files(&a, files, k < 3);
                        bytes = made_archive(&a, kinds[k].format, kinds[k].filter, NULL, files);
                        if (unpack(&own, &a, bytes, &d) < 0)
                                fail_msg("kind %zu, round %d: %s", k, round, d.text);
                        if (!archive_looks_like(bytes)) /* a tar from before ustar, by its bytes alone, or one that holds nothing */
                                continue;
                        if (archive_unpack(&theirs, &a, bytes, "x", wants, NULL, &ignored) < 0)
                                fail_msg("kind %zu, round %d: libarchive: %s", k, round, ignored.text);
                        assert_same(&own, &theirs, k, round);
                        compared += own.count;
                }
        assert_true(compared > ROUNDS / share_one_in());
}

static void test_one_file(void **unused) {
        static const struct made one[] = { { .path = "dmesg", .text = "[    0.000000] Linux version 6.1.0" }, { 0 } };
        ARENA_AUTO struct arena a = { 0 };
        struct str bytes = made_archive(&a, archive_write_set_format_raw, archive_write_add_filter_gzip, NULL, one), twice;
        struct archive_files all;
        struct diag d = { 0 };

        (void)unused;
        assert_int_equal(unpack(&all, &a, bytes, &d), 0);
        assert_int_equal(all.count, 1);
        assert_true(all.items[0].path.len == 0 && str_eq(all.items[0].text, str_of(one[0].text)));
        twice = str_cat(&a, bytes, bytes);
        assert_int_equal(unpack(&all, &a, twice, &d), 0);
        assert_int_equal(all.items[0].text.len, 2 * (ptrdiff_t)strlen(one[0].text));
}

/* ---- Damage ---- */

static const struct made sound[] = { { .path = "top/lscpu", .text = "Architecture: x86_64\nVendor ID: GenuineIntel\n" }, { .path = "top/a/b", .text = "" },
                                     { .path = "top/c", .text = "Vulnerable\n" }, { 0 } };

static bool is_sound_file(const struct archive_file *f) {
        for (const struct made *m = sound; m->path; m++)
                if (str_eq(f->text, str_of(m->text)))
                        return true;
        return false;
}

/* Cut off anywhere it is refused, but where nothing but padding is lost; changed anywhere it is refused, or what is under a checksum is as it was. */
static void test_damage(void **unused) {
        int refused = 0;

        (void)unused;
        for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
                ARENA_AUTO struct arena a = { 0 };
                struct str bytes = made_archive(&a, kinds[k].format, kinds[k].filter, NULL, sound);

                for (ptrdiff_t at = 0; at < bytes.len; at += share_one_in()) {
                        ARENA_AUTO struct arena own = { 0 };
                        struct str bent = str_dup(&own, bytes);
                        struct archive_files all;
                        struct diag d = { 0 };

                        ((char *)(uintptr_t)bent.p)[at] ^= (char)(1 << any(8));
                        if (unpack(&all, &own, str_sub(bytes, 0, at), &d) < 0)
                                refused++;
                        else
                                assert_int_equal(all.count, 3);
                        d = (struct diag){ 0 };
                        if (unpack(&all, &own, bent, &d) < 0)
                                assert_true(d.text[0] && (d.class == DIAG_INPUT || at < 6));
                        for (ptrdiff_t i = 0; kinds[k].summed && i < all.count; i++)
                                assert_true(is_sound_file(&all.items[i]) || at < 10);
                }
        }
        assert_true(refused > 1000 / share_one_in());
}

static void assert_refused(struct arena *a, struct str bytes, enum diag_class class, const char *expected) {
        struct archive_files all;
        struct diag d = { 0 };

        assert_int_equal(unpack(&all, a, bytes, &d), -1);
        if (!strstr(d.text, expected))
                fail_msg("expected '%s' in '%s'", expected, d.text);
        assert_int_equal(d.class, class);
        assert_int_equal(all.count, 0);
}

static void test_refused(void **unused) {
        static const struct made big[] = { { .path = "big", .size = 65 << 20 }, { 0 } };
        static const struct made many[] = { { .path = "a", .size = 60 << 20 }, { .path = "b", .size = 60 << 20 }, { .path = "c", .size = 60 << 20 },
                                            { .path = "d", .size = 60 << 20 }, { .path = "e", .size = 60 << 20 }, { 0 } };
        static const struct made unwanted[] = { { .path = "unwanted", .size = 400 << 20 }, { .path = "good", .text = "x" }, { 0 } };
        ARENA_AUTO struct arena a = { 0 };
        struct archive_files all;
        struct diag d = { 0 };
        struct str bytes = made_archive(&a, archive_write_set_format_ustar, archive_write_add_filter_gzip, NULL, unwanted);
        int64_t left = 0;

        (void)unused;
        assert_refused(&a, made_archive(&a, archive_write_set_format_ustar, archive_write_add_filter_gzip, NULL, big), DIAG_INPUT, "more than 64 MiB");
        assert_refused(&a, made_archive(&a, archive_write_set_format_zip, archive_write_add_filter_none, NULL, big), DIAG_INPUT, "more than 64 MiB");
        assert_refused(&a, made_archive(&a, archive_write_set_format_ustar, archive_write_add_filter_gzip, NULL, many), DIAG_INPUT, "more than 256 MiB");
        assert_refused(&a, made_archive(&a, archive_write_set_format_zip, archive_write_add_filter_none, "zip:encryption=aes256", sound), DIAG_INPUT,
                       "it is encrypted");
        assert_refused(&a, made_archive(&a, archive_write_set_format_ustar, archive_write_add_filter_xz, NULL, sound), DIAG_USAGE, "packed with xz");
        assert_refused(&a, made_archive(&a, archive_write_set_format_ustar, archive_write_add_filter_bzip2, NULL, sound), DIAG_USAGE, "packed with bzip2");
        assert_refused(&a, made_archive(&a, archive_write_set_format_ustar, archive_write_add_filter_zstd, NULL, sound), DIAG_USAGE, "packed with zstd");
        assert_refused(&a, S("nothing like it"), DIAG_INPUT, "damaged");
        assert_int_equal(unpack(&all, &a, bytes, &d), 0);
        assert_int_equal(all.count, 1);
        assert_int_equal(unpack_plain(&all, &a, bytes, "x", &(struct archive_order){ wants, NULL, &left }, &d), -1);
        assert_non_null(strstr(d.text, "took all the time"));
        left = 1;
        d = (struct diag){ 0 };
        assert_int_equal(unpack_plain(&all, &a, bytes, "x", &(struct archive_order){ wants, NULL, &left }, &d), -1);
        assert_non_null(strstr(d.text, "takes too long"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_like_libarchive), cmocka_unit_test(test_one_file), cmocka_unit_test(test_damage), cmocka_unit_test(test_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
