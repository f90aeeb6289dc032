/* One HTML page that needs nothing else: style, picture and text are in it, and no script. */
#include "report/formats.h"
#include "plan/plan.h"
#include "plan/summary.h"
#include "report/page.h"

static const char style[] =
        "body{font:16px/1.45 system-ui,sans-serif;max-width:72em;margin:2em auto;padding:0 1em;color:#1b1f24;background:#fff}\n"
        "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4em .8em .4em 0;"
        "border-bottom:1px solid #d8dee4}\n"
        ".vulnerable{color:#b42318;font-weight:600}.partial{color:#8a4b00;font-weight:600}.unknown{color:#175cd3}"
        ".mitigated{color:#067647}.answer{font-size:1.15em}.quiet{color:#57606a}.stake{white-space:nowrap}code{background:#f2f4f7;"
        "padding:.1em .3em}\n"
        "@media (prefers-color-scheme:dark){body{background:#101418;color:#e6e9ec}th,td{border-color:#333a41}"
        ".vulnerable{color:#ff8a80}.partial{color:#ffb74d}.unknown{color:#82b1ff}.mitigated{color:#69d7a0}"
        ".quiet{color:#9aa4ad}code{background:#20262c}}\n";

/* The picture: what stands on what, top down. */
static const struct {
        enum layer layer;
        const char *title;
} layers[] = {
        { LAYER_APPLICATION, "programs" }, { LAYER_KERNEL, "kernel" },     { LAYER_HYPERVISOR, "hypervisor" },
        { LAYER_MICROCODE, "firmware" },   { LAYER_HARDWARE, "processor" },
};

enum { BOX_WIDTH = 430, BOX_HEIGHT = 44, BOX_STEP = 52, LAYER_COUNT_SHOWN = sizeof(layers) / sizeof(layers[0]) };

static const char *const fills[] = { [STATUS_NOT_AFFECTED] = "#e4e7ec", [STATUS_MITIGATED] = "#d1fadf",
                                     [STATUS_UNKNOWN] = "#d1e9ff", [STATUS_PARTIAL] = "#fedf89",
                                     [STATUS_VULNERABLE] = "#fecdca" };

void html_begin(struct report_writer *w) {
        out_c(w->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>sidelight</title>\n<style>\n");
        out_c(w->out, style);
        out_c(w->out, "</style>\n</head>\n<body>\n");
}

void html_end(struct report_writer *w) {
        out_c(w->out, "</body>\n</html>\n");
}

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
        out_fmt(o, "<rect x=\"4\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"%s\" stroke=\"#667085\"/>", y, BOX_WIDTH,
                BOX_HEIGHT, fills[worst]);
        out_fmt(o, "<text x=\"20\" y=\"%d\" font-weight=\"600\" fill=\"#1b1f24\">%s</text>", y + 28, layers[i].title);
        out_fmt(o, "<text x=\"150\" y=\"%d\" fill=\"#1b1f24\">%.*s</text>", y + 28, STR_ARG(out_text(&text)));
        out_fmt(o, "<text x=\"%d\" y=\"%d\" fill=\"currentColor\">%s</text>\n", BOX_WIDTH + 20, y + 28,
                verdict_is_theirs(r, layers[i].layer) ? "your provider" : "you");
}

static void picture(struct out *o, const struct verdict *r) {
        out_fmt(o, "<svg viewBox=\"0 0 580 %d\" width=\"580\" role=\"img\" aria-label=\"Who is responsible for which layer\" "
                   "font-family=\"system-ui,sans-serif\" font-size=\"15\">\n", LAYER_COUNT_SHOWN * BOX_STEP + 4);
        for (size_t i = 0; i < LAYER_COUNT_SHOWN; i++)
                box(o, r, i);
        out_c(o, "</svg>\n");
}

static void status_cell(struct out *o, struct str status) {
        out_fmt(o, "</td><td class=\"%.*s\">%.*s</td><td class=\"stake\">", STR_ARG(status), STR_ARG(status));
}

static void step_begins(struct out *o, int number) {
        out_c(o, number ? "<li>" : "<h2>What to do</h2>\n<ol>\n<li>");
}

static const struct page_dress dress = {
        .text = xml_text,
        .status = status_cell,
        .step = step_begins,
        .head = "<table>\n<tr><th>Flaw</th><th>Status</th><th>At stake</th><th>Whose job</th><th>Why</th></tr>\n",
        .row = "<tr><td>",
        .between = "<br>",
        .who = "</td><td>",
        .why = "</td><td>",
        .row_end = "</td></tr>\n",
        .immune = "</table>\n<p class=\"quiet\">",
        .immune_end = "</p>\n",
        .always_immune = true,
        .aside = " <span class=\"quiet\">(",
        .aside_end = ")</span>",
        .command = " <code>",
        .command_end = "</code></li>\n",
        .no_ask = "",
        .steps_end = "</ol>\n",
};

void html_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(r->facts->arena);
        struct out *o = w->out;

        out_c(o, "<article>\n<h1>");
        xml_text(o, r->machine.name);
        out_c(o, "</h1>\n<p class=\"quiet\">");
        xml_text(o, r->machine.processor);
        out_c(o, ", ");
        xml_text(o, r->machine.os);
        for (uint32_t i = 0; i < r->machine.notes.count; i++) {
                out_c(o, "<br>note: ");
                xml_text(o, r->machine.notes.items[i]);
        }
        out_c(o, "</p>\n<p class=\"answer\"><strong>Should I worry?</strong> ");
        xml_text(o, summary_answer(r, r->facts->arena));
        out_c(o, "</p>\n");
        picture(o, r);
        page_findings(&dress, o, r);
        page_steps(&dress, o, r);
        out_c(o, "</article>\n");
        arena_release(r->facts->arena, mark);
}
