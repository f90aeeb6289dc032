/* Registry hives: the input patches a sound hive (three bytes a patch: where, where, what); whatever libhivex does with the
 * result, this process goes on and says what happened. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../unit/hive_maker.h"
#include "collect/hive/confine.h"
#include "collect/hive/header.h"
#include "collect/hive/reader.h"
#include "fuzz.h"

enum { HIVE_MAX = 1 << 16, CHECKSUM = 0x1fc };

/* The sound hive, made once. */
static struct str sound_hive(void) {
        static const struct made_value values[] = {
                { .key = "Select", .name = "Current", .dword = 1 },
                { .key = "ControlSet001\\Control\\Session Manager\\Memory Management", .name = "FeatureSettingsOverride", .dword = 72 },
                { .key = "ControlSet001\\Control\\ProductOptions", .name = "ProductType", .text = "WinNT" },
                { 0 },
        };
        static char bytes[HIVE_MAX];
        static ptrdiff_t len;

        if (len == 0) {
                char path[] = "/tmp/sidelight-fuzz-XXXXXX";
                int fd = mkstemp(path);

                hive_make(path, values); /* rewrites the file in place */
                len = read(fd, bytes, sizeof(bytes));
                close(fd);
                unlink(path);
                FUZZ_PROMISE(len > 0);
        }
        return str_n(bytes, len);
}

/* As Windows would: a header that nobody could tell from an honest one. */
static void sign(unsigned char *p) {
        for (int byte = 0; byte < 4; byte++) {
                p[CHECKSUM + byte] = 0;
                for (int at = byte; at < CHECKSUM; at += 4)
                        p[CHECKSUM + byte] ^= p[at];
        }
}

static int read_hive(const char *path, const char *name, struct out *answer, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;

        evidence_init(&e, &a, S("fuzz"));
        if (hive_read(&e, path, name, d) < 0)
                return -1;
        evidence_write(&e, answer);
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct str bytes = str_dup(&a, sound_hive()), answer;
        unsigned char *p = (unsigned char *)(uintptr_t)bytes.p;
        struct evidence e;
        struct diag d = { 0 };
        bool dirty;

        for (size_t i = 0; i + 2 < size; i += 3)
                p[(data[i] | data[i + 1] << 8) % bytes.len] = data[i + 2];
        sign(p);
        if (hive_header(bytes, "fuzz", &dirty, &d) < 0 || confine(read_hive, bytes, "fuzz", &a, &answer, &d) < 0)
                FUZZ_PROMISE(d.text[0] && d.class == DIAG_INPUT);
        else
                FUZZ_PROMISE(evidence_parse(&e, &a, S("fuzz"), answer, &d) == 0);
        return 0;
}
