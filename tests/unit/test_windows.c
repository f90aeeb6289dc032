/* collect/windows, collect/registry: recorded answers in, evidence records out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collect/processor/processor.h"
#include "collect/registry/registry.h"
#include "collect/windows/nt.h"
#include "collect/windows/smbios.h"

/* ---- NT ---- */

struct recorded {
        uint32_t class, status, size, dwords[4];
        bool strict; /* refuses any other length than its own */
};

static uint32_t replay(void *arg, uint32_t class, void *buffer, uint32_t size, uint32_t *ret_length) {
        for (const struct recorded *r = arg; r->class; r++) {
                if (r->class != class)
                        continue;
                *ret_length = r->size;
                if (r->status)
                        return r->status;
                if (size < r->size || (r->strict && size != r->size))
                        return (uint32_t)NT_INFO_LENGTH_MISMATCH;
                memcpy(buffer, r->dwords, r->size); /* the tests run on little-endian machines, as Windows does */
                return NT_SUCCESS;
        }
        return (uint32_t)NT_INVALID_INFO_CLASS;
}

static void assert_records(struct evidence *e, const char *expected) {
        OUT_AUTO struct out o = { 0 };

        evidence_write(e, &o);
        out_char(&o, '\0');
        assert_string_equal(o.p, expected);
}

