/* What the program does with a handle beyond sidelight.h: it is linked with the library's sources, and brings things along that the library
 * lacks: data that came later or stands in a folder (the YAML reader), archives, hives, a cloud's answers, the journal of `fix`. */
#ifndef SIDELIGHT_LIB_INSIDE_H
#define SIDELIGHT_LIB_INSIDE_H

#include "lib/sidelight.h"
#include "report/report.h"

/* Judges by these tables, which outlive the handle. Before anything is set or brought in. */
void inside_use(sidelight *s, const struct catalog *c);

/* Evidence that the program brought in, as the machine's or its host's; it stays the program's, and where it is. */
void inside_take(sidelight *s, struct evidence *e);
void inside_take_host(sidelight *s, const struct evidence *e);

/* The machine's evidence, for adding to it; NULL: none. */
struct evidence *inside_evidence(sidelight *s);

/* What was judged, and where what is added to it lives. */
struct verdict *inside_verdict(sidelight *s, struct arena **ret_results);

/* How the handle judges and tells, for judging many files at once (fleet/bulk) just so. */
void inside_options(const sidelight *s, struct verdict_options *ret_options, struct report_style *ret_style);

/* Why the last call failed, as the core told it. */
const struct diag *inside_diag(const sidelight *s);

#endif
