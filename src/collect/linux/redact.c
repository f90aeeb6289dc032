#include "collect/linux/redact.h"

#include "base/out.h"
#include "evidence/places.h"

static const struct str redacted = STR("redacted");

/* Redaction may lengthen a text, so it grows an output. */
static struct str taken(struct arena *a, struct out *o) {
        struct str s = str_dup(a, out_text(o));

        out_free(o);
        return s;
}

static bool is_listed(struct str s, const struct str *items, size_t count) {
        for (size_t i = 0; i < count; i++)
                if (str_eq(s, items[i]))
                        return true;
        return false;
}

#define LISTED(s, array) is_listed((s), (array), sizeof(array) / sizeof((array)[0]))

static struct str without_quotes(struct str s) {
        if (!str_starts(s, S("\"")))
                return s;
        s = str_from(s, 1);
        return str_ends(s, S("\"")) ? str_sub(s, 0, s.len - 1) : s;
}

/* A number or a switch says nothing of anyone. */
static bool is_plain(struct str s) {
        static const struct str switches[] = { STR("0"),   STR("1"),  STR("Y"),  STR("N"),     STR("y"),    STR("n"),     STR("m"),
                                               STR("yes"), STR("no"), STR("on"), STR("off"),   STR("auto"), STR("force"), STR("never"),
                                               STR("true"), STR("false"), STR("always"), STR("cond") };
        uint64_t number;

        return LISTED(s, switches) || (s.len <= 10 && str_to_u64(str_starts(s, S("-")) ? str_from(s, 1) : s, &number));
}

/* ---- What the catalog asks for ---- */

struct str redact_value(struct arena *a, const struct catalog *c, struct str path, struct str text) {
        struct str value = str_trim(text);

        if (value.len == 0 || (is_plain(value) && !str_starts(path, S(PLACE_DMI)))) /* there a number may be an inventory's */
                return text;
        if (catalog_compares(c, FACT_KIND_FILE, path, value))
                return text;
        value = filter_signs(a, c, path, value);
        return value.len > 0 ? value : redacted;
}

static bool is_base_16(struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++)
                if (!memchr("0123456789abcdefABCDEF", s.p[i], 22))
                        return false;
        return s.len > 0 && s.len <= 16;
}

/* A word of such a file. /sys/hypervisor/properties/features is in base 16 and does not say so. */
static bool is_setting(struct str path, struct str word) {
        static const struct str own[] = {
                /* smt/control, kvm's parameters, /proc/xen/capabilities */
                STR("forceoff"), STR("notsupported"), STR("notimplemented"), STR("not"), STR("required"), STR("EPT"), STR("disabled"), STR("control_d"),
                /* /proc/self/status */
                STR("NoNewPrivs:"), STR("Seccomp:"), STR("Speculation_Store_Bypass:"), STR("SpeculationIndirectBranch:"), STR("x86_Thread_features:"),
                STR("x86_Thread_features_locked:"), STR("thread"), STR("globally"), STR("mitigated"), STR("vulnerable"), STR("conditional"),
                STR("enabled"), STR("unknown"), STR("unsupported"), STR("shstk"), STR("wrss"),
        };
        struct str piece, number;

        if (LISTED(word, own) || (is_base_16(word) && str_ends(path, S("/properties/features"))))
                return true;
        while (str_cut(&word, ',', &piece))
                while (str_cut(&piece, '-', &number))
                        if (!is_plain(number) && !(str_starts(number, S("0x")) && is_base_16(str_from(number, 2))))
                                return false;
        return true;
}

struct str redact_setting(struct arena *a, const struct catalog *c, struct str path, struct str text) {
        struct out o = { 0 };
        struct str line, word;

        (void)c;
        while (str_cut(&text, '\n', &line)) {
                struct str rest = line;
                bool stays = true;

                while (stays && str_word(&rest, &word))
                        stays = is_setting(path, word);
                out_str(&o, stays ? line : redacted);
                if (text.p)
                        out_char(&o, '\n');
        }
        return taken(a, &o);
}

struct str redact_log(struct arena *a, const struct catalog *c, struct str path, struct str text) {
        struct log_words words;
        struct out o = { 0 };

        (void)path;
        filter_log_words(&words, a, c);
        for (ptrdiff_t i = 0; i < words.holds.count; i++)
                if (str_find(text, words.holds.items[i]) >= 0) {
                        out_str(&o, words.holds.items[i]);
                        out_char(&o, '\n');
                }
        return taken(a, &o);
}

