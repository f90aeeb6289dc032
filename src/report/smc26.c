/* What `spectre-meltdown-checker --batch json|nrpe|prometheus` prints since 25: the machine, then CVE by CVE, each as bad as the worst flaw
 * that has it. What sidelight does not look for, or does not know, is null. */
#include "base/date.h"
#include "base/plain.h"
#include "evidence/places.h"
#include "report/smc.h"

static bool is_live(const struct verdict *r) {
        return str_eq(r->source, S("live"));
}

/* False only where the hardware is known not to have any flaw of this number. */
static bool hardware_has(const struct verdict *r, struct str cve) {
        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *f = &r->findings[i];

                for (uint32_t k = 0; k < f->flaw->cves.count; k++)
                        if (str_eq(T_AT(f->flaw->cves, k), cve) && f->affected_hardware != TRI_FALSE)
                                return true;
        }
        return false;
}

/* ---- JSON --------------------------------------------------------------------------------------------------------------------------- */

static void put_tri(struct json *j, const char *key, enum tri t) {
        if (t == TRI_UNKNOWN)
                json_put_null(j, key);
        else
                json_bool(j, key, t == TRI_TRUE);
}

static void put_number(struct json *j, const char *key, const struct verdict *r, struct str fact) {
        const struct fact *f = facts_named(r->facts, fact);

        if (f && f->state == FACT_KNOWN)
                json_u64(j, key, f->number);
        else
                json_put_null(j, key);
}

static void put_fact(struct json *j, const char *key, const struct verdict *r, struct str fact) {
        put_tri(j, key, facts_tri(r->facts, fact));
}

static void put_meta(struct json *j, const struct report_writer *w, const struct verdict *r) {
        struct str os = r->machine.os, name = S("");

        (void)str_cut(&os, ' ', &name);
        json_begin_object(j, "meta");
        json_str(j, "script_version", S("sidelight " SIDELIGHT_VERSION));
        json_u64(j, "format_version", 1);
        json_str_or_null(j, "timestamp", w->style->now);
        json_str_or_null(j, "os", name);
        json_str(j, "mode", is_live(r) ? S("live") : S("no-runtime"));
        json_bool(j, "run_as_root", r->machine.denied == 0);
        json_bool(j, "reduced_accuracy", r->machine.denied + r->machine.failed > 0);
        json_bool(j, "paranoid", false);
        json_bool(j, "sysfs_only", false);
        json_bool(j, "extra", false);
        json_bool(j, "mocked", false);
        json_end_object(j);
}

static struct str release_of(const struct verdict *r) {
        struct str os = r->machine.os, name = S("");

        (void)str_cut(&os, ' ', &name);
        return str_eq(name, S("Linux")) ? os : S("");
}

static void put_system(struct json *j, const struct verdict *r) {
        const struct record *line = evidence_file(r->facts->evidence, S(PLACE_CMDLINE));

        json_begin_object(j, "system");
        json_str_or_null(j, "kernel_release", release_of(r));
        json_put_null(j, "kernel_version");
        json_str_or_null(j, "kernel_arch", r->machine.arch);
        json_put_null(j, "kernel_image");
        json_put_null(j, "kernel_config");
        json_put_null(j, "kernel_version_string");
        json_str_or_null(j, "kernel_cmdline", line && line->state == FACT_KNOWN ? plain(r->facts->arena, str_trim(line->text)) : S(""));
        put_number(j, "cpu_count", r, S("cpu.count"));
        put_fact(j, "smt_enabled", r, S("smt.active"));
        json_put_null(j, "hypervisor_host");
        json_put_null(j, "hypervisor_host_reason");
        put_tri(j, "guest_vm", r->machine.guest);
        json_str_or_null(j, "guest_vm_reason", r->machine.guest == TRI_TRUE ? r->machine.where : S(""));
        json_end_object(j);
}

