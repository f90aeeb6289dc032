/* The part of the plan that `fix` carries out, of every machine that is recorded, for each answer that its user can give: applied to
 * the evidence in its order it does what it promises, no step is there that could be left out, none makes anything weaker, what was
 * accepted has no step, SMT stays where it was to stay, and each change can be taken back; what is open, or not known, has a step or is
 * left to a person, and the exit code says so.
 *
 *   test_fix_plan FOLDER…     prints TAP */
#include "../guidance/fixtures.h"

#include "whatif/act.h"
#include "whatif/change.h"
#include "whatif/fix_plan.h"
#include "whatif/predict.h"

enum { WISHES = 64 };

static int tests, failures, steps_seen, promises_seen, plans_seen;

struct subject {
        struct str path;
        struct arena *a;
        struct verdict v;
        struct plan plan;
        struct baseline base;
        struct verdict_options o;
        bool ok;
};

static void complain(struct subject *m, const char *what, struct str which) {
        (void)printf("# %.*s: %s: %.*s\n", STR_ARG(m->path), what, STR_ARG(which));
        m->ok = false;
}

/* The verdict with the first `count` steps taken, but for one. */
static void judge(struct subject *m, struct verdict *ret, const struct fix_plan *p, ptrdiff_t count, ptrdiff_t without) {
        struct verdict_options after = m->o; /* a step counts as after the restart that it needs */
        struct evidence changed;

        change_copy(&changed, m->a, m->v.facts->evidence);
        for (ptrdiff_t i = 0; i < count; i++) {
                struct wish wishes[WISHES];
                struct diag d = { 0 };
                int n = i == without || !p->steps.items[i].predicted ? 0 : act_wishes(&p->steps.items[i].step, m->a, &m->v, wishes, WISHES);

                for (int k = 0; k < n; k++)
                        if (change_fact(&changed, wishes[k].def, wishes[k].value, &d) < 0)
                                complain(m, "a change cannot be made", p->steps.items[i].step.id);
        }
        after.facts.restarted = true;
        predict_judge(ret, m->a, &m->base, &changed, &after);
}

static enum status status_of(const struct verdict *v, const struct flaw *f) {
        for (uint32_t i = 0; i < v->finding_count; i++)
                if (v->findings[i].flaw == f)
                        return v->findings[i].status;
        return STATUS_COUNT;
}

static void in_order(struct subject *m, const struct fix_plan *p) {
        struct verdict before, after;

        judge(m, &before, p, 0, -1);
        for (ptrdiff_t i = 0; i < p->steps.count; i++) {
                const struct planned_step *s = &p->steps.items[i];

                judge(m, &after, p, i + 1, -1);
                for (ptrdiff_t k = 0; k < s->promised.count; k++, promises_seen++)
                        if (status_of(&before, s->promised.items[k]) <= STATUS_MITIGATED || status_of(&after, s->promised.items[k]) > STATUS_MITIGATED)
                                complain(m, "a promise is not kept", T(s->promised.items[k]->id));
                for (uint32_t k = 0; k < after.finding_count; k++)
                        if (after.findings[k].status > before.findings[k].status && before.findings[k].status != STATUS_UNKNOWN &&
                            after.findings[k].status != STATUS_UNKNOWN)
                                complain(m, "a step makes something weaker", T(after.findings[k].flaw->id));
                before = after;
        }
}

static void none_can_go(struct subject *m, const struct fix_plan *p) {
        struct verdict with, without;

        judge(m, &with, p, p->steps.count, -1);
        for (ptrdiff_t i = 0; i < p->steps.count; i++) {
                bool same = true;

                judge(m, &without, p, p->steps.count, i);
                for (uint32_t k = 0; k < with.finding_count; k++)
                        same &= with.findings[k].status == without.findings[k].status;
                if (p->steps.items[i].predicted && same)
                        complain(m, "a step changes nothing", p->steps.items[i].step.id);
        }
}

static void as_asked(struct subject *m, const struct fix_plan *p, const struct fix_request *r) {
        for (ptrdiff_t i = 0; i < p->steps.count; i++) {
                const struct step *s = &p->steps.items[i].step;
                struct change undo;

                steps_seen++;
                if (s->who != DOER_YOU)
                        complain(m, "another one's step", s->id);
                for (ptrdiff_t k = 0; k < s->resolves.count; k++)
                        if (policy_accepts(r->policy, s->resolves.items[k]) || (r->only && r->only != s->resolves.items[k]))
                                complain(m, "a step is against what was not asked for", T(s->resolves.items[k]->id));
                for (ptrdiff_t k = 0; k < s->changes.count; k++) {
                        if ((r->keep_smt || r->untrusted != TRI_TRUE) && str_find(s->changes.items[k].target.key, S("smt/control")) >= 0)
                                complain(m, "SMT was to stay", s->id);
                        if (s->changes.items[k].was == FACT_KNOWN && !change_undo(&undo, &s->changes.items[k]))
                                complain(m, "a change cannot be taken back", s->id);
                }
        }
}

