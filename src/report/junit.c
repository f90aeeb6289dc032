/* JUnit XML, as build servers read it: a suite a machine, a case a flaw. */
#include "report/formats.h"

static void attribute(struct out *o, const char *name, struct str value) {
        out_fmt(o, " %s=\"", name);
        xml_text(o, value);
        out_char(o, '"');
}

/* What a finding makes of its case: open ones fail, unknown ones are errors; where they are not to count, they are skipped. */
static const char *outcome(const struct finding *f, status_set fail_on) {
        bool counts = f->at_stake && fail_on & 1 << f->status;

        if (f->status <= STATUS_MITIGATED)
                return NULL;
        return !counts ? "skipped" : f->status == STATUS_UNKNOWN ? "error" : "failure";
}

static void one(struct out *o, const struct finding *f, status_set fail_on) {
        const char *tag = outcome(f, fail_on);

        out_c(o, "    <testcase");
        attribute(o, "classname", S("sidelight"));
        attribute(o, "name", f->flaw->name);
        if (!tag) {
                out_c(o, "/>\n");
                return;
        }
        out_fmt(o, ">\n      <%s", tag);
        attribute(o, "message", f->reason);
        if (strcmp(tag, "skipped") != 0)
                attribute(o, "type", status_word(f->status));
        out_c(o, "/>\n    </testcase>\n");
}

static unsigned count(const struct verdict *r, status_set fail_on, const char *tag) {
        unsigned n = 0;

        for (uint32_t i = 0; i < r->finding_count; i++) {
                const char *is = outcome(&r->findings[i], fail_on);

                n += is && strcmp(is, tag) == 0;
        }
        return n;
}

void junit_begin(struct report_writer *w) {
        out_c(w->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
}

void junit_add(struct report_writer *w, const struct verdict *r) {
        status_set fail_on = w->style->fail_on;

        out_c(w->out, "  <testsuite");
        attribute(w->out, "name", r->machine.name);
        out_fmt(w->out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\">\n", (unsigned)r->finding_count,
                count(r, fail_on, "failure"), count(r, fail_on, "error"), count(r, fail_on, "skipped"));
        for (uint32_t i = 0; i < r->finding_count; i++)
                one(w->out, &r->findings[i], fail_on);
        out_c(w->out, "  </testsuite>\n");
}

void junit_end(struct report_writer *w) {
        out_c(w->out, "</testsuites>\n");
}
