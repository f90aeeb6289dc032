#include "facts/facts.h"

#include "base/out.h"
#include "facts/computed.h"
#include "facts/cpus.h"
#include "facts/reading.h"

static const struct cpu_seen nobody = { 0 };

void facts_init(struct facts *f, struct arena *a, const struct catalog *c, const struct evidence *e,
                const struct cpu_list *cpus, const struct facts_options *o, uint32_t class_index) {
        *f = (struct facts){ .catalog = c, .evidence = e, .options = *o, .arena = a, .cpus = cpus, .cpu = &nobody };
        f->values = arena_array(a, struct fact, c->fact_count);
        f->sentences = arena_array(a, struct parsed_sentence, c->file_count);
        f->truths = arena_array(a, uint8_t, c->node_count);
        if (class_index < cpus->class_count && cpus->count)
                f->cpu = cpus->classes[class_index];
}

bool fact_is_derived(const struct fact_def *def) {
        return def->kind == FACT_KIND_DERIVED || def->kind == FACT_KIND_AFFECTED;
}

uint64_t fact_bits_of(uint64_t value, const struct fact_def *def) {
        unsigned width = def->high - def->low + 1u;

        return value >> def->low & (width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1);
}

void fact_set_bits(struct fact *v, uint64_t value, const struct fact_def *def) {
        v->state = FACT_KNOWN;
        v->number = fact_bits_of(value, def);
}

static void of_state(struct fact *v, uint8_t state) {
        v->state = state == FACT_KNOWN ? FACT_FAILED : state;
}

/* ---- The kernel log, also as the second source of other facts ---- */

/* Where the kernel log holds `text`: KNOWN. What it does not hold may have scrolled out of it, so that is never an answer. */
static uint8_t find_in_log(struct facts *f, struct str text, struct str *ret_source) {
        static const struct str logs[] = { STR("/dev/kmsg"), STR("/var/log/dmesg") };
        uint8_t state = FACT_UNREAD;

        for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
                const struct record *r = evidence_file(f->evidence, logs[i]);

                if (r && r->state == FACT_KNOWN && str_find(r->text, text) >= 0) {
                        *ret_source = logs[i];
                        return FACT_KNOWN;
                }
                if (r && r->state == FACT_DENIED)
                        state = FACT_DENIED;
        }
        return state;
}

static void from_log(struct facts *f, const struct fact_def *def, struct fact *v) {
        v->state = find_in_log(f, def->text, &v->source);
        v->number = v->state == FACT_KNOWN;
}

static bool shown_in_log(struct facts *f, const struct fact_def *def, struct fact *v) {
        return def->log.len > 0 && !f->options.ignore_os_claims && find_in_log(f, def->log, &v->source) == FACT_KNOWN;
}

/* ---- Registers ---- */

/* A leaf above the processor's highest one reads as zero (Intel SDM volume 2A, CPUID: such leaves are reserved). */
static bool beyond_highest_leaf(struct facts *f, uint32_t leaf) {
        const struct record *r = evidence_cpuid(f->evidence, f->cpu->number, leaf & 0x80000000, 0);

        if (r && r->state != FACT_KNOWN)
                return false;
        if ((leaf & 0x80000000) && r && !(r->words[0] & 0x80000000))
                return true;
        return r && leaf > r->words[0];
}

/* Leaf 7 tells in EAX how many subleaves it has. */
static bool beyond_highest_subleaf(struct facts *f, const struct fact_def *def) {
        const struct record *r = def->subleaf ? evidence_cpuid(f->evidence, f->cpu->number, def->leaf, 0) : NULL;

        return r && r->state == FACT_KNOWN && def->leaf == 7 && def->subleaf > r->words[0];
}

