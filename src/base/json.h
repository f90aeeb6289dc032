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

/* key is NULL inside arrays and at the top. (The reader is json_value.h.) */
void json_begin_object(struct json *j, const char *key);
void json_begin_array(struct json *j, const char *key);
void json_end_object(struct json *j);
void json_end_array(struct json *j);
void json_str(struct json *j, const char *key, struct str value);
void json_c(struct json *j, const char *key, const char *value); /* NULL is written as null */
void json_u64(struct json *j, const char *key, uint64_t value);
void json_i64(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_put_null(struct json *j, const char *key);
/* A value that is already JSON. */
void json_raw(struct json *j, const char *key, struct str value);
/* Like the above with a key that is not a literal. */
void json_key(struct json *j, struct str key);

#endif
