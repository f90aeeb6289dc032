/* CPUID (Intel SDM vol. 2A; AMD APM vol. 3, appendix E) and model specific registers (Intel SDM vol. 4; AMD's PPRs). */
#include <cpuid.h>
#include <errno.h>
#include <unistd.h>

#include "collect/linux/processor.h"

struct leaf {
        uint32_t leaf, subleaf;
};

/* Few: each can cost 14 µs in a virtual machine. In an order in which each tells whether later ones are there. */
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

enum maker { MAKER_OTHER, MAKER_INTEL, MAKER_AMD };

/* Registers that tell what is mitigated and what the processor is immune to. Read, never written. */
static const struct {
        enum maker maker;
        uint32_t reg;
} registers[] = {
        { .maker = MAKER_INTEL, .reg = 0x17 },     /* IA32_PLATFORM_ID: which microcode fits */
        { .maker = MAKER_INTEL, .reg = 0x48 },     /* IA32_SPEC_CTRL */
        { .maker = MAKER_INTEL, .reg = 0x8b },     /* IA32_BIOS_SIGN_ID: microcode revision */
        { .maker = MAKER_INTEL, .reg = 0xcf },     /* IA32_CORE_CAPABILITIES */
        { .maker = MAKER_INTEL, .reg = 0x10a },    /* IA32_ARCH_CAPABILITIES */
        { .maker = MAKER_INTEL, .reg = 0x10f },    /* TSX_FORCE_ABORT */
        { .maker = MAKER_INTEL, .reg = 0x122 },    /* IA32_TSX_CTRL */
        { .maker = MAKER_INTEL, .reg = 0x123 },    /* IA32_MCU_OPT_CTRL */
        { .maker = MAKER_AMD, .reg = 0x48 },       /* SPEC_CTRL */
        { .maker = MAKER_AMD, .reg = 0x8b },       /* PATCH_LEVEL: microcode revision */
        { .maker = MAKER_AMD, .reg = 0xc0000080 }, /* EFER */
        { .maker = MAKER_AMD, .reg = 0xc0011020 }, /* LS_CFG */
        { .maker = MAKER_AMD, .reg = 0xc0011028 }, /* FP_CFG */
        { .maker = MAKER_AMD, .reg = 0xc0011029 }, /* DE_CFG */
        { .maker = MAKER_AMD, .reg = 0xc001102e }, /* BP_CFG */
        { .maker = MAKER_AMD, .reg = 0xc00110e3 }, /* the one against Retbleed on Zen 2 */
};

/* ---- CPUID ---- */

static uint32_t answer(const struct reader *r, uint32_t cpu, uint32_t leaf, int word) {
        const struct record *record = evidence_cpuid(r->e, cpu, leaf, 0);

        return record ? record->words[word] : 0;
}

/* By what was read before: the highest leaf of each range, the hypervisor bit (1:ECX[31]), the highest subleaf of 7,
 * the hybrid bit (7:EDX[15]). */
static bool is_there(const struct reader *r, uint32_t cpu, struct leaf l) {
        uint32_t range = l.leaf & 0xffff0000;

        if (range == 0x40000000 && !(answer(r, cpu, 1, 2) >> 31 & 1))
                return false;
        if (l.leaf == 0x1a && !(answer(r, cpu, 7, 3) >> 15 & 1))
                return false;
        if (l.leaf == 7 && l.subleaf > answer(r, cpu, 7, 0))
                return false;
        return l.leaf == range || answer(r, cpu, range, 0) >= l.leaf;
}

static void read_leaf(struct reader *r, uint32_t cpu, struct leaf l) {
        uint32_t regs[4];

        if (!is_there(r, cpu, l) || evidence_cpuid(r->e, cpu, l.leaf, l.subleaf))
                return;
        __cpuid_count(l.leaf, l.subleaf, regs[0], regs[1], regs[2], regs[3]);
        if (l.leaf == 1)
                regs[1] &= 0x00ffffff; /* bits 31:24 only number the CPU: its initial APIC ID */
        evidence_add_cpuid(r->e, cpu, l.leaf, l.subleaf, regs);
}

/* ---- Model specific registers ---- */

static enum maker maker_of(const struct reader *r, uint32_t cpu) {
        switch (answer(r, cpu, 0, 1)) {
        case 0x756e6547: /* "Genu"ineIntel */
        case 0x746e6543: /* "Cent"aurHauls */
        case 0x68532020: /* "  Sh"anghai */
                return MAKER_INTEL;
        case 0x68747541: /* "Auth"enticAMD */
        case 0x6f677948: /* "Hygo"nGenuine */
                return MAKER_AMD;
        default:
                return MAKER_OTHER;
        }
}

/* EIO is the driver's word for a register that the processor does not have (msr(4)). */
static void read_register(struct reader *r, uint32_t cpu, int fd, uint32_t reg) {
        uint64_t value = 0;
        enum fact_state state = FACT_DENIED;

        if (evidence_msr(r->e, cpu, reg))
                return;
        if (fd >= 0 && pread(fd, &value, sizeof(value), (off_t)reg) == (ssize_t)sizeof(value))
                state = FACT_KNOWN;
        else if (fd >= 0)
                state = errno == EIO ? FACT_ABSENT : reader_state(errno);
        evidence_add_msr(r->e, cpu, reg, state, value);
}

static void read_registers(struct reader *r, uint32_t cpu, int fd) {
        enum maker maker = maker_of(r, cpu);

        for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
                if (registers[i].maker == maker)
                        read_register(r, cpu, fd, registers[i].reg);
        for (uint32_t i = 0; r->catalog && i < r->catalog->fact_count; i++)
                if (r->catalog->facts[i].kind == FACT_KIND_MSR)
                        read_register(r, cpu, fd, r->catalog->facts[i].leaf);
}

void processor_read(struct reader *r, uint32_t cpu) {
        char path[64];
        int fd = -1, error;

        for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++)
                read_leaf(r, cpu, leaves[i]);
        for (uint32_t i = 0; r->catalog && i < r->catalog->fact_count; i++)
                if (r->catalog->facts[i].kind == FACT_KIND_CPUID)
                        read_leaf(r, cpu, (struct leaf){ r->catalog->facts[i].leaf, r->catalog->facts[i].subleaf });
        (void)snprintf(path, sizeof(path), "/dev/cpu/%u/msr", (unsigned)cpu);
        error = tree_open_device(r->tree, path, &fd);
        if (error)
                reader_missing(r, path, error);
        if (!error || reader_state(error) == FACT_DENIED)
                read_registers(r, cpu, fd);
        if (fd >= 0)
                close(fd);
}
