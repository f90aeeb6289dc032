/* Logical CPUs: which are alike, that an unread one is like nobody, and that the worst of them decides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/out.h"
#include "facts/cpus.h"
#include "verdict/verdict.h"

#define HEAD "# sidelight evidence 1\n-- uname Linux 6.1.0 x86_64\n"
#define ZEN2 "vendor_id\t: AuthenticAMD\ncpu family\t: 23\nmodel\t\t: 49\nmodel name\t: AMD EPYC\nstepping\t: 0\nflags\t\t: fpu ibpb\nmicrocode\t: 0x830107d\n"
#define CPU(n) "processor\t: " #n "\n" ZEN2 "\n"
#define OF(n, package, siblings) "processor\t: " #n "\n" ZEN2 "physical id\t: " #package "\nsiblings\t: " #siblings "\n\n"
#define LEAF7(n, edx) "-- cpuid " #n " 00000007.0 00000002 00000000 00000000 " #edx "\n"

static void parse(struct arena *a, struct str text, struct evidence *ret) {
        struct diag d = { 0 };

        assert_int_equal(evidence_parse(ret, a, S("x.host"), text, &d), 0);
}

static void list(struct arena *a, struct str text, struct cpu_list *ret) {
        struct evidence *e = arena_new(a, struct evidence);

        parse(a, text, e);
        cpu_list_read(ret, a, &catalog_builtin, e);
}

/* "010" says that of three CPUs the middle one is of another kind. */
static void test_classes(void **state) {
        static const struct {
                const char *evidence, *classes;
        } rows[] = {
                { HEAD, "" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0), "0" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(1) CPU(2), "000" },
                /* registers of all CPUs, of each alike, unlike, or of some only */
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(1) LEAF7(*, 00000400), "00" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(1) LEAF7(0, 00000400) LEAF7(1, 00000400), "00" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(1) LEAF7(0, 00000400) LEAF7(1, 00000000), "01" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(1) LEAF7(0, 00000400), "01" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(1) CPU(2) LEAF7(*, 00000400) LEAF7(1, 00000000), "010" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(1) "-- msr 0 c0011029 200\n-- msr 1 c0011029 0\n", "01" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(1) "-- msr 0 c0011029 200\n-- msr 1 c0011029 absent\n", "01" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(1) "-- msr 0 c0011029 200\n-- msr 1 c0011029 denied\n", "01" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(1) "-- msr 0 c0011029 denied\n", "00" }, /* both unread */
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(1) "-- msr 0 8b 0\n-- msr 1 8b 830104d\n", "01" },
                { HEAD "-- cpuid 0 1a.0 40000001 0 0 0\n-- cpuid 1 1a.0 20000001 0 0 0\n-- cpuid 2 1a.0 40000002 0 0 0\n", "010" },
                { "# sidelight evidence 1\n-- uname Linux 6.1.0 aarch64\n-- idreg 0 MIDR_EL1 410fd034\n-- idreg 1 MIDR_EL1 410fd083\n", "01" },
                /* bits that only number the CPU, and leaves that nothing reads */
                { HEAD "-- cpuid 0 1.0 830f10 00020800 0 0\n-- cpuid 1 1.0 830f10 01020800 0 0\n", "00" },
                { HEAD "-- cpuid 0 b.0 1 2 100 0\n-- cpuid 1 b.0 1 2 100 1\n", "00" },
                /* who is like whom does not hang on the order, and is not passed on by a CPU that shows less */
                { HEAD LEAF7(0, 00000400) "-- msr 1 10a 0\n" LEAF7(2, 00000000), "012" },
                { HEAD LEAF7(2, 00000400) LEAF7(0, 00000000) LEAF7(3, 00000000) LEAF7(1, 00000400), "0110" },
                /* online, and seen nowhere */
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(1) "-- file /sys/devices/system/cpu/online\n0-1\n", "00" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(1) "-- file /sys/devices/system/cpu/online\n0-2\n", "001" },
                /* the list of those online was not read, but its neighbours count it: each package by itself */
                { HEAD "-- file /proc/cpuinfo\n" OF(0, 0, 2) OF(1, 0, 2), "00" },
                { HEAD "-- file /proc/cpuinfo\n" OF(0, 0, 3) OF(1, 0, 3), "001" },
                { HEAD "-- file /proc/cpuinfo\n" OF(0, 0, 2), "01" },
                { HEAD "-- file /proc/cpuinfo\n" OF(0, 0, 2) OF(1, 0, 2) OF(2, 1, 2), "0001" },
                { HEAD "-- file /proc/cpuinfo\n" OF(0, 0, 3) OF(1, 0, 3) "-- file /sys/devices/system/cpu/online\n0-1\n", "00" },
                { HEAD "-- file /proc/cpuinfo\n" OF(0, 0, 3) OF(1, 0, 3) "-- denied /sys/devices/system/cpu/online\n", "001" },
                { HEAD "-- meta processor one for all\n-- file /proc/cpuinfo\n" OF(0, 0, 3), "0" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(2) "-- file /sys/devices/system/cpu/online\n0,2\n", "00" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(2) "-- file /sys/devices/system/cpu/online\n0,2,4-4294967000\n", "001" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) "-- file /sys/devices/system/cpu/online\nnonsense\n", "0" },
                { HEAD "-- file /sys/devices/system/cpu/online\n0-3\n", "" },
                { HEAD "-- cpuid * 7.0 2 0 0 400\n-- file /sys/devices/system/cpu/online\n0-3\n", "00" },
                /* lost lines: the fields of one CPU never pass for another's */
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) ZEN2 "x\t: 1\n" ZEN2, "000" },
                { HEAD "-- file /proc/cpuinfo\nprocessor\t: 0\n" ZEN2 "microcode\t: 0x1\n", "01" },
                { HEAD "-- file /proc/cpuinfo\n" ZEN2 "\n" CPU(1), "00" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) CPU(0), "00" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) "processor\t: 1\n", "01" },
                /* old kernels on Arm: what all share stands behind the list */
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nprocessor\t: 0\n\nprocessor\t: 1\n\nFeatures\t: fp\nCPU implementer\t: 0x41\n"
                  "CPU variant\t: 0x0\nCPU part\t: 0xd03\nCPU revision\t: 4\n\nHardware\t: X\n", "00" },
                /* ... at the last CPU, where the empty line before it was lost; not where another CPU tells anything of its own */
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nProcessor\t: ARMv7 rev 4\nprocessor\t: 0\n\nprocessor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd03\n", "00" },
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nProcessor\t: ARMv7 rev 4\nprocessor\t: 0\ncpu family\t: 6\n\nprocessor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd03\n", "01" },
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nProcessor\t: ARMv7 rev 4\nprocessor\t: 0\nstepping\t: 1\n\nprocessor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd03\n", "01" },
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nProcessor\t: ARMv7 rev 4\nprocessor\t: 0\nmicrocode\t: 0x1\n\nprocessor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd03\n", "01" },
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nProcessor\t: ARMv7 rev 4\nprocessor\t: 0\nflags\t: fpu\n\nprocessor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd03\n", "01" },
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nProcessor\t: ARMv7 rev 4\nprocessor\t: 0\nCPU implementer\t: 0x41\n\nprocessor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd03\n", "01" },
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nProcessor\t: ARMv7 rev 4\nprocessor\t: 0\nCPU part\t: 0xd03\n\nprocessor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd03\n", "01" },
                /* one block without a number is a CPU, not what others share */
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nCPU implementer\t: 0x41\nCPU part\t: 0xd03\n", "0" },
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nprocessor\t: 0\n\nCPU implementer\t: 0x41\nCPU part\t: 0xd03\n", "0" },
                /* two such blocks, or CPUs with an implementer of their own: nothing is shared */
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nprocessor\t: 0\n\nCPU implementer\t: 0x41\n\nCPU implementer\t: 0x41\n", "011" },
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nprocessor\t: 0\nCPU implementer\t: 0x41\n\nprocessor\t: 1\n\nCPU implementer\t: 0x41\n", "010" },
                /* registers of all CPUs name one where nothing else does: CPUID that was read, and nothing else */
                { HEAD LEAF7(*, 00000400), "0" },
                { HEAD "-- msr * 10a 0\n", "" },
                /* numbers: the last that there can be, lists that are none */
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) "-- file /sys/devices/system/cpu/online\n0-4294967292\n", "01" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) "-- file /sys/devices/system/cpu/online\n0-4294967295\n", "0" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) "-- file /sys/devices/system/cpu/online\n3-1\n", "0" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) "-- file /sys/devices/system/cpu/online\n0-1x\n", "0" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(0) "-- file /sys/devices/system/cpu/online\n1\n", "01" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(1) CPU(3) "-- file /sys/devices/system/cpu/online\n1,3\n", "00" },
                { HEAD "-- file /proc/cpuinfo\n" CPU(1) CPU(3) "-- file /sys/devices/system/cpu/online\n2-3\n", "001" },
                /* the machine's name on POWER, s390's paragraphs */
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nprocessor\t: 0\ncpu\t\t: POWER9\n\nmodel\t\t: IBM pSeries\n", "0" },
                { "# sidelight evidence 1\n-- file /proc/cpuinfo\nvendor_id       : IBM/S390\n\ncpu number : 0\n", "" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                char found[16] = { 0 };
                struct cpu_list l;

                list(&a, str_of(rows[i].evidence), &l);
                for (ptrdiff_t k = 0; k < l.count && k < 15; k++)
                        found[k] = (char)('0' + l.items[k].class_index);
                if (!str_eq(str_of(found), str_of(rows[i].classes)))
                        fail_msg("row %zu: %s, expected %s", i, found, rows[i].classes);
        }
}

