/* The JSON report: docs/report.schema.json describes it. Fields keep their names and meanings; more may come. */
#include "report/formats.h"
#include "plan/summary.h"
#include "report/quoted.h"

void report_json_texts(struct json *j, const char *key, struct texts list) {
        json_begin_array(j, key);
        for (uint32_t i = 0; i < list.count; i++)
                json_str(j, NULL, T_AT(list, i));
        json_end_array(j);
}

void report_json_strings(struct json *j, const char *key, struct str_list list) {
        json_begin_array(j, key);
        for (uint32_t i = 0; i < list.count; i++)
                json_str(j, NULL, list.items[i]);
        json_end_array(j);
}

static void write_boundaries(struct json *j, boundary_set set) {
        json_begin_array(j, "boundaries");
        for (int b = 0; b < BOUNDARY_COUNT; b++)
                if (set & 1 << b)
                        json_str(j, NULL, boundary_word((enum boundary)b));
        json_end_array(j);
}

/* A file of the vulnerabilities folder belongs to the flaw that owns its whole sentence; others answer for a part of it. */
static void write_sysfs(struct json *j, const struct flaw *flaw, const struct catalog *c) {
        struct str file = flaw->sentence_file ? T(c->files[flaw->sentence_file - 1].file) : S("");

        json_str_or_null(j, "sysfs", flaw->sentence_part ? S("") : file);
        json_str_or_null(j, "part_of", flaw->sentence_part ? file : S(""));
}

static void write_quoted(struct json *j, const struct finding *f) {
        quoted_facts(j, "evidence", f->evidence, f->evidence_count);
        json_begin_array(j, "missing");
        for (uint32_t i = 0; i < f->missing_count; i++)
                json_str(j, NULL, f->missing[i].name);
        json_end_array(j);
}

void report_json_flaw(struct json *j, const char *key, const struct flaw *flaw, const struct catalog *c) {
        json_begin_object(j, key);
        json_str(j, "id", T(flaw->id));
        json_str(j, "name", T(flaw->name));
        report_json_texts(j, "cves", flaw->cves);
        write_sysfs(j, flaw, c);
}

void report_json_found(struct json *j, const struct finding *f) {
        json_str(j, "status", status_word(f->status));
        json_begin_object(j, "affected");
        json_c(j, "hardware", tri_word(f->affected_hardware));
        json_c(j, "os", tri_word(f->affected_os));
        json_end_object(j);
        json_str(j, "owner", layer_word(f->owner));
        write_boundaries(j, f->boundaries);
        json_bool(j, "at_stake", f->at_stake);
        json_str_or_null(j, "rule", f->rule ? T(f->rule->id) : S(""));
        json_str(j, "reason", f->reason);
        write_quoted(j, f);
        report_json_texts(j, "fixes", f->fixes);
        json_str_or_null(j, "ask", f->ask);
        json_str_or_null(j, "text", f->text);
        json_str_or_null(j, "disagreement", f->disagreement);
        json_str_or_null(j, "contradiction", f->contradiction);
        json_bool(j, "predicted", f->predicted);
        json_u64(j, "cpu_class", f->class_index);
        json_end_object(j);
}

void report_json_finding(struct json *j, const char *key, const struct finding *f, const struct catalog *c) {
        report_json_flaw(j, key, f->flaw, c);
        report_json_found(j, f);
}

static void write_applied(struct json *j, const struct machine *h) {
        json_begin_array(j, "applied");
        for (uint32_t i = 0; i < h->applied_count; i++) {
                const struct applied_step *s = &h->applied[i];

                json_begin_object(j, NULL);
                json_u64(j, "fix", s->fix);
                json_str(j, "step", s->step);
                json_str(j, "title", s->title);
                json_str(j, "took", s->took);
                json_str_or_null(j, "why", s->why);
                json_end_object(j);
        }
        json_end_array(j);
}

static void write_unread(struct json *j, const struct machine *h) {
        json_begin_array(j, "not_read");
        for (uint32_t i = 0; i < h->unread_count; i++) {
                json_begin_object(j, NULL);
                json_str(j, "what", h->unread[i].name);
                json_str(j, "state", h->unread[i].value);
                json_str_or_null(j, "why", h->unread[i].source);
                json_end_object(j);
        }
        json_end_array(j);
}

void report_json_machine(struct json *j, const struct machine *h) {
        json_str_or_null(j, "cpu", h->cpu);
        json_str_or_null(j, "os", h->os);
        json_str_or_null(j, "arch", h->arch);
        json_c(j, "guest", tri_word(h->guest));
        json_str_or_null(j, "hypervisor", h->hypervisor);
        json_str_or_null(j, "cloud", h->cloud);
        json_str_or_null(j, "container", h->container);
        json_str_or_null(j, "microcode", h->microcode);
        json_bool(j, "microcode_made_up", h->microcode_made_up);
        json_u64(j, "cpu_classes", h->classes);
        json_u64(j, "denied", h->denied);
        json_u64(j, "failed", h->failed);
        write_unread(j, h);
        report_json_strings(j, "notes", h->notes);
        if (h->applied_count)
                write_applied(j, h);
        json_end_object(j);
}

static void write_summary(struct json *j, const struct verdict *r, const struct report_style *s) {
        json_begin_object(j, "summary");
        json_str(j, "worst", status_word(r->worst));
        json_begin_object(j, "counts");
        for (int i = 0; i < STATUS_COUNT; i++) {
                json_key(j, status_word((enum status)i));
                json_u64(j, NULL, r->counts[i]);
        }
        json_end_object(j);
        json_u64(j, "exit", (uint64_t)summary_exit(r, s->fail_on));
        json_end_object(j);
}

void report_json_head(struct json *j, const struct catalog *c, struct str source, struct str captured, struct str name) {
        json_begin_object(j, NULL);
        json_u64(j, "schema", 1);
        json_str(j, "source", source);
        summary_json_program(j, c);
        json_str_or_null(j, "captured", captured);
        json_begin_object(j, "host");
        json_str_or_null(j, "name", name);
}

void report_json_middle(struct json *j, const struct verdict *r, const struct report_style *s) {
        if (r->failure.len)
                json_str(j, "error", r->failure);
        if (r->fingerprint[0])
                json_c(j, "fingerprint", r->fingerprint);
        json_bool(j, "predicted", r->predicted);
        write_summary(j, r, s);
        json_begin_array(j, "findings");
}

void report_json_end(struct json *j) {
        json_end_array(j);
        json_end_object(j);
        out_char(j->out, '\n');
}

void report_json_statuses(struct json *j, const struct verdict *r) {
        for (uint32_t i = 0; i < r->finding_count; i++) {
                json_key(j, T(r->findings[i].flaw->id));
                json_str(j, NULL, status_word(r->findings[i].status));
        }
}

void report_json_tail(struct json *j, const struct verdict *r, const struct report_style *s) {
        report_json_machine(j, &r->machine);
        report_json_middle(j, r, s);
        for (uint32_t i = 0; i < r->finding_count; i++)
                report_json_finding(j, NULL, &r->findings[i], r->catalog);
        report_json_end(j);
}

void json_add(struct report_writer *w, const struct verdict *r) {
        struct json j = { .out = w->out };

        report_json_head(&j, r->catalog, r->source, r->captured, r->machine.name);
        report_json_tail(&j, r, w->style);
}
