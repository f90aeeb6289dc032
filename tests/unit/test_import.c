/* import: what lscpu does to the kernel's sentences is undone, for every sentence that the catalog knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collect/import/import.h"
#include "platform/program.h"

/* As lscpu shows it: a text that begins with "Mitigation" loses its colons and gets a semicolon behind that word. */
static struct str as_lscpu(struct arena *a, struct str sentence) {
        char *p = arena_bytes(a, sentence.len + 1);
        ptrdiff_t n = 0;

        if (!str_starts(sentence, S("Mitigation")))
                return sentence;
        for (ptrdiff_t i = 0; i < sentence.len; i++) {
                if (sentence.p[i] != ':')
                        p[n++] = sentence.p[i];
                else if (i == 10)
                        p[n++] = ';';
        }
        return str_n(p, n);
}

static void assert_restored(struct arena *a, const struct sentence_file *f, struct str sentence) {
        struct str text = str_fmt(a, "Architecture: x86_64\nVulnerability %.*s: %.*s\n", STR_ARG(T(f->file)),
                                  STR_ARG(as_lscpu(a, sentence)));
        const struct record *r;
        struct diag d = { 0 };
        struct evidence e;

        evidence_init(&e, a, S("x"));
        assert_int_equal(import_text(&e, &catalog_builtin, text, &d), 0);
        r = evidence_file(&e, T(f->path));
        assert_non_null(r);
        if (!str_eq(r->text, sentence))
                fail_msg("%.*s: '%.*s' became '%.*s'", STR_ARG(T(f->file)), STR_ARG(sentence), STR_ARG(r->text));
}

/* Each base alone, and with each part behind it. */
static void test_every_sentence(void **state) {
        int seen = 0;

        (void)state;
        for (uint32_t i = 0; i < catalog_builtin.file_count; i++) {
                const struct sentence_file *f = &catalog_builtin.files[i];

                for (uint32_t b = 0; b < f->sentence_count; b++) {
                        ARENA_AUTO struct arena a = { 0 };

                        if (f->sentences[b].part)
                                continue;
                        assert_restored(&a, f, T(f->sentences[b].says));
                        for (uint32_t p = 0; p < f->sentence_count; p++)
                                if (f->sentences[p].part)
                                        assert_restored(&a, f, str_fmt(&a, "%.*s; %.*s", STR_ARG(T(f->sentences[b].says)),
                                                                       STR_ARG(T(f->sentences[p].says))));
                        seen++;
                }
        }
        assert_true(seen > 50);
}

static void test_unknown_sentence(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        const struct sentence_file *f = &catalog_builtin.files[0];

        (void)state;
        assert_restored(&a, f, S("Mitigation: Something that no kernel says yet; and more"));
}

static void test_not_recognised(void **state) {
        static const struct str texts[] = { STR(""), STR("hello"), STR("{}"), STR("[]"), STR("[{}]"), STR("{\"lscpu\": 3}"),
                                            STR("[    0.0] no version here"), STR("\0\0\0\0") };
        (void)state;
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct diag d = { 0 };
                struct evidence e;

                evidence_init(&e, &a, S("x"));
                assert_int_equal(import_text(&e, &catalog_builtin, texts[i], &d), IMPORT_UNKNOWN);
        }
}

/* ---- What is recognised, and cannot carry a verdict ---- */

static void test_hints(void **state) {
        static const struct {
                const char *text, *says;
        } rows[] = {
                { "Mitigation: PTI\nNot affected\nVulnerable\n", "without their names" },
                { "CVE-2017-5754 aka Meltdown\n> STATUS:  NOT VULNERABLE  (Mitigation: PTI)\n", "--batch json" },
                { "specex_vuln_status{name=\"MDS\",cve=\"CVE-2018-12130\",status=\"OK\"} 1\n", "node_cpu_vulnerabilities_info" },
                { "InSpectre\nSystem is Meltdown protected: YES\n", "sidelight collect" },
                { "[-] Kernel VA Shadowing Enabled: yes\n[-] Branch Prediction Mitigations Enabled: yes\n", "after 2018" },
                { "[{\"kva_shadow_enabled\":\"1\",\"bp_mitigations\":\"1\"}]", "may mean" },
                { "Source  Description  HotFixID\nX  Update  KB5031988\n", "proves nothing" },
                { "Processor Information\n\tSocket Designation: U3E1\n\tID: EA 06 08 00 FF FB EB BF\n", "dmidecode" },
                { "<capabilities><host><cpu><vendor>Intel</vendor></cpu></host></capabilities>", "on the host" },
                { "CPU 0:\n   version information (1/eax):\n      (family synth)  = 0x6 (6)\n", "cpuid -r" },
                { "# rdmsr -a 0x10a\n", NULL },
                { "0\n1c00\n", "do not tell what they are of" },
                { "\x89PNG\r\n\x1a\n\1\2", "copy the text" },
                { "regf\1\1", "check --hive" },
                { "Dear all, please find attached\n", NULL },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct import_machines all;
                struct diag d = { 0 };
                int status = import_machines(&all, &a, S("x"), &catalog_builtin, str_of(rows[i].text), &d);

                assert_int_equal(status, rows[i].says ? -1 : IMPORT_UNKNOWN);
                if (rows[i].says && !strstr(d.text, rows[i].says))
                        fail_msg("row %zu: expected '%s' in '%s'", i, rows[i].says, d.text);
        }
}

