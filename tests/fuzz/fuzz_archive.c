/* Archives: whatever the bytes are, this process goes on; it gets files with sound paths, or a refusal that says so. */
#include "fuzz.h"
#include "platform/archive.h"

static bool wants(void *arg, struct str path) {
        (void)arg;
        return path.len % 2 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct str bytes = str_n((const char *)data, (ptrdiff_t)size);
        struct archive_files all;
        struct diag d = { 0 };

        if (!archive_looks_like(bytes))
                return 0;
        if (archive_unpack(&all, &a, bytes, "fuzz", wants, NULL, &d) < 0) {
                FUZZ_PROMISE(d.text[0] && d.class == DIAG_INPUT);
                return 0;
        }
        for (ptrdiff_t i = 0; i < all.count; i++) {
                struct str path = all.items[i].path;

                FUZZ_PROMISE(path.len <= ARCHIVE_PATH_MAX && !str_starts(path, S("/")) && !str_starts(path, S("../")) && str_find(path, S("/../")) < 0);
                FUZZ_PROMISE(all.items[i].text.len <= ARCHIVE_FILE_MAX);
        }
        return 0;
}
