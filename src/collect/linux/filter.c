#include "collect/linux/filter.h"

#include "base/out.h"

#define WORDS(array) ((struct words){ .items = (array), .count = sizeof(array) / sizeof((array)[0]) })

/* ---- What is kept ---- */

/* Families of kernel options, by the beginning of their names without "CONFIG_". Names changed over time: both are
 * here. */
static const struct str config_families[] = {
        STR("ARCH_HAS_CPU_"),    STR("ARM64_ERRATUM_"),     STR("ARM64_SSBD"),      STR("ARM64_WORKAROUND_"),
        STR("ARM64_BTI"),        STR("ARM64_E0PD"),         STR("ARM64_MTE"),       STR("BPF_JIT"),
        STR("BPF_SYSCALL"),      STR("BPF_UNPRIV_"),        STR("CALL_DEPTH_"),     STR("CC_HAS_"),
        STR("CC_IS_"),           STR("CLANG_VERSION"),      STR("CPU_"),            STR("EFI_STUB"),
        STR("ERRATA_THEAD"),     STR("EXPOLINE"),           STR("GCC_VERSION"),     STR("GDS_FORCE"),
        STR("GENERIC_CPU_VULN"), STR("HARDEN_"),            STR("HYPERVISOR_GUEST"), STR("IKCONFIG"),
        STR("KAISER"),           STR("KERNEL_NOBP"),        STR("KVM"),             STR("MICROCODE"),
        STR("MITIGATE_"),        STR("MITIGATION_"),        STR("MODULES"),         STR("NVIDIA_CARMEL_"),
        STR("PAGE_TABLE_ISO"),   STR("PPC_BARRIER"),        STR("PPC_BOOK3S_64"),   STR("QCOM_FALKOR_"),
        STR("RANDOMIZE_BASE"),   STR("RANDSTRUCT"),         STR("RETHUNK"),         STR("RETPOLINE"),
        STR("RISCV_ISA_XTHEAD"), STR("SCHED_CORE"),         STR("SCHED_SMT"),       STR("SECCOMP"),
        STR("SLS"),              STR("SPECTRE_BHI"),        STR("SPECULATION_"),    STR("STRICT_"),
        STR("UNMAP_KERNEL_AT_"), STR("X86_64"),             STR("X86_CPUID"),       STR("X86_INTEL_TSX"),
        STR("X86_KERNEL_IBT"),   STR("X86_MSR"),            STR("X86_USER_SHADOW"), STR("XEN"),
};

/* Beginnings of kernel log lines. */
static const struct str log_families[] = {
        STR("AMD Zen"),
        STR("Booting paravirtualized kernel"),
        STR("CPU features:"),
        STR("GDS:"),
        STR("Hypervisor detected:"),
        STR("ITS:"),
        STR("Intel Spectre v2 broken microcode"),
        STR("Kernel/User page tables isolation"),
        STR("L1D Flush :"),
        STR("L1TF"),
        STR("MDS"),
        STR("MMIO Stale Data"),
        STR("RETBleed:"),
        STR("Register File Data Sampling:"),
        STR("SMT: "),
        STR("SRBDS:"),
        STR("Spectre V"),
        STR("Speculative Return Stack Overflow:"),
        STR("Speculative Store Bypass"),
        STR("TAA"),
        STR("Transient Scheduler Attacks:"),
        STR("VMSCAPE:"),
        STR("Zenbleed:"),
        STR("active return thunk:"),
        STR("barrier-nospec:"),
        STR("count-cache-flush:"),
        STR("entry-flush:"),
        STR("kvm:"),
        STR("kvm_amd:"),
        STR("kvm_intel:"),
        STR("link-stack-flush:"),
        STR("microcode:"),
        STR("mitigations:"),
        STR("rfi-flush:"),
        STR("stf-barrier:"),
        STR("tsx:"),
        STR("uaccess-flush:"),
        STR("x86/CPU:"),
};

/* The kernels before 4.18 wrote "Speculation Store Bypass" with blanks. */
static const struct str status_lines[] = { STR("Speculation"), STR("NoNewPrivs:"), STR("Seccomp:"),
                                           STR("x86_Thread_features") };

static const struct str os_release_lines[] = { STR("ID="), STR("ID_LIKE="), STR("NAME="), STR("PRETTY_NAME="),
                                               STR("VARIANT_ID="), STR("VERSION="), STR("VERSION_CODENAME="),
                                               STR("VERSION_ID=") };

/* Debian, Ubuntu. */
static const struct str packages[] = { STR("amd64-microcode"), STR("intel-microcode"), STR("linux-image-") };

static const struct str kernel_images[] = { STR("Image"), STR("image-"), STR("kernel-"), STR("vmlinu") };

static const struct str module_entries[] = { STR("initstate"), STR("parameters") };

/* cloud-init and systemd-detect-virt tell clouds by these. */
static const struct str cloud_tags[] = { STR("7783-7084-3265-9085-8269-3286-77"), STR("Amazon EC2"), STR("HUAWEICLOUD"),
                                         STR("OpenTelekomCloud"), STR("OracleCloud.com"), STR("SAP CCloud VM"),
                                         STR("Samsung Cloud Platform") };

