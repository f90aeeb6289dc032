/* The logical CPUs of the evidence, and which of them are alike.
 *
 * /proc/cpuinfo and the CPUID records are read together. CPUs that agree in everything that both show form a class; hybrid parts
 * and CPUs that disagree make several, and each class is judged by itself. */
#ifndef SIDELIGHT_FACTS_CPUS_H
#define SIDELIGHT_FACTS_CPUS_H

#include "base/arena.h"
#include "evidence/evidence.h"

/* One block of /proc/cpuinfo; strings point into the evidence, empty where the block does not say. */
struct cpuinfo_block {
        struct str vendor, family, model, stepping, microcode, name, flags, bugs; /* x86 */
        struct str implementer, variant, part, revision;                          /* Arm */
};

struct cpu_seen {
        uint32_t number;
        uint32_t class_index;
        const struct cpuinfo_block *info; /* NULL: not in /proc/cpuinfo */
        const struct record *leaf1, *leaf7, *leaf1a;
};

struct cpu_list {
        struct cpu_seen *items;    /* in order of number */
        ptrdiff_t count, capacity;
        const struct cpu_seen **classes; /* the first of each class; for its CPUID the one that has it */
        uint32_t class_count;      /* at least 1, also when no CPU was seen */
        bool cpuinfo_read;
        struct str cpuinfo;        /* its text, verbatim; empty when it was not read */
        uint8_t cpuinfo_state;     /* enum fact_state of /proc/cpuinfo */
};

void cpu_list_read(struct cpu_list *ret, struct arena *a, const struct evidence *e);

/* A field of /proc/cpuinfo by its name, of the first block that has it; false when there is none, or it was not read. */
bool cpu_list_field(const struct cpu_list *l, struct str name, struct str *ret);

#endif
