#include "fleet/store.h"

#include "base/date.h"
#include "cli/fleet.h"
#include "fleet/intake.h"

int64_t fleet_now(void) {
        char date[11], time[9], both[21];
        int64_t now = 0;

        program_date(date, time);
        memcpy(both, date, 10);
        both[10] = 'T';
        memcpy(both + 11, time, 8);
        (void)intake_time(str_n(both, 19), &now);
        return now;
}

int fleet_open(struct cli *c, enum db_mode mode, struct store *ret, int64_t *ret_tenant) {
        struct str tenant = cli_given(c, "tenant") ? cli_text(c, "tenant") : S("default");

        if (!cli_given(c, "store"))
                return diag_fail_class(&c->diag, DIAG_USAGE, "no store is given: --store FILE.db, or --store postgresql://…");
        if (store_open(ret, cli_value(c, "store"), mode, &c->diag) < 0)
                return -1;
        if (store_tenant(ret, tenant, mode, ret_tenant, &c->diag) == 0)
                return 0;
        store_close(ret);
        return -1;
}
