/* What names one machine: everybody who asks gets the same answer, and no rule rests on any of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "evidence/identity.h"
#include "evidence/places.h"
#include "fleet/bulk/bulk.h"
#include "whatif/compare.h"

#define HEAD "# sidelight evidence 1\n"

static const struct str one = STR(HEAD "-- meta captured 2026-11-22 10:00:00\n-- identity hostname web-1\n"
                                       "-- uname Linux 6.1.0-56-cloud-amd64 x86_64\n"
                                       "-- file /proc/cmdline\n"
                                       "BOOT_IMAGE=/boot/vmlinuz root=UUID=1 ro initrd=a.img crashkernel=256M console=ttyS0 rd.luks.uuid=1 "
                                       "systemd.machine-id=1 mds=off\n"
                                       "-- file /proc/cpuinfo\n"
                                       "processor\t: 0\ncpu MHz\t\t: 2000.1\nbogomips\t: 4000.2\napicid\t\t: 0\ninitial apicid\t: 0\n"
                                       "flags\t\t: fpu\n\nSerial\t: 1\nprocessor 0: version = FF,  identification = 0133E8,  machine = 2964\n"
                                       "-- cpuid 0 00000001.0 00050654 00000800 00000000 00000000\n"
                                       "-- cpuid 0 0000000b.0 00000001 00000002 00000100 00000000\n"
                                       "-- cpuid 0 8000001e.0 00000000 00000100 00000000 00000000\n");
static const struct str two = STR(HEAD "-- meta captured 2026-11-22 23:59:59\n-- identity hostname web-22\n"
                                       "-- uname Linux 6.1.0-56-cloud-amd64 x86_64\n"
                                       "-- file /proc/cmdline\n"
                                       "BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro mds=off ip=dhcp console=tty0\n"
                                       "-- file /proc/cpuinfo\n"
                                       "processor\t: 0\ncpu MHz\t\t: 3100\nbogomips\t: 4001\napicid\t\t: 12\ninitial apicid\t: 12\n"
                                       "flags\t\t: fpu\n\nSerial\t: 22\nprocessor 0: version = FF,  identification = 0244E8,  machine = 2964\n"
                                       "-- cpuid 0 00000001.0 00050654 0c000800 00000000 00000000\n"
                                       "-- cpuid 0 0000000b.0 00000001 00000002 00000100 0000000c\n"
                                       "-- cpuid 0 8000001e.0 0000000c 00000106 00000001 00000000\n");

static void read_one(struct evidence *e, struct arena *a, struct str text) {
        struct diag d = { 0 };

        if (evidence_parse(e, a, S("x"), text, &d) < 0)
                fail_msg("%s", d.text);
}

static bool judged_by_the_other(struct str a, struct str b) {
        static const struct report_style style = { .columns = 80 };
        struct verdict_options o = { 0 };
        struct bulk bulk = { .catalog = &catalog_builtin, .options = &o, .style = &style };
        OUT_AUTO struct out reports = { 0 };
        enum exit_result code;
        struct diag d = { 0 };
        bool hit;

        assert_int_equal(0, bulk_judge(&bulk, S("a"), a, &reports, &code, &d));
        assert_int_equal(0, bulk_judge(&bulk, S("b"), b, &reports, &code, &d));
        hit = bulk.hits == 1;
        bulk_free(&bulk);
        return hit;
}

/* Whether the fingerprint, bulk and diff take two files for the same kind of machine: they must agree. */
static bool alike(struct str a, struct str b) {
        ARENA_AUTO struct arena arena = { 0 };
        struct evidence x, y;
        char hex[2][65];
        bool same;

        read_one(&x, &arena, a);
        read_one(&y, &arena, b);
        evidence_fingerprint(&x, &arena, hex[0]);
        evidence_fingerprint(&y, &arena, hex[1]);
        same = strcmp(hex[0], hex[1]) == 0;
        assert_int_equal(same, compare_evidence(&arena, &x, &y).count == 0);
        assert_true(judged_by_the_other(a, b) >= same); /* bulk may find more machines alike: those whose difference decides nothing */
        return same;
}

static void test_identity_alone_is_no_difference(void **state) {
        (void)state;
        assert_true(alike(one, two));
}

