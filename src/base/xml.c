#include "base/xml.h"

#include <expat.h>

static const char space_separator = '\n';

struct builder {
        XML_Parser parser;
        struct arena *a;
        struct xml_doc *doc;
        struct xml_node *open;
        int depth, elements;
        const char *refused; /* why the parser was stopped, or NULL */
};

static void refuse(struct builder *b, const char *why) {
        b->refused = why;
        XML_StopParser(b->parser, XML_FALSE);
}

/* Expat's "URI\nlocal" or "local". */
static void split_name(struct arena *a, const char *name, struct str *ret_space, struct str *ret_name) {
        struct str s = str_dup(a, str_of(name));
        ptrdiff_t cut = str_find_char(s, space_separator);

        *ret_space = str_sub(s, 0, cut < 0 ? 0 : cut);
        *ret_name = str_from(s, cut + 1);
}

static void take_attributes(struct builder *b, struct xml_node *n, const char **attrs) {
        ptrdiff_t count = 0;

        while (attrs[2 * count])
                count++;
        n->attrs = arena_array(b->a, struct xml_attr, count);
        n->attr_count = count;
        for (ptrdiff_t i = 0; i < count; i++) {
                struct str space;

                split_name(b->a, attrs[2 * i], &space, &n->attrs[i].name);
                n->attrs[i].value = str_dup(b->a, str_trim(str_of(attrs[2 * i + 1])));
                if (space.len > 0) /* xml:lang and the like are no attributes of ours */
                        n->attrs[i].name = (struct str){ 0 };
        }
}

static void link_child(struct builder *b, struct xml_node *n) {
        n->parent = b->open;
        if (!b->open)
                b->doc->root = n;
        else if (b->open->last)
                b->open->last->next = n;
        else
                b->open->first = n;
        if (b->open)
                b->open->last = n;
        b->open = n;
}

static void on_start(void *arg, const char *name, const char **attrs) {
        struct builder *b = arg;
        struct xml_node *n;

        if (++b->depth > XML_DEPTH_MAX || ++b->elements > XML_ELEMENTS_MAX) {
                refuse(b, b->depth > XML_DEPTH_MAX ? "elements are nested too deeply" : "too many elements");
                return;
        }
        n = arena_new(b->a, struct xml_node);
        split_name(b->a, name, &n->space, &n->name);
        take_attributes(b, n, attrs);
        n->line = (long)XML_GetCurrentLineNumber(b->parser);
        n->column = (long)XML_GetCurrentColumnNumber(b->parser) + 1;
        n->at = (ptrdiff_t)XML_GetCurrentByteIndex(b->parser);
        n->body = n->at + XML_GetCurrentByteCount(b->parser);
        link_child(b, n);
}

static void on_end(void *arg, const char *name) {
        struct builder *b = arg;
        struct xml_node *n = b->open;
        int count = XML_GetCurrentByteCount(b->parser);

        (void)name;
        if (b->refused)
                return;
        n->empty = count == 0;
        n->body_end = n->empty ? n->body : (ptrdiff_t)XML_GetCurrentByteIndex(b->parser);
        n->end = n->body_end + count;
        b->open = n->parent;
        b->depth--;
}

static void on_doctype(void *arg, const char *name, const char *system_id, const char *public_id, int subset) {
        (void)name, (void)system_id, (void)public_id, (void)subset;
        refuse(arg, "a document type declaration is not accepted here");
}

/* Other single-byte encodings, as if they were ISO-8859-1: names, numbers and commands are ASCII in all of them, and
 * an edit copies bytes. */
static int on_encoding(void *arg, const XML_Char *name, XML_Encoding *ret) {
        struct str s = str_of(name);

        (void)arg;
        if (!str_eq_nocase(str_sub(s, 0, 11), S("windows-125")) && !str_eq_nocase(str_sub(s, 0, 9), S("iso-8859-")))
                return XML_STATUS_ERROR;
        for (int i = 0; i < 256; i++)
                ret->map[i] = i;
        return XML_STATUS_OK;
}

static int fail(struct builder *b, struct diag *d) {
        const char *why = b->refused ? b->refused : XML_ErrorString(XML_GetErrorCode(b->parser));

        return diag_fail_at(d, b->doc->file, (long)XML_GetCurrentLineNumber(b->parser), "%s%s (column %ld)",
                            b->refused ? "" : "expected well-formed XML: ", why,
                            (long)XML_GetCurrentColumnNumber(b->parser) + 1);
}

int xml_parse(struct xml_doc *ret, struct arena *a, const char *file, struct str text, bool decoded, struct diag *d) {
        struct xml_doc doc = { .file = file, .text = text };
        struct builder b = { .a = a, .doc = &doc };
        int result = 0;

        if (text.len > XML_SIZE_MAX)
                return diag_fail_at(d, file, 1, "expected a file of at most %d MiB", XML_SIZE_MAX >> 20);
        b.parser = XML_ParserCreateNS(decoded ? "UTF-8" : NULL, space_separator);
        if (!b.parser)
                return diag_fail(d, "cannot make an XML parser: out of memory");
        XML_SetUserData(b.parser, &b);
        XML_SetElementHandler(b.parser, on_start, on_end);
        XML_SetStartDoctypeDeclHandler(b.parser, on_doctype);
        XML_SetUnknownEncodingHandler(b.parser, on_encoding, NULL);
        if (XML_Parse(b.parser, text.p, (int)text.len, XML_TRUE) != XML_STATUS_OK)
                result = fail(&b, d);
        XML_ParserFree(b.parser);
        if (result == 0)
                *ret = doc;
        return result;
}

struct str xml_attr(const struct xml_node *n, struct str name, bool *ret_found) {
        for (ptrdiff_t i = 0; i < n->attr_count; i++)
                if (str_eq(n->attrs[i].name, name)) {
                        if (ret_found)
                                *ret_found = true;
                        return n->attrs[i].value;
                }
        if (ret_found)
                *ret_found = false;
        return (struct str){ .p = "" };
}

struct xml_node *xml_child(const struct xml_node *n, struct str name, const struct xml_node *after) {
        for (struct xml_node *c = after ? after->next : n->first; c; c = c->next)
                if (str_eq(c->name, name))
                        return c;
        return NULL;
}

/* Which one of its like-named brothers it is, from 1; 0 when it is the only one. */
static int position(const struct xml_node *n) {
        int before = 1, all = 0;
        bool seen = false;

        for (const struct xml_node *c = n->parent ? n->parent->first : NULL; c; c = c->next) {
                if (c == n)
                        seen = true;
                if (!str_eq(c->name, n->name))
                        continue;
                all++;
                before += !seen;
        }
        return all > 1 ? before : 0;
}

struct str xml_path(struct arena *a, const struct xml_node *n) {
        struct str up = n->parent ? xml_path(a, n->parent) : (struct str){ .p = "" };
        struct str name = xml_attr(n, S("name"), NULL);
        const char *slash = n->parent ? "/" : "";
        int at = position(n);

        if (n->parent && name.len > 0)
                return str_fmt(a, "%.*s/%.*s[@name='%.*s']", STR_ARG(up), STR_ARG(n->name), STR_ARG(name));
        if (at)
                return str_fmt(a, "%.*s%s%.*s[%d]", STR_ARG(up), slash, STR_ARG(n->name), at);
        return str_fmt(a, "%.*s%s%.*s", STR_ARG(up), slash, STR_ARG(n->name));
}
