/* collect/hive: hives made here, as a disk, one by one, dirty, damaged, cut off, of another format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/collect.h"
#include "base/hive_header.h"
#include "collect/hive/reader.h"
#include "hive_maker.h"
#include "platform/program.h"

#define MEMORY "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management|"
#define ENVIRONMENT "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment|"
#define SET2 "ControlSet002\\Control\\"

static const struct made_value system_values[] = {
        { .key = "Select", .name = "Current", .dword = 2 },
        { .key = "ControlSet001\\Control\\Session Manager\\Memory Management", .name = "FeatureSettingsOverride", .dword = 3 },
        { .key = SET2 "Session Manager\\Memory Management", .name = "FeatureSettingsOverride", .dword = 0x2048 },
        { .key = SET2 "Session Manager\\Memory Management", .name = "featuresettingsoverridemask", .dword = 3 },
        { .key = SET2 "Session Manager\\Environment", .name = "PROCESSOR_ARCHITECTURE", .text = "AMD64" },
        { .key = SET2 "Session Manager\\Environment", .name = "PROCESSOR_IDENTIFIER",
          .text = "Intel64 Family 6 Model 158 Stepping 10, GenuineIntel" },
        { .key = SET2 "ProductOptions", .name = "ProductType", .text = "ServerNT" },
        { .key = "ControlSet002\\Services\\vmms", .name = "Start", .dword = 2 },
        { 0 },
};

static const struct made_value software_values[] = {
        { .key = "Microsoft\\Windows NT\\CurrentVersion", .name = "CurrentBuild", .text = "17763" },
        { .key = "Microsoft\\Windows NT\\CurrentVersion", .name = "CurrentVersion", .text = "6.3" },
        { .key = "Microsoft\\Windows NT\\CurrentVersion", .name = "CurrentMajorVersionNumber", .dword = 10 },
        { .key = "Microsoft\\Windows NT\\CurrentVersion", .name = "UBR", .dword = 316 },
        { .key = "Microsoft\\Security Center\\Provider\\Av\\{D68DDC3A}", .name = "DISPLAYNAME", .text = "Windows Defender" },
        { 0 },
};

static const struct made_value no_control_set[] = { { .key = "Select", .name = "Current", .dword = 7 }, { 0 } };
static const struct made_value other_hive[] = { { .key = "Software\\Microsoft", .name = "x", .dword = 1 }, { 0 } };

static char folder[] = "/tmp/sidelight-hive-XXXXXX";
static char system_hive[64], software_hive[64], scratch_file[64];

static int make_disk(void **state) {
        char path[128];

        (void)state;
        if (!mkdtemp(folder))
                return -1;
        for (const char *const *part = (const char *const[]){ "/windows", "/windows/SYSTEM32", "/windows/SYSTEM32/Config", NULL };
             *part; part++) {
                snprintf(path, sizeof(path), "%s%s", folder, *part);
                mkdir(path, 0700);
        }
        snprintf(system_hive, sizeof(system_hive), "%s/windows/SYSTEM32/Config/System", folder);
        snprintf(software_hive, sizeof(software_hive), "%s/windows/SYSTEM32/Config/SOFTWARE", folder);
        snprintf(scratch_file, sizeof(scratch_file), "%s/scratch", folder);
        hive_make(system_hive, system_values);
        hive_make(software_hive, software_values);
        return 0;
}

static int remove_disk(void **state) {
        static const char *const names[] = { "windows/SYSTEM32/Config/System", "windows/SYSTEM32/Config/System.LOG2",
                                             "windows/SYSTEM32/Config/SOFTWARE", "windows/SYSTEM32/Config",
                                             "windows/SYSTEM32", "windows", "scratch", "" };
        char path[128];

        (void)state;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
                remove(path);
        }
        return 0;
}

static struct str read_file(struct arena *a, const char *path) {
        struct diag d = { 0 };
        struct str s = { 0 };

        assert_int_equal(program_read_file(path, 1 << 24, a, &s, &d), 0);
        return s;
}

static void write_file(const char *path, struct str s) {
        FILE *f = fopen(path, "wb");

        assert_non_null(f);
        assert_int_equal(fwrite(s.p, 1, (size_t)s.len, f), s.len);
        fclose(f);
}

static const struct record *registry(const struct evidence *e, const char *name) {
        return evidence_registry(e, str_of(name));
}

static struct str win32(const struct evidence *e, const char *name) {
        const struct record *r = evidence_line(e, RECORD_WIN32, str_of(name));

        return r ? r->text : S("-");
}

static void test_disk(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        struct diag d = { 0 };

        (void)state;
        evidence_init(&e, &a, S("disk"));
        if (collect_windows_tree(&e, folder, &d) < 0)
                fail_msg("%s", d.text);
        assert_int_equal(registry(&e, MEMORY "FeatureSettingsOverride")->value, 0x2048);
        assert_int_equal(registry(&e, MEMORY "FeatureSettingsOverrideMask")->value, 3);
        assert_int_equal(registry(&e, MEMORY "FeatureSettings")->state, FACT_ABSENT);
        assert_int_equal(registry(&e, "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion|UBR")->value, 316);
        assert_true(str_eq(registry(&e, "HKLM\\SOFTWARE\\Microsoft\\Security Center\\Provider\\Av\\{D68DDC3A}|DISPLAYNAME")->text,
                           S("sz Windows Defender")));
        /* what no hive file can hold was not read; that is not the same as absent */
        assert_null(registry(&e, "HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS|BIOSVersion"));
        assert_null(evidence_nt(&e, 201));
        assert_true(str_eq(evidence_line(&e, RECORD_UNAME, S(""))->text, S("Windows 10.0.17763 x86_64")));
        assert_true(str_eq(win32(&e, "hive.SYSTEM"), S("clean")) && str_eq(win32(&e, "hive.SOFTWARE"), S("clean")));
        assert_true(str_eq(win32(&e, "hive.SYSTEM.LOG1"), S("-")));
}

