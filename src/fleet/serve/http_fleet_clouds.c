/* Resources of cloud inventories, as JSON and for people. */
#include "fleet/ask/clouds.h"
#include "fleet/serve/http_fleet_page.h"
#include "fleet/store/moment.h"

enum { SHOWN = 100, SHOWN_MAX = 10000 };

/* False after `call` got its answer. */
static bool find(struct fleet_server *s, struct store *store, struct http_call *call, struct clouds *ret) {
        struct ask_page place = { 0 };
        struct diag d = { 0 };
        int64_t limit = 0;

        if (!http_fleet_place(call, &place) || !http_fleet_limit(call, SHOWN, SHOWN_MAX, &limit))
                return false;
        if (clouds_read(ret, &call->arena, store, s->options->catalog, call->who.number, place.after_name, limit, &d) == 0)
                return true;
        http_fleet_failed(call, &d);
        return false;
}

void http_fleet_clouds(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct json j = { .out = &call->text };
        struct clouds clouds;

        (void)rest;
        if (!find(s, store, call, &clouds))
                return;
        call->status = 200;
        clouds_json(&j, &call->arena, &clouds);
        out_char(&call->text, '\n');
}

static void kind(struct page *p, const struct cloud_kind *k) {
        out_c(p->out, "<tr><th scope=\"row\">");
        page_text(p, k->title);
        out_c(p->out, "</th><td class=\"r\" data-name=\"resources\">");
        page_number(p, k->resources);
        out_c(p->out, k->os.len ? "</td><td data-name=\"system\">" : "</td><td>");
        page_text(p, k->os);
        out_c(p->out, "</td><td>");
        if (k->to_do.count == 0)
                page_text(p, cloud_silence(k));
        for (ptrdiff_t i = 0; i < k->to_do.count; i++) {
                out_c(p->out, i ? "<br>" : "");
                page_text(p, T(k->to_do.items[i]->title));
                out_c(p->out, " <span class=\"quiet small\">(");
                page_text(p, T(k->to_do.items[i]->who));
                out_c(p->out, ")</span>");
        }
        out_c(p->out, "</td></tr>\n");
}

static void resource(struct page *p, const struct cloud_resource *r) {
        out_c(p->out, "<tr><th scope=\"row\">");
        page_text(p, r->title);
        if (!str_eq(r->title, r->name)) {
                out_c(p->out, "<br><span class=\"quiet small\">");
                page_text(p, r->name);
                out_c(p->out, "</span>");
        }
        out_c(p->out, "</th><td data-name=\"what\">");
        page_text(p, r->type.len ? r->type : r->offering);
        out_c(p->out, "</td><td data-name=\"system\">");
        page_text(p, r->os);
        out_c(p->out, "</td><td class=\"r\" data-name=\"listed\">");
        page_text(p, moment_day(p->a, r->last));
        out_c(p->out, "</td></tr>\n");
}

static void tables(struct page *p, const struct clouds *c) {
        page_part(p, "kinds", "What they are, and what is to do");
        out_c(p->out, "<div class=\"scroll\"><table class=\"cards\"><caption>As the guidance has it, without a look inside: a machine that reports has its own "
                      "page, which counts.</caption>\n<thead><tr><th scope=\"col\">What</th><th scope=\"col\" class=\"r\">Resources</th>"
                      "<th scope=\"col\">System</th><th scope=\"col\">To do</th></tr></thead>\n<tbody>\n");
        for (ptrdiff_t i = 0; i < c->kinds.count; i++)
                kind(p, &c->kinds.items[i]);
        out_c(p->out, "</tbody></table></div>\n");
        page_part_end(p);
        page_part(p, "resources", "Each of them");
        out_c(p->out, "<div class=\"scroll\"><table class=\"cards sort search\"><thead><tr><th scope=\"col\">Resource</th><th scope=\"col\">What</th>"
                      "<th scope=\"col\">System</th><th scope=\"col\" class=\"r\">Listed</th></tr></thead>\n<tbody>\n");
        for (ptrdiff_t i = 0; i < c->resources.count; i++)
                resource(p, &c->resources.items[i]);
        out_c(p->out, "</tbody></table></div>\n");
        if (c->more) {
                out_c(p->out, "<p><a rel=\"next\" href=\"");
                page_link(p, "/resources?after=", c->resources.items[c->resources.count - 1].name);
                out_c(p->out, "\">Next</a></p>\n");
        }
        page_part_end(p);
}

void http_fleet_clouds_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct clouds clouds;
        int64_t all = 0;
        struct page p;

        (void)rest;
        if (!find(s, store, call, &clouds) || !page_open(&p, call, S("Cloud resources"), "/resources"))
                return;
        for (ptrdiff_t i = 0; i < clouds.kinds.count; i++)
                all += clouds.kinds.items[i].resources;
        out_c(p.out, "<h1>");
        page_count(&p, all, "cloud resource", "cloud resources");
        out_c(p.out, "</h1>\n");
        if (all == 0) {
                out_c(p.out, "<p class=\"lead\">None yet: <code>az resource list | sidelight fleet import --store … -</code> takes them in.</p>\n");
        } else {
                out_c(p.out, "<div class=\"grid\"><div class=\"wide grid one\">\n");
                tables(&p, &clouds);
                out_c(p.out, "</div></div>\n");
        }
        page_close(&p);
}
