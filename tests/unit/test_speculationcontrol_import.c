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
                cmocka_unit_test(test_truncated),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
