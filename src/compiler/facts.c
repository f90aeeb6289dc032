/* Facts declared and defined: registers, files, parameters, build options, microcode tables, derived conditions. */
#include "compiler/builder.h"
#include "catalog/computed.h"

static bool is_name(struct str s) {
        if (s.len == 0)
                return false;
        for (ptrdiff_t i = 0; i < s.len; i++) {
                char c = s.p[i];

                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                      c == '_'))
                        return false;
        }
        return true;
}

static int32_t find_fact(const struct builder *b, struct str name) {
        for (ptrdiff_t i = 0; i < b->facts.count; i++)
                if (str_eq(T(b->facts.items[i].name), name))
                        return (int32_t)i;
        return -1;
}

/* A fact's name as its file spells it: without the family that the file stands for. */
static struct str spelling(const struct builder *b, struct str name) {
        return b->file && str_find(b->file->text, name) < 0 ? str_from(name, str_find_char(name, '.') + 1) : name;
}

struct fact_def *builder_add_fact(struct builder *b, struct str name, struct str title, enum fact_kind kind,
                                  enum value_type type) {
        struct fact_def *f;

        if (!is_name(name)) {
                (void)builder_fail(b, name, "'%.*s' is not a valid name (letters, digits, '.', '-', '_')", STR_ARG(name));
                return NULL;
        }
        if (find_fact(b, name) >= 0) {
                (void)builder_fail(b, spelling(b, name), "fact '%.*s' is defined twice", STR_ARG(name));
                return NULL;
        }
        if (b->facts.count == UINT16_MAX) {
                (void)builder_fail(b, name, "too many facts");
                return NULL;
        }
        f = arena_append(b->a, &b->facts);
        *f = (struct fact_def){ .name = as_text(str_dup(b->a, name)), .title = as_text(title), .kind = (uint8_t)kind, .type = (uint8_t)type,
                                .gate = NO_CONDITION };
        return f;
}

/* "said.spectre_v2", "said.cmdline.nospectre_v2": a sentence or a parameter as it was before the change that is predicted. */
static int32_t fact_before(struct builder *b, struct str name) {
        struct str rest = str_from(name, 5);
        bool parameter = str_starts(rest, S("cmdline."));
        int32_t now = builder_fact(b, parameter ? rest : str_fmt(b->a, "sysfs.%.*s", STR_ARG(rest)));
        struct fact_def twin = now < 0 ? (struct fact_def){ 0 } : b->facts.items[now], *f;

        if (now < 0 || twin.kind != (parameter ? FACT_KIND_PARAMETER : FACT_KIND_SENTENCE))
                return -1;
        f = builder_add_fact(b, name, T(twin.title), parameter ? FACT_KIND_TOLD : FACT_KIND_SAID, (enum value_type)twin.type);
        if (!f)
                return -1;
        twin.name = f->name;
        twin.kind = f->kind;
        twin.title = as_text(str_fmt(b->a, "%.*s, before the change", STR_ARG(T(twin.title))));
        *f = twin;
        return (int32_t)b->facts.count - 1;
}

/* + 1: the bug that a kernel which shows this flag does something against; 0: none. */
static uint16_t bug_met_by(const struct builder *b, struct str flag) {
        for (ptrdiff_t i = 0; i < b->bugs.count; i++)
                if (texts_have(b->bugs.items[i].against, flag))
                        return (uint16_t)(i + 1);
        return 0;
}

