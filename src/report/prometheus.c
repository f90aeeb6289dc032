/* Prometheus' text exposition format, version 0.0.4. Families stand together, so that several machines make one document. No time
 * stamps, no counters: the same state gives the same bytes, and a file written by cron is safe to read at any time. */
#include "report/formats.h"

enum family { STATUS, COUNT, WORST, INFO };

static const char *const headers[] = {
        [STATUS] = "# HELP sidelight_flaw_status Status of a flaw: 0 not affected, 1 mitigated, 2 unknown, 3 partial, 4 vulnerable.\n"
                   "# TYPE sidelight_flaw_status gauge\n",
        [COUNT] = "# HELP sidelight_flaws Flaws at stake that have this status.\n# TYPE sidelight_flaws gauge\n",
        [WORST] = "# HELP sidelight_worst_status The worst status of the flaws at stake, as in sidelight_flaw_status.\n"
                  "# TYPE sidelight_worst_status gauge\n",
        [INFO] = "# HELP sidelight_host_info The machine; always 1.\n# TYPE sidelight_host_info gauge\n",
};

static void label(struct out *o, const char *name, struct str value) {
        out_fmt(o, "%s=\"", name);
        for (ptrdiff_t i = 0; i < value.len; i++) {
                if (value.p[i] == '\\' || value.p[i] == '"')
                        out_char(o, '\\');
                if (value.p[i] == '\n')
                        out_c(o, "\\n");
                else
                        out_char(o, value.p[i]);
        }
        out_char(o, '"');
}

static void flaws(struct out *o, const struct verdict *r) {
        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *f = &r->findings[i];

                out_c(o, "sidelight_flaw_status{");
                label(o, "host", r->machine.name);
                label(o, ",flaw", f->flaw->id);
                label(o, ",owner", layer_word(f->owner));
                out_fmt(o, "} %d\n", (int)f->status);
        }
}

void prometheus_add(struct report_writer *w, const struct verdict *r) {
        struct out *o = &w->later[INFO];

        flaws(&w->later[STATUS], r);
        for (int s = 0; s < STATUS_COUNT; s++) {
                out_c(&w->later[COUNT], "sidelight_flaws{");
                label(&w->later[COUNT], "host", r->machine.name);
                label(&w->later[COUNT], ",status", status_word((enum status)s));
                out_fmt(&w->later[COUNT], "} %u\n", (unsigned)r->counts[s]);
        }
        out_c(&w->later[WORST], "sidelight_worst_status{");
        label(&w->later[WORST], "host", r->machine.name);
        out_fmt(&w->later[WORST], "} %d\n", (int)r->worst);
        out_c(o, "sidelight_host_info{");
        label(o, "host", r->machine.name);
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
}
