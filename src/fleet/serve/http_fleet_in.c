/* What comes in. The thread that writes calls these; what is put is durable when the transaction is, and only then it is answered. */
#include "base/encoding.h"
#include "base/json.h"
#include "base/json_value.h"
#include "base/plain.h"
#include "fleet/serve/http_fleet_parts.h"

enum { FINGERPRINT = 64, SHORT = 43, HOST_MAX = 255, IDENT_MAX = 128 };

#define REFUSED(...) ((void)http_refuse(__VA_ARGS__), -1)

/* ---- Heartbeats: "FINGERPRINT TIME|- IDENT|- HOST", or "FINGERPRINT=HOST", a line each ---- */

static bool is_fingerprint(struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++)
                if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
                        return false;
        return s.len == FINGERPRINT;
}

/* A clock that is ahead is not believed: nothing that came in later could ever count. */
static bool read_time(struct str text, int64_t now, int64_t *ret) {
        uint64_t v;

        *ret = now;
        if (str_eq(text, S("-")))
                return true;
        if (!str_to_u64(text, &v) || v == 0 || v > INT64_MAX)
                return false;
        *ret = (int64_t)v < now ? (int64_t)v : now;
        return true;
}

/* A fingerprint's 256 bits in 43 characters (RFC 4648, base64url) instead of 64 digits: an unchanged machine should cost little. */
static struct str as_digits(struct arena *a, struct str text) {
        static const char digits[] = "0123456789abcdef";
        struct str bytes;
        char *hex;

        if (text.len != SHORT || !encoding_base64(a, text, &bytes) || bytes.len != FINGERPRINT / 2)
                return text;
        hex = arena_bytes(a, FINGERPRINT);
        for (ptrdiff_t i = 0; i < bytes.len; i++) {
                hex[2 * i] = digits[(unsigned char)bytes.p[i] >> 4];
                hex[2 * i + 1] = digits[(unsigned char)bytes.p[i] & 15];
        }
        return str_n(hex, FINGERPRINT);
}

static bool read_fields(struct str *line, struct store_report *ret, struct str *ret_time) {
        if (line->len > SHORT && line->p[SHORT] == '=') {
                ret->fingerprint = str_sub(*line, 0, SHORT);
                ret->ident = *ret_time = S("-");
                *line = str_from(*line, SHORT + 1);
                return true;
        }
        return str_word(line, &ret->fingerprint) && str_word(line, ret_time) && str_word(line, &ret->ident);
}

static bool read_seen(struct arena *a, struct str line, int64_t now, struct store_report *ret) {
        struct str time;

        if (!read_fields(&line, ret, &time))
                return false;
        ret->fingerprint = as_digits(a, ret->fingerprint);
        ret->host = str_trim(line);
        ret->ident = str_eq(ret->ident, S("-")) ? S("") : ret->ident;
        return is_fingerprint(ret->fingerprint) && read_time(time, now, &ret->time) && ret->host.len > 0 && ret->host.len <= HOST_MAX &&
               ret->ident.len <= IDENT_MAX && str_eq(plain(a, ret->host), ret->host) && str_eq(plain(a, ret->ident), ret->ident);
}

struct lines {
        struct store_report *items;
        struct str *fingerprints;
        ptrdiff_t count, capacity;
};

/* All lines or none: a text of which half is taken would have to be explained. */
static bool read_lines(struct fleet_server *s, struct http_call *call, struct lines *ret) {
        struct str rest = out_text(&call->body), line;
        struct arena *a = &s->in.scratch;

        for (long n = 1; str_line(&rest, &line); n++) {
                struct store_report *r = arena_append(a, ret);

                *r = (struct store_report){ .tenant = call->who.number, .origin = S("http") };
                if (!read_seen(a, line, s->in.now, r))
                        return http_refuse(call, 400, "line %ld is not FINGERPRINT TIME|- IDENT|- HOST, nor FINGERPRINT=HOST", n);
        }
        ret->fingerprints = arena_array(a, struct str, ret->count);
        for (ptrdiff_t i = 0; i < ret->count; i++)
                ret->fingerprints[i] = ret->items[i].fingerprint;
        return call->body.len > 0 || http_refuse(call, 400, "there is nothing in it");
}

static int put_lines(struct fleet_server *s, struct http_call *call, const struct lines *all, struct diag *d) {
        if (store_ask(&s->store, call->who.number, all->fingerprints, all->count, d) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < all->count; i++) {
                int status = store_put(&s->store, &all->items[i], d);

                if (status < 0)
                        return -1;
                s->taken.reports += status == 0;
                if (status == STORE_UNKNOWN)
                        out_fmt(&call->text, "%.*s\n", STR_ARG(all->items[i].fingerprint));
        }
        return 0;
}

void http_fleet_seen(struct fleet_server *s, struct http_call *call) {
        struct lines lines = { 0 };
        struct diag d = { 0 };

        if (read_lines(s, call, &lines) && put_lines(s, call, &lines, &d) < 0) {
                http_fleet_failed(call, &d);
        } else if (!call->status) {
                call->type = "text/plain; charset=utf-8";
                call->status = call->text.len ? 200 : 204;
        }
        arena_reset(&s->in.scratch);
}

