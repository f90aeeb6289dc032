/* The engine: facts computed when they are first asked for, remembered, and guarded against facts that need themselves. The way in
 * is facts_get() for a fact and condition_eval() for a condition; sources (sources.h) come back through the same two doors. */
#include "base/out.h"
#include "facts/cpus.h"
#include "facts/sources.h"

static const struct cpu_seen nobody = { 0 };

void facts_init(struct facts *f, struct arena *a, const struct catalog *c, const struct evidence *e,
                const struct cpu_list *cpus, const struct facts_options *o, uint32_t class_index) {
        *f = (struct facts){ .catalog = c, .evidence = e, .options = *o, .arena = a, .cpus = cpus, .cpu = &nobody };
        f->values = arena_array_raw(a, struct fact, c->fact_count);
        f->asked = arena_array(a, uint8_t, c->fact_count);
        f->sentences = arena_array(a, struct parsed_sentence, c->file_count);
        f->truths = arena_array(a, uint8_t, c->node_count);
        f->logged = arena_array(a, uint8_t, c->fact_count);
        f->facets = arena_array_raw(a, facet_set, c->fact_count);
        f->seen = e->asked ? e->asked : arena_new(a, struct facets_asked);
        if (e->asked)
                f->truth_facets = arena_array_raw(a, facet_set, c->node_count);
        if (cpus->class_count == 1) {
                f->where = o->where;
                f->where_facets = o->where_facets;
        }
        if (cpus->class_count != 1 || !f->truth_facets)
                f->options.known = NULL;
        if (class_index < cpus->class_count && cpus->count)
                f->cpu = cpus->classes[class_index];
}

bool fact_is_derived(const struct fact_def *def) {
        return def->kind == FACT_KIND_DERIVED || def->kind == FACT_KIND_AFFECTED;
}

/* ---- Conclusions ---- */

static void from_condition(struct facts *f, condition c, struct fact *v) {
        enum tri t = c == NO_CONDITION ? TRI_UNKNOWN : condition_eval(f, c);

        v->state = t == TRI_UNKNOWN ? FACT_UNREAD : FACT_KNOWN;
        v->number = t == TRI_TRUE;
}

static void from_rule(struct facts *f, const struct fact_def *def, struct fact *v) {
        from_condition(f, def->gate, v);
}

static bool lists(const struct flaw *flaw, struct str arch) {
        for (uint32_t i = 0; i < flaw->arches.count; i++)
                if (str_eq(T_AT(flaw->arches, i), arch))
                        return true;
        return flaw->arches.count == 0;
}

static bool all_pcs(struct texts arches) {
        for (uint32_t i = 0; i < arches.count; i++)
                if (!str_eq(T_AT(arches, i), S("x86_64")) && !str_eq(T_AT(arches, i), S("i686")))
                        return false;
        return arches.count > 0;
}

/* A file in which only kernels of PCs say anything but "Not affected". */
static bool is_pcs(const struct catalog *c, uint32_t file) {
        bool some = false;

        for (uint32_t i = 0; i < c->flaw_count; i++) {
                const struct flaw *flaw = &c->flaws[i];

                if (flaw->sentence_file != file + 1)
                        continue;
                if (!all_pcs(flaw->arches))
                        return false;
                some = true;
        }
        return some;
}

/* A PC's kernel said something that no other's says: it has what only PCs have, or the sentence is theirs (`arches`). */
static bool says_what_pcs_say(struct facts *f) {
        for (uint32_t i = 0; i < f->catalog->file_count; i++) {
                const struct parsed_sentence *s;

                if (!evidence_file(f->evidence, T(f->catalog->files[i].path)))
                        continue;
                s = facts_sentence(f, (uint16_t)i);
                if (s->state != FACT_KNOWN || !s->base)
                        continue;
                if (all_pcs(s->base->arches) || (is_pcs(f->catalog, i) && !str_eq(T(s->base->is), S("not-affected"))))
                        return true;
        }
        return false;
}

/* A PC processor of which nobody said whether its kernel has 32 or 64 bits. */
bool facts_is_pc(struct facts *f) {
        static const struct str makers[] = { STR("intel"), STR("amd"), STR("hygon"), STR("centaur"), STR("zhaoxin") };
        const struct fact *vendor = facts_get(f, COMPUTED_CPU_VENDOR);

        for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
                if (vendor->state == FACT_KNOWN && str_eq(vendor->text, makers[i]))
                        return true;
        return vendor->state != FACT_KNOWN && says_what_pcs_say(f);
}