static void test_one_hive(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        const char *one[] = { system_hive }, *twice[] = { system_hive, system_hive };
        struct evidence e;
        struct diag d = { 0 };

        (void)state;
        evidence_init(&e, &a, S("hive"));
        assert_int_equal(collect_windows_hives(&e, one, 1, &d), 0);
        assert_int_equal(registry(&e, MEMORY "FeatureSettingsOverride")->value, 0x2048);
        assert_null(registry(&e, "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion|UBR"));
        assert_true(str_eq(evidence_line(&e, RECORD_UNAME, S(""))->text, S("Windows ? x86_64")));
        evidence_init(&e, &a, S("hive"));
        assert_int_equal(collect_windows_hives(&e, twice, 2, &d), -1);
        assert_non_null(strstr(d.text, "is a second SYSTEM hive"));
}

static void test_dirty(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str whole = read_file(&a, system_hive);
        char *bytes = arena_bytes(&a, whole.len), log[80];
        struct evidence e;
        struct diag d = { 0 };

        (void)state;
        memcpy(bytes, whole.p, (size_t)whole.len);
        bytes[4] = (char)(bytes[4] + 1);         /* the first sequence number, and the checksum that covers it */
        bytes[0x1fc] = (char)(bytes[0x1fc] ^ bytes[4] ^ (char)(bytes[4] - 1));
        write_file(system_hive, str_n(bytes, whole.len));
        snprintf(log, sizeof(log), "%s.LOG2", system_hive);
        write_file(log, S("HvLE"));
        evidence_init(&e, &a, S("disk"));
        if (collect_windows_tree(&e, folder, &d) < 0)
                fail_msg("%s", d.text);
        write_file(system_hive, whole);
        assert_true(str_eq(win32(&e, "hive.SYSTEM"), S("dirty")) && str_eq(win32(&e, "hive.SOFTWARE"), S("clean")));
        assert_true(str_eq(win32(&e, "hive.SYSTEM.LOG2"), S("not-replayed")) && str_eq(win32(&e, "hive.SYSTEM.LOG1"), S("-")));
}

static void assert_refused(const char *expected, enum diag_class class) {
        ARENA_AUTO struct arena a = { 0 };
        const char *paths[] = { scratch_file };
        struct evidence e;
        struct diag d = { 0 };

        evidence_init(&e, &a, S("x"));
        assert_int_equal(collect_windows_hives(&e, paths, 1, &d), -1);
        if (!strstr(d.text, expected))
                fail_msg("expected '%s' in '%s'", expected, d.text);
        assert_int_equal(d.class, class);
}

