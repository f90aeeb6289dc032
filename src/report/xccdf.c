/* XCCDF 1.2 (NISTIR 7275): a benchmark with a rule a flaw, and a test result a machine. */
#include "report/formats.h"

#define ID "xccdf_org.sidelight_"

static const char *const results[] = { [STATUS_NOT_AFFECTED] = "notapplicable", [STATUS_MITIGATED] = "pass", [STATUS_UNKNOWN] = "unknown",
                                       [STATUS_PARTIAL] = "fail", [STATUS_VULNERABLE] = "fail" };

static void rule(struct out *o, const struct flaw *f) {
        out_fmt(o, "  <Rule id=\"" ID "rule_%.*s\" selected=\"true\" severity=\"medium\">\n", STR_ARG(T(f->id)));
        xml_element(o, "    <title>", T(f->name), "</title>\n");
        xml_element(o, "    <description>", T(f->summary), "</description>\n");
        if (f->page.len)
                xml_element(o, "    <rationale>", T(f->page), "</rationale>\n");
        for (uint32_t i = 0; i < f->cves.count; i++)
                xml_element(o, "    <ident system=\"http://cve.mitre.org\">", T_AT(f->cves, i), "</ident>\n");
        out_fmt(o, "    <check system=\"urn:sidelight:check\"><check-content-ref href=\"sidelight\" name=\"%.*s\"/></check>\n  </Rule>\n",
                STR_ARG(T(f->id)));
}

/* The rules are those of the first machine: all are judged by the same. */
static void benchmark(struct report_writer *w, const struct verdict *r) {
        struct out *o = w->out;

        out_c(o, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.2\" "
                 "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" id=\"" ID "benchmark_flaws\" resolved=\"true\" xml:lang=\"en\">\n");
        xml_element(o, "  <status date=\"", str_sub(w->style->now, 0, 10), "\">accepted</status>\n");
        out_c(o, "  <title>Speculative-execution side channels</title>\n"
                 "  <description>Each rule is a flaw; a machine passes where the flaw is mitigated.</description>\n");
        xml_element(o, "  <version>", r->catalog->date.len ? summary_data(r->catalog) : S("1"), "</version>\n");
        xml_element(o, "  <metadata><dc:creator>sidelight " SIDELIGHT_VERSION "</dc:creator><dc:identifier>", T(r->catalog->hash),
                "</dc:identifier></metadata>\n");
        for (uint32_t i = 0; i < r->finding_count; i++)
                rule(o, r->findings[i].flaw);
}

static void fact(struct out *o, const char *name, struct str value) {
        if (value.len == 0)
                return;
        out_fmt(o, "      <fact name=\"urn:sidelight:fact:%s\" type=\"string\">", name);
        xml_text(o, value);
        out_c(o, "</fact>\n");
}

static void about(struct out *o, const struct verdict *r) {
        out_c(o, "    <target-facts>\n");
        fact(o, "source", r->source);
        fact(o, "captured", r->captured);
        fact(o, "fingerprint", str_of(r->fingerprint));
        fact(o, "cpu", r->machine.cpu);
        fact(o, "os", r->machine.os);
        fact(o, "microcode", r->machine.microcode);
        for (uint32_t i = 0; i < r->machine.unread_count; i++)
                fact(o, "not-read", r->machine.unread[i].name);
        for (uint32_t i = 0; i < r->machine.notes.count; i++)
                fact(o, "note", r->machine.notes.items[i]);
        out_c(o, "    </target-facts>\n");
}

static void rule_result(struct out *o, const struct report_writer *w, const struct verdict *r, const struct finding *f) {
        out_fmt(o, "    <rule-result idref=\"" ID "rule_%.*s\"", STR_ARG(T(f->flaw->id)));
        xml_attribute(o, "time", w->style->now);
        out_fmt(o, " severity=\"medium\">\n      <result>%s</result>\n",
                        !f->at_stake ? "notselected" : r->failure.len ? "error" : results[f->status]);
        for (uint32_t i = 0; i < f->flaw->cves.count; i++)
                xml_element(o, "      <ident system=\"http://cve.mitre.org\">", T_AT(f->flaw->cves, i), "</ident>\n");
        xml_element(o, "      <message severity=\"info\">", f->reason, "</message>\n");
        out_fmt(o, "      <check system=\"urn:sidelight:check\"><check-content-ref href=\"sidelight\" name=\"%.*s\"/></check>\n    </rule-result>\n",
                STR_ARG(T(f->flaw->id)));
}

/* NISTIR 7275, 7.3: of the rules that apply, those that pass. */
static void score(struct out *o, const struct verdict *r) {
        unsigned all = 0;

        for (int s = STATUS_MITIGATED; s < STATUS_COUNT; s++)
                all += r->counts[s];
        out_fmt(o, "    <score system=\"urn:xccdf:scoring:flat-unweighted\" maximum=\"%u\">%u</score>\n", all ? all : 1,
                all ? (unsigned)r->counts[STATUS_MITIGATED] : 1);
}

void xccdf_add(struct report_writer *w, const struct verdict *r) {
        struct out *o = w->out;

        if (w->count == 0)
                benchmark(w, r);
        out_fmt(o, "  <TestResult id=\"" ID "testresult_%u\"", (unsigned)w->count + 1);
        xml_attribute(o, "end-time", w->style->now);
        out_c(o, " test-system=\"cpe:2.3:a:sidelight:sidelight:" SIDELIGHT_VERSION ":*:*:*:*:*:*:*\" version=\"" SIDELIGHT_VERSION "\">\n");
        xml_element(o, "    <title>", summary_origin(r, r->facts->arena), "</title>\n");
        xml_element(o, "    <target>", r->machine.name, "</target>\n");
        about(o, r);
        for (uint32_t i = 0; i < r->finding_count; i++)
                rule_result(o, w, r, &r->findings[i]);
        score(o, r);
        out_c(o, "  </TestResult>\n");
}

void xccdf_end(struct report_writer *w) {
        out_c(w->out, "</Benchmark>\n");
}
