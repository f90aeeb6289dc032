/* A folder or an archive that holds more than one machine's report, taken apart: machine by machine, each by its path. */
#ifndef SIDELIGHT_CLI_BUNDLE_H
#define SIDELIGHT_CLI_BUNDLE_H

#include "catalog/catalog.h"
#include "collect/import/import.h"
#include "evidence/evidence.h"

enum {
        BUNDLE_SEVERAL = 3,              /* beside IMPORT_UNKNOWN: what was read is in the bundle */
        BUNDLE_ARCHIVES_MAX = 64,        /* archives in one archive that are unpacked */
        BUNDLE_MILLISECONDS = 5 * 60000, /* of processor time for all of them together */
};

struct bundle_item {
        struct str source;          /* "all.tar:web-1" */
        struct str text;            /* a capture or an archive as it stands; no pointer: */
        const struct import_file *files; /* one report's */
        ptrdiff_t count;
};

struct bundle {
        struct bundle_item *items;
        ptrdiff_t count, capacity;
        const struct catalog *catalog;
        struct str note; /* what was left out of all of it */
        int64_t milliseconds;
        ptrdiff_t archives;
};

bool bundle_is_archive(struct str name);
/* An evidence file, or what a reader knows. */
bool bundle_can_be_read(const struct catalog *c, struct str text);

/* The machine that the files tell of. BUNDLE_SEVERAL when they are several ones', which then are in *several (NULL: refused); IMPORT_UNKNOWN; -1. */
int bundle_files(struct evidence *ret, struct bundle *several, const struct catalog *c, const struct import_file *files, ptrdiff_t count,
                 struct str note, struct diag *d);
/* What an archive holds; *text then has no pointer. What is one compressed file, or holds one capture alone, becomes *text. */
int bundle_archive(struct evidence *ret, struct str *text, struct bundle *several, struct arena *a, const struct catalog *c, struct str source,
                   struct diag *d);
/* One machine of it: its evidence, or, where *ret_text has a pointer, the text that tells of it. */
int bundle_take(struct bundle *b, ptrdiff_t number, struct arena *a, struct evidence *ret, struct str *ret_text, struct diag *d);

#endif