static void test_refuses(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str whole = read_file(&a, system_hive);
        char *bytes = arena_bytes(&a, whole.len);

        (void)state;
        write_file(scratch_file, S("CREG\0\0\1\0"));
        assert_refused("Windows 95", DIAG_INPUT);
        write_file(scratch_file, S("MZ"));
        assert_refused("expected 'regf' at its beginning", DIAG_INPUT);
        write_file(scratch_file, S(""));
        assert_refused("expected 'regf'", DIAG_INPUT);
        write_file(scratch_file, str_n(whole.p, whole.len - 1));
        assert_refused("is cut off", DIAG_INPUT);
        memcpy(bytes, whole.p, (size_t)whole.len);
        bytes[0x30] ^= 1;
        write_file(scratch_file, str_n(bytes, whole.len));
        assert_refused("checksum", DIAG_INPUT);
        hive_make(scratch_file, no_control_set);
        assert_refused("Select\\Current names ControlSet007, which is not there", DIAG_INPUT);
        hive_make(scratch_file, other_hive);
        assert_refused("neither SYSTEM nor SOFTWARE", DIAG_INPUT);
        remove(scratch_file);
        assert_refused("cannot open", DIAG_NO_INPUT);
}

/* The bytes behind the header overwritten, piece by piece: records or a clear error, never a crash, never silence. */
static void test_survives_damage(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str whole = read_file(&a, system_hive);
        char *bytes = arena_bytes(&a, whole.len);
        int refused = 0;

        (void)state;
        for (ptrdiff_t at = 4096; at + 64 <= whole.len; at += 64) {
                const char *paths[] = { scratch_file };
                struct evidence e;
                struct diag d = { 0 };

                memcpy(bytes, whole.p, (size_t)whole.len);
                memset(bytes + at, at / 64 % 2 ? 0xff : 0, 64);
                write_file(scratch_file, str_n(bytes, whole.len));
                evidence_init(&e, &a, S("x"));
                if (collect_windows_hives(&e, paths, 1, &d) < 0) {
                        assert_true(d.text[0] && d.class == DIAG_INPUT);
                        refused++;
                }
        }
        assert_true(refused > 10);
}

/* Whatever one byte of the structure is, the reader ends, with records or with a clear error; and what it then tells of a value that the
 * change did not touch is what stands there. */
static void test_every_byte(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str whole = hive_bytes(&a, system_values, MADE_RI);
        int refused = 0, read = 0;

        (void)state;
        for (ptrdiff_t at = 4096; at < whole.len; at++) {
                ARENA_AUTO struct arena own = { 0 };
                struct str bytes = str_dup(&own, whole);
                struct evidence e;
                struct diag d = { 0 };

                ((char *)(uintptr_t)bytes.p)[at] ^= (char)0xff;
                evidence_init(&e, &own, S("x"));
                if (hive_read(&e, bytes, "x", &d) < 0) {
                        assert_true(d.text[0] && d.class == DIAG_INPUT);
                        refused++;
                } else {
                        read++;
                }
        }
        assert_true(refused > 200 && read > 200);
}

/* Every way in which Windows has written lists, names and long values says the same. */
static void test_styles(void **state) {
        static const struct made_value values[] = {
                { .key = "Select", .name = "Current", .dword = 2 },
                { .key = "ControlSet001\\Control\\Session Manager\\Memory Management", .name = "FeatureSettingsOverride", .dword = 3 },
                { .key = SET2 "Session Manager\\Memory Management", .name = "FeatureSettingsOverride", .dword = 0x2048 },
                { .key = SET2 "Session Manager\\Environment", .name = "PROCESSOR_IDENTIFIER", .text = "0123456789", .repeat = 4000 },
                { 0 },
        };

        (void)state;
        for (int style = 0; style < MADE_STYLES; style++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence e;
                struct diag d = { 0 };

                evidence_init(&e, &a, S("x"));
                if (hive_read(&e, hive_bytes(&a, values, (enum made_style)style), "x", &d) < 0)
                        fail_msg("style %d: %s", style, d.text);
                assert_int_equal(registry(&e, MEMORY "FeatureSettingsOverride")->value, 0x2048);
                assert_int_equal(registry(&e, MEMORY "FeatureSettingsOverrideMask")->state, FACT_ABSENT);
                assert_int_equal(registry(&e, ENVIRONMENT "PROCESSOR_IDENTIFIER")->text.len, 3 + 40000);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_disk),    cmocka_unit_test(test_one_hive),        cmocka_unit_test(test_dirty),
                cmocka_unit_test(test_refuses), cmocka_unit_test(test_survives_damage), cmocka_unit_test(test_every_byte), cmocka_unit_test(test_styles),
        };

        return cmocka_run_group_tests(tests, make_disk, remove_disk);
}
