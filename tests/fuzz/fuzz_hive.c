/* Registry hives: the input patches a sound hive (three bytes a patch: where, where, what), in one of the styles that Windows has used. What
 * is read can be written and read back; what is refused is refused as the input's fault. */
#include "../unit/hive_maker.h"
#include "base/out.h"
#include "collect/hive/header.h"
#include "collect/hive/reader.h"
#include "fuzz.h"

/* The sound hive, made once in each style. */
static struct str sound_hive(enum made_style style) {
        static const struct made_value values[] = {
                { .key = "Select", .name = "Current", .dword = 1 },
                { .key = "ControlSet001\\Control\\Session Manager\\Memory Management", .name = "FeatureSettingsOverride", .dword = 72 },
                { .key = "ControlSet001\\Control\\ProductOptions", .name = "ProductType", .text = "WinNT" },
                { .key = "ControlSet001\\Control\\Session Manager\\Environment", .name = "PROCESSOR_IDENTIFIER", .text = "0123456789", .repeat = 1000 },
                { 0 },
        };
        static struct arena kept;
        static struct str made[MADE_STYLES];

        if (!made[style].p)
                made[style] = hive_bytes(&kept, values, style);
        return made[style];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out text = { 0 };
        struct str bytes = str_dup(&a, sound_hive((enum made_style)(size % MADE_STYLES)));
        unsigned char *p = (unsigned char *)(uintptr_t)bytes.p;
        struct evidence e, again;
        struct diag d = { 0 };
        bool dirty;

        for (size_t i = 0; i + 2 < size; i += 3)
                p[(data[i] | data[i + 1] << 8) % bytes.len] = data[i + 2];
        hive_sign(p); /* a header that nobody could tell from an honest one */
        evidence_init(&e, &a, S("fuzz"));
        if (hive_header(bytes, "fuzz", &dirty, &d) < 0 || hive_read(&e, bytes, "fuzz", &d) < 0) {
                FUZZ_PROMISE(d.text[0] && d.class == DIAG_INPUT);
                return 0;
        }
        evidence_write(&e, &text);
        FUZZ_PROMISE(evidence_parse(&again, &a, S("again"), out_text(&text), &d) == 0);
        return 0;
}