static void from_cpuid(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = evidence_cpuid(f->evidence, f->cpu->number, def->leaf, def->subleaf);
        const struct cpuinfo_block *info = f->cpu->info;
        const struct fact *arch = facts_get(f, COMPUTED_ARCH);

        v->source = def->where;
        if (arch->state == FACT_KNOWN && !str_eq(arch->text, S("x86_64")) && !str_eq(arch->text, S("i686"))) {
                v->state = FACT_ABSENT;
        } else if (r && r->state == FACT_KNOWN) {
                fact_set_bits(v, r->words[def->word], def);
        } else if (beyond_highest_leaf(f, def->leaf) || beyond_highest_subleaf(f, def)) {
                fact_set_bits(v, 0, def);
        } else if (def->text.len && info && str_has_word(info->flags, def->text)) {
                fact_set_bits(v, UINT64_MAX, def);
                v->source = str_fmt(f->arena, "/proc/cpuinfo, flag %.*s", STR_ARG(def->text));
        } else if (shown_in_log(f, def, v)) {
                fact_set_bits(v, UINT64_MAX, def);
        }
}

/* An ordinary program cannot read the register on Windows, but Windows tells what stands in it. */
static void from_stand_in(struct facts *f, uint16_t fact, struct fact *v) {
        const struct fact *told = facts_get(f, fact);

        if (told->state != FACT_KNOWN)
                return;
        v->state = FACT_KNOWN;
        v->number = told->number;
        v->source = told->source;
}

static void from_msr(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = evidence_msr(f->evidence, f->cpu->number, def->leaf);
        enum tri exists = def->gate == NO_CONDITION ? TRI_TRUE : condition_eval(f, def->gate);

        v->source = def->where;
        if (exists == TRI_FALSE)
                fact_set_bits(v, 0, def);
        else if (r && r->state == FACT_KNOWN)
                fact_set_bits(v, r->value, def);
        else if (shown_in_log(f, def, v))
                fact_set_bits(v, UINT64_MAX, def);
        else if (r)
                of_state(v, (uint8_t)r->state);
        if (v->state != FACT_KNOWN && def->source > 0)
                from_stand_in(f, def->source, v);
        /* Whether the register exists is not known: only a zero is the same either way. */
        if (exists == TRI_UNKNOWN && !(v->state == FACT_KNOWN && v->number == 0))
                v->state = FACT_UNREAD;
}

static void from_idreg(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = evidence_idreg(f->evidence, f->cpu->number, def->text);

        v->source = def->where;
        if (r && r->state == FACT_KNOWN)
                fact_set_bits(v, r->value, def);
        else if (r)
                of_state(v, (uint8_t)r->state);
}

static void from_table(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct microcode_table *t = &f->catalog->tables[def->source];
        const struct fact *signature = facts_get(f, COMPUTED_CPU_SIGNATURE), *platform = facts_get(f, COMPUTED_CPU_PLATFORM);
        uint32_t revision = 0;
        bool row = false;

        v->source = def->where;
        if (signature->state == FACT_ABSENT)
                v->state = FACT_ABSENT;
        if (signature->state != FACT_KNOWN)
                return;
        for (uint32_t i = 0; i < t->count; i++)
                row |= t->rows[i].signature == signature->number;
        if (catalog_microcode(t, (uint32_t)signature->number,
                              platform->state == FACT_KNOWN ? (int)platform->number : -1, &revision)) {
                v->state = FACT_KNOWN;
                v->number = revision;
        } else if (!row || platform->state == FACT_KNOWN) {
                v->state = FACT_ABSENT;
        }
}

/* ---- Files ---- */

void fact_set_value(struct fact *v, struct str text) {
        v->state = FACT_KNOWN;
        v->text = text;
        if (v->type == VALUE_BOOL)
                v->number = str_eq(text, S("1")) || str_eq_nocase(text, S("y")) || str_eq_nocase(text, S("yes"));
        else if (v->type == VALUE_INT && !str_to_u64(text, &v->number))
                v->state = FACT_FAILED;
}

static void from_file(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = evidence_file(f->evidence, def->text);

        v->source = def->text;
        if (r && r->state == FACT_KNOWN)
                fact_set_value(v, str_trim(r->text));
        else if (r)
                v->state = (uint8_t)r->state;
}