/* Parameters of the kernel's command line whose values may stay: they speak of CPUs, mitigations and hypervisors. */
static const struct str open_parameters[] = {
        STR("clearcpuid"),    STR("gather_data_"), STR("indirect_target_"), STR("iommu"),          STR("isolcpus"),
        STR("kpti"),          STR("kvm"),          STR("l1d_flush"),        STR("l1tf"),           STR("lockdown"),
        STR("maxcpus"),       STR("mds"),          STR("microcode"),        STR("mitigations"),    STR("mmio_stale_"),
        STR("nosmt"),         STR("nr_cpus"),      STR("pti"),              STR("reg_file_data_"), STR("retbleed"),
        STR("setcpuid"),      STR("smt"),          STR("spec_"),            STR("spectre_"),       STR("srbds"),
        STR("ssbd"),          STR("tsa"),          STR("tsx"),              STR("vmscape"),        STR("nobp"),
};

/* ---- How ---- */

static bool begins_with_one(struct str s, struct words w) { /* the first byte alone decides nearly always */
        for (ptrdiff_t i = 0; i < w.count; i++)
                if (s.len > 0 && s.p[0] == w.items[i].p[0] && str_starts(s, w.items[i]))
                        return true;
        return false;
}

/* A text that grows within a buffer as long as its source: filters never lengthen a line. */
struct cut {
        char *p;
        ptrdiff_t len;
};

static void cut_bytes(struct cut *c, struct str s) {
        if (s.len > 0)
                memcpy(c->p + c->len, s.p, (size_t)s.len);
        c->len += s.len;
}

static void cut_line(struct cut *c, struct str line) {
        cut_bytes(c, line);
        c->p[c->len++] = '\n';
}

static struct str keep_lines(struct arena *a, struct str text, struct words w) {
        struct cut c = { .p = arena_bytes(a, text.len + 1) };
        struct str line;

        while (str_cut(&text, '\n', &line))
                if (begins_with_one(line, w))
                        cut_line(&c, line);
        return str_n(c.p, c.len);
}

/* "KVM_INTEL" of "CONFIG_KVM_INTEL=m" and of "# CONFIG_KVM_INTEL is not set"; empty for other lines. */
static struct str option_of(struct str line) {
        static const struct str set = STR("CONFIG_"), unset = STR("# CONFIG_");
        struct str name;

        if (str_starts(line, set))
                return str_cut(&line, '=', &name) ? str_from(name, set.len) : S("");
        if (!str_starts(line, unset))
                return S("");
        line = str_from(line, unset.len);
        return str_word(&line, &name) ? name : S("");
}

static bool is_one(struct str s, struct words w) {
        for (ptrdiff_t i = 0; i < w.count; i++)
                if (s.len == w.items[i].len && str_eq(s, w.items[i]))
                        return true;
        return false;
}

/* Which pairs of letters a set of words begins with: most of the thousands of options are passed over by one look. */
struct beginnings {
        unsigned char bits[65536 / 8];
};

static unsigned beginning_of(struct str s) {
        return s.len < 2 ? 0 : (unsigned)(unsigned char)s.p[0] << 8 | (unsigned char)s.p[1];
}

static void add_beginnings(struct beginnings *b, struct words w) {
        for (ptrdiff_t i = 0; i < w.count; i++)
                b->bits[beginning_of(w.items[i]) / 8] |= (unsigned char)(1u << beginning_of(w.items[i]) % 8);
}

static bool may_begin(const struct beginnings *b, struct str s) {
        return b->bits[beginning_of(s) / 8] >> beginning_of(s) % 8 & 1;
}

struct str filter_config(struct arena *a, struct str text, struct words wanted) {
        struct cut c = { .p = arena_bytes(a, text.len + 1) };
        struct beginnings known = { 0 };
        struct str line, option;

        add_beginnings(&known, WORDS(config_families));
        add_beginnings(&known, wanted);

        while (str_cut(&text, '\n', &line)) {
                option = option_of(line);
                if (option.len > 0 ? may_begin(&known, option) &&
                                             (begins_with_one(option, WORDS(config_families)) || is_one(option, wanted))
                                   : str_starts(line, S("# Linux/")))
                        cut_line(&c, line);
        }
        return str_n(c.p, c.len);
}

/* Without "<6>" and "[   12.345678] " and "[    T1] ", as many as there are. */
static struct str log_message(struct str line) {
        ptrdiff_t end;

        while (line.len > 0 && (line.p[0] == '<' || line.p[0] == '[')) {
                end = str_find_char(line, line.p[0] == '<' ? '>' : ']');
                if (end < 0)
                        break;
                line = str_from(line, end + 1);
                while (str_starts(line, S(" ")))
                        line = str_from(line, 1);
        }
        return line;
}

static bool holds_one(struct str s, struct words w) {
        for (ptrdiff_t i = 0; i < w.count; i++)
                if (str_find(s, w.items[i]) >= 0)
                        return true;
        return false;
}

