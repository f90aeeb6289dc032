/* Words of the kernel's command line that take protections away, wherever they stand: for what will start next, of which no kernel has
 * told yet what comes of it. A running kernel's own word counts more (the verdicts). */
#ifndef SIDELIGHT_PLAN_HARMFUL_H
#define SIDELIGHT_PLAN_HARMFUL_H

#include "base/str.h"

/* The n-th of them for a processor's architecture ("x86_64", as uname has it; empty: of any); false behind the last. With `value` empty
 * the parameter is harmful with any value, and without. */
struct harmful {
        struct str name, value;
};
bool harmful_word(int n, struct str arch, struct harmful *ret);

#endif
