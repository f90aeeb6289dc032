/* lscpu (util-linux): labels and values, flat as into a pipe, or in sections with folded values as on a terminal; translated or
 * not; and its JSON. Texts that begin with "Mitigation" it shows without their colons, with a semicolon behind that word
 * (sys-utils/lscpu-cputype.c, lscpu_read_vulnerabilities): the catalog's sentences undo that. */
#include "collect/import/lscpu.h"

/* ---- Labels, in the languages of util-linux whose words are known; sentences and files' names are never translated ---- */

enum label {
        LABEL_OTHER, LABEL_ARCHITECTURE, LABEL_VENDOR, LABEL_FAMILY, LABEL_MODEL, LABEL_NAME, LABEL_STEPPING, LABEL_FLAGS, LABEL_THREADS,
        LABEL_HYPERVISOR, LABEL_HYPERVISOR_VENDOR, LABEL_VIRTUALIZATION, LABEL_KNOWN,
};

static const struct {
        enum label label;
        struct str text;
} labels[] = {
        { LABEL_ARCHITECTURE, STR("Architecture") },            { LABEL_ARCHITECTURE, STR("Architektur") },
        { LABEL_ARCHITECTURE, STR("Arquitectura") },            { LABEL_ARCHITECTURE, STR("Arquitetura") },
        { LABEL_ARCHITECTURE, STR("Architektura") },
        { LABEL_VENDOR, STR("Vendor ID") },                     { LABEL_VENDOR, STR("Anbieterkennung") },
        { LABEL_VENDOR, STR("Identifiant constructeur") },      { LABEL_VENDOR, STR("ID de fabricante") },
        { LABEL_FAMILY, STR("CPU family") },                    { LABEL_FAMILY, STR("Prozessorfamilie") },
        { LABEL_FAMILY, STR("Famille de processeur") },         { LABEL_FAMILY, STR("Familia de CPU") },
        { LABEL_MODEL, STR("Model") },                          { LABEL_MODEL, STR("Modell") },
        { LABEL_MODEL, STR("Mod\xc3\xa8le") },                  { LABEL_MODEL, STR("Modelo") },
        { LABEL_NAME, STR("Model name") },                      { LABEL_NAME, STR("Modellname") },
        { LABEL_NAME, STR("Nom de mod\xc3\xa8le") },            { LABEL_NAME, STR("Nombre del modelo") },
        { LABEL_STEPPING, STR("Stepping") },                    { LABEL_STEPPING, STR("R\xc3\xa9vision") },
        { LABEL_STEPPING, STR("Revisi\xc3\xb3n") },
        { LABEL_FLAGS, STR("Flags") },                          { LABEL_FLAGS, STR("Markierungen") },
        { LABEL_FLAGS, STR("Drapeaux") },                       { LABEL_FLAGS, STR("Indicadores") },
        { LABEL_FLAGS, STR("Op\xc3\xa7\xc3\xb5" "es") },        { LABEL_FLAGS, STR("Flagi") },
        { LABEL_THREADS, STR("Thread(s) per core") },           { LABEL_THREADS, STR("Thread(s) pro Kern") },
        /* Chinese, Japanese, Russian, Polish, Portuguese of Brazil */
        { LABEL_ARCHITECTURE, STR("架构") },                    { LABEL_ARCHITECTURE, STR("アーキテクチャ") },
        { LABEL_ARCHITECTURE, STR("Архитектура") },             { LABEL_ARCHITECTURE, STR("Architettura") },
        { LABEL_ARCHITECTURE, STR("아키텍처") },
        { LABEL_VENDOR, STR("厂商 ID") },                       { LABEL_VENDOR, STR("供应商 ID") },
        { LABEL_VENDOR, STR("ベンダー ID") },                   { LABEL_VENDOR, STR("ID producenta") },
        { LABEL_FAMILY, STR("CPU 系列") },                      { LABEL_FAMILY, STR("CPU ファミリー") },
        { LABEL_FAMILY, STR("Семейство ЦПУ") },                 { LABEL_FAMILY, STR("Rodzina CPU") },
        { LABEL_FAMILY, STR("Família da CPU") },                { LABEL_FAMILY, STR("Famiglia CPU") },
        { LABEL_MODEL, STR("型号") },                           { LABEL_MODEL, STR("モデル") },
        { LABEL_MODEL, STR("Модель") },                         { LABEL_MODEL, STR("Modello") },
        { LABEL_NAME, STR("型号名称") },                        { LABEL_NAME, STR("モデル名") },
        { LABEL_NAME, STR("Имя модели") },                      { LABEL_NAME, STR("Nazwa modelu") },
        { LABEL_NAME, STR("Nome do modelo") },                  { LABEL_NAME, STR("Nome modello") },
        { LABEL_STEPPING, STR("步进") },                        { LABEL_STEPPING, STR("ステッピング") },
        { LABEL_STEPPING, STR("Степпинг") },
        { LABEL_FLAGS, STR("标记") },                           { LABEL_FLAGS, STR("フラグ") },
        { LABEL_FLAGS, STR("Флаги") },
        { LABEL_THREADS, STR("每个核的线程数") },               { LABEL_THREADS, STR("コアあたりのスレッド数") },
        { LABEL_HYPERVISOR_VENDOR, STR("超管理器厂商") },       { LABEL_VIRTUALIZATION, STR("虚拟化类型") },
        { LABEL_HYPERVISOR, STR("Hypervisor") },                { LABEL_HYPERVISOR_VENDOR, STR("Hypervisor vendor") },
        { LABEL_VIRTUALIZATION, STR("Virtualization type") },
        { LABEL_KNOWN, STR("CPU op-mode(s)") },                 { LABEL_KNOWN, STR("CPU(s)") },
        { LABEL_KNOWN, STR("On-line CPU(s) list") },            { LABEL_KNOWN, STR("Byte Order") },
        { LABEL_KNOWN, STR("Socket(s)") },                      { LABEL_KNOWN, STR("Core(s) per socket") },
};

