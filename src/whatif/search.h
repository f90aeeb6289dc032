/* Which change of a machine would turn a verdict? A search over what the flaw's rules and predictions ask for, among that which a
 * person can change; each way is told as a step of a plan. */
#ifndef SIDELIGHT_WHATIF_SEARCH_H
#define SIDELIGHT_WHATIF_SEARCH_H

#include "plan/plan.h"

/* One fact and the value that it would have; `def` NULL: the kernel is one of today. */
struct wish {
        const struct fact_def *def;
        struct str value;
};

enum { SEARCH_TOGETHER = 8 }; /* at most so many wishes make a way; the search itself tries pairs */

/* One way to another status. */
struct way {
        struct wish wishes[SEARCH_TOGETHER];
        int count;
        enum status status; /* STATUS_COUNT: what would come of it cannot be predicted */
        struct str reason;
        struct step step;
};

struct ways {
        struct way *items;
        ptrdiff_t count, capacity;
};

/* Of which finding ways are looked for, and to where. */
struct search_question {
        const struct verdict *v;
        const struct plan *plan;
        const struct finding *f;
        const struct verdict_options *o; /* how the evidence was judged */
        unsigned wanted;                 /* 1 << enum status */
        int together;                    /* 2: pairs, too, where no single change is enough */
};

/* First, where the finding is to become safe, the machine's own steps for it, with what would come of them. Then the smallest changes
 * that take it from its status on this machine to one in `wanted`: all single ones; if there is none and
 * `together` is more than 1, all pairs. Settings come before software and firmware, and those before the
 * provider. A way that is the machine's own step for the flaw (`plan`) has its id, title and words. Everything lives in `a`. */
void search_ways(struct ways *ret, struct arena *a, const struct search_question *q);

/* (They are judged as after a restart.) Makes the way's changes in a copy of the evidence; -1 when one cannot be made. */
int search_apply(struct evidence *ret, struct arena *a, const struct verdict *v, const struct way *w, struct diag *d);

#endif
