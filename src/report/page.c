#include "report/page.h"

#include "plan/summary.h"
#include "report/steps.h"

/* "programs -> kernel". */
static void stake(const struct page_dress *d, struct out *o, struct str text) {
        ptrdiff_t at = str_find(text, S("->"));

        d->text(o, str_sub(text, 0, at));
        out_c(o, d->arrow);
        d->text(o, str_from(text, at + 2));
}

static void row(const struct page_dress *d, struct out *o, const struct verdict *r, const struct finding *f) {
        const char *between = "";

        out_c(o, d->row);
        d->text(o, f->flaw->name);
        d->status(o, status_word(f->status));
        for (int b = 0; b < BOUNDARY_COUNT; b++)
                if (f->boundaries & 1 << b) {
                        out_c(o, between);
                        stake(d, o, boundary_arrow((enum boundary)b));
                        between = d->between;
                }
        out_fmt(o, "%s%.*s%s", d->who, STR_ARG(summary_who(r, f)), d->why);
        d->text(o, f->reason);
        out_c(o, d->row_end);
}

static void names(const struct page_dress *d, struct out *o, const struct verdict *r, const char *title, bool at_stake) {
        uint32_t n;
        struct str list = summary_names(r, r->facts->arena, at_stake, STATUS_NOT_AFFECTED, &n);

        if (n == 0)
                return;
        out_fmt(o, "%s%s (%u): ", d->names, title, (unsigned)n);
        d->text(o, list);
        out_c(o, d->names_end);
}

void page_findings(const struct page_dress *d, struct out *o, const struct verdict *r) {
        const struct finding **order = summary_order(r, r->facts->arena);

        out_c(o, d->head);
        for (; *order; order++)
                if ((*order)->at_stake && (*order)->status != STATUS_NOT_AFFECTED)
                        row(d, o, r, *order);
        out_c(o, d->table_end);
        names(d, o, r, "Not affected", true);
        names(d, o, r, "Not at stake", false);
}

void page_steps(const struct page_dress *d, struct out *o, const struct verdict *r) {
        struct arena *a = r->facts->arena;
        struct plan plan;
        int number = 0;

        plan_of_verdict(&plan, a, r);
        for (ptrdiff_t i = 0; i < plan.count; i++) {
                const struct step *s = &plan.items[i];
                struct str flaws = steps_flaws(a, s, s->resolves.count);

                if (!step_is_for(s, NULL))
                        continue;
                d->step(o, number++);
                d->text(o, steps_title(a, s));
                if (flaws.len) {
                        out_c(o, d->aside);
                        d->text(o, flaws);
                        out_c(o, d->aside_end);
                }
                out_c(o, s->ask.len ? ": " : d->no_ask);
                d->text(o, s->ask);
                out_fmt(o, "%ssidelight explain %.*s%s", d->command, STR_ARG(s->resolves.items[0]->id), d->command_end);
        }
        out_c(o, number ? d->steps_end : "");
}
