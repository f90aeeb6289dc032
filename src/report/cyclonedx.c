/* CycloneDX 1.6 VEX: the machines as components, and for each CVE an analysis of those of which the same is to be said. */
#include "report/formats.h"
#include "report/vex_report.h"

static const struct {
        const char *state, *justification;
} words[] = {
        [STATUS_NOT_AFFECTED] = { "not_affected", "code_not_present" },
        [STATUS_MITIGATED] = { "not_affected", "protected_by_mitigating_control" },
        [STATUS_UNKNOWN] = { "in_triage", NULL },
        [STATUS_PARTIAL] = { "exploitable", NULL },
        [STATUS_VULNERABLE] = { "exploitable", NULL },
};

static const char *const responses[] = { [VEX_HELP_UPDATE] = "update", [VEX_HELP_SETTING] = "workaround_available" };

static void property(struct json *j, const char *name, struct str value) {
        if (value.len == 0)
                return;
        json_begin_object(j, NULL);
        json_c(j, "name", name);
        json_str(j, "value", value);
        json_end_object(j);
}

static struct str reference(struct vex *x, uint32_t product) {
        return str_fmt(x->arena, "machine-%u", (unsigned)product + 1);
}

static void component(struct json *j, struct vex *x, uint32_t number) {
        const struct vex_product *p = &x->products.items[number];

        json_begin_object(j, NULL);
        json_c(j, "type", "device");
        json_str(j, "bom-ref", reference(x, number));
        json_str(j, "name", p->name);
        json_str(j, "description", str_fmt(x->arena, "%.*s, %.*s", STR_ARG(p->cpu), STR_ARG(p->os)));
        json_begin_array(j, "properties");
        property(j, "sidelight:source", p->source);
        property(j, "sidelight:captured", p->captured);
        property(j, "sidelight:fingerprint", p->fingerprint);
        property(j, "sidelight:not-read", str_decimal(x->arena, p->denied + p->failed));
        for (uint32_t i = 0; i < p->notes.count; i++)
                property(j, "sidelight:note", p->notes.items[i]);
        json_end_array(j);
        json_end_object(j);
}

static void analysis(struct json *j, const struct vex_group *g) {
        const char *response = g->status > STATUS_UNKNOWN && g->help < sizeof(responses) / sizeof(responses[0]) ? responses[g->help] : NULL;

        json_begin_object(j, "analysis");
        json_c(j, "state", words[g->status].state);
        if (words[g->status].justification)
                json_c(j, "justification", words[g->status].justification);
        if (response) {
                json_begin_array(j, "response");
                json_c(j, NULL, response);
                json_end_array(j);
        }
        json_str(j, "detail", g->reason);
        json_end_object(j);
}

static void vulnerability(struct json *j, struct vex *x, const struct vex_name *n, const struct vex_group *g) {
        json_begin_object(j, NULL);
        json_str(j, "id", n->name);
        json_begin_object(j, "source");
        json_c(j, "name", n->cve ? "NVD" : "sidelight");
        if (n->url.len)
                json_str(j, "url", n->url);
        json_end_object(j);
        json_str(j, "description", n->summary);
        if (g->action.len)
                json_str(j, "recommendation", g->action);
        analysis(j, g);
        json_begin_array(j, "affects");
        for (ptrdiff_t i = 0; i < g->count; i++) {
                json_begin_object(j, NULL);
                json_str(j, "ref", reference(x, g->items[i]));
                json_end_object(j);
        }
        json_end_array(j);
        json_begin_array(j, "properties");
        property(j, "sidelight:flaws", g->flaws);
        property(j, "sidelight:status", status_word(g->status));
        json_end_array(j);
        json_end_object(j);
}

static void metadata(struct json *j, const struct report_writer *w) {
        const struct catalog *c = w->vex.catalog;

        json_begin_object(j, "metadata");
        json_str(j, "timestamp", w->style->now);
        json_begin_object(j, "tools");
        json_begin_array(j, "components");
        json_begin_object(j, NULL);
        json_c(j, "type", "application");
        json_c(j, "name", "sidelight");
        json_c(j, "version", SIDELIGHT_VERSION);
        json_end_object(j);
        json_end_array(j);
        json_end_object(j);
        json_begin_array(j, "properties");
        property(j, "sidelight:data", summary_data(c));
        property(j, "sidelight:data-hash", T(c->hash));
        json_end_array(j);
        json_end_object(j);
}

void cyclonedx_end(struct report_writer *w) {
        struct vex *x = &w->vex;
        struct json j = { .out = w->out };
        char uuid[37];

        vex_document_id(w, uuid);
        json_begin_object(&j, NULL);
        json_c(&j, "bomFormat", "CycloneDX");
        json_c(&j, "specVersion", "1.6");
        json_str(&j, "serialNumber", str_fmt(x->arena, "urn:uuid:%s", uuid));
        json_u64(&j, "version", 1);
        metadata(&j, w);
        json_begin_array(&j, "components");
        for (uint32_t i = 0; i < x->products.count; i++)
                component(&j, x, i);
        json_end_array(&j);
        json_begin_array(&j, "vulnerabilities");
        for (ptrdiff_t i = 0; i < x->names.count; i++)
                for (ptrdiff_t k = 0; k < x->names.items[i].groups.count; k++)
                        vulnerability(&j, x, &x->names.items[i], &x->names.items[i].groups.items[k]);
        json_end_array(&j);
        json_end_object(&j);
        out_char(w->out, '\n');
}
