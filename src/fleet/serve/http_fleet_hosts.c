/* The pages of machines: a list that can be narrowed down, and one machine's verdicts with what they rest on. */
#include <time.h>

#include "fleet/serve/http_fleet_page.h"
#include "plan/summary.h"
#include "report/page.h"

enum { HOSTS_A_PAGE = 100, DATE = 10 };

/* ---- A list of them ---- */

static void select_status(struct page *p, const char *name, const char *title, struct str chosen) {
        out_fmt(p->out, "<label>%s<select name=\"%s\"><option value=\"\">any</option>", title, name);
        for (int i = STATUS_COUNT - 1; i >= 0; i--) {
                struct str word = status_word((enum status)i);

                out_fmt(p->out, "<option%s>%.*s</option>", str_eq(word, chosen) ? " selected" : "", STR_ARG(word));
        }
        if (str_find_char(chosen, ',') > 0) {
                out_c(p->out, "<option selected>");
                page_text(p, chosen);
                out_c(p->out, "</option>");
        }
        out_c(p->out, "</select></label>\n");
}

void page_filter(struct page *p, const char *path, const struct ask_filter *f) {
        static const struct {
                const char *name, *title;
                ptrdiff_t at;
        } fields[] = {
                { "flaw", "Flaw", offsetof(struct ask_filter, flaw) },
                { "owner", "Whose job", offsetof(struct ask_filter, owner) },
                { "processor", "Processor", offsetof(struct ask_filter, processor) },
                { "kernel", "System", offsetof(struct ask_filter, kernel) },
                { "cloud", "Cloud", offsetof(struct ask_filter, cloud) },
                { "tag", "Tag", offsetof(struct ask_filter, tag) },
                { "fingerprint", "Fingerprint", offsetof(struct ask_filter, fingerprint) },
        };

        out_fmt(p->out, "<details class=\"filter\"%s><summary>Narrow down</summary>\n", http_fleet_is_filtered(f) ? " open" : "");
        out_fmt(p->out, "<form class=\"filter card\" action=\"%s\" method=\"get\" role=\"search\" aria-label=\"Narrow down\">\n", path);
        if (strcmp(path, "/") != 0) {
                select_status(p, "worst", "Worst", f->worst);
                select_status(p, "status", "A status", f->status);
        }
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
                struct str value = *(const struct str *)(const void *)((const char *)f + fields[i].at);

                if (strcmp(path, "/") == 0 && i < 2 && !value.len)
                        continue;
                out_fmt(p->out, "<label>%s<input name=\"%s\" value=\"", fields[i].title, fields[i].name);
                page_text(p, value);
                out_c(p->out, "\"></label>\n");
        }
        out_c(p->out, "<button class=\"do\">Show</button>");
        if (http_fleet_is_filtered(f))
                out_fmt(p->out, " <a href=\"%s\">all</a>", path);
        out_c(p->out, "</form></details>\n");
}

static struct str day_of(struct arena *a, int64_t time) {
        time_t t = (time_t)time;
        struct tm tm;

