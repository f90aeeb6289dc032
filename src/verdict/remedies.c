#include "verdict/remedies.h"

#include "verdict/told.h"

static bool helps(struct facts *f, const struct fix *fix) {
        return fix->helps == NO_CONDITION || condition_eval(f, fix->helps) != TRI_FALSE;
}

static bool is_given(struct facts *f, struct str parameter) {
        const struct fact *v = facts_named(f, str_fmt(f->arena, "cmdline.%.*s", STR_ARG(parameter)));

        return v && v->state == FACT_KNOWN;
}

/* Is there a parameter to remove, as far as the command line was read? Among a flaw's usual remedies there is none then: a rule of its own
 * would have found it. */
static bool has_parameter(struct facts *f, const struct flaw *flaw, bool usual) {
        const struct record *r = evidence_parameter(f->evidence, S(""));
        bool given = false;

        if (!r || r->state != FACT_KNOWN)
                return true;
        for (uint32_t i = 0; !usual && !given && i < flaw->parameters.count; i++)
                given = is_given(f, T_AT(flaw->parameters, i));
        return given || (!usual && is_given(f, S("mitigations")));
}

/* Those that there is an occasion for: of the usual ones what a provider is asked only in a guest. */
static bool has_occasion(struct facts *f, const struct flaw *flaw, const struct fix *fix, bool usual) {
        if (usual && fix->phase == PHASE_ASK)
                return facts_tri(f, S("hypervisor")) == TRI_TRUE;
        return fix->computes != FIX_COMPUTES_PARAMETERS || has_parameter(f, flaw, usual);
}

/* The list itself where all of it helps; `ret_useless`: the first that does not. `usual`: they are the flaw's usual ones. */
static struct texts without_useless(struct facts *f, const struct flaw *flaw, bool usual, struct texts fixes, const struct fix **ret_useless) {
        struct text *kept = NULL;
        uint32_t n = 0;

        for (uint32_t i = 0; i < fixes.count; i++) {
                const struct fix *fix = catalog_fix(f->catalog, T_AT(fixes, i));

                if (fix && (!helps(f, fix) || !has_occasion(f, flaw, fix, usual))) {
                        if (!kept) {
                                kept = arena_array(f->arena, struct text, (ptrdiff_t)fixes.count + 1);
                                memcpy(kept, texts_items(fixes), n * sizeof(*kept));
                                *ret_useless = fix;
                        }
                } else if (kept) {
                        kept[n++] = texts_items(fixes)[i];
                } else {
                        n++;
                }
        }
        return as_texts(kept ? kept : texts_items(fixes), n);
}

/* Those of the layer that leaves it open come first. */
static struct texts by_owner(struct facts *f, struct texts fixes, uint8_t owner) {
        struct text *sorted = arena_array(f->arena, struct text, (ptrdiff_t)fixes.count + 1);
        uint32_t n = 0;

        for (int own = 1; own >= 0; own--)
                for (uint32_t i = 0; i < fixes.count; i++) {
                        const struct fix *fix = catalog_fix(f->catalog, T_AT(fixes, i));

                        if ((fix && fix->owner == owner) == own)
                                sorted[n++] = texts_items(fixes)[i];
                }
        return as_texts(sorted, n);
}

void remedies_choose(struct finding *ret, struct facts *f, const struct rule *rule) {
        bool usual = rule->fixes.count == 0 && ret->status > STATUS_UNKNOWN;
        const struct fix *useless = NULL, *again = NULL;

        ret->fixes = without_useless(f, ret->flaw, usual, usual ? by_owner(f, ret->flaw->fixes, rule->owner) : rule->fixes, &useless);
        if (!useless)
                return;
        if (!usual && !ret->fixes.count && useless->computes == FIX_COMPUTES_PARAMETERS) {
                ret->fixes = without_useless(f, ret->flaw, true, by_owner(f, ret->flaw->fixes, rule->owner), &again);
                return;
        }
        if (useless->phase == PHASE_ASK && !usual)
                ret->ask = (struct str){ 0 };
        if (ret->fixes.count || helps(f, useless))
                return;
        ret->fixes = without_useless(f, ret->flaw, false, useless->instead, &again);
        if (useless->because.len)
                ret->reason = str_fmt(f->arena, "%.*s; %.*s", STR_ARG(ret->reason), STR_ARG(told(f, T(useless->because))));
}

