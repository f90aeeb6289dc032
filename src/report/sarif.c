/* SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format): a run a machine, a rule a flaw, a result a finding. */
#include "report/formats.h"

/* result.kind (section 3.27.9) and result.level (3.27.10): only what fails has a level. */
static const struct {
        const char *kind, *level;
} kinds[] = {
        [STATUS_NOT_AFFECTED] = { "notApplicable", "none" },
        [STATUS_MITIGATED] = { "pass", "none" },
        [STATUS_UNKNOWN] = { "review", "none" },
        [STATUS_PARTIAL] = { "fail", "warning" },
        [STATUS_VULNERABLE] = { "fail", "error" },
};

void sarif_begin(struct report_writer *w) {
        out_c(w->out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[");
}

void sarif_end(struct report_writer *w) {
        out_c(w->out, "]}\n");
}

static void message(struct json *j, const char *key, struct str text) {
        json_begin_object(j, key);
        json_str(j, "text", text);
        json_end_object(j);
}

static void rule(struct json *j, const struct flaw *f, struct arena *a) {
        OUT_AUTO struct out url = { 0 };

        json_begin_object(j, NULL);
        json_str(j, "id", f->id);
        json_str(j, "name", f->name);
        message(j, "shortDescription", f->summary.len ? f->summary : f->name);
        if (f->page.len > 0)
                message(j, "fullDescription", f->page);
        if (f->sources.count > 0) {
                catalog_source_url(f->sources.items[0], &url);
                json_str(j, "helpUri", str_dup(a, out_text(&url)));
        }
        json_begin_object(j, "properties");
        json_begin_array(j, "tags");
        json_c(j, NULL, "security");
        for (uint32_t i = 0; i < f->cves.count; i++)
                json_str(j, NULL, f->cves.items[i]);
        json_end_array(j);
        json_end_object(j);
        json_end_object(j);
}

/* The file to edit or, where nothing is to be edited, the one that the verdict rests on. */
static struct str location(const struct verdict *r, const struct finding *f) {
        for (uint32_t i = 0; i < f->fixes.count; i++)
                if (str_eq(f->fixes.items[i], S("remove-parameter")))
                        return S("/etc/default/grub");
        for (uint32_t i = 0; i < f->evidence_count; i++)
                if (str_starts(f->evidence[i].source, S("/")))
                        return f->evidence[i].source;
        return r->source;
}

static struct str uri(struct arena *a, struct str path) {
        OUT_AUTO struct out o = { 0 };

        out_uri(&o, path);
        return str_dup(a, out_text(&o));
}

static void result(struct json *j, const struct verdict *r, const struct finding *f, uint32_t index) {
        json_begin_object(j, NULL);
        json_str(j, "ruleId", f->flaw->id);
        json_u64(j, "ruleIndex", index);
        json_c(j, "kind", f->at_stake ? kinds[f->status].kind : "notApplicable");
        json_c(j, "level", f->at_stake ? kinds[f->status].level : "none");
        message(j, "message", f->reason);
        json_begin_array(j, "locations");
        json_begin_object(j, NULL);
        json_begin_object(j, "physicalLocation");
        json_begin_object(j, "artifactLocation");
        json_str(j, "uri", uri(r->facts->arena, location(r, f)));
        json_end_object(j);
        json_end_object(j);
        json_end_object(j);
        json_end_array(j);
        json_begin_object(j, "properties");
        json_str(j, "status", status_word(f->status));
        json_str(j, "owner", layer_word(f->owner));
        json_str(j, "host", r->machine.name);
        json_end_object(j);
        json_end_object(j);
}

void sarif_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(r->facts->arena);
        struct json j = { .out = w->out };

        if (w->count > 0)
                out_char(w->out, ',');
        json_begin_object(&j, NULL);
        json_begin_object(&j, "tool");
        json_begin_object(&j, "driver");
        json_c(&j, "name", "sidelight");
        json_c(&j, "version", SIDELIGHT_VERSION);
        json_begin_array(&j, "rules");
        for (uint32_t i = 0; i < r->finding_count; i++)
                rule(&j, r->findings[i].flaw, r->facts->arena);
        json_end_array(&j);
        json_end_object(&j);
        json_end_object(&j);
        json_begin_array(&j, "results");
        for (uint32_t i = 0; i < r->finding_count; i++)
                result(&j, r, &r->findings[i], i);
        json_end_array(&j);
        json_end_object(&j);
        arena_release(r->facts->arena, mark);
}
