/* The logical CPUs of the evidence, and which of them are alike.
 *
 * CPUs are named by /proc/cpuinfo, by the CPUID, MSR and identification registers that were read of them, and by the kernel's list
 * of those that are online. Two are alike only when both show the same, everywhere where a fact looks: one that was not read is
 * not like its neighbour. Each class of like CPUs is judged by itself. */
#ifndef SIDELIGHT_FACTS_CPUS_H
#define SIDELIGHT_FACTS_CPUS_H

#include "base/arena.h"
#include "catalog/catalog.h"
#include "evidence/evidence.h"

/* One block of /proc/cpuinfo; strings point into the evidence, empty where the block does not say. */
struct cpuinfo_block {
        struct str vendor, family, model, stepping, microcode, name, flags, bugs; /* x86 */
        struct str listed; /* the flags as the kernel wrote them, where others were supposed (what-if) */
        struct str implementer, variant, part, revision;                          /* Arm */
        struct str mvendorid, marchid, mimpid;                                    /* RISC-V */
};

/* What stands in /proc/cpuinfo of changed evidence, beside the flags that are supposed: those that the kernel listed. */
#define CPU_FLAGS_LISTED "flags before the change"

/* The number of a CPU that was seen, but not its number: no record is about it alone. */
#define CPU_UNNUMBERED (EVIDENCE_ALL_CPUS - 1)

struct cpu_seen {
        uint32_t number;
        uint32_t class_index;
        const struct cpuinfo_block *info; /* NULL: not in /proc/cpuinfo */
        struct str registers;             /* what was read of it, as bytes to compare; empty: nothing of it alone */
};

struct cpu_list {
        struct cpu_seen *items;    /* in order of number */
        ptrdiff_t count, capacity;
        const struct cpu_seen **classes; /* the first of each class */
        uint32_t class_count;      /* at least 1, also when no CPU was seen */
        bool cpuinfo_read;
        bool counted;              /* the last one was not seen: its neighbours count it, as one of their package */
        bool supposed;             /* the last one is none that was seen, but one that may have been left out */
        struct str cpuinfo;        /* its text, verbatim; empty when it was not read */
        uint8_t cpuinfo_state;     /* enum fact_state of /proc/cpuinfo */
        struct cpu_fields *fields; /* what was asked for by name: each unlike CPU would read all of the text again */
        facet_set facets;          /* sides of the evidence on which the list hangs, where that was asked for */
};

/* Everything lives in `a`. The catalog says which bits of which registers matter. */
void cpu_list_read(struct cpu_list *ret, struct arena *a, const struct catalog *c, const struct evidence *e);

/* The flags that the kernel listed, whatever is supposed since: what they say of its age and of where its list ends. */
struct str cpu_flags_listed(const struct cpuinfo_block *b);

/* A field of /proc/cpuinfo by its name, of the first block that has it; false when there is none, or it was not read. */
bool cpu_list_field(const struct cpu_list *l, struct str name, struct str *ret);
/* Whether threads share a core, by the counts of threads and cores of each CPU's package in /proc/cpuinfo; false when that is not told: none
 * share only where each CPU says so (one that its neighbours count is in their package), and one that says more is enough. */
bool cpu_list_shares_cores(const struct cpu_list *l, bool *ret);
/* A field of one CPU, for the fields that cpuinfo_block has; of the first block for others. */
bool cpu_field(const struct cpu_list *l, const struct cpu_seen *c, struct str name, struct str *ret);

#endif
