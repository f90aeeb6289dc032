/* Verdicts under a change. */
#ifndef SIDELIGHT_WHATIF_PREDICT_H
#define SIDELIGHT_WHATIF_PREDICT_H

#include "verdict/verdict.h"

/* What the kernel said, and what a kernel of today would print for the evidence as it is: against this the evidence under a change
 * is held. */
struct baseline {
        const struct catalog *catalog;
        const struct evidence *evidence;
        const struct parsed_sentence *said, *predicted; /* one for each catalog->files */
};

void baseline_take(struct baseline *ret, struct arena *a, const struct catalog *c, const struct evidence *e);

/* True when the whole sentence about the flaw can be predicted here, and this kernel says now what is predicted: then a prediction that
 * a change does nothing means something. */
bool baseline_speaks(const struct baseline *b, const struct flaw *f);

/* Judges `changed`, which is the baseline's evidence with a change (change.h). A kernel's sentence that the change does not touch
 * stays what this kernel said; one that it touches becomes what a kernel of today would say, if this kernel says now what is
 * predicted of it, else it is not known: a kernel that behaves otherwise than predicted is not trusted with a prediction. Where
 * nothing can be predicted, a change of the flaw's own parameters, or of mitigations=, makes what the kernel said not known. With
 * another kernel release all sentences are predicted. Without a change this is verdict_judge(). Everything lives in `a`. */
void predict_judge(struct verdict *ret, struct arena *a, const struct baseline *b, const struct evidence *changed,
                   const struct verdict_options *o);

#endif
