/* The steps at the end of the report for people. */
#include "report/text.h"

#include "report/steps.h"

enum { TODO_NAMES = 4, AT = 5 };

static void line(struct text_page *p, struct str text, int at) {
        layout_wrap(p->o, text, at, AT, p->columns);
}

/* No line for it alone: the table above names them. */
static struct str how_many(struct text_page *p, ptrdiff_t count, int used) {
        struct str text = str_fmt(p->a, " (%td flaws)", count);

        return AT + used <= p->columns && AT + used + layout_width(text) > p->columns ? S("") : text;
}

/* "(mds, meltdown, and 7 more)": the flaws that a step's title does not name, as many as the line has room for behind `used` columns. */
static struct str flaws_that_fit(struct text_page *p, const struct resolved *r, int used) {
        struct str text = S("");

        for (ptrdiff_t i = 0; i < r->count; i++) {
                struct str one = str_fmt(p->a, "%.*s%s%.*s", STR_ARG(text), i ? ", " : " (", STR_ARG(T(r->items[i]->id)));
                int behind = i + 1 < r->count ? (int)sizeof(", and 99 more)") - 1 : 1;

                if (AT + used + layout_width(one) + behind > p->columns && i > 0)
                        return str_fmt(p->a, "%.*s, and %td more)", STR_ARG(text), r->count - i);
                if (AT + used + layout_width(one) + behind > p->columns && r->count > 1)
                        return how_many(p, r->count, used);
                text = one;
        }
        return text.len ? str_fmt(p->a, "%.*s)", STR_ARG(text)) : text;
}

static struct str flaws(struct text_page *p, const struct step *s, struct str title) {
        struct str text;

        if (!p->s->wide && str_find(s->title, T(s->resolves.items[0]->name)) < 0)
                return flaws_that_fit(p, &s->resolves, layout_width(title));
        text = steps_flaws(p->a, s, TODO_NAMES);
        return text.len ? str_fmt(p->a, " (%.*s)", STR_ARG(text)) : text;
}

/* One line each. */
static struct str change_lines(struct text_page *p, const struct step *s) {
        struct str text = S("");

        for (ptrdiff_t i = 0; i < s->instructions.count; i++)
                if (s->instructions.items[i].kind == INSTRUCTION_CHANGE)
                        text = str_fmt(p->a, "%.*s\n%.*s", STR_ARG(text), STR_ARG(steps_instruction(p->a, &s->instructions.items[i], true)));
        return text;
}

/* Its title, what it is for, the question, the changes or the command: that in the same line where there is room, before all flaws. */
static void step(struct text_page *p, const struct step *s, int number) {
        struct str text = steps_title(p->a, s), change = p->s->wide ? S("") : steps_change(p->a, s);
        const struct instruction *command = steps_command(s);
        struct str run = command ? steps_instruction(p->a, command, true) : S(""), room = S("");

        text = str_fmt(p->a, "%.*s%.*s", STR_ARG(text), STR_ARG(change));
        if (run.len && AT + layout_width(text) + layout_width(run) + (int)sizeof(" (99 flaws); ") <= p->columns)
                room = str_fmt(p->a, "%.*s; %.*s", STR_ARG(text), STR_ARG(run));
        text = str_fmt(p->a, "%.*s%.*s", STR_ARG(text), STR_ARG(flaws(p, s, room.len ? room : text)));
        if (s->ask.len && p->folds < FOLD_QUESTIONS)
                text = str_fmt(p->a, "%.*s\n\"%.*s\"", STR_ARG(text), STR_ARG(s->ask));
        if (change.len == 0)
                text = str_fmt(p->a, "%.*s%.*s", STR_ARG(text), STR_ARG(change_lines(p, s)));
        if (run.len)
                text = str_fmt(p->a, "%.*s%s%.*s", STR_ARG(text), room.len ? "; " : "\n", STR_ARG(run));
        out_fmt(p->o, "%3d. ", number);
        line(p, text, AT);
}

