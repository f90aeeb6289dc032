/* Registry hives made for tests: nothing of a real Windows is in them. */
#ifndef SIDELIGHT_TESTS_HIVE_MAKER_H
#define SIDELIGHT_TESTS_HIVE_MAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct made_value {
        const char *key;  /* path below the hive's root; made where it is missing */
        const char *name; /* NULL: the key alone */
        const char *text; /* REG_SZ; NULL: a dword */
        uint32_t dword;
        int repeat;       /* the text so many times behind itself */
};

/* How lists of keys and names are written: Windows has used all of them. */
enum made_style {
        MADE_LF,      /* names in Latin-1 */
        MADE_LH_WIDE, /* names in UTF-16 */
        MADE_LI,
        MADE_RI,      /* lists of lists, of two keys each */
        MADE_STYLES,
};

/* A hive with these values (the last row's key is NULL). */
struct str hive_bytes(struct arena *a, const struct made_value *values, enum made_style style);
/* The same, written to `path`. */
void hive_make(const char *path, const struct made_value *values);
/* Puts the checksum right that covers the first block. */
void hive_sign(unsigned char *bytes);

#endif
