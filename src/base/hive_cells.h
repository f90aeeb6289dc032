/* The structure of a hive file. Everything is looked up anew, from the root: hives are read for some two hundred values.
 *
 * regf: a block of 4096 bytes, then bins ("hbin"), which cells fill without a gap; offsets count from the first bin (M. Suhanov,
 * "Windows registry file format specification"). */
#ifndef SIDELIGHT_BASE_HIVE_CELLS_H
#define SIDELIGHT_BASE_HIVE_CELLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct hive_cells {
        struct str bins;     /* the file behind its first block, as long as that says */
        uint32_t root;       /* the root key's cell */
        uint32_t minor;      /* version 1.minor: long data stand in pieces from 1.4 on */
        const char *damage;  /* what does not hold together; NULL: nothing so far. Then what was not found may be there */
};

/* `file` is a whole file that hive_header has passed. Walks every bin and every cell. */
void hive_cells_open(struct hive_cells *ret, struct str file);

/* A key's cell, by a name below another key, letters' case ignored; 0 when it is not there, or when `damage` is set. */
uint32_t hive_child(struct hive_cells *h, struct arena *a, uint32_t key, struct str name);
/* The name of the index-th key below `key`; false behind the last one. */
bool hive_child_name(struct hive_cells *h, struct arena *a, uint32_t key, uint32_t index, struct str *ret);
/* A key's own name; false when `damage` is set. */
bool hive_key_name(struct hive_cells *h, struct arena *a, uint32_t key, struct str *ret);
/* The cell of a key's security; false when `damage` is set. */
bool hive_security_cell(struct hive_cells *h, uint32_t key, uint32_t *ret);
/* The cell of a value of `key`, its contents in the file; false as below. */
bool hive_value_cell(struct hive_cells *h, struct arena *a, uint32_t key, struct str name, uint32_t *ret, struct str *ret_value);
/* A value of `key`: its bytes (in the file or in `a`) and type; false when it is not there, or when `damage` is set. */
bool hive_value(struct hive_cells *h, struct arena *a, uint32_t key, struct str name, uint32_t *ret_type, struct str *ret);

#endif
