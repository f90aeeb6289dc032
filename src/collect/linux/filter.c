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

/* Many words, by a hash of the two letters that they begin with: most lines are passed over by one look, the others held against few. */
struct beginnings {
        struct words words;
        uint16_t first[1024]; /* number of the first word there, from 1 */
        uint16_t *next;       /* of each word: the number of the next one in its place */
};

static unsigned beginning_of(const char *two) {
        return ((unsigned)(unsigned char)two[0] * 37 + (unsigned char)two[1]) % 1024;
}

static void find_beginnings(struct beginnings *ret, struct arena *a, struct words w) {
        *ret = (struct beginnings){ .words = w, .next = arena_array(a, uint16_t, w.count) };
        for (ptrdiff_t i = w.count - 1; i >= 0; i--)
                if (w.items[i].len >= 2) {
                        uint16_t *first = &ret->first[beginning_of(w.items[i].p)];

                        ret->next[i] = *first;
                        *first = (uint16_t)(i + 1);
                }
}

/* The text begins with one of the words; `whole`: it is the text's first word, which a blank or "=" ends. */
static bool begins_so(const struct beginnings *b, struct str s, bool whole) {
        if (s.len < 2)
                return false;
        for (uint16_t i = b->first[beginning_of(s.p)]; i; i = b->next[i - 1]) {
                struct str word = b->words.items[i - 1];

                if (str_starts(s, word) && (!whole || s.len == word.len || s.p[word.len] == '=' || s.p[word.len] == ' '))
                        return true;
        }
        return false;
}

/* "KVM_INTEL=m" of "CONFIG_KVM_INTEL=m" and "KVM_INTEL is not set" of "# CONFIG_KVM_INTEL is not set"; empty for other lines. */
static inline struct str option_of(struct str line) {
        static const struct str set = STR("CONFIG_"), unset = STR("# CONFIG_");

        if (line.len > set.len && memcmp(line.p, set.p, sizeof("CONFIG_") - 1) == 0)
                return str_n(line.p + set.len, line.len - set.len);
        if (line.len > unset.len && memcmp(line.p, unset.p, sizeof("# CONFIG_") - 1) == 0)
                return str_n(line.p + unset.len, line.len - unset.len);
        return S("");
}

struct str filter_config(struct arena *a, struct str text, struct words wanted) {
        struct cut c = { .p = arena_bytes(a, text.len + 1) };
        struct beginnings families, options;
        struct str line, option;

