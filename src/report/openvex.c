/* OpenVEX 0.2.0: a statement for each CVE and each thing that is to be said of it, with the machines of which it holds. */
#include "report/formats.h"
#include "report/vex_report.h"

/* Status, and why it does not affect (the specification's "Status Labels", "Status Justifications"). A repair is never claimed. */
static const struct {
        const char *status, *justification;
} words[] = {
        [STATUS_NOT_AFFECTED] = { "not_affected", "vulnerable_code_not_present" },
        [STATUS_MITIGATED] = { "not_affected", "inline_mitigations_already_exist" },
        [STATUS_UNKNOWN] = { "under_investigation", NULL },
        [STATUS_PARTIAL] = { "affected", NULL },
        [STATUS_VULNERABLE] = { "affected", NULL },
};

static void write_products(struct json *j, const struct vex *x, const struct vex_group *g) {
        json_begin_array(j, "products");
        for (ptrdiff_t i = 0; i < g->count; i++) {
                json_begin_object(j, NULL);
                json_str(j, "@id", x->products.items[g->items[i]].id);
                json_end_object(j);
        }
        json_end_array(j);
}

static void statement(struct json *j, struct vex *x, const struct vex_name *n, const struct vex_group *g) {
        json_begin_object(j, NULL);
        json_begin_object(j, "vulnerability");
        if (n->url.len)
                json_str(j, "@id", n->url);
        json_str(j, "name", n->name);
        json_str(j, "description", n->summary);
        json_end_object(j);
        write_products(j, x, g);
        json_c(j, "status", words[g->status].status);
        if (words[g->status].justification)
                json_c(j, "justification", words[g->status].justification);
        json_str(j, "status_notes", vex_note(x, g));
        if (g->status > STATUS_UNKNOWN)
                json_str(j, "action_statement", g->action);
        json_end_object(j);
}

void openvex_end(struct report_writer *w) {
        struct vex *x = &w->vex;
        struct json j = { .out = w->out };
        char uuid[37];

        vex_document_id(w, uuid);
        json_begin_object(&j, NULL);
        json_c(&j, "@context", "https://openvex.dev/ns/v0.2.0");
        json_str(&j, "@id", str_fmt(x->arena, "urn:uuid:%s", uuid));
        json_c(&j, "author", "sidelight");
        json_c(&j, "role", "program that judges the machine");
        json_str(&j, "timestamp", w->style->now);
        json_u64(&j, "version", 1);
        json_str(&j, "tooling", vex_tooling(x));
        json_begin_array(&j, "statements");
        for (ptrdiff_t i = 0; i < x->names.count; i++)
                for (ptrdiff_t k = 0; k < x->names.items[i].groups.count; k++)
                        statement(&j, x, &x->names.items[i], &x->names.items[i].groups.items[k]);
        json_end_array(&j);
        json_end_object(&j);
        out_char(w->out, '\n');
}
