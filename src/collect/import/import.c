#include "collect/import/parts.h"

#include "base/utf16.h"

static const char vulnerabilities[] = "/sys/devices/system/cpu/vulnerabilities/";

void import_meta(struct evidence *e, const char *text) {
        evidence_add_line(e, RECORD_META, S("imported"), str_of(text));
}

static void field(struct out *o, const char *name, struct str value) {
        if (value.len > 0)
                out_fmt(o, "%s: %.*s\n", name, STR_ARG(value));
}

void import_cpu(struct evidence *e, const struct import_cpu *cpu) {
        OUT_AUTO struct out text = { 0 };

        if (cpu->vendor.len == 0)
                return;
        field(&text, "processor\t", S("0"));
        field(&text, "vendor_id\t", cpu->vendor);
        field(&text, "cpu family\t", cpu->family);
        field(&text, "model\t\t", cpu->model);
        field(&text, "model name\t", cpu->name);
        field(&text, "stepping\t", cpu->stepping);
        field(&text, "microcode\t", cpu->microcode);
        field(&text, "flags\t\t", cpu->flags);
        evidence_add_file(e, S("/proc/cpuinfo"), out_text(&text));
}

bool import_vulnerability(struct evidence *e, const struct catalog *c, struct str name, struct str text) {
        for (uint32_t i = 0; i < c->file_count; i++)
                if (str_eq(c->files[i].file, name)) {
                        evidence_add_file(e, str_fmt(e->arena, "%s%.*s", vulnerabilities, STR_ARG(name)), str_trim(text));
                        return true;
                }
        return false;
}

void import_vulnerabilities_done(struct evidence *e) {
        evidence_add_line(e, RECORD_META, S("processor"), S("none"));
        import_meta(e, "a copy of the vulnerabilities folder: what the kernel says, and nothing of the processor");
}

/* ---- lscpu as text ------------------------------------------------------------------------------------------------------- */

static bool is_lscpu(struct str text) {
        return str_starts(text, S("Architecture:")) || str_find(str_sub(text, 0, 4096), S("\nVulnerability ")) >= 0;
}

static int lscpu(struct evidence *e, const struct catalog *c, struct str text, struct diag *d) {
        struct import_cpu cpu = { 0 };
        struct str line;

        (void)d;
        while (str_line(&text, &line)) {
                ptrdiff_t colon = str_find_char(line, ':');

                if (colon > 0)
                        import_lscpu_line(e, c, &cpu, str_trim(str_sub(line, 0, colon)), str_trim(str_from(line, colon + 1)));
        }
        import_lscpu_done(e, &cpu);
        return 0;
}

/* ---- /proc/cpuinfo -------------------------------------------------------------------------------------------------------- */

static bool is_cpuinfo(struct str text) {
        return str_starts(text, S("processor\t")) || str_starts(text, S("processor :"));
}

static int cpuinfo(struct evidence *e, const struct catalog *c, struct str text, struct diag *d) {
        (void)c;
        (void)d;
        evidence_add_file(e, S("/proc/cpuinfo"), str_trim(text));
        evidence_add_line(e, RECORD_META, S("kernel-answers"), S("none"));
        import_meta(e, "/proc/cpuinfo alone: the processor as the kernel shows it, and nothing of what the kernel does");
        return 0;
}

/* ---- A kernel log -------------------------------------------------------------------------------------------------------- */

/* Without a time stamp "[    0.000000] ", a level "<6>", or what syslog puts before "kernel: ". */
static struct str message(struct str line) {
        ptrdiff_t kernel = str_find(line, S("kernel: ")), end;

        if (kernel >= 0)
                line = str_from(line, kernel + 8);
        if (str_starts(line, S("<")) && (end = str_find_char(line, '>')) > 0)
                line = str_from(line, end + 1);
        if (str_starts(line, S("[")) && (end = str_find(line, S("] "))) > 0)
                line = str_from(line, end + 2);
        return line;
}

static bool is_log(struct str text) {
        return str_find(str_sub(text, 0, 65536), S("Linux version ")) >= 0 &&
               str_find(str_sub(text, 0, 65536), S("ommand line: ")) >= 0;
}

static struct str number_behind(struct str line, struct str name) {
        ptrdiff_t at = str_find(line, name), end = 0;
        struct str value = at >= 0 ? str_from(line, at + name.len) : S("");

        while (end < value.len && value.p[end] != ',' && value.p[end] != ')')
                end++;
        return str_sub(value, 0, end);
}

static struct str decimal(struct evidence *e, struct str hex) {
        uint64_t n = 0;

