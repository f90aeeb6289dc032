/* JUnit XML, as build servers read it: a suite a machine, a case a flaw. */
#include "report/formats.h"

/* What a finding makes of its case: open ones fail, unknown ones are errors; where they are not to count, they are skipped. Where nothing is to
 * count for the exit code, the document still tells all: a build server that goes on must not show an open flaw as a passed test. */
static const char *outcome(const struct finding *f, status_set fail_on) {
        bool counts = f->at_stake && (!fail_on || fail_on & 1 << f->status);

        if (f->status <= STATUS_MITIGATED)
                return NULL;
        return !counts ? "skipped" : f->status == STATUS_UNKNOWN ? "error" : "failure";
}

static void proof(struct out *o, const struct finding *f) {
        out_c(o, "      <system-out>");
        xml_text(o, status_word(f->status));
        out_c(o, ": ");
        xml_text(o, f->reason);
        for (uint32_t i = 0; i < f->evidence_count; i++) {
                out_c(o, "\nseen: ");
                xml_text(o, f->evidence[i].name);
                out_c(o, " = ");
                xml_text(o, f->evidence[i].value);
                out_c(o, " (");
                xml_text(o, f->evidence[i].source);
                out_char(o, ')');
        }
        for (uint32_t i = 0; i < f->missing_count; i++) {
                out_c(o, "\nmissing: ");
                xml_text(o, f->missing[i].name);
        }
        out_c(o, "</system-out>\n");
}

static void one(struct out *o, const struct finding *f, status_set fail_on) {
        const char *tag = outcome(f, fail_on);

        out_c(o, "    <testcase");
        xml_attribute(o, "classname", S("sidelight"));
        xml_attribute(o, "name", T(f->flaw->id));
        out_c(o, " time=\"0\">\n");
        if (tag) {
                out_fmt(o, "      <%s", tag);
                xml_attribute(o, "message", f->reason);
                if (strcmp(tag, "skipped") != 0)
                        xml_attribute(o, "type", status_word(f->status));
                out_c(o, "/>\n");
        }
        proof(o, f);
        out_c(o, "    </testcase>\n");
}

static void property(struct out *o, const char *name, struct str value) {
        if (value.len == 0)
                return;
        out_fmt(o, "      <property name=\"%s\"", name);
        xml_attribute(o, "value", value);
        out_c(o, "/>\n");
}

static void properties(struct out *o, const struct verdict *r) {
        out_c(o, "    <properties>\n");
        property(o, "sidelight", S(SIDELIGHT_VERSION));
        property(o, "data", summary_data(r->catalog));
        property(o, "data-hash", T(r->catalog->hash));
        property(o, "source", r->source);
        property(o, "captured", r->captured);
        property(o, "fingerprint", str_of(r->fingerprint));
        for (uint32_t i = 0; i < r->machine.unread_count; i++)
                property(o, "not-read", r->machine.unread[i].name);
        for (uint32_t i = 0; i < r->machine.notes.count; i++)
                property(o, "note", r->machine.notes.items[i]);
        out_c(o, "    </properties>\n");
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
        out_c(w->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sidelight\">\n");
}

void junit_add(struct report_writer *w, const struct verdict *r) {
        status_set fail_on = w->style->fail_on;

        out_c(w->out, "  <testsuite");
        xml_attribute(w->out, "name", r->machine.name);
        xml_attribute(w->out, "hostname", r->machine.name);
        if (w->style->now.len)
                xml_attribute(w->out, "timestamp", str_sub(w->style->now, 0, 19)); /* without a zone; it is UTC */
        out_fmt(w->out, " time=\"0\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\">\n", (unsigned)r->finding_count,
                count(r, fail_on, "failure"), count(r, fail_on, "error"), count(r, fail_on, "skipped"));
        properties(w->out, r);
        for (uint32_t i = 0; i < r->finding_count; i++)
                one(w->out, &r->findings[i], fail_on);
        out_c(w->out, "  </testsuite>\n");
}

/* A suite of its own, in which the one test is whether the evidence can be judged. */
void junit_fail(struct report_writer *w, const struct verdict *r) {
        struct out *o = w->out;

        out_c(o, "  <testsuite");
        xml_attribute(o, "name", r->machine.name);
        xml_attribute(o, "hostname", r->machine.name);
        if (w->style->now.len)
                xml_attribute(o, "timestamp", str_sub(w->style->now, 0, 19));
        out_c(o, " time=\"0\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n");
        properties(o, r);
        out_c(o, "    <testcase classname=\"sidelight\" name=\"evidence-is-judged\" time=\"0\">\n      <error");
        xml_attribute(o, "message", r->failure);
        out_c(o, " type=\"not-judged\"/>\n    </testcase>\n  </testsuite>\n");
}

void junit_end(struct report_writer *w) {
        out_c(w->out, "</testsuites>\n");
}
