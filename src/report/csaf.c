/* CSAF 2.0 (OASIS), profile csaf_vex: one entry for each CVE, in which each machine stands in one status. */
#include "report/formats.h"
#include "report/vex_report.h"

/* product_status (section 3.2.3.9), and the label of the flag that says why (3.2.3.5). */
static const struct {
        const char *list, *label;
} words[] = {
        [STATUS_NOT_AFFECTED] = { "known_not_affected", "vulnerable_code_not_present" },
        [STATUS_MITIGATED] = { "known_not_affected", "inline_mitigations_already_exist" },
        [STATUS_UNKNOWN] = { "under_investigation", NULL },
        [STATUS_PARTIAL] = { "known_affected", NULL },
        [STATUS_VULNERABLE] = { "known_affected", NULL },
};

/* remediations[].category (3.2.3.12). */
static const char *const categories[] = { [VEX_HELP_NONE] = "none_available", [VEX_HELP_UPDATE] = "vendor_fix",
                                          [VEX_HELP_SETTING] = "mitigation", [VEX_HELP_OTHERS] = "mitigation" };

static void write_ids(struct json *j, struct vex *x, const struct vex_group *g) {
        for (ptrdiff_t i = 0; i < g->count; i++)
                json_str(j, NULL, str_fmt(x->arena, "machine-%u", (unsigned)g->items[i] + 1));
}

static void product_ids(struct json *j, struct vex *x, const struct vex_group *g) {
        json_begin_array(j, "product_ids");
        write_ids(j, x, g);
        json_end_array(j);
}

static void note(struct json *j, const char *category, struct str title, struct str text) {
        json_begin_object(j, NULL);
        json_c(j, "category", category);
        json_str(j, "text", text);
        json_str(j, "title", title);
        json_end_object(j);
}

static void publisher(struct json *j) {
        json_begin_object(j, "publisher");
        json_c(j, "category", "user");
        json_c(j, "name", "the owner of these machines, by sidelight");
        json_c(j, "namespace", "urn:sidelight:user");
        json_end_object(j);
}

static void tracking(struct json *j, const struct report_writer *w) {
        struct str now = w->style->now;
        char uuid[37];

        vex_document_id(w, uuid);
        json_begin_object(j, "tracking");
        json_str(j, "current_release_date", now);
        json_begin_object(j, "generator");
        json_begin_object(j, "engine");
        json_c(j, "name", "sidelight");
        json_c(j, "version", SIDELIGHT_VERSION);
        json_end_object(j);
        json_end_object(j);
        json_c(j, "id", uuid);
        json_str(j, "initial_release_date", now);
        json_begin_array(j, "revision_history");
        json_begin_object(j, NULL);
        json_str(j, "date", now);
        json_c(j, "number", "1");
        json_c(j, "summary", "as judged");
        json_end_object(j);
        json_end_array(j);
        json_c(j, "status", "final");
        json_c(j, "version", "1");
        json_end_object(j);
}

/* What is open on a machine is nobody's business but its owner's and those who look after it: TLP:AMBER. */
static void document(struct json *j, const struct report_writer *w, struct vex *x) {
        json_begin_object(j, "document");
        json_c(j, "category", "csaf_vex");
        json_c(j, "csaf_version", "2.0");
        json_begin_object(j, "distribution");
        json_begin_object(j, "tlp");
        json_c(j, "label", "AMBER");
        json_end_object(j);
        json_end_object(j);
        json_c(j, "lang", "en");
        json_begin_array(j, "notes");
        note(j, "general", S("who judged, and by what"), vex_tooling(x));
        json_end_array(j);
        publisher(j);
        json_c(j, "title", "Speculative-execution flaws: which machines are affected");
        tracking(j, w);
        json_end_object(j);
}

