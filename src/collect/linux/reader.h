/* The collector's hand: reads a path of the tree and records what came of it. */
#ifndef SIDELIGHT_COLLECT_LINUX_READER_H
#define SIDELIGHT_COLLECT_LINUX_READER_H

#include "catalog/catalog.h"
#include "collect/collect.h"
#include "collect/linux/redact.h"
#include "platform/tree.h"

struct reader {
        struct evidence *e;
        const struct tree *tree;
        struct arena *scratch;
        const struct catalog *catalog;
        bool redact;
        unsigned seen; /* witnesses that were found there already, a bit each (reader.c) */
        unsigned folders_seen, folders_missing; /* bits: which of the folders that a machine may lack were looked for, and were not there */
        bool met_live; /* a /proc or /sys of the running machine is mounted in the tree: nothing of it was read */
};

enum {
        SMALL_FILE = 64 << 10,
        LARGE_FILE = 16 << 20, /* /proc/cpuinfo of 4096 logical CPUs is 7 MiB; a package database the same */
};

/* What a failed system call says of the thing that was looked for: ENOENT, ENOTDIR, ENXIO and ENODEV absent; EACCES
 * and EPERM denied; others failed. */
enum fact_state reader_state(int error);

/* Records that `path` could not be read. A path that is not there is recorded as absent only where that means
 * something: the file system that would hold it must be there (a disk has no /proc, a captured folder lacks what was
 * not captured). */
void reader_missing(struct reader *r, const char *path, int error);

/* Turns what was read into what is recorded, in the arena; NULL: verbatim. */
typedef struct str (*reader_filter)(struct arena *a, struct str text);

/* Reads, filters, takes out what --redact asks for (NULL: nothing) and records. 0, or the error's number: it was recorded. */
int reader_file(struct reader *r, const char *path, ptrdiff_t limit, reader_filter filter, redaction redacted);

/* The names in the directory `path` (which ends in a slash), one a line, as the contents of a record. */
int reader_listing(struct reader *r, const char *path, reader_filter filter, redaction redacted);

/* Records a text that was read, without what --redact takes out of it. */
void reader_record(struct reader *r, const char *path, struct str text, redaction redacted);

/* Records an empty file when it is there, without opening it. */
int reader_exists(struct reader *r, const char *path);

/* The texts of the catalog's facts of one kind, each cut at blanks when `cut`. In the scratch arena. */
struct words reader_wanted(struct reader *r, enum fact_kind kind, bool cut);

/* Reads without recording. */
int reader_peek(struct reader *r, const char *path, ptrdiff_t limit, struct str *ret);

#endif
