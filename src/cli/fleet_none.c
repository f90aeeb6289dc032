/* A build without a store. */
#include "cli/fleet.h"

#define X(name)                                                                                                                    \
        int fleet_##name(struct cli *c) {                                                                                          \
                return diag_fail_class(&c->diag, DIAG_USAGE, "fleet %s needs a store, which this build does not have (it was "     \
                                                             "built for Windows or without SQLite)", #name);                       \
        }
FLEET_WORDS(X)
#undef X
