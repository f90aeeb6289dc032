/* Advice, one function a format: between advice.c and the writers. */
#ifndef SIDELIGHT_REPORT_ADVICE_FORMAT_H
#define SIDELIGHT_REPORT_ADVICE_FORMAT_H

#include "report/advice.h"

/* What the writers for people need; markdown or plain text. */
struct advice_writer {
        const struct report_style *style;
        struct arena *a;
        struct out *o;
        bool markdown;
};

void advice_people(const struct advice_page *p, const struct advice_writer *w);
void advice_revisions_people(const struct guidance *g, const struct advice_writer *w);
void advice_revision_people(const struct guidance *g, const struct revision *r, const struct offering *o,
                            const struct advice_writer *w);
void advice_changes_people(const struct guidance *g, const struct revision *before, const struct revision *after,
                           const struct offering *o, const struct guidance_changes *c, const struct advice_writer *w);

void advice_json(const struct advice_page *p, struct out *o);
void advice_revisions_json(const struct guidance *g, struct out *o);
void advice_revision_json(const struct guidance *g, const struct revision *r, const struct offering *for_whom,
                          struct out *o);
void advice_changes_json(const struct guidance *g, const struct revision *before, const struct revision *after,
                         const struct offering *for_whom, const struct guidance_changes *c, struct out *o);

#endif