static enum label label_of(struct str text) {
        for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
                if (str_eq(text, labels[i].text))
                        return labels[i].label;
        return LABEL_OTHER;
}

/* The file behind "Vulnerability Spec store bypass", "Schwachstelle Mds": a word of some language, and its name. */
static const struct sentence_file *flaw_of(const struct catalog *c, struct str label) {
        ptrdiff_t blank = str_find_char(label, ' ');
        const struct sentence_file *f = NULL;

        if (blank > 0)
                f = import_titled(c, str_from(label, blank + 1));
        return f && (str_starts(label, S("Vulnerability ")) || (label.p[blank + 1] >= 'A' && label.p[blank + 1] <= 'Z')) ? f : NULL;
}

/* ---- What lscpu does to sentences ---- */

static ptrdiff_t as_lscpu(char *to, struct str text, bool part) {
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < text.len; i++) {
                if (text.p[i] == ':' && (part || i != 10))
                        continue;
                to[n++] = !part && i == 10 && str_starts(text, S("Mitigation")) ? ';' : text.p[i];
        }
        return n;
}

static struct str restored(struct import *im, const struct sentence_file *f, struct str text) {
        if (!str_starts(text, S("Mitigation;")))
                return text;
        text = import_restored(im, f, text, as_lscpu);
        return str_starts(text, S("Mitigation;")) ? str_fmt(im->arena, "Mitigation:%.*s", STR_ARG(str_from(text, 11))) : text;
}

/* ---- Fields ---- */

/* One kind of core; hybrid machines show several. */
static struct import_cpu *cpu_of(struct import *im, struct import_host *h, bool fresh) {
        if (fresh || h->cpus.count == 0)
                return arena_append(im->arena, &h->cpus);
        return &h->cpus.items[h->cpus.count - 1];
}

static void take_name(struct import *im, struct import_host *h, struct str value) {
        struct import_cpu *last = cpu_of(im, h, false), *cpu;

        if (last->name.len == 0) {
                last->name = value;
                return;
        }
        cpu = cpu_of(im, h, true); /* another kind of core, of the same maker */
        cpu->vendor = h->cpus.items[0].vendor;
        cpu->name = value;
}

