/* What became of plans that were carried out: as text, as JSON, and as notes for `check`. */
#include "cli/fix.h"
#include "plan/summary.h"

#include "apply/status.h"
#include "base/plain.h"
#include "cli/fix_here.h"

static struct statuses see(struct arena *a, const struct fix_place *p, struct fix_ground *g, struct journal *j, const struct verdict *v) {
        struct next_start next = { 0 };
        struct statuses all;

        if (p->where == FIX_MACHINE || p->where == FIX_TREE)
                fix_next_start(a, g, v, &next);
        status_see(&all, j, v->facts->evidence, fix_boot(a, &g->tree), v, &next);
        return all;
}

static bool is_interrupted(const struct entry *e) {
        return e->state == ENTRY_APPLYING || e->state == ENTRY_ROLLING_BACK;
}

/* What is half done did not take effect. */
static enum exit_result verified(const struct journal *entries, const struct statuses *all) {
        for (ptrdiff_t i = 0; i < entries->entries.count; i++)
                if (is_interrupted(&entries->entries.items[i]))
                        return EXIT_OPEN;
        return statuses_exit(all);
}

/* ---- Text ---- */

static void entry_text(struct cli *c, const struct entry *e, const struct statuses *all) {
        out_fmt(&c->out, "fix %llu of %.*s: %.*s%s\n", (unsigned long long)e->id, STR_ARG(plain(&c->arena, e->when)),
                STR_ARG(entry_state_word(e->state)), is_interrupted(e) ? ", interrupted: sidelight fix --rollback" : "");
        for (ptrdiff_t i = 0; i < all->count; i++) {
                const struct step_status *s = &all->items[i];

                if (s->entry == e)
                        out_fmt(&c->out, "     %.*s: %.*s%s%.*s\n", STR_ARG(s->step->title), STR_ARG(took_text(s->took)), s->why.len ? ": " : "",
                                STR_ARG(plain(&c->arena, s->why)));
        }
}

/* ---- JSON: docs/fix.schema.json ---- */

static void step_json(struct json *j, const struct step_status *s) {
        json_begin_object(j, NULL);
        json_str(j, "id", s->step->id);
        json_str(j, "title", s->step->title);
        json_bool(j, "restart", s->step->restart);
        json_begin_array(j, "resolves");
        for (uint32_t i = 0; i < s->step->resolves.count; i++)
                json_str(j, NULL, s->step->resolves.items[i]);
        json_end_array(j);
        json_str(j, "took", took_word(s->took));
        if (s->why.len)
                json_str(j, "why", s->why);
        else
                json_put_null(j, "why");
        json_end_object(j);
}

static void entry_json(struct json *j, const struct entry *e, const struct statuses *all) {
        json_begin_object(j, NULL);
        json_u64(j, "id", e->id);
        json_str(j, "plan", e->plan);
        json_str(j, "when", e->when);
        json_str(j, "state", entry_state_word(e->state));
        json_bool(j, "interrupted", is_interrupted(e));
        json_begin_array(j, "steps");
        for (ptrdiff_t i = 0; i < all->count; i++)
                if (all->items[i].entry == e)
                        step_json(j, &all->items[i]);
        json_end_array(j);
        json_end_object(j);
}

static void status_json(struct cli *c, const struct verdict *v, const struct journal *entries, const struct statuses *all) {
        struct json j = { .out = &c->out };

        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        json_str(&j, "source", v->source);
        summary_json_program(&j, v->catalog);
        json_str_or_null(&j, "captured", v->captured);
        json_u64(&j, "verified", verified(entries, all));
        json_begin_array(&j, "applied");
        for (ptrdiff_t i = 0; i < entries->entries.count; i++)
                entry_json(&j, &entries->entries.items[i], all);
        json_end_array(&j);
        json_end_object(&j);
        out_char(&c->out, '\n');
}

int fix_here_status(struct cli *c, const struct fix_place *place, bool verify) {
        FIX_GROUND_AUTO struct fix_ground g = { .tree = { .fd = -1 } };
        const struct catalog *k;
        struct statuses all;
        struct verdict v;
        struct evidence e;
        struct journal j;

        if (input_catalog(c, &k) < 0 || fix_ground_open(c, place, &g) < 0 || fix_journal_read(&c->arena, &g, &j, &c->diag) < 0 ||
            fix_evidence(c, k, place, &e) < 0)
                return -1;
        verdict_judge(&v, &c->arena, k, &e, &(struct verdict_options){ 0 });
        all = see(&c->arena, place, &g, &j, &v);
        if (cli_word(c, "format", 0) == FIX_FORMAT_JSON)
                status_json(c, &v, &j, &all);
        else if (j.entries.count == 0)
                out_c(&c->out, "Nothing was applied here.\n");
        for (ptrdiff_t i = 0; cli_word(c, "format", 0) != FIX_FORMAT_JSON && i < j.entries.count; i++)
                entry_text(c, &j.entries.items[i], &all);
        return verify ? (int)verified(&j, &all) : EXIT_CLEAN;
}

/* ---- For `check` ---- */

static void add_note(struct arena *a, struct machine *m, struct str text) {
        struct str *all = arena_array(a, struct str, m->notes.count + 1);

        for (uint32_t i = 0; i < m->notes.count; i++)
                all[i] = m->notes.items[i];
        all[m->notes.count] = text;
        m->notes = (struct str_list){ .items = all, .count = m->notes.count + 1 };
}

static struct str note_of(struct arena *a, const struct step_status *s) {
        return str_fmt(a, "fix %llu, \"%.*s\", %.*s%s%.*s", (unsigned long long)s->entry->id, STR_ARG(s->step->title), STR_ARG(took_text(s->took)),
                       s->why.len ? ": " : "", STR_ARG(s->why));
}

/* Entries that are half done, then each step of those that are applied. */
static void add_steps(struct arena *a, const struct fix_place *p, struct fix_ground *g, struct journal *j, struct verdict *v) {
        const struct entry *half = journal_interrupted(j);
        struct applied_step *steps;
        struct statuses all;

        if (half)
                add_note(a, &v->machine, str_fmt(a, "fix %llu was interrupted: `sidelight fix --rollback%.*s` takes it back", (unsigned long long)half->id,
                                                 STR_ARG(fix_place_words(a, p))));
        if (!journal_entry(j, 0))
                return;
        all = see(a, p, g, j, v);
        steps = arena_array(a, struct applied_step, all.count + 1);
        for (ptrdiff_t i = 0; i < all.count; i++) {
                const struct step_status *s = &all.items[i];

                add_note(a, &v->machine, note_of(a, s));
                steps[i] = (struct applied_step){ .fix = s->entry->id, .step = s->step->id, .title = s->step->title, .took = took_word(s->took),
                                                  .why = s->why, .failed = step_failed(s) };
        }
        v->machine.applied = steps;
        v->machine.applied_count = (uint32_t)all.count;
}

void fix_here_notes(struct cli *c, const struct fix_place *place, struct arena *a, struct verdict *v) {
        FIX_GROUND_AUTO struct fix_ground g = { .tree = { .fd = -1 } };
        struct diag d = { 0 };
        struct journal j;

        if (fix_ground_open(c, place, &g) < 0)
                c->diag = d;
        else if (fix_journal_read(a, &g, &j, &d) == 0)
                add_steps(a, place, &g, &j, v);
        else
                add_note(a, &v->machine, str_fmt(a, "what fix applied here is not known: %s", d.text));
}