static void from_cpuinfo(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = evidence_file(f->evidence, S("/proc/cpuinfo"));
        struct str text;

        v->source = S("/proc/cpuinfo");
        if (r && r->state == FACT_KNOWN && cpuinfo_field(r->text, def->text, &text))
                fact_set_value(v, text);
        else if (r && r->state != FACT_KNOWN)
                v->state = (uint8_t)r->state;
        else if (r)
                v->state = FACT_ABSENT;
}

static void from_flag(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct cpuinfo_block *info = f->cpu->info;
        struct str list = !info ? (struct str){ 0 } : def->kind == FACT_KIND_FLAG ? info->flags : info->bugs;

        v->source = S("/proc/cpuinfo");
        if (str_has_word(list, def->text)) {
                v->state = FACT_KNOWN;
                v->number = 1;
        }
}

/* Names of parameters are the same with '-' and '_' (kernel/params.c, parameq). */
static bool same_parameter(struct str a, struct str b) {
        if (a.len != b.len)
                return false;
        for (ptrdiff_t i = 0; i < a.len; i++)
                if ((a.p[i] == '-' ? '_' : a.p[i]) != (b.p[i] == '-' ? '_' : b.p[i]))
                        return false;
        return true;
}

static void from_parameter(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = evidence_file(f->evidence, S("/proc/cmdline"));
        struct str rest, word, name;

        v->source = S("/proc/cmdline");
        if (!r || r->state != FACT_KNOWN) {
                v->state = r ? (uint8_t)r->state : FACT_UNREAD;
                return;
        }
        v->state = FACT_ABSENT;
        rest = r->text;
        while (str_word(&rest, &word) && !str_eq(word, S("--"))) {
                struct str value = word;

                (void)str_cut(&value, '=', &name);
                if (!same_parameter(name, def->text))
                        continue;
                v->state = FACT_KNOWN; /* the last one wins */
                v->text = value.p ? value : (struct str){ .p = "" };
        }
}

static const struct record *config_record(struct facts *f) {
        static const char *const patterns[] = { "/proc/config.gz", "/boot/config-%.*s", "/usr/lib/modules/%.*s/config",
                                                "/lib/modules/%.*s/config" };
        const struct fact *release = facts_get(f, COMPUTED_KERNEL_RELEASE);

        for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
                const char *at = strstr(patterns[i], "%.*s");
                struct str path = !at ? str_of(patterns[i])
                                      : str_fmt(f->arena, "%.*s%.*s%s", (int)(at - patterns[i]), patterns[i],
                                                STR_ARG(release->text), at + 4);
                const struct record *r = evidence_file(f->evidence, path);

                if (r && r->state == FACT_KNOWN)
                        return r;
        }
        return NULL;
}

/* "CONFIG_X=y" or "# CONFIG_X is not set"; false when the file does not mention it. */
static bool config_option(struct str text, struct str option, struct str *ret) {
        struct str line;

        while (str_line(&text, &line)) {
                bool unset = str_starts(line, S("# CONFIG_"));

                if (!unset && !str_starts(line, S("CONFIG_")))
                        continue;
                line = str_from(line, unset ? 9 : 7);
                if (!str_starts(line, option))
                        continue;
                line = str_from(line, option.len);
                if (unset && str_starts(line, S(" is not set"))) {
                        *ret = S("n");
                        return true;
                }
                if (!unset && str_starts(line, S("="))) {
                        *ret = str_from(line, 1);
                        return true;
                }
        }
        return false;
}

static void from_config(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = config_record(f);
        struct str names = def->text, name;

        /* An option that is not mentioned may have another name, or no say on this kernel: not known. */
        while (r && v->state == FACT_UNREAD && str_word(&names, &name))
                if (config_option(r->text, name, &v->text))
                        v->state = FACT_KNOWN;
        if (v->state == FACT_KNOWN) {
                v->source = r->key;
        } else if (shown_in_log(f, def, v)) {
                v->state = FACT_KNOWN;
                v->text = S("y");
        }
}

