/* A JSON file of any size, read value by value: the elements of its big arrays one at a time, the rest as one object.
 *
 * Memory is what the largest element needs (at most JSON_ELEMENT_MAX), whatever the file's size. Lists that hold
 * lists, and several documents one behind the other (NDJSON), are gone through in order. */
#ifndef SIDELIGHT_BASE_JSON_STREAM_H
#define SIDELIGHT_BASE_JSON_STREAM_H

#include "base/diag.h"
#include "base/json_value.h"

enum { JSON_BUFFER_START = 1 << 20, JSON_ELEMENT_MAX = 64 << 20 };

/* What a file is read from and given to. */
struct json_stream_user {
        void *arg;
        const char *instead; /* what to bring instead of a text that is no JSON, or NULL */
        /* Up to `size` bytes; 0 at the end; -1 after diag_fail. */
        ptrdiff_t (*read)(void *arg, char *p, ptrdiff_t size, struct diag *d);
        /* True when the array in the member `key` of the document (or of its object `data`) is a list of elements. */
        bool (*is_list)(void *arg, struct str key, bool in_data);
        /* One element. `columns`: the member "columns" that stood before its list, or NULL. Gives NULL, or what is
         * wrong with it. Values live until it returns. */
        const char *(*element)(void *arg, const struct json_value *v, const struct json_value *columns);
        /* The document's other members, when it is an object; `lists` is how many lists it had. */
        const char *(*document)(void *arg, const struct json_value *v, int lists);
};

/* -1 with file, line and byte when the text is not JSON, or is cut short. */
int json_stream(const char *file, const struct json_stream_user *user, struct diag *d);

#endif
