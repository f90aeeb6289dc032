/* Rule sets: what flaws share, with the arguments of the one that uses it put in. */
#include "compiler/builder.h"

static bool is_argument_char(char c) {
        return (c >= 'a' && c <= 'z') || c == '_';
}

/* "parameter", or "value=off": a name and what it stands for where it is not given. */
static struct str argument_name(raw_text declared, struct str *ret_default) {
        struct str rest = str_of(declared), name;
        bool given = str_find_char(rest, '=') >= 0;

        (void)str_cut(&rest, '=', &name);
        *ret_default = given ? rest : (struct str){ 0 };
        return str_trim(name);
}

/* ---- Declared ---- */

static ptrdiff_t argument_number(const struct builder *b, struct str name) {
        for (ptrdiff_t i = 0; i < b->arguments.count; i++)
                if (str_eq(b->arguments.items[i], name))
                        return i;
        return -1;
}

static int declare_set(struct builder *b, const struct raw_ruleset *set) {
        for (unsigned i = 0; i < set->with_count; i++) {
                struct str value, name = argument_name(set->with[i], &value);

                for (ptrdiff_t k = 0; k < name.len; k++)
                        if (!is_argument_char(name.p[k]))
                                return builder_fail(b, str_of(set->with[i]),
                                                    "'%.*s' is not a valid name for an argument (lower-case letters, '_')", STR_ARG(name));
                if (argument_number(b, name) < 0)
                        *arena_append(b->a, &b->arguments) = str_dup(b->a, name);
        }
        return 0;
}

int builder_declare_sets(struct builder *b) {
        for (ptrdiff_t i = 0; i < b->file_count; i++)
                for (unsigned k = 0; k < b->files[i].rulesets_count; k++) {
                        b->file = b->files[i].file;
                        b->cursor = 0;
                        if (declare_set(b, &b->files[i].rulesets[k]) < 0)
                                return -1;
                }
        return 0;
}

/* ---- Used ---- */

static const struct raw_ruleset *find_set(const struct builder *b, struct str name, const struct data_file **ret_file) {
        for (ptrdiff_t i = 0; i < b->file_count; i++)
                for (unsigned k = 0; k < b->files[i].rulesets_count; k++)
                        if (str_eq(str_of(b->files[i].rulesets[k].name), name)) {
                                *ret_file = b->files[i].file;
                                return &b->files[i].rulesets[k];
                        }
        return NULL;
}

/* What each argument of the set stands for here; p NULL for those of other sets. */
static int values_of(struct builder *b, struct set_use *u, raw_text *with) {
        struct str value, name;
        ptrdiff_t given = 0;

        u->values = arena_array(b->a, struct str, b->arguments.count + 1);
        for (unsigned i = 0; i < u->set->with_count; i++) {
                name = argument_name(u->set->with[i], &value);
                ptrdiff_t n = argument_number(b, name);

                if (with && with[n]) {
                        value = str_of(with[n]);
                        given++;
                }
                if (!value.p)
                        return builder_fail(b, S(""), "rule set '%s' needs the argument '%.*s'", u->set->name, STR_ARG(name));
                u->values[n] = value;
        }
        for (ptrdiff_t i = 0; with && i < b->arguments.count; i++)
                if (with[i] && !u->values[i].p)
                        return builder_fail(b, b->arguments.items[i], "rule set '%s' has no argument '%.*s'", u->set->name,
                                            STR_ARG(b->arguments.items[i]));
        return 0;
}

int builder_use(struct builder *b, raw_text use, raw_text *with, struct set_use *ret) {
        *ret = (struct set_use){ .own_file = b->file };
        (void)raw_line(b->file, &b->cursor, str_fmt(b->a, "use: %s", use));
        ret->cursor = b->cursor;
        ret->set = find_set(b, str_of(use), &ret->file);
        if (!ret->set)
                return builder_fail(b, str_of(use), "unknown rule set '%s'", use);
        if (values_of(b, ret, with) < 0)
                return -1;
        *arena_append(b->a, &b->used_sets) = ret->set;
        /* A mistake in what came of arguments is told where they were given. */
        if (ret->set->with_count) {
                b->set = ret->set->name;
        } else {
                b->file = ret->file;
                b->cursor = 0;
        }
        return 0;
}

void builder_used(struct builder *b, const struct set_use *u) {
        b->file = u->own_file;
        b->cursor = u->cursor;
        b->set = NULL;
}

static bool is_used(const struct builder *b, const struct raw_ruleset *set) {
        for (ptrdiff_t i = 0; i < b->used_sets.count; i++)
                if (b->used_sets.items[i] == set)
                        return true;
        return false;
}

