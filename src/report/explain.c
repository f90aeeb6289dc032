#include "report/explain.h"

#include "catalog/computed.h"
#include "facts/cpus.h"
#include "report/layout.h"
#include "report/steps.h"
#include "plan/summary.h"

enum { INDENT = 4, MARK = 6 };

struct page {
        const struct report_style *s;
        const struct catalog *catalog;
        struct arena *a;
        struct out *o;
};

static void heading(struct page *p, const char *text) {
        out_char(p->o, '\n');
        layout_title(p->o, str_of(text), p->s->color);
        out_char(p->o, '\n');
}

static void paragraph(struct page *p, struct str text, int indent) {
        out_repeat(p->o, ' ', indent);
        layout_wrap(p->o, text, indent, indent, p->s->columns);
}

/* "Title: one, two, three", or nothing for an empty list. */
static void list(struct page *p, const char *title, struct texts items) {
        struct str text = S("");

        for (uint32_t i = 0; i < items.count; i++)
                text = str_fmt(p->a, "%.*s%s%.*s", STR_ARG(text), i ? ", " : "", STR_ARG(T_AT(items, i)));
        if (items.count > 0)
                paragraph(p, str_fmt(p->a, "%s: %.*s", title, STR_ARG(text)), 0);
}

static void boundaries(struct page *p, const struct flaw *f) {
        struct str text = S("");

        for (int b = 0; b < BOUNDARY_COUNT; b++)
                if (f->boundaries & 1 << b)
                        text = str_fmt(p->a, "%.*s%s%.*s", STR_ARG(text), text.len ? ", " : "",
                                       STR_ARG(layout_arrow(p->a, boundary_arrow((enum boundary)b), p->s->ascii)));
        paragraph(p, str_fmt(p->a, "boundaries: %.*s", STR_ARG(text)), 0);
}

static void kernel_file(struct page *p, const struct catalog *c, const struct flaw *f) {
        const struct sentence_file *file = f->sentence_file ? &c->files[f->sentence_file - 1] : NULL;

        if (file && f->sentence_part)
                paragraph(p, str_fmt(p->a, "kernel's file: %.*s, the part %.*s", STR_ARG(T(file->path)),
                                     STR_ARG(T_AT(file->parts, f->sentence_part))), 0);
        else if (file)
                paragraph(p, str_fmt(p->a, "kernel's file: %.*s", STR_ARG(T(file->path))), 0);
}

static void fix_titles(struct page *p, const struct catalog *c, struct texts fixes) {
        if (fixes.count > 0)
                heading(p, "What helps");
        for (uint32_t i = 0; i < fixes.count; i++) {
                const struct fix *fix = catalog_fix(c, T_AT(fixes, i));

                if (fix)
                        paragraph(p, T(fix->title), 2);
        }
}

void explain_page(const struct catalog *c, const struct flaw *f, const struct report_style *s, struct arena *a,
                  struct out *o) {
        struct page p = { .s = s, .a = a, .o = o };

        layout_title(o, T(f->name), s->color);
        out_fmt(o, " (%.*s)\n", STR_ARG(T(f->id)));
        list(&p, "also called", f->aliases);
        list(&p, "numbers", f->cves);
        if (f->disclosed.len > 0)
                paragraph(&p, str_fmt(a, "disclosed: %.*s", STR_ARG(T(f->disclosed))), 0);
        if (f->repaired.len > 0)
                paragraph(&p, str_fmt(a, "fixed in: %.*s", STR_ARG(T(f->repaired))), 0);
        boundaries(&p, f);
        kernel_file(&p, c, f);
        list(&p, "kernel parameters", f->parameters);
        out_char(o, '\n');
        paragraph(&p, T(f->summary), 0);
        if (f->page.len > 0) {
                out_char(o, '\n');
                paragraph(&p, T(f->page), 0);
        }
        fix_titles(&p, c, f->fixes);
        if (f->sources.count > 0)
                heading(&p, "Sources");
        for (uint32_t i = 0; i < f->sources.count; i++) {
                out_repeat(o, ' ', 2);
                catalog_source_url(T_AT(f->sources, i), o);
                out_char(o, '\n');
        }
}

/* ---- The proof ---------------------------------------------------------------------------------------------------------- */

static struct str facts_text(struct page *p, struct facts *f, condition c) {
        struct fact_set set = { 0 };
        struct str text = S("");

        condition_proof(f, c, &set);
        for (ptrdiff_t i = 0; i < set.count; i++) {
                const struct fact_def *def = &f->catalog->facts[set.items[i]];
                const struct fact *v = facts_get(f, set.items[i]);

                text = str_fmt(p->a, "%.*s%s%.*s: %.*s", STR_ARG(text), i ? "; " : "", STR_ARG(T(def->name)),
                               STR_ARG(layout_value(fact_text(p->a, def, v))));
        }
        return text;
}

