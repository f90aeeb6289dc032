/* One machine's report as a folder: sos, insights-client, supportconfig, hw-probe, a copy of the vulnerabilities folder. */
#ifndef SIDELIGHT_CLI_FOLDER_H
#define SIDELIGHT_CLI_FOLDER_H

#include "catalog/catalog.h"
#include "cli/bundle.h"
#include "evidence/evidence.h"
#include "platform/tree.h"

bool folder_is_one(const char *path);
/* The machine that a folder tells of, into `ret`, in `a`; BUNDLE_SEVERAL, as bundle_files(). -1 (DIAG_INPUT) when nothing in it says anything. */
int folder_evidence(struct evidence *ret, struct bundle *several, struct arena *a, const struct catalog *c, const char *path, struct diag *d);
/* Whether the opened folder itself is one machine's report: what stands directly in it (`names`) says so. */
bool folder_is_report(const struct catalog *c, const struct tree *t, const struct tree_names *names);
/* A folder that somebody gathered reports in, several folders, an archive or an evidence file: the paths of all that stands directly in it, but for the
 * checksums of archives. None where it is a report itself, or no such folder. */
void folder_gathered(struct str_list *ret, struct arena *a, const struct catalog *c, const char *path);

#endif
