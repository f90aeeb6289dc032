/* `fleet serve`: evidence comes in over HTTP, and a page tells who should worry. */
#include "cli/fleet_parts.h"
#include "fleet/serve/http_fleet.h"
#include "fleet/serve/token.h"

enum {
        THREADS = 4, QUEUE = 4096, TOGETHER = 512, CONNECTIONS = 1000, CONNECTIONS_EACH = 200, BODY_MAX_BYTES = 4 << 20,
        BODIES_MAX = 256 << 20, SECONDS = 30, RATE = 500, RATE_MAX = 1000000,
};

struct serving {
        struct cli *cli;
        struct fleet_server_options options;
};

/* For people, and for scripts that wait for it. */
static bool ready(void *arg, unsigned port) {
        struct serving *s = arg;
        const struct http_address *a = &s->options.http.listen;
        const char *scheme = s->options.http.key ? "https" : "http";

        if (a->six)
                out_fmt(&s->cli->out, "listening on %s://[%s]:%u/\n", scheme, http_is_loopback(a) ? "::1" : "::", port);
        else
                out_fmt(&s->cli->out, "listening on %s://%u.%u.%u.%u:%u/\n", scheme, a->bytes[0], a->bytes[1], a->bytes[2], a->bytes[3], port);
        return out_flush(&s->cli->out);
}

static int number(struct cli *c, const char *option, uint32_t otherwise, uint32_t max, uint32_t *ret) {
        uint64_t v = otherwise;

        if (cli_given(c, option) && (!str_to_u64(cli_text(c, option), &v) || v > max))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--%s takes a number up to %u, not '%.*s'", option, max, STR_ARG(cli_text(c, option)));
        *ret = (uint32_t)v;
        return 0;
}

/* What others can reach is encrypted, and shown to those only who have a token: or whoever starts it says that it is not. */
static int check_openness(struct cli *c, const struct fleet_server_options *o, struct store *store) {
        int any;

        if (http_is_loopback(&o->http.listen))
                return 0;
        if (!o->http.key && !cli_given(c, "insecure-no-tls"))
                return diag_fail_class(&c->diag, DIAG_USAGE, "others can reach %.*s: give --key and --certificate for TLS, or say --insecure-no-tls",
                                       STR_ARG(cli_text(c, "listen")));
        any = token_any(store->db, fleet_now(), &c->diag);
        if (any != 0 || cli_given(c, "insecure-no-tokens"))
                return any < 0 ? -1 : 0;
        return diag_fail_class(&c->diag, DIAG_USAGE, "others can reach %.*s, and the store has no tokens: make one (sidelight fleet token add), "
                                                     "or say --insecure-no-tokens", STR_ARG(cli_text(c, "listen")));
}

static int read_options(struct cli *c, struct fleet_server_options *o) {
        struct http_options *h = &o->http;

        *h = (struct http_options){ .key = cli_value(c, "key"), .certificate = cli_value(c, "certificate"), .clients = cli_value(c, "client-ca"),
                                    .threads = THREADS, .queue = QUEUE, .together = TOGETHER, .connections = CONNECTIONS,
                                    .connections_each = CONNECTIONS_EACH, .body_max = BODY_MAX_BYTES, .bodies_max = BODIES_MAX, .seconds = SECONDS };
        if (!cli_given(c, "store"))
                return diag_fail_class(&c->diag, DIAG_USAGE, "no store is given: --store fleet.db (fleet import makes it where there is none), or --store postgresql://…");
        if (http_address(&h->listen, cli_given(c, "listen") ? cli_text(c, "listen") : S("127.0.0.1"), &c->diag) < 0 ||
            number(c, "rate", RATE, RATE_MAX, &h->per_second) < 0)
                return -1;
        if (!h->key != !h->certificate || (h->clients && !h->key))
                return diag_fail_class(&c->diag, DIAG_USAGE, "TLS takes --key and --certificate; --client-ca goes with them");
        h->burst = 2 * h->per_second;
        h->loopback_names = http_is_loopback(&h->listen) && !h->key;
        o->store = cli_value(c, "store");
        o->bus = cli_value(c, "bus");
        o->on_change = cli_value(c, "on-change");
        if (o->bus && o->on_change)
                return diag_fail_class(&c->diag, DIAG_USAGE, "with --bus workers write into the store: give --on-change to them (sidelight fleet work)");
        o->anyone = cli_given(c, "insecure-no-tokens") ? FLEET_ANYONE : http_is_loopback(&h->listen) ? FLEET_ANYONE_WITHOUT_TOKENS : FLEET_TOKENS;
        return input_catalog(c, &o->catalog);
}

int fleet_serve(struct cli *c) {
        struct serving s = { .cli = c };
        struct fleet fleet;
        int status;

        s.options.ready = ready;
        s.options.ready_arg = &s;
        if (read_options(c, &s.options) < 0 || fleet_open(&fleet, c, DB_CREATE) < 0)
                return -1;
        status = check_openness(c, &s.options, &fleet.store);
        fleet_close(&fleet);
        return status < 0 ? -1 : fleet_server_run(&s.options, &c->diag);
}
