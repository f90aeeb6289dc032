/* ppc64, s390x, riscv and others: what the processor says is in /proc/cpuinfo and sysfs. */
#include "collect/linux/processor.h"

void processor_read(struct reader *r, uint32_t cpu) {
        (void)r;
        (void)cpu;
}