/* ---- Evidence ---- */

struct taken {
        int64_t reports, aside, resources;
        struct json wanted;
        struct out list;
};

static void answer(struct http_call *call, struct taken *t) {
        struct json j = { .out = &call->text };

        call->status = 200;
        json_begin_object(&j, NULL);
        json_i64(&j, "reports", t->reports);
        json_i64(&j, "kept_aside", t->aside);
        json_i64(&j, "resources", t->resources);
        json_raw(&j, "wanted", out_text(&t->list));
        json_end_object(&j);
        out_char(&call->text, '\n');
}

/* {"host", "ident", "time", "evidence"} or {"host", "ident", "time", "fingerprint"}: -1 when the store failed. */
static int take_fingerprint(struct fleet_server *s, struct http_call *call, const struct store_report *r, struct taken *t, struct diag *d) {
        int status = store_put(&s->store, r, d);

        (void)call;
        if (status == STORE_UNKNOWN)
                json_str(&t->wanted, NULL, r->fingerprint);
        t->reports += status == 0;
        return status < 0 ? -1 : 0;
}

static int take_evidence(struct fleet_server *s, const struct store_report *r, struct str text, struct taken *t, struct diag *d) {
        struct diag why = { 0 };
        struct evidence e;
        int status;

        if (evidence_parse(&e, &s->in.scratch, r->host, text, &why) < 0 || !evidence_tells(&e, false)) {
                t->aside++;
                return intake_aside(&s->in, r->host, why.text[0] ? str_of(why.text) : S("it holds no evidence: there is nothing to judge"), text, d);
        }
        status = intake_evidence(&s->in, &e, r->host, r->host, r->time, d);
        t->reports += status == 0;
        return status < 0 ? -1 : intake_well(&s->in, r->host, text, d);
}

static bool read_object(struct fleet_server *s, const struct json_value *v, struct store_report *ret) {
        int64_t time = 0;

        *ret = (struct store_report){ .host = json_member_text(v, S("host")), .ident = json_member_text(v, S("ident")), .origin = S("http"),
                                      .fingerprint = json_member_text(v, S("fingerprint")), .time = s->in.now, .tenant = s->in.tenant };
        if (json_member(v, S("time")) && (!json_to_i64(json_member(v, S("time")), &time) || time <= 0))
                return false;
        if (time > 0 && time < ret->time)
                ret->time = time;
        return ret->host.len > 0 && ret->host.len <= HOST_MAX && ret->ident.len <= IDENT_MAX && str_eq(plain(&s->in.scratch, ret->host), ret->host) &&
               str_eq(plain(&s->in.scratch, ret->ident), ret->ident);
}

static int take_objects(struct fleet_server *s, struct http_call *call, struct taken *t, struct diag *d) {
        struct json_texts texts = { .file = "body", .text = out_text(&call->body) };
        struct diag wrong = { 0 };
        struct json_value v;
        int result = 0;
        long n = 0;

        while (result == 0 && json_read_next(&texts, &call->arena, &v, &wrong) > 0) {
                struct str text = json_member_text(&v, S("evidence"));
                struct store_report r;

                n++;
                if (!read_object(s, &v, &r) || (!text.len && !is_fingerprint(r.fingerprint)))
                        return REFUSED(call, 400, "object %ld needs a host, and evidence or a fingerprint; a time is seconds since 1970; what stands before it was taken", n);
                result = text.len ? take_evidence(s, &r, text, t, d) : take_fingerprint(s, call, &r, t, d);
        }
        if (result == 0 && wrong.text[0])
                return REFUSED(call, 400, "%s", wrong.text);
        return result;
}

/* One machine's evidence, or whatever text tells of machines. */
static int take_text(struct fleet_server *s, struct http_call *call, struct taken *t, struct diag *d) {
        struct str name = S("");
        int64_t read = 0, before = s->in.aside, resources = s->in.resources;

        if (http_query(&call->arena, call->query, S("name"), &name) < 0 || name.len > HOST_MAX)
                return REFUSED(call, 400, "the name is not readable");
        if (call->body.len == 0)
                return REFUSED(call, 400, "there is nothing in it");
        if (intake_text(&s->in, name.len ? name : S("report"), out_text(&call->body), &read, d) < 0)
                return -1;
        t->reports = read;
        t->aside = s->in.aside - before;
        t->resources = s->in.resources - resources;
        return 0;
}

void http_fleet_evidence(struct fleet_server *s, struct http_call *call) {
        struct taken t = { 0 };
        struct diag d = { 0 };
        int status;

        t.wanted.out = &t.list;
        s->in.tenant = call->who.number;
        json_begin_array(&t.wanted, NULL);
        status = str_starts(call->content, S("application/x-ndjson")) ? take_objects(s, call, &t, &d) : take_text(s, call, &t, &d);
        json_end_array(&t.wanted);
        s->taken.reports = t.reports;
        s->taken.kept_aside = t.aside;
        if (status == 0)
                answer(call, &t);
        else if (!call->status)
                http_fleet_failed(call, &d);
        arena_reset(&s->in.scratch);
        out_free(&t.list);
}
