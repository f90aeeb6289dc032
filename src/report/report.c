#include "report/formats.h"
#include "report/index.h"

static const struct {
        void (*begin)(struct report_writer *);
        void (*add)(struct report_writer *, const struct verdict *);
        void (*end)(struct report_writer *);
        void (*fail)(struct report_writer *, const struct verdict *); /* NULL: as a machine of which all is unknown */
} formats[] = {
        [REPORT_TEXT] = { .add = text_add, .end = text_end, .fail = index_fail },
        [REPORT_JSON] = { .add = json_add },
        [REPORT_MARKDOWN] = { .add = markdown_add, .end = markdown_end, .fail = index_fail },
        [REPORT_HTML] = { .add = html_add, .end = html_end, .fail = index_fail },
        [REPORT_SARIF] = { .begin = sarif_begin, .add = sarif_add, .end = sarif_end, .fail = sarif_fail },
        [REPORT_JUNIT] = { .begin = junit_begin, .add = junit_add, .end = junit_end, .fail = junit_fail },
        [REPORT_NAGIOS] = { .add = nagios_add, .end = nagios_end, .fail = nagios_fail },
        [REPORT_PROMETHEUS] = { .add = prometheus_add, .end = prometheus_end },
        [REPORT_SPECULATIONCONTROL] = { .add = speculationcontrol_add },
        [REPORT_SPECULATIONCONTROL_JSON] = { .add = speculationcontrol_json_add },
        [REPORT_SUMMARY] = { .add = summary_add, .end = summary_end, .fail = index_fail },
        [REPORT_OPENVEX] = { .add = vex_report_add, .end = openvex_end },
        [REPORT_CYCLONEDX] = { .add = vex_report_add, .end = cyclonedx_end },
        [REPORT_CSAF] = { .add = vex_report_add, .end = csaf_end },
        [REPORT_XCCDF] = { .add = xccdf_add, .end = xccdf_end },
        [REPORT_OVAL] = { .add = oval_add, .end = oval_end },
        [REPORT_OSCAL] = { .add = oscal_add, .end = oscal_end },
        [REPORT_FACTS] = { .add = facts_add },
        [REPORT_SMC_JSON] = { .add = smc_json_add },
        [REPORT_SMC_NRPE] = { .add = smc_nrpe_add, .fail = smc_nrpe_fail },
        [REPORT_SMC_PROMETHEUS] = { .add = smc_prometheus_add, .end = smc_prometheus_end },
        [REPORT_SMC26_JSON] = { .add = smc26_json_add },
        [REPORT_SMC26_NRPE] = { .add = smc26_nrpe_add, .fail = smc26_nrpe_fail },
        [REPORT_SMC26_PROMETHEUS] = { .add = smc26_prometheus_add, .end = smc26_prometheus_end },
        [REPORT_CSV] = { .begin = csv_begin, .add = csv_add },
};

bool report_is_vex(enum report_format f) {
        switch (f) {
        case REPORT_OPENVEX: case REPORT_CYCLONEDX: case REPORT_CSAF:
        case REPORT_SMC_JSON: case REPORT_SMC_NRPE: case REPORT_SMC_PROMETHEUS:
        case REPORT_SMC26_JSON: case REPORT_SMC26_NRPE: case REPORT_SMC26_PROMETHEUS:
                return true;
        default:
                return false;
        }
}

bool report_is_plugin(enum report_format f) {
        return f == REPORT_NAGIOS || f == REPORT_SMC_NRPE || f == REPORT_SMC26_NRPE;
}

bool report_states_facts(enum report_format f) {
        return report_is_vex(f) || f == REPORT_XCCDF || f == REPORT_OVAL || f == REPORT_OSCAL || f == REPORT_FACTS || f == REPORT_SUMMARY;
}

bool report_is_document(enum report_format f) {
        return f == REPORT_HTML || f == REPORT_MARKDOWN || f == REPORT_SARIF || f == REPORT_JUNIT || f == REPORT_SUMMARY || f == REPORT_XCCDF ||
               f == REPORT_OVAL || f == REPORT_OSCAL || f == REPORT_CSV || f == REPORT_FACTS || formats[f].add == vex_report_add;
}

void report_add(struct report_writer *w, const struct verdict *r) {
        bool failed = r->failure.len > 0 && formats[w->format].fail;

        if (!w->begun && formats[w->format].begin)
                formats[w->format].begin(w);
        w->begun = true;
        if (failed)
                formats[w->format].fail(w, r);
        else
                formats[w->format].add(w, r);
        w->failed += failed;
        w->count += !failed;
}

void report_end(struct report_writer *w) {
        if ((w->count > 0 || w->failed > 0) && formats[w->format].end)
                formats[w->format].end(w);
        for (int i = 0; i < REPORT_LATER; i++)
                out_free(&w->later[i]);
        seen_free(&w->told);
        arena_free(&w->kept);
}

void report_write(const struct verdict *r, enum report_format format, const struct report_style *s, struct out *o) {
        struct report_writer w = { .format = format, .style = s, .out = o };

        report_add(&w, r);
        report_end(&w);
}

void xml_text(struct out *o, struct str text) {
        static const char *const entities[] = { ['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;", ['"'] = "&quot;",
                                                ['\''] = "&#39;" };

        for (ptrdiff_t i = 0; i < text.len; i++) {
                unsigned char c = (unsigned char)text.p[i];

                if (c < sizeof(entities) / sizeof(entities[0]) && entities[c])
                        out_c(o, entities[c]);
                else if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
                        out_c(o, "\xef\xbf\xbd");
                else
                        out_char(o, (char)c);
        }
}

void xml_attribute(struct out *o, const char *name, struct str value) {
        out_fmt(o, " %s=\"", name);
        xml_text(o, value);
        out_char(o, '"');
}

void xml_element(struct out *o, const char *begin, struct str text, const char *end) {
        out_c(o, begin);
        xml_text(o, text);
        out_c(o, end);
}
