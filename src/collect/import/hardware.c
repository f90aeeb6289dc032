/* Lists of hardware and of settings: lshw, the readable output of cpuid, sysctl, hostnamectl as JSON. */
#include "collect/import/parts.h"

/* ---- lshw -C cpu ---- */

/* "6.142.10": family, model, stepping, since lshw 2.19; before, the firmware's text. */
static bool is_numbers(struct str value, struct str *part) {
        uint64_t number;
        int n = 0;

        while (n < 3 && str_cut(&value, '.', &part[n]))
                if (!str_to_u64(part[n++], &number))
                        return false;
        return n == 3 && value.len == 0;
}

static struct str maker_of(struct str vendor, struct str product) {
        static const struct {
                struct str word, vendor;
        } rows[] = { { STR("Intel"), STR("GenuineIntel") }, { STR("Advanced Micro Devices"), STR("AuthenticAMD") }, { STR("AMD"), STR("AuthenticAMD") },
                     { STR("Hygon"), STR("HygonGenuine") } };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_find(vendor, rows[i].word) >= 0)
                        return rows[i].vendor;
        return import_vendor_of(product);
}

static void add_flag(struct arena *a, struct import_cpu *cpu, struct str word) {
        word = str_eq(word, S("x86-64")) ? S("lm") : word;
        str_join(a, &cpu->flags, &cpu->flags_room, ' ', word);
}

/* "cores=4 enabledcores=4 microcode=244 threads=8": decimal. */
static void take_configuration(struct arena *a, struct import_cpu *cpu, struct str value) {
        static const struct str name = STR("microcode=");
        struct str word;
        uint64_t n;

        while (str_word(&value, &word))
                if (str_starts(word, name) && str_to_u64(str_from(word, name.len), &n) && n > 0)
                        cpu->microcode = str_fmt(a, "0x%llx", (unsigned long long)n);
}

static void take_version(struct import_cpu *cpu, struct str version, struct str vendor) {
        struct str part[3];

        cpu->vendor = maker_of(vendor, cpu->name);
        if (!is_numbers(version, part) || cpu->vendor.len == 0)
                return;
        cpu->family = part[0];
        cpu->model = part[1];
        cpu->stepping = part[2];
}

/* "  *-cpu", "*-cpu:0"; what is off ("DISABLED") is not there. */
static bool is_lshw_cpu(struct str line) {
        return (str_eq(line, S("*-cpu")) || str_starts(line, S("*-cpu:"))) && str_find(line, S("DISABLED")) < 0;
}

static bool is_lshw(struct import *im, const struct lines *l) {
        bool cpu = false;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text);

                if (str_starts(line, S("*-")))
                        cpu = is_lshw_cpu(line);
                else if (cpu && (str_starts(line, S("product: ")) || str_starts(line, S("version: "))))
                        return true;
        }
        return false;
}

static int read_lshw(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct import_cpu *cpu = NULL;
        struct str vendor = { 0 }, version = { 0 };

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text), label, value, word;

                if (str_starts(line, S("*-")) || line.len == 0) {
                        if (cpu)
                                take_version(cpu, version, vendor);
                        cpu = is_lshw_cpu(line) ? arena_append(im->arena, &h->cpus) : NULL;
                        vendor = version = S("");
                        l->items[i].taken |= cpu != NULL;
                        continue;
                }
                if (!cpu || import_indent(l->items[i].text) == 0 || !import_label(line, &label, &value))
                        continue;
                l->items[i].taken = true;
                if (str_eq(label, S("product")))
                        cpu->name = value;
                else if (str_eq(label, S("vendor")))
                        vendor = value;
                else if (str_eq(label, S("version")))
                        version = value;
                else if (str_eq(label, S("configuration")))
                        take_configuration(im->arena, cpu, value);
                else if (str_eq(label, S("capabilities")))
                        while (str_word(&value, &word))
                                add_flag(im->arena, cpu, word);
        }
        if (cpu)
                take_version(cpu, version, vendor);
        return 0;
}

static const char lshw_carries[] = "lshw: the processor; nothing of the kernel";

const struct reader reader_lshw = {
        .format = { .name = "lshw", .title = "lshw -C cpu", .carries = lshw_carries },
        .lacks = LACKS_KERNEL,
        .in_lines = is_lshw,
        .read_lines = read_lshw,
};

