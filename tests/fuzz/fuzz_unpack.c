/* Archives that we read ourselves: files with sound paths and within the limits, or a refusal that says so; what is too much is never
 * allocated. */
#include "fuzz.h"
#include "platform/unpack.h"

static bool wants(void *arg, struct str path) {
        (void)arg;
        return path.len % 2 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct str bytes = str_n((const char *)data, (ptrdiff_t)size);
        struct archive_files all;
        struct diag d = { 0 };
        int64_t left = 10000;

        if (unpack_plain(&all, &a, bytes, "fuzz", &(struct archive_order){ wants, NULL, &left }, &d) < 0) {
                FUZZ_PROMISE(d.text[0] && (d.class == DIAG_INPUT || d.class == DIAG_USAGE));
                return 0;
        }
        for (ptrdiff_t i = 0; i < all.count; i++) {
                struct str path = all.items[i].path;

                FUZZ_PROMISE(path.len <= ARCHIVE_PATH_MAX && !str_starts(path, S("/")) && !str_starts(path, S("../")) && str_find(path, S("/../")) < 0);
                FUZZ_PROMISE(all.items[i].text.len <= ARCHIVE_FILE_MAX);
        }
        return 0;
}
