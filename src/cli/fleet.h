/* `sidelight fleet`: its words, each a function. */
#ifndef SIDELIGHT_CLI_FLEET_H
#define SIDELIGHT_CLI_FLEET_H

#include "cli/input.h"

struct store;

/* A word of `fleet`: sidelight fleet WORD [OPERAND…]. */
struct fleet_word {
        const char *name;
        const char *operands;        /* as the help writes them; NULL: none */
        int operands_min, operands_max; /* behind the word; -1: any number */
        const char *options;         /* those that go with it, "|name|name|"; --store, --tenant and --data go with all */
        const char *brief;           /* one line */
        int (*run)(struct cli *c);   /* as a command's; c->operands begin behind the word */
};

/* What each word is, in cmd_fleet.c. Where this build has no store, those that need one say so. */
#define FLEET_WORDS(X) \
        X(import)      \
        X(status)

#define X(name) int fleet_##name(struct cli *c);
FLEET_WORDS(X)
#undef X

/* ---- For words that need the store (fleet_open.c) ---- */

#ifdef SIDELIGHT_FLEET_STORE_H
/* The store of --store and the tenant of --tenant; made where `mode` says so. */
int fleet_open(struct cli *c, enum db_mode mode, struct store *ret, int64_t *ret_tenant);
#endif

/* Seconds since 1970. */
int64_t fleet_now(void);

#endif
