/* `fleet prune`, `fleet backup` and `fleet restore`. */
#include "cli/fleet_parts.h"
#include "fleet/ask/changes.h"
#include "fleet/store/moment.h"
#include "fleet/store/prune.h"
#include "fleet/store/schema.h"

static int prune(struct fleet *f) {
        struct arena *a = &f->cli->arena;
        struct pruned gone;
        int64_t before;

        if (!cli_given(f->cli, "older-than"))
                return diag_fail_class(&f->cli->diag, DIAG_USAGE, "how old? --older-than 90d, or a day");
        if (fleet_moment(f, "older-than", true, &before) < 0 ||
            history_note(&f->store, f->tenant, moment_day(a, f->now), &f->cli->diag) < 0 ||
            prune_store(&f->store, f->tenant, before, &gone, &f->cli->diag) < 0 ||
            store_audit(&f->store, f->tenant, f->now, fleet_user(f), "prune", str_fmt(a, "what ended before %.*s", STR_ARG(moment_text(a, before))),
                        &f->cli->diag) < 0)
                return -1;
        out_fmt(&f->cli->out, "Gone: %.*s, %.*s, %.*s of evidence, %.*s kept aside. The history stays.\n",
                STR_ARG(fleet_count(a, gone.hosts, "machine")), STR_ARG(fleet_count(a, gone.sightings, "earlier sighting")),
                STR_ARG(fleet_count(a, gone.fingerprints, "kind")), STR_ARG(fleet_count(a, gone.kept_aside, "file")));
        return EXIT_CLEAN;
}

int fleet_prune(struct cli *c) {
        struct fleet f;
        int status;

        if (fleet_open(&f, c, DB_EXISTING) < 0)
                return -1;
        status = prune(&f);
        fleet_close(&f);
        return status;
}

int fleet_backup(struct cli *c) {
        struct fleet f;
        int status;

        if (fleet_open(&f, c, DB_EXISTING) < 0)
                return -1;
        status = db_backup(f.store.db, str_of(c->operands[0]), &c->diag);
        if (status == 0)
                out_fmt(&c->out, "The store is in '%s'.\n", c->operands[0]);
        fleet_close(&f);
        return status;
}

/* The store becomes what the backup holds; the backup may be of an older version. */
int fleet_restore(struct cli *c) {
        struct fleet f;
        int status;

        if (fleet_open(&f, c, DB_CREATE) < 0)
                return -1;
        status = db_restore(f.store.db, str_of(c->operands[0]), &c->diag);
        if (status == 0)
                status = schema_upgrade(f.store.db, schema_version, &c->diag);
        if (status == 0)
                out_fmt(&c->out, "The store holds what was in '%s'.\n", c->operands[0]);
        fleet_close(&f);
        return status;
}
