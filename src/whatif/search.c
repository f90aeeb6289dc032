#include "whatif/search.h"

#include "catalog/computed.h"
#include "whatif/act.h"
#include "whatif/change.h"
#include "whatif/predict.h"

enum { PAIRS_AMONG = 64 };

struct wishes {
        struct wish *items;
        ptrdiff_t count, capacity;
};

struct search {
        struct arena *a;
        const struct catalog *c;
        const struct verdict *v;
        struct baseline base;
        struct verdict_options o;
        enum status now;
        unsigned wanted;
        struct wishes wishes;
        bool *seen; /* derived facts that were followed */
};

static void wish(struct search *s, uint32_t fact, struct str value) {
        const struct wish new = { .def = &s->c->facts[fact], .value = value };

        if (!act_possible(s->v, &new) || (s->wanted & 1u << STATUS_MITIGATED && act_takes_away(s->c, &new)))
                return;
        for (ptrdiff_t i = 0; i < s->wishes.count; i++)
                if (s->wishes.items[i].def == new.def && str_eq(s->wishes.items[i].value, value))
                        return;
        *arena_append(s->a, &s->wishes) = new;
}

static struct str literal_text(struct search *s, const struct literal *l) {
        if (l->type == VALUE_TEXT || l->type == VALUE_VERSION)
                return T(l->text);
        if (l->type == VALUE_BOOL)
                return l->number ? S("yes") : S("no");
        return str_fmt(s->a, l->number < 10 ? "%llu" : "0x%llx", (unsigned long long)l->number);
}

static void walk(struct search *s, condition c);

/* A truth value can be wished both ways; what a fact is made of is asked for in its place. */
static void wish_fact(struct search *s, uint32_t fact) {
        const struct fact_def *def = &s->c->facts[fact];

        if (def->gate != NO_CONDITION && def->kind != FACT_KIND_VERDICT && !s->seen[fact]) {
                s->seen[fact] = true;
                walk(s, def->gate);
        }
        if (def->type == VALUE_BOOL) {
                wish(s, fact, S("yes"));
                wish(s, fact, S("no"));
        }
}

static void walk_compare(struct search *s, const struct node *n) {
        wish_fact(s, n->fact);
        if (n->op == NODE_PRESENT || n->op == NODE_ABSENT) {
                wish(s, n->fact, S("absent"));
        } else if (n->op == NODE_IN) {
                for (uint32_t i = 0; i < n->b; i++)
                        wish(s, n->fact, literal_text(s, &s->c->literals[n->a + i]));
        } else if (n->op != NODE_FACT && n->compares_facts) {
                const struct fact *other = facts_get(s->v->facts, n->b);

                if (other->state == FACT_KNOWN)
                        wish(s, n->fact, fact_text(s->a, &s->c->facts[n->b], other));
        } else if (n->op != NODE_FACT) {
                wish(s, n->fact, literal_text(s, &s->c->literals[n->a]));
        }
        if (s->c->facts[n->fact].kind == FACT_KIND_PARAMETER)
                wish(s, n->fact, S("absent"));
}

/* Everything that the condition asks for. */
static void walk(struct search *s, condition c) {
        const struct node *n = c == NO_CONDITION ? NULL : &s->c->nodes[c];

        if (!n || n->op == NODE_TRUE || n->op == NODE_CPU_IN)
                return;
        if (n->op == NODE_NOT || n->op == NODE_AND || n->op == NODE_OR) {
                walk(s, n->a);
                if (n->op != NODE_NOT)
                        walk(s, n->b);
                return;
        }
        walk_compare(s, n);
}

int search_apply(struct evidence *ret, struct arena *a, const struct verdict *v, const struct way *w, struct diag *d) {
        change_copy(ret, a, v->facts->evidence);
        for (int i = 0; i < w->count; i++)
                if (!w->wishes[i].def)
                        change_kernel(ret, catalog_kernel(v->catalog));
                else if (change_fact(ret, w->wishes[i].def, w->wishes[i].value, d) < 0)
                        return -1;
        return 0;
}

static bool judge(struct search *s, struct way *w) {
        struct evidence changed;
        struct diag d = { 0 };
        struct verdict then;

        if (search_apply(&changed, s->a, s->v, w, &d) < 0)
                return false;
        predict_judge(&then, s->a, &s->base, &changed, &s->o);
        if (then.finding_count == 0)
                return false;
        w->status = then.findings[0].status;
        w->reason = then.findings[0].reason;
        return true;
}

/* What judging needs is given back, unless the way is one that is wanted. */
static void try(struct search *s, struct ways *ret, struct way w) {
        struct arena_mark mark = arena_mark(s->a);

        bool hardware = false;

        for (int i = 0; i < w.count; i++)
                hardware |= act_is_hardware(&w.wishes[i]);
        if (judge(s, &w) && s->wanted & 1u << w.status && !(hardware && w.status == STATUS_NOT_AFFECTED))
                *arena_append(s->a, ret) = w;
        else
                arena_release(s->a, mark);
}

static void sort_wishes(struct wishes *all) {
        for (ptrdiff_t i = 1; i < all->count; i++)
                for (ptrdiff_t k = i; k > 0 && act_reach(&all->items[k]) < act_reach(&all->items[k - 1]); k--) {
                        struct wish w = all->items[k];

                        all->items[k] = all->items[k - 1];
                        all->items[k - 1] = w;
                }
}

