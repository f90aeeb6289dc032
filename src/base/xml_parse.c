/* XML 1.0 with namespaces, parsed character by character: strict, and nothing is looked up outside of the text. */
#include "base/out.h"
#include "base/plain.h"
#include "base/xml.h"

enum encoding { ENCODING_UTF8, ENCODING_LATIN1, ENCODING_UTF16LE, ENCODING_UTF16BE };

static const uint32_t text_end = UINT32_MAX;

struct binding {
        struct str prefix, space;
};

struct parser {
        const char *p, *end;    /* what is still to be read */
        enum encoding encoding;
        bool decoded;
        long line, column;      /* of `p`, from 1; columns are characters */
        bool after_return;      /* a line feed at `p` belongs to the line end before it */
        uint32_t c;             /* the character at `p`; text_end behind the last */
        int width;              /* how many bytes it has */
        struct out word;        /* the name or value that is being read */
        struct arena *a;
        struct xml_doc *doc;
        struct xml_node *open;
        int depth, elements;
        struct binding *items;  /* namespaces, innermost last */
        ptrdiff_t count, capacity;
        struct diag *d;
        bool failed;
};

static int refuse_as(struct parser *x, const char *kind, const char *why) {
        if (!x->failed)
                (void)diag_fail_at(x->d, x->doc->file, x->line, "%s%s (column %ld)", kind, why, x->column);
        x->failed = true;
        x->c = text_end;
        return -1;
}

static int wrong(struct parser *x, const char *why) {
        return refuse_as(x, "expected well-formed XML: ", why);
}

/* ---- Characters ---- */

/* XML 1.0, section 2.2. */
static bool is_allowed(uint32_t c) {
        return c >= 0x20 ? (c < 0xd800 || c > 0xdfff) && c != 0xfffe && c != 0xffff && c < 0x110000 : c == '\t' || c == '\n' || c == '\r';
}

static uint32_t unit_at(const struct parser *x, ptrdiff_t at) {
        const unsigned char *p = (const unsigned char *)x->p + at;

        return x->encoding == ENCODING_UTF16LE ? (uint32_t)(p[0] | p[1] << 8) : (uint32_t)(p[1] | p[0] << 8);
}

/* The character at `p` and its width; false when the bytes are none. */
static bool decode(struct parser *x) {
        ptrdiff_t left = x->end - x->p;

        if (x->encoding == ENCODING_UTF8) {
                x->width = utf8_at(x->p, left, &x->c);
                return x->width > 0;
        }
        if (x->encoding == ENCODING_LATIN1) {
                x->c = (unsigned char)*x->p;
                x->width = 1;
                return true;
        }
        x->width = 2;
        if (left < 2)
                return false;
        x->c = unit_at(x, 0);
        if (x->c < 0xd800 || x->c > 0xdbff || left < 4)
                return true;
        x->width = 4;
        x->c = 0x10000 + ((x->c - 0xd800) << 10) + (unit_at(x, 2) - 0xdc00);
        return unit_at(x, 2) >= 0xdc00 && unit_at(x, 2) <= 0xdfff;
}

static void look(struct parser *x) {
        if (x->failed || x->p == x->end) {
                x->c = text_end;
                x->width = 0;
        } else if (!decode(x) || !is_allowed(x->c)) {
                wrong(x, "a character that is not allowed, or not in this encoding");
        }
}

static void advance(struct parser *x) {
        bool line_feed = x->c == '\n', ends = x->c == '\r' || (line_feed && !x->after_return);

        x->line += ends;
        x->column = ends || line_feed ? 1 : x->column + 1;
        x->after_return = x->c == '\r';
        x->p += x->width;
        look(x);
}

static bool take(struct parser *x, char c) {
        if (x->c != (unsigned char)c)
                return false;
        advance(x);
        return true;
}

/* True when the text goes on with these ASCII characters, which then are taken; else nothing is. */
static bool take_text(struct parser *x, const char *text) {
        struct parser before = *x;

        for (; *text; text++)
                if (!take(x, *text)) {
                        bool failed = x->failed;

                        *x = before;
                        x->failed = failed;
                        x->c = failed ? text_end : x->c;
                        return false;
                }
        return true;
}

