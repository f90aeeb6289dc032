/* SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format): a run a machine, a rule a flaw, a result a finding. */
#include "report/formats.h"
#include "report/sarif_log.h"

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
        w->json = (struct json){ .out = w->out };
        sarif_log_begin(&w->json);
}

void sarif_end(struct report_writer *w) {
        sarif_log_end(&w->json);
}

static void rule(struct json *j, const struct flaw *f, struct arena *a) {
        OUT_AUTO struct out url = { 0 };

        json_begin_object(j, NULL);
        json_str(j, "id", f->id);
        json_str(j, "name", f->name);
        sarif_message(j, "shortDescription", f->summary.len ? f->summary : f->name);
        if (f->page.len > 0)
                sarif_message(j, "fullDescription", f->page);
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

static ptrdiff_t first_of(struct str sources) {
        ptrdiff_t comma = str_find(sources, S(", "));

        return comma < 0 ? sources.len : comma;
}

/* The file to edit or, where nothing is to be edited, the one that the verdict rests on. */
static struct str location(const struct verdict *r, const struct finding *f) {
        for (uint32_t i = 0; i < f->fixes.count; i++)
                if (str_eq(f->fixes.items[i], S("remove-parameter")))
                        return S("/etc/default/grub");
        for (uint32_t i = 0; i < f->evidence_count; i++)
                if (str_starts(f->evidence[i].source, S("/"))) /* the first of "/proc/cpuinfo, CPUID" */
                        return str_sub(f->evidence[i].source, 0, first_of(f->evidence[i].source));
        return r->source;
}

static void result(struct json *j, const struct verdict *r, const struct finding *f, uint32_t index) {
        json_begin_object(j, NULL);
        json_str(j, "ruleId", f->flaw->id);
        json_u64(j, "ruleIndex", index);
        json_c(j, "kind", f->at_stake ? kinds[f->status].kind : "notApplicable");
        json_c(j, "level", f->at_stake ? kinds[f->status].level : "none");
        sarif_message(j, "message", f->reason);
        sarif_location(j, location(r, f), 0, 0, S(""));
        json_begin_object(j, "properties");
        json_str(j, "status", status_word(f->status));
        json_str(j, "owner", layer_word(f->owner));
        json_str(j, "host", r->machine.name);
        json_end_object(j);
        json_end_object(j);
}

void sarif_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(r->facts->arena);

        sarif_run_begin(&w->json);
        for (uint32_t i = 0; i < r->finding_count; i++)
                rule(&w->json, r->findings[i].flaw, r->facts->arena);
        sarif_results_begin(&w->json);
        for (uint32_t i = 0; i < r->finding_count; i++)
                result(&w->json, r, &r->findings[i], i);
        sarif_run_end(&w->json);
        arena_release(r->facts->arena, mark);
}
