/* guidance/registry_value: every value that Microsoft's articles name, computed; and nothing given up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/registry_value.h"

#define FLAWS(...) { .items = (const struct str[]){ __VA_ARGS__ }, .count = sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str) }

static const struct row {
        const char *what;
        struct registry_choice choice;
        uint32_t value;
} rows[] = {
        { .what = "Spectre v2 and Meltdown, anywhere", .choice = { .vendor = STR("intel"), .flaws = FLAWS(STR("spectre-v2"), STR("meltdown")) }, .value = 0 },
        { .what = "the same where both were switched off",
          .choice = { .vendor = STR("intel"), .current = 3, .current_mask = 3, .flaws = FLAWS(STR("spectre-v2"), STR("meltdown")) }, .value = 0 },
        { .what = "Meltdown alone; branch target injection stays as the administrator left it",
          .choice = { .vendor = STR("intel"), .current = 3, .current_mask = 3, .flaws = FLAWS(STR("meltdown")) }, .value = 1 },
        { .what = "… but a bit that no mask let count is not made to count",
          .choice = { .vendor = STR("intel"), .current = 3, .current_mask = 2, .flaws = FLAWS(STR("meltdown")) }, .value = 0 },
        { .what = "speculative store bypass", .choice = { .vendor = STR("intel"), .flaws = FLAWS(STR("ssb")) }, .value = 0x8 },
        { .what = "Intel, with hyper-threading", .choice = { .vendor = STR("intel"), .keep_smt = true, .flaws = FLAWS(STR("mds"), STR("l1tf"), STR("ssb")) }, .value = 0x48 },
        { .what = "Intel, without", .choice = { .vendor = STR("intel"), .flaws = FLAWS(STR("mds")) }, .value = 0x2048 },
        { .what = "Intel, everything, with hyper-threading",
          .choice = { .vendor = STR("intel"), .keep_smt = true, .flaws = FLAWS(STR("taa"), STR("bhi"), STR("gds")) }, .value = 0x800048 },
        { .what = "Intel, everything, without", .choice = { .vendor = STR("intel"), .flaws = FLAWS(STR("mmio-stale-data"), STR("bhi")) }, .value = 0x802048 },
        { .what = "AMD, Spectre v2 in full", .choice = { .vendor = STR("amd"), .flaws = FLAWS(STR("spectre-v2")) }, .value = 0x40 },
        { .what = "AMD, and store bypass", .choice = { .vendor = STR("amd"), .flaws = FLAWS(STR("spectre-v2"), STR("ssb")) }, .value = 0x48 },
        { .what = "AMD, branch type confusion", .choice = { .vendor = STR("amd"), .flaws = FLAWS(STR("retbleed")) }, .value = 0x1000040 },
        { .what = "AMD, SRSO", .choice = { .vendor = STR("amd"), .flaws = FLAWS(STR("srso")) }, .value = 0x4000040 },
        { .what = "AMD, both", .choice = { .vendor = STR("amd"), .flaws = FLAWS(STR("retbleed"), STR("srso")) }, .value = 0x5000040 },
        { .what = "MDS is Intel's", .choice = { .vendor = STR("amd"), .flaws = FLAWS(STR("mds")) }, .value = 0 },
        { .what = "gather data sampling switched on again", .choice = { .vendor = STR("intel"), .current = 0x2000048, .current_mask = 3, .keep_smt = true, .flaws = FLAWS(STR("gds")) }, .value = 0x48 },
        { .what = "what is asked for already stays", .choice = { .vendor = STR("intel"), .current = 0x802048, .current_mask = 3, .keep_smt = true, .flaws = FLAWS(STR("ssb")) }, .value = 0x802048 },
        { .what = "bits of unknown meaning stay", .choice = { .vendor = STR("intel"), .current = 0x400, .current_mask = 0x400, .flaws = FLAWS(STR("ssb")) }, .value = 0x408 },
};

static void test_values(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (registry_value(&catalog_builtin, &rows[i].choice) != rows[i].value)
                        fail_msg("%s: 0x%x, expected 0x%x", rows[i].what, (unsigned)registry_value(&catalog_builtin, &rows[i].choice),
                                 (unsigned)rows[i].value);
}

/* From any start, for any one flaw: what was switched on stays on, what was not off does not become so. */
static void test_never_lowers(void **state) {
        static const struct str vendors[] = { STR("intel"), STR("amd"), STR("other") };

        (void)state;
        for (uint32_t start = 0; start < 1u << 11; start++) {
                static const uint8_t known[] = { 0, 1, 3, 6, 10, 13, 23, 24, 25, 26, 31 };
                struct registry_choice choice = { .current_mask = 3, .keep_smt = start & 1 };
                const uint32_t off = 1u << 0 | 1u << 1 | 1u << 25;

                for (int n = 0; n < 11; n++)
                        choice.current |= (start >> n & 1) << known[n];
                for (uint32_t f = 0; f < catalog_builtin.flaw_count; f++) {
                        struct str id = T(catalog_builtin.flaws[f].id);
                        uint32_t value;

                        choice.vendor = vendors[(start + f) % 3];
                        choice.flaws = (struct str_list){ .items = &id, .count = 1 };
                        value = registry_value(&catalog_builtin, &choice);
                        assert_int_equal(choice.current & ~value & ~off, 0);
                        assert_int_equal(value & ~choice.current & off, 0);
                }
        }
}

static void test_explains(void **state) {
        OUT_AUTO struct out o = { 0 };

        (void)state;
        registry_explain(&catalog_builtin, 0x80802048, S("intel"), &o);
        out_char(&o, '\0');
        assert_non_null(strstr(o.p, "FeatureSettingsOverride 0x80802048"));
        assert_non_null(strstr(o.p, "bit  3  0x00000008  speculative store bypass: off for all programs\n"));
        assert_non_null(strstr(o.p, "bit 13  0x00002000"));
        assert_non_null(strstr(o.p, "bit 23  0x00800000  on intel: branch history injection: protection on\n"));
        assert_non_null(strstr(o.p, "bit 31  0x80000000  meaning not known\n"));
        assert_null(strstr(o.p, "AMD"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_values),
                cmocka_unit_test(test_never_lowers),
                cmocka_unit_test(test_explains),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