/* ---- The command line ---- */

/* Up to a blank outside of quotes (lib/cmdline.c, next_arg). */
static bool next_word(struct str *rest, struct str *ret) {
        ptrdiff_t end = 0;
        bool quoted = false;

        *rest = str_trim(*rest);
        while (end < rest->len && (quoted || !memchr(" \t\n", rest->p[end], 3)))
                quoted ^= rest->p[end++] == '"';
        *ret = str_sub(*rest, 0, end);
        *rest = str_from(*rest, end);
        return end > 0;
}

/* '-' and '_' are alike in a parameter's name (kernel/params.c, parameq). */
static bool same_name(struct str a, struct str b) {
        if (a.len != b.len)
                return false;
        for (ptrdiff_t i = 0; i < a.len; i++)
                if ((a.p[i] == '-' ? '_' : a.p[i]) != (b.p[i] == '-' ? '_' : b.p[i]))
                        return false;
        return true;
}

static const struct parameter *parameter_of(const struct catalog *c, struct str name) {
        for (uint32_t i = 0; i < c->parameter_count; i++)
                if (same_name(T(c->parameters[i].name), name))
                        return &c->parameters[i];
        return NULL;
}

/* One of the words between commas: a value that the catalog lists has it, or it takes an attack vector out ("no_user_kernel"). */
static bool is_known_piece(const struct parameter *p, struct str piece) {
        static const struct str vectors[] = {
#define X(name, word, arrow) STR(word),
                BOUNDARIES(X)
#undef X
        };
        struct str rest, one;

        for (uint32_t i = 0; i < p->values.count; i++)
                for (rest = T_AT(p->values, i); str_cut(&rest, ',', &one);)
                        if (str_eq(one, piece))
                                return true;
        for (size_t i = 0; i < BOUNDARY_COUNT; i++)
                if (str_starts(piece, S("no_")) && same_name(str_from(piece, 3), vectors[i]))
                        return true;
        return is_plain(piece);
}

static bool may_stay(const struct parameter *p, struct str value) {
        struct str piece;

        while (value.len > 0 && str_cut(&value, ',', &piece))
                if (!is_known_piece(p, piece))
                        return false;
        return true;
}

/* A name as parameters have it. What else stands before an equals sign, or alone, may be anything. */
static bool is_name(struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++)
                if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= 'A' && s.p[i] <= 'Z') && !(s.p[i] >= '0' && s.p[i] <= '9') &&
                    !memchr("._-", s.p[i], 3))
                        return false;
        return s.len > 0 && s.len <= 40;
}

/* The x86 kernel's first scanner knows no quotes: a parameter that it would find inside of them is not hidden by their redaction. */
static void tell_of_hidden(struct out *o, const struct catalog *c, struct str word) {
        struct str inner, name;

        for (bool first = true; str_word(&word, &inner); first = false) {
                (void)str_cut(&inner, '=', &name);
                if (!first && parameter_of(c, name))
                        out_fmt(o, " %.*s=redacted", STR_ARG(name));
        }
}

static bool only_equals(struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++)
                if (s.p[i] != '=')
                        return false;
        return true;
}

/* Quotes stand around a whole word, or around its value. */
static void redact_word(struct out *o, const struct catalog *c, struct str word) {
        struct str value = without_quotes(word), whole = value, name = { 0 }; /* a lone quote holds none */
        const struct parameter *p;

        (void)str_cut(&value, '=', &name);
        value = without_quotes(value);
        p = parameter_of(c, name);
        if (str_eq(word, S("--")) || (p && may_stay(p, value)))
                out_str(o, word);
        else if (is_name(name) && name.len < whole.len && !only_equals(value)) /* "c2VjcmV0==" is no name, but a word of base64 */
                out_fmt(o, "%.*s=redacted", STR_ARG(name));
        else
                out_str(o, redacted);
        tell_of_hidden(o, c, word);
}

struct str redact_cmdline(struct arena *a, const struct catalog *c, struct str path, struct str text) {
        struct out o = { 0 };
        struct str word;

        (void)path;
        while (next_word(&text, &word)) {
                if (o.len > 0)
                        out_char(&o, ' ');
                redact_word(&o, c, word);
        }
        return taken(a, &o);
}

/* ---- The version banner ---- */

