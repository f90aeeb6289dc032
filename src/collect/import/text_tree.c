/* Trees that machines print as text, as the values that JSON would be: YAML in the block style of kubectl, Ansible, facter and salt, facter's
 * own "NAME => VALUE", and what salt prints on a terminal. Only what programs write so is understood; anchors, tags, documents of several
 * styles and the like end the tree: what stands behind them is not read. */
#include "collect/import/text_tree.h"

#include "base/json.h"
#include "base/seen.h"

enum { DEPTH_MAX = 24, NOT_READ = -1 };

struct tree_line {
        struct str text; /* without its indent */
        ptrdiff_t indent;
};

struct tree_text {
        struct arena *a;
        struct tree_line *items;
        ptrdiff_t count, capacity;
        ptrdiff_t at;
        ptrdiff_t passed; /* lines that are passed over */
        struct hash128 key;
};

static struct tree_line *here(struct tree_text *t) {
        return t->at < t->count ? &t->items[t->at] : NULL;
}

/* ---- Scalars ---- */

static struct json_value text_value(struct str s) {
        return (struct json_value){ .type = JSON_STRING, .text = s };
}

/* "it''s" of single quotation marks; of double ones only what needs no escape is told apart. */
static struct str without_quotes(struct arena *a, struct str s) {
        char *start, *to;

        if (s.len < 2 || (s.p[0] != '\'' && s.p[0] != '"') || s.p[s.len - 1] != s.p[0])
                return s;
        start = to = arena_bytes(a, s.len);
        for (ptrdiff_t i = 1; i < s.len - 1; i++) {
                if (i + 1 < s.len - 1 && ((s.p[0] == '\'' && s.p[i] == '\'' && s.p[i + 1] == '\'') || (s.p[0] == '"' && s.p[i] == '\\')))
                        i++;
                *to++ = s.p[i];
        }
        return str_n(start, to - start);
}

static struct json_value scalar(struct arena *a, struct str s) {
        s = str_trim(s);
        if (str_eq(s, S("true")) || str_eq(s, S("True")))
                return (struct json_value){ .type = JSON_TRUE };
        if (str_eq(s, S("false")) || str_eq(s, S("False")))
                return (struct json_value){ .type = JSON_FALSE };
        if (str_eq(s, S("null")) || str_eq(s, S("~")))
                return (struct json_value){ .type = JSON_NULL };
        if (str_eq(s, S("{}")))
                return (struct json_value){ .type = JSON_OBJECT };
        if (str_eq(s, S("[]")))
                return (struct json_value){ .type = JSON_ARRAY };
        return text_value(without_quotes(a, s));
}

/* The lines below that go on with a text: deeper, or for "|" and ">" a block. */
static struct str continued(struct tree_text *t, struct str first, ptrdiff_t indent) {
        bool block = str_starts(first, S("|")) || str_starts(first, S(">"));
        OUT_AUTO struct out all = { 0 };
        struct tree_line *l = here(t);

        if (!l || l->indent <= indent)
                return block ? S("") : first;
        out_str(&all, block ? S("") : first);
        for (; (l = here(t)) && l->indent > indent; t->at++) {
                out_c(&all, all.len == 0 ? "" : first.len > 0 && first.p[0] == '|' ? "\n" : " ");
                out_str(&all, l->text);
        }
        return str_dup(t->a, out_text(&all));
}

/* ---- YAML ---- */

static bool is_item(struct str s) {
        return str_eq(s, S("-")) || str_starts(s, S("- "));
}

/* "key: value", "key:", "'key': value"; the value may be empty. */
static bool is_pair(struct str s, struct str *ret_key, struct str *ret_value) {
        ptrdiff_t at = 0;

        if (s.len > 1 && (s.p[0] == '"' || s.p[0] == '\'')) {
                at = str_find_char(str_from(s, 1), s.p[0]);
                at = at < 0 ? s.len : at + 2;
        }
        while (at < s.len && !(s.p[at] == ':' && (at + 1 == s.len || s.p[at + 1] == ' ')))
                at++;
        if (at == 0 || at >= s.len)
                return false;
        *ret_key = import_unquoted(str_sub(s, 0, at));
        *ret_value = str_trim(str_from(s, at + 1));
        return true;
}

static int read_node(struct tree_text *t, struct json_value *ret, ptrdiff_t indent, int depth);

struct members {
        struct json_member *items;
        ptrdiff_t count, capacity;
};

struct values {
        struct json_value *items;
        ptrdiff_t count, capacity;
};

