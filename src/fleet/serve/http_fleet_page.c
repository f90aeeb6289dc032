/* The overview: who should worry, about what, whose job that is, and where to begin. */
#include "fleet/ask/accept.h"
#include "fleet/ask/changes.h"
#include "fleet/serve/http_fleet_page.h"
#include "fleet/store/moment.h"

enum { TREND_DAYS = 90, FLAWS_SHOWN = 12 };

bool page_open(struct page *p, struct http_call *call, struct str title, const char *here) {
        struct diag d = { 0 };

        if (page_begin(p, &call->arena, &call->text, title, here, call->who.tenant, &d) < 0) {
                http_fleet_failed(call, &d);
                return false;
        }
        call->status = 200;
        call->type = "text/html; charset=utf-8";
        call->policy = p->policy;
        p->json = str_fmt(p->a, "/v1%.*s%s%.*s", STR_ARG(str_eq(call->path, S("/")) ? S("/status") : call->path), call->query.len ? "?" : "", STR_ARG(call->query));
        return true;
}

void page_close(struct page *p) {
        char date[11], time[9];

        program_date(date, time);
        page_end(p, str_fmt(p->a, "%s %.5s", date, time));
}

struct str flaw_name(const struct fleet_server *s, struct str id) {
        const struct flaw *f = catalog_flaw(s->options->catalog, id);

        return f ? T(f->name) : id;
}

static int64_t flaw_open(const struct ask_flaw *f) {
        return f->hosts[STATUS_VULNERABLE] + f->hosts[STATUS_PARTIAL];
}

/* "1 machine", "1,234 machines". */
void page_count(struct page *p, int64_t n, const char *one, const char *many) {
        page_number(p, n);
        out_fmt(p->out, " %s", n == 1 ? one : many);
}

/* ---- The answer ---- */

static const struct ask_flaw *commonest(const struct ask_status *s) {
        const struct ask_flaw *best = NULL;

        for (ptrdiff_t i = 0; i < s->flaws.count; i++)
                if (flaw_open(&s->flaws.items[i]) > (best ? flaw_open(best) : 0))
                        best = &s->flaws.items[i];
        return best;
}

static void nothing_yet(struct page *p) {
        out_c(p->out, "<h1>No machine has reported yet</h1>\n<p class=\"lead\">Send this one: <code>sidelight fleet send --to "
                      "http://127.0.0.1:8484</code>, or take in evidence that is there: <code>sidelight fleet import --store FILE.db FOLDER</code>.</p>\n");
}

static void headline(struct page *p, const struct ask_status *s, int64_t open) {
        out_c(p->out, "<h1>");
        if (open > 0) {
                page_number(p, open);
                out_c(p->out, " of ");
                page_count(p, s->hosts, "machine", "machines");
                out_fmt(p->out, " %s open to an attack", open == 1 ? "is" : "are");
        } else if (s->worst[STATUS_UNKNOWN] + s->not_judged > 0) {
                out_c(p->out, "Nothing is open, as far as is known; of ");
                page_count(p, s->worst[STATUS_UNKNOWN] + s->not_judged, "machine", "machines");
                out_c(p->out, " not all is known");
        } else {
                out_c(p->out, s->hosts ? "No machine has to worry: all that is known is closed" : "There is no machine of this kind");
        }
        out_c(p->out, "</h1>\n");
}

/* What has no verdict, and why; what could not be read is a list for other programs. */
static void not_answered(struct page *p, const struct ask_status *s) {
        if (s->not_judged > s->damaged) {
                out_c(p->out, " ");
                page_count(p, s->not_judged - s->damaged, "machine waits", "machines wait");
                out_c(p->out, " to be judged.");
        }
        if (s->damaged > 0) {
                out_c(p->out, " ");
                page_count(p, s->damaged, "machine has", "machines have");
                out_c(p->out, " no verdict: the store held the evidence damaged, and asks for it again.");
        }
        if (s->kept_aside > 0) {
                out_c(p->out, " <a href=\"/v1/export?aside=1\">");
                page_count(p, s->kept_aside, "report", "reports");
                out_c(p->out, " could not be read</a>.");
        }
}

