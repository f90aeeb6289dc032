/* The report for people: one line about the machine, one about whether to worry, a table, and what to do. */
#include "report/formats.h"
#include "report/layout.h"
#include "report/steps.h"
#include "plan/summary.h"

enum { NARROWEST = 40, WHY_MIN = 36, DENIED_NAMES = 3, TODO_NAMES = 4 };

static const char *const status_colors[] = {
        [STATUS_NOT_AFFECTED] = "2",
        [STATUS_MITIGATED] = "32",
        [STATUS_UNKNOWN] = "36",
        [STATUS_PARTIAL] = "33",
        [STATUS_VULNERABLE] = "1;31",
};

struct page {
        const struct verdict *r;
        const struct report_style *s;
        struct arena *a;
        struct out *o;
        int columns;
};

static void paragraph(struct page *p, struct str text, int indent) {
        layout_wrap(p->o, text, 0, indent, p->columns);
}

static void bold(struct page *p, const char *text) {
        layout_title(p->o, str_of(text), p->s->color);
}

/* "2 things were denied, 1 could not be read". */
static struct str denied_text(struct page *p) {
        uint32_t denied = p->r->machine.denied, failed = p->r->machine.failed;
        struct str text = S("nothing was denied");

        if (denied > 0)
                text = denied == 1 ? S("1 thing was denied") : str_fmt(p->a, "%u things were denied", (unsigned)denied);
        if (failed > 0)
                text = str_fmt(p->a, "%.*s%u%s could not be read", STR_ARG(denied > 0 ? str_fmt(p->a, "%.*s, ", STR_ARG(text)) : S("")),
                               (unsigned)failed, denied > 0 ? "" : failed == 1 ? " thing" : " things");
        return text;
}

static void headline(struct page *p) {
        const struct machine *h = &p->r->machine;
        const struct str items[] = { h->name, h->processor, h->where, h->os, denied_text(p) };
        struct out line = { 0 };

        for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
                if (items[i].len == 0)
                        continue;
                if (line.len > 0)
                        out_c(&line, p->s->ascii ? " - " : " · ");
                out_str(&line, items[i]);
        }
        paragraph(p, out_text(&line), 2);
        out_free(&line);
        for (uint32_t i = 0; i < h->notes.count; i++)
                paragraph(p, str_fmt(p->a, "note: %.*s", STR_ARG(h->notes.items[i])), 6);
        if (p->r->predicted)
                paragraph(p, S("predicted: what a kernel of today would say after the change, not what this one said"), 11);
        out_char(p->o, '\n');
}

static void answer(struct page *p) {
        static const char question[] = "Should I worry?";
        int at = (int)sizeof(question) + 1;

        bold(p, question);
        out_c(p->o, "  ");
        layout_wrap(p->o, summary_answer(p->r, p->a), at, at, p->columns);
        out_char(p->o, '\n');
}

/* One line an attacker: "user -> kernel, user". */
static struct str stakes(struct page *p, boundary_set set) {
        struct str text = S("");

        if ((set & 3 << BOUNDARY_USER_KERNEL) == 3 << BOUNDARY_USER_KERNEL) {
                text = S("user -> kernel, user\n");
                set &= (boundary_set) ~(3 << BOUNDARY_USER_KERNEL);
        }
        if ((set & 3 << BOUNDARY_GUEST_HOST) == 3 << BOUNDARY_GUEST_HOST) {
                text = str_fmt(p->a, "%.*sguest -> host, guest\n", STR_ARG(text));
                set &= (boundary_set) ~(3 << BOUNDARY_GUEST_HOST);
        }
        for (int b = 0; b < BOUNDARY_COUNT; b++)
                if (set & 1 << b)
                        text = str_fmt(p->a, "%.*s%.*s\n", STR_ARG(text), STR_ARG(boundary_arrow((enum boundary)b)));
        return text;
}

