/* What inventories keep of a machine, continued: osquery, facter, Kubernetes' nodes with their feature labels, hwinfo. None of them tells
 * what the kernel does about flaws. */
#include "collect/import/parts.h"

static struct import_cpu *first_cpu(struct import *im, struct import_host *h) {
        return h->cpus.count > 0 ? &h->cpus.items[0] : arena_append(im->arena, &h->cpus);
}

/* ---- osquery: arrays of objects of strings, each a row of a table ---- */

static bool is_kernel_info(const struct json_value *v) {
        return json_get(v, S("arguments")) && json_get(v, S("version")) && json_get(v, S("path"));
}

static bool is_system_info(const struct json_value *v) {
        return json_get(v, S("cpu_brand")) && json_get(v, S("cpu_subtype"));
}

static const struct json_value *row_at(const struct json_value *root, ptrdiff_t i) {
        return root->type == JSON_ARRAY ? (i < root->count ? &root->items[i] : NULL) : i == 0 ? root : NULL;
}

static bool is_osquery(struct import *im, const struct json_value *root) {
        const struct json_value *first = row_at(root, 0);

        (void)im;
        return first && first->type == JSON_OBJECT && (is_kernel_info(first) || is_system_info(first));
}

/* A Windows' version here is its kernel's file version, "10.0.19045.1"; its arguments are no command line that is understood here. */
static void read_kernel_info(struct import *im, struct import_host *h, const struct json_value *v) {
        struct str version = json_text(v, S("version")), arguments = json_text(v, S("arguments"));

        if (str_starts(version, S("10.0.")) || str_find(json_text(v, S("path")), S("\\")) >= 0) {
                import_uname(h, S("Windows"), S(""), S(""));
                return;
        }
        import_uname(h, S("Linux"), version, S(""));
        if (arguments.len > 0)
                import_file_text(im, h, S("/proc/cmdline"), arguments);
}

/* The table of the system is Windows' and macOS', too. */
static int read_osquery(struct import *im, const struct json_value *root) {
        const struct json_value *v;

        for (ptrdiff_t i = 0; (v = row_at(root, i)); i++) {
                struct import_host *h = import_host(im, json_text(v, S("hostname")));

                if (is_kernel_info(v))
                        read_kernel_info(im, h, v);
                if (!is_system_info(v))
                        continue;
                import_uname(h, S(""), S(""), json_text(v, S("cpu_type")));
                first_cpu(im, h)->name = json_text(v, S("cpu_brand"));
                first_cpu(im, h)->microcode = json_text(v, S("cpu_microcode"));
                import_note(h, "osquery tells the processor's model without its family and maker");
        }
        return 0;
}

const struct reader reader_osquery = {
        .format = { .name = "osquery", .title = "osquery's kernel_info and system_info",
                    .carries = "osquery: kernel, command line, the processor's name and microcode; no protection" },
        .lacks = LACKS_KERNEL | LACKS_SYSTEM,
        .in_json = is_osquery,
        .read_json = read_osquery,
};

/* ---- facter ---- */

static bool is_facter(struct import *im, const struct json_value *root) {
        (void)im;
        return root->type == JSON_OBJECT && json_get(root, S("kernelrelease")) && (json_get(root, S("processors")) || json_get(root, S("virtual"))) &&
               !json_member(root, S("cpuarch"));
}

static int read_facter(struct import *im, const struct json_value *root) {
        struct import_host *h = import_host(im, json_text(root, S("networking.hostname")));
        struct str kernel = json_text(root, S("kernel")), arch = json_path(root, S("os.hardware")) ? json_text(root, S("os.hardware")) : json_text(root, S("processors.isa"));
        const struct json_value *guest = json_get(root, S("is_virtual")), *models = json_path(root, S("processors.models"));
        const struct json_value *model = models ? json_item(models, 0) : json_get(root, S("processor0"));

        arch = import_placeholder(arch) ? json_text(root, S("hardwaremodel")) : arch;
        if (kernel.len > 0 && !str_eq_nocase(kernel, S("linux")) && !str_eq_nocase(kernel, S("windows")))
                return diag_fail_class(im->diag, DIAG_INPUT, "'%.*s' are facts of %.*s: only Linux and Windows are judged", STR_ARG(im->source), STR_ARG(kernel));
        import_uname(h, str_eq_nocase(kernel, S("windows")) ? S("Windows") : S("Linux"), json_text(root, S("kernelrelease")), arch);
        if (guest && guest->type == JSON_TRUE)
                import_guest(h, json_text(root, S("virtual")));
        if (!model || import_json_text(model).len == 0)
                return 0;
        first_cpu(im, h)->name = import_json_text(model);
        first_cpu(im, h)->vendor = import_vendor_of(import_json_text(model));
        return 0;
}

