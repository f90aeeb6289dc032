/* compiler: what the data folder's compiler makes, and what it refuses, with file, line and reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/out.h"
#include "little_data.h"

enum { MORE_COUNT = LITTLE_COUNT + 8, FILES_MAX = 200 };

/* The little data, and what its one flaw has no use for. */
static void more_data(struct data_file files[MORE_COUNT]) {
        static const struct data_file more[] = {
                { STR("vulns/leek.yaml"), STR("id: leek\nname: Leek\ncves: [CVE-2000-2]\nsummary: \"x\"\nrepaired: \"Linux 9.9\"\n"
                                              "facts: {registers: [{name: leek_no, leaf: 0x7, reg: eax, bits: \"3\"}]}\n"
                                              "affected: \"cpu in {both}\"\nrules:\n"
                                              "- {use: bit-tells, with: {bit: cap.leek_no}}\n- {use: rest}\n") },
                { STR("windows/rulesets.yaml"),
                  STR("- name: bit-tells\n  with: [bit, \"fix=\"]\n  rules:\n  - {id: bit-tells, when: \"$bit\", status: not-affected,"
                      " reason: \"$id, repaired in $repaired: the bit tells\", fixes: [\"$fix\"]}\n"
                      "- name: rest\n  rules:\n  - {id: rest, when: \"true\", status: unknown, reason: \"nobody says\"}\n") },
                { STR("facts.yaml"), STR("- {name: nt.one, nt: 201, bits: \"1\"}\n") },
                { STR("bugs.yaml"), STR("- {word: leaky, against: [walled]}\n- {word: leeky}\n") },
                { STR("instructions.yaml"), STR("- {leaf: 0x1, reg: ecx, made_up: [\"1-2\", \"31\"], flags: [ssse3]}\n- {flags: [vaes]}\n") },
                { STR("guidance/offerings.yaml"), STR("- {id: vm, title: \"Virtual machine\"}\n") },
                { STR("azure/resource-types.yaml"), STR("types:\n- {type: x.y, offering: no-machine}\n- {type: x.vm, offering: vm, os: linux}\n"
                                                        "publishers:\n- {publisher: canonical, os: linux}\n") },
                { STR("azure/guest-os.yaml"),
                  STR("# date: 2023-09\nfamilies:\n- {family: 5, windows: \"x\", kva_shadow: setting, first_fix: WA-GUEST-OS-5.15_201801-01}\n"
                      "releases:\n- {name: WA-GUEST-OS-5.14_201712-01, released: \"2018-01-04\"}\n"
                      "- {name: WA-GUEST-OS-5.15_201801-01, released: \"2018-01-12\"}\n") },
        };

        little_data(files, "cpus.yaml", S(LITTLE_CPUS "- {name: both, group: [skylake-x, amd-19h]}\n"));
        memcpy(files + LITTLE_COUNT, more, sizeof(more));
}

static struct str replaced(struct arena *a, struct str text, const char *was, const char *is) {
        ptrdiff_t at = str_find(text, str_of(was));

        if (at < 0)
                fail_msg("'%s' is not there", was);
        return str_fmt(a, "%.*s%s%.*s", (int)at, text.p, is, STR_ARG(str_from(text, at + (ptrdiff_t)strlen(was))));
}

static void test_builds(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct data_file files[LITTLE_COUNT];
        struct catalog c;
        struct diag d = { 0 };

        (void)state;
        little_data(files, NULL, S(""));
        assert_int_equal(catalog_compile(&c, &a, files, LITTLE_COUNT, &d), 0);
        assert_int_equal(c.flaw_count, 1);
        assert_int_equal(c.flaws[0].rule_count, 5);
        assert_true(c.flaws[0].rules[1].shared);
        assert_true(catalog_fact(&c, S("cap.rdcl_no")) >= 0);
        assert_true(catalog_fact(&c, S("sysfs.leak.smt.status")) >= 0);
        assert_ptr_equal(catalog_flaw(&c, S("CVE-2000-1")), &c.flaws[0]);
        assert_ptr_equal(catalog_flaw(&c, S("Old_Leak")), &c.flaws[0]);
        assert_null(catalog_flaw(&c, S("rowhammer")));
        assert_non_null(catalog_cpu(&c, S("intel"), 6, 0x55, 4));
}