static void lead(struct page *p, const struct fleet_server *server, const struct ask_status *s) {
        const struct ask_flaw *worst = commonest(s);

        out_c(p->out, "<p class=\"lead\">");
        if (worst) {
                out_c(p->out, "Most often it is <a href=\"");
                page_link(p, "/flaws/", worst->id);
                out_c(p->out, "\">");
                page_text(p, flaw_name(server, worst->id));
                out_c(p->out, "</a>, on ");
                page_count(p, flaw_open(worst), "machine", "machines");
                out_c(p->out, ". ");
        }
        if (s->worst[STATUS_UNKNOWN] > 0) {
                page_count(p, s->worst[STATUS_UNKNOWN], "machine has", "machines have");
                out_c(p->out, " answers that are not known, and nothing open. ");
        }
        page_count(p, s->hosts, "machine is", "machines are");
        out_c(p->out, " of ");
        page_count(p, s->fingerprints, "kind", "kinds");
        out_c(p->out, ".");
        if (s->resources > 0) {
                out_c(p->out, " <a href=\"/resources\">");
                page_count(p, s->resources, "cloud resource", "cloud resources");
                out_c(p->out, "</a> showed nothing of their insides.");
        }
        not_answered(p, s);
        out_c(p->out, "</p>\n");
}

static void figures(struct page *p, const struct ask_status *s) {
        out_c(p->out, "<ul class=\"figures\" aria-label=\"Machines by their worst flaw\">\n");
        for (int i = STATUS_COUNT - 1; i >= 0; i--) {
                struct str word = status_word((enum status)i);

                out_fmt(p->out, "<li class=\"%.*s\"><a href=\"/hosts?worst=%.*s\"><span class=\"n\">", STR_ARG(word), STR_ARG(word));
                page_number(p, s->worst[i]);
                out_fmt(p->out, "</span> <span class=\"s %.*s\">%.*s</span></a></li>\n", STR_ARG(word), STR_ARG(word));
        }
        out_c(p->out, "</ul>\n");
}

/* ---- Flaws by status ---- */

static void flaw_cells(struct page *p, const struct ask_flaw *f) {
        for (int i = STATUS_COUNT - 1; i >= 0; i--) {
                struct str word = status_word((enum status)i);

                out_fmt(p->out, "<td class=\"r count%s\" data-name=\"%.*s\">", f->hosts[i] ? "" : " zero", STR_ARG(word));
                if (f->hosts[i] > 0 && i > STATUS_MITIGATED) {
                        page_link(p, "<a href=\"/hosts?flaw=", f->id);
                        out_fmt(p->out, "&amp;status=%.*s\">", STR_ARG(word));
                        page_number(p, f->hosts[i]);
                        out_c(p->out, "</a></td>");
                } else {
                        page_number(p, f->hosts[i]);
                        out_c(p->out, "</td>");
                }
        }
}

void page_flaw_row(struct page *p, const struct fleet_server *s, const struct ask_flaw *f, int64_t total) {
        out_c(p->out, "<tr><th scope=\"row\"><a href=\"");
        page_link(p, "/flaws/", f->id);
        out_c(p->out, "\">");
        page_text(p, flaw_name(s, f->id));
        out_fmt(p->out, "</a></th><td class=\"b\" data-sort=\"%lld\">", (long long)flaw_open(f));
        page_bar(p, f->hosts, total);
        out_c(p->out, "</td>");
        flaw_cells(p, f);
        out_c(p->out, "</tr>\n");
}

void page_flaw_table(struct page *p, const char *caption) {
        out_fmt(p->out, "<div class=\"scroll\"><table class=\"cards sort search\"><caption>%s</caption>\n<thead><tr><th scope=\"col\">Flaw</th>"
                        "<th scope=\"col\" class=\"b\">Share</th>", caption);
        for (int i = STATUS_COUNT - 1; i >= 0; i--)
                out_fmt(p->out, "<th scope=\"col\" class=\"r\">%.*s</th>", STR_ARG(status_word((enum status)i)));
        out_c(p->out, "</tr></thead>\n<tbody>\n");
}

static int order(const void *a, const void *b) {
        const struct ask_flaw *x = a, *y = b;
        int64_t by = flaw_open(y) - flaw_open(x), then = y->hosts[STATUS_UNKNOWN] - x->hosts[STATUS_UNKNOWN];

        return by ? (by < 0 ? -1 : 1) : then ? (then < 0 ? -1 : 1) : str_cmp(x->id, y->id);
}

void page_sort_flaws(struct ask_flaws *f) {
        if (f->count > 0)
                qsort(f->items, (size_t)f->count, sizeof(*f->items), order);
}

static void flaws(struct page *p, const struct fleet_server *server, struct ask_status *s) {
        ptrdiff_t shown = 0;

        page_sort_flaws(&s->flaws);
        while (shown < s->flaws.count && shown < FLAWS_SHOWN && flaw_open(&s->flaws.items[shown]) + s->flaws.items[shown].hosts[STATUS_UNKNOWN] > 0)
                shown++;
        out_c(p->out, "<section class=\"wide\" aria-labelledby=\"flaws\"><h2 id=\"flaws\">Which flaws are open</h2>\n");
        if (shown > 0)
                page_flaw_table(p, "Machines by flaw and status, the commonest first. A number leads to its machines.");
        for (ptrdiff_t i = 0; i < shown; i++)
                page_flaw_row(p, server, &s->flaws.items[i], s->hosts);
        out_c(p->out, shown ? "</tbody></table></div>\n" : "<p>None is, and none is unknown.</p>\n");
        if (shown < s->flaws.count)
                out_fmt(p->out, "<p class=\"quiet small\"><a href=\"/flaws\">All %td flaws</a></p>\n", s->flaws.count);
        out_c(p->out, "</section>\n");
}