/* One rule: whether it holds, what it says, and the facts that made it so. */
static void rule(struct page *p, const struct finding *f, const struct rule *rule, bool decides) {
        static const char *const marks[] = { [TRI_FALSE] = "no ", [TRI_UNKNOWN] = "?  ", [TRI_TRUE] = "yes" };
        enum tri holds = verdict_rule(f, rule);
        struct str facts = facts_text(p, f->facts, rule->condition);

        out_fmt(p->o, "  %s %.*s: %.*s%s\n", !decides ? marks[holds] : p->s->ascii ? "-> " : "→  ", STR_ARG(T(rule->id)),
                STR_ARG(status_word((enum status)rule->status)), decides ? ", this one decides" : "");
        paragraph(p, str_fmt(p->a, "when %.*s", STR_ARG(T(rule->when))), MARK);
        if (facts.len > 0)
                paragraph(p, str_fmt(p->a, holds == TRI_UNKNOWN ? "would need %.*s" : "%.*s", STR_ARG(facts)), MARK);
}

/* Ruled out by nothing but the operating system that runs here: no news for the reader. */
static bool is_for_another_system(const struct finding *f, const struct rule *rule) {
        struct fact_set set = { 0 };

        if (verdict_rule(f, rule) != TRI_FALSE)
                return false;
        condition_proof(f->facts, rule->condition, &set);
        return set.count == 1 && set.items[0] == COMPUTED_SYSTEM;
}

static void skipped(struct page *p, const struct finding *f, uint32_t count) {
        if (count > 0)
                out_fmt(p->o, "  no  %u rule%s for another operating system (this is %.*s)\n", (unsigned)count,
                        count == 1 ? "" : "s", STR_ARG(facts_get(f->facts, COMPUTED_SYSTEM)->text));
}

/* Whose facts stand below, where that is not every logical CPU of the machine. */
static void whose(struct page *p, const struct finding *f) {
        if (f->by_host)
                paragraph(p, S("By the host's own evidence: the facts are the host's."), 2);
        else if (f->class_index > 0 && f->facts->cpu->number == CPU_UNNUMBERED)
                paragraph(p, S("The logical CPUs differ, and one of which nothing was read decided: the facts are that one's."), 2);
        else if (f->class_index > 0)
                paragraph(p, str_fmt(p->a, "The logical CPUs differ, and number %u decided: the facts are that one's.",
                                     (unsigned)f->facts->cpu->number), 2);
}

static void rules(struct page *p, const struct finding *f) {
        uint32_t others = 0;

        heading(p, "How it was decided");
        whose(p, f);
        paragraph(p, S("Rules in their order. The first that holds decides, if no rule before it that could hold says otherwise."), 2);
        for (uint32_t i = 0; i < f->flaw->rule_count; i++) {
                const struct rule *one = &f->flaw->rules[i];

                if (is_for_another_system(f, one)) {
                        others++;
                        continue;
                }
                skipped(p, f, others);
                others = 0;
                rule(p, f, one, one == f->rule);
                if (one == f->rule)
                        break;
        }
        skipped(p, f, others);
}

static void quoted(struct page *p, const char *title, const struct quoted_fact *items, uint32_t count) {
        static const char *const titles[] = { "FACT", "VALUE", "SOURCE" };
        struct table t = { .titles = titles, .column_count = 3, .columns = p->s->columns, .indent = MARK, .last_min = 20,
                           .color = p->s->color };

        if (count == 0)
                return;
        heading(p, title);
        for (uint32_t i = 0; i < count; i++) {
                arena_append(p->a, &t)->text = items[i].name;
                arena_append(p->a, &t)->text = layout_value(items[i].value);
                arena_append(p->a, &t)->text = items[i].source;
        }
        table_write(&t, p->o);
}

static void instructions(struct page *p, const struct step *s) {
        for (ptrdiff_t i = 0; i < s->instructions.count; i++)
                steps_line(&s->instructions.items[i], p->a, INDENT, p->s->columns, p->o);
}

void explain_step(const struct step *s, const struct report_style *style, struct arena *a, struct out *o) {
        struct page p = { .s = style, .a = a, .o = o };

        paragraph(&p, steps_title(a, s), 2);
        if (s->ask.len)
                paragraph(&p, str_fmt(a, "ask: \"%.*s\"", STR_ARG(s->ask)), INDENT);
        instructions(&p, s);
        if (s->cost.len)
                paragraph(&p, str_fmt(a, "cost: %.*s", STR_ARG(s->cost)), INDENT);
}

