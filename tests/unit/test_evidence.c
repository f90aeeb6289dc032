/* evidence: the file format read, written, refused; the fingerprint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "evidence/evidence.h"

static const struct str sample = STR("# sidelight evidence 1\n"
                                     "-- meta captured 2026-11-22\n"
                                     "-- identity hostname web-17\n"
                                     "-- uname Linux 6.1.0-56-cloud-amd64 x86_64\n"
                                     "-- file /a b/meltdown\n"
                                     "Mitigation: PTI\n"
                                     "\\-- not a record\n"
                                     "\\\\-- nor this\n"
                                     "\n"
                                     "last\n"
                                     "-- absent /sys/tsa\n"
                                     "-- denied /dev/cpu/0/msr\n"
                                     "-- failed /proc/cmdline EIO\n"
                                     "-- cpuid 0 00000007.0 00000002 219c43a9 8041021c bc000410\n"
                                     "-- msr 0 0000010a 000000000000fd6b\n"
                                     "-- msr * 00000123 denied\n"
                                     "-- nt 201 0406d319 0176ae10\n"
                                     "-- nt 196 status c0000003\n"
                                     "-- nt 213 00000001/00000009 00000000/00000000\n"
                                     "-- win32 cores 4 of 8\n"
                                     "-- registry HKLM\\A|U binary 00000000f0000000\n"
                                     "-- registry HKLM\\A B|C D dword 00000048\n"
                                     "-- registry HKLM\\A|B absent\n"
                                     "-- registry HKLM\\A|E sz 1.0 beta\n"
                                     "-- idreg 0 ID_AA64PFR0_EL1 1101000010112222\n"
                                     "-- idreg * MIDR_EL1 00000000413fd0c1\n"
                                     "-- martian x y\n");

static void read_sample(struct evidence *e, struct arena *a) {
        struct diag d = { 0 };

        assert_int_equal(evidence_parse(e, a, S("sample.host"), sample, &d), 0);
}

static void test_reads(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        const struct record *r;

        (void)state;
        read_sample(&e, &a);
        r = evidence_file(&e, S("/a b/meltdown"));
        assert_non_null(r);
        assert_true(str_eq(r->text, S("Mitigation: PTI\n-- not a record\n\\-- nor this\n\nlast")));
        assert_int_equal(evidence_file(&e, S("/sys/tsa"))->state, FACT_ABSENT);
        assert_int_equal(evidence_file(&e, S("/dev/cpu/0/msr"))->state, FACT_DENIED);
        r = evidence_file(&e, S("/proc/cmdline"));
        assert_true(r->state == FACT_FAILED && str_eq(r->text, S("EIO")));
        assert_int_equal(evidence_cpuid(&e, 0, 7, 0)->words[3], 0xbc000410);
        assert_null(evidence_cpuid(&e, 1, 7, 0));
        assert_int_equal(evidence_msr(&e, 0, 0x10a)->value, 0xfd6b);
        assert_int_equal(evidence_msr(&e, 5, 0x123)->state, FACT_DENIED);
        assert_int_equal(evidence_idreg(&e, 0, S("ID_AA64PFR0_EL1"))->value, 0x1101000010112222);
        assert_int_equal(evidence_idreg(&e, 3, S("MIDR_EL1"))->value, 0x413fd0c1);
        assert_null(evidence_idreg(&e, 1, S("ID_AA64PFR0_EL1")));
        assert_int_equal(evidence_nt(&e, 201)->words[1], 0x0176ae10);
        assert_int_equal(evidence_nt(&e, 196)->value, 0xc0000003);
        assert_int_equal(evidence_nt(&e, 201)->known[1], UINT32_MAX);
        assert_int_equal(evidence_nt(&e, 213)->known[0], 9);
        assert_true(str_eq(evidence_line(&e, RECORD_WIN32, S("cores"))->text, S("4 of 8")));
        assert_true(evidence_registry(&e, S("HKLM\\A|U"))->value == 0xf000000000);
        assert_int_equal(evidence_registry(&e, S("hklm\\a b|c d"))->value, 0x48);
        assert_int_equal(evidence_registry(&e, S("HKLM\\A|B"))->state, FACT_ABSENT);
        assert_true(str_eq(evidence_registry(&e, S("HKLM\\A|E"))->text, S("sz 1.0 beta")));
}

static void test_writes_what_it_read(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct evidence e;

        (void)state;
        read_sample(&e, &a);
        evidence_write(&e, &o);
        assert_int_equal(o.len, sample.len);
        assert_memory_equal(o.p, sample.p, (size_t)sample.len);
}

static void test_refuses(void **state) {
        static const struct {
                struct str text;
                const char *message;
        } rows[] = {
                { STR(""), "x:1: expected '# sidelight evidence 1', found ''" },
                { STR("# sidelight evidence 2\n"), "x:1: expected version 1" },
                { STR("# sidelight evidence 1\nhello\n"), "x:2: expected a record" },
                { STR("# sidelight evidence 1\n-- cpuid 0 7 1\n"), "x:2: expected 'cpuid CPU LEAF.SUBLEAF" },
                { STR("# sidelight evidence 1\n-- cpuid 0 7.0 1 2 3\n"), "x:2: expected four registers" },
                { STR("# sidelight evidence 1\n-- msr 0 10a zz\n"), "x:2: expected 'msr CPU REGISTER VALUE'" },
                { STR("# sidelight evidence 1\n-- idreg 0 MIDR_EL1\n"), "x:2: expected 'idreg CPU NAME VALUE'" },
                { STR("# sidelight evidence 1\n-- nt 201\n"), "x:2: expected dwords" },
                { STR("# sidelight evidence 1\n-- nt 201 1/x\n"), "x:2: expected at most four dwords" },
                { STR("# sidelight evidence 1\n-- registry K|V binary 0g\n"), "x:2: expected pairs of hexadecimal" },
                { STR("# sidelight evidence 1\n-- registry K|V binary 000\n"), "x:2: expected pairs of hexadecimal" },
                { STR("# sidelight evidence 1\n-- registry HKLM\\A dword 1\n"), "x:2: expected 'registry KEY|VALUE" },
                { STR("# sidelight evidence 1\n-- file /a\nx\n-- absent /a\n"), "x:4: this record was given before, in line 2" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence e;
                struct diag d = { 0 };

                assert_int_equal(evidence_parse(&e, &a, S("x"), rows[i].text, &d), -1);
                assert_memory_equal(d.text, rows[i].message, strlen(rows[i].message));
                assert_int_equal(d.class, DIAG_INPUT);
        }
}

/* Cut off after every byte: an answer or an error, never a crash (the sanitizer build watches). */
static void test_truncated_everywhere(void **state) {
        (void)state;
        for (ptrdiff_t n = 0; n <= sample.len; n++) {
                ARENA_AUTO struct arena a = { 0 };
                char *copy = arena_bytes(&a, n + 1);
                struct evidence e;
                struct diag d = { 0 };

                memcpy(copy, sample.p, (size_t)n);
                if (evidence_parse(&e, &a, S("x"), str_n(copy, n), &d) < 0)
                        assert_true(d.text[0] != '\0');
        }
}

