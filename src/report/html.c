/* One HTML page that needs nothing else: style, picture and text are in it, and no script. */
#include "report/formats.h"
#include "report/html_index.h"
#include "plan/plan.h"
#include "plan/summary.h"
#include "report/page.h"

/* Dark and light, screens of any width, and paper. On a narrow one each row of the table becomes a card. */
static const char style[] =
        ":root{color-scheme:light dark;--ink:#1b1f24;--page:#fff;--quiet:#57606a;--line:#d8dee4;--tint:#f2f4f7}\n"
        "body{font:16px/1.45 system-ui,sans-serif;max-width:72em;margin:1em auto;padding:0 1em;color:var(--ink);background:var(--page)}\n"
        "h1{font-size:1.5em;margin:.2em 0}h2{font-size:1.15em;margin:1.2em 0 .4em}header p{margin:.2em 0}article{margin-top:1em}\n"
        "a{color:inherit}.back{margin:.6em 0 0;padding-bottom:1em;border-bottom:.2em solid var(--line)}td details,td p{margin:0}\n"
        ".answer{font-size:1.15em;margin:.8em 0;padding:.6em .8em;border-left:.3em solid var(--quiet);background:var(--tint)}\n"
        ".answer.open{border-color:#b42318}.answer.unsure{border-color:#175cd3}.answer.safe{border-color:#067647}\n"
        "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4em .8em .4em 0;"
        "border-bottom:1px solid var(--line)}li{margin:.3em 0}p,li,td{overflow-wrap:break-word}h1,footer,nav td:first-child{overflow-wrap:anywhere}\n"
        ".vulnerable{color:#b42318;font-weight:600}.partial{color:#8a4b00;font-weight:600}.unknown{color:#175cd3}"
        ".mitigated{color:#067647}.quiet,footer{color:var(--quiet)}.stake{white-space:nowrap}code{background:var(--tint);"
        "padding:.1em .3em}li>.quiet{font-size:.85em}li>code{display:inline-block;overflow-wrap:anywhere}"
        "rect{stroke:var(--quiet)}rect.not-affected{fill:#e4e7ec}rect.mitigated{fill:#d1fadf}rect.unknown{fill:#d1e9ff}rect.partial{fill:#fedf89}"
        "rect.vulnerable{fill:#fecdca}svg text{fill:var(--ink)}svg .name{font-weight:600}nav td:first-child{min-width:13em}"
        "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--tint);padding:.6em .8em}summary{cursor:pointer}svg{max-width:100%;height:auto}\n"
        "@media (min-width:64em){.first:has(ol){display:grid;grid-template-columns:minmax(0,1fr) 22.5em;column-gap:2.5em}}\n"
        "@media (max-width:44em){nav td:first-child{min-width:0}thead{position:absolute;left:-999em}table,tbody,tr,td{display:block}tr{border-bottom:1px solid var(--line);"
        "padding:.5em 0}td{border:0;padding:.1em 0}td:first-child{font-weight:600}td[data-is]::before{content:attr(data-is) \": \";"
        "color:var(--quiet);font-weight:400}.stake{white-space:normal}.stake br{display:none}.stake span::after{content:\", \"}"
        ".stake span:last-child::after{content:\"\"}}\n"
        "@media screen and (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--page:#101418;--quiet:#9aa4ad;--line:#333a41;--tint:#20262c}"
        ".vulnerable{color:#ff8a80}.partial{color:#ffb74d}.unknown{color:#82b1ff}.mitigated{color:#69d7a0}"
        "rect.not-affected{fill:#20262c}rect.mitigated{fill:#0f3d2a}rect.unknown{fill:#17304f}rect.partial{fill:#4a3510}rect.vulnerable{fill:#551f1b}}\n"
        "@media print{body{font-size:11px;max-width:none;margin:0;color:#000;background:#fff}article:not(:last-of-type),nav{break-after:page}.back{display:none}"
        "h1,h2{break-after:avoid}tr,footer,svg,.answer{break-inside:avoid}footer,footer p{break-before:avoid}tbody tr:last-child{break-before:avoid}"
        "p,li,pre{orphans:3;widows:3}details::details-content{content-visibility:visible;block-size:auto}"
        ".first:has(ol):not(:has(pre)){display:grid;grid-template-columns:minmax(0,1fr) 22.5em;column-gap:2em}}\n";

