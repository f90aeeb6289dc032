/* Advice as JSON. */
#include "plan/summary.h"
#include "report/advice_format.h"
#include "report/quoted.h"
#include "report/steps.h"

/* The words and commands as they are to be read here. */
static void instructions(struct json *j, const struct step *s) {
        ARENA_AUTO struct arena a = { 0 };

        json_begin_array(j, "steps");
        for (ptrdiff_t i = 0; i < s->instructions.count; i++)
                if (s->instructions.items[i].kind != INSTRUCTION_CHANGE)
                        json_str(j, NULL, steps_instruction(&a, &s->instructions.items[i], false));
        json_end_array(j);
}

static void step(struct json *j, const struct step *s, uint64_t order) {
        json_begin_object(j, NULL);
        json_str(j, "id", s->id);
        json_u64(j, "order", order);
        json_str(j, "status", action_status_word(s->status));
        json_str(j, "who", doer_word(s->who));
        json_str(j, "title", s->title);
        json_str(j, "why", s->why);
        json_str(j, "if", trust_word(s->trust));
        instructions(j, s);
        report_json_texts(j, "statements", s->statements);
        json_str(j, "source", s->source);
        json_str_or_null(j, "cost", s->cost);
        json_str_or_null(j, "ask", s->ask);
        report_json_texts(j, "fixes", s->fixes);
        json_begin_array(j, "flaws");
        for (ptrdiff_t i = 0; i < s->resolves.count; i++)
                json_str(j, NULL, T(s->resolves.items[i]->id));
        json_end_array(j);
        quoted_facts(j, "evidence", s->evidence, s->evidence_count);
        quoted_facts(j, "missing", s->missing, s->missing_count);
        steps_json(j, s);
        json_end_object(j);
}

static void revision(struct json *j, const char *key, const struct revision *r, const struct revision *next) {
        if (!r) {
                json_put_null(j, key);
                return;
        }
        json_begin_object(j, key);
        json_str(j, "id", T(r->id));
        json_str(j, "document", T(r->document));
        json_str(j, "date", T(r->date));
        json_str(j, "title", T(r->title));
        json_str(j, "source", T(r->source));
        if (next)
                json_str(j, "superseded_by", T(next->id));
        else
                json_put_null(j, "superseded_by");
        report_json_texts(j, "changes", r->changes);
        json_end_object(j);
}

static void offering(struct json *j, const struct whereabouts *w) {
        if (!w->offering) {
                json_put_null(j, "offering");
                return;
        }
        json_begin_object(j, "offering");
        json_str(j, "id", T(w->offering->id));
        json_str(j, "title", T(w->offering->title));
        json_str(j, "sure", sureness_word(w->sure));
        json_str(j, "because", w->because);
        json_end_object(j);
}

/* The ids of one answer: what is always, and what is for this trust. */
static void answer(struct json *j, const char *key, const struct plan *all, bool untrusted) {
        json_begin_array(j, key);
        for (ptrdiff_t i = 0; i < all->count; i++) {
                enum trust t = all->items[i].trust;

                if (t == TRUST_ALWAYS || (untrusted ? t != TRUST_TRUSTED : t == TRUST_TRUSTED))
                        json_str(j, NULL, all->items[i].id);
        }
        json_end_array(j);
}

static void untrusted(struct json *j, const struct advice_page *p, const struct plan *all) {
        const struct statement *means = guidance_statement(p->advice->guidance, S("G11"));
        enum untrusted u = p->advice->untrusted;

        json_begin_object(j, "untrusted");
        json_str(j, "declared", untrusted_word(u));
        json_str(j, "means", means ? T(means->says) : S(""));
        json_end_object(j);
        json_begin_object(j, "answers");
        if (u == UNTRUSTED_UNDECLARED || u == UNTRUSTED_NO)
                answer(j, "trusted", all, false);
        if (u != UNTRUSTED_NO)
                answer(j, "untrusted", all, true);
        json_end_object(j);
}

