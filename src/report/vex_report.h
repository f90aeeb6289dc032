/* What the VEX formats share. Private to report/. */
#ifndef SIDELIGHT_REPORT_VEX_REPORT_H
#define SIDELIGHT_REPORT_VEX_REPORT_H

#include "report/report.h"

/* "tsa: the microcode is older than …": the flaws that a group is about, and the reason. */
struct str vex_note(struct vex *x, const struct vex_group *g);
/* "sidelight 0.2.0, data of 2026-11-24 (3f2a…); web-17: evidence of 2026-11-22, 2 pieces not read, fingerprint …": who judged, and by what. */
struct str vex_tooling(struct vex *x);
/* An identifier for the document: the same for the same machines, evidence and time. */
void vex_document_id(const struct report_writer *w, char ret[37]);

#endif
