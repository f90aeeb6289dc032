/* Data files in, a catalog out: used by the build (tools/gencatalog.c) and by `--data DIR`. */
#ifndef SIDELIGHT_COMPILER_COMPILE_H
#define SIDELIGHT_COMPILER_COMPILE_H

#include "base/arena.h"
#include "base/diag.h"
#include "catalog/catalog.h"

/* A file of the data folder, its path relative to the folder ("vulns/meltdown.yaml"). */
struct data_file {
        struct str path, text;
};

/* Compiles the files (any order) into a catalog that lives in `a`. -1 and a message with file, line and reason for unknown
 * keys, unknown facts, bad ids, unreachable rules, a missing last rule, and everything else that data/README.md forbids. */
int catalog_compile(struct catalog *ret, struct arena *a, const struct data_file *files, ptrdiff_t count, struct diag *d);

/* Writes the catalog as a C source that defines `catalog_builtin`. */
struct out;
void catalog_emit(const struct catalog *c, struct out *o);

#endif
