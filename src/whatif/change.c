#include "whatif/change.h"

#include "base/version.h"
#include "catalog/computed.h"
#include "evidence/places.h"
#include "facts/cpus.h"

static const struct str cpuinfo_path = STR(PLACE_CPUINFO), cmdline_path = STR(PLACE_CMDLINE);

void change_copy(struct evidence *ret, struct arena *a, const struct evidence *e) {
        evidence_read_all(e);
        *ret = (struct evidence){ .source = e->source, .arena = a, .count = e->count, .capacity = e->count, .is_changed = true };
        ret->line_before = e->is_changed ? e->line_before : evidence_parameter(e, S(""));
        ret->items = arena_array(a, struct record, e->count + 1);
        if (e->count)
                memcpy(ret->items, e->items, (size_t)e->count * sizeof(*e->items));
        evidence_index(ret);
}

static struct str text_of(const struct evidence *e, struct str path) {
        const struct record *r = evidence_file(e, path);

        return r && r->state == FACT_KNOWN ? r->text : S("");
}

/* ---- Words and lines of files ----------------------------------------------------------------------------------------- */

/* The list without `word`, or with it at its beginning when `on`: where the list ends tells whether it was cut off. */
static void out_words(struct out *o, struct str list, struct str word, bool on) {
        bool there = on && str_has_word(list, word), first = true;
        struct str one;

        if (on && !there) {
                out_str(o, word);
                first = false;
        }
        while (str_word(&list, &one))
                if (there || !str_eq(one, word)) {
                        out_c(o, first ? "" : " ");
                        out_str(o, one);
                        first = false;
                }
}

/* What cpuinfo calls its list of features: PCs' "flags", Arm's "Features"; empty where it has none that is read (s390's, RISC-V's `isa`). */
static struct str list_of_flags(const struct evidence *e) {
        static const struct str names[] = { STR("flags"), STR("Features") };
        struct str line, rest = text_of(e, cpuinfo_path);

        while (str_cut(&rest, '\n', &line)) {
                ptrdiff_t colon = str_find_char(line, ':');

                for (size_t i = 0; colon > 0 && i < sizeof(names) / sizeof(names[0]); i++)
                        if (str_eq(str_trim(str_sub(line, 0, colon)), names[i]))
                                return names[i];
        }
        return S("");
}

/* Rewrites a field of every processor in cpuinfo: its value, or (word) one of its words. The flags that the kernel listed stay beside those that
 * are supposed, which say nothing of its age. */
static void cpuinfo_edit(struct evidence *e, struct str field, struct str value, bool is_word, bool on) {
        OUT_AUTO struct out text = { 0 };
        struct str line, rest = text_of(e, cpuinfo_path);
        bool supposed = is_word && str_eq(field, list_of_flags(e)) && str_find(rest, S("\n" CPU_FLAGS_LISTED)) < 0;

        if (rest.len == 0)
                return;
        while (str_cut(&rest, '\n', &line)) {
                ptrdiff_t colon = str_find_char(line, ':');

                if (colon >= 0 && str_eq(str_trim(str_sub(line, 0, colon)), field)) {
                        out_str(&text, str_sub(line, 0, colon + 1));
                        out_char(&text, ' ');
                        if (is_word)
                                out_words(&text, str_from(line, colon + 1), value, on);
                        else
                                out_str(&text, value);
                        if (supposed)
                                out_fmt(&text, "\n" CPU_FLAGS_LISTED ": %.*s", STR_ARG(str_trim(str_from(line, colon + 1))));
                } else {
                        out_str(&text, line);
                }
                out_char(&text, '\n');
        }
        evidence_add_file(e, cpuinfo_path, out_text(&text));
}

/* The command line with NAME=VALUE, or NAME, or without it. What stands behind "--" is for init, not for the kernel. */
static void parameter_edit(struct evidence *e, struct str name, struct str value) {
        OUT_AUTO struct out text = { 0 };
        struct str rest = text_of(e, cmdline_path), word, after = { 0 };
        bool is_switch = str_eq(value, S("yes")) || value.len == 0, gone = str_eq(value, S("absent")) || str_eq(value, S("no"));

        while (str_word(&rest, &word)) {
                if (str_eq(word, S("--"))) {
                        after = str_n(word.p, word.len + rest.len);
                        break;
                }
                ptrdiff_t equals = str_find_char(word, '=');

                if (str_eq(equals >= 0 ? str_sub(word, 0, equals) : word, name))
                        continue;
                out_str(&text, word);
                out_char(&text, ' ');
        }
        if (!gone)
                out_str(&text, name);
        if (!gone && !is_switch)
                out_fmt(&text, "=%.*s", STR_ARG(value));
        out_fmt(&text, " %.*s", STR_ARG(after));
        evidence_add_file(e, cmdline_path, str_trim(out_text(&text)));
}