/* Its names of what a processor can do, and ours; what it shows beyond these is not looked for here, and null. */
static const struct {
        const char *key;
        struct str fact, or_else; /* another maker's bit for the same */
} capabilities[] = {
        { "spec_ctrl", STR("cap.spec_ctrl") }, { "ibrs", STR("cap.spec_ctrl"), STR("cap.amd_ibrs") },
        { "ibpb", STR("cap.spec_ctrl"), STR("cap.amd_ibpb") }, { "ibpb_ret", STR("cap.ibpb_ret") },
        { "stibp", STR("cap.intel_stibp"), STR("cap.amd_stibp") },
        { "ssbd", STR("cap.intel_ssbd"), STR("cap.amd_ssbd") }, { "l1d_flush", STR("cap.flush_l1d") },
        { "md_clear", STR("cap.md_clear") }, { "arch_capabilities", STR("cap.arch_capabilities") },
        { "rdcl_no", STR("cap.rdcl_no") }, { "ibrs_all", STR("cap.ibrs_all") }, { "rsba", STR("cap.rsba") },
        { "l1dflush_no", STR("") }, { "ssb_no", STR("cap.ssb_no") }, { "mds_no", STR("cap.mds_no") },
        { "taa_no", STR("cap.taa_no") }, { "pschange_msc_no", STR("cap.pschange_mc_no") },
        { "tsx_ctrl_msr", STR("cap.tsx_ctrl") }, { "tsx_ctrl_rtm_disable", STR("") },
        { "tsx_ctrl_cpuid_clear", STR("") }, { "gds_ctrl", STR("cap.gds_ctrl") }, { "gds_no", STR("cap.gds_no") },
        { "gds_mitg_dis", STR("") }, { "gds_mitg_lock", STR("cap.gds_mitg_locked") }, { "rfds_no", STR("cap.rfds_no") },
        { "rfds_clear", STR("cap.rfds_clear") }, { "its_no", STR("cap.its_no") },
        { "sbdr_ssdp_no", STR("cap.sbdr_ssdp_no") }, { "fbsdp_no", STR("cap.fbsdp_no") },
        { "psdp_no", STR("cap.psdp_no") }, { "fb_clear", STR("cap.fb_clear") }, { "rtm", STR("cap.rtm") },
        { "tsx_force_abort", STR("cap.tsx_force_abort") }, { "tsx_force_abort_rtm_disable", STR("") },
        { "tsx_force_abort_cpuid_clear", STR("") }, { "sgx", STR("") }, { "srbds", STR("cap.srbds_ctrl") },
        { "srbds_on", STR("") }, { "amd_ssb_no", STR("cap.amd_ssb_no") }, { "hygon_ssb_no", STR("") },
        { "ipred", STR("") }, { "rrsba", STR("cap.rrsba") }, { "bhi", STR("cap.bhi_ctrl") },
        { "tsa_sq_no", STR("cap.tsa_sq_no") }, { "tsa_l1_no", STR("cap.tsa_l1_no") },
        { "verw_clear", STR("cap.verw_clear") }, { "autoibrs", STR("cap.autoibrs") }, { "sbpb", STR("cap.sbpb") },
        { "avx2", STR("") }, { "avx512", STR("") },
};

static enum tri can(const struct verdict *r, size_t i) {
        enum tri one = capabilities[i].fact.len ? facts_tri(r->facts, capabilities[i].fact) : TRI_UNKNOWN;

        return capabilities[i].or_else.len ? tri_or(one, facts_tri(r->facts, capabilities[i].or_else)) : one;
}

static void put_x86(struct json *j, const struct verdict *r) {
        const struct fact *signature = facts_named(r->facts, S("cpu.signature"));

        json_begin_object(j, "x86");
        put_number(j, "family", r, S("cpu.family"));
        put_number(j, "model", r, S("cpu.model"));
        put_number(j, "stepping", r, S("cpu.stepping"));
        if (signature && signature->state == FACT_KNOWN)
                json_str(j, "cpuid", str_fmt(r->facts->arena, "0x%08x", (unsigned)signature->number));
        else
                json_put_null(j, "cpuid");
        put_number(j, "platform_id", r, S("cpu.platform"));
        put_fact(j, "hybrid", r, S("cap.hybrid"));
        json_put_null(j, "codename");
        json_begin_object(j, "capabilities");
        for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++)
                put_tri(j, capabilities[i].key, can(r, i));
        json_end_object(j);
        json_end_object(j);
}

