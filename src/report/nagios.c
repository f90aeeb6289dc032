/* A monitoring plugin's output (Monitoring Plugins Development Guidelines, "Plugin Output for Nagios", "Performance data"): one
 * line of status and performance data, then one line for each finding that matters. Of several machines the first line tells the
 * worst, and how many there are. */
#include "base/plain.h"
#include "report/formats.h"
#include "plan/summary.h"

enum nagios_state { OK, WARNING, CRITICAL, UNKNOWN };

static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

/* '|' begins performance data wherever it stands. */
void report_without_bars(struct out *o, struct str text) {
        for (ptrdiff_t i = 0; i < text.len; i++)
                out_char(o, text.p[i] == '|' ? '/' : text.p[i]);
}

int report_nagios_exit(const struct verdict *r, status_set fail_on) {
        if (r->counts[STATUS_VULNERABLE] && fail_on & 1 << STATUS_VULNERABLE)
                return CRITICAL;
        if ((r->counts[STATUS_PARTIAL] && fail_on & 1 << STATUS_PARTIAL) || (fail_on && summary_failed_steps(r)))
                return WARNING;
        return r->counts[STATUS_UNKNOWN] && fail_on & 1 << STATUS_UNKNOWN ? UNKNOWN : OK;
}

/* The word that is shown: where nothing is to count for the exit code, it still tells what is. */
static enum nagios_state state_of(const struct verdict *r, status_set fail_on) {
        return (enum nagios_state)report_nagios_exit(r, fail_on ? fail_on : (status_set)~0u);
}

static void counts(struct out *o, const uint32_t *n) {
        out_fmt(o, ": %u vulnerable, %u partial, %u unknown, %u mitigated", (unsigned)n[STATUS_VULNERABLE], (unsigned)n[STATUS_PARTIAL],
                (unsigned)n[STATUS_UNKNOWN], (unsigned)n[STATUS_MITIGATED]);
}

static void performance(struct out *o, const uint32_t *n) {
        out_fmt(o, " | vulnerable=%u;;0;0 partial=%u;0;;0 unknown=%u;;;0 mitigated=%u;;;0 not_affected=%u;;;0\n",
                (unsigned)n[STATUS_VULNERABLE], (unsigned)n[STATUS_PARTIAL], (unsigned)n[STATUS_UNKNOWN],
                (unsigned)n[STATUS_MITIGATED], (unsigned)n[STATUS_NOT_AFFECTED]);
}

/* What was not read, who says so, and since when: of each machine, at the end of its findings. */
static void origin(struct out *o, const struct verdict *r) {
        if (r->machine.denied + r->machine.failed)
                out_fmt(o, "not read: %u denied, %u failed\n", (unsigned)r->machine.denied, (unsigned)r->machine.failed);
        for (uint32_t i = 0; i < r->machine.notes.count; i++) {
                out_c(o, "note: ");
                report_without_bars(o, r->machine.notes.items[i]);
                out_char(o, '\n');
        }
        report_without_bars(o, summary_origin(r, r->facts->arena));
        out_char(o, '\n');
        if (r->fingerprint[0])
                out_fmt(o, "fingerprint %s\n", r->fingerprint);
}

/* The first machine's line waits in later[0], its findings and all other machines in later[1]. */
void nagios_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(r->facts->arena);
        const struct finding **order = summary_order(r, r->facts->arena);
        enum nagios_state state = state_of(r, w->style->fail_on);
        struct out *o = &w->later[w->count ? 1 : 0];

        w->states[state]++;
        for (int s = 0; s < STATUS_COUNT; s++)
                w->counts[s] += r->counts[s];
        out_fmt(o, w->count ? "%s - " : "SIDELIGHT %s - ", words[state]);
        report_without_bars(o, r->machine.name);
        counts(o, r->counts);
        if (w->count)
                out_char(o, '\n');
        o = &w->later[1];
        for (; *order && (*order)->at_stake && (*order)->status > STATUS_MITIGATED; order++) {
                out_fmt(o, "[%.*s] ", STR_ARG(status_word((*order)->status)));
                report_without_bars(o, T((*order)->flaw->name));
                out_c(o, ": ");
                report_without_bars(o, (*order)->reason);
                out_char(o, '\n');
        }
        origin(o, r);
        arena_release(r->facts->arena, mark);
}

void nagios_fail(struct report_writer *w, const struct verdict *r) {
        struct out *o = &w->later[2];

        w->states[UNKNOWN]++;
        out_c(o, w->failed > 0 ? "; " : "");
        report_without_bars(o, r->failure);
}

void nagios_end(struct report_writer *w) {
        static const enum nagios_state worst_first[] = { CRITICAL, WARNING, UNKNOWN, OK };
        struct str first = out_text(&w->later[0]), prefix = S("SIDELIGHT ");
        size_t worst = 0;

        while (worst_first[worst] != OK && !w->states[worst_first[worst]])
                worst++;
        if (w->count == 1 && w->failed == 0) {
                out_str(w->out, first);
                performance(w->out, w->counts);
                out_str(w->out, out_text(&w->later[1]));
                return;
        }
        out_fmt(w->out, "SIDELIGHT %s - ", words[worst_first[worst]]);
        if (w->count > 0) {
                out_fmt(w->out, "%u machine%s", (unsigned)w->count, w->count == 1 ? "" : "s");
                counts(w->out, w->counts);
                out_c(w->out, w->failed ? "; " : "");
        }
        report_without_bars(w->out, out_text(&w->later[2]));
        if (w->count == 0) {
                out_char(w->out, '\n');
                return;
        }
        performance(w->out, w->counts);
        out_str(w->out, str_from(first, prefix.len));
        out_char(w->out, '\n');
        out_str(w->out, out_text(&w->later[1]));
}
