#include "whatif/compare.h"

#include "evidence/identity.h"
#include "whatif/change.h"
#include "whatif/predict.h"

enum { CAUSES_AMONG = 512 }; /* differences that are tried as causes */

/* It says something of the machine, or of what the evidence can show of any. */
static bool counts(const struct record *r) {
        return !identity_is_record(r->kind) || identity_decides(r);
}

struct differences compare_evidence(struct arena *arena, const struct evidence *a, const struct evidence *b) {
        struct differences all = { 0 };

        for (ptrdiff_t i = 0; i < a->count; i++) {
                const struct record *r = &a->items[i], *other = counts(r) ? evidence_named(b, r) : r;

                if (!other || !identity_same(arena, r, other))
                        *arena_append(arena, &all) = (struct difference){ .a = r, .b = other };
        }
        for (ptrdiff_t i = 0; i < b->count; i++)
                if (counts(&b->items[i]) && !evidence_named(a, &b->items[i]))
                        *arena_append(arena, &all) = (struct difference){ .b = &b->items[i] };
        return all;
}

/* Judges the flaw on `e` with one record exchanged. */
static enum status exchanged(struct arena *arena, const struct verdict *r, const struct record *old, const struct record *new,
                             struct verdict_options o, const struct flaw *f) {
        const struct evidence *e = r->facts->evidence;
        struct arena_mark mark = arena_mark(arena);
        struct evidence changed;
        struct verdict after;
        enum status status;

        change_copy(&changed, arena, e);
        if (old && new)
                changed.items[old - e->items] = *new;
        else if (old)
                changed.items[old - e->items].kind = RECORD_IDENTITY;
        else
                *arena_append(arena, &changed) = *new;
        evidence_index(&changed);
        o.only = f;
        verdict_judge(&after, arena, r->catalog, &changed, &o);
        status = after.finding_count ? after.findings[0].status : STATUS_UNKNOWN;
        arena_release(arena, mark);
        return status;
}

static void find_causes(struct turn *t, struct arena *arena, const struct verdict *a, const struct verdict *b,
                        const struct differences *evidence, const struct verdict_options *o) {
        for (ptrdiff_t i = 0; i < evidence->count && i < CAUSES_AMONG; i++) {
                const struct difference *d = &evidence->items[i];

                if (exchanged(arena, a, d->a, d->b, *o, t->a->flaw) == t->b->status ||
                    exchanged(arena, b, d->b, d->a, *o, t->a->flaw) == t->a->status)
                        *arena_append(arena, t) = d;
        }
}

/* ---- Settings behind the kernel's words ---- */

struct side {
        const struct verdict *v;
        struct baseline base;
};

static enum status under(struct arena *arena, const struct side *side, const struct setting *s, struct str value,
                         struct verdict_options o, const struct flaw *f) {
        struct arena_mark mark = arena_mark(arena);
        enum status status = STATUS_COUNT;
        struct evidence changed;
        struct diag d = { 0 };
        struct verdict after;

        o.only = f;
        change_copy(&changed, arena, side->v->facts->evidence);
        if (change_fact(&changed, s->def, value, &d) == 0) {
                predict_judge(&after, arena, &side->base, &changed, &o);
                status = after.finding_count ? after.findings[0].status : STATUS_COUNT;
        }
        arena_release(arena, mark);
        return status;
}

/* What Windows does with its registry is not predicted; the table of bits says which flaws a value is about. */
static bool registry_is_about(const struct catalog *c, const struct setting *s, const struct flaw *f) {
        uint64_t a = 0, b = 0;

        if (!str_ends(T(s->def->text), S("|FeatureSettingsOverride")) && !str_ends(T(s->def->text), S("|FeatureSettingsOverrideMask")))
                return false;
        (void)str_to_u64(s->a, &a);
        (void)str_to_u64(s->b, &b);
        for (uint32_t i = 0; i < c->registry_bit_count; i++)
                for (uint32_t k = 0; ((a ^ b) >> c->registry_bits[i].bit & 1) && k < c->registry_bits[i].flaws.count; k++)
                        if (str_eq(T_AT(c->registry_bits[i].flaws, k), T(f->id)))
                                return true;
        return false;
}