/* "flags.pti": families whose members need no declaration, for their names come from outside. */
static int32_t fact_of_family(struct builder *b, struct str name) {
        static const struct {
                struct str prefix;
                enum fact_kind kind;
                enum value_type type;
                bool os_claim;
        } families[] = {
                { STR("flags."), FACT_KIND_FLAG, VALUE_BOOL, false },
                { STR("listed."), FACT_KIND_LISTED, VALUE_BOOL, false },
                { STR("bugs."), FACT_KIND_BUG, VALUE_BOOL, true },
                { STR("declared."), FACT_KIND_DECLARED, VALUE_TEXT, false },
        };

        if (str_starts(name, S("said.")))
                return fact_before(b, name);
        for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
                if (str_starts(name, families[i].prefix) && name.len > families[i].prefix.len) {
                        struct fact_def *f = builder_add_fact(b, name, (struct str){ 0 }, families[i].kind,
                                                              families[i].type);

                        if (!f)
                                return -1;
                        f->text = as_text(str_from(T(f->name), families[i].prefix.len));
                        f->os_claim = families[i].os_claim;
                        f->bug = f->kind == FACT_KIND_FLAG ? bug_met_by(b, T(f->text)) : 0;
                        return (int32_t)b->facts.count - 1;
                }
        return -1;
}

/* What `affected`, `os`, `os.x`, `said` and, for whether the kernel was asked, `kernel.answers` stand for in the current flaw. */
static struct str expand_alias(struct builder *b, struct str name) {
        bool said = str_eq(name, S("said"));
        const struct open_file *file;

        if (b->flaw && str_eq(name, S("kernel.answers")) && b->flaw->sentence_file)
                name = S("os.asked");
        if (!b->flaw)
                return name;
        if (str_eq(name, S("affected")))
                return str_fmt(b->a, "affected.%.*s", STR_ARG(T(b->flaw->id)));
        if (!b->flaw->sentence_file || !(said || str_eq(name, S("os")) || str_starts(name, S("os."))))
                return name;
        file = &b->sentence_files.items[b->flaw->sentence_file - 1];
        return str_fmt(b->a, "%s.%.*s%s%.*s%.*s", said ? "said" : "sysfs", STR_ARG(file->file), b->flaw->sentence_part ? "." : "",
                       STR_ARG(T(file->parts.items[b->flaw->sentence_part])), STR_ARG(said ? S("") : str_from(name, 2)));
}

int32_t builder_fact(struct builder *b, struct str name) {
        struct str full = expand_alias(b, name);
        int32_t found = find_fact(b, full);

        if (found >= 0 && b->facts.items[found].flaw && (!b->flaw || b->facts.items[found].flaw != b->flaw - b->flaws + 1))
                return -1; /* another flaw's own */
        return found >= 0 ? found : fact_of_family(b, full);
}

int builder_bits(struct builder *b, struct str text, uint32_t most, uint8_t *ret_low, uint8_t *ret_high) {
        struct str rest = text, first;
        uint64_t low = 0, high;

        if (!str_cut(&rest, '-', &first) || !str_to_u64(first, &low))
                return builder_fail(b, text, "expected a bit ('10') or a range ('3-5'), found '%.*s'", STR_ARG(text));
        high = low;
        if ((rest.len > 0 && !str_to_u64(rest, &high)) || high > most || low > high)
                return builder_fail(b, text, "bits '%.*s' are not within 0-%u", STR_ARG(text), most);
        *ret_low = (uint8_t)low;
        *ret_high = (uint8_t)high;
        return 0;
}

static int bug_called(struct builder *b, raw_text word, uint16_t *ret) {
        for (ptrdiff_t i = 0; i < b->bugs.count; i++)
                if (str_eq(T(b->bugs.items[i].word), str_of(word))) {
                        *ret = (uint16_t)(i + 1);
                        return 0;
                }
        return builder_fail(b, str_of(word), "'%s' is no word of bugs.yaml", word);
}