static void test_nt(void **state) {
        static const struct {
                struct recorded answers[4];
                const char *records;
        } rows[] = {
                { { { .class = 201, .size = 8, .dwords = { 0x0406d319, 0x0176ae10 } }, { .class = 196, .size = 4, .dwords = { 0x15 } },
                    { .class = 213, .size = 4, .dwords = { 0x3 } } },
                  "-- nt 201 0406d319 0176ae10\n-- nt 196 00000015\n-- nt 213 00000003\n" },
                /* before the second dword came */
                { { { .class = 201, .size = 4, .dwords = { 0x8000001d } }, { .class = 196, .size = 4, .dwords = { 0x3f } } },
                  "-- nt 201 8000001d\n-- nt 196 0000003f\n-- nt 213 status c0000003\n" },
                /* before January 2018 */
                { { { 0 } },
                  "-- nt 201 status c0000003\n-- nt 196 status c0000003\n-- nt 213 status c0000003\n" },
                { { { .class = 201, .status = 0xc0000022 }, { .class = 196, .status = 0xc0000002 } },
                  "-- nt 201 status c0000022\n-- nt 196 status c0000002\n-- nt 213 status c0000003\n" },
                /* another length than the table knows: asked again with that */
                { { { .class = 201, .size = 4, .strict = true, .dwords = { 1 } }, { .class = 196, .size = 8, .dwords = { 2, 3 } } },
                  "-- nt 201 00000001\n-- nt 196 00000002 00000003\n-- nt 213 status c0000003\n" },
                /* a length that no buffer holds */
                { { { .class = 201, .size = 4096 } },
                  "-- nt 201 status c0000004\n-- nt 196 status c0000003\n-- nt 213 status c0000003\n" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct nt_api api = { .arg = (void *)(uintptr_t)rows[i].answers, .query_system_information = replay };
                struct evidence e;

                evidence_init(&e, &a, S("x"));
                nt_collect(&api, &catalog_builtin, &e);
                assert_records(&e, str_to_c(&a, str_fmt(&a, "# sidelight evidence 1\n%s", rows[i].records)));
        }
}

/* A class that only a new flaw's fact names is asked, for as many dwords as its facts look at. */
static void test_nt_of_tomorrow(void **state) {
        static const struct fact_def facts[] = { { .kind = FACT_KIND_NT, .leaf = 240, .word = 1 }, { .kind = FACT_KIND_NT, .leaf = 240 },
                                                 { .kind = FACT_KIND_FILE, .leaf = 241 } };
        static const struct catalog catalog = { .facts = facts, .fact_count = 3 };
        static const struct recorded answers[] = { { .class = 240, .size = 8, .strict = true, .dwords = { 1, 2 } },
                                                   { .class = 241, .size = 4 }, { 0 } };
        const struct nt_api api = { .arg = (void *)(uintptr_t)answers, .query_system_information = replay };
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;

        (void)state;
        evidence_init(&e, &a, S("x"));
        nt_collect(&api, &catalog, &e);
        assert_records(&e, "# sidelight evidence 1\n-- nt 240 00000001 00000002\n");
}

/* ---- CPUID ---- */

static uint32_t which; /* logical processor that the recorded instruction stands for */

static void zen_like(void *arg, uint32_t leaf, uint32_t subleaf, uint32_t regs[4]) {
        static const struct {
                uint32_t leaf, regs[4];
        } answers[] = {
                { 0x0, { 0x10, 0x68747541, 0x444d4163, 0x69746e65 } },
                { 0x1, { 0x00a10f11, 0x00020800, 0x7ffa3203, 0x178bfbff } },
                { 0x7, { 0x1, 0xf1bf07ab, 0x00405fc6, 0x10 } },
                { 0x80000000, { 0x80000008, 0, 0, 0 } },
                { 0x80000001, { 0x00a10f11, 0, 0, 0 } },
                { 0x80000008, { 0x3030, 0x50020005, 0, 0 } },
        };

        (void)arg;
        memset(regs, 0, 4 * sizeof(*regs));
        for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
                if (answers[i].leaf == leaf && subleaf == 0)
                        memcpy(regs, answers[i].regs, sizeof(answers[i].regs));
        if (leaf == 1)
                regs[1] |= which << 24; /* the APIC id */
        if (leaf == 0x80000008 && which == 2)
                regs[1] = 0; /* one processor lacks the bits of the others */
}

static void test_cpuid(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        static const struct processor_api api = { .cpuid = zen_like };
        static const uint32_t numbers[] = { 0, 1, 2 };
        struct processor_questions questions;
        struct evidence single, e;

        (void)state;
        processor_questions(&questions, &a, &catalog_builtin);
        evidence_init(&single, &a, S("x"));
        evidence_init(&e, &a, S("x"));
        for (which = 0; which < 3; which++)
                processor_ask_cpuid(&api, &questions, &single, which);
        processor_merge(&e, &single, &a, numbers, 3);
        assert_records(&e, "# sidelight evidence 1\n"
                           "-- cpuid * 00000000.0 00000010 68747541 444d4163 69746e65\n"
                           "-- cpuid * 00000001.0 00a10f11 00020800 7ffa3203 178bfbff\n"
                           "-- cpuid * 00000007.0 00000001 f1bf07ab 00405fc6 00000010\n"
                           "-- cpuid * 00000007.1 00000000 00000000 00000000 00000000\n"
                           "-- cpuid * 80000000.0 80000008 00000000 00000000 00000000\n"
                           "-- cpuid * 80000001.0 00a10f11 00000000 00000000 00000000\n"
                           "-- cpuid * 80000007.0 00000000 00000000 00000000 00000000\n"
                           "-- cpuid 0 80000008.0 00003030 50020005 00000000 00000000\n"
                           "-- cpuid 1 80000008.0 00003030 50020005 00000000 00000000\n"
                           "-- cpuid 2 80000008.0 00003030 00000000 00000000 00000000\n");
}

/* ---- SMBIOS ---- */

#define BIOS_STRUCTURE "\0\5\1\0\1" "Vendor\0\0"
#define CHASSIS "\3\x0d\2\0\1\2\3\4\5\0\0\0\0" "Maker\0" "Version\0" "Serial\0" "SKU\0" "7783-7084\0\0"
#define END_STRUCTURE "\x7f\4\3\0\0\0"

static void test_smbios(void **state) {
        static const struct {
                struct str table, tag;
        } rows[] = {
                { STR(BIOS_STRUCTURE "\3\x0d\2\0\0\0\0\0\1\0\0\0\0" "7783-7084\0\0" END_STRUCTURE), STR("7783-7084") },
                { STR("\3\x0d\2\0\1\0\0\0\2\0\0\0\0" "Maker\0" " tag \0\0"), STR("tag") },
                { STR("\3\x0d\2\0\1\0\0\0\7\0\0\0\0" "Maker\0" "tag\0\0"), STR("") },
                { STR(BIOS_STRUCTURE END_STRUCTURE), STR("") },
                { STR("\3\7\2\0\1\0\0" "Maker\0\0"), STR("") }, /* too short for an asset tag */
                { STR("\3\xff\2\0"), STR("") },                /* longer than the table */
                { STR("\3\0\2\0\0\0\0\0"), STR("") },          /* shorter than its own header */
                { STR(""), STR("") },
        };
        static const struct str whole = STR(BIOS_STRUCTURE CHASSIS END_STRUCTURE);

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                assert_true(str_eq(smbios_chassis_asset_tag(rows[i].table), rows[i].tag));
        for (ptrdiff_t n = 0; n <= whole.len; n++) { /* cut off anywhere: no crash (the sanitizer build watches) */
                ARENA_AUTO struct arena a = { 0 };

                (void)smbios_chassis_asset_tag(str_dup(&a, str_n(whole.p, n)));
        }
}

/* ---- Registry ---- */

struct stored {
        const char *key, *name;
        struct str bytes;
        uint32_t type;
        enum fact_state state;
};

#define CPU0 "HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0"
#define MEMORY "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management"
#define WINDOWS "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"

static const struct stored registry[] = {
        { .key = MEMORY, .name = "FeatureSettingsOverride", .type = REGISTRY_DWORD, .bytes = STR("\x48\0\0\x80"),
          .state = FACT_KNOWN },
        { .key = MEMORY, .name = "FeatureSettingsOverrideMask", .type = REGISTRY_SZ, .bytes = STR("3\0\0\0"),
          .state = FACT_KNOWN },
        { .key = MEMORY, .name = "FeatureSettings", .state = FACT_DENIED },
        { .key = WINDOWS, .name = "ProductName", .type = REGISTRY_SZ, .bytes = STR("W\0\n\0\xfc\0\0\0X\0"),
          .state = FACT_KNOWN },
        { .key = WINDOWS, .name = "UBR", .type = REGISTRY_DWORD, .bytes = STR("\1\2"), .state = FACT_KNOWN },
        { .key = CPU0, .name = "Update Revision", .type = REGISTRY_BINARY, .bytes = STR("\0\0\0\0\xf0\0\0\0"),
          .state = FACT_KNOWN },
};

static enum fact_state stored_value(void *arg, struct arena *a, struct str key, struct str name,
                                    struct registry_data *ret) {
        (void)arg;
        (void)a;
        for (size_t i = 0; i < sizeof(registry) / sizeof(registry[0]); i++)
                if (str_eq(key, str_of(registry[i].key)) && str_eq(name, str_of(registry[i].name))) {
                        *ret = (struct registry_data){ .type = registry[i].type, .bytes = registry[i].bytes };
                        return registry[i].state;
                }
        return str_starts(key, S("HKLM\\SOFTWARE\\Microsoft\\Windows\\")) ? FACT_UNREAD : FACT_ABSENT;
}

static bool stored_subkey(void *arg, struct arena *a, struct str key, uint32_t index, struct str *ret) {
        (void)arg;
        (void)a;
        *ret = S("0");
        return index == 0 && str_ends(key, S("CentralProcessor"));
}

static void test_registry(void **state) {
        static const struct registry_source source = { .value = stored_value, .subkey = stored_subkey };
        const struct fact_def facts[] = {
                { .name = as_text(S("new")), .kind = FACT_KIND_REGISTRY, .text = as_text(S("HKLM\\SYSTEM\\New|Flaw")) },
                { .name = as_text(S("known")), .kind = FACT_KIND_REGISTRY, .text = as_text(S(MEMORY "|FeatureSettings")) },
        };
        const struct catalog catalog = { .facts = facts, .fact_count = 2 };
        ARENA_AUTO struct arena a = { 0 }, scratch = { 0 };
        struct evidence e;

        (void)state;
        evidence_init(&e, &a, S("x"));
        registry_collect(&source, &catalog, &e, &scratch);
        assert_true(evidence_registry(&e, S(MEMORY "|FeatureSettingsOverride"))->value == 0x80000048);
        assert_true(str_eq(evidence_registry(&e, S(MEMORY "|FeatureSettingsOverrideMask"))->text, S("sz 3")));
        assert_int_equal(evidence_registry(&e, S(MEMORY "|FeatureSettings"))->state, FACT_DENIED);
        assert_true(str_eq(evidence_registry(&e, S(WINDOWS "|ProductName"))->text, S("sz W?\u00fc")));
        assert_int_equal(evidence_registry(&e, S(WINDOWS "|UBR"))->state, FACT_FAILED); /* a dword of two bytes */
        assert_int_equal(evidence_registry(&e, S(WINDOWS "|EditionID"))->state, FACT_ABSENT);
        assert_true(evidence_registry(&e, S(CPU0 "|Update Revision"))->value == 0xf000000000);
        assert_int_equal(evidence_registry(&e, S(CPU0 "|Identifier"))->state, FACT_ABSENT);
        /* what only the catalog names */
        assert_int_equal(evidence_registry(&e, S("HKLM\\SYSTEM\\New|Flaw"))->state, FACT_ABSENT);
        /* what the source cannot hold is not recorded at all: nobody looked */
        assert_null(evidence_registry(&e, S("HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\QualityCompat|"
                                            "cadca5fe-87d3-4b96-b7fb-a231484277cc")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_nt),
                cmocka_unit_test(test_nt_of_tomorrow),
                cmocka_unit_test(test_cpuid),
                cmocka_unit_test(test_smbios),
                cmocka_unit_test(test_registry),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