/* One place of one file is spoilt; the message says which and why. */
static void test_refuses(void **state) {
        static const struct {
                const char *path, *was, *is, *message;
        } rows[] = {
                { "vulns/leak.yaml", "cves:", "cvess:", "vulns/leak.yaml:3: Unexpected key: cvess" },
                { "vulns/leak.yaml", "id: leak", "id: Leak", "vulns/leak.yaml:1: 'Leak' is not a valid id" },
                { "vulns/leak.yaml", "id: leak", "id: leek", "vulns/leak.yaml:1: id 'leek' is not the file's name 'leak'" },
                { "vulns/leak.yaml", "cap.rdcl_no", "cap.rdcl", "vulns/leak.yaml:9: unknown fact 'cap.rdcl'" },
                { "vulns/leak.yaml", "amd-19h", "amd-20h", "vulns/leak.yaml:9: unknown processor 'amd-20h'" },
                { "vulns/leak.yaml", "6-0xf", "f-6", "vulns/leak.yaml:9: expected a stepping" },
                { "vulns/leak.yaml", "\"not affected\"", "\"true\"",
                  "vulns/leak.yaml:20: rule 'immune' always applies, so the rules after it are unreachable" },
                { "vulns/leak.yaml", "\"not affected\"", "\"not affected and\"", "vulns/leak.yaml:20: expected a fact's name" },
                { "vulns/leak.yaml", "\"not affected\"", "\"os == 'wals'\"",
                  "vulns/leak.yaml:20: 'sysfs.leak' has no sentence called 'wals'" },
                { "vulns/leak.yaml", "\"not affected\"", "\"os.status < 'mitigated'\"",
                  "vulns/leak.yaml:20: 'sysfs.leak.status' is a text: only numbers and versions have an order" },
                { "vulns/leak.yaml", "\"not affected\"", "\"cpu.model == 'x'\"",
                  "vulns/leak.yaml:20: 'cpu.model' is a number and cannot be compared with a text" },
                { "vulns/leak.yaml", "\"not affected\"", "\"os.status == 'fine'\"", "vulns/leak.yaml:20: 'fine' is not a status" },
                { "vulns/leak.yaml", "user-kernel, ", "user-moon, ", "vulns/leak.yaml:6: 'user-moon' is not a boundary" },
                { "vulns/leak.yaml", "{use: kernel-says}", "{use: kernel-sings}", "vulns/leak.yaml:21: unknown rule set" },
                { "vulns/leak.yaml", "fixes: [update-kernel]", "fixes: [buy-new]", "vulns/leak.yaml:22: unknown fix 'buy-new'" },
                { "vulns/leak.yaml", "parameters: [pti]", "parameters: [ptj]", "vulns/leak.yaml:10: unknown parameter 'ptj'" },
                { "vulns/leak.yaml", "Mitigation: Walls, half", "Vulnerable", "vulns/leak.yaml:" },
                { "rulesets.yaml", "when: \"true\"", "when: \"guest\"", "vulns/leak.yaml:19: the last rule of 'leak' must always apply" },
                { "rulesets.yaml", "owner: kernel, reason: \"{", "owner: king, reason: \"{", "rulesets.yaml:7: 'king' is not a layer" },
                { "registers.yaml", "leaf: 0x7, reg: edx", "reg: edx", "registers.yaml:1: 'arch_capabilities' needs exactly one of" },
                { "registers.yaml", "\"29\"", "\"32\"", "registers.yaml:1: bits '32' are not within 0-31" },
                { "registers.yaml", "name: rtm", "name: rdcl_no", "registers.yaml:2: fact 'cap.rdcl_no' is defined twice" },
                { "vulns/leak.yaml", "\"not affected\"", "\"present os\"", "vulns/leak.yaml:20: expected '('" },
                { "vulns/leak.yaml", "\"not affected\"", "\"present(os\"", "vulns/leak.yaml:20: expected ')'" },
                { "vulns/leak.yaml", "\"not affected\"", "\"(not affected\"", "vulns/leak.yaml:20: expected ')'" },
                { "vulns/leak.yaml", "{use: kernel-says}", "{use: kernel-says, with: {who: \"x\"}}",
                  "vulns/leak.yaml:21: Unexpected key: who" },
                { "vulns/leak.yaml", "sentences:\n", "sentences:\n- {use: kernel-says}\n",
                  "rulesets.yaml:1: rule set 'kernel-says' has no sentences" },
                { "rulesets.yaml", "reason: \"nobody says\"", "reason: \"$who says\"", "rulesets.yaml:9: '$who' is neither an argument" },
                { "derived.yaml", "\"hypervisor\"", "\"hypervizor\"", "derived.yaml:1: unknown fact 'hypervizor'" },
                /* Texts, values, sources, numbers. */
                { "vulns/leak.yaml", "reason: \"immune\"", "reason: \"immune ({kernel.releese})\"",
                  "vulns/leak.yaml:20: unknown fact 'kernel.releese' in the text" },
                { "vulns/leak.yaml", "reason: \"immune\"", "reason: \"microcode {cpu.microcode} is immune\"",
                  "vulns/leak.yaml:20: 'cpu.microcode' may be unknown here" },
                { "vulns/leak.yaml", "yet: {os.text}", "yet: {cpu.microcode}", "vulns/leak.yaml:24: 'cpu.microcode' may be unknown here" },
                { "vulns/leak.yaml", "reason: \"immune\"", "reason: \"}immune{\"", "vulns/leak.yaml:20: unmatched brace in" },
                { "vulns/leak.yaml", "cmdline.pti == 'off'", "cmdline.pti == 'offf'",
                  "vulns/leak.yaml:24: 'offf' is not among the values of the parameter 'pti'" },
                { "vulns/leak.yaml", "fixes: [update-kernel]", "sources: [\"cvee:CVE-2000-1\"]\nfixes: [update-kernel]",
                  "vulns/leak.yaml:22: the source 'cvee:CVE-2000-1' is of an unknown kind (known: cve: " },
                { "facts.yaml", "bits: \"1\"", "dword: 6, bits: \"1\"", "facts.yaml:1: 'dword' of 'nt.one' is 6; expected 0 to 3" },
                { "vulns/leek.yaml", "CVE-2000-2", "CVE-2000-1", "vulns/leek.yaml:3: CVE-2000-1 already belongs to the flaw 'leak'" },
                /* Rule sets and their arguments. */
                { "vulns/leek.yaml", "with: {bit: cap.leek_no}", "with: {bitt: cap.leek_no}", "vulns/leek.yaml:9: Unexpected key: bitt" },
                { "vulns/leek.yaml", ", with: {bit: cap.leek_no}", "", "vulns/leek.yaml:9: rule set 'bit-tells' needs the argument 'bit'" },
                { "vulns/leek.yaml", "{bit: cap.leek_no}", "{bit: cap.leek_nope}",
                  "vulns/leek.yaml:9: unknown fact 'cap.leek_nope' in \"cap.leek_nope\" (in rule set 'bit-tells')" },
                { "vulns/leek.yaml", "{use: bit-tells, with", "{use: kernel-says, with", "vulns/leek.yaml:9: rule set 'kernel-says' has no argument" },
                { "windows/rulesets.yaml", "when: \"$bit\"", "when: \"$bits\"", "vulns/leek.yaml:9: '$bits' is neither an argument of rule set 'bit-tells'" },
                { "windows/rulesets.yaml", "with: [bit,", "with: [Bit,", "windows/rulesets.yaml:2: 'Bit' is not a valid name for an argument" },
                { "windows/rulesets.yaml", "id: bit-tells,", "use: kernel-says,", "vulns/leek.yaml:9: a rule set cannot use another rule set" },
                /* Words of cpuinfo, lines of the log, parameters that are none, instructions. */
                { "registers.yaml", "flag: arch_capabilities", "unless_bug: leaky", "registers.yaml:1: 'arch_capabilities' can have one of" },
                { "registers.yaml", "bits: \"0\", if", "bits: \"0\", unless_bug: leak, if", "registers.yaml:2: 'leak' is no word of bugs.yaml" },
                { "registers.yaml", "bits: \"0\", if", "bits: \"0\", never_with_bug: leak, if", "registers.yaml:2: 'leak' is no word of bugs.yaml" },
                { "registers.yaml", "flag: rtm", "flag: rtm, flag_made: no", "registers.yaml:3: expected yes, found 'no'" },
                { "registers.yaml", "flag: rtm", "flag_made: yes", "registers.yaml:3: 'flag_made' of 'rtm' is about a 'flag'" },
                { "vulns/leak.yaml", "arches: [x86_64]", "arches: [x86-64]", "vulns/leak.yaml:7: no architecture is called 'x86-64'" },
                { "vulns/leak.yaml", "is: walls,", "is: walls, arches: [moon],", "vulns/leak.yaml:13: no architecture is called 'moon'" },
                { "vulns/leak.yaml", "is: disabled,", "is: disabled, log: [\"leak: walls\"],", "vulns/leak.yaml:18: 'log' is of whole sentences" },
                { "parameters.yaml", "values:", "since: \"Linux 1\", values:", "parameters.yaml:1: 'known' and 'since' of 'pti' go together" },
                { "parameters.yaml", "values:", "known: cap.no, since: \"Linux 1\", values:", "parameters.yaml:1: unknown fact 'cap.no'" },
                { "parameters.yaml", "values:", "instead: pti, values:", "parameters.yaml:1: 'pti' is no parameter ('instead')" },
                { "instructions.yaml", "leaf: 0x1, ", "", "instructions.yaml:1: a row has 'leaf' and 'reg'" },
                { "instructions.yaml", "reg: ecx", "reg: rcx", "instructions.yaml:1: 'rcx' is not one of" },
                { "instructions.yaml", "31", "32", "instructions.yaml:1: bits '32' are not within 0-31" },
                /* A flaw's own facts are its own. */
                { "vulns/leak.yaml", "\"not affected\"", "\"cap.leek_no\"", "vulns/leak.yaml:20: unknown fact 'cap.leek_no'" },
                { "vulns/leek.yaml", "name: leek_no", "name: rtm", "vulns/leek.yaml:6: fact 'cap.rtm' is defined twice" },
                /* Processors. */
                { "cpus.yaml", "group: [skylake-x, amd-19h]", "family: 6", "cpus.yaml:3: 'both' needs 'vendor' and 'family', or 'group'" },
                { "cpus.yaml", "[skylake-x, amd-19h]", "[skylake-y]", "vulns/leek.yaml:7: unknown processor 'both'" },
                /* A cloud's offerings. */
                { "azure/resource-types.yaml", "no-machine", "moon", "azure/resource-types.yaml:2: unknown offering 'moon'" },
                { "azure/resource-types.yaml", "type: x.y", "type: X.y", "azure/resource-types.yaml:2: 'X.y' must be in lower case" },
                { "azure/resource-types.yaml", "os: linux}\n", "os: minix}\n", "azure/resource-types.yaml:" },
                { "azure/guest-os.yaml", "5.15_201801-01, released", "5.13_201801-01, released",
                  "azure/guest-os.yaml:6: 'WA-GUEST-OS-5.13_201801-01' must be newer than 'WA-GUEST-OS-5.14_201712-01'" },
                { "azure/guest-os.yaml", "kva_shadow: setting", "kva_shadow: maybe", "azure/guest-os.yaml:3: 'maybe' is not one of on, setting" },
                { "azure/guest-os.yaml", "# date: 2023-09", "# date: soon", "azure/guest-os.yaml:1: expected a date" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct data_file files[MORE_COUNT];
                struct catalog c;
                struct diag d = { 0 };

                more_data(files);
                for (int k = 0; k < MORE_COUNT; k++)
                        if (str_eq(files[k].path, str_of(rows[i].path)))
                                files[k].text = replaced(&a, files[k].text, rows[i].was, rows[i].is);
                assert_int_equal(catalog_compile(&c, &a, files, MORE_COUNT, &d), -1);
                if (strncmp(d.text, rows[i].message, strlen(rows[i].message)) != 0)
                        fail_msg("row %zu: expected '%s', found '%s'", i, rows[i].message, d.text);
                assert_int_equal(d.class, DIAG_INPUT);
        }
}

/* Files of another name would be left out in silence. */
static void test_refuses_files(void **state) {
        static const char *const names[] = { "teapot.yml", "derive.yaml", "vulns/leak.yml", "vulns/more/leak.yaml", "microcode/x.yaml",
                                             "windows/cpus.yaml", "azure/guest-os.yml", "notes.txt" };

        (void)state;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct data_file files[LITTLE_COUNT + 1];
                struct catalog c;
                struct diag d = { 0 };

                little_data(files, NULL, S(""));
                files[LITTLE_COUNT] = (struct data_file){ .path = str_of(names[i]), .text = S("- {name: x}\n") };
                assert_int_equal(catalog_compile(&c, &a, files, LITTLE_COUNT + 1, &d), -1);
                if (!strstr(d.text, ":1: the data folder has no file of this name") || strncmp(d.text, names[i], strlen(names[i])) != 0)
                        fail_msg("%s: found '%s'", names[i], d.text);
                files[LITTLE_COUNT].path = S("vulns/README.md");
                assert_int_equal(catalog_compile(&c, &a, files, LITTLE_COUNT + 1, &d), 0);
        }
}

