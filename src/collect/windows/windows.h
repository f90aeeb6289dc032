/* Evidence from a running Windows. */
#ifndef SIDELIGHT_COLLECT_WINDOWS_WINDOWS_H
#define SIDELIGHT_COLLECT_WINDOWS_WINDOWS_H

#include "evidence/evidence.h"

/* The running Windows, into `e` (after evidence_init): NT answers, registry, CPUID, topology, firmware tables, as far as this user
 * may read them. Writes nothing; cannot fail. `redact`: leave out what names the machine. */
void collect_windows_live(struct evidence *e, bool redact);

#endif
