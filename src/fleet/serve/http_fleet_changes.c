/* What became otherwise since a day, for people and as JSON: by flaw, with the machines that show it. */
#include "fleet/ask/ask_json.h"
#include "fleet/ask/changes.h"
#include "fleet/serve/http_fleet_page.h"
#include "fleet/store/moment.h"

enum { WAYS_MAX = 1000 }; /* in which machines changed; those of most machines come first */

/* One flaw that turned, on all machines on which it turned in that way, for that reason. */
struct turned {
        struct flaw_turn turn;
        struct str example;
};

struct turned_list {
        struct turned *items;
        ptrdiff_t count, capacity;
};

struct since {
        int64_t then;
        struct changes changes;
        struct turned_list worse, better;
        bool more; /* than WAYS_MAX */
};

static void add(struct arena *a, struct turned_list *list, const struct flaw_turn *t, struct str example) {
        for (ptrdiff_t i = 0; i < list->count; i++) {
                struct flaw_turn *known = &list->items[i].turn;

                if (str_eq(known->flaw, t->flaw) && str_eq(known->before, t->before) && str_eq(known->after, t->after) &&
                    str_eq(known->reason, t->reason)) {
                        known->hosts += t->hosts;
                        return;
                }
        }
        *arena_append(a, list) = (struct turned){ .turn = *t, .example = example };
}

/* What is open now comes first. */
static int order(const void *a, const void *b) {
        const struct turned *x = a, *y = b;
        enum status xs = STATUS_NOT_AFFECTED, ys = STATUS_NOT_AFFECTED;

        (void)status_parse(x->turn.after, &xs);
        (void)status_parse(y->turn.after, &ys);
        if (xs != ys)
                return xs < ys ? 1 : -1;
        return x->turn.hosts != y->turn.hosts ? (x->turn.hosts < y->turn.hosts ? 1 : -1) : str_cmp(x->turn.flaw, y->turn.flaw);
}

static void sort(struct turned_list *list) {
        if (list->count > 0)
                qsort(list->items, (size_t)list->count, sizeof(*list->items), order);
}

bool http_fleet_since(struct http_call *call, int64_t *ret) {
        struct str text = S("");

        if (http_query(&call->arena, call->query, S("since"), &text) < 0)
                return http_refuse(call, 400, "'since' is not readable");
        if (str_eq(text, S("yesterday")))
                *ret = http_fleet_now() - MOMENT_DAY;
        if (text.len && moment_parse(text, ret))
                return *ret <= http_fleet_now() || http_refuse(call, 400, "since is still to come (days are UTC's)");
        return !text.len || str_eq(text, S("yesterday")) ||
               http_refuse(call, 400, "since is yesterday, a day such as 2026-11-22, or 2026-11-22T15:04:05Z (or +02:00 for Z, '+' as %%2B)");
}

/* False after `call` got its answer. */
static bool find(const struct fleet_server *s, struct store *store, struct http_call *call, struct since *ret) {
        struct arena *a = &call->arena;
        struct ask_filter filter;
        struct diag d = { 0 };
        ptrdiff_t ways;
        int status;

        *ret = (struct since){ .then = http_fleet_now() - MOMENT_DAY };
        if (!http_fleet_filter(s, call, &filter) || !http_fleet_since(call, &ret->then))
                return false;
        status = changes_since(store, call->who.number, ret->then, &filter, a, &ret->changes, &d);
        ways = ret->changes.count < WAYS_MAX ? ret->changes.count : WAYS_MAX;
        ret->more = ways < ret->changes.count;
        for (ptrdiff_t i = 0; i < ways && status == 0; i++) {
                const struct change *c = &ret->changes.items[i];
                struct flaw_turns turns = { 0 };

                status = changes_of_outcomes(store, c->before_outcome, c->after_outcome, c->hosts, a, &turns, &d);
                for (ptrdiff_t t = 0; t < turns.count && status == 0; t++)
                        add(a, turns.items[t].worse ? &ret->worse : &ret->better, &turns.items[t], c->example);
        }
        if (status < 0) {
                http_fleet_failed(call, &d);
                return false;
        }
        sort(&ret->worse);
        sort(&ret->better);
        return true;
}

static void write_list(struct json *j, const char *key, const struct turned_list *list) {
        json_begin_array(j, key);
        for (ptrdiff_t i = 0; i < list->count; i++) {
                const struct flaw_turn *t = &list->items[i].turn;

                json_begin_object(j, NULL);
                json_str(j, "flaw", t->flaw);
                json_str(j, "before", t->before);
                json_str(j, "after", t->after);
                json_str(j, "reason", t->reason);
                json_i64(j, "hosts", t->hosts);
                json_str(j, "example", list->items[i].example);
                json_end_object(j);
        }
        json_end_array(j);
}

