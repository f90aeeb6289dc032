#include "whatif/search.h"

#include "whatif/change.h"

enum { PAIRS_AMONG = 64 };

struct wishes {
        struct wish *items;
        ptrdiff_t count, capacity;
};

struct search {
        struct arena *a;
        const struct catalog *c;
        const struct evidence *e;
        struct verdict_options o;
        unsigned wanted;
        struct str vendor; /* "intel", "amd", …, or empty */
        struct wishes wishes;
        bool *seen; /* derived facts that were followed */
};

/* How near a fact is to its owner's hands: settings before software before hardware. */
static int reach(const struct fact_def *def) {
        switch ((enum fact_kind)def->kind) {
        case FACT_KIND_PARAMETER:
        case FACT_KIND_REGISTRY:
                return 0;
        case FACT_KIND_FILE:
                return 1;
        case FACT_KIND_COMPUTED:
                return 2;
        case FACT_KIND_CONFIG:
                return 3;
        default:
                return 4;
        }
}

/* Leaves that one vendor's processors have, and the other's never will. */
static bool is_foreign(const struct fact_def *def, struct str vendor) {
        if (def->kind == FACT_KIND_MSR)
                return def->leaf == 0x10a && (str_eq(vendor, S("amd")) || str_eq(vendor, S("hygon")));
        return def->kind == FACT_KIND_CPUID && (def->leaf == 0x80000008 || def->leaf == 0x80000021) &&
               str_eq(vendor, S("intel"));
}

static void wish(struct search *s, uint32_t fact, struct str value) {
        const struct fact_def *def = &s->c->facts[fact];

        if (!change_possible(def) || def->os_claim || is_foreign(def, s->vendor))
                return;
        for (ptrdiff_t i = 0; i < s->wishes.count; i++)
                if (s->wishes.items[i].def == def && str_eq(s->wishes.items[i].value, value))
                        return;
        *arena_append(s->a, &s->wishes) = (struct wish){ .def = def, .value = value };
}

static struct str literal_text(struct search *s, const struct literal *l) {
        if (l->type == VALUE_TEXT || l->type == VALUE_VERSION)
                return l->text;
        if (l->type == VALUE_BOOL)
                return l->number ? S("yes") : S("no");
        return str_fmt(s->a, "0x%llx", (unsigned long long)l->number);
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
        } else if (n->op != NODE_FACT && !n->compares_facts) {
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

static bool judge(struct search *s, struct way *w) {
        struct evidence changed;
        struct diag d = { 0 };
        struct verdict r;

        change_copy(&changed, s->a, s->e);
        for (int i = 0; i < w->count; i++)
                if (change_fact(&changed, w->wishes[i].def, w->wishes[i].value, &d) < 0)
                        return false;
        verdict_judge(&r, s->a, s->c, &changed, &s->o);
        if (r.finding_count == 0)
                return false;
        w->status = r.findings[0].status;
        w->reason = r.findings[0].reason;
        return true;
}

/* What judging needs is given back, unless the way is one that is wanted. */
static void try(struct search *s, struct ways *ret, struct way w) {
        struct arena_mark mark = arena_mark(s->a);

        if (judge(s, &w) && s->wanted & 1u << w.status)
                *arena_append(s->a, ret) = w;
        else
                arena_release(s->a, mark);
}

static void sort_wishes(struct wishes *all) {
        for (ptrdiff_t i = 1; i < all->count; i++)
                for (ptrdiff_t k = i; k > 0 && reach(all->items[k].def) < reach(all->items[k - 1].def); k--) {
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
        sort_wishes(&s->wishes);
}

void search_ways(struct ways *ret, struct arena *a, const struct verdict *r, const struct flaw *flaw,
                 const struct verdict_options *o, unsigned wanted, int together) {
        const struct fact *vendor = facts_named(r->facts, S("cpu.vendor"));
        struct search s = { .a = a, .c = r->catalog, .e = r->facts->evidence, .o = *o, .wanted = wanted };
        struct way none = { 0 };
        ptrdiff_t among;

        *ret = (struct ways){ 0 };
        s.o.only = flaw;
        s.o.facts.predict = true;
        s.vendor = vendor && vendor->state == FACT_KNOWN ? vendor->text : S("");
        s.seen = arena_array(a, bool, s.c->fact_count);
        gather(&s, flaw);
        (void)judge(&s, &none);
        ret->now = none.status;
        for (ptrdiff_t i = 0; i < s.wishes.count; i++)
                try(&s, ret, (struct way){ .wishes = { s.wishes.items[i] }, .count = 1 });
        among = ret->count > 0 || together < 2 ? 0 : s.wishes.count < PAIRS_AMONG ? s.wishes.count : PAIRS_AMONG;
        for (ptrdiff_t i = 0; i < among; i++)
                for (ptrdiff_t k = i + 1; k < among; k++)
                        if (s.wishes.items[i].def != s.wishes.items[k].def)
                                try(&s, ret, (struct way){ .wishes = { s.wishes.items[i], s.wishes.items[k] }, .count = 2 });
}

struct str search_text(struct arena *a, const struct way *w) {
        struct str text = S("");

        for (int i = 0; i < w->count; i++)
                text = str_fmt(a, "%.*s%s%.*s=%.*s", STR_ARG(text), i ? " and " : "", STR_ARG(w->wishes[i].def->name),
                               STR_ARG(w->wishes[i].value));
        return text;
}
