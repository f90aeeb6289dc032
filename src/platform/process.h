/* Another program, run to its end. Never a shell: arguments arrive as they are. */
#ifndef SIDELIGHT_PLATFORM_PROCESS_H
#define SIDELIGHT_PLATFORM_PROCESS_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

enum { PROCESS_OUTPUT_MAX = 16 << 10 };

/* Runs `argv` (ends with NULL; searched for in the folders of system programs) with an environment of a few words, without input.
 * `ret_output`: the end of what it wrote. 0: it ended well; -1 and a message with its last line: it could not be run, or failed. */
int process_run(const char *const *argv, struct arena *a, struct str *ret_output, struct diag *d);
/* True when such a program is there. */
bool process_exists(const char *name);

/* Signals that would end this program wait until process_release(): a change is finished or taken back first. */
void process_hold(void);
void process_release(void);

#endif
