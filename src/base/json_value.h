/* JSON text as a tree of values (RFC 8259), strict: UTF-8, no duplicate keys, no numbers that a 64-bit integer or a
 * double cannot hold, bounded depth.
 *
 * Strings without escapes stay where they are in the text, so the text must outlive the values (unless `copy` is
 * set). */
#ifndef SIDELIGHT_BASE_JSON_VALUE_H
#define SIDELIGHT_BASE_JSON_VALUE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

enum { JSON_DEPTH_MAX = 200 };

#define JSON_TYPES(X)          \
        X(NULL, "null")        \
        X(FALSE, "false")      \
        X(TRUE, "true")        \
        X(NUMBER, "a number")  \
        X(STRING, "a string")  \
        X(ARRAY, "an array")   \
        X(OBJECT, "an object")

enum json_type {
#define X(name, word) JSON_##name,
        JSON_TYPES(X)
#undef X
};

const char *json_type_word(enum json_type type);

struct json_member;

struct json_value {
        enum json_type type;
        struct str text; /* STRING: its characters; NUMBER: as it is written */
        union {
                struct json_value *items;    /* ARRAY */
                struct json_member *members; /* OBJECT */
        };
        ptrdiff_t count;
};

struct json_member {
        struct str key;
        struct json_value value;
};

/* What json_parse answers. */
enum json_result {
        JSON_DONE = 0,
        JSON_MORE, /* the text ends inside the value */
        JSON_BAD,  /* `error` says why, `p` stands where */
};

struct json_parser {
        const char *p, *end; /* what is still to be read */
        bool last;           /* nothing follows behind `end` */
        bool copy;           /* put all strings into the arena */
        struct arena *a;     /* of the values */
        const char *error;
        /* Members of values that are not complete yet; kept from call to call. */
        struct json_member *items;
        ptrdiff_t count, capacity;
        struct arena stack;
};

/* Reads one value that begins at `p` (no white space before it), and moves `p` behind it. After JSON_MORE the
 * parser's `p` is not to be relied on: begin again with more text. */
enum json_result json_parse(struct json_parser *j, struct json_value *ret);
void json_parser_free(struct json_parser *j);

/* A member of an object; letters' case is ignored, as Azure does, and so are underscores, as its Python library writes
 * them. NULL when there is none or it is no object. */
const struct json_value *json_get(const struct json_value *v, struct str key);
/* Members of members: "storageProfile.osDisk.osType". */
const struct json_value *json_path(const struct json_value *v, struct str path);
/* The string at a path; empty when there is none, or it is something else. */
struct str json_text(const struct json_value *v, struct str path);

#endif
