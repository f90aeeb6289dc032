/* verdict: facts from evidence, conditions, sentences, and the judge's way through the rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "little_data.h"
#include "verdict/verdict.h"

#define HEAD "# sidelight evidence 1\n"
#define UNAME "-- uname Linux 6.1.0-56 x86_64\n"
#define SAYS(text) "-- file /sys/devices/system/cpu/vulnerabilities/leak\n" text "\n"
#define INTEL "-- cpuid 0 00000000.0 0000000d 756e6547 6c65746e 49656e69\n"
#define MODEL_55_4 "-- cpuid 0 00000001.0 00050654 0 7ef8320b 0\n"
#define MODEL_55_7 "-- cpuid 0 00000001.0 00050657 0 7ef8320b 0\n"
#define CAPS "-- cpuid 0 00000007.0 0 0 0 20000000\n"
#define NO_CAPS "-- cpuid 0 00000007.0 0 0 0 0\n"

struct world {
        struct arena a;
        struct catalog catalog;
        struct evidence evidence;
        struct verdict report;
};

static void judge(struct world *w, struct str text, const struct verdict_options *o) {
        static const struct verdict_options plain;
        struct data_file files[LITTLE_COUNT];
        struct diag d = { 0 };

        *w = (struct world){ 0 };
        little_data(files, NULL, S(""));
        assert_int_equal(catalog_compile(&w->catalog, &w->a, files, LITTLE_COUNT, &d), 0);
        assert_int_equal(evidence_parse(&w->evidence, &w->a, S("x.host"), text, &d), 0);
        verdict_judge(&w->report, &w->a, &w->catalog, &w->evidence, o ? o : &plain);
}

static void test_rules(void **state) {
        static const struct {
                struct str evidence;
                enum status status;
                const char *rule; /* NULL: undecided */
                enum tri hardware, os;
        } rows[] = {
                /* an immune stepping */
                { STR(HEAD UNAME INTEL MODEL_55_7 NO_CAPS SAYS("Not affected")), STATUS_NOT_AFFECTED, "immune", TRI_FALSE, TRI_FALSE },
                /* an immunity bit */
                { STR(HEAD UNAME INTEL MODEL_55_4 CAPS "-- msr 0 10a 1\n" SAYS("Not affected")), STATUS_NOT_AFFECTED, "immune",
                  TRI_FALSE, TRI_FALSE },
                /* the bit cannot be read, and it matters; with the mitigation it is not affected at the best, mitigated at the worst */
                { STR(HEAD UNAME INTEL MODEL_55_4 CAPS "-- msr 0 10a denied\n" SAYS("Vulnerable")), STATUS_UNKNOWN, NULL, TRI_UNKNOWN, TRI_TRUE },
                { STR(HEAD UNAME INTEL MODEL_55_4 CAPS "-- msr 0 10a denied\n" SAYS("Mitigation: Walls")), STATUS_MITIGATED,
                  "kernel-says-mitigated", TRI_UNKNOWN, TRI_TRUE },
                { STR(HEAD UNAME INTEL MODEL_55_4 CAPS "-- msr 0 10a denied\n" SAYS("Mitigation: Walls; SMT vulnerable")), STATUS_UNKNOWN, NULL,
                  TRI_UNKNOWN, TRI_TRUE },
                /* no such register: not immune */
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Mitigation: Walls")), STATUS_MITIGATED, "kernel-says-mitigated",
                  TRI_TRUE, TRI_TRUE },
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Mitigation: Walls; SMT vulnerable")), STATUS_PARTIAL,
                  "kernel-says-partial", TRI_TRUE, TRI_TRUE },
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Mitigation: Walls, half")), STATUS_PARTIAL, "kernel-says-partial",
                  TRI_TRUE, TRI_TRUE },
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Vulnerable; SMT disabled")), STATUS_VULNERABLE,
                  "kernel-says-vulnerable", TRI_TRUE, TRI_TRUE },
                /* a piece that nobody knows may be what makes it worse; a vulnerable machine it makes no safer */
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Mitigation: Walls; moon full")), STATUS_UNKNOWN, "no-answer",
                  TRI_TRUE, TRI_TRUE },
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Mitigation: Walls; SMT strange")), STATUS_UNKNOWN, "no-answer",
                  TRI_TRUE, TRI_TRUE },
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Mitigation: Walls; moon: Vulnerable")), STATUS_UNKNOWN, "no-answer",
                  TRI_TRUE, TRI_TRUE },
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Vulnerable; moon full")), STATUS_VULNERABLE,
                  "kernel-says-vulnerable", TRI_TRUE, TRI_TRUE },
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Mitigation: Wallsx")), STATUS_UNKNOWN, "no-answer", TRI_TRUE,
                  TRI_UNKNOWN },
                /* no file: this kernel does not know the flaw */
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS "-- absent /sys/devices/system/cpu/vulnerabilities/leak\n"),
                  STATUS_UNKNOWN, "no-answer", TRI_TRUE, TRI_UNKNOWN },
                /* another architecture */
                { STR(HEAD "-- uname Linux 6.1.0 aarch64\n"), STATUS_NOT_AFFECTED, "immune", TRI_FALSE, TRI_UNKNOWN },
                /* nothing at all */
                { STR(HEAD), STATUS_UNKNOWN, "no-answer", TRI_UNKNOWN, TRI_UNKNOWN },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct world w;
                const struct finding *f;

                judge(&w, rows[i].evidence, NULL);
                f = &w.report.findings[0];
                if (f->status != rows[i].status || !f->rule != !rows[i].rule ||
                    (f->rule && !str_eq(T(f->rule->id), str_of(rows[i].rule))))
                        fail_msg("row %zu: status %d, rule '%.*s'", i, (int)f->status,
                                 STR_ARG(f->rule ? T(f->rule->id) : S("none")));
                assert_int_equal(f->affected_hardware, rows[i].hardware);
                assert_int_equal(f->affected_os, rows[i].os);
                arena_free(&w.a);
        }
}

