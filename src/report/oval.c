/* OVAL 5.11 results: a definition a flaw, a system a machine. What a definition tests is what sidelight says of the flaw: true where that is
 * "vulnerable" or "partial", not known where it was not found out. */
#include "base/sha256.h"
#include "report/formats.h"

#define SCHEMA "http://oval.mitre.org/XMLSchema/oval-"
#define ID "oval:org.sidelight:"

static const char *const results[] = { [STATUS_NOT_AFFECTED] = "false", [STATUS_MITIGATED] = "false", [STATUS_UNKNOWN] = "unknown",
                                       [STATUS_PARTIAL] = "true", [STATUS_VULNERABLE] = "true" };

static const char *result_of(const struct verdict *r, const struct finding *f) {
        return !f->at_stake ? "not evaluated" : r->failure.len ? "error" : results[f->status];
}

/* OVAL wants numbers; a flaw's own stays the same whatever flaws come later. */
static unsigned number_of(const struct flaw *f) {
        unsigned char digest[32];
        struct sha256 h;

        sha256_init(&h);
        sha256_add(&h, T(f->id));
        sha256_end(&h, digest);
        return 1 + ((unsigned)digest[0] << 16 | (unsigned)digest[1] << 8 | digest[2]);
}

/* Definitions change with the data: its version as a number that only grows, the day without hyphens and two digits for the number behind it. */
static void version(struct out *o, const struct catalog *c) {
        struct str rest = summary_data(c), day = S("");
        uint64_t number = 0;

        out_c(o, " version=\"");
        (void)str_cut(&rest, '.', &day);
        (void)str_to_u64(rest, &number);
        for (ptrdiff_t i = 0; i < day.len; i++)
                if (day.p[i] != '-')
                        out_char(o, day.p[i]);
        if (day.len)
                out_fmt(o, "%02u\"", (unsigned)(number % 100));
        else
                out_c(o, "1\"");
}

static void generator(struct out *o, const char *indent, const struct report_writer *w) {
        out_fmt(o, "%s<generator><oval:product_name>cpe:/a:sidelight:sidelight</oval:product_name>"
                   "<oval:product_version>" SIDELIGHT_VERSION "</oval:product_version><oval:schema_version>5.11</oval:schema_version>"
                   "<oval:timestamp>", indent);
        xml_text(o, w->style->now);
        out_c(o, "</oval:timestamp></generator>\n");
}

static void definition(struct out *o, const struct flaw *f, const struct catalog *c) {
        out_fmt(o, "      <definition id=\"" ID "def:%u\" class=\"vulnerability\"", number_of(f));
        version(o, c);
        xml_element(o, ">\n        <metadata>\n          <title>", T(f->name), "</title>\n");
        for (uint32_t i = 0; i < f->cves.count; i++) {
                out_c(o, "          <reference source=\"CVE\"");
                xml_attribute(o, "ref_id", T_AT(f->cves, i));
                xml_element(o, " ref_url=\"https://www.cve.org/CVERecord?id=", T_AT(f->cves, i), "\"/>\n");
        }
        out_c(o, "          <reference source=\"sidelight\"");
        xml_attribute(o, "ref_id", T(f->id));
        xml_element(o, "/>\n          <description>", T(f->summary), "</description>\n        </metadata>\n");
        out_fmt(o, "        <criteria><criterion test_ref=\"" ID "tst:%u\" comment=\"sidelight calls it vulnerable, or closed in part\"/>"
                   "</criteria>\n      </definition>\n", number_of(f));
}

enum part { PART_TEST, PART_OBJECT, PART_VARIABLE };

