/* FeatureSettingsOverride and FeatureSettingsOverrideMask: the value that asks Windows for chosen protections (KB4072698 for servers,
 * KB4073119 for clients), and a value taken apart. The bits are data: data/windows/registry-bits.yaml. */
#ifndef SIDELIGHT_PLAN_REGISTRY_VALUE_H
#define SIDELIGHT_PLAN_REGISTRY_VALUE_H

#include "base/out.h"
#include "plan/plan.h"

/* Makes the two lowest bits of the override count; the articles give it with every value, and no other mask. */
enum { REGISTRY_MASK = 3 };

struct registry_choice {
        struct str vendor;     /* cpu.vendor: "intel", "amd" */
        bool keep_smt;         /* hyper-threading stays on */
        struct str_list flaws; /* protect against these (ids) */
        uint32_t current;      /* the override as it is; 0 where there is none */
        uint32_t current_mask; /* the mask as it is */
};

/* The override that protects against the chosen flaws. No protection that `current` asks for is given up: bits that switch one on
 * stay, no bit that switches one off is added, and bits of unknown meaning are not touched. */
uint32_t registry_value(const struct catalog *c, const struct registry_choice *choice);

/* A value bit by bit, one line each, for processors of `vendor` (empty: of any). */
void registry_explain(const struct catalog *c, uint32_t value, struct str vendor, struct out *o);

/* What this machine, which runs Windows, should ask for: the flaws that are open, its vendor, what it asks for today. */
struct registry_choice registry_choice_of(struct arena *a, const struct verdict *v, bool keep_smt);
/* The changes that make both values those of the choice; values that hold already are left out. */
void registry_changes(struct changes *ret, struct arena *a, const struct verdict *v, bool keep_smt);

#endif