static struct str why(struct page *p, const struct finding *f) {
        if (f->disagreement.len > 0)
                return str_fmt(p->a, "%.*s; %.*s", STR_ARG(f->reason), STR_ARG(f->disagreement));
        if (f->contradiction.len > 0)
                return str_fmt(p->a, "%.*s; %.*s", STR_ARG(f->reason), STR_ARG(f->contradiction));
        return f->reason;
}

static void findings(struct page *p, const struct finding **order) {
        static const char *const titles[] = { "FLAW", "STATUS", "AT STAKE", "WHOSE JOB", "WHY" };
        struct table t = { .titles = titles, .column_count = 5, .columns = p->columns, .indent = 4,
                           .last_min = WHY_MIN, .color = p->s->color };

        for (; *order && (*order)->at_stake && (*order)->status != STATUS_NOT_AFFECTED; order++) {
                const struct finding *f = *order;
                const struct cell row[] = {
                        { .text = f->flaw->name },
                        { .text = status_word(f->status), .color = status_colors[f->status] },
                        { .text = stakes(p, f->boundaries) },
                        { .text = summary_who(p->r, f) },
                        { .text = why(p, f) },
                };

                for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
                        *arena_append(p->a, &t) = row[i];
        }
        if (t.count > 0)
                table_write(&t, p->o);
}

static bool is_for_arch(const struct flaw *f, struct str arch) {
        for (uint32_t i = 0; i < f->arches.count && arch.len > 0; i++)
                if (str_eq(f->arches.items[i], arch))
                        return true;
        return f->arches.count == 0 || arch.len == 0;
}

/* The flaws of one kind as a single paragraph: "not affected (17): l1tf, meltdown, …". Those of other architectures are left
 * out: nobody asked. */
static void names(struct page *p, const char *title, const struct finding **order, bool at_stake) {
        OUT_AUTO struct out list = { 0 };
        int n = 0;

        for (; *order; order++) {
                const struct finding *f = *order;

                if (f->at_stake != at_stake || (at_stake && f->status != STATUS_NOT_AFFECTED) ||
                    (f->status == STATUS_NOT_AFFECTED && !is_for_arch(f->flaw, p->r->machine.arch)))
                        continue;
                out_c(&list, n++ ? ", " : "");
                out_str(&list, f->flaw->id);
        }
        if (n > 0)
                paragraph(p, str_fmt(p->a, "%s (%d): %.*s", title, n, STR_ARG(out_text(&list))), 2);
}

/* Which findings would be settled by evidence that was denied, or could not be read. */
static void left_open(const struct finding **order, enum fact_state state, struct out *list) {
        struct str word = str_of(fact_state_word(state));

        for (; *order; order++)
                for (uint32_t i = 0; i < (*order)->missing_count; i++)
                        if (str_eq((*order)->missing[i].value, word)) {
                                out_c(list, list->len ? ", " : "");
                                out_str(list, (*order)->flaw->name);
                                break;
                        }
}

static struct str denied_name(struct page *p, const struct record *r) {
        if (r->kind == RECORD_MSR)
                return str_fmt(p->a, "MSR 0x%x", (unsigned)r->leaf);
        return r->state == FACT_FAILED && r->text.len > 0 ? str_fmt(p->a, "%.*s (%.*s)", STR_ARG(r->key), STR_ARG(r->text)) : r->key;
}

/* The first few; what was denied on one processor after the other is one thing. */
static void denied_names(struct page *p, enum fact_state state, struct out *list) {
        const struct evidence *e = p->r->facts->evidence;
        struct str last = S("");
        uint32_t n = 0;

        for (ptrdiff_t i = 0; i < e->count; i++) {
                struct str name = e->items[i].state == state ? denied_name(p, &e->items[i]) : last;

                if (str_eq(name, last))
                        continue;
                last = name;
                if (n++ < DENIED_NAMES)
                        out_fmt(list, "%s%.*s", n > 1 ? ", " : "", STR_ARG(name));
        }
        if (n > DENIED_NAMES)
                out_fmt(list, " and %u more", (unsigned)(n - DENIED_NAMES));
}

