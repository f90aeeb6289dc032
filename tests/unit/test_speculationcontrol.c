/* The NT answers, bit by bit and word by word, as facts and as the properties of Microsoft's module.
 *
 * Written from the module's published logic (SpeculationControl 1.0.18, 1.0.19), not from the code under test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "report/report.h"

#define INTEL "Intel64 Family 6 Model 85 Stepping 4, GenuineIntel"
#define NEW_INTEL "Intel64 Family 6 Model 106 Stepping 6, GenuineIntel"
#define AMD "AMD64 Family 25 Model 33 Stepping 0, AuthenticAMD"

/* ---- Facts: one test a bit ---- */

struct bit_row {
        uint32_t class;
        uint8_t word, bit;
        int8_t gate; /* another bit that must be set for Windows to tell; -1: none */
        const char *fact;
};

static const struct bit_row bits[] = {
        { 201, 0, 0, -1, "nt.bpb_enabled" },
        { 201, 0, 1, -1, "nt.bpb_disabled_policy" },
        { 201, 0, 2, -1, "nt.bpb_disabled_hardware" },
        { 201, 0, 3, -1, "nt.spec_ctrl" },
        { 201, 0, 4, -1, "nt.spec_cmd" },
        { 201, 0, 5, -1, "nt.ibrs" },
        { 201, 0, 6, -1, "nt.stibp" },
        { 201, 0, 7, -1, "nt.smep" },
        { 201, 0, 8, -1, "nt.ssbd_available" },
        { 201, 0, 9, 8, "nt.ssbd_supported" },
        { 201, 0, 10, 8, "nt.ssbd_system_wide" },
        { 201, 0, 11, 8, "nt.ssbd_kernel" },
        { 201, 0, 12, 8, "nt.ssbd_required" },
        { 201, 0, 13, -1, "nt.bpb_disabled_kernel_to_user" },
        { 201, 0, 14, -1, "nt.retpoline" },
        { 201, 0, 15, -1, "nt.import_optimization" },
        { 201, 0, 16, 23, "nt.enhanced_ibrs" },
        { 201, 0, 17, -1, "nt.hv_l1tf_available" },
        { 201, 0, 18, 17, "nt.hv_l1tf_not_affected" },
        { 201, 0, 19, 17, "nt.hv_l1tf_enabled" },
        { 201, 0, 20, 17, "nt.hv_l1tf_no_hardware" },
        { 201, 0, 21, 17, "nt.hv_l1tf_no_load_option" },
        { 201, 0, 22, 17, "nt.hv_l1tf_no_core_scheduler" },
        { 201, 0, 23, -1, "nt.enhanced_ibrs_reported" },
        { 201, 0, 24, 26, "nt.mds_hardware_protected" },
        { 201, 0, 25, 26, "nt.mb_clear_enabled" },
        { 201, 0, 26, -1, "nt.mb_clear_reported" },
        { 201, 0, 27, 29, "nt.tsx_rtm_disabled" },
        { 201, 0, 28, 29, "nt.tsx_enum_disabled" },
        { 201, 0, 29, -1, "nt.tsx_reported" },
        { 201, 0, 30, 29, "nt.taa_immune" },
        { 201, 1, 0, 4, "nt.sbdr_protected" },
        { 201, 1, 1, 4, "nt.fbsdp_protected" },
        { 201, 1, 2, 4, "nt.psdp_protected" },
        { 201, 1, 3, 4, "nt.fb_clear_enabled" },
        { 201, 1, 4, -1, "nt.fb_clear_reported" },
        { 201, 1, 5, -1, "nt.bhb_enabled" },
        { 201, 1, 6, -1, "nt.bhb_disabled_policy" },
        { 201, 1, 7, -1, "nt.bhb_disabled_hardware" },
        { 201, 1, 10, -1, "nt.btc_reported" },
        { 201, 1, 11, -1, "nt.rdcl_reported" },
        { 201, 1, 12, 11, "nt.rdcl_protected" },
        { 201, 1, 13, -1, "nt.gds_reported" },
        { 201, 1, 17, -1, "nt.srso_reported" },
        { 201, 1, 20, -1, "nt.div0_reported" },
        { 201, 1, 21, 20, "nt.div0_status" },
        { 201, 1, 22, -1, "nt.rfds_reported" },
        { 196, 0, 0, -1, "nt.kva_enabled" },
        { 196, 0, 1, -1, "nt.kva_user_global" },
        { 196, 0, 2, -1, "nt.kva_pcid" },
        { 196, 0, 3, -1, "nt.kva_invpcid" },
        { 196, 0, 4, 5, "nt.kva_required" },
        { 196, 0, 5, -1, "nt.kva_required_reported" },
        { 196, 0, 12, -1, "nt.l1d_flush" },
        { 196, 0, 13, -1, "nt.l1tf_present" },
        { 213, 0, 0, -1, "sk.kva_supported" },
        { 213, 0, 1, -1, "sk.kva_enabled" },
        { 213, 0, 2, -1, "sk.kva_user_global" },
        { 213, 0, 3, -1, "sk.kva_pcid" },
        { 213, 0, 4, -1, "sk.mb_clear" },
        { 213, 0, 5, -1, "sk.l1tf" },
        { 213, 0, 6, -1, "sk.bpb_enabled" },
        { 213, 0, 7, -1, "sk.ibrs" },
        { 213, 0, 8, -1, "sk.enhanced_ibrs" },
        { 213, 0, 9, -1, "sk.stibp" },
        { 213, 0, 10, -1, "sk.ssbd_supported" },
        { 213, 0, 11, -1, "sk.ssbd_required" },
        { 213, 0, 12, -1, "sk.bpb_kernel_to_user" },
        { 213, 0, 13, -1, "sk.bpb_user_to_kernel" },
        { 213, 0, 14, -1, "sk.return_speculate" },
        { 213, 0, 15, -1, "sk.btc_safe" },
        { 213, 0, 16, -1, "sk.ssbs_always" },
        { 213, 0, 17, -1, "sk.ssbs_kernel" },
};