static void test_proof_and_missing(void **state) {
        struct world w;
        const struct finding *f;

        (void)state;
        judge(&w, S(HEAD UNAME INTEL MODEL_55_4 CAPS "-- msr 0 10a denied\n" SAYS("Vulnerable")), NULL);
        f = &w.report.findings[0];
        assert_int_equal(f->missing_count, 1);
        assert_true(str_eq(f->missing[0].name, S("cap.rdcl_no")));
        assert_true(str_eq(f->missing[0].value, S("denied")));
        arena_free(&w.a);

        judge(&w, S(HEAD UNAME INTEL MODEL_55_4 CAPS "-- msr 0 10a 1\n"), NULL);
        f = &w.report.findings[0];
        assert_int_equal(f->evidence_count, 1);
        assert_true(str_eq(f->evidence[0].source, S("MSR 0x10a[0]")));
        arena_free(&w.a);
}

/* A flag that cpuinfo shows is there; one that it does not show is not known. */
static void test_flags(void **state) {
        struct world w;

        (void)state;
        judge(&w, S(HEAD UNAME "-- file /proc/cpuinfo\nprocessor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu vme tm lahf_lm rtm\n"), NULL);
        assert_int_equal(facts_tri(w.report.facts, S("cap.rtm")), TRI_TRUE);
        assert_int_equal(facts_tri(w.report.facts, S("cap.arch_capabilities")), TRI_UNKNOWN);
        assert_int_equal(facts_tri(w.report.facts, S("hypervisor.bit")), TRI_FALSE);
        assert_int_equal(facts_tri(w.report.facts, S("hypervisor")), TRI_FALSE);
        arena_free(&w.a);
}

