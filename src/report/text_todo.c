/* The steps at the end of the report for people. */
#include "report/text.h"

#include "report/steps.h"

enum { TODO_NAMES = 4, AT = 5 };

static void line(struct text_page *p, struct str text, int at) {
        layout_wrap(p->o, text, at, AT, p->columns);
}

/* The flaws that a step's title does not name: by name where there is room for it, else by id, as the table above has them. */
static struct str flaws(struct text_page *p, const struct step *s) {
        struct str text = S("");

        if (p->s->wide || str_find(s->title, s->resolves.items[0]->name) >= 0)
                return steps_flaws(p->a, s, TODO_NAMES);
        for (ptrdiff_t i = 0; i < s->resolves.count; i++)
                text = str_fmt(p->a, "%.*s%s%.*s", STR_ARG(text), i ? ", " : "", STR_ARG(s->resolves.items[i]->id));
        return text;
}

/* Its title, what it is for, the question or the changes. */
static void step(struct text_page *p, const struct step *s, int number) {
        struct str text = steps_title(p->a, s), of = flaws(p, s);

        if (of.len)
                text = str_fmt(p->a, "%.*s (%.*s)", STR_ARG(text), STR_ARG(of));
        if (s->ask.len)
                text = str_fmt(p->a, "%.*s\n\"%.*s\"", STR_ARG(text), STR_ARG(s->ask));
        for (ptrdiff_t i = 0; i < s->instructions.count; i++)
                if (s->instructions.items[i].kind == INSTRUCTION_CHANGE)
                        text = str_fmt(p->a, "%.*s\n%.*s", STR_ARG(text), STR_ARG(steps_instruction(p->a, &s->instructions.items[i], true)));
        out_fmt(p->o, "%3d. ", number);
        line(p, text, AT);
}

static bool is_question(const struct step *s) {
        return s->ask.len > 0 && step_is_for_provider(s);
}

/* What only the provider knows, as one step. */
static void questions(struct text_page *p, const struct plan *plan, int count, int number) {
        struct str about = S("");

        for (ptrdiff_t i = 0; i < plan->count; i++)
                for (ptrdiff_t k = 0; step_is_for(&plan->items[i], NULL) && is_question(&plan->items[i]) &&
                                      k < plan->items[i].resolves.count; k++)
                        about = str_fmt(p->a, "%.*s%s%.*s", STR_ARG(about), about.len ? ", " : "",
                                        STR_ARG(plan->items[i].resolves.items[k]->id));
        out_fmt(p->o, "%3d. ", number);
        line(p, str_fmt(p->a, "Ask your provider %d questions (%.*s); a text that is ready to be sent: sidelight advise --ticket", count,
                        STR_ARG(about)), AT);
}

static void ending(struct text_page *p, bool changes) {
        struct str text = S("The commands, and what else your platform's guidance asks: sidelight advise.");

        if (changes)
                text = str_fmt(p->a, "%.*s Each file's change, made and taken back: sidelight fix.", STR_ARG(text));
        layout_wrap(p->o, str_fmt(p->a, "%.*s How a verdict came about: sidelight explain FLAW.%s", STR_ARG(text),
                                  p->s->wide ? "" : " The whole report: sidelight check --wide."), 0, 0, p->columns);
}

void text_todo(struct text_page *p) {
        int number = 0, asked = 0, questions_count = 0;
        bool changes = false;
        struct plan plan;

        plan_of_verdict(&plan, p->a, p->r);
        for (ptrdiff_t i = 0; i < plan.count; i++)
                questions_count += !p->s->wide && step_is_for(&plan.items[i], NULL) && is_question(&plan.items[i]);
        for (ptrdiff_t i = 0; i < plan.count; i++) {
                const struct step *s = &plan.items[i];

                if (!step_is_for(s, NULL) || (is_question(s) && questions_count > 1 && asked++ > 0))
                        continue;
                if (number++ == 0) {
                        out_char(p->o, '\n');
                        layout_title(p->o, S("What to do"), p->s->color);
                        out_char(p->o, '\n');
                }
                if (is_question(s) && questions_count > 1)
                        questions(p, &plan, questions_count, number);
                else
                        step(p, s, number);
                changes |= s->changes.count > 0 && s->changes.items[0].target.kind != TARGET_REGISTRY_VALUE;
        }
        if (number)
                ending(p, changes);
}
