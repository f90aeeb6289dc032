/* The engine: facts computed when they are first asked for, remembered, and guarded against facts that need themselves. The way in
 * is facts_get() for a fact and condition_eval() for a condition; sources (sources.h) come back through the same two doors. */
#include "base/out.h"
#include "facts/cpus.h"
#include "facts/sources.h"

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
                if (str_eq(flaw->arches.items[i], arch))
                        return true;
        return flaw->arches.count == 0;
}

/* A PC processor of which nobody said whether its kernel has 32 or 64 bits. */
static bool is_pc(struct facts *f) {
        static const struct str makers[] = { STR("intel"), STR("amd"), STR("hygon"), STR("centaur"), STR("zhaoxin") };
        const struct fact *vendor = facts_get(f, COMPUTED_CPU_VENDOR);

        for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
                if (vendor->state == FACT_KNOWN && str_eq(vendor->text, makers[i]))
                        return true;
        return false;
}

/* A flaw that cannot occur on this architecture; otherwise its own condition. */
static void from_affected(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct flaw *flaw = &f->catalog->flaws[def->source];
        const struct fact *arch = facts_get(f, COMPUTED_ARCH);
        bool listed = arch->state == FACT_KNOWN ? lists(flaw, arch->text)
                                                : is_pc(f) && lists(flaw, S("x86_64")) && lists(flaw, S("i686"));

        from_condition(f, def->gate, v);
        if (listed || flaw->arches.count == 0)
                return;
        if (arch->state == FACT_KNOWN) {
                v->state = FACT_KNOWN;
                v->number = 0;
        } else if (is_pc(f) && !lists(flaw, S("x86_64")) && !lists(flaw, S("i686"))) {
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

static source_fn *const by_kind[] = {
        [FACT_KIND_COMPUTED] = from_code,
        [FACT_KIND_CPUID] = source_cpuid,
        [FACT_KIND_MSR] = source_msr,
        [FACT_KIND_IDREG] = source_idreg,
        [FACT_KIND_FILE] = source_file,
        [FACT_KIND_CPUINFO] = source_cpuinfo,
        [FACT_KIND_FLAG] = source_flag,
        [FACT_KIND_BUG] = source_flag,
        [FACT_KIND_LOG] = source_log,
        [FACT_KIND_PARAMETER] = source_parameter,
        [FACT_KIND_CONFIG] = source_config,
        [FACT_KIND_SENTENCE] = source_sentence,
        [FACT_KIND_DERIVED] = from_rule,
        [FACT_KIND_TABLE] = source_table,
        [FACT_KIND_NT] = source_nt,
        [FACT_KIND_REGISTRY] = source_registry,
        [FACT_KIND_WIN32] = source_win32,
        [FACT_KIND_UPDATE] = source_update,
        [FACT_KIND_AFFECTED] = from_affected,
        [FACT_KIND_VERDICT] = from_verdict,
        [FACT_KIND_DECLARED] = from_user,
};

/* ---- Memo and guard ---- */

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

                by_kind[def->kind](f, def, &fresh);
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
