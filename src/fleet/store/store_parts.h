/* What the files of the store share. Private to store*.c. */
#ifndef SIDELIGHT_FLEET_STORE_PARTS_H
#define SIDELIGHT_FLEET_STORE_PARTS_H

#include "fleet/store/store.h"

/* What a report means for its host (column `way` of the temporary table `move`). */
enum store_way {
        WAY_NEW = 0,     /* of a host that was not known */
        WAY_SAME = 1,    /* its present evidence, seen again later */
        WAY_CHANGED = 2, /* other evidence than before */
        WAY_LATE = 3,    /* older than what is known */
        WAY_KNOWN = 4,   /* it came in before */
};

/* The temporary tables through which reports go; once a connection. */
int store_make_stage(struct db *db, struct diag *d);
/* Everything that was gathered, into the tables; in a transaction. */
int store_merge(struct store *s, struct diag *d);
/* Reports with WAY_LATE in `move`, into their hosts' past. */
int store_merge_late(struct db *db, struct diag *d);

#endif
