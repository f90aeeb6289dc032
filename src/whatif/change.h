/* Evidence under a change: for predictions. A fact is set by changing the evidence that it is read from. */
#ifndef SIDELIGHT_WHATIF_CHANGE_H
#define SIDELIGHT_WHATIF_CHANGE_H

#include "verdict/verdict.h"

/* A copy whose records can be replaced without touching the original; texts are shared. */
void change_copy(struct evidence *ret, struct arena *a, const struct evidence *e);

/* True for a fact that is read from one place which can be changed: no derived facts, no kernel sentences. */
bool change_possible(const struct fact_def *def);

/* Makes `def` have this value ("yes", "no", a number, a text; "absent": it is not there). -1 (DIAG_USAGE) when it cannot be set
 * or the value is not one of its type. */
int change_fact(struct evidence *e, const struct fact_def *def, struct str value, struct diag *d);

/* A processor feature by its name in /proc/cpuinfo or in registers.yaml ("md_clear"): its CPUID or MSR bits and the flags line.
 * -1 when nothing is called so. */
int change_flag(struct evidence *e, const struct catalog *c, struct str name, bool on, struct diag *d);

void change_smt(struct evidence *e, bool on);
void change_microcode(struct evidence *e, uint64_t revision);
void change_kernel(struct evidence *e, struct str release);
/* The newest kernel that is installed runs, where the evidence lists them. */
void change_restart(struct evidence *e);

#endif
