/* Prometheus' text exposition format, version 0.0.4. Families stand together, so that several machines make one document. No time
 * stamps, no counters: the same state gives the same bytes, and a file written by cron is safe to read at any time. */
#include "report/formats.h"

#include "base/seen.h"

enum family { STATUS, COUNT, WORST, INFO };

static const char *const headers[] = {
        [STATUS] = "# HELP sidelight_flaw_status Status of a flaw: 0 not affected, 1 mitigated, 2 unknown, 3 partial, 4 vulnerable.\n"
                   "# TYPE sidelight_flaw_status gauge\n",
        [COUNT] = "# HELP sidelight_flaws Flaws at stake that have this status.\n# TYPE sidelight_flaws gauge\n",
        [WORST] = "# HELP sidelight_worst_status The worst status of the flaws at stake, as in sidelight_flaw_status.\n"
                  "# TYPE sidelight_worst_status gauge\n",
        [INFO] = "# HELP sidelight_host_info The machine; always 1.\n# TYPE sidelight_host_info gauge\n",
};

static const char build[] = "# HELP sidelight_build_info The program; always 1.\n# TYPE sidelight_build_info gauge\n"
                            "sidelight_build_info{version=\"" SIDELIGHT_VERSION "\"} 1\n";

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

static void flaws(struct out *o, const struct verdict *r, unsigned n) {
        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *f = &r->findings[i];

                machine(o, "sidelight_flaw_status", r, n);
                label(o, ",flaw", f->flaw->id);
                label(o, ",owner", layer_word(f->owner));
                out_fmt(o, "} %d\n", (int)f->status);
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

void prometheus_add(struct report_writer *w, const struct verdict *r) {
        struct out *o = &w->later[INFO];
        unsigned n = number_of(w, r);

        flaws(&w->later[STATUS], r, n);
        for (int s = 0; s < STATUS_COUNT; s++) {
                machine(&w->later[COUNT], "sidelight_flaws", r, n);
                label(&w->later[COUNT], ",status", status_word((enum status)s));
                out_fmt(&w->later[COUNT], "} %u\n", (unsigned)r->counts[s]);
        }
        machine(&w->later[WORST], "sidelight_worst_status", r, n);
        out_fmt(&w->later[WORST], "} %d\n", (int)r->worst);
        machine(o, "sidelight_host_info", r, n);
        label(o, ",cpu", r->machine.cpu);
        label(o, ",os", r->machine.os);
        label(o, ",hypervisor", r->machine.hypervisor);
        label(o, ",microcode", r->machine.microcode);
        out_c(o, "} 1\n");
}

void prometheus_end(struct report_writer *w) {
        for (int f = 0; f < REPORT_LATER; f++) {
                out_c(w->out, headers[f]);
                out_str(w->out, out_text(&w->later[f]));
        }
        out_c(w->out, build);
}
