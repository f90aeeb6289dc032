/* Conditions evaluated in three-valued logic, and the proof of what came out. */
#include "base/version.h"
#include "catalog/computed.h"
#include "facts/sources.h"

static const struct node *node_of(const struct facts *f, condition c) {
        return &f->catalog->nodes[c];
}

static bool readable(const struct fact *v) {
        return v->state == FACT_KNOWN || v->state == FACT_ABSENT;
}

static int order(const struct fact_def *def, enum value_type type, uint64_t an, struct str at, uint64_t bn, struct str bt) {
        if (type == VALUE_VERSION)
                return version_cmp(at, bt);
        if (type == VALUE_TEXT)
                return def->any_case && str_eq_nocase(at, bt) ? 0 : str_cmp(at, bt);
        return (an > bn) - (an < bn);
}

static bool holds(enum node_op op, int order) {
        switch (op) {
        case NODE_EQ:
                return order == 0;
        case NODE_NE:
                return order != 0;
        case NODE_LT:
                return order < 0;
        case NODE_LE:
                return order <= 0;
        case NODE_GT:
                return order > 0;
        default:
                return order >= 0;
        }
}

/* Is the architecture one of these, where only what the kernel says shows that it is a PC's? */
static enum tri of_a_pc(struct facts *f, const struct literal *names, uint32_t count) {
        uint32_t pcs = 0;

        if (f->options.predict || !facts_is_pc(f))
                return TRI_UNKNOWN;
        for (uint32_t i = 0; i < count; i++)
                pcs += str_eq(T(names[i].text), S("x86_64")) || str_eq(T(names[i].text), S("i686"));
        return pcs == 0 ? TRI_FALSE : pcs == 2 ? TRI_TRUE : TRI_UNKNOWN;
}

static enum tri compare(struct facts *f, const struct node *n) {
        const struct fact *v = facts_peek(f, n->fact), *w;
        struct fact literal = { .state = FACT_KNOWN };

        if (n->compares_facts) {
                w = facts_peek(f, n->b);
        } else {
                literal.number = f->catalog->literals[n->a].number;
                literal.text = T(f->catalog->literals[n->a].text);
                w = &literal;
        }
        if (v->state == FACT_ABSENT || w->state == FACT_ABSENT)
                return tri_of(n->op == NODE_NE);
        if (v->state != FACT_KNOWN && n->fact == COMPUTED_ARCH && n->op == NODE_EQ && !n->compares_facts)
                return of_a_pc(f, &f->catalog->literals[n->a], 1);
        if (v->state != FACT_KNOWN || w->state != FACT_KNOWN)
                return n->compares_facts || !facts_sentence_denies(f, n->fact, literal.text) ? TRI_UNKNOWN : tri_of(n->op == NODE_NE);
        facts_compared(f, n->fact, w->number);
        if (n->compares_facts)
                facts_compared(f, n->b, v->number);
        /* A hypervisor's word for "no revision", which would be newer than any. */
        if (n->fact == COMPUTED_CPU_MICROCODE) {
                facts_compared(f, n->fact, UINT32_MAX);
                if (v->number == UINT32_MAX)
                        return TRI_UNKNOWN;
        }
        return tri_of(holds((enum node_op)n->op, order(&f->catalog->facts[n->fact], (enum value_type)v->type, v->number, v->text, w->number, w->text)));
}

static enum tri member(struct facts *f, const struct node *n) {
        const struct fact *v = facts_get(f, n->fact);

        if (!readable(v) && n->fact == COMPUTED_ARCH)
                return of_a_pc(f, &f->catalog->literals[n->a], n->b);
        if (!readable(v)) {
                for (uint32_t i = 0; i < n->b; i++)
                        if (!facts_sentence_denies(f, n->fact, T(f->catalog->literals[n->a + i].text)))
                                return TRI_UNKNOWN;
                return TRI_FALSE;
        }
        for (uint32_t i = 0; v->state == FACT_KNOWN && i < n->b; i++) {
                const struct literal *l = &f->catalog->literals[n->a + i];

                if (order(&f->catalog->facts[n->fact], (enum value_type)v->type, v->number, v->text, l->number, T(l->text)) == 0)
                        return TRI_TRUE;
        }
        return TRI_FALSE;
}

static enum tri within(const struct fact *v, uint32_t low, uint32_t high) {
        return v->state == FACT_KNOWN ? tri_of(v->number >= low && v->number <= high) : TRI_UNKNOWN;
}

static enum tri is_made_by(struct facts *f, struct str maker) {
        const struct fact *vendor = facts_get(f, COMPUTED_CPU_VENDOR);

