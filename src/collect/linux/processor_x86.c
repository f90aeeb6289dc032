/* CPUID (Intel SDM vol. 2A; AMD APM vol. 3, appendix E) and model specific registers (facts that decide: vol. 4). */
#include <cpuid.h>
#include <errno.h>
#include <unistd.h>

#include "collect/linux/processor.h"

struct leaf {
        uint32_t leaf, subleaf;
};

/* Few: each can cost 14 µs in a virtual machine. A leaf beyond the highest that the processor has is not read. */
static const struct leaf leaves[] = {
        { .leaf = 0x0 },
        { .leaf = 0x1 },
        { .leaf = 0x7, .subleaf = 0 },
        { .leaf = 0x7, .subleaf = 2 },
        { .leaf = 0x1a },
        { .leaf = 0x40000000 },
        { .leaf = 0x80000000 },
        { .leaf = 0x80000001 },
        { .leaf = 0x80000008 },
        { .leaf = 0x80000021 },
};

enum { LEAF_COUNT = sizeof(leaves) / sizeof(leaves[0]) };

enum vendor { VENDOR_OTHER, VENDOR_INTEL, VENDOR_AMD };

/* Registers that tell what is mitigated and what the processor is immune to. Read, never written. */
static const struct {
        enum vendor vendor;
        uint32_t reg;
} registers[] = {
        { VENDOR_INTEL, 0x17 },     /* IA32_PLATFORM_ID: which microcode fits */
        { VENDOR_INTEL, 0x48 },     /* IA32_SPEC_CTRL */
        { VENDOR_INTEL, 0x8b },     /* IA32_BIOS_SIGN_ID: microcode revision */
        { VENDOR_INTEL, 0xcf },     /* IA32_CORE_CAPABILITIES */
        { VENDOR_INTEL, 0x10a },    /* IA32_ARCH_CAPABILITIES */
        { VENDOR_INTEL, 0x10f },    /* TSX_FORCE_ABORT */
        { VENDOR_INTEL, 0x122 },    /* IA32_TSX_CTRL */
        { VENDOR_INTEL, 0x123 },    /* IA32_MCU_OPT_CTRL */
        { VENDOR_AMD, 0x48 },       /* SPEC_CTRL */
        { VENDOR_AMD, 0x8b },       /* PATCH_LEVEL: microcode revision */
        { VENDOR_AMD, 0xc0000080 }, /* EFER */
        { VENDOR_AMD, 0xc0011020 }, /* LS_CFG */
        { VENDOR_AMD, 0xc0011028 }, /* FP_CFG */
        { VENDOR_AMD, 0xc0011029 }, /* DE_CFG */
        { VENDOR_AMD, 0xc001102e }, /* BP_CFG */
        { VENDOR_AMD, 0xc00110e3 }, /* spectral chicken */
};

enum { REGISTER_COUNT = sizeof(registers) / sizeof(registers[0]) };

struct answers {
        uint32_t cpu;
        bool has_leaf[LEAF_COUNT];
        uint32_t leaf[LEAF_COUNT][4];
        enum fact_state state[REGISTER_COUNT]; /* UNREAD: not asked for */
        uint64_t value[REGISTER_COUNT];
};

struct visit {
        struct reader *r;
        struct answers *items;
        ptrdiff_t count;
};

/* ---- CPUID ---- */

static void cpuid(uint32_t leaf, uint32_t subleaf, uint32_t regs[4]) {
        __cpuid_count(leaf, subleaf, regs[0], regs[1], regs[2], regs[3]);
}

static const uint32_t *answer(const struct answers *a, uint32_t leaf) {
        static const uint32_t nothing[4] = { 0 };

        for (int i = 0; i < LEAF_COUNT; i++)
                if (leaves[i].leaf == leaf && a->has_leaf[i])
                        return a->leaf[i];
        return nothing;
}

/* By what was read before: the highest leaves, the hypervisor bit (1:ECX[31]), the subleaves of 7, the hybrid bit (7:EDX[15]). */
static bool is_there(const struct answers *a, struct leaf l) {
        switch (l.leaf) {
        case 0x0:
        case 0x80000000:
                return true;
        case 0x40000000:
                return answer(a, 1)[2] >> 31 & 1;
        case 0x1a:
                return answer(a, 0)[0] >= 0x1a && (answer(a, 7)[3] >> 15 & 1);
        case 0x7:
                return answer(a, 0)[0] >= 7 && (l.subleaf == 0 || answer(a, 7)[0] >= l.subleaf);
        default:
                return answer(a, l.leaf & 0x80000000)[0] >= l.leaf;
        }
}