        return str_hex_to_u64(hex, &n) ? str_fmt(e->arena, "%llu", (unsigned long long)n) : S("");
}

/* "smpboot: CPU0: Intel(R) Xeon(R) CPU (family: 0x6, model: 0x55, stepping: 0x4)" */
static void log_cpu(struct evidence *e, struct str line, struct import_cpu *cpu) {
        ptrdiff_t name = str_find(line, S("CPU0: ")), end = str_find(line, S(" (family: "));

        if (name < 0 || end < name)
                return;
        cpu->name = str_sub(line, name + 6, end - name - 6);
        cpu->vendor = str_starts(cpu->name, S("AMD")) ? S("AuthenticAMD")
                      : str_starts(cpu->name, S("Intel")) ? S("GenuineIntel")
                      : str_starts(cpu->name, S("Hygon")) ? S("HygonGenuine") : S("");
        cpu->family = decimal(e, number_behind(line, S("family: ")));
        cpu->model = decimal(e, number_behind(line, S("model: ")));
        cpu->stepping = decimal(e, number_behind(line, S("stepping: ")));
}

/* Distributions put the architecture into the release's name. */
static const char *machine(struct str release) {
        return str_ends(release, S("amd64")) || str_ends(release, S("x86_64")) ? " x86_64"
               : str_ends(release, S("arm64")) || str_ends(release, S("aarch64")) ? " aarch64" : "";
}

static void log_line(struct evidence *e, struct str line, struct import_cpu *cpu) {
        static const struct str version = STR("Linux version "), command = STR("Command line: ");
        struct str rest = str_from(line, version.len), release;

        if (str_starts(line, version) && str_word(&rest, &release))
                evidence_add_line(e, RECORD_UNAME, S(""), str_fmt(e->arena, "Linux %.*s%s", STR_ARG(release), machine(release)));
        else if (str_starts(line, command))
                evidence_add_file(e, S("/proc/cmdline"), str_from(line, command.len));
        else if (str_starts(line, S("Hypervisor detected: ")))
                cpu->flags = S("hypervisor");
        else if (str_find(line, S("(family: 0x")) >= 0)
                log_cpu(e, line, cpu);
        else if (str_find(line, S("microcode: Current revision: ")) >= 0)
                cpu->microcode = number_behind(line, S("Current revision: "));
}

static int kernel_log(struct evidence *e, const struct catalog *c, struct str text, struct diag *d) {
        OUT_AUTO struct out messages = { 0 };
        struct import_cpu cpu = { 0 };
        struct str line;

        (void)c;
        (void)d;
        while (str_line(&text, &line)) {
                line = message(line);
                log_line(e, line, &cpu);
                out_str(&messages, line);
                out_char(&messages, '\n');
        }
        evidence_add_file(e, S("/var/log/dmesg"), out_text(&messages));
        evidence_add_line(e, RECORD_META, S("kernel-answers"), S("none"));
        import_cpu(e, &cpu);
        import_meta(e, "a kernel log: version, command line and processor, and what the kernel reported while it started");
        return 0;
}

/* ---- The table ------------------------------------------------------------------------------------------------------------- */

#ifdef SIDELIGHT_JANSSON
static bool is_json(struct str text) {
        text = str_trim(text);
        return str_starts(text, S("{")) || (str_starts(text, S("[")) && str_starts(str_trim(str_from(text, 1)), S("{")));
}
#endif

int import_text(struct evidence *e, const struct catalog *c, struct str text, struct diag *d) {
        static const struct {
                bool (*is)(struct str);
                int (*import)(struct evidence *, const struct catalog *, struct str, struct diag *);
        } importers[] = {
                { import_is_speculationcontrol, import_speculationcontrol },
#ifdef SIDELIGHT_JANSSON
                { is_json, import_json },
#endif
                { is_lscpu, lscpu },
                { is_cpuinfo, cpuinfo },
                { is_log, kernel_log },
        };

        if (str_starts(text, S("\xff\xfe"))) /* PowerShell's redirection writes UTF-16 */
                text = utf8_from_utf16(e->arena, text.p + 2, text.len - 2);
        if (str_starts(text, S("\xef\xbb\xbf")))
                text = str_from(text, 3);
        if (memchr(text.p ? text.p : "", '\0', (size_t)text.len))
                return IMPORT_UNKNOWN;
        for (size_t i = 0; i < sizeof(importers) / sizeof(importers[0]); i++)
                if (importers[i].is(text))
                        return importers[i].import(e, c, text, d);
        return IMPORT_UNKNOWN;
}