static bool is_space(uint32_t c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool skip_space(struct parser *x) {
        bool any = false;

        for (; is_space(x->c); advance(x))
                any = true;
        return any;
}

static void put(struct parser *x, uint32_t c) {
        if (c < 0x80) {
                out_char(&x->word, (char)c);
                return;
        }
        if (c >= 0x10000)
                out_char(&x->word, (char)(0xf0 | c >> 18));
        if (c >= 0x800)
                out_char(&x->word, (char)(c >= 0x10000 ? 0x80 | (c >> 12 & 0x3f) : 0xe0 | c >> 12));
        out_char(&x->word, (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6));
        out_char(&x->word, (char)(0x80 | (c & 0x3f)));
}

static struct str word(struct parser *x) {
        struct str s = str_dup(x->a, out_text(&x->word));

        x->word.len = 0;
        return s;
}

/* ---- Names and values ---- */

/* XML 1.0 (fifth edition), section 2.3, without the colon. */
static bool begins_name(uint32_t c) {
        static const uint32_t ranges[][2] = { { 'A', 'Z' },       { '_', '_' },       { 'a', 'z' },       { 0xc0, 0xd6 },     { 0xd8, 0xf6 },
                                              { 0xf8, 0x2ff },    { 0x370, 0x37d },   { 0x37f, 0x1fff },  { 0x200c, 0x200d }, { 0x2070, 0x218f },
                                              { 0x2c00, 0x2fef }, { 0x3001, 0xd7ff }, { 0xf900, 0xfdcf }, { 0xfdf0, 0xfffd }, { 0x10000, 0xeffff } };

        for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
                if (c >= ranges[i][0] && c <= ranges[i][1])
                        return true;
        return false;
}

static bool is_in_name(uint32_t c) {
        return begins_name(c) || c == '-' || c == '.' || (c >= '0' && c <= '9') || c == 0xb7 || (c >= 0x300 && c <= 0x36f) ||
               (c >= 0x203f && c <= 0x2040);
}

static int take_name(struct parser *x, struct str *ret) {
        if (!begins_name(x->c))
                return wrong(x, x->c == text_end ? "the text ends too early" : "expected a name");
        for (; is_in_name(x->c); advance(x))
                put(x, x->c);
        *ret = word(x);
        return x->failed ? -1 : 0;
}

/* "name" or "prefix:name". */
static int take_qualified(struct parser *x, struct str *ret_prefix, struct str *ret_name) {
        *ret_prefix = S("");
        if (take_name(x, ret_name) < 0)
                return -1;
        if (!take(x, ':'))
                return 0;
        *ret_prefix = *ret_name;
        return take_name(x, ret_name);
}

/* Behind '&': one of the five entities that need no declaration, or the number of a character. */
static int take_reference(struct parser *x) {
        static const struct {
                const char *name;
                char c;
        } entities[] = { { "lt;", '<' }, { "gt;", '>' }, { "amp;", '&' }, { "quot;", '"' }, { "apos;", '\'' } };
        bool hex;
        uint32_t c = 0;
        int digits = 0;

        for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
                if (take_text(x, entities[i].name)) {
                        put(x, (unsigned char)entities[i].c);
                        return 0;
                }
        if (!take(x, '#'))
                return wrong(x, "an entity that is not declared");
        hex = take(x, 'x');
        for (; c < 0x110000; advance(x), digits++) {
                uint32_t digit = x->c - '0', letter = (x->c | 0x20) - 'a';

                if (digit > 9 && (!hex || letter > 5))
                        break;
                c = c * (hex ? 16 : 10) + (digit <= 9 ? digit : letter + 10);
        }
        if (digits == 0 || !is_allowed(c) || !take(x, ';'))
                return wrong(x, "a reference to what is no character");
        put(x, c);
        return 0;
}

/* White space in a value counts as blanks, a line end as one (XML 1.0, sections 2.11 and 3.3.3). */
static int take_value(struct parser *x, struct str *ret) {
        char quote = x->c == '\'' ? '\'' : '"';

        if (!take(x, quote))
                return wrong(x, "expected a value in quotes");
        while (x->c != (unsigned char)quote) {
                bool second = x->after_return && x->c == '\n';

                if (x->c == text_end || x->c == '<')
                        return wrong(x, "a value has no end");
                if (take(x, '&')) {
                        if (take_reference(x) < 0)
                                return -1;
                        continue;
                }
                if (!second)
                        put(x, is_space(x->c) ? ' ' : x->c);
                advance(x);
        }
        advance(x);
        *ret = word(x);
        return x->failed ? -1 : 0;
}

/* ---- Namespaces ---- */

static bool find_space(const struct parser *x, struct str prefix, struct str *ret) {
        *ret = S("");
        if (str_eq(prefix, S("xml"))) {
                *ret = S("http://www.w3.org/XML/1998/namespace");
                return true;
        }
        for (ptrdiff_t i = x->count - 1; i >= 0; i--)
                if (str_eq(x->items[i].prefix, prefix)) {
                        *ret = x->items[i].space;
                        return true;
                }
        return prefix.len == 0;
}

struct raw_attr {
        struct str prefix, name, space, value;
};

struct raw_attrs {
        struct raw_attr *items;
        ptrdiff_t count, capacity;
};

static int bind_space(struct parser *x, const struct raw_attr *r) {
        struct str prefix = r->prefix.len ? r->name : S("");

        if (str_eq(prefix, S("xmlns")) || (prefix.len && r->value.len == 0))
                return wrong(x, "a namespace prefix that cannot be bound so");
        if (x->count >= XML_ATTRIBUTES_MAX)
                return refuse_as(x, "", "there are too many namespaces");
        if (!str_eq(prefix, S("xml")))
                *arena_append(x->a, x) = (struct binding){ .prefix = prefix, .space = r->value };
        return 0;
}

static bool is_binding(const struct raw_attr *r) {
        return str_eq(r->prefix, S("xmlns")) || (r->prefix.len == 0 && str_eq(r->name, S("xmlns")));
}

static bool same_attr(const struct raw_attr *a, const struct raw_attr *b) {
        return str_eq(a->name, b->name) && (str_eq(a->prefix, b->prefix) || (a->space.len && str_eq(a->space, b->space)));
}

static int check_attrs(struct parser *x, struct raw_attrs *raw) {
        for (ptrdiff_t i = 0; i < raw->count; i++) {
                struct raw_attr *r = &raw->items[i];

                if (!is_binding(r) && r->prefix.len && !find_space(x, r->prefix, &r->space))
                        return wrong(x, "a namespace prefix that is not bound");
                for (ptrdiff_t k = 0; k < i; k++)
                        if (same_attr(r, &raw->items[k]))
                                return wrong(x, "an attribute stands twice");
        }
        return 0;
}

/* ---- Elements ---- */

static int take_attrs(struct parser *x, struct raw_attrs *raw) {
        while (skip_space(x) && x->c != '/' && x->c != '>' && x->c != text_end) {
                struct raw_attr r = { 0 };

                if (raw->count >= XML_ATTRIBUTES_MAX)
                        return refuse_as(x, "", "an element has too many attributes");
                if (take_qualified(x, &r.prefix, &r.name) < 0)
                        return -1;
                skip_space(x);
                if (!take(x, '='))
                        return wrong(x, "expected '=' behind an attribute's name");
                skip_space(x);
                if (take_value(x, &r.value) < 0 || (is_binding(&r) && bind_space(x, &r) < 0))
                        return -1;
                *arena_append(x->a, raw) = r;
        }
        return check_attrs(x, raw);
}

/* Attributes with a namespace (xml:lang) are kept without a name: they are none of ours. */
static void keep_attrs(struct parser *x, struct xml_node *n, const struct raw_attrs *raw) {
        n->attrs = arena_array(x->a, struct xml_attr, raw->count);
        for (ptrdiff_t i = 0; i < raw->count; i++)
                if (!is_binding(&raw->items[i]))
                        n->attrs[n->attr_count++] = (struct xml_attr){
                                .name = raw->items[i].prefix.len ? (struct str){ 0 } : raw->items[i].name,
                                .value = str_trim(raw->items[i].value),
                        };
}

static void link_child(struct parser *x, struct xml_node *n) {
        n->parent = x->open;
        if (!x->open)
                x->doc->root = n;
        else if (x->open->last)
                x->open->last->next = n;
        else
                x->open->first = n;
        if (x->open)
                x->open->last = n;
        x->open = n;
}

static void close_element(struct parser *x) {
        x->count = x->open->bindings;
        x->open = x->open->parent;
        x->depth--;
}

static ptrdiff_t place(const struct parser *x) {
        return x->p - x->doc->text.p;
}

/* From '<', which was not taken yet, to the end of the start tag. */
static int start_tag(struct parser *x) {
        struct xml_node *n = arena_new(x->a, struct xml_node);
        struct raw_attrs raw = { 0 };
        struct str prefix;

        n->line = x->line;
        n->column = x->column;
        n->at = place(x);
        n->bindings = x->count;
        if (++x->depth > XML_DEPTH_MAX || ++x->elements > XML_ELEMENTS_MAX)
                return refuse_as(x, "", x->depth > XML_DEPTH_MAX ? "elements are nested too deeply" : "too many elements");
        advance(x);
        if (take_qualified(x, &prefix, &n->name) < 0 || take_attrs(x, &raw) < 0)
                return -1;
        n->prefix = prefix;
        if (!find_space(x, prefix, &n->space))
                return wrong(x, "a namespace prefix that is not bound");
        keep_attrs(x, n, &raw);
        n->empty = take(x, '/');
        if (!take(x, '>'))
                return wrong(x, x->c == text_end ? "a tag has no end" : "expected '>'");
        n->body = n->body_end = n->end = place(x);
        link_child(x, n);
        if (n->empty)
                close_element(x);
        return x->failed ? -1 : 0;
}

/* Behind "</", which began at `at`. */
static int end_tag(struct parser *x, ptrdiff_t at) {
        struct str prefix, name;

        if (take_qualified(x, &prefix, &name) < 0)
                return -1;
        if (!x->open || !str_eq(prefix, x->open->prefix) || !str_eq(name, x->open->name))
                return wrong(x, "an end tag that does not match");
        skip_space(x);
        if (!take(x, '>'))
                return wrong(x, "expected '>'");
        x->open->body_end = at;
        x->open->end = place(x);
        close_element(x);
        return x->failed ? -1 : 0;
}

/* ---- What is passed over ---- */

/* Up to `end` (two or three characters), which is taken. */
static int skip_to(struct parser *x, const char *end, const char *why) {
        while (x->c != text_end) {
                if (take_text(x, end))
                        return 0;
                advance(x);
        }
        return wrong(x, why);
}

static int skip_comment(struct parser *x) {
        if (skip_to(x, "--", "a comment has no end") < 0)
                return -1;
        return take(x, '>') ? 0 : wrong(x, "'--' stands within a comment");
}

static int skip_instruction(struct parser *x) {
        struct str name = { 0 };

        if (take_name(x, &name) < 0)
                return -1;
        if (str_eq_nocase(name, S("xml")))
                return wrong(x, "an XML declaration that is not at the beginning");
        if (take_text(x, "?>"))
                return 0;
        return skip_space(x) ? skip_to(x, "?>", "a processing instruction has no end") : wrong(x, "expected '?>'");
}

/* At a '<'. */
static int take_markup(struct parser *x) {
        ptrdiff_t at = place(x);

        if (take_text(x, "<!--"))
                return skip_comment(x);
        if (take_text(x, "<?"))
                return skip_instruction(x);
        if (take_text(x, "<![CDATA["))
                return x->open ? skip_to(x, "]]>", "a CDATA section has no end") : wrong(x, "text outside of the root element");
        if (take_text(x, "<!DOCTYPE"))
                return refuse_as(x, "", "a document type declaration is not accepted here");
        if (take_text(x, "</"))
                return end_tag(x, at);
        if (!x->open && x->doc->root)
                return wrong(x, "a second root element");
        return start_tag(x);
}

static int take_characters(struct parser *x) {
        if (!x->open && !is_space(x->c))
                return wrong(x, "text outside of the root element");
        if (take(x, '&')) {
                int status = take_reference(x);

                x->word.len = 0;
                return status;
        }
        if (take_text(x, "]]>"))
                return wrong(x, "']]>' stands within text");
        advance(x);
        return x->failed ? -1 : 0;
}

/* ---- Encodings ---- */

/* Other single-byte encodings as if they were ISO-8859-1: names, numbers and commands are ASCII in all of them, and an edit copies
 * bytes. */
static int set_encoding(struct parser *x, struct str name) {
        bool wide = x->encoding == ENCODING_UTF16LE || x->encoding == ENCODING_UTF16BE;

        if (x->decoded || str_eq_nocase(name, S("utf-8")) || str_eq_nocase(name, S("us-ascii")))
                return x->decoded || !wide ? 0 : wrong(x, "the declaration names another encoding");
        if (str_eq_nocase(str_sub(name, 0, 6), S("utf-16")))
                return wide ? 0 : wrong(x, "the declaration names another encoding");
        if (wide || (!str_eq_nocase(str_sub(name, 0, 11), S("windows-125")) && !str_eq_nocase(str_sub(name, 0, 9), S("iso-8859-"))))
                return wrong(x, "an unknown encoding");
        x->encoding = ENCODING_LATIN1;
        look(x);
        return 0;
}

/* version="1.0" encoding="…" standalone="…", in this order. */
static int take_declaration(struct parser *x) {
        static const struct str names[] = { STR("version"), STR("encoding"), STR("standalone") };
        struct str name, value, encoding = S("");
        size_t next = 0;

        while (skip_space(x) && x->c != '?') {
                if (take_name(x, &name) < 0)
                        return -1;
                for (; next < 3 && !str_eq(name, names[next]); next++)
                        if (next == 0)
                                return wrong(x, "the declaration does not begin with the version");
                skip_space(x);
                if (next++ == 3 || !take(x, '='))
                        return wrong(x, "the declaration holds something else");
                skip_space(x);
                if (take_value(x, &value) < 0)
                        return -1;
                if (next == 1 && !str_eq(value, S("1.0")) && !str_eq(value, S("1.1")))
                        return wrong(x, "another version of XML");
                if (next == 2)
                        encoding = value;
        }
        if (next == 0 || !take_text(x, "?>"))
                return wrong(x, "the declaration is not complete");
        return encoding.len ? set_encoding(x, encoding) : 0;
}

/* Byte order marks, and what '<' looks like without one (XML 1.0, appendix F). */
static void begin(struct parser *x) {
        struct str s = str_n(x->p, x->end - x->p);

        x->line = x->column = 1;
        if (str_starts(s, S("\xef\xbb\xbf")))
                x->p += 3;
        else if (!x->decoded && (str_starts(s, S("\xff\xfe")) || str_starts(s, S("<\0"))))
                x->encoding = ENCODING_UTF16LE;
        else if (!x->decoded && (str_starts(s, S("\xfe\xff")) || str_starts(s, S("\0<"))))
                x->encoding = ENCODING_UTF16BE;
        if (x->encoding != ENCODING_UTF8 && *s.p != '<' && *s.p != 0)
                x->p += 2;
        look(x);
}

static int parse_all(struct parser *x) {
        struct parser before;
        int status = 0;

        begin(x);
        before = *x;
        if (take_text(x, "<?xml") && is_space(x->c))
                status = take_declaration(x);
        else if (!x->failed)
                *x = before; /* "<?xml-stylesheet" */
        while (status == 0 && x->c != text_end)
                status = x->c == '<' ? take_markup(x) : take_characters(x);
        if (status < 0 || x->failed)
                return -1;
        if (x->open)
                return wrong(x, "an element has no end tag");
        return x->doc->root ? 0 : wrong(x, "there is no element");
}

int xml_parse(struct xml_doc *ret, struct arena *a, const char *file, struct str text, bool decoded, struct diag *d) {
        struct xml_doc doc = { .file = file, .text = text };
        struct parser x = { .p = text.p, .end = text.p + text.len, .decoded = decoded, .a = a, .doc = &doc, .d = d };
        int result;

        if (text.len > XML_SIZE_MAX)
                return diag_fail_at(d, file, 1, "expected a file of at most %d MiB", XML_SIZE_MAX >> 20);
        result = parse_all(&x);
        out_free(&x.word);
        if (result == 0)
                *ret = doc;
        return result;
}
