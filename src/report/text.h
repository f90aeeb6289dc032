/* What the parts of the report for people share. */
#ifndef SIDELIGHT_REPORT_TEXT_H
#define SIDELIGHT_REPORT_TEXT_H

#include "report/layout.h"
#include "report/report.h"

struct text_page {
        const struct verdict *r;
        const struct report_style *s;
        struct arena *a;
        struct out *o;
        int columns;
        bool gap; /* a blank line is due before what follows */
};

/* "What to do": the steps of the plan, in order; on the first screen all questions to a provider are one step. Nothing when there is nothing to do. */
void text_todo(struct text_page *p);

#endif