/* The build configuration that was read, with CONFIG_NAME=value in place of whatever it said of these names. */
static int config_edit(struct evidence *e, struct str names, struct str value, struct diag *d) {
        OUT_AUTO struct out text = { 0 };
        const struct record *r = NULL;
        struct str line, rest, first = names, name;

        for (ptrdiff_t i = 0; i < e->count && !r; i++)
                if (e->items[i].kind == RECORD_FILE && e->items[i].state == FACT_KNOWN &&
                    place_is_config(e->items[i].key))
                        r = &e->items[i];
        if (!r)
                return diag_fail_class(d, DIAG_USAGE, "the kernel's build configuration was not read, so it cannot be changed");
        rest = r->text;
        while (str_cut(&rest, '\n', &line)) {
                struct str key = str_starts(line, S("# CONFIG_")) ? str_from(line, 9) : str_starts(line, S("CONFIG_"))
                                 ? str_from(line, 7) : S("");
                ptrdiff_t end = str_find_char(key, '='), blank = str_find_char(key, ' ');

                if (!str_has_word(names, str_sub(key, 0, end >= 0 ? end : blank >= 0 ? blank : key.len)) || key.len == 0) {
                        out_str(&text, line);
                        out_char(&text, '\n');
                }
        }
        if (str_word(&first, &name) && !str_eq(value, S("absent")))
                out_fmt(&text, str_eq(value, S("n")) ? "# CONFIG_%.*s is not set\n" : "CONFIG_%.*s=%.*s\n", STR_ARG(name),
                        STR_ARG(value));
        evidence_add_file(e, r->key, out_text(&text));
        return 0;
}

/* ---- Bits of registers ------------------------------------------------------------------------------------------------ */

static uint64_t with_bits(uint64_t old, const struct fact_def *def, uint64_t value) {
        uint64_t mask = def->high - def->low >= 63 ? UINT64_MAX : ((UINT64_C(1) << (def->high - def->low + 1)) - 1);

        return (old & ~(mask << def->low)) | (value & mask) << def->low;
}

/* A leaf that was not read is not made up: its other bits would be known to be 0. What /proc/cpuinfo shows can be changed there. */
static int cpuid_edit(struct evidence *e, const struct fact_def *def, uint64_t value, struct diag *d) {
        struct str list = list_of_flags(e);
        bool shown = def->text.len > 0 && list.len > 0, found = false;

        for (ptrdiff_t i = 0; i < e->count; i++) {
                struct record *r = &e->items[i];

                if (r->kind != RECORD_CPUID || r->leaf != def->leaf || r->subleaf != def->subleaf)
                        continue;
                r->words[def->word] = (uint32_t)with_bits(r->words[def->word], def, value);
                found = true;
        }
        if (!found && !shown)
                return diag_fail_class(d, DIAG_USAGE, "%.*s cannot be changed: CPUID leaf 0x%x.%u was not read", STR_ARG(T(def->name)),
                                       (unsigned)def->leaf, (unsigned)def->subleaf);
        if (shown)
                cpuinfo_edit(e, list, T(def->text), true, value != 0);
        return 0;
}

static uint64_t bits_of(const struct fact_def *def) {
        return with_bits(0, def, UINT64_MAX);
}

/* Of a register that was not read, the other bits stay unread; of one that the processor does not have, they are 0. */
static void msr_edit(struct evidence *e, const struct fact_def *def, uint64_t value) {
        bool found = false;

        for (ptrdiff_t i = 0; i < e->count; i++) {
                struct record *r = &e->items[i];

                if (r->kind != RECORD_MSR || r->leaf != def->leaf)
                        continue;
                r->unknown = r->state == FACT_KNOWN ? r->unknown & ~bits_of(def) : r->state == FACT_ABSENT ? 0 : ~bits_of(def);
                r->value = with_bits(r->state == FACT_KNOWN ? r->value : 0, def, value);
                r->state = FACT_KNOWN;
                found = true;
        }
        if (found)
                return;
        evidence_add_msr(e, EVIDENCE_ALL_CPUS, def->leaf, FACT_KNOWN, with_bits(0, def, value));
        for (ptrdiff_t i = 0; i < e->count; i++)
                if (e->items[i].kind == RECORD_MSR && e->items[i].leaf == def->leaf)
                        e->items[i].unknown = ~bits_of(def);
}

