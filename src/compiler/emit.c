/* A catalog as C source: designated initialisers, nothing but constants. */
#include "base/out.h"
#include "compiler/compile.h"
#include "catalog/guidance.h"

static void text(struct out *o, struct str s) {
        out_c(o, "STR(\"");
        for (ptrdiff_t i = 0; i < s.len; i++) {
                unsigned char c = (unsigned char)s.p[i];

                if (c == '"' || c == '\\') {
                        out_char(o, '\\');
                        out_char(o, (char)c);
                } else if (c < 0x20 || c >= 0x7f) {
                        out_fmt(o, "\\%03o", c);
                } else {
                        out_char(o, (char)c);
                }
        }
        out_c(o, "\")");
}

static void member(struct out *o, const char *name, struct str s) {
        if (s.len == 0)
                return;
        out_fmt(o, ".%s = ", name);
        text(o, s);
        out_c(o, ", ");
}

static void number(struct out *o, const char *name, uint64_t v) {
        if (v)
                out_fmt(o, ".%s = %lluu, ", name, (unsigned long long)v);
}

static void list(struct out *o, const char *name, struct str_list l) {
        if (l.count == 0)
                return;
        out_fmt(o, ".%s = { (const struct str[]){ ", name);
        for (uint32_t i = 0; i < l.count; i++) {
                text(o, l.items[i]);
                out_c(o, ", ");
        }
        out_fmt(o, "}, %u }, ", l.count);
}

static void fact(struct out *o, const struct fact_def *f) {
        member(o, "name", f->name);
        member(o, "title", f->title);
        number(o, "kind", f->kind);
        number(o, "type", f->type);
        number(o, "word", f->word);
        number(o, "low", f->low);
        number(o, "high", f->high);
        number(o, "aspect", f->aspect);
        number(o, "os_claim", f->os_claim);
        number(o, "source", f->source);
        number(o, "part", f->part);
        number(o, "leaf", f->leaf);
        number(o, "subleaf", f->subleaf);
        member(o, "text", f->text);
        member(o, "where", f->where);
        member(o, "log", f->log);
        number(o, "gate", f->gate);
        number(o, "flaw", f->flaw);
}

static void node(struct out *o, const struct node *n) {
        number(o, "op", n->op);
        number(o, "compares_facts", n->compares_facts);
        number(o, "fact", n->fact);
        number(o, "a", n->a);
        number(o, "b", n->b);
}

static void literal(struct out *o, const struct literal *l) {
        number(o, "type", l->type);
        number(o, "number", l->number);
        member(o, "text", l->text);
}

static void range(struct out *o, const struct cpu_range *r) {
        member(o, "name", r->name);
        member(o, "vendor", r->vendor);
        number(o, "family", r->family);
        number(o, "model_low", r->model_low);
        number(o, "model_high", r->model_high);
        number(o, "stepping_low", r->stepping_low);
        number(o, "stepping_high", r->stepping_high);
}

static void sentence(struct out *o, const struct sentence *s) {
        member(o, "says", s->says);
        member(o, "is", s->is);
        member(o, "means", s->means);
        member(o, "lacks", s->lacks);
        number(o, "part", s->part);
        number(o, "flaw", s->flaw);
        number(o, "status", s->status);
        number(o, "counts", s->counts);
        number(o, "boundaries", s->boundaries);
}

static void rule(struct out *o, const struct rule *r) {
        member(o, "id", r->id);
        member(o, "when", r->when);
        number(o, "condition", r->condition);
        number(o, "status", r->status);
        number(o, "owner", r->owner);
        number(o, "shared", r->shared);
        number(o, "boundaries", r->boundaries);
        member(o, "reason", r->reason);
        member(o, "ask", r->ask);
        list(o, "fixes", r->fixes);
}

static void prediction(struct out *o, const struct prediction *p) {
        member(o, "when", p->when);
        number(o, "condition", p->condition);
        number(o, "part", p->part);
        member(o, "is", p->is);
}

static void contradiction(struct out *o, const struct contradiction *c) {
        number(o, "condition", c->condition);
        member(o, "says", c->says);
}

static void step(struct out *o, const struct fix_step *s) {
        member(o, "on", s->on);
        number(o, "command", s->command);
        member(o, "text", s->text);
}

static void change(struct out *o, const struct fix_change *c) {
        member(o, "on", c->on);
        number(o, "target", c->target);
        member(o, "place", c->place);
        member(o, "key", c->key);
        member(o, "to", c->to);
        number(o, "gone", c->gone);
}

static void row(struct out *o, const struct microcode_row *r) {
        number(o, "signature", r->signature);
        number(o, "platform_mask", r->platform_mask);
        number(o, "revision", r->revision);
}