        if (!gmtime_r(&t, &tm))
                return S("");
        return str_fmt(a, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

static void mark(struct page *p, struct str worst) {
        enum status status;

        if (status_parse(worst, &status))
                page_status(p, status);
        else
                out_c(p->out, "<span class=\"quiet\">not judged yet</span>");
}

static void host_row(struct page *p, const struct ask_host *h) {
        page_link(p, "<tr><th scope=\"row\"><a href=\"/hosts/", h->name);
        out_c(p->out, "\">");
        page_text(p, h->name);
        out_c(p->out, "</a>");
        if (h->redacted)
                out_c(p->out, " <span class=\"quiet small\">redacted</span>");
        out_c(p->out, "</th><td data-name=\"worst\">");
        mark(p, h->worst);
        out_c(p->out, "</td><td class=\"r count\" data-name=\"open\">");
        page_number(p, h->vulnerable + h->partial);
        out_c(p->out, "</td><td>");
        page_text(p, h->processor);
        out_c(p->out, "</td><td>");
        page_text(p, h->kernel);
        out_c(p->out, "</td><td>");
        page_text(p, h->place);
        out_fmt(p->out, "</td><td class=\"r\" data-name=\"seen\">%.*s</td></tr>\n", STR_ARG(day_of(p->a, h->last)));
}

/* The filter as it stands in an address, before "&". */
static void write_filter(struct page *p, const struct ask_filter *f) {
#define X(member, option, what)                                 \
        if (f->member.len) {                                    \
                page_link(p, option "=", f->member);            \
                out_c(p->out, "&amp;");                         \
        }
        ASK_FILTERS(X)
#undef X
}

/* The rest of the list: the same question, behind the last one. */
static void next_link(struct page *p, const struct ask_filter *f, const struct ask_host *last) {
        out_c(p->out, "<p><a rel=\"next\" href=\"/hosts?");
        write_filter(p, f);
        page_link(p, "after=", last->name);
        page_link(p, "&amp;ident=", last->ident);
        out_c(p->out, "\">More machines</a></p>\n");
}

static void list(struct page *p, const struct ask_filter *f, struct ask_hosts *hosts) {
        bool more = hosts->count > HOSTS_A_PAGE;

        hosts->count = more ? HOSTS_A_PAGE : hosts->count;
        out_c(p->out, "<section aria-label=\"Machines\"><div class=\"scroll\"><table class=\"cards sort search\"><caption>By name. Open: how many flaws "
                      "are.</caption>\n<thead><tr><th scope=\"col\">Machine</th><th scope=\"col\">Worst</th><th scope=\"col\" class=\"r\">Open</th>"
                      "<th scope=\"col\">Processor</th><th scope=\"col\">System</th><th scope=\"col\">Where</th><th scope=\"col\" class=\"r\">Seen</th>"
                      "</tr></thead>\n<tbody>\n");
        for (ptrdiff_t i = 0; i < hosts->count; i++)
                host_row(p, &hosts->items[i]);
        out_c(p->out, "</tbody></table></div>\n");
        if (more)
                next_link(p, f, &hosts->items[hosts->count - 1]);
        out_c(p->out, "<p class=\"quiet small\">With their findings: <a href=\"/v1/export?");
        write_filter(p, f);
        out_c(p->out, "format=csv\">CSV</a>, <a href=\"/v1/export?");
        write_filter(p, f);
        out_c(p->out, "format=ndjson\">JSON</a>, 1,000 machines at a time.</p></section>\n");
}

void http_fleet_hosts_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct ask_filter filter;
        struct ask_hosts hosts = { 0 };
        struct ask_page place = { .limit = HOSTS_A_PAGE + 1 };
        struct diag d = { 0 };
        struct page p;

        (void)s, (void)rest;
        if (!http_fleet_filter(s, call, &filter) || !http_fleet_place(call, &place))
                return;
        if (ask_hosts(store, call->who.number, &filter, &place, &call->arena, &hosts, &d) < 0) {
                http_fleet_failed(call, &d);
                return;
        }
        if (!page_open(&p, call, S("Machines"), "/hosts"))
                return;
        out_c(p.out, "<h1>Machines</h1>\n");
        page_filter(&p, "/hosts", &filter);
        if (hosts.count == 0)
                out_c(p.out, "<p class=\"lead\">There is none of this kind.</p>\n");
        else
                list(&p, &filter, &hosts);
        page_close(&p);
}

/* ---- One of them ---- */

static void term(struct page *p, const char *name, struct str value) {
        if (value.len == 0)
                return;
        out_fmt(p->out, "<dt>%s</dt><dd>", name);
        page_text(p, value);
        out_c(p->out, "</dd>\n");
}

static void description(struct page *p, const struct ask_host *h, const struct verdict *v) {
        out_c(p->out, "<section aria-labelledby=\"what\"><h2 id=\"what\">What it is</h2>\n<dl>\n");
        term(p, "Processor", v ? v->machine.processor : h->processor);
        term(p, "System", v ? v->machine.os : h->kernel);
        term(p, "Where", v ? v->machine.where : h->place);
        term(p, "Microcode", v ? v->machine.microcode : S(""));
        term(p, "Tags", h->tags);
        term(p, "Identity", h->ident);
        term(p, "First seen", day_of(p->a, h->first));
        term(p, "Last seen", day_of(p->a, h->last));
        term(p, "Unchanged since", day_of(p->a, h->since));
        term(p, "Came from", h->origin);
        term(p, "Redacted", h->redacted ? S("yes: what names it was left out where it was collected") : S(""));
        page_link(p, "<dt>Fingerprint</dt><dd><a href=\"/hosts?fingerprint=", h->fingerprint);
        out_c(p->out, "\"><code>");
        page_text(p, h->fingerprint);
        out_c(p->out, "</code></a></dd>\n");
        for (uint32_t i = 0; v && i < v->machine.notes.count; i++)
                term(p, "Note", v->machine.notes.items[i]);
        page_link(p, "<dt>As JSON</dt><dd><a href=\"/v1/hosts/", h->name);
        page_link(p, "?ident=", h->ident);
        out_c(p->out, "\">this machine</a>");
        if (h->since > h->first) {
                page_link(p, ", <a href=\"/v1/diff/", h->name);
                page_link(p, "?ident=", h->ident);
                out_c(p->out, "\">what differs from before</a>");
        }
        out_c(p->out, "</dd>\n</dl></section>\n");
}

static void proof(struct page *p, const struct finding *f) {
        if (f->evidence_count + f->missing_count == 0)
                return;
        out_c(p->out, "<details><summary class=\"small\">How this is known</summary><ul class=\"small\">");
        for (uint32_t i = 0; i < f->evidence_count; i++) {
                out_c(p->out, "<li><code>");
                page_text(p, f->evidence[i].name);
                out_c(p->out, "</code> is <code>");
                page_text(p, f->evidence[i].value);
                out_c(p->out, "</code> <span class=\"quiet\">(");
                page_text(p, f->evidence[i].source);
                out_c(p->out, ")</span></li>");
        }
        for (uint32_t i = 0; i < f->missing_count; i++) {
                out_c(p->out, "<li><code>");
                page_text(p, f->missing[i].name);
                out_c(p->out, "</code> would decide, and is ");
                page_text(p, f->missing[i].value);
                out_c(p->out, "</li>");
        }
        out_c(p->out, "</ul></details>");
}

/* "programs -> kernel", with an arrow. */
static void way(struct page *p, struct str text) {
        ptrdiff_t at = str_find(text, S("->"));

        page_text(p, at < 0 ? text : str_sub(text, 0, at));
        out_c(p->out, at < 0 ? "" : "→");
        page_text(p, at < 0 ? S("") : str_from(text, at + 2));
}

static void finding_row(struct page *p, const struct verdict *v, const struct finding *f) {
        bool between = false;

        page_link(p, "<tr><th scope=\"row\"><a href=\"/flaws/", T(f->flaw->id));
        out_c(p->out, "\">");
        page_text(p, T(f->flaw->name));
        out_fmt(p->out, "</a></th><td data-sort=\"%d\">", (int)f->status);
        page_status(p, f->status);
        out_c(p->out, "</td><td class=\"ways\" data-name=\"at stake\">");
        for (int b = 0; b < BOUNDARY_COUNT; b++)
                if (f->boundaries & 1 << b) {
                        out_c(p->out, between ? "<br>" : "");
                        way(p, boundary_arrow((enum boundary)b));
                        between = true;
                }
        out_c(p->out, "</td><td data-name=\"whose job\">");
        page_text(p, summary_who(v, f));
        out_c(p->out, "</td><td>");
        page_text(p, f->reason);
        proof(p, f);
        out_c(p->out, "</td></tr>\n");
}

static void findings(struct page *p, const struct verdict *v) {
        const struct finding **order = summary_order(v, p->a);
        int closed = 0;

        out_c(p->out, "<section class=\"wide\" aria-labelledby=\"findings\"><h2 id=\"findings\">Flaw by flaw</h2>\n<div class=\"scroll\"><table class=\"cards "
                      "sort search\">\n<thead><tr><th scope=\"col\">Flaw</th><th scope=\"col\">Status</th><th scope=\"col\">At stake</th>"
                      "<th scope=\"col\">Whose job</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
        for (const struct finding **f = order; *f; f++)
                if ((*f)->at_stake && (*f)->status != STATUS_NOT_AFFECTED)
                        finding_row(p, v, *f);
        out_c(p->out, "</tbody></table></div>\n<p class=\"quiet small\">Not affected: ");
        for (const struct finding **f = order; *f; f++)
                if (!(*f)->at_stake || (*f)->status == STATUS_NOT_AFFECTED) {
                        out_c(p->out, closed++ ? "; " : "");
                        page_text(p, T((*f)->flaw->name));
                }
        out_c(p->out, closed ? ".</p></section>\n" : "nothing.</p></section>\n");
}

static void step_begins(struct out *o, int number) {
        out_c(o, number ? "<li>" : "<ol>\n<li>");
}

static const struct page_dress dress = {
        .text = xml_text,
        .step = step_begins,
        PAGE_STEPS_IN_HTML,
};

static void to_do(struct page *p, const struct verdict *v) {
        ptrdiff_t before;

        page_part(p, "todo", "What to do");
        before = p->out->len;
        page_steps(&dress, p->out, v);
        if (p->out->len == before)
                out_c(p->out, "<p>Nothing.</p>\n");
        page_part_end(p);
}

static void past(struct page *p, const struct ask_runs *runs) {
        if (runs->count < 2)
                return;
        out_c(p->out, "<section class=\"wide\" aria-labelledby=\"past\"><h2 id=\"past\">What it showed, the latest first</h2>\n<div class=\"scroll\"><table class=\"cards\">\n"
                      "<thead><tr><th scope=\"col\">From</th><th scope=\"col\">To</th><th scope=\"col\">Worst</th><th scope=\"col\">Fingerprint</th></tr>"
                      "</thead>\n<tbody>\n");
        for (ptrdiff_t i = 0; i < runs->count; i++) {
                out_fmt(p->out, "<tr><td data-name=\"from\">%.*s</td><td data-name=\"to\">%.*s</td><td>", STR_ARG(day_of(p->a, runs->items[i].first)),
                        STR_ARG(day_of(p->a, runs->items[i].last)));
                mark(p, runs->items[i].worst);
                out_c(p->out, "</td><td><code>");
                page_text(p, str_sub(runs->items[i].fingerprint, 0, 16));
                out_c(p->out, "</code></td></tr>\n");
        }
        out_c(p->out, "</tbody></table></div></section>\n");
}

/* Its evidence is damaged: what is known of it without that. */
static void lost_host(struct page *p, const struct ask_host *h, const struct diag *why) {
        out_c(p->out, "<h1>");
        page_text(p, h->name);
        out_c(p->out, "</h1>\n<p class=\"lead\"><strong>Should I worry?</strong> That is not known: ");
        page_text(p, str_of(why->text));
        out_c(p->out, ".</p>\n<div class=\"grid\">\n");
        description(p, h, NULL);
        out_c(p->out, "</div>\n");
}

static int one_host(struct page *p, struct fleet_server *s, struct store *store, const struct ask_host *h, struct diag *d) {
        struct ask_runs runs = { 0 };
        struct verdict v;

        if (http_fleet_verdict(s, store, h, p->a, &v, d) < 0 || ask_runs(store, h->id, p->a, &runs, d) < 0)
                return -1;
        out_c(p->out, "<h1>");
        page_text(p, h->name);
        out_c(p->out, "</h1>\n<p class=\"lead\"><strong>Should I worry?</strong> ");
        page_text(p, summary_answer(&v, p->a));
        out_c(p->out, "</p>\n<div class=\"grid\">\n");
        description(p, h, &v);
        to_do(p, &v);
        findings(p, &v);
        past(p, &runs);
        out_c(p->out, "</div>\n");
        return 0;
}

void http_fleet_host_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        const struct ask_filter filter = { .host = rest };
        const struct ask_page place = { .limit = HOSTS_A_PAGE };
        struct ask_hosts hosts = { 0 };
        struct diag d = { 0 };
        struct page p;

        if (ask_hosts(store, call->who.number, &filter, &place, &call->arena, &hosts, &d) < 0) {
                http_fleet_failed(call, &d);
                return;
        }
        if (!page_open(&p, call, rest, NULL))
                return;
        if (hosts.count == 0) {
                call->status = 404;
                out_c(p.out, "<h1>There is no such machine</h1>\n<p><a href=\"/hosts\">All machines</a></p>\n");
        }
        for (ptrdiff_t i = 0; i < hosts.count; i++) {
                d = (struct diag){ 0 };
                if (one_host(&p, s, store, &hosts.items[i], &d) == 0)
                        continue;
                if (d.class != DIAG_INPUT) {
                        http_fleet_failed(call, &d);
                        return;
                }
                lost_host(&p, &hosts.items[i], &d);
        }
        page_close(&p);
}
