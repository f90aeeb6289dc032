/* The findings of a linter, told as text, JSON and SARIF. */
#ifndef SIDELIGHT_REPORT_LINT_REPORT_H
#define SIDELIGHT_REPORT_LINT_REPORT_H

#include "base/json.h"
#include "base/out.h"
#include "cloud/lint.h"

/* "FILE:LINE:COLUMN: error: message [rule]", and below it why and what to do. */
void lint_write_text(struct out *o, const struct remarks *f, const struct lint_input *in,
                     const struct lint_options *how);
/* One JSON object with "findings". */
void lint_write_json(struct out *o, const struct remarks *f, const struct lint_input *in,
                     const struct lint_options *how);
/* SARIF 2.1.0, for the viewers that show findings beside the file. */
void lint_write_sarif(struct out *o, const struct remarks *f, const struct lint_options *how);
/* A remark in one line: "error: message [rule]", behind the indent. */
void remark_write_line(struct out *o, const struct remark *f);
/* A remark as an object of an array. Beside a resource it names no file; in a file it has its rule's words with it. */
void remark_write_json(struct json *j, const struct remark *f, bool in_file);
/* The table of rules, as Markdown, for the documentation. */
void lint_write_rules(struct out *o);
/* The same for programs (docs/rules.schema.json). */
void lint_write_rules_json(struct out *o, const struct catalog *c);

#endif