/* lscpu says each of these once of a kind of core: said again, and otherwise, it is of another machine's processor, which takes nobody's place. */
static void take_number(struct import *im, struct import_host *h, size_t member, struct str value) {
        struct import_cpu *cpu = cpu_of(im, h, false);
        struct str *have = (struct str *)(void *)((char *)cpu + member);

        if (have->len > 0 && !str_eq(*have, value)) {
                cpu = cpu_of(im, h, true);
                have = (struct str *)(void *)((char *)cpu + member);
        }
        *have = value;
}

static void take_smt(struct import *im, struct import_host *h, struct str value) {
        uint64_t n;

        if (str_to_u64(value, &n) && n > 0)
                import_file_text(im, h, S("/sys/devices/system/cpu/smt/active"), n > 1 ? S("1") : S("0"));
}

/* On s390 lscpu has these two from /proc/sysinfo. */
static void take_hypervisor(struct import *im, struct import_host *h, struct str value) {
        if (import_placeholder(value))
                return;
        if (str_starts(value, S("z/VM")) || str_starts(value, S("KVM/Linux")))
                import_file_text(im, h, S("/proc/sysinfo"), str_fmt(im->arena, "VM00 Control Program: %.*s", STR_ARG(value)));
        import_guest(h, value);
}

/* A hypervisor, and nothing virtual: lscpu says so of Xen's control domain, whose /proc/xen/capabilities it has read. */
static void take_no_type(struct import *im, struct import_host *h) {
        bool xen = str_eq_nocase(h->guest, S("Xen"));

        if (xen)
                import_file_text(im, h, S("/proc/xen/capabilities"), S("control_d"));
        h->guest = xen ? S("") : S("no");
}

static void take(struct import *im, struct import_host *h, enum label label, struct str value) {
        if (import_placeholder(value) && label != LABEL_VIRTUALIZATION) /* "none" is an answer there */
                return;
        switch (label) {
        case LABEL_ARCHITECTURE:
                import_uname(h, S("Linux"), S(""), value);
                break;
        case LABEL_VENDOR:
                take_number(im, h, offsetof(struct import_cpu, vendor), value);
                break;
        case LABEL_FAMILY:
                take_number(im, h, offsetof(struct import_cpu, family), value);
                break;
        case LABEL_MODEL:
                take_number(im, h, offsetof(struct import_cpu, model), value);
                break;
        case LABEL_NAME:
                take_name(im, h, value);
                break;
        case LABEL_STEPPING:
                take_number(im, h, offsetof(struct import_cpu, stepping), value);
                break;
        case LABEL_FLAGS:
                take_number(im, h, offsetof(struct import_cpu, flags), value);
                break;
        case LABEL_THREADS:
                take_smt(im, h, value);
                break;
        case LABEL_HYPERVISOR:
        case LABEL_HYPERVISOR_VENDOR:
                take_hypervisor(im, h, value);
                break;
        case LABEL_VIRTUALIZATION: /* what the processor could do is "Virtualization" */
                if (str_eq_nocase(value, S("none")))
                        take_no_type(im, h);
                else if (str_eq_nocase(value, S("full")) || str_eq_nocase(value, S("para")))
                        import_guest(h, S(""));
                break;
        case LABEL_OTHER:
        case LABEL_KNOWN:
                break;
        }
}

/* Values whose labels are in no table here: a vendor and flags are known by themselves. */
static enum label label_by_value(struct str value) {
        static const struct str vendors[] = { STR("GenuineIntel"), STR("AuthenticAMD"), STR("HygonGenuine"), STR("CentaurHauls"), STR("ARM") };

        for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
                if (str_eq(value, vendors[i]))
                        return LABEL_VENDOR;
        return str_has_word(value, S("fpu")) && str_has_word(value, S("sse2")) ? LABEL_FLAGS : LABEL_OTHER;
}

