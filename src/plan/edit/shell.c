#include "plan/edit/shell.h"

#include "plan/edit/patch.h"

/* A reader of one file. */
struct reader {
        struct shell *s;
        int depth; /* of expansions */
        ptrdiff_t file, at;
        struct str text;
        ptrdiff_t counted; /* up to there; */
        uint32_t lines;    /* so many lines end before it */
};

enum quoting { BARE, DOUBLE };
enum { DEPTH_MAX = 20, VALUE_MAX = 1 << 16 };

static bool is_name_char(char c, bool first) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

static char peek(const struct reader *r, ptrdiff_t n) {
        return r->at + n < r->text.len ? r->text.p[r->at + n] : '\0';
}

static bool at_end(const struct reader *r) {
        return r->at >= r->text.len;
}

static struct str read_name(struct reader *r) {
        ptrdiff_t from = r->at;

        while (!at_end(r) && is_name_char(peek(r, 0), r->at == from))
                r->at++;
        return str_span(r->text, from, r->at);
}

static ptrdiff_t followed(const struct shell *s, struct str name) {
        for (ptrdiff_t i = 0; i < s->name_count; i++)
                if (str_eq(s->names[i], name))
                        return i;
        return -1;
}

/* ---- Values ---- */

static void put(struct reader *r, struct shell_value *v, char c, ptrdiff_t bytes, bool fixed) {
        *arena_append(r->s->arena, v) = (struct shell_char){ .c = c, .fixed = fixed, .assignment = (int32_t)r->s->count,
                                                             .from = r->at, .to = r->at + bytes };
        r->at += bytes;
}

static void compute(struct reader *r, struct shell_value *v) {
        if (!v->computed)
                v->computed = (int32_t)r->s->count + 1;
}

/* Behind the closing parenthesis of what opens at `at`; false when there is none. */
static bool skip_parentheses(struct reader *r) {
        char quote = 0;
        int depth = 0;

        for (; !at_end(r); r->at++) {
                char c = peek(r, 0);

                if (c == '\\' && quote != '\'')
                        r->at++;
                else if (quote)
                        quote = c == quote ? 0 : quote;
                else if (c == '\'' || c == '"')
                        quote = c;
                else if (c == '(')
                        depth++;
                else if (c == ')' && --depth == 0)
                        return r->at++, true;
        }
        return false;
}

static bool skip_backquotes(struct reader *r) {
        for (r->at++; !at_end(r); r->at++) {
                if (peek(r, 0) == '\\')
                        r->at++;
                else if (peek(r, 0) == '`')
                        return r->at++, true;
        }
        return false;
}

/* A value that begins with the variable's own one goes on where that ends, in its room: that one counts no more. A thousand lines
 * of X="$X word" cost a thousand words, not their square. */
static bool goes_on(struct shell_value *v, const struct shell_value *own) {
        bool fresh = v->count == 0 && v->capacity == 0;

        if (fresh)
                *v = (struct shell_value){ .items = own->items, .count = own->count, .capacity = own->capacity, .computed = v->computed };
        return fresh;
}

static void refer(struct reader *r, struct shell_value *v, struct str name, struct shell_assignment *to) {
        ptrdiff_t n = followed(r->s, name);
        const struct shell_value *other = n < 0 ? NULL : &r->s->values[n];
        bool self = str_eq(name, to->name);

        to->uses_self |= self;
        if (!other || other->computed || v->count + other->count > VALUE_MAX) {
                if (other && !v->computed)
                        v->computed = other->computed;
                compute(r, v);
                return;
        }
        if (self && v == &to->value && goes_on(v, other))
                return;
        for (ptrdiff_t i = 0; i < other->count; i++)
                *arena_append(r->s->arena, v) = other->items[i];
}

static bool read_until(struct reader *r, struct shell_value *v, enum quoting q, char end, bool fixed, struct shell_assignment *to);

/* ${…}: the name alone, or a text that stands there if the variable is set and not empty. Anything else is computed. */
static bool read_braces(struct reader *r, struct shell_value *v, enum quoting q, struct shell_assignment *to) {
        struct str name = (r->at += 2, read_name(r));
        bool colon = peek(r, 0) == ':', there;
        ptrdiff_t n = followed(r->s, name);
        struct shell_value aside = { 0 };

        if (peek(r, 0) == '}' && name.len) {
                r->at++;
                refer(r, v, name, to);
                return true;
        }
        there = n >= 0 && (colon ? r->s->values[n].count > 0 : r->s->set[n]);
        if (peek(r, colon) != '+' || n < 0 || r->s->values[n].computed) {
                compute(r, v);
                if (peek(r, colon) == '=' && n >= 0 && !r->s->reason.len) {
                        r->s->reason = S("an expansion assigns the variable here");
                        r->s->line = line_at(r->text, r->at);
                }
                return read_until(r, &aside, q, '}', true, to);
        }
        r->at += colon + 1;
        return read_until(r, there ? v : &aside, q, '}', true, to);
}

