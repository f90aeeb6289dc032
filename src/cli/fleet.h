/* `sidelight fleet`: its words, each a function. */
#ifndef SIDELIGHT_CLI_FLEET_H
#define SIDELIGHT_CLI_FLEET_H

#include "cli/input.h"

/* A word of `fleet`: sidelight fleet WORD [OPERAND…]. */
struct fleet_word {
        const char *name;
        const char *operands;        /* as the help writes them; NULL: none */
        int operands_min, operands_max; /* behind the word; -1: any number */
        const char *options;         /* those that go with it, "|name|name|"; --store, --tenant and --data go with all */
        const char *formats;         /* the words of --format that it knows, "|text|json|" */
        int (*run)(struct cli *c);   /* as a command's; c->operands begin behind the word */
};

/* The words that need a store, in the order of the help; what each takes stands in cmd_fleet.c. A build without a store refuses them. */
#define FLEET_WORDS(X) \
        X(import)      \
        X(status)      \
        X(hosts)       \
        X(flaws)       \
        X(resources)   \
        X(show)        \
        X(diff)        \
        X(history)     \
        X(rejudge)     \
        X(accept)      \
        X(audit)       \
        X(export)      \
        X(prune)       \
        X(backup)      \
        X(restore)     \
        X(work)        \
        X(serve)       \
        X(send)        \
        X(token)

#define X(name) int fleet_##name(struct cli *c);
FLEET_WORDS(X)
#undef X

#endif