/* Several bits wide: every value. */
static const struct {
        uint32_t class;
        uint8_t word, low, width;
        int8_t gate;
        const char *fact;
} fields[] = {
        { 201, 1, 8, 2, 10, "nt.btc_status" }, { 201, 1, 14, 3, 13, "nt.gds_status" }, { 201, 1, 18, 2, 17, "nt.srso_status" },
        { 201, 1, 23, 2, 22, "nt.rfds_status" }, { 196, 0, 6, 6, -1, "nt.kva_invalid_pte_bit" },
};

static void judge(struct verdict *ret, struct arena *a, const struct evidence *e) {
        static const struct verdict_options options = { 0 };

        verdict_judge(ret, a, &catalog_builtin, e, &options);
}

static const struct fact *fact_with(struct arena *a, uint32_t class, uint32_t word, uint32_t value, const char *name) {
        uint32_t words[2] = { 0 };
        struct evidence e;
        struct verdict r;
        const struct fact *v;

        words[word] = value;
        evidence_init(&e, a, S("x"));
        evidence_add_line(&e, RECORD_UNAME, S(""), S("Windows 10.0.19045 x86_64"));
        evidence_add_nt(&e, class, words, class == 201 ? 2 : 1);
        judge(&r, a, &e);
        v = facts_named(r.facts, str_of(name));
        if (!v)
                fail_msg("no fact '%s'", name);
        return v;
}

static bool is_true(const struct fact *v) {
        return v->state == FACT_KNOWN && v->number == 1;
}

static void test_each_bit(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                const struct bit_row *b = &bits[i];
                uint32_t gate = b->gate < 0 ? 0 : 1u << b->gate, own = 1u << b->bit;

                if (!is_true(fact_with(&a, b->class, b->word, gate | own, b->fact)) ||
                    is_true(fact_with(&a, b->class, b->word, ~own, b->fact)))
                        fail_msg("%s is not bit %u of dword %u of class %u", b->fact, b->bit, b->word, (unsigned)b->class);
                if (gate && fact_with(&a, b->class, b->word, own, b->fact)->state != FACT_ABSENT)
                        fail_msg("%s is told though bit %d is not set", b->fact, b->gate);
        }
}

static void test_each_field(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
                for (uint32_t value = 0; value < 1u << fields[i].width; value++) {
                        ARENA_AUTO struct arena a = { 0 };
                        uint32_t mask = ((1u << fields[i].width) - 1) << fields[i].low;
                        uint32_t others = ~mask, own = value << fields[i].low;
                        const struct fact *v = fact_with(&a, fields[i].class, fields[i].word, others | own, fields[i].fact);

                        if (v->state != FACT_KNOWN || v->number != value)
                                fail_msg("%s is not %u", fields[i].fact, (unsigned)value);
                }
}

