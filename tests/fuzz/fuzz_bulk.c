/* Many files at once: what bulk judging says of a text, the first time and later from what it kept, is what a single judgement says. The
 * first byte chooses the flaw. What is told from memory, and what of strange files never is, test_bulk.c holds. */
#include "base/out.h"
#include "fleet/bulk/bulk.h"
#include "fuzz.h"

static const struct report_style style = { .columns = 80, .fail_on = 7 };

enum { SAME = 6, LIKE = 5 }; /* from the fifth time on the whole of a file is told again (whole.c: MET_TIMES) */

/* The report of one file alone; false: it is none, or says nothing. */
static bool alone(struct arena *a, const struct verdict_options *o, struct str text, struct out *ret, struct diag *d) {
        struct evidence e;
        struct verdict r;

        if (evidence_parse(&e, a, S("fuzz"), text, d) < 0 || !evidence_tells(&e, false))
                return false;
        verdict_judge(&r, a, &catalog_builtin, &e, o);
        report_write(&r, REPORT_JSON, &style, ret);
        return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out one = { 0 };
        struct verdict_options o = { 0 };
        struct bulk b = { .catalog = &catalog_builtin, .options = &o, .style = &style };
        struct diag d = { 0 };
        struct str text, same;
        bool good;

        if (size == 0)
                return 0;
        o.only = &catalog_builtin.flaws[data[0] % catalog_builtin.flaw_count];
        text = same = str_n((const char *)data + 1, (ptrdiff_t)size - 1);
        good = alone(&a, &o, text, &one, &d);
        for (int i = 0; i < SAME + LIKE; i++) {
                OUT_AUTO struct out many = { 0 };
                enum exit_result code;

                if (i >= SAME) { /* told from its records: the whole is none that was seen */
                        text = str_fmt(&a, "%.*s\n-- file /unlike\n%d\n", STR_ARG(same), i);
                        one.len = 0;
                        good = alone(&a, &o, text, &one, &d);
                }
                FUZZ_PROMISE((bulk_judge(&b, S("fuzz"), text, &many, &code, &d) == 0) == good);
                FUZZ_PROMISE(good ? str_eq(out_text(&many), out_text(&one)) : many.len == 0);
        }
        bulk_free(&b);
        return 0;
}
