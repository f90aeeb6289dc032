/* A kernel's log: dmesg, journalctl, syslog, a cloud's serial console. The version, the command line and the processor stand in it,
 * and what the kernel reported about flaws while it started. The log is a ring: what is not in it may have been. */
#include "collect/import/kernel_log.h"
#include "evidence/signature.h"

/* ---- The processor ---- */

static struct str behind(struct str line, struct str name) {
        ptrdiff_t at = str_find(line, name), end = 0;
        struct str value = at >= 0 ? str_from(line, at + name.len) : S("");

        while (end < value.len && value.p[end] != ',' && value.p[end] != ')' && value.p[end] != ' ' && value.p[end] != ']')
                end++;
        return str_sub(value, 0, end);
}

/* The same of a value that ends in its comma or bracket: where the line was cut, or broken, a number may have lost its last digits. */
static struct str whole_behind(struct str line, struct str name) {
        struct str value = behind(line, name);
        const char *end = value.p ? value.p + value.len : NULL;

        return end && end < line.p + line.len && *end != ' ' ? value : S("");
}

static struct import_cpu *boot_cpu(struct log *log) {
        return log->host->cpus.count ? &log->host->cpus.items[0] : arena_append(log->import->arena, &log->host->cpus);
}

static void take_signature(struct log *log, uint64_t eax) {
        struct import_cpu *cpu = boot_cpu(log);
        struct arena *a = log->import->arena;

        if (cpu->family.len > 0)
                return;
        cpu->vendor = S("GenuineIntel"); /* only Intel's driver prints it */
        cpu->family = str_fmt(a, "%u", signature_family((uint32_t)eax));
        cpu->model = str_fmt(a, "%u", signature_model((uint32_t)eax));
        cpu->stepping = str_fmt(a, "%u", signature_stepping((uint32_t)eax));
}

/* "smpboot: CPU0: Intel(R) Xeon(R) CPU (family: 0x6, model: 0x55, stepping: 0x4)"; until Linux 4.2 "(fam: 06, model: 2a, stepping: 07)". */
static void take_cpu0(struct log *log, struct str line) {
        ptrdiff_t name = str_find(line, S("CPU0: ")), end = str_find(line, S(" (fam"));
        struct arena *a = log->import->arena;
        struct str text;
        struct import_cpu *cpu;

        if (name < 0 || end < name + 6)
                return;
        text = str_trim(str_sub(line, name + 6, end - name - 6));
        cpu = boot_cpu(log);
        cpu->name = text;
        cpu->vendor = import_vendor_of(text);
        cpu->family = import_decimal(a, whole_behind(line, str_find(line, S("(fam: ")) > 0 ? S("fam: ") : S("family: ")), true);
        cpu->model = import_decimal(a, whole_behind(line, S("model: ")), true);
        cpu->stepping = import_decimal(a, whole_behind(line, S("stepping: ")), true);
}

/* Arm's MIDR: "Booting Linux on physical CPU 0x0000000000 [0x410fd034]", "CPU1: Booted secondary processor 0x0000000001 [0x410fd034]",
 * before 4.17 "Boot CPU: AArch64 Processor [410fd034] revision 4", on 32-bit Arm "CPU: ARMv7 Processor [413fc082] revision 2 (ARMv7), cr=…". */
static void take_midr(struct log *log, struct str line, struct str machine) {
        struct str hex = whole_behind(line, S("["));
        struct arena *a = log->import->arena;
        struct import_cpu *cpu;
        uint64_t midr;

        if (!str_hex_to_u64(hex, &midr) || midr == 0 || midr > UINT32_MAX)
                return;
        cpu = arena_append(a, &log->host->cpus);
        *cpu = (struct import_cpu){
                .implementer = str_fmt(a, "0x%02x", (unsigned)(midr >> 24)),
                .variant = str_fmt(a, "0x%x", (unsigned)(midr >> 20 & 15)),
                .part = str_fmt(a, "0x%03x", (unsigned)(midr >> 4 & 4095)),
                .revision = str_fmt(a, "%u", (unsigned)(midr & 15)),
        };
        import_uname(log->host, S("Linux"), S(""), machine);
}

/* ---- Microcode ---- */

