/* Where a call of the library ends when memory runs out: the core's memory_ended() comes back here instead of ending the program. */
#ifndef SIDELIGHT_LIB_GUARD_H
#define SIDELIGHT_LIB_GUARD_H

#include <setjmp.h>

struct guard {
        jmp_buf back;
        struct guard *outer;
};

/* This thread's innermost. */
extern _Thread_local struct guard *guard_current;

/* `if (GUARD(g)) … guard_leave(&g)`: 0 the first time, else memory ran out; leave it in either case (twice does no harm). */
#define GUARD(g) ((g)->outer = guard_current, guard_current = (g), setjmp((g)->back) != 0)

static inline void guard_leave(struct guard *g) {
        guard_current = g->outer;
}

#endif
