/* Advice for people: plain text or Markdown. */
#include "report/advice_format.h"

#include "plan/summary.h"
#include "report/layout.h"
#include "report/steps.h"

enum { NARROWEST = 40, INDENT = 5 };

static int columns(const struct advice_writer *w) {
        return w->style->columns < NARROWEST ? NARROWEST : w->style->columns;
}

static void paragraph(const struct advice_writer *w, struct str text, int indent) {
        if (text.len == 0)
                return;
        if (w->markdown) {
                out_repeat(w->o, ' ', indent ? 3 : 0);
                out_str(w->o, text);
                out_c(w->o, "\n");
                return;
        }
        out_repeat(w->o, ' ', indent);
        layout_wrap(w->o, text, indent, indent, columns(w));
}

static void heading(const struct advice_writer *w, struct str text, int level) {
        if (w->markdown) {
                out_repeat(w->o, '#', level);
                out_fmt(w->o, " %.*s\n\n", STR_ARG(text));
                return;
        }
        layout_title(w->o, text, w->style->color);
        out_char(w->o, '\n');
}

static struct str joined(struct arena *a, struct texts l, const char *between) {
        struct str text = S("");

        for (uint32_t i = 0; i < l.count; i++)
                text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), i ? between : "", STR_ARG(T_AT(l, i)));
        return text;
}

/* ---- Advice ---- */

static const char *status_color(enum action_status s) {
        static const char *const colors[] = { [ACTION_TODO] = "1;31", [ACTION_UNKNOWN] = "36", [ACTION_OPTIONAL] = "36", [ACTION_DONE] = "32",
                                              [ACTION_NOT_NEEDED] = "2" };

        return colors[s];
}

static void item_title(const struct advice_writer *w, const struct step *c, ptrdiff_t number) {
        struct str said = action_status_said(c->status);
        struct str line;

        if (w->markdown) {
                out_fmt(w->o, "%td. **%.*s:** %.*s *(%.*s)*\n\n", number, STR_ARG(said), STR_ARG(c->title), STR_ARG(doer_word(c->who)));
                return;
        }
        out_fmt(w->o, "%3td. ", number);
        if (w->style->color)
                out_sgr(w->o, status_color(c->status));
        out_fmt(w->o, "[%.*s]", STR_ARG(said));
        if (w->style->color)
                out_sgr(w->o, "0");
        out_char(w->o, ' ');
        line = steps_title(w->a, c);
        layout_wrap(w->o, line, INDENT + (int)said.len + 3, INDENT, columns(w));
}

enum { FACTS_SHOWN = 5 }; /* JSON has them all */

static void facts(const struct advice_writer *w, const char *what, const struct quoted_fact *f, uint32_t count) {
        struct str text = S("");

        for (uint32_t i = 0; i < count && i < FACTS_SHOWN; i++)
                text = str_fmt(w->a, "%.*s%s%.*s: %.*s", STR_ARG(text), i ? "; " : "", STR_ARG(f[i].name), STR_ARG(layout_value(f[i].value)));
        if (count > FACTS_SHOWN)
                text = str_fmt(w->a, "%.*s; and %u more", STR_ARG(text), (unsigned)(count - FACTS_SHOWN));
        if (count)
                paragraph(w, str_fmt(w->a, "%s%.*s", what, STR_ARG(text)), INDENT);
}

static void instructions(const struct advice_writer *w, const struct step *c) {
        for (ptrdiff_t i = 0; i < c->instructions.count; i++) {
                const struct instruction *one = &c->instructions.items[i];
                struct str text = steps_instruction(w->a, one, false);

                if (!w->markdown)
                        steps_line(one, w->a, INDENT, columns(w), w->o);
                else if (one->kind == INSTRUCTION_COMMAND)
                        out_fmt(w->o, "   - `%.*s`\n", STR_ARG(text));
                else
                        out_fmt(w->o, "   - %s%.*s\n", one->kind == INSTRUCTION_CHANGE ? "change: " : "", STR_ARG(text));
        }
}

