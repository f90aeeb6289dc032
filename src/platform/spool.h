/* Output that is held back, until all input has proved good or what stands before it is known: in memory, and when it is long in an unnamed
 * temporary file. Where none can be made, it stays in memory. */
#ifndef SIDELIGHT_PLATFORM_SPOOL_H
#define SIDELIGHT_PLATFORM_SPOOL_H

#include <stdio.h>

#include "base/diag.h"
#include "base/out.h"

struct spool {
        struct out out; /* write here */
        FILE *file;     /* NULL while everything is in memory */
        struct out kept; /* what would be in the file, where there can be none */
        bool fileless;
};

void spool_start(struct spool *s);
/* Writes everything that was held back to `to`. */
int spool_release(struct spool *s, struct out *to, struct diag *d);
void spool_free(struct spool *s);

#define SPOOL_AUTO __attribute__((cleanup(spool_free)))

#endif
