/* What the files of this folder share about files that a user names. */
#ifndef SIDELIGHT_PLATFORM_LINUX_INPUT_H
#define SIDELIGHT_PLATFORM_LINUX_INPUT_H

#include "base/diag.h"

/* open(2) for reading, which neither waits for a FIFO nor is interrupted. */
int open_file(const char *path);
/* What open_file gave is a FIFO: waits for its writer's data from now on. -1 (DIAG_NO_INPUT) when nobody writes anything at first; the
 * pipe of a shell's process substitution may take its time. */
int open_fifo(int fd, const char *path, struct diag *d);

#endif