/* ---- Whose job, and where to begin ---- */

static void owners(struct page *p, const struct ask_status *s) {
        int64_t all = 0;

        for (ptrdiff_t i = 0; i < s->owners.count; i++)
                all += s->owners.items[i].hosts;
        page_part(p, "owners", "Whose job it is");
        if (all == 0)
                out_c(p->out, "<p>Nobody has anything to do.</p>\n");
        else
                out_c(p->out, "<table class=\"sort\"><caption>What is open, by who can close it. A machine counts once for each flaw.</caption>\n<thead><tr>"
                              "<th scope=\"col\">Who</th><th scope=\"col\" class=\"b\">Share</th><th scope=\"col\" class=\"r\">Open</th>"
                              "<th scope=\"col\" class=\"r\">Flaws</th></tr></thead>\n<tbody>\n");
        for (ptrdiff_t i = 0; i < s->owners.count && all > 0; i++) {
                const struct ask_owner *o = &s->owners.items[i];

                page_link(p, "<tr><th scope=\"row\"><a href=\"/hosts?owner=", o->who);
                out_c(p->out, "&amp;status=vulnerable,partial\">");
                page_text(p, o->who);
                out_c(p->out, "</a></th><td class=\"b\">");
                page_share(p, o->hosts, all);
                out_c(p->out, "</td><td class=\"r\">");
                page_number(p, o->hosts);
                out_c(p->out, "</td><td class=\"r\">");
                page_number(p, o->flaws);
                out_c(p->out, "</td></tr>\n");
        }
        out_c(p->out, all ? "</tbody></table>\n" : "");
        page_part_end(p);
}

static void kind_row(struct page *p, const struct ask_kind *k) {
        out_c(p->out, "<tr><th scope=\"row\">");
        page_link(p, "<a href=\"/hosts?fingerprint=", k->fingerprint);
        out_c(p->out, "\">");
        page_text(p, k->processor.len ? k->processor : S("a processor that is not known"));
        out_c(p->out, "</a><br><span class=\"quiet small\">");
        page_text(p, k->kernel);
        out_c(p->out, k->kernel.len && k->place.len ? ", " : "");
        page_text(p, k->place);
        page_link(p, "</span><br><span class=\"small\">such as <a href=\"/hosts/", k->example);
        out_c(p->out, "\">");
        page_text(p, k->example);
        out_c(p->out, "</a></span></th><td class=\"r count\" data-name=\"machines\">");
        page_number(p, k->hosts);
        out_c(p->out, "</td><td class=\"r count\" data-name=\"vulnerable\">");
        page_number(p, k->vulnerable);
        out_fmt(p->out, "</td><td class=\"r count%s\" data-name=\"partial\">", k->partial ? "" : " zero");
        page_number(p, k->partial);
        out_fmt(p->out, "</td><td class=\"r count%s\" data-name=\"unknown\">", k->unknown ? "" : " zero");
        page_number(p, k->unknown);
        out_c(p->out, "</td></tr>\n");
}

static void kinds(struct page *p, const struct ask_status *s) {
        out_c(p->out, "<section class=\"wide\" aria-labelledby=\"kinds\"><h2 id=\"kinds\">Where to begin</h2>\n");
        if (s->kinds.count == 0)
                out_c(p->out, "<p>Nothing is open.</p>\n");
        else
                out_c(p->out, "<div class=\"scroll\"><table class=\"cards sort\"><caption>The kinds of machines with most flaws that are open. Machines of one "
                              "kind are alike in all that counts.</caption>\n<thead><tr><th scope=\"col\">Kind</th><th scope=\"col\" class=\"r\">Machines</th>"
                              "<th scope=\"col\" class=\"r\">Vulnerable</th><th scope=\"col\" class=\"r\">Partial</th><th scope=\"col\" class=\"r\">Unknown</th>"
                              "</tr></thead>\n<tbody>\n");
        for (ptrdiff_t i = 0; i < s->kinds.count; i++)
                kind_row(p, &s->kinds.items[i]);
        out_c(p->out, s->kinds.count ? "</tbody></table></div>\n" : "");
        out_c(p->out, "</section>\n");
}

/* ---- Day by day ---- */

struct days {
        struct page_day *items;
        ptrdiff_t count, capacity;
};