/* Each line that CPU 1 has alone, or that it lacks, makes it unlike. */
static void test_each_field_counts(void **state) {
        static const struct str fields[] = { STR("vendor_id"), STR("cpu family"), STR("model"), STR("stepping"), STR("microcode"),
                                             STR("flags"), STR("bugs"), STR("CPU implementer"), STR("CPU variant"),
                                             STR("CPU part"), STR("CPU revision"), STR("mvendorid"), STR("marchid"), STR("mimpid") };

        (void)state;
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
                for (int how = 0; how < 3; how++) {
                        static const char *const second[] = { "\t: 1\n", "\t: 2\n", "" };
                        ARENA_AUTO struct arena a = { 0 };
                        struct cpu_list l;

                        list(&a, str_fmt(&a, HEAD "-- file /proc/cpuinfo\nprocessor\t: 0\n%.*s\t: 1\n\nprocessor\t: 1\n%.*s%s",
                                         STR_ARG(fields[i]), STR_ARG(how < 2 ? fields[i] : S("")), second[how]), &l);
                        assert_int_equal(l.count, 2);
                        assert_int_equal(l.class_count, how == 0 ? 1 : 2);
                }
}

static void test_shared_block(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct cpu_list l;

        (void)state;
        list(&a, S("# sidelight evidence 1\n-- file /proc/cpuinfo\nprocessor\t: 0\nmodel name\t: one\n\nprocessor\t: 1\n\n"
                   "CPU implementer\t: 0x41\nCPU part\t: 0xd03\n"), &l);
        assert_int_equal(l.count, 2);
        assert_true(str_eq(l.items[0].info->part, S("0xd03")) && str_eq(l.items[1].info->part, S("0xd03")));
        assert_true(str_eq(l.items[0].info->name, S("one")));
}