void lscpu_field(struct import *im, struct import_host *h, struct str label, struct str value, bool in_section) {
        const struct sentence_file *f = flaw_of(im->catalog, label);
        enum label which = label_of(label);

        value = import_unquoted(value);
        if (!f && in_section)
                f = import_titled(im->catalog, label);
        if (f)
                import_sentence(im, h, f, restored(im, f, value));
        else if (import_is_sentence(value) && which == LABEL_OTHER)
                import_note(h, "a flaw that this version does not know: %.*s: %.*s", STR_ARG(label), STR_ARG(value));
        else
                take(im, h, which == LABEL_OTHER ? label_by_value(value) : which, value);
}

/* ---- Processors as cpuinfo shows them ---- */

/* Arm cores have names here and numbers in cpuinfo: "Cortex-A72", "r0p3". */
static void arm_numbers(struct import *im, struct import_cpu *cpu) {
        const struct cpu_range *found = NULL;
        uint64_t variant = 0, revision = 0;
        ptrdiff_t p = str_find_char(cpu->stepping, 'p');

        for (uint32_t i = 0; i < im->catalog->cpu_count && !found; i++)
                if (str_eq(T(im->catalog->cpus[i].vendor), S("arm")) && str_eq_nocase(T(im->catalog->cpus[i].name), cpu->name))
                        found = &im->catalog->cpus[i];
        if (found) {
                cpu->implementer = str_fmt(im->arena, "0x%02x", (unsigned)found->family);
                cpu->part = str_fmt(im->arena, "0x%03x", (unsigned)found->model_low);
        }
        if (str_starts(cpu->stepping, S("r")) && p > 1 && str_to_u64(str_sub(cpu->stepping, 1, p - 1), &variant) &&
            str_to_u64(str_from(cpu->stepping, p + 1), &revision)) {
                cpu->variant = str_fmt(im->arena, "0x%llx", (unsigned long long)variant);
                cpu->revision = str_fmt(im->arena, "%llu", (unsigned long long)revision);
        }
        cpu->vendor = cpu->family = cpu->model = cpu->stepping = S(""); /* of a core without a name here nothing is known */
}

static bool is_arm(struct str machine) {
        return str_starts(machine, S("aarch64")) || str_starts(machine, S("arm"));
}

/* Makers as lscpu names them by the implementer's number (sys-utils/lscpu-arm.c); PCs' have names of their own. */
static bool is_arm_maker(struct str vendor) {
        static const struct str makers[] = { STR("ARM"), STR("Broadcom"), STR("Cavium"), STR("FUJITSU"), STR("HiSilicon"), STR("NVIDIA"), STR("APM"),
                                             STR("Qualcomm"), STR("Samsung"), STR("Marvell"), STR("Apple"), STR("Faraday"), STR("Microsoft"),
                                             STR("Phytium"), STR("Ampere") };

        for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
                if (str_eq(vendor, makers[i]))
                        return true;
        return false;
}

/* Some lines that somebody picked out of it are not the list: the processor stands in it, or what every kernel has told since 2018. */
static bool is_whole(const struct import *im, const struct import_host *h) {
        ptrdiff_t sentences = 0;

        for (uint32_t i = 0; i < im->catalog->file_count; i++)
                sentences += evidence_file(&h->e, T(im->catalog->files[i].path)) != NULL;
        return h->cpus.count > 0 || h->machine.len > 0 || sentences >= 5;
}

void lscpu_done(struct import *im, struct import_host *h) {
        h->all_cores = true;
        for (ptrdiff_t i = 0; i < h->cpus.count; i++) {
                struct import_cpu *cpu = &h->cpus.items[i];

                if (is_arm(h->machine) || is_arm_maker(cpu->vendor) || str_starts(cpu->stepping, S("r")))
                        arm_numbers(im, cpu);
        }
        if (h->answers)
                h->complete |= is_whole(im, h);
}

/* ---- The text ---- */

/* The column in which values begin; folded lines go on there. */
static ptrdiff_t value_column(struct str line) {
        ptrdiff_t at = str_find_char(line, ':') + 1;

        while (at < line.len && line.p[at] == ' ')
                at++;
        return at;
}