const struct reader reader_facter = {
        .format = { .name = "facter", .title = "facter --json",
                    .carries = "facter: kernel, whether it is a guest, the processor's name; nothing of its numbers or of protection" },
        .tree = true,
        .lacks = LACKS_KERNEL | LACKS_PROCESSOR,
        .in_json = is_facter,
        .read_json = read_facter,
};

/* ---- Kubernetes' nodes, with the labels of node-feature-discovery where they are there ---- */

static const struct json_value *items_of(const struct json_value *root) {
        const struct json_value *items = json_get(root, S("items"));

        return items && items->type == JSON_ARRAY ? items : root;
}

static const struct json_value *node_info(const struct json_value *node) {
        return json_path(node, S("status.nodeInfo.kernelVersion")) ? json_path(node, S("status.nodeInfo")) : NULL;
}

static bool is_nodes(struct import *im, const struct json_value *root) {
        const struct json_value *first = row_at(items_of(root), 0);

        (void)im;
        return first && first->type == JSON_OBJECT && node_info(first) != NULL;
}

/* Features that are there, as the kernel calls them. Old releases know fewer: one that is not there says nothing. */
static const struct {
        struct str label, flag;
} features[] = {
        { STR("MD_CLEAR"), STR("md_clear") },   { STR("FLUSH_L1D"), STR("flush_l1d") },     { STR("IA32_ARCH_CAP"), STR("arch_capabilities") },
        { STR("IBPB"), STR("ibpb") },           { STR("IBRS"), STR("ibrs") },               { STR("STIBP"), STR("stibp") },
        { STR("SPEC_CTRL_SSBD"), STR("ssbd") }, { STR("HYPERVISOR"), STR("hypervisor") },
};

static void read_labels(struct import *im, struct import_host *h, const struct json_value *labels) {
        static const struct str model = STR("feature.node.kubernetes.io/cpu-model."), feature = STR("feature.node.kubernetes.io/cpu-cpuid.");
        struct import_cpu *cpu = NULL;

        for (ptrdiff_t i = 0; labels && labels->type == JSON_OBJECT && i < labels->count; i++) {
                struct str key = labels->members[i].key, value = import_json_text(&labels->members[i].value);

                if (!str_starts(key, model) && !str_starts(key, feature))
                        continue;
                cpu = first_cpu(im, h);
                if (str_eq(str_from(key, model.len), S("vendor_id")))
                        cpu->vendor = str_eq(value, S("Intel")) ? S("GenuineIntel") : str_eq(value, S("AMD")) ? S("AuthenticAMD") : value;
                else if (str_eq(str_from(key, model.len), S("family")))
                        cpu->family = import_decimal(im->arena, value, false);
                else if (str_eq(str_from(key, model.len), S("id")))
                        cpu->model = import_decimal(im->arena, value, false);
                else if (str_eq(str_from(key, model.len), S("hypervisor")))
                        import_guest(h, value);
                for (size_t k = 0; k < sizeof(features) / sizeof(features[0]); k++)
                        if (str_eq(str_from(key, feature.len), features[k].label) && str_eq(value, S("true")))
                                cpu->flags = str_fmt(im->arena, "%.*s%s%.*s", STR_ARG(cpu->flags), cpu->flags.len ? " " : "", STR_ARG(features[k].flag));
        }
}

static void read_fact(struct import *im, struct import_host *h, struct str path, struct str value) {
        if (!import_placeholder(value) && str_find_char(value, '\n') < 0)
                import_file_text(im, h, path, value);
}

/* What facts ask of a node, by their paths: the beginning of its provider's id, the value of a label, that a label is there. Ids and the names
 * of clusters are nobody else's business. */