/* ---- Properties ---- */

/* One property of the report: its text, or NULL when it is not there. */
static const char *property(struct arena *a, struct str text, const char *name) {
        struct str line, key;

        while (str_line(&text, &line) && line.len > 0)
                if (str_cut(&line, ':', &key) && str_eq(str_trim(key), str_of(name)))
                        return str_to_c(a, str_trim(line));
        return NULL;
}

static struct str properties_of(struct arena *a, const char *cpu, const char *nt) {
        struct str text = str_fmt(a, "# sidelight evidence 1\n-- uname Windows 10.0.19045 x86_64\n%s"
                                     "-- registry HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment|"
                                     "PROCESSOR_IDENTIFIER sz %s\n", nt, cpu);
        const struct report_style style = { 0 };
        struct evidence e;
        struct verdict r;
        struct diag d = { 0 };
        struct out o = { 0 };

        if (evidence_parse(&e, a, S("x"), text, &d) < 0)
                fail_msg("%s", d.text);
        judge(&r, a, &e);
        report_write(&r, REPORT_SPECULATIONCONTROL, &style, &o);
        text = str_dup(a, out_text(&o));
        out_free(&o);
        return text;
}

struct expected {
        const char *name, *value; /* value NULL: the property is not there */
};

static void assert_properties(const char *cpu, const char *nt, const struct expected *rows) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = properties_of(&a, cpu, nt);

        for (; rows->name; rows++) {
                const char *found = property(&a, text, rows->name);

                if (!found != !rows->value || (found && strcmp(found, rows->value) != 0))
                        fail_msg("%s with %s: %s is '%s', expected '%s'", cpu, nt, rows->name, found ? found : "(not there)",
                                 rows->value ? rows->value : "(not there)");
        }
}

