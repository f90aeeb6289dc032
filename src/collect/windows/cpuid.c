#include "collect/windows/cpuid.h"

/* Leaves that say something about speculation, about what processor this is, or about who pretends to be it. */
static const struct {
        uint32_t leaf, subleaf;
} leaves[CPUID_LEAVES] = {
        { .leaf = 0x0 },        { .leaf = 0x1 },        { .leaf = 0x7 },        { .leaf = 0x7, .subleaf = 1 },
        { .leaf = 0x7, .subleaf = 2 },                  { .leaf = 0x1a },       { .leaf = 0x40000000 },
        { .leaf = 0x40000001 }, { .leaf = 0x40000003 }, { .leaf = 0x80000000 }, { .leaf = 0x80000001 },
        { .leaf = 0x80000008 }, { .leaf = 0x8000001e }, { .leaf = 0x80000021 },
};

/* The register is the same on all logical processors but for the bits that number them. */
static void hide_numbers(uint32_t leaf, uint32_t regs[4]) {
        if (leaf == 1)
                regs[1] &= 0x00ffffff; /* initial APIC id */
        if (leaf == 0x8000001e) {
                regs[0] = 0;           /* extended APIC id */
                regs[1] &= 0xffffff00; /* core id */
                regs[2] &= 0xffffff00; /* node id */
        }
}

/* The highest leaf of the range that `leaf` stands in, by the range's own first leaf; 0 when there is no such range. */
static uint32_t highest(cpuid_instruction *cpuid, uint32_t leaf) {
        uint32_t range = leaf & 0xf0000000, regs[4];

        cpuid(1, 0, regs);
        if (range == 0x40000000 && !(regs[2] >> 31))
                return 0; /* without a hypervisor these leaves mirror others */
        cpuid(range, 0, regs);
        return regs[0] >= range ? regs[0] : 0;
}

static bool has_leaf(cpuid_instruction *cpuid, uint32_t leaf, uint32_t subleaf) {
        uint32_t regs[4];

        if (leaf > highest(cpuid, leaf))
                return false;
        cpuid(leaf, 0, regs);
        return subleaf == 0 || subleaf <= regs[0];
}

void cpuid_read(cpuid_instruction *cpuid, struct cpuid_set *ret) {
        *ret = (struct cpuid_set){ 0 };
        for (size_t i = 0; i < CPUID_LEAVES; i++) {
                if (!has_leaf(cpuid, leaves[i].leaf, leaves[i].subleaf))
                        continue;
                cpuid(leaves[i].leaf, leaves[i].subleaf, ret->regs[i]);
                hide_numbers(leaves[i].leaf, ret->regs[i]);
                ret->present[i] = true;
        }
}

static bool all_agree(const struct cpuid_set *sets, uint32_t count, size_t leaf) {
        for (uint32_t cpu = 1; cpu < count; cpu++)
                if (sets[cpu].present[leaf] != sets[0].present[leaf] ||
                    memcmp(sets[cpu].regs[leaf], sets[0].regs[leaf], sizeof(sets[0].regs[leaf])) != 0)
                        return false;
        return true;
}

void cpuid_add(struct evidence *e, const struct cpuid_set *sets, uint32_t count) {
        for (size_t i = 0; i < CPUID_LEAVES; i++) {
                bool same = all_agree(sets, count, i);

                for (uint32_t cpu = 0; cpu < (same && count > 0 ? 1 : count); cpu++)
                        if (sets[cpu].present[i])
                                evidence_add_cpuid(e, same ? EVIDENCE_ALL_CPUS : cpu, leaves[i].leaf,
                                                   leaves[i].subleaf, sets[cpu].regs[i]);
        }
}