static void fingerprint_of(struct str text, char hex[65]) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        struct diag d = { 0 };

        assert_int_equal(evidence_parse(&e, &a, S("x"), text, &d), 0);
        evidence_fingerprint(&e, &a, hex);
}

static void test_fingerprint(void **state) {
        char one[65], two[65], three[65];

        (void)state;
        fingerprint_of(S("# sidelight evidence 1\n-- identity hostname a\n-- file /proc/cpuinfo\nmodel\t: 1\ncpu MHz\t\t: 1\n"
                         "-- file /proc/cmdline\nroot=/dev/a mds=off\n"), one);
        fingerprint_of(S("# sidelight evidence 1\n-- file /proc/cmdline\nroot=/dev/b mds=off\n"
                         "-- file /proc/cpuinfo\nmodel\t: 1\ncpu MHz\t\t: 2\n"), two);
        fingerprint_of(S("# sidelight evidence 1\n-- file /proc/cmdline\nroot=/dev/b\n"
                         "-- file /proc/cpuinfo\nmodel\t: 1\ncpu MHz\t\t: 2\n"), three);
        assert_string_equal(one, two);
        assert_string_not_equal(one, three);
}

/* Each bit of a register counts, and which of them are known, whichever they are. */
static void test_fingerprint_of_bits(void **state) {
        char all[65 + 64 * 2][65];
        int count = 0;

        (void)state;
        for (int bit = 0; bit < 64; bit++) {
                ARENA_AUTO struct arena a = { 0 };
                unsigned long long one = 1ull << bit;

                fingerprint_of(str_fmt(&a, "# sidelight evidence 1\n-- msr 0 10a %016llx\n", one), all[count++]);
                fingerprint_of(str_fmt(&a, "# sidelight evidence 1\n-- msr 0 10a 0000000000000000/%016llx\n", ~one), all[count++]);
        }
        fingerprint_of(S("# sidelight evidence 1\n-- msr 0 10a 0\n"), all[count++]);
        fingerprint_of(S("# sidelight evidence 1\n-- msr 1 10a 0\n"), all[count++]);
        fingerprint_of(S("# sidelight evidence 1\n-- msr 0 10b 0\n"), all[count++]);
        fingerprint_of(S("# sidelight evidence 1\n-- msr 0 10a denied\n"), all[count++]);
        fingerprint_of(S("# sidelight evidence 1\n-- cpuid 0 7.0 0 0 0 0\n"), all[count++]);
        fingerprint_of(S("# sidelight evidence 1\n-- cpuid 0 7.1 0 0 0 0\n"), all[count++]);
        for (int i = 0; i < count; i++)
                for (int k = 0; k < i; k++)
                        if (strcmp(all[i], all[k]) == 0)
                                fail_msg("%d and %d are one", i, k);
}

