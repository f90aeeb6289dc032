/* What changes a store over HTTP, for tokens with the scope admin: accepted risks, and judging anew. And the log of who did what. */
#include <stdatomic.h>

#include "base/json_value.h"
#include "base/plain.h"
#include "fleet/ask/ask_json.h"
#include "fleet/intake/judge.h"
#include "fleet/serve/http_fleet_parts.h"
#include "fleet/store/moment.h"

enum { TEXT_MAX = 1000, AUDIT = 1000, AUDIT_MAX = 10000, AGAIN_SECONDS = 2 };

/* "ops (10.0.0.7)": a token's name, and where it was used. */
static struct str by(struct http_call *call) {
        return str_fmt(&call->arena, "%.*s (%.*s)", STR_ARG(call->who.name), STR_ARG(call->address));
}

/* What was asked cannot be done as it was asked, or the store does not answer. */
static void failed(struct http_call *call, const struct diag *d) {
        if (d->class == DIAG_USAGE)
                (void)http_refuse(call, 400, "%s", d->text);
        else
                http_fleet_failed(call, d);
}

/* ---- Accepted risks ---- */

void http_change_accepted(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct json j = { .out = &call->text };
        struct accepted_risks all = { 0 };
        struct diag d = { 0 };

        (void)s, (void)rest;
        if (accept_list(store, call->who.number, http_fleet_now(), &call->arena, &all, &d) < 0) {
                http_fleet_failed(call, &d);
                return;
        }
        call->status = 200;
        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        ask_json_accepted(&j, &call->arena, "accepted", &all);
        json_end_object(&j);
        out_char(&call->text, '\n');
}

/* The body: one object, all of whose members are known. A misspelt one would accept more than was meant. */
static bool read_object(struct http_call *call, const char *known, struct json_value *ret) {
        struct diag why = { 0 };

        if (json_read(&call->arena, "body", out_text(&call->body), ret, &why) < 0)
                return http_refuse(call, 400, "%s", why.text);
        if (ret->type != JSON_OBJECT)
                return http_refuse(call, 400, "the body is one JSON object");
        for (ptrdiff_t i = 0; i < ret->count; i++) {
                struct str key = ret->members[i].key;

                if (str_find_char(key, '|') >= 0 || str_find(str_of(known), str_fmt(&call->arena, "|%.*s|", STR_ARG(key))) < 0)
                        return http_refuse(call, 400, "'%.*s' means nothing here", STR_ARG(plain(&call->arena, str_sub(key, 0, key.len < 40 ? key.len : 40))));
        }
        return true;
}

/* A member that is a text on one line; empty when there is none. */
static bool read_text(struct http_call *call, const struct json_value *v, const char *key, struct str *ret) {
        const struct json_value *member = json_member(v, str_of(key));

        *ret = json_member_text(v, str_of(key));
        return !member || (member->type == JSON_STRING && ret->len <= TEXT_MAX && str_eq(plain(&call->arena, *ret), *ret)) ||
               http_refuse(call, 400, "'%s' is a text on one line, up to %d bytes", key, TEXT_MAX);
}

static bool read_risk(const struct fleet_server *s, struct http_call *call, struct accepted_risk *ret) {
        struct str until = S(""), reason = S(""), who = S("");
        struct json_value v = { 0 };
        const struct flaw *flaw;

        *ret = (struct accepted_risk){ .since = http_fleet_now() };
        if (!read_object(call, "|flaw|reason|who|until|owner|cloud|kernel|processor|fingerprint|tag|host|", &v) ||
            !read_text(call, &v, "reason", &reason) || !read_text(call, &v, "until", &until) || !read_text(call, &v, "who", &who))
                return false;
#define X(member, option, what)                                   \
        if (!read_text(call, &v, option, &ret->filter.member))    \
                return false;
        ASK_FILTERS(X)
#undef X
        flaw = catalog_flaw(s->options->catalog, ret->filter.flaw);
        if (!flaw)
                return http_refuse(call, 400, "'flaw' is the id of a flaw: /v1/flaws has them");
        if (!reason.len || !moment_parse(until, &ret->until) || ret->until <= ret->since)
                return http_refuse(call, 400, "an accepted risk has a 'reason', and an end in the future: 'until', such as 2027-06-30");
        ret->filter.flaw = T(flaw->id);
        ret->reason = reason;
        ret->who = who.len ? who : call->who.name;
        return true;
}

void http_change_accept(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct accepted_risk r;
        struct diag d = { 0 };

        if (!read_risk(s, call, &r))
                return;
        if (accept_add(store, call->who.number, &r, by(call), &d) < 0)
                failed(call, &d);
        else
                http_change_accepted(s, store, call, rest);
}

void http_change_end(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct json_value v = { 0 };
        struct diag d = { 0 };
        int64_t number;

        if (!read_object(call, "|number|", &v))
                return;
        if (!json_to_i64(json_member(&v, S("number")), &number) || number <= 0)
                (void)http_refuse(call, 400, "'number' is that of an accepted risk");
        else if (accept_end(store, call->who.number, number, http_fleet_now(), by(call), &d) < 0)
                failed(call, &d);
        else
                http_change_accepted(s, store, call, rest);
}

/* ---- Judging anew ---- */

/* All tenants' evidence is judged; what turned is told of the own one. */
static int rejudge(const struct fleet_server *s, struct store *store, struct http_call *call, struct diag *d) {
        struct json j = { .out = &call->text };
        int64_t now = http_fleet_now(), tenant = call->who.number;
        struct flaw_turns turns = { 0 };
        struct arena *a = &call->arena;
        struct judged judged;

        if (judge_store(store, s->options->catalog, JUDGE_ALL, now, &judged, d) < 0 || changes_of_rejudge(store, tenant, a, &turns, d) < 0 ||
            history_note(store, tenant, moment_day(a, now), d) < 0 || judge_note(store, s->options->catalog, tenant, now, by(call), &judged, d) < 0)
                return -1;
        call->status = 200;
        ask_json_rejudged(&j, judged.fingerprints, judged.turned, &turns);
        out_char(&call->text, '\n');
        return 0;
}

void http_change_rejudge(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct diag d = { 0 };

        (void)rest;
        if (!str_eq(call->who.tenant, S("default"))) { /* the operator's: it turns the verdicts of all, who may distrust each other */
                (void)http_refuse(call, 403, "this judges all tenants' machines anew: an admin of the tenant 'default' may, or `sidelight fleet rejudge`");
                return;
        }
        if (atomic_exchange(&s->rejudging, true)) {
                (void)http_refuse(call, 503, "all is being judged anew right now");
                call->retry_after = AGAIN_SECONDS;
                return;
        }
        if (rejudge(s, store, call, &d) < 0)
                http_fleet_failed(call, &d);
        atomic_store(&s->rejudging, false);
}

/* ---- Who did what ---- */

void http_change_audit(struct fleet_server *s, struct store *store, struct http_call *call, struct str rest) {
        struct json j = { .out = &call->text };
        struct audit audit;
        struct diag d = { 0 };
        int64_t since = 0, limit;

        (void)s, (void)rest;
        if (!http_fleet_since(call, &since) || !http_fleet_limit(call, AUDIT, AUDIT_MAX, &limit))
                return;
        if (audit_read(store, call->who.number, since, limit, &call->arena, &audit, &d) < 0) {
                http_fleet_failed(call, &d);
                return;
        }
        call->status = 200;
        ask_json_audit(&j, &call->arena, &audit);
        out_char(&call->text, '\n');
}
