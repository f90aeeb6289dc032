/* `explain` for programs: docs/explain.schema.json describes it. */
#include "base/plain.h"
#include "plan/summary.h"
#include "report/explain.h"
#include "report/steps.h"

static void sources(struct json *j, const struct flaw *f) {
        json_begin_array(j, "sources");
        for (uint32_t i = 0; i < f->sources.count; i++) {
                OUT_AUTO struct out url = { 0 };

                catalog_source_url(T_AT(f->sources, i), &url);
                json_str(j, NULL, out_text(&url));
        }
        json_end_array(j);
}

static void page(struct json *j, const struct catalog *c, const struct flaw *f) {
        json_begin_object(j, "flaw");
        json_str(j, "id", T(f->id));
        json_str(j, "name", T(f->name));
        report_json_texts(j, "aliases", f->aliases);
        report_json_texts(j, "cves", f->cves);
        json_str_or_null(j, "disclosed", T(f->disclosed));
        json_str_or_null(j, "repaired", T(f->repaired));
        json_begin_array(j, "boundaries");
        for (int b = 0; b < BOUNDARY_COUNT; b++)
                if (f->boundaries & 1 << b)
                        json_str(j, NULL, boundary_word((enum boundary)b));
        json_end_array(j);
        report_json_texts(j, "arches", f->arches);
        json_str_or_null(j, "sysfs", f->sentence_file ? T(c->files[f->sentence_file - 1].path) : S(""));
        report_json_texts(j, "parameters", f->parameters);
        json_str(j, "summary", T(f->summary));
        json_str_or_null(j, "page", T(f->page));
        json_begin_array(j, "helps");
        for (uint32_t i = 0; i < f->fixes.count; i++) {
                const struct fix *fix = catalog_fix(c, T_AT(f->fixes, i));

                json_begin_object(j, NULL);
                json_str(j, "id", T_AT(f->fixes, i));
                json_str(j, "title", fix ? T(fix->title) : T_AT(f->fixes, i));
                json_end_object(j);
        }
        json_end_array(j);
        sources(j, f);
        json_end_object(j);
}

static void rule_facts(struct json *j, struct arena *a, struct facts *f, condition c) {
        struct fact_set set = { 0 };

        condition_proof(f, c, &set);
        json_begin_array(j, "facts");
        for (ptrdiff_t i = 0; i < set.count; i++) {
                const struct fact_def *def = &f->catalog->facts[set.items[i]];
                const struct fact *v = facts_get(f, set.items[i]);

                json_begin_object(j, NULL);
                json_str(j, "fact", T(def->name));
                json_str(j, "value", plain(a, fact_text(a, def, v)));
                json_str_or_null(j, "source", plain(a, v->source));
                json_end_object(j);
        }
        json_end_array(j);
}

/* In their order, to the one that decides. */
static void rules(struct json *j, struct arena *a, const struct finding *f) {
        json_begin_array(j, "rules");
        for (uint32_t i = 0; i < f->flaw->rule_count; i++) {
                const struct rule *r = &f->flaw->rules[i];

                json_begin_object(j, NULL);
                json_str(j, "id", T(r->id));
                json_str(j, "when", T(r->when));
                json_str(j, "status", status_word((enum status)r->status));
                json_c(j, "holds", tri_word(verdict_rule(f, r)));
                json_bool(j, "decides", r == f->rule);
                rule_facts(j, a, f->facts, r->condition);
                json_end_object(j);
                if (r == f->rule)
                        break;
        }
        json_end_array(j);
}

void explain_step_json(struct json *j, const struct step *s) {
        json_str(j, "id", s->id);
        json_str(j, "title", s->title);
        json_str(j, "who", doer_word(s->who));
        json_str_or_null(j, "ask", s->ask);
        json_str_or_null(j, "cost", s->cost);
        steps_json(j, s);
}

static void steps(struct json *j, const struct finding *f, const struct plan *plan) {
        json_begin_array(j, "steps");
        for (ptrdiff_t i = 0; i < plan->count; i++) {
                if (!step_is_for(&plan->items[i], f->flaw))
                        continue;
                json_begin_object(j, NULL);
                explain_step_json(j, &plan->items[i]);
                json_end_object(j);
        }
        json_end_array(j);
}

static void ways_to(struct json *j, const struct ways *ways) {
        json_begin_array(j, "ways");
        for (ptrdiff_t i = 0; i < ways->count; i++) {
                const struct way *w = &ways->items[i];
                bool known = w->status != STATUS_COUNT;

                json_begin_object(j, NULL);
                explain_step_json(j, &w->step);
                json_str_or_null(j, "then", known ? status_word(w->status) : S(""));
                json_str_or_null(j, "because", known ? w->reason : S(""));
                json_end_object(j);
        }
        json_end_array(j);
}

void explain_json(const struct catalog *c, const struct flaw *f, const struct explained *e, struct out *o) {
        struct json j = { .out = o };

        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        summary_json_program(&j, c);
        page(&j, c, f);
        if (e) {
                const struct finding *found = explain_finding(e->verdict, f);
                struct arena *a = e->verdict->facts->arena;

                json_str(&j, "source", e->verdict->source);
                json_str_or_null(&j, "captured", e->verdict->captured);
                json_begin_object(&j, "host");
                json_str(&j, "name", e->verdict->machine.name);
                report_json_machine(&j, &e->verdict->machine);
                report_json_finding(&j, "finding", found, c);
                rules(&j, a, found);
                steps(&j, found, e->plan);
                ways_to(&j, e->ways);
        }
        json_end_object(&j);
        out_char(o, '\n');
}