static void collect_days(struct arena *a, const struct history *h, struct days *ret) {
        for (ptrdiff_t i = 0; i < h->count; i++) {
                const struct history_row *r = &h->items[i];
                struct page_day *day = ret->count ? &ret->items[ret->count - 1] : NULL;
                enum status status;

                if (!status_parse(r->status, &status))
                        continue;
                if (!day || !str_eq(day->day, r->day)) {
                        day = arena_append(a, ret);
                        day->day = r->day;
                }
                day->all += r->hosts;
                if (status > STATUS_UNKNOWN)
                        day->open += r->hosts;
                else if (status == STATUS_UNKNOWN)
                        day->unknown += r->hosts;
        }
}

void page_history(struct page *p, struct store *store, struct http_call *call) {
        struct days days = { 0 };
        struct history h = { 0 };
        struct diag d = { 0 };

        page_part(p, "trend", "Day by day");
        if (history_read(store, call->who.number, S(""), moment_day(p->a, http_fleet_now()), S(""), p->a, &h, &d) == 0)
                collect_days(p->a, &h, &days);
        if (days.count < 2) {
                out_c(p->out, "<p class=\"quiet\">The line begins tomorrow: each day's counts are kept.</p>\n");
        } else {
                ptrdiff_t from = days.count > TREND_DAYS ? days.count - TREND_DAYS : 0;

                page_trend(p, days.items + from, days.count - from);
                out_c(p->out, "<ul class=\"key\"><li><span class=\"s vulnerable\">something open</span></li><li><span class=\"s unknown\">something not "
                              "known, nothing open</span></li></ul>\n");
        }
        page_part_end(p);
}

/* ---- Accepted risks: they change no verdict, and stand beside it ---- */

static void accepted_row(struct page *p, const struct fleet_server *s, const struct accepted_risk *r) {
        page_link(p, "<tr><th scope=\"row\"><a href=\"/flaws/", r->filter.flaw);
        out_c(p->out, "\">");
        page_text(p, flaw_name(s, r->filter.flaw));
        out_c(p->out, "</a></th><td class=\"r\" data-name=\"machines\">");
        page_number(p, r->hosts);
        out_c(p->out, "</td><td data-name=\"until\">");
        page_text(p, moment_day(p->a, r->until));
        out_c(p->out, "</td><td data-name=\"by\">");
        page_text(p, r->who);
        out_c(p->out, "</td><td>");
        page_text(p, r->reason);
        out_c(p->out, "</td></tr>\n");
}

static void accepted(struct page *p, const struct fleet_server *s, struct store *store, struct http_call *call) {
        struct accepted_risks risks = { 0 };
        struct diag d = { 0 };
        bool begun = false;

        if (accept_list(store, call->who.number, http_fleet_now(), p->a, &risks, &d) < 0)
                return;
        for (ptrdiff_t i = 0; i < risks.count; i++) {
                if (risks.items[i].ended)
                        continue;
                if (!begun)
                        out_c(p->out, "<section class=\"wide\" aria-labelledby=\"accepted\"><h2 id=\"accepted\">Accepted for now</h2>\n<div class=\"scroll\">"
                                      "<table class=\"cards sort\"><caption>Risks that were taken, with a reason and an end. They stay open, and count as open.</caption>\n<thead><tr>"
                                      "<th scope=\"col\">Flaw</th><th scope=\"col\" class=\"r\">Machines</th><th scope=\"col\">Until</th><th scope=\"col\">By</th>"
                                      "<th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
                begun = true;
                accepted_row(p, s, &risks.items[i]);
        }
        out_c(p->out, begun ? "</tbody></table></div></section>\n" : "");
}

void http_fleet_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct ask_status status;
        struct ask_filter filter;
        struct diag d = { 0 };
        struct page p;
        int64_t open;

        (void)rest;
        if (!http_fleet_filter(s, call, &filter))
                return;
        if (ask_status(store, call->who.number, &filter, &call->arena, &status, &d) < 0) {
                http_fleet_failed(call, &d);
                return;
        }
        if (!page_open(&p, call, S("Who should worry"), "/"))
                return;
        open = status.worst[STATUS_VULNERABLE] + status.worst[STATUS_PARTIAL];
        if (status.hosts == 0 && !http_fleet_is_filtered(&filter)) {
                nothing_yet(&p);
        } else {
                headline(&p, &status, open);
                lead(&p, s, &status);
                figures(&p, &status);
                page_filter(&p, "/", &filter);
                out_c(p.out, "<div class=\"grid\">\n");
                owners(&p, &status);
                page_history(&p, store, call);
                flaws(&p, s, &status);
                kinds(&p, &status);
                accepted(&p, s, store, call);
                out_c(p.out, "</div>\n");
        }
        page_close(&p);
}