enum status verdict_status_to_come(const struct finding *f) {
        bool opens = f->status == STATUS_MITIGATED && f->rule && f->rule->after_restart != STATUS_COUNT && f->rule->after_restart > STATUS_UNKNOWN;

        return opens ? (enum status)f->rule->after_restart : f->status;
}

/* ---- Whose ---- */

static bool holds(const struct verdict *v, const char *fact) {
        return v->facts && facts_tri(v->facts, str_of(fact)) == TRI_TRUE;
}

/* What a container was seen to be; WSL's kernel is its user's own, who updates it from Windows. */
static struct str container_of(const struct verdict *v) {
        const struct fact *c = v->facts ? facts_named(v->facts, S("container")) : NULL;

        return c && c->state == FACT_KNOWN ? c->text : S("");
}

bool verdict_in_container(const struct verdict *v) {
        struct str c = container_of(v);

        return c.len > 0 && !str_starts(c, S("WSL"));
}

bool verdict_is_theirs(const struct verdict *v, enum layer owner) {
        switch (owner) {
        case LAYER_HARDWARE:
        case LAYER_MICROCODE:
        case LAYER_HYPERVISOR:
                return v->machine.guest == TRI_TRUE || verdict_in_container(v);
        case LAYER_KERNEL:
                return verdict_in_container(v) || (holds(v, "kernel_is_theirs") && container_of(v).len == 0);
        default:
                return false;
        }
}

/* What a running kernel takes from its own root user. */
static bool is_runtime(enum target_kind t) {
        return t == TARGET_SYSCTL || t == TARGET_SETTING || t == TARGET_MODULE_OPTION || t == TARGET_SMT || t == TARGET_REGISTER ||
               t == TARGET_REGISTRY_VALUE;
}

bool verdict_finding_is_theirs(const struct verdict *v, const struct finding *f) {
        return f->by_host || verdict_is_theirs(v, f->owner);
}

bool verdict_fix_is_theirs(const struct verdict *v, const struct fix *fix) {
        enum layer owner = (enum layer)fix->owner;

        if (owner == LAYER_KERNEL && is_runtime((enum target_kind)fix->target))
                return verdict_in_container(v);
        return verdict_is_theirs(v, owner);
}

void remedies_settle_owners(struct verdict *v) {
        for (uint32_t i = 0; i < v->finding_count; i++) {
                struct finding *f = &v->findings[i];
                const struct fix *first = f->fixes.count ? catalog_fix(v->catalog, T_AT(f->fixes, 0)) : NULL;

                if (f->status < STATUS_UNKNOWN || !first || f->by_host)
                        continue;
                v->facts->seen->set = v->machine.guest_facets;
                if (verdict_fix_is_theirs(v, first))
                        f->owner = LAYER_HYPERVISOR;
                f->facets |= v->facts->seen->set;
        }
}

static bool sets_registry(const struct catalog *c, struct text id) {
        const struct fix *fix = catalog_fix(c, T(id));

        return fix && fix->computes == FIX_COMPUTES_REGISTRY;
}

struct texts remedies_of_windows(const struct catalog *c, const struct flaw *flaw) {
        struct texts ret = { 0 };

        for (uint32_t i = 0; i < flaw->rule_count; i++) {
                const struct rule *rule = &flaw->rules[i];

                if (!str_starts(T(rule->id), S("windows-")) || rule->status != STATUS_VULNERABLE)
                        continue;
                for (uint32_t k = 0; k < rule->fixes.count; k++)
                        if (sets_registry(c, texts_items(rule->fixes)[k]))
                                return rule->fixes;
                ret = ret.count ? ret : rule->fixes;
        }
        return ret;
}
