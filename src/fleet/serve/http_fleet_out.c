/* What the store is asked, as JSON and as metrics. */
#include "base/date.h"
#include "fleet/ask/ask_json.h"
#include "fleet/serve/http_fleet_parts.h"
#include "fleet/store/moment.h"

enum { FINGERPRINT = 64, HOSTS = 100, HOSTS_MAX = 10000 };

struct str http_fleet_flaw_id(const struct fleet_server *s, struct str name) {
        const struct flaw *f = catalog_flaw(s->options->catalog, name);

        return f ? T(f->id) : name;
}

static bool is_statuses(struct str list) {
        enum status ignored;
        struct str word;

        while (str_cut(&list, ',', &word))
                if (!status_parse(str_trim(word), &ignored))
                        return false;
        return true;
}

/* A word that is mistyped meets no machine, and nothing found looks safe. */
static bool is_sound(const struct fleet_server *s, struct http_call *call, struct ask_filter *f) {
        enum status ignored;

        if (!is_statuses(f->status) || (f->worst.len && !status_parse(f->worst, &ignored)))
                return http_refuse(call, 400, "a status is not-affected, mitigated, unknown, partial or vulnerable");
        if (f->flaw.len && !catalog_flaw(s->options->catalog, f->flaw))
                return http_refuse(call, 400, "there is no such flaw");
        f->flaw = http_fleet_flaw_id(s, f->flaw);
        return true;
}

bool http_fleet_filter(const struct fleet_server *s, struct http_call *call, struct ask_filter *ret) {
        *ret = (struct ask_filter){ 0 };
#define X(member, option, what)                                                              \
        if (http_query(&call->arena, call->query, S(option), &ret->member) < 0)              \
                return http_refuse(call, 400, "'" option "' is not readable");
        ASK_FILTERS(X)
#undef X
        return is_sound(s, call, ret);
}

bool http_fleet_place(struct http_call *call, struct ask_page *ret) {
        return (http_query(&call->arena, call->query, S("after"), &ret->after_name) >= 0 &&
                http_query(&call->arena, call->query, S("ident"), &ret->after_ident) >= 0) ||
               http_refuse(call, 400, "the query is not readable");
}

bool http_fleet_is_filtered(const struct ask_filter *f) {
        ptrdiff_t length = 0;

#define X(member, option, what) length += f->member.len;
        ASK_FILTERS(X)
#undef X
        return length > 0;
}

/* False after `call` got its answer. */
static bool status_of(const struct fleet_server *s, struct store *store, struct http_call *call, struct ask_status *ret) {
        struct ask_filter filter;
        struct diag d = { 0 };

        if (!http_fleet_filter(s, call, &filter))
                return false;
        if (ask_status(store, call->who.number, &filter, &call->arena, ret, &d) == 0)
                return true;
        http_fleet_failed(call, &d);
        return false;
}

/* The answer has been written to `j`, or the store does not answer. */
static void done(struct http_call *call, int status, const struct diag *d) {
        if (status < 0) {
                http_fleet_failed(call, d);
                return;
        }
        call->status = 200;
        out_char(&call->text, '\n');
}

void http_fleet_status(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct json j = { .out = &call->text };
        struct accepted_risks accepted = { 0 };
        struct ask_status status;
        struct diag d = { 0 };

        (void)s, (void)rest;
        if (!status_of(s, store, call, &status))
                return;
        if (accept_list(store, call->who.number, http_fleet_now(), &call->arena, &accepted, &d) < 0) {
                http_fleet_failed(call, &d);
                return;
        }
        ask_json_status(&j, &call->arena, &status, &accepted);
        done(call, 0, &d);
}

bool http_fleet_limit(struct http_call *call, uint32_t otherwise, uint32_t max, int64_t *ret) {
        struct str text = S("");
        uint64_t limit = otherwise;

        if (http_query(&call->arena, call->query, S("limit"), &text) < 0 || (text.len && (!str_to_u64(text, &limit) || limit == 0 || limit > max)))
                return http_refuse(call, 400, "limit is a number from 1 to %u", max);
        *ret = (int64_t)limit;
        return true;
}

void http_fleet_hosts(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct json j = { .out = &call->text };
        struct ask_hosts hosts = { 0 };
        struct ask_page page = { 0 };
        struct ask_filter filter;
        struct diag d = { 0 };
        int64_t limit = 0;
        bool more;
        int status;

        (void)s, (void)rest;
        if (!http_fleet_filter(s, call, &filter) || !http_fleet_place(call, &page) || !http_fleet_limit(call, HOSTS, HOSTS_MAX, &limit))
                return;
        page.limit = limit + 1;
        status = ask_hosts(store, call->who.number, &filter, &page, &call->arena, &hosts, &d);
        more = hosts.count > limit;
        hosts.count -= more;
        if (status == 0)
                ask_json_hosts(&j, &call->arena, &hosts, more);
        done(call, status, &d);
}