/* What stands behind "key:": a value there, or a tree below. Items of a list may stand as deep as their key. */
static int read_behind(struct tree_text *t, struct json_value *ret, struct str value, ptrdiff_t indent, int depth) {
        struct tree_line *l = here(t);

        if (value.len > 0) {
                value = continued(t, value, indent);
                *ret = scalar(t->a, value);
                return 0;
        }
        if (!l || l->indent < indent || (l->indent == indent && !is_item(l->text))) {
                *ret = (struct json_value){ .type = JSON_NULL };
                return 0;
        }
        return read_node(t, ret, l->indent, depth + 1);
}

static int read_mapping(struct tree_text *t, struct json_value *ret, ptrdiff_t indent, int depth) {
        struct seen seen = { .key = t->key };
        struct members all = { 0 };
        struct tree_line *l;
        struct str key, value;
        int status = 0;

        while (status == 0 && (l = here(t)) && l->indent == indent && is_pair(l->text, &key, &value)) {
                struct json_member *m;

                if (depth == 0 && seen_before(&seen, key))
                        break; /* another tree */
                m = arena_append(t->a, &all);
                m->key = key;
                t->at++;
                status = read_behind(t, &m->value, value, indent, depth);
        }
        seen_free(&seen);
        *ret = (struct json_value){ .type = JSON_OBJECT, .members = all.items, .count = all.count };
        return status;
}

static int read_sequence(struct tree_text *t, struct json_value *ret, ptrdiff_t indent, int depth) {
        struct values all = { 0 };
        struct tree_line *l;
        int status = 0;

        while (status == 0 && (l = here(t)) && l->indent == indent && is_item(l->text)) {
                struct json_value *v = arena_append(t->a, &all);
                struct str rest = str_from(l->text, 1), key, value;
                ptrdiff_t blanks = import_indent(rest);

                if (rest.len > blanks && (is_pair(str_trim(rest), &key, &value) || is_item(str_trim(rest)))) {
                        *l = (struct tree_line){ .text = str_trim(rest), .indent = indent + 1 + blanks }; /* its first line stands behind "- " */
                        status = read_node(t, v, l->indent, depth + 1);
                } else {
                        t->at++;
                        status = read_behind(t, v, str_trim(rest), indent, depth);
                }
        }
        *ret = (struct json_value){ .type = JSON_ARRAY, .items = all.items, .count = all.count };
        return status;
}

static int read_node(struct tree_text *t, struct json_value *ret, ptrdiff_t indent, int depth) {
        struct tree_line *l = here(t);
        struct str key, value;

        *ret = (struct json_value){ .type = JSON_NULL };
        if (depth > DEPTH_MAX)
                return NOT_READ;
        if (is_item(l->text))
                return read_sequence(t, ret, indent, depth);
        if (is_pair(l->text, &key, &value))
                return read_mapping(t, ret, indent, depth);
        *ret = scalar(t->a, continued(t, S(""), indent - 1)); /* a text below its key */
        return 0;
}

/* ---- facter's own: "name => value", "name => {" … "}" ---- */

static bool is_arrow(struct str s, struct str *ret_key, struct str *ret_value) {
        ptrdiff_t at = str_find(s, S(" => "));

        if (at <= 0)
                return false;
        *ret_key = import_unquoted(str_sub(s, 0, at));
        *ret_value = str_trim(str_from(s, at + 4));
        if (str_ends(*ret_value, S(",")))
                ret_value->len--;
        return true;
}

static int read_braces(struct tree_text *t, struct json_value *ret, bool list, int depth);

static int read_arrow_value(struct tree_text *t, struct json_value *ret, struct str value, int depth) {
        if (depth > DEPTH_MAX)
                return NOT_READ;
        if (str_eq(value, S("{")) || str_eq(value, S("[")))
                return read_braces(t, ret, value.p[0] == '[', depth + 1);
        *ret = scalar(t->a, value);
        return 0;
}

/* Up to the brace that closes it, or the end. */
static int read_braces(struct tree_text *t, struct json_value *ret, bool list, int depth) {
        struct members members = { 0 };
        struct values values = { 0 };
        struct str key, value;
        int status = 0;

        for (struct tree_line *l; status == 0 && (l = here(t));) {
                value = str_ends(l->text, S(",")) ? str_sub(l->text, 0, l->text.len - 1) : l->text;
                t->at++;
                if (str_eq(value, S("}")) || str_eq(value, S("]")))
                        break;
                if (list) {
                        status = read_arrow_value(t, arena_append(t->a, &values), value, depth);
                } else if (is_arrow(l->text, &key, &value)) {
                        struct json_member *m = arena_append(t->a, &members);

                        m->key = key;
                        status = read_arrow_value(t, &m->value, value, depth);
                }
        }
        if (list)
                *ret = (struct json_value){ .type = JSON_ARRAY, .items = values.items, .count = values.count };
        else
                *ret = (struct json_value){ .type = JSON_OBJECT, .members = members.items, .count = members.count };
        return status;
}

