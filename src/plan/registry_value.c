#include "plan/registry_value.h"

#define MEMORY_MANAGEMENT "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management"

static bool any_chosen(const struct registry_bit *b, const struct str_list *flaws) {
        for (uint32_t i = 0; i < b->flaws.count; i++)
                for (uint32_t k = 0; k < flaws->count; k++)
                        if (str_eq(b->flaws.items[i], flaws->items[k]))
                                return true;
        return false;
}

static bool is_for(const struct registry_bit *b, struct str vendor) {
        return b->vendor.len == 0 || str_eq(b->vendor, vendor);
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
                out_fmt(o, "  bit %2u  0x%08x  %s%.*s%s%.*s\n", n, 1u << n, b->vendor.len ? "on " : "", STR_ARG(b->vendor),
                        b->vendor.len ? ": " : "", STR_ARG(b->title));
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

void registry_commands(uint32_t value, struct out *o) {
        out_fmt(o, "reg add \"" MEMORY_MANAGEMENT "\" /v FeatureSettingsOverride /t REG_DWORD /d 0x%x /f\n", value);
        out_fmt(o, "reg add \"" MEMORY_MANAGEMENT "\" /v FeatureSettingsOverrideMask /t REG_DWORD /d %d /f\n", REGISTRY_MASK);
}
