/* Facts for configuration management (Ansible's facts.d, and what reads JSON alike): flat, small, a name a flaw. */
#include "report/formats.h"

static void flaws_of(struct json *j, const struct verdict *r, const char *key, enum status least, enum status most) {
        json_begin_array(j, key);
        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *f = &r->findings[i];

                if (f->at_stake && f->status >= least && f->status <= most)
                        json_str(j, NULL, T(f->flaw->id));
        }
        json_end_array(j);
}

void facts_add(struct report_writer *w, const struct verdict *r) {
        const struct machine *m = &r->machine;
        struct json j = { .out = w->out };

        json_begin_object(&j, NULL);
        json_str(&j, "host", m->name);
        json_c(&j, "version", SIDELIGHT_VERSION);
        json_str_or_null(&j, "data", summary_data(r->catalog));
        json_str_or_null(&j, "captured", r->captured);
        json_bool(&j, "old_evidence", m->old_evidence);
        json_bool(&j, "old_data", m->old_data);
        json_str_or_null(&j, "fingerprint", str_of(r->fingerprint));
        if (r->failure.len)
                json_str(&j, "error", r->failure);
        json_str(&j, "worst", status_word(r->worst));
        flaws_of(&j, r, "open", STATUS_PARTIAL, STATUS_VULNERABLE);
        flaws_of(&j, r, "unknown", STATUS_UNKNOWN, STATUS_UNKNOWN);
        json_c(&j, "guest", tri_word(m->guest));
        json_str_or_null(&j, "hypervisor", m->hypervisor);
        json_str_or_null(&j, "cloud", m->cloud);
        json_str_or_null(&j, "microcode", m->microcode);
        json_u64(&j, "not_read", m->denied + m->failed);
        json_begin_object(&j, "flaws");
        report_json_statuses(&j, r);
        json_end_object(&j);
        json_end_object(&j);
        out_char(w->out, '\n');
}
