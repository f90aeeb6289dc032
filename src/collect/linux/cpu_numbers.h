/* Which logical CPUs there are, and whether one can stand for all. Pure. */
#ifndef SIDELIGHT_COLLECT_LINUX_CPU_NUMBERS_H
#define SIDELIGHT_COLLECT_LINUX_CPU_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { CPUS_MAX = 8192 /* the kernel's own limit on x86 */ };

struct cpu_numbers {
        uint32_t *items;
        ptrdiff_t count, capacity;
};

/* "0-3,8" as sysfs writes it, in order; false when it is something else. */
bool cpu_numbers_parse(struct arena *a, struct str text, struct cpu_numbers *ret);

/* True when /proc/cpuinfo shows `count` CPUs, each of them alike in model, stepping, microcode, flags and bugs. */
bool cpuinfo_alike(struct str cpuinfo, ptrdiff_t count);

#endif