static void test_add_replaces(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct evidence e;

        (void)state;
        evidence_init(&e, &a, S("live"));
        evidence_add_file(&e, S("/x"), S("one\n"));
        evidence_add_file(&e, S("/y"), S("--two"));
        evidence_add_file(&e, S("/x"), S("three"));
        evidence_add_registry_dword(&e, S("K|V"), 0x48);
        evidence_add_registry_dword(&e, S("k|v"), 3);
        evidence_add_idreg(&e, 2, S("MIDR_EL1"), 0x413fd0c1);
        evidence_write(&e, &o);
        assert_true(str_eq(out_text(&o), S("# sidelight evidence 1\n-- file /x\nthree\n-- file /y\n\\--two\n"
                                           "-- registry K|V dword 00000003\n"
                                           "-- idreg 2 MIDR_EL1 00000000413fd0c1\n")));
}

/* The value that mix() of evidence.c turns, with `v`, into `y`. */
static uint64_t unmix(uint64_t y, uint64_t v) {
        uint64_t inverse = 1;

        for (int i = 0; i < 6; i++) /* Newton's iteration: each doubles the bits that are right */
                inverse *= 2 - UINT64_C(0x9e3779b97f4a7c15) * inverse;
        return ((y ^ y >> 29 ^ y >> 58) * inverse) ^ v;
}

/* Registers whose numbers were chosen to meet in one place of the table over the records; the last one's leaf is `more` higher. */
static void chosen_names(struct out *ret, uint64_t more) {
        enum { COUNT = 20000 };

        out_c(ret, "# sidelight evidence 1\n");
        for (uint64_t i = 0; i < COUNT; i++) {
                uint64_t end = (i & 0xffff) << 48 | i >> 16, h = unmix(end, 0x2020202020202020u);
                uint64_t name = unmix(h, 0) ^ (uint64_t)RECORD_CPUID << 32;

                out_fmt(ret, "-- cpuid 0 %08x.%x %x 0 0 0\n", (unsigned)((name >> 32) + (i + 1 == COUNT ? more : 0)), (unsigned)name, (unsigned)i);
        }
}

/* The table chooses another place for each, and a choice that hangs on all of them: none can be made for it. */
static void test_chosen_names(void **state) {
        uint64_t seeds[2];

        (void)state;
        for (uint64_t more = 0; more < 2; more++) {
                ARENA_AUTO struct arena a = { 0 };
                OUT_AUTO struct out text = { 0 };
                struct evidence e;
                struct diag d = { 0 };

                chosen_names(&text, more);
                assert_int_equal(evidence_parse(&e, &a, S("x"), out_text(&text), &d), 0);
                assert_true(e.seed != 0 && !e.crowded);
                for (ptrdiff_t i = 0; i < e.count; i++)
                        assert_ptr_equal(evidence_cpuid(&e, 0, e.items[i].leaf, e.items[i].subleaf), &e.items[i]);
                seeds[more] = e.seed;
        }
        assert_true(seeds[0] != seeds[1]);
}

