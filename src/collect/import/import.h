/* Other tools' output as evidence: lscpu (text and JSON), spectre-meltdown-checker (both shapes of JSON), Microsoft's
 * SpeculationControl module (JSON), /proc/cpuinfo, a kernel
 * log, a copy of the vulnerabilities folder. */
#ifndef SIDELIGHT_COLLECT_IMPORT_IMPORT_H
#define SIDELIGHT_COLLECT_IMPORT_IMPORT_H

#include "base/diag.h"
#include "catalog/catalog.h"
#include "evidence/evidence.h"

enum { IMPORT_UNKNOWN = 1 }; /* no importer knows this text */

/* Into `e` (after evidence_init). IMPORT_UNKNOWN, or -1 when it is recognised but broken. */
int import_text(struct evidence *e, const struct catalog *c, struct str text, struct diag *d);

/* A file of a copied vulnerabilities folder; false when no kernel has a file of that name. */
bool import_vulnerability(struct evidence *e, const struct catalog *c, struct str name, struct str text);
/* After the last of them. */
void import_vulnerabilities_done(struct evidence *e);

#endif
