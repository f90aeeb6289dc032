/* Carrying a plan out, and taking it back. */
#ifndef SIDELIGHT_APPLY_CARRY_H
#define SIDELIGHT_APPLY_CARRY_H

#include "apply/journal.h"

/* What is applied: the steps with what they come to. */
struct carried {
        const struct deeds *deeds;
        const struct entry_step *steps;
        ptrdiff_t step_count;
        struct str when, boot, kernels; /* as in struct entry */
};

/* Carries the deeds out: journal first, then files, values and (on the running machine) commands. When anything fails, what was done is
 * taken back before it returns -1. `ret` is the journal's new entry. */
int carry_out(struct journal *j, const struct carried *what, struct entry **ret, struct diag *d);

/* Takes an entry back, wherever it stands: interrupted, applied or half rolled back. `kernels`: those that are installed now. Nothing is
 * touched, and -1 returned, when a file is neither what it was nor what it was made; the message names it. A hive then has its values put
 * back, where each of them is still what it was made. `remarks`: what was not taken
 * back byte for byte, and why. */
struct carry_remarks {
        struct str *items;
        ptrdiff_t count, capacity;
};
int carry_back(struct journal *j, struct entry *e, struct str kernels, struct carry_remarks *remarks, struct diag *d);

#endif
