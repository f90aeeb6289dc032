#include "whatif/fix_plan.h"

#include "evidence/places.h"
#include "plan/edit/words.h"
#include "whatif/act.h"
#include "whatif/change.h"
#include "whatif/predict.h"

enum { WISHES_MAX = 64 };

static const struct str left_words[] = {
#define X(name, word, text) [LEFT_##name] = STR(word),
        LEFTS(X)
#undef X
};

static const struct str left_texts[] = {
#define X(name, word, text) [LEFT_##name] = STR(text),
        LEFTS(X)
#undef X
};

struct str left_word(enum left_why w) {
        return left_words[w];
}

struct str left_text(enum left_why w) {
        return left_texts[w];
}

struct fixing {
        struct fix_plan *ret;
        struct arena *a;
        const struct verdict *v;
        const struct fix_request *r;
        struct baseline base;
        struct verdict_options after; /* r->judging, as after the restart that settings wait for */
};

/* ---- Which steps come into question ---- */

/* With all that the step is about; where only what is not known is open, that is why it is left. */
static void leave(struct fixing *x, const struct planned_step *s, enum left_why why) {
        struct left_step one = { .step = s->step, .why = why };

        one.step.resolves = (struct resolved){ 0 };
        for (ptrdiff_t i = 0; i < s->step.resolves.count; i++)
                *arena_append(x->a, &one.step.resolves) = s->step.resolves.items[i];
        for (ptrdiff_t i = 0; i < s->settles.count; i++)
                *arena_append(x->a, &one.step.resolves) = s->settles.items[i];
        if (s->settles.count && (why == LEFT_USELESS || why == LEFT_NOT_NEEDED))
                one.why = LEFT_NOT_KNOWN;
        *arena_append(x->a, &x->ret->left) = one;
}

static const struct finding *finding_of(const struct verdict *v, const struct flaw *f) {
        for (uint32_t i = 0; i < v->finding_count; i++)
                if (v->findings[i].flaw == f)
                        return &v->findings[i];
        return NULL;
}

static bool is_open(enum status s) {
        return s == STATUS_VULNERABLE || s == STATUS_PARTIAL;
}

static bool is_asked_for(const struct fixing *x, const struct flaw *f) {
        return !policy_accepts(x->r->policy, f) && (!x->r->only || x->r->only == f);
}

/* The flaws that ask for the step and are neither accepted nor another one than was asked for: open ones, or those of which it is not
 * known. */
static struct resolved wanted(struct fixing *x, const struct step *s, bool open) {
        struct resolved ret = { 0 };

        for (ptrdiff_t i = 0; i < s->resolves.count; i++) {
                const struct flaw *f = s->resolves.items[i];
                const struct finding *finding = finding_of(x->v, f);

                if (finding && (open ? is_open(verdict_status_to_come(finding)) : finding->status == STATUS_UNKNOWN) && is_asked_for(x, f))
                        *arena_append(x->a, &ret) = f;
        }
        return ret;
}

static bool touches_smt(const struct step *s) {
        for (ptrdiff_t i = 0; i < s->changes.count; i++) {
                const struct change *c = &s->changes.items[i];

                if (str_eq(c->target.key, S(PLACE_SMT_CONTROL)) || str_eq(c->target.key, S("nosmt")) ||
                    (c->edit == EDIT_ADD_WORD && str_find(c->new, S("nosmt")) >= 0))
                        return true;
        }
        return s->target.kind == TARGET_SMT;
}

static bool is_package(const struct step *s) {
        return s->target.kind == TARGET_PACKAGE || s->target.kind == TARGET_MICROCODE;
}

/* A question to the owner is the owner's to answer. */
static enum left_why not_yours(const struct step *s, enum left_why otherwise) {
        if (s->who == DOER_NOBODY)
                return LEFT_NOBODY;
        return s->who != DOER_YOU || s->target.kind == TARGET_PROVIDER ||
                               (s->target.kind == TARGET_QUESTION && str_eq(s->target.place, S("provider")))
                       ? LEFT_OTHERS
                       : otherwise;
}

static void consider(struct fixing *x, const struct step *s) {
        struct planned_step one = { .step = *s, .settles = wanted(x, s, false) };

        one.step.resolves = wanted(x, s, true);
        if (one.step.resolves.count + one.settles.count == 0)
                return;
        if (one.step.resolves.count == 0)
                leave(x, &one, not_yours(s, LEFT_NOT_KNOWN));
        else if (not_yours(s, LEFT_BY_HAND) != LEFT_BY_HAND)
                leave(x, &one, not_yours(s, LEFT_BY_HAND));
        else if (touches_smt(s) && x->r->keep_smt)
                leave(x, &one, LEFT_KEEP_SMT);
        else if (touches_smt(s) && x->r->untrusted != TRI_TRUE)
                leave(x, &one, LEFT_DECIDE);
        else if (s->changes.count || is_package(s))
                *arena_append(x->a, &x->ret->steps) = one;
        else
                leave(x, &one, LEFT_BY_HAND);
}