static bool is_x86(const struct verdict *r) {
        return str_eq(r->machine.arch, S("x86_64")) || str_eq(r->machine.arch, S("i686"));
}

static bool is_arm(const struct verdict *r) {
        return str_eq(r->machine.arch, S("aarch64")) || str_eq(r->machine.arch, S("arm"));
}

/* Of other processors it tells nothing. */
static void put_cpu(struct json *j, const struct verdict *r) {
        const struct fact *vendor = facts_named(r->facts, S("cpuinfo.vendor"));

        if (!is_x86(r) && !is_arm(r)) {
                json_put_null(j, "cpu");
                return;
        }
        json_begin_object(j, "cpu");
        json_str(j, "arch", is_x86(r) ? S("x86") : S("arm"));
        json_str_or_null(j, "vendor", vendor && vendor->state == FACT_KNOWN ? plain(r->facts->arena, vendor->text) : S(""));
        json_str_or_null(j, "friendly_name", r->machine.processor);
        if (is_x86(r)) {
                put_x86(j, r);
        } else {
                json_begin_object(j, "arm");
                json_put_null(j, "part_list");
                json_put_null(j, "arch_list");
                json_begin_object(j, "capabilities");
                json_end_object(j);
                json_end_object(j);
        }
        json_end_object(j);
}

/* Microcode that its maker called back is a flaw of its own here. */
static enum tri is_recalled(const struct verdict *r) {
        for (uint32_t i = 0; i < r->finding_count; i++)
                if (str_eq(T(r->findings[i].flaw->id), S("bad-microcode")))
                        return r->findings[i].status == STATUS_UNKNOWN ? TRI_UNKNOWN
                               : r->findings[i].status == STATUS_VULNERABLE ? TRI_TRUE : TRI_FALSE;
        return TRI_UNKNOWN;
}

static void put_microcode(struct json *j, const struct verdict *r) {
        if (!is_x86(r) && !is_arm(r)) {
                json_put_null(j, "cpu_microcode");
                return;
        }
        json_begin_object(j, "cpu_microcode");
        json_str_or_null(j, "installed_version", r->machine.microcode);
        json_put_null(j, "latest_version");
        json_put_null(j, "microcode_up_to_date");
        put_tri(j, "is_blacklisted", is_recalled(r));
        json_put_null(j, "message");
        json_str(j, "db_source", S("sidelight"));
        json_str_or_null(j, "db_info", summary_data(r->catalog));
        put_tri(j, "unreliable_in_vm", r->machine.microcode_made_up ? TRI_TRUE : r->machine.guest);
        json_end_object(j);
}

/* What the kernel says of the flaw that carries a file of this number. */
static void put_sysfs(struct json *j, const struct verdict *r, struct str cve) {
        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct flaw *f = r->findings[i].flaw;

                for (uint32_t k = 0; k < f->cves.count; k++) {
                        const struct parsed_sentence *s = NULL;
                        enum status status;

                        if (str_eq(T_AT(f->cves, k), cve) && f->sentence_file && !f->sentence_part)
                                s = facts_sentence(r->facts, f->sentence_file - 1);
                        if (!s || s->state != FACT_KNOWN || str_empty(s->text))
                                continue;
                        status = sentence_status(s, 0, 0);
                        json_c(j, "sysfs_status", smc_words[status < STATUS_COUNT ? status : STATUS_UNKNOWN].word);
                        json_str(j, "sysfs_message", plain(r->facts->arena, s->text));
                        return;
                }
        }
        json_put_null(j, "sysfs_status");
        json_put_null(j, "sysfs_message");
}

static void put_vulnerability(struct json *j, const struct verdict *r, const struct vex_name *n) {
        const struct vex_group *g = &n->groups.items[0];

        json_begin_object(j, NULL);
        json_str(j, "cve", n->name);
        json_str(j, "name", smc_name(n));
        json_str_or_null(j, "aliases", n->title);
        json_bool(j, "cpu_affected", hardware_has(r, n->name));
        json_c(j, "status", smc_words[g->status].word);
        json_raw(j, "vulnerable", str_of(smc_words[g->status].vulnerable));
        json_str(j, "info", g->reason);
        put_sysfs(j, r, n->name);
        json_end_object(j);
}

