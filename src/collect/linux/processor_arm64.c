/* Identification registers that the kernel lets a program read (Documentation/arch/arm64/cpu-feature-registers.rst): the mrs
 * instruction traps, and the kernel answers. Only fields that it calls visible are the processor's; it shows the others as 0,
 * CSV2, CSV3, ECBHB and CLRBHB among them. A register is read here only when what matters in it is visible: to record the
 * others would be to say that the processor lacks what the kernel hides. */
#include <asm/hwcap.h>
#include <sys/auxv.h>

#include "collect/linux/processor.h"

/* By encoding, for older assemblers do not know all names: S<op0>_<op1>_C<CRn>_C<CRm>_<op2>. */
#define IDREGS(X)                            \
        X("MIDR_EL1", "S3_0_C0_C0_0")        \
        X("ID_AA64PFR1_EL1", "S3_0_C0_C4_1") /* SSBS */

static const struct str names[] = {
#define X(name, encoding) STR(name),
        IDREGS(X)
#undef X
};

enum { IDREG_COUNT = sizeof(names) / sizeof(names[0]) };

struct answers {
        uint32_t cpu;
        uint64_t value[IDREG_COUNT];
};

struct visit {
        struct answers *items;
        ptrdiff_t count;
};

static void read_cpu(void *arg, uint32_t cpu) {
        struct visit *v = arg;
        struct answers *a = &v->items[v->count++];
        uint64_t *to = a->value;

        a->cpu = cpu;
#define X(name, encoding) __asm__ volatile("mrs %0, " encoding : "=r"(*to)); to++;
        IDREGS(X)
#undef X
}

void processor_collect(struct reader *r, const struct cpu_list *cpus, bool all) {
        struct visit v = { .items = arena_array(r->scratch, struct answers, cpus->count) };

        if (!(getauxval(AT_HWCAP) & HWCAP_CPUID))
                return; /* the instruction would end the program */
        all = processor_visit(cpus, read_cpu, &v) == cpus->count && all;
        for (int i = 0; i < IDREG_COUNT; i++) {
                bool one = all && v.count > 0;

                for (ptrdiff_t n = 1; n < v.count; n++)
                        one = one && v.items[n].value[i] == v.items[0].value[i];
                for (ptrdiff_t n = 0; n < (one ? 1 : v.count); n++)
                        evidence_add_idreg(r->e, one ? EVIDENCE_ALL_CPUS : v.items[n].cpu, names[i],
                                           v.items[n].value[i]);
        }
}
