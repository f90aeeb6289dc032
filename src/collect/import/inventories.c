/* What inventories keep of a machine: Ansible's facts, Chef's ohai. */
#include "collect/import/lscpu.h"

/* ---- Ansible: {"ansible_facts": {"ansible_kernel": …}}, or a cached file of the facts alone ---- */

static const struct json_value *ansible_facts(const struct json_value *root) {
        const struct json_value *inner = json_get(root, S("ansible_facts")), *facts = inner ? inner : root;

        return json_get(facts, S("ansible_kernel")) && json_get(facts, S("ansible_architecture")) ? facts : NULL;
}

static bool is_ansible(struct import *im, const struct json_value *root) {
        (void)im;
        return ansible_facts(root) != NULL;
}

/* {"ro": true, "mitigations": "off"}; a parameter given several times is a list of values. */
static void add_parameters(struct import *im, struct import_host *h, const struct json_value *line) {
        OUT_AUTO struct out all = { 0 };

        for (ptrdiff_t i = 0; line && line->type == JSON_OBJECT && i < line->count; i++) {
                const struct json_value *v = &line->members[i].value;
                ptrdiff_t count = v->type == JSON_ARRAY ? v->count : 1;

                for (ptrdiff_t k = 0; k < count; k++) {
                        const struct json_value *one = v->type == JSON_ARRAY ? &v->items[k] : v;
                        struct str value = one->type == JSON_STRING ? one->text : S("");

                        out_fmt(&all, "%s%.*s%s%.*s", all.len ? " " : "", STR_ARG(line->members[i].key), value.len ? "=" : "", STR_ARG(value));
                }
        }
        if (all.len > 0)
                import_file_text(im, h, S("/proc/cmdline"), out_text(&all));
}

static int read_ansible(struct import *im, const struct json_value *root) {
        const struct json_value *facts = ansible_facts(root), *line = json_get(facts, S("ansible_proc_cmdline"));
        struct import_host *h = import_host(im, json_text(facts, S("ansible_nodename")));
        struct str os = json_text(facts, S("ansible_system"));

        if (os.len > 0 && !str_eq(os, S("Linux")))
                return diag_fail_class(im->diag, DIAG_INPUT, "'%.*s' are facts of %.*s: only Linux and Windows are judged", STR_ARG(im->source), STR_ARG(os));
        import_uname(h, S("Linux"), json_text(facts, S("ansible_kernel")), json_text(facts, S("ansible_architecture")));
        add_parameters(im, h, line ? line : json_get(facts, S("ansible_cmdline")));
        if (str_eq(json_text(facts, S("ansible_virtualization_role")), S("guest")))
                import_guest(h, json_text(facts, S("ansible_virtualization_type")));
        import_note(h, "Ansible keeps neither the processor's numbers nor the kernel's sentences: let it fetch what `sidelight collect` writes");
        return 0;
}

const struct reader reader_ansible = {
        .format = { .name = "ansible", .title = "Ansible's setup module",
                    .carries = "Ansible's facts: kernel, command line, whether it is a guest; nothing of the processor or of protection" },
        .in_json = is_ansible,
        .read_json = read_ansible,
};

/* ---- ohai: lscpu's words in another frame ---- */

static const struct json_value *ohai_root(const struct json_value *root) {
        const struct json_value *automatic = json_get(root, S("automatic")), *v = automatic ? automatic : root;

        return json_path(v, S("kernel.release")) && json_get(v, S("cpu")) ? v : NULL;
}

static bool is_ohai(struct import *im, const struct json_value *root) {
        (void)im;
        return ohai_root(root) != NULL;
}

static struct str joined(struct import *im, const struct json_value *words) {
        OUT_AUTO struct out all = { 0 };

        for (ptrdiff_t i = 0; words && words->type == JSON_ARRAY && i < words->count; i++)
                out_fmt(&all, "%s%.*s", i ? " " : "", STR_ARG(words->items[i].text));
        return str_dup(im->arena, out_text(&all));
}

static int read_ohai(struct import *im, const struct json_value *root) {
        const struct json_value *v = ohai_root(root), *cpu = json_get(v, S("cpu")), *words = json_get(cpu, S("vulnerability"));
        struct import_host *h = import_host(im, json_text(v, S("hostname")));

        import_uname(h, S("Linux"), json_text(v, S("kernel.release")), json_text(v, S("kernel.machine")));
        lscpu_field(im, h, S("Vendor ID"), json_text(cpu, S("vendor_id")), false);
        lscpu_field(im, h, S("CPU family"), import_json_text(json_get(cpu, S("family"))), false);
        lscpu_field(im, h, S("Model"), import_json_text(json_get(cpu, S("model"))), false);
        lscpu_field(im, h, S("Model name"), json_text(cpu, S("model_name")), false);
        lscpu_field(im, h, S("Stepping"), import_json_text(json_get(cpu, S("stepping"))), false);
        lscpu_field(im, h, S("Flags"), joined(im, json_get(cpu, S("flags"))), false);
        lscpu_field(im, h, S("Hypervisor vendor"), json_text(cpu, S("hypervisor_vendor")), false);
        for (ptrdiff_t i = 0; words && words->type == JSON_OBJECT && i < words->count; i++)
                lscpu_field(im, h, str_fmt(im->arena, "Vulnerability %.*s", STR_ARG(words->members[i].key)),
                            import_json_text(&words->members[i].value), false);
        lscpu_done(im, h);
        return 0;
}

const struct reader reader_ohai = {
        .format = { .name = "ohai", .title = "ohai, a Chef node",
                    .carries = "ohai: the kernel's sentences, its version and the processor; no command line, microcode or register" },
        .in_json = is_ohai,
        .read_json = read_ohai,
};
