/* `fleet prune`, `fleet backup` and `fleet restore`. */
#include "cli/fleet_parts.h"
#include "fleet/ask/changes.h"
#include "fleet/store/backup.h"
#include "fleet/store/moment.h"
#include "fleet/store/prune.h"

static int prune(struct fleet *f) {
        struct arena *a = &f->cli->arena;
        struct pruned gone;
        int64_t before;

        if (!cli_given(f->cli, "older-than"))
                return diag_fail_class(&f->cli->diag, DIAG_USAGE, "how old? --older-than 90d, or a day");
        if (fleet_moment(f, "older-than", true, &before) < 0 ||
            history_note(&f->store, f->tenant, moment_day(a, f->now), &f->cli->diag) < 0 ||
            store_audit(&f->store, f->tenant, f->now, fleet_user(f), "prune", str_fmt(a, "what ended before %.*s", STR_ARG(moment_text(a, before))),
                        &f->cli->diag) < 0 || /* first: what goes never goes unsaid */
            prune_store(&f->store, f->tenant, before, &gone, &f->cli->diag) < 0)
                return -1;
        out_fmt(&f->cli->out, "Gone: %.*s, %.*s, %.*s of evidence, %.*s kept aside. The history stays.\n",
                STR_ARG(fleet_count(a, gone.hosts, "machine")), STR_ARG(fleet_count(a, gone.sightings, "earlier sighting")),
                STR_ARG(fleet_count(a, gone.fingerprints, "kind")), STR_ARG(fleet_count(a, gone.kept_aside, "file")));
        return EXIT_CLEAN;
}

int fleet_prune(struct cli *c) {
        return fleet_do(c, DB_EXISTING, prune);
}

static int backup(struct fleet *f) {
        const char *to = f->cli->operands[0];

        if (store_backup(&f->store, str_of(to), &f->cli->diag) < 0)
                return -1;
        out_fmt(&f->cli->out, "The store is in '%s'.\n", to);
        return EXIT_CLEAN;
}

int fleet_backup(struct cli *c) {
        return fleet_do(c, DB_EXISTING, backup);
}

static int restore(struct fleet *f) {
        const char *from = f->cli->operands[0];

        if (store_restore(&f->store, str_of(from), f->now, fleet_user(f), &f->cli->diag) < 0)
                return -1;
        out_fmt(&f->cli->out, "The store holds what was in '%s'.\n", from);
        return EXIT_CLEAN;
}

int fleet_restore(struct cli *c) {
        return fleet_do(c, DB_CREATE, restore);
}