/* A flaw that cannot occur on this architecture; otherwise its own condition. */
static void from_affected(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct flaw *flaw = &f->catalog->flaws[def->source];
        const struct fact *arch = facts_get(f, COMPUTED_ARCH);
        bool listed = arch->state == FACT_KNOWN ? lists(flaw, arch->text)
                                                : facts_is_pc(f) && lists(flaw, S("x86_64")) && lists(flaw, S("i686"));

        from_condition(f, def->gate, v);
        if (listed || flaw->arches.count == 0)
                return;
        if (arch->state == FACT_KNOWN) {
                v->state = FACT_KNOWN;
                v->number = 0;
        } else if (facts_is_pc(f) && !lists(flaw, S("x86_64")) && !lists(flaw, S("i686"))) {
                v->state = FACT_KNOWN;
                v->number = 0;
        } else if (v->state == FACT_KNOWN && v->number) {
                v->state = FACT_UNREAD;
        }
}

static void from_verdict(struct facts *f, const struct fact_def *def, struct fact *v) {
        f->seen->set |= FACET_UNSHARED;
        if (!f->verdicts || f->verdicts[def->source] == STATUS_UNKNOWN) /* what is not known makes a condition not known */
                return;
        v->state = FACT_KNOWN;
        v->text = status_word((enum status)f->verdicts[def->source]);
}

static void from_user(struct facts *f, const struct fact_def *def, struct fact *v) {
        v->source = S("declared");
        for (uint32_t i = 0; i < f->options.declared_count; i++)
                if (str_eq(f->options.declared[i].name, T(def->text)))
                        answer_value(v, f->options.declared[i].value);
}

/* ---- The table of sources ---- */

static void from_code(struct facts *f, const struct fact_def *def, struct fact *v) {
        static source_fn *const by_row[] = {
#define X(name, text, type, source, title) [COMPUTED_##name] = source_##source,
                COMPUTED_FACTS(X)
#undef X
        };

        by_row[def->source](f, def, v);
}

static const struct {
        source_fn *answer;
        bool per_cpu; /* may differ between logical CPUs */
} by_kind[] = {
        [FACT_KIND_COMPUTED] = { from_code, true },
        [FACT_KIND_CPUID] = { source_cpuid, true },
        [FACT_KIND_MSR] = { source_msr, true },
        [FACT_KIND_IDREG] = { source_idreg, true },
        [FACT_KIND_FILE] = { source_file, false },
        [FACT_KIND_CPUINFO] = { source_cpuinfo, true },
        [FACT_KIND_FLAG] = { source_flag, true },
        [FACT_KIND_LISTED] = { source_flag, true },
        [FACT_KIND_BUG] = { source_flag, true },
        [FACT_KIND_LOG] = { source_log, false },
        [FACT_KIND_PARAMETER] = { source_parameter, false },
        [FACT_KIND_CONFIG] = { source_config, false },
        [FACT_KIND_SENTENCE] = { source_sentence, true },
        [FACT_KIND_DERIVED] = { from_rule, true },
        [FACT_KIND_TABLE] = { source_table, true },
        [FACT_KIND_NT] = { source_nt, true },
        [FACT_KIND_REGISTRY] = { source_registry, false },
        [FACT_KIND_WIN32] = { source_win32, false },
        [FACT_KIND_UPDATE] = { source_update, false },
        [FACT_KIND_AFFECTED] = { from_affected, true },
        [FACT_KIND_VERDICT] = { from_verdict, true },
        [FACT_KIND_DECLARED] = { from_user, false },
        [FACT_KIND_SAID] = { source_said, false },
        [FACT_KIND_TOLD] = { source_told, false },
};

/* The same for every logical CPU of the machine: answered once. */
static bool is_common(const struct fact_def *def) {
        static const bool rows[COMPUTED_COUNT] = {
                [COMPUTED_SYSTEM] = true,      [COMPUTED_KERNEL_RELEASE] = true, [COMPUTED_KERNEL_VERSION] = true,
                [COMPUTED_CPU_SEEN] = true,    [COMPUTED_CPU_COUNT] = true,      [COMPUTED_CPU_SAME] = true,
                [COMPUTED_CPU_NAME] = true,    [COMPUTED_SMT_ACTIVE] = true,     [COMPUTED_SMT_POSSIBLE] = true,
                [COMPUTED_SMT_CONTROL] = true, [COMPUTED_WINDOWS_DISK] = true,   [COMPUTED_KERNEL_ANSWERS] = true,
                [COMPUTED_HYPERVISOR_BIT] = true,
        };

        return def->kind == FACT_KIND_COMPUTED ? rows[def->source] : !by_kind[def->kind].per_cpu;
}

