/* ppc64, s390x, riscv and others: what the processor says is in /proc/cpuinfo and sysfs. */
#include "collect/linux/processor.h"

void processor_collect(struct reader *r, const struct cpu_list *cpus, bool all) {
        (void)r;
        (void)cpus;
        (void)all;
}
