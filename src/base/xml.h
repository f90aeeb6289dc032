/* A small XML tree with the position of everything in it.
 *
 * For files of a few thousand lines that people write. Well-formed XML 1.0 with namespaces is taken, and nothing else. Document
 * type declarations are refused (so there are no entities to explode), and size, depth and the numbers of elements and attributes
 * are bounded. Character data is not kept: the files meant
 * here say everything in attributes. UTF-8 (with or without a byte order mark), UTF-16, ISO-8859-1 and US-ASCII are
 * understood. */
#ifndef SIDELIGHT_BASE_XML_H
#define SIDELIGHT_BASE_XML_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

enum { XML_SIZE_MAX = 8 << 20, XML_DEPTH_MAX = 64, XML_ELEMENTS_MAX = 100000, XML_ATTRIBUTES_MAX = 256 };

struct xml_attr {
        struct str name, value;
};

struct xml_node {
        struct str name, space; /* local name; namespace URI, or empty */
        struct xml_attr *attrs;
        ptrdiff_t attr_count;
        struct xml_node *parent, *first, *last, *next;
        long line, column; /* of its '<', from 1 */
        /* Byte offsets into the text: its '<', behind its start tag, the '<' of its end tag, behind its end tag.
         * An empty-element tag (`<a/>`) has the last three equal, and `empty` set. */
        ptrdiff_t at, body, body_end, end;
        bool empty;
        struct str prefix;  /* of its name, as it is written */
        ptrdiff_t bindings; /* the parser's: namespaces outside of it */
};

struct xml_doc {
        const char *file;
        struct str text;
        struct xml_node *root;
};

/* Parses `text`, which must outlive the tree. `decoded`: the text is UTF-8 whatever its XML declaration says (it was
 * taken out of a JSON string). -1 with file, line and reason when it is not such XML. */
int xml_parse(struct xml_doc *ret, struct arena *a, const char *file, struct str text, bool decoded, struct diag *d);

/* The attribute's value, trimmed; `*ret_found` (may be NULL) tells absent from empty. */
struct str xml_attr(const struct xml_node *n, struct str name, bool *ret_found);
/* The next child named `name` behind `after` (NULL: the first one); NULL when there is none. */
struct xml_node *xml_child(const struct xml_node *n, struct str name, const struct xml_node *after);
/* "ServiceDefinition/WebRole[@name='Front']/Startup/Task[2]". */
struct str xml_path(struct arena *a, const struct xml_node *n);

#endif