void smc26_json_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(&w->kept);
        struct json j = { .out = w->out };
        struct vex x;

        smc_look(&x, &w->kept, r);
        json_begin_object(&j, NULL);
        put_meta(&j, w, r);
        put_system(&j, r);
        put_cpu(&j, r);
        put_microcode(&j, r);
        json_begin_array(&j, "vulnerabilities");
        for (ptrdiff_t i = 0; i < x.names.count; i++)
                if (x.names.items[i].cve)
                        put_vulnerability(&j, r, &x.names.items[i]);
        json_end_array(&j);
        json_end_object(&j);
        out_char(w->out, '\n');
        arena_release(&w->kept, mark);
}

/* ---- NRPE --------------------------------------------------------------------------------------------------------------------------- */

struct counts {
        unsigned all, open, unknown;
};

static struct counts count(const struct vex *x) {
        struct counts c = { 0 };

        for (ptrdiff_t i = 0; i < x->names.count; i++) {
                if (!x->names.items[i].cve)
                        continue;
                c.all++;
                c.unknown += x->names.items[i].groups.items[0].status == STATUS_UNKNOWN;
                c.open += x->names.items[i].groups.items[0].status > STATUS_UNKNOWN;
        }
        return c;
}

static void details(struct out *o, const struct vex *x, bool open) {
        for (ptrdiff_t i = 0; i < x->names.count; i++) {
                const struct vex_name *n = &x->names.items[i];
                const struct vex_group *g = &n->groups.items[0];

                if (!n->cve || (open ? g->status <= STATUS_UNKNOWN : g->status != STATUS_UNKNOWN))
                        continue;
                out_fmt(o, "%s%.*s (", open ? "[CRITICAL] " : "[UNKNOWN]  ", STR_ARG(n->name));
                report_without_bars(o, smc_name(n));
                out_c(o, "): ");
                report_without_bars(o, g->reason);
                out_char(o, '\n');
        }
}

void smc26_nrpe_add(struct report_writer *w, const struct verdict *r) {
        struct arena_mark mark = arena_mark(&w->kept);
        struct out *o = w->out;
        struct counts c;
        struct vex x;

        smc_look(&x, &w->kept, r);
        c = count(&x);
        if (c.open) {
                out_fmt(o, "CRITICAL: %u/%u CVE(s) vulnerable:", c.open, c.all);
                for (ptrdiff_t i = 0; i < x.names.count; i++)
                        if (x.names.items[i].cve && x.names.items[i].groups.items[0].status > STATUS_UNKNOWN)
                                out_fmt(o, " %.*s", STR_ARG(x.names.items[i].name));
                if (c.unknown)
                        out_fmt(o, ", %u inconclusive", c.unknown);
        } else if (c.unknown) {
                out_fmt(o, "UNKNOWN: %u/%u CVE checks inconclusive", c.unknown, c.all);
        } else {
                out_fmt(o, "OK: All %u CVE checks passed", c.all);
        }
        out_fmt(o, " | checked=%u vulnerable=%u unknown=%u\n", c.all, c.open, c.unknown);
        if (r->machine.denied)
                out_fmt(o, "NOTE: %u pieces of evidence were denied; results may be incomplete\n", (unsigned)r->machine.denied);
        details(o, &x, true);
        details(o, &x, false);
        arena_release(&w->kept, mark);
}

void smc26_nrpe_fail(struct report_writer *w, const struct verdict *r) {
        out_c(w->out, "UNKNOWN: ");
        report_without_bars(w->out, r->failure);
        out_c(w->out, " | checked=0 vulnerable=0 unknown=0\n");
}

/* ---- Prometheus --------------------------------------------------------------------------------------------------------------------- */

enum family { BUILD, SYSTEM, CPU, STATUSES, OPEN, UNKNOWNS, FAMILY_COUNT };