/* "microcode: sig=0x406e3, pf=0x80, revision=0xf0". */
static void take_platform(struct log *log, struct str line) {
        struct str mask = whole_behind(line, S("pf="));
        uint64_t n;

        if (str_hex_to_u64(whole_behind(line, S("sig=")), &n) && n > 0)
                take_signature(log, n);
        if (str_hex_to_u64(mask, &n) && n > 0)
                import_file_text(log->import, log->host, S("/sys/devices/system/cpu/cpu0/microcode/processor_flags"), mask);
}

static void take_revision(struct log *log, struct str value) {
        uint64_t n;

        if (str_to_u64(value, &n) && n > 0)
                log->microcode = value;
}

static void take_microcode(struct log *log, struct str line) {
        static const struct str words[] = { STR("Current revision: "), STR("to revision "), STR("revision="), STR("to new patch_level="),
                                            STR("new patch_level="), STR("microcode revision: ") };

        /* The driver leaves at once where the processor shows a hypervisor (Linux 4.10 on): these lines come behind that. */
        log->loader |= str_find(line, S("Current revision: ")) >= 0 || str_find(line, S("sig=0x")) >= 0 ||
                       str_find(line, S("Microcode Update Driver")) >= 0 ||
                       (str_find(line, S("CPU")) >= 0 && str_find(line, S(": patch_level=")) >= 0);
        if (str_find(line, S("sig=0x")) >= 0)
                take_platform(log, line);
        if (str_find(line, S("updated early: 0x")) >= 0 && str_find(line, S(" -> 0x")) > 0) { /* 6.2 to 6.6: "0xc6 -> 0xf0, date = …" */
                log->loader = true;
                take_revision(log, behind(line, S(" -> ")));
                return;
        }
        if (str_find(line, S("patch_level=")) >= 0 && str_find(line, S("CPU")) >= 0) {
                struct str level = behind(line, S("patch_level="));

                if (log->microcode_cpu0.len == 0)
                        log->microcode_cpu0 = level;
                log->microcode_differs |= !str_eq(log->microcode_cpu0, level) && str_find(line, S("CPU0")) < 0;
                take_revision(log, level);
                return;
        }
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_find(line, words[i]) >= 0) {
                        take_revision(log, behind(line, words[i]));
                        return;
                }
}

/* ---- What the kernel says of flaws ---- */

static void add_words(struct log *log, const struct sentence_file *f, struct str text, bool whole) {
        struct log_words *w = NULL;

        for (ptrdiff_t i = 0; i < log->count; i++)
                if (log->items[i].file == f)
                        w = &log->items[i];
        if (!w) {
                w = arena_append(log->import->arena, log);
                w->file = f;
        }
        /* Said twice: the less safe one counts. */
        if (w->text.len == 0 || str_starts(text, S("Vulnerable"))) {
                w->text = text;
                w->whole = whole;
        }
}

/* Does the kernel append nothing to the sentence in the file, though it does to others there? Where it never does to what mitigates, it
 * does not to words that are new, either. */
static bool is_whole(const struct sentence_file *file, struct str text) {
        bool some = false, all = true;

        for (uint32_t i = 0; i < file->sentence_count; i++) {
                const struct sentence *s = &file->sentences[i];

                if (str_eq(T(s->says), text))
                        return s->whole;
                if (s->part || s->status != STATUS_MITIGATED)
                        continue;
                some = true;
                all &= s->whole;
        }
        return some && all;
}

/* "CPU0: Spectre v2: …": 32-bit Arm says it for each processor. */
static struct str without_cpu(struct str s) {
        ptrdiff_t colon = str_starts(s, S("CPU")) ? str_find(s, S(": ")) : -1;

        return colon >= 3 && colon < 8 && str_starts(str_from(s, colon + 2), S("Spectre ")) ? str_from(s, colon + 2) : s;
}