/* ---- Several pastes in one text: a log with two starts of the kernel takes nothing from what stands before it ---- */

static void test_two_starts(void **state) {
        static const char text[] = "/sys/devices/system/cpu/vulnerabilities/meltdown:Vulnerable\n"
                                   "/sys/devices/system/cpu/vulnerabilities/mds:Vulnerable; SMT vulnerable\n"
                                   "[    0.000000] Linux version 5.10.0-28-amd64 (x@y) (gcc) #1 SMP\n"
                                   "[    0.000000] Command line: ro\n"
                                   "[    0.000000] Linux version 6.1.0-33-amd64 (x@y) (gcc) #1 SMP\n"
                                   "[    0.000000] Command line: ro nopti\n";
        ARENA_AUTO struct arena a = { 0 };
        struct import_machines all;
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(import_machines(&all, &a, S("x"), &catalog_builtin, S(text), &d), 0);
        assert_int_equal(all.count, 1);
        assert_true(str_eq(evidence_file(&all.items[0], S("/sys/devices/system/cpu/vulnerabilities/meltdown"))->text, S("Vulnerable")));
        assert_true(str_eq(evidence_file(&all.items[0], S("/proc/cmdline"))->text, S("ro nopti")));
        assert_true(str_find(evidence_line(&all.items[0], RECORD_META, S("not-used"))->text, S("2 starts of the kernel")) >= 0);
}

/* ---- A folder or archive is one machine, or is refused ---- */

static int files(struct evidence *e, struct arena *a, const struct import_file *items, ptrdiff_t count, struct diag *d) {
        struct str other;

        evidence_init(e, a, S("x"));
        return import_files(e, &catalog_builtin, items, count, S(""), &other, d);
}

/* Very many machines, each told of twice: as many machines, each with both. */
static void test_many_machines(void **state) {
        enum { MACHINES = 300 };
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct import_machines all;
        struct diag d = { 0 };

        (void)state;
        out_char(&o, '[');
        for (int i = 0; i < 2 * MACHINES; i++)
                out_fmt(&o, i < MACHINES ? "%s{\"hostname\":\"m%d\",\"path\":\"/v\",\"version\":\"6.1.%d\",\"arguments\":\"\"}"
                                         : "%s{\"hostname\":\"m%d\",\"cpu_subtype\":\"\",\"cpu_type\":\"x86_64\",\"cpu_brand\":\"B%d\"}",
                        i ? "," : "", i % MACHINES, i % MACHINES);
        out_char(&o, ']');
        if (import_machines(&all, &a, S("x"), &catalog_builtin, out_text(&o), &d) != 0)
                fail_msg("%s", d.text);
        assert_int_equal(all.count, MACHINES);
        for (int i = 0; i < MACHINES; i++) {
                const struct record *r = evidence_line(&all.items[i], RECORD_UNAME, S(""));
                const struct record *cpu = evidence_file(&all.items[i], S("/proc/cpuinfo"));

                assert_true(r && str_eq(r->text, str_fmt(&a, "Linux 6.1.%d x86_64", i)));
                assert_true(cpu && str_find(cpu->text, str_fmt(&a, "B%d", i)) >= 0);
        }
}

