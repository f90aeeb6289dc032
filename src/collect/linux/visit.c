#include <sched.h>

#include "collect/linux/processor.h"

enum { MASK_WORDS = CPUS_MAX / (8 * (int)sizeof(unsigned long)) };

static bool move_to(uint32_t cpu) {
        unsigned long mask[MASK_WORDS] = { 0 };

        mask[cpu / (8 * sizeof(*mask))] = 1ul << (cpu % (8 * sizeof(*mask)));
        return sched_setaffinity(0, sizeof(mask), (const cpu_set_t *)(const void *)mask) == 0;
}

ptrdiff_t processor_visit(const struct cpu_list *cpus, void (*read)(void *arg, uint32_t cpu), void *arg) {
        unsigned long home[MASK_WORDS] = { 0 };
        ptrdiff_t visited = 0;

        if (sched_getaffinity(0, sizeof(home), (cpu_set_t *)(void *)home) < 0)
                return 0;
        for (ptrdiff_t i = 0; i < cpus->count; i++)
                if (cpus->items[i] < CPUS_MAX && move_to(cpus->items[i])) {
                        read(arg, cpus->items[i]);
                        visited++;
                }
        (void)sched_setaffinity(0, sizeof(home), (const cpu_set_t *)(const void *)home);
        return visited;
}
