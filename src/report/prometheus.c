/* Prometheus' text exposition format, version 0.0.4. Families stand together, so that several machines make one document. No time
 * stamps on samples, no counters. What changes beside a value (whose job it is, versions) is a label of an info series, never of the value:
 * an alert on the value goes on. */
#include "report/formats.h"

#include "base/date.h"
#include "base/seen.h"

enum family { STATUS, OWNER, COUNT, WORST, CAPTURED, UNREAD, INFO, FAMILIES };
_Static_assert((int)FAMILIES < (int)REPORT_LATER, "each family, and the program, wait in buffers of their own");

static const char *const headers[FAMILIES] = {
        [STATUS] = "# HELP sidelight_flaw_status Status of a flaw: 0 not affected, 1 mitigated, 2 unknown, 3 partial, 4 vulnerable.\n"
                   "# TYPE sidelight_flaw_status gauge\n",
        [OWNER] = "# HELP sidelight_flaw_owner_info The layer that owns the remedy of a flaw that is open or unknown; always 1.\n"
                  "# TYPE sidelight_flaw_owner_info gauge\n",
        [COUNT] = "# HELP sidelight_flaws Flaws at stake that have this status.\n# TYPE sidelight_flaws gauge\n",
        [WORST] = "# HELP sidelight_worst_status The worst status of the flaws at stake, as in sidelight_flaw_status.\n"
                  "# TYPE sidelight_worst_status gauge\n",
        [CAPTURED] = "# HELP sidelight_evidence_timestamp_seconds When the evidence was taken.\n"
                     "# TYPE sidelight_evidence_timestamp_seconds gauge\n",
        [UNREAD] = "# HELP sidelight_evidence_unread Pieces of evidence that were denied, or could not be read.\n"
                   "# TYPE sidelight_evidence_unread gauge\n",
        [INFO] = "# HELP sidelight_host_info The machine; always 1.\n# TYPE sidelight_host_info gauge\n",
};

static void label(struct out *o, const char *name, struct str value) {
        out_fmt(o, "%s=\"", name);
        for (ptrdiff_t i = 0; i < value.len; i++) { /* on one line already (base/plain.h) */
                if (value.p[i] == '\\' || value.p[i] == '"')
                        out_char(o, '\\');
                out_char(o, value.p[i]);
        }
        out_char(o, '"');
}

/* What tells one machine's series from another's: two machines may have one name, so evidence files are named, too. */
static void machine(struct out *o, const char *metric, const struct verdict *r, unsigned n) {
        out_fmt(o, "%s{", metric);
        label(o, "host", r->machine.name);
        if (!str_eq(r->source, S("live")))
                label(o, ",source", r->source);
        if (n > 1)
                out_fmt(o, ",nth=\"%u\"", n);
}

/* Without what only other architectures have. */
static void flaws(struct out *o, struct out *owners, const struct verdict *r, unsigned n) {
        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *f = &r->findings[i];

                if (!summary_applies(r, f))
                        continue;
                machine(o, "sidelight_flaw_status", r, n);
                label(o, ",flaw", T(f->flaw->id));
                out_fmt(o, "} %d\n", (int)f->status);
                if (f->status <= STATUS_MITIGATED)
                        continue;
                machine(owners, "sidelight_flaw_owner_info", r, n);
                label(owners, ",flaw", T(f->flaw->id));
                label(owners, ",owner", layer_word(f->owner));
                out_c(owners, "} 1\n");
        }
}

/* Machines of one name from one file, or a file that was given twice, are numbered: a series that stands twice makes the whole
 * document unreadable. */
static unsigned number_of(struct report_writer *w, const struct verdict *r) {
        struct arena *a = r->facts->arena;
        struct arena_mark mark = arena_mark(a);
        unsigned n = 1;

        while (seen_before(&w->told, str_fmt(a, "%.*s\n%.*s\n%u", STR_ARG(r->machine.name), STR_ARG(r->source), n)))
                n++;
        arena_release(a, mark);
        return n;
}

static void evidence(struct report_writer *w, const struct verdict *r, unsigned n) {
        struct out *o = &w->later[UNREAD];
        int64_t seconds;

        if (date_seconds(r->captured, &seconds)) {
                machine(&w->later[CAPTURED], "sidelight_evidence_timestamp_seconds", r, n);
                out_fmt(&w->later[CAPTURED], "} %lld\n", (long long)seconds);
        }
        machine(o, "sidelight_evidence_unread", r, n);
        out_fmt(o, ",state=\"denied\"} %u\n", (unsigned)r->machine.denied);
        machine(o, "sidelight_evidence_unread", r, n);
        out_fmt(o, ",state=\"failed\"} %u\n", (unsigned)r->machine.failed);
}

static void build(struct out *later, const struct catalog *c) {
        later->len = 0;
        out_c(later, "# HELP sidelight_build_info The program, and what it knows; always 1.\n# TYPE sidelight_build_info gauge\n"
                     "sidelight_build_info{version=\"" SIDELIGHT_VERSION "\"");
        label(later, ",data_date", T(c->date));
        label(later, ",data_version", summary_data(c));
        label(later, ",data_hash", T(c->hash));
        out_c(later, "} 1\n");
}

void prometheus_add(struct report_writer *w, const struct verdict *r) {
        struct out *o = &w->later[INFO];
        unsigned n = number_of(w, r);

        flaws(&w->later[STATUS], &w->later[OWNER], r, n);
        for (int s = 0; s < STATUS_COUNT; s++) {
                machine(&w->later[COUNT], "sidelight_flaws", r, n);
                label(&w->later[COUNT], ",status", status_word((enum status)s));
                out_fmt(&w->later[COUNT], "} %u\n", (unsigned)r->counts[s]);
        }
        machine(&w->later[WORST], "sidelight_worst_status", r, n);
        out_fmt(&w->later[WORST], "} %d\n", (int)r->worst);
        evidence(w, r, n);
        machine(o, "sidelight_host_info", r, n);
        label(o, ",cpu", r->machine.cpu);
        label(o, ",os", r->machine.os);
        label(o, ",hypervisor", r->machine.hypervisor);
        label(o, ",microcode", r->machine.microcode);
        if (r->fingerprint[0])
                label(o, ",fingerprint", str_of(r->fingerprint));
        if (r->failure.len)
                label(o, ",error", r->failure);
        out_c(o, "} 1\n");
        build(&w->later[FAMILIES], r->catalog);
}

void prometheus_end(struct report_writer *w) {
        int64_t seconds;

        for (int f = 0; f < FAMILIES; f++) {
                if (w->later[f].len > 0)
                        out_c(w->out, headers[f]);
                out_str(w->out, out_text(&w->later[f]));
        }
        out_str(w->out, out_text(&w->later[FAMILIES]));
        if (date_seconds(w->style->now, &seconds))
                out_fmt(w->out, "# HELP sidelight_run_timestamp_seconds When these metrics were written.\n"
                                "# TYPE sidelight_run_timestamp_seconds gauge\nsidelight_run_timestamp_seconds %lld\n", (long long)seconds);
}
