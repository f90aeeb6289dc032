/* One machine with the proof of each verdict, what differs from what it showed before, and all machines for other programs. */
#include "fleet/ask/ask_json.h"
#include "fleet/ask/export.h"
#include "fleet/serve/http_fleet_parts.h"
#include "fleet/store/moment.h"
#include "report/report.h"
#include "whatif/compare.h"

enum { SAME_NAME_MAX = 100, EXPORT = 1000, EXPORT_BYTES = 8 << 20 };

/* ---- One machine ---- */

static int evidence_of(struct store *store, int64_t fingerprint, struct str source, struct arena *a, struct evidence *ret, struct diag *d) {
        struct str text;

        return ask_body(store, fingerprint, a, &text, d) < 0 ? -1 : evidence_parse(ret, a, source, text, d);
}

int http_fleet_verdict(const struct fleet_server *s, struct store *store, const struct ask_host *h, struct arena *a, struct verdict *ret, struct diag *d) {
        const struct verdict_options options = { 0 };
        struct evidence *e = arena_new(a, struct evidence);

        if (evidence_of(store, h->fingerprint_id, h->name, a, e, d) < 0)
                return -1;
        verdict_judge(ret, a, s->options->catalog, e, &options);
        return 0;
}

/* Those of a name; with ?ident= the one. False after `call` got its answer. */
static bool find(struct store *store, struct http_call *call, struct str name, struct ask_hosts *ret) {
        const struct ask_page page = { .limit = SAME_NAME_MAX };
        const struct ask_filter filter = { .host = name };
        struct str ident = S("");
        struct diag d = { 0 };
        ptrdiff_t n = 0;
        int given = http_query(&call->arena, call->query, S("ident"), &ident);

        if (given < 0)
                return http_refuse(call, 400, "'ident' is not readable");
        if (ask_hosts(store, call->who.number, &filter, &page, &call->arena, ret, &d) < 0) {
                http_fleet_failed(call, &d);
                return false;
        }
        for (ptrdiff_t i = 0; i < ret->count; i++)
                if (given == 0 || str_eq(ret->items[i].ident, ident))
                        ret->items[n++] = ret->items[i];
        ret->count = n;
        return n > 0 || http_refuse(call, 404, "there is no such machine");
}

static int write_host(const struct fleet_server *s, struct store *store, struct http_call *call, struct json *j, const struct ask_host *h, struct diag *d) {
        const struct report_style style = { .fail_on = (status_set)(1 << STATUS_VULNERABLE | 1 << STATUS_PARTIAL | 1 << STATUS_UNKNOWN) };
        OUT_AUTO struct out report = { 0 };
        struct ask_runs runs = { 0 };
        struct verdict v;

        if (ask_runs(store, h->id, &call->arena, &runs, d) < 0 || http_fleet_verdict(s, store, h, &call->arena, &v, d) < 0)
                return -1;
        report_write(&v, REPORT_JSON, &style, &report);
        json_begin_object(j, NULL);
        ask_json_host(j, &call->arena, h);
        ask_json_runs(j, &call->arena, "showed", &runs);
        json_raw(j, "report", str_trim(out_text(&report)));
        json_end_object(j);
        return 0;
}

void http_fleet_host(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct json j = { .out = &call->text };
        struct ask_hosts hosts = { 0 };
        struct diag d = { 0 };

        if (!find(store, call, rest, &hosts))
                return;
        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        json_begin_array(&j, "hosts");
        for (ptrdiff_t i = 0; i < hosts.count; i++)
                if (write_host(s, store, call, &j, &hosts.items[i], &d) < 0) {
                        http_fleet_no_evidence(call, &d);
                        return;
                }
        json_end_array(&j);
        json_bool(&j, "more", false);
        json_end_object(&j);
        out_char(&call->text, '\n');
        call->status = 200;
}

/* ---- What differs on it ---- */

/* What it showed then, or before what it shows now; NULL: nothing, and what it shows now is compared with itself. */
static const struct ask_run *run_before(const struct ask_runs *runs, bool given, int64_t then) {
        for (ptrdiff_t i = given ? 0 : 1; i < runs->count; i++)
                if (!given || runs->items[i].first <= then)
                        return &runs->items[i];
        return NULL;
}

static struct str name_on(struct arena *a, const struct ask_host *h, int64_t moment) {
        return str_fmt(a, "%.*s, %.*s", STR_ARG(h->name), STR_ARG(moment_day(a, moment)));
}

static int write_diff(const struct fleet_server *s, struct store *store, struct http_call *call, const struct ask_host *h, const struct ask_run *before,
                      struct diag *d) {
        const struct verdict_options options = { 0 };
        struct json j = { .out = &call->text };
        struct arena *a = &call->arena;
        struct differences differences;
        struct evidence old, new;
        struct verdict then, now;
        struct turns turns;

        if (evidence_of(store, before->fingerprint_id, name_on(a, h, before->last), a, &old, d) < 0 ||
            evidence_of(store, h->fingerprint_id, name_on(a, h, h->last), a, &new, d) < 0)
                return -1;
        verdict_judge(&then, a, s->options->catalog, &old, &options);
        verdict_judge(&now, a, s->options->catalog, &new, &options);
        differences = compare_evidence(a, &old, &new);
        turns = compare_verdicts(a, &then, &now, &differences, &options);
        compare_json(&j, a, &then, &now, &differences, &turns);
        out_char(&call->text, '\n');
        call->status = 200;
        return 0;
}

