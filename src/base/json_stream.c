#include "base/json_stream.h"

#include "base/wide_reader.h"

enum { LISTS_DEEP_MAX = 4 };

struct stream {
        const char *file;
        const struct json_stream_user *user;
        struct wide_reader wide;
        struct diag *d;
        char *buffer;
        ptrdiff_t size, from, to; /* bytes `from` to `to` are read and not used yet */
        ptrdiff_t start;          /* of the value that was taken last */
        bool ended;
        uint64_t offset, lines;   /* of the buffer's first byte: its place in the file, line breaks before it */
        struct json_parser parser;
        struct arena bytes;       /* the buffer */
        struct arena element, document;
};

static uint64_t count_lines(const char *p, ptrdiff_t n) {
        uint64_t lines = 0;

        for (ptrdiff_t i = 0; i < n; i++)
                lines += p[i] == '\n';
        return lines;
}

static long line_at(const struct stream *s, ptrdiff_t at) {
        return (long)(s->lines + count_lines(s->buffer, at) + 1);
}

static int bad(struct stream *s, ptrdiff_t at, const char *why) {
        return diag_fail_at(s->d, s->file, line_at(s, at), "%s (byte %llu)", why,
                            (unsigned long long)s->offset + (uint64_t)at);
}

/* Of a text that is no JSON at all: what to bring instead. */
static int no_json(struct stream *s, ptrdiff_t at, const char *why) {
        if (!s->user->instead)
                return bad(s, at, why);
        return diag_fail_at(s->d, s->file, line_at(s, at), "%s; %s", why, s->user->instead);
}

/* Makes room: what is used up goes, and when nothing is, the buffer doubles. */
static void make_room(struct stream *s) {
        if (s->from > 0) {
                s->offset += (uint64_t)s->from;
                s->lines += count_lines(s->buffer, s->from);
                memmove(s->buffer, s->buffer + s->from, (size_t)(s->to - s->from));
        } else if (s->to == s->size) {
                struct arena bigger = { 0 };
                char *more = arena_bytes(&bigger, 2 * s->size);

                memcpy(more, s->buffer, (size_t)s->to);
                arena_free(&s->bytes);
                s->bytes = bigger;
                s->buffer = more;
                s->size *= 2;
        }
        s->to -= s->from;
        s->from = 0;
}

/* Reads until the buffer is full: a value that is longer is begun anew only when twice as much of it is there. The end of the
 * file sets `ended`. */
static int fill(struct stream *s) {
        ptrdiff_t n;

        if (s->from == 0 && s->to >= JSON_ELEMENT_MAX)
                return bad(s, 0, "a value is longer than 64 MiB");
        make_room(s);
        while (s->to < s->size && !s->ended) {
                n = wide_read(&s->wide, s->buffer + s->to, s->size - s->to, s->d);
                if (n < 0)
                        return -1;
                s->ended = n == 0;
                s->to += n;
        }
        return 0;
}

/* The next character that is no white space, not taken; 0 at the end of the file. */
static int peek(struct stream *s, char *ret) {
        for (;;) {
                while (s->from < s->to && (s->buffer[s->from] == ' ' || s->buffer[s->from] == '\n' ||
                                           s->buffer[s->from] == '\r' || s->buffer[s->from] == '\t'))
                        s->from++;
                if (s->from < s->to || s->ended) {
                        *ret = s->from < s->to ? s->buffer[s->from] : 0;
                        return s->from < s->to && *ret == 0 ? bad(s, s->from, "a NUL byte stands between values") : 0;
                }
                if (fill(s) < 0)
                        return -1;
        }
}

/* The value that begins here, in `a`. */
static int take_value(struct stream *s, struct arena *a, bool copy, struct json_value *ret) {
        struct arena_mark mark = arena_mark(a);
        struct json_parser *j = &s->parser;

        for (;;) {
                enum json_result result;

                j->p = s->buffer + s->from;
                j->end = s->buffer + s->to;
                j->last = s->ended;
                j->copy = copy;
                j->a = a;
                result = json_parse(j, ret);
                if (result == JSON_BAD)
                        return bad(s, j->p - s->buffer, j->error);
                if (result == JSON_DONE) {
                        s->start = s->from;
                        s->from = j->p - s->buffer;
                        return 0;
                }
                arena_release(a, mark); /* what was made of the beginning */
                if (fill(s) < 0)
                        return -1;
        }
}

static int expect(struct stream *s, char wanted) {
        char c, text[] = "expected ' '", cut[] = "expected ' ', found the end of the file";

        if (peek(s, &c) < 0)
                return -1;
        text[10] = cut[10] = wanted;
        if (c != wanted)
                return bad(s, s->from, c ? text : cut);
        s->from++;
        return 0;
}

/* Behind a value: 1 when another one follows, 0 when the container was closed, -1 when neither. */
static int another(struct stream *s, char close) {
        char c;

        if (peek(s, &c) < 0)
                return -1;
        if (c == close) {
                s->from++;
                return 0;
        }
        return expect(s, ',') < 0 ? -1 : 1;
}

static int walk_list(struct stream *s, const struct json_value *columns, int depth);

static int take_element(struct stream *s, const struct json_value *columns, int depth) {
        struct json_value v;
        const char *wrong;
        char c;

        if (peek(s, &c) < 0)
                return -1;
        if (c == '[' && !columns && depth < LISTS_DEEP_MAX)
                return walk_list(s, columns, depth + 1);
        arena_reset(&s->element);
        if (take_value(s, &s->element, false, &v) < 0)
                return -1;
        wrong = s->user->element(s->user->arg, &v, columns);
        return wrong ? bad(s, s->start, wrong) : 0;
}