/* ---- The worst decides ---- */

static const struct finding *finding_of(const struct verdict *r, const char *flaw) {
        for (uint32_t i = 0; i < r->finding_count; i++)
                if (str_eq(T(r->findings[i].flaw->id), str_of(flaw)))
                        return &r->findings[i];
        fail_msg("no flaw '%s'", flaw);
        return NULL;
}

static void judge(struct arena *a, struct str text, struct verdict *ret) {
        static const struct verdict_options plain = { 0 };
        struct evidence *e = arena_new(a, struct evidence);

        parse(a, text, e);
        verdict_judge(ret, a, &catalog_builtin, e, &plain);
}

#define OLD(n, microcode)                                                                                          \
        "processor\t: " #n "\nvendor_id\t: AuthenticAMD\ncpu family\t: 23\nmodel\t\t: 49\nstepping\t: 0\nflags\t\t: fpu vme skinit ibpb\n" \
        "microcode\t: " microcode "\n\n"
#define SKYLAKE(n, rest) "processor\t: " #n "\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nstepping\t: 4\nflags\t\t: fpu vme tm ibrs ssbd\n" rest "\n"

static void test_worst_decides(void **state) {
        static const struct {
                const char *evidence, *flaw;
                enum status status;
        } rows[] = {
                { HEAD "-- file /proc/cpuinfo\n" OLD(0, "0x830104d") OLD(1, "0x830104d") "-- msr 0 c0011029 200\n-- msr 1 c0011029 200\n",
                  "zenbleed", STATUS_MITIGATED },
                { HEAD "-- file /proc/cpuinfo\n" OLD(0, "0x830104d") OLD(1, "0x830104d") "-- msr 0 c0011029 200\n-- msr 1 c0011029 0\n",
                  "zenbleed", STATUS_VULNERABLE },
                { HEAD "-- file /proc/cpuinfo\n" OLD(0, "0x830104d") OLD(1, "0x830104d") "-- msr 0 c0011029 200\n", "zenbleed",
                  STATUS_UNKNOWN },
                { HEAD "-- file /proc/cpuinfo\n" OLD(0, "0x830104d") OLD(1, "0x830104d") "-- msr * c0011029 200\n", "zenbleed",
                  STATUS_MITIGATED },
                { HEAD "-- file /proc/cpuinfo\n" SKYLAKE(0, "microcode\t: 0x2007006\n") SKYLAKE(1, "microcode\t: 0x2007006\n"),
                  "bad-microcode", STATUS_MITIGATED },
                { HEAD "-- file /proc/cpuinfo\n" SKYLAKE(0, "microcode\t: 0x2007006\n") SKYLAKE(1, "microcode\t: 0x200003c\n"),
                  "bad-microcode", STATUS_VULNERABLE },
                { HEAD "-- file /proc/cpuinfo\n" SKYLAKE(0, "microcode\t: 0x2007006\n") SKYLAKE(1, ""), "bad-microcode", STATUS_UNKNOWN },
                { HEAD "-- file /proc/cpuinfo\n" SKYLAKE(0, "microcode\t: 0x2007006\n")
                  "-- file /sys/devices/system/cpu/online\n0-1\n", "bad-microcode", STATUS_UNKNOWN },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct verdict r;

                judge(&a, str_of(rows[i].evidence), &r);
                if (finding_of(&r, rows[i].flaw)->status != rows[i].status)
                        fail_msg("row %zu: %s is %.*s", i, rows[i].flaw, STR_ARG(status_word(finding_of(&r, rows[i].flaw)->status)));
        }
}