static bool read_dollar(struct reader *r, struct shell_value *v, enum quoting q, bool fixed, struct shell_assignment *to) {
        char next = peek(r, 1);

        if (next == '{') {
                bool closed = r->depth++ < DEPTH_MAX && read_braces(r, v, q, to);

                r->depth--;
                return closed;
        }
        if (next == '(') {
                compute(r, v);
                r->at++;
                return skip_parentheses(r);
        }
        if (is_name_char(next, true)) {
                r->at++;
                refer(r, v, read_name(r), to);
                return true;
        }
        if (next && memchr("0123456789?#@*!-$", next, 17)) {
                compute(r, v);
                r->at += 2;
                return true;
        }
        if (q == BARE && (next == '\'' || next == '"'))
                compute(r, v);
        put(r, v, '$', 1, fixed);
        return true;
}

static bool read_single(struct reader *r, struct shell_value *v, bool fixed) {
        for (r->at++; !at_end(r); put(r, v, peek(r, 0), 1, fixed))
                if (peek(r, 0) == '\'')
                        return r->at++, true;
        return false;
}

static bool read_escape(struct reader *r, struct shell_value *v, enum quoting q, bool fixed) {
        char next = peek(r, 1);

        if (next == '\n') {
                r->at += 2;
        } else if (q == DOUBLE && !(next && memchr("$`\"\\", next, 4))) {
                put(r, v, '\\', 1, fixed);
        } else if (r->at + 1 < r->text.len) {
                put(r, v, next, 2, fixed);
        } else {
                put(r, v, '\\', 1, fixed);
        }
        return true;
}

static bool read_one(struct reader *r, struct shell_value *v, enum quoting q, bool fixed, struct shell_assignment *to) {
        char c = peek(r, 0);

        if (c == '\\')
                return read_escape(r, v, q, fixed);
        if (c == '$')
                return read_dollar(r, v, q, fixed, to);
        if (c == '`') {
                compute(r, v);
                return skip_backquotes(r);
        }
        if (c == '"' && q == BARE) {
                r->at++;
                return read_until(r, v, DOUBLE, '"', fixed, to);
        }
        if (c == '\'' && q == BARE)
                return read_single(r, v, fixed);
        put(r, v, c, 1, fixed);
        return true;
}

/* Up to the character that ends it, and behind it; false when the file ends before. */
static bool read_until(struct reader *r, struct shell_value *v, enum quoting q, char end, bool fixed, struct shell_assignment *to) {
        while (!at_end(r) && peek(r, 0) != end) {
                /* A quote inside of ${…} inside of quotes is where shells differ. */
                if (end == '}' && q == DOUBLE && peek(r, 0) == '"')
                        return false;
                if (!read_one(r, v, q, fixed, to))
                        return false;
        }
        return r->at++ < r->text.len;
}

static bool ends_bare(char c) {
        return c == ' ' || c == '\t' || c == '\n' || (c && memchr(";&|<>()", c, 7));
}

/* The value at `at`, up to an unquoted blank or operator. */
static bool read_value(struct reader *r, struct shell_assignment *to) {
        to->from = r->at;
        to->quote = -1;
        if (peek(r, 0) == '~')
                compute(r, &to->value);
        while (!at_end(r) && !ends_bare(peek(r, 0))) {
                char c = peek(r, 0);

                if (!read_one(r, &to->value, BARE, false, to))
                        return false;
                to->quote = c == '"' || c == '\'' ? r->at - 1 : -1;
        }
        to->to = r->at;
        return true;
}

/* ---- Statements ---- */

/* A command that could do anything to any variable, or end the shell. */
static bool is_mighty(struct str word) {
        static const struct str words[] = { STR("."), STR("source"), STR("eval"), STR("exit"), STR("return"), STR("exec"),
                                            STR("unset"), STR("set"), STR("alias"), STR("trap"), STR("read") };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_eq(words[i], word))
                        return true;
        return false;
}

static bool holds_mighty(struct str line) {
        ptrdiff_t from = 0;

        for (ptrdiff_t i = 0; i <= line.len; i++) {
                if (i < line.len && !memchr(" \t;&|(){}!`\"'<>$", line.p[i], 16))
                        continue;
                if (is_mighty(str_span(line, from, i)))
                        return true;
                from = i + 1;
        }
        return false;
}

/* The rest of the file from a construct on that is not followed: harmless where it neither names the variables nor could reach them. */
static bool rest_is_harmless(struct reader *r, ptrdiff_t from) {
        struct line_span l = { .from = from, .next = from };

        while (line_next(r->text, &l)) {
                struct str line = str_trim(str_span(r->text, l.from, l.to));
                bool names = false;

                for (ptrdiff_t i = 0; i < r->s->name_count; i++)
                        names |= str_find(line, r->s->names[i]) >= 0;
                if (!str_starts(line, S("#")) && (names || holds_mighty(line)))
                        return false;
        }
        return true;
}