/* A list of elements; the next character is its '['. */
static int walk_list(struct stream *s, const struct json_value *columns, int depth) {
        int more = 1;
        char c;

        s->from++;
        if (peek(s, &c) < 0)
                return -1;
        if (c == ']') {
                s->from++;
                return 0;
        }
        while (more > 0) {
                if (take_element(s, columns, depth) < 0)
                        return -1;
                more = another(s, ']');
        }
        return more;
}

struct members {
        struct json_member *items;
        ptrdiff_t count, capacity;
};

static int take_key(struct stream *s, struct str *ret) {
        struct json_value v;
        char c;

        if (peek(s, &c) < 0)
                return -1;
        if (c != '"')
                return bad(s, s->from, c ? "expected a key in quotes" : "expected a key, found the end of the file");
        if (take_value(s, &s->document, true, &v) < 0)
                return -1;
        *ret = v.text;
        return expect(s, ':');
}

static int walk_object(struct stream *s, struct members *to, bool in_data, int *lists);

static const struct json_value *find_columns(const struct members *m) {
        for (ptrdiff_t i = 0; i < m->count; i++)
                if (str_eq_nocase(m->items[i].key, S("columns")))
                        return &m->items[i].value;
        return NULL;
}

enum { FEW = 16 }; /* found at once; of more the end of the object tells */

static bool has_key(const struct members *m, struct str key) {
        for (ptrdiff_t i = 0; i < m->count; i++)
                if (str_eq(m->items[i].key, key))
                        return true;
        return false;
}

/* One member of the document: a list is gone through, the rest is kept. */
static int take_member(struct stream *s, struct members *to, bool in_data, int *lists) {
        struct json_member m = { 0 };
        char c;

        if (take_key(s, &m.key) < 0 || peek(s, &c) < 0)
                return -1;
        if (to->count <= FEW && has_key(to, m.key))
                return bad(s, s->from, "an object has the same key twice");
        if (c == '[' && s->user->is_list(s->user->arg, m.key, in_data)) {
                ++*lists;
                if (walk_list(s, in_data ? find_columns(to) : NULL, 0) < 0)
                        return -1;
        } else if (c == '{' && !in_data && str_eq_nocase(m.key, S("data"))) {
                struct members data = { 0 };

                if (walk_object(s, &data, true, lists) < 0)
                        return -1;
                m.value = (struct json_value){ .type = JSON_OBJECT, .members = data.items, .count = data.count };
        } else if (take_value(s, &s->document, true, &m.value) < 0) {
                return -1;
        }
        *arena_append(&s->document, to) = m;
        return 0;
}

/* An object whose members may be lists; the next character is its '{'. */
static int walk_object(struct stream *s, struct members *to, bool in_data, int *lists) {
        int more = 1;
        char c;

        s->from++;
        if (peek(s, &c) < 0)
                return -1;
        if (c == '}') {
                s->from++;
                return 0;
        }
        while (more > 0) {
                if (take_member(s, to, in_data, lists) < 0)
                        return -1;
                more = another(s, '}');
        }
        if (more == 0 && !json_unique(&s->document, to->items, to->count))
                return bad(s, s->from, "an object has the same key twice");
        return more;
}

static int walk_document(struct stream *s, char first) {
        struct members m = { 0 };
        struct json_value v = { .type = JSON_OBJECT };
        const char *wrong;
        int lists = 0;

        arena_reset(&s->document);
        if (first == '[')
                return walk_list(s, NULL, 0);
        if (first != '{')
                return no_json(s, s->from, "expected JSON: an object or an array");
        if (walk_object(s, &m, false, &lists) < 0)
                return -1;
        v.members = m.items;
        v.count = m.count;
        wrong = s->user->document(s->user->arg, &v, lists);
        return wrong ? bad(s, s->from, wrong) : 0;
}

/* A byte order mark of UTF-8 is skipped. UTF-16 has one, too, and was UTF-8 by now; without a mark it is not guessed. */
static int check_start(struct stream *s) {
        struct str start;

        while (s->to < 4 && !s->ended)
                if (fill(s) < 0)
                        return -1;
        start = str_n(s->buffer, s->to);
        if (str_starts(start, S("\xef\xbb\xbf")))
                s->from = 3;
        if (start.len >= 2 && (start.p[0] == 0 || start.p[1] == 0))
                return bad(
                        s, 0,
                        "expected UTF-8, found UTF-16 without a mark, or UTF-32 (Windows PowerShell: use `Out-File -Encoding utf8`)");
        return 0;
}

static int walk_file(struct stream *s) {
        char c;

        if (check_start(s) < 0 || peek(s, &c) < 0)
                return -1;
        if (c == 0)
                return no_json(s, s->from, "expected JSON, found an empty file");
        while (c != 0)
                if (walk_document(s, c) < 0 || peek(s, &c) < 0)
                        return -1;
        return 0;
}

int json_stream(const char *file, const struct json_stream_user *user, struct diag *d) {
        struct stream s = { .file = file, .user = user, .wide = { .read = user->read, .arg = user->arg }, .d = d, .size = JSON_BUFFER_START };
        int result;

        s.buffer = arena_bytes(&s.bytes, s.size);
        result = walk_file(&s);
        json_parser_free(&s.parser);
        arena_free(&s.bytes);
        arena_free(&s.element);
        arena_free(&s.document);
        return result;
}