static int add_register(struct builder *b, const struct raw_register *r) {
        static const struct str words[] = { STR("eax"), STR("ebx"), STR("ecx"), STR("edx") };
        struct str name = str_fmt(b->a, "cap.%s", r->name), reg = str_of(r->reg);
        struct fact_def *f = builder_add_fact(b, name, T(builder_copy(b, r->title)), FACT_KIND_CPUID, VALUE_BOOL);

        if (!f)
                return -1;
        if (builder_bits(b, str_of(r->bits), r->leaf ? 31 : 63, &f->low, &f->high) < 0)
                return -1;
        f->type = f->low == f->high ? VALUE_BOOL : VALUE_INT;
        f->text = builder_copy(b, r->flag);
        f->log = builder_copy(b, r->log);
        if (!!r->msr + !!r->leaf + !!r->idreg != 1)
                return builder_fail(b, str_of(r->name), "'%s' needs exactly one of 'leaf' (with 'reg'), 'msr', 'idreg'", r->name);
        if ((r->unless_bug || r->only_with_bug) && (!r->msr || (r->unless_bug && r->only_with_bug)))
                return builder_fail(b, str_of(r->name), "'%s' can have one of 'unless_bug', 'only_with_bug', and only with 'msr'", r->name);
        if ((r->unless_bug || r->only_with_bug) && bug_called(b, r->unless_bug ? r->unless_bug : r->only_with_bug, &f->bug) < 0)
                return -1;
        f->bug_sets = r->unless_bug != NULL;
        if (r->never_with_bug && (r->idreg || bug_called(b, r->never_with_bug, &f->bug_denies) < 0))
                return r->idreg ? builder_fail(b, str_of(r->name), "'%s' cannot have 'never_with_bug' with 'idreg'", r->name) : -1;
        if (builder_yes(b, str_of(r->name), r->flag_made, &f->flag_made) < 0)
                return -1;
        if (r->flag_made && !r->flag)
                return builder_fail(b, str_of(r->name), "'flag_made' of '%s' is about a 'flag'", r->name);
        if (r->msr || r->idreg) {
                f->kind = r->msr ? FACT_KIND_MSR : FACT_KIND_IDREG;
                f->leaf = r->msr ? *r->msr : 0;
                f->text = r->idreg ? builder_copy(b, r->idreg) : f->text;
                return 0;
        }
        f->leaf = *r->leaf;
        f->subleaf = r->subleaf ? *r->subleaf : 0;
        for (f->word = 0; f->word < 4; f->word++)
                if (str_eq(reg, words[f->word]))
                        return 0;
        return builder_fail(b, str_of(r->name), "'reg' of '%s' is not one of eax, ebx, ecx, edx", r->name);
}

static bool type_is(const struct raw_fact *r, struct str word) {
        return r->type && str_eq(str_of(r->type), word);
}

static int type_of(struct builder *b, const struct raw_fact *r, enum value_type *ret) {
        static const struct {
                struct str word;
                enum value_type type;
        } types[] = { { STR("bool"), VALUE_BOOL }, { STR("int"), VALUE_INT },   { STR("decimal"), VALUE_INT },
                      { STR("text"), VALUE_TEXT }, { STR("name"), VALUE_TEXT }, { STR("version"), VALUE_VERSION } };

        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
                if (type_is(r, types[i].word)) {
                        *ret = types[i].type;
                        return 0;
                }
        return r->type ? builder_fail(b, str_of(r->name), "'type' of '%s' is not one of bool, int, decimal, text, name, version", r->name) : 0;
}