bool log_report(const struct catalog *c, struct str message, const struct sentence_file **ret_file, struct str *ret_text, bool *ret_whole) {
        const struct flaw *flaw;
        struct str label;

        for (uint32_t i = 0; i < c->log_report_count; i++)
                if (str_starts(without_cpu(message), T(c->log_reports[i].begins))) {
                        *ret_file = &c->files[c->log_reports[i].file];
                        *ret_text = T(c->log_reports[i].says);
                        *ret_whole = c->log_reports[i].whole;
                        return true;
                }
        if (message.len > 512 || !import_label(message, &label, ret_text) || label.len > 48)
                return false;
        if (str_starts(*ret_text, S("WARNING: ")) && str_find(*ret_text, S("leaves CPU vulnerable")) > 0)
                *ret_text = S("Vulnerable");
        flaw = import_is_sentence(*ret_text) ? catalog_flaw(c, label) : NULL;
        if (!flaw || !flaw->sentence_file || flaw->sentence_part)
                return false;
        *ret_file = &c->files[flaw->sentence_file - 1];
        *ret_whole = is_whole(*ret_file, *ret_text);
        return true;
}

/* "MDS CPU bug present and SMT on, data leak possible. See …". */
static void take_smt_warning(struct log *log, struct str line) {
        ptrdiff_t end = str_find(line, S(" CPU bug present and SMT on"));
        const struct flaw *flaw = end > 0 && end < 48 ? catalog_flaw(log->import->catalog, str_sub(line, 0, end)) : NULL;

        if (!flaw || !flaw->sentence_file)
                return;
        for (ptrdiff_t i = 0; i < log->count; i++)
                log->items[i].smt |= log->items[i].file == &log->import->catalog->files[flaw->sentence_file - 1];
}

/* ---- Which flaws it speaks of ---- */

static void speaks_of(struct log *log, struct str name) {
        struct import_host *h = log->host;

        if (!str_has_word(h->spoken_of, name))
                h->spoken_of = str_fmt(log->import->arena, "%.*s%s%.*s", STR_ARG(h->spoken_of), h->spoken_of.len ? " " : "", STR_ARG(name));
}

/* "MDS: Vulnerable", "Spectre V2 : Mitigation: Retpolines", "RETBleed: WARNING: Spectre v2 mitigation leaves CPU vulnerable …". */
static bool take_words(struct log *log, struct str line) {
        const struct sentence_file *file;
        struct str text;
        bool whole;

        if (!log_report(log->import->catalog, line, &file, &text, &whole))
                return false;
        add_words(log, file, text, whole);
        speaks_of(log, T(file->file));
        return true;
}

static bool has_word_like(struct str text, struct str word) {
        for (ptrdiff_t i = 0; i + word.len <= text.len; i++)
                if (str_eq_nocase(str_sub(text, i, word.len), word))
                        return true;
        return false;
}

/* The flaw of lines that stand for its sentences under a label of their own ("Kernel/User page tables isolation: enabled"), where the line
 * begins with that label and goes on otherwise. */
static const struct flaw *begun_as_report(const struct catalog *c, struct str line) {
        for (uint32_t i = 0; i < c->log_report_count; i++) {
                const struct log_report *r = &c->log_reports[i];
                struct str label, rest;

                if (!import_label(T(r->begins), &label, &rest) || catalog_flaw(c, label) || !str_starts(line, label))
                        continue;
                for (uint32_t k = 0; k < c->flaw_count; k++)
                        if (c->flaws[k].sentence_file == r->file + 1 && !c->flaws[k].sentence_part)
                                return &c->flaws[k];
        }
        return NULL;
}

/* Whatever it says, and in whatever words ("Spectre V2 : Spectre BHI mitigation: …", "MDS CPU bug present …"): it was not silent. */
static void note_flaw(struct log *log, struct str line) {
        const struct catalog *c = log->import->catalog;
        ptrdiff_t end = str_find(line, S(" CPU bug "));
        struct str label, rest = line;
        const struct flaw *flaw = NULL;
        const struct sentence_file *f;

        if (end > 0 && end < 48)
                flaw = catalog_flaw(c, str_sub(line, 0, end));
        else if (import_label(line, &label, &rest) && label.len <= 48)
                flaw = catalog_flaw(c, label);
        else
                flaw = begun_as_report(c, line);
        if (!flaw || !flaw->sentence_file)
                return;
        f = &c->files[flaw->sentence_file - 1];
        speaks_of(log, T(f->file));
        if (has_word_like(rest, S("Indirect Branch Prediction Barrier")))
                speaks_of(log, S("spectre_v2.ibpb"));
        for (uint32_t i = 1; i < f->parts.count; i++)
                if (has_word_like(rest, T_AT(f->parts, i)))
                        speaks_of(log, str_fmt(log->import->arena, "%.*s.%.*s", STR_ARG(T(f->file)), STR_ARG(T_AT(f->parts, i))));
}