        if (str_eq(maker, S("any")))
                return TRI_TRUE;
        if (vendor->state == FACT_ABSENT)
                return TRI_FALSE;
        return vendor->state == FACT_KNOWN ? tri_of(str_eq(vendor->text, maker)) : TRI_UNKNOWN;
}

/* `made`: is it made by the range's maker, which is not false. */
static enum tri is_cpu(struct facts *f, const struct cpu_range *r, enum tri made) {
        enum tri t = tri_and(made, within(facts_get(f, COMPUTED_CPU_FAMILY), r->family, r->family));

        if (t != TRI_FALSE && (r->model_low > 0 || r->model_high < 0xffff))
                t = tri_and(t, within(facts_get(f, COMPUTED_CPU_MODEL), r->model_low, r->model_high));
        if (t != TRI_FALSE && (r->stepping_low > 0 || r->stepping_high < UINT32_MAX))
                t = tri_and(t, within(facts_get(f, COMPUTED_CPU_STEPPING), r->stepping_low, r->stepping_high));
        return t;
}

static enum tri is_one_of(struct facts *f, const struct node *n) {
        const struct cpu_range *r = &f->catalog->ranges[n->a], *end = r + n->b;
        struct text maker = { .at = UINTPTR_MAX };
        enum tri t = TRI_FALSE, made = TRI_FALSE;

        for (; r < end && t != TRI_TRUE; r++) {
                if (r->vendor.at != maker.at) /* most ranges name the maker of the one before, in the same bytes */
                        made = is_made_by(f, T(r->vendor));
                maker = r->vendor;
                t = made == TRI_FALSE ? t : tri_or(t, is_cpu(f, r, made));
        }
        return t;
}

static enum tri truth(const struct fact *v) {
        if (v->state == FACT_ABSENT)
                return TRI_FALSE;
        return v->state == FACT_KNOWN ? tri_of(v->number != 0) : TRI_UNKNOWN;
}

/* A fact is remembered as it is, and needs no place of its own among the conditions. */
static inline enum tri eval(struct facts *f, condition c) {
        const struct node *n = node_of(f, c);

        if (f->truths[c]) {
                if (f->truth_facets)
                        f->seen->set |= f->truth_facets[c];
                return (enum tri)(f->truths[c] - 1);
        }
        return n->op == NODE_FACT ? truth(facts_get(f, n->fact)) : condition_eval(f, c);
}

/* Not inlined: what most conditions are made of, below, is then done in few registers. */
static __attribute__((noinline)) enum tri evaluate_value(struct facts *f, const struct node *n) {
        switch ((enum node_op)n->op) {
        case NODE_IN:
                return member(f, n);
        case NODE_CPU_IN:
                return is_one_of(f, n);
        case NODE_PRESENT:
        case NODE_ABSENT:
                if (!readable(facts_peek(f, n->fact)))
                        return TRI_UNKNOWN;
                return tri_of((facts_peek(f, n->fact)->state == FACT_KNOWN) == (n->op == NODE_PRESENT));
        default:
                return compare(f, n);
        }
}

static inline enum tri evaluate(struct facts *f, const struct node *n) {
        enum tri left;

        switch ((enum node_op)n->op) {
        case NODE_TRUE:
                return TRI_TRUE;
        case NODE_FACT:
                return truth(facts_get(f, n->fact));
        case NODE_NOT:
                return tri_not(eval(f, n->a));
        case NODE_AND:
                left = eval(f, n->a);
                return left == TRI_FALSE ? left : tri_and(left, eval(f, n->b));
        case NODE_OR:
                left = eval(f, n->a);
                return left == TRI_TRUE ? left : tri_or(left, eval(f, n->b));
        default:
                return evaluate_value(f, n);
        }
}

/* As it was before, where it hangs on nothing that this evidence shows otherwise. */
static bool was_known(struct facts *f, condition c) {
        const struct facts_known *k = f->options.known;
        uint32_t at = k->numbers[c];

        if (!at || !k->truths[at - 1] || k->truth_facets[at - 1] & k->differs)
                return false;
        f->truths[c] = k->truths[at - 1];
        f->truth_facets[c] = k->truth_facets[at - 1];
        f->seen->set |= f->truth_facets[c];
        return true;
}

/* Rules share conditions, and proofs ask again: what came out is kept. Not where a fact needed itself: there, and only there, it is
 * not known. */
enum tri condition_eval(struct facts *f, condition c) {
        struct facets_asked *seen = f->seen;
        facet_set before, after;
        uint32_t loops;
        enum tri t;