static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* An address, a setting, or a name with dots, as hosts have them; versions begin with a digit. */
static bool may_name(struct str word) {
        bool letter = word.len > 0 && is_letter(word.p[word.p[0] == '(' && word.len > 1]);

        for (ptrdiff_t i = 0; i < word.len; i++)
                if (word.p[i] == '@' || word.p[i] == '=' || (letter && word.p[i] == '.' && i + 1 < word.len && is_letter(word.p[i + 1])))
                        return true;
        return false;
}

/* Every word that may name somebody becomes "redacted". */
static void redact_addresses(struct out *o, struct str text) {
        while (text.len > 0) {
                ptrdiff_t end = str_find_char(text, ' ') == 0 ? 1 : str_find_char(text, ' ');
                struct str word = end < 0 ? text : str_sub(text, 0, end);

                text = str_from(text, word.len);
                out_str(o, may_name(word) ? redacted : word);
        }
}

/* "Linux version 6.1.0 (builder@host) (gcc …) #1 SMP …": the builder in parentheses, also where the banner is cut off within them, and
 * every other word that may name somebody. */
struct str redact_version(struct arena *a, const struct catalog *c, struct str path, struct str text) {
        ptrdiff_t open = str_find(text, S(" (")), close = str_find_char(str_from(text, open + 1), ')');
        struct str builder = str_from(text, open + 1);
        ptrdiff_t end = close < 0 ? -1 : str_find_char(str_from(builder, close), ' '); /* what hangs on it goes with it */
        struct out o = { 0 };

        (void)c;
        (void)path;
        if (end >= 0)
                builder = str_sub(builder, 0, close + end);
        if (open >= 0 && str_find_char(builder, '@') >= 0) {
                redact_addresses(&o, str_sub(text, 0, open));
                out_c(&o, " (redacted)");
                text = str_from(text, builder.p + builder.len - text.p);
        }
        redact_addresses(&o, text);
        return taken(a, &o);
}

/* ---- Files of lines ---- */

/* What kernels print there: x86, Arm, RISC-V, POWER, s390, LoongArch, MIPS, SPARC. Clock rates and the like decide nothing, but are no
 * secret either; a line that is not here is left out. */
static const struct str cpuinfo_fields[] = {
        STR("processor"),        STR("vendor_id"),      STR("cpu family"),     STR("model"),          STR("model name"),
        STR("stepping"),         STR("microcode"),      STR("cpu MHz"),        STR("cache size"),     STR("physical id"),
        STR("siblings"),         STR("core id"),        STR("cpu cores"),      STR("fpu"),            STR("fpu_exception"),
        STR("cpuid level"),      STR("wp"),             STR("flags"),          STR("vmx flags"),      STR("bugs"),
        STR("bogomips"),         STR("BogoMIPS"),       STR("TLB size"),       STR("clflush size"),   STR("cache_alignment"),
        STR("address sizes"),    STR("power management"), STR("Features"),     STR("CPU implementer"), STR("CPU architecture"),
        STR("CPU variant"),      STR("CPU part"),       STR("CPU revision"),   STR("Processor"),      STR("MMU Type"),
        STR("hart"),             STR("isa"),            STR("hart isa"),       STR("mmu"),            STR("uarch"),
        STR("mvendorid"),        STR("marchid"),        STR("mimpid"),         STR("cpu"),            STR("clock"),
        STR("revision"),         STR("timebase"),       STR("MMU"),            STR("features"),
        STR("facilities"),       STR("# processors"),   STR("max thread id"),  STR("cpu number"),     STR("version"),
        STR("CPU Family"),     STR("Model Name"),     STR("CPU Revision"),   STR("cpu model"),
        STR("type"),             STR("ncpus probed"),   STR("ncpus active"),
};

static bool is_cpuinfo_line(struct str line) {
        struct str name;

        if (str_trim(line).len == 0)
                return true;
        if (str_starts(line, S("processor ")))
                return true; /* "processor 0: version = FF, …" of s390 */
        return str_cut(&line, ':', &name) && LISTED(str_trim(name), cpuinfo_fields);
}

/* The machine's number in the processor lines of s390, digit by digit. */
static void hide_identification(char *p, ptrdiff_t len) {
        static const struct str name = STR("identification = ");
        struct str text = str_n(p, len);

        for (ptrdiff_t at, from = 0; (at = str_find(str_from(text, from), name)) >= 0;) {
                from += at + name.len;
                while (from < len && p[from] != ',' && p[from] != '\n')
                        p[from++] = '0';
        }
}