/* Of an unlike machine, each line is taken away in turn: no verdict becomes safer, and what was safe stays so or is not known. */
static void test_lines_taken_away(void **state) {
        static const char *const machines[] = {
                HEAD "-- file /sys/devices/system/cpu/online\n0-1\n-- file /proc/cpuinfo\n" OLD(0, "0x830107d") OLD(1, "0x830104d")
                "-- msr 0 c0011029 0\n-- msr 1 c0011029 0\n",
                HEAD "-- file /sys/devices/system/cpu/online\n0-1\n-- file /proc/cpuinfo\n" OLD(0, "0x830104d") OLD(1, "0x830104d")
                "-- msr 0 c0011029 200\n-- msr 1 c0011029 0\n",
                HEAD "-- file /proc/cpuinfo\n" SKYLAKE(0, "microcode\t: 0x200003c\n") SKYLAKE(1, "microcode\t: 0x2007006\n")
                LEAF7(0, 00000000) LEAF7(1, 00000400),
                HEAD "-- file /proc/cpuinfo\n" SKYLAKE(0, "microcode\t: 0x2007006\n") OLD(1, "0x830104d") SKYLAKE(2, "microcode\t: 0x2007006\n"),
        };

        (void)state;
        for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct str text = str_of(machines[i]), rest = text, line;
                struct verdict whole, less;

                judge(&a, text, &whole);
                (void)str_line(&rest, &line);
                while (str_line(&rest, &line)) {
                        if (str_starts(line, S("-- file")))
                                continue; /* its content would stand nowhere */
                        judge(&a, str_fmt(&a, "%.*s%.*s", (int)(line.p - text.p), text.p, STR_ARG(rest)), &less);
                        for (uint32_t k = 0; k < whole.finding_count; k++)
                                if (less.findings[k].status != STATUS_UNKNOWN && less.findings[k].status < whole.findings[k].status)
                                        fail_msg("machine %zu without '%.*s': %.*s is %.*s, was %.*s", i, STR_ARG(line),
                                                 STR_ARG(T(whole.findings[k].flaw->id)), STR_ARG(status_word(less.findings[k].status)),
                                                 STR_ARG(status_word(whole.findings[k].status)));
                }
        }
}

