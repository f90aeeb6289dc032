/* What only the processor itself can say: CPUID and model specific registers on x86, identification registers on
 * Arm. */
#ifndef SIDELIGHT_COLLECT_LINUX_PROCESSOR_H
#define SIDELIGHT_COLLECT_LINUX_PROCESSOR_H

#include "collect/linux/cpu_numbers.h"
#include "collect/linux/reader.h"

/* Asks every CPU of `cpus` (`all`: these are all that are online) and makes what they say alike one record for all
 * CPUs; or only the first that this thread may move to, unless that says that it is one of a hybrid processor. Live
 * machine only. */
void processor_collect(struct reader *r, const struct cpu_numbers *cpus, bool all);

/* Records what the CPU says that this thread runs on, as `cpu`, into r->e. One for each kind of processor. */
void processor_read(struct reader *r, uint32_t cpu);

/* Moves what was recorded of single CPUs from `from` to `to`: one record for all, where each CPU of `cpus` says the
 * same. Pure. */
void processor_merge(struct evidence *to, const struct evidence *from, const struct cpu_numbers *cpus);

#endif
