/* The writers: one hostile text in every place of a machine's evidence; each format that a program reads is read back, with as many
 * rows, cases and series as there are findings. The first byte chooses the flaw that is judged. */
#include "base/json_value.h"
#include "base/out.h"
#include "base/xml.h"
#include "evidence/places.h"
#include "fuzz.h"
#include "report/report.h"
#include "verdict/verdict.h"

enum { CSV_COLUMNS = 18, FIELD_MAX = 4096 };

/* As a collector records it: one line, or a file. */
static void make(struct evidence *e, struct arena *a, const struct flaw *f, struct str text) {
        struct str line = str_trim(str_sub(text, 0, str_find_char(text, '\n') < 0 ? text.len : str_find_char(text, '\n')));

        evidence_init(e, a, line);
        evidence_add_line(e, RECORD_IDENTITY, S("hostname"), line);
        evidence_add_line(e, RECORD_META, S("collector"), line);
        evidence_add_line(e, RECORD_UNAME, S(""), str_fmt(a, "Linux 6.1.0%.*s x86_64", STR_ARG(line)));
        evidence_add_file(e, S(PLACE_CMDLINE), text);
        evidence_add_file(e, S(PLACE_CPUINFO), str_fmt(a, "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nmodel name\t: "
                                                          "%.*s\nstepping\t: 4\nflags\t\t: fpu %.*s\n", STR_ARG(line), STR_ARG(text)));
        evidence_add_file(e, S("/etc/os-release"), str_fmt(a, "ID=%.*s\nPRETTY_NAME=\"%.*s\"\n", STR_ARG(line), STR_ARG(line)));
        evidence_add_file(e, S("/sys/class/dmi/id/sys_vendor"), text);
        evidence_add_missing(e, line, FACT_FAILED, line);
        if (f->sentence_file)
                evidence_add_file(e, T(catalog_builtin.files[f->sentence_file - 1].path),
                                  str_fmt(a, "Mitigation: %.*s", STR_ARG(text)));
}

static void check_json(struct arena *a, struct str text) {
        struct json_value v;
        struct diag d = { 0 };

        FUZZ_PROMISE(json_read(a, "fuzz", text, &v, &d) == 0 && v.type == JSON_OBJECT);
}

static void check_xml(struct arena *a, struct str text) {
        struct xml_doc doc;
        struct diag d = { 0 };

        FUZZ_PROMISE(xml_parse(&doc, a, "fuzz", text, false, &d) == 0);
}

static void check_junit(struct arena *a, struct str text) {
        struct xml_doc doc;
        struct diag d = { 0 };
        const struct xml_node *suite;
        int cases = 0;

        FUZZ_PROMISE(xml_parse(&doc, a, "fuzz", text, false, &d) == 0);
        suite = doc.root->first;
        FUZZ_PROMISE(suite && suite == doc.root->last);
        for (const struct xml_node *n = suite->first; n; n = n->next)
                cases += str_eq(n->name, S("testcase"));
        FUZZ_PROMISE(cases == 1);
}

/* RFC 4180: the heading and one row; no field is a formula. */
static void check_csv(struct str text) {
        int rows = 0, columns = 1;
        bool quoted = false, begins = true;

        for (ptrdiff_t i = 0; i < text.len; i++) {
                char c = text.p[i];

                FUZZ_PROMISE(!begins || !strchr("=+-@\t", c));
                begins = false;
                if (c == '"') {
                        begins = !quoted && (i == 0 || text.p[i - 1] != '"');
                        quoted = !quoted;
                } else if (!quoted && c == ',') {
                        columns++;
                        begins = true;
                } else if (!quoted && c == '\n') {
                        FUZZ_PROMISE(columns == CSV_COLUMNS);
                        rows++;
                        columns = 1;
                        begins = true;
                }
        }
        FUZZ_PROMISE(rows == 2 && !quoted);
}

static bool is_number(struct str line, ptrdiff_t at) {
        return at < line.len && strspn(line.p + at, "0123456789") == (size_t)(line.len - at);
}

/* name{label="value",…} number, or without labels. */
static bool is_sample(struct str line) {
        ptrdiff_t i = str_find_char(line, '{');
        bool quoted = false;

        if (i < 0)
                return str_find_char(line, ' ') > 0 && is_number(line, str_find_char(line, ' ') + 1);
        for (; i > 0 && i < line.len; i++) {
                if (quoted && line.p[i] == '\\')
                        i++;
                else if (line.p[i] == '"')
                        quoted = !quoted;
                else if (!quoted && line.p[i] == '}')
                        break;
        }
        return i > 0 && i + 1 < line.len && line.p[i + 1] == ' ' && is_number(line, i + 2);
}

static void check_prometheus(struct str text) {
        struct str line;
        int flaws = 0;

        while (str_line(&text, &line)) {
                FUZZ_PROMISE(str_starts(line, S("# ")) || is_sample(line));
                flaws += str_starts(line, S("sidelight_flaw_status{"));
        }
        FUZZ_PROMISE(flaws <= 1); /* none of a flaw that cannot be there */
}

static void check_nagios(struct str text) {
        int bars = 0;

        FUZZ_PROMISE(str_starts(text, S("SIDELIGHT ")));
        for (ptrdiff_t i = 0; i < text.len; i++)
                bars += text.p[i] == '|';
        FUZZ_PROMISE(bars == 1);
}

static void check(struct arena *a, const struct verdict *r, enum report_format format) {
        static const struct report_style style = { .columns = 80, .fail_on = 7 };
        OUT_AUTO struct out o = { 0 };

        report_write(r, format, &style, &o);
        FUZZ_PROMISE(o.len > 0);
        out_char(&o, '\0');
        o.len--;
        if (format == REPORT_JSON || format == REPORT_SARIF || format == REPORT_OPENVEX || format == REPORT_CYCLONEDX ||
            format == REPORT_CSAF || format == REPORT_FACTS || format == REPORT_SMC26_JSON)
                check_json(a, out_text(&o));
        else if (format == REPORT_XCCDF || format == REPORT_OVAL)
                check_xml(a, out_text(&o));
        else if (format == REPORT_JUNIT)
                check_junit(a, out_text(&o));
        else if (format == REPORT_CSV)
                check_csv(out_text(&o));
        else if (format == REPORT_PROMETHEUS)
                check_prometheus(out_text(&o));
        else if (format == REPORT_NAGIOS)
                check_nagios(out_text(&o));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct verdict_options o = { 0 };
        struct evidence e;
        struct verdict r;

        if (size == 0 || size > FIELD_MAX)
                return 0;
        o.only = &catalog_builtin.flaws[data[0] % catalog_builtin.flaw_count];
        make(&e, &a, o.only, str_n((const char *)data + 1, (ptrdiff_t)size - 1));
        verdict_judge(&r, &a, &catalog_builtin, &e, &o);
        FUZZ_PROMISE(r.finding_count == 1);
        for (int format = 0; format < REPORT_FORMAT_COUNT; format++)
                check(&a, &r, (enum report_format)format);
        return 0;
}