struct str filter_log(struct arena *a, struct str text, struct words wanted) {
        struct cut c = { .p = arena_bytes(a, text.len + 1) };
        struct str line;

        while (str_cut(&text, '\n', &line)) {
                line = log_message(line);
                if (begins_with_one(line, WORDS(log_families)) || holds_one(line, wanted))
                        cut_line(&c, line);
        }
        return str_n(c.p, c.len);
}

struct str filter_status(struct arena *a, struct str text) {
        return keep_lines(a, text, WORDS(status_lines));
}

struct str filter_os_release(struct arena *a, struct str text) {
        return keep_lines(a, text, WORDS(os_release_lines));
}

/* dpkg's status file is a megabyte of paragraphs: it is searched for the lines that begin one, not read line by
 * line. */
struct str filter_dpkg(struct arena *a, struct str text) {
        static const struct str fields[] = { STR("Package: "), STR("Status: "), STR("Version: ") };
        const struct str package = fields[0];
        struct cut c = { .p = arena_bytes(a, text.len + 1) };
        const char *start = text.p;
        struct str line;
        ptrdiff_t at;

        while ((at = str_find(text, package)) >= 0) {
                bool begins = text.p + at == start || text.p[at - 1] == '\n';

                line = str_from(text, at + package.len);
                if (!begins || !begins_with_one(line, WORDS(packages))) {
                        text = line;
                        continue;
                }
                text = str_from(text, at);
                while (str_cut(&text, '\n', &line) && line.len > 0)
                        if (begins_with_one(line, WORDS(fields)))
                                cut_line(&c, line);
        }
        return str_n(c.p, c.len);
}

struct str filter_cpuinfo(struct arena *a, struct str text) {
        struct cut c = { .p = arena_bytes(a, text.len + 1) };
        struct str line, serial = S("Serial");

        if (str_find(text, serial) < 0)
                return text;
        while (str_cut(&text, '\n', &line))
                if (!str_starts(line, serial))
                        cut_line(&c, line);
        return str_n(c.p, c.len);
}

struct str filter_asset_tag(struct arena *a, struct str text) {
        struct str tag = str_trim(text);

        (void)a;
        for (size_t i = 0; i < sizeof(cloud_tags) / sizeof(cloud_tags[0]); i++)
                if (str_eq(tag, cloud_tags[i]))
                        return text;
        return S("");
}

struct str filter_kernel_images(struct arena *a, struct str names) {
        return keep_lines(a, names, WORDS(kernel_images));
}

struct str filter_module(struct arena *a, struct str names) {
        return keep_lines(a, names, WORDS(module_entries));
}

/* ---- Redaction: may lengthen, so it grows an output ---- */

static struct str taken(struct arena *a, struct out *o) {
        struct str s = str_dup(a, out_text(o));

        out_free(o);
        return s;
}

/* A path, an address, a host: no parameter that is only a word looks like that. */
static bool looks_like_a_name(struct str word) {
        for (ptrdiff_t i = 0; i < word.len; i++)
                if (memchr("/:.@", word.p[i], 4))
                        return true;
        return false;
}

static void redact_word(struct out *o, struct str word) {
        ptrdiff_t equals = str_find_char(word, '=');

        if (equals >= 0 && !begins_with_one(word, WORDS(open_parameters))) {
                out_str(o, str_sub(word, 0, equals));
                out_c(o, "=redacted");
        } else if (equals < 0 && looks_like_a_name(word)) {
                out_c(o, "redacted");
        } else {
                out_str(o, word);
        }
}

struct str redact_cmdline(struct arena *a, struct str text) {
        struct out o = { 0 };
        struct str word, line = str_trim(text);

        while (str_word(&line, &word)) {
                if (o.len > 0)
                        out_char(&o, ' ');
                redact_word(&o, word);
        }
        return taken(a, &o);
}

struct str redact_version(struct arena *a, struct str text) {
        struct out o = { 0 };
        ptrdiff_t open = str_find(text, S(" (")), close = str_find_char(str_from(text, open + 1), ')');
        struct str builder = str_sub(text, open + 1, close + 1);

        if (open < 0 || close < 0 || str_find_char(builder, '@') < 0)
                return text;
        out_str(&o, str_sub(text, 0, open));
        out_c(&o, " (redacted)");
        out_str(&o, str_from(text, open + 1 + close + 1));
        return taken(a, &o);
}

struct str redact_cpuinfo(struct arena *a, struct str text) {
        static const struct str name = STR("identification = ");
        struct str kept = filter_cpuinfo(a, text);
        ptrdiff_t at = str_find(kept, name), from = 0;
        char *p;

        if (at < 0)
                return kept;
        p = arena_bytes(a, kept.len);
        memcpy(p, kept.p, (size_t)kept.len);
        for (; at >= 0; at = str_find(str_from(kept, from), name)) {
                from += at + name.len;
                while (from < kept.len && p[from] != ',' && p[from] != '\n')
                        p[from++] = '0';
        }
        return str_n(p, kept.len);
}
