/* Registry hives made for tests: nothing of a real Windows is in them. */
#ifndef SIDELIGHT_TESTS_HIVE_MAKER_H
#define SIDELIGHT_TESTS_HIVE_MAKER_H

#include <stdbool.h>
#include <stdint.h>

struct made_value {
        const char *key;  /* path below the hive's root; made where it is missing */
        const char *name; /* NULL: the key alone */
        const char *text; /* REG_SZ; NULL: a dword */
        uint32_t dword;
};

/* Writes a hive with these values (the last row's key is NULL) to `path`. */
void hive_make(const char *path, const struct made_value *values);

#endif