/* What only the provider knows, as one step. */
static void questions(struct text_page *p, const struct plan *plan, int count, int number) {
        struct str text = str_fmt(p->a, "Send your provider the %d questions of sidelight advise --ticket", count);
        struct resolved about = { 0 };

        for (ptrdiff_t i = 0; i < plan->count; i++)
                for (ptrdiff_t k = 0; steps_is_in_ticket(&plan->items[i]) && k < plan->items[i].resolves.count; k++)
                        *arena_append(p->a, &about) = plan->items[i].resolves.items[k];
        out_fmt(p->o, "%3d. ", number);
        line(p, str_fmt(p->a, "%.*s%.*s", STR_ARG(text), STR_ARG(flaws_that_fit(p, &about, layout_width(text)))), AT);
}

static bool is_to_find_out(const struct step *s) {
        return s->target.kind == TARGET_QUESTION && s->target.place.len == 0 && s->ask.len > 0 && step_is_for(s, NULL);
}

/* What nothing on the machine can tell, as one step: the flaws, and where there is room each question. */
static void to_find_out(struct text_page *p, const struct plan *plan, int number) {
        bool folded = p->folds >= FOLD_QUESTIONS;
        struct str text = folded ? S("Find out the answers to the questions of sidelight advise") : S("Find out about these");
        struct resolved about = { 0 };

        for (ptrdiff_t i = 0; i < plan->count; i++)
                for (ptrdiff_t k = 0; is_to_find_out(&plan->items[i]) && k < plan->items[i].resolves.count; k++)
                        *arena_append(p->a, &about) = plan->items[i].resolves.items[k];
        text = str_fmt(p->a, "%.*s%.*s", STR_ARG(text), STR_ARG(flaws_that_fit(p, &about, layout_width(text))));
        for (ptrdiff_t i = 0; i < plan->count && !folded; i++)
                if (is_to_find_out(&plan->items[i]))
                        text = str_fmt(p->a, "%.*s\n\"%.*s\"", STR_ARG(text), STR_ARG(plan->items[i].ask));
        out_fmt(p->o, "%3d. ", number);
        line(p, text, AT);
}

/* How many steps of the plan are of this kind; one is not gathered. */
static int gathered(const struct plan *plan, bool (*is)(const struct step *s)) {
        int count = 0;

        for (ptrdiff_t i = 0; i < plan->count; i++)
                count += is(&plan->items[i]) ? 1 : 0;
        return count > 1 ? count : 0;
}

static void ending(struct text_page *p, bool changes) {
        layout_wrap(p->o, str_fmt(p->a, "More: sidelight advise (commands)%s, explain FLAW (why)%s.", changes ? ", fix (changes)" : "",
                                  p->s->wide ? "" : ", check -v (everything)"), 0, 6, p->columns);
}

void text_todo(struct text_page *p) {
        int number = 0, asked = 0, sought = 0, together, open;
        bool changes = false;
        struct plan plan;

        plan_of_verdict(&plan, p->a, p->r);
        together = p->s->wide ? 0 : gathered(&plan, steps_is_in_ticket);
        open = p->s->wide ? 0 : gathered(&plan, is_to_find_out);
        for (ptrdiff_t i = 0; i < plan.count; i++) {
                const struct step *s = &plan.items[i];
                bool in_ticket = together && steps_is_in_ticket(s), seeks = open && is_to_find_out(s);

                if (!step_is_for(s, NULL) || (in_ticket && asked++ > 0) || (seeks && sought++ > 0))
                        continue;
                if (number++ == 0) {
                        out_char(p->o, '\n');
                        layout_title(p->o, S("What to do"), p->s->color);
                        out_char(p->o, '\n');
                }
                if (in_ticket)
                        questions(p, &plan, together, number);
                else if (seeks)
                        to_find_out(p, &plan, number);
                else
                        step(p, s, number);
                changes |= s->changes.count > 0 && s->changes.items[0].target.kind != TARGET_REGISTRY_VALUE;
        }
        if (number)
                ending(p, changes);
}