enum { LEVELS_MAX = 16 };

static bool is_json_cpu(const struct json_value *v) {
        return str_eq(json_text(v, S("class")), S("processor")) && json_get(v, S("product")) && json_get(v, S("id"));
}

/* Every processor of the tree. */
static void read_json_cpus(struct import *im, struct import_host *h, const struct json_value *v, int level) {
        if (level > LEVELS_MAX)
                return;
        for (ptrdiff_t i = 0; v->type == JSON_ARRAY && i < v->count; i++)
                read_json_cpus(im, h, &v->items[i], level + 1);
        if (is_json_cpu(v) && !json_get(v, S("disabled"))) {
                const struct json_value *words = json_get(v, S("capabilities"));
                struct import_cpu *cpu = arena_append(im->arena, &h->cpus);
                uint64_t n;

                cpu->name = json_text(v, S("product"));
                if (str_to_u64(json_text(v, S("configuration.microcode")), &n) && n > 0)
                        cpu->microcode = str_fmt(im->arena, "0x%llx", (unsigned long long)n);
                for (ptrdiff_t i = 0; words && words->type == JSON_OBJECT && i < words->count; i++)
                        add_flag(im->arena, cpu, words->members[i].key);
                take_version(cpu, json_text(v, S("version")), json_text(v, S("vendor")));
        }
        for (ptrdiff_t i = 0; v->type == JSON_OBJECT && i < v->count; i++)
                if (v->members[i].value.type == JSON_ARRAY)
                        read_json_cpus(im, h, &v->members[i].value, level + 1);
}

static bool has_json_cpu(const struct json_value *v, int level) {
        if (level > LEVELS_MAX)
                return false;
        for (ptrdiff_t i = 0; v->type == JSON_ARRAY && i < v->count; i++)
                if (has_json_cpu(&v->items[i], level + 1))
                        return true;
        for (ptrdiff_t i = 0; v->type == JSON_OBJECT && i < v->count; i++)
                if (v->members[i].value.type == JSON_ARRAY && has_json_cpu(&v->members[i].value, level + 1))
                        return true;
        return is_json_cpu(v);
}

static bool is_lshw_json(struct import *im, const struct json_value *root) {
        (void)im;
        return has_json_cpu(root, 0);
}

static int read_lshw_json(struct import *im, const struct json_value *root) {
        read_json_cpus(im, import_host(im, S("")), root, 0);
        return 0;
}

const struct reader reader_lshw_json = {
        .format = { .name = "lshw-json", .title = "lshw -C cpu -json", .carries = lshw_carries },
        .lacks = LACKS_KERNEL,
        .in_json = is_lshw_json,
        .read_json = read_lshw_json,
};

/* ---- cpuid without -r: of its words only these stay from version to version ---- */

static bool is_cpuid_words(struct import *im, const struct lines *l) {
        bool family = false, model = false;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count && !(family && model); i++) {
                family |= str_starts(str_trim(l->items[i].text), S("(family synth)"));
                model |= str_starts(str_trim(l->items[i].text), S("(model synth)"));
        }
        return family && model;
}

/* "(family synth)  = 0x6 (6)", "stepping id = 0xa (10)", `vendor_id = "GenuineIntel"`, "hypervisor guest status = true". */
static void take_words(struct import *im, struct import_host *h, struct import_cpu *cpu, struct str label, struct str value) {
        struct str rest = value, number;

        if (!str_word(&rest, &number))
                return;
        if (str_eq(label, S("(family synth)")))
                cpu->family = import_decimal(im->arena, number, false);
        else if (str_eq(label, S("(model synth)")))
                cpu->model = import_decimal(im->arena, number, false);
        else if (str_eq(label, S("stepping id")))
                cpu->stepping = import_decimal(im->arena, number, false);
        else if (str_eq(label, S("vendor_id")))
                cpu->vendor = import_unquoted(value);
        else if (str_eq(label, S("brand")))
                cpu->name = import_unquoted(value);
        else if (str_eq(label, S("hypervisor guest status")) && str_eq(value, S("true")))
                import_guest(h, S(""));
}

