/* What inventories keep of a machine: Ansible's facts, Chef's ohai. */
#include "collect/import/lscpu.h"

/* ---- Ansible: {"ansible_facts": {"ansible_kernel": …}}, a cached file of the facts alone, or facts without their prefix ---- */

static const struct json_value *fact_of(const struct json_value *facts, const char *name) {
        static const struct str prefix = STR("ansible_");
        struct str plain = str_of(name);

        for (ptrdiff_t i = 0; facts && facts->type == JSON_OBJECT && i < facts->count; i++) {
                struct str key = facts->members[i].key;

                if (str_eq(str_starts(key, prefix) ? str_from(key, prefix.len) : key, plain))
                        return &facts->members[i].value;
        }
        return NULL;
}

static struct str fact_text(const struct json_value *facts, const char *name) {
        const struct json_value *v = fact_of(facts, name);

        return v && v->type == JSON_STRING ? v->text : S("");
}

static const struct json_value *ansible_facts(const struct json_value *root) {
        const struct json_value *inner = json_member(root, S("ansible_facts")), *facts = inner ? inner : root;

        if (!fact_of(facts, "kernel") || !fact_of(facts, "architecture"))
                return NULL;
        return inner || json_member(facts, S("ansible_kernel")) || fact_of(facts, "virtualization_role") || fact_of(facts, "proc_cmdline") ? facts : NULL;
}

static bool is_ansible(struct import *im, const struct json_value *root) {
        (void)im;
        return ansible_facts(root) != NULL;
}

/* ["0", "GenuineIntel", "Intel(R) Xeon(R) …", "1", …]: of each logical CPU; the first stands for all, if all say the same. */
static void add_processor(struct import *im, struct import_host *h, const struct json_value *list) {
        struct str vendor = { 0 }, name = { 0 };
        bool same = true;

        for (ptrdiff_t i = 0; list && list->type == JSON_ARRAY && i < list->count; i++) {
                struct str text = import_json_text(&list->items[i]), *have = NULL;
                uint64_t number;

                if (str_to_u64(text, &number))
                        continue;
                have = str_find_char(text, ' ') < 0 && (str_starts(text, S("Genuine")) || str_starts(text, S("Authentic")) || str_starts(text, S("Hygon")))
                               ? &vendor : &name;
                same &= have->len == 0 || str_eq(*have, text);
                *have = text;
        }
        if (same && (vendor.len > 0 || name.len > 0))
                *arena_append(im->arena, &h->cpus) = (struct import_cpu){ .vendor = vendor.len ? vendor : import_vendor_of(name), .name = name };
}

/* "10.0.20348.0": the last number is not the revision that updates count up. */
static void add_windows(struct import *im, struct import_host *h, struct str version) {
        struct str part[3], rest = version;
        int n = 0;

        while (n < 3 && str_cut(&rest, '.', &part[n]))
                n++;
        if (n == 3)
                import_uname(h, S("Windows"), str_fmt(im->arena, "%.*s.%.*s.%.*s", STR_ARG(part[0]), STR_ARG(part[1]), STR_ARG(part[2])), S(""));
        else
                import_uname(h, S("Windows"), S(""), S(""));
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
        const struct json_value *facts = ansible_facts(root), *line = fact_of(facts, "proc_cmdline");
        struct import_host *h = import_host(im, fact_text(facts, "nodename"));
        struct str os = fact_text(facts, "system");

        add_processor(im, h, fact_of(facts, "processor"));
        if (str_eq(os, S("Win32NT"))) {
                add_windows(im, h, fact_text(facts, "kernel"));
                import_note(h, "Ansible keeps nothing of what Windows does about flaws: let it fetch what `sidelight collect` writes");
                return 0;
        }
        if (os.len > 0 && !str_eq(os, S("Linux")))
                return diag_fail_class(im->diag, DIAG_INPUT, "'%.*s' are facts of %.*s: only Linux and Windows are judged", STR_ARG(im->source), STR_ARG(os));
        import_uname(h, S("Linux"), fact_text(facts, "kernel"), fact_text(facts, "architecture"));
        add_parameters(im, h, line ? line : fact_of(facts, "cmdline"));
        if (str_eq(fact_text(facts, "virtualization_role"), S("guest")))
                import_guest(h, fact_text(facts, "virtualization_type"));
        import_note(h, "Ansible keeps neither the processor's numbers nor the kernel's sentences: let it fetch what `sidelight collect` writes");
        return 0;
}

const struct reader reader_ansible = {
        .format = { .name = "ansible", .title = "Ansible's setup module",
                    .carries = "Ansible's facts: kernel, command line, whether it is a guest, the processor's name; nothing of protection" },
        .tree = true,
        .in_json = is_ansible,
        .read_json = read_ansible,
};

/* ---- ohai: lscpu's words in another frame ---- */

