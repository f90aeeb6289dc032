/* JSON text as a tree of values (RFC 8259): the only JSON reader here.
 *
 * Strict: UTF-8 only, escapes that are characters (a pair of surrogates is one, a lone one or \u0000 is none), no key twice in an
 * object, no numbers that a signed 64-bit integer or a double cannot hold, no NaN or Infinity, no comments, at most
 * JSON_DEPTH_MAX levels and JSON_VALUES_MAX values. Time and memory grow with the text's length, whatever it holds: some 40
 * bytes a value.
 *
 * Strings without escapes stay where they are in the text, so the text must outlive the values (unless `copy` is set).
 *
 * A text in memory: json_read, or json_read_next where several values follow each other. A file of any size: json_stream.h. */
#ifndef SIDELIGHT_BASE_JSON_VALUE_H
#define SIDELIGHT_BASE_JSON_VALUE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

enum { JSON_DEPTH_MAX = 200, JSON_VALUES_MAX = 1 << 21 };

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
        struct str text; /* STRING: its characters, escapes resolved, never a NUL; NUMBER: as it is written */
        union {
                struct json_value *items;    /* ARRAY */
                struct json_member *members; /* OBJECT */
        };
        ptrdiff_t count; /* ARRAY, OBJECT; 0 for others */
};

struct json_member {
        struct str key;
        struct json_value value;
};

/* Whether no two of them have one key, in time that hardly grows faster than they do. */
bool json_unique(struct arena *scratch, const struct json_member *m, ptrdiff_t count);

/* The value that is all of a text; white space and a byte order mark (UTF-8) around it are passed over. `file` is its name in
 * messages. -1 and "FILE:LINE: not valid JSON: WHY (column N)" when it is none, or something follows it. */
int json_read(struct arena *a, const char *file, struct str text, struct json_value *ret, struct diag *d);

/* Values that follow each other, with white space or nothing between them (NDJSON, `journalctl -o json`):
 *         struct json_texts t = { .file = file, .text = text };
 *         while ((status = json_read_next(&t, a, &v, d)) > 0) …
 * 1: the next one; 0: there is none; -1 and a message. */
struct json_texts {
        const char *file;
        struct str text;
        ptrdiff_t at; /* what was read */
};
int json_read_next(struct json_texts *t, struct arena *a, struct json_value *ret, struct diag *d);

/* Asking. `v` may be NULL or of another type: then there is nothing. */
const struct json_value *json_member(const struct json_value *v, struct str key); /* by exactly this key */
const struct json_value *json_item(const struct json_value *v, ptrdiff_t i);
ptrdiff_t json_count(const struct json_value *v);                                 /* of items or members */
struct str json_member_text(const struct json_value *v, struct str key);          /* a string, or empty */
bool json_to_u64(const struct json_value *v, uint64_t *ret);                      /* false: no whole number in that range */
bool json_to_i64(const struct json_value *v, int64_t *ret);

/* ---- For json_stream.c: a text that comes in pieces ---- */

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
        ptrdiff_t values;    /* so far */
        /* Members of values that are not complete yet; kept from call to call. */
        struct json_member *items;
        ptrdiff_t count, capacity;
        struct arena stack;
};

/* Reads one value that begins at `p` (no white space before it), and moves `p` behind it. After JSON_MORE the
 * parser's `p` cannot be relied on: begin again with more text. */
enum json_result json_parse(struct json_parser *j, struct json_value *ret);
void json_parser_free(struct json_parser *j);

/* ---- As cloud providers' tools write keys ---- */

/* A member of an object; letters' case is ignored, as Azure does, and so are underscores, as its Python library writes
 * them. NULL when there is none or it is no object. */
const struct json_value *json_get(const struct json_value *v, struct str key);
/* Members of members: "storageProfile.osDisk.osType". */
const struct json_value *json_path(const struct json_value *v, struct str path);
/* The string at a path; empty when there is none, or it is something else. */
struct str json_text(const struct json_value *v, struct str path);

#endif