static void test_files(void **state) {
        static const struct import_file probe[] = {
                { .path = STR("hw.info/host"), .text = STR("system:debian-12\narch:x86_64\nkernel:6.1.0-33-amd64\n") },
                { .path = STR("hw.info/logs/uname"), .text = STR("#1 SMP PREEMPT_DYNAMIC Debian 6.1.133-1 (2025-04-10)\n") },
        };
        static const struct import_file container[] = {
                { .path = STR("sos/proc/cmdline"), .text = STR("ro nopti\n") },
                { .path = STR("sos/sos_containers/proc/cmdline"), .text = STR("ro\n") },
        };
        static const struct import_file support[] = {
                { .path = STR("scc_x/basic-environment.txt"),
                  .text = STR("#==[ Command ]=====#\n# /bin/uname -a\nLinux x 5.14.21-default #1 SMP x86_64 GNU/Linux\n\n"
                              "#==[ Note ]=====#\n# Virtualization\nHypervisor: KVM\nIdentity: Virtual Machine (not supported)\n") },
        };
        static const struct import_file two_logs[] = {
                { .path = STR("sos/var/log/dmesg"), .text = STR("[    0.000000] Linux version 5.10.0 (x@y) #1 SMP\n[    0.1] MDS: Vulnerable\n") },
                { .path = STR("sos/sos_commands/kernel/dmesg"), .text = STR("[    0.000000] Linux version 6.1.0 (x@y) #1 SMP\n") },
        };
        static const struct import_file two[] = {
                { .path = STR("a/proc/cmdline"), .text = STR("ro nopti\n") },
                { .path = STR("b/sys/devices/system/cpu/vulnerabilities/meltdown"), .text = STR("Not affected\n") },
        };
        static const struct import_file two_outputs[] = {
                { .path = STR("a/hw.info/logs/lscpu"), .text = STR("Architecture: x86_64\n") },
                { .path = STR("b/hw.info/logs/lscpu"), .text = STR("Architecture: x86_64\n") },
        };
        /* what one machine's command printed beside another machine's files: neither is the other's */
        static const struct import_file two_commands[] = {
                { .path = STR("a/lscpu"), .text = STR("Architecture: x86_64\n") },
                { .path = STR("b/dmesg"), .text = STR("[    0.000000] Linux version 6.1.0 (x@y) #1 SMP\n") },
        };
        static const struct import_file files_and_commands[] = {
                { .path = STR("a/proc/cmdline"), .text = STR("ro nopti\n") },
                { .path = STR("b/sos_commands/processor/lscpu"), .text = STR("Architecture: x86_64\n") },
        };
        static const struct import_file words_and_commands[] = {
                { .path = STR("a/vulnerabilities/meltdown"), .text = STR("Not affected\n") },
                { .path = STR("b/lscpu"), .text = STR("Architecture: x86_64\n") },
        };
        static const struct import_file node[] = {
                { .path = STR("nodes/a/lscpu"), .text = STR("Architecture: x86_64\n") },
                { .path = STR("nodes/a/proc_cmdline"), .text = STR("ro\n") },
        };
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(files(&e, &a, probe, 2, &d), 0);
        assert_true(str_eq(evidence_line(&e, RECORD_UNAME, S(""))->text, S("Linux 6.1.0-33-amd64 x86_64")));
        assert_int_equal(files(&e, &a, container, 2, &d), 0);
        assert_true(str_eq(evidence_file(&e, S("/proc/cmdline"))->text, S("ro nopti")));
        assert_true(str_find(evidence_line(&e, RECORD_META, S("not-used"))->text, S("inside the machine")) >= 0);
        assert_int_equal(files(&e, &a, support, 1, &d), 0);
        assert_true(str_eq(evidence_line(&e, RECORD_CLAIM, S("guest"))->text, S("KVM")));
        assert_int_equal(files(&e, &a, two_logs, 2, &d), 0);
        assert_true(str_find(evidence_file(&e, S("/var/log/dmesg"))->text, S("Linux version 6.1.0")) >= 0);
        assert_true(str_find(evidence_line(&e, RECORD_META, S("not-used"))->text, S("second copy")) >= 0);
        assert_int_equal(files(&e, &a, two, 2, &d), IMPORT_SEVERAL);
        assert_int_equal(files(&e, &a, two_outputs, 2, &d), IMPORT_SEVERAL);
        assert_int_equal(files(&e, &a, two_commands, 2, &d), IMPORT_SEVERAL);
        assert_int_equal(files(&e, &a, files_and_commands, 2, &d), IMPORT_SEVERAL);
        assert_int_equal(files(&e, &a, words_and_commands, 2, &d), IMPORT_SEVERAL);
        assert_int_equal(files(&e, &a, node, 2, &d), 0);
}

/* ---- docs/inputs.md: every format has its line in the table, and every example is read by the format that it stands for ---- */