/* An array inside an initialiser: `.member = (const struct TYPE[]){ … }, .count = n,`. */
#define NESTED(o, member, counter, type, print, items, n)                 \
        do {                                                              \
                if ((n) == 0)                                             \
                        break;                                            \
                out_fmt((o), ".%s = (const struct %s[]){\n", member, type); \
                for (uint32_t i_ = 0; i_ < (n); i_++) {                   \
                        out_c((o), "\t\t{ ");                             \
                        print((o), &(items)[i_]);                         \
                        out_c((o), "},\n");                               \
                }                                                         \
                out_fmt((o), "\t}, .%s = %u, ", counter, (unsigned)(n));  \
        } while (0)

static void flaw(struct out *o, const struct flaw *f) {
        member(o, "id", f->id);
        member(o, "name", f->name);
        member(o, "summary", f->summary);
        member(o, "page", f->page);
        member(o, "disclosed", f->disclosed);
        member(o, "repaired", f->repaired);
        list(o, "aliases", f->aliases);
        list(o, "cves", f->cves);
        list(o, "parameters", f->parameters);
        list(o, "config", f->config);
        list(o, "fixes", f->fixes);
        list(o, "sources", f->sources);
        list(o, "arches", f->arches);
        number(o, "boundaries", f->boundaries);
        number(o, "sentence_file", f->sentence_file);
        number(o, "sentence_part", f->sentence_part);
        member(o, "affected_text", f->affected_text);
        member(o, "claimed_text", f->claimed_text);
        number(o, "affected", f->affected);
        number(o, "claimed", f->claimed);
        number(o, "affected_fact", f->affected_fact);
        NESTED(o, "rules", "rule_count", "rule", rule, f->rules, f->rule_count);
        NESTED(o, "predictions", "prediction_count", "prediction", prediction, f->predictions, f->prediction_count);
        NESTED(o, "contradictions", "contradiction_count", "contradiction", contradiction, f->contradictions,
               f->contradiction_count);
}

static void file(struct out *o, const struct sentence_file *f) {
        member(o, "file", f->file);
        member(o, "path", f->path);
        out_c(o, ".parts = (const struct str[]){ ");
        for (uint16_t i = 0; i < f->part_count; i++) {
                text(o, f->parts[i]);
                out_c(o, ", ");
        }
        out_fmt(o, "}, .part_count = %u, ", f->part_count);
        NESTED(o, "sentences", "sentence_count", "sentence", sentence, f->sentences, f->sentence_count);
}

static void fix(struct out *o, const struct fix *f) {
        member(o, "id", f->id);
        member(o, "title", f->title);
        member(o, "how", f->how);
        member(o, "cost", f->cost);
        number(o, "owner", f->owner);
        number(o, "phase", f->phase);
        number(o, "target", f->target);
        number(o, "computes", f->computes);
        number(o, "restart", f->restart);
        number(o, "done", f->done);
        NESTED(o, "steps", "step_count", "fix_step", step, f->steps, f->step_count);
        NESTED(o, "changes", "change_count", "fix_change", change, f->changes, f->change_count);
}

static void parameter(struct out *o, const struct parameter *p) {
        member(o, "name", p->name);
        member(o, "title", p->title);
        list(o, "values", p->values);
}

static void table(struct out *o, const struct microcode_table *t) {
        member(o, "name", t->name);
        NESTED(o, "rows", "count", "microcode_row", row, t->rows, t->count);
}

static void windows_version(struct out *o, const struct windows_version *w) {
        number(o, "build", w->build);
        number(o, "first", w->first);
        number(o, "none", w->none);
        member(o, "name", w->name);
        member(o, "kb", w->kb);
        member(o, "date", w->date);
}

static void registry_bit(struct out *o, const struct registry_bit *r) {
        number(o, "bit", r->bit);
        number(o, "off", r->off);
        number(o, "without_smt", r->without_smt);
        member(o, "vendor", r->vendor);
        member(o, "title", r->title);
        list(o, "flaws", r->flaws);
}

static void module_word(struct out *o, const struct module_word *w) {
        member(o, "says", w->says);
        number(o, "when", w->when);
}

static void property(struct out *o, const struct module_property *p) {
        member(o, "name", p->name);
        number(o, "is", p->is);
        number(o, "never", p->never);
        number(o, "shown", p->shown);
        number(o, "known", p->known);
        number(o, "if_true", p->if_true);
        number(o, "if_false", p->if_false);
        number(o, "number", p->number);
        NESTED(o, "words", "word_count", "module_word", module_word, p->words, p->word_count);
}

