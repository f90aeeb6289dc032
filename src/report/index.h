/* What a document of several machines says of all of them, before or behind what it says of each. */
#ifndef SIDELIGHT_REPORT_INDEX_H
#define SIDELIGHT_REPORT_INDEX_H

#include "report/report.h"

/* Counts the machine in. Its link's name, "m17", is its place in the document, from 1. */
void index_add(struct report_writer *w, const struct verdict *r);
/* A file that could not be judged, and why. */
void index_fail(struct report_writer *w, const struct verdict *r);
/* Whether there is more to say than of one machine. */
bool index_is_needed(const struct report_writer *w);

/* The kinds, the worst first; then the machines of each, by `kind->number`: first, next … NULL. */
void index_sort(struct report_writer *w);
const struct index_machine *index_first(const struct report_writer *w, const struct group *kind);

/* "60 machines of 12 kinds". */
struct str index_title(struct report_writer *w);
/* The answer to "should I worry?" for all of them, and the worst status that it tells of. */
struct str index_answer(struct report_writer *w, enum status *ret_worst);
/* "AMD EPYC, guest under KVM, Linux 6.1", with what stands between. */
struct str index_kind(struct report_writer *w, const struct group *kind, const char *between);
/* "2 files could not be judged: …". */
struct str index_failures(struct report_writer *w);
/* Program, data, the oldest evidence, what was not read. */
struct str index_origin(struct report_writer *w);

#endif