static struct str document(struct arena *a) {
        struct diag d = { 0 };
        struct str text;

        if (program_read_file(SOURCE_ROOT "/docs/inputs.md", 1 << 20, a, &text, &d) < 0)
                fail_msg("%s", d.text);
        return text;
}

/* The next fenced block: its word and what is in it. */
static bool next_block(struct str *rest, struct str *ret_word, struct str *ret_text) {
        struct str line;

        while (str_line(rest, &line)) {
                struct str start = *rest;

                if (!str_starts(line, S("```")))
                        continue;
                *ret_word = str_from(line, 3);
                while (str_line(rest, &line) && !str_eq(line, S("```"))) {
                }
                *ret_text = str_n(start.p, line.p - start.p);
                return true;
        }
        return false;
}

/* The next name of a format in the first column of the table: `name`, of one or several in a row. */
static bool next_name(struct str *rest, struct str *row, struct str *ret) {
        struct str line;

        while (true) {
                ptrdiff_t from = str_find_char(*row, '`'), to = from < 0 ? -1 : str_find_char(str_from(*row, from + 1), '`');

                if (to >= 0) {
                        *ret = str_sub(*row, from + 1, to);
                        *row = str_from(*row, from + to + 2);
                        return true;
                }
                do
                        if (!str_line(rest, &line))
                                return false;
                while (!str_starts(line, S("| `")));
                line = str_from(line, 2);
                (void)str_cut(&line, '|', row);
        }
}

/* The table has a row for each format, and for nothing else. */
static bool in_table(struct str text, struct str name) {
        struct str row = { 0 }, one;

        while (next_name(&text, &row, &one))
                if (str_eq(one, name))
                        return true;
        return false;
}

static void test_table(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        ptrdiff_t count, seen = 0;
        const struct import_format *const *formats = import_formats(&count);
        struct str text = document(&a), end = text, row = { 0 }, name;

        (void)state;
        end.len = str_find(text, S("\n## ")); /* below, tables of examples */
        while (next_name(&end, &row, &name)) {
                bool is = str_eq(name, S("evidence"));

                for (ptrdiff_t i = 0; i < count && !is; i++)
                        is = str_eq(str_of(formats[i]->name), name);
                if (!is)
                        fail_msg("docs/inputs.md has a line for %.*s, which no importer reads", STR_ARG(name));
                seen++;
        }
        assert_true(seen > count);
}

static void test_document(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = document(&a), word, example, rest;
        ptrdiff_t count;
        const struct import_format *const *formats = import_formats(&count);

        (void)state;
        for (ptrdiff_t i = 0; i < count; i++) {
                struct str name = str_of(formats[i]->name);
                bool shown = str_eq(name, S("folder")); /* its example is below tests/cli/other */

                if (!in_table(text, name))
                        fail_msg("docs/inputs.md has no line for %s", formats[i]->name);
                for (rest = text; next_block(&rest, &word, &example);)
                        shown |= str_eq(word, name);
                if (!shown)
                        fail_msg("docs/inputs.md has no example of %s", formats[i]->name);
        }
}

static bool is_from(const struct evidence *e, struct str format) {
        ptrdiff_t count;
        const struct import_format *const *formats = import_formats(&count);
        const struct record *r = evidence_line(e, RECORD_META, S("imported"));

        for (ptrdiff_t i = 0; r && i < count; i++)
                if (str_eq(str_of(formats[i]->name), format))
                        return str_find(r->text, str_of(formats[i]->carries)) >= 0;
        return false;
}

static void test_examples(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str rest = document(&a), word, example;
        int seen = 0;

        (void)state;
        while (next_block(&rest, &word, &example)) {
                struct import_machines all;
                struct diag d = { 0 };

                if (import_machines(&all, &a, S("x"), &catalog_builtin, example, &d) != 0)
                        fail_msg("not read: %s\n%.*s", d.text, STR_ARG(example));
                if (!is_from(&all.items[0], word))
                        fail_msg("not read as %.*s:\n%.*s", STR_ARG(word), STR_ARG(example));
                seen++;
        }
        assert_true(seen > 20);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_sentence),
                cmocka_unit_test(test_unknown_sentence),
                cmocka_unit_test(test_not_recognised),
                cmocka_unit_test(test_table),
                cmocka_unit_test(test_document),
                cmocka_unit_test(test_hints), cmocka_unit_test(test_two_starts), cmocka_unit_test(test_many_machines), cmocka_unit_test(test_files), cmocka_unit_test(test_examples),
        };

        return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