/* The picture: what stands on what, top down. */
static const struct {
        enum layer layer;
        const char *title;
} layers[] = {
        { LAYER_APPLICATION, "programs" }, { LAYER_KERNEL, "kernel" },     { LAYER_HYPERVISOR, "hypervisor" },
        { LAYER_MICROCODE, "firmware" },   { LAYER_HARDWARE, "processor" },
};

enum { BOX_WIDTH = 352, BOX_HEIGHT = 46, BOX_STEP = 52, BOX_TEXT = 42, LAYER_COUNT_SHOWN = sizeof(layers) / sizeof(layers[0]) };

/* "2 vulnerable, 1 unknown" of what this layer owns; `ret_worst` colours its box. */
static void owned(struct out *o, const struct verdict *r, enum layer layer, enum status *ret_worst) {
        unsigned counts[STATUS_COUNT] = { 0 };
        bool first = true;

        *ret_worst = STATUS_NOT_AFFECTED;
        for (uint32_t i = 0; i < r->finding_count; i++)
                if (r->findings[i].owner == layer && r->findings[i].at_stake)
                        counts[r->findings[i].status]++;
        for (int s = STATUS_COUNT - 1; s > STATUS_NOT_AFFECTED; s--) {
                if (counts[s] == 0)
                        continue;
                out_fmt(o, "%s%u %.*s", first ? "" : ", ", counts[s], STR_ARG(status_word((enum status)s)));
                *ret_worst = first ? (enum status)s : *ret_worst;
                first = false;
        }
        if (first)
                out_c(o, "nothing to do");
}

static void box(struct out *o, const struct verdict *r, size_t i) {
        OUT_AUTO struct out text = { 0 };
        int y = 4 + (int)i * BOX_STEP;
        enum status worst;

        owned(&text, r, layers[i].layer, &worst);
        out_fmt(o, "<rect x=\"4\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" class=\"%.*s\"/>", y, BOX_WIDTH, BOX_HEIGHT,
                STR_ARG(status_word(worst)));
        out_fmt(o, "<text x=\"16\" y=\"%d\" class=\"name\">%s</text><text x=\"16\" y=\"%d\"", y + 19, layers[i].title, y + 38);
        if (text.len > BOX_TEXT) /* what would reach over the edge is drawn narrower */
                out_fmt(o, " textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\"", BOX_WIDTH - 24);
        out_fmt(o, ">%.*s</text>", STR_ARG(out_text(&text)));
        out_fmt(o, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", BOX_WIDTH - 8, y + 19,
                verdict_is_theirs(r, layers[i].layer) ? "your provider" : "you");
}

static void picture(struct out *o, const struct verdict *r) {
        out_fmt(o, "<h2>Who is responsible</h2>\n<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" aria-label=\"Who is responsible for which "
                   "layer\" font-family=\"system-ui,sans-serif\" font-size=\"15\">\n",
                    BOX_WIDTH + 8, LAYER_COUNT_SHOWN * BOX_STEP + 4, BOX_WIDTH + 8);
        for (size_t i = 0; i < LAYER_COUNT_SHOWN; i++)
                box(o, r, i);
        out_c(o, "</svg>\n");
}

static void status_cell(struct out *o, struct str status) {
        out_fmt(o, "</td><td data-is=\"Status\" class=\"%.*s\">%.*s</td><td data-is=\"At stake\" class=\"stake\"><span>", STR_ARG(status),
                STR_ARG(status));
}

static void step_begins(struct out *o, int number) {
        out_c(o, number ? "<li>" : "<h2>What to do</h2>\n<ol>\n<li>");
}