void http_fleet_changes(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct json j = { .out = &call->text };
        struct since since;

        (void)s, (void)rest;
        if (!find(s, store, call, &since))
                return;
        call->status = 200;
        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        json_str(&j, "since", moment_text(&call->arena, since.then));
        json_i64(&j, "new_hosts", since.changes.new_hosts);
        json_i64(&j, "silent_hosts", since.changes.silent_hosts);
        json_bool(&j, "more", since.more);
        write_list(&j, "worse", &since.worse);
        write_list(&j, "better", &since.better);
        json_end_object(&j);
        out_char(&call->text, '\n');
}

/* ---- For people ---- */

static void mark(struct page *p, struct str word) {
        enum status status;

        if (status_parse(word, &status))
                page_status(p, status);
}

static void row(struct page *p, const struct fleet_server *s, const struct turned *t) {
        page_link(p, "<tr><th scope=\"row\"><a href=\"/flaws/", t->turn.flaw);
        out_c(p->out, "\">");
        page_text(p, flaw_name(s, t->turn.flaw));
        out_c(p->out, "</a></th><td data-name=\"before\">");
        mark(p, t->turn.before);
        out_c(p->out, "</td><td data-name=\"now\">");
        mark(p, t->turn.after);
        out_c(p->out, "</td><td class=\"r\" data-name=\"machines\">");
        page_number(p, t->turn.hosts);
        page_link(p, "</td><td><a href=\"/hosts/", t->example);
        out_c(p->out, "\">");
        page_text(p, t->example);
        out_c(p->out, "</a></td><td>");
        page_text(p, t->turn.reason);
        out_c(p->out, "</td></tr>\n");
}

static void table(struct page *p, const struct fleet_server *s, const char *id, const char *title, const struct turned_list *list) {
        page_part(p, id, title);
        if (list->count == 0)
                out_c(p->out, "<p>Nothing.</p>\n");
        else
                out_c(p->out, "<div class=\"scroll\"><table class=\"cards sort search\"><thead><tr><th scope=\"col\">Flaw</th><th scope=\"col\">Before</th>"
                              "<th scope=\"col\">Now</th><th scope=\"col\" class=\"r\">Machines</th><th scope=\"col\">Such as</th><th scope=\"col\">Why</th>"
                              "</tr></thead>\n<tbody>\n");
        for (ptrdiff_t i = 0; i < list->count; i++)
                row(p, s, &list->items[i]);
        out_c(p->out, list->count ? "</tbody></table></div>\n" : "");
        page_part_end(p);
}

static void headline(struct page *p, const struct since *since) {
        int64_t worse = 0;

        for (ptrdiff_t i = 0; i < since->worse.count; i++)
                worse = since->worse.items[i].turn.hosts > worse ? since->worse.items[i].turn.hosts : worse;
        out_c(p->out, "<h1>");
        if (since->worse.count == 0)
                out_c(p->out, "Nothing became worse");
        else
                page_count(p, since->worse.count, "verdict became worse", "verdicts became worse");
        out_fmt(p->out, " since %.*s</h1>\n<p class=\"lead\">", STR_ARG(moment_day(p->a, since->then)));
        if (worse > 0) {
                out_c(p->out, "The commonest on ");
                page_count(p, worse, "machine. ", "machines. ");
        }
        page_count(p, since->changes.new_hosts, "machine is", "machines are");
        out_c(p->out, " new, ");
        page_count(p, since->changes.silent_hosts, "has", "have");
        out_c(p->out, " not reported since.");
        if (since->more)
                out_c(p->out, " Machines changed in very many ways: the commonest are told.");
        out_c(p->out, "</p>\n");
}

void http_fleet_changes_page(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct since since;
        struct page p;

        (void)rest;
        if (!find(s, store, call, &since) || !page_open(&p, call, S("Changes"), "/changes"))
                return;
        headline(&p, &since);
        out_fmt(p.out, "<form class=\"filter since\" action=\"/changes\" method=\"get\"><label>Since<input type=\"date\" name=\"since\" value=\"%.*s\"></label>"
                       "<button class=\"do\">Show</button></form>\n", STR_ARG(moment_day(p.a, since.then)));
        out_c(p.out, "<div class=\"grid\"><div class=\"wide grid one\">\n");
        table(&p, s, "worse", "Became worse", &since.worse);
        table(&p, s, "better", "Became better", &since.better);
        out_c(p.out, "</div></div>\n");
        page_close(&p);
}
