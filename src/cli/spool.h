/* Output that is held back until all input has proved good: in memory, and when it is long in an unnamed temporary file. */
#ifndef SIDELIGHT_CLI_SPOOL_H
#define SIDELIGHT_CLI_SPOOL_H

#include <stdio.h>

#include "base/diag.h"
#include "base/out.h"

struct spool {
        struct out out; /* write here */
        FILE *file;     /* NULL while everything is in memory */
};

void spool_start(struct spool *s);
/* Writes everything that was held back to `to`. */
int spool_release(struct spool *s, struct out *to, struct diag *d);
void spool_free(struct spool *s);

#define SPOOL_AUTO __attribute__((cleanup(spool_free)))

#endif