/* Names of one kind, unlike in one place only, wherever that is: ordinary names, for which the table is not made anew. */
static void test_names_alike(void **state) {
        (void)state;
        for (int at = 0; at < 30; at++) {
                ARENA_AUTO struct arena a = { 0 };
                OUT_AUTO struct out text = { 0 };
                struct evidence e;
                struct diag d = { 0 };

                out_c(&text, "# sidelight evidence 1\n");
                for (int i = 0; i < 600; i++)
                        out_fmt(&text, "-- absent /%.*s%03d%.*s\n", at, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", i, 30 - at, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
                assert_int_equal(evidence_parse(&e, &a, S("x"), out_text(&text), &d), 0);
                assert_int_equal(e.count, 600);
                assert_true(e.seed == 0 && !e.crowded);
        }
}

/* Nothing that was seen can pose as a record: what was added is what is read back. */
static void test_no_forging(void **state) {
        static const struct str hostile = STR("a\n-- file /proc/cmdline\nmitigations=off\r\n-- absent /x\n\x1b[2J\xff\xc2\x85");
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 }, again = { 0 };
        struct evidence e, back;
        struct diag d = { 0 };

        (void)state;
        evidence_init(&e, &a, S("live"));
        evidence_add_line(&e, RECORD_IDENTITY, S("hostname"), hostile);
        evidence_add_line(&e, RECORD_META, S("user"), hostile);
        evidence_add_line(&e, RECORD_UNAME, S(""), hostile);
        evidence_add_line(&e, RECORD_WIN32, S("source"), hostile);
        evidence_add_file(&e, hostile, hostile);
        evidence_add_file(&e, S("/sys/class/dmi/id/sys_vendor"), hostile);
        evidence_add_missing(&e, str_fmt(&a, "/%.*s", STR_ARG(hostile)), FACT_ABSENT, hostile);
        evidence_add_missing(&e, str_fmt(&a, "/2%.*s", STR_ARG(hostile)), FACT_FAILED, hostile);
        evidence_add_registry_dword(&e, str_fmt(&a, "K%.*s|V", STR_ARG(hostile)), 1);
        evidence_add_registry_text(&e, S("K|T"), hostile);
        evidence_add_registry_missing(&e, str_fmt(&a, "K|%.*s", STR_ARG(hostile)), FACT_ABSENT);
        evidence_add_idreg(&e, 0, S("MIDR_EL1"), 1);
        evidence_write(&e, &o);
        if (evidence_parse(&back, &a, S("live"), out_text(&o), &d) < 0)
                fail_msg("%s", d.text);
        assert_int_equal(back.count, e.count);
        for (ptrdiff_t i = 0; i < e.count; i++)
                assert_int_equal(back.items[i].kind, e.items[i].kind);
        assert_true(str_eq(evidence_file(&back, S("/sys/class/dmi/id/sys_vendor"))->text, hostile));
        assert_null(evidence_file(&back, S("/proc/cmdline")));
        assert_null(evidence_file(&back, S("/x")));
        evidence_write(&back, &again);
        assert_true(str_eq(out_text(&o), out_text(&again)));
}

/* More records than the table over them had room for: each is found, and only replaced, never doubled. */
static void test_adds_many(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;

        (void)state;
        evidence_init(&e, &a, S("live"));
        for (uint32_t round = 0; round < 2; round++)
                for (uint32_t i = 0; i < 1000; i++)
                        evidence_add_msr(&e, i, 0x10a, FACT_KNOWN, i + round);
        assert_int_equal(e.count, 1000);
        for (uint32_t i = 0; i < 1000; i++)
                assert_int_equal(evidence_msr(&e, i, 0x10a)->value, i + 1);
}

/* What a collector adds and what its file says are one and the same, to the fingerprint too. */
static void test_added_equals_read_back(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 }, again = { 0 };
        struct evidence e, back;
        struct diag d = { 0 };
        char one[65], two[65];

        (void)state;
        evidence_init(&e, &a, S("live"));
        evidence_add_line(&e, RECORD_UNAME, S(""), S("Windows 10.0.26100 x86_64"));
        evidence_add_line(&e, RECORD_WIN32, S("cores"), S("4"));
        evidence_add_cpuid(&e, EVIDENCE_ALL_CPUS, 7, 2, (uint32_t[4]){ 1, 2, 3, 4 });
        evidence_add_nt(&e, 201, (uint32_t[2]){ 0x0406d319, 0x0176ae10 }, 2);
        evidence_add_nt(&e, 196, (uint32_t[1]){ 0x15 }, 1);
        evidence_add_idreg(&e, 3, S("MIDR_EL1"), 0x413fd0c1);
        evidence_add_nt_known(&e, 213, (uint32_t[2]){ 3, 0 }, (uint32_t[2]){ 1, 0 });
        evidence_add_nt_status(&e, 202, 0xc0000003);
        evidence_add_registry_binary(&e, S("K|U"), str_n("\0\0\0\0\xf0\0\0\0", 8));
        evidence_add_registry_text(&e, S("K|T"), S(""));
        evidence_write(&e, &o);
        assert_int_equal(evidence_parse(&back, &a, S("live"), out_text(&o), &d), 0);
        evidence_write(&back, &again);
        assert_true(str_eq(out_text(&o), out_text(&again)));
        evidence_fingerprint(&e, &a, one);
        evidence_fingerprint(&back, &a, two);
        assert_string_equal(one, two);
}