static const struct page_dress dress = {
        .text = xml_text,
        .status = status_cell,
        .step = step_begins,
        .head = "<h2>Flaw by flaw</h2>\n<table>\n<thead><tr><th scope=\"col\">Flaw</th><th scope=\"col\">Status</th><th scope=\"col\">At stake</th>"
                "<th scope=\"col\">Whose job</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n",
        .row = "<tr><td>",
        .arrow = "→",
        .between = "</span><br><span>",
        .who = "</span></td><td data-is=\"Whose job\">",
        .why = "</td><td>",
        .row_end = "</td></tr>\n",
        .table_end = "</tbody>\n</table>\n",
        .names = "<p class=\"quiet\">",
        .names_end = "</p>\n",
        PAGE_STEPS_IN_HTML,
};

static const char *answer_class(const struct verdict *r) {
        return r->worst > STATUS_UNKNOWN || summary_failed_steps(r) ? "open" : r->worst == STATUS_UNKNOWN ? "unsure" : "safe";
}

static void notes(struct out *o, const struct machine *m) {
        if (m->notes.count + m->unread_count == 0)
                return;
        out_c(o, "<h2>Notes</h2>\n<ul>\n");
        for (uint32_t i = 0; i < m->notes.count; i++) {
                out_c(o, "<li>");
                xml_text(o, m->notes.items[i]);
                out_c(o, "</li>\n");
        }
        for (uint32_t i = 0; i < m->unread_count; i++) {
                out_c(o, i ? ", " : "<li>not read: ");
                xml_text(o, m->unread[i].name);
                out_fmt(o, " (%.*s)", STR_ARG(m->unread[i].value));
        }
        out_c(o, m->unread_count ? "</li>\n</ul>\n" : "</ul>\n");
}

static void footer(struct out *o, const struct verdict *r) {
        out_c(o, "<footer><p>");
        xml_text(o, summary_origin(r, r->facts->arena));
        if (r->fingerprint[0])
                out_fmt(o, "<br>fingerprint <code>%s</code>", r->fingerprint);
        out_c(o, "</p></footer>\n");
}

/* The answer and the steps come first, so that a phone shows them without scrolling. */
void html_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(r->facts->arena);
        struct out *o = page_bodies(w);

        index_add(w, r);
        if (w->count)
                html_back(o);
        out_fmt(o, "<article id=\"m%u\">\n<header>\n<h1>", (unsigned)w->groups.machines);
        xml_text(o, r->machine.name);
        out_c(o, "</h1>\n<p class=\"quiet\">");
        xml_text(o, r->machine.processor);
        out_c(o, ", ");
        xml_text(o, r->machine.where);
        out_c(o, ", ");
        xml_text(o, r->machine.os);
        out_fmt(o, "</p>\n</header>\n<p class=\"answer %s\"><strong>Should I worry?</strong> ", answer_class(r));
        xml_text(o, summary_answer(r, r->facts->arena));
        out_c(o, "</p>\n");
        out_c(o, "<div class=\"first\">\n<div>\n"); /* side by side where there is room */
        page_steps(&dress, o, r);
        out_c(o, "</div>\n<div>\n");
        picture(o, r);
        out_c(o, "</div>\n</div>\n");
        page_findings(&dress, o, r);
        notes(o, &r->machine);
        footer(o, r);
        out_c(o, "</article>\n");
        arena_release(r->facts->arena, mark);
}

/* What can only be told when all machines are known stands first. */
void html_end(struct report_writer *w) {
        if (w->count == 0)
                return;
        out_c(w->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
        xml_element(w->out, "<title>", index_is_needed(w) ? index_title(w) : w->machines.items[0].name, ", sidelight</title>\n<style>\n");
        out_c(w->out, style);
        out_c(w->out, "</style>\n</head>\n<body>\n<main>\n");
        if (index_is_needed(w))
                html_index(w);
        page_release(w);
        if (index_is_needed(w))
                html_back(w->out);
        out_c(w->out, "</main>\n</body>\n</html>\n");
}
