/* A bundle: the data folder as one file, so that it can be signed and sent.
 *
 *         # sidelight data 1
 *         -- version 2026-11-26
 *         -- file cpus.yaml 1234
 *         1234 bytes, and a newline
 *         …
 *         -- end
 *
 * Files stand in the order of their paths, each once. Nothing else may stand in it. */
#ifndef SIDELIGHT_COMPILER_BUNDLE_H
#define SIDELIGHT_COMPILER_BUNDLE_H

#include "compiler/compile.h"

enum {
        BUNDLE_FORMAT = 1, /* what this program can read; raised when older programs could not compile the data */
        BUNDLE_MAX = 64 << 20,
        BUNDLE_FILES_MAX = 4096,
        BUNDLE_PATH_MAX = 128,
};

struct bundle {
        struct str version;
        struct data_file *items; /* views of the text */
        ptrdiff_t count, capacity;
};

/* What the first two lines say. -1 (DIAG_INPUT): it is no bundle, it has a newer format, or its version is none. */
int bundle_version(struct str *ret, struct str text, struct diag *d);
/* All of it. The text must live as long as the result. */
int bundle_parse(struct bundle *ret, struct arena *a, struct str text, struct diag *d);
/* The same, compiled: its version is that of its version.yaml. */
int bundle_compile(struct catalog *ret, struct arena *a, struct str text, struct diag *d);

#endif