/* A set that nothing uses was forgotten, or has the name of another, which is found before it. */
int builder_check_sets(struct builder *b) {
        for (ptrdiff_t i = 0; i < b->file_count; i++)
                for (unsigned k = 0; k < b->files[i].rulesets_count; k++) {
                        const char *name = b->files[i].rulesets[k].name;

                        b->file = b->files[i].file;
                        b->cursor = 0;
                        if (!is_used(b, &b->files[i].rulesets[k]))
                                return builder_fail(b, str_of(name), "no flaw uses the rule set '%s'", name);
                }
        return 0;
}

/* ---- Arguments put in ---- */

/* An argument of the set, or a field of the flaw; p NULL when there is no such thing. */
static struct str value_of(const struct builder *b, const struct set_use *u, struct str name) {
        ptrdiff_t n = argument_number(b, name);

        if (n >= 0 && u->values[n].p)
                return u->values[n];
        if (str_eq(name, S("repaired")) && b->flaw->repaired.len)
                return T(b->flaw->repaired);
        if (str_eq(name, S("id")))
                return T(b->flaw->id);
        return (struct str){ 0 };
}

/* Whether a condition put between `before` and `after` would be torn apart: parentheses then hold it together. */
static bool is_compound(struct str value) {
        return str_find(value, S(" and ")) >= 0 || str_find(value, S(" or ")) >= 0;
}

static int put_in(struct builder *b, const struct set_use *u, bool whole, raw_text *text) {
        struct str rest = *text ? str_of(*text) : S(""), all = { 0 }, name, value;
        ptrdiff_t at, n;

        while ((at = str_find_char(rest, '$')) >= 0) {
                name = str_from(rest, at + 1);
                for (n = 0; n < name.len && is_argument_char(name.p[n]);)
                        n++;
                name = str_sub(name, 0, n);
                value = value_of(b, u, name);
                if (!value.p)
                        return builder_fail(b, S("$"), "'$%.*s' is neither an argument of rule set '%s' nor a field of the flaw",
                                            STR_ARG(name), u->set->name);
                if (whole && is_compound(value))
                        value = str_fmt(b->a, "(%.*s)", STR_ARG(value));
                all = str_fmt(b->a, "%.*s%.*s%.*s", STR_ARG(all), (int)at, rest.p, STR_ARG(value));
                rest = str_from(rest, at + 1 + n);
        }
        if (all.p)
                *text = (raw_text)(uintptr_t)str_to_c(b->a, str_fmt(b->a, "%.*s%.*s", STR_ARG(all), STR_ARG(rest)));
        return 0;
}

/* An item of which nothing is left is none. */
static int put_in_list(struct builder *b, const struct set_use *u, raw_text **list, unsigned *count) {
        raw_text *copy = arena_array(b->a, raw_text, (ptrdiff_t)*count + 1);
        unsigned kept = 0;

        for (unsigned i = 0; i < *count; i++) {
                copy[kept] = (*list)[i];
                if (put_in(b, u, false, &copy[kept]) < 0)
                        return -1;
                kept += copy[kept][0] != '\0';
        }
        *list = copy;
        *count = kept;
        return 0;
}

#define PUT_TEXT(member) || put_in(b, u, false, &ret->member) < 0
#define PUT_TEXTS(member) || put_in_list(b, u, &ret->member, &ret->member##_count) < 0
#define PUT_WORD PUT_TEXT
#define PUT_BOUNDARIES PUT_TEXTS
#define PUT_CONDITION(member) || put_in(b, u, true, &ret->member) < 0
#define PUT_WRITTEN PUT_CONDITION
#define PUT_IN_TEXT PUT_TEXT
#define PUT_YES_NO PUT_TEXT
#define PUT_IN_ARGUMENTS(member)
#define PUT_OUT(member)
#define PUT_FIELD(record, kind, member, key, need, ...) PUT_##kind(member)

#define PUT_RECORD(record, LIST)                                                                                          \
        int builder_set_##record(struct builder *b, const struct set_use *u, const struct raw_##record *from,              \
                                 struct raw_##record *ret) {                                                               \
                *ret = *from;                                                                                              \
                if (ret->use)                                                                                              \
                        return builder_fail(b, str_of(ret->use), "a rule set cannot use another rule set");                         \
                return 0 LIST(PUT_FIELD) ? -1 : 0;                                                                         \
        }
PUT_RECORD(sentence, SENTENCE_FIELDS)
PUT_RECORD(rule, RULE_FIELDS)
PUT_RECORD(prediction, PREDICTION_FIELDS)
PUT_RECORD(contradiction, CONTRADICTION_FIELDS)