/* The step that the plan has for this flaw, and what else helps against it. */
static void remedies(struct page *p, const struct finding *f, const struct plan *plan) {
        bool begun = false;

        for (ptrdiff_t i = 0; i < plan->count; i++) {
                const struct step *s = &plan->items[i];

                if (!step_is_for(s, f->flaw))
                        continue;
                if (!begun)
                        heading(p, "What to do");
                begun = true;
                explain_step(s, p->s, p->a, p->o);
                for (uint32_t k = 0; k < s->fixes.count; k++) {
                        const struct fix *fix = catalog_fix(p->catalog, T_AT(s->fixes, k));

                        if (fix)
                                paragraph(p, T(fix->how), INDENT);
                }
        }
        begun = false;
        for (uint32_t i = 0; f->status > STATUS_MITIGATED && i < f->fixes.count; i++) {
                const struct fix *fix = catalog_fix(p->catalog, T_AT(f->fixes, i));

                if (!fix || fix->phase == PHASE_ASK || plan_has_fix(plan, f->flaw, fix))
                        continue;
                if (!begun)
                        paragraph(p, S("Where that does not help:"), 2);
                begun = true;
                paragraph(p, str_fmt(p->a, "* %.*s", STR_ARG(T(fix->title))), INDENT);
        }
}

static void opinions(struct page *p, const struct finding *f) {
        paragraph(p, str_fmt(p->a, "affected according to the hardware: %s; according to the operating system: %s",
                             tri_word(f->affected_hardware), tri_word(f->affected_os)), 2);
        if (f->text.len > 0)
                paragraph(p, str_fmt(p->a, "the operating system says: %.*s", STR_ARG(f->text)), 2);
        if (f->disagreement.len > 0)
                paragraph(p, f->disagreement, 2);
        if (f->contradiction.len > 0)
                paragraph(p, f->contradiction, 2);
}

const struct finding *explain_finding(const struct verdict *r, const struct flaw *f) {
        for (uint32_t i = 0; i < r->finding_count; i++)
                if (r->findings[i].flaw == f)
                        return &r->findings[i];
        return NULL;
}

void explain_proof(const struct verdict *r, const struct finding *f, const struct plan *plan, const struct report_style *s, struct out *o) {
        struct page p = { .s = s, .catalog = r->catalog, .a = r->facts->arena, .o = o };
        struct arena_mark mark = arena_mark(p.a);

        heading(&p, str_fmt(p.a, "On %.*s: %.*s", STR_ARG(r->machine.name.len ? r->machine.name : r->source),
                            STR_ARG(status_word(f->status))).p);
        paragraph(&p, f->reason, 2);
        if (f->status > STATUS_NOT_AFFECTED)
                paragraph(&p, str_fmt(p.a, "whose job: %.*s", STR_ARG(summary_who(r, f))), 2);
        opinions(&p, f);
        for (uint32_t i = 0; i < r->machine.notes.count; i++)
                paragraph(&p, str_fmt(p.a, "note: %.*s", STR_ARG(r->machine.notes.items[i])), 2);
        rules(&p, f);
        quoted(&p, "Facts", f->evidence, f->evidence_count);
        quoted(&p, "Missing: these would decide", f->missing, f->missing_count);
        remedies(&p, f, plan);
        arena_release(p.a, mark);
}

/* ---- Ways to another status ---- */

enum { WAYS_SHOWN = 8 };

/* Its title; below it the changes, unless they are the title. */
static struct str way_text(struct arena *a, const struct step *s) {
        struct str text = steps_title(a, s);

        for (ptrdiff_t i = 0; !str_eq(s->id, S("change")) && i < s->changes.count; i++)
                text = str_fmt(a, "%.*s\n  %.*s", STR_ARG(text), STR_ARG(change_text(a, &s->changes.items[i])));
        return text;
}

static void way_row(struct table *t, struct arena *a, const struct step *s, struct str then, struct str because) {
        arena_append(a, t)->text = way_text(a, s);
        arena_append(a, t)->text = then;
        arena_append(a, t)->text = because;
}

void explain_ways(const struct ways *ways, const struct report_style *style, struct arena *a, struct out *o) {
        static const char *const titles[] = { "WHAT TO CHANGE", "THEN", "BECAUSE" };
        struct table t = { .titles = titles, .column_count = 3, .columns = style->columns, .indent = 4, .last_min = 30,
                           .color = style->color };

        for (ptrdiff_t i = 0; i < ways->count && i < WAYS_SHOWN; i++) {
                const struct way *w = &ways->items[i];
                bool known = w->status != STATUS_COUNT;

                way_row(&t, a, &w->step, known ? status_word(w->status) : S("not predicted"), known ? w->reason : S(""));
        }
        if (t.count)
                table_write(&t, o);
        if (ways->count > WAYS_SHOWN)
                out_fmt(o, "and %td more\n", ways->count - WAYS_SHOWN);
}
