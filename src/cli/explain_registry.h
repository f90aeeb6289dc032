/* `explain registry`: the values that switch Windows' protections. */
#ifndef SIDELIGHT_CLI_EXPLAIN_REGISTRY_H
#define SIDELIGHT_CLI_EXPLAIN_REGISTRY_H

#include "cli/cli.h"

/* With a number as second operand: that value, bit by bit. Otherwise what this machine, or the evidence in a file, should have. */
int explain_registry(struct cli *c);

#endif
