/* Advice: which writer writes it. */
#include "report/advice_format.h"

static struct advice_writer writer(enum advice_format format, const struct report_style *s, struct arena *a, struct out *o) {
        return (struct advice_writer){ .style = s, .a = a, .o = o, .markdown = format == ADVICE_MARKDOWN };
}

void advice_write(const struct advice_page *p, enum advice_format format, const struct report_style *s, struct out *o) {
        struct advice_writer w = writer(format, s, p->arena, o);

        if (format == ADVICE_JSON)
                advice_json(p, o);
        else
                advice_people(p, &w);
}

void advice_revisions(const struct guidance *g, enum advice_format format, const struct report_style *s, struct arena *a,
                      struct out *out) {
        struct advice_writer w = writer(format, s, a, out);

        if (format == ADVICE_JSON)
                advice_revisions_json(g, out);
        else
                advice_revisions_people(g, &w);
}

void advice_revision(const struct guidance *g, const struct revision *r, const struct offering *o, enum advice_format format,
                     const struct report_style *s, struct arena *a, struct out *out) {
        struct advice_writer w = writer(format, s, a, out);

        if (format == ADVICE_JSON)
                advice_revision_json(g, r, o, out);
        else
                advice_revision_people(g, r, o, &w);
}

void advice_changes(const struct guidance *g, const struct revision *before, const struct revision *after,
                    const struct offering *o, enum advice_format format, const struct report_style *s, struct arena *a,
                    struct out *out) {
        struct advice_writer w = writer(format, s, a, out);
        struct guidance_changes c;

        guidance_diff(&c, a, g, before, after, o);
        if (format == ADVICE_JSON)
                advice_changes_json(g, before, after, o, &c, out);
        else
                advice_changes_people(g, before, after, o, &c, &w);
}