/* Arguments are put in, and a compound one is held together. */
static void test_arguments(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct data_file files[MORE_COUNT];
        struct catalog c;
        struct diag d = { 0 };
        const struct flaw *f;

        (void)state;
        more_data(files);
        assert_int_equal(catalog_compile(&c, &a, files, MORE_COUNT, &d), 0);
        f = catalog_flaw(&c, S("leek"));
        assert_true(str_eq(T(f->rules[0].when), S("cap.leek_no")));
        assert_true(str_eq(T(f->rules[0].reason), S("leek, repaired in Linux 9.9: the bit tells")));
        assert_int_equal(f->rules[0].fixes.count, 0); /* "$fix" was nothing */
        assert_false(f->rules[0].shared);
        assert_true(f->rules[1].shared);
        for (int k = 0; k < MORE_COUNT; k++)
                if (str_eq(files[k].path, S("vulns/leek.yaml")))
                        files[k].text = replaced(&a, files[k].text, "{bit: cap.leek_no}", "{bit: \"guest or cap.leek_no\", fix: update-kernel}");
        assert_int_equal(catalog_compile(&c, &a, files, MORE_COUNT, &d), 0);
        f = catalog_flaw(&c, S("leek"));
        assert_true(str_eq(T(f->rules[0].when), S("(guest or cap.leek_no)")));
        assert_int_equal(f->rules[0].fixes.count, 1);
}