/* `ohai cpu` prints that plugin alone, without its name. */
static const struct json_value *ohai_cpu(const struct json_value *v) {
        const struct json_value *cpu = json_get(v, S("cpu"));

        cpu = cpu && cpu->type == JSON_OBJECT ? cpu : v;
        return json_member(cpu, S("vendor_id")) && json_member(cpu, S("family")) && json_member(cpu, S("flags")) ? cpu : NULL;
}

static const struct json_value *ohai_root(const struct json_value *root) {
        const struct json_value *automatic = json_get(root, S("automatic")), *v = automatic ? automatic : root;

        return (json_path(v, S("kernel.release")) && json_get(v, S("cpu"))) || ohai_cpu(v) ? v : NULL;
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
        const struct json_value *v = ohai_root(root), *cpu = ohai_cpu(v) ? ohai_cpu(v) : json_get(v, S("cpu"));
        const struct json_value *words = json_get(cpu, S("vulnerability")), *first = json_member(cpu, S("0"));
        struct import_host *h = import_host(im, json_text(v, S("hostname")));

        import_uname(h, S("Linux"), json_text(v, S("kernel.release")), json_text(v, S("kernel.machine")));
        if (!json_member(cpu, S("vendor_id")) && first) /* before ohai 16.12: each logical CPU by its number */
                cpu = first;
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

/* ---- salt's grains: of one minion, or of each by its name ---- */

static bool is_grains(const struct json_value *v) {
        return v->type == JSON_OBJECT && json_member(v, S("kernelrelease")) && (json_member(v, S("cpuarch")) || json_member(v, S("cpu_flags")));
}

static bool is_salt(struct import *im, const struct json_value *root) {
        (void)im;
        return is_grains(root) || (root->type == JSON_OBJECT && root->count > 0 && is_grains(&root->members[0].value));
}

/* [["BOOT_IMAGE", "/vmlinuz"], ["quiet", null]] */
static void add_words(struct import *im, struct import_host *h, const struct json_value *list) {
        OUT_AUTO struct out all = { 0 };

        for (ptrdiff_t i = 0; i < json_count(list); i++) {
                const struct json_value *pair = json_item(list, i);
                struct str name = import_json_text(json_item(pair, 0)), value = import_json_text(json_item(pair, 1));

                if (name.len > 0)
                        out_fmt(&all, "%s%.*s%s%.*s", all.len ? " " : "", STR_ARG(name), import_placeholder(value) ? "" : "=",
                                STR_ARG(import_placeholder(value) ? S("") : value));
        }
        if (all.len > 0)
                import_file_text(im, h, S("/proc/cmdline"), out_text(&all));
}

/* "physical" is what salt finds where it sees no sign; containers are no guests by that. */
static void add_guest(struct import_host *h, struct str virtual, struct str below) {
        static const struct str others[] = { STR("physical"), STR("container"), STR("LXC"), STR("Docker"), STR("openvzhn"), STR("openvzve") };

        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
                if (str_eq_nocase(virtual, others[i]))
                        return;
        if (virtual.len > 0 && str_find(below, S("Dom0")) < 0)
                import_guest(h, virtual);
}

static void read_grains(struct import *im, const struct json_value *v, struct str name) {
        struct import_host *h = import_host(im, name.len ? name : json_text(v, S("id")));
        struct str kernel = json_text(v, S("kernel")), arch = json_text(v, S("cpuarch")), model = json_text(v, S("cpu_model"));
        bool x86 = str_eq(arch, S("x86_64")) || str_eq(arch, S("i686")) || str_eq(arch, S("AMD64"));
        struct import_cpu cpu = { .name = model, .vendor = import_vendor_of(model) };

        if (str_eq(kernel, S("Windows"))) {
                add_windows(im, h, json_text(v, S("kernelversion")));
        } else {
                import_uname(h, S("Linux"), json_text(v, S("kernelrelease")), arch);
                add_words(im, h, json_member(v, S("kernelparams")));
                if (x86)
                        cpu.flags = joined(im, json_member(v, S("cpu_flags")));
        }
        if (model.len > 0 || cpu.flags.len > 0)
                *arena_append(im->arena, &h->cpus) = cpu;
        add_guest(h, json_text(v, S("virtual")), json_text(v, S("virtual_subtype")));
}

static int read_salt(struct import *im, const struct json_value *root) {
        if (is_grains(root))
                read_grains(im, root, S(""));
        for (ptrdiff_t i = 0; !is_grains(root) && i < root->count; i++)
                if (is_grains(&root->members[i].value))
                        read_grains(im, &root->members[i].value, root->members[i].key);
        return 0;
}

const struct reader reader_salt = {
        .format = { .name = "salt", .title = "salt's grains",
                    .carries = "salt's grains: kernel, command line, the processor's name and flags; neither its numbers nor protection" },
        .lacks = LACKS_KERNEL,
        .tree = true,
        .in_json = is_salt,
        .read_json = read_salt,
};
