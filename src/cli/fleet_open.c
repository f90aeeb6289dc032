#include "cli/fleet_parts.h"
#include "fleet/store/moment.h"

enum { SAME_NAME_MAX = 100 };

int64_t fleet_now(void) {
        char date[11], time[9], both[20];
        int64_t now = 0;

        program_date(date, time);
        memcpy(both, date, 10);
        both[10] = 'T';
        memcpy(both + 11, time, 8);
        (void)moment_parse(str_n(both, 19), &now);
        return now;
}

/* A flaw answers to all its names, also where the store's catalog is another one. */
static int read_filter(struct fleet *f) {
        static const struct {
                const char *name;
                size_t offset;
        } members[] = {
#define X(member, option, what) { (option), offsetof(struct ask_filter, member) },
                ASK_FILTERS(X)
#undef X
        };
        struct str word;

        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
                *(struct str *)(void *)((char *)&f->filter + members[i].offset) = cli_given(f->cli, members[i].name) ? cli_text(f->cli, members[i].name) : S("");
        f->filter.status = S("");
        for (ptrdiff_t at = 0; cli_next(f->cli, "status", &at, &word);)
                f->filter.status = str_fmt(&f->cli->arena, "%.*s%s%.*s", STR_ARG(f->filter.status), f->filter.status.len ? "," : "", STR_ARG(word));
        if (f->filter.flaw.len > 0) {
                const struct flaw *flaw;

                if (input_flaw(f->cli, f->catalog, f->filter.flaw, &flaw) < 0)
                        return -1;
                f->filter.flaw = T(flaw->id);
        }
        return 0;
}

/* Of a file that is not there: how there comes to be one. A database is somebody's to start. */
static int no_store(struct cli *c, enum db_mode mode) {
        struct str why = str_dup(&c->arena, str_of(c->diag.text));

        if (mode != DB_EXISTING || c->diag.class != DIAG_NO_INPUT || str_starts(cli_text(c, "store"), S("postgres")))
                return -1;
        c->diag = (struct diag){ 0 };
        return diag_fail_class(&c->diag, DIAG_NO_INPUT, "%.*s; a new one: sidelight fleet import --store FILE.db PATH..., or fleet serve", STR_ARG(why));
}

int fleet_open(struct fleet *ret, struct cli *c, enum db_mode mode) {
        struct str tenant = cli_given(c, "tenant") ? cli_text(c, "tenant") : S("default");

        *ret = (struct fleet){ .cli = c, .now = fleet_now(), .json = cli_word(c, "format", 0) == 1, .csv = cli_word(c, "format", 0) == 3 };
        input_style(c, &ret->style);
        if (!cli_given(c, "store"))
                return diag_fail_class(&c->diag, DIAG_USAGE, "no store is given: --store fleet.db (fleet import makes it where there is none), or --store postgresql://…");
        if (input_catalog(c, &ret->catalog) < 0 || read_filter(ret) < 0)
                return -1;
        if (store_open(&ret->store, cli_value(c, "store"), mode, &c->diag) < 0)
                return no_store(c, mode);
        if (store_tenant(&ret->store, tenant, mode, &ret->tenant, &c->diag) == 0)
                return 0;
        store_close(&ret->store);
        return -1;
}

void fleet_close(struct fleet *f) {
        store_close(&f->store);
}

int fleet_do(struct cli *c, enum db_mode mode, int (*what)(struct fleet *f)) {
        struct fleet f;
        int status;

        if (fleet_open(&f, c, mode) < 0)
                return -1;
        status = what(&f);
        fleet_close(&f);
        return status;
}

int fleet_moment(struct fleet *f, const char *option, bool ago, int64_t *ret) {
        struct str text = cli_text(f->cli, option);
        struct str digits = str_sub(text, 0, text.len > 0 ? text.len - 1 : 0);
        bool hours = !ago && str_ends(text, S("h"));
        uint64_t n;

        if (str_eq(text, S("yesterday"))) {
                *ret = f->now - MOMENT_DAY;
                return 0;
        }
        if ((hours || str_ends(text, S("d"))) && str_to_u64(digits, &n) && n < 100000) {
                *ret = f->now - (int64_t)n * (hours ? MOMENT_DAY / 24 : MOMENT_DAY);
                return 0;
        }
        if (moment_parse(text, ret))
                return !str_eq(str_of(option), S("since")) || *ret <= f->now ? 0
                       : diag_fail_class(&f->cli->diag, DIAG_USAGE, "--since %.*s is still to come (days are UTC's)", STR_ARG(text));
        return diag_fail_class(&f->cli->diag, DIAG_USAGE, "--%s '%.*s' is no day: 2026-11-22, 2026-11-22T15:04:05Z%s", option, STR_ARG(text),
                               ago ? ", or 90d" : ", yesterday, 7d or 12h");
}

