/* Hive files changed: in every style that Windows has used the new values are there, all others stay, and what cannot be done is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hive_cells.h"
#include "base/hive_edit.h"
#include "base/hive_header.h"
#include "hive_maker.h"

static const struct str memory = STR("ControlSet001\\Control\\Memory Management");

static const struct made_value values[] = {
        { .key = "Select", .name = "Current", .dword = 1 },
        { .key = "ControlSet001\\Control\\Memory Management", .name = "FeatureSettingsOverride", .dword = 0x400 },
        { .key = "ControlSet001\\Control\\Memory Management", .name = "PagingFiles", .text = "?:\\pagefile.sys" },
        { .key = "ControlSet001\\Control\\Empty" },
        { .key = "ControlSet001\\Control\\Long", .name = "Text", .text = "0123456789", .repeat = 2000 },
        { 0 },
};

static struct hive_change dword(struct str key, const char *name, const char *bytes) {
        return (struct hive_change){ .key = key, .name = str_of(name), .type = 4, .bytes = str_n(bytes, 4) };
}

/* A value's bytes; no pointer where it is not there. */
static struct str value(struct arena *a, struct str file, struct str key, const char *name) {
        struct hive_cells h;
        struct str part, bytes;
        uint32_t at, type;

        hive_cells_open(&h, file);
        assert_null(h.damage);
        for (at = h.root; at && str_cut(&key, '\\', &part);)
                at = hive_child(&h, a, at, part);
        assert_true(at);
        return hive_value(&h, a, at, str_of(name), &type, &bytes) ? bytes : (struct str){ 0 };
}

static void edit(struct arena *a, struct str file, const struct hive_change *changes, ptrdiff_t count, struct str *ret) {
        struct str why;
        struct diag d = { 0 };
        bool dirty = true;

        if (hive_edit(a, file, changes, count, ret, &why) < 0)
                fail_msg("%.*s", STR_ARG(why));
        assert_int_equal(hive_header(*ret, "edited", &dirty, &d), 0);
        assert_false(dirty);
}

static void others_stay(struct arena *a, struct str old, struct str new) {
        for (int i = 0; values[i].key; i++)
                if (values[i].name && !str_eq(str_of(values[i].name), S("FeatureSettingsOverride")))
                        assert_true(str_eq(value(a, old, str_of(values[i].key), values[i].name),
                                           value(a, new, str_of(values[i].key), values[i].name)));
}

static void test_styles(void **state) {
        (void)state;
        for (int style = 0; style < MADE_STYLES; style++) {
                ARENA_AUTO struct arena a = { 0 };
                struct str old = hive_bytes(&a, values, (enum made_style)style), new, again;
                const struct hive_change changes[] = { dword(memory, "featuresettingsOVERRIDE", "\x48\4\0\0"),
                                                       dword(memory, "FeatureSettingsOverrideMask", "\3\0\0\0") };

                edit(&a, old, changes, 2, &new);
                assert_true(str_eq(value(&a, new, memory, "FeatureSettingsOverride"), str_n("\x48\4\0\0", 4)));
                assert_true(str_eq(value(&a, new, memory, "FeatureSettingsOverrideMask"), str_n("\3\0\0\0", 4)));
                others_stay(&a, old, new);
                edit(&a, new, changes, 2, &again);
                assert_int_equal(again.len, new.len); /* nothing is added twice */
        }
}

static void test_first_value(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str old = hive_bytes(&a, values, MADE_LF), new, empty = S("ControlSet001\\Control\\Empty");
        const struct hive_change change = dword(empty, "First", "\1\0\0\0");

        (void)state;
        edit(&a, old, &change, 1, &new);
        assert_true(str_eq(value(&a, new, empty, "First"), str_n("\1\0\0\0", 4)));
        others_stay(&a, old, new);
}