/* ---- Facts -------------------------------------------------------------------------------------------------------------- */

void change_smt(struct evidence *e, bool on) {
        evidence_add_file(e, S(PLACE_SMT_ACTIVE), on ? S("1") : S("0"));
        evidence_add_file(e, S(PLACE_SMT_CONTROL), on ? S("on") : S("off"));
}

void change_microcode(struct evidence *e, uint64_t revision) {
        bool intel = str_find(text_of(e, cpuinfo_path), S("GenuineIntel")) >= 0;
        char text[24];

        (void)snprintf(text, sizeof(text), "0x%llx", (unsigned long long)revision);
        cpuinfo_edit(e, S("microcode"), str_of(text), false, true);
        for (ptrdiff_t i = 0; i < e->count; i++)
                if (e->items[i].kind == RECORD_MSR && e->items[i].leaf == 0x8b && e->items[i].state == FACT_KNOWN)
                        e->items[i].value = intel ? revision << 32 : revision;
}

/* /proc/version names the kernel, too, and who built it: of another kernel that is not known. */
static void forget_version(struct evidence *e, struct str release) {
        if (text_of(e, S(PLACE_VERSION)).len)
                evidence_add_file(e, S(PLACE_VERSION), str_fmt(e->arena, "Linux version %.*s", STR_ARG(release)));
}

void change_kernel(struct evidence *e, struct str release) {
        const struct record *r = evidence_line(e, RECORD_UNAME, S(""));
        struct str rest = r ? r->text : S("Linux ? x86_64"), sysname = S("Linux"), old, machine;

        (void)str_word(&rest, &sysname);
        (void)str_word(&rest, &old);
        machine = str_trim(rest);
        evidence_add_line(e, RECORD_UNAME, S(""), str_fmt(e->arena, "%.*s %.*s %.*s", STR_ARG(sysname), STR_ARG(release),
                                                          STR_ARG(machine)));
        forget_version(e, release);
}

/* The newest of a listing's names; `old` where none is newer. */
static struct str newest_of(struct str listing, struct str old) {
        struct str line;

        while (str_cut(&listing, '\n', &line)) {
                struct str name = str_trim(line);

                while (str_ends(name, S("/")))
                        name.len--;
                if (version_valid(name) && version_cmp(name, old) > 0)
                        old = name;
        }
        return old;
}

void change_restart(struct evidence *e) {
        const struct record *r = evidence_line(e, RECORD_UNAME, S(""));
        struct str rest = r ? r->text : S(""), sysname, release, newest;

        if (!str_word(&rest, &sysname) || !str_eq(sysname, S("Linux")) || !str_word(&rest, &release))
                return;
        newest = newest_of(text_of(e, S(PLACE_MODULES)), newest_of(text_of(e, S(PLACE_MODULES_OTHERWISE)), release));
        if (!str_eq(newest, release))
                change_kernel(e, newest);
}

static int wrong_value(const struct fact_def *def, struct str value, const char *expected, struct diag *d) {
        return diag_fail_class(d, DIAG_USAGE, "'%.*s' is not a value of %.*s: %s", STR_ARG(value), STR_ARG(T(def->name)), expected);
}

static int number_of(const struct fact_def *def, struct str value, uint64_t *ret, struct diag *d) {
        if (def->type == VALUE_BOOL) {
                *ret = str_eq(value, S("yes")) || str_eq(value, S("on")) || str_eq(value, S("true")) || str_eq(value, S("1"));
                if (*ret || str_eq(value, S("no")) || str_eq(value, S("off")) || str_eq(value, S("false")) ||
                    str_eq(value, S("0")))
                        return 0;
                return wrong_value(def, value, "yes or no", d);
        }
        return str_to_u64(value, ret) ? 0 : wrong_value(def, value, "a number", d);
}

static bool builtin_possible(uint16_t fact) {
        return fact == COMPUTED_KERNEL_RELEASE || fact == COMPUTED_KERNEL_VERSION || fact == COMPUTED_CPU_MICROCODE ||
               fact == COMPUTED_SMT_ACTIVE;
}