void http_fleet_diff(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        const struct ask_run *before;
        const struct ask_host *host;
        struct ask_run alone;
        struct ask_hosts hosts = { 0 };
        struct ask_runs runs = { 0 };
        struct diag d = { 0 };
        int64_t then = 0;

        if (!http_fleet_since(call, &then) || !find(store, call, rest, &hosts))
                return;
        host = hosts.items;
        if (!host || hosts.count > 1) {
                (void)http_refuse(call, 400, "%td machines have this name: say which with ?ident=", hosts.count);
                return;
        }
        if (ask_runs(store, host->id, &call->arena, &runs, &d) < 0) {
                http_fleet_failed(call, &d);
                return;
        }
        before = run_before(&runs, then > 0, then);
        alone = (struct ask_run){ .fingerprint_id = host->fingerprint_id, .last = host->last };
        if (!before)
                before = &alone;
        if (write_diff(s, store, call, host, before, &d) < 0)
                http_fleet_no_evidence(call, &d);
}

/* ---- All of them, a page of lines at a time ---- */

/* The address of the next page, as RFC 8288 tells it: the query as it came, but for where it goes on. */
static void link_next(struct http_call *call, struct str place) {
        struct str rest = call->query, part, kept = S("");

        while (str_cut(&rest, '&', &part))
                if (part.len && !str_starts(part, S("after=")) && !str_starts(part, S("ident=")))
                        kept = str_fmt(&call->arena, "%.*s%.*s&", STR_ARG(kept), STR_ARG(part));
        call->header = "Link";
        call->value = str_fmt(&call->arena, "<%.*s?%.*s%.*s>; rel=\"next\"%c", STR_ARG(call->path), STR_ARG(kept), STR_ARG(place), 0).p;
}

static bool flag(struct http_call *call, const char *name) {
        struct str text = S("");

        return http_query(&call->arena, call->query, str_of(name), &text) > 0 && !str_eq(text, S("0"));
}

static int export_aside_page(struct store *store, struct http_call *call, int64_t limit, bool *ret_refused, struct diag *d) {
        struct str text = S("");
        uint64_t after = 0;
        int64_t at;
        int more;

        if (http_query(&call->arena, call->query, S("after"), &text) < 0 || (text.len && (!str_to_u64(text, &after) || after > INT64_MAX))) {
                *ret_refused = !http_refuse(call, 400, "after is a number");
                return 0;
        }
        at = (int64_t)after;
        more = export_aside(store, call->who.number, flag(call, "evidence"), limit, EXPORT_BYTES, &at, &call->text, d);
        if (more > 0)
                link_next(call, str_fmt(&call->arena, "after=%lld", (long long)at));
        return more;
}

static int export_hosts_page(struct store *store, struct http_call *call, struct ask_page *page, const struct ask_filter *f, enum export_format format,
                             struct diag *d) {
        struct exporting x = { .store = store, .tenant = call->who.number, .filter = *f, .format = format, .evidence = flag(call, "evidence"),
                               .out = &call->text };
        OUT_AUTO struct out place = { 0 };
        int more;

        if (format == EXPORT_CSV && !page->after_name.len)
                export_titles(&x);
        more = export_hosts(&x, page, EXPORT_BYTES, &call->arena, d);
        export_free(&x);
        if (more > 0) {
                out_c(&place, "after=");
                http_escape(&place, page->after_name);
                out_c(&place, "&ident=");
                http_escape(&place, page->after_ident);
                link_next(call, out_text(&place));
        }
        return more;
}

void http_fleet_export(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct str format = S("ndjson");
        struct ask_filter filter;
        struct ask_page page = { 0 };
        bool refused = false, csv;
        struct diag d = { 0 };
        int more;

        (void)s, (void)rest;
        if (!http_fleet_filter(s, call, &filter) || !http_fleet_place(call, &page) || !http_fleet_limit(call, EXPORT, EXPORT, &page.limit))
                return;
        if (http_query(&call->arena, call->query, S("format"), &format) < 0 || !(str_eq(format, S("ndjson")) || str_eq(format, S("csv")))) {
                (void)http_refuse(call, 400, "format is ndjson or csv");
                return;
        }
        csv = str_eq(format, S("csv"));
        more = flag(call, "aside") ? export_aside_page(store, call, page.limit, &refused, &d)
                                   : export_hosts_page(store, call, &page, &filter, csv ? EXPORT_CSV : EXPORT_NDJSON, &d);
        if (more < 0) {
                http_fleet_failed(call, &d);
        } else if (!refused) {
                call->status = 200;
                call->type = csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
        }
}
