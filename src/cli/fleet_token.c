/* `fleet token`: who may send to, and read from, a server. */
#include "cli/fleet_parts.h"
#include "fleet/store/moment.h"
#include "fleet/serve/token.h"

enum { DAY = 86400, HOUR = 3600, GRACE_HOURS = 24, DAYS_MAX = 36500, HOURS_MAX = 8784 };

struct managing {
        struct cli *cli;
        struct fleet fleet;
        struct str name;
};

static int number(struct cli *c, const char *option, uint64_t otherwise, uint64_t max, int64_t *ret) {
        uint64_t v = otherwise;

        if (cli_given(c, option) && (!str_to_u64(cli_text(c, option), &v) || v > max))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--%s takes a number up to %llu", option, (unsigned long long)max);
        *ret = (int64_t)v;
        return 0;
}

/* `secret` is NULL where there is none to tell. */
static void tell_json(struct managing *m, const char *done, const char *secret) {
        struct json j = { .out = &m->cli->out };

        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        json_c(&j, "done", done);
        json_str(&j, "name", m->name);
        json_c(&j, "token", secret);
        json_end_object(&j);
        out_char(&m->cli->out, '\n');
}

static int tell_secret(struct managing *m, const char *done, const char *secret) {
        if (m->fleet.json)
                tell_json(m, done, secret);
        else if (secret)
                out_fmt(&m->cli->out, "%s\n", secret);
        if (out_flush(&m->cli->out))
                return EXIT_CLEAN;
        return diag_fail(&m->cli->diag, "the token '%.*s' is made, but its secret could not be written, and nobody knows it: rotate the token",
                         STR_ARG(m->name));
}

static int add(struct managing *m) {
        struct token_new t = { .tenant = m->fleet.tenant, .name = m->name, .scopes = cli_words(m->cli, "scope", HTTP_SEND),
                               .certificate = cli_given(m->cli, "by-certificate") };
        char secret[TOKEN_LENGTH + 1];
        int64_t days;

        if (number(m->cli, "days", 0, DAYS_MAX, &days) < 0)
                return -1;
        t.until = days ? m->fleet.now + days * DAY : 0;
        if (token_add(&m->fleet.store, &t, m->fleet.now, secret, &m->cli->diag) < 0)
                return -1;
        return tell_secret(m, "added", t.certificate ? NULL : secret);
}

static int rotate(struct managing *m) {
        char secret[TOKEN_LENGTH + 1];
        int64_t hours;

        if (number(m->cli, "grace", GRACE_HOURS, HOURS_MAX, &hours) < 0 ||
            token_rotate(&m->fleet.store, m->fleet.tenant, m->name, m->fleet.now + hours * HOUR, m->fleet.now, secret, &m->cli->diag) < 0)
                return -1;
        return tell_secret(m, "rotated", secret);
}

static int revoke(struct managing *m) {
        if (token_end(&m->fleet.store, m->fleet.tenant, m->name, m->fleet.now, m->fleet.now, &m->cli->diag) < 0)
                return -1;
        if (m->fleet.json)
                tell_json(m, "revoked", NULL);
        return EXIT_CLEAN;
}

static void write_one(struct cli *c, struct json *j, const struct token *t) {
        struct str scopes = token_scopes(&c->arena, t->scopes);

        if (!j) {
                struct str until = t->until ? str_fmt(&c->arena, "  until %.*s", STR_ARG(moment_text(&c->arena, t->until))) : S("");

                out_fmt(&c->out, "%.*s  %.*s  %.*s%s%.*s\n", STR_ARG(t->tenant_name), STR_ARG(t->name), STR_ARG(scopes),
                        t->certificate ? "  by certificate" : "", STR_ARG(until));
                return;
        }
        json_begin_object(j, NULL);
        json_str(j, "tenant", t->tenant_name);
        json_str(j, "name", t->name);
        json_str(j, "scopes", scopes);
        json_bool(j, "certificate", t->certificate);
        json_i64(j, "first", t->first);
        if (t->until)
                json_i64(j, "until", t->until);
        json_end_object(j);
}

static int list(struct managing *m) {
        struct cli *c = m->cli;
        struct json j = { .out = &c->out };
        bool as_json = m->fleet.json;
        struct token_list all;
        ptrdiff_t told = 0;

        if (token_all(m->fleet.store.db, &c->arena, m->fleet.now, &all, &c->diag) < 0)
                return -1;
        if (as_json)
                json_begin_array(&j, NULL);
        for (ptrdiff_t i = 0; i < all.count; i++)
                if (all.items[i].tenant == m->fleet.tenant || !cli_given(c, "tenant")) {
                        write_one(c, as_json ? &j : NULL, &all.items[i]);
                        told++;
                }
        if (!as_json && told == 0)
                out_c(&c->out, "There is no token: `sidelight fleet token add NAME` makes one.\n");
        if (as_json) {
                json_end_array(&j);
                out_char(&c->out, '\n');
        }
        return EXIT_CLEAN;
}

static const struct {
        const char *word;
        bool takes_name;
        enum db_mode mode;
        int (*run)(struct managing *m);
} actions[] = {
        { "add", true, DB_CREATE, add },
        { "list", false, DB_EXISTING, list },
        { "revoke", true, DB_EXISTING, revoke },
        { "rotate", true, DB_EXISTING, rotate },
};

int fleet_token(struct cli *c) {
        struct managing m = { .cli = c, .name = c->operand_count > 1 ? str_of(c->operands[1]) : S("") };
        size_t i = 0;
        int status;

        while (i < sizeof(actions) / sizeof(actions[0]) && strcmp(actions[i].word, c->operands[0]) != 0)
                i++;
        if (i == sizeof(actions) / sizeof(actions[0]))
                return cli_no_such(c, "action", str_of(c->operands[0]), S("add|list|revoke|rotate|"), NULL);
        if (actions[i].takes_name != (m.name.len > 0))
                return diag_fail_class(&c->diag, DIAG_USAGE, actions[i].takes_name ? "fleet token %s needs a name" : "fleet token %s takes no name",
                                       actions[i].word);
        if (fleet_open(&m.fleet, c, actions[i].mode) < 0)
                return -1;
        status = actions[i].run(&m);
        fleet_close(&m.fleet);
        return status;
}
