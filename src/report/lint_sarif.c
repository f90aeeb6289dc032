/* The linter's findings as SARIF 2.1.0 (OASIS): one run, all rules, a result a finding, at the line of the file that is to be edited. */
#include "base/json.h"
#include "report/lint_report.h"

static void message(struct json *j, const char *key, struct str text) {
        json_begin_object(j, key);
        json_str(j, "text", text);
        json_end_object(j);
}

static void write_rule(struct json *j, const struct remark_rule *r) {
        json_begin_object(j, NULL);
        json_c(j, "id", r->id);
        message(j, "shortDescription", str_of(r->title));
        message(j, "fullDescription", str_of(r->why));
        if (r->fix[0])
                message(j, "help", str_of(r->fix));
        json_begin_object(j, "defaultConfiguration");
        json_c(j, "level", remark_level_word(r->level));
        json_end_object(j);
        json_end_object(j);
}

/* physicalLocation (section 3.29) with the line, and the element as logicalLocation (3.33). */
static void write_location(struct json *j, const struct remark *f) {
        OUT_AUTO struct out uri = { 0 };

        out_uri(&uri, str_of(f->file));
        json_begin_array(j, "locations");
        json_begin_object(j, NULL);
        json_begin_object(j, "physicalLocation");
        json_begin_object(j, "artifactLocation");
        json_str(j, "uri", out_text(&uri));
        json_end_object(j);
        json_begin_object(j, "region");
        json_i64(j, "startLine", f->line);
        json_i64(j, "startColumn", f->column);
        json_end_object(j);
        json_end_object(j);
        json_begin_array(j, "logicalLocations");
        json_begin_object(j, NULL);
        json_str(j, "fullyQualifiedName", f->element);
        json_end_object(j);
        json_end_array(j);
        json_end_object(j);
        json_end_array(j);
}

static void write_result(struct json *j, const struct remark *f) {
        json_begin_object(j, NULL);
        json_c(j, "ruleId", f->rule->id);
        json_i64(j, "ruleIndex", f->rule - lint_rules);
        json_c(j, "level", remark_level_word(f->level));
        message(j, "message", f->message);
        write_location(j, f);
        json_end_object(j);
}

void lint_write_sarif(struct out *o, const struct remarks *f) {
        struct json j = { .out = o };

        json_begin_object(&j, NULL);
        json_c(&j, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json_c(&j, "version", "2.1.0");
        json_begin_array(&j, "runs");
        json_begin_object(&j, NULL);
        json_begin_object(&j, "tool");
        json_begin_object(&j, "driver");
        json_c(&j, "name", "sidelight");
        json_c(&j, "version", SIDELIGHT_VERSION);
        json_begin_array(&j, "rules");
        for (int i = 0; i < LINT_RULE_COUNT; i++)
                write_rule(&j, &lint_rules[i]);
        json_end_array(&j);
        json_end_object(&j);
        json_end_object(&j);
        json_begin_array(&j, "results");
        for (ptrdiff_t i = 0; i < f->count; i++)
                write_result(&j, &f->items[i]);
        json_end_array(&j);
        json_end_object(&j);
        json_end_array(&j);
        json_end_object(&j);
        out_char(o, '\n');
}
