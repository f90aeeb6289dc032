/* CSV (RFC 4180): a header, one line a finding. */
#include "report/formats.h"

static struct str joined(struct arena *a, struct texts list) {
        struct str text = S("");

        for (uint32_t i = 0; i < list.count; i++)
                text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), i ? " " : "", STR_ARG(T_AT(list, i)));
        return text;
}

static struct str boundaries(struct arena *a, boundary_set set) {
        struct str text = S("");

        for (int b = 0; b < BOUNDARY_COUNT; b++)
                if (set & 1 << b)
                        text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), text.len ? " " : "",
                                       STR_ARG(boundary_word((enum boundary)b)));
        return text;
}

void csv_begin(struct report_writer *w) {
        out_c(w->out, "source,host,id,name,cves,status,at_stake,owner,boundaries,rule,"
                      "reason,fixes,captured,fingerprint,version,data,not_read,old\r\n");
}

void csv_add(struct report_writer *w, const struct verdict *r) {
        struct arena *a = r->facts->arena;
        struct str old = r->machine.old_evidence ? r->machine.old_data ? S("evidence data") : S("evidence") : r->machine.old_data ? S("data") : S("");
        struct str unread = str_fmt(a, "%u", (unsigned)(r->machine.denied + r->machine.failed));

        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *f = &r->findings[i];
                struct arena_mark mark = arena_mark(a);
                const struct str fields[] = { r->source, r->machine.name, T(f->flaw->id), T(f->flaw->name), joined(a, f->flaw->cves),
                                              status_word(f->status), f->at_stake ? S("yes") : S("no"), layer_word(f->owner),
                                              boundaries(a, f->boundaries), f->rule ? T(f->rule->id) : S(""), f->reason,
                                              joined(a, f->fixes), r->captured, str_of(r->fingerprint), S(SIDELIGHT_VERSION),
                                              summary_data(r->catalog), unread, old };
                const size_t n = sizeof(fields) / sizeof(fields[0]);

                for (size_t k = 0; k < n; k++) {
                        out_csv(w->out, fields[k]);
                        out_c(w->out, k + 1 == n ? "\r\n" : ",");
                }
                arena_release(a, mark);
        }
}
