/* `fleet send`: this machine, or evidence that is there, to a fleet's server. */
#include <signal.h>
#include <time.h>

#include "cli/fleet.h"
#include "fleet/store/body.h"
#include "fleet/intake/intake.h"
#include "fleet/send/ident.h"
#include "fleet/send/send.h"
#include "lib/here.h"
#include "platform/files.h"

enum { TRIES = 6, TRIES_MAX = 100, SECONDS_MAX = 31 * 86400, TOKEN_MAX = 4096, ID_MAX = 4096 };

struct sending {
        struct cli *cli;
        const struct catalog *catalog;
        struct send_options options;
        struct arena arena;            /* of what is sent together */
        struct { struct send_report *items; ptrdiff_t count, capacity; } reports;
        struct send_counts counts;
        int unreadable;
};

static int number(struct cli *c, const char *option, uint64_t otherwise, uint64_t max, uint32_t *ret) {
        uint64_t v = otherwise;

        if (cli_given(c, option) && (!str_to_u64(cli_text(c, option), &v) || v > max))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--%s takes a number up to %llu", option, (unsigned long long)max);
        *ret = (uint32_t)v;
        return 0;
}

static int read_token(struct sending *s) {
        const char *path = cli_value(s->cli, "token-file"), *named = program_environment(&s->cli->arena, "SIDELIGHT_TOKEN");

        s->options.token = str_of(named);
        if (path && program_read_file(path, TOKEN_MAX, &s->cli->arena, &s->options.token, &s->cli->diag) < 0)
                return -1;
        s->options.token = str_trim(s->options.token);
        for (ptrdiff_t i = 0; i < s->options.token.len; i++)
                if (s->options.token.p[i] <= ' ' || s->options.token.p[i] > '~')
                        return diag_fail_class(&s->cli->diag, DIAG_INPUT, "'%s' does not hold one token", path ? path : "SIDELIGHT_TOKEN");
        return 0;
}

