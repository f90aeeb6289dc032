/* Which change of a machine would change a verdict? A search over the facts that the flaw's rules and predictions ask for. */
#ifndef SIDELIGHT_WHATIF_SEARCH_H
#define SIDELIGHT_WHATIF_SEARCH_H

#include "verdict/verdict.h"

/* One fact and the value that it would have. */
struct wish {
        const struct fact_def *def;
        struct str value;
};

enum { SEARCH_TOGETHER = 2 }; /* at most so many wishes make a way */

/* One way to another status. */
struct way {
        struct wish wishes[SEARCH_TOGETHER];
        int count;
        enum status status;
        struct str reason;
};

struct ways {
        struct way *items;
        ptrdiff_t count, capacity;
        enum status now; /* the predicted status without a change */
};

/* The smallest changes that take the flaw's predicted status to one in `wanted` (1 << enum status): all single ones; if there
 * is none and `together` is more than 1, all pairs. What a person can set comes before what needs other hardware. `o` is how
 * the evidence is judged; everything lives in `a`. */
void search_ways(struct ways *ret, struct arena *a, const struct verdict *r, const struct flaw *flaw,
                 const struct verdict_options *o, unsigned wanted, int together);

/* "cmdline.pti=off". */
struct str search_text(struct arena *a, const struct way *w);

#endif
