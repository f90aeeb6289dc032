#include "fleet/intake/intake.h"

#include "base/json_value.h"
#include "base/plain.h"
#include "collect/import/import.h"
#include "fleet/store/body.h"
#include "fleet/store/moment.h"
#include "verdict/machine.h"

static struct str line_of(const struct evidence *e, enum record_kind kind, struct str key) {
        const struct record *r = evidence_line(e, kind, key);

        return r && r->state == FACT_KNOWN ? str_trim(r->text) : S("");
}

bool intake_captured(const struct evidence *e, int64_t *ret) {
        struct str captured = line_of(e, RECORD_META, S("captured"));

        return moment_parse(captured, ret) || moment_parse(str_sub(captured, 0, 10), ret);
}

/* When it was captured; a clock that is ahead is not believed: nothing that comes in later could ever count. */
static int64_t time_of(const struct intake *in, const struct evidence *e, int64_t told) {
        int64_t t = told;

        if (!t && !intake_captured(e, &t))
                t = in->now;
        return t > in->now ? in->now : t;
}

struct str intake_host(struct arena *a, const struct evidence *e, struct str said, struct str name) {
        struct str own = line_of(e, RECORD_IDENTITY, S("hostname"));

        return plain(a, said.len ? said : machine_is_named(own) ? own : name);
}

struct str intake_ident(struct arena *a, const struct evidence *e) {
        static const struct str keys[] = { STR("ident"), STR("machine-id"), STR("uuid"), STR("serial") };

        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
                struct str ident = line_of(e, RECORD_IDENTITY, keys[i]);

                if (ident.len > 0)
                        return plain(a, ident);
        }
        return S("");
}

/* The whole name of the file: here it tells machines apart, and "web" and "web.host" may be two. */
static struct str within(const struct intake *in, struct str name) {
        return in->folder.len > 0 && str_starts(name, in->folder) ? str_from(name, in->folder.len) : name;
}

int intake_evidence(struct intake *in, const struct evidence *e, struct str said, struct str name, int64_t time, struct diag *d) {
        struct arena_mark mark = arena_mark(&in->scratch);
        struct store_report r = { .tenant = in->tenant, .time = time_of(in, e, time), .tags = in->tags,
                                  .host = intake_host(&in->scratch, e, said, within(in, name)), .ident = intake_ident(&in->scratch, e),
                                  .origin = plain(&in->scratch, in->origin.len ? in->origin : e->source),
                                  .redacted = str_eq(line_of(e, RECORD_META, S("redacted")), S("yes")) };
        struct body body;
        int status;

        body_make(&body, &in->scratch, e);
        r.fingerprint = str_n(body.fingerprint, 64);
        r.text = body.text;
        r.size = body.text.len;
        status = store_put(in->store, &r, d);
        in->reports += status == 0;
        arena_release(&in->scratch, mark);
        return status;
}

int intake_aside(struct intake *in, struct str name, struct str why, struct str bytes, struct diag *d) {
        const struct store_aside aside = { .tenant = in->tenant, .name = plain(&in->scratch, name), .reason = plain(&in->scratch, why),
                                           .bytes = bytes, .time = in->now };

        in->aside++;
        return store_put_aside(in->store, &aside, d);
}

int intake_well(struct intake *in, struct str name, struct str bytes, struct diag *d) {
        return store_put_well(in->store, in->tenant, plain(&in->scratch, name), bytes, d);
}

/* Why the text tells of no machine that can be judged; empty when it does. */
static struct str read_text(struct intake *in, struct import_machines *ret, struct str name, struct str text) {
        struct arena *a = &in->scratch;
        struct diag d = { 0 };
        int status;

        *ret = (struct import_machines){ 0 };
        if (evidence_looks_like(text) && !import_holds_several(text))
                status = evidence_parse(arena_append(a, ret), a, name, text, &d);
        else
                status = import_machines(ret, a, name, in->catalog, text, &d);
        if (status == IMPORT_UNKNOWN)
                (void)import_refuse(&d, a, name, text);
        if (status == IMPORT_UNKNOWN || status < 0)
                return str_dup(a, str_of(d.text));
        for (ptrdiff_t i = 0; i < ret->count; i++)
                if (!evidence_tells(&ret->items[i], false))
                        return str_fmt(a, EVIDENCE_NOTHING, STR_ARG(name));
        return S("");
}

/* One text that is no list of others; `said` and `time` as in intake_evidence. */
static int take_machines(struct intake *in, struct str said, struct str name, struct str text, int64_t time, int64_t *ret_read, struct diag *d) {
        struct import_machines all;
        struct str why = read_text(in, &all, name, text);

        if (why.len > 0)
                return intake_aside(in, name, why, text, d);
        for (ptrdiff_t i = 0; i < all.count; i++) {
                struct str own = i == 0 ? name : str_fmt(&in->scratch, "%.*s#%td", STR_ARG(name), i + 1);

                if (intake_evidence(in, &all.items[i], all.count == 1 ? said : S(""), own, time, d) < 0)
                        return -1;
                ++*ret_read;
        }
        return intake_well(in, name, text, d);
}

