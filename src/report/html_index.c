#include "report/html_index.h"

#include "report/page.h"

enum { FEW = 12 }; /* machines of a kind that are named without being asked */

void html_back(struct out *o) {
        out_c(o, "<p class=\"back\"><a href=\"#machines\">All machines</a></p>\n");
}

/* Machines of a kind, each a link; many are folded away. */
static void machines(struct report_writer *w, const struct group *kind) {
        struct out *o = w->out;
        const char *between = "";

        if (kind->machines > FEW)
                out_fmt(o, "<details><summary>%u machines</summary>", (unsigned)kind->machines);
        for (const struct index_machine *m = index_first(w, kind); m; m = m->next) {
                out_fmt(o, "%s<a href=\"#m%u\">", between, (unsigned)m->number);
                xml_text(o, m->name);
                out_c(o, "</a>");
                between = ", ";
        }
        out_c(o, kind->machines > FEW ? "</details>" : "");
}

static void kind_row(struct report_writer *w, const struct group *kind) {
        struct str word = status_word(kind->worst);
        struct out *o = w->out;

        out_c(o, "<tr><td>");
        machines(w, kind);
        out_fmt(o, "</td><td data-is=\"Worst\" class=\"%.*s\">%.*s", STR_ARG(word), STR_ARG(word));
        xml_element(o, "</td><td data-is=\"Open\">", kind->open_count ? kind->open : S("nothing"), "</td>");
        xml_element(o, "<td data-is=\"Not known\">", kind->unknown.len ? kind->unknown : S("nothing"), "</td>");
        xml_element(o, "<td data-is=\"They are\">", index_kind(w, kind, ", "), "</td></tr>\n");
}

static void flaw_rows(struct report_writer *w) {
        const struct flaw_total *f = groups_flaws(&w->groups, &w->kept);

        if (!f->flaw)
                return;
        out_c(w->out, "<h2>Flaw by flaw</h2>\n<table>\n<thead><tr><th scope=\"col\">Flaw</th><th scope=\"col\">Open on</th>"
                      "<th scope=\"col\">Not known on</th></tr></thead>\n<tbody>\n");
        for (; f->flaw; f++) {
                xml_element(w->out, "<tr><td>", T(f->flaw->name), "</td>");
                out_fmt(w->out, "<td data-is=\"Open on\">%u</td><td data-is=\"Not known on\">%u</td></tr>\n",
                        (unsigned)(f->machines[STATUS_VULNERABLE] + f->machines[STATUS_PARTIAL]), (unsigned)f->machines[STATUS_UNKNOWN]);
        }
        out_c(w->out, "</tbody>\n</table>\n");
}

void html_index(struct report_writer *w) {
        enum status worst;
        struct str answer = index_answer(w, &worst);
        struct out *o = w->out;

        index_sort(w);
        xml_element(o, "<nav id=\"machines\" aria-label=\"All machines\">\n<h1>", index_title(w), "</h1>\n");
        out_fmt(o, "<p class=\"answer %s\"><strong>Should I worry?</strong> ",
                worst > STATUS_UNKNOWN ? "open" : worst == STATUS_UNKNOWN ? "unsure" : "safe");
        xml_element(o, "", answer, "</p>\n");
        if (w->failures.count)
                xml_element(o, "<p class=\"answer unsure\">", index_failures(w), ".</p>\n");
        out_c(o, "<table>\n<thead><tr><th scope=\"col\">Machines</th><th scope=\"col\">Worst</th><th scope=\"col\">Open</th>"
                 "<th scope=\"col\">Not known</th><th scope=\"col\">They are</th></tr></thead>\n<tbody>\n");
        for (ptrdiff_t i = 0; i < w->groups.kinds.count; i++)
                kind_row(w, &w->groups.kinds.items[i]);
        out_c(o, "</tbody>\n</table>\n");
        flaw_rows(w);
        xml_element(o, "<p class=\"quiet\">", index_origin(w), "</p>\n</nav>\n");
}
