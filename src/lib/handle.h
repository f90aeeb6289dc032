/* What a handle is inside. */
#ifndef SIDELIGHT_LIB_HANDLE_H
#define SIDELIGHT_LIB_HANDLE_H

#include "collect/import/import.h"
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
        struct arena settings, host, machine, results; /* live as long as the options, the host's evidence, the evidence, the verdicts */
        const struct catalog *catalog;
        struct evidence own;            /* what was collected, or parsed as one machine */
        struct import_machines several; /* what was parsed as several */
        struct evidence *evidence;      /* the one of these that is judged; NULL: none */
        struct evidence host_evidence;
        struct verdict_options options;
        struct declared untrusted;
        enum report_format format;
        struct report_style style; /* `now` is empty unless it was set */
        bool borrow, needed, textless; /* options "copy" no, "collect" needed, "texts" no */
        struct verdict verdict;
        struct str moment;              /* of the verdict */
        struct plan plan;
        struct finding_texts *findings; /* the texts that are given out, made when judging: giving them needs no memory */
        struct step_texts *steps;
        struct out text;
        struct diag diag;
        bool judged, dead; /* dead: memory ran out */
};

/* Every call that can need memory: `work` under a guard. What `arg` points at is its affair. */
int handle_guarded(sidelight *s, int (*work)(sidelight *s, void *arg), void *arg);
/* Fails: "WHAT 'NAME'", or WHAT alone. */
int handle_fail(sidelight *s, enum sidelight_result result, const char *what, const char *name);

/* options.c: the work of sidelight_set. */
struct setting {
        const char *option, *value;
};
int handle_set(sidelight *s, void *arg);
bool handle_format(const char *word, enum report_format *ret);

/* handle.c: makes the texts of the verdicts and steps. */
void handle_fill(sidelight *s);

/* sidelight.c: what was judged, as the format needs it: judged anew where it asks for more. */
const struct verdict *handle_verdict_for(sidelight *s, enum report_format format, struct verdict *room);
/* A machine of which nothing is known, for its evidence could not be judged. */
void handle_judge_nothing(sidelight *s, enum report_format format, struct str name, struct str why, struct verdict *ret);
/* The moment of the report: what was set, else the clock's. */
struct str handle_now(const sidelight *s, struct arena *a);

#endif