/* ---- Lines of JSON ---- */

/* "2026-11-22…", or seconds; 0: it is not told. */
static int64_t line_time(const struct json_value *v) {
        const struct json_value *time = json_member(v, S("time"));
        int64_t t = 0;

        if (json_to_i64(time, &t) || moment_parse(json_member_text(v, S("time")), &t))
                return t > 0 ? t : 0;
        return 0;
}

/* "a b", or ["a", "b"]. No pointer: they are not told. */
static struct str line_tags(struct arena *a, const struct json_value *v) {
        const struct json_value *tags = json_member(v, S("tags"));
        struct str all = S("");

        if (!tags)
                return (struct str){ 0 };
        if (tags->type == JSON_STRING)
                return plain(a, tags->text);
        for (ptrdiff_t i = 0; i < json_count(tags); i++)
                if (json_item(tags, i) && json_item(tags, i)->type == JSON_STRING)
                        all = str_fmt(a, "%.*s%s%.*s", STR_ARG(all), all.len ? " " : "", STR_ARG(json_item(tags, i)->text));
        return plain(a, all);
}

/* Seen again, without its evidence: the store has it. */
static int take_seen(struct intake *in, const struct json_value *v, struct str name, struct str line, int64_t *ret_read, struct diag *d) {
        struct arena *a = &in->scratch;
        int64_t time = line_time(v);
        const struct store_report r = { .tenant = in->tenant, .host = plain(a, json_member_text(v, S("host"))),
                                        .ident = plain(a, json_member_text(v, S("ident"))),
                                        .fingerprint = json_member_text(v, S("fingerprint")), .tags = line_tags(a, v),
                                        .time = time && time < in->now ? time : in->now, .origin = plain(a, name) };
        int status = r.host.len ? store_put(in->store, &r, d) : STORE_UNKNOWN;

        if (status == STORE_UNKNOWN)
                return intake_aside(in, name, S("the store does not have the evidence of this fingerprint"), line, d);
        in->reports += status == 0;
        *ret_read += status == 0;
        return status < 0 ? -1 : intake_well(in, name, line, d);
}

static int take_line(struct intake *in, struct str name, struct str line, int64_t *ret_read, struct diag *d) {
        struct intake own = *in;
        struct json_value v;
        struct diag why = { 0 };
        struct str tags;
        int status;

        if (json_read(&own.scratch, str_to_c(&own.scratch, name), line, &v, &why) < 0) {
                status = intake_aside(&own, name, str_of(why.text), line, d);
        } else if (json_member(&v, S("evidence"))) {
                tags = line_tags(&own.scratch, &v);
                own.tags = tags.p ? tags : in->tags;
                status = take_machines(&own, json_member_text(&v, S("host")), name, json_member_text(&v, S("evidence")), line_time(&v), ret_read, d);
        } else {
                status = take_seen(&own, &v, name, line, ret_read, d);
        }
        own.tags = in->tags;
        *in = own;
        return status;
}

bool intake_is_lines(struct intake *in, struct str text) {
        struct arena_mark mark = arena_mark(&in->scratch);
        struct diag ignored = { 0 };
        bool is = false;
        struct json_value v;
        struct str line;

        while (str_line(&text, &line))
                if (str_trim(line).len > 0) {
                        is = line.p[0] == '{' && json_read(&in->scratch, "", line, &v, &ignored) == 0 && json_member(&v, S("host")) &&
                             (json_member(&v, S("evidence")) || json_member(&v, S("fingerprint")));
                        break;
                }
        arena_release(&in->scratch, mark);
        return is;
}

int intake_lines(struct intake *in, struct str name, struct str text, int64_t *number, int64_t *ret_read, struct diag *d) {
        struct str line;
        int status = 0;

        for (; status == 0 && str_line(&text, &line); ++*number) {
                struct arena_mark mark = arena_mark(&in->scratch);

                if (str_trim(line).len > 0)
                        status = take_line(in, str_fmt(&in->scratch, "%.*s:%lld", STR_ARG(name), (long long)*number), line, ret_read, d);
                arena_release(&in->scratch, mark);
                if (status == 0 && in->full && store_is_full(in->store))
                        status = in->full(in->full_arg, d);
        }
        return status;
}

/* ---- Any text ---- */

int intake_text(struct intake *in, struct str name, struct str text, int64_t *ret_read, struct diag *d) {
        struct arena_mark mark = arena_mark(&in->scratch);
        int64_t number = 1;
        int status;

        *ret_read = 0;
        if (intake_is_lines(in, text))
                status = intake_lines(in, name, text, &number, ret_read, d);
        else if ((status = intake_inventory(in, name, text, d)) == 0)
                status = take_machines(in, S(""), name, text, 0, ret_read, d);
        else if (status > 0)
                status = intake_well(in, name, text, d);
        arena_release(&in->scratch, mark);
        return status < 0 ? -1 : 0;
}

void intake_free(struct intake *in) {
        arena_free(&in->scratch);
}
