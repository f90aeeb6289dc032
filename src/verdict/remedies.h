/* Which remedies can change a finding on this machine, and whose they are. */
#ifndef SIDELIGHT_VERDICT_REMEDIES_H
#define SIDELIGHT_VERDICT_REMEDIES_H

#include "verdict/verdict.h"

/* Fills the finding's `fixes` with those of the rule (of an open one that names none: the flaw's usual ones) that can change it here;
 * where none can, with what is left to do instead, and says why in `reason`. A question goes with the remedy that it belongs to. */
void remedies_choose(struct finding *ret, struct facts *f, const struct rule *rule);

/* What is open, or not known, belongs to whoever can carry its first remedy out. Once the machine is described. */
void remedies_settle_owners(struct verdict *v);

/* The flaw's usual remedies are Linux's; Windows has those of its own rules, first of all to ask for the protection. */
struct texts remedies_of_windows(const struct catalog *c, const struct flaw *flaw);

#endif
