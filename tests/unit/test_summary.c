/* plan: what is said of a verdict as a whole, over made-up findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "evidence/evidence.h"
#include "plan/summary.h"

/* One finding a letter: open V, P, not known U, mitigated M, not affected N, and in small letters what only the provider can settle;
 * '-' behind one: not at stake. */
static void make_up(struct verdict *ret, struct arena *a, const char *letters) {
        *ret = (struct verdict){ .findings = arena_array(a, struct finding, (ptrdiff_t)strlen(letters)) };
        for (; *letters; letters++) {
                struct finding *f = &ret->findings[ret->finding_count];
                char c = *letters & 0x5f;

                if (*letters == '-') {
                        f[-1].at_stake = false;
                        continue;
                }
                f->at_stake = true;
                f->by_host = *letters != c;
                f->status = c == 'V' ? STATUS_VULNERABLE : c == 'P' ? STATUS_PARTIAL : c == 'U' ? STATUS_UNKNOWN
                            : c == 'M' ? STATUS_MITIGATED : STATUS_NOT_AFFECTED;
                ret->counts[f->status]++;
                ret->finding_count++;
        }
}

static void test_answers(void **state) {
        static const struct {
                const char *findings, *untrusted, *answer;
        } rows[] = {
                { "V", NULL, "Yes, if code you do not trust runs here. 1 flaw is open, and yours to close." },
                { "VP", NULL, "Yes, if code you do not trust runs here. 2 flaws are open, and yours to close." },
                { "V", "yes", "Yes. 1 flaw is open, and yours to close." },
                { "V", "no", "A little: no code you do not trust runs here. 1 flaw is open, and yours to close." },
                { "v", "yes", "Yes. 1 flaw is open, and only your provider can close it." },
                { "vp", "yes", "Yes. 2 flaws are open, and only your provider can close them." },
                { "vV", "yes", "Yes. 1 flaw is open and yours to close, 1 more only your provider can close." },
                { "vvVV", "yes", "Yes. 2 flaws are open and yours to close, 2 more only your provider can close." },
                { "V-vMN", "yes", "Yes. 1 flaw is open, and only your provider can close it." },
                { "Vu", "yes", "Yes. 1 flaw is open, and yours to close. 1 answer only your provider can give." },
                { "VU", "yes", "Yes. 1 flaw is open, and yours to close. 1 answer is missing." },
                { "VUU", "yes", "Yes. 1 flaw is open, and yours to close. 2 answers are missing." },
                { "VUu", "yes", "Yes. 1 flaw is open, and yours to close. 2 answers are missing; 1 of them only your provider can give." },
                { "VU-u-", "yes", "Yes. 1 flaw is open, and yours to close." },
                { "UUM", NULL, "That cannot be decided: too little was seen of this machine. 2 answers are missing." },
                { "UUMM", NULL, "That is not known: nothing that was seen is open, but not everything was seen. 2 answers are missing." },
                { "uMMMMNNN", NULL, "That is not known: nothing that was seen is open, but not everything was seen. 1 answer only your provider can give." },
                { "uMMMMNNNN", NULL, "Probably not: everything that this machine can tell is closed. 1 answer only your provider can give." },
                { "uuMMMMMMMMNNNNNNNN", NULL, "Probably not: everything that this machine can tell is closed. 2 answers only your provider can give." },
                { "UMMMMMMMMMMMMMMMM", NULL, "That is not known: nothing that was seen is open, but not everything was seen. 1 answer is missing." },
                { "V-M", NULL, "No. Nothing is open across the boundaries that you asked about." },
                { "M", NULL, "No. This flaw is mitigated here." },
                { "N", NULL, "No. This flaw does not occur here." },
                { "NN", NULL, "No. None of the known flaws occurs on this processor." },
                { "MN", NULL, "No. The one flaw known to occur on this processor is mitigated." },
                { "MMN", NULL, "No. Every flaw known to occur on this processor is mitigated." },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct declared declared = { S("untrusted"), rows[i].untrusted ? str_of(rows[i].untrusted) : S("") };
                struct facts facts = { .options = { .declared = &declared, .declared_count = rows[i].untrusted ? 1 : 0 } };
                struct verdict v;
                struct str answer;

                make_up(&v, &a, rows[i].findings);
                v.facts = &facts;
                answer = summary_answer(&v, &a);
                if (!str_eq(answer, str_of(rows[i].answer)))
                        fail_msg("%s: %.*s", rows[i].findings, STR_ARG(answer));
        }
}

