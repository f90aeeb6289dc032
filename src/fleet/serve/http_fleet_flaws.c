/* The pages of flaws: all of them, and one, with the reasons that machines have. */
#include "fleet/serve/http_fleet_page.h"

void http_fleet_flaws_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        const struct ask_filter all = { 0 };
        struct ask_status status;
        struct diag d = { 0 };
        struct page p;

        (void)rest;
        if (ask_status(store, call->who.number, &all, &call->arena, &status, &d) < 0) {
                http_fleet_failed(call, &d);
                return;
        }
        if (!page_open(&p, call, S("Flaws"), "/flaws"))
                return;
        page_sort_flaws(&status.flaws);
        out_c(p.out, "<h1>Flaws</h1>\n<section aria-label=\"Flaws\">\n");
        page_flaw_table(&p, "Machines by flaw and status.");
        for (ptrdiff_t i = 0; i < status.flaws.count; i++)
                page_flaw_row(&p, s, &status.flaws.items[i], status.hosts);
        out_c(p.out, "</tbody></table></div></section>\n");
        page_close(&p);
}

static void about(struct page *p, const struct fleet_server *s, struct str id) {
        const struct flaw *f = catalog_flaw(s->options->catalog, id);

        out_c(p->out, "<h1>");
        page_text(p, flaw_name(s, id));
        out_c(p->out, "</h1>\n");
        if (!f)
                return;
        out_c(p->out, "<p class=\"lead\">");
        page_text(p, T(f->summary));
        for (uint32_t i = 0; i < f->cves.count; i++) {
                out_c(p->out, i ? ", " : " <span class=\"small\">");
                out_c(p->out, "<span class=\"whole\">");
                page_text(p, T_AT(f->cves, i));
                out_c(p->out, "</span>");
        }
        out_c(p->out, f->cves.count ? "</span></p>\n" : "</p>\n");
}

/* What reads alike is told once, whichever rule says it. */
static bool reads_alike(const struct ask_finding *x, const struct ask_finding *y) {
        return str_eq(x->status, y->status) && str_eq(x->who, y->who) && str_eq(x->reason, y->reason) && str_eq(x->ask, y->ask);
}

enum { COMPARED = 500 };

/* All that read like the `at`-th, which is the first of them; 0: it is not. */
static int64_t hosts_alike(const struct ask_findings *all, ptrdiff_t at) {
        int64_t hosts = all->items[at].hosts;

        if (all->count > COMPARED)
                return hosts;
        for (ptrdiff_t i = 0; i < all->count; i++) {
                bool alike = i != at && reads_alike(&all->items[i], &all->items[at]);

                if (alike && i < at)
                        return 0;
                hosts += alike ? all->items[i].hosts : 0;
        }
        return hosts;
}

static void row(struct page *p, const struct ask_finding *f, int64_t hosts) {
        enum status status;

        if (hosts == 0)
                return;
        out_c(p->out, "<tr><td>");
        if (status_parse(f->status, &status))
                page_status(p, status);
        out_c(p->out, "</td><td class=\"r\" data-name=\"machines\">");
        page_number(p, hosts);
        out_c(p->out, "</td><td data-name=\"whose job\">");
        page_text(p, f->who);
        out_c(p->out, "</td><td>");
        page_text(p, f->reason);
        if (f->ask.len) {
                out_c(p->out, "<br><span class=\"quiet\">To ask: ");
                page_text(p, f->ask);
                out_c(p->out, "</span>");
        }
        out_c(p->out, "</td></tr>\n");
}

static void key(struct page *p, const struct ask_flaw *f) {
        out_c(p->out, "<ul class=\"figures\" aria-label=\"Machines by status\">\n");
        for (int i = STATUS_COUNT - 1; i >= 0; i--) {
                struct str word = status_word((enum status)i);

                out_fmt(p->out, "<li class=\"%.*s\">", STR_ARG(word));
                page_link(p, "<a href=\"/hosts?flaw=", f->id);
                out_fmt(p->out, "&amp;status=%.*s\"><span class=\"n\">", STR_ARG(word));
                page_number(p, f->hosts[i]);
                out_fmt(p->out, "</span> <span class=\"s %.*s\">%.*s</span></a></li>\n", STR_ARG(word), STR_ARG(word));
        }
        out_c(p->out, "</ul>\n");
}

static const struct ask_flaw *find(const struct ask_status *s, struct str id) {
        for (ptrdiff_t i = 0; i < s->flaws.count; i++)
                if (str_eq(s->flaws.items[i].id, id))
                        return &s->flaws.items[i];
        return NULL;
}

void http_fleet_flaw_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        const struct ask_filter all = { 0 }, this = { .flaw = http_fleet_flaw_id(s, rest) };
        struct ask_findings findings = { 0 };
        struct ask_status status;
        const struct ask_flaw *f;
        struct diag d = { 0 };
        struct page p;

        if (ask_status(store, call->who.number, &all, &call->arena, &status, &d) < 0 ||
            ask_flaws(store, call->who.number, &this, &call->arena, &findings, &d) < 0) {
                http_fleet_failed(call, &d);
                return;
        }
        rest = this.flaw;
        f = find(&status, rest);
        if (!page_open(&p, call, flaw_name(s, rest), NULL))
                return;
        if (!f && !catalog_flaw(s->options->catalog, rest)) {
                call->status = 404;
                out_c(p.out, "<h1>There is no such flaw</h1>\n<p><a href=\"/flaws\">All flaws</a></p>\n");
                page_close(&p);
                return;
        }
        about(&p, s, rest);
        if (f)
                key(&p, f);
        out_c(p.out, "<section aria-labelledby=\"why\"><h2 id=\"why\">Why</h2>\n<div class=\"scroll\"><table class=\"cards sort search\"><caption>The reasons, "
                     "and how many machines have each.</caption>\n<thead><tr><th scope=\"col\">Status</th><th scope=\"col\" class=\"r\">Machines</th>"
                     "<th scope=\"col\">Whose job</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
        for (ptrdiff_t i = 0; i < findings.count; i++)
                row(&p, &findings.items[i], hosts_alike(&findings, i));
        out_c(p.out, "</tbody></table></div></section>\n");
        page_close(&p);
}
