/* Registry hives: the input patches a sound hive (three bytes a patch: where, where, what), in one of the styles that Windows has used. What
 * is read can be written and read back; what is refused is refused as the input's fault. */
#include "../unit/hive_maker.h"
#include "base/out.h"
#include "base/hive_edit.h"
#include "base/hive_header.h"
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

/* Changed, it is a hive still, and has the values; or the reason is told. */
static void edit(struct arena *a, struct str bytes) {
        static const struct str memory = STR("ControlSet001\\Control\\Session Manager\\Memory Management");
        const struct hive_change changes[] = {
                { .key = memory, .name = S("FeatureSettingsOverride"), .type = 4, .bytes = str_n("\x48\0\0\0", 4) },
                { .key = memory, .name = S("FeatureSettingsOverrideMask"), .type = 4, .bytes = str_n("\3\0\0\0", 4) },
                { .key = S("ControlSet001\\Control\\ProductOptions"), .name = S("ProductType"), .type = 1, .bytes = str_n("S\0e\0r\0v\0e\0r\0N\0T\0\0", 18) },
                { .key = S("ControlSet001\\Control\\Made\\Anew"), .name = S("x"), .type = 4, .bytes = str_n("\1\0\0\0", 4) },
                { .key = S("ControlSet001\\Control\\Session Manager\\Environment"), .name = S("PROCESSOR_IDENTIFIER"), .absent = true },
        };
        struct str new, why = { 0 };
        struct diag d = { 0 };
        bool dirty = true;

        if (hive_edit(a, bytes, changes, 5, &new, &why) < 0)
                FUZZ_PROMISE(why.len > 0);
        else
                FUZZ_PROMISE(hive_header(new, "edited", &dirty, &d) == 0 && !dirty && hive_log_pends(S("?"), new));
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
        if (hive_header(bytes, "fuzz", &dirty, &d) == 0)
                edit(&a, bytes);
        if (hive_header(bytes, "fuzz", &dirty, &d) < 0 || hive_read(&e, bytes, "fuzz", &d) < 0) {
                FUZZ_PROMISE(d.text[0] && d.class == DIAG_INPUT);
                return 0;
        }
        evidence_write(&e, &text);
        FUZZ_PROMISE(evidence_parse(&again, &a, S("again"), out_text(&text), &d) == 0);
        return 0;
}