/* A line that goes on with the value above it: nothing but blanks up to the column of values. */
static bool goes_on(struct str line, ptrdiff_t column) {
        return column > 8 && import_indent(line) >= column && line.len > column;
}

/* Lines are folded at the terminal's width, wherever in a word that is. A blank at the end of a line may be lost: then the
 * line is shorter than the terminal is wide. */
static void join(struct out *o, struct str line, ptrdiff_t column, bool full) {
        if (!full)
                out_char(o, ' ');
        out_str(o, str_from(line, column));
}

static ptrdiff_t folded_width(const struct lines *l) {
        ptrdiff_t width = 0, column = 0;

        for (ptrdiff_t i = 0; i + 1 < l->count; i++) {
                if (!goes_on(l->items[i].text, column))
                        column = value_column(l->items[i].text);
                if (goes_on(l->items[i + 1].text, column) && l->items[i].text.len > width)
                        width = l->items[i].text.len;
        }
        return width;
}

/* A mail program broke the line at a blank: the next one has no label, and its first word would not have fitted. */
static bool is_broken(const struct lines *l, ptrdiff_t i) {
        struct str rest, word = { 0 };

        if (i + 1 >= l->count || l->items[i + 1].taken || str_find_char(l->items[i + 1].text, ':') >= 0)
                return false;
        rest = l->items[i + 1].text;
        return str_word(&rest, &word) && l->items[i].text.len + 1 + word.len > 68 && word.p[0] != '$' && word.p[0] != '#' && word.p[0] != '[' &&
               str_find_char(word, '{') < 0 && str_find_nocase(l->items[i + 1].text, S("CVE-")) < 0; /* nor what other programs print below it */
}

static ptrdiff_t read_value(struct import *im, const struct lines *l, ptrdiff_t i, ptrdiff_t width, struct str *value) {
        ptrdiff_t column = value_column(l->items[i].text);
        OUT_AUTO struct out all = { 0 };

        out_str(&all, *value);
        while (i + 1 < l->count && goes_on(l->items[i + 1].text, column)) {
                struct str before = l->items[i].text;
                bool full = before.len >= width && !(before.len > 0 && before.p[before.len - 1] == ' ');

                join(&all, l->items[++i].text, column, full);
                l->items[i].taken = true;
        }
        while (value->len > 0 && is_broken(l, i)) {
                out_char(&all, ' ');
                out_str(&all, str_trim(l->items[++i].text));
                l->items[i].taken = true;
        }
        if (all.len > value->len)
                *value = str_dup(im->arena, out_text(&all));
        return i;
}

/* "Spec store bypass", "Mds": a name as the section of newer versions has it, and nothing else writes it. */
static bool is_title(const struct catalog *c, struct str label) {
        return label.len > 1 && label.p[0] >= 'A' && label.p[0] <= 'Z' && (label.p[1] >= 'a' || label.p[1] == '1') && import_titled(c, label);
}

static bool is_mark(const struct catalog *c, struct str line, bool *in_section, bool *ret_flaw) {
        struct str label, value;

        *ret_flaw = false;
        if (!import_label(line, &label, &value))
                return false;
        *ret_flaw = (flaw_of(c, label) || is_title(c, label)) && import_is_sentence(value);
        if (*ret_flaw || flaw_of(c, label) || (label_of(label) != LABEL_OTHER && label_of(label) != LABEL_MODEL))
                return true;
        if (import_indent(line) == 0)
                *in_section = value.len == 0;
        return *in_section && import_indent(line) > 0 && import_titled(c, label);
}

/* Two marks, one of which nothing else prints; or a line about a flaw alone. */
static bool is_lscpu(struct import *im, const struct lines *l) {
        ptrdiff_t marks = 0;
        bool in_section = false, flaw = false;

        for (ptrdiff_t i = 0; i < l->count && marks < 2; i++)
                if (!l->items[i].taken)
                        marks += is_mark(im->catalog, l->items[i].text, &in_section, &flaw) + flaw;
        return marks >= 2;
}

