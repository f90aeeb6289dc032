/* What a person can change of what a fact says, told as a step: "add spectre_bhi=on to the kernel's command line", not the name of
 * a fact. Between the files of this folder; search.h is for others. */
#ifndef SIDELIGHT_WHATIF_ACT_H
#define SIDELIGHT_WHATIF_ACT_H

#include "whatif/search.h"

/* True for what a person can bring about on this machine, and what is not so already: parameters, sysctls, settings and module
 * options, SMT, microcode (on hardware of one's own), the provider (in a guest), the kernel (`def` NULL). */
bool act_possible(const struct verdict *v, const struct wish *w);
/* A value of a parameter that switches protection off, on whatever architecture: no remedy, where it happens to do nothing. */
bool act_takes_away(const struct catalog *c, const struct wish *w);
/* How near it is to the owner's hands; less is nearer. */
int act_reach(const struct wish *w);
/* True when the wish is something that the processor has or has not: then "not affected" would be another processor's verdict. */
bool act_is_hardware(const struct wish *w);

/* The wishes that a step of the plan fulfils, at most `most`; 0 when some of what it does cannot be wished for. */
int act_wishes(const struct step *s, struct arena *a, const struct verdict *v, struct wish *ret, int most);

/* The wishes as one step. */
void act_step(struct step *ret, struct arena *a, const struct verdict *v, const struct wish *wishes, int count);
/* True when one step makes all changes of the other, which makes some. */
bool act_holds(const struct step *more, const struct step *less);
/* True when the machine's own step does the same. */
bool act_is(const struct step *found, const struct step *own);

#endif
