#include "report/page.h"

#include "plan/summary.h"
#include "report/steps.h"

struct out *page_bodies(struct report_writer *w) {
        return w->bodies ? w->bodies : &w->later[0];
}

void page_release(struct report_writer *w) {
        if (w->bodies)
                w->release(w->release_arg, w->out);
        else
                out_str(w->out, out_text(&w->later[0]));
}

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
        d->text(o, T(f->flaw->name));
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

enum { STEP_FLAWS = 6 }; /* named at a step: the table below has them all */

static void aside(const struct page_dress *d, struct out *o, struct str text) {
        if (text.len == 0)
                return;
        out_c(o, d->aside);
        d->text(o, text);
        out_c(o, d->aside_end);
}

/* What is to be set, in the same line. */
static struct str changes(struct arena *a, const struct step *s) {
        struct str text = steps_change(a, s);
        bool brief = text.len > 0;

        for (ptrdiff_t i = 0; i < s->changes.count && !brief; i++)
                text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), i ? ", " : ": ", STR_ARG(change_text(a, &s->changes.items[i])));
        return text;
}

static void shell(const struct page_dress *d, struct out *o, const struct instruction *command) {
        out_c(o, d->run);
        if (command->on.len) {
                out_char(o, ' ');
                d->text(o, command->on);
                out_char(o, ':');
        }
        out_c(o, d->shell);
        d->code(o, command->text);
        out_c(o, d->shell_end);
}

static void page_step(const struct page_dress *d, struct out *o, struct arena *a, const struct step *s) {
        const struct instruction *command = steps_command(s);

        d->text(o, steps_title(a, s));
        d->text(o, changes(a, s));
        aside(d, o, steps_flaws(a, s, STEP_FLAWS));
        out_c(o, s->ask.len ? ": " : d->no_ask);
        d->text(o, s->ask);
        if (command)
                shell(d, o, command);
        out_fmt(o, "%ssidelight explain %.*s%s", d->command, STR_ARG(T(s->resolves.items[0]->id)), d->command_end);
}

/* All questions to the provider as one step, with the text to send. */
static void page_ticket(const struct page_dress *d, struct out *o, const struct plan *plan, const struct verdict *v) {
        struct arena *a = v->facts->arena;
        OUT_AUTO struct out letter = { 0 };
        struct str about = S("");

        for (ptrdiff_t i = 0; i < plan->count; i++)
                for (ptrdiff_t k = 0; steps_is_in_ticket(&plan->items[i]) && k < plan->items[i].resolves.count; k++)
                        about = str_fmt(a, "%.*s%s%.*s", STR_ARG(about), about.len ? "; " : "", STR_ARG(T(plan->items[i].resolves.items[k]->name)));
        d->text(o, str_fmt(a, "Send your provider these %d questions", steps_in_ticket(plan)));
        aside(d, o, about);
        steps_ticket(a, plan, v, &letter);
        d->letter(o, out_text(&letter));
}

void page_steps(const struct page_dress *d, struct out *o, const struct verdict *r) {
        struct arena *a = r->facts->arena;
        struct plan plan;
        int number = 0, asked = 0;

        plan_of_verdict(&plan, a, r);
        for (ptrdiff_t i = 0; i < plan.count; i++) {
                const struct step *s = &plan.items[i];
                bool together = steps_is_in_ticket(s) && steps_in_ticket(&plan) > 1;

                if (!step_is_for(s, NULL) || (together && asked++ > 0))
                        continue;
                d->step(o, number++);
                if (together)
                        page_ticket(d, o, &plan, r);
                else
                        page_step(d, o, a, s);
        }
        out_c(o, number ? d->steps_end : "");
}

void page_letter(struct out *o, struct str text) {
        xml_element(o, "<details><summary>The text, ready to be sent</summary><pre>", text, "</pre></details></li>\n");
}
