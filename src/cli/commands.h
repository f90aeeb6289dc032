/* The commands, in the order in which the help shows them. Each is a `const struct command cmd_NAME` in cmd_NAME.c. */
#ifndef SIDELIGHT_CLI_COMMANDS_H
#define SIDELIGHT_CLI_COMMANDS_H

#include "cli/cli.h"

#define COMMANDS(X) \
        X(check)    \
        X(advise)   \
        X(collect)  \
        X(data)     \
        X(diff)     \
        X(explain)  \
        X(fix)      \
        X(guidance) \
        X(list)     \
        X(what_if)  \
        X(cloud_service) \
        X(inventory) \
        X(fleet)    \
        X(help)

#define X(name) extern const struct command cmd_##name;
COMMANDS(X)
#undef X

#endif
