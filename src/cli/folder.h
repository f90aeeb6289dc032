/* One machine's report as a folder or an archive: sos, insights-client, supportconfig, hw-probe, a copy of the vulnerabilities folder. */
#ifndef SIDELIGHT_CLI_FOLDER_H
#define SIDELIGHT_CLI_FOLDER_H

#include "catalog/catalog.h"
#include "evidence/evidence.h"

bool folder_is_one(const char *path);
/* The machine that a folder tells of, into `ret`, in `a`. -1 (DIAG_INPUT) when nothing in it says anything. */
int folder_evidence(struct evidence *ret, struct arena *a, const struct catalog *c, const char *path, struct diag *d);
/* The same for an archive's bytes (archive_looks_like): *text then has no pointer. What is one compressed file becomes *text. */
int archive_evidence(struct evidence *ret, struct str *text, struct arena *a, const struct catalog *c, struct str source, struct diag *d);

#endif