static int add_other_fact(struct builder *b, const struct raw_fact *r) {
        const struct {
                raw_text text;
                enum fact_kind kind;
                enum value_type type;
                bool os_claim;
        } kinds[] = {
                { r->file, FACT_KIND_FILE, VALUE_TEXT, false },
                { r->cpuinfo, FACT_KIND_CPUINFO, VALUE_TEXT, false },
                { r->log, FACT_KIND_LOG, VALUE_BOOL, true },
                { r->registry, FACT_KIND_REGISTRY, VALUE_INT, false },
                { r->win32, FACT_KIND_WIN32, VALUE_TEXT, false },
        };
        int given = !!r->file + !!r->cpuinfo + !!r->log + !!r->registry + !!r->win32 + !!r->nt;
        enum value_type type = VALUE_BOOL;
        struct fact_def *f;

        if (given != 1)
                return builder_fail(b, str_of(r->name), "'%s' needs exactly one of 'file', 'cpuinfo', 'log', 'registry', 'win32', 'nt'",
                                    r->name);
        f = builder_add_fact(b, str_of(r->name), T(builder_copy(b, r->title)), FACT_KIND_NT, VALUE_BOOL);
        if (!f)
                return -1;
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
                if (kinds[i].text) {
                        f->kind = (uint8_t)kinds[i].kind;
                        f->text = builder_copy(b, kinds[i].text);
                        f->os_claim = kinds[i].os_claim;
                        type = kinds[i].type;
                }
        if (r->nt) {
                f->leaf = *r->nt;
                if (r->dword && *r->dword > 3)
                        return builder_fail(b, str_of(r->name), "'dword' of '%s' is %u; expected 0 to 3", r->name, *r->dword);
                f->word = r->dword ? (uint8_t)*r->dword : 0;
                f->os_claim = true;
        }
        f->high = 63;
        if (r->nt || r->bits) {
                if (!r->nt && !r->registry && !r->file)
                        return builder_fail(b, str_of(r->name), "'bits' of '%s' needs 'nt', 'registry' or 'file'", r->name);
                if (builder_bits(b, r->bits ? str_of(r->bits) : S("?"), 31, &f->low, &f->high) < 0)
                        return -1;
                type = f->low == f->high ? VALUE_BOOL : VALUE_INT;
        }
        if (type_of(b, r, &type) < 0)
                return -1;
        f->type = (uint8_t)type;
        f->decimal = type_is(r, S("decimal"));
        f->any_case = type_is(r, S("name"));
        return 0;
}

static int add_parameter(struct builder *b, const struct raw_parameter *r) {
        struct fact_def *f = builder_add_fact(b, str_fmt(b->a, "cmdline.%s", r->name), T(builder_copy(b, r->title)),
                                              FACT_KIND_PARAMETER, VALUE_TEXT);
        struct parameter *ret;

        if (!f)
                return -1;
        f->text = builder_copy(b, r->name);
        ret = arena_append(b->a, &b->parameters);
        PARAMETER_FIELDS(COPY_FIELD)
        if (!r->known != !r->since)
                return builder_fail(b, str_of(r->name), "'known' and 'since' of '%s' go together", r->name);
        if (r->instead && (r->values_count || r->title))
                return builder_fail(b, str_of(r->name), "'%s' is no parameter ('instead'): it has no 'values' and no 'title'", r->name);
        if (r->instead)
                f->title = ret->title = as_text(str_fmt(b->a, "No kernel takes it: %s is the parameter", r->instead));
        return 0;
}

static int add_config(struct builder *b, const struct raw_config *r) {
        struct fact_def *f = builder_add_fact(b, str_fmt(b->a, "config.%s", r->name), T(builder_copy(b, r->title)),
                                              FACT_KIND_CONFIG, VALUE_TEXT);

        if (!f)
                return -1;
        if (r->options_count == 0)
                return builder_fail(b, str_of(r->name), "'%s' lists no build options", r->name);
        if (r->options_count > OPTION_NAMES)
                return builder_fail(b, str_of(r->name), "'%s' lists %u names of one build option: at most %d are looked for", r->name,
                                    r->options_count, OPTION_NAMES);
        f->log = builder_copy(b, r->log);
        for (unsigned i = 0; i < r->options_count; i++)
                f->text = as_text(str_fmt(b->a, "%.*s%s%s", STR_ARG(T(f->text)), i ? " " : "", r->options[i]));
        return 0;
}

static int declare_lists(struct builder *b, const struct raw_own *f) {
        for (unsigned i = 0; i < f->registers_count; i++)
                if (add_register(b, &f->registers[i]) < 0)
                        return -1;
        for (unsigned i = 0; i < f->facts_count; i++)
                if (add_other_fact(b, &f->facts[i]) < 0)
                        return -1;
        for (unsigned i = 0; i < f->parameters_count; i++)
                if (add_parameter(b, &f->parameters[i]) < 0)
                        return -1;
        for (unsigned i = 0; i < f->configs_count; i++)
                if (add_config(b, &f->configs[i]) < 0)
                        return -1;
        for (unsigned i = 0; i < f->derived_count; i++)
                if (!builder_add_fact(b, str_of(f->derived[i].name), T(builder_copy(b, f->derived[i].title)),
                                      FACT_KIND_DERIVED, VALUE_BOOL))
                        return -1;
        return 0;
}

