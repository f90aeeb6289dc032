#include "plan/registry_value.h"

#include "catalog/computed.h"
#include "plan/change.h"

#define MEMORY_MANAGEMENT "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management"

static bool any_chosen(const struct registry_bit *b, const struct str_list *flaws) {
        for (uint32_t i = 0; i < b->flaws.count; i++)
                for (uint32_t k = 0; k < flaws->count; k++)
                        if (str_eq(T_AT(b->flaws, i), flaws->items[k]))
                                return true;
        return false;
}

static bool is_for(const struct registry_bit *b, struct str vendor) {
        return b->vendor.len == 0 || str_eq(T(b->vendor), vendor);
}

/* A bit that switches off counts only where the mask has it. */
static bool takes_effect(const struct registry_bit *b, const struct registry_choice *choice) {
        return (choice->current >> b->bit & 1) && ((choice->current_mask >> b->bit & 1) || b->bit > 1);
}

uint32_t registry_value(const struct catalog *c, const struct registry_choice *choice) {
        uint32_t value = choice->current;

        for (uint32_t i = 0; i < c->registry_bit_count; i++) {
                const struct registry_bit *b = &c->registry_bits[i];
                uint32_t bit = 1u << b->bit;

                if (!is_for(b, choice->vendor))
                        continue;
                if (b->off && (any_chosen(b, &choice->flaws) || !takes_effect(b, choice)))
                        value &= ~bit; /* also a bit that the mask kept from counting, and the new mask would not */
                else if (!b->off && any_chosen(b, &choice->flaws) && !(b->without_smt && choice->keep_smt))
                        value |= bit;
        }
        return value;
}

static void explain_bit(const struct catalog *c, uint32_t n, struct str vendor, struct out *o) {
        bool known = false;

        for (uint32_t i = 0; i < c->registry_bit_count; i++) {
                const struct registry_bit *b = &c->registry_bits[i];

                if (b->bit != n || (vendor.len > 0 && !is_for(b, vendor)))
                        continue;
                out_fmt(o, "  bit %2u  0x%08x  %s%.*s%s%.*s\n", n, 1u << n, b->vendor.len ? "on " : "", STR_ARG(T(b->vendor)),
                        b->vendor.len ? ": " : "", STR_ARG(T(b->title)));
                known = true;
        }
        if (!known)
                out_fmt(o, "  bit %2u  0x%08x  meaning not known\n", n, 1u << n);
}

void registry_explain(const struct catalog *c, uint32_t value, struct str vendor, struct out *o) {
        out_fmt(o, "FeatureSettingsOverride 0x%08x (%u):\n", value, value);
        if (value == 0)
                out_c(o, "  no bit set: with mask 3, protection against branch target injection and KVA shadow are on\n");
        for (uint32_t n = 0; n < 32; n++)
                if (value >> n & 1)
                        explain_bit(c, n, vendor, o);
        out_c(o, "It goes with FeatureSettingsOverrideMask 3, and takes effect when Windows starts.\n");
}

/* ---- A machine's choice ---- */

static uint32_t fact_number(struct facts *f, const char *name) {
        const struct fact *v = facts_named(f, str_of(name));

        return v && v->state == FACT_KNOWN ? (uint32_t)v->number : 0;
}

static struct str_list open_flaws(struct arena *a, const struct verdict *v) {
        struct str *ids = arena_array(a, struct str, (ptrdiff_t)v->finding_count + 1);
        uint32_t count = 0;

        for (uint32_t i = 0; i < v->finding_count; i++)
                if (verdict_status_to_come(&v->findings[i]) > STATUS_UNKNOWN)
                        ids[count++] = T(v->findings[i].flaw->id);
        return (struct str_list){ .items = ids, .count = count };
}

struct registry_choice registry_choice_of(struct arena *a, const struct verdict *v, bool keep_smt) {
        const struct fact *vendor = facts_get(v->facts, COMPUTED_CPU_VENDOR);

        return (struct registry_choice){
                .vendor = vendor->state == FACT_KNOWN ? vendor->text : S(""),
                .keep_smt = keep_smt,
                .flaws = open_flaws(a, v),
                .current = fact_number(v->facts, "registry.override"),
                .current_mask = fact_number(v->facts, "registry.override_mask"),
        };
}

