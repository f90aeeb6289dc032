#include "platform/unpack.h"

#include <time.h>

int64_t unpack_clock(void) {
        return (int64_t)((double)clock() * 1000 / CLOCKS_PER_SEC);
}

const char *unpack_count(struct unpacked *u) {
        return ++u->entries > ARCHIVE_ENTRIES_MAX ? "it holds too many files" : NULL;
}

static void leave_out(struct unpacked *u, struct str path) {
        ptrdiff_t n = path.len < ARCHIVE_PATH_MAX ? path.len : ARCHIVE_PATH_MAX;
        char *text;

        if (u->files->left_out++ > 0)
                return;
        text = arena_bytes(u->arena, n + 1);
        for (ptrdiff_t i = 0; i < n; i++)
                text[i] = (unsigned char)path.p[i] < 0x20 || path.p[i] == 0x7f ? '?' : path.p[i];
        u->files->left_first = str_n(text, n);
}

bool unpack_wants(struct unpacked *u, struct str *path) {
        while (str_starts(*path, S("./")))
                *path = str_from(*path, 2);
        if (!archive_path_is_sound(*path)) {
                leave_out(u, *path);
                return false;
        }
        return u->wants(u->arg, *path);
}

const char *unpack_room(struct unpacked *u, uint64_t size, char **ret) {
        if (u->files->count >= ARCHIVE_FILES_MAX)
                return "it holds too many files";
        if (size > ARCHIVE_FILE_MAX)
                return "it holds a file of more than 64 MiB";
        if (size > (uint64_t)(ARCHIVE_ALL_MAX - u->bytes))
                return "its files are more than 256 MiB";
        u->bytes += (ptrdiff_t)size;
        *ret = arena_bytes(u->arena, (ptrdiff_t)size + 1);
        return NULL;
}

void unpack_keep(struct unpacked *u, struct str path, struct str text) {
        *arena_append(u->arena, u->files) = (struct archive_file){ .path = str_dup(u->arena, path), .text = text };
}

/* What packs it that zlib does not know. */
static const char *other_packer(struct str bytes) {
        static const struct {
                struct str magic;
                const char *name;
        } rows[] = { { STR("BZh"), "bzip2" }, { STR("\xfd" "7zXZ\0"), "xz" }, { STR("\x28\xb5\x2f\xfd"), "zstd" } };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_starts(bytes, rows[i].magic))
                        return rows[i].name;
        return NULL;
}

int unpack_plain(struct archive_files *ret, struct arena *a, struct str bytes, const char *name,
                 const struct archive_order *order, struct diag *d) {
        int64_t begin = unpack_clock();
        struct unpacked u = { .files = ret, .arena = a, .wants = order->wants, .arg = order->arg, .deadline = begin + *order->milliseconds };
        const char *packer = other_packer(bytes), *wrong;

        *ret = (struct archive_files){ 0 };
        if (packer)
                return diag_fail_class(d, DIAG_USAGE, "'%s' is packed with %s, which this program cannot unpack: unpack it, and give the folder "
                                                      "(or the file) instead; zip, tar and gzip it can", name, packer);
        if (*order->milliseconds <= 0)
                return diag_fail_class(d, DIAG_INPUT, "'%s' is not unpacked: what stands before it in the same archive took all the time there is for it", name);
        wrong = str_starts(bytes, S("PK")) ? unpack_zip(&u, bytes) : unpack_tar_or_file(&u, bytes);
        *order->milliseconds -= unpack_clock() - begin;
        if (!wrong)
                return 0;
        *ret = (struct archive_files){ 0 };
        return diag_fail_class(d, DIAG_INPUT, "cannot unpack '%s': %s", name, wrong);
}
