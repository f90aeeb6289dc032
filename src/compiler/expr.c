/* The condition language (data/README.md): text to nodes, with names and types checked. */
#include "base/version.h"
#include "catalog/computed.h"
#include "compiler/builder.h"

enum token_kind { TOKEN_END, TOKEN_NAME, TOKEN_NUMBER, TOKEN_VERSION, TOKEN_TEXT, TOKEN_SIGN, TOKEN_BAD };

struct token {
        enum token_kind kind;
        struct str text;
        uint64_t number;
};

struct parser {
        struct builder *b;
        struct str whole, rest;
        struct token next;
        int depth;
};

enum { DEPTH_MAX = 40 };

static bool is_name_char(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
               c == '-';
}

static struct token read_token(struct str *rest) {
        static const struct str signs[] = { STR("=="), STR("!="), STR("<="), STR(">="), STR("<"), STR(">"), STR("("),
                                            STR(")"),  STR("{"),  STR("}"),  STR(","),  STR(":") };
        struct token t = { 0 };
        ptrdiff_t n = 0;

        *rest = str_trim(*rest);
        if (rest->len == 0)
                return t;
        if (rest->p[0] == '\'') {
                n = str_find_char(str_from(*rest, 1), '\'');
                if (n < 0)
                        return (struct token){ .kind = TOKEN_BAD, .text = *rest };
                t = (struct token){ .kind = TOKEN_TEXT, .text = str_sub(*rest, 1, n) };
                *rest = str_from(*rest, n + 2);
                return t;
        }
        for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
                if (str_starts(*rest, signs[i])) {
                        *rest = str_from(*rest, signs[i].len);
                        return (struct token){ .kind = TOKEN_SIGN, .text = signs[i] };
                }
        while (n < rest->len && is_name_char(rest->p[n]))
                n++;
        t = (struct token){ .kind = n ? TOKEN_NAME : TOKEN_BAD, .text = n ? str_sub(*rest, 0, n) : str_sub(*rest, 0, 1) };
        if (n > 1 && t.text.p[0] == 'v' && version_valid(str_from(t.text, 1))) {
                t.kind = TOKEN_VERSION;
                t.text = str_from(t.text, 1);
        } else if (n && t.text.p[0] >= '0' && t.text.p[0] <= '9' && str_to_u64(t.text, &t.number)) {
                t.kind = TOKEN_NUMBER;
        }
        *rest = str_from(*rest, n);
        return t;
}

static void advance(struct parser *p) {
        p->next = read_token(&p->rest);
}

static bool at(const struct parser *p, struct str text) {
        return (p->next.kind == TOKEN_SIGN || p->next.kind == TOKEN_NAME) && str_eq(p->next.text, text);
}

static bool take(struct parser *p, struct str text) {
        bool here = at(p, text);

        if (here)
                advance(p);
        return here;
}

static int wrong(struct parser *p, const char *expected) {
        return builder_fail(p->b, p->whole, "expected %s at '%.*s' in \"%.*s\"", expected,
                            STR_ARG(p->next.kind == TOKEN_END ? S("the end") : p->next.text), STR_ARG(p->whole));
}

static condition add_node(struct builder *b, struct node n) {
        *arena_append(b->a, &b->nodes) = n;
        return (condition)b->nodes.count - 1;
}

/* ---- Values ---- */

static bool is_bool_word(struct str s) {
        return str_eq(s, S("true")) || str_eq(s, S("false"));
}

static const char *type_word(int type) {
        static const char *const words[] = { [VALUE_BOOL] = "true or false", [VALUE_INT] = "a number",
                                             [VALUE_TEXT] = "a text", [VALUE_VERSION] = "a version" };

        return words[type];
}

static int check_value(struct parser *p, const struct fact_def *fact, struct str word) {
        for (ptrdiff_t i = 0; i < p->b->parameters.count; i++) {
                const struct parameter *known = &p->b->parameters.items[i];

                for (uint32_t k = 0; str_eq(T(known->name), T(fact->text)) && k < known->values.count; k++)
                        if (str_eq(T_AT(known->values, k), word))
                                return 0;
        }
        return builder_fail(p->b, p->whole, "'%.*s' is not among the values of the parameter '%.*s'", STR_ARG(word),
                            STR_ARG(T(fact->text)));
}

