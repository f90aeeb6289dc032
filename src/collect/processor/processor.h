/* What only the processor itself can say: CPUID, model specific registers, Arm's identification registers.
 *
 * The seam between the collectors and the machine, so that recorded or made-up processors can be fed in. Pure. */
#ifndef SIDELIGHT_COLLECT_PROCESSOR_PROCESSOR_H
#define SIDELIGHT_COLLECT_PROCESSOR_PROCESSOR_H

#include "catalog/catalog.h"
#include "evidence/evidence.h"

struct processor_api {
        void *arg;
        /* The logical CPU that this thread runs on; -1: not known. */
        int (*here)(void *arg);
        /* Moves this thread to a logical CPU: false where it may not run there. And back to where it came from. */
        bool (*move_to)(void *arg, uint32_t cpu);
        void (*move_home)(void *arg);
        /* The CPUID instruction on the CPU that this thread runs on. NULL: not an x86 processor. */
        void (*cpuid)(void *arg, uint32_t leaf, uint32_t subleaf, uint32_t regs[4]);
        /* Records the identification registers of the CPU that this thread runs on. NULL: not an Arm processor. */
        void (*identify)(void *arg, struct evidence *e, uint32_t cpu);
        /* Opens the model specific registers of a CPU, wherever this thread runs: 0, or the error's number. NULL: there are none. */
        int (*open_msrs)(void *arg, uint32_t cpu);
        /* Reads one, of the CPU that was opened: 0, or the error's number; EIO: the processor has no such register (msr(4)). */
        int (*read_msr)(void *arg, uint32_t reg, uint64_t *ret);
        void (*close_msrs)(void *arg);
};

struct leaf {
        uint32_t leaf, subleaf;
};

/* What the catalog's facts ask of a processor, each once; leaves in order of their numbers, with those that tell which there are. */
struct processor_questions {
        struct leaf *leaves;
        uint32_t *msrs;
        ptrdiff_t leaf_count, msr_count;
};

void processor_questions(struct processor_questions *ret, struct arena *a, const struct catalog *c);

/* Records every leaf that this processor has, without what only numbers a CPU. */
void processor_ask_cpuid(const struct processor_api *api, const struct processor_questions *q, struct evidence *e, uint32_t cpu);
/* Records every register of the opened CPU; `api` NULL: they may not be read. */
void processor_ask_msrs(const struct processor_api *api, const struct processor_questions *q, struct evidence *e, uint32_t cpu);

/* True for CPUs of more than one kind: 7:EDX[15] (Intel SDM vol. 2A, CPUID). */
bool processor_is_hybrid(const struct evidence *e, uint32_t cpu);

/* Moves what was recorded of single CPUs from `from` to `to`: one record for all, where each CPU of `cpus` says the same. Without
 * CPUs everything stays a record of its own. */
void processor_merge(struct evidence *to, const struct evidence *from, struct arena *scratch, const uint32_t *cpus, ptrdiff_t count);

#endif
