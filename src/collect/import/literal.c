/* Objects as Python, Ruby and Puppet print them, {'a': True, "b" => nil, c: (1, 2)}, as the JSON that they would be. */
#include "collect/import/parts.h"

enum { LITERAL_DEPTH_MAX = 64 };

struct printed {
        struct str text;
        ptrdiff_t at;
        struct out json;
        char open[LITERAL_DEPTH_MAX];
        int depth;
        bool key;   /* what comes next names a member */
        bool comma; /* one is owed before what comes next */
        bool bad;
};

static bool is_word(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void add_comma(struct printed *l) {
        if (l->comma)
                out_char(&l->json, ',');
        l->comma = false;
}

/* One character of a string; \xNN of Python is none of JSON's. */
static void add_character(struct printed *l) {
        char c = l->text.p[l->at++];

        if (c == '\\' && l->at < l->text.len) {
                c = l->text.p[l->at++];
                if (c == '\'')
                        out_char(&l->json, c);
                else if (c == 'x')
                        out_c(&l->json, "\\u00");
                else
                        out_fmt(&l->json, "\\%c", c);
        } else if (c == '"') {
                out_c(&l->json, "\\\"");
        } else if (c == '\n') {
                l->bad = true;
        } else {
                out_char(&l->json, c);
        }
}

static void read_string(struct printed *l) {
        char quote = l->text.p[l->at++];

        out_char(&l->json, '"');
        while (l->at < l->text.len && l->text.p[l->at] != quote && !l->bad)
                add_character(l);
        l->bad |= l->at >= l->text.len;
        l->at++;
        out_char(&l->json, '"');
}

/* True, nil, 12, and the names of members without quotation marks. */
static void read_word(struct printed *l) {
        static const struct {
                struct str says, json;
        } words[] = { { STR("True"), STR("true") }, { STR("true"), STR("true") }, { STR("False"), STR("false") }, { STR("false"), STR("false") },
                      { STR("None"), STR("null") }, { STR("nil"), STR("null") },  { STR("undef"), STR("null") },  { STR("null"), STR("null") } };
        ptrdiff_t begin = l->at;
        struct str word;

        while (l->at < l->text.len && (is_word(l->text.p[l->at]) || l->text.p[l->at] == '.' || l->text.p[l->at] == '-' || l->text.p[l->at] == '+'))
                l->at++;
        word = str_sub(l->text, begin, l->at - begin);
        if (word.len == 1 && (word.p[0] == 'u' || word.p[0] == 'b') && l->at < l->text.len && (l->text.p[l->at] == '\'' || l->text.p[l->at] == '"')) {
                read_string(l);
                return;
        }
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (!l->key && str_eq(word, words[i].says)) {
                        out_str(&l->json, words[i].json);
                        return;
                }
        l->bad |= word.len == 0 || (!l->key && (word.p[0] < '0' || word.p[0] > '9') && word.p[0] != '-');
        out_fmt(&l->json, l->key ? "\"%.*s\"" : "%.*s", STR_ARG(word));
}

static void open_bracket(struct printed *l, char c) {
        if (l->depth == LITERAL_DEPTH_MAX) {
                l->bad = true;
                return;
        }
        add_comma(l);
        l->open[l->depth++] = c == '{' ? '}' : c == '[' ? ']' : ')';
        out_char(&l->json, c == '{' ? '{' : '[');
        l->key = c == '{';
}

static void close_bracket(struct printed *l, char c) {
        l->bad |= l->depth == 0 || l->open[l->depth - 1] != c;
        if (l->bad)
                return;
        l->depth--;
        l->comma = l->key = false;
        out_char(&l->json, c == '}' ? '}' : ']');
}

static void read_sign(struct printed *l) {
        char c = l->text.p[l->at], next = l->at + 1 < l->text.len ? l->text.p[l->at + 1] : '\0';

        if (c == '{' || c == '[' || c == '(') {
                l->at++;
                open_bracket(l, c);
        } else if (c == '}' || c == ']' || c == ')') {
                l->at++;
                close_bracket(l, c);
        } else if (c == ',') { /* the last of a list may have one, too */
                l->at++;
                l->comma = true;
                l->key = l->depth > 0 && l->open[l->depth - 1] == '}';
        } else if (l->key && c == ':' && is_word(next)) { /* :name => */
                l->at++;
                add_comma(l);
                read_word(l);
        } else if (l->key && (c == ':' || (c == '=' && next == '>'))) {
                l->at += c == ':' ? 1 : 2;
                l->key = false;
                out_char(&l->json, ':');
        } else if (c == '\'' || c == '"') {
                add_comma(l);
                read_string(l);
        } else {
                add_comma(l);
                read_word(l);
        }
}

ptrdiff_t import_literal(struct arena *a, struct str text, struct json_value *ret) {
        struct printed l = { .text = text };
        struct json_parser j;
        struct str json;
        ptrdiff_t n = 0;

        do {
                char c = l.at < text.len ? text.p[l.at] : '\0';

                if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
                        l.at++;
                else
                        read_sign(&l);
        } while (!l.bad && l.depth > 0 && l.at < text.len);
        if (!l.bad && l.depth == 0) {
                json = str_dup(a, out_text(&l.json));
                j = (struct json_parser){ .p = json.p, .end = json.p + json.len, .last = true, .a = a };
                n = json_parse(&j, ret) == JSON_DONE && j.p == j.end ? l.at : 0;
                json_parser_free(&j);
        }
        out_free(&l.json);
        return n;
}
