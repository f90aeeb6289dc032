/* import: the checker's own verdicts are kept; kinds of texts that were judged wrongly once; what a machine is; what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "import_judged.h"

/* ---- The checker's own verdicts ---- */

static void test_checker(void **state) {
        int open = 0;

        (void)state;
        for (uint32_t i = 0; i < catalog_builtin.flaw_count; i++) {
                const struct flaw *f = &catalog_builtin.flaws[i];

                for (uint32_t k = 0; k < f->cves.count && f->sentence_part == 0; k++)
                        for (int what = 0; what < 3; what++) {
                                static const char *const words[] = { "\"Not affected\"", "\"Mitigation: PTI\"", "null" };
                                ARENA_AUTO struct arena a = { 0 };
                                struct verdict v;
                                struct str text = str_fmt(&a, "{\"system\":{\"kernel_release\":\"6.1.0\",\"kernel_arch\":\"x86_64\"},\"cpu\":{\"vendor\":"
                                                              "\"AuthenticAMD\",\"x86\":{\"family\":25,\"model\":1,\"stepping\":1}},\"vulnerabilities\":[{\"cve\":"
                                                              "\"%.*s\",\"status\":\"VULN\",\"vulnerable\":true,\"sysfs_message\":%s}]}",
                                                          STR_ARG(T_AT(f->cves, k)), words[what]);

                                assert_true(judge_text(&v, &a, text));
                                if (is_safe(finding_of(&v, T(f->id))->status))
                                        fail_msg("%.*s is safe, though the checker calls it vulnerable", STR_ARG(T(f->id)));
                                open++;
                        }
        }
        assert_true(open > 100);
}

/* ---- Kinds that were wrong once ---- */

