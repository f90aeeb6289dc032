/* The first part of a page that tells of several machines. */
#ifndef SIDELIGHT_REPORT_HTML_INDEX_H
#define SIDELIGHT_REPORT_HTML_INDEX_H

#include "report/index.h"

/* The answer for all, the machines kind by kind, flaw by flaw; the worst first. */
void html_index(struct report_writer *w);
/* Behind a machine: the way back to it. */
void html_back(struct out *o);

#endif