/* Statuses, values of parameters and the names of sentences are closed lists: a misspelt one would never match. */
static int check_word(struct parser *p, const struct fact_def *fact, struct str word) {
        bool sentence = fact->kind == FACT_KIND_SENTENCE || fact->kind == FACT_KIND_SAID;
        const struct open_file *file;
        enum status s;

        if (fact->kind == FACT_KIND_VERDICT || (sentence && fact->aspect == ASPECT_STATUS))
                return status_parse(word, &s) ? 0
                        : builder_fail(p->b, p->whole, "'%.*s' is not a status", STR_ARG(word));
        if (fact->kind == FACT_KIND_PARAMETER || fact->kind == FACT_KIND_TOLD)
                return check_value(p, fact, word);
        if (fact->kind == FACT_KIND_COMPUTED && fact->source == COMPUTED_CPU_VENDOR)
                return builder_is_maker(word) ? 0
                        : builder_fail(p->b, p->whole, "'%.*s' is no maker of processors that is known", STR_ARG(word));
        if (!sentence || fact->aspect != ASPECT_IS)
                return 0;
        file = &p->b->sentence_files.items[fact->source];
        for (ptrdiff_t i = 0; i < file->sentences.count; i++)
                if (file->sentences.items[i].part == fact->part && str_eq(T(file->sentences.items[i].is), word))
                        return 0;
        return builder_fail(p->b, p->whole, "'%.*s' has no sentence called '%.*s'", STR_ARG(T(fact->name)), STR_ARG(word));
}

static int literal(struct parser *p, const struct fact_def *fact, uint32_t *ret) {
        struct literal l = { .type = VALUE_INT, .number = p->next.number, .text = as_text(str_dup(p->b->a, p->next.text)) };

        if (p->next.kind == TOKEN_TEXT)
                l.type = VALUE_TEXT;
        else if (p->next.kind == TOKEN_VERSION)
                l.type = VALUE_VERSION;
        else if (p->next.kind == TOKEN_NAME && is_bool_word(p->next.text))
                l = (struct literal){ .type = VALUE_BOOL, .number = str_eq(p->next.text, S("true")) };
        else if (p->next.kind != TOKEN_NUMBER)
                return wrong(p, "a value ('text', number, v6.1, true or false)");
        if (l.type != (enum value_type)fact->type)
                return builder_fail(p->b, p->whole, "'%.*s' is %s and cannot be compared with %s in \"%.*s\"", STR_ARG(T(fact->name)),
                                    type_word(fact->type), type_word((int)l.type), STR_ARG(p->whole));
        if (l.type == VALUE_TEXT && check_word(p, fact, T(l.text)) < 0)
                return -1;
        advance(p);
        *arena_append(p->b->a, &p->b->literals) = l;
        *ret = (uint32_t)p->b->literals.count - 1;
        return 0;
}

/* ---- cpu in {…} ---- */

static bool parse_range(struct str text, uint32_t *low, uint32_t *high) {
        struct str first;
        uint64_t a, b;

        if (!str_cut(&text, '-', &first) || !str_to_u64(first, &a) || a > UINT32_MAX)
                return false;
        b = a;
        if (text.len > 0 && (!str_to_u64(text, &b) || b > UINT32_MAX || b < a))
                return false;
        *low = (uint32_t)a;
        *high = (uint32_t)b;
        return true;
}

