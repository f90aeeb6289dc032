/* Any evidence is judged: command line, build options, /proc/cpuinfo, sentences, registers. Nothing crashes, each flaw gets its
 * finding, and the format that the input's length chooses says it. */
#include "base/out.h"
#include "fuzz.h"
#include "report/report.h"
#include "verdict/verdict.h"

static void check_report(const struct verdict *r, enum report_format format) {
        const struct report_style style = { .columns = 80 };
        OUT_AUTO struct out o = { 0 };
        struct report_writer w = { .format = format, .style = &style, .out = &o };
        uint32_t sum = 0;

        for (int s = 0; s < STATUS_COUNT; s++)
                sum += r->counts[s];
        FUZZ_PROMISE(r->finding_count == r->catalog->flaw_count && sum == r->finding_count);
        report_add(&w, r);
        report_end(&w);
        FUZZ_PROMISE(o.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        const struct verdict_options plain = { 0 };
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        struct verdict whole;
        struct diag d = { 0 };

        if (evidence_parse(&e, &a, S("fuzz"), str_n((const char *)data, (ptrdiff_t)size), &d) < 0 || e.count == 0)
                return 0;
        verdict_judge(&whole, &a, &catalog_builtin, &e, &plain);
        check_report(&whole, (enum report_format)(size % REPORT_FORMAT_COUNT));
        return 0;
}