/* Models and steppings of family 6 that the module lists as having L1TF, a bit a stepping; all else is not listed. */
static void test_l1tf_list(void **state) {
        static const struct {
                uint8_t model;
                uint16_t steppings;
        } rows[] = {
                { 26, 0x30 }, { 30, 0x30 }, { 37, 0x24 }, { 42, 0x80 }, { 44, 0x04 }, { 45, 0xc0 }, { 46, 0x40 },  { 47, 0x04 },   { 58, 0x200 },
                { 60, 0x08 }, { 61, 0x10 }, { 62, 0x90 }, { 63, 0x14 }, { 69, 0x02 }, { 70, 0x02 }, { 71, 0 },     { 78, 0x08 },   { 79, 0x02 },
                { 85, 0x18 }, { 86, 0x3c }, { 94, 0x08 }, { 102, 0x08 }, { 106, 0 },  { 126, 0 },   { 140, 0 },    { 142, 0xe00 }, { 151, 0 },
                { 158, 0x1e00 }, { 165, 0 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                for (int stepping = 0; stepping < 16; stepping++) {
                        char cpu[80];
                        const struct expected expected[] = { { "L1TFHardwareVulnerable", rows[i].steppings & 1 << stepping ? "True" : "False" }, { 0 } };

                        (void)snprintf(cpu, sizeof(cpu), "Intel64 Family 6 Model %u Stepping %d, GenuineIntel", rows[i].model, stepping);
                        assert_properties(cpu, "-- nt 201 00000000\n-- nt 196 00000000\n", expected);
                }
}

/* A Windows without the updates of January 2018: the module's defaults, AMD "needs" KVA shadow as well. */
static void test_unpatched(void **state) {
        static const struct expected rows[] = {
                { "BTIHardwarePresent", "False" },
                { "BTIWindowsSupportPresent", "False" },
                { "BTIWindowsSupportEnabled", "False" },
                { "BTIDisabledBySystemPolicy", "False" },
                { "BTIDisabledByNoHardwareSupport", "False" },
                { "RdclHardwareProtectedReported", "False" },
                { "RdclHardwareProtected", NULL },
                { "KVAShadowRequired", "True" },
                { "KVAShadowWindowsSupportPresent", "False" },
                { "KVAShadowWindowsSupportEnabled", "False" },
                { "KVAShadowPcidEnabled", "False" },
                { "SSBDWindowsSupportPresent", "False" },
                { "SSBDHardwareVulnerable", "" },
                { "SSBDHardwarePresent", "False" },
                { "L1TFWindowsSupportPresent", "False" },
                { "L1TFInvalidPteBit", "" },
                { "MDSWindowsSupportPresent", "False" },
                { "MDSHardwareVulnerable", NULL },
                { "MDSWindowsSupportEnabled", NULL },
                { "FBClearWindowsSupportPresent", "False" },
                { "SBDRSSDPHardwareVulnerable", NULL },
                { "BranchConfusionReported", "False" },
                { "BranchConfusionStatus", NULL },
                { 0 },
        };

        (void)state;
        assert_properties(AMD, "-- nt 201 status c0000003\n-- nt 196 status c0000003\n", rows);
        assert_properties(INTEL, "-- nt 201 status c0000002\n-- nt 196 status c0000002\n", rows);
}

/* An Intel processor with everything on: F = bits 0 3 4 5 6 7 8 9 12 24 25 26, F2 = 0-4 10 11 12 13 14-16=3, K = 0 2 3 4 5,
 * PTE bit 45, 12, 13. */
static void test_intel_protected(void **state) {
        static const struct expected rows[] = {
                { "BTIHardwarePresent", "True" },
                { "BTIWindowsSupportPresent", "True" },
                { "BTIWindowsSupportEnabled", "True" },
                { "BTIDisabledBySystemPolicy", "False" },
                { "BTIKernelRetpolineEnabled", "False" },
                { "BTIKernelImportOptimizationEnabled", "False" },
                { "RdclHardwareProtectedReported", "True" },
                { "RdclHardwareProtected", "True" },
                { "KVAShadowRequired", "True" },
                { "KVAShadowWindowsSupportPresent", "True" },
                { "KVAShadowWindowsSupportEnabled", "True" },
                { "KVAShadowPcidEnabled", "True" },
                { "SSBDWindowsSupportPresent", "True" },
                { "SSBDHardwareVulnerable", "True" },
                { "SSBDHardwarePresent", "True" },
                { "SSBDWindowsSupportEnabledSystemWide", "False" },
                { "L1TFHardwareVulnerable", "False" }, /* RDCL protected: the table does not count */
                { "L1TFWindowsSupportPresent", "True" },
                { "L1TFWindowsSupportEnabled", "True" },
                { "L1TFInvalidPteBit", "45" },
                { "L1DFlushSupported", "True" },
                { "MDSWindowsSupportPresent", "True" },
                { "MDSHardwareVulnerable", "False" },
                { "MDSWindowsSupportEnabled", "True" },
                { "FBClearWindowsSupportPresent", "True" },
                { "SBDRSSDPHardwareVulnerable", "False" },
                { "FBSDPHardwareVulnerable", "False" },
                { "PSDPHardwareVulnerable", "False" },
                { "FBClearWindowsSupportEnabled", "True" },
                { "BranchConfusionReported", "True" },
                { "BranchConfusionStatus", "SYSTEM_SPECULATION_CONTROL_BRANCH_CONFUSION_MITIGATED" }, /* Intel: worked out */
                { "GdsStatus", "SYSTEM_SPECULATION_CONTROL_GDS_MITIGATED" },
                { "SrsoStatus", NULL },
                { 0 },
        };

        (void)state;
        assert_properties(INTEL, "-- nt 201 070013f9 0000fc1f\n-- nt 196 00003b7d\n", rows);
}

static void test_rows(void **state) {
        static const struct {
                const char *cpu, *nt;
                struct expected rows[8];
        } cases[] = {
                /* off by policy, and by missing hardware: only while it is off */
                { INTEL, "-- nt 201 0000001a\n-- nt 196 00000000\n",
                  { { "BTIDisabledBySystemPolicy", "True" }, { "BTIDisabledByNoHardwareSupport", "False" },
                    { "BTIWindowsSupportEnabled", "False" }, { "KVAShadowRequired", "True" }, { "L1TFHardwareVulnerable", "True" } } },
                { INTEL, "-- nt 201 00000004\n-- nt 196 00000000\n",
                  { { "BTIDisabledByNoHardwareSupport", "True" }, { "BTIHardwarePresent", "False" } } },
                { INTEL, "-- nt 201 00000007\n-- nt 196 00000000\n",
                  { { "BTIDisabledByNoHardwareSupport", "False" }, { "BTIDisabledBySystemPolicy", "False" } } },
                { INTEL, "-- nt 201 0000c009\n-- nt 196 00000000\n",
                  { { "BTIKernelRetpolineEnabled", "True" }, { "BTIKernelImportOptimizationEnabled", "True" } } },
                /* KVA shadow: required as Windows says, else by vendor and model */
                { INTEL, "-- nt 201 00000000\n-- nt 196 00000020\n", { { "KVAShadowRequired", "False" } } },
                { AMD, "-- nt 201 00000000\n-- nt 196 00000000\n", { { "KVAShadowRequired", "False" } } },
                { AMD, "-- nt 201 00000000\n-- nt 196 00000030\n", { { "KVAShadowRequired", "True" } } },
                { "x86 Family 6 Model 28 Stepping 2, GenuineIntel", "-- nt 201 00000000\n-- nt 196 00000000\n",
                  { { "KVAShadowRequired", "False" } } },
                { "Intel64 Family 6 Model 85 Stepping 4, CyrixInstead", "-- nt 201 00000000\n-- nt 196 00000000\n",
                  { { "KVAShadowRequired", "" }, { "L1TFHardwareVulnerable", "False" } } },
                { "Intel64 Family 6 Model 85 Stepping 4, NobodyAtAll", "-- nt 201 00000000\n-- nt 196 00000000\n",
                  { { "L1TFHardwareVulnerable", "" } } }, /* a maker whom nobody knows may be Intel */
                { INTEL, "-- nt 201 00000000\n-- nt 196 00000004\n", { { "KVAShadowPcidEnabled", "False" } } },
                { INTEL, "-- nt 201 00000000\n-- nt 196 00000008\n", { { "KVAShadowPcidEnabled", "False" } } },
                /* L1TF: enabled needs both the PTE bit and KVA shadow; present by either sign */
                { INTEL, "-- nt 201 00000000\n-- nt 196 00000b40\n",
                  { { "L1TFWindowsSupportEnabled", "False" }, { "L1TFWindowsSupportPresent", "False" }, { "L1TFInvalidPteBit", "45" } } },
                { INTEL, "-- nt 201 00000000\n-- nt 196 00000b41\n",
                  { { "L1TFWindowsSupportEnabled", "True" }, { "L1TFWindowsSupportPresent", "True" } } },
                { INTEL, "-- nt 201 00000000\n-- nt 196 00001000\n",
                  { { "L1TFWindowsSupportPresent", "True" }, { "L1DFlushSupported", "True" }, { "L1TFInvalidPteBit", "0" } } },
                { INTEL, "-- nt 201 00000000\n-- nt 196 00002000\n", { { "L1TFWindowsSupportPresent", "True" } } },
                /* L1TF by model: 6/85/4 is listed, 6/106/6 is not; 7/69/1 is, as in the module; the hypervisor's word counts */
                { NEW_INTEL, "-- nt 201 00000000\n-- nt 196 00000000\n", { { "L1TFHardwareVulnerable", "False" } } },
                { "Intel64 Family 7 Model 69 Stepping 1, GenuineIntel", "-- nt 201 00000000\n-- nt 196 00000000\n",
                  { { "L1TFHardwareVulnerable", "True" } } },
                { INTEL, "-- nt 201 00060000\n-- nt 196 00000000\n",
                  { { "L1TFHardwareVulnerable", "False" }, { "HvL1tfStatusAvailable", "True" }, { "HvL1tfProcessorNotAffected", "True" } } },
                { INTEL, "-- nt 201 00040000\n-- nt 196 00000000\n",
                  { { "L1TFHardwareVulnerable", "True" }, { "HvL1tfStatusAvailable", "False" }, { "HvL1tfProcessorNotAffected", "True" } } },
                /* RDCL reported, not protected: the property is there and says so */
                { INTEL, "-- nt 201 00000000 00000800\n-- nt 196 00000000\n",
                  { { "RdclHardwareProtectedReported", "True" }, { "RdclHardwareProtected", "False" }, { "L1TFHardwareVulnerable", "True" } } },
                /* SSBD */
                { INTEL, "-- nt 201 00000500\n-- nt 196 00000000\n",
                  { { "SSBDWindowsSupportPresent", "True" }, { "SSBDHardwareVulnerable", "False" }, { "SSBDHardwarePresent", "False" },
                    { "SSBDWindowsSupportEnabledSystemWide", "True" } } },
                { INTEL, "-- nt 201 00001e00\n-- nt 196 00000000\n",
                  { { "SSBDWindowsSupportPresent", "False" }, { "SSBDHardwareVulnerable", "" }, { "SSBDHardwarePresent", "False" } } },
                /* MDS, MMIO: vulnerable by the bit on Intel, never on AMD */
                { INTEL, "-- nt 201 04000000 00000010\n-- nt 196 00000000\n",
                  { { "MDSHardwareVulnerable", "True" }, { "MDSWindowsSupportEnabled", "False" }, { "SBDRSSDPHardwareVulnerable", "True" },
                    { "FBSDPHardwareVulnerable", "True" }, { "PSDPHardwareVulnerable", "True" }, { "FBClearWindowsSupportEnabled", "False" } } },
                { AMD, "-- nt 201 04000000 00000010\n-- nt 196 00000000\n",
                  { { "MDSHardwareVulnerable", "False" }, { "SBDRSSDPHardwareVulnerable", "False" }, { "FBSDPHardwareVulnerable", "False" },
                    { "PSDPHardwareVulnerable", "False" }, { "L1TFHardwareVulnerable", "False" } } },
                { INTEL, "-- nt 201 04000000 00000012\n-- nt 196 00000000\n",
                  { { "SBDRSSDPHardwareVulnerable", "True" }, { "FBSDPHardwareVulnerable", "False" }, { "PSDPHardwareVulnerable", "True" } } },
                /* one dword only: the second counts as zero */
                { INTEL, "-- nt 201 04000000\n-- nt 196 00000000\n",
                  { { "FBClearWindowsSupportPresent", "False" }, { "SBDRSSDPHardwareVulnerable", NULL }, { "BhbEnabled", "False" } } },
                /* bit 31 set: read unsigned */
                { INTEL, "-- nt 201 80000001 80000020\n-- nt 196 80000001\n",
                  { { "BTIWindowsSupportEnabled", "True" }, { "BhbEnabled", "True" }, { "KVAShadowWindowsSupportEnabled", "True" } } },
                /* branch history */
                { INTEL, "-- nt 201 00000000 00000040\n-- nt 196 00000000\n",
                  { { "BhbEnabled", "False" }, { "BhbDisabledSystemPolicy", "True" }, { "BhbDisabledNoHardwareSupport", "False" } } },
                { INTEL, "-- nt 201 00000000 00000080\n-- nt 196 00000000\n", { { "BhbDisabledNoHardwareSupport", "True" } } },
                /* branch confusion: AMD's own state; Intel's by hardware and switch */
                { AMD, "-- nt 201 00000000 00000400\n-- nt 196 00000000\n",
                  { { "BranchConfusionStatus", "SYSTEM_SPECULATION_CONTROL_BRANCH_CONFUSION_MITIGATION_UNSUPPORTED" } } },
                { AMD, "-- nt 201 00000000 00000500\n-- nt 196 00000000\n",
                  { { "BranchConfusionStatus", "SYSTEM_SPECULATION_CONTROL_BRANCH_CONFUSION_MITIGATION_DISABLED" } } },
                { AMD, "-- nt 201 00000000 00000600\n-- nt 196 00000000\n",
                  { { "BranchConfusionStatus", "SYSTEM_SPECULATION_CONTROL_BRANCH_CONFUSION_HARDWARE_IMMUNE" } } },
                { AMD, "-- nt 201 00000000 00000300\n-- nt 196 00000000\n", { { "BranchConfusionStatus", NULL } } },
                { INTEL, "-- nt 201 00000000 00000700\n-- nt 196 00000000\n",
                  { { "BranchConfusionStatus", "SYSTEM_SPECULATION_CONTROL_BRANCH_CONFUSION_HARDWARE_IMMUNE" } } },
                { INTEL, "-- nt 201 00000008 00000700\n-- nt 196 00000000\n",
                  { { "BranchConfusionStatus", "SYSTEM_SPECULATION_CONTROL_BRANCH_CONFUSION_MITIGATION_DISABLED" } } },
                /* the others */
                { INTEL, "-- nt 201 00000000 00012000\n-- nt 196 00000000\n",
                  { { "GdsReported", "True" }, { "GdsStatus", "SYSTEM_SPECULATION_CONTROL_GDS_MITIGATED_AND_LOCKED" } } },
                { INTEL, "-- nt 201 00000000 00016000\n-- nt 196 00000000\n", { { "GdsStatus", "UNKNOWN_VALUE" } } },
                { AMD, "-- nt 201 00000000 00060000\n-- nt 196 00000000\n",
                  { { "SrsoReported", "True" }, { "SrsoStatus", "SYSTEM_SPECULATION_CONTROL_SRSO_MITIGATION_DISABLED" } } },
                { AMD, "-- nt 201 00000000 00300000\n-- nt 196 00000000\n",
                  { { "DivideByZeroReported", "True" }, { "DivideByZeroStatus", "SYSTEM_SPECULATION_CONTROL_DIVIDE_BY_ZERO_MITIGATED" } } },
                { AMD, "-- nt 201 00000000 00100000\n-- nt 196 00000000\n",
                  { { "DivideByZeroStatus", "SYSTEM_SPECULATION_CONTROL_DIVIDE_BY_ZERO_HARDWARE_IMMUNE" } } },
                { INTEL, "-- nt 201 00000000 01400000\n-- nt 196 00000000\n",
                  { { "RfdsReported", "True" }, { "RfdsStatus", "SYSTEM_SPECULATION_CONTROL_RFDS_HARDWARE_IMMUNE" } } },
                { INTEL, "-- nt 201 00000000 01800000\n-- nt 196 00000000\n", { { "RfdsReported", "False" }, { "RfdsStatus", NULL } } },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                assert_properties(cases[i].cpu, cases[i].nt, cases[i].rows);
}

static void test_order_and_null(void **state) {
        static const char *const order[] = {
                "BTIHardwarePresent", "BTIWindowsSupportPresent", "BTIWindowsSupportEnabled", "BTIDisabledBySystemPolicy",
                "BTIDisabledByNoHardwareSupport", "BTIKernelRetpolineEnabled", "BTIKernelImportOptimizationEnabled",
                "RdclHardwareProtectedReported", "RdclHardwareProtected", "KVAShadowRequired", "KVAShadowWindowsSupportPresent",
                "KVAShadowWindowsSupportEnabled", "KVAShadowPcidEnabled", "SSBDWindowsSupportPresent", "SSBDHardwareVulnerable",
                "SSBDHardwarePresent", "SSBDWindowsSupportEnabledSystemWide", "L1TFHardwareVulnerable", "L1TFWindowsSupportPresent",
                "L1TFWindowsSupportEnabled", "L1TFInvalidPteBit", "L1DFlushSupported", "HvL1tfStatusAvailable",
                "HvL1tfProcessorNotAffected", "MDSWindowsSupportPresent", "MDSHardwareVulnerable", "MDSWindowsSupportEnabled",
                "FBClearWindowsSupportPresent", "SBDRSSDPHardwareVulnerable", "FBSDPHardwareVulnerable", "PSDPHardwareVulnerable",
                "FBClearWindowsSupportEnabled", "BhbEnabled", "BhbDisabledSystemPolicy", "BhbDisabledNoHardwareSupport",
                "BranchConfusionReported", "BranchConfusionStatus", "GdsReported", "GdsStatus", "SrsoReported", "SrsoStatus",
                "DivideByZeroReported", "DivideByZeroStatus", "RfdsReported", "RfdsStatus",
        };
        ARENA_AUTO struct arena a = { 0 };
        struct str text = properties_of(&a, INTEL, "-- nt 201 ffffffff ffffffff\n-- nt 196 ffffffff\n"), line, key;

        (void)state;
        for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
                assert_true(str_line(&text, &line) && str_cut(&line, ':', &key));
                assert_string_equal(str_to_c(&a, str_trim(key)), order[i]);
        }
        assert_true(str_line(&text, &line) && line.len == 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_each_bit),        cmocka_unit_test(test_each_field), cmocka_unit_test(test_unpatched), cmocka_unit_test(test_l1tf_list),
                cmocka_unit_test(test_intel_protected), cmocka_unit_test(test_rows),       cmocka_unit_test(test_order_and_null),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
