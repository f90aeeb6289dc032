/* The report for people: one line about the machine, one about whether to worry, what is open, and what to do. The first screen has
 * one line a flaw, and only names of what is closed; the wide one says all that is known of each. */
#include "report/text.h"

#include "report/formats.h"
#include "report/index.h"
#include "plan/summary.h"

enum { NARROWEST = 40, WHY_MIN = 36, DENIED_NAMES = 3, FLAW_MAX = 20 };
enum { SCREEN_LINES = 30, SCREEN_COLUMNS = 100, FITS_ALWAYS = 10 }; /* the first screen, where it is that wide; flaws */

static const char *const status_colors[] = {
        [STATUS_NOT_AFFECTED] = "2",
        [STATUS_MITIGATED] = "32",
        [STATUS_UNKNOWN] = "36",
        [STATUS_PARTIAL] = "33",
        [STATUS_VULNERABLE] = "1;31",
};

static void paragraph(struct text_page *p, struct str text, int indent) {
        layout_wrap(p->o, text, 0, indent, p->columns);
}

static void bold(struct text_page *p, const char *text) {
        layout_title(p->o, str_of(text), p->s->color);
}

static void headline(struct text_page *p) {
        const struct machine *h = &p->r->machine;
        const struct str items[] = { h->name, h->processor, h->where, h->os };
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

static void answer(struct text_page *p) {
        static const char question[] = "Should I worry?";
        int at = (int)sizeof(question) + 1;

        bold(p, question);
        out_c(p->o, "  ");
        layout_wrap(p->o, summary_answer(p->r, p->a), at, at, p->columns);
        out_char(p->o, '\n');
}

/* "programs → kernel". */
static struct str arrow(struct text_page *p, enum boundary b) {
        return layout_arrow(p->a, boundary_arrow(b), p->s->ascii);
}

/* One line an attacker. */
static struct str stakes(struct text_page *p, boundary_set set) {
        struct str text = S("");

        for (int b = 0; b < BOUNDARY_COUNT; b++)
                if (set & 1 << b)
                        text = str_fmt(p->a, "%.*s%.*s\n", STR_ARG(text), STR_ARG(arrow(p, (enum boundary)b)));
        return text;
}

static struct str why(struct text_page *p, const struct finding *f) {
        if (f->disagreement.len > 0)
                return str_fmt(p->a, "%.*s; %.*s", STR_ARG(f->reason), STR_ARG(f->disagreement));
        if (f->contradiction.len > 0)
                return str_fmt(p->a, "%.*s; %.*s", STR_ARG(f->reason), STR_ARG(f->contradiction));
        return f->reason;
}

/* Where the bracket that opens at `at` is closed; at the end of a text that does not close it. */
static ptrdiff_t bracket_end(struct str text, ptrdiff_t at) {
        int depth = 0;

        for (; at < text.len; at++) {
                depth += (text.p[at] == '(') - (text.p[at] == ')');
                if (depth == 0)
                        break;
        }
        return at;
}

/* The first clause of a reason, without what stands in brackets. tests/report sees to it that it has ten words at most. */
static struct str brief(struct text_page *p, struct str reason) {
        char *to = arena_bytes(p->a, reason.len);
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < reason.len; i++) {
                char c = reason.p[i], next = i + 1 < reason.len ? reason.p[i + 1] : 0;

                if (c == ' ' && next == '(') {
                        i = bracket_end(reason, i + 1);
                        continue;
                }
                if ((c == ';' || c == ':') && next == ' ')
                        break;
                to[n++] = c;
        }
        return (struct str){ .p = to, .len = n };
}

static bool is_shown(const struct text_page *p, const struct finding *f) {
        return f->at_stake && f->status > (p->s->wide ? STATUS_NOT_AFFECTED : STATUS_MITIGATED);
}

