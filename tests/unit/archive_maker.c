#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <archive_entry.h>

#include "archive_maker.h"

static char zeros[1 << 16];

static void add(struct archive *w, const struct made *m) {
        struct archive_entry *entry = archive_entry_new();
        int64_t size = m->size ? m->size : m->text ? (int64_t)strlen(m->text) : 0;

        archive_entry_set_pathname(entry, m->path);
        archive_entry_set_filetype(entry, m->link ? AE_IFLNK : AE_IFREG);
        archive_entry_set_perm(entry, 0600);
        archive_entry_set_size(entry, m->link || m->hard_link ? 0 : size);
        if (m->link)
                archive_entry_set_symlink(entry, m->link);
        if (m->hard_link)
                archive_entry_set_hardlink(entry, m->hard_link);
        assert_true(archive_write_header(w, entry) >= ARCHIVE_WARN);
        for (int64_t at = 0; m->size && at < size; at += (int64_t)sizeof(zeros))
                archive_write_data(w, zeros, sizeof(zeros));
        if (m->text)
                archive_write_data(w, m->text, strlen(m->text));
        archive_entry_free(entry);
}

struct str made_archive(struct arena *a, int (*format)(struct archive *), int (*filter)(struct archive *), const char *options,
                        const struct made *files) {
        struct archive *w = archive_write_new();
        char *bytes = arena_bytes(a, MADE_ARCHIVE_MAX);
        size_t used = 0;

        assert_int_equal(format(w), ARCHIVE_OK);
        assert_int_equal(filter(w), ARCHIVE_OK);
        if (options)
                assert_int_equal(archive_write_set_options(w, options), ARCHIVE_OK);
        if (options)
                archive_write_set_passphrase(w, "secret");
        assert_int_equal(archive_write_open_memory(w, bytes, MADE_ARCHIVE_MAX, &used), ARCHIVE_OK);
        for (; files->path; files++)
                add(w, files);
        assert_int_equal(archive_write_close(w), ARCHIVE_OK);
        archive_write_free(w);
        return str_n(bytes, (ptrdiff_t)used);
}
