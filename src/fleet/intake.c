#include "fleet/intake.h"

#include "base/date.h"
#include "base/plain.h"
#include "collect/import/import.h"
#include "fleet/body.h"

enum { DAY = 86400, HOST_MAX = 255 };

/* Two digits at `at`, less than `limit`; -1 when they are none. */
static int64_t two(struct str s, ptrdiff_t at, int64_t limit) {
        uint64_t v;

        return at + 2 <= s.len && str_to_u64(str_sub(s, at, 2), &v) && (int64_t)v < limit ? (int64_t)v : -1;
}

bool intake_time(struct str text, int64_t *ret) {
        int64_t hours = 0, minutes = 0, seconds = 0;
        int32_t days;

        if (!date_days(str_sub(text, 0, 10), &days))
                return false;
        if (text.len > 10) {
                hours = two(text, 11, 24);
                minutes = two(text, 14, 60);
                seconds = two(text, 17, 61);
                if (hours < 0 || minutes < 0 || seconds < 0 || (text.p[10] != 'T' && text.p[10] != ' ') || text.p[13] != ':' || text.p[16] != ':')
                        return false;
        }
        *ret = (int64_t)days * DAY + hours * 3600 + minutes * 60 + seconds;
        return true;
}

static struct str line_of(const struct evidence *e, enum record_kind kind, struct str key) {
        const struct record *r = evidence_line(e, kind, key);

        return r && r->state == FACT_KNOWN ? str_trim(r->text) : S("");
}

/* When it was captured; a clock that is ahead is not believed: nothing that comes in later could ever count. */
static int64_t time_of(const struct intake *in, const struct evidence *e, int64_t told) {
        struct str captured = line_of(e, RECORD_META, S("captured"));
        int64_t t = told;

        if (!t && !intake_time(captured, &t) && !intake_time(str_sub(captured, 0, 10), &t))
                t = in->now;
        return t > in->now ? in->now : t;
}

static struct str name_of(struct arena *a, const struct evidence *e, struct str said, struct str name) {
        struct str own = line_of(e, RECORD_IDENTITY, S("hostname"));

        return plain(a, said.len ? said : own.len ? own : name);
}

/* What tells two machines of one name apart. */
static struct str ident_of(struct arena *a, const struct evidence *e) {
        static const struct str keys[] = { STR("machine-id"), STR("uuid"), STR("serial") };

        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
                struct str ident = line_of(e, RECORD_IDENTITY, keys[i]);

                if (ident.len > 0)
                        return plain(a, ident);
        }
        return S("");
}

int intake_evidence(struct intake *in, const struct evidence *e, struct str said, struct str name, int64_t time, struct diag *d) {
        struct arena_mark mark = arena_mark(&in->scratch);
        struct store_report r = { .tenant = in->tenant, .time = time_of(in, e, time), .tags = in->tags,
                                  .host = name_of(&in->scratch, e, said, name), .ident = ident_of(&in->scratch, e),
                                  .origin = plain(&in->scratch, in->origin.len ? in->origin : e->source),
                                  .redacted = str_eq(line_of(e, RECORD_META, S("redacted")), S("yes")) };
        struct body body;
        int known;

        body_make(&body, &in->scratch, e);
        r.fingerprint = str_n(body.fingerprint, 64);
        known = store_knows(in->store, in->tenant, r.fingerprint, d);
        if (known == 0) {
                r.body = body_pack(&in->scratch, body.text);
                r.size = body.text.len;
        }
        known = known < 0 ? -1 : store_put(in->store, &r, d);
        in->reports += known == 0;
        arena_release(&in->scratch, mark);
        return known < 0 ? -1 : 0;
}

int intake_aside(struct intake *in, struct str name, struct str why, struct str bytes, struct diag *d) {
        const struct store_aside aside = { .tenant = in->tenant, .name = plain(&in->scratch, name), .reason = plain(&in->scratch, why),
                                           .bytes = bytes, .time = in->now };

        in->aside++;
        return store_put_aside(in->store, &aside, d);
}

/* Why the text tells of no machine that can be judged; empty when it does. */
static struct str read_text(struct intake *in, struct import_machines *ret, struct str name, struct str text) {
        struct arena *a = &in->scratch;
        struct diag d = { 0 };
        int status;

        *ret = (struct import_machines){ 0 };
        if (evidence_looks_like(text))
                status = evidence_parse(arena_append(a, ret), a, name, text, &d);
        else
                status = import_machines(ret, a, name, in->catalog, text, &d);
        if (status == IMPORT_UNKNOWN)
                return S("neither an evidence file nor another tool's output that can be read");
        if (status < 0)
                return str_dup(a, str_of(d.text));
        for (ptrdiff_t i = 0; i < ret->count; i++)
                if (!evidence_tells(&ret->items[i], false))
                        return str_fmt(a, EVIDENCE_NOTHING, STR_ARG(name));
        return S("");
}

int intake_text(struct intake *in, struct str name, struct str text, int64_t *ret_read, struct diag *d) {
        struct arena_mark mark = arena_mark(&in->scratch);
        struct import_machines all;
        struct str why = read_text(in, &all, name, text);
        int status = 0;

        *ret_read = 0;
        if (why.len > 0)
                status = intake_aside(in, name, why, text, d);
        for (ptrdiff_t i = 0; i < all.count && status == 0 && why.len == 0; i++) {
                status = intake_evidence(in, &all.items[i], S(""), i == 0 ? name : str_fmt(&in->scratch, "%.*s#%td", STR_ARG(name), i + 1), 0, d);
                *ret_read += status == 0;
        }
        arena_release(&in->scratch, mark);
        return status;
}

void intake_free(struct intake *in) {
        arena_free(&in->scratch);
}
