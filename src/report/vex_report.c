#include "report/vex_report.h"

#include "report/formats.h"

void vex_report_add(struct report_writer *w, const struct verdict *r) {
        w->vex.arena = &w->kept;
        vex_add(&w->vex, r);
}

struct str vex_note(struct vex *x, const struct vex_group *g) {
        return str_fmt(x->arena, "%.*s: %.*s", STR_ARG(g->flaws), STR_ARG(g->reason));
}

/* What else is to be said of a machine, in words. */
static struct str vex_product_note(struct vex *x, const struct vex_product *p) {
        struct str text = p->captured.len ? str_fmt(x->arena, "evidence of %.*s", STR_ARG(p->captured)) : S("evidence without a date");

        if (p->denied + p->failed)
                text = str_fmt(x->arena, "%.*s, %u unread", STR_ARG(text), (unsigned)(p->denied + p->failed));
        if (p->fingerprint.len)
                text = str_fmt(x->arena, "%.*s, fingerprint %.*s", STR_ARG(text), STR_ARG(p->fingerprint));
        for (uint32_t i = 0; i < p->notes.count; i++)
                text = str_fmt(x->arena, "%.*s; %.*s", STR_ARG(text), STR_ARG(p->notes.items[i]));
        return text;
}

struct str vex_tooling(struct vex *x) {
        OUT_AUTO struct out o = { 0 };
        const struct catalog *c = x->catalog;

        out_c(&o, "sidelight " SIDELIGHT_VERSION);
        if (c->date.len)
                out_fmt(&o, ", data of %.*s", STR_ARG(summary_data(c)));
        out_fmt(&o, " (%.*s)", STR_ARG(T(c->hash)));
        for (ptrdiff_t i = 0; i < x->products.count; i++) {
                out_c(&o, "; ");
                out_str(&o, x->products.items[i].name);
                out_c(&o, ": ");
                out_str(&o, vex_product_note(x, &x->products.items[i]));
        }
        return str_dup(x->arena, out_text(&o));
}

void vex_document_id(const struct report_writer *w, char ret[37]) {
        OUT_AUTO struct out o = { 0 };

        out_str(&o, w->style->now);
        for (ptrdiff_t i = 0; i < w->vex.products.count; i++) {
                const struct vex_product *p = &w->vex.products.items[i];
                const struct str parts[] = { p->name, p->source, p->captured, p->fingerprint };

                for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++) {
                        out_char(&o, '\n');
                        out_str(&o, parts[k]);
                }
        }
        vex_uuid(out_text(&o), ret);
}
