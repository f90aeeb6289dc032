/* The SpeculationControl module's JSON read back: what it tells becomes bits again, what it does not tell stays unread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collect/import/import.h"
#include "report/report.h"

static int read_json(struct evidence *ret, struct arena *a, struct str text, struct diag *d) {
        evidence_init(ret, a, S("settings.json"));
        return import_text(ret, &catalog_builtin, text, d);
}

static struct str report_of(struct arena *a, const struct evidence *e, enum report_format format) {
        static const struct verdict_options options = { 0 };
        const struct report_style style = { 0 };
        struct out o = { 0 };
        struct verdict r;
        struct str text;

        verdict_judge(&r, a, &catalog_builtin, e, &options);
        report_write(&r, format, &style, &o);
        text = str_dup(a, out_text(&o));
        out_free(&o);
        return text;
}

/* What the module of a real client would write (names and values as 1.0.18 has them). */
static const struct str client = STR("\xef\xbb\xbf{\r\n"
        "    \"BTIHardwarePresent\":  true,\r\n    \"BTIWindowsSupportPresent\":  true,\r\n"
        "    \"BTIWindowsSupportEnabled\":  true,\r\n    \"BTIDisabledBySystemPolicy\":  false,\r\n"
        "    \"BTIDisabledByNoHardwareSupport\":  false,\r\n    \"BTIKernelRetpolineEnabled\":  true,\r\n"
        "    \"BTIKernelImportOptimizationEnabled\":  true,\r\n    \"RdclHardwareProtectedReported\":  true,\r\n"
        "    \"RdclHardwareProtected\":  false,\r\n    \"KVAShadowRequired\":  true,\r\n"
        "    \"KVAShadowWindowsSupportPresent\":  true,\r\n    \"KVAShadowWindowsSupportEnabled\":  true,\r\n"
        "    \"KVAShadowPcidEnabled\":  true,\r\n    \"SSBDWindowsSupportPresent\":  true,\r\n"
        "    \"SSBDHardwareVulnerable\":  true,\r\n    \"SSBDHardwarePresent\":  true,\r\n"
        "    \"SSBDWindowsSupportEnabledSystemWide\":  false,\r\n    \"L1TFHardwareVulnerable\":  true,\r\n"
        "    \"L1TFWindowsSupportPresent\":  true,\r\n    \"L1TFWindowsSupportEnabled\":  true,\r\n"
        "    \"L1TFInvalidPteBit\":  45,\r\n    \"L1DFlushSupported\":  true,\r\n    \"HvL1tfStatusAvailable\":  false,\r\n"
        "    \"HvL1tfProcessorNotAffected\":  false,\r\n    \"MDSWindowsSupportPresent\":  true,\r\n"
        "    \"MDSHardwareVulnerable\":  true,\r\n    \"MDSWindowsSupportEnabled\":  true,\r\n"
        "    \"FBClearWindowsSupportPresent\":  true,\r\n    \"SBDRSSDPHardwareVulnerable\":  true,\r\n"
        "    \"FBSDPHardwareVulnerable\":  false,\r\n    \"PSDPHardwareVulnerable\":  true,\r\n"
        "    \"FBClearWindowsSupportEnabled\":  true\r\n}\r\n");

static void test_client(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        struct diag d = { 0 };
        const struct record *f, *k;

        (void)state;
        assert_int_equal(read_json(&e, &a, client, &d), 0);
        f = evidence_nt(&e, 201);
        k = evidence_nt(&e, 196);
        assert_int_equal(f->words[0], 0x0600d301);
        assert_int_equal(f->known[0], 0x0706d701); /* not: who switched it off (it is on), which controls exist, enhanced IBRS, TSX */
        assert_int_equal(f->words[1], 0x0000081a);
        assert_int_equal(f->known[1], 0x0000181f); /* 1.0.18 says nothing of what 1.0.19 added */
        assert_int_equal(k->words[0], 0x00001b7d);
        assert_int_equal(k->known[0], 0x00001ffd); /* not: user-global, nor "knows L1TF", which two other bits imply */
        assert_true(str_eq(evidence_line(&e, RECORD_WIN32, S("source"))->text, S("module")));
}