/* ---- Sentences ---- */

static struct str join_means(struct facts *f, const struct parsed_sentence *s, uint16_t part, uint32_t part_count) {
        struct str all = part ? s->parts[part]->means : s->base->means;

        for (uint32_t i = 1; !part && i < part_count; i++) {
                const struct sentence *p = s->parts[i];

                if (p && p->counts && p->means.len)
                        all = all.len ? str_fmt(f->arena, "%.*s; %.*s", STR_ARG(all), STR_ARG(p->means)) : p->means;
        }
        return all;
}

static struct str lacks_of(const struct parsed_sentence *s, uint16_t part, uint32_t part_count) {
        struct str lacks = part ? s->parts[part]->lacks : s->base->lacks;

        for (uint32_t i = 1; !part && lacks.len == 0 && i < part_count; i++)
                if (s->parts[i] && s->parts[i]->counts)
                        lacks = s->parts[i]->lacks;
        return lacks;
}

static void aspect_of(struct facts *f, const struct fact_def *def, const struct parsed_sentence *s, struct fact *v) {
        uint32_t part_count = f->catalog->files[def->source].part_count;
        enum status status;

        v->state = FACT_KNOWN;
        switch ((enum sentence_aspect)def->aspect) {
        case ASPECT_IS:
                v->text = def->part ? s->parts[def->part]->is : s->base->is;
                break;
        case ASPECT_STATUS:
                status = sentence_status(s, def->part, part_count);
                v->state = status == STATUS_COUNT ? FACT_FAILED : FACT_KNOWN;
                v->text = status == STATUS_COUNT ? s->unknown : status_word(status);
                break;
        case ASPECT_TEXT:
                v->text = def->part ? s->parts[def->part]->says : s->text;
                break;
        case ASPECT_MEANS:
                v->text = join_means(f, s, def->part, part_count);
                break;
        case ASPECT_LACKS:
                v->text = lacks_of(s, def->part, part_count);
                v->state = v->text.len ? FACT_KNOWN : FACT_ABSENT;
                break;
        }
}

static void from_sentence(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct parsed_sentence *s = facts_sentence(f, def->source);

        v->source = f->catalog->files[def->source].path;
        v->state = s->state;
        if (s->state != FACT_KNOWN)
                return;
        if (!def->part && def->aspect == ASPECT_TEXT) {
                v->text = s->text;
        } else if (!s->base || (def->part && !s->parts[def->part] && s->unknown.len)) {
                v->state = FACT_FAILED;
                v->text = s->unknown;
        } else if (def->part && !s->parts[def->part]) {
                v->state = FACT_ABSENT;
        } else {
                aspect_of(f, def, s, v);
        }
}

/* ---- Conclusions ---- */

static void from_condition(struct facts *f, condition c, struct fact *v) {
        enum tri t = c == NO_CONDITION ? TRI_UNKNOWN : condition_eval(f, c);

        v->state = t == TRI_UNKNOWN ? FACT_UNREAD : FACT_KNOWN;
        v->number = t == TRI_TRUE;
}

/* A flaw that cannot occur on this architecture; otherwise its own condition. */
static void from_affected(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct flaw *flaw = &f->catalog->flaws[def->source];
        const struct fact *arch = facts_get(f, COMPUTED_ARCH);
        bool listed = flaw->arches.count == 0;

        for (uint32_t i = 0; i < flaw->arches.count; i++)
                listed |= arch->state == FACT_KNOWN && str_eq(flaw->arches.items[i], arch->text);
        from_condition(f, def->gate, v);
        if (listed)
                return;
        if (arch->state == FACT_KNOWN) {
                v->state = FACT_KNOWN;
                v->number = 0;
        } else if (v->state == FACT_KNOWN && v->number) {
                v->state = FACT_UNREAD;
        }
}

static void from_verdict(struct facts *f, const struct fact_def *def, struct fact *v) {
        if (!f->verdicts)
                return;
        v->state = FACT_KNOWN;
        v->text = status_word((enum status)f->verdicts[def->source]);
}

