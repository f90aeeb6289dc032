/* The writers of each format, for the table in report.c. Private to report/. */
#ifndef SIDELIGHT_REPORT_FORMATS_H
#define SIDELIGHT_REPORT_FORMATS_H

#include "report/page.h"
#include "report/report.h"

void text_add(struct report_writer *w, const struct verdict *r);
void text_end(struct report_writer *w);
void json_add(struct report_writer *w, const struct verdict *r);
void markdown_add(struct report_writer *w, const struct verdict *r);
void markdown_end(struct report_writer *w);
void html_add(struct report_writer *w, const struct verdict *r);
void html_end(struct report_writer *w);
void sarif_begin(struct report_writer *w);
void sarif_add(struct report_writer *w, const struct verdict *r);
void sarif_fail(struct report_writer *w, const struct verdict *r);
void sarif_end(struct report_writer *w);
void junit_begin(struct report_writer *w);
void junit_add(struct report_writer *w, const struct verdict *r);
void junit_fail(struct report_writer *w, const struct verdict *r);
void junit_end(struct report_writer *w);
void nagios_add(struct report_writer *w, const struct verdict *r);
void nagios_fail(struct report_writer *w, const struct verdict *r);
void nagios_end(struct report_writer *w);
void prometheus_add(struct report_writer *w, const struct verdict *r);
void prometheus_end(struct report_writer *w);
void csv_begin(struct report_writer *w);
void csv_add(struct report_writer *w, const struct verdict *r);
void xccdf_add(struct report_writer *w, const struct verdict *r);
void xccdf_end(struct report_writer *w);
/* True at what begins a list, a heading or a rule where it begins a line of Markdown: "- ", "+ ", "===", "1. ". */
bool markdown_begins_block(struct str text, ptrdiff_t i);

void oscal_add(struct report_writer *w, const struct verdict *r);
void oscal_end(struct report_writer *w);
void oval_add(struct report_writer *w, const struct verdict *r);
void oval_end(struct report_writer *w);
void facts_add(struct report_writer *w, const struct verdict *r);
void smc_json_add(struct report_writer *w, const struct verdict *r);
void smc_nrpe_add(struct report_writer *w, const struct verdict *r);
void smc_nrpe_fail(struct report_writer *w, const struct verdict *r);
void smc_prometheus_add(struct report_writer *w, const struct verdict *r);
void smc_prometheus_end(struct report_writer *w);
void smc26_json_add(struct report_writer *w, const struct verdict *r);
void smc26_nrpe_add(struct report_writer *w, const struct verdict *r);
void smc26_nrpe_fail(struct report_writer *w, const struct verdict *r);
void smc26_prometheus_add(struct report_writer *w, const struct verdict *r);
void smc26_prometheus_end(struct report_writer *w);
void summary_add(struct report_writer *w, const struct verdict *r);
void summary_end(struct report_writer *w);
void vex_report_add(struct report_writer *w, const struct verdict *r);
void openvex_end(struct report_writer *w);
void cyclonedx_end(struct report_writer *w);
void csaf_end(struct report_writer *w);
void speculationcontrol_add(struct report_writer *w, const struct verdict *r);
void speculationcontrol_json_add(struct report_writer *w, const struct verdict *r);

#endif