/* ---- The data folder itself ---- */

static void gather(struct arena *a, const char *below, struct data_file *files, ptrdiff_t *count) {
        const char *folder = str_to_c(a, str_fmt(a, "%s/data/%s", SOURCE_ROOT, below));
        DIR *dir = opendir(folder);
        struct dirent *entry;

        assert_non_null(dir);
        while ((entry = readdir(dir))) {
                const char *path = str_to_c(a, str_fmt(a, "%s%s%s", below, below[0] ? "/" : "", entry->d_name));
                FILE *f;

                if (entry->d_name[0] == '.')
                        continue;
                if (!strchr(entry->d_name, '.')) {
                        gather(a, path, files, count);
                        continue;
                }
                f = fopen(str_to_c(a, str_fmt(a, "%s/data/%s", SOURCE_ROOT, path)), "rb");
                assert_non_null(f);
                assert_true(*count < FILES_MAX);
                files[*count].path = str_of(path);
                files[*count].text.p = arena_bytes(a, 1 << 18);
                files[*count].text.len = (ptrdiff_t)fread((char *)(uintptr_t)files[*count].text.p, 1, 1 << 18, f);
                assert_true(files[*count].text.len < 1 << 18);
                ++*count;
                (void)fclose(f);
        }
        (void)closedir(dir);
}