static void read_leaves(struct answers *a) {
        for (int i = 0; i < LEAF_COUNT; i++) {
                a->has_leaf[i] = is_there(a, leaves[i]);
                if (!a->has_leaf[i])
                        continue;
                cpuid(leaves[i].leaf, leaves[i].subleaf, a->leaf[i]);
                if (leaves[i].leaf == 1)
                        a->leaf[i][1] &= 0x00ffffff; /* bits 31:24 only number the CPU: its initial APIC ID */
        }
}

/* ---- Model specific registers ---- */

static enum vendor vendor_of(const struct answers *a) {
        switch (answer(a, 0)[1]) {
        case 0x756e6547: /* "Genu"ineIntel */
        case 0x746e6543: /* "Cent"aurHauls */
        case 0x68532020: /* "  Sh"anghai */
                return VENDOR_INTEL;
        case 0x68747541: /* "Auth"enticAMD */
        case 0x6f677948: /* "Hygo"nGenuine */
                return VENDOR_AMD;
        default:
                return VENDOR_OTHER;
        }
}

/* EIO is the driver's word for a register that the processor does not have (msr(4)). */
static enum fact_state read_register(int fd, uint32_t reg, uint64_t *ret) {
        if (pread(fd, ret, sizeof(*ret), (off_t)reg) == (ssize_t)sizeof(*ret))
                return FACT_KNOWN;
        return errno == EIO ? FACT_ABSENT : reader_state(errno);
}

static void read_registers(struct reader *r, struct answers *a) {
        char path[64];
        int fd = -1, error;
        enum vendor vendor = vendor_of(a);

        (void)snprintf(path, sizeof(path), "/dev/cpu/%u/msr", (unsigned)a->cpu);
        error = tree_open_device(r->tree, path, &fd);
        if (error)
                reader_missing(r, path, error);
        for (int i = 0; i < REGISTER_COUNT; i++) {
                if (registers[i].vendor != vendor)
                        continue;
                if (!error)
                        a->state[i] = read_register(fd, registers[i].reg, &a->value[i]);
                else if (reader_state(error) == FACT_DENIED)
                        a->state[i] = FACT_DENIED;
        }
        if (!error)
                close(fd);
}

/* ---- Recording ---- */

static void read_cpu(void *arg, uint32_t cpu) {
        struct visit *v = arg;
        struct answers *a = &v->items[v->count++];

        a->cpu = cpu;
        read_leaves(a);
        read_registers(v->r, a);
}

static bool leaf_agrees(const struct visit *v, int i) {
        const struct answers *first = &v->items[0];

        for (ptrdiff_t n = 1; n < v->count; n++)
                if (v->items[n].has_leaf[i] != first->has_leaf[i] ||
                    memcmp(v->items[n].leaf[i], first->leaf[i], sizeof(first->leaf[i])) != 0)
                        return false;
        return true;
}

static bool register_agrees(const struct visit *v, int i) {
        const struct answers *first = &v->items[0];

        for (ptrdiff_t n = 1; n < v->count; n++)
                if (v->items[n].state[i] != first->state[i] || v->items[n].value[i] != first->value[i])
                        return false;
        return true;
}

static void record_leaf(const struct visit *v, int i, bool all) {
        bool one = all && leaf_agrees(v, i);

        for (ptrdiff_t n = 0; n < (one ? 1 : v->count); n++)
                if (v->items[n].has_leaf[i])
                        evidence_add_cpuid(v->r->e, one ? EVIDENCE_ALL_CPUS : v->items[n].cpu, leaves[i].leaf,
                                           leaves[i].subleaf, v->items[n].leaf[i]);
}

static void record_register(const struct visit *v, int i, bool all) {
        bool one = all && register_agrees(v, i);

        for (ptrdiff_t n = 0; n < (one ? 1 : v->count); n++)
                if (v->items[n].state[i] != FACT_UNREAD)
                        evidence_add_msr(v->r->e, one ? EVIDENCE_ALL_CPUS : v->items[n].cpu, registers[i].reg,
                                         v->items[n].state[i], v->items[n].value[i]);
}

void processor_collect(struct reader *r, const struct cpu_list *cpus, bool all) {
        struct visit v = { .r = r, .items = arena_array(r->scratch, struct answers, cpus->count) };

        all = processor_visit(cpus, read_cpu, &v) == cpus->count && all;
        if (v.count == 0)
                return;
        for (int i = 0; i < LEAF_COUNT; i++)
                record_leaf(&v, i, all);
        for (int i = 0; i < REGISTER_COUNT; i++)
                record_register(&v, i, all);
}
