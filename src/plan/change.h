/* Changes as data: what is there now, and the commands that make them. Between the files of this folder; plan.h is for others. */
#ifndef SIDELIGHT_PLAN_CHANGE_H
#define SIDELIGHT_PLAN_CHANGE_H

#include "plan/plan.h"

/* Fills in what is there now, as far as the facts tell (NULL: nothing is known). */
void change_look(struct change *c, struct arena *a, struct facts *f);

/* Appends the commands that make the change; none for the kernel's command line. */
void change_commands(struct instructions *ret, struct arena *a, const struct change *c);

#endif
