/* Evidence files that differ in their machines' names alone: most of a fleet's. What the whole of one told is told again. */
#ifndef SIDELIGHT_FLEET_WHOLE_H
#define SIDELIGHT_FLEET_WHOLE_H

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

/* The answer to a text that was kept; NULL when it was not. */
struct answer *whole_find(const struct pieces *p, struct str cut);
/* Keeps it; not where other records of the file, as `s` tells, name or date it. */
bool whole_keep(struct pieces *p, struct str cut, const struct whole_file *f, const struct sight *s, struct answer *a);

#endif
