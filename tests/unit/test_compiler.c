/* compiler: what the data folder's compiler makes, and what it refuses, with file, line and reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "little_data.h"

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
                { "vulns/leak.yaml", "id: leak", "id: Leak", "vulns/leak.yaml:1: 'Leak' is not an id" },
                { "vulns/leak.yaml", "id: leak", "id: leek", "vulns/leak.yaml:1: id 'leek' is not the file's name 'leak'" },
                { "vulns/leak.yaml", "cap.rdcl_no", "cap.rdcl", "vulns/leak.yaml:9: unknown fact 'cap.rdcl'" },
                { "vulns/leak.yaml", "amd-19h", "amd-20h", "vulns/leak.yaml:9: unknown processor 'amd-20h'" },
                { "vulns/leak.yaml", "6-0xf", "f-6", "vulns/leak.yaml:9: expected a stepping" },
                { "vulns/leak.yaml", "\"not affected\"", "\"true\"",
                  "vulns/leak.yaml:20: rule 'immune' always holds: the rules behind it are unreachable" },
                { "vulns/leak.yaml", "\"not affected\"", "\"not affected and\"", "vulns/leak.yaml:20: expected a fact's name" },
                { "vulns/leak.yaml", "\"not affected\"", "\"os == 'wals'\"",
                  "vulns/leak.yaml:20: no sentence of 'sysfs.leak' is called 'wals'" },
                { "vulns/leak.yaml", "\"not affected\"", "\"os.status < 'mitigated'\"",
                  "vulns/leak.yaml:20: 'sysfs.leak.status' is a text, which has no order" },
                { "vulns/leak.yaml", "\"not affected\"", "\"cpu.model == 'x'\"",
                  "vulns/leak.yaml:20: 'cpu.model' is a number, compared with a text" },
                { "vulns/leak.yaml", "\"not affected\"", "\"os.status == 'fine'\"", "vulns/leak.yaml:20: 'fine' is not a status" },
                { "vulns/leak.yaml", "user-kernel, ", "user-moon, ", "vulns/leak.yaml:6: 'user-moon' is not a boundary" },
                { "vulns/leak.yaml", "{use: kernel-says}", "{use: kernel-sings}", "vulns/leak.yaml:21: unknown rule set" },
                { "vulns/leak.yaml", "fixes: [update-kernel]", "fixes: [buy-new]", "vulns/leak.yaml:22: unknown fix 'buy-new'" },
                { "vulns/leak.yaml", "parameters: [pti]", "parameters: [ptj]", "vulns/leak.yaml:10: unknown parameter 'ptj'" },
                { "vulns/leak.yaml", "Mitigation: Walls, half", "Vulnerable", "vulns/leak.yaml:" },
                { "rulesets.yaml", "when: \"true\"", "when: \"guest\"", "vulns/leak.yaml:19: the last rule of 'leak' must always hold" },
                { "rulesets.yaml", "owner: kernel, reason: \"{", "owner: king, reason: \"{", "rulesets.yaml:7: 'king' is not a layer" },
                { "registers.yaml", "leaf: 0x7, reg: edx", "reg: edx", "registers.yaml:1: 'arch_capabilities' needs one of" },
                { "registers.yaml", "\"29\"", "\"32\"", "registers.yaml:1: bits '32' are not within 0-31" },
                { "registers.yaml", "name: rtm", "name: rdcl_no", "registers.yaml:2: fact 'cap.rdcl_no' is defined twice" },
                { "vulns/leak.yaml", "\"not affected\"", "\"present os\"", "vulns/leak.yaml:20: expected '('" },
                { "vulns/leak.yaml", "\"not affected\"", "\"present(os\"", "vulns/leak.yaml:20: expected ')'" },
                { "vulns/leak.yaml", "\"not affected\"", "\"(not affected\"", "vulns/leak.yaml:20: expected ')'" },
                { "vulns/leak.yaml", "{use: kernel-says}", "{use: kernel-says, with: {who: \"x\"}}",
                  "vulns/leak.yaml:21: Unexpected key: who" },
                { "vulns/leak.yaml", "sentences:\n", "sentences:\n- {use: kernel-says}\n",
                  "rulesets.yaml:1: rule set 'kernel-says' has no sentences" },
                { "rulesets.yaml", "reason: \"nobody says\"", "reason: \"$who says\"", "rulesets.yaml:9: '$who' is no argument" },
                { "derived.yaml", "\"hypervisor\"", "\"hypervizor\"", "derived.yaml:1: unknown fact 'hypervizor'" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct data_file files[LITTLE_COUNT];
                struct catalog c;
                struct diag d = { 0 };

                little_data(files, NULL, S(""));
                for (int k = 0; k < LITTLE_COUNT; k++)
                        if (str_eq(files[k].path, str_of(rows[i].path))) {
                                ptrdiff_t at = str_find(files[k].text, str_of(rows[i].was));

                                assert_true(at >= 0);
                                files[k].text = str_fmt(&a, "%.*s%s%.*s", (int)at, files[k].text.p, rows[i].is,
                                                        STR_ARG(str_from(files[k].text,
                                                                         at + (ptrdiff_t)strlen(rows[i].was))));
                        }
                assert_int_equal(catalog_compile(&c, &a, files, LITTLE_COUNT, &d), -1);
                if (strncmp(d.text, rows[i].message, strlen(rows[i].message)) != 0)
                        fail_msg("row %zu: expected '%s', found '%s'", i, rows[i].message, d.text);
                assert_int_equal(d.class, DIAG_INPUT);
        }
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
        assert_true(c.table_count == 1 && c.tables[0].count == 3 && str_eq(c.tables[0].name, S("leak")));
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
                cmocka_unit_test(test_truncated_everywhere),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
