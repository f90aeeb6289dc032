/* What the words of `fleet` that need a store share (fleet_open.c). */
#ifndef SIDELIGHT_CLI_FLEET_PARTS_H
#define SIDELIGHT_CLI_FLEET_PARTS_H

#include "cli/fleet.h"
#include "fleet/ask/ask.h"
#include "fleet/store/store.h"
#include "report/layout.h"

/* A store that was opened. */
struct fleet {
        struct cli *cli;
        struct store store;
        const struct catalog *catalog;
        int64_t tenant, now;
        struct ask_filter filter; /* of --flaw, --status, … */
        struct report_style style;
        bool json, csv;           /* --format */
};

/* The store of --store, the tenant of --tenant, the catalog, the filter; made where `mode` says so. fleet_close() after success. */
int fleet_open(struct fleet *ret, struct cli *c, enum db_mode mode);
void fleet_close(struct fleet *f);
/* Does that with the open store, and closes it; returns what `what` returns, -1 where the store cannot be opened. */
int fleet_do(struct cli *c, enum db_mode mode, int (*what)(struct fleet *f));

/* Now, in seconds since 1970. */
int64_t fleet_now(void);
/* Who runs this: the system's user, for the audit log. */
struct str fleet_user(struct fleet *f);
/* The moment that an option names: "yesterday" (a day ago), "90d" ago, "12h" ago (but for whole days, `ago`), or a day, 2026-11-22. */
int fleet_moment(struct fleet *f, const char *option, bool ago, int64_t *ret);
/* "1 machine", "12,345 machines". */
struct str fleet_count(struct arena *a, int64_t n, const char *noun);
/* "12,345" */
struct str fleet_number(struct arena *a, int64_t n);
/* The colour of a status' word, or NULL. */
const char *fleet_color(struct str status);
/* --limit, from 1 to `most`. */
int fleet_limit(struct fleet *f, uint64_t otherwise, uint64_t most, int64_t *ret);
/* A line of CSV; texts of which a spreadsheet would make a formula are none any more. */
void fleet_csv(struct fleet *f, const struct str *fields, int count);
/* Adds a cell to a table. */
int fleet_name_max(const struct fleet *f);
void fleet_cell(struct fleet *f, struct table *t, struct str text, const char *color);
/* The host that an operand names: NAME, or NAME#IDENT where several machines have the name (DIAG_USAGE when it is not told which). */
int fleet_host(struct fleet *f, const char *name, struct ask_host *ret);
/* The stored evidence of a fingerprint (its number). */
int fleet_evidence(struct fleet *f, int64_t fingerprint, struct str source, struct evidence *ret);

#endif