/* ---- The text ---- */

/* Salt draws a line below each name, and "|_" before a list within a list. */
static void add_line(struct tree_text *t, struct str line) {
        ptrdiff_t indent = import_indent(line);
        struct str text = str_trim(line);

        if (text.len == 0 || str_eq(text, S("----------")) || str_eq(text, S("---")) || str_starts(text, S("#")))
                return;
        *arena_append(t->a, t) = (struct tree_line){ .text = str_eq(text, S("|_")) ? S("-") : text, .indent = indent };
}

/* One after the other: a prompt or a heading between them is passed over. */
static void read_roots(struct tree_text *t, struct values *all) {
        struct json_value v;
        struct str key, value;

        while (here(t)) {
                struct str line = here(t)->text;
                ptrdiff_t from = t->at;

                if ((is_item(line) || (is_pair(line, &key, &value) && str_find_char(key, ' ') < 0)) && read_node(t, &v, here(t)->indent, 0) == 0 &&
                    v.count > 0)
                        *arena_append(t->a, all) = v;
                if (t->at == from) {
                        t->at++;
                        t->passed++;
                }
        }
}

bool text_tree_read(struct arena *a, struct str text, struct json_value *ret) {
        struct tree_text t = { .a = a, .key = siphash_key(text) };
        struct values all = { 0 };
        struct str line, key, value;
        ptrdiff_t arrows = 0;

        while (str_line(&text, &line))
                add_line(&t, line);
        for (ptrdiff_t i = 0; i < t.count; i++)
                arrows += t.items[i].indent == 0 && is_arrow(t.items[i].text, &key, &value);
        if (arrows > 1)
                return read_braces(&t, ret, false, 0) == 0 && ret->count > 0;
        read_roots(&t, &all);
        if (all.count > 0)
                *ret = all.count == 1 ? all.items[0] : (struct json_value){ .type = JSON_ARRAY, .items = all.items, .count = all.count };
        return all.count > 0;
}

/* The same for one document of which every line must be understood. */
static bool text_tree_whole(struct arena *a, struct str text, struct json_value *ret) {
        struct tree_text t = { .a = a, .key = siphash_key(text) };
        struct values all = { 0 };
        struct str line;

        while (str_line(&text, &line))
                add_line(&t, line);
        read_roots(&t, &all);
        if (all.count != 1 || t.passed > 0)
                return false;
        *ret = all.items[0];
        return true;
}

/* ---- As JSON ---- */

static void put_value(struct json *j, const struct json_value *v) {
        bool list = v->type == JSON_ARRAY;

        if (v->type == JSON_STRING) {
                json_str(j, NULL, v->text);
        } else if (v->type == JSON_OBJECT || list) {
                json_open(j, S(""), list ? '[' : '{');
                for (ptrdiff_t i = 0; i < v->count; i++) {
                        if (!list)
                                json_key(j, v->members[i].key);
                        put_value(j, list ? &v->items[i] : &v->members[i].value);
                }
                json_close(j, list ? ']' : '}');
        } else {
                json_raw(j, NULL, str_of(json_type_word(v->type))); /* null, true, false: there are no numbers */
        }
}

bool import_yaml_as_json(struct out *o, struct arena *a, struct str text) {
        ptrdiff_t documents = 0, begin = 0;
        struct str rest = text, line;
        struct json_value v;

        while (begin < text.len) {
                ptrdiff_t end = text.len;

                while (str_line(&rest, &line))
                        if (str_eq(str_trim(line), S("---")) && import_indent(line) == 0) {
                                end = line.p - text.p;
                                break;
                        }
                line = str_sub(text, begin, end - begin);
                begin = end == text.len ? end : rest.p - text.p;
                if (str_trim(line).len == 0)
                        continue;
                if (!text_tree_whole(a, line, &v) || (v.type != JSON_OBJECT && v.type != JSON_ARRAY))
                        return false;
                put_value(&(struct json){ .out = o }, &v);
                out_char(o, '\n');
                documents++;
        }
        return documents > 0;
}