static void log_line(struct out *o, const struct log_line *l) {
        member(o, "begins", l->begins);
        member(o, "title", l->title);
}

static void left_out(struct out *o, const struct left_out *l) {
        member(o, "name", l->name);
        member(o, "cve", l->cve);
        member(o, "reason", l->reason);
}

static void sign(struct out *o, const struct offering_sign *s) {
        number(o, "when", s->when);
        number(o, "sure", s->sure);
        member(o, "because", s->because);
}

static void offering(struct out *o, const struct offering *f) {
        member(o, "id", f->id);
        member(o, "title", f->title);
        member(o, "document", f->document);
        list(o, "groups", f->groups);
        NESTED(o, "signs", "sign_count", "offering_sign", sign, f->signs, f->sign_count);
}

static void revision(struct out *o, const struct revision *r) {
        member(o, "id", r->id);
        member(o, "document", r->document);
        member(o, "date", r->date);
        member(o, "title", r->title);
        member(o, "source", r->source);
        list(o, "changes", r->changes);
}

static void statement(struct out *o, const struct statement *s) {
        member(o, "id", s->id);
        member(o, "says", s->says);
}

static void done(struct out *o, const struct action_done *d) {
        number(o, "from", d->from);
        number(o, "when", d->when);
}

static void action(struct out *o, const struct action *a) {
        member(o, "id", a->id);
        member(o, "title", a->title);
        member(o, "who", a->who);
        member(o, "why", a->why);
        member(o, "needless", a->needless);
        member(o, "ask", a->ask);
        member(o, "cost", a->cost);
        member(o, "section", a->section);
        member(o, "declare", a->declare);
        list(o, "offerings", a->offerings);
        list(o, "statements", a->statements);
        list(o, "fixes", a->fixes);
        number(o, "trust", a->trust);
        number(o, "fixed", a->fixed);
        number(o, "phase", a->phase);
        number(o, "from", a->from);
        number(o, "until", a->until);
        number(o, "needs", a->needs);
        NESTED(o, "done", "done_count", "action_done", done, a->done, a->done_count);
        NESTED(o, "steps", "step_count", "fix_step", step, a->steps, a->step_count);
}

static void guidance(struct out *o, const struct guidance *g) {
        out_c(o, ".guidance = &(const struct guidance){\n\t");
        NESTED(o, "offerings", "offering_count", "offering", offering, g->offerings, g->offering_count);
        NESTED(o, "revisions", "revision_count", "revision", revision, g->revisions, g->revision_count);
        NESTED(o, "statements", "statement_count", "statement", statement, g->statements, g->statement_count);
        NESTED(o, "actions", "action_count", "action", action, g->actions, g->action_count);
        out_c(o, "},\n");
}

void catalog_emit(const struct catalog *c, struct out *o) {
        out_c(o, "/* Made from data/ by tools/gencatalog. */\n#include \"catalog/guidance.h\"\n\n"
                 "const struct catalog catalog_builtin = {\n\t");
        NESTED(o, "facts", "fact_count", "fact_def", fact, c->facts, c->fact_count);
        NESTED(o, "nodes", "node_count", "node", node, c->nodes, c->node_count);
        NESTED(o, "literals", "literal_count", "literal", literal, c->literals, c->literal_count);
        NESTED(o, "ranges", "range_count", "cpu_range", range, c->ranges, c->range_count);
        NESTED(o, "cpus", "cpu_count", "cpu_range", range, c->cpus, c->cpu_count);
        NESTED(o, "files", "file_count", "sentence_file", file, c->files, c->file_count);
        NESTED(o, "flaws", "flaw_count", "flaw", flaw, c->flaws, c->flaw_count);
        NESTED(o, "fixes", "fix_count", "fix", fix, c->fixes, c->fix_count);
        NESTED(o, "parameters", "parameter_count", "parameter", parameter, c->parameters, c->parameter_count);
        NESTED(o, "tables", "table_count", "microcode_table", table, c->tables, c->table_count);
        NESTED(o, "windows", "windows_count", "windows_version", windows_version, c->windows, c->windows_count);
        NESTED(o, "registry_bits", "registry_bit_count", "registry_bit", registry_bit, c->registry_bits, c->registry_bit_count);
        NESTED(o, "properties", "property_count", "module_property", property, c->properties, c->property_count);
        NESTED(o, "log_lines", "log_line_count", "log_line", log_line, c->log_lines, c->log_line_count);
        NESTED(o, "left_out", "left_out_count", "left_out", left_out, c->left_out, c->left_out_count);
        guidance(o, c->guidance);
        out_c(o, "\n};\n");
}
