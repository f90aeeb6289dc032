#include "report/lint_report.h"

#include "base/json.h"
#include "base/plain.h"
#include "plan/summary.h"

static void plural(struct out *o, ptrdiff_t n, const char *word) {
        out_fmt(o, "%td %s%s", n, word, n == 1 ? "" : "s");
}

void remark_write_line(struct out *o, const struct remark *f) {
        out_fmt(o, "%s: ", remark_level_word(f->level));
        out_plain(o, f->message);
        out_fmt(o, " [%s]", f->rule->id);
}

/* File, message and element are a stranger's: each stands on its line. */
static void write_finding(struct out *o, const struct remark *f) {
        out_plain(o, str_of(f->file));
        out_fmt(o, ":%ld:%ld: ", f->line, f->column);
        remark_write_line(o, f);
        out_c(o, "\n    at:   ");
        out_plain(o, f->element);
        out_fmt(o, "\n    why:  %s\n", f->rule->why);
        if (f->rule->fix[0])
                out_fmt(o, "    do:   %s\n", f->rule->fix);
        out_fmt(o, "    from: %s%s%s%s\n", f->rule->source, f->rule->statements[0] ? " (" : "", f->rule->statements,
                f->rule->statements[0] ? ")" : "");
}

void lint_write_text(struct out *o, const struct remarks *f, const struct lint_input *in,
                     const struct lint_options *how) {
        ARENA_AUTO struct arena a = { 0 };

        for (ptrdiff_t i = 0; i < f->count; i++)
                write_finding(o, &f->items[i]);
        if (f->count > 0)
                out_char(o, '\n');
        plural(o, in->cscfg_count, "configuration");
        out_c(o, " and ");
        plural(o, in->csdef_count, "definition");
        out_fmt(o, ", judged for %.*s: ", STR_ARG(how->as_of));
        plural(o, remarks_count(f, REMARK_ERROR), "error");
        out_c(o, ", ");
        plural(o, remarks_count(f, REMARK_WARNING), "warning");
        out_c(o, ", ");
        plural(o, remarks_count(f, REMARK_NOTE), "note");
        out_char(o, '\n');
        if (how->untrusted == TRI_UNKNOWN)
                out_c(o,
                      "You have not said whether the roles run code you do not trust: --untrusted yes or "
                      "--untrusted no.\n");
        out_fmt(o, "%.*s\n", STR_ARG(summary_program(how->catalog, &a)));
}

static void json_words(struct json *j, const char *key, const char *words) {
        struct str rest = str_of(words), word;

        json_begin_array(j, key);
        while (str_word(&rest, &word))
                json_str(j, NULL, word);
        json_end_array(j);
}

static void json_rule(struct json *j, const struct remark_rule *rule) {
        json_c(j, "title", rule->title);
        json_c(j, "why", rule->why);
        json_c(j, "fix", rule->fix);
        json_words(j, "statements", rule->statements);
        json_c(j, "source", rule->source);
}

void remark_write_json(struct json *j, const struct remark *f, bool in_file) {
        json_begin_object(j, NULL);
        json_c(j, "rule", f->rule->id);
        json_c(j, "level", remark_level_word(f->level));
        json_str(j, "message", f->message);
        if (in_file)
                json_c(j, "file", f->file);
        json_i64(j, "line", f->line);
        if (in_file)
                json_i64(j, "column", f->column);
        json_str(j, "element", f->element);
        if (in_file)
                json_rule(j, f->rule);
        json_end_object(j);
}

void lint_write_json(struct out *o, const struct remarks *f, const struct lint_input *in,
                     const struct lint_options *how) {
        struct json j = { .out = o, .indent = 2 };

        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        summary_json_program(&j, how->catalog);
        json_str(&j, "as_of", how->as_of);
        json_c(&j, "untrusted", tri_word(how->untrusted));
        json_begin_array(&j, "files");
        for (ptrdiff_t i = 0; i < in->cscfg_count; i++)
                json_c(&j, NULL, in->cscfgs[i].doc.file);
        for (ptrdiff_t i = 0; i < in->csdef_count; i++)
                json_c(&j, NULL, in->csdefs[i].doc.file);
        json_end_array(&j);
        json_begin_object(&j, "counts");
        for (enum remark_level level = REMARK_NOTE; level <= REMARK_ERROR; level++)
                json_i64(&j, remark_level_word(level), remarks_count(f, level));
        json_end_object(&j);
        json_begin_array(&j, "findings");
        for (ptrdiff_t i = 0; i < f->count; i++)
                remark_write_json(&j, &f->items[i], true);
        json_end_array(&j);
        json_end_object(&j);
        out_char(o, '\n');
}

void lint_write_rules_json(struct out *o, const struct catalog *c) {
        struct json j = { .out = o };

        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        summary_json_program(&j, c);
        json_begin_array(&j, "rules");
        for (int i = 0; i < LINT_RULE_COUNT; i++) {
                json_begin_object(&j, NULL);
                json_c(&j, "id", lint_rules[i].id);
                json_c(&j, "level", remark_level_word(lint_rules[i].level));
                json_rule(&j, &lint_rules[i]);
                json_end_object(&j);
        }
        json_end_array(&j);
        json_end_object(&j);
        out_char(o, '\n');
}

void lint_write_rules(struct out *o) {
        out_c(o, "| rule | level | what | why | what to do | statements |\n|---|---|---|---|---|---|\n");
        for (int i = 0; i < LINT_RULE_COUNT; i++) {
                const struct remark_rule *r = &lint_rules[i];

                out_fmt(o, "| `%s` | %s | %s | %s | %s | %s |\n", r->id, remark_level_word(r->level), r->title, r->why,
                        r->fix, r->statements);
        }
}
