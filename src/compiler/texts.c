/* Texts with facts in them: "microcode {cpu.microcode} is older than …". */
#include "catalog/computed.h"
#include "compiler/builder.h"

/* ---- Is a fact known wherever a condition has a value? ---- */

static bool settles(const struct builder *b, condition c, bool value, uint16_t fact);

/* Facts that are read from one place are known together: y, where x is. */
static bool same_place(const struct fact_def *x, const struct fact_def *y) {
        if (x->kind == FACT_KIND_SENTENCE && y->kind == FACT_KIND_SENTENCE)
                return x->source == y->source && x->part == y->part && x->aspect != ASPECT_ASKED && y->aspect != ASPECT_ASKED;
        if (x->kind == FACT_KIND_UPDATE && y->kind == FACT_KIND_UPDATE)
                return y->aspect == UPDATE_NAME; /* the other cells of the row may be empty */
        if (x->kind == FACT_KIND_NT && y->kind == FACT_KIND_NT)
                return x->leaf == y->leaf && x->word == y->word && y->gate == NO_CONDITION;
        return x->kind == FACT_KIND_COMPUTED && y->kind == FACT_KIND_COMPUTED &&
               (x->source == COMPUTED_KERNEL_VERSION || x->source == COMPUTED_KERNEL_RELEASE) &&
               (y->source == COMPUTED_KERNEL_VERSION || y->source == COMPUTED_KERNEL_RELEASE);
}

static bool is_it(const struct builder *b, uint32_t named, uint16_t fact) {
        return named == fact || same_place(&b->facts.items[named], &b->facts.items[fact]);
}

/* A vector is off only where mitigations= says so. */
static bool is_vector(const struct fact_def *def) {
        return def->kind == FACT_KIND_COMPUTED && def->source >= COMPUTED_VECTOR_USER_KERNEL && def->source <= COMPUTED_VECTOR_CROSS_THREAD;
}

/* A fact that is `value`: itself, and what it was derived from. */
static bool fact_settles(const struct builder *b, uint16_t named, bool value, uint16_t fact) {
        const struct fact_def *def = &b->facts.items[named];
        bool derived = def->kind == FACT_KIND_DERIVED || def->kind == FACT_KIND_AFFECTED;

        if (is_vector(def) && !value && str_eq(T(b->facts.items[fact].name), S("cmdline.mitigations")))
                return true;
        return is_it(b, named, fact) || (derived && def->gate != NO_CONDITION && settles(b, def->gate, value, fact));
}

static bool processor_settles(const struct builder *b, uint16_t fact) {
        const struct fact_def *def = &b->facts.items[fact];

        return def->kind == FACT_KIND_COMPUTED &&
               (def->source == COMPUTED_CPU_VENDOR || def->source == COMPUTED_CPU_FAMILY || def->source == COMPUTED_CPU_MODEL);
}

/* An absent fact makes comparisons false, and `!=` true. */
static bool settles(const struct builder *b, condition c, bool value, uint16_t fact) {
        const struct node *n = &b->nodes.items[c];

        switch ((enum node_op)n->op) {
        case NODE_NOT:
                return settles(b, n->a, !value, fact);
        case NODE_AND:
        case NODE_OR:
                if ((n->op == NODE_AND) == value)
                        return settles(b, n->a, value, fact) || settles(b, n->b, value, fact);
                return settles(b, n->a, value, fact) && settles(b, n->b, value, fact);
        case NODE_FACT:
                return fact_settles(b, n->fact, value, fact);
        case NODE_EQ:
        case NODE_LT:
        case NODE_LE:
        case NODE_GT:
        case NODE_GE:
        case NODE_IN:
                return value && (is_it(b, n->fact, fact) || (n->compares_facts && is_it(b, n->b, fact)));
        case NODE_NE:
                return !value && is_it(b, n->fact, fact);
        case NODE_PRESENT:
                return value && is_it(b, n->fact, fact);
        case NODE_ABSENT:
                return !value && is_it(b, n->fact, fact);
        case NODE_CPU_IN:
                return value && processor_settles(b, fact);
        case NODE_TRUE:
                break;
        }
        return false;
}

/* Whether a fact is true wherever the condition is. */
static bool implies(const struct builder *b, condition c, uint16_t fact) {
        const struct node *n = &b->nodes.items[c];

        if (n->op == NODE_AND)
                return implies(b, n->a, fact) || implies(b, n->b, fact);
        return n->op == NODE_FACT && n->fact == fact;
}

/* An answer of Windows that has a condition is known where that holds: it is a bit of the same answer. */
static bool told_by_windows(const struct builder *b, condition when, const struct fact_def *def) {
        return def->kind == FACT_KIND_NT && def->gate != NO_CONDITION && b->nodes.items[def->gate].op == NODE_FACT &&
               implies(b, when, b->nodes.items[def->gate].fact);
}

/* ---- The text ---- */

/* " ({fact})" goes as a whole where the fact is not known. */
static bool can_go(struct str text, ptrdiff_t open, ptrdiff_t close) {
        return open > 1 && text.p[open - 1] == '(' && text.p[open - 2] == ' ' && close + 1 < text.len && text.p[close + 1] == ')';
}

int builder_text(struct builder *b, struct text *text, condition when) {
        struct str whole = T(*text), rest = whole, all = { 0 }, name;
        ptrdiff_t open, close;
        int32_t fact;

        while ((open = str_find_char(rest, '{')) >= 0) {
                close = str_find_char(rest, '}');
                if (close < open)
                        return builder_fail(b, whole, "unmatched brace in \"%.*s\"", STR_ARG(whole));
                name = str_sub(rest, open + 1, close - open - 1);
                fact = builder_fact(b, name);
                if (fact < 0)
                        return builder_fail(b, whole, "unknown fact '%.*s' in the text \"%.*s\"", STR_ARG(name), STR_ARG(whole));
                if (!can_go(rest, open, close) && !settles(b, when, true, (uint16_t)fact) &&
                    !told_by_windows(b, when, &b->facts.items[fact]))
                        return builder_fail(b, whole, "'%.*s' may be unknown here: require it in 'when', or write \" ({%.*s})\"",
                                            STR_ARG(name), STR_ARG(name));
                all = str_fmt(b->a, "%.*s%.*s{%d}", STR_ARG(all), (int)open, rest.p, (int)fact);
                rest = str_from(rest, close + 1);
        }
        if (all.p)
                *text = as_text(str_fmt(b->a, "%.*s%.*s", STR_ARG(all), STR_ARG(rest)));
        return 0;
}