static const struct {
        const char *name, *help;
} families[FAMILY_COUNT] = {
        [BUILD] = { "smc_build_info", "Who wrote this, and what was seen" },
        [SYSTEM] = { "smc_system_info", "The kernel" },
        [CPU] = { "smc_cpu_info", "The processor and its microcode" },
        [STATUSES] = { "smc_vulnerability_status", "0 not vulnerable, 1 vulnerable, 2 unknown" },
        [OPEN] = { "smc_vulnerable_count", "CVEs that are vulnerable" },
        [UNKNOWNS] = { "smc_unknown_count", "CVEs of which it is not known" },
};

/* A series of one family; several machines are told apart by `host`. */
static struct out *series(struct report_writer *w, enum family f, struct str host) {
        struct out *o = &w->later[f];

        out_fmt(o, "%s{", families[f].name);
        smc_label(o, "host", host);
        return o;
}

/* The machine's name, with a number where it is not the first of that name: who reads metrics refuses a series that stands twice. */
static struct str host_of(struct report_writer *w, const struct verdict *r) {
        struct str name = r->machine.name;

        for (unsigned n = 2; seen_before(&w->told, name); n++)
                name = str_fmt(&w->kept, "%.*s (%u)", STR_ARG(r->machine.name), n);
        return name;
}

static void label_unless_empty(struct out *o, const char *name, struct str value) {
        if (value.len)
                smc_label(o, name, value);
}

static void about(struct report_writer *w, const struct verdict *r, struct str host) {
        struct out *o = series(w, BUILD, host);

        smc_label(o, ",version", S("sidelight " SIDELIGHT_VERSION));
        smc_label(o, ",mode", is_live(r) ? S("live") : S("no-runtime"));
        smc_label(o, ",run_as_root", r->machine.denied ? S("false") : S("true"));
        out_c(o, ",paranoid=\"false\",sysfs_only=\"false\"");
        smc_label(o, ",reduced_accuracy", (r->machine.denied || r->machine.failed) ? S("true") : S("false"));
        out_c(o, ",mocked=\"false\"} 1\n");
        o = series(w, SYSTEM, host);
        label_unless_empty(o, ",kernel_release", release_of(r));
        label_unless_empty(o, ",kernel_arch", r->machine.arch);
        out_c(o, "} 1\n");
        o = series(w, CPU, host);
        label_unless_empty(o, ",model", r->machine.processor);
        label_unless_empty(o, ",microcode", r->machine.microcode);
        if (r->machine.microcode.len)
                smc_label(o, ",microcode_blacklisted", is_recalled(r) ? S("true") : S("false"));
        out_c(o, "} 1\n");
}

void smc26_prometheus_add(struct report_writer *w, const struct verdict *r) {
        struct str host = host_of(w, r);
        struct counts c;
        struct vex x;

        smc_look(&x, &w->kept, r);
        c = count(&x);
        about(w, r, host);
        for (ptrdiff_t i = 0; i < x.names.count; i++) {
                const struct vex_name *n = &x.names.items[i];
                struct out *o;

                if (!n->cve)
                        continue;
                o = series(w, STATUSES, host);
                smc_label(o, ",cve", n->name);
                smc_label(o, ",name", n->title);
                smc_label(o, ",cpu_affected", hardware_has(r, n->name) ? S("true") : S("false"));
                out_fmt(o, "} %s\n", smc_words[n->groups.items[0].status].number);
        }
        out_fmt(series(w, OPEN, host), "} %u\n", c.open);
        out_fmt(series(w, UNKNOWNS, host), "} %u\n", c.unknown);
}

void smc26_prometheus_end(struct report_writer *w) {
        int64_t seconds;

        for (int f = 0; f < FAMILY_COUNT; f++) {
                out_fmt(w->out, "# HELP %s %s\n# TYPE %s gauge\n", families[f].name, families[f].help, families[f].name);
                out_str(w->out, out_text(&w->later[f]));
        }
        if (date_seconds(w->style->now, &seconds))
                out_fmt(w->out, "# HELP smc_last_scan_timestamp_seconds When this was written\n"
                                "# TYPE smc_last_scan_timestamp_seconds gauge\nsmc_last_scan_timestamp_seconds %lld\n", (long long)seconds);
}