struct str redact_cpuinfo(struct arena *a, const struct catalog *c, struct str path, struct str text) {
        char *p = arena_bytes(a, text.len + 1);
        ptrdiff_t len = 0;
        struct str line;

        (void)c;
        (void)path;
        while (str_cut(&text, '\n', &line)) {
                if (!is_cpuinfo_line(line))
                        continue;
                if (line.len > 0)
                        memcpy(p + len, line.p, (size_t)line.len);
                len += line.len;
                p[len++] = '\n';
        }
        hide_identification(p, len);
        return str_n(p, len);
}

/* A distribution that steps of a fix, or a condition, name. */
static bool is_distribution(const struct catalog *c, struct str word) {
        for (uint32_t i = 0; i < c->fix_count; i++)
                for (uint32_t k = 0; k < c->fixes[i].step_count; k++) {
                        struct str names = T(c->fixes[i].steps[k].on), one;

                        while (str_word(&names, &one))
                                if (str_eq(one, word))
                                        return true;
                }
        for (uint32_t i = 0; i < c->literal_count; i++)
                if (c->literals[i].type == VALUE_TEXT && str_eq(T(c->literals[i].text), word))
                        return true;
        return false;
}

static void add_words(struct out *o, const struct catalog *c, struct str name, struct str value) {
        struct str word;

        value = without_quotes(value);
        out_fmt(o, "%.*s=\"", STR_ARG(name));
        for (bool first = true; str_word(&value, &word); first = false)
                out_fmt(o, "%s%.*s", first ? "" : " ", STR_ARG(is_distribution(c, word) ? word : redacted));
        out_c(o, "\"\n");
}

static bool is_version_number(struct str value) {
        for (ptrdiff_t i = 0; i < value.len; i++)
                if (!memchr("0123456789.\"", value.p[i], 12))
                        return false;
        return value.len <= 12;
}

struct str redact_os_release(struct arena *a, const struct catalog *c, struct str path, struct str text) {
        struct out o = { 0 };
        struct str line, name;

        (void)path;
        while (str_cut(&text, '\n', &line)) {
                struct str value = str_trim(line);

                if (!str_cut(&value, '=', &name))
                        continue;
                if (str_eq(name, S("ID")) || str_eq(name, S("ID_LIKE")))
                        add_words(&o, c, name, value);
                else if (str_eq(name, S("VERSION_ID")) && is_version_number(value))
                        out_fmt(&o, "VERSION_ID=%.*s\n", STR_ARG(value));
        }
        return taken(a, &o);
}

struct str redact_config(struct arena *a, const struct catalog *c, struct str path, struct str text) {
        struct out o = { 0 };
        struct str line, name;

        (void)c;
        (void)path;
        while (str_cut(&text, '\n', &line)) {
                struct str value = line;

                if (str_cut(&value, '=', &name) && name.len < line.len ? is_plain(value) : str_ends(line, S(" is not set"))) {
                        out_str(&o, line);
                        out_char(&o, '\n');
                }
        }
        return taken(a, &o);
}

/* Up to the first word that is no number; what is an image's is told before it. */
static struct str kernel_number(struct str name) {
        static const struct str images[] = { STR("vmlinuz"), STR("vmlinux"), STR("Image"), STR("image"), STR("kernel") };
        ptrdiff_t end = 0, at;

        for (size_t i = 0; i < sizeof(images) / sizeof(images[0]) && end == 0; i++)
                if (str_starts(name, images[i]))
                        end = images[i].len;
        for (at = end; at < name.len && memchr("0123456789.-", name.p[at], 12); at++)
                if (str_starts(str_from(name, at), S("-rc"))) /* "6.19.0-rc3" comes before 6.19.0 */
                        at += 2;
        while (at > end && memchr(".-", name.p[at - 1], 2)) /* "6.1.0-" */
                at--;
        return str_sub(name, 0, at);
}

struct str redact_kernels(struct arena *a, const struct catalog *c, struct str path, struct str text) {
        struct out o = { 0 };
        struct str line, kept;

        (void)c;
        (void)path;
        while (str_line(&text, &line)) {
                kept = kernel_number(line);
                if (kept.len > 0)
                        out_fmt(&o, "%.*s\n", STR_ARG(kept));
        }
        return taken(a, &o);
}