/* All that is known of each finding. */
static void findings_wide(struct text_page *p, const struct finding **order) {
        static const char *const titles[] = { "FLAW", "STATUS", "AT STAKE", "WHOSE JOB", "WHY" };
        struct table t = { .titles = titles, .column_count = 5, .columns = p->columns, .indent = 4,
                           .last_min = WHY_MIN, .color = p->s->color };

        for (; *order && is_shown(p, *order); order++) {
                const struct finding *f = *order;
                const struct cell row[] = {
                        { .text = T(f->flaw->name) },
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

/* The row that says the same of another flaw, or NULL. Where there is no room for each reason, what is not known stands together. */
static struct cell *same_row(const struct table *t, const struct cell row[4], bool together) {
        for (ptrdiff_t i = 0; i < t->count; i += t->column_count)
                if (str_eq(t->items[i + 1].text, row[1].text) && str_eq(t->items[i + 2].text, row[2].text) &&
                    (together || str_eq(t->items[i + 3].text, row[3].text)))
                        return &t->items[i];
        return NULL;
}

/* One line for all flaws of which the same is to be said. */
static void findings_brief(struct text_page *p, const struct finding **order) {
        static const char *const titles[] = { "FLAW", "STATUS", "WHOSE JOB", "WHY" };
        struct table t = { .titles = titles, .column_count = 4, .columns = p->columns, .indent = 2,
                           .last_min = WHY_MIN, .first_max = FLAW_MAX, .color = p->s->color };

        for (; *order && is_shown(p, *order); order++) {
                const struct finding *f = *order;
                const struct cell row[] = {
                        { .text = T(f->flaw->id) },
                        { .text = status_word(f->status), .color = status_colors[f->status] },
                        { .text = summary_who(p->r, f) },
                        { .text = brief(p, f->reason) },
                };
                struct cell *same = same_row(&t, row, p->folds >= FOLD_UNKNOWN && f->status == STATUS_UNKNOWN);

                for (size_t i = 0; !same && i < sizeof(row) / sizeof(row[0]); i++)
                        *arena_append(p->a, &t) = row[i];
                if (!same)
                        continue;
                same[0].text = str_fmt(p->a, "%.*s, %.*s", STR_ARG(same[0].text), STR_ARG(row[0].text));
                if (!str_eq(same[3].text, row[3].text))
                        same[3].text = S("each for its own reason; explain FLAW shows it");
        }
        if (t.count > 0)
                table_write(&t, p->o);
}

/* A line below the table. */
static void told_below(struct text_page *p, struct str title, struct str text) {
        if (p->gap)
                out_char(p->o, '\n');
        p->gap = false;
        paragraph(p, str_fmt(p->a, "%.*s: %.*s", STR_ARG(title), STR_ARG(text)), 2);
}

/* Who can read what, by the flaws that are open: "programs → kernel and programs, thread → sibling thread". */
static void at_stake(struct text_page *p, const struct finding **order) {
        struct str text = S(""), before = S("");
        boundary_set open = 0;

        for (; *order && (*order)->at_stake && (*order)->status >= STATUS_PARTIAL; order++)
                open |= (*order)->boundaries;
        for (int b = 0; b < BOUNDARY_COUNT; b++) {
                struct str whole = arrow(p, (enum boundary)b), who = boundary_arrow((enum boundary)b), whose;

                if (!(open & 1 << b))
                        continue;
                whose = str_trim(str_from(who, str_find(who, S("->")) + 2));
                who = str_sub(who, 0, str_find(who, S("->")));
                if (text.len && str_eq(who, before))
                        text = str_fmt(p->a, "%.*s and %.*s", STR_ARG(text), STR_ARG(whose));
                else
                        text = str_fmt(p->a, "%.*s%s%.*s", STR_ARG(text), text.len ? ", " : "", STR_ARG(whole));
                before = who;
        }
        if (open)
                told_below(p, S("At stake"), text);
}

static bool is_disputed(const struct finding *f) {
        return f->disagreement.len > 0;
}

static bool is_contradicted(const struct finding *f) {
        return f->disagreement.len == 0 && f->contradiction.len > 0;
}

/* The shown findings of which there is more to tell than their line says. */
static void more(struct text_page *p, const struct finding **order, bool (*is)(const struct finding *), const char *title) {
        OUT_AUTO struct out list = { 0 };

        for (; *order && is_shown(p, *order); order++)
                if (is(*order))
                        out_fmt(&list, "%s%.*s", list.len ? ", " : "", STR_ARG(T((*order)->flaw->id)));
        if (list.len > 0)
                told_below(p, str_of(title), out_text(&list));
}

static void findings(struct text_page *p, const struct finding **order) {
        if (p->s->wide) {
                findings_wide(p, order);
                return;
        }
        findings_brief(p, order);
        p->gap = *order && is_shown(p, *order);
        at_stake(p, order);
        more(p, order, is_disputed, "The kernel and the hardware tables disagree about");
        more(p, order, is_contradicted, "Settings or words that do not match what holds (explain tells why)");
}

/* The flaws of one kind as a single paragraph: "not affected (17): l1tf, meltdown, …". */
static void names(struct text_page *p, const char *title, bool at_stake, enum status status) {
        uint32_t n;
        struct str list = summary_names(p->r, p->a, at_stake, status, &n);

        if (n == 0)
                return;
        if (p->folds >= FOLD_NAMES && (int)strlen(title) + 8 + (int)list.len > p->columns) /* else it saves no line */
                list = S("check -v names them");
        told_below(p, str_fmt(p->a, "%s (%u)", title, (unsigned)n), list);
}

/* Which findings would be settled by evidence that was denied, or could not be read. */
static void left_open(const struct finding **order, enum fact_state state, struct out *list) {
        struct str word = str_of(fact_state_word(state));

        for (; *order; order++)
                for (uint32_t i = 0; i < (*order)->missing_count; i++)
                        if (str_eq((*order)->missing[i].value, word)) {
                                out_c(list, list->len ? ", " : "");
                                out_str(list, T((*order)->flaw->name));
                                break;
                        }
}

/* The first few of what was denied, or could not be read. */
static void unread_names(struct text_page *p, enum fact_state state, struct out *list) {
        const struct machine *m = &p->r->machine;
        struct str word = str_of(fact_state_word(state));
        uint32_t n = 0;

        for (uint32_t i = 0; i < m->unread_count; i++) {
                const struct quoted_fact *q = &m->unread[i];

                if (!str_eq(q->value, word) || n++ >= DENIED_NAMES)
                        continue;
                out_fmt(list, "%s%.*s", n > 1 ? ", " : "", STR_ARG(q->name));
                if (q->source.len > 0)
                        out_fmt(list, " (%.*s)", STR_ARG(q->source));
        }
        if (n > DENIED_NAMES)
                out_fmt(list, " and %u more", (unsigned)(n - DENIED_NAMES));
}

static void denied(struct text_page *p, const struct finding **order) {
        OUT_AUTO struct out names_list = { 0 };
        OUT_AUTO struct out open_list = { 0 };

        if (p->r->machine.denied == 0)
                return;
        unread_names(p, FACT_DENIED, &names_list);
        left_open(order, FACT_DENIED, &open_list);
        if (open_list.len == 0 && !p->s->wide)
                return;
        if (open_list.len > 0)
                paragraph(p, str_fmt(p->a, "denied: %.*s; with the right to read (as root) this would settle %.*s", STR_ARG(out_text(&names_list)),
                                     STR_ARG(p->folds >= FOLD_NAMES ? S("what the steps name") : out_text(&open_list))), 2);
        else
                paragraph(p, str_fmt(p->a, "denied: %.*s; no verdict depends on it", STR_ARG(out_text(&names_list))), 2);
}

static void failed(struct text_page *p, const struct finding **order) {
        OUT_AUTO struct out names_list = { 0 };
        OUT_AUTO struct out open_list = { 0 };

        if (p->r->machine.failed == 0)
                return;
        unread_names(p, FACT_FAILED, &names_list);
        left_open(order, FACT_FAILED, &open_list);
        if (names_list.len == 0)
                return; /* what failed is nothing that has a name */
        if (open_list.len > 0)
                paragraph(p, str_fmt(p->a, "could not be read: %.*s; this leaves %.*s open", STR_ARG(out_text(&names_list)),
                                     STR_ARG(out_text(&open_list))), 2);
        else
                paragraph(p, str_fmt(p->a, "could not be read: %.*s; no verdict depends on it", STR_ARG(out_text(&names_list))), 2);
}

static int columns_of(const struct report_writer *w) {
        return w->style->columns < NARROWEST ? NARROWEST : w->style->columns;
}

static void page(struct text_page *p) {
        const struct finding **order = summary_order(p->r, p->a);

        headline(p);
        answer(p);
        findings(p, order);
        if (!p->s->wide)
                names(p, "mitigated", true, STATUS_MITIGATED);
        names(p, "not affected", true, STATUS_NOT_AFFECTED);
        names(p, "not at stake", false, STATUS_COUNT);
        denied(p, order);
        failed(p, order);
        text_todo(p);
        paragraph(p, summary_origin(p->r, p->a), 2);
        if (p->r->fingerprint[0])
                paragraph(p, str_fmt(p->a, "fingerprint %s", p->r->fingerprint), 2);
}

/* The lines of a page, written for nobody. */
static int lines_of(struct text_page p) {
        OUT_AUTO struct out whole = { 0 };
        int lines = 0;

        p.o = &whole;
        page(&p);
        for (ptrdiff_t i = 0; i < whole.len; i++)
                lines += whole.p[i] == '\n';
        return lines;
}

/* The first screen is a screen: what does not fit into one is told in fewer words. A short list always fits. */
static int folds_needed(struct text_page p) {
        uint32_t shown = 0;

        for (uint32_t i = 0; i < p.r->finding_count; i++)
                shown += is_shown(&p, &p.r->findings[i]);
        if (p.s->wide || p.columns < SCREEN_COLUMNS || shown < FITS_ALWAYS)
                return 0;
        while (p.folds < FOLD_MOST && lines_of(p) > SCREEN_LINES)
                p.folds++;
        return p.folds;
}

void text_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(r->facts->arena);
        struct text_page p = { .r = r, .s = w->style, .a = r->facts->arena, .o = w->out, .columns = columns_of(w) };

        p.folds = folds_needed(p);
        if (w->count > 0)
                out_char(w->out, '\n');
        page(&p);
        arena_release(p.a, mark);
}

/* Errors have scrolled away behind the other machines' screens by then, and a file that this goes to has none of them. */
void text_end(struct report_writer *w) {
        if (w->count == 0 || w->failures.count == 0)
                return;
        out_char(w->out, '\n');
        layout_wrap(w->out, index_failures(w), 0, 2, columns_of(w));
}