static const struct {
        const char *text, *flaw, *statuses;
} kinds[] = {
        /* one CVE, several flaws: the sentence is the file's */
        { "{\"system\":{\"kernel_release\":\"6.12.80\",\"kernel_arch\":\"x86_64\"},\"vulnerabilities\":[{\"cve\":\"CVE-2017-5715\",\"sysfs_message\":"
          "\"Vulnerable\"}]}", "spectre-v2", "vulnerable" },
        /* a log's word about a flaw, and what its microcode driver proves */
        { "[    0.0] Linux version 6.1.0-33-amd64 (b@example) (gcc-12) #1 SMP\n[    0.1] Command line: ro\n[    0.2] GDS: Vulnerable: No microcode\n"
          "[    0.3] smpboot: CPU0: Intel(R) Core(TM) i7-6700 CPU (family: 0x6, model: 0x5e, stepping: 0x3)\n[    0.4] microcode: Current revision: 0x000000f0\n",
          "gds", "vulnerable" },
        { "[    0.0] Linux version 6.1.0-33-amd64 (b@example) (gcc-12) #1 SMP\n[    0.1] Command line: ro\n[    0.2] MDS: Mitigation: Clear CPU buffers\n",
          "mds", "unknown" },
        { "[    0.0] Linux version 6.1.0-33-amd64 (b@example) (gcc-12) #1 SMP\n[    0.1] Command line: ro\n[    0.2] MDS: Mitigation: Clear CPU buffers\n"
          "[    0.2] MDS CPU bug present and SMT on, data leak possible. See https://example for more details.\n", "mds", "partial" },
        { "[    0.0] Linux version 6.1.0-33-amd64 (b@example) (gcc-12) #1 SMP\n[    0.1] Command line: ro\n"
          "[    0.2] RETBleed: WARNING: Spectre v2 mitigation leaves CPU vulnerable to RETBleed attacks, data leaks possible!\n", "retbleed", "vulnerable" },
        /* a terminal's lscpu */
        { "Architecture:          x86_64\nVendor ID:             GenuineIntel\n  Model name:          Intel(R) Xeon(R) CPU E5-1650 v3\n    CPU family:        6\n"
          "    Model:             63\nVulnerabilities:\n  Meltdown:            Mitigation; PTI\n  Spec store bypass:   Vulnerable\n", "meltdown", "mitigated" },
        { "Architecture:          x86_64\nVendor ID:             GenuineIntel\nVulnerabilities:\n  Meltdown:            Mitigation; PTI\n"
          "  Spec store bypass:   Vulnerable\n", "ssb", "vulnerable" },
        /* what no kernel of this architecture has a word about */
        { "Architecture:  aarch64\nVendor ID:  ARM\nModel name:  Cortex-A72\nModel:  3\nStepping:  r0p3\nVulnerability Meltdown:  Not affected\n"
          "Vulnerability Spectre v2:  Vulnerable\n", "gds", "not-affected" },
        { "Architecture:  x86_64\nVendor ID:  GenuineIntel\nVulnerability Mds:  Not affected\nVulnerability Meltdown:  Not affected\n", "ghostwrite", "not-affected" },
        /* names of the folder, with and without a path */
        { "meltdown:Vulnerable\nspectre_v1:Mitigation: usercopy/swapgs barriers and __user pointer sanitization\n", "meltdown", "vulnerable" },
        { "> $ grep -r . /sys/devices/system/cpu/vulnerabilities\n> /sys/devices/system/cpu/vulnerabilities/gather_data_sampling:Vulnerable\n", "gds", "vulnerable" },
        /* a line that a mail program broke */
        { "/sys/devices/system/cpu/vulnerabilities/mds:Mitigation: Clear CPU buffers;\nSMT vulnerable\n", "mds", "partial" },
        /* grep's colours; inxi where it sees no terminal */
        { "\x1b[35m\x1b[Kmeltdown\x1b[m\x1b[K\x1b[36m\x1b[K:\x1b[m\x1b[KVulnerable\nmds:Not affected\n", "meltdown", "vulnerable" },
        { "\x03" "12CPU:\x03\n  \x03" "12Info:\x03 quad core\n  \x03" "12Vulnerabilities:\x03\n  \x03" "12Type\x03 mds \x03" "12status\x03 Vulnerable\n"
          "  \x03" "12Type\x03 meltdown \x03" "12mitigation\x03 PTI\n", "mds", "vulnerable" },
        /* Windows' own word */
        { "{\"MDSWindowsSupportPresent\":true,\"MDSHardwareVulnerable\":true,\"MDSWindowsSupportEnabled\":false,\"BTIWindowsSupportPresent\":true}",
          "mds", "vulnerable" },
        { "Windows OS support for MDS mitigation is present: True\nHardware is vulnerable to MDS: True\nWindows OS support for MDS mitigation is enabled: False\n",
          "mds", "vulnerable" },
        { "BTIWindowsSupportPresent         : True\nMDSWindowsSupportPresent         : True\nMDSHardwareVulnerable            : True\n"
          "MDSWindowsSupportEnabled         : False\n", "mds", "vulnerable" },
        /* lost tabs */
        { "\nprocessor: 0\nvendor_id: GenuineIntel\ncpu family: 6\nmodel: 61\nflags: fpu lm hypervisor\n", "ghostwrite", "not-affected" },
};

static void test_kinds(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                const struct finding *f;
                struct verdict v;

                if (!judge_text(&v, &a, str_of(kinds[i].text)))
                        fail_msg("not read: %s", kinds[i].text);
                f = finding_of(&v, str_of(kinds[i].flaw));
                if (!str_eq(status_word(f->status), str_of(kinds[i].statuses)))
                        fail_msg("%s is %.*s, right: %s, in\n%s", kinds[i].flaw, STR_ARG(status_word(f->status)), kinds[i].statuses, kinds[i].text);
        }
}

/* ---- What a machine is ---- */