/* What the program has built in is what `--data data` makes, field by field: both are written as C and compared. */
static void test_builtin_is_the_folder(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out built = { 0 }, loaded = { 0 };
        static struct data_file files[FILES_MAX];
        ptrdiff_t count = 0;
        struct catalog c;
        struct diag d = { 0 };

        (void)state;
        gather(&a, "", files, &count);
        assert_true(count > 60);
        if (catalog_compile(&c, &a, files, count, &d) < 0)
                fail_msg("%s", d.text);
        catalog_emit(&catalog_builtin, &built);
        catalog_emit(&c, &loaded);
        assert_true(out_text(&built).len > 100000);
        assert_true(str_eq(out_text(&built), out_text(&loaded)));
}

/* A data file cut off after every byte: a catalog or an error, never a crash. */
static void test_truncated_everywhere(void **state) {
        static const struct str flaw = STR(LITTLE_FLAW);

        (void)state;
        for (ptrdiff_t n = 0; n < flaw.len; n += 7) {
                ARENA_AUTO struct arena a = { 0 };
                struct data_file files[LITTLE_COUNT];
                struct catalog c;
                struct diag d = { 0 };

                little_data(files, "vulns/leak.yaml", str_n(flaw.p, n));
                if (catalog_compile(&c, &a, files, LITTLE_COUNT, &d) < 0)
                        assert_true(d.text[0] != '\0');
        }
}

