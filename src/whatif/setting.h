/* Settings that differ between two machines: what a person did, beside what the kernel said of it. */
#ifndef SIDELIGHT_WHATIF_SETTING_H
#define SIDELIGHT_WHATIF_SETTING_H

#include "verdict/verdict.h"

/* A parameter, sysctl, module option, SMT, microcode or registry value that both sides show, and that differs. */
struct setting {
        const struct fact_def *def;
        struct str a, b; /* the values as change_fact() takes them */
        struct str text; /* "pti=off on the kernel's command line": the second side, against the first */
};

struct settings {
        struct setting *items;
        ptrdiff_t count, capacity;
};

void settings_compare(struct settings *ret, struct arena *arena, const struct verdict *a, const struct verdict *b);

#endif
