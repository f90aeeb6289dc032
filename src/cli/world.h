/* What the command line needs of the system beyond platform/program.h, one implementation a system (linux/, win32/). */
#ifndef SIDELIGHT_CLI_WORLD_H
#define SIDELIGHT_CLI_WORLD_H

#include "catalog/catalog.h"
#include "base/diag.h"

/* A catalog from a data folder (data/README.md), or from a bundle of one, in `a`. */
int world_catalog(struct catalog *ret, struct arena *a, const char *folder, struct diag *d);

/* A word as this system's shells read it, where a command is told (base/shell.h). */
struct str world_word(struct arena *a, struct str word);

#endif
