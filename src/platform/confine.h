/* Work on hostile input in a child process that can do nothing but read what it was given and answer. Linux only.
 *
 * The child has the input as an unlinked memory file, one pipe to write to, limits on time and memory, and a seccomp filter that
 * ends it at the first system call which the work has no need for. Whatever it does, the parent goes on. */
#ifndef SIDELIGHT_PLATFORM_CONFINE_H
#define SIDELIGHT_PLATFORM_CONFINE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/out.h"
#include "base/str.h"

struct confinement {
        const char *name; /* the input's, for messages */
        /* Runs in the child: reads the input from a descriptor, writes the answer to `answer`; 0, or -1 with a message in `d`, which
         * then is the whole answer: nothing may have been flushed before. */
        int (*work)(void *arg, int input, struct out *answer, struct diag *d);
        void *arg;
        int seconds;          /* of processor time; three times as many may pass */
        ptrdiff_t answer_max; /* bytes */
};

/* 0 and the answer in `a`; -1 with the child's own message, or with what ended the child (DIAG_INPUT: the input is to blame). */
int confine(const struct confinement *c, struct str input, struct arena *a, struct str *ret, struct diag *d);

#endif
