/* Markdown (CommonMark with GitHub's tables), for tickets and wikis. */
#include "report/formats.h"
#include "report/steps.h"
#include "plan/summary.h"

/* What begins a list, a heading or a rule where it begins a line: "- ", "+ ", "===", "1. ". */
static bool begins_block(struct str text, ptrdiff_t i) {
        ptrdiff_t n = 0;

        while (n < i && text.p[n] >= '0' && text.p[n] <= '9')
                n++;
        return n == i && (i == 0 ? memchr("-+=", text.p[i], 3) != NULL : memchr(".)", text.p[i], 2) != NULL);
}

/* Text in a table's cell or a line: markup characters are escaped. It is on one line already (base/plain.h). */
static void escaped(struct out *o, struct str text) {
        for (ptrdiff_t i = 0; i < text.len; i++) {
                if (memchr("\\`*_{}[]<>#|~&", text.p[i], 14) || begins_block(text, i))
                        out_char(o, '\\');
                out_char(o, text.p[i]);
        }
}

static void row(struct out *o, const struct verdict *r, const struct finding *f) {
        const char *between = "| ";

        out_c(o, "| ");
        escaped(o, f->flaw->name);
        out_fmt(o, " | **%.*s** ", STR_ARG(status_word(f->status)));
        for (int b = 0; b < BOUNDARY_COUNT; b++)
                if (f->boundaries & 1 << b) {
                        out_c(o, between);
                        escaped(o, boundary_arrow((enum boundary)b));
                        between = ", ";
                }
        out_fmt(o, "%s| %.*s | ", between[0] == '|' ? "|" : " ", STR_ARG(summary_who(r, f)));
        escaped(o, f->reason);
        out_c(o, " |\n");
}

static void steps(struct out *o, const struct verdict *r) {
        struct arena *a = r->facts->arena;
        struct plan plan;
        int number = 0;

        plan_of_verdict(&plan, a, r);
        for (ptrdiff_t i = 0; i < plan.count; i++) {
                const struct step *s = &plan.items[i];
                struct str flaws = steps_flaws(a, s, s->resolves.count);

                if (!step_is_for(s, NULL))
                        continue;
                out_fmt(o, "%s%d. ", number ? "" : "\n## What to do\n\n", number + 1);
                escaped(o, steps_title(a, s));
                out_c(o, flaws.len ? " (" : "");
                escaped(o, flaws);
                out_c(o, flaws.len ? ")" : "");
                if (s->ask.len) {
                        out_c(o, ": ");
                        escaped(o, s->ask);
                }
                out_fmt(o, "%s `sidelight explain %.*s`\n", s->ask.len ? "" : ";", STR_ARG(s->resolves.items[0]->id));
                number++;
        }
}

void markdown_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(r->facts->arena);
        const struct finding **order = summary_order(r, r->facts->arena);
        struct out *o = w->out;
        int immune = 0;

        out_fmt(o, "%s# ", w->count ? "\n" : "");
        escaped(o, r->machine.name);
        out_c(o, "\n\n");
        escaped(o, r->machine.processor);
        out_c(o, ", ");
        escaped(o, r->machine.os);
        out_c(o, "\n\n**Should I worry?** ");
        escaped(o, summary_answer(r, r->facts->arena));
        out_c(o, "\n\n| Flaw | Status | At stake | Whose job | Why |\n|---|---|---|---|---|\n");
        for (; *order; order++)
                if ((*order)->at_stake && (*order)->status != STATUS_NOT_AFFECTED)
                        row(o, r, *order);
                else
                        immune++;
        if (immune > 0)
                out_fmt(o, "\nNot affected or not at stake: %d\n", immune);
        steps(o, r);
        arena_release(r->facts->arena, mark);
}