/* ---- What would come of them ---- */

/* Makes the step's changes; false when some of it cannot be predicted. */
static bool apply(struct fixing *x, struct evidence *e, const struct step *s) {
        struct wish wishes[WISHES_MAX];
        struct diag d = { 0 };
        int count = s->changes.count ? act_wishes(s, x->a, x->v, wishes, WISHES_MAX) : 0;

        for (int i = 0; i < count; i++)
                if (!wishes[i].def || change_fact(e, wishes[i].def, wishes[i].value, &d) < 0)
                        return false;
        return count > 0;
}

/* The evidence with the first `count` steps taken, but for the one at `without` (-1: none); and the verdicts of it. */
static void take(struct fixing *x, struct evidence *ret, ptrdiff_t count, ptrdiff_t without) {
        change_copy(ret, x->a, x->v->facts->evidence);
        for (ptrdiff_t i = 0; i < count; i++) {
                struct planned_step *s = &x->ret->steps.items[i];

                if (i != without && s->predicted)
                        (void)apply(x, ret, &s->step);
        }
}

static void judge(struct fixing *x, struct verdict *ret, ptrdiff_t count, ptrdiff_t without) {
        struct evidence changed;

        take(x, &changed, count, without);
        predict_judge(ret, x->a, &x->base, &changed, &x->after);
}

static bool same_outcome(const struct verdict *a, const struct verdict *b) {
        for (uint32_t i = 0; i < a->finding_count; i++)
                if (a->findings[i].status != b->findings[i].status)
                        return false;
        return true;
}

/* 2 worse, 1 not known any more, 0 neither. */
static bool weakens(const struct verdict *before, const struct verdict *after) {
        for (uint32_t i = 0; i < before->finding_count; i++) {
                enum status was = before->findings[i].status, is = after->findings[i].status;

                if (is > was && is != STATUS_UNKNOWN && was != STATUS_UNKNOWN)
                        return true;
        }
        return false;
}

static void take_out(struct fixing *x, ptrdiff_t n, enum left_why why) {
        leave(x, &x->ret->steps.items[n], why);
        for (ptrdiff_t i = n; i + 1 < x->ret->steps.count; i++)
                x->ret->steps.items[i] = x->ret->steps.items[i + 1];
        x->ret->steps.count--;
}

static bool only_sysctls(const struct step *s) {
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (s->changes.items[i].target.kind != TARGET_SYSCTL)
                        return false;
        return true;
}

/* Of each flaw that asks for the step a prediction means something here. */
static bool is_modelled(const struct fixing *x, const struct step *s) {
        for (ptrdiff_t i = 0; i < s->resolves.count; i++)
                if (!baseline_speaks(&x->base, s->resolves.items[i]))
                        return false;
        return true;
}

/* A setting is tried by itself, so that one that cannot be predicted here is known from the others. Sentences are predicted from the
 * processor and the command line: that a sysctl does nothing to them tells nothing. */
static void see_predictable(struct fixing *x) {
        struct verdict now, then;

        predict_judge(&now, x->a, &x->base, x->v->facts->evidence, &x->after);
        for (ptrdiff_t i = 0; i < x->ret->steps.count; i++) {
                struct planned_step *s = &x->ret->steps.items[i];
                struct evidence changed;

                change_copy(&changed, x->a, x->v->facts->evidence);
                s->predicted = apply(x, &changed, &s->step);
                if (s->predicted && (only_sysctls(&s->step) || !is_modelled(x, &s->step))) {
                        predict_judge(&then, x->a, &x->base, &changed, &x->after);
                        s->predicted = !same_outcome(&now, &then);
                }
        }
}

static void drop_weakening(struct fixing *x) {
        struct verdict before, after;

        judge(x, &before, 0, -1);
        for (ptrdiff_t i = 0; i < x->ret->steps.count;) {
                judge(x, &after, i + 1, -1);
                if (x->ret->steps.items[i].predicted && weakens(&before, &after)) {
                        take_out(x, i, LEFT_WEAKENS);
                } else {
                        before = after;
                        i++;
                }
        }
}

