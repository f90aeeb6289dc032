/* Runs a fuzz target over every file of a folder, whole and cut off at every byte; prints TAP, one case a file. It is the sanitizers who see what a cut does:
 * without them, every fourth byte. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#if defined(__SANITIZE_ADDRESS__)
enum { INPUT_MAX = 1 << 16, STEP = 1 };
#else
enum { INPUT_MAX = 1 << 16, STEP = 4 };
#endif

/* The target gets a block of exactly `size` bytes, so that the address sanitizer sees a read beyond its end. */
static void run_target(const uint8_t *data, size_t size) {
        uint8_t *exact = malloc(size ? size : 1);

        if (!exact)
                abort();
        memcpy(exact, data, size);
        LLVMFuzzerTestOneInput(exact, size);
        free(exact);
}

static int replay(const char *folder, const char *name) {
        static uint8_t data[INPUT_MAX];
        char path[4096];
        size_t size;
        FILE *f;

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        f = fopen(path, "rb");
        if (!f)
                return -1;
        size = fread(data, 1, sizeof(data), f);
        fclose(f);
        for (size_t n = 0; n < size; n += STEP)
                run_target(data, n);
        run_target(data, size);
        return 0;
}

static int visible(const struct dirent *entry) {
        return entry->d_name[0] != '.';
}

int main(int argc, char **argv) {
        struct dirent **entries;
        int count, failed = 0;

        count = argc == 2 ? scandir(argv[1], &entries, visible, alphasort) : -1;
        if (count <= 0) {
                fprintf(stderr, "usage: %s FOLDER (with at least one input in it)\n", argv[0]);
                return EXIT_FAILURE;
        }
        printf("1..%d\n", count);
        for (int i = 0; i < count; i++) {
                bool ok = replay(argv[1], entries[i]->d_name) == 0;

                printf("%s %d - %s and its truncations\n", ok ? "ok" : "not ok", i + 1, entries[i]->d_name);
                fflush(stdout);
                failed += !ok;
                free(entries[i]);
        }
        free(entries);
        return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
