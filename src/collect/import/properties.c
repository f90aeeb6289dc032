/* The properties of Microsoft's SpeculationControl module turned back into the answers that they were made from.
 *
 * The catalog says what a property is: a condition over bits of Windows' answers. What the property's value says about the condition
 * is followed down to the bits: a true "a and b" sets both, a false one clears `b` where `a` is known to be set, and so on until
 * nothing new is found. A bit that no property tells, or that two of them tell differently, stays unread. */
#include "base/tri.h"
#include "collect/import/parts.h"

enum { CLASSES_MAX = 8, WORDS = 2, DEPTH_MAX = 64 /* facts that rest on facts: a data folder of --data may have them in a circle */ };

struct answer {
        uint32_t class, words[WORDS], known[WORDS], disputed[WORDS];
        enum tri answered; /* the class as a whole */
};

struct answers {
        const struct catalog *c;
        struct answer items[CLASSES_MAX];
        uint32_t count;
        uint8_t *told; /* of each fact of the Win32 API: enum tri */
        bool news;     /* something was learned in this round */
        int depth;     /* facts that are looked into right now */
};

/* ---- What is known so far ---- */

static struct answer *answer_to(struct answers *a, uint32_t class) {
        for (uint32_t i = 0; i < a->count; i++)
                if (a->items[i].class == class)
                        return &a->items[i];
        if (a->count == CLASSES_MAX)
                return NULL;
        a->items[a->count] = (struct answer){ .class = class, .answered = TRI_UNKNOWN };
        return &a->items[a->count++];
}

static uint32_t mask_of(const struct fact_def *def) {
        return (uint32_t)(((UINT64_C(1) << (def->high - def->low + 1)) - 1) << def->low);
}

static bool number_of(struct answers *a, const struct fact_def *def, uint32_t *ret) {
        const struct answer *answer = answer_to(a, def->leaf);

        if (!answer || def->word >= WORDS || (answer->known[def->word] & mask_of(def)) != mask_of(def))
                return false;
        *ret = (answer->words[def->word] & mask_of(def)) >> def->low;
        return true;
}

static enum tri holds(struct answers *a, condition c);

/* The condition of a fact: where it is derived, it is this; where it is a bit, Windows tells the bit only where this holds. */
static enum tri gate_holds(struct answers *a, const struct fact_def *def) {
        enum tri t = TRI_UNKNOWN;

        if (def->gate == NO_CONDITION)
                return TRI_TRUE;
        if (a->depth++ < DEPTH_MAX)
                t = holds(a, def->gate);
        a->depth--;
        return t;
}

/* A bit that Windows does not tell about counts as not set. */
static enum tri fact_holds(struct answers *a, uint16_t fact) {
        const struct fact_def *def = &a->c->facts[fact];
        uint32_t n;

        if (def->kind == FACT_KIND_DERIVED)
                return gate_holds(a, def);
        if (def->kind != FACT_KIND_NT)
                return TRI_UNKNOWN;
        return tri_and(gate_holds(a, def), number_of(a, def, &n) ? tri_of(n != 0) : TRI_UNKNOWN);
}

static enum tri equals(struct answers *a, const struct node *n) {
        const struct fact_def *def = &a->c->facts[n->fact];
        uint32_t number;

        if (def->kind != FACT_KIND_NT || n->compares_facts || !number_of(a, def, &number))
                return TRI_UNKNOWN;
        return tri_of((number == a->c->literals[n->a].number) == (n->op == NODE_EQ));
}

static enum tri holds(struct answers *a, condition c) {
        const struct node *n = &a->c->nodes[c];

        switch ((enum node_op)n->op) {
        case NODE_TRUE:
                return TRI_TRUE;
        case NODE_FACT:
                return fact_holds(a, n->fact);
        case NODE_NOT:
                return tri_not(holds(a, n->a));
        case NODE_AND:
                return tri_and(holds(a, n->a), holds(a, n->b));
        case NODE_OR:
                return tri_or(holds(a, n->a), holds(a, n->b));
        case NODE_EQ:
        case NODE_NE:
                return equals(a, n);
        default: /* about the processor, which the module's output does not show */
                return TRI_UNKNOWN;
        }
}

