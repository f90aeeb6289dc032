/* CPUID of every logical processor, as evidence records. */
#ifndef SIDELIGHT_COLLECT_WINDOWS_CPUID_H
#define SIDELIGHT_COLLECT_WINDOWS_CPUID_H

#include "evidence/evidence.h"

enum { CPUID_LEAVES = 14 };

struct cpuid_set {
        uint32_t regs[CPUID_LEAVES][4];
        bool present[CPUID_LEAVES];
};

/* The instruction, or recorded answers. */
typedef void cpuid_instruction(uint32_t leaf, uint32_t subleaf, uint32_t regs[4]);

/* Every leaf of interest that this processor has. The numbers that tell logical processors apart are left out. */
void cpuid_read(cpuid_instruction *cpuid, struct cpuid_set *ret);
/* One record a leaf where all `count` processors agree (cpu '*'), else one for each. */
void cpuid_add(struct evidence *e, const struct cpuid_set *sets, uint32_t count);

#endif