static void from_user(struct facts *f, const struct fact_def *def, struct fact *v) {
        v->source = S("declared");
        for (uint32_t i = 0; i < f->options.declared_count; i++)
                if (str_eq(f->options.declared[i].name, def->text))
                        fact_set_value(v, f->options.declared[i].value);
}

static void compute(struct facts *f, const struct fact_def *def, struct fact *v) {
        switch ((enum fact_kind)def->kind) {
        case FACT_KIND_COMPUTED:
                computed_fact(f, (enum computed_fact)def->source, v);
                break;
        case FACT_KIND_CPUID:
                from_cpuid(f, def, v);
                break;
        case FACT_KIND_MSR:
                from_msr(f, def, v);
                break;
        case FACT_KIND_IDREG:
                from_idreg(f, def, v);
                break;
        case FACT_KIND_FILE:
                from_file(f, def, v);
                break;
        case FACT_KIND_CPUINFO:
                from_cpuinfo(f, def, v);
                break;
        case FACT_KIND_FLAG:
        case FACT_KIND_BUG:
                from_flag(f, def, v);
                break;
        case FACT_KIND_LOG:
                from_log(f, def, v);
                break;
        case FACT_KIND_PARAMETER:
                from_parameter(f, def, v);
                break;
        case FACT_KIND_CONFIG:
                from_config(f, def, v);
                break;
        case FACT_KIND_SENTENCE:
                from_sentence(f, def, v);
                break;
        case FACT_KIND_DERIVED:
                from_condition(f, def->gate, v);
                break;
        case FACT_KIND_TABLE:
                from_table(f, def, v);
                break;
        case FACT_KIND_NT:
                fact_from_nt(f, def, v);
                break;
        case FACT_KIND_REGISTRY:
                fact_from_registry(f, def, v);
                break;
        case FACT_KIND_WIN32:
                fact_from_win32(f, def, v);
                break;
        case FACT_KIND_UPDATE:
                fact_from_update(f, def, v);
                break;
        case FACT_KIND_AFFECTED:
                from_affected(f, def, v);
                break;
        case FACT_KIND_VERDICT:
                from_verdict(f, def, v);
                break;
        case FACT_KIND_DECLARED:
                from_user(f, def, v);
                break;
        }
}

const struct fact *facts_compute(struct facts *f, uint32_t number) {
        const struct fact_def *def = &f->catalog->facts[number];
        struct fact *v = &f->values[number];

        if (v->running)
                return v;
        v->running = true;
        f->computing++;
        v->type = def->type;
        if (!(def->os_claim && f->options.ignore_os_claims)) {
                struct fact fresh = { .type = def->type };

                compute(f, def, &fresh);
                *v = fresh;
        }
        v->computed = true;
        v->running = false;
        f->computing--;
        return v;
}

const struct fact *facts_named(struct facts *f, struct str name) {
        int32_t number = catalog_fact(f->catalog, name);

        return number < 0 ? NULL : facts_get(f, (uint32_t)number);
}

enum tri facts_tri(struct facts *f, struct str name) {
        const struct fact *v = facts_named(f, name);

        if (!v || (v->state != FACT_KNOWN && v->state != FACT_ABSENT))
                return TRI_UNKNOWN;
        return tri_of(v->state == FACT_KNOWN && v->number);
}

struct str fact_text(struct arena *a, const struct fact_def *def, const struct fact *v) {
        if (v->state == FACT_FAILED && v->text.len)
                return str_fmt(a, "not understood: %.*s", STR_ARG(v->text));
        if (v->state != FACT_KNOWN)
                return str_of(fact_state_word((enum fact_state)v->state));
        if (def->type == VALUE_BOOL)
                return v->number ? S("yes") : S("no");
        if (def->type == VALUE_INT)
                return v->number < 10 ? str_fmt(a, "%u", (unsigned)v->number)
                                      : str_fmt(a, "0x%llx", (unsigned long long)v->number);
        return v->text;
}
