/* Work on hostile input in a child process that can do nothing but read what it was given and answer.
 *
 * The child has the input as an unlinked memory file, one pipe to write to, limits on time and memory, and a seccomp filter that
 * ends it at the first system call which the work has no need for. Whatever it does, the parent goes on. */
#ifndef SIDELIGHT_COLLECT_HIVE_CONFINE_H
#define SIDELIGHT_COLLECT_HIVE_CONFINE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/out.h"
#include "base/str.h"

/* Runs in the child: reads the input at `path`, writes the answer to `answer`; 0, or -1 with a message in `d`. */
typedef int confined_work(const char *path, const char *name, struct out *answer, struct diag *d);

/* Runs `work` on `input`. 0 and its answer in `a`; -1 with the child's own message, or with what ended the child (DIAG_INPUT: the
 * input is to blame). `name` is the input's name, for messages. */
int confine(confined_work *work, struct str input, const char *name, struct arena *a, struct str *ret, struct diag *d);

#endif
