/* Every sentence that kernels print is taken apart as the table sentences.txt says, and nothing is guessed from a sentence that
 * is not known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/out.h"
#include "facts/facts.h"

static const struct sentence_file *file_called(struct str name) {
        for (uint32_t i = 0; i < catalog_builtin.file_count; i++)
                if (str_eq(T(catalog_builtin.files[i].file), name))
                        return &catalog_builtin.files[i];
        fail_msg("no flaw reads the file '%.*s'", STR_ARG(name));
        return NULL;
}

/* "name", and behind it what is missing, and for whom alone it is not enough: "no-microcode(lacks microcode)", "vulnerable(cross-thread)". */
static struct str named(struct arena *a, const struct sentence *s) {
        struct str all = T(s->is);

        if (s->lacks.len)
                all = str_fmt(a, "%.*s(lacks %.*s)", STR_ARG(all), STR_ARG(T(s->lacks)));
        for (enum boundary b = 0; b < BOUNDARY_COUNT; b++)
                if (s->boundaries & 1U << b)
                        all = str_fmt(a, "%.*s(%.*s)", STR_ARG(all), STR_ARG(boundary_word(b)));
        return all;
}

/* "status|base part=name part=name", as the table writes it. */
static struct str describe(struct arena *a, const struct sentence_file *file, const struct parsed_sentence *s) {
        enum status status = sentence_status(s, 0, file->parts.count);
        struct str all = str_fmt(a, "%.*s|%.*s", STR_ARG(status == STATUS_COUNT ? S("?") : status_word(status)),
                                 STR_ARG(s->base ? named(a, s->base) : S("?")));

        for (uint32_t i = 1; s->base && i < file->parts.count; i++)
                if (s->parts[i])
                        all = str_fmt(a, "%.*s %.*s=%.*s", STR_ARG(all), STR_ARG(T_AT(file->parts, i)), STR_ARG(named(a, s->parts[i])));
        return s->unknown.len ? str_fmt(a, "%.*s ?", STR_ARG(all)) : all;
}

static struct str parsed(struct arena *a, struct str file_name, struct str text) {
        const struct sentence_file *file = file_called(file_name);
        struct parsed_sentence s;

        sentence_parse(file, text, a, &s);
        return describe(a, file, &s);
}

static struct str read_table(struct arena *a) {
        FILE *f = fopen(SENTENCES, "r");
        char buffer[65536];
        size_t n;

        assert_non_null(f);
        n = fread(buffer, 1, sizeof(buffer), f);
        assert_true(n > 0 && n < sizeof(buffer));
        assert_int_equal(fclose(f), 0);
        return str_dup(a, str_n(buffer, (ptrdiff_t)n));
}

static void test_table(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str table = read_table(&a), line, file, text;
        int rows = 0, wrong = 0;

        (void)state;
        while (str_line(&table, &line)) {
                struct str whole = line, found;

                if (line.len == 0 || line.p[0] == '#')
                        continue;
                assert_true(str_cut(&line, '|', &file) && str_cut(&line, '|', &text));
                found = parsed(&a, file, text);
                if (!str_eq(found, line)) {
                        print_error("%.*s\n  found %.*s\n", STR_ARG(whole), STR_ARG(found));
                        wrong++;
                }
                rows++;
        }
        assert_int_equal(wrong, 0);
        assert_true(rows > 180);
}

/* ---- Each sentence of the catalog stands in the table, and each part behind a base that is a mitigation, where it counts ---- */

struct seen {
        const struct sentence **items;
        ptrdiff_t count, capacity;
};

static void note_seen(struct arena *a, struct seen *seen, const struct sentence_file *file, const struct parsed_sentence *s) {
        if (s->base)
                *arena_append(a, seen) = s->base;
        for (uint32_t i = 1; s->base && s->base->status == STATUS_MITIGATED && i < file->parts.count; i++)
                if (s->parts[i])
                        *arena_append(a, seen) = s->parts[i];
}

