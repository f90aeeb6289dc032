/* A build without libpq: addresses of servers are known, and refused in words. */
#include "fleet/store/db.h"

static bool takes(struct str address) {
        return str_starts(address, S("postgresql://")) || str_starts(address, S("postgres://"));
}

static int open_none(struct db **ret, struct str address, enum db_mode mode, const atomic_bool *ending, struct diag *d) {
        (void)address;
        (void)mode;
        (void)ending;
        *ret = NULL;
        return diag_fail_class(d, DIAG_USAGE, "this sidelight was built without PostgreSQL; stores here are files (sqlite:FILE)");
}

const struct db_engine db_postgresql = { .name = "PostgreSQL", .takes = takes, .open = open_none };