static int read_options(struct sending *s) {
        struct cli *c = s->cli;
        struct str to = cli_text(c, "to");

        if (!cli_given(c, "to"))
                return diag_fail_class(&c->diag, DIAG_USAGE, "no server is given: --to https://SERVER:8484");
        if (!str_starts(to, S("http://")) && !str_starts(to, S("https://")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "a server's address begins with https:// or http://, not '%.*s'", STR_ARG(to));
        s->options = (struct send_options){ .url = cli_value(c, "to"), .ca = cli_value(c, "ca"), .certificate = cli_value(c, "certificate"),
                                            .key = cli_value(c, "key") };
        if (number(c, "tries", TRIES, TRIES_MAX, &s->options.tries) < 0 || read_token(s) < 0)
                return -1;
        return input_catalog(c, &s->catalog);
}

/* `now`: it was captured just now. Then the server's clock counts, as for all that such machines send: a machine whose own clock is behind would put
 * what it shows now into its past. */
static void add(struct sending *s, const struct evidence *e, struct str name, bool now) {
        struct send_report *r = arena_append(&s->arena, &s->reports);
        OUT_AUTO struct out text = { 0 };
        struct body body;

        body_make(&body, &s->arena, e);
        evidence_write(e, &text);
        *r = (struct send_report){ .host = intake_host(&s->arena, e, cli_text(s->cli, "host"), name), .ident = intake_ident(&s->arena, e),
                                   .fingerprint = str_dup(&s->arena, str_n(body.fingerprint, 64)), .evidence = str_dup(&s->arena, out_text(&text)) };
        if (now || !intake_captured(e, &r->time))
                r->time = 0;
}

static int flush(struct sending *s) {
        int status = send_reports(&s->options, s->reports.items, s->reports.count, &s->counts, &s->cli->diag);

        s->reports.items = NULL;
        s->reports.count = s->reports.capacity = 0;
        arena_reset(&s->arena);
        return status;
}

/* ---- Files ---- */

/* What one file, or one machine's report in it, told. */
static void add_read(struct sending *s, const char *path, struct str text, const struct evidence *e) {
        struct import_machines all = { 0 };

        if (text.p && input_machines(s->cli, path, text, &s->arena, &all) < 0) {
                s->unreadable++;
                (void)cli_complain(s->cli);
                return;
        }
        if (!text.p)
                add(s, e, str_of(path), false);
        for (ptrdiff_t i = 0; i < all.count; i++)
                add(s, &all.items[i], str_of(path), false);
}

static int send_file(struct sending *s, const char *path) {
        struct bundle several = { 0 };
        struct str text = { 0 };
        struct evidence e;
        int status = input_read(s->cli, path, &s->arena, &text, &e, &several);

        if (status == 0)
                add_read(s, path, text, &e);
        for (ptrdiff_t i = 0; i < several.count; i++) {
                if (bundle_take(&several, i, &s->arena, &e, &text, &s->cli->diag) == 0) {
                        add_read(s, str_to_c(&s->arena, several.items[i].source), text, &e);
                } else {
                        s->unreadable++;
                        (void)cli_complain(s->cli);
                }
        }
        if (status < 0) {
                s->unreadable++;
                (void)cli_complain(s->cli);
        }
        return s->reports.count >= 1000 ? flush(s) : 0;
}

static int send_files(struct sending *s) {
        for (int i = 0; i < s->cli->operand_count; i++)
                if (send_file(s, s->cli->operands[i]) < 0)
                        return -1;
        return flush(s);
}

/* ---- This machine ---- */

/* A record of the evidence, as another collector's machine-id is; the file is read anew each time, for first boots write it late. */
static int add_ident(struct sending *s, struct evidence *e) {
        static const char path[] = "/etc/machine-id";
        struct str text, ident;

        if (program_read_file(path, ID_MAX, &s->arena, &text, &s->cli->diag) < 0)
                return -1;
        if (!ident_make(&s->arena, text, &ident))
                return diag_fail_class(&s->cli->diag, DIAG_NO_INPUT, "--ident: '%s' does not hold this machine's id", path);
        *arena_append(&s->arena, e) = (struct record){ .kind = RECORD_IDENTITY, .state = FACT_KNOWN, .key = S("ident"), .text = ident };
        return 0;
}

static int send_here(struct sending *s) {
        const struct collect_options o = { .catalog = s->catalog, .redact = cli_given(s->cli, "redact") };
        struct evidence e;

        if (here_collect(&e, &s->arena, NULL, &o, &s->cli->diag) < 0 || (cli_given(s->cli, "ident") && add_ident(s, &e) < 0))
                return -1;
        add(s, &e, S("this-machine"), true);
        return flush(s);
}

/* So many seconds, or until somebody ends it: false. */
static bool wait_for(uint32_t seconds) {
        struct timespec t = { .tv_sec = seconds };
        sigset_t ends;

        (void)sigemptyset(&ends);
        (void)sigaddset(&ends, SIGTERM);
        (void)sigaddset(&ends, SIGINT);
        return sigtimedwait(&ends, NULL, &t) < 0;
}

static uint32_t chance(uint32_t below) {
        struct diag ignored = { 0 };
        uint32_t v = 0;

        (void)random_bytes(&v, sizeof(v), &ignored);
        return below ? v % below : 0;
}

static void hold_ends(void) {
        sigset_t ends;

        (void)sigemptyset(&ends);
        (void)sigaddset(&ends, SIGTERM);
        (void)sigaddset(&ends, SIGINT);
        (void)sigprocmask(SIG_BLOCK, &ends, NULL);
}

/* A server that is away for a while, or a full disk, ends nobody's watch. */
static int watch(struct sending *s, uint32_t every, uint32_t jitter) {
        hold_ends();
        while (wait_for(chance(jitter))) {
                if (send_here(s) < 0)
                        (void)cli_complain(s->cli);
                if (!wait_for(every))
                        break;
        }
        return 0;
}

static int once(struct sending *s, uint32_t jitter) {
        if (jitter) {
                hold_ends();
                if (!wait_for(chance(jitter)))
                        return 0;
        }
        return s->cli->operand_count ? send_files(s) : send_here(s);
}

static int run(struct sending *s) {
        uint32_t every, jitter;
        int64_t kept;

        if (number(s->cli, "every", 0, SECONDS_MAX, &every) < 0 || number(s->cli, "jitter", 0, SECONDS_MAX, &jitter) < 0)
                return -1;
        if (every && s->cli->operand_count)
                return diag_fail_class(&s->cli->diag, DIAG_USAGE, "--every is for this machine, not for files");
        if (cli_given(s->cli, "ident") && (s->cli->operand_count || cli_given(s->cli, "redact")))
                return diag_fail_class(&s->cli->diag, DIAG_USAGE, s->cli->operand_count ? "--ident is for this machine, not for files"
                                                                  : "--redact leaves out what identifies a machine, which --ident sends: take one of them");
        if (every)
                return watch(s, every, jitter);
        if (once(s, jitter) < 0)
                return -1;
        kept = s->counts.known + s->counts.sent;
        out_fmt(&s->cli->out, "%lld report%s kept: %lld by their fingerprint, %lld with their evidence; %lld bytes sent, %lld received\n",
                (long long)kept, kept == 1 ? " is" : "s are", (long long)s->counts.known, (long long)s->counts.sent, (long long)s->counts.up, (long long)s->counts.down);
        return s->unreadable ? EXIT_UNKNOWN : EXIT_CLEAN;
}

int fleet_send(struct cli *c) {
        struct sending s = { .cli = c };
        int status = read_options(&s) < 0 ? -1 : run(&s);

        arena_free(&s.arena);
        return status;
}