void http_fleet_flaws(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct json j = { .out = &call->text };
        struct ask_findings findings = { 0 };
        struct ask_filter filter;
        struct diag d = { 0 };
        int status;

        if (!http_fleet_filter(s, call, &filter))
                return;
        filter.flaw = rest.len ? http_fleet_flaw_id(s, rest) : filter.flaw;
        status = ask_flaws(store, call->who.number, &filter, &call->arena, &findings, &d);
        if (status == 0 && rest.len && findings.count == 0 && !catalog_flaw(s->options->catalog, rest)) {
                (void)http_refuse(call, 404, "there is no such flaw");
                return;
        }
        if (status == 0)
                ask_json_flaws(&j, &findings);
        done(call, status, &d);
}

void http_fleet_history(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct json j = { .out = &call->text };
        struct str since = S(""), flaw = S("");
        struct history h = { 0 };
        struct diag d = { 0 };
        int status;

        (void)rest;
        if (http_query(&call->arena, call->query, S("since"), &since) < 0 || http_query(&call->arena, call->query, S("flaw"), &flaw) < 0 ||
            (since.len && !date_valid(since))) {
                (void)http_refuse(call, 400, "since is a day, such as 2026-11-22");
                return;
        }
        status = history_read(store, call->who.number, since, moment_day(&call->arena, http_fleet_now()), http_fleet_flaw_id(s, flaw), &call->arena, &h, &d);
        if (status == 0)
                ask_json_history(&j, &h);
        done(call, status, &d);
}

void http_fleet_fingerprint(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct json j = { .out = &call->text };
        struct diag d = { 0 };
        int known;

        (void)s;
        if (rest.len != FINGERPRINT) {
                (void)http_refuse(call, 400, "a fingerprint has %d digits", FINGERPRINT);
                return;
        }
        known = store_knows(store, call->who.number, rest, &d);
        if (known < 0) {
                http_fleet_failed(call, &d);
                return;
        }
        call->status = known ? 200 : 404;
        json_begin_object(&j, NULL);
        json_bool(&j, "known", known);
        json_end_object(&j);
        out_char(&call->text, '\n');
}

/* ---- Metrics ---- */

static void family(struct out *o, const char *name, const char *type, const char *help) {
        out_fmt(o, "# HELP sidelight_fleet_%s %s\n# TYPE sidelight_fleet_%s %s\n", name, help, name, type);
}

static void gauge(struct out *o, const char *name, const char *help, int64_t value) {
        family(o, name, "gauge", help);
        out_fmt(o, "sidelight_fleet_%s %lld\n", name, (long long)value);
}

static void by_status(struct out *o, const struct ask_status *s) {
        family(o, "hosts_by_worst", "gauge", "Machines by the worst status of a flaw that is at stake");
        for (int i = 0; i < STATUS_COUNT; i++)
                out_fmt(o, "sidelight_fleet_hosts_by_worst{status=\"%.*s\"} %lld\n", STR_ARG(status_word((enum status)i)), (long long)s->worst[i]);
        family(o, "flaw_hosts", "gauge", "Machines by flaw and status");
        for (ptrdiff_t f = 0; f < s->flaws.count; f++)
                for (int i = 0; i < STATUS_COUNT; i++)
                        out_fmt(o, "sidelight_fleet_flaw_hosts{flaw=\"%.*s\",status=\"%.*s\"} %lld\n", STR_ARG(s->flaws.items[f].id),
                                STR_ARG(status_word((enum status)i)), (long long)s->flaws.items[f].hosts[i]);
}

static void of_the_server(struct out *o, const struct http_call *call) {
        static const struct {
                const char *name, *help;
        } counts[] = {
#define X(id, word, title) { "http_" word "_total", title },
                HTTP_COUNTS(X)
#undef X
        };

        for (int i = 0; i < HTTP_COUNT_COUNT; i++) {
                family(o, counts[i].name, "counter", counts[i].help);
                out_fmt(o, "sidelight_fleet_%s %llu\n", counts[i].name, (unsigned long long)http_count(call, (enum http_count)i));
        }
        gauge(o, "http_waiting", "Requests that wait to be written", http_waiting(call));
}

void http_fleet_metrics(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct ask_status status;
        struct out *o = &call->text;

        (void)s, (void)rest;
        if (!status_of(s, store, call, &status))
                return;
        call->status = 200;
        call->type = "text/plain; version=0.0.4; charset=utf-8";
        gauge(o, "hosts", "Machines in the store", status.hosts);
        gauge(o, "fingerprints", "Kinds of machines that some machine shows now", status.fingerprints);
        gauge(o, "kept_aside", "Reports that could not be read and are kept", status.kept_aside);
        gauge(o, "not_judged", "Machines whose evidence is not judged yet", status.not_judged);
        by_status(o, &status);
        of_the_server(o, call);
}
