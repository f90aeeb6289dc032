/* A streaming JSON writer: commas, quoting and nesting are its business, so that no caller can get them wrong.
 *
 * Strings that are not UTF-8 are written with each wrong byte replaced by U+FFFD: the output is always valid JSON. */
#ifndef SIDELIGHT_BASE_JSON_H
#define SIDELIGHT_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"
#include "base/str.h"

struct json {
        struct out *out;
        int indent;      /* blanks a level; 0: everything on one line */
        int depth;
        bool need_comma; /* something stands before, on this level */
        bool after_key;
};

/* With a key that needs no escaping and whose length is known; empty: none. */
void json_open(struct json *j, struct str key, char bracket);
void json_close(struct json *j, char bracket);
void json_add_str(struct json *j, struct str key, struct str value);
void json_add_u64(struct json *j, struct str key, uint64_t value);
void json_add_raw(struct json *j, struct str key, struct str value);

/* key is NULL inside arrays and at the top. (The reader is json_value.h.) Inline, so that a literal's length costs nothing. */
static inline void json_begin_object(struct json *j, const char *key) {
        json_open(j, str_of(key), '{');
}

static inline void json_begin_array(struct json *j, const char *key) {
        json_open(j, str_of(key), '[');
}

static inline void json_end_object(struct json *j) {
        json_close(j, '}');
}

static inline void json_end_array(struct json *j) {
        json_close(j, ']');
}

static inline void json_str(struct json *j, const char *key, struct str value) {
        json_add_str(j, str_of(key), value);
}

static inline void json_u64(struct json *j, const char *key, uint64_t value) {
        json_add_u64(j, str_of(key), value);
}

/* A value that is already JSON. */
static inline void json_raw(struct json *j, const char *key, struct str value) {
        json_add_raw(j, str_of(key), value);
}

static inline void json_bool(struct json *j, const char *key, bool value) {
        json_add_raw(j, str_of(key), value ? S("true") : S("false"));
}

static inline void json_put_null(struct json *j, const char *key) {
        json_add_raw(j, str_of(key), S("null"));
}

/* An empty text is null. */
static inline void json_str_or_null(struct json *j, const char *key, struct str value) {
        if (value.len > 0)
                json_str(j, key, value);
        else
                json_put_null(j, key);
}

void json_c(struct json *j, const char *key, const char *value); /* NULL is written as null */
void json_i64(struct json *j, const char *key, int64_t value);
/* Like the above with a key that is not a literal. */
void json_key(struct json *j, struct str key);

#endif
