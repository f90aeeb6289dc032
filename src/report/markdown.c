/* Markdown (CommonMark with GitHub's tables), for tickets and wikis. */
#include "report/formats.h"
#include "report/index.h"
#include "report/page.h"
#include "plan/summary.h"

bool markdown_begins_block(struct str text, ptrdiff_t i) {
        ptrdiff_t n = 0;

        while (n < i && text.p[n] >= '0' && text.p[n] <= '9')
                n++;
        return n == i && (i == 0 ? memchr("-+=", text.p[i], 3) != NULL : memchr(".)", text.p[i], 2) != NULL);
}

/* Text in a table's cell or a line: markup characters are escaped. It is on one line already (base/plain.h). */
static void escaped(struct out *o, struct str text) {
        for (ptrdiff_t i = 0; i < text.len; i++) {
                if (memchr("\\`*_{}[]<>#|~&", text.p[i], 14) || markdown_begins_block(text, i))
                        out_char(o, '\\');
                out_char(o, text.p[i]);
        }
}

static void status_cell(struct out *o, struct str status) {
        out_fmt(o, " | **%.*s** | ", STR_ARG(status));
}

static void step_begins(struct out *o, int number) {
        out_fmt(o, "%s%d. ", number ? "" : "\n## What to do\n\n", number + 1);
}

/* An indented block in the list's item: nothing in it ends it. */
static void letter(struct out *o, struct str text) {
        struct str line;

        out_c(o, ":\n\n");
        while (str_line(&text, &line))
                out_fmt(o, "%s%.*s\n", line.len ? "        " : "", STR_ARG(line));
        out_char(o, '\n');
}

/* Nothing is markup between two backticks and two backticks, and no command of ours has two. */
static void code(struct out *o, struct str text) {
        out_str(o, text);
}

static const struct page_dress dress = {
        .text = escaped,
        .status = status_cell,
        .step = step_begins,
        .head = "\n\n| Flaw | Status | At stake | Whose job | Why |\n|---|---|---|---|---|\n",
        .row = "| ",
        .arrow = "→",
        .between = ", ",
        .who = " | ",
        .why = " | ",
        .row_end = " |\n",
        .table_end = "",
        .names = "\n",
        .names_end = "\n",
        .aside = " (",
        .aside_end = ")",
        .code = code,
        .run = "; run",
        .shell = " ``",
        .shell_end = "``",
        .command = " (why: `",
        .command_end = "`)\n",
        .no_ask = "",
        .steps_end = "",
        .letter = letter,
};

/* What the index's links lead to. */
static void anchor(struct out *o, uint32_t number) {
        out_fmt(o, "%s<a id=\"m%u\"></a>\n\n", number > 1 ? "\n" : "", (unsigned)number);
}

void markdown_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(r->facts->arena);
        struct out *o = page_bodies(w);

        index_add(w, r);
        if (w->count)
                anchor(o, w->groups.machines);
        out_c(o, "# ");
        escaped(o, r->machine.name);
        out_c(o, "\n\n");
        escaped(o, r->machine.processor);
        out_c(o, ", ");
        escaped(o, r->machine.os);
        out_c(o, "\n\n**Should I worry?** ");
        escaped(o, summary_answer(r, r->facts->arena));
        page_findings(&dress, o, r);
        page_steps(&dress, o, r);
        for (uint32_t i = 0; i < r->machine.notes.count; i++) {
                out_c(o, i ? "* " : "\n## Notes\n\n* ");
                escaped(o, r->machine.notes.items[i]);
                out_char(o, '\n');
        }
        out_char(o, '\n');
        escaped(o, summary_origin(r, r->facts->arena));
        if (r->fingerprint[0])
                out_fmt(o, "; fingerprint %s", r->fingerprint);
        out_char(o, '\n');
        arena_release(r->facts->arena, mark);
}

static void index_line(struct report_writer *w, const struct group *kind) {
        struct str nothing = S("nothing");
        const char *between = "";
        struct out *o = w->out;

        out_fmt(o, "* **%.*s**: ", STR_ARG(status_word(kind->worst)));
        for (const struct index_machine *m = index_first(w, kind); m; m = m->next) {
                out_fmt(o, "%s[", between);
                escaped(o, m->name);
                out_fmt(o, "](#m%u)", (unsigned)m->number);
                between = ", ";
        }
        out_fmt(o, ". Open: %.*s; not known: %.*s. ", STR_ARG(kind->open_count ? kind->open : nothing),
                STR_ARG(kind->unknown.len ? kind->unknown : nothing));
        escaped(o, index_kind(w, kind, ", "));
        out_char(o, '\n');
}

/* The answer first, then the machines that are alike, the worst first. */
static void write_index(struct report_writer *w) {
        enum status worst;

        index_sort(w);
        out_fmt(w->out, "# %.*s\n\n**Should I worry?** %.*s\n\n", STR_ARG(index_title(w)), STR_ARG(index_answer(w, &worst)));
        if (w->failures.count) {
                escaped(w->out, index_failures(w));
                out_c(w->out, "\n\n");
        }
        for (ptrdiff_t i = 0; i < w->groups.kinds.count; i++)
                index_line(w, &w->groups.kinds.items[i]);
        out_fmt(w->out, "\n%.*s\n\n", STR_ARG(index_origin(w)));
}

void markdown_end(struct report_writer *w) {
        if (w->count == 0)
                return;
        if (index_is_needed(w)) {
                write_index(w);
                anchor(w->out, 1);
        }
        page_release(w);
}
