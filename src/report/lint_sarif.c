/* The linter's findings as SARIF 2.1.0 (OASIS): one run, all rules, a result a finding, at the line of the file that is to be edited. */
#include "plan/summary.h"
#include "report/lint_report.h"
#include "report/sarif_log.h"

static void write_rule(struct json *j, const struct remark_rule *r) {
        json_begin_object(j, NULL);
        json_c(j, "id", r->id);
        sarif_message(j, "shortDescription", str_of(r->title));
        sarif_message(j, "fullDescription", str_of(r->why));
        sarif_message(j, "help", str_of(r->fix[0] ? r->fix : r->why));
        json_begin_object(j, "defaultConfiguration");
        json_c(j, "level", remark_level_word(r->level));
        json_end_object(j);
        json_end_object(j);
}

/* The same remark about the same element is the same result, wherever the lines move (section 3.27.17). */
static void fingerprints(struct json *j, const struct remark *f) {
        ARENA_AUTO struct arena a = { 0 };

        json_begin_object(j, "partialFingerprints");
        json_str(j, "ruleAtElement/v1", str_fmt(&a, "%s/%.*s", f->rule->id, STR_ARG(f->element)));
        json_end_object(j);
}

static void write_result(struct json *j, const struct remark *f) {
        json_begin_object(j, NULL);
        json_c(j, "ruleId", f->rule->id);
        json_i64(j, "ruleIndex", f->rule - lint_rules);
        json_c(j, "level", remark_level_word(f->level));
        sarif_message(j, "message", f->message);
        sarif_location(j, str_of(f->file), f->line, f->column, f->element);
        fingerprints(j, f);
        json_end_object(j);
}

/* By which data, and for which day. */
static void about(struct json *j, const struct lint_options *how) {
        json_begin_array(j, "invocations");
        json_begin_object(j, NULL);
        json_bool(j, "executionSuccessful", true);
        json_end_object(j);
        json_end_array(j);
        json_begin_object(j, "properties");
        json_str(j, "data", summary_data(how->catalog));
        json_str(j, "dataHash", T(how->catalog->hash));
        json_str(j, "asOf", how->as_of);
        json_c(j, "untrusted", tri_word(how->untrusted));
        json_end_object(j);
}

void lint_write_sarif(struct out *o, const struct remarks *f, const struct lint_options *how) {
        struct json j = { .out = o };

        sarif_log_begin(&j);
        sarif_run_begin(&j);
        for (int i = 0; i < LINT_RULE_COUNT; i++)
                write_rule(&j, &lint_rules[i]);
        sarif_results_begin(&j);
        for (ptrdiff_t i = 0; i < f->count; i++)
                write_result(&j, &f->items[i]);
        sarif_results_end(&j);
        about(&j, how);
        sarif_run_end(&j);
        sarif_log_end(&j);
}