static void item(const struct advice_writer *w, const struct step *c, ptrdiff_t number) {
        bool open = c->status == ACTION_TODO || c->status == ACTION_UNKNOWN || c->status == ACTION_OPTIONAL;

        item_title(w, c, number);
        paragraph(w, c->why, INDENT);
        if (c->ask.len)
                paragraph(w, str_fmt(w->a, "ask: \"%.*s\"", STR_ARG(c->ask)), INDENT);
        facts(w, "seen: ", c->evidence, c->evidence_count);
        facts(w, "would settle it: ", c->missing, c->missing_count);
        if (w->markdown && open && c->instructions.count)
                out_char(w->o, '\n');
        if (open)
                instructions(w, c);
        if (w->markdown && open && c->instructions.count)
                out_char(w->o, '\n');
        if (open && c->cost.len)
                paragraph(w, str_fmt(w->a, "cost: %.*s", STR_ARG(c->cost)), INDENT);
        paragraph(w, str_fmt(w->a, "%.*s%s%.*s", STR_ARG(joined(w->a, c->statements, " ")), c->statements.count ? " - " : "",
                             STR_ARG(c->source)), INDENT);
        out_char(w->o, '\n');
}

/* The steps as they stand below each other: for both answers about trust, one answer's after the other's. */
static const struct step **in_order(const struct advice_writer *w, const struct plan *all, bool both) {
        const struct step **shown = arena_array(w->a, const struct step *, all->count);
        ptrdiff_t count = 0;

        for (int t = 0; t < (both ? TRUST_COUNT : 1); t++)
                for (ptrdiff_t i = 0; i < all->count; i++)
                        if (!both || all->items[i].trust == (enum trust)t)
                                shown[count++] = &all->items[i];
        return shown;
}

/* "Steps to do: 4, 5; done: 1; not needed: 2, 3." */
static void overview(const struct advice_writer *w, const struct step *const *shown, ptrdiff_t count) {
        struct str text = S("");

        for (int s = 0; s < ACTION_STATUS_COUNT; s++) {
                struct str numbers = S("");

                for (ptrdiff_t i = 0; i < count; i++)
                        if (shown[i]->status == (enum action_status)s)
                                numbers = str_fmt(w->a, "%.*s%s%td", STR_ARG(numbers), numbers.len ? ", " : "", i + 1);
                if (numbers.len)
                        text = str_fmt(w->a, "%.*s%s%.*s: %.*s", STR_ARG(text), text.len ? "; " : "Steps ",
                                       STR_ARG(action_status_said((enum action_status)s)), STR_ARG(numbers));
        }
        if (text.len && w->markdown)
                out_char(w->o, '\n');
        if (text.len)
                paragraph(w, str_fmt(w->a, "%.*s.", STR_ARG(text)), 0);
}

/* What else the reader must know of the machine, or of the lists that the advice hangs on. */
static void notes(const struct advice_page *p, const struct advice_writer *w) {
        for (uint32_t i = 0; p->report && i < p->report->machine.notes.count; i++)
                paragraph(w, str_fmt(w->a, "note: %.*s", STR_ARG(p->report->machine.notes.items[i])), 0);
        if (p->age.len > 0)
                paragraph(w, str_fmt(w->a, "note: %.*s", STR_ARG(p->age)), 0);
}

static void header(const struct advice_page *p, const struct advice_writer *w) {
        const struct advice *a = p->advice;
        const struct revision *r = a->revision;

        if (!a->where.offering) {
                heading(w, S("What this machine belongs to is not known"), 1);
                paragraph(w, S("No sign of any offering was seen; name it with --offering."), 0);
                return;
        }
        heading(w, str_fmt(w->a, "%.*s (%.*s: %.*s)", STR_ARG(T(a->where.offering->title)), STR_ARG(sureness_word(a->where.sure)),
                           STR_ARG(a->where.because)), 1);
        if (!r) {
                paragraph(w, str_fmt(w->a, "On %.*s there was no guidance yet.", STR_ARG(a->as_of)), 0);
                return;
        }
        paragraph(w, str_fmt(w->a, "%.*s (%.*s), last updated %.*s%s%.*s", STR_ARG(T(r->title)), STR_ARG(T(r->id)), STR_ARG(T(r->date)),
                             a->next ? "; since replaced by " : "", STR_ARG(a->next ? T(a->next->id) : S(""))), 0);
        if (a->untrusted == UNTRUSTED_UNDECLARED)
                paragraph(w, S("You have not said whether you run code you do not trust (--untrusted), so both answers follow."), 0);
}

