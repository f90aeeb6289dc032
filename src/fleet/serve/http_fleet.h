/* A fleet's server: evidence comes in over HTTP, and what the store is asked goes out as JSON, as metrics and as a page for people. */
#ifndef SIDELIGHT_FLEET_HTTP_FLEET_H
#define SIDELIGHT_FLEET_HTTP_FLEET_H

#include "catalog/catalog.h"
#include "fleet/http/http.h"

/* When somebody who shows no token may do everything, as tenant "default". */
enum fleet_anyone { FLEET_TOKENS, FLEET_ANYONE_WITHOUT_TOKENS, FLEET_ANYONE };

struct fleet_server_options {
        struct http_options http;
        const char *store;             /* its address */
        const char *bus;               /* NATS nodes: what comes in goes there, and workers bring it into the store; or NULL */
        const struct catalog *catalog;
        enum fleet_anyone anyone;
        const char *on_change;         /* a program, which is told on its standard input what became worse; or NULL */
        bool (*ready)(void *arg, unsigned port); /* false: nobody could be told, and it ends */
        void *ready_arg;
};

/* Serves until it is told to end. -1 and a message when it cannot begin. */
int fleet_server_run(const struct fleet_server_options *o, struct diag *d);

#endif