const struct raw_own *builder_lists(const struct raw_file *f) {
        return f->flaw ? f->flaw->own : &f->own;
}

static int declare_files(struct builder *b) {
        uint16_t flaw = 0;

        for (ptrdiff_t i = 0; i < b->file_count; i++) {
                const struct raw_own *lists = builder_lists(&b->files[i]);
                ptrdiff_t first = b->facts.count;

                flaw = (uint16_t)(flaw + (b->files[i].flaw != NULL));
                b->file = b->files[i].file;
                b->cursor = 0;
                if (lists && declare_lists(b, lists) < 0)
                        return -1;
                for (ptrdiff_t k = first; k < b->facts.count && b->files[i].flaw; k++)
                        b->facts.items[k].flaw = flaw;
        }
        return 0;
}

static int declare_windows(struct builder *b) {
        static const struct {
                struct str name, title;
                enum value_type type;
        } aspects[] = {
#define X(id, word, value, what) [UPDATE_##id] = { STR("windows." word), STR(what), VALUE_##value },
                UPDATE_ASPECTS(X)
#undef X
        };

        for (uint8_t i = 0; i < UPDATE_ASPECT_COUNT; i++) {
                struct fact_def *f = builder_add_fact(b, aspects[i].name, aspects[i].title, FACT_KIND_UPDATE, aspects[i].type);

                if (!f)
                        return -1;
                f->aspect = i;
                f->decimal = true; /* builds and their updates */
        }
        return 0;
}

static struct str with_bits(struct builder *b, const struct fact_def *f, struct str what) {
        return f->low == f->high ? str_fmt(b->a, "%.*s[%u]", STR_ARG(what), f->low)
                                 : str_fmt(b->a, "%.*s[%u:%u]", STR_ARG(what), f->high, f->low);
}

/* A table's file, and the day up to which it is complete: how old what rests on it is. */
static struct str table_source(struct builder *b, struct str name) {
        struct str path = str_fmt(b->a, "microcode/%.*s.csv", STR_ARG(name));

        for (ptrdiff_t i = 0; i < b->dated.count; i++)
                if (str_eq(T(b->dated.items[i].path), path) && T(b->dated.items[i].date).len > 0)
                        return str_fmt(b->a, "%.*s of %.*s", STR_ARG(path), STR_ARG(T(b->dated.items[i].date)));
        return path;
}

/* What a finding that rests on this fact quotes as its source. */
static struct str where_of(struct builder *b, const struct fact_def *f) {
        static const char *const words[] = { "EAX", "EBX", "ECX", "EDX" };

        switch ((enum fact_kind)f->kind) {
        case FACT_KIND_CPUID:
                return with_bits(b, f, str_fmt(b->a, "CPUID 0x%x.%u:%s", f->leaf, f->subleaf, words[f->word]));
        case FACT_KIND_MSR:
                return with_bits(b, f, str_fmt(b->a, "MSR 0x%x", f->leaf));
        case FACT_KIND_IDREG:
                return with_bits(b, f, T(f->text));
        case FACT_KIND_NT:
                return with_bits(b, f, str_fmt(b->a, "NtQuerySystemInformation(%u), dword %u", f->leaf, f->word));
        case FACT_KIND_TABLE:
                return table_source(b, T(b->tables.items[f->source].name));
        case FACT_KIND_WIN32:
                return str_fmt(b->a, "win32 %.*s", STR_ARG(T(f->text)));
        default:
                return (struct str){ 0 };
        }
}

