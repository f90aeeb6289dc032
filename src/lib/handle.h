/* What a handle is inside. */
#ifndef SIDELIGHT_LIB_HANDLE_H
#define SIDELIGHT_LIB_HANDLE_H

#include "lib/sidelight.h"
#include "plan/plan.h"
#include "report/report.h"

enum { FINDING_FIELDS = SIDELIGHT_FINDING_AT_STAKE + 1, STEP_FIELDS_COUNT = SIDELIGHT_STEP_RESTART + 1 };

struct finding_texts {
        const char *field[FINDING_FIELDS];
};

struct step_texts {
        const char *field[STEP_FIELDS_COUNT];
};

struct sidelight {
        struct arena settings, machine, results; /* live as long as the options, the evidence, the verdicts */
        struct evidence evidence;
        struct verdict_options options;
        struct declared untrusted;
        struct verdict verdict;
        struct plan plan;
        struct report_style style;
        struct finding_texts *findings; /* the texts that are given out, made when judging: giving them needs no memory */
        struct step_texts *steps;
        struct out text;
        struct diag diag;
        bool has_evidence, judged, dead; /* dead: memory ran out */
};

/* Makes the texts of the verdicts and steps. */
void handle_fill(sidelight *s);

#endif
