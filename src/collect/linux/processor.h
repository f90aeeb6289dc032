/* What only the processor itself can say: CPUID and model specific registers on x86, identification registers on Arm. */
#ifndef SIDELIGHT_COLLECT_LINUX_PROCESSOR_H
#define SIDELIGHT_COLLECT_LINUX_PROCESSOR_H

#include "collect/linux/cpus.h"
#include "collect/linux/reader.h"

/* Asks CPU after CPU of `cpus`, the running thread moving there and back; what all of them say alike becomes one record for
 * all CPUs when `cpus` is every one that is online (`all`). Live machine only. */
void processor_collect(struct reader *r, const struct cpu_list *cpus, bool all);

/* Calls `read` on each CPU of `cpus`. A CPU that the thread may not move to is left out; returns how many were not. */
ptrdiff_t processor_visit(const struct cpu_list *cpus, void (*read)(void *arg, uint32_t cpu), void *arg);

#endif
