/* Two machines' evidence side by side, for `diff` and `fleet diff`. */
#ifndef SIDELIGHT_CLI_DIFF_H
#define SIDELIGHT_CLI_DIFF_H

#include "cli/input.h"

/* Writes what differs, as --format says (text, json). Gives EXIT_DIFFERS when a verdict does, else EXIT_CLEAN. */
int diff_show(struct cli *c, const struct catalog *catalog, const struct verdict_options *o, const struct evidence *a, const struct evidence *b);

#endif