static void gather(struct search *s, const struct flaw *f) {
        walk(s, f->affected);
        for (uint32_t i = 0; i < f->rule_count; i++)
                walk(s, f->rules[i].condition);
        for (uint32_t i = 0; i < f->prediction_count; i++)
                walk(s, f->predictions[i].condition);
        if (act_possible(s->v, &(struct wish){ 0 }))
                *arena_append(s->a, &s->wishes) = (struct wish){ 0 };
        sort_wishes(&s->wishes);
}

/* What it asks for is there already, and waits. */
static bool is_a_restart(const struct step *s) {
        return s->restart && s->target.kind == TARGET_REGISTRY_VALUE && s->changes.count == 0;
}

static bool touches_registry(const struct step *s) {
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (s->changes.items[i].target.kind == TARGET_REGISTRY_VALUE)
                        return true;
        return false;
}

/* A restart alone: then nothing else is to be credited with it. */
static bool restart_is_enough(struct search *s) {
        struct arena_mark mark = arena_mark(s->a);
        struct way alone = { 0 };
        bool enough = judge(s, &alone) && s->wanted >> alone.status & 1;

        arena_release(s->a, mark);
        return enough;
}

/* The machine's own steps for the flaw, whatever comes of them. */
static void take_own(struct search *s, struct ways *ret, const struct plan *plan, const struct flaw *flaw) {
        for (ptrdiff_t i = 0; i < plan->count; i++) {
                struct way w = { .status = STATUS_COUNT, .step = plan->items[i] };

                if (!step_is_for(&w.step, flaw))
                        continue;
                w.count = act_wishes(&w.step, s->a, s->v, w.wishes, SEARCH_TOGETHER);
                if ((w.count || is_a_restart(&w.step)) && !judge(s, &w))
                        w.status = STATUS_COUNT;
                if (touches_registry(&w.step) && w.status >= s->now) /* not every rule knows what Windows makes of it */
                        w.status = STATUS_COUNT;
                *arena_append(s->a, ret) = w;
        }
}

/* The same step, another value of the same facts, or more than what is enough. */
static bool says_no_more(const struct way *w, const struct way *earlier) {
        bool same = w->count == earlier->count && w->count > 0;

        for (int i = 0; same && i < w->count; i++)
                same = w->wishes[i].def == earlier->wishes[i].def;
        return str_eq(w->step.title, earlier->step.title) || act_is(&w->step, &earlier->step) ||
               (earlier->status == w->status && (same || act_holds(&w->step, &earlier->step)));
}

/* A step that is left to the owner, and nothing but the parameter that its title names ("… (gather_data_sampling=force)"): what comes of the one
 * comes of the other. */
static bool is_spelled_by(const struct way *own, const struct way *found) {
        const struct wish *w = &found->wishes[0];
        struct str rest;
        ptrdiff_t at;

        if (own->status != STATUS_COUNT || own->count > 0 || found->count != 1 || !w->def || w->def->kind != FACT_KIND_PARAMETER || w->value.len == 0)
                return false;
        at = str_find(own->step.title, T(w->def->text));
        rest = at < 0 ? (struct str){ 0 } : str_from(own->step.title, at + (ptrdiff_t)w->def->text.len);
        return str_starts(rest, S("=")) && str_starts(str_from(rest, 1), w->value);
}

/* Several facts can ask for the same step: the first says it; and no way makes more changes than another that is enough. */
static void drop_repeated(struct ways *all) {
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                bool said = false;

                for (ptrdiff_t k = 0; k < n; k++) {
                        if (is_spelled_by(&all->items[k], &all->items[i])) {
                                all->items[i].step = all->items[k].step;
                                all->items[k] = all->items[i];
                                said = true;
                        }
                        said |= says_no_more(&all->items[i], &all->items[k]);
                }
                if (!said)
                        all->items[n++] = all->items[i];
        }
        all->count = n;
}

static void try_all(struct search *s, struct ways *ret, int together) {
        const struct wishes *all = &s->wishes;
        ptrdiff_t among;
        bool enough = false;

        for (ptrdiff_t i = 0; i < all->count; i++)
                try(s, ret, (struct way){ .wishes = { all->items[i] }, .count = 1 });
        for (ptrdiff_t i = 0; i < ret->count; i++)
                enough |= s->wanted >> ret->items[i].status & 1;
        among = enough || together < 2 ? 0 : all->count < PAIRS_AMONG ? all->count : PAIRS_AMONG;
        for (ptrdiff_t i = 0; i < among; i++)
                for (ptrdiff_t k = i + 1; k < among; k++)
                        if (all->items[i].def != all->items[k].def)
                                try(s, ret, (struct way){ .wishes = { all->items[i], all->items[k] }, .count = 2 });
}

void search_ways(struct ways *ret, struct arena *a, const struct search_question *q) {
        struct search s = { .a = a, .c = q->v->catalog, .v = q->v, .o = *q->o, .now = q->f->status, .wanted = q->wanted };
        ptrdiff_t own;

        *ret = (struct ways){ 0 };
        s.o.only = q->f->flaw;
        s.o.facts.restarted = true; /* what is changed has taken effect */
        s.seen = arena_array(a, bool, s.c->fact_count);
        baseline_take(&s.base, a, s.c, q->v->facts->evidence);
        gather(&s, q->f->flaw);
        if (q->wanted & 1u << STATUS_MITIGATED)
                take_own(&s, ret, q->plan, q->f->flaw);
        own = ret->count;
        if (!restart_is_enough(&s))
                try_all(&s, ret, q->together);
        for (ptrdiff_t i = own; i < ret->count; i++)
                act_step(&ret->items[i].step, a, q->v, ret->items[i].wishes, ret->items[i].count);
        drop_repeated(ret);
}