/* Where words are taken out of the command line, mitigations=off does not stay behind another one. */
static void none_stays(struct subject *m, const struct fix_plan *p) {
        const struct record *line = evidence_file(m->v.facts->evidence, S("/proc/cmdline"));
        bool removes = false, whole = false;

        for (ptrdiff_t i = 0; i < p->steps.count; i++)
                for (ptrdiff_t k = 0; k < p->steps.items[i].step.changes.count; k++) {
                        const struct change *c = &p->steps.items[i].step.changes.items[k];

                        removes |= c->edit == EDIT_REMOVE_WORD;
                        whole |= c->edit == EDIT_REMOVE_WORD && str_eq(c->old, S("mitigations=off"));
                }
        if (removes && !whole && line && line->state == FACT_KNOWN && str_has_word(line->text, S("mitigations=off")))
                complain(m, "mitigations=off would stay", S(""));
}

static bool is_among(const struct resolved *all, const struct flaw *f) {
        for (ptrdiff_t i = 0; i < all->count; i++)
                if (all->items[i] == f)
                        return true;
        return false;
}

/* Nothing that `check` counts is passed over. */
static void nothing_lost(struct subject *m, const struct fix_plan *p, const struct fix_request *r) {
        bool any = false;

        for (uint32_t i = 0; i < m->v.finding_count; i++) {
                const struct finding *f = &m->v.findings[i];
                bool told = false, open = f->at_stake && f->status > STATUS_MITIGATED && !policy_accepts(r->policy, f->flaw) &&
                                          (!r->only || r->only == f->flaw);

                for (ptrdiff_t k = 0; k < p->steps.count; k++)
                        told |= is_among(&p->steps.items[k].step.resolves, f->flaw) || is_among(&p->steps.items[k].settles, f->flaw);
                for (ptrdiff_t k = 0; k < p->left.count; k++)
                        told |= is_among(&p->left.items[k].step.resolves, f->flaw);
                if (open && !told)
                        complain(m, "neither a step nor left to anybody", T(f->flaw->id));
                any |= open;
        }
        if (fix_plan_exit(p, p->steps.count > 0) != (p->steps.count ? EXIT_OPEN : any ? EXIT_UNKNOWN : EXIT_CLEAN))
                complain(m, "the exit code is not what is open", S(""));
}

static void check(struct subject *m, const struct fix_request *r, struct fix_plan *p) {
        plans_seen++;
        fix_plan_make(p, m->a, &m->v, &m->plan, r);
        in_order(m, p);
        none_can_go(m, p);
        as_asked(m, p, r);
        none_stays(m, p);
        nothing_lost(m, p, r);
}

/* Each flaw that has a step is accepted in turn, then asked for alone. */
static void by_flaw(struct subject *m, const struct fix_plan *all) {
        for (uint32_t i = 0; i < m->v.finding_count; i++) {
                struct accepted one = { .flaw = m->v.findings[i].flaw, .until = S("2099-12-31") };
                const struct policy policy = { .items = &one, .count = 1 };
                struct fix_plan p;
                bool has = false;

                for (ptrdiff_t k = 0; k < all->steps.count; k++)
                        has |= step_is_for(&all->steps.items[k].step, one.flaw);
                if (!has)
                        continue;
                check(m, &(struct fix_request){ .judging = &m->o, .policy = &policy, .untrusted = TRI_TRUE }, &p);
                if (p.accepted.count != 1)
                        complain(m, "an accepted risk is not shown", T(one.flaw->id));
                check(m, &(struct fix_request){ .judging = &m->o, .only = one.flaw, .untrusted = TRI_TRUE }, &p);
        }
}

static void test_file(struct arena *a, struct str path, const struct evidence *e) {
        struct subject m = { .path = path, .a = a, .ok = true };
        struct fix_plan p;

        verdict_judge(&m.v, a, &catalog_builtin, e, &m.o);
        baseline_take(&m.base, a, &catalog_builtin, e);
        plan_of_verdict(&m.plan, a, &m.v);
        check(&m, &(struct fix_request){ .judging = &m.o, .untrusted = TRI_UNKNOWN }, &p);
        check(&m, &(struct fix_request){ .judging = &m.o, .untrusted = TRI_TRUE, .keep_smt = true }, &p);
        check(&m, &(struct fix_request){ .judging = &m.o, .untrusted = TRI_TRUE }, &p);
        by_flaw(&m, &p);
        (void)printf("%s %d - %.*s\n", m.ok ? "ok" : "not ok", ++tests, STR_ARG(path));
        failures += !m.ok;
}

int main(int argc, char **argv) {
        for (int i = 1; i < argc; i++)
                fixtures_read(argv[i], test_file);
        (void)printf("1..%d\n# %d machines, %d plans, %d steps, %d promises kept\n", tests, tests, plans_seen, steps_seen, promises_seen);
        return failures > 0 || promises_seen == 0 || steps_seen == 0;
}