static void read_whose(struct import *im, struct import_host *h, const struct json_value *node) {
        static const struct str provider = STR("kubernetes:provider"), label = STR("kubernetes:label/"), labelled = STR("kubernetes:labelled/");
        const struct json_value *labels = json_path(node, S("metadata.labels"));

        for (uint32_t i = 0; i < im->catalog->fact_count; i++) {
                struct str path = im->catalog->facts[i].kind == FACT_KIND_FILE ? T(im->catalog->facts[i].text) : S(""), id;

                if (str_eq(path, provider)) {
                        id = json_text(node, S("spec.providerID"));
                        if (str_find(id, S("://")) > 0)
                                read_fact(im, h, path, str_sub(id, 0, str_find(id, S("://"))));
                } else if (labels && str_starts(path, label)) {
                        read_fact(im, h, path, import_json_text(json_get(labels, str_from(path, label.len))));
                } else if (labels && str_starts(path, labelled) && json_get(labels, str_from(path, labelled.len))) {
                        read_fact(im, h, path, S("yes"));
                }
        }
}

static int read_nodes(struct import *im, const struct json_value *root) {
        const struct json_value *node;

        for (ptrdiff_t i = 0; (node = row_at(items_of(root), i)); i++) {
                const struct json_value *info = node_info(node);
                struct import_host *h = import_host(im, json_text(node, S("metadata.name")));
                struct str arch = json_text(info, S("architecture"));

                if (!info)
                        continue;
                if (str_eq(json_text(info, S("operatingSystem")), S("windows")))
                        import_uname(h, S("Windows"), json_text(info, S("kernelVersion")), S(""));
                else
                        import_uname(h, S("Linux"), json_text(info, S("kernelVersion")),
                                     str_eq(arch, S("amd64")) ? S("x86_64") : str_eq(arch, S("arm64")) ? S("aarch64") : arch);
                read_labels(im, h, json_path(node, S("metadata.labels")));
                read_whose(im, h, node);
        }
        return 0;
}

const struct reader reader_nodes = {
        .format = { .name = "kubernetes-nodes", .title = "kubectl get nodes -o json",
                    .carries = "Kubernetes' nodes: the kernel that runs, whose machine it is, and the processor where node-feature-discovery labels it; no protection" },
        .lacks = LACKS_KERNEL,
        .tree = true,
        .in_json = is_nodes,
        .read_json = read_nodes,
};

/* ---- hwinfo --cpu ---- */

static bool is_hwinfo(struct import *im, const struct lines *l) {
        bool head = false, model = false;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count && !(head && model); i++) {
                struct str line = str_trim(l->items[i].text);

                head |= str_find(line, S(": None 00.0: 10103 CPU")) >= 0;
                model |= head && str_starts(line, S("Model: ")) && str_find_char(line, '"') > 0;
        }
        return head && model;
}

/* "6.142.10 \"Intel(R) Core(TM) …\"" */
static void read_model(struct import *im, struct import_cpu *cpu, struct str value) {
        struct str numbers, part[3], rest = value;
        int n = 0;

        if (!str_word(&rest, &numbers))
                return;
        while (n < 3 && str_cut(&numbers, '.', &part[n]))
                n++;
        if (n != 3)
                return;
        cpu->family = import_decimal(im->arena, part[0], false);
        cpu->model = import_decimal(im->arena, part[1], false);
        cpu->stepping = import_decimal(im->arena, part[2], false);
        cpu->name = import_unquoted(rest);
}

static struct str with_blanks(struct arena *a, struct str list) {
        char *p = arena_bytes(a, list.len + 1);

        for (ptrdiff_t i = 0; i < list.len; i++)
                p[i] = list.p[i] == ',' ? ' ' : list.p[i];
        return str_n(p, list.len);
}

static int read_hwinfo(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct import_cpu *cpu = NULL;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text), label, value;

                if (l->items[i].taken)
                        continue;
                if (str_find(line, S(": None 00.0: 10103 CPU")) >= 0)
                        cpu = arena_append(im->arena, &h->cpus);
                else if (line.len == 0)
                        cpu = NULL;
                if (!cpu)
                        continue;
                l->items[i].taken = true;
                if (!import_label(line, &label, &value))
                        continue;
                if (str_eq(label, S("Vendor")))
                        cpu->vendor = import_unquoted(value);
                else if (str_eq(label, S("Model")))
                        read_model(im, cpu, value);
                else if (str_eq(label, S("Features")))
                        cpu->flags = with_blanks(im->arena, value);
                else if (str_eq(label, S("Bugs")))
                        cpu->bugs = with_blanks(im->arena, value);
        }
        return 0;
}

const struct reader reader_hwinfo = {
        .format = { .name = "hwinfo", .title = "hwinfo --cpu", .carries = "hwinfo: the processor; nothing of the kernel" },
        .lacks = LACKS_KERNEL,
        .in_lines = is_hwinfo,
        .read_lines = read_hwinfo,
};