void advice_people(const struct advice_page *p, const struct advice_writer *w) {
        bool both = p->advice->untrusted == UNTRUSTED_UNDECLARED;
        ptrdiff_t count = p->plan->count;
        const struct step **shown = in_order(w, p->plan, both);

        header(p, w);
        notes(p, w);
        overview(w, shown, count);
        out_char(w->o, '\n');
        for (ptrdiff_t i = 0; i < count; i++) {
                if (both && (i == 0 || shown[i]->trust != shown[i - 1]->trust))
                        heading(w, trust_title(shown[i]->trust), 2);
                item(w, shown[i], i + 1);
        }
        paragraph(w, p->report ? summary_origin(p->report, w->a) : summary_program(p->catalog, w->a), 0);
}

/* ---- Revisions ---- */

void advice_revisions_people(const struct guidance *g, const struct advice_writer *w) {
        static const char *const titles[] = { "REVISION", "DATE", "WHAT IT BROUGHT" };
        struct table t = { .titles = titles, .column_count = 3, .columns = columns(w), .indent = 4, .last_min = 30,
                           .color = w->style->color };

        for (uint32_t i = 0; i < g->revision_count; i++) {
                const struct revision *r = &g->revisions[i];

                if (w->markdown) {
                        out_fmt(w->o, "- **%.*s** (%.*s): %.*s\n", STR_ARG(T(r->id)), STR_ARG(T(r->date)),
                                STR_ARG(joined(w->a, r->changes, " ")));
                        continue;
                }
                arena_append(w->a, &t)->text = T(r->id);
                arena_append(w->a, &t)->text = T(r->date);
                arena_append(w->a, &t)->text = joined(w->a, r->changes, " ");
        }
        if (!w->markdown)
                table_write(&t, w->o);
}

static void bullet(const struct advice_writer *w, const char *mark, struct str text) {
        if (w->markdown)
                out_fmt(w->o, "- %s%.*s\n", mark, STR_ARG(text));
        else
                paragraph(w, str_fmt(w->a, "%s%.*s", mark, STR_ARG(text)), 2);
}

static struct str action_line(const struct advice_writer *w, const struct action *a) {
        return str_fmt(w->a, "%.*s [%.*s; %.*s]", STR_ARG(T(a->title)), STR_ARG(joined(w->a, a->offerings, ", ")),
                       STR_ARG(trust_word((enum trust)a->trust)));
}

static void changes_of(const struct advice_writer *w, const struct revision *r) {
        for (uint32_t i = 0; i < r->changes.count; i++)
                bullet(w, w->markdown ? "" : "* ", T_AT(r->changes, i));
}

void advice_revision_people(const struct guidance *g, const struct revision *r, const struct offering *o,
                            const struct advice_writer *w) {
        heading(w, str_fmt(w->a, "%.*s (%.*s)", STR_ARG(T(r->title)), STR_ARG(T(r->id))), 1);
        paragraph(w, str_fmt(w->a, "Last updated %.*s. Read in: %.*s.", STR_ARG(T(r->date)), STR_ARG(T(r->source))), 0);
        out_char(w->o, '\n');
        heading(w, S("What it brought"), 2);
        changes_of(w, r);
        out_char(w->o, '\n');
        heading(w, o ? str_fmt(w->a, "What it asks for: %.*s", STR_ARG(T(o->title))) : S("What it asks for"), 2);
        for (uint32_t i = 0; i < g->action_count; i++)
                if (guidance_has(g, &g->actions[i], r, o))
                        bullet(w, w->markdown ? "" : "* ", action_line(w, &g->actions[i]));
}

void advice_changes_people(const struct guidance *g, const struct revision *before, const struct revision *after,
                           const struct offering *o, const struct guidance_changes *c, const struct advice_writer *w) {
        heading(w, str_fmt(w->a, "From %.*s to %.*s%s%.*s", STR_ARG(T(before->id)), STR_ARG(T(after->id)), o ? ", for " : "",
                           STR_ARG(o ? T(o->title) : S(""))), 1);
        for (ptrdiff_t i = 0; i < c->count; i++) {
                const struct action *was = c->items[i].before, *is = c->items[i].after;

                bullet(w, !was ? "+ " : !is ? "- " : "~ ", action_line(w, c->items[i].shown));
                if (is)
                        paragraph(w, T(is->why), 4);
        }
        if (c->count == 0)
                paragraph(w, S("Nothing changed for you."), 0);
        out_char(w->o, '\n');
        heading(w, S("What the revisions said of themselves"), 2);
        for (const struct revision *r = before; r && r != after; ) {
                r = guidance_next(g, r);
                if (r)
                        changes_of(w, r);
        }
}