static int read_cpuid_words(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct import_cpu *cpu = NULL;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text), rest = line, label;

                if (l->items[i].taken)
                        continue;
                if (str_eq(line, S("CPU:")) || (str_starts(line, S("CPU ")) && str_ends(line, S(":"))) || (!cpu && str_find_char(line, '=') > 0))
                        cpu = arena_append(im->arena, &h->cpus);
                if (!cpu)
                        continue;
                l->items[i].taken = true;
                if (str_cut(&rest, '=', &label) && rest.len > 0)
                        take_words(im, h, cpu, str_trim(label), str_trim(rest));
        }
        import_note(h, "of cpuid's words only the processor's name and numbers are read: `cpuid -r` shows all");
        return 0;
}

const struct reader reader_cpuid_words = {
        .format = { .name = "cpuid-text", .title = "cpuid", .carries = "the readable output of cpuid: the processor's name and numbers alone" },
        .lacks = LACKS_KERNEL,
        .in_lines = is_cpuid_words,
        .read_lines = read_cpuid_words,
};

/* ---- sysctl -a ---- */

/* "kernel.unprivileged_bpf_disabled = 2" is /proc/sys/kernel/unprivileged_bpf_disabled; empty: no setting stands there. */
static struct str setting_of(struct import *im, struct str line, struct str *ret_value) {
        static const struct str root = STR("/proc/sys/");
        ptrdiff_t at = str_find(line, S(" = "));
        char *path;

        if (at <= 0 || at > 120 || str_find_char(str_sub(line, 0, at), '.') <= 0 || str_find_char(str_sub(line, 0, at), ' ') >= 0)
                return S("");
        *ret_value = str_trim(str_from(line, at + 3));
        path = arena_bytes(im->arena, root.len + at);
        memcpy(path, root.p, (size_t)root.len);
        for (ptrdiff_t i = 0; i < at; i++)
                path[root.len + i] = line.p[i] == '.' ? '/' : line.p[i];
        return str_n(path, root.len + at);
}

static bool is_asked_for(const struct catalog *c, struct str path) {
        for (uint32_t i = 0; i < c->fact_count; i++)
                if (c->facts[i].kind == FACT_KIND_FILE && str_eq(T(c->facts[i].text), path))
                        return true;
        return false;
}

static bool is_sysctl(struct import *im, const struct lines *l) {
        struct str value;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text);

                if (str_starts(line, S("kernel.osrelease = ")) ||
                    ((str_starts(line, S("kernel.")) || str_starts(line, S("net."))) && is_asked_for(im->catalog, setting_of(im, line, &value))))
                        return true;
        }
        return false;
}

static int read_sysctl(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str value = { 0 }, path = setting_of(im, str_trim(l->items[i].text), &value);

                if (l->items[i].taken || path.len == 0)
                        continue;
                l->items[i].taken = true;
                if (str_eq(path, S("/proc/sys/kernel/osrelease")))
                        import_uname(h, S("Linux"), value, S(""));
                else if (str_eq(path, S("/proc/sys/kernel/arch")))
                        import_uname(h, S("Linux"), S(""), value);
                else if (value.len > 0 && is_asked_for(im->catalog, path))
                        import_file_text(im, h, path, value);
        }
        import_uname(h, S("Linux"), S(""), S(""));
        return 0;
}

const struct reader reader_sysctl = {
        .format = { .name = "sysctl", .title = "sysctl -a", .carries = "sysctl's settings: the kernel's version, and what they say of BPF; nothing of the processor" },
        .lacks = LACKS_KERNEL | LACKS_PROCESSOR,
        .in_lines = is_sysctl,
        .read_lines = read_sysctl,
};

/* ---- hostnamectl --json ---- */

static bool is_hostname(struct import *im, const struct json_value *root) {
        (void)im;
        return root->type == JSON_OBJECT && json_member(root, S("KernelName")) && json_member(root, S("KernelRelease"));
}

static int read_hostname(struct import *im, const struct json_value *root) {
        struct import_host *h = import_host(im, json_text(root, S("Hostname")));

        import_uname(h, json_text(root, S("KernelName")), json_text(root, S("KernelRelease")), S(""));
        if (str_eq(json_text(root, S("Chassis")), S("vm")))
                import_guest(h, S(""));
        return 0;
}

const struct reader reader_hostname_json = {
        .format = { .name = "hostnamectl-json", .title = "hostnamectl --json=short", .carries = "hostnamectl: the kernel's version, and whether it is a guest" },
        .lacks = LACKS_KERNEL | LACKS_PROCESSOR,
        .in_json = is_hostname,
        .read_json = read_hostname,
};