/* Each change of these says something about the kind of machine. */
static void test_everything_else_is(void **state) {
        static const struct {
                struct str a, b;
        } rows[] = {
                { STR("-- file /proc/cmdline\nroot=a mds=off\n"), STR("-- file /proc/cmdline\nroot=b mds=full\n") },
                { STR("-- file /proc/cmdline\nrootflags=a\n"), STR("-- file /proc/cmdline\nrootflags=b\n") },
                /* inside quotes no word is taken away: the older scanner of x86 acts on what stands there */
                { STR("-- file /proc/cmdline\nroot=\"a nopti b\"\n"), STR("-- file /proc/cmdline\nroot=\"a b\"\n") },
                { STR("-- file /proc/cmdline\nx=\"a root=1\"\n"), STR("-- file /proc/cmdline\nx=\"a root=2\"\n") },
                { STR("-- file /proc/cpuinfo\nmodel\t: 1\n"), STR("-- file /proc/cpuinfo\nmodel\t: 2\n") },
                { STR("-- cpuid 0 00000001.0 00050654 00000800 0 0\n"), STR("-- cpuid 0 00000001.0 00050654 00000900 0 0\n") },
                { STR("-- cpuid 0 00000007.0 0 0c000000 0 0\n"), STR("-- cpuid 0 00000007.0 0 00000000 0 0\n") },
                { STR("-- nt 213 00000001/00000009\n"), STR("-- nt 213 00000001/0000000b\n") },
                { STR("-- file /a\nx\n"), STR("-- absent /a\n") },
                { STR("-- absent /a\n-- meta where none\n"), STR("-- absent /a\n-- meta captured 2026-11-22\n") },
                { STR("-- absent /a\n-- meta processor none\n"), STR("-- absent /a\n-- meta origin x\n") },
                { STR("-- absent /a\n-- meta kernel-answers none\n"), STR("-- absent /a\n") },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };

                assert_false(alike(str_fmt(&a, HEAD "%.*s", STR_ARG(rows[i].a)), str_fmt(&a, HEAD "%.*s", STR_ARG(rows[i].b))));
        }
}

static void test_lines(void **state) {
        static const struct {
                struct str line, cmdline;
        } rows[] = {
                { STR("root=/dev/a  quiet   ro"), STR("quiet ro") },
                { STR("rd.lvm.lv=x rd_NO_LUKS rdx"), STR("rdx") },
                { STR("cloud-config-url=http://x BOOT_IMAGE=/x"), STR("") },
                { STR("root=\"/dev/a\" a"), STR("root=\"/dev/a\" a") },
                { STR("a=\"b root=1\" root=2 c"), STR("a=\"b root=1\" c") },
                { STR("mitigations=off -- root=1"), STR("mitigations=off --") },
        };
        struct str before, behind;

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                char to[64];

                assert_true(rows[i].line.len <= (ptrdiff_t)sizeof(to));
                assert_true(str_eq(str_n(to, identity_cut_cmdline(to, rows[i].line)), rows[i].cmdline));
        }
        assert_true(identity_in_cpuinfo(S("processor 1: version = FF,  identification = 0133E8,  machine = 2964"), &before, &behind));
        assert_true(str_eq(behind, S(",  machine = 2964")));
        assert_false(identity_in_cpuinfo(S("processor\t: 1"), &before, &behind));
        assert_false(identity_in_cpuinfo(S("flags\t\t: clock apicid"), &before, &behind));
}

/* What everybody leaves out, no fact may ask for: two machines that are judged as one would differ. */
static void test_no_fact_is_identity(void **state) {
        (void)state;
        for (uint32_t i = 0; i < catalog_builtin.fact_count; i++) {
                const struct fact_def *f = &catalog_builtin.facts[i];
                struct str before, behind, line;
                char text[128];

                if (f->kind == FACT_KIND_CPUID) {
                        for (unsigned bit = f->low; bit <= f->high; bit++)
                                assert_true(identity_cpuid_mask(f->leaf, f->subleaf, f->word) >> bit & 1);
                } else if (f->kind == FACT_KIND_PARAMETER) {
                        assert_false(identity_is_parameter(T(f->text)));
                } else if (f->kind == FACT_KIND_CPUINFO) {
                        (void)snprintf(text, sizeof(text), "%.*s\t: x", STR_ARG(T(f->text)));
                        line = str_of(text);
                        assert_false(identity_in_cpuinfo(line, &before, &behind));
                }
        }
        for (uint32_t i = 0; i < catalog_builtin.parameter_count; i++)
                assert_false(identity_is_parameter(T(catalog_builtin.parameters[i].name)));
}

static void test_places(void **state) {
        (void)state;
        assert_true(place_is_config(S("/proc/config.gz")));
        assert_true(place_is_config(S("/boot/config-6.1.0")));
        assert_true(place_is_config(S("/lib/modules/6.1.0/config")));
        assert_false(place_is_config(S("/etc/config")));
        assert_false(place_is_config(S("/usr/lib/modules/")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_identity_alone_is_no_difference),
                cmocka_unit_test(test_everything_else_is),
                cmocka_unit_test(test_lines),
                cmocka_unit_test(test_no_fact_is_identity),
                cmocka_unit_test(test_places),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