static void product_tree(struct json *j, struct vex *x) {
        json_begin_object(j, "product_tree");
        json_begin_array(j, "full_product_names");
        for (uint32_t i = 0; i < x->products.count; i++) {
                json_begin_object(j, NULL);
                json_str(j, "name", x->products.items[i].name);
                json_str(j, "product_id", str_fmt(x->arena, "machine-%u", (unsigned)i + 1));
                json_end_object(j);
        }
        json_end_array(j);
        json_end_object(j);
}

static void flags(struct json *j, struct vex *x, const struct vex_groups *all) {
        bool open = false;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                const struct vex_group *g = &all->items[i];

                if (!words[g->status].label)
                        continue;
                if (!open)
                        json_begin_array(j, "flags");
                open = true;
                json_begin_object(j, NULL);
                json_c(j, "label", words[g->status].label);
                product_ids(j, x, g);
                json_end_object(j);
        }
        if (open)
                json_end_array(j);
}

static void notes(struct json *j, struct vex *x, const struct vex_name *n) {
        json_begin_array(j, "notes");
        note(j, "summary", n->title, n->summary);
        for (ptrdiff_t i = 0; i < n->groups.count; i++) {
                const struct vex_group *g = &n->groups.items[i];
                OUT_AUTO struct out machines = { 0 };

                for (ptrdiff_t k = 0; k < g->count; k++) {
                        out_c(&machines, k ? ", " : "");
                        out_str(&machines, x->products.items[g->items[k]].name);
                }
                note(j, "details", str_fmt(x->arena, "%.*s: %.*s", STR_ARG(status_word(g->status)), STR_ARG(out_text(&machines))), vex_note(x, g));
        }
        json_end_array(j);
}

static void product_status(struct json *j, struct vex *x, const struct vex_groups *all) {
        static const enum status first_of[] = { STATUS_VULNERABLE, STATUS_NOT_AFFECTED, STATUS_UNKNOWN };

        json_begin_object(j, "product_status");
        for (size_t s = 0; s < sizeof(first_of) / sizeof(first_of[0]); s++) {
                const char *list = words[first_of[s]].list;
                bool open = false;

                for (ptrdiff_t i = 0; i < all->count; i++) {
                        if (strcmp(words[all->items[i].status].list, list) != 0)
                                continue;
                        if (!open)
                                json_begin_array(j, list);
                        open = true;
                        write_ids(j, x, &all->items[i]);
                }
                if (open)
                        json_end_array(j);
        }
        json_end_object(j);
}

static void remediations(struct json *j, struct vex *x, const struct vex_groups *all) {
        bool open = false;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                const struct vex_group *g = &all->items[i];

                if (g->status <= STATUS_MITIGATED)
                        continue;
                if (!open)
                        json_begin_array(j, "remediations");
                open = true;
                json_begin_object(j, NULL);
                json_c(j, "category", categories[g->help]);
                json_str(j, "details", g->action);
                product_ids(j, x, g);
                json_end_object(j);
        }
        if (open)
                json_end_array(j);
}

static void vulnerability(struct json *j, struct vex *x, const struct vex_name *n) {
        json_begin_object(j, NULL);
        if (n->cve)
                json_str(j, "cve", n->name);
        flags(j, x, &n->groups);
        if (!n->cve) {
                json_begin_array(j, "ids");
                json_begin_object(j, NULL);
                json_c(j, "system_name", "sidelight");
                json_str(j, "text", n->name);
                json_end_object(j);
                json_end_array(j);
        }
        notes(j, x, n);
        product_status(j, x, &n->groups);
        remediations(j, x, &n->groups);
        json_str(j, "title", n->title);
        json_end_object(j);
}

void csaf_end(struct report_writer *w) {
        struct vex *x = &w->vex;
        struct json j = { .out = w->out };

        json_begin_object(&j, NULL);
        document(&j, w, x);
        product_tree(&j, x);
        json_begin_array(&j, "vulnerabilities");
        for (ptrdiff_t i = 0; i < x->names.count; i++)
                vulnerability(&j, x, &x->names.items[i]);
        json_end_array(&j);
        json_end_object(&j);
        out_char(w->out, '\n');
}