bool change_possible(const struct fact_def *def) {
        switch ((enum fact_kind)def->kind) {
        case FACT_KIND_COMPUTED:
                return builtin_possible(def->source);
        case FACT_KIND_CPUID:
        case FACT_KIND_MSR:
        case FACT_KIND_FILE:
        case FACT_KIND_CPUINFO:
        case FACT_KIND_FLAG:
        case FACT_KIND_BUG:
        case FACT_KIND_PARAMETER:
        case FACT_KIND_CONFIG:
        case FACT_KIND_REGISTRY:
                return true;
        default:
                return false;
        }
}

static int change_builtin(struct evidence *e, const struct fact_def *def, struct str value, struct diag *d) {
        uint64_t n = 0;

        if (def->source == COMPUTED_KERNEL_RELEASE || def->source == COMPUTED_KERNEL_VERSION)
                change_kernel(e, str_starts(value, S("v")) ? str_from(value, 1) : value);
        else if (number_of(def, value, &n, d) < 0)
                return -1;
        else if (def->source == COMPUTED_CPU_MICROCODE)
                change_microcode(e, n);
        else
                change_smt(e, n != 0);
        return 0;
}

static int change_registry(struct evidence *e, const struct fact_def *def, struct str value, struct diag *d) {
        uint64_t n = 0;

        if (str_eq(value, S("absent")))
                evidence_add_registry_missing(e, T(def->text), FACT_ABSENT);
        else if (def->type == VALUE_TEXT)
                evidence_add_registry_text(e, T(def->text), value);
        else if (number_of(def, value, &n, d) < 0)
                return -1;
        else
                evidence_add_registry_dword(e, T(def->text), (uint32_t)n);
        return 0;
}

static int change_bits(struct evidence *e, const struct fact_def *def, struct str value, struct diag *d) {
        uint64_t n = 0;

        if (number_of(def, value, &n, d) < 0)
                return -1;
        if (def->kind == FACT_KIND_CPUID)
                return cpuid_edit(e, def, n, d);
        if (def->kind == FACT_KIND_FLAG && list_of_flags(e).len == 0)
                return diag_fail_class(d, DIAG_USAGE, "%.*s cannot be changed: no list of the processor's features was read", STR_ARG(T(def->name)));
        if (def->kind == FACT_KIND_MSR)
                msr_edit(e, def, n);
        else
                cpuinfo_edit(e, def->kind == FACT_KIND_FLAG ? list_of_flags(e) : S("bugs"), T(def->text), true, n != 0);
        return 0;
}

int change_fact(struct evidence *e, const struct fact_def *def, struct str value, struct diag *d) {
        if (!change_possible(def))
                return diag_fail_class(d, DIAG_USAGE, "%.*s cannot be set: it follows from other facts", STR_ARG(T(def->name)));
        switch ((enum fact_kind)def->kind) {
        case FACT_KIND_COMPUTED:
                return change_builtin(e, def, value, d);
        case FACT_KIND_FILE:
                if (str_eq(value, S("absent")))
                        evidence_add_missing(e, T(def->text), FACT_ABSENT, S(""));
                else
                        evidence_add_file(e, T(def->text), value);
                return 0;
        case FACT_KIND_CPUINFO:
                cpuinfo_edit(e, T(def->text), value, false, true);
                return 0;
        case FACT_KIND_PARAMETER:
                parameter_edit(e, T(def->text), value);
                return 0;
        case FACT_KIND_CONFIG:
                return config_edit(e, T(def->text), value, d);
        case FACT_KIND_REGISTRY:
                return change_registry(e, def, value, d);
        default:
                return change_bits(e, def, value, d);
        }
}

int change_flag(struct evidence *e, const struct catalog *c, struct str name, bool on, struct diag *d) {
        bool found = false;

        for (uint32_t i = 0; i < c->fact_count; i++) {
                const struct fact_def *def = &c->facts[i];
                bool is_bits = def->kind == FACT_KIND_CPUID || def->kind == FACT_KIND_MSR;
                bool named = str_starts(T(def->name), S("cap.")) && str_eq(str_from(T(def->name), 4), name);

                if ((is_bits && (named || str_eq(T(def->text), name))) || (def->kind == FACT_KIND_FLAG && str_eq(T(def->text), name))) {
                        found = true;
                        if (change_bits(e, def, on ? S("1") : S("0"), d) < 0)
                                return -1;
                }
        }
        return found ? 0 : diag_fail_class(d, DIAG_USAGE, "no processor feature is called '%.*s'", STR_ARG(name));
}