/* ---- Memo and guard ---- */

/* As it was found before, where it hangs on nothing that this evidence shows otherwise. */
static bool was_known(struct facts *f, uint32_t number) {
        const struct facts_known *k = f->options.known;
        const struct fact_known *item = k && k->places[number] ? &k->items[k->places[number] - 1] : NULL;

        if (!item || item->facets & k->differs)
                return false;
        f->values[number] = item->value;
        f->facets[number] = item->facets;
        f->asked[number] = FACT_COMPUTED;
        f->seen->set |= item->facets;
        return true;
}

const struct fact *facts_compute(struct facts *f, uint32_t number) {
        const struct fact_def *def = &f->catalog->facts[number];
        struct fact *v = &f->values[number], fresh = { .type = def->type };
        facet_set before = f->seen->set;

        if (was_known(f, number))
                return v;
        if (f->asked[number] == FACT_COMPUTING) {
                f->loops++;
                return v;
        }
        f->asked[number] = FACT_COMPUTING;
        f->seen->set = 0;
        *v = fresh;
        if (f->first && is_common(def))
                fresh = *facts_get(f->first, number);
        else if (!(def->os_claim && f->options.ignore_os_claims))
                by_kind[def->kind].answer(f, def, &fresh);
        *v = fresh;
        /* The machine's notes tell of each that some verdict asked for. The revision is always asked for. */
        if (answer_is_contradicted(v) && number != COMPUTED_CPU_MICROCODE)
                f->seen->set |= FACET_CONTRADICTED;
        f->asked[number] = FACT_COMPUTED;
        f->facets[number] = f->seen->set;
        f->seen->set |= before;
        return v;
}

/* ---- The revision that stands open ---- */

static bool is_open(const struct facts *f, uint32_t fact) {
        return f->options.revision && fact == COMPUTED_CPU_MICROCODE && f->values[fact].state == FACT_KNOWN &&
               f->values[fact].number == f->options.revision;
}

const struct fact *facts_peek(struct facts *f, uint32_t fact) {
        facet_set before = f->seen->set;
        const struct fact *v = facts_get(f, fact);

        /* Sources that contradict each other about it do so whichever it is. */
        if (is_open(f, fact) || (f->options.revision && fact == COMPUTED_CPU_MICROCODE && v->state == FACT_FAILED))
                f->seen->set = before | (f->facets[fact] & ~FACET_REVISION);
        return v;
}

struct str facts_tell(struct facts *f, uint32_t fact) {
        const struct fact *v = facts_peek(f, fact);

        return is_open(f, fact) ? S(REVISION_MARK) : fact_text(f->arena, &f->catalog->facts[fact], v);
}

void facts_compared(struct facts *f, uint32_t fact, uint64_t with) {
        struct facets_asked *seen = f->seen;
        uint64_t n = f->options.revision;

        if (!is_open(f, fact))
                return;
        seen->set |= FACET_REVISION_RANGE;
        if (n <= with && seen->high > with - (n < with))
                seen->high = with - (n < with);
        if (n >= with && seen->low < with + (n > with))
                seen->low = with + (n > with);
}

void facts_answer_common(struct facts *first) {
        for (uint32_t i = 0; i < first->catalog->fact_count; i++)
                if (is_common(&first->catalog->facts[i]))
                        (void)facts_get(first, i);
        for (uint32_t i = 0; i < first->catalog->file_count; i++)
                (void)facts_sentence(first, i);
}

void facts_share(struct facts *f, struct facts *first) {
        f->first = first;
}

bool facts_contradicted(const struct facts *f, uint32_t fact) {
        return f->asked[fact] == FACT_COMPUTED && answer_is_contradicted(&f->values[fact]) && !fact_is_derived(&f->catalog->facts[fact]);
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
        if (answer_is_contradicted(v))
                return v->text;
        if (v->state == FACT_FAILED && v->text.len)
                return str_fmt(a, "not understood: %.*s", STR_ARG(v->text));
        if (v->state != FACT_KNOWN)
                return str_of(fact_state_word((enum fact_state)v->state));
        if (def->type == VALUE_BOOL)
                return v->number ? S("yes") : S("no");
        if (def->type == VALUE_INT)
                return v->number < 10 || def->decimal ? str_decimal(a, (uint32_t)v->number) : str_0x(a, v->number);
        return v->text;
}