        find_beginnings(&families, a, WORDS(config_families));
        find_beginnings(&options, a, wanted);
        while (str_cut(&text, '\n', &line)) {
                option = option_of(line);
                if (option.len > 0 ? begins_so(&families, option, false) || begins_so(&options, option, true) : str_starts(line, S("# Linux/")))
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

/* Which four bytes stand in the words: so far apart that none of them can lie between two looks at a text. */
struct windows {
        unsigned char bits[65536 / 8];
        ptrdiff_t step; /* below 1: a word is shorter than that */
};

static unsigned window_at(const char *p) {
        uint32_t four;

        memcpy(&four, p, sizeof(four));
        return four * UINT32_C(2654435761) >> 16;
}

static void add_windows(struct windows *ret, struct words w) {
        ret->step = w.count > 0 ? w.items[0].len - 3 : 1;
        for (ptrdiff_t i = 1; i < w.count; i++)
                if (w.items[i].len - 3 < ret->step)
                        ret->step = w.items[i].len - 3;
        for (ptrdiff_t i = 0; i < w.count; i++)
                for (ptrdiff_t k = 0; k < ret->step; k++)
                        ret->bits[window_at(w.items[i].p + k) / 8] |= (unsigned char)(1u << window_at(w.items[i].p + k) % 8);
}

/* A word that has the window at `i` among its first ones. */
static bool holds_one_at(struct str s, ptrdiff_t i, const struct beginnings *w, ptrdiff_t step) {
        for (ptrdiff_t from = i; from >= 0 && from > i - step; from--)
                if (begins_so(w, str_from(s, from), false))
                        return true;
        return false;
}

static bool holds_one(struct str s, const struct beginnings *w, const struct windows *seen) {
        for (ptrdiff_t i = 0; seen->step < 1 && i < w->words.count; i++)
                if (str_find(s, w->words.items[i]) >= 0)
                        return true;
        for (ptrdiff_t i = 0; seen->step > 0 && i + 4 <= s.len; i += seen->step)
                if (seen->bits[window_at(s.p + i) / 8] >> window_at(s.p + i) % 8 & 1 && holds_one_at(s, i, w, seen->step))
                        return true;
        return false;
}

/* ---- The log ---- */

struct word_list {
        struct str *items;
        ptrdiff_t count, capacity;
};

static struct words words_of(const struct word_list *l) {
        return (struct words){ .items = l->items, .count = l->count };
}

void filter_log_words(struct log_words *ret, struct arena *a, const struct catalog *c) {
        struct word_list begins = { 0 }, flaws = { 0 }, holds = { 0 };

        for (uint32_t i = 0; i < c->log_line_count; i++)
                *arena_append(a, &begins) = T(c->log_lines[i].begins);
        for (uint32_t i = 0; i < c->flaw_count; i++) {
                *arena_append(a, &flaws) = T(c->flaws[i].id);
                *arena_append(a, &flaws) = T(c->flaws[i].name);
                for (uint32_t k = 0; k < c->flaws[i].aliases.count; k++)
                        *arena_append(a, &flaws) = T_AT(c->flaws[i].aliases, k);
        }
        for (uint32_t i = 0; i < c->fact_count; i++) {
                if (c->facts[i].kind == FACT_KIND_LOG)
                        *arena_append(a, &holds) = T(c->facts[i].text);
                if (c->facts[i].log.len > 0)
                        *arena_append(a, &holds) = T(c->facts[i].log);
        }
        *ret = (struct log_words){ .begins = words_of(&begins), .flaws = words_of(&flaws), .holds = words_of(&holds) };
}

static char folded(char c) {
        return c == '-' || c == '_' ? ' ' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(struct str a, struct str b) {
        for (ptrdiff_t i = 0; i < a.len; i++)
                if (folded(a.p[i]) != folded(b.p[i]))
                        return false;
        return true;
}

/* Which letters and lengths names have. */
struct shapes {
        unsigned char bits[65536 / 8];
};

static unsigned shape_of(struct str name) {
        return (unsigned)(unsigned char)folded(name.p[0]) << 8 | (unsigned)(name.len & 0xff);
}

static void add_shapes(struct shapes *ret, struct words w) {
        for (ptrdiff_t i = 0; i < w.count; i++)
                if (w.items[i].len > 0)
                        ret->bits[shape_of(w.items[i]) / 8] |= (unsigned char)(1u << shape_of(w.items[i]) % 8);
}

static const struct str about_bug = STR(" CPU bug ");

/* "Spectre V1 : …", "L1TF CPU bug present and …": only kernels write like that about a flaw. `bugs`: a line of the text has the latter. */
static bool is_about(struct str line, struct words flaws, const struct shapes *shapes, bool bugs) {
        ptrdiff_t colon = str_find_char(line, ':');
        struct str before = colon < 0 ? line : str_sub(line, 0, colon), label;
        ptrdiff_t bug = bugs ? str_find(before, about_bug) : -1;

        label = str_trim(str_sub(before, 0, bug >= 0 ? bug : colon < 0 ? 0 : colon));
        if (label.len == 0 || !(shapes->bits[shape_of(label) / 8] >> shape_of(label) % 8 & 1))
                return false;
        for (ptrdiff_t i = 0; i < flaws.count; i++)
                if (label.len == flaws.items[i].len && same_name(label, flaws.items[i]))
                        return true;
        return false;
}

struct str filter_log(struct arena *a, struct str text, const struct log_words *w) {
        struct cut c = { .p = arena_bytes(a, text.len + 1) };
        bool bugs = str_find(text, str_from(about_bug, 1)) >= 0; /* blanks are many */
        struct beginnings begins, holds;
        struct windows windows = { 0 };
        struct shapes shapes = { 0 };
        struct str line;

        find_beginnings(&begins, a, w->begins);
        find_beginnings(&holds, a, w->holds);
        add_shapes(&shapes, w->flaws);
        add_windows(&windows, w->holds);
        while (str_cut(&text, '\n', &line)) {
                line = log_message(line);
                if (begins_so(&begins, line, false) || is_about(line, w->flaws, &shapes, bugs) ||
                    holds_one(line, &holds, &windows))
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

static bool has_line(struct str text, struct str wanted) {
        struct str line;

        while (str_cut(&text, '\n', &line))
                if (str_eq(line, wanted))
                        return true;
        return false;
}

static bool is_in(struct str text, struct str piece) {
        return str_find(text, piece) >= 0;
}

static bool is_all_of(struct str text, struct str piece) {
        return str_eq(str_trim(text), piece);
}

static void add_pieces(struct out *o, struct texts pieces, struct str text, bool (*fits)(struct str, struct str)) {
        for (uint32_t i = 0; i < pieces.count; i++)
                if (fits(text, T_AT(pieces, i)) && !has_line(out_text(o), T_AT(pieces, i))) {
                        out_str(o, T_AT(pieces, i));
                        out_char(o, '\n');
                }
}

struct str filter_signs(struct arena *a, const struct catalog *c, struct str path, struct str text) {
        OUT_AUTO struct out o = { 0 };

        for (uint32_t i = 0; i < c->where_sign_count; i++) {
                const struct where_sign *s = &c->where_signs[i];
                const struct fact_def *def = &c->facts[s->fact], *other = &c->facts[s->excluding ? s->excluding - 1 : s->fact];

                if (s->excluding && other->kind == FACT_KIND_FILE && str_eq(T(other->text), path))
                        add_pieces(&o, s->unless_has, text, is_in);
                if (def->kind != FACT_KIND_FILE || !str_eq(T(def->text), path))
                        continue;
                add_pieces(&o, s->begins, text, str_starts);
                add_pieces(&o, s->is, text, is_all_of);
                add_pieces(&o, s->has, text, is_in);
        }
        return str_dup(a, out_text(&o));
}

struct str filter_strings(struct arena *a, struct str text) {
        char *p = arena_bytes(a, text.len + 1);

        for (ptrdiff_t i = 0; i < text.len; i++)
                p[i] = text.p[i] == '\0' ? '\n' : text.p[i];
        return str_n(p, text.len);
}

/* SMBIOS specification, 7.1.2.2: BIOS characteristics extension byte 2, bit 4. */
struct str filter_smbios_bios(struct arena *a, struct str raw) {
        (void)a;
        return raw.len > 0x13 && raw.p[0] == 0 && (unsigned char)raw.p[1] > 0x13 && raw.p[0x13] & 1 << 4 ? S("virtual machine") : S("");
}

/* "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw": the fifth word is the place, behind the dash stands the file system. */
struct str filter_root_mount(struct arena *a, struct str mounts) {
        struct str line, type = S("");

        while (str_cut(&mounts, '\n', &line)) {
                ptrdiff_t dash = str_find(line, S(" - "));
                struct str word = { 0 };

                for (int i = 0; i < 5; i++)
                        (void)str_word(&line, &word);
                if (dash < 0 || !str_eq(word, S("/")))
                        continue;
                line = str_from(line, str_find(line, S(" - ")) + 3);
                (void)str_word(&line, &type); /* what was mounted last lies on top */
        }
        return str_dup(a, type);
}

struct str filter_kernel_images(struct arena *a, struct str names) {
        return keep_lines(a, names, WORDS(kernel_images));
}

struct str filter_module(struct arena *a, struct str names) {
        return keep_lines(a, names, WORDS(module_entries));
}