/* Of a day that is not in the calendar nothing is known. */
static void test_captured(void **state) {
        static const struct {
                struct str text, day;
        } rows[] = { { STR("2026-11-22"), STR("2026-11-22") }, { STR("2026-11-22T10:11:12Z"), STR("2026-11-22") },
                     { STR("2026-13-45"), STR("") }, { STR("2026-02-30T10:11:12Z"), STR("") }, { STR("9999-99-99"), STR("") }, { STR("x"), STR("") } };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence e;

                evidence_init(&e, &a, S("x"));
                evidence_add_line(&e, RECORD_META, S("captured"), rows[i].text);
                assert_true(str_eq(evidence_captured(&e), rows[i].day));
        }
}

static void test_begins(void **state) {
        (void)state;
        assert_true(evidence_looks_like(S("# sidelight evidence 1\n")));
        assert_true(evidence_looks_like(S("\xef\xbb\xbf# sidelight evidence 1\n")));
        assert_false(evidence_looks_like(S("\xef\xbb\xbf\xef# sidelight evidence 1\n")));
        assert_false(evidence_looks_like(S("# sidelight")));
        assert_false(evidence_looks_like(S("")));
}

/* Blanks behind every line, the first one too, are a terminal's; else they are the record's own. */
static void test_padded(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(evidence_parse(&e, &a, S("x"), S("# sidelight evidence 1  \n-- uname Linux 6.1.0 x86_64  \n-- absent /sys/a  \n-- file /sys/b \n1 \n"), &d), 0);
        assert_true(evidence_file(&e, S("/sys/a")) && evidence_file(&e, S("/sys/b")));
        assert_int_equal(evidence_parse(&e, &a, S("x"), S("# sidelight evidence 1\n-- file /sys/b \n1\n"), &d), 0);
        assert_true(!evidence_file(&e, S("/sys/b")) && evidence_file(&e, S("/sys/b ")));
}

/* Lines that look escaped stay what they are beside lines that are. */
static void test_escapes_survive(void **state) {
        static const struct str contents = STR("x-- b\n-- c\n\\-- d\n\\x-- e\n\\\\-- f\n\\\n--\ng\\--");
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct evidence e, back;
        struct diag d = { 0 };

        (void)state;
        evidence_init(&e, &a, S("live"));
        evidence_add_file(&e, S("/f"), contents);
        evidence_add_missing(&e, S("/a b c"), FACT_FAILED, S("EIO"));
        evidence_add_missing(&e, S("/a Eb"), FACT_DENIED, S(""));
        evidence_write(&e, &o);
        assert_int_equal(evidence_parse(&back, &a, S("live"), out_text(&o), &d), 0);
        assert_true(str_eq(evidence_file(&back, S("/f"))->text, contents));
        assert_true(str_eq(evidence_file(&back, S("/a b c"))->text, S("EIO")));
        assert_int_equal(evidence_file(&back, S("/a Eb"))->state, FACT_DENIED);
        assert_int_equal(back.count, 3);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_captured),
                cmocka_unit_test(test_reads),       cmocka_unit_test(test_writes_what_it_read),
                cmocka_unit_test(test_refuses),     cmocka_unit_test(test_truncated_everywhere),
                cmocka_unit_test(test_fingerprint), cmocka_unit_test(test_fingerprint_of_bits), cmocka_unit_test(test_add_replaces),
                cmocka_unit_test(test_added_equals_read_back),
                cmocka_unit_test(test_adds_many),   cmocka_unit_test(test_no_forging),
                cmocka_unit_test(test_begins), cmocka_unit_test(test_padded),      cmocka_unit_test(test_escapes_survive),
                cmocka_unit_test(test_chosen_names),
                cmocka_unit_test(test_names_alike),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
