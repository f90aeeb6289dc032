/* Advice: the actions of the guidance and those that open findings ask for, as one list, told to people and to programs. */
#ifndef SIDELIGHT_REPORT_ADVICE_H
#define SIDELIGHT_REPORT_ADVICE_H

#include "guidance/guidance.h"
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

/* One action, wherever it came from. */
struct counsel {
        struct str id, title, who, why, ask, cost, source;
        enum action_status status;
        enum trust trust;
        struct str_list statements, fixes;
        struct str *steps;                  /* as they are to be read here */
        uint32_t step_count;
        const struct flaw **flaws;          /* open findings that it helps */
        uint32_t flaw_count;
        const struct quoted_fact *evidence, *missing;
        uint32_t evidence_count, missing_count;
};

struct counsels {
        struct counsel *items; /* in the order in which they are to be taken */
        ptrdiff_t count, capacity;
};

struct advice_page {
        const struct advice *advice;
        const struct catalog *catalog;
        const struct verdict *report; /* the judged machine; NULL: none */
        struct arena *arena;
};

/* The whole list. Findings ask for something only when no day of the past was asked for. */
void advice_counsels(struct counsels *ret, const struct advice_page *p);

void advice_write(const struct advice_page *p, enum advice_format format, const struct report_style *s, struct out *o);

/* The revisions, one revision, and what one changed against another (`o`: only for this offering, or NULL). */
void advice_revisions(const struct guidance *g, enum advice_format format, const struct report_style *s, struct arena *a,
                      struct out *out);
void advice_revision(const struct guidance *g, const struct revision *r, const struct offering *o, enum advice_format format,
                     const struct report_style *s, struct arena *a, struct out *out);
void advice_changes(const struct guidance *g, const struct revision *before, const struct revision *after,
                    const struct offering *o, enum advice_format format, const struct report_style *s, struct arena *a,
                    struct out *out);

#endif
