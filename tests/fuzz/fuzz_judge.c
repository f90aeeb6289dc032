/* Any evidence is judged: command line, build options, /proc/cpuinfo, sentences, registers. Nothing crashes, each flaw gets its
 * finding, and taking the last record away makes a verdict nothing but unknown. */
#include "base/out.h"
#include "fuzz.h"
#include "report/report.h"
#include "verdict/verdict.h"

static void check_report(const struct report *r) {
        OUT_AUTO struct out text = { 0 };
        OUT_AUTO struct out json = { 0 };
        const struct report_style style = { .columns = 80 };
        uint32_t sum = 0;

        report_write(r, REPORT_TEXT, &style, &text);
        report_write(r, REPORT_JSON, &style, &json);
        for (int s = 0; s < STATUS_COUNT; s++)
                sum += r->counts[s];
        FUZZ_PROMISE(r->finding_count == r->catalog->flaw_count && sum == r->finding_count);
        FUZZ_PROMISE(text.len > 0 && json.len > 2 && json.p[0] == '{');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        const struct verdict_options plain = { 0 };
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        struct report whole, less;
        struct diag d = { 0 };

        if (evidence_parse(&e, &a, S("fuzz"), str_n((const char *)data, (ptrdiff_t)size), &d) < 0 || e.count == 0)
                return 0;
        verdict_judge(&whole, &a, &catalog_builtin, &e, &plain);
        check_report(&whole);
        e.items[e.count - 1].kind = RECORD_META;
        e.index = NULL;
        e.index_size = 0;
        verdict_judge(&less, &a, &catalog_builtin, &e, &plain);
        for (uint32_t i = 0; i < whole.finding_count; i++)
                FUZZ_PROMISE(less.findings[i].status == whole.findings[i].status ||
                             less.findings[i].status == STATUS_UNKNOWN);
        return 0;
}