static bool is_seen(const struct seen *seen, const struct sentence *s) {
        for (ptrdiff_t i = 0; i < seen->count; i++)
                if (seen->items[i] == s)
                        return true;
        return false;
}

static void test_complete(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str table = read_table(&a), line, file, text;
        struct seen seen = { 0 };
        int missing = 0;

        (void)state;
        while (str_line(&table, &line)) {
                struct parsed_sentence s;

                if (line.len == 0 || line.p[0] == '#')
                        continue;
                assert_true(str_cut(&line, '|', &file) && str_cut(&line, '|', &text));
                sentence_parse(file_called(file), text, &a, &s);
                note_seen(&a, &seen, file_called(file), &s);
        }
        for (uint32_t i = 0; i < catalog_builtin.file_count; i++)
                for (uint32_t k = 0; k < catalog_builtin.files[i].sentence_count; k++) {
                        const struct sentence *s = &catalog_builtin.files[i].sentences[k];

                        if (is_seen(&seen, s))
                                continue;
                        print_error("%s: no line for '%.*s' of %.*s\n", SENTENCES, STR_ARG(T(s->says)), STR_ARG(T(catalog_builtin.files[i].file)));
                        missing++;
                }
        assert_int_equal(missing, 0);
}

/* Each sentence of the catalog, alone, is understood completely: no sentence hides behind a longer or a shorter one. */
static void test_catalog_understands_itself(void **state) {
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        for (uint32_t i = 0; i < catalog_builtin.file_count; i++)
                for (uint32_t k = 0; k < catalog_builtin.files[i].sentence_count; k++) {
                        const struct sentence *want = &catalog_builtin.files[i].sentences[k];
                        struct parsed_sentence s;

                        if (want->part)
                                continue;
                        sentence_parse(&catalog_builtin.files[i], T(want->says), &a, &s);
                        assert_ptr_equal(s.base, want);
                        assert_int_equal(s.unknown.len, 0);
                }
}