static void test_exit_codes(void **state) {
        static const struct {
                const char *findings;
                status_set on;
                enum exit_result code;
        } rows[] = {
                { "MN", 1 << STATUS_UNKNOWN | 1 << STATUS_VULNERABLE | 1 << STATUS_PARTIAL, EXIT_CLEAN },
                { "MNV", 1 << STATUS_VULNERABLE, EXIT_OPEN },
                { "MNv", 1 << STATUS_VULNERABLE, EXIT_OPEN },
                { "P", 1 << STATUS_VULNERABLE, EXIT_CLEAN },
                { "P", 1 << STATUS_PARTIAL, EXIT_OPEN },
                { "U", 1 << STATUS_UNKNOWN, EXIT_UNKNOWN },
                { "U", 1 << STATUS_VULNERABLE | 1 << STATUS_PARTIAL, EXIT_CLEAN },
                { "UV", 1 << STATUS_UNKNOWN, EXIT_UNKNOWN },
                { "UV", 1 << STATUS_UNKNOWN | 1 << STATUS_VULNERABLE, EXIT_OPEN },
                { "UV", 0, EXIT_CLEAN },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct verdict v;

                make_up(&v, &a, rows[i].findings);
                if (summary_exit(&v, rows[i].on) != rows[i].code)
                        fail_msg("row %zu: %s", i, rows[i].findings);
        }
}

/* A step of fix that did not take effect is told, and is a reason of its own. */
static void test_failed_steps(void **state) {
        static const char *const told[] = { "No. This flaw is mitigated here.",
                                            "No. This flaw is mitigated here. 1 step that fix applied here did not take effect, or will not.",
                                            "No. This flaw is mitigated here. 2 steps that fix applied here did not take effect, or will not." };

        (void)state;
        for (uint32_t failed = 0; failed < 3; failed++) {
                ARENA_AUTO struct arena a = { 0 };
                struct applied_step applied[3] = { { .failed = failed > 0 }, { 0 }, { .failed = failed > 1 } };
                struct verdict v;

                make_up(&v, &a, "M");
                v.machine.applied = applied;
                v.machine.applied_count = 3;
                assert_true(str_eq(summary_answer(&v, &a), str_of(told[failed])));
                assert_int_equal(summary_exit(&v, 1 << STATUS_VULNERABLE), failed ? EXIT_OPEN : EXIT_CLEAN);
                assert_int_equal(summary_exit(&v, 0), EXIT_CLEAN);
        }
}

/* Where a finding's proof stands: a line of the evidence file; of the machine at hand the file that was read. */
static void test_places(void **state) {
        struct quoted_fact proof[] = { { .source = S("CPUID 7") }, { .source = S("/proc/cmdline, CPUID") } };
        static const struct {
                bool recorded;
                const char *source, *file, *path;
                uint32_t line, proofs;
        } rows[] = {
                { true, "x.host", "/proc/cmdline", "x.host", 3, 2 },
                { true, "x.host", "/proc/cpuinfo", "x.host", 1, 2 },
                { true, "x.host", "/proc/cmdline", "x.host", 1, 1 },
                { false, "live", "/proc/cmdline", "/proc/cmdline", 1, 2 },
                { false, "live", "/proc/cpuinfo", "/proc/cmdline", 1, 2 },
                { false, "live", "/proc/cmdline", "/proc/cpuinfo", 1, 1 },
                { false, "/mnt", "/proc/cmdline", "/mnt", 1, 1 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct finding f = { .evidence = proof, .evidence_count = rows[i].proofs };
                struct facts facts = { 0 };
                struct verdict v = { .facts = &facts, .source = str_of(rows[i].source) };
                struct evidence e;
                struct diag d = { 0 };
                struct place place;

                if (rows[i].recorded)
                        assert_int_equal(evidence_parse(&e, &a, v.source, str_fmt(&a, "# sidelight evidence 1\n-- uname Linux\n-- file %s\nquiet\n", rows[i].file), &d), 0);
                else
                        evidence_init(&e, &a, v.source);
                if (!rows[i].recorded)
                        evidence_add_file(&e, str_of(rows[i].file), S("quiet"));
                facts.evidence = &e;
                place = summary_place(&v, &f);
                if (!str_eq(place.path, str_of(rows[i].path)) || place.line != rows[i].line)
                        fail_msg("row %zu: %.*s:%u", i, STR_ARG(place.path), (unsigned)place.line);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_answers), cmocka_unit_test(test_exit_codes), cmocka_unit_test(test_failed_steps),
                                            cmocka_unit_test(test_places) };

        return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