/* What stands in a line that nothing ended: of a number perhaps not all digits, of a list not all words. */
static struct str open_value(struct import *im, struct import_host *h, struct str label, struct str value) {
        enum label which = label_of(label);

        if (which == LABEL_FLAGS)
                return str_fmt(im->arena, "%.*s" FLAGS_GO_ON, STR_ARG(value));
        if (which != LABEL_FAMILY && which != LABEL_MODEL && which != LABEL_STEPPING)
                return value;
        import_note(h, "the text ends within its last line, '%.*s: %.*s': perhaps not all digits are there, and none is believed", STR_ARG(label),
                    STR_ARG(value));
        return S("?");
}

static int read_lscpu(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        ptrdiff_t width = folded_width(l), base = -1;
        bool in_section = false, begun = false, titled;
        int machines = 0;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct line *line = &l->items[i];
                struct str label, value;

                if (line->taken || !import_label(line->text, &label, &value) || str_find_nocase(label, S("CVE-")) >= 0)
                        continue; /* no label of lscpu's has a CVE's number */
                titled = is_title(im->catalog, label) && import_is_sentence(value);
                begun |= label_of(label) != LABEL_OTHER || flaw_of(im->catalog, label) || titled || (in_section && import_titled(im->catalog, label));
                if (!begun && value.len > 0)
                        continue;
                if (base < 0)
                        base = import_indent(line->text);
                if (import_indent(line->text) <= base)
                        in_section = value.len == 0;
                line->taken = true;
                i = read_value(im, l, i, width, &value);
                if (import_is_sentence(value))
                        value = import_line_end(im, &l->items[i], value);
                if (l->items[i].open)
                        value = open_value(im, h, label, value);
                if (label_of(label) == LABEL_ARCHITECTURE && ++machines > 1) { /* each begins with it, and has it once */
                        lscpu_done(im, h);
                        h = import_host(im, str_fmt(im->arena, "machine %d", machines));
                }
                lscpu_field(im, h, label, value, in_section || titled);
        }
        lscpu_done(im, h);
        return 0;
}

const struct reader reader_lscpu = {
        .format = { .name = "lscpu", .title = "lscpu",
                    .carries = "lscpu: the kernel's sentences and the processor; no kernel version, command line, microcode or register" },
        .in_lines = is_lscpu,
        .read_lines = read_lscpu,
};

/* ---- JSON: {"lscpu": [{"field": "Architecture:", "data": "x86_64", "children": […]}]} -------------------------------------- */

enum { DEPTH_MAX = 8 };

static void read_fields(struct import *im, struct import_host *h, const struct json_value *fields, bool in_section, int depth) {
        if (!fields || fields->type != JSON_ARRAY || depth > DEPTH_MAX)
                return;
        for (ptrdiff_t i = 0; i < fields->count; i++) {
                const struct json_value *f = &fields->items[i];
                struct str label = json_text(f, S("field")), data = json_text(f, S("data"));

                if (str_ends(label, S(":")))
                        label.len--;
                lscpu_field(im, h, str_trim(label), str_trim(data), in_section);
                read_fields(im, h, json_get(f, S("children")), data.len == 0, depth + 1);
        }
}

static bool is_lscpu_json(struct import *im, const struct json_value *root) {
        const struct json_value *v = json_get(root, S("lscpu"));

        (void)im;
        return v && v->type == JSON_ARRAY;
}

static int read_lscpu_json(struct import *im, const struct json_value *root) {
        struct import_host *h = import_host(im, S(""));

        read_fields(im, h, json_get(root, S("lscpu")), false, 0);
        lscpu_done(im, h);
        return 0;
}

const struct reader reader_lscpu_json = {
        .format = { .name = "lscpu-json", .title = "lscpu -J",
                    .carries = "lscpu: the kernel's sentences and the processor; no kernel version, command line, microcode or register" },
        .in_json = is_lscpu_json,
        .read_json = read_lscpu_json,
};
