/* The processors of a Linux machine, asked through the seam of processor/processor.h. */
#ifndef SIDELIGHT_COLLECT_LINUX_PROCESSOR_H
#define SIDELIGHT_COLLECT_LINUX_PROCESSOR_H

#include "collect/linux/cpu_numbers.h"
#include "collect/linux/reader.h"
#include "collect/processor/processor.h"

enum processor_asked {
        PROCESSOR_ASK_EACH,       /* they may be unlike */
        PROCESSOR_ASK_ONE,        /* they are alike in all that the kernel shows of them */
        PROCESSOR_OTHERS_UNKNOWN, /* there may be more CPUs than these */
};

/* Asks the CPUs `cpus`, all that are online, and makes what they say alike one record for all of them.
 *
 * CPUID and identification registers: of each CPU or of the first that this thread may move to (of each also when that one is of a
 * hybrid processor). Model specific registers, which a program or a microcode may have set on one CPU and not on the next: of each.
 * What was not asked of every CPU stays a record of its own, unless the kernel shows them all alike: then one speaks for all. */
void processor_collect(struct reader *r, const struct processor_api *api, const struct cpu_numbers *cpus, enum processor_asked whom);

/* The machine that this program runs on. One for each kind of processor. `tree` must outlive its use. */
struct processor_live {
        struct processor_api api;
        const struct tree *tree;
        unsigned long home[CPUS_MAX / (8 * sizeof(unsigned long))];
        bool away;
        int fd; /* of the model specific registers */
};
void processor_open_live(struct processor_live *ret, const struct tree *tree);
/* Its part that differs between processors: cpuid, identify, *_msrs. */
void processor_open_kind(struct processor_live *p);

#endif