static void definition_part(struct out *o, enum part part, const struct flaw *f, const struct catalog *c) {
        unsigned n = number_of(f);

        if (part == PART_TEST)
                out_fmt(o, "      <ind:variable_test id=\"" ID "tst:%u\" check=\"at least one\"", n);
        else if (part == PART_OBJECT)
                out_fmt(o, "      <ind:variable_object id=\"" ID "obj:%u\"", n);
        else
                out_fmt(o, "      <external_variable id=\"" ID "var:%u\" datatype=\"string\"", n);
        version(o, c);
        if (part != PART_OBJECT)
                xml_attribute(o, "comment", T(f->id));
        if (part == PART_TEST)
                out_fmt(o, "><ind:object object_ref=\"" ID "obj:%u\"/><ind:state state_ref=\"" ID "ste:1\"/></ind:variable_test>\n", n);
        else if (part == PART_OBJECT)
                out_fmt(o, "><ind:var_ref>" ID "var:%u</ind:var_ref></ind:variable_object>\n", n);
        else
                out_c(o, "/>\n");
}

static void definition_parts(struct out *o, enum part part, const char *name, const struct verdict *r) {
        out_fmt(o, "    <%s>\n", name);
        for (uint32_t i = 0; i < r->finding_count; i++)
                definition_part(o, part, r->findings[i].flaw, r->catalog);
        out_fmt(o, "    </%s>\n", name);
}

static void directives(struct out *o) {
        static const char *const kinds[] = { "true", "false", "unknown", "error", "not_evaluated", "not_applicable" };

        out_c(o, "  <directives>\n");
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
                out_fmt(o, "    <definition_%s reported=\"true\" content=\"full\"/>\n", kinds[i]);
        out_c(o, "  </directives>\n");
}

/* The definitions are those of the first machine: all are judged by the same. */
static void definitions(struct report_writer *w, const struct verdict *r) {
        struct out *o = w->out;

        out_c(o, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<oval_results xmlns=\"" SCHEMA "results-5\" xmlns:oval=\"" SCHEMA "common-5\">\n");
        generator(o, "  ", w);
        directives(o);
        out_c(o, "  <oval_definitions xmlns=\"" SCHEMA "definitions-5\" xmlns:ind=\"" SCHEMA "definitions-5#independent\">\n");
        generator(o, "    ", w);
        out_c(o, "    <definitions>\n");
        for (uint32_t i = 0; i < r->finding_count; i++)
                definition(o, r->findings[i].flaw, r->catalog);
        out_c(o, "    </definitions>\n");
        definition_parts(o, PART_TEST, "tests", r);
        definition_parts(o, PART_OBJECT, "objects", r);
        out_c(o, "    <states>\n      <ind:variable_state id=\"" ID "ste:1\"");
        version(o, r->catalog);
        out_c(o, "><ind:value operation=\"pattern match\">^(partial|vulnerable)$</ind:value></ind:variable_state>\n    </states>\n");
        definition_parts(o, PART_VARIABLE, "variables", r);
        out_c(o, "  </oval_definitions>\n  <results>\n");
}

/* ---- A machine ---------------------------------------------------------------------------------------------------------------------- */

static void definition_result(struct out *o, const struct verdict *r, const struct finding *f) {
        unsigned n = number_of(f->flaw);

        out_fmt(o, "        <definition definition_id=\"" ID "def:%u\" class=\"vulnerability\" result=\"%s\"", n, result_of(r, f));
        version(o, r->catalog);
        xml_element(o, ">\n          <message level=\"info\">", status_word(f->status), ": ");
        xml_element(o, "", f->reason, "</message>\n");
        out_fmt(o, "          <criteria operator=\"AND\" result=\"%s\"><criterion test_ref=\"" ID "tst:%u\" result=\"%s\"", result_of(r, f), n,
                result_of(r, f));
        version(o, r->catalog);
        out_c(o, "/></criteria>\n        </definition>\n");
}

static bool was_found(const struct finding *f) {
        return f->at_stake && f->status != STATUS_UNKNOWN;
}

static void test_result(struct out *o, const struct verdict *r, const struct finding *f, uint32_t item) {
        out_fmt(o, "        <test test_id=\"" ID "tst:%u\" check=\"at least one\" result=\"%s\"", number_of(f->flaw), result_of(r, f));
        version(o, r->catalog);
        if (was_found(f))
                out_fmt(o, "><tested_item item_id=\"%u\" result=\"%s\"/></test>\n", (unsigned)item, result_of(r, f));
        else
                out_c(o, "/>\n");
}