static void add_value(struct changes *ret, struct arena *a, struct facts *f, const char *name, uint32_t value) {
        struct change c = {
                .target = { .kind = TARGET_REGISTRY_VALUE, .place = S(MEMORY_MANAGEMENT), .key = str_of(name) },
                .edit = EDIT_SET,
                .new = value < 10 ? str_fmt(a, "%u", (unsigned)value) : str_fmt(a, "0x%x", (unsigned)value),
        };

        change_look(&c, a, f);
        if (c.was != FACT_KNOWN || !str_eq(c.old, c.new))
                *arena_append(a, ret) = c;
}

void registry_changes(struct changes *ret, struct arena *a, const struct verdict *v, bool keep_smt) {
        struct registry_choice choice = registry_choice_of(a, v, keep_smt);

        add_value(ret, a, v->facts, "FeatureSettingsOverride", registry_value(v->catalog, &choice));
        add_value(ret, a, v->facts, "FeatureSettingsOverrideMask", REGISTRY_MASK);
}

/* ---- The steps ---- */

static bool changes_registry(const struct step *s) {
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (str_eq(s->changes.items[i].target.key, S("FeatureSettingsOverride")) ||
                    str_eq(s->changes.items[i].target.key, S("FeatureSettingsOverrideMask")))
                        return true;
        return false;
}

/* The machine's step, or what the remedy would be where nothing in the plan asks for it. */
static void add_own(struct plan *ret, struct arena *a, const struct verdict *v, const struct fix *fix) {
        struct plan whole;
        struct step step;

        plan_of_verdict(&whole, a, v);
        for (ptrdiff_t i = 0; i < whole.count; i++)
                if (changes_registry(&whole.items[i]))
                        *arena_append(a, ret) = whole.items[i];
        if (ret->count)
                return;
        plan_fix(&step, a, v, fix);
        if (changes_registry(&step))
                *arena_append(a, ret) = step;
}

static bool same_changes(const struct changes *x, const struct changes *y) {
        for (ptrdiff_t i = 0; i < x->count && x->count == y->count; i++)
                if (!str_eq(x->items[i].new, y->items[i].new))
                        return false;
        return x->count == y->count;
}

/* The same with the values that count where no core has two threads. */
static void add_without_smt(struct plan *ret, struct arena *a, const struct verdict *v, const struct fix *fix) {
        struct step step = { 0 };

        registry_changes(&step.changes, a, v, false);
        if (facts_tri(v->facts, S("smt.active")) == TRI_FALSE || step.changes.count == 0 ||
            (ret->count && same_changes(&step.changes, &ret->items[0].changes)))
                return;
        step.id = str_fmt(a, "%.*s-without-smt", STR_ARG(T(fix->id)));
        step.title = str_fmt(a, "%.*s, where hyper-threading is switched off in the firmware", STR_ARG(T(fix->title)));
        step.phase = PHASE_SEPARATE;
        step.target = step.changes.items[0].target;
        step.needs = step.done = NO_CONDITION;
        step.restart = true;
        for (ptrdiff_t i = 0; i < step.changes.count; i++)
                *arena_append(a, &step.instructions) = (struct instruction){ .kind = INSTRUCTION_CHANGE,
                                                                             .text = change_text(a, &step.changes.items[i]) };
        for (ptrdiff_t i = 0; i < step.changes.count; i++)
                change_commands(&step.instructions, a, &step.changes.items[i]);
        *arena_append(a, ret) = step;
}

void plan_registry(struct plan *ret, struct arena *a, const struct verdict *v) {
        const struct fix *fix = catalog_fix(v->catalog, S("enable-windows-mitigations"));
        const struct fix *guests = catalog_fix(v->catalog, S("show-old-guests"));

        *ret = (struct plan){ 0 };
        if (!fix || registry_choice_of(a, v, true).flaws.count == 0)
                return;
        add_own(ret, a, v, fix);
        add_without_smt(ret, a, v, fix);
        if (guests && facts_tri(v->facts, S("hyper_v_host")) == TRI_TRUE)
                plan_fix(arena_append(a, ret), a, v, guests);
}
