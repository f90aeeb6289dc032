/* The commands, in the order in which the help shows them. Each is a `const struct command cmd_NAME` in cmd_NAME.c. */
#ifndef SIDELIGHT_CLI_COMMANDS_H
#define SIDELIGHT_CLI_COMMANDS_H

#include "cli/cli.h"

/* Those that need libexpat, which not every build has. */
#ifdef SIDELIGHT_CLOUD
#define CLOUD_COMMANDS(X) \
        X(cloud_service) \
        X(inventory)
#else
#define CLOUD_COMMANDS(X)
#endif

#define COMMANDS(X) \
        X(check)    \
        X(advise)   \
        X(collect)  \
        X(diff)     \
        X(explain)  \
        X(guidance) \
        X(list)     \
        X(what_if)  \
        CLOUD_COMMANDS(X) \
        X(help)

#define X(name) extern const struct command cmd_##name;
COMMANDS(X)
#undef X

#endif
