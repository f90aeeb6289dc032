/* The machine in words: the report's first line. */
#ifndef SIDELIGHT_VERDICT_MACHINE_H
#define SIDELIGHT_VERDICT_MACHINE_H

#include "verdict/verdict.h"

/* Whether somebody gave it this name: kernels say "(none)" until then. */
bool machine_is_named(struct str hostname);
/* What a report calls the machine: its host name, or (when that is empty) its evidence file's name. */
struct str machine_name(struct str hostname, struct str source);

/* `host_refused`: why the host's evidence is not used, or empty; `today`: as in verdict_options. */
void machine_describe(struct machine *ret, struct facts *f, struct str host_refused, struct str today);

/* Only where it runs, on which findings hang: `guest`, `container` and the sides under both. */
void machine_place(struct machine *ret, struct facts *f);

/* True when a guest's microcode revision is its hypervisor's invention: a constant that hypervisors use, or a number that does
 * not belong to this processor (AMD encodes family, model and stepping in the patch level's upper half). */
bool microcode_is_made_up(struct facts *f);

#endif