/* None of many unlike CPUs hides another, wherever it stands. */
static void test_many_unlike_cpus(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct verdict r;

        (void)state;
        out_c(&o, HEAD "-- file /proc/cpuinfo\n" OLD(0, "0x830107d"));
        for (unsigned k = 1; k < 300; k++)
                out_fmt(&o, "processor\t: %u\nvendor_id\t: AuthenticAMD\ncpu family\t: 23\nmodel\t: 49\nstepping\t: 0\nflags\t: fpu vme lahf_lm skinit\n"
                            "microcode\t: 0x%x\n\n", k, k == 177 ? 0x830104du : 0x830107du + k);
        judge(&a, out_text(&o), &r);
        assert_int_equal(r.machine.classes, 300);
        assert_int_equal(finding_of(&r, "amd-microcode")->status, STATUS_VULNERABLE);
        assert_int_equal(finding_of(&r, "amd-microcode")->class_index, 177);
}

/* Whether threads share a core: each CPU has to say that none do, one that says otherwise is enough. */
static void test_shared_cores(void **state) {
#define INFO HEAD "-- file /proc/cpuinfo\n"
#define ONLINE "-- file /sys/devices/system/cpu/online\n0-1\n"
        static const struct {
                const char *evidence;
                int shares; /* -1: not told */
        } rows[] = {
                { HEAD, -1 },
                { INFO "processor\t: 0\nsiblings\t: 2\ncpu cores\t: 2\n\nprocessor\t: 1\nsiblings\t: 2\ncpu cores\t: 2\n", 0 },
                { INFO "processor\t: 0\nsiblings\t: 2\ncpu cores\t: 2\n\nprocessor\t: 1\nsiblings\t: 2\ncpu cores\t: 1\n", 1 },
                { INFO "processor\t: 0\nsiblings\t: 2\ncpu cores\t: 1\n\nprocessor\t: 1\nsiblings\t: 2\ncpu cores\t: 2\n", 1 },
                /* one of them does not say */
                { INFO "processor\t: 0\nsiblings\t: 1\ncpu cores\t: 1\n\nprocessor\t: 1\ncpu cores\t: 1\n", -1 },
                { INFO "processor\t: 0\nsiblings\t: 1\ncpu cores\t: 1\n\nprocessor\t: 1\nsiblings\t: 1\n", -1 },
                { INFO "processor\t: 0\ncpu cores\t: 1\n\nprocessor\t: 1\nsiblings\t: 1\ncpu cores\t: 1\n", -1 },
                { INFO "processor\t: 0\nsiblings\t: 1\ncpu cores\t: 1\n" ONLINE, -1 },
                { INFO "processor\t: 0\nsiblings\t: 1\ncpu cores\t: 1\n" LEAF7(1, 0), -1 },
                /* the counts of two CPUs are not those of one, and lost lines do not make them so */
                { INFO "processor\t: 0\nsiblings\t: 1\n\nprocessor\t: 1\ncpu cores\t: 1\n", -1 },
                { INFO "processor\t: 0\nsiblings\t: 2\nsiblings\t: 1\ncpu cores\t: 1\n" ONLINE, -1 },
                { INFO "processor\t: 0\nsiblings\t: x\ncpu cores\t: 1\n", -1 },
                /* one that its neighbours count is of their package */
                { INFO "processor\t: 0\nphysical id\t: 0\nsiblings\t: 2\ncpu cores\t: 2\n", 0 },
                { INFO "processor\t: 0\nphysical id\t: 0\nsiblings\t: 2\ncpu cores\t: 1\n", 1 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct cpu_list l;
                bool shares, told;

                list(&a, str_of(rows[i].evidence), &l);
                told = cpu_list_shares_cores(&l, &shares);
                if ((told ? shares : -1) != rows[i].shares)
                        fail_msg("row %zu: %d, expected %d", i, told ? shares : -1, rows[i].shares);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_classes),           cmocka_unit_test(test_each_field_counts),
                cmocka_unit_test(test_shared_block),      cmocka_unit_test(test_worst_decides),
                cmocka_unit_test(test_lines_taken_away),  cmocka_unit_test(test_many_unlike_cpus),
                cmocka_unit_test(test_shared_cores),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