/* Until bins have to be added, through all that the file has room for. */
static void test_grows(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str old = hive_bytes(&a, values, MADE_LH_WIDE), now = old, empty = S("ControlSet001\\Control\\Empty");

        (void)state;
        for (int i = 0; i < 300; i++) {
                const struct hive_change change = { .key = empty, .name = str_fmt(&a, "Value %d", i), .type = 1,
                                                    .bytes = str_n("t\0e\0x\0t\0\0", 10) };

                edit(&a, now, &change, 1, &now);
        }
        assert_true(now.len > old.len && now.len < old.len + 256 * 1024);
        for (int i = 0; i < 300; i++)
                assert_int_equal(value(&a, now, empty, str_fmt(&a, "Value %d", i).p).len, 10);
        others_stay(&a, old, now);
}

/* From short to long and back, in the place that is there. */
static void test_lengths(void **state) {
        static const char bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789";
        static const int lengths[] = { 4, 36, 8, 36, 2, 0, 20, 36 };
        ARENA_AUTO struct arena a = { 0 };
        struct str now = hive_bytes(&a, values, MADE_LF);

        (void)state;
        for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
                const struct hive_change change = { .key = memory, .name = S("PagingFiles"), .type = 3, .bytes = str_n(bytes, lengths[i]) };

                edit(&a, now, &change, 1, &now);
                assert_true(str_eq(value(&a, now, memory, "PagingFiles"), change.bytes));
        }
}

/* ---- Keys ---- */

/* The names below a key, in the file's order. */
static struct str names_below(struct arena *a, struct str file, struct str key) {
        struct hive_cells h;
        struct str part, name, all = S("");
        uint32_t at;

        hive_cells_open(&h, file);
        for (at = h.root; at && str_cut(&key, '\\', &part);)
                at = hive_child(&h, a, at, part);
        for (uint32_t i = 0; at && hive_child_name(&h, a, at, i, &name); i++)
                all = str_fmt(a, "%.*s %.*s", STR_ARG(all), STR_ARG(name));
        return all;
}

static const struct made_value sorted[] = {
        { .key = "Software\\Classes" },
        { .key = "Software\\Microsoft", .name = "x", .dword = 1 },
        { .key = "Software\\microsoftX" },
        { .key = "Software\\Policies" },
        { .key = "Software\\RegisteredApplications", .name = "y", .dword = 2 },
        { 0 },
};

/* In each style, at the front, in the middle, at the end, and below what was just made: in the order by which Windows looks them up. */
static void test_missing_keys(void **state) {
        (void)state;
        for (int style = 0; style < MADE_STYLES; style++) {
                ARENA_AUTO struct arena a = { 0 };
                struct str old = hive_bytes(&a, sorted, (enum made_style)style), new, again, bytes = str_n("\1\0\0\0", 4);
                const struct hive_change changes[] = {
                        dword(S("Software\\MICROSOFT\\Virtualization"), "Min", "\1\0\0\0"), dword(S("Software\\Aa"), "a", "\1\0\0\0"),
                        dword(S("Software\\Zz\\b\\A\\C"), "c", "\1\0\0\0"), dword(S("Software\\microsoftW"), "d", "\1\0\0\0"),
                        dword(S("Software\\Zz\\a"), "e", "\1\0\0\0"),
                };

                edit(&a, old, changes, 5, &new);
                assert_true(str_eq(names_below(&a, new, S("Software")),
                                   S(" Aa Classes Microsoft microsoftW microsoftX Policies RegisteredApplications Zz")));
                assert_true(str_eq(names_below(&a, new, S("Software\\Zz")), S(" a b")));
                assert_true(str_eq(value(&a, new, S("Software\\Microsoft\\Virtualization"), "min"), bytes));
                assert_true(str_eq(value(&a, new, S("Software\\Zz\\b\\A\\C"), "c"), bytes));
                assert_true(str_eq(value(&a, new, S("Software\\Microsoft"), "x"), bytes));
                assert_int_equal(value(&a, new, S("Software\\RegisteredApplications"), "y").len, 4);
                edit(&a, new, changes, 5, &again);
                assert_int_equal(again.len, new.len);
        }
}