static void collected(struct out *o, const struct finding *f, uint32_t item, const struct catalog *c) {
        out_fmt(o, "            <object id=\"" ID "obj:%u\" flag=\"%s\"", number_of(f->flaw), was_found(f) ? "complete" : "not collected");
        version(o, c);
        if (was_found(f))
                out_fmt(o, "><reference item_ref=\"%u\"/></object>\n", (unsigned)item);
        else
                out_c(o, "/>\n");
}

static void told(struct out *o, const char *name, struct str value) {
        out_fmt(o, "<%s>", name);
        xml_text(o, value.len ? value : S("not known"));
        out_fmt(o, "</%s>", name);
}

/* What OVAL has no element for is in a name space of its own: where the report comes from, and what was not read. */
static void about(struct out *o, const struct verdict *r) {
        out_c(o, "            <about xmlns=\"urn:sidelight:about\">");
        told(o, "origin", summary_origin(r, r->facts->arena));
        told(o, "source", r->source);
        if (r->captured.len)
                told(o, "captured", r->captured);
        told(o, "fingerprint", str_of(r->fingerprint));
        told(o, "cpu", r->machine.cpu);
        for (uint32_t i = 0; i < r->machine.unread_count; i++)
                told(o, "not-read", r->machine.unread[i].name);
        for (uint32_t i = 0; i < r->machine.notes.count; i++)
                told(o, "note", r->machine.notes.items[i]);
        out_c(o, "</about>\n");
}

static void system_info(struct out *o, const struct verdict *r) {
        struct str rest = r->machine.os, name = S("");

        (void)str_cut(&rest, ' ', &name);
        out_c(o, "          <system_info>\n            ");
        told(o, "os_name", name);
        told(o, "os_version", rest);
        told(o, "architecture", r->machine.arch);
        told(o, "primary_host_name", r->machine.name);
        out_c(o, "<interfaces/>\n");
        about(o, r);
        out_c(o, "          </system_info>\n");
}

/* An item a flaw of which something was found out; the schema has no empty list of them. */
static void system_data(struct out *o, const struct verdict *r) {
        bool open = false;

        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *f = &r->findings[i];

                if (!was_found(f))
                        continue;
                out_c(o, open ? "" : "          <system_data>\n");
                open = true;
                out_fmt(o, "            <ind-sys:variable_item id=\"%u\"><ind-sys:var_ref>" ID "var:%u</ind-sys:var_ref>", (unsigned)i + 1,
                        number_of(f->flaw));
                xml_element(o, "<ind-sys:value>", status_word(f->status), "</ind-sys:value></ind-sys:variable_item>\n");
        }
        out_c(o, open ? "          </system_data>\n" : "");
}

static void characteristics(struct report_writer *w, const struct verdict *r) {
        struct out *o = w->out;

        out_c(o, "        <oval_system_characteristics xmlns=\"" SCHEMA "system-characteristics-5\" xmlns:ind-sys=\"" SCHEMA
                 "system-characteristics-5#independent\">\n");
        generator(o, "          ", w);
        system_info(o, r);
        out_c(o, "          <collected_objects>\n");
        for (uint32_t i = 0; i < r->finding_count; i++)
                collected(o, &r->findings[i], i + 1, r->catalog);
        out_c(o, "          </collected_objects>\n");
        system_data(o, r);
        out_c(o, "        </oval_system_characteristics>\n");
}

void oval_add(struct report_writer *w, const struct verdict *r) {
        struct out *o = w->out;

        if (w->count == 0)
                definitions(w, r);
        out_c(o, "    <system>\n      <definitions>\n");
        for (uint32_t i = 0; i < r->finding_count; i++)
                definition_result(o, r, &r->findings[i]);
        out_c(o, "      </definitions>\n      <tests>\n");
        for (uint32_t i = 0; i < r->finding_count; i++)
                test_result(o, r, &r->findings[i], i + 1);
        out_c(o, "      </tests>\n");
        characteristics(w, r);
        out_c(o, "    </system>\n");
}

void oval_end(struct report_writer *w) {
        out_c(w->out, "  </results>\n</oval_results>\n");
}