/* ---- s390 ---- */

/* It says where it runs after its version (arch/s390/kernel/setup.c); natively is a partition of the machine. */
static const struct {
        struct str message, hypervisor;
} s390_modes[] = {
        { STR("setup: Linux is running as a z/VM guest operating system in 64-bit mode"), STR("z/VM") },
        { STR("setup: Linux is running under KVM in 64-bit mode"), STR("KVM") },
        { STR("setup: Linux is running natively in 64-bit mode"), STR("IBM PR/SM") },
        { STR("setup: Linux is running as a guest in 64-bit mode"), STR("") },
};

static bool take_s390(struct log *log, struct str line) {
        for (size_t i = 0; i < sizeof(s390_modes) / sizeof(s390_modes[0]); i++)
                if (str_starts(line, s390_modes[i].message)) {
                        import_guest(log->host, s390_modes[i].hypervisor);
                        import_uname(log->host, S("Linux"), S(""), S("s390x"));
                        return true;
                }
        return false;
}

/* ---- One line ---- */

static bool is_microcode(struct str line) {
        return str_find(str_sub(line, 0, 40), S("microcode: ")) >= 0;
}

/* printk shortens a message to its buffer (kernel/printk/printk.c: LOG_LINE_MAX, 1024 less the prefix): what is nearly as long may have been. */
enum { COMMAND_MAX = 940 };

/* The first line of arm64's kernels, before their version. */
static bool is_booting(struct str line) {
        return str_starts(line, S("Booting Linux on physical CPU 0x")) && str_find(line, S(" [0x")) > 0;
}

static bool is_loading(struct str line) {
        return is_microcode(line) && str_find(line, S("updated early")) > 0;
}

bool log_is_before_start(struct str message) {
        return str_starts(message, S("Booting Linux on physical CPU 0x")) || is_loading(message);
}

void log_line(struct log *log, struct str line) {
        static const struct str command = STR("Command line: "), kernel_command = STR("Kernel command line: ");

        note_flaw(log, line);
        if (str_starts(line, S("Linux version "))) {
                struct str before = log->messages.count > 0 ? log->messages.items[log->messages.count - 1] : S("");

                log_restart(log);
                if (is_booting(before)) /* arm64 writes it first */
                        take_midr(log, before, S("aarch64"));
                if (is_loading(before))
                        take_microcode(log, before);
                log->starts++;
                import_version_line(log->import, log->host, line);
        } else if (str_starts(line, command) || str_starts(line, kernel_command)) {
                log->command = str_from(line, str_starts(line, command) ? command.len : kernel_command.len);
                log->command_cut = log->line_cut || log->command.len >= COMMAND_MAX;
        } else if (str_starts(line, S("Hypervisor detected: "))) {
                import_guest(log->host, str_from(line, 21));
        } else if (str_find(line, S("CPU0: ")) >= 0 && str_find(line, S(" (fam")) > 0) {
                take_cpu0(log, line);
        } else if (is_booting(line) || (str_find(line, S(": Booted secondary processor ")) > 0 && str_find(line, S(" [0x")) > 0)) {
                take_midr(log, line, S("aarch64"));
        } else if (str_starts(line, S("CPU features: detected: ")) && log->host->machine.len == 0) {
                import_uname(log->host, S("Linux"), S(""), S("aarch64")); /* no other kernel has these words */
        } else if ((str_starts(line, S("rfi-flush: ")) || str_starts(line, S("stf-barrier: "))) && log->host->machine.len == 0) {
                import_uname(log->host, S("Linux"), S(""), S("ppc64"));
        } else if (str_starts(line, S("Boot CPU: AArch64 Processor ["))) {
                take_midr(log, line, S("aarch64"));
        } else if (str_starts(line, S("CPU: ARMv")) && str_find(line, S(" Processor [")) > 0) {
                take_midr(log, line, S("armv7l"));
        } else if (is_microcode(line)) {
                take_microcode(log, line);
        } else if (!take_s390(log, line) && !take_words(log, line)) {
                take_smt_warning(log, line);
        }
        if (log->bytes < LOG_BYTES_MAX) {
                log->bytes += line.len + 1;
                *arena_append(log->import->arena, &log->messages) = line;
        }
}