/* What each piece behind a sentence amounts to by itself, whether the whole sentence turns on it or not. */
static void test_pieces(void **state) {
        static const struct {
                const char *file, *says, *status;
        } rows[] = {
                { "spectre_v2", "BHI: Not affected", "not-affected" },
                { "spectre_v2", "BHI: BHI_DIS_S", "mitigated" },
                { "spectre_v2", "BHI: SW loop, KVM: SW loop", "mitigated" },
                { "spectre_v2", "BHI: SW loop", "mitigated" },
                { "spectre_v2", "BHI: Retpoline", "mitigated" },
                { "spectre_v2", "BHI: Vulnerable, KVM: SW loop", "partial" },
                { "spectre_v2", "BHI: Vulnerable", "vulnerable" },
                { "spectre_v2", "BHI: Vulnerable (Syscall hardening enabled)", "vulnerable" },
                { "spectre_v2", "BHI: Syscall hardening, KVM: SW loop", "partial" },
                { "spectre_v2", "BHB", "mitigated" },
                { "spectre_v2", "but not BHB", "vulnerable" },
                { "l1tf", "VMX: EPT disabled", "mitigated" },
                { "l1tf", "VMX: vulnerable", "partial" },
                { "l1tf", "VMX: conditional cache flushes", "mitigated" },
                { "l1tf", "VMX: cache flushes", "mitigated" },
                { "l1tf", "VMX: flush not necessary", "mitigated" },
                { "l1tf", "VMX: auto", "partial" },
                { "l1tf", "SMT vulnerable", "partial" },
                { "l1tf", "SMT disabled", "mitigated" },
                { "l1tf", "VMX: SMT vulnerable", "partial" },
                { "l1tf", "VMX: SMT disabled", "mitigated" },
                { "l1tf", "L1D vulnerable", "partial" },
                { "l1tf", "L1D conditional cache flushes", "mitigated" },
                { "l1tf", "L1D cache flushes", "mitigated" },
                { "l1tf", "L1D EPT disabled", "mitigated" },
                { "l1tf", "L1D flush not necessary", "mitigated" },
                { "l1tf", "L1D auto", "partial" },
                { "spectre_v2", "PBRSB-eIBRS: Not affected", "not-affected" },
                { "spectre_v2", "PBRSB-eIBRS: SW sequence", "mitigated" },
                { "spectre_v2", "PBRSB-eIBRS: Vulnerable", "vulnerable" },
                { "retbleed", "SMT disabled", "mitigated" },
                { "retbleed", "SMT enabled with STIBP protection", "mitigated" },
                { "retbleed", "SMT vulnerable", "partial" },
                { "spectre_v2", "RSB filling", "mitigated" },
                { "spectre_v2", "IBPB: always-on", "mitigated" },
                { "spectre_v2", "IBPB: conditional", "mitigated" },
                { "spectre_v2", "IBPB: disabled", "vulnerable" },
                { "spectre_v2", "IBPB (Intel v4)", "mitigated" },
                { "spectre_v2", "IBPB: kernel-off", "unknown" },
                { "spectre_v2", "STIBP: forced", "mitigated" },
                { "spectre_v2", "STIBP: always-on", "mitigated" },
                { "spectre_v2", "STIBP: conditional", "mitigated" },
                { "spectre_v2", "vulnerable module loaded", "vulnerable" },
                { "spectre_v2", "ori31 speculation barrier enabled", "mitigated" },
                { "spectre_v2", "Indirect branch cache disabled", "mitigated" },
                { "spectre_v2", "Software link stack flush", "mitigated" },
                { "spectre_v2", "Software link stack flush (hardware accelerated)", "mitigated" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                const struct sentence_file *file = file_called(str_of(rows[i].file));
                int found = 0;

                for (uint32_t k = 0; k < file->sentence_count; k++) {
                        const struct sentence *s = &file->sentences[k];

                        if (!s->part || !str_eq(T(s->says), str_of(rows[i].says)))
                                continue;
                        if (!str_eq(status_word((enum status)s->status), str_of(rows[i].status)))
                                fail_msg("%s: '%s' is not %s", rows[i].file, rows[i].says, rows[i].status);
                        found++;
                }
                assert_int_equal(found, 1);
        }
}

static void test_unknown_pieces(void **state) {
        static const struct {
                const char *file, *text, *found;
        } rows[] = {
                /* a base that nobody knows says nothing */
                { "meltdown", "Mitigation: Magic", "?|? ?" },
                { "meltdown", "", "?|? ?" },
                /* the beginning of a sentence is not the sentence */
                { "meltdown", "Mitigation: PTIX", "?|? ?" },
                { "gather_data_sampling", "Mitigation: Microcode locked", "?|? ?" },
                /* a part that counts, in unknown words, makes a mitigation unknown, but a vulnerable machine no safer */
                { "mds", "Mitigation: Clear CPU buffers; SMT quarantined", "?|clear ?" },
                { "mds", "Vulnerable; SMT quarantined", "vulnerable|vulnerable ?" },
                { "spectre_v2", "Mitigation: Retpolines; IBPB: sometimes; RSB filling", "mitigated|retpolines rsb=filling ?" },
                { "spectre_v2", "Mitigation: Retpolines; Something: new; RSB filling", "mitigated|retpolines rsb=filling ?" },
                { "spectre_v2", "Mitigation: Retpolines; Something: Vulnerable", "?|retpolines ?" },
                /* a piece about nothing that is known may make it worse, unless the file holds other flaws' parts: spectre_v2, above */
                { "mds", "Mitigation: Clear CPU buffers; Something: new", "?|clear ?" },
                { "mds", "Mitigation: Clear CPU buffers; Something: new; SMT disabled", "?|clear smt=disabled ?" },
                { "l1tf", "Mitigation: PTE Inversion; Something: new", "?|pte-inversion ?" },
                { "retbleed", "Mitigation: untrained return thunk; Something: new", "?|unret ?" },
                { "tsa", "Mitigation: Clear CPU buffers; Something: new", "?|clear ?" },
                { "tsa", "Mitigation: Clear CPU buffers, something", "?|clear ?" },
                { "tsa", "Vulnerable; Something: new", "vulnerable|vulnerable ?" },
                { "meltdown", "Mitigation: PTI; Something: new", "?|pti ?" },
                { "spectre_v2", "Mitigation: Retpolines; (the log does not tell the rest)", "?|retpolines ?" },
                /* what begins with the ABI's word is vulnerable, whatever follows */
                { "spec_rstack_overflow", "Vulnerable: Something new", "vulnerable|vulnerable-otherwise ?" },
                { "meltdown", "Vulnerability", "?|? ?" },
                /* two answers to one question are none */
                { "mds", "Mitigation: Clear CPU buffers; SMT disabled; SMT vulnerable", "?|clear ?" },
        };
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                assert_string_equal(str_to_c(&a, parsed(&a, str_of(rows[i].file), str_of(rows[i].text))), rows[i].found);
}

/* Of every sentence that is safe, in every file: with words behind it that nobody understands it is not known. */
static void test_unknown_behind_safe(void **state) {
        static const char *const behind[] = { "; Something: new", ", wobbly", "; KVM off", " - on Tuesdays" };
        int seen = 0;

        (void)state;
        for (uint32_t i = 0; i < catalog_builtin.file_count; i++) {
                const struct sentence_file *file = &catalog_builtin.files[i];

                for (uint32_t k = 0; k < file->sentence_count; k++) {
                        const struct sentence *s = &file->sentences[k];

                        for (size_t n = 0; n < sizeof(behind) / sizeof(behind[0]) && !s->part && !str_ends(T(file->path), S("/spectre_v2")); n++) {
                                ARENA_AUTO struct arena a = { 0 };
                                struct parsed_sentence p;

                                if (s->status != STATUS_MITIGATED && s->status != STATUS_NOT_AFFECTED)
                                        continue;
                                sentence_parse(file, str_fmt(&a, "%.*s%s", STR_ARG(T(s->says)), behind[n]), &a, &p);
                                if (sentence_status(&p, 0, file->parts.count) != STATUS_COUNT)
                                        fail_msg("'%.*s%s' is safe", STR_ARG(T(s->says)), behind[n]);
                                seen++;
                        }
                }
        }
        assert_true(seen > 200);
}

/* Sentences that begin with 'Mitigation' and are none, or only in part. */
static void test_liars(void **state) {
        static const struct {
                const char *file, *text, *status;
        } rows[] = {
                { "indirect_target_selection", "Mitigation: Vulnerable, KVM: Not affected", "partial" },
                { "spec_rstack_overflow", "Mitigation: safe RET, no microcode", "vulnerable" },
                { "spec_rstack_overflow", "Mitigation: microcode", "vulnerable" },
                { "spectre_v2", "Mitigation: LFENCE", "vulnerable" },
                { "spectre_v2", "Mitigation: None", "vulnerable" },
                { "tsa", "Mitigation: Clear CPU buffers: VM", "partial" },
                { "mds", "Mitigation: Clear CPU buffers; SMT vulnerable", "partial" },
                { "mds", "Mitigation: Clear CPU buffers; SMT Host state unknown", "unknown" },
        };
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct str found = parsed(&a, str_of(rows[i].file), str_of(rows[i].text)), status;

                (void)str_cut(&found, '|', &status);
                assert_string_equal(str_to_c(&a, status), rows[i].status);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_table),
                cmocka_unit_test(test_complete),
                cmocka_unit_test(test_catalog_understands_itself),
                cmocka_unit_test(test_pieces), cmocka_unit_test(test_unknown_pieces),
                cmocka_unit_test(test_unknown_behind_safe),
                cmocka_unit_test(test_liars),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