/* ---- What follows ---- */

static void learn(struct answers *a, condition c, bool yes);

static void learn_number(struct answers *a, const struct fact_def *def, uint32_t number) {
        struct answer *answer = answer_to(a, def->leaf);
        uint32_t mask = mask_of(def), bits = number << def->low & mask, differ;

        if (!answer || def->word >= WORDS)
                return;
        differ = (answer->words[def->word] ^ bits) & mask & answer->known[def->word];
        a->news |= (mask & ~answer->known[def->word]) || (differ & ~answer->disputed[def->word]);
        answer->disputed[def->word] |= differ;
        answer->words[def->word] = (answer->words[def->word] & ~(mask & ~answer->known[def->word])) | (bits & ~answer->known[def->word]);
        answer->known[def->word] |= mask;
}

static void learn_class(struct answers *a, const struct fact_def *def, bool answered) {
        struct answer *answer = def->kind == FACT_KIND_NT ? answer_to(a, def->leaf) : NULL;

        if (!answer || answer->answered != TRI_UNKNOWN)
                return;
        answer->answered = tri_of(answered);
        a->news = true;
}

static void learn_gate(struct answers *a, const struct fact_def *def, bool yes) {
        if (a->depth++ < DEPTH_MAX && def->gate != NO_CONDITION)
                learn(a, def->gate, yes);
        a->depth--;
}

static void learn_bit(struct answers *a, const struct fact_def *def, bool yes) {
        if (yes)
                learn_gate(a, def, true); /* what is set was told */
        if (yes || gate_holds(a, def) == TRI_TRUE)
                learn_number(a, def, yes);
}

static void learn_fact(struct answers *a, uint16_t fact, bool yes) {
        const struct fact_def *def = &a->c->facts[fact];

        if (def->kind == FACT_KIND_DERIVED)
                learn_gate(a, def, yes);
        else if (def->kind == FACT_KIND_NT && def->low == def->high)
                learn_bit(a, def, yes);
        else if (def->kind == FACT_KIND_WIN32)
                a->told[fact] = (uint8_t)tri_of(yes);
}

/* `a and b` (or, the other way round, `a or b`) came out as `yes`. */
static void learn_both(struct answers *a, const struct node *n, bool yes) {
        bool all = n->op == NODE_AND;

        if (yes == all || holds(a, n->b) == tri_of(all))
                learn(a, n->a, yes);
        if (yes == all || holds(a, n->a) == tri_of(all))
                learn(a, n->b, yes);
}

static void learn(struct answers *a, condition c, bool yes) {
        const struct node *n = &a->c->nodes[c];
        const struct fact_def *def = &a->c->facts[n->fact];

        switch ((enum node_op)n->op) {
        case NODE_FACT:
                learn_fact(a, n->fact, yes);
                break;
        case NODE_NOT:
                learn(a, n->a, !yes);
                break;
        case NODE_AND:
        case NODE_OR:
                learn_both(a, n, yes);
                break;
        case NODE_PRESENT:
        case NODE_ABSENT:
                learn_class(a, def, yes == (n->op == NODE_PRESENT));
                break;
        case NODE_EQ:
        case NODE_NE:
                if (yes == (n->op == NODE_EQ) && def->kind == FACT_KIND_NT && !n->compares_facts)
                        learn_number(a, def, (uint32_t)a->c->literals[n->a].number);
                break;
        default:
                break;
        }
}

/* ---- Properties ---- */

static void learn_truth(struct answers *a, const struct module_property *p, bool yes) {
        condition more = yes ? p->if_true : p->if_false;

        if (p->is == NO_CONDITION)
                return;
        if (more != NO_CONDITION)
                learn(a, more, true);
        else
                learn(a, p->is, yes);
}