static void denied(struct page *p, const struct finding **order) {
        OUT_AUTO struct out names_list = { 0 };
        OUT_AUTO struct out open_list = { 0 };

        if (p->r->machine.denied == 0)
                return;
        denied_names(p, FACT_DENIED, &names_list);
        left_open(order, FACT_DENIED, &open_list);
        if (open_list.len > 0)
                paragraph(p, str_fmt(p->a, "denied: %.*s; with the right to read (as root) this would settle %.*s",
                                     STR_ARG(out_text(&names_list)), STR_ARG(out_text(&open_list))), 2);
        else
                paragraph(p, str_fmt(p->a, "denied: %.*s; no verdict depends on it", STR_ARG(out_text(&names_list))), 2);
}

static void failed(struct page *p, const struct finding **order) {
        OUT_AUTO struct out names_list = { 0 };
        OUT_AUTO struct out open_list = { 0 };

        if (p->r->machine.failed == 0)
                return;
        denied_names(p, FACT_FAILED, &names_list);
        left_open(order, FACT_FAILED, &open_list);
        if (open_list.len > 0)
                paragraph(p, str_fmt(p->a, "could not be read: %.*s; this leaves %.*s open", STR_ARG(out_text(&names_list)),
                                     STR_ARG(out_text(&open_list))), 2);
        else
                paragraph(p, str_fmt(p->a, "could not be read: %.*s; no verdict depends on it", STR_ARG(out_text(&names_list))), 2);
}

/* One step: its title, what it is for, the question or the changes, and where to read more. */
static void step(struct page *p, const struct step *s, int number) {
        struct str flaws = steps_flaws(p->a, s, TODO_NAMES);
        struct str text = steps_title(p->a, s);

        if (flaws.len)
                text = str_fmt(p->a, "%.*s (%.*s)", STR_ARG(text), STR_ARG(flaws));
        if (s->ask.len)
                text = str_fmt(p->a, "%.*s\n\"%.*s\"", STR_ARG(text), STR_ARG(s->ask));
        for (ptrdiff_t i = 0; i < s->instructions.count; i++)
                if (s->instructions.items[i].kind == INSTRUCTION_CHANGE)
                        text = str_fmt(p->a, "%.*s\n%.*s", STR_ARG(text), STR_ARG(steps_instruction(p->a, &s->instructions.items[i], true)));
        out_fmt(p->o, "%3d. ", number);
        layout_wrap(p->o, str_fmt(p->a, "%.*s\nsidelight explain %.*s", STR_ARG(text), STR_ARG(s->resolves.items[0]->id)), 5, 5, p->columns);
}

static void todo(struct page *p) {
        struct plan plan;
        bool changes = false;
        int number = 0;

        plan_of_verdict(&plan, p->a, p->r);
        for (ptrdiff_t i = 0; i < plan.count; i++) {
                if (!step_is_for(&plan.items[i], NULL))
                        continue;
                if (number == 0) {
                        out_char(p->o, '\n');
                        bold(p, "What to do");
                        out_char(p->o, '\n');
                }
                step(p, &plan.items[i], ++number);
                changes |= plan.items[i].changes.count > 0 && plan.items[i].changes.items[0].target.kind != TARGET_REGISTRY_VALUE;
        }
        if (number)
                layout_wrap(p->o, S("For the commands, and for what else your platform's guidance asks: sidelight advise"), 0, 2, p->columns);
        if (changes)
                layout_wrap(p->o, S("To see each file's change, and to have it made: sidelight fix"), 0, 2, p->columns);
}

void text_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(r->facts->arena);
        struct page p = { .r = r, .s = w->style, .a = r->facts->arena, .o = w->out,
                          .columns = w->style->columns < NARROWEST ? NARROWEST : w->style->columns };
        const struct finding **order = summary_order(r, p.a);

        if (w->count > 0)
                out_char(w->out, '\n');
        headline(&p);
        answer(&p);
        findings(&p, order);
        names(&p, "not affected", order, true);
        names(&p, "not at stake", order, false);
        denied(&p, order);
        failed(&p, order);
        todo(&p);
        arena_release(p.a, mark);
}