struct str fleet_user(struct fleet *f) {
        struct str user = str_of(program_environment(&f->cli->arena, "USER"));

        return user.len ? user : S("unknown");
}

struct str fleet_number(struct arena *a, int64_t n) {
        struct str digits = str_decimal(a, (uint64_t)(n < 0 ? -n : n)), all = n < 0 ? S("-") : S("");

        while (digits.len > 0) {
                ptrdiff_t part = digits.len % 3 ? digits.len % 3 : 3;

                all = str_fmt(a, "%.*s%.*s%s", STR_ARG(all), (int)part, digits.p, digits.len > part ? "," : "");
                digits = str_from(digits, part);
        }
        return all;
}

struct str fleet_count(struct arena *a, int64_t n, const char *noun) {
        return str_fmt(a, "%.*s %s%s", STR_ARG(fleet_number(a, n)), noun, n == 1 ? "" : "s");
}

const char *fleet_color(struct str status) {
        if (str_eq(status, S("vulnerable")) || str_eq(status, S("partial")))
                return "1;31";
        return str_eq(status, S("unknown")) || str_eq(status, S("not-judged")) ? "33" : "32";
}

int fleet_limit(struct fleet *f, uint64_t otherwise, uint64_t most, int64_t *ret) {
        uint64_t limit = otherwise;

        if (cli_given(f->cli, "limit") && (!str_to_u64(cli_text(f->cli, "limit"), &limit) || limit == 0 || limit > most))
                return diag_fail_class(&f->cli->diag, DIAG_USAGE, "--limit is a number from 1 to %llu", (unsigned long long)most);
        *ret = (int64_t)limit;
        return 0;
}

void fleet_csv(struct fleet *f, const struct str *fields, int count) {
        for (int i = 0; i < count; i++) {
                out_csv(&f->cli->out, fields[i]);
                out_c(&f->cli->out, i + 1 == count ? "\r\n" : ",");
        }
}

/* Names are there to be copied: one that a column has no room for gets a line of its own. A wide terminal has room for all. */
int fleet_name_max(const struct fleet *f) {
        enum { WIDE = 160, LONG = 30 };

        return f->style.columns >= WIDE ? 0 : LONG;
}

void fleet_cell(struct fleet *f, struct table *t, struct str text, const char *color) {
        struct cell *c = arena_append(&f->cli->arena, t);

        c->text = text;
        c->color = color;
}

static int find_hosts(struct fleet *f, struct str name, struct ask_hosts *ret) {
        const struct ask_filter by_name = { .host = name };

        return ask_hosts(&f->store, f->tenant, &by_name, &(struct ask_page){ .limit = SAME_NAME_MAX }, &f->cli->arena, ret, &f->cli->diag);
}

/* NAME#IDENT, where several machines are called NAME. */
static int find_by_ident(struct fleet *f, struct str text, struct ask_hosts *ret) {
        struct ask_hosts all = { 0 };
        ptrdiff_t at = text.len;

        while (at > 0 && text.p[at - 1] != '#')
                at--;
        if (at == 0)
                return 0;
        if (find_hosts(f, str_sub(text, 0, at - 1), &all) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < all.count; i++)
                if (str_eq(all.items[i].ident, str_from(text, at)))
                        *arena_append(&f->cli->arena, ret) = all.items[i];
        return 0;
}

/* Evidence that names no machine is called as its file is; check calls that machine without the ".host". */
int fleet_host(struct fleet *f, const char *name, struct ask_host *ret) {
        struct ask_hosts found = { 0 };

        if (find_hosts(f, str_of(name), &found) < 0 || (found.count == 0 && find_by_ident(f, str_of(name), &found) < 0) ||
            (found.count == 0 && find_hosts(f, str_fmt(&f->cli->arena, "%s.host", name), &found) < 0))
                return -1;
        if (found.count == 0)
                return diag_fail_class(&f->cli->diag, DIAG_USAGE, "the store has no machine '%s'; `sidelight fleet hosts` lists them", name);
        if (found.count > 1)
                return diag_fail_class(&f->cli->diag, DIAG_USAGE, "%td machines are called '%s': name one as '%s#%.*s'", found.count, name, name,
                                       STR_ARG(found.items[0].ident));
        *ret = found.items[0];
        return 0;
}

int fleet_evidence(struct fleet *f, int64_t fingerprint, struct str source, struct evidence *ret) {
        struct str text;

        if (ask_body(&f->store, fingerprint, &f->cli->arena, &text, &f->cli->diag) < 0)
                return -1;
        return evidence_parse(ret, &f->cli->arena, source, text, &f->cli->diag);
}