/* Databases and other languages keep truth as a number. */
static struct str as_truth(const struct module_property *p, struct str value) {
        if (p->is == NO_CONDITION || p->number || p->word_count > 0)
                return value;
        return str_eq(value, S("1")) ? S("true") : str_eq(value, S("0")) ? S("false") : value;
}

static void learn_value(struct answers *a, const struct module_property *p, struct str value) {
        uint64_t number;

        if (str_eq_nocase(value, S("true")) || str_eq_nocase(value, S("false")))
                learn_truth(a, p, str_eq_nocase(value, S("true")));
        else if (p->number && str_to_u64(value, &number) && number <= mask_of(&a->c->facts[p->number - 1]) >> a->c->facts[p->number - 1].low)
                learn_number(a, &a->c->facts[p->number - 1], (uint32_t)number);
        for (uint32_t i = 0; i < p->word_count; i++)
                if (str_eq_nocase(value, T(p->words[i].says)))
                        learn(a, p->words[i].when, true);
}

static bool has_value(const struct module_property *p, struct str value) {
        uint64_t number;
        bool found = p->is != NO_CONDITION && (str_eq_nocase(value, S("true")) || str_eq_nocase(value, S("false")));

        for (uint32_t i = 0; i < p->word_count; i++)
                found |= str_eq_nocase(value, T(p->words[i].says));
        return found || (p->number && str_to_u64(value, &number));
}

static void learn_property(struct answers *a, const struct module_property *p, struct str value) {
        value = as_truth(p, value);
        if (!has_value(p, value))
                return; /* $null, or a word that only a later module knows */
        if (p->shown != NO_CONDITION)
                learn(a, p->shown, true);
        learn_value(a, p, value);
}

static const struct module_property *property_of(const struct catalog *c, struct str name) {
        for (uint32_t i = 0; i < c->property_count; i++)
                if (str_eq_nocase(T(c->properties[i].name), name))
                        return &c->properties[i];
        return NULL;
}

/* ---- Records ---- */

/* "Not supported" stands for two NTSTATUS values, which mean the same: the Windows is older than the question. */
static void add_answer(struct evidence *e, struct answer *answer) {
        for (int i = 0; i < WORDS; i++) {
                answer->known[i] &= ~answer->disputed[i];
                answer->words[i] &= answer->known[i];
        }
        if (answer->answered == TRI_FALSE)
                evidence_add_nt_status(e, answer->class, 0xc0000003);
        else
                evidence_add_nt_known(e, answer->class, answer->words, answer->known);
}

static void add_records(struct evidence *e, struct answers *a) {
        for (uint32_t i = 0; i < a->count; i++)
                add_answer(e, &a->items[i]);
        for (uint32_t i = 0; i < a->c->fact_count; i++)
                if (a->told[i] != TRI_UNKNOWN)
                        evidence_add_line(e, RECORD_WIN32, T(a->c->facts[i].text), a->told[i] == TRI_TRUE ? S("yes") : S("no"));
}

static bool is_disputed(const struct answers *a) {
        for (uint32_t i = 0; i < a->count; i++)
                if (a->items[i].disputed[0] || a->items[i].disputed[1])
                        return true;
        return false;
}

bool import_properties(struct evidence *e, const struct catalog *c, const struct import_property *items, ptrdiff_t count) {
        struct answers a = { .c = c, .told = arena_array(e->arena, uint8_t, (ptrdiff_t)c->fact_count + 1), .news = true };

        memset(a.told, TRI_UNKNOWN, c->fact_count);
        while (a.news) {
                a.news = false;
                for (ptrdiff_t i = 0; i < count; i++) {
                        const struct module_property *p = property_of(c, items[i].name);

                        if (p)
                                learn_property(&a, p, items[i].value);
                }
        }
        evidence_add_line(e, RECORD_UNAME, S(""), S("Windows"));
        evidence_add_line(e, RECORD_WIN32, S("source"), S("module"));
        add_records(e, &a);
        return is_disputed(&a);
}