static uint32_t number_at(struct str bytes, ptrdiff_t at) {
        const unsigned char *p = (const unsigned char *)bytes.p + at;

        return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* What Windows asks of a key beside its name: its parent, its security (counted), the hash of its name. */
static void test_made_key(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str old = hive_bytes(&a, sorted, MADE_LH_WIDE), new, bins;
        const struct hive_change change = dword(S("Software\\Classes\\Ab1"), "v", "\1\0\0\0");
        struct hive_cells h;
        uint32_t classes, made, list, security, before;

        (void)state;
        edit(&a, old, &change, 1, &new);
        hive_cells_open(&h, new);
        bins = str_from(new, 4096);
        classes = hive_child(&h, &a, hive_child(&h, &a, h.root, S("Software")), S("Classes"));
        made = hive_child(&h, &a, classes, S("AB1"));
        assert_true(made);
        assert_int_equal(number_at(bins, made + 4 + 0x10), classes);
        assert_int_equal(number_at(bins, classes + 4 + 0x14), 1);
        assert_int_equal(number_at(bins, classes + 4 + 0x34) & 0xffff, 6); /* its longest key's name, in UTF-16 */
        list = number_at(bins, classes + 4 + 0x1c);
        assert_memory_equal(bins.p + list + 4, "lh\1", 3);
        assert_int_equal(number_at(bins, list + 4 + 4), made);
        assert_int_equal(number_at(bins, list + 4 + 8), ('A' * 37u + 'B') * 37u + '1');
        assert_true(hive_security_cell(&h, made, &security));
        assert_int_equal(security, number_at(bins, classes + 4 + 0x2c));
        before = number_at(str_from(old, 4096), security + 4 + 0xc);
        assert_int_equal(number_at(bins, security + 4 + 0xc), before + 1);
}

static void test_many_keys(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str now = hive_bytes(&a, sorted, MADE_LF), why;

        (void)state;
        for (int i = 0; i < 500; i++) {
                const struct hive_change change = dword(str_fmt(&a, "Software\\Policies\\%d", (i * 7) % 500), "v", "\1\0\0\0");

                if (hive_edit(&a, now, &change, 1, &now, &why) < 0)
                        fail_msg("%.*s", STR_ARG(why));
        }
        for (int i = 0; i < 500; i++)
                assert_int_equal(value(&a, now, str_fmt(&a, "Software\\Policies\\%d", i), "v").len, 4);
        assert_int_equal(hive_edit(&a, now, &(struct hive_change){ .key = S("Software\\Policies\\x"), .name = S("v"), .type = 4 }, 1, &now, &why), -1);
        assert_true(str_eq(why, S("a key has too many keys")));
}

/* ---- Values taken out ---- */

static void test_removed(void **state) {
        (void)state;
        for (int style = 0; style < MADE_STYLES; style++) {
                ARENA_AUTO struct arena a = { 0 };
                struct str old = hive_bytes(&a, values, (enum made_style)style), new, back, longs = S("ControlSet001\\Control\\Long");
                const struct hive_change changes[] = {
                        { .key = memory, .name = S("FEATUREsettingsOverride"), .absent = true },
                        { .key = longs, .name = S("Text"), .absent = true }, /* in pieces, and its key's only one */
                        { .key = memory, .name = S("NoSuchValue"), .absent = true },
                        { .key = S("No\\Such\\Key"), .name = S("x"), .absent = true },
                };
                const struct hive_change again[] = { dword(memory, "FeatureSettingsOverride", "\0\4\0\0"), dword(longs, "New", "\1\0\0\0") };

                edit(&a, old, changes, 4, &new);
                assert_null(value(&a, new, memory, "FeatureSettingsOverride").p);
                assert_null(value(&a, new, longs, "Text").p);
                assert_int_equal(new.len, old.len);
                assert_true(str_eq(value(&a, new, memory, "PagingFiles"), value(&a, old, memory, "PagingFiles")));
                assert_true(str_eq(names_below(&a, new, S("")), names_below(&a, old, S("")))); /* no key is made for what is to go */
                edit(&a, new, again, 2, &back);
                assert_int_equal(back.len, old.len); /* in the room that was freed */
                assert_true(str_eq(value(&a, back, memory, "FeatureSettingsOverride"), str_n("\0\4\0\0", 4)));
        }
}

static void test_refused(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str file = hive_bytes(&a, values, MADE_LF), new, why;
        const struct hive_change missing = dword(S("ControlSet001\\No\\S\xc3\xbc"), "x", "\1\0\0\0");
        struct hive_change endless = dword(memory, "x", "\1\0\0\0");
        char *broken = arena_bytes(&a, file.len);

        (void)state;
        assert_int_equal(hive_edit(&a, file, &missing, 1, &new, &why), -1);
        assert_true(str_eq(why, S("a key's name is none")));
        endless.bytes = str_n(arena_bytes(&a, 20000), 20000);
        memset((char *)(uintptr_t)endless.bytes.p, 0, 20000);
        assert_int_equal(hive_edit(&a, file, &endless, 1, &new, &why), -1);
        memcpy(broken, file.p, (size_t)file.len);
        memset(broken + 4096 + 32, 0, 4); /* a cell of no size */
        endless.bytes = str_n("\1\0\0\0", 4);
        assert_int_equal(hive_edit(&a, str_n(broken, file.len), &endless, 1, &new, &why), -1);
        assert_true(why.len > 0);
}

/* ---- Logs ---- */

static void put(char *p, uint32_t v) {
        for (int i = 0; i < 4; i++)
                p[i] = (char)(v >> 8 * i & 0xff);
}

/* A log with one entry ("HvLE") or page map ("DIRT") of that number. */
static struct str log_of(struct arena *a, const char *kind, uint32_t sequence) {
        char *p = arena_bytes(a, 2048);

        memset(p, 0, 2048);
        memcpy(p, "regf", 4);
        put(p + 4, sequence);
        memcpy(p + 0x200, kind, 4);
        put(p + 0x204, 0x200);
        put(p + 0x20c, sequence);
        return str_n(p, 2048);
}

static void test_logs(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str file = hive_bytes(&a, values, MADE_LF), second;
        char *p = arena_bytes(&a, file.len), zero[600] = { 0 };

        (void)state;
        memcpy(p, file.p, (size_t)file.len);
        put(p + 4, 100);
        put(p + 8, 100);
        file = str_n(p, file.len);
        assert_false(hive_log_pends(S(""), file));
        assert_false(hive_log_pends(str_n(zero, 600), file));
        assert_true(hive_log_pends(S("what is this"), file));
        assert_false(hive_log_pends(log_of(&a, "HvLE", 99), file));
        assert_true(hive_log_pends(log_of(&a, "HvLE", 100), file));
        assert_true(hive_log_pends(log_of(&a, "HvLE", 101), file));
        assert_false(hive_log_pends(log_of(&a, "DIRT", 99), file));
        assert_false(hive_log_pends(log_of(&a, "DIRT", 100), file));
        assert_true(hive_log_pends(log_of(&a, "DIRT", 101), file));
        second = log_of(&a, "HvLE", 99);
        memcpy((char *)(uintptr_t)second.p + 0x400, log_of(&a, "HvLE", 100).p + 0x200, 0x200);
        assert_true(hive_log_pends(second, file));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_styles),  cmocka_unit_test(test_first_value), cmocka_unit_test(test_grows),
                cmocka_unit_test(test_lengths), cmocka_unit_test(test_missing_keys), cmocka_unit_test(test_made_key),
                cmocka_unit_test(test_many_keys), cmocka_unit_test(test_removed),    cmocka_unit_test(test_refused), cmocka_unit_test(test_logs),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