/* Where this kernel behaves differently from what is predicted of it: a parameter of this flaw, or the one that is for all. */
static bool is_parameter_of(const struct flaw *f, const struct setting *s) {
        if (s->def->kind != FACT_KIND_PARAMETER)
                return false;
        for (uint32_t i = 0; i < f->parameters.count; i++)
                if (str_eq(T_AT(f->parameters, i), T(s->def->text)))
                        return true;
        return str_eq(T(s->def->text), S("mitigations"));
}

static void find_settings(struct turn *t, struct arena *arena, const struct side sides[2], const struct settings *all,
                          const struct verdict_options *o) {
        const struct flaw *f = t->a->flaw;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                const struct setting *s = &all->items[i];

                if (s->def->kind == FACT_KIND_REGISTRY ? registry_is_about(sides[0].v->catalog, s, f)
                                                       : under(arena, &sides[0], s, s->b, *o, f) == t->b->status ||
                                                                 under(arena, &sides[1], s, s->a, *o, f) == t->a->status)
                        *arena_append(arena, &t->settings) = *s;
        }
        for (ptrdiff_t i = 0; t->settings.count == 0 && i < all->count; i++)
                if (is_parameter_of(f, &all->items[i]))
                        *arena_append(arena, &t->settings) = all->items[i];
}

struct turns compare_verdicts(struct arena *arena, const struct verdict *a, const struct verdict *b,
                              const struct differences *evidence, const struct verdict_options *o) {
        struct side sides[2] = { { .v = a }, { .v = b } };
        struct settings settings;
        struct turns all = { 0 };

        settings_compare(&settings, arena, a, b);
        baseline_take(&sides[0].base, arena, a->catalog, a->facts->evidence);
        baseline_take(&sides[1].base, arena, b->catalog, b->facts->evidence);
        for (uint32_t i = 0; i < a->finding_count && i < b->finding_count; i++)
                if (a->findings[i].status != b->findings[i].status) {
                        struct turn t = { .a = &a->findings[i], .b = &b->findings[i] };

                        find_causes(&t, arena, a, b, evidence, o);
                        find_settings(&t, arena, sides, &settings, o);
                        *arena_append(arena, &all) = t;
                }
        return all;
}

struct str compare_name(struct arena *a, const struct record *r) {
        struct str cpu = r->cpu == EVIDENCE_ALL_CPUS ? S("all CPUs") : str_fmt(a, "CPU %u", (unsigned)r->cpu);

        switch (r->kind) {
        case RECORD_CPUID:
                return str_fmt(a, "CPUID 0x%x.%u of %.*s", (unsigned)r->leaf, (unsigned)r->subleaf, STR_ARG(cpu));
        case RECORD_MSR:
                return str_fmt(a, "MSR 0x%x of %.*s", (unsigned)r->leaf, STR_ARG(cpu));
        case RECORD_NT:
                return str_fmt(a, "NT answer %u", (unsigned)r->leaf);
        case RECORD_UNAME:
                return S("kernel");
        default:
                return r->key;
        }
}

struct str compare_value(struct arena *a, const struct record *r) {
        struct str text = S("");

        if (!r)
                return S("not mentioned");
        if (r->state != FACT_KNOWN)
                return str_of(fact_state_word(r->state));
        if (r->kind == RECORD_MSR || r->kind == RECORD_IDREG)
                return str_fmt(a, "0x%016llx", (unsigned long long)r->value);
        for (uint32_t i = 0; i < r->word_count; i++)
                text = str_fmt(a, "%.*s%s%08x", STR_ARG(text), i ? " " : "", (unsigned)r->words[i]);
        return r->word_count ? text : r->text;
}