static void ticket(struct json *j, const struct advice_page *p) {
        OUT_AUTO struct out text = { 0 };

        (void)advice_ticket(p, &text);
        json_str_or_null(j, "ticket", out_text(&text));
}

void advice_json(const struct advice_page *p, struct out *o) {
        struct json j = { .out = o };
        struct str age = p->age;

        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        json_str_or_null(&j, "evidence", p->report ? p->report->source : S(""));
        summary_json_program(&j, p->catalog);
        json_str_or_null(&j, "captured", p->report ? p->report->captured : S(""));
        json_str_or_null(&j, "as_of", p->advice->as_of);
        offering(&j, &p->advice->where);
        revision(&j, "revision", p->advice->revision, p->advice->next);
        untrusted(&j, p, p->plan);
        report_json_strings(&j, "notes", p->report      ? p->report->machine.notes
                                         : p->age.len ? (struct str_list){ .items = &age, .count = 1 }
                                                      : (struct str_list){ 0 });
        json_begin_array(&j, "actions");
        for (ptrdiff_t i = 0; i < p->plan->count; i++)
                step(&j, &p->plan->items[i], (uint64_t)i + 1);
        json_end_array(&j);
        if (p->ticket)
                ticket(&j, p);
        json_end_object(&j);
        out_char(o, '\n');
}

/* ---- Revisions ---- */

void advice_revisions_json(const struct guidance *g, struct out *o) {
        struct json j = { .out = o };

        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        json_begin_array(&j, "revisions");
        for (uint32_t i = 0; i < g->revision_count; i++)
                revision(&j, NULL, &g->revisions[i], guidance_next(g, &g->revisions[i]));
        json_end_array(&j);
        json_end_object(&j);
        out_char(o, '\n');
}

static void action(struct json *j, const char *key, const struct action *a) {
        if (!a) {
                json_put_null(j, key);
                return;
        }
        json_begin_object(j, key);
        json_str(j, "id", T(a->id));
        json_str(j, "title", T(a->title));
        json_str(j, "who", T(a->who));
        json_str(j, "if", trust_word((enum trust)a->trust));
        json_str(j, "why", T(a->why));
        report_json_texts(j, "offerings", a->offerings);
        report_json_texts(j, "statements", a->statements);
        json_end_object(j);
}

void advice_revision_json(const struct guidance *g, const struct revision *r, const struct offering *for_whom, struct out *o) {
        struct json j = { .out = o };

        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        revision(&j, "revision", r, guidance_next(g, r));
        json_begin_array(&j, "actions");
        for (uint32_t i = 0; i < g->action_count; i++)
                if (guidance_has(g, &g->actions[i], r, for_whom))
                        action(&j, NULL, &g->actions[i]);
        json_end_array(&j);
        json_end_object(&j);
        out_char(o, '\n');
}

void advice_changes_json(const struct guidance *g, const struct revision *before, const struct revision *after,
                         const struct offering *for_whom, const struct guidance_changes *c, struct out *o) {
        static const char *const kinds[] = { "added", "removed", "changed" };
        struct json j = { .out = o };

        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        revision(&j, "before", before, guidance_next(g, before));
        revision(&j, "after", after, guidance_next(g, after));
        if (for_whom)
                json_str(&j, "offering", T(for_whom->id));
        else
                json_put_null(&j, "offering");
        json_begin_array(&j, "changes");
        for (ptrdiff_t i = 0; i < c->count; i++) {
                json_begin_object(&j, NULL);
                json_c(&j, "change", kinds[!c->items[i].before ? 0 : !c->items[i].after ? 1 : 2]);
                json_str(&j, "id", T(c->items[i].shown->id));
                action(&j, "before", c->items[i].before);
                action(&j, "after", c->items[i].after);
                json_end_object(&j);
        }
        json_end_array(&j);
        json_end_object(&j);
        out_char(o, '\n');
}
