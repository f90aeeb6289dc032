/* What the parts of the report for people share. */
#ifndef SIDELIGHT_REPORT_TEXT_H
#define SIDELIGHT_REPORT_TEXT_H

#include "report/layout.h"
#include "report/report.h"

/* What is told in fewer words where the first screen has no room. */
enum { FOLD_UNKNOWN = 1, FOLD_NAMES, FOLD_QUESTIONS, FOLD_MOST = FOLD_QUESTIONS };

struct text_page {
        const struct verdict *r;
        const struct report_style *s;
        struct arena *a;
        struct out *o;
        int columns;
        int folds;
        bool gap; /* a blank line is due before what follows */
};

/* "What to do": the steps of the plan, in order; on the first screen all questions to a provider are one step. Nothing
 * when there is nothing to do. */
void text_todo(struct text_page *p);

#endif
