/* The options and the words of `fleet serve`, `send` and `token`, for the table in cmd_fleet.c. */
#ifndef SIDELIGHT_CLI_FLEET_NET_H
#define SIDELIGHT_CLI_FLEET_NET_H

#define FLEET_SERVE_TAKES "|listen|bus|key|certificate|client-ca|rate|on-change|insecure-no-tls|insecure-no-tokens|"
#define FLEET_SEND_TAKES "|to|token-file|ca|key|certificate|host|ident|redact|every|jitter|tries|"
#define FLEET_TOKEN_TAKES "|scope|by-certificate|days|grace|format|"

#define FLEET_OPTIONS_SERVE                                                                                                               \
        { .name = "listen", .arg = "ADDRESS:PORT", .brief = "serve: where to listen (127.0.0.1:8484)",                                      \
          .details = "An address that others can reach takes --key, --certificate and a token in the store. Port 0 is any that is free." }, \
        { .name = "key", .arg = "FILE", .brief = "the private key (PEM): serve: for TLS; send: of this machine's certificate" },            \
        { .name = "certificate", .arg = "FILE", .brief = "the certificate that goes with --key (PEM)" },                                    \
        { .name = "client-ca", .arg = "FILE", .brief = "serve: who signs the certificates of machines that may send (PEM)",                 \
          .details = "A certificate counts as the token of its common name: sidelight fleet token add NAME --by-certificate." },            \
        { .name = "rate", .arg = "N", .brief = "serve: requests a second of one client (500); 0: any number" },                             \
        { .name = "on-change", .arg = "PROGRAM", .brief = "serve, work, import, rejudge: run this when machines became worse",              \
          .details = "It gets one JSON object on its standard input, no arguments, and no shell is involved." },                            \
        { .name = "insecure-no-tls", .brief = "serve: no encryption, although others can listen in" },                                      \
        { .name = "insecure-no-tokens", .brief = "serve: who shows no token may read and send" }

#define FLEET_OPTIONS_SEND                                                                                                                \
        { .name = "to", .arg = "URL", .brief = "send: the server, https://fleet.example:8484" },                                            \
        { .name = "token-file", .arg = "FILE", .brief = "send: the file that holds the token",                                              \
          .details = "Without it the environment variable SIDELIGHT_TOKEN counts." },                                                       \
        { .name = "ca", .arg = "FILE", .brief = "send: who signed the server's certificate (PEM), instead of the system's list" },          \
        { .name = "redact", .brief = "send: leave out what identifies a machine, as collect does; --host then names it" },                  \
        { .name = "ident", .brief = "send: a hash keyed with this machine's id, so that two of one name are two",                           \
          .details = "Its digits do not tell the id (/etc/machine-id). A machine that begins to send it counts as another than before." },  \
        { .name = "every", .arg = "SECONDS", .brief = "send: again and again, until it is ended" },                                         \
        { .name = "jitter", .arg = "SECONDS", .brief = "send: wait up to so long before, so that a fleet does not come at once" },          \
        { .name = "tries", .arg = "N", .brief = "send: how often to try each request (6)" }

#define FLEET_OPTIONS_TOKEN                                                                                                               \
        { .name = "scope", .arg = "LIST", .values = "send|read|admin|", .list = true, .brief = "token: what it allows (send)" },            \
        { .name = "by-certificate", .brief = "token: let in who has a certificate of this name, instead of a secret" },                     \
        { .name = "days", .arg = "N", .brief = "token: how long it is good" },                                                              \
        { .name = "grace", .arg = "HOURS", .brief = "token: how long the old secret is good after rotate (24)" }

#define FLEET_SERVE_TEXT                                                                                                                  \
        "serve takes in evidence (POST /v1/evidence, /v1/seen), answers questions as JSON (GET /v1/…) and metrics (GET /metrics), and "     \
        "shows a page (GET /). It listens on this machine alone unless --listen says otherwise. What it says it has is on the disk. "       \
        "SIGTERM ends it, after what came in is answered."

#define FLEET_SEND_TEXT                                                                                                                   \
        "send tells a server this machine's fingerprint, and sends the evidence only when the server does not have it. What a busy "        \
        "server or the network refuses is tried again, later each time."

#define FLEET_TOKEN_TEXT                                                                                                                  \
        "token add NAME prints a new token, once: the store keeps only its hash. rotate NAME makes another one, and the old one stays "     \
        "good for a while; revoke NAME ends it within a second; list shows them. A token belongs to one --tenant."

#endif
