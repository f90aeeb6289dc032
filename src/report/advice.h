/* Advice: a plan and the guidance that it comes from, told to people and to programs. */
#ifndef SIDELIGHT_REPORT_ADVICE_H
#define SIDELIGHT_REPORT_ADVICE_H

#include "plan/plan.h"
#include "report/report.h"

#define ADVICE_FORMATS(X)                                        \
        X(TEXT, "text", "for people: what to do, in order")      \
        X(JSON, "json", "for programs: one object, on one line") \
        X(MARKDOWN, "markdown", "for a ticket or a page")

enum advice_format {
#define X(name, word, title) ADVICE_##name,
        ADVICE_FORMATS(X)
#undef X
        ADVICE_FORMAT_COUNT,
};

struct advice_page {
        const struct advice *advice;
        const struct plan *plan;
        const struct catalog *catalog;
        const struct verdict *report; /* the judged machine; NULL: none */
        struct arena *arena;
        bool ticket;    /* as JSON, with the text that is ready to be sent */
        struct str age; /* without a machine: that what sidelight knows is old, or empty (catalog_age()) */
};

void advice_write(const struct advice_page *p, enum advice_format format, const struct report_style *s, struct out *o);

/* What only the provider of this machine can answer or do, as a text that is ready to be sent. False (and nothing is written) when
 * there is nothing. */
bool advice_ticket(const struct advice_page *p, struct out *o);

/* The revisions, one revision, and what one changed against another (`o`: only for this offering, or NULL). */
void advice_revisions(const struct guidance *g, enum advice_format format, const struct report_style *s, struct arena *a,
                      struct out *out);
void advice_revision(const struct guidance *g, const struct revision *r, const struct offering *o, enum advice_format format,
                     const struct report_style *s, struct arena *a, struct out *out);
void advice_changes(const struct guidance *g, const struct revision *before, const struct revision *after,
                    const struct offering *o, enum advice_format format, const struct report_style *s, struct arena *a,
                    struct out *out);

#endif