/* The dearest go first: what comes last in the plan's order (separate before settings before updates). */
static void drop_useless(struct fixing *x) {
        for (ptrdiff_t i = x->ret->steps.count - 1; i >= 0; i--) {
                struct verdict with, without;

                if (!x->ret->steps.items[i].predicted)
                        continue;
                judge(x, &with, x->ret->steps.count, -1);
                judge(x, &without, x->ret->steps.count, i);
                if (same_outcome(&with, &without))
                        take_out(x, i, LEFT_USELESS);
        }
}

/* A package for which nothing that settings leave open asks. */
static void drop_not_needed(struct fixing *x) {
        struct verdict then;

        judge(x, &then, x->ret->steps.count, -1);
        for (ptrdiff_t i = 0; i < x->ret->steps.count;) {
                const struct planned_step *s = &x->ret->steps.items[i];
                bool needed = s->predicted;

                for (ptrdiff_t k = 0; k < s->step.resolves.count; k++)
                        needed |= finding_of(&then, s->step.resolves.items[k])->status > STATUS_MITIGATED;
                if (needed)
                        i++;
                else
                        take_out(x, i, LEFT_NOT_NEEDED);
        }
}

/* Why it is not known whether the step closes the flaw, each reason once. */
static void doubt(struct fixing *x, struct planned_step *s, const struct finding *f) {
        if (f->status != STATUS_UNKNOWN || f->doubt.len == 0)
                return;
        for (ptrdiff_t i = 0; i < s->doubts.count; i++)
                if (str_eq(s->doubts.items[i], f->doubt))
                        return;
        *arena_append(x->a, &s->doubts) = f->doubt;
}

static void promise(struct fixing *x) {
        struct verdict before, after;

        judge(x, &before, 0, -1);
        for (ptrdiff_t i = 0; i < x->ret->steps.count; i++) {
                struct planned_step *s = &x->ret->steps.items[i];

                judge(x, &after, i + 1, -1);
                for (uint32_t k = 0; s->predicted && k < after.finding_count; k++)
                        if (after.findings[k].status <= STATUS_MITIGATED && before.findings[k].status > STATUS_MITIGATED)
                                *arena_append(x->a, &s->promised) = after.findings[k].flaw;
                for (ptrdiff_t k = 0; k < s->step.resolves.count; k++)
                        doubt(x, s, finding_of(&after, s->step.resolves.items[k]));
                before = after;
        }
}

/* ---- What the next start would bring ---- */

static struct str path_of(struct arena *a, const struct target *t) {
        char *path = arena_bytes(a, t->key.len + 1);

        if (t->kind == TARGET_MODULE_OPTION)
                return str_fmt(a, "/sys/module/%.*s/parameters/%.*s", STR_ARG(t->place), STR_ARG(t->key));
        for (ptrdiff_t i = 0; i < t->key.len; i++)
                path[i] = t->key.p[i] == '.' ? '/' : t->key.p[i];
        return str_fmt(a, "/proc/sys/%.*s", STR_ARG(str_n(path, t->key.len)));
}

/* The running kernel has the harmful setting already: then the verdicts speak of it. */
static bool runs_already(struct fixing *x, const struct change *c) {
        bool line = c->target.kind == TARGET_COMMAND_LINE;
        const struct record *r = evidence_file(x->v->facts->evidence, line ? S(PLACE_CMDLINE) : path_of(x->a, &c->target));

        return r && r->state == FACT_KNOWN && (line ? words_hold(x->a, r->text, WORDS_KERNEL, c->old) : str_eq(str_trim(r->text), c->old));
}

static void suffer(struct fixing *x, struct evidence *e, const struct change *c) {
        bool line = c->target.kind == TARGET_COMMAND_LINE;
        struct str name = c->target.key;
        int32_t fact = line ? catalog_fact(x->v->catalog, str_fmt(x->a, "cmdline.%.*s", STR_ARG(name))) : -1;

        if (fact >= 0)
                (void)change_fact(e, &x->v->catalog->facts[fact], c->old.len > name.len ? str_from(c->old, name.len + 1) : S(""),
                                  &(struct diag){ 0 });
        else if (!line)
                evidence_add_file(e, path_of(x->a, &c->target), c->old);
}

/* A parameter of the flaw's own is taken out: what cannot be predicted of it is not taken for harmless. */
static bool is_about(const struct step *s, const struct flaw *f) {
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                for (uint32_t k = 0; k < f->parameters.count; k++)
                        if (str_eq(T_AT(f->parameters, k), s->changes.items[i].target.key))
                                return true;
        return false;
}