static bool add_ranges(struct builder *b, struct str name, uint32_t low, uint32_t high, uint32_t *count) {
        uint32_t before = *count;

        for (ptrdiff_t i = 0; i < b->cpus.count; i++)
                if (str_eq(T(b->cpus.items[i].name), name)) {
                        struct cpu_range r = b->cpus.items[i];

                        if (low > 0 || high < UINT32_MAX) {
                                r.stepping_low = low;
                                r.stepping_high = high;
                        }
                        *arena_append(b->a, &b->ranges) = r;
                        ++*count;
                }
        for (ptrdiff_t i = 0; i < b->groups.count; i++)
                for (uint32_t k = 0; str_eq(T(b->groups.items[i].name), name) && k < b->groups.items[i].members.count; k++)
                        if (!str_eq(T_AT(b->groups.items[i].members, k), name) &&
                            !add_ranges(b, T_AT(b->groups.items[i].members, k), low, high, count))
                                return false;
        return *count > before;
}

static int cpu_name(struct parser *p, uint32_t *count) {
        struct builder *b = p->b;
        struct str name = p->next.text;
        uint32_t low = 0, high = UINT32_MAX;

        if (p->next.kind != TOKEN_NAME)
                return wrong(p, "a processor's name");
        advance(p);
        if (take(p, S(":"))) {
                if (!parse_range(p->next.text, &low, &high))
                        return wrong(p, "a stepping or a range such as 0x0-0xb");
                advance(p);
        }
        return add_ranges(b, name, low, high, count) ? 0 : builder_fail(b, p->whole, "unknown processor '%.*s' (not in cpus.yaml)", STR_ARG(name));
}

static int cpu_set(struct parser *p, condition *ret) {
        uint32_t first = (uint32_t)p->b->ranges.count, count = 0;

        if (!take(p, S("in")) || !take(p, S("{")))
                return wrong(p, "'in {' after 'cpu'");
        do {
                if (at(p, S("}")))
                        break;
                if (cpu_name(p, &count) < 0)
                        return -1;
        } while (take(p, S(",")));
        if (!take(p, S("}")))
                return wrong(p, "',' or '}'");
        *ret = add_node(p->b, (struct node){ .op = NODE_CPU_IN, .a = first, .b = count });
        return 0;
}

/* ---- Facts and comparisons ---- */

static int fact_name(struct parser *p, uint16_t *ret) {
        int32_t fact = p->next.kind == TOKEN_NAME ? builder_fact(p->b, p->next.text) : -1;

        if (p->next.kind != TOKEN_NAME)
                return wrong(p, "a fact's name");
        if (fact < 0)
                return builder_fail(p->b, p->whole, "unknown fact '%.*s' in \"%.*s\"", STR_ARG(p->next.text),
                                    STR_ARG(p->whole));
        advance(p);
        *ret = (uint16_t)fact;
        return 0;
}

static int membership(struct parser *p, uint16_t fact, condition *ret) {
        struct fact_def def = p->b->facts.items[fact];
        uint32_t first = 0, count = 0, at_literal;

        if (!take(p, S("(")))
                return wrong(p, "'(' after 'in'");
        do {
                if (literal(p, &def, &at_literal) < 0)
                        return -1;
                first = count++ ? first : at_literal;
        } while (take(p, S(",")));
        if (!take(p, S(")")))
                return wrong(p, "',' or ')'");
        *ret = add_node(p->b, (struct node){ .op = NODE_IN, .fact = fact, .a = first, .b = count });
        return 0;
}

static int comparison(struct parser *p, uint16_t fact, enum node_op op, condition *ret) {
        struct node n = { .op = (uint8_t)op, .fact = fact };
        struct fact_def def = p->b->facts.items[fact];
        uint16_t other = 0;

        if (op >= NODE_LT && def.type != VALUE_INT && def.type != VALUE_VERSION)
                return builder_fail(p->b, p->whole, "'%.*s' is %s: only numbers and versions have an order", STR_ARG(T(def.name)),
                                    type_word(def.type));
        if (p->next.kind == TOKEN_NAME && !is_bool_word(p->next.text)) {
                if (fact_name(p, &other) < 0)
                        return -1;
                if (p->b->facts.items[other].type != def.type)
                        return builder_fail(p->b, p->whole, "'%.*s' and '%.*s' cannot be compared: their types differ", STR_ARG(T(def.name)),
                                            STR_ARG(T(p->b->facts.items[other].name)));
                n.compares_facts = true;
                n.b = other;
        } else if (literal(p, &def, &n.a) < 0) {
                return -1;
        }
        *ret = add_node(p->b, n);
        return 0;
}

