/* How much is tried of what is tried many times in like ways. */
#ifndef SIDELIGHT_TESTS_SHARE_H
#define SIDELIGHT_TESTS_SHARE_H

#include <stdbool.h>
#include <stdlib.h>

/* One in so many: all of it, but where the sanitizers watch. They ask how memory is used, and see each kind of input in a part; the other build holds the
 * answers to all. `./dev test --full` tries all in both. */
static inline int share_one_in(void) {
#if defined(__SANITIZE_ADDRESS__)
        return getenv("SIDELIGHT_FULL") ? 1 : 4;
#else
        return 1;
#endif
}

/* The next one of these is tried; `seen` counts them. */
static inline bool share_is_due(int *seen) {
#if defined(__SANITIZE_ADDRESS__)
        return (*seen)++ % share_one_in() == 0;
#else
        (*seen)++;
        return true;
#endif
}

#endif
