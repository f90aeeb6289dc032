/* Remedies (fixes.yaml) on the system at hand: the instructions and changes that a step takes from them. Between the files of this
 * folder; plan.h is for others. */
#ifndef SIDELIGHT_PLAN_REMEDY_H
#define SIDELIGHT_PLAN_REMEDY_H

#include "plan/plan.h"

/* The system that steps are for. */
struct surroundings {
        struct arena *a;
        const struct catalog *catalog;
        const struct verdict *verdict; /* NULL: no machine */
        struct str distribution;       /* names that steps may stand under, most special first, "ubuntu debian"; empty: not known */
        struct str offering;           /* its id, under which steps stand that replace all others; empty: none */
        struct str general;            /* names whose steps hold anyway, "linux azure any" */
        struct str all;                /* both */
};

void surroundings_see(struct surroundings *ret, struct arena *a, const struct catalog *c, const struct offering *o,
                      const struct verdict *v);

/* True where the registry asks already for all that the remedy would ask for. */
bool remedy_holds(const struct surroundings *s, const struct fix *fix);
/* False where it cannot change a verdict on this machine. */
bool remedy_helps(const struct surroundings *s, const struct fix *fix);
/* False for a remedy of another system (apt-get on Windows). */
bool remedy_is_for(const struct surroundings *s, const struct fix *fix);

/* Appends the instructions for this system, each once. */
void remedy_steps(const struct surroundings *s, const struct fix_step *steps, uint32_t count, struct step *ret);

/* Adds a fix's changes alone, wherever they are to be made. */
void remedy_changes(const struct surroundings *s, const struct fix *fix, struct step *ret);

/* Adds what a fix brings: its changes on this machine, the instructions, cost, restart, done-condition. */
void remedy_add(const struct surroundings *s, const struct fix *fix, struct step *ret);

#endif