        if (f->truths[c]) {
                if (f->truth_facets)
                        seen->set |= f->truth_facets[c];
                return (enum tri)(f->truths[c] - 1);
        }
        if (f->options.known && was_known(f, c))
                return (enum tri)(f->truths[c] - 1);
        loops = f->loops;
        before = seen->set;
        seen->set = 0;
        t = evaluate(f, node_of(f, c));
        after = seen->set;
        if (f->truth_facets)
                f->truth_facets[c] = after;
        seen->set = after | before;
        if (f->loops == loops)
                f->truths[c] = (uint8_t)(t + 1);
        return t;
}

/* ---- Proof ---- */

static void add(struct facts *f, struct fact_set *set, uint16_t fact) {
        for (ptrdiff_t i = 0; i < set->count; i++)
                if (set->items[i] == fact)
                        return;
        *arena_append(f->arena, set) = fact;
}

static void prove(struct facts *f, condition c, struct fact_set *ret, int depth);

/* A fact worked out from others is proven by them; a register that does not exist, by what says so. */
static void prove_fact(struct facts *f, uint16_t number, bool unknown, struct fact_set *ret, int depth) {
        const struct fact_def *def = &f->catalog->facts[number];
        const struct fact *v = facts_peek(f, number);
        bool was_read = def->kind == FACT_KIND_CPUID && v->state == FACT_KNOWN && v->source.len > 0;
        bool by_gate = def->gate != NO_CONDITION && !was_read &&
                       (fact_is_derived(def) || condition_eval(f, def->gate) != TRI_TRUE);

        if (def->kind == FACT_KIND_AFFECTED && (f->catalog->flaws[def->source].arches.count || !by_gate)) {
                const struct flaw *flaw = &f->catalog->flaws[def->source];
                bool listed = flaw->arches.count == 0;

                for (uint32_t i = 0; i < flaw->arches.count; i++)
                        listed |= str_eq(T_AT(flaw->arches, i), facts_get(f, COMPUTED_ARCH)->text);
                if (!listed) {
                        add(f, ret, COMPUTED_ARCH);
                        return;
                }
        }
        if (by_gate)
                prove(f, def->gate, ret, depth + 1);
        else if (!unknown || !readable(v))
                add(f, ret, number);
}

static void prove_cpu(struct facts *f, const struct node *n, bool unknown, struct fact_set *ret) {
        static const uint16_t facts[] = { COMPUTED_CPU_VENDOR, COMPUTED_CPU_FAMILY, COMPUTED_CPU_MODEL, COMPUTED_CPU_STEPPING };
        bool steppings = false;

        for (uint32_t i = 0; i < n->b; i++)
                steppings |= f->catalog->ranges[n->a + i].stepping_high < UINT32_MAX;
        for (size_t i = 0; i < (steppings ? 4 : 3); i++)
                if (!unknown || !readable(facts_get(f, facts[i])))
                        add(f, ret, facts[i]);
}

static void prove_pair(struct facts *f, const struct node *n, enum tri all, struct fact_set *ret, int depth) {
        /* `and` that is true needs both; one false side is enough for false. `or` is the mirror of it. */
        enum tri both = n->op == NODE_AND ? TRI_TRUE : TRI_FALSE;
        enum tri left = condition_eval(f, n->a);

        if (all == both) {
                prove(f, n->a, ret, depth + 1);
                prove(f, n->b, ret, depth + 1);
        } else if (left == all) {
                prove(f, n->a, ret, depth + 1);
                if (all == TRI_UNKNOWN && condition_eval(f, n->b) == TRI_UNKNOWN)
                        prove(f, n->b, ret, depth + 1);
        } else {
                prove(f, n->b, ret, depth + 1);
        }
}

static void prove(struct facts *f, condition c, struct fact_set *ret, int depth) {
        const struct node *n = node_of(f, c);
        enum tri t;

        if (depth > 60)
                return;
        t = condition_eval(f, c);
        switch ((enum node_op)n->op) {
        case NODE_TRUE:
                break;
        case NODE_NOT:
                prove(f, n->a, ret, depth + 1);
                break;
        case NODE_AND:
        case NODE_OR:
                prove_pair(f, n, t, ret, depth);
                break;
        case NODE_CPU_IN:
                prove_cpu(f, n, t == TRI_UNKNOWN, ret);
                break;
        default:
                prove_fact(f, n->fact, t == TRI_UNKNOWN, ret, depth);
                if (n->compares_facts)
                        prove_fact(f, (uint16_t)n->b, t == TRI_UNKNOWN, ret, depth);
                break;
        }
}

void condition_proof(struct facts *f, condition c, struct fact_set *ret) {
        prove(f, c, ret, 0);
}
