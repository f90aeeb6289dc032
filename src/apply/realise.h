/* From steps to deeds: how this machine keeps what a step changes, edited there. */
#ifndef SIDELIGHT_APPLY_REALISE_H
#define SIDELIGHT_APPLY_REALISE_H

#include "apply/deeds.h"
#include "apply/layout.h"

struct realising {
        struct deeds *deeds;
        struct arena *a;
        const struct tree *tree;
        const struct layout *layout;
        struct facts *facts;
        ptrdiff_t step; /* number of the one at hand */
        bool searching; /* what is edited is thrown away: only whether something would be counts */
};

/* Appends what the step (number `n`) comes to. A step of which some part is refused comes to nothing but refusals: half a step is none.
 * A step that comes to nothing at all is in the configuration already, and waits for a restart. */
void realise_step(struct deeds *ret, struct arena *a, const struct tree *t, const struct layout *l, struct facts *f, const struct step *s,
                  ptrdiff_t n);

/* What would take out the harmful settings that are found where the next start gets them: words of the kernel's command line
 * (data/harmful.yaml), sysctls, options of modules. Where that cannot be read a remark says so. */
struct changes realise_harmful(struct arena *a, const struct tree *t, const struct layout *l, struct facts *f, struct deeds *ret_remarks);

#endif