/* A table's rows come in order of signature and platform; what is no row is refused with its line. */
static void test_microcode_tables(void **state) {
        static const struct {
                const char *rows, *message;
        } wrong[] = {
                { "0x10,0x1\n", "microcode/leak.csv:3: expected 'signature,platform_mask,revision' as numbers" },
                { "0x10,0x1,0x5,\nx,0x1,0x2,\n", "microcode/leak.csv:4: expected 'signature" },
                { "0x10,0x1,0x100000000,\n", "microcode/leak.csv:3: expected 'signature" },
                { "0x10,,0x1,\n", "microcode/leak.csv:3: expected 'signature" },
        };
        static const char head[] = "# date: 2026-01-02\nsignature,platform_mask,revision,note\n";
        struct data_file files[LITTLE_COUNT + 1];
        ARENA_AUTO struct arena a = { 0 };
        struct diag d = { 0 };
        struct catalog c;
        uint32_t revision = 0;

        (void)state;
        little_data(files, NULL, S(""));
        files[LITTLE_COUNT] = (struct data_file){ S("microcode/leak.csv"), str_fmt(&a, "%s0x20,0x02,0x7,\n0x10,0x2,0x6,x\n0x10,0x1,0x5,\n", head) };
        assert_int_equal(catalog_compile(&c, &a, files, LITTLE_COUNT + 1, &d), 0);
        assert_true(c.table_count == 1 && c.tables[0].count == 3 && str_eq(T(c.tables[0].name), S("leak")));
        assert_true(c.tables[0].rows[0].platform_mask == 1 && c.tables[0].rows[1].platform_mask == 2 && c.tables[0].rows[2].signature == 0x20);
        assert_true(catalog_microcode(&c.tables[0], 0x10, 0, &revision) && revision == 5);
        assert_true(catalog_microcode(&c.tables[0], 0x10, 1, &revision) && revision == 6);
        assert_false(catalog_microcode(&c.tables[0], 0x10, 2, &revision));
        assert_true(catalog_microcode(&c.tables[0], 0x20, 1, &revision) && revision == 7);
        assert_false(catalog_microcode(&c.tables[0], 0x21, -1, &revision));
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
                d = (struct diag){ 0 };
                files[LITTLE_COUNT].text = str_fmt(&a, "%s%s", head, wrong[i].rows);
                assert_int_equal(catalog_compile(&c, &a, files, LITTLE_COUNT + 1, &d), -1);
                if (strncmp(d.text, wrong[i].message, strlen(wrong[i].message)) != 0)
                        fail_msg("row %zu: expected '%s', found '%s'", i, wrong[i].message, d.text);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_builds),
                cmocka_unit_test(test_refuses),
                cmocka_unit_test(test_microcode_tables),
                cmocka_unit_test(test_refuses_files),
                cmocka_unit_test(test_arguments),
                cmocka_unit_test(test_builtin_is_the_folder),
                cmocka_unit_test(test_truncated_everywhere),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
