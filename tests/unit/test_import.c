/* import: what lscpu does to the kernel's sentences is undone, for every sentence that the catalog knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collect/import/import.h"

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
        struct str text = str_fmt(a, "Architecture: x86_64\nVulnerability %.*s: %.*s\n", STR_ARG(f->file),
                                  STR_ARG(as_lscpu(a, sentence)));
        const struct record *r;
        struct diag d = { 0 };
        struct evidence e;

        evidence_init(&e, a, S("x"));
        assert_int_equal(import_text(&e, &catalog_builtin, text, &d), 0);
        r = evidence_file(&e, f->path);
        assert_non_null(r);
        if (!str_eq(r->text, sentence))
                fail_msg("%.*s: '%.*s' became '%.*s'", STR_ARG(f->file), STR_ARG(sentence), STR_ARG(r->text));
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
                        assert_restored(&a, f, f->sentences[b].says);
                        for (uint32_t p = 0; p < f->sentence_count; p++)
                                if (f->sentences[p].part)
                                        assert_restored(&a, f, str_fmt(&a, "%.*s; %.*s", STR_ARG(f->sentences[b].says),
                                                                       STR_ARG(f->sentences[p].says)));
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

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_sentence),
                cmocka_unit_test(test_unknown_sentence),
                cmocka_unit_test(test_not_recognised),
        };

        return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
