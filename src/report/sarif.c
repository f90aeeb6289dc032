/* SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format): a run a machine, a rule a flaw, a result a finding. */
#include "report/formats.h"
#include "report/quoted.h"
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

/* GitHub sorts by this number, a CVSS score. That of AV:L/AC:H/PR:L/UI:N/S:C/C:H/I:N/A:N, which fits them all: whoever can run code on
 * the machine reads, with some care, what is another's. */
static const char severity[] = "5.6";

static void rule(struct json *j, const struct flaw *f, struct arena *a) {
        OUT_AUTO struct out url = { 0 };

        json_begin_object(j, NULL);
        json_str(j, "id", T(f->id));
        sarif_message(j, "shortDescription", T(f->name));
        sarif_message(j, "fullDescription", f->summary.len ? T(f->summary) : T(f->name));
        if (f->page.len > 0)
                sarif_message(j, "help", T(f->page));
        if (f->sources.count > 0) {
                catalog_source_url(T_AT(f->sources, 0), &url);
                json_str(j, "helpUri", str_dup(a, out_text(&url)));
        }
        json_begin_object(j, "properties");
        json_c(j, "security-severity", severity);
        json_begin_array(j, "tags");
        json_c(j, NULL, "security");
        for (uint32_t i = 0; i < f->cves.count; i++)
                json_str(j, NULL, T_AT(f->cves, i));
        json_end_array(j);
        json_end_object(j);
        json_end_object(j);
}

/* Where the setting stands that is to be edited or, where nothing is to be edited, what the verdict rests on. */
static struct place location(const struct verdict *r, const struct finding *f) {
        for (uint32_t i = 0; i < f->fixes.count; i++)
                if (str_eq(T_AT(f->fixes, i), S("remove-parameter")) && str_eq(r->source, S("live")))
                        return (struct place){ S("/etc/default/grub"), 1 };
        return summary_place(r, f);
}

/* The same flaw on the same machine is the same result, in whatever run (section 3.27.17). */
static void fingerprints(struct json *j, const struct verdict *r, const struct finding *f) {
        json_begin_object(j, "partialFingerprints");
        json_str(j, "flawOnHost/v1", str_fmt(r->facts->arena, "%.*s/%.*s", STR_ARG(r->machine.name), STR_ARG(T(f->flaw->id))));
        json_end_object(j);
}

static void result(struct json *j, const struct verdict *r, const struct finding *f, uint32_t index) {
        struct place at = location(r, f);

        json_begin_object(j, NULL);
        json_str(j, "ruleId", T(f->flaw->id));
        json_u64(j, "ruleIndex", index);
        json_c(j, "kind", f->at_stake ? kinds[f->status].kind : "notApplicable");
        json_c(j, "level", f->at_stake ? kinds[f->status].level : "none");
        sarif_message(j, "message", f->reason);
        sarif_location(j, at.path, (long)at.line, 1, str_fmt(r->facts->arena, "%.*s/%.*s", STR_ARG(r->machine.name), STR_ARG(layer_word(f->owner))));
        fingerprints(j, r, f);
        json_begin_object(j, "properties");
        json_str(j, "status", status_word(f->status));
        json_str(j, "owner", layer_word(f->owner));
        json_str(j, "host", r->machine.name);
        quoted_facts(j, "evidence", f->evidence, f->evidence_count);
        json_end_object(j);
        json_end_object(j);
}

/* What the run could not read, each as a notification (3.58). */
static void unread(struct json *j, const struct verdict *r) {
        const struct machine *m = &r->machine;

        json_begin_array(j, "toolExecutionNotifications");
        for (uint32_t i = 0; i < m->unread_count; i++) {
                json_begin_object(j, NULL);
                json_c(j, "level", "note");
                sarif_message(j, "message", str_fmt(r->facts->arena, "not read: %.*s (%.*s)", STR_ARG(m->unread[i].name),
                                                     STR_ARG(m->unread[i].value)));
                json_end_object(j);
        }
        json_end_array(j);
}

/* The evidence that could not be judged, as a notification. */
static void failure(struct json *j, const struct verdict *r) {
        json_begin_array(j, "toolExecutionNotifications");
        json_begin_object(j, NULL);
        sarif_location(j, r->source, 0, 0, S(""));
        sarif_message(j, "message", r->failure);
        json_c(j, "level", "error");
        json_end_object(j);
        json_end_array(j);
}

static void invocation(struct report_writer *w, const struct verdict *r) {
        struct json *j = &w->json;

        json_begin_array(j, "invocations");
        json_begin_object(j, NULL);
        json_bool(j, "executionSuccessful", r->failure.len == 0);
        json_str(j, "endTimeUtc", w->style->now);
        if (r->failure.len == 0)
                json_u64(j, "exitCode", (uint64_t)summary_exit(r, w->style->fail_on));
        if (r->failure.len)
                failure(j, r);
        else
                unread(j, r);
        json_end_object(j);
        json_end_array(j);
}

static void about(struct report_writer *w, const struct verdict *r) {
        struct json *j = &w->json;

        json_begin_object(j, "automationDetails");
        json_str(j, "id", str_fmt(r->facts->arena, "sidelight/%.*s/", STR_ARG(r->machine.name)));
        json_end_object(j);
        json_c(j, "columnKind", "utf16CodeUnits");
        json_begin_object(j, "properties");
        json_str(j, "host", r->machine.name);
        json_str(j, "source", r->source);
        json_str(j, "data", summary_data(r->catalog));
        json_str(j, "dataHash", T(r->catalog->hash));
        json_str(j, "captured", r->captured);
        json_c(j, "fingerprint", r->fingerprint);
        json_begin_array(j, "notes");
        for (uint32_t i = 0; i < r->machine.notes.count; i++)
                json_str(j, NULL, r->machine.notes.items[i]);
        json_end_array(j);
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
        sarif_results_end(&w->json);
        invocation(w, r);
        about(w, r);
        sarif_run_end(&w->json);
        arena_release(r->facts->arena, mark);
}

/* A run that failed: it has no results, and says why. */
void sarif_fail(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(r->facts->arena);

        sarif_run_begin(&w->json);
        sarif_results_begin(&w->json);
        sarif_results_end(&w->json);
        invocation(w, r);
        about(w, r);
        sarif_run_end(&w->json);
        arena_release(r->facts->arena, mark);
}