/* What was imported says the same again, or nothing. */
static void test_round_trip(void **state) {
        static const char *const nt[] = { "-- nt 201 070013f9 0000fc1f\n-- nt 196 00003b7d\n", "-- nt 201 00000002 00000040\n-- nt 196 00000020\n",
                                          "-- nt 201 04001f84 01d1a810\n-- nt 196 00000b70\n", "-- nt 201 00060000\n-- nt 196 00002000\n",
                                          "-- nt 201 ffffffff ffffffff\n-- nt 196 ffffffff\n",
                                          "-- nt 201 status c0000003\n-- nt 196 status c0000003\n" };

        (void)state;
        for (size_t i = 0; i < sizeof(nt) / sizeof(nt[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence first, again;
                struct diag d = { 0 };
                struct str one, two, line, other;
                int same = 0;

                assert_int_equal(evidence_parse(&first, &a, S("x"),
                                                str_fmt(&a, "# sidelight evidence 1\n-- uname Windows 10.0.19045 x86_64\n%s", nt[i]), &d), 0);
                if (read_json(&again, &a, report_of(&a, &first, REPORT_SPECULATIONCONTROL_JSON), &d) < 0)
                        fail_msg("%s", d.text);
                one = report_of(&a, &first, REPORT_SPECULATIONCONTROL);
                two = report_of(&a, &again, REPORT_SPECULATIONCONTROL);
                while (str_line(&one, &line) && line.len > 0) {
                        assert_true(str_line(&two, &other));
                        if (!str_eq(line, other) && !str_ends(other, S(": ")))
                                fail_msg("%s: '%.*s' became '%.*s'", nt[i], STR_ARG(line), STR_ARG(other));
                        same += str_eq(line, other);
                }
                assert_true(same > 20);
        }
}

static void test_utf16(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        char *wide = arena_bytes(&a, 2 * client.len + 2);
        struct evidence e;
        struct diag d = { 0 };

        (void)state;
        wide[0] = (char)0xff;
        wide[1] = (char)0xfe;
        for (ptrdiff_t i = 3; i < client.len; i++) {
                wide[2 * (i - 2)] = client.p[i];
                wide[2 * (i - 2) + 1] = 0;
        }
        assert_int_equal(read_json(&e, &a, str_n(wide, 2 * (client.len - 2)), &d), 0);
        assert_int_equal(evidence_nt(&e, 201)->words[0], 0x0600d301);
}

/* ---- Never safer than the module ---- */

static uint64_t dice = 20260101;

static uint32_t draw(uint32_t below) {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        return (uint32_t)(dice >> 16) % below;
}

/* What a Windows may answer: any bits, but states that exist. */
static struct str draw_windows(struct arena *a) {
        static const char *const processors[] = {
                "Intel64 Family 6 Model 85 Stepping 4, GenuineIntel",  "Intel64 Family 6 Model 106 Stepping 6, GenuineIntel",
                "x86 Family 6 Model 28 Stepping 2, GenuineIntel",      "AMD64 Family 25 Model 33 Stepping 0, AuthenticAMD",
                "AMD64 Family 23 Model 1 Stepping 2, AuthenticAMD",
        };
        uint32_t first = draw(UINT32_MAX), second = draw(UINT32_MAX) & ~(7u << 14), kva = draw(UINT32_MAX);

        first &= draw(UINT32_MAX); /* a quarter of the bits */
        second |= draw(5) << 14;
        return str_fmt(a, "# sidelight evidence 1\n-- uname Windows 10.0.19045 x86_64\n-- nt 201 %08x %08x\n-- nt 196 %08x\n"
                          "-- registry HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment|"
                          "PROCESSOR_IDENTIFIER sz %s\n", first, second, kva, processors[draw(5)]);
}

/* The module's output as JSON, of every property or of some of them. */
static struct str as_json(struct arena *a, struct str list, bool all) {
        struct out o = { 0 };
        struct str line, name, text;

        out_c(&o, "{\"RunspaceId\" : null");
        while (str_line(&list, &line) && str_cut(&line, ':', &name)) {
                struct str value = str_trim(line);
                bool bare = str_eq(value, S("True")) || str_eq(value, S("False"));

                if (!all && draw(3) == 0)
                        continue;
                out_fmt(&o, ",\n\"%.*s\" : ", STR_ARG(str_trim(name)));
                if (value.len == 0)
                        out_c(&o, "null");
                else if (bare)
                        out_c(&o, str_eq(value, S("True")) ? "true" : "false");
                else
                        out_fmt(&o, "\"%.*s\"", STR_ARG(value));
        }
        out_c(&o, "}\n");
        text = str_dup(a, out_text(&o));
        out_free(&o);
        return text;
}

static struct str property_in(struct str list, const char *name) {
        struct str line, key;

        while (str_line(&list, &line) && line.len > 0)
                if (str_cut(&line, ':', &key) && str_eq(str_trim(key), str_of(name)))
                        return str_trim(line);
        return S("");
}

/* What the module's own properties call open. NULL: no second property. */
static const struct {
        const char *flaw, *property, *value, *and_property, *and_value;
} open_by_the_module[] = {
        { "spectre-v2", "BTIWindowsSupportEnabled", "False", NULL, NULL },
        { "spectre-v2-user", "BTIWindowsSupportEnabled", "False", NULL, NULL },
        { "meltdown", "KVAShadowRequired", "True", "KVAShadowWindowsSupportEnabled", "False" },
        { "ssb", "SSBDHardwareVulnerable", "True", "SSBDWindowsSupportEnabledSystemWide", "False" },
        { "l1tf", "L1TFHardwareVulnerable", "True", "L1TFWindowsSupportEnabled", "False" },
        { "mds", "MDSHardwareVulnerable", "True", "MDSWindowsSupportEnabled", "False" },
        { "mmio-stale-data", "SBDRSSDPHardwareVulnerable", "True", "FBClearWindowsSupportEnabled", "False" },
        { "mmio-stale-data", "FBSDPHardwareVulnerable", "True", "FBClearWindowsSupportEnabled", "False" },
        { "mmio-stale-data", "PSDPHardwareVulnerable", "True", "FBClearWindowsSupportEnabled", "False" },
        { "bhi", "BhbDisabledSystemPolicy", "True", "BhbEnabled", "False" },
        { "retbleed", "BranchConfusionStatus", "SYSTEM_SPECULATION_CONTROL_BRANCH_CONFUSION_MITIGATION_DISABLED", NULL, NULL },
        { "retbleed", "BranchConfusionStatus", "SYSTEM_SPECULATION_CONTROL_BRANCH_CONFUSION_MITIGATION_UNSUPPORTED", NULL, NULL },
        { "gds", "GdsStatus", "SYSTEM_SPECULATION_CONTROL_GDS_MITIGATION_DISABLED", NULL, NULL },
        { "gds", "GdsStatus", "SYSTEM_SPECULATION_CONTROL_GDS_MITIGATION_UNSUPPORTED", NULL, NULL },
        { "srso", "SrsoStatus", "SYSTEM_SPECULATION_CONTROL_SRSO_MITIGATION_DISABLED", NULL, NULL },
        { "srso", "SrsoStatus", "SYSTEM_SPECULATION_CONTROL_SRSO_MITIGATION_UNSUPPORTED", NULL, NULL },
        { "rfds", "RfdsStatus", "SYSTEM_SPECULATION_CONTROL_RFDS_MITIGATION_DISABLED", NULL, NULL },
        { "rfds", "RfdsStatus", "SYSTEM_SPECULATION_CONTROL_RFDS_MITIGATION_UNSUPPORTED", NULL, NULL },
};

static void judge_json(struct verdict *ret, struct arena *a, struct str json) {
        static const struct verdict_options options = { 0 };
        struct evidence *e = arena_new(a, struct evidence);
        struct diag d = { 0 };

        if (read_json(e, a, json, &d) != 0)
                fail_msg("%s: %.*s", d.text, STR_ARG(json));
        verdict_judge(ret, a, &catalog_builtin, e, &options);
}

static const struct finding *finding_of(const struct verdict *v, const char *flaw) {
        for (uint32_t i = 0; i < v->finding_count; i++)
                if (str_eq(T(v->findings[i].flaw->id), str_of(flaw)))
                        return &v->findings[i];
        fail_msg("no flaw '%s'", flaw);
        return NULL;
}

static bool is_safe(const struct finding *f) {
        return f->status == STATUS_NOT_AFFECTED || f->status == STATUS_MITIGATED;
}

/* Of a machine that is not affected less can be seen: that it is protected if it is. */
static bool is_no_safer(const struct finding *part, const struct finding *whole) {
        return !is_safe(part) || part->status == whole->status || whole->status == STATUS_NOT_AFFECTED;
}

/* A thousand made-up Windows: what the module calls open is never safe, and open indeed where the module says everything; taking
 * properties away makes nothing safe. */
static void test_never_safer_than_the_module(void **state) {
        uint32_t open = 0, kept = 0;

        (void)state;
        for (int round = 0; round < 1000; round++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence windows;
                struct verdict whole, part;
                struct diag d = { 0 };
                struct str list, text = draw_windows(&a);

                assert_int_equal(evidence_parse(&windows, &a, S("x"), text, &d), 0);
                list = report_of(&a, &windows, REPORT_SPECULATIONCONTROL);
                judge_json(&whole, &a, as_json(&a, list, true));
                judge_json(&part, &a, as_json(&a, list, false));
                for (size_t i = 0; i < sizeof(open_by_the_module) / sizeof(open_by_the_module[0]); i++) {
                        const struct finding *f = finding_of(&whole, open_by_the_module[i].flaw);

                        if (!str_eq(property_in(list, open_by_the_module[i].property), str_of(open_by_the_module[i].value)) ||
                            (open_by_the_module[i].and_property &&
                             !str_eq(property_in(list, open_by_the_module[i].and_property), str_of(open_by_the_module[i].and_value))))
                                continue;
                        open++;
                        kept += f->status == STATUS_VULNERABLE;
                        if (is_safe(f))
                                fail_msg("%s is '%.*s', though %s is %s in\n%.*s\nmade from\n%.*s", open_by_the_module[i].flaw,
                                         STR_ARG(status_word(f->status)), open_by_the_module[i].property, open_by_the_module[i].value,
                                         STR_ARG(list), STR_ARG(text));
                }
                for (uint32_t i = 0; i < whole.finding_count; i++)
                        if (!is_no_safer(&part.findings[i], &whole.findings[i]))
                                fail_msg("%.*s is safe with less, '%.*s' with more, in\n%.*s", STR_ARG(T(part.findings[i].flaw->id)),
                                         STR_ARG(status_word(whole.findings[i].status)), STR_ARG(list));
        }
        assert_true(open > 1000);
        print_message("# %u findings that the module calls open: %u are vulnerable, the others not known\n", open, kept);
        assert_true(kept > open / 2);
}

/* Properties that contradict each other tell nothing; a word that no module of today knows is not taken for another. */
static void test_contradiction(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(read_json(&e, &a, S("{\"BTIWindowsSupportEnabled\":true,\"GdsReported\":false,\"GdsStatus\":"
                                             "\"SYSTEM_SPECULATION_CONTROL_GDS_MITIGATED\",\"RfdsStatus\":\"NEWER_WORD\","
                                             "\"L1TFInvalidPteBit\":64}"), &d), 0);
        assert_int_equal(evidence_nt(&e, 201)->known[0], 1);
        assert_int_equal(evidence_nt(&e, 201)->known[1], 7u << 14); /* GdsReported is disputed, what the status says is not */
        assert_null(evidence_nt(&e, 196));
        assert_null(evidence_line(&e, RECORD_WIN32, S("l1tf-hardware-vulnerable")));
        assert_true(str_eq(evidence_line(&e, RECORD_UNAME, S(""))->text, S("Windows")));
}

/* Cut off anywhere: refused with a message, or not recognised; never half an answer. */
static void test_truncated(void **state) {
        (void)state;
        for (ptrdiff_t n = 3; n < client.len - 3; n++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence e;
                struct diag d = { 0 };
                int status = read_json(&e, &a, str_dup(&a, str_n(client.p, n)), &d);

                assert_true(status != 0);
                assert_true(status == IMPORT_UNKNOWN || (d.text[0] && d.class == DIAG_INPUT));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_client),
                cmocka_unit_test(test_round_trip),
                cmocka_unit_test(test_utf16),
                cmocka_unit_test(test_never_safer_than_the_module),
                cmocka_unit_test(test_contradiction),
                cmocka_unit_test(test_truncated),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
