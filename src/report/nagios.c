/* A monitoring plugin's output (Monitoring Plugins Development Guidelines, "Plugin Output for Nagios", "Performance data"): one
 * line of status and performance data, then one line for each finding that matters. */
#include "report/formats.h"
#include "report/summary.h"

/* '|' begins performance data wherever it stands; control characters end in somebody's terminal. */
static void plain(struct out *o, struct str text) {
        for (ptrdiff_t i = 0; i < text.len; i++)
                out_char(o, text.p[i] == '|' ? '/' : (unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f ? ' ' : text.p[i]);
}

static const char *state(const struct verdict *r, status_set fail_on) {
        static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

        return words[report_nagios_exit(r, fail_on)];
}

int report_nagios_exit(const struct verdict *r, status_set fail_on) {
        if (r->counts[STATUS_VULNERABLE] && fail_on & 1 << STATUS_VULNERABLE)
                return 2;
        if (r->counts[STATUS_PARTIAL] && fail_on & 1 << STATUS_PARTIAL)
                return 1;
        return r->counts[STATUS_UNKNOWN] && fail_on & 1 << STATUS_UNKNOWN ? 3 : 0;
}

void nagios_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(r->facts->arena);
        const struct finding **order = summary_order(r, r->facts->arena);
        struct out *o = w->out;

        out_fmt(o, "SIDELIGHT %s - ", state(r, w->style->fail_on));
        plain(o, r->machine.name);
        out_fmt(o, ": %u vulnerable, %u partial, %u unknown, %u mitigated", (unsigned)r->counts[STATUS_VULNERABLE],
                (unsigned)r->counts[STATUS_PARTIAL], (unsigned)r->counts[STATUS_UNKNOWN],
                (unsigned)r->counts[STATUS_MITIGATED]);
        out_fmt(o, " | vulnerable=%u;;0;0 partial=%u;0;;0 unknown=%u;;;0 mitigated=%u;;;0 not_affected=%u;;;0\n",
                (unsigned)r->counts[STATUS_VULNERABLE], (unsigned)r->counts[STATUS_PARTIAL],
                (unsigned)r->counts[STATUS_UNKNOWN], (unsigned)r->counts[STATUS_MITIGATED],
                (unsigned)r->counts[STATUS_NOT_AFFECTED]);
        for (; *order && (*order)->at_stake && (*order)->status > STATUS_MITIGATED; order++) {
                out_fmt(o, "[%.*s] ", STR_ARG(status_word((*order)->status)));
                plain(o, (*order)->flaw->name);
                out_c(o, ": ");
                plain(o, (*order)->reason);
                out_char(o, '\n');
        }
        arena_release(r->facts->arena, mark);
}