static void test_ignoring_claims(void **state) {
        const struct verdict_options o = { .facts = { .ignore_os_claims = true } };
        struct world w;

        (void)state;
        judge(&w, S(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Mitigation: Walls")), &o);
        assert_int_equal(w.report.findings[0].status, STATUS_UNKNOWN);
        assert_int_equal(w.report.findings[0].affected_hardware, TRI_TRUE);
        assert_int_equal(w.report.findings[0].affected_os, TRI_UNKNOWN);
        arena_free(&w.a);
}

/* One CPU immune, the other not: the machine is affected, and the report says that they differ. */
static void test_unlike_cpus(void **state) {
        struct world w;

        (void)state;
        judge(&w, S(HEAD UNAME INTEL MODEL_55_7 NO_CAPS "-- cpuid 1 0.0 d 756e6547 6c65746e 49656e69\n"
                    "-- cpuid 1 1.0 00050654 0 7ef8320b 0\n-- cpuid 1 7.0 0 0 0 0\n" SAYS("Vulnerable")), NULL);
        assert_int_equal(w.report.findings[0].affected_hardware, TRI_TRUE);
        assert_int_equal(w.report.findings[0].status, STATUS_VULNERABLE);
        assert_int_equal(w.report.findings[0].class_index, 1);
        assert_int_equal(w.report.machine.classes, 2);
        arena_free(&w.a);
}

static void test_boundaries(void **state) {
        const struct verdict_options kernel = { .boundaries = 1u << BOUNDARY_USER_KERNEL };
        struct world w;

        (void)state;
        judge(&w, S(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Mitigation: Walls; SMT vulnerable")), &kernel);
        assert_int_equal(w.report.findings[0].boundaries, 1u << BOUNDARY_CROSS_THREAD);
        assert_false(w.report.findings[0].at_stake);
        assert_int_equal(w.report.counts[STATUS_PARTIAL], 0);
        arena_free(&w.a);
}

static void test_parameters_and_config(void **state) {
        struct world w;
        const struct fact *v;

        (void)state;
        judge(&w, S(HEAD UNAME "-- file /proc/cmdline\npti=on quiet pti=off -- quiet\n"
                    "-- file /boot/config-6.1.0-56\n# CONFIG_RETPOLINE is not set\n"), NULL);
        v = facts_named(w.report.facts, S("cmdline.pti"));
        assert_true(v->state == FACT_KNOWN && str_eq(v->text, S("off")));
        v = facts_named(w.report.facts, S("config.retpoline"));
        assert_true(v->state == FACT_KNOWN && str_eq(v->text, S("n")));
        arena_free(&w.a);
}

/* What was asked for and what came of it: told when both are certain, and never part of the verdict. */
static void test_contradictions(void **state) {
        static const struct {
                struct str cmdline;
                const char *says;
        } rows[] = {
                { STR("-- file /proc/cmdline\npti=off\n"), "off, and yet: Mitigation: Walls" },
                { STR("-- file /proc/cmdline\npti=on\n"), "" },
                { STR("-- denied /proc/cmdline\n"), "" },
                /* a value that no kernel takes */
                { STR("-- file /proc/cmdline\npti=maybe\n"), "pti=maybe is no value that kernels are known to take: they ignore it" },
                { STR("-- file /proc/cmdline\npti\n"), "" },
        };
        struct world w;

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct str text = str_fmt(&a, "%s%.*s", HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Mitigation: Walls"),
                                          STR_ARG(rows[i].cmdline));

                judge(&w, text, NULL);
                assert_true(str_eq(w.report.findings[0].contradiction, str_of(rows[i].says)));
                assert_int_equal(w.report.findings[0].status, STATUS_MITIGATED);
                arena_free(&w.a);
        }
}

/* Two sources of one answer that differ: neither is believed. */
static void test_contradicting_sources(void **state) {
        struct world w;

        (void)state;
        judge(&w, S(HEAD UNAME INTEL MODEL_55_7 NO_CAPS "-- file /proc/cpuinfo\nprocessor\t: 0\nvendor_id\t: GenuineIntel\n"
                    "cpu family\t: 6\nmodel\t\t: 79\nstepping\t: 7\n" SAYS("Not affected")), NULL);
        assert_int_equal(facts_named(w.report.facts, S("cpu.model"))->state, FACT_FAILED);
        assert_int_equal(facts_named(w.report.facts, S("cpu.family"))->state, FACT_KNOWN);
        assert_int_equal(w.report.findings[0].affected_hardware, TRI_UNKNOWN);
        assert_int_equal(w.report.findings[0].status, STATUS_UNKNOWN);
        arena_free(&w.a);
}

/* That nobody asked the kernel is known only where the evidence says so, never because records are missing. */
static void test_what_evidence_lacks_by_nature(void **state) {
        static const struct {
                struct str evidence;
                enum tri kernel, processor;
        } rows[] = {
                { STR(HEAD), TRI_UNKNOWN, TRI_UNKNOWN },
                { STR(HEAD "-- meta kernel-answers none\n-- meta processor none\n"), TRI_FALSE, TRI_FALSE },
                { STR(HEAD SAYS("Vulnerable") MODEL_55_4), TRI_TRUE, TRI_TRUE },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct world w;

                judge(&w, rows[i].evidence, NULL);
                assert_int_equal(facts_tri(w.report.facts, S("kernel.answers")), rows[i].kernel);
                assert_int_equal(facts_tri(w.report.facts, S("cpu.seen")), rows[i].processor);
                arena_free(&w.a);
        }
}

/* What another tool calls vulnerable is vulnerable where nothing else was seen, and not known where what was seen says otherwise. */
static void test_another_tools_word(void **state) {
#define CLAIM(text) "-- claim leak " text "\n"
        static const struct {
                struct str evidence;
                enum status status;
                const char *reason; /* has */
        } rows[] = {
                { STR(HEAD CLAIM("vulnerable checker: no walls were built")), STATUS_VULNERABLE, "checker calls this machine vulnerable: no walls" },
                { STR(HEAD CLAIM("vulnerable checker")), STATUS_VULNERABLE, "checker calls this machine vulnerable" },
                { STR(HEAD CLAIM("vulnerable")), STATUS_VULNERABLE, "another tool calls this machine vulnerable" },
                { STR(HEAD CLAIM("safe checker")), STATUS_UNKNOWN, "" },
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Not sure") CLAIM("vulnerable checker")), STATUS_VULNERABLE, "checker calls" },
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Mitigation: Walls") CLAIM("vulnerable checker")), STATUS_UNKNOWN,
                  "says otherwise" },
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Mitigation: Walls; SMT strange") CLAIM("vulnerable checker")), STATUS_UNKNOWN,
                  "not understood" },
                { STR(HEAD UNAME INTEL MODEL_55_7 NO_CAPS CLAIM("vulnerable checker")), STATUS_UNKNOWN, "" },
                { STR(HEAD UNAME INTEL MODEL_55_4 NO_CAPS SAYS("Vulnerable") CLAIM("vulnerable checker")), STATUS_VULNERABLE, "no walls" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct world w;
                const struct finding *f;

                judge(&w, rows[i].evidence, NULL);
                f = &w.report.findings[0];
                if (f->status != rows[i].status || str_find(f->reason, str_of(rows[i].reason)) < 0)
                        fail_msg("row %zu: status %d, '%.*s'", i, (int)f->status, STR_ARG(f->reason));
                arena_free(&w.a);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rules),           cmocka_unit_test(test_proof_and_missing),
                cmocka_unit_test(test_flags),           cmocka_unit_test(test_ignoring_claims),
                cmocka_unit_test(test_another_tools_word),
                cmocka_unit_test(test_unlike_cpus),     cmocka_unit_test(test_boundaries),
                cmocka_unit_test(test_parameters_and_config), cmocka_unit_test(test_contradictions),
                cmocka_unit_test(test_contradicting_sources),
                cmocka_unit_test(test_what_evidence_lacks_by_nature),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