static int fact_term(struct parser *p, condition *ret) {
        static const struct {
                struct str sign;
                enum node_op op;
        } signs[] = { { STR("=="), NODE_EQ }, { STR("!="), NODE_NE }, { STR("<="), NODE_LE },
                      { STR(">="), NODE_GE }, { STR("<"), NODE_LT },  { STR(">"), NODE_GT } };
        uint16_t fact = 0;

        if (fact_name(p, &fact) < 0)
                return -1;
        for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
                if (take(p, signs[i].sign))
                        return comparison(p, fact, signs[i].op, ret);
        if (take(p, S("in")))
                return membership(p, fact, ret);
        if (p->b->facts.items[fact].type != VALUE_BOOL)
                return builder_fail(p->b, p->whole, "'%.*s' is %s: compare it with something",
                                    STR_ARG(T(p->b->facts.items[fact].name)), type_word(p->b->facts.items[fact].type));
        *ret = add_node(p->b, (struct node){ .op = NODE_FACT, .fact = fact });
        return 0;
}

/* ---- and, or, not ---- */

static int disjunction(struct parser *p, condition *ret);

static int presence(struct parser *p, enum node_op op, condition *ret) {
        uint16_t fact = 0;

        if (!take(p, S("(")))
                return wrong(p, "'('");
        if (fact_name(p, &fact) < 0)
                return -1;
        if (!take(p, S(")")))
                return wrong(p, "')'");
        *ret = add_node(p->b, (struct node){ .op = (uint8_t)op, .fact = fact });
        return 0;
}

static int term(struct parser *p, condition *ret) {
        condition inner;

        if (p->depth > DEPTH_MAX)
                return wrong(p, "fewer nested parentheses");
        if (take(p, S("not"))) {
                p->depth++;
                if (term(p, &inner) < 0)
                        return -1;
                p->depth--;
                *ret = add_node(p->b, (struct node){ .op = NODE_NOT, .a = inner });
                return 0;
        }
        if (take(p, S("("))) {
                p->depth++;
                if (disjunction(p, ret) < 0)
                        return -1;
                p->depth--;
                return take(p, S(")")) ? 0 : wrong(p, "')'");
        }
        if (take(p, S("true"))) {
                *ret = add_node(p->b, (struct node){ .op = NODE_TRUE });
                return 0;
        }
        if (take(p, S("present")))
                return presence(p, NODE_PRESENT, ret);
        if (take(p, S("absent")))
                return presence(p, NODE_ABSENT, ret);
        return take(p, S("cpu")) ? cpu_set(p, ret) : fact_term(p, ret);
}

static int conjunction(struct parser *p, condition *ret) {
        condition right;

        if (term(p, ret) < 0)
                return -1;
        while (take(p, S("and"))) {
                if (term(p, &right) < 0)
                        return -1;
                *ret = add_node(p->b, (struct node){ .op = NODE_AND, .a = *ret, .b = right });
        }
        return 0;
}

static int disjunction(struct parser *p, condition *ret) {
        condition right;

        if (conjunction(p, ret) < 0)
                return -1;
        while (take(p, S("or"))) {
                if (conjunction(p, &right) < 0)
                        return -1;
                *ret = add_node(p->b, (struct node){ .op = NODE_OR, .a = *ret, .b = right });
        }
        return 0;
}

int builder_condition(struct builder *b, struct str text, condition *ret) {
        struct parser p = { .b = b, .whole = text, .rest = text };

        advance(&p);
        if (disjunction(&p, ret) < 0)
                return -1;
        return p.next.kind == TOKEN_END ? 0 : wrong(&p, "'and', 'or' or the end");
}

bool builder_is_true(const struct builder *b, condition c) {
        return b->nodes.items[c].op == NODE_TRUE;
}