static bool give_up(struct reader *r, ptrdiff_t at, struct str reason) {
        if (rest_is_harmless(r, at)) {
                r->at = r->text.len;
                return true;
        }
        r->s->reason = reason;
        r->s->line = line_at(r->text, at);
        return false;
}

static void skip_blanks(struct reader *r) {
        while (peek(r, 0) == ' ' || peek(r, 0) == '\t' || (peek(r, 0) == '\\' && peek(r, 1) == '\n'))
                r->at += peek(r, 0) == '\\' ? 2 : 1;
}

static void assign(struct shell *s, struct shell_assignment *x, bool append) {
        ptrdiff_t n = followed(s, x->name);

        if (n < 0)
                return;
        if (append) {
                struct shell_value joined = s->values[n]; /* goes on in its room */

                joined.computed = joined.computed ? joined.computed : x->value.computed;
                for (ptrdiff_t i = 0; i < x->value.count; i++)
                        *arena_append(s->arena, &joined) = x->value.items[i];
                x->value = joined;
                x->uses_self = true;
        }
        s->values[n] = x->value;
        s->set[n] = true;
        *arena_append(s->arena, s) = *x;
}

/* line_at(), for places that come one after the other. */
static uint32_t line_here(struct reader *r, ptrdiff_t at) {
        if (at < r->counted)
                r->counted = r->lines = 0;
        for (; r->counted < at && r->counted < r->text.len; r->counted++)
                r->lines += r->text.p[r->counted] == '\n';
        return r->lines + 1;
}

/* NAME=value at `at`, or NAME+=value. 1; 0: something else stands there, and nothing was read; -1: given up. */
static int read_assignment(struct reader *r) {
        ptrdiff_t start = r->at;
        struct shell_assignment x = { .file = r->file, .line = line_here(r, start), .name = read_name(r) };
        bool append = peek(r, 0) == '+' && peek(r, 1) == '=';

        if (append && !r->s->bash && followed(r->s, x.name) >= 0) {
                (void)give_up(r, start, str_fmt(r->s->arena, "+= is known to bash alone, and /bin/sh, which reads this file, is not bash here: "
                                                             "write %.*s=\"$%.*s …\" in its place", STR_ARG(x.name), STR_ARG(x.name)));
                return -1;
        }
        if (x.name.len == 0 || (peek(r, 0) != '=' && !(append && r->s->bash))) {
                r->at = start;
                return 0;
        }
        r->at += append ? 2 : 1;
        if (!read_value(r, &x)) {
                if (!r->s->reason.len)
                        (void)give_up(r, start, S("a quote or an expansion is not closed in a way that all shells read alike"));
                return r->s->reason.len ? -1 : 1;
        }
        if (r->s->reason.len)
                return -1;
        assign(r->s, &x, append);
        return 1;
}

/* One command: assignments and nothing else, perhaps behind `export`. */
static bool read_command(struct reader *r) {
        ptrdiff_t start = r->at;
        struct str word = read_name(r);
        bool export = str_eq(word, S("export")) && (peek(r, 0) == ' ' || peek(r, 0) == '\t');
        int status;

        if (!export)
                r->at = start;
        for (;;) {
                skip_blanks(r);
                if (at_end(r) || peek(r, 0) == '\n' || peek(r, 0) == ';' || peek(r, 0) == '#')
                        return true;
                if (peek(r, 0) == '\r' && peek(r, 1) == '\n') {
                        r->at++;
                        continue;
                }
                status = read_assignment(r);
                if (status < 0)
                        return false;
                if (status == 0 && export && read_name(r).len)
                        continue;
                if (status == 0) /* a command; assignments in front of it are for it alone */
                        return give_up(r, start, S("only a shell can tell what this does"));
        }
}

static bool read_file(struct reader *r) {
        while (!at_end(r)) {
                char c = peek(r, 0);

                if (c == '#')
                        while (!at_end(r) && peek(r, 0) != '\n')
                                r->at++;
                else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';')
                        r->at++;
                else if (!read_command(r))
                        return false;
        }
        return true;
}

bool shell_read(struct shell *s) {
        s->values = arena_array(s->arena, struct shell_value, s->name_count + 1);
        s->set = arena_array(s->arena, bool, s->name_count + 1);
        for (s->file = 0; s->file < s->files.count; s->file++) {
                struct reader r = { .s = s, .file = s->file, .text = s->files.items[s->file].text };

                if (!read_file(&r))
                        return false;
        }
        return true;
}

const struct shell_assignment *shell_last(const struct shell *s, struct str name) {
        for (ptrdiff_t i = s->count - 1; i >= 0; i--)
                if (str_eq(s->items[i].name, name))
                        return &s->items[i];
        return NULL;
}
