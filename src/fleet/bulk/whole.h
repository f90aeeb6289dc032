/* Evidence files that differ in their machines' names alone: most of a fleet's. What the whole of one told is told again. */
#ifndef SIDELIGHT_FLEET_WHOLE_H
#define SIDELIGHT_FLEET_WHOLE_H

#include "base/arena.h"
#include "base/out.h"
#include "fleet/bulk/pieces.h"

/* Of one file. */
struct whole_file {
        struct str head, rest; /* records of one line, up to the first other one; and what is behind them */
        struct str name;       /* the first host name in the head, or empty */
        struct str captured;   /* the same of when it was captured, as evidence_moment() gives it */
        uint32_t count;        /* of identity records in it */
        uint32_t shape;        /* below WHOLE_SHAPES: files that are the same have the same, most others another one */
};

enum { WHOLE_SHAPES = 65536 };

void whole_read(struct str text, struct whole_file *ret);
/* The file without the values of identity records in the head, and without the time of the day when it was captured: files that are the same
 * so tell the same but for name and time. */
void whole_cut(struct out *o, const struct whole_file *f);

/* What a file told. */
struct whole {
        uint64_t hash;
        struct str cut, tail; /* the file, and its report but for the head */
        uint8_t code;         /* enum exit_result */
};

/* Those that are kept: as long as they are of use, else a bounded number of bytes of them. A report is fifty times as large as what it is made of,
 * so that among files that are all unlike nothing is gained by keeping it. */
struct wholes {
        struct arena arena;
        struct whole **table;
        uint32_t size, count;
        uint32_t told;        /* how often one was of use since they were forgotten */
        bool useless;         /* those that were forgotten last were of none: few are kept until one is */
        uint32_t asked;       /* since then, so often a file was worth being kept */
        ptrdiff_t bytes, limit;
        uint64_t *met;        /* hashes of what files show, or are; the last bits count how often they came */
        unsigned char shapes[WHOLE_SHAPES / 8]; /* a bit of each of those of which one is kept */
};

/* NULL: it is not kept. */
const struct whole *wholes_find(struct wholes *w, const struct whole_file *f, struct out *cut);
/* Of a file with this hash: whether it is worth being kept, for it came several times. Nothing rests on the hash. */
bool wholes_meet(struct wholes *w, uint64_t hash);
/* Keeps it; not where other records of the file, as `s` tells, name or date it. */
void wholes_keep(struct wholes *w, const struct whole_file *f, const struct sight *s, struct str cut, struct str tail, uint8_t code);
void wholes_free(struct wholes *w);

#endif