static const struct {
        const char *text, *cpu, *arch;
        enum tri guest;
        const char *microcode;
} machines[] = {
        { "[    0.0] Linux version 5.10.0-21-amd64 (b@example) (gcc-10) #1 SMP\n[    0.0] Command line: ro\n[    0.1] smpboot: CPU0: Intel(R) Core(TM) "
          "i7-6600U CPU @ 2.60GHz (family: 0x6, model: 0x4e, stepping: 0x3)\n[    0.7] microcode: sig=0x406e3, pf=0x80, revision=0xf0\n",
          "06h/4eh/3", "x86_64", TRI_FALSE, "0xf0" },
        { "[    0.0] microcode: microcode updated early to revision 0x2f, date = 2019-02-17\n[    0.0] Linux version 4.4.13 (b@example) (gcc) #1 SMP\n"
          "[    0.0] Command line: ro\n[    0.1] smpboot: CPU0: Intel(R) Core(TM) i5-2500 CPU (fam: 06, model: 2a, stepping: 07)\n"
          "[    0.0] Hypervisor detected: KVM\n", "06h/2ah/7", "", TRI_TRUE, "0x2f" },
        { "[    0.000000]  [0:        swapper:    0] Linux version 4.4.13 (b@example) (gcc) #1 SMP PREEMPT\n[    0.000000]  [0:        swapper:    0] "
          "Boot CPU: AArch64 Processor [410fd034]\n", "41h/d03h/4", "aarch64", TRI_UNKNOWN, "" },
        { "kern  :info  : [    0.0] Linux version 6.8.0-45-generic (b@example) (x86_64-linux-gnu-gcc-13) #45 SMP\nkern  :info  : [    0.0] Command line: ro\n",
          "", "x86_64", TRI_UNKNOWN, "" },
        { "Architecture:          s390x\nVendor ID:             IBM/S390\nHypervisor:            z/VM 5.4.0\nHypervisor vendor:     IBM\n"
          "Virtualization type:   full\n", "", "s390x", TRI_TRUE, "" },
        { "Architecture:          x86_64\nVendor ID:             GenuineIntel\nCPU family:            6\nModel:                 42\nStepping:              7\n"
          "Hypervisor vendor:     KVM\nVirtualization type:   full\n", "06h/2ah/7", "x86_64", TRI_TRUE, "" },
        { "Architecture:          aarch64\nVendor ID:             ARM\nModel name:            Neoverse-N1\nModel:                 1\nStepping:              r3p1\n",
          "41h/d0ch/31", "aarch64", TRI_UNKNOWN, "" },
};

static void test_machines(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                const struct machine *m;
                struct verdict v;

                if (!judge_text(&v, &a, str_of(machines[i].text)))
                        fail_msg("not read: %s", machines[i].text);
                m = &v.machine;
                if (str_find(m->cpu, str_of(machines[i].cpu)) < 0 || !str_eq(m->arch, str_of(machines[i].arch)) || m->guest != machines[i].guest ||
                    !str_eq(m->microcode, str_of(machines[i].microcode)))
                        fail_msg("cpu '%.*s', arch '%.*s', guest %d, microcode '%.*s' in\n%s", STR_ARG(m->cpu), STR_ARG(m->arch), (int)m->guest,
                                 STR_ARG(m->microcode), machines[i].text);
        }
}

/* ---- Refused ---- */

static void test_refused(void **state) {
        static const struct {
                const char *text, *says;
        } rows[] = {
                { "{\"system\":{\"kernel_release\":\"14.1-RELEASE\",\"kernel_version\":\"FreeBSD 14.1-RELEASE GENERIC\",\"kernel_arch\":\"amd64\"},"
                  "\"vulnerabilities\":[]}", "FreeBSD" },
                { "[{\"PSComputerName\":\"a\",\"BTIWindowsSupportPresent\":true,\"BTIWindowsSupportEnabled\":true},{\"PSComputerName\":\"b\","
                  "\"BTIWindowsSupportPresent\":true,\"BTIWindowsSupportEnabled\":true}]", "2 machines" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct diag d = { 0 };
                struct evidence e;

                evidence_init(&e, &a, S("x"));
                assert_int_equal(import_text(&e, &catalog_builtin, str_of(rows[i].text), &d), -1);
                assert_int_equal(d.class, DIAG_INPUT);
                if (!strstr(d.text, rows[i].says))
                        fail_msg("%s", d.text);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_checker), cmocka_unit_test(test_kinds), cmocka_unit_test(test_machines), cmocka_unit_test(test_refused),
        };

        return cmocka_run_group_tests_name("import kinds", tests, NULL, NULL);
}