int builder_declare_facts(struct builder *b) {
        static const struct {
                struct str name, title;
                enum value_type type;
        } builtins[] = {
#define X(id, text, value, source, what) [COMPUTED_##id] = { STR(text), STR(what), VALUE_##value },
                COMPUTED_FACTS(X)
#undef X
        };

        for (uint16_t i = 0; i < COMPUTED_COUNT; i++) {
                struct fact_def *f = builder_add_fact(b, builtins[i].name, builtins[i].title, FACT_KIND_COMPUTED,
                                                      builtins[i].type);

                if (!f)
                        return -1;
                f->source = i;
                f->decimal = i == COMPUTED_CPU_COUNT;
        }
        for (ptrdiff_t i = 0; i < b->tables.count; i++) {
                struct fact_def *f = builder_add_fact(b, str_fmt(b->a, "microcode.%.*s", STR_ARG(T(b->tables.items[i].name))),
                                                      S("revision of the table for this processor"), FACT_KIND_TABLE,
                                                      VALUE_INT);

                if (!f)
                        return -1;
                f->source = (uint16_t)i;
        }
        if (declare_windows(b) < 0)
                return -1;
        if (declare_files(b) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < b->facts.count; i++)
                b->facts.items[i].where = as_text(where_of(b, &b->facts.items[i]));
        return 0;
}

static int define(struct builder *b, struct str name, raw_text text) {
        int32_t fact = find_fact(b, name);
        condition c;

        if (builder_condition(b, str_of(text), &c) < 0)
                return -1;
        b->facts.items[fact].gate = c;
        return 0;
}

/* The fact that knows a register's bits where nobody but Windows may read it. */
static int add_stand_in(struct builder *b, const struct raw_register *r) {
        struct fact_def *f = &b->facts.items[find_fact(b, str_fmt(b->a, "cap.%s", r->name))];
        int32_t fact = find_fact(b, str_of(r->windows));

        if (fact < 0 || f->kind != FACT_KIND_MSR || b->facts.items[fact].type != f->type)
                return builder_fail(b, str_of(r->windows), "'%s' cannot stand in for the register behind '%s'", r->windows, r->name);
        f->source = (uint16_t)fact;
        return 0;
}

/* In the order in which they were declared. */
static int define_parameters(struct builder *b, const struct raw_own *f, ptrdiff_t *next) {
        for (unsigned k = 0; k < f->parameters_count; k++, ++*next)
                if (f->parameters[k].known && builder_condition(b, str_of(f->parameters[k].known), &b->parameters.items[*next].known) < 0)
                        return -1;
        return 0;
}

static int define_lists(struct builder *b, const struct raw_own *f) {
        for (unsigned k = 0; k < f->registers_count; k++)
                if (f->registers[k].gate && define(b, str_fmt(b->a, "cap.%s", f->registers[k].name), f->registers[k].gate) < 0)
                        return -1;
        for (unsigned k = 0; k < f->registers_count; k++)
                if (f->registers[k].windows && add_stand_in(b, &f->registers[k]) < 0)
                        return -1;
        for (unsigned k = 0; k < f->facts_count; k++)
                if (f->facts[k].gate && define(b, str_of(f->facts[k].name), f->facts[k].gate) < 0)
                        return -1;
        for (unsigned k = 0; k < f->derived_count; k++)
                if (define(b, str_of(f->derived[k].name), f->derived[k].is) < 0)
                        return -1;
        return 0;
}

int builder_define_facts(struct builder *b) {
        const struct flaw *flaw = b->flaws;
        ptrdiff_t parameter = 0;

        for (ptrdiff_t i = 0; i < b->file_count; i++) {
                const struct raw_own *lists = builder_lists(&b->files[i]);

                b->file = b->files[i].file;
                b->cursor = 0;
                b->flaw = b->files[i].flaw ? flaw++ : NULL;
                if (lists && (define_lists(b, lists) < 0 || define_parameters(b, lists, &parameter) < 0))
                        return -1;
        }
        b->flaw = NULL;
        return 0;
}
