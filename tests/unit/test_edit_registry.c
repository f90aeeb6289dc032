/* plan/edit: changes of the registry as text, and the way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts/facts.h"
#include "plan/edit/registry.h"

#define MM "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management"
#define VM "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization"
#define CHANGE(key_, name_, was_, old_, new_) { .target = { .kind = TARGET_REGISTRY_VALUE, .place = STR(key_), .key = STR(name_) }, .edit = EDIT_SET, \
                                                .was = (was_), .old = STR(old_), .new = STR(new_) }

static struct change items[] = {
        CHANGE(MM, "FeatureSettingsOverride", FACT_KNOWN, "0x400", "0xc0000048"),
        { .target = { .kind = TARGET_SYSCTL, .key = STR("kernel.x") }, .edit = EDIT_SET, .new = STR("1") },
        CHANGE(MM, "FeatureSettingsOverrideMask", FACT_ABSENT, "", "3"),
        CHANGE(VM, "Min\"Vm", FACT_KNOWN, "a\\b", "1.0"),
        { .target = { .kind = TARGET_REGISTRY_VALUE, .place = STR(VM), .key = STR("gone") }, .edit = EDIT_REMOVE, .was = FACT_KNOWN, .old = STR("0") },
};
static const struct changes changes = { .items = items, .count = 5 };

typedef int writer(struct out *o, struct arena *a, const struct changes *changes, bool undo, struct diag *d);

static void expect(writer *write, bool undo, const char *text) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct diag d = { 0 };

        assert_int_equal(write(&o, &a, &changes, undo, &d), 0);
        if (!str_eq(out_text(&o), str_of(text)))
                fail_msg("expected\n%s\nfound\n%.*s", text, STR_ARG(out_text(&o)));
}

#define LONG_MM "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management]\r\n"
#define LONG_VM "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization]\r\n"

static void test_reg(void **state) {
        (void)state;
        expect(registry_reg_text, false,
               "Windows Registry Editor Version 5.00\r\n\r\n" LONG_MM "\"FeatureSettingsOverride\"=dword:c0000048\r\n"
               "\"FeatureSettingsOverrideMask\"=dword:00000003\r\n\r\n" LONG_VM "\"Min\\\"Vm\"=\"1.0\"\r\n\"gone\"=-\r\n");
        expect(registry_reg_text, true,
               "Windows Registry Editor Version 5.00\r\n\r\n" LONG_VM "\"gone\"=dword:00000000\r\n\"Min\\\"Vm\"=\"a\\\\b\"\r\n\r\n" LONG_MM
               "\"FeatureSettingsOverrideMask\"=-\r\n\"FeatureSettingsOverride\"=dword:00000400\r\n");
}

static void test_utf16(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 }, text = { 0 };
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(registry_reg(&o, &a, &changes, false, &d), 0);
        assert_int_equal(registry_reg_text(&text, &a, &changes, false, &d), 0);
        assert_memory_equal(o.p, "\xff\xfeW\0i\0", 6);
        assert_int_equal(o.len, 2 + 2 * text.len);
}

static void test_commands(void **state) {
        (void)state;
        expect(registry_commands, true,
               "reg add \"" VM "\" /v \"gone\" /t REG_DWORD /d 0 /f /reg:64\n"
               "reg add \"" VM "\" /v \"Min\\\"Vm\" /t REG_SZ /d \"a\\b\" /f /reg:64\n"
               "reg delete \"" MM "\" /v \"FeatureSettingsOverrideMask\" /f /reg:64\n"
               "reg add \"" MM "\" /v \"FeatureSettingsOverride\" /t REG_DWORD /d 1024 /f /reg:64\n");
}

static void test_powershell(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };

        (void)state;
        registry_powershell(&o, &a, &changes, 1u << 25 | 3);
        assert_true(str_find(out_text(&o), S("Memory Management'; Name = 'FeatureSettingsOverride'; Set = -1073741752; Clear = 1027 }\n")) > 0);
        assert_true(str_find(out_text(&o), S("Name = 'FeatureSettingsOverrideMask'; Set = 3; Clear = 0 }\n")) > 0);
        assert_true(str_find(out_text(&o), S("Name = 'gone'; Gone = $true }\n")) > 0);
}

static void test_no_way_back(void **state) {
        struct change unread[] = { CHANGE(MM, "FeatureSettingsOverride", FACT_UNREAD, "", "72") };
        const struct changes some = { .items = unread, .count = 1 };
        writer *const writers[] = { registry_reg, registry_reg_text, registry_commands };

        (void)state;
        for (size_t i = 0; i < 3; i++) {
                ARENA_AUTO struct arena a = { 0 };
                OUT_AUTO struct out o = { 0 };
                struct diag d = { 0 };

                assert_int_equal(writers[i](&o, &a, &some, false, &d), 0);
                assert_int_equal(writers[i](&o, &a, &some, true, &d), -1);
                assert_true(strstr(d.text, "FeatureSettingsOverride") != NULL);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_reg),
                cmocka_unit_test(test_utf16),
                cmocka_unit_test(test_commands),
                cmocka_unit_test(test_powershell),
                cmocka_unit_test(test_no_way_back),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
