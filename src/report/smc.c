/* What `spectre-meltdown-checker --batch json|nrpe|prometheus` (0.45; what 26 calls json-terse) prints, so that scripts around it go on: CVE by CVE, each
 * as bad as the worst flaw that has it. */
#include "report/smc.h"

/* Its names of CVEs; those that it does not know have the flaw's own. */
static const struct {
        struct str cve, name;
} smc_names[] = {
        { STR("CVE-2017-5753"), STR("SPECTRE VARIANT 1") }, { STR("CVE-2017-5715"), STR("SPECTRE VARIANT 2") },
        { STR("CVE-2017-5754"), STR("MELTDOWN") },          { STR("CVE-2018-3640"), STR("VARIANT 3A") },
        { STR("CVE-2018-3639"), STR("VARIANT 4") },         { STR("CVE-2018-3615"), STR("L1TF SGX") },
        { STR("CVE-2018-3620"), STR("L1TF OS") },           { STR("CVE-2018-3646"), STR("L1TF VMM") },
        { STR("CVE-2018-12126"), STR("MSBDS") },            { STR("CVE-2018-12130"), STR("MFBDS") },
        { STR("CVE-2018-12127"), STR("MLPDS") },            { STR("CVE-2019-11091"), STR("MDSUM") },
        { STR("CVE-2019-11135"), STR("TAA") },              { STR("CVE-2018-12207"), STR("ITLBMH") },
        { STR("CVE-2020-0543"), STR("SRBDS") },
};

const struct smc_word smc_words[STATUS_COUNT] = {
        [STATUS_NOT_AFFECTED] = { "OK", "false", "0" }, [STATUS_MITIGATED] = { "OK", "false", "0" }, [STATUS_UNKNOWN] = { "UNK", "null", "2" },
        [STATUS_PARTIAL] = { "VULN", "true", "1" },     [STATUS_VULNERABLE] = { "VULN", "true", "1" },
};

struct str smc_name(const struct vex_name *n) {
        for (size_t i = 0; i < sizeof(smc_names) / sizeof(smc_names[0]); i++)
                if (str_eq(smc_names[i].cve, n->name))
                        return smc_names[i].name;
        return n->title;
}

void smc_look(struct vex *ret, struct arena *a, const struct verdict *r) {
        *ret = (struct vex){ .arena = a };
        vex_add(ret, r);
}

void smc_json_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(&w->kept);
        struct json j = { .out = w->out };
        struct vex x;

        smc_look(&x, &w->kept, r);
        json_begin_array(&j, NULL);
        for (ptrdiff_t i = 0; i < x.names.count; i++) {
                const struct vex_name *n = &x.names.items[i];

                if (!n->cve)
                        continue;
                json_begin_object(&j, NULL);
                json_str(&j, "NAME", smc_name(n));
                json_str(&j, "CVE", n->name);
                json_raw(&j, "VULNERABLE", str_of(smc_words[n->groups.items[0].status].vulnerable));
                json_str(&j, "INFOS", n->groups.items[0].reason);
                json_end_object(&j);
        }
        json_end_array(&j);
        out_char(w->out, '\n');
        arena_release(&w->kept, mark);
}

/* It says "OK" of what is not known, too; here that is told. */
void smc_nrpe_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(&w->kept);
        const char *unknown = "";
        bool open = false;
        struct vex x;

        smc_look(&x, &w->kept, r);
        for (ptrdiff_t i = 0; i < x.names.count; i++) {
                const struct vex_name *n = &x.names.items[i];
                enum status s = n->groups.items[0].status;

                if (!n->cve || s < STATUS_UNKNOWN)
                        continue;
                if (s == STATUS_UNKNOWN)
                        unknown = "Unknown";
                else
                        out_fmt(w->out, "%s %.*s", open ? "" : "Vulnerable:", STR_ARG(n->name));
                open |= s > STATUS_UNKNOWN;
        }
        out_fmt(w->out, "%s\n", open ? "" : unknown[0] ? unknown : "OK");
        arena_release(&w->kept, mark);
}

void smc_nrpe_fail(struct report_writer *w, const struct verdict *r) {
        out_c(w->out, "Unknown - ");
        report_without_bars(w->out, r->failure);
        out_char(w->out, '\n');
}

void smc_label(struct out *o, const char *name, struct str value) {
        out_fmt(o, "%s=\"", name);
        for (ptrdiff_t i = 0; i < value.len; i++) {
                if (value.p[i] == '\\' || value.p[i] == '"')
                        out_char(o, '\\');
                out_char(o, value.p[i]);
        }
        out_char(o, '"');
}

/* Of one machine as it writes them; of several each series names its own. */
void smc_prometheus_add(struct report_writer *w, const struct verdict *r) {
        w->vex.arena = &w->kept;
        vex_add(&w->vex, r);
}

void smc_prometheus_end(struct report_writer *w) {
        const struct vex *x = &w->vex;
        struct out *o = w->out;

        out_c(o, "# TYPE specex_vuln_status untyped\n# HELP specex_vuln_status Exposure of system to speculative execution vulnerabilities\n");
        for (ptrdiff_t i = 0; i < x->names.count; i++) {
                const struct vex_name *n = &x->names.items[i];

                for (ptrdiff_t k = 0; n->cve && k < n->groups.count; k++)
                        for (ptrdiff_t m = 0; m < n->groups.items[k].count; m++) {
                                smc_label(o, "specex_vuln_status{name", smc_name(n));
                                smc_label(o, ",cve", n->name);
                                smc_label(o, ",status", str_of(smc_words[n->groups.items[k].status].word));
                                smc_label(o, ",info", n->groups.items[k].reason);
                                if (x->products.count > 1)
                                        smc_label(o, ",host", x->products.items[n->groups.items[k].items[m]].name);
                                out_c(o, "} 1\n");
                        }
        }
}
