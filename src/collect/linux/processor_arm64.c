/* Identification registers that the kernel lets a program read (Documentation/arch/arm64/cpu-feature-registers.rst):
 * the mrs instruction traps, and the kernel answers. Only fields that it calls visible are the processor's; it shows
 * the others as 0, CSV2, CSV3, ECBHB and CLRBHB among them. A register is read here only when what matters in it is
 * visible: to record the others would be to say that the processor lacks what the kernel hides. */
#include <asm/hwcap.h>
#include <sys/auxv.h>

#include "collect/linux/processor.h"

/* By encoding, for older assemblers do not know all names: S<op0>_<op1>_C<CRn>_C<CRm>_<op2>. */
#define IDREGS(X)                            \
        X("MIDR_EL1", "S3_0_C0_C0_0")        \
        X("ID_AA64PFR1_EL1", "S3_0_C0_C4_1") /* SSBS */

static void identify(void *arg, struct evidence *e, uint32_t cpu) {
        uint64_t value;

        (void)arg;
#define X(name, encoding)                                      \
        __asm__ volatile("mrs %0, " encoding : "=r"(value)); \
        evidence_add_idreg(e, cpu, S(name), value);
        IDREGS(X)
#undef X
}

void processor_open_kind(struct processor_live *p) {
        if (getauxval(AT_HWCAP) & HWCAP_CPUID) /* else the instruction would end the program */
                p->api.identify = identify;
}