/* The flaws that would be open at the next start, or may be, when all steps are taken but this. */
static struct resolved opened_by(struct fixing *x, const struct step *s) {
        struct resolved ret = { 0 };
        struct evidence changed;
        struct verdict with, then;

        judge(x, &with, x->ret->steps.count, -1);
        take(x, &changed, x->ret->steps.count, -1);
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                suffer(x, &changed, &s->changes.items[i]);
        predict_judge(&then, x->a, &x->base, &changed, &x->after);
        for (uint32_t i = 0; i < then.finding_count; i++) {
                const struct flaw *f = then.findings[i].flaw;
                enum status is = then.findings[i].status;
                bool opens = (is_open(is) && !is_open(with.findings[i].status)) || (is == STATUS_UNKNOWN && is_about(s, f));

                if (opens && is_asked_for(x, f))
                        *arena_append(x->a, &ret) = f;
        }
        return ret;
}

/* What the configuration holds and the running kernel did not get: where a kernel answers, what would open something; in an image, of
 * which no kernel tells, all. */
static void consider_next(struct fixing *x) {
        bool image = facts_tri(x->v->facts, S("kernel.answers")) != TRI_TRUE;
        struct planned_step one = { .step = {
                .id = S("keep-mitigations-at-next-start"), .title = S("Keep the mitigations on at the next start"), .phase = PHASE_SETTING,
                .status = ACTION_TODO, .who = DOER_YOU, .owner = LAYER_KERNEL, .restart = true, .needs = NO_CONDITION, .done = NO_CONDITION,
                .source = S("the configuration"), .cost = S("What the mitigations cost: they may have been switched off for speed.") } };

        for (ptrdiff_t i = 0; i < x->r->next.count; i++)
                if (!runs_already(x, &x->r->next.items[i]))
                        *arena_append(x->a, &one.step.changes) = x->r->next.items[i];
        if (one.step.changes.count == 0)
                return;
        one.step.target = one.step.changes.items[0].target;
        if (!image)
                one.step.resolves = opened_by(x, &one.step);
        one.step.why = image ? S("The configuration switches them off, and no kernel is there that shows what that opens.")
                             : S("The running kernel has them on; the configuration would switch them off at the next start.");
        if (image ? !x->r->only : one.step.resolves.count > 0)
                *arena_append(x->a, &x->ret->steps) = one;
}

/* Which of the steps that are left leave something open. */
static void see_left(struct fixing *x) {
        struct verdict then = *x->v;

        if (x->ret->steps.count)
                judge(x, &then, x->ret->steps.count, -1);
        for (ptrdiff_t i = 0; i < x->ret->left.count; i++) {
                struct left_step *l = &x->ret->left.items[i];

                for (ptrdiff_t k = 0; k < l->step.resolves.count; k++)
                        l->open |= finding_of(&then, l->step.resolves.items[k])->status > STATUS_MITIGATED;
                l->open |= l->why != LEFT_USELESS && l->why != LEFT_NOT_NEEDED;
        }
}

static void note_accepted(struct fixing *x) {
        for (ptrdiff_t i = 0; x->r->policy && i < x->r->policy->count; i++) {
                const struct accepted *one = &x->r->policy->items[i];
                const struct finding *f = finding_of(x->v, one->flaw);

                if (f && (is_open(f->status) || f->status == STATUS_UNKNOWN || one->expired))
                        *arena_append(x->a, &x->ret->accepted) = one;
        }
}

void fix_plan_make(struct fix_plan *ret, struct arena *a, const struct verdict *v, const struct plan *plan, const struct fix_request *r) {
        struct fixing x = { .ret = ret, .a = a, .v = v, .r = r, .after = *r->judging };

        *ret = (struct fix_plan){ 0 };
        x.after.facts.restarted = true;
        note_accepted(&x);
        for (ptrdiff_t i = 0; i < plan->count; i++)
                consider(&x, &plan->items[i]);
        if (ret->steps.count || r->next.count) /* predictions cost a judgement each */
                baseline_take(&x.base, a, v->catalog, v->facts->evidence);
        if (ret->steps.count) {
                see_predictable(&x);
                drop_weakening(&x);
                drop_useless(&x);
                drop_not_needed(&x);
                promise(&x);
        }
        see_left(&x);
        consider_next(&x);
}

enum exit_result fix_plan_exit(const struct fix_plan *p, bool can) {
        bool open = p->steps.count > 0; /* steps of which each was refused */

        for (ptrdiff_t i = 0; i < p->left.count; i++)
                open |= p->left.items[i].open;
        return can ? EXIT_OPEN : open ? EXIT_UNKNOWN : EXIT_CLEAN;
}
