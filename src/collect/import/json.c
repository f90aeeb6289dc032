/* JSON of other tools, through jansson. */
#include "collect/import/parts.h"

#include <jansson.h>

static struct str text_of(const json_t *object, const char *key) {
        return str_of(json_string_value(json_object_get(object, key)));
}

/* ---- lscpu -J: {"lscpu": [{"field": "Architecture:", "data": "x86_64", "children": […]}]} ----------------------------------- */

static void lscpu_fields(struct evidence *e, const struct catalog *c, struct import_cpu *cpu, const json_t *fields, int depth) {
        const json_t *field;
        size_t i;

        if (depth > 8)
                return;
        json_array_foreach(fields, i, field) {
                struct str name = text_of(field, "field");

                if (str_ends(name, S(":")))
                        name.len--;
                import_lscpu_line(e, c, cpu, name, text_of(field, "data"));
                lscpu_fields(e, c, cpu, json_object_get(field, "children"), depth + 1);
        }
}

/* Strings belong to the JSON value: what is kept is copied by import_cpu before it goes. */
static int lscpu(struct evidence *e, const struct catalog *c, const json_t *root) {
        struct import_cpu cpu = { 0 };

        lscpu_fields(e, c, &cpu, json_object_get(root, "lscpu"), 0);
        import_lscpu_done(e, &cpu);
        return 0;
}

/* ---- spectre-meltdown-checker ------------------------------------------------------------------------------------------------ */

/* Only what the kernel itself may have said. */
static bool is_sentence(struct str text) {
        return str_starts(text, S("Mitigation: ")) || str_starts(text, S("Not affected")) ||
               str_starts(text, S("Vulnerable")) || str_starts(text, S("KVM: ")) || str_starts(text, S("Unknown: ")) ||
               str_eq(text, S("Processor vulnerable"));
}

/* The kernel's sentence for a CVE, where one file answers for it. */
static void checker_finding(struct evidence *e, const struct catalog *c, struct str cve, struct str sentence) {
        const struct flaw *f = catalog_flaw(c, cve);

        if (f && f->sentence_file && f->sentence_part == 0 && is_sentence(sentence))
                (void)import_vulnerability(e, c, c->files[f->sentence_file - 1].file, sentence);
}

static int checker_old(struct evidence *e, const struct catalog *c, const json_t *root) {
        const json_t *one;
        size_t i;

        json_array_foreach(root, i, one)
                checker_finding(e, c, text_of(one, "CVE"), text_of(one, "INFOS"));
        evidence_add_line(e, RECORD_META, S("processor"), S("none"));
        import_meta(e, "spectre-meltdown-checker: what it quotes of the kernel's sentences; its own verdicts are not taken over");
        return 0;
}

static struct str number_of(struct evidence *e, const json_t *object, const char *key) {
        const json_t *v = json_object_get(object, key);

        return json_is_integer(v) ? str_fmt(e->arena, "%lld", (long long)json_integer_value(v)) : str_of(json_string_value(v));
}

static void checker_cpu(struct evidence *e, const json_t *root) {
        const json_t *cpu = json_object_get(root, "cpu"), *x86 = json_object_get(cpu, "x86");
        const json_t *guest = json_object_get(json_object_get(root, "system"), "guest_vm");
        struct import_cpu made = {
                .vendor = text_of(cpu, "vendor"),
                .name = text_of(cpu, "friendly_name"),
                .family = number_of(e, x86, "family"),
                .model = number_of(e, x86, "model"),
                .stepping = number_of(e, x86, "stepping"),
                .microcode = text_of(json_object_get(root, "cpu_microcode"), "installed_version"),
                .flags = json_is_true(guest) ? S("hypervisor") : S(""),
        };

        if (made.family.len > 0)
                import_cpu(e, &made);
        else
                evidence_add_line(e, RECORD_META, S("processor"), S("none"));
}

static int checker_new(struct evidence *e, const struct catalog *c, const json_t *root) {
        const json_t *machine = json_object_get(root, "system"), *one;
        struct str release = text_of(machine, "kernel_release"), cmdline = text_of(machine, "kernel_cmdline");
        const json_t *smt = json_object_get(machine, "smt_enabled");
        size_t i;

        json_array_foreach(json_object_get(root, "vulnerabilities"), i, one)
                checker_finding(e, c, text_of(one, "cve"), text_of(one, "sysfs_message"));
        if (release.len > 0)
                evidence_add_line(e, RECORD_UNAME, S(""), str_fmt(e->arena, "Linux %.*s %.*s", STR_ARG(release),
                                                                  STR_ARG(text_of(machine, "kernel_arch"))));
        if (cmdline.len > 0)
                evidence_add_file(e, S("/proc/cmdline"), cmdline);
        if (json_is_boolean(smt))
                evidence_add_file(e, S("/sys/devices/system/cpu/smt/active"), json_is_true(smt) ? S("1") : S("0"));
        checker_cpu(e, root);
        import_meta(e, "spectre-meltdown-checker: kernel, processor and the kernel's sentences; its own verdicts are not taken over");
        return 0;
}

int import_json(struct evidence *e, const struct catalog *c, struct str text, struct diag *d) {
        json_error_t error;
        json_t *root = json_loadb(text.p, (size_t)text.len, JSON_REJECT_DUPLICATES, &error);
        int status = IMPORT_UNKNOWN;

        if (!root)
                return diag_fail_at(d, str_to_c(e->arena, e->source), error.line, "not valid JSON: %s", error.text);
        if (json_is_array(json_object_get(root, "lscpu")))
                status = lscpu(e, c, root);
        else if (json_is_array(json_object_get(root, "vulnerabilities")))
                status = checker_new(e, c, root);
        else if (json_object_get(json_array_get(root, 0), "CVE"))
                status = checker_old(e, c, root);
        json_decref(root);
        return status;
}
